"""Units: the tree, one unit with its history, what happened to units."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from thidua.models import RelationKind, Role, Unit, UnitEventKind
from thidua.services import people, units
from thidua.services.units import Ending
from thidua.times import show_date
from thidua.web.admin import SIZE, Typed
from thidua.web.context import current_actor, now, page_number, read, today, write
from thidua.web.security import needs

pages = Blueprint("admin_units", __name__, url_prefix="/quan-tri/don-vi")
Answer = str | Response | tuple[str, int]

RELATIONS = {RelationKind.MANAGED_BY: "Quản lý", RelationKind.REWARD_ROUTE: "Tuyến khen thưởng"}
EVENTS = {
    UnitEventKind.DISSOLVED: "Giải thể",
    UnitEventKind.MERGED: "Sáp nhập",
    UnitEventKind.SPLIT: "Chia, tách",
    UnitEventKind.TRANSFERRED: "Chuyển giao",
}


@pages.get("/")
@needs(Role.ADMIN)
def index() -> str:
    """The tree of today; ``?het=1`` shows also units that are no more."""
    ended = request.args.get("het") == "1"
    return render_template("admin/units.html", roots=units.tree(read(), today(), ended=ended), ended=ended)


@pages.route("/them", methods=["GET", "POST"])
@needs(Role.ADMIN)
def create() -> Answer:
    """A new unit."""
    form = Typed()
    if request.method == "POST":
        since = form.day("since")
        parent = _unit_id(form.line("parent"))
        if not form.errors:
            with form.doing(), write() as session:
                unit = units.create(
                    session,
                    code=form.line("code"),
                    name=form.line("name"),
                    kind=form.line("kind"),
                    level=form.line("level"),
                    abbreviation=form.line("abbreviation"),
                    place=form.line("place"),
                    started=since,
                    parent_id=parent,
                    by=current_actor(),
                    now=now(),
                )
            if not form.errors:
                flash("Đã thêm đơn vị.", "success")
                return redirect(url_for(".show", public_id=unit.public_id))
    else:
        form.values["since"] = show_date(today())
    choices = units.choices(read(), today())
    page = render_template("admin/unit_new.html", values=form.values, errors=form.errors, units=choices)
    return page, form.status


def _unit_id(public_id: str) -> int | None:
    return units.find(read(), public_id).id if public_id else None


@pages.get("/<public_id>")
@needs(Role.ADMIN)
def show(public_id: str) -> Answer:
    """One unit: names, what it stands under, events, staff."""
    return _unit_page(units.find(read(), public_id), Typed())


def _unit_page(unit: Unit, form: Typed) -> tuple[str, int]:
    number = page_number()
    form.values.setdefault("since", show_date(today()))
    staff, total = people.staff(read(), [unit.id], today(), offset=(number - 1) * SIZE, limit=SIZE)
    page = render_template(
        "admin/unit.html",
        unit=unit,
        relations=units.relations_of(read(), unit),
        relation_labels=RELATIONS,
        event_labels=EVENTS,
        events=units.events_of(read(), unit),
        staff=staff,
        total=total,
        number=number,
        size=SIZE,
        units=[choice for choice in units.choices(read(), today()) if choice[0] != unit.public_id],
        values=form.values,
        errors=form.errors,
    )
    return page, form.status


@pages.post("/<public_id>/ten")
@needs(Role.ADMIN)
def rename(public_id: str) -> Answer:
    """Another official name from a day on."""
    form = Typed()
    since = form.day("since")
    if not form.errors:
        with form.doing(), write() as session:
            unit = units.find(session, public_id)
            units.rename(session, unit, name=form.line("name"), since=since, by=current_actor(), now=now())
        if not form.errors:
            flash("Đã ghi tên mới.", "success")
            return redirect(url_for(".show", public_id=public_id))
    return _unit_page(units.find(read(), public_id), form)


@pages.post("/<public_id>/truc-thuoc")
@needs(Role.ADMIN)
def relate(public_id: str) -> Answer:
    """Stand under another unit from a day on."""
    form = Typed()
    since = form.day("since")
    kind = form.choice("relation", {k.value: k for k in RELATIONS}, "loại quan hệ")
    parent = _unit_id(form.line("parent"))
    if parent is None:
        form.choice("parent", {}, "đơn vị cấp trên")
    if not form.errors and kind is not None and parent is not None:
        with form.doing(), write() as session:
            unit = units.find(session, public_id)
            units.relate(session, unit, parent_id=parent, kind=kind, since=since, by=current_actor(), now=now())
        if not form.errors:
            flash("Đã ghi đơn vị cấp trên.", "success")
            return redirect(url_for(".show", public_id=public_id))
    return _unit_page(units.find(read(), public_id), form)


@pages.route("/<public_id>/su-kien", methods=["GET", "POST"])
@needs(Role.ADMIN)
def event(public_id: str) -> Answer:
    """What ends a unit, and who takes over from it for each school."""
    form = Typed()
    unit = units.find(read(), public_id)
    schools = units.named(read(), units.former_children(read(), unit.id), today())
    if request.method == "POST":
        kind = form.choice("kind", {k.value: k for k in EVENTS}, "loại sự kiện")
        day = form.day("since")
        plan = _plan(form, schools)
        if not form.errors and kind is not None:
            with form.doing(), write() as session:
                ending = Ending(unit.id, plan)
                units.record_event(
                    session,
                    kind=kind,
                    day=day,
                    document=form.line("document"),
                    endings=[ending],
                    by=current_actor(),
                    now=now(),
                )
            if not form.errors:
                flash("Đã ghi sự kiện; đơn vị kế thừa tiếp nhận hồ sơ từ ngày đó.", "success")
                return redirect(url_for(".show", public_id=public_id))
    choices = [choice for choice in units.choices(read(), today()) if choice[0] != public_id]
    kinds = [(kind.value, label) for kind, label in EVENTS.items()]
    page = render_template(
        "admin/unit_event.html",
        unit=unit,
        schools=schools,
        units=choices,
        kinds=kinds,
        values=form.values,
        errors=form.errors,
    )
    return page, form.status


def _plan(form: Typed, schools: Sequence[tuple[int, str, str]]) -> dict[int, int]:
    """The successor typed for each school, and the common one where none was."""
    common = form.line("heir")
    chosen = {number: form.line(f"heir-{public_id}") or common for number, public_id, _ in schools}
    return {number: units.find(read(), heir).id for number, heir in chosen.items() if heir}
