"""Calls (đợt): for those who manage them."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from thidua.models import Call, Role
from thidua.plugin import Campaign
from thidua.services import calls, units
from thidua.services.calls import CallForm
from thidua.times import show_instant
from thidua.web.admin import SIZE, Typed
from thidua.web.context import current_actor, current_scope, now, page_number, read, site, today, write
from thidua.web.security import needs

pages = Blueprint("admin_calls", __name__, url_prefix="/quan-tri/dot")
Answer = str | Response | tuple[str, int]


@pages.get("/")
@needs(Role.MANAGER, Role.ADMIN)
def index() -> str:
    """The calls one manages, with how many late requests wait in each."""
    number = page_number()
    rows, total = calls.managed(read(), by=current_actor(), now=now(), offset=(number - 1) * SIZE, limit=SIZE)
    waiting = calls.waiting_by_call(read(), [call.id for call in rows])
    return render_template("admin/calls.html", calls=rows, waiting=waiting, total=total, number=number, size=SIZE)


@pages.route("/them", methods=["GET", "POST"])
@needs(Role.MANAGER, Role.ADMIN)
def create() -> Answer:
    """Choose an edition, then its dates."""
    form = Typed()
    editions = {f"{c.slug}/{c.edition}": c for c in site().registry.campaigns}
    wanted = request.values.get("edition", "")
    if wanted not in editions:
        return render_template("admin/call_choose.html", editions=editions)
    campaign = editions[wanted]
    organisers = calls.organisers(read(), current_scope(), today())
    if request.method == "POST":
        read_form = _read(form, campaign)
        unit = form.choice("unit", {key: number for key, (number, _) in organisers.items()}, "đơn vị tổ chức")
        if not form.errors and unit is not None:
            with form.doing(), write() as session:
                call = calls.create(
                    session,
                    site().registry,
                    slug=campaign.slug,
                    edition=campaign.edition,
                    unit_id=unit,
                    form=read_form,
                    by=current_actor(),
                    now=now(),
                )
            if not form.errors:
                flash("Đã tạo đợt.", "success")
                return redirect(url_for(".show", public_id=call.public_id))
    page = render_template(
        "admin/call_form.html",
        call=None,
        campaign=campaign,
        units=[(key, name) for key, (_, name) in organisers.items()],
        edition=wanted,
        values=form.values,
        errors=form.errors,
    )
    return page, form.status


def _read(form: Typed, campaign: Campaign | None) -> CallForm:
    keys = [one.key for one in campaign.parameters] if campaign else []
    return CallForm(
        title=form.line("title"),
        period=form.period("period"),
        opens=form.instant("opens"),
        closes=form.closing("closes"),
        grace_until=form.closing_or_none("grace"),
        parameters={key: form.line(f"p-{key}") for key in keys},
    )


@pages.get("/<public_id>")
@needs(Role.MANAGER, Role.ADMIN)
def show(public_id: str) -> Answer:
    """One call: dates, extensions, late requests."""
    return _call_page(public_id, Typed())


def _call_page(public_id: str, form: Typed, answering: str = "") -> tuple[str, int]:
    """``answering`` is the late request whose form was posted; without one it was the form of more time."""
    call = calls.find_managed(read(), public_id, by=current_actor(), now=now())
    below = units.below(read(), [call.unit_id], today()) - {call.unit_id}
    page = render_template(
        "admin/call.html",
        call=call,
        campaign=site().registry.campaign(call.slug, call.edition),
        extensions=calls.extensions(read(), call),
        units=[(public, name) for _, public, name in units.named(read(), below, today())],
        values={} if answering else form.values,
        answered={answering: form.values},
        errors=form.errors,
    )
    return page, form.status


@pages.route("/<public_id>/sua", methods=["GET", "POST"])
@needs(Role.MANAGER, Role.ADMIN)
def edit(public_id: str) -> Answer:
    """Change dates and parameters."""
    form = Typed()
    call = calls.find_managed(read(), public_id, by=current_actor(), now=now())
    campaign = site().registry.campaign(call.slug, call.edition)
    if request.method == "POST":
        read_form = _read(form, campaign)
        if not form.errors:
            with form.doing(), write() as session:
                row = calls.find_managed(session, public_id, by=current_actor(), now=now())
                calls.edit(session, site().registry, row, form=read_form, by=current_actor(), now=now())
            if not form.errors:
                flash("Đã lưu đợt.", "success")
                return redirect(url_for(".show", public_id=public_id))
    else:
        form.values = _values(call)
    page = render_template(
        "admin/call_form.html", call=call, campaign=campaign, units=[], values=form.values, errors=form.errors
    )
    return page, form.status


def _values(call: Call) -> dict[str, str]:
    def text(at: datetime | None) -> str:
        return show_instant(at) if at else ""

    dates = {"opens": text(call.opens), "closes": text(call.closes), "grace": text(call.grace_until)}
    settings = {f"p-{key}": str(value).replace(".", ",") for key, value in call.parameters.items()}
    return {"title": call.title, "period": str(call.period), **dates, **settings}


@pages.post("/<public_id>/gia-han")
@needs(Role.MANAGER, Role.ADMIN)
def extend(public_id: str) -> Answer:
    """More time for one unit, with the reason."""
    form = Typed()
    until = form.closing("until")
    unit = units.find(read(), form.line("unit")).id if form.line("unit") else None
    if unit is None:
        form.choice("unit", {}, "đơn vị")
    if not form.errors and unit is not None:
        with form.doing(), write() as session:
            call = calls.find_managed(session, public_id, by=current_actor(), now=now())
            calls.grant_extension(
                session,
                call,
                unit_id=unit,
                until=until,
                reason=form.values.get("reason", ""),
                by=current_actor(),
                now=now(),
            )
        if not form.errors:
            flash("Đã gia hạn.", "success")
            return redirect(url_for(".show", public_id=public_id))
    return _call_page(public_id, form)


@pages.post("/<public_id>/de-nghi/<extension>")
@needs(Role.MANAGER, Role.ADMIN)
def decide(public_id: str, extension: str) -> Answer:
    """Answer a late request."""
    form = Typed()
    granted = request.form.get("decision") == "grant"
    until = form.closing("until") if granted else None
    if not form.errors:
        with form.doing(), write() as session:
            call = calls.find_managed(session, public_id, by=current_actor(), now=now())
            answer = form.values.get("answer", "")
            calls.decide_extension(session, call, extension, until=until, answer=answer, by=current_actor(), now=now())
        if not form.errors:
            flash("Đã trả lời đề nghị nộp muộn.", "success")
            return redirect(url_for(".show", public_id=public_id))
    form.errors = {f"{key}-{extension}" if key else "": text for key, text in form.errors.items()}
    return _call_page(public_id, form, answering=extension)
