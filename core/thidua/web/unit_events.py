"""What happens to a unit: renamed, moved, ended, merged, split; each is shown before it is written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from thidua.models import RelationKind, Role, Unit, UnitEventKind
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


@pages.route("/<public_id>/ten", methods=["GET", "POST"])
@needs(Role.ADMIN)
def rename(public_id: str) -> Answer:
    """Another official name from a day on."""
    form, unit = _form(public_id)
    done = False
    if request.method == "POST":
        day = form.day("since")
        name, document = form.line("name"), form.line("document")

        def act(session: Session) -> None:
            unit_events.rename(
                session,
                units.find(session, public_id),
                name=name,
                day=day,
                document=document,
                by=current_actor(),
                now=now(),
            )

        done = _act(form, act)
    if done and not _looking():
        return _written(public_id, "Đã ghi tên mới.")
    return _page(unit, form, "unit_rename", [unit.id] if done else [])


@pages.route("/<public_id>/truc-thuoc", methods=["GET", "POST"])
@needs(Role.ADMIN)
def relate(public_id: str) -> Answer:
    """Stand under another unit from a day on."""
    form, unit = _form(public_id)
    done = False
    if request.method == "POST":
        day, document = form.day("since"), form.line("document")
        kind = form.choice("relation", {k.value: k for k in RELATIONS}, "loại quan hệ")
        parent = form.choice("parent", {p: p for p, _ in units.choices(read(), today())}, "đơn vị cấp trên")

        def act(session: Session) -> None:
            unit_events.move(
                session,
                units.find(session, public_id),
                parent_id=units.find(session, parent or "").id,
                kind=kind or RelationKind.MANAGED_BY,
                day=day,
                document=document,
                by=current_actor(),
                now=now(),
            )

        done = _act(form, act)
    if done and not _looking():
        return _written(public_id, "Đã ghi đơn vị cấp trên.")
    return _page(unit, form, "unit_move", [unit.id] if done else [], relations=RELATIONS)


@pages.route("/<public_id>/su-kien", methods=["GET", "POST"])
@needs(Role.ADMIN)
def event(public_id: str) -> Answer:
    """What ends a unit, alone or with others, and who takes over from it for each school."""
    form, unit = _form(public_id)
    known = dict(units.choices(read(), today()))
    ending = [unit] + [units.find(read(), other) for other in request.form.getlist("other") if other in known]
    schools = units.named(read(), {s for one in ending for s in former_children(read(), one.id)}, today())
    done, plans = False, _plans(form, ending, schools)
    if request.method == "POST":
        kind = form.choice("kind", {k.value: k for k in ENDINGS}, "loại sự kiện")
        day, document, heir = form.day("since"), form.line("document"), form.line("heir")
        into = [units.find(read(), heir).id] if heir else []

        def act(session: Session) -> None:
            unit_events.end(
                session,
                [one.id for one in ending],
                kind=kind or UnitEventKind.DISSOLVED,
                heirs=plans,
                into=into,
                day=day,
                document=document,
                by=current_actor(),
                now=now(),
            )

        done = _act(form, act)
    if "parent" in form.errors:
        form.errors["heir"] = form.errors.pop("parent")
    if done and not _looking():
        return _written(public_id, "Đã ghi sự kiện; đơn vị kế thừa tiếp nhận hồ sơ từ ngày đó.")
    into = [units.find(read(), form.line("heir")).id] if done and form.line("heir") else []
    more = {"schools": schools, "kinds": [(kind.value, label) for kind, label in ENDINGS.items()]}
    others = set(request.form.getlist("other"))
    seen = [one.id for one in ending] if done else []
    return _page(unit, form, "unit_event", seen, plans=plans, into=into, others=others, **more)


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


def _act(form: Typed, act: Callable[[Session], None]) -> bool:
    """Do it, or try it and take it back; False where the form or the service refused."""
    if form.errors:
        return False
    with form.doing(), suppress(_OnlyLooking), write() as session:
        act(session)
        if _looking():
            raise _OnlyLooking
    return not form.errors


def _written(public_id: str, words: str) -> Response:
    flash(words, "success")
    return redirect(url_for("admin_units.show", public_id=public_id))


def _plans(form: Typed, ending: Sequence[Unit], schools: Sequence[tuple[int, str, str]]) -> dict[int, dict[int, int]]:
    """By ending unit the successor typed for each school, and the common one where none was."""
    common = form.line("heir")
    chosen = {number: form.line(f"heir-{public_id}") or common for number, public_id, _ in schools}
    heirs = {number: units.find(read(), heir).id for number, heir in chosen.items() if heir}
    return {
        one.id: {school: heirs[school] for school in former_children(read(), one.id) if school in heirs}
        for one in ending
    }


def _page(
    unit: Unit,
    form: Typed,
    name: str,
    seen: Sequence[int],
    *,
    plans: Plans | None = None,
    into: Sequence[int] = (),
    **more: object,
) -> tuple[str, int]:
    effects: Effects | None = None
    if seen:
        day = form.day("since")
        effects = unit_events.effects(read(), seen, plans or {}, day, into=into, by=current_actor(), now=now())
    page = render_template(
        f"admin/{name}.html",
        unit=unit,
        units=[choice for choice in units.choices(read(), today()) if choice[0] != unit.public_id],
        values=form.values,
        errors=form.errors,
        effects=effects,
        **more,
    )
    return page, form.status
