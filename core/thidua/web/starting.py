"""Starting a dossier: call → track → whom it is about; and asking for more time."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from thidua.errors import NotAllowed, NotFound, Refused
from thidua.models import Call, Role
from thidua.plugin import Campaign, Track
from thidua.services import calls, dossiers, people
from thidua.services.dossiers import Nominee
from thidua.web import staff
from thidua.web.context import current_actor, current_scope, now, page_number, read, site, today, write
from thidua.web.security import needs

pages = Blueprint("starting", __name__)
Answer = str | Response | tuple[str, int]
PER_PAGE = 20


@dataclass(frozen=True)
class Chosen:
    """How far the choosing has come."""

    call: Call
    campaign: Campaign
    track: Track | None


@pages.get("/ho-so/moi")
@needs(Role.CLERK)
def start() -> Answer:
    """The pages of choosing, one question each."""
    unit_id = _unit()
    if not request.args.get("dot"):
        opened = calls.open_calls_for(read(), [unit_id], now())
        offered = {(one.slug, one.edition) for one in site().registry.campaigns}
        return render_template("dossiers/start_call.html", calls=opened, offered=offered)
    chosen = _chosen()
    if chosen.track is None:
        return render_template("dossiers/start_track.html", chosen=chosen)
    return _nominee_page(chosen, {}, 200)


@pages.post("/ho-so/moi")
@needs(Role.CLERK)
def begin() -> Answer:
    """Open the draft; a person who is not registered yet is registered first, in the same transaction."""
    chosen = _chosen()
    if chosen.track is None:
        raise NotFound
    try:
        with write() as session:
            nominee = Nominee(person=request.form.get("nguoi", ""), group_name=request.form.get("group_name", ""))
            if chosen.track.subject == "person" and request.form.get("_do") == "register":
                nominee = Nominee(person=staff.add_person(session, _unit()))
            row = dossiers.start(
                session,
                registry=site().registry,
                call=chosen.call.public_id,
                track=chosen.track.key,
                nominee=nominee,
                by=current_actor(),
                now=now(),
            )
            public_id, code, name = row.public_id, row.code, row.title
            others = dossiers.twins(session, current_scope(), row)
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        return _nominee_page(chosen, {_field_of(refused.code): str(refused)}, refused.status, refused.code)
    flash(f"Đã lập hồ sơ {code}. Hãy điền lần lượt từng phần; có thể dừng và làm tiếp bất cứ lúc nào.", "success")
    if request.form.get("_do") == "register":
        staff.doubt_name(name)
    if others:
        named = ", ".join(others)
        flash(f"{name} đã có hồ sơ {named} trong đợt này. Nếu lập nhầm, hãy tiếp tục hồ sơ ấy.", "warning")
    return redirect(url_for("dossiers.hub", dossier=public_id))


def _nominee_page(chosen: Chosen, errors: dict[str, str], status: int, code: str = "") -> Answer:
    text, number = request.args.get("tim", "")[:200], page_number()
    lines, total = people.staff(read(), [_unit()], today(), text=text, offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
    page = render_template(
        "dossiers/start_nominee.html",
        chosen=chosen,
        lines=lines,
        total=total,
        number=number,
        per_page=PER_PAGE,
        text=text,
        errors=errors,
        typed=request.form,
        known=staff.maybe_known() if code == "person-maybe-known" else [],
    )
    return page, status


def _chosen() -> Chosen:
    values = request.form if request.method == "POST" else request.args
    call = calls.find_for_unit(read(), values.get("dot", ""), _unit(), now())
    campaign = site().registry.campaign(call.slug, call.edition)
    if campaign is None:
        raise Refused("campaign-out", campaign=call.title)
    track = next((t for t in campaign.tracks if t.key == values.get("loai")), None)
    if track is None and len(campaign.tracks) == 1:
        track = campaign.tracks[0]
    return Chosen(call, campaign, track)


def _field_of(code: str) -> str:
    return staff.FIELDS.get(code) or {
        "group-missing": "group_name",
        "name-too-long": "group_name",
        "nominee-missing": "tim",
    }.get(code, "")


def _unit() -> int:
    """The unit in whose name the clerk acts."""
    unit_id = current_actor().unit_id
    if unit_id is None or not current_scope().has(Role.CLERK, unit_id):
        raise NotAllowed
    return unit_id


@pages.route("/dot/<call>/xin-gia-han", methods=["GET", "POST"])
@needs(Role.CLERK, Role.HEAD)
def ask_extension(call: str) -> Answer:
    """Ask the office for more time, with a reason."""
    unit_id = current_actor().unit_id
    if unit_id is None:
        raise NotAllowed
    row = calls.find_for_unit(read(), call, unit_id, now())
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            with write() as session:
                found = calls.find_for_unit(session, call, unit_id, now())
                reason = request.form.get("reason", "")
                calls.ask_extension(session, found, unit_id=unit_id, reason=reason, by=current_actor(), now=now())
        except (NotFound, NotAllowed):
            raise
        except Refused as refused:
            errors, status = {"reason": str(refused)}, refused.status
        else:
            flash("Đã gửi đề nghị nộp muộn. Hồ sơ vẫn còn nguyên; khi được chấp thuận, hãy nộp lại.", "success")
            return redirect(url_for("starting.ask_extension", call=call))
    asked = calls.extensions_of(read(), row, unit_id)
    deadline = calls.deadline_for(read(), row, unit_id)
    text = render_template(
        "submissions/extension.html",
        call=row,
        asked=asked,
        deadline=deadline,
        errors=errors,
        reason=request.form.get("reason", ""),
    )
    return text, status
