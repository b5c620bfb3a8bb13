"""Units (đơn vị): names, relations and events, all with their dates.

``valid_to`` and ``ended`` are exclusive: the first day on which it no longer holds.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from thidua.errors import Invalid, NotFound, Refused
from thidua.models import (
    RelationKind,
    Unit,
    UnitEvent,
    UnitName,
    UnitRelation,
)
from thidua.permissions import Actor
from thidua.services import audit
from thidua.services.accounts import require_admin
from thidua.services.moves import reindex
from thidua.text import alphabetical, clean_line, fold


def find(session: Session, public_id: str) -> Unit:
    """The unit at this address, or :class:`NotFound`."""
    unit = session.scalar(select(Unit).where(Unit.public_id == public_id))
    if unit is None:
        raise NotFound
    return unit


def create(
    session: Session,
    *,
    code: str,
    name: str,
    kind: str,
    started: date,
    level: str = "",
    abbreviation: str = "",
    place: str = "",
    parent_id: int | None = None,
    by: Actor | None,
    now: datetime,
) -> Unit:
    """A new unit from ``started`` on, managed by ``parent_id``. ``by`` is None only for the shell.

    Raises :class:`Invalid` for a missing code, name or kind, :class:`Refused` ``unit-code-taken``.
    """
    if by is not None:
        require_admin(session, by, now)
    unit = draft(code=code, name=name, kind=kind, started=started, level=level, abbreviation=abbreviation, place=place)
    if session.scalar(select(Unit.id).where(Unit.code == unit.code)) is not None:
        raise Refused("unit-code-taken", unit_code=unit.code)
    session.add(unit)
    session.flush()
    if parent_id is not None:
        relate(session, unit, parent_id=parent_id, kind=RelationKind.MANAGED_BY, since=started, by=by, now=now)
    session.flush()
    audit.record(session, "unit-created", by=by, now=now, subject=("unit", unit.id))
    return unit


def draft(
    *, code: str, name: str, kind: str, started: date, level: str = "", abbreviation: str = "", place: str = ""
) -> Unit:
    """A unit with its first name, every value looked at but in no session yet. Raises :class:`Invalid`."""
    wanted = clean_line(code)
    if not wanted or len(wanted) > 40:
        raise Invalid("unit-code-missing")
    unit = Unit(
        code=wanted, kind="", level="", abbreviation="", place="", started=started, names=[_name(name, started)]
    )
    if not correct(unit, kind=kind, level=level, abbreviation=abbreviation, place=place):
        raise Invalid("unit-kind-missing")
    return unit


def correct(unit: Unit, *, kind: str = "", level: str = "", abbreviation: str = "", place: str = "") -> list[str]:
    """Put right what is said of ``unit``, its names aside; what is empty stays as it is. The keys that changed.

    For who has asked for the right already; it writes no audit. Raises :class:`Invalid`.
    """
    if len(clean_line(kind)) > 40:
        raise Invalid("unit-kind-missing")
    wanted = {
        "kind": clean_line(kind),
        "level": clean_line(level)[:40],
        "abbreviation": clean_line(abbreviation)[:20],
        "place": clean_line(place)[:100],
    }
    changed = [key for key, value in wanted.items() if value and getattr(unit, key) != value]
    for key in changed:
        setattr(unit, key, wanted[key])
    return changed


def _name(text: str, since: date) -> UnitName:
    shown = clean_line(text)
    if not shown or len(shown) > 300:
        raise Invalid("name-missing")
    return UnitName(text=shown, folded=fold(shown), sort_key=alphabetical(shown)[:600], valid_from=since)


def rename(session: Session, unit: Unit, *, name: str, since: date, by: Actor, now: datetime) -> None:
    """Give ``unit`` another official name from ``since`` on; the old one stays for the time before."""
    require_admin(session, by, now)
    call(unit, name, since)
    session.flush()
    session.expire(unit, ["names"])
    reindex(session, owners=[unit.id], now=now)
    audit.record(session, "unit-renamed", by=by, now=now, subject=("unit", unit.id))


def call(unit: Unit, name: str, since: date) -> None:
    """:func:`rename` for who has asked for the right already: no statement, no audit."""
    last = unit.names[-1] if unit.names else None
    if last is not None and since < last.valid_from:
        raise Invalid("dates-reversed")
    fresh = _name(name, since)
    if last is not None and last.valid_from == since:
        last.text, last.folded, last.sort_key = fresh.text, fresh.folded, fresh.sort_key
        return
    if last is not None:
        last.valid_to = since
    unit.names.append(fresh)


def relate(
    session: Session, unit: Unit, *, parent_id: int, kind: RelationKind, since: date, by: Actor | None, now: datetime
) -> None:
    """Put ``unit`` under ``parent_id`` from ``since`` on; the former relation of that kind ends then.

    Refused when it would make a circle.
    """
    if by is not None:
        require_admin(session, by, now)
    if session.get(Unit, parent_id) is None:
        raise NotFound
    if parent_id == unit.id or unit.id in ancestors(session, [parent_id], since).get(parent_id, frozenset()):
        raise Refused("unit-circle")
    end_relations(session, [UnitRelation.child_id == unit.id, UnitRelation.kind == kind], since)
    session.add(UnitRelation(child_id=unit.id, parent_id=parent_id, kind=kind, valid_from=since))
    session.flush()
    details = {"parent": parent_id, "kind": kind.value}
    audit.record(session, "unit-related", by=by, now=now, subject=("unit", unit.id), details=details)


def end_relations(session: Session, which: Sequence[ColumnElement[bool]], on: date) -> None:
    """End the relations that ``which`` names on that day; one that would have begun later is deleted."""
    open_ones = or_(UnitRelation.valid_to.is_(None), UnitRelation.valid_to > on)
    for relation in session.scalars(select(UnitRelation).where(*which, open_ones)):
        if never_begins(relation, on):
            session.delete(relation)
    session.flush()


def never_begins(relation: UnitRelation, on: date) -> bool:
    """End ``relation`` on that day; True when it would have begun then or later and is to be deleted."""
    if relation.valid_from >= on:
        return True
    relation.valid_to = on
    return False


def stands_on(on: date) -> ColumnElement[bool]:
    """A ``UnitRelation`` that holds on that day."""
    return and_(UnitRelation.valid_from <= on, or_(UnitRelation.valid_to.is_(None), UnitRelation.valid_to > on))


def receiver_of(session: Session, unit_id: int, on: date) -> int | None:
    """The office that ``unit_id`` files with on that day: by the reward route, else the managing one."""
    rows = session.execute(
        select(UnitRelation.kind, UnitRelation.parent_id).where(UnitRelation.child_id == unit_id, stands_on(on))
    )
    parents: dict[RelationKind, int] = {row.kind: row.parent_id for row in rows}
    return parents.get(RelationKind.REWARD_ROUTE, parents.get(RelationKind.MANAGED_BY))


def ancestors(session: Session, unit_ids: Sequence[int], on: date) -> dict[int, frozenset[int]]:
    """For each unit the units above it on that day, itself not among them. One statement."""
    up = (
        select(UnitRelation.child_id.label("child"), UnitRelation.parent_id.label("parent"))
        .where(UnitRelation.child_id.in_(unit_ids), stands_on(on))
        .cte("up", recursive=True)
    )
    up = up.union(
        select(up.c.child, UnitRelation.parent_id).join(up, UnitRelation.child_id == up.c.parent).where(stands_on(on))
    )
    found: dict[int, set[int]] = {unit_id: set() for unit_id in unit_ids}
    for child, parent in session.execute(select(up.c.child, up.c.parent)):
        found[child].add(parent)
    return {unit_id: frozenset(above) for unit_id, above in found.items()}


def below(session: Session, unit_ids: Sequence[int], on: date) -> frozenset[int]:
    """The units themselves and all under them on that day. One statement."""
    down = select(Unit.id.label("id")).where(Unit.id.in_(unit_ids)).cte("down", recursive=True)
    down = down.union(
        select(UnitRelation.child_id).join(down, UnitRelation.parent_id == down.c.id).where(stands_on(on))
    )
    return frozenset(session.scalars(select(down.c.id)))


# --- reading ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Node:
    """A unit in the tree, with those under it."""

    id: int
    public_id: str
    code: str
    name: str
    kind: str
    level: str
    ended: date | None
    children: tuple[Node, ...] = ()


def tree(session: Session, on: date, *, ended: bool = False) -> list[Node]:
    """All units of that day as trees, in alphabetical order; with ``ended`` also those that are no more.

    Three statements, whatever the number of units.
    """
    rows = session.scalars(select(Unit)).all()
    order = {u.id: (u.names[-1].sort_key if u.names else u.code) for u in rows}
    shown = {u.id: u for u in sorted(rows, key=lambda u: order[u.id]) if ended or u.ended is None or u.ended > on}
    links = session.execute(
        select(UnitRelation.parent_id, UnitRelation.child_id).where(
            UnitRelation.kind == RelationKind.MANAGED_BY, stands_on(on)
        )
    ).all()
    parent_of = {child: parent for parent, child in links if child in shown and parent in shown}
    below: dict[int | None, list[Unit]] = {}
    for unit in shown.values():
        below.setdefault(parent_of.get(unit.id), []).append(unit)

    def node(unit: Unit) -> Node:
        children = tuple(node(child) for child in below.get(unit.id, ()))
        name = unit.name_on(on)
        return Node(unit.id, unit.public_id, unit.code, name, unit.kind, unit.level, unit.ended, children)

    return [node(unit) for unit in below.get(None, ())]


def choices(session: Session, on: date) -> list[tuple[str, str]]:
    """(public id, name) of the units of that day, for a list to choose from; in alphabetical order."""
    rows = session.scalars(select(Unit).where(or_(Unit.ended.is_(None), Unit.ended > on))).all()
    ordered = sorted(rows, key=lambda u: u.names[-1].sort_key if u.names else u.code)
    return [(unit.public_id, unit.name_on(on)) for unit in ordered]


def relations_of(session: Session, unit: Unit) -> list[tuple[UnitRelation, Unit]]:
    """What ``unit`` stood and stands under, the newest first."""
    rows = session.execute(
        select(UnitRelation, Unit)
        .join(Unit, Unit.id == UnitRelation.parent_id)
        .where(UnitRelation.child_id == unit.id)
        .order_by(UnitRelation.valid_from.desc(), UnitRelation.id.desc())
    )
    return [(relation, parent) for relation, parent in rows]


def events_of(session: Session, unit: Unit) -> list[UnitEvent]:
    """The events that ended ``unit`` or made it a successor, the newest first."""
    rows = session.scalars(select(UnitEvent).order_by(UnitEvent.day.desc(), UnitEvent.id.desc())).all()
    return [row for row in rows if unit.id in _ids(row, "from") | _ids(row, "to")]


def _ids(event: UnitEvent, key: str) -> set[object]:
    value = event.details.get(key)
    return set(value) if isinstance(value, list) else set()


def named(session: Session, unit_ids: Collection[int], on: date) -> list[tuple[int, str, str]]:
    """(id, public id, name on that day) of the units, in alphabetical order."""
    rows = session.scalars(select(Unit).where(Unit.id.in_(unit_ids))).all()
    ordered = sorted(rows, key=lambda u: u.names[-1].sort_key if u.names else u.code)
    return [(unit.id, unit.public_id, unit.name_on(on)) for unit in ordered]


def official_names(session: Session, public_id: str) -> frozenset[str]:
    """Every official name a unit has had; empty when the id is no unit's."""
    query = select(UnitName.text).join(Unit, Unit.id == UnitName.unit_id)
    return frozenset(session.scalars(query.where(Unit.public_id == public_id)))
