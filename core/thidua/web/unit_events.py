"""What happens to a unit: renamed, moved, ended, merged, split; each is shown before it is written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from thidua.models import RelationKind, Role, Unit, UnitEventKind
from thidua.permissions import Actor
from thidua.services import unit_events, units
from thidua.services.succession import former_children
from thidua.services.unit_events import Effects, Plans
from thidua.times import show_date
from thidua.web.admin import Typed
from thidua.web.context import current_actor, now, read, today, write
from thidua.web.security import needs

pages = Blueprint("unit_events", __name__, url_prefix="/quan-tri/don-vi")
Answer = str | Response | tuple[str, int]
ENDINGS = {
    UnitEventKind.DISSOLVED: "Giải thể",
    UnitEventKind.MERGED: "Sáp nhập",
    UnitEventKind.SPLIT: "Chia, tách",
}
RELATIONS = {RelationKind.MANAGED_BY: "Quản lý", RelationKind.REWARD_ROUTE: "Tuyến khen thưởng"}


@dataclass(frozen=True)
class Deed:
    """What a form asks for: ``act`` does it (given a session, ``by`` and ``now``), ``said`` tells of it.

    ``seen``, ``plans`` and ``into`` are what it touches; ``fields`` by code of an error the field it is said at.
    """

    act: Callable[..., object]
    said: str
    seen: Sequence[int]
    plans: Plans = field(default_factory=dict)
    into: Sequence[int] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


@pages.route("/<public_id>/ten", methods=["GET", "POST"])
@needs(Role.ADMIN)
def rename(public_id: str) -> Answer:
    """Another official name from a day on."""
    form, unit = _form(public_id)
    if request.method != "POST":
        return _page(unit, form, "unit_rename", None)
    values = {"name": form.line("name"), "day": form.day("since"), "document": form.line("document")}
    act = partial(_with_unit, unit_events.rename, public_id, values)
    return _answer(unit, form, "unit_rename", Deed(act, "Đã ghi tên mới.", [unit.id]))


@pages.route("/<public_id>/truc-thuoc", methods=["GET", "POST"])
@needs(Role.ADMIN)
def relate(public_id: str) -> Answer:
    """Stand under another unit from a day on."""
    form, unit = _form(public_id)
    if request.method != "POST":
        return _page(unit, form, "unit_move", None, relations=RELATIONS)
    above = {choice: choice for choice, _ in units.choices(read(), today())}
    parent = form.choice("parent", above, "đơn vị cấp trên")
    values = {
        "kind": form.choice("relation", {k.value: k for k in RELATIONS}, "loại quan hệ"),
        "parent_id": units.find(read(), parent).id if parent else 0,
        "day": form.day("since"),
        "document": form.line("document"),
    }
    act = partial(_with_unit, unit_events.move, public_id, values)
    return _answer(unit, form, "unit_move", Deed(act, "Đã ghi đơn vị cấp trên.", [unit.id]), relations=RELATIONS)


@pages.route("/<public_id>/su-kien", methods=["GET", "POST"])
@needs(Role.ADMIN)
def event(public_id: str) -> Answer:
    """What ends a unit, alone or with others, and who takes over from it for each school."""
    form, unit = _form(public_id)
    known = dict(units.choices(read(), today()))
    others = [other for other in request.form.getlist("other") if other in known]
    ending = [unit, *(units.find(read(), other) for other in others)]
    schools = units.named(read(), {s for one in ending for s in former_children(read(), one.id)}, today())
    kinds = [(kind.value, label) for kind, label in ENDINGS.items()]
    shown = {"schools": schools, "kinds": kinds, "others": set(others)}
    if request.method != "POST":
        return _page(unit, form, "unit_event", None, **shown)
    return _answer(unit, form, "unit_event", _ending(form, ending, schools), **shown)


def _ending(form: Typed, ending: Sequence[Unit], schools: Sequence[tuple[int, str, str]]) -> Deed:
    heir, plans, ids = form.line("heir"), _plans(form, ending, schools), [one.id for one in ending]
    into = [units.find(read(), heir).id] if heir else []
    act = partial(
        unit_events.end,
        unit_ids=ids,
        kind=form.choice("kind", {k.value: k for k in ENDINGS}, "loại sự kiện") or UnitEventKind.DISSOLVED,
        heirs=plans,
        into=into,
        day=form.day("since"),
        document=form.line("document"),
    )
    return Deed(
        act, "Đã ghi sự kiện; đơn vị kế thừa tiếp nhận hồ sơ từ ngày đó.", ids, plans, into, {"unit-circle": "heir"}
    )


def _with_unit(
    act: Callable[..., object],
    public_id: str,
    values: Mapping[str, object],
    session: Session,
    *,
    by: Actor,
    now: datetime,
) -> None:
    act(session, units.find(session, public_id), **values, by=by, now=now)


def _form(public_id: str) -> tuple[Typed, Unit]:
    form = Typed()
    if request.method != "POST":
        form.values["since"] = show_date(today())
    return form, units.find(read(), public_id)


def _looking() -> bool:
    """Whether the button pressed was the one that only shows what would change."""
    return request.form.get("_do") == "xem"


class _OnlyLooking(Exception):
    """Ends the transaction of a preview: whatever would be refused has been refused by then."""


def _answer(unit: Unit, form: Typed, name: str, deed: Deed, **shown: object) -> Answer:
    """Do it, or try it and take it back; the form again where it was refused or only looked at."""
    if not form.errors:
        with form.doing(deed.fields), suppress(_OnlyLooking), write() as session:
            deed.act(session, by=current_actor(), now=now())
            if _looking():
                raise _OnlyLooking
    if form.errors or _looking():
        return _page(unit, form, name, None if form.errors else deed, **shown)
    flash(deed.said, "success")
    return redirect(url_for("admin_units.show", public_id=unit.public_id))


def _plans(form: Typed, ending: Sequence[Unit], schools: Sequence[tuple[int, str, str]]) -> dict[int, dict[int, int]]:
    """By ending unit the successor typed for each school, and the common one where none was."""
    common = form.line("heir")
    chosen = {number: form.line(f"heir-{public_id}") or common for number, public_id, _ in schools}
    heirs = {number: units.find(read(), heir).id for number, heir in chosen.items() if heir}
    return {
        one.id: {school: heirs[school] for school in former_children(read(), one.id) if school in heirs}
        for one in ending
    }


def _page(unit: Unit, form: Typed, name: str, deed: Deed | None, **shown: object) -> Answer:
    effects: Effects | None = None
    if deed is not None:
        day, by = form.day("since"), current_actor()
        effects = unit_events.effects(read(), deed.seen, deed.plans, day, into=deed.into, by=by, now=now())
    page = render_template(
        f"admin/{name}.html",
        unit=unit,
        units=[choice for choice in units.choices(read(), today()) if choice[0] != unit.public_id],
        values=form.values,
        errors=form.errors,
        effects=effects,
        **shown,
    )
    return page, form.status
