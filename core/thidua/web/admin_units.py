"""Units: the tree, one unit with its history, what happened to units."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from thidua.models import RelationKind, Role, UnitEventKind
from thidua.services import people, unit_events, units
from thidua.times import show_date
from thidua.web.admin import SIZE, Typed
from thidua.web.context import current_actor, now, page_number, read, today, write
from thidua.web.security import needs

pages = Blueprint("admin_units", __name__, url_prefix="/quan-tri/don-vi")
Answer = str | Response | tuple[str, int]

RELATIONS = {RelationKind.MANAGED_BY: "Quản lý", RelationKind.REWARD_ROUTE: "Tuyến khen thưởng"}
EVENTS = {
    UnitEventKind.FOUNDED: "Thành lập",
    UnitEventKind.RENAMED: "Đổi tên",
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
                unit = unit_events.found(
                    session,
                    code=form.line("code"),
                    name=form.line("name"),
                    kind=form.line("kind"),
                    level=form.line("level"),
                    abbreviation=form.line("abbreviation"),
                    place=form.line("place"),
                    day=since,
                    document=form.line("document"),
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
    unit, number = units.find(read(), public_id), page_number()
    staff, total = people.staff(read(), [unit.id], today(), offset=(number - 1) * SIZE, limit=SIZE)
    return render_template(
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
    )
