"""What happens to units (founded, renamed, moved, merged, split, ended): on a day, by a document.

Filed dossiers keep the name under which they were filed and the office they were filed with; only the end of an
office hands them on (:func:`thidua.services.succession.record_event`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from thidua.errors import Invalid, NotFound, Refused
from thidua.models import (
    Grant,
    RelationKind,
    Role,
    Succession,
    Unit,
    UnitEvent,
    UnitEventKind,
    UnitName,
    UnitRelation,
    User,
)
from thidua.permissions import Actor, under_way
from thidua.services import audit, units
from thidua.services.accounts import require_admin
from thidua.services.succession import Ending, former_children, record_event
from thidua.services.unit_names import names_of
from thidua.text import clean_line
from thidua.times import show_date

LONGEST = 300
Plans = Mapping[int, Mapping[int, int]]
"""By ending unit who takes over from it for each school."""


@dataclass(frozen=True)
class Handing:
    """So many dossiers under way of ``school`` go from the office that ends to ``heir``; names."""

    school: str
    heir: str
    count: int


@dataclass(frozen=True)
class Effects:
    """What an event changes: dossiers handed on, the units' own (``drafts`` at home, ``filed`` with an office), roles.

    ``roles`` are (login, role) that end on the day; ``heir`` is the name of the school that goes on with the drafts
    and takes over the staff, empty where there is none.
    """

    handed: Sequence[Handing]
    drafts: int
    filed: int
    roles: Sequence[tuple[str, Role]]
    heir: str = ""


def found(
    session: Session,
    *,
    code: str,
    name: str,
    kind: str,
    day: date,
    document: str,
    level: str = "",
    abbreviation: str = "",
    place: str = "",
    parent_id: int | None = None,
    by: Actor,
    now: datetime,
) -> Unit:
    """A new unit from ``day`` on, and the document that founds it. Raises as :func:`units.create` does."""
    unit = units.create(
        session,
        code=code,
        name=name,
        kind=kind,
        level=level,
        abbreviation=abbreviation,
        place=place,
        started=day,
        parent_id=parent_id,
        by=by,
        now=now,
    )
    if parent_id is not None:
        _alive(session.get_one(Unit, parent_id), day)
    _write(session, UnitEventKind.FOUNDED, day, document, before=(), after=[unit.id], by=by, now=now)
    return unit


def rename(session: Session, unit: Unit, *, name: str, day: date, document: str, by: Actor, now: datetime) -> UnitEvent:
    """Another official name from ``day`` on, by ``document``. Raises ``Invalid``, ``Refused`` (``unit-ended``)."""
    require_admin(session, by, now)
    _alive(unit, day)
    units.rename(session, unit, name=name, since=day, by=by, now=now)
    return _write(session, UnitEventKind.RENAMED, day, document, before=[unit.id], after=[unit.id], by=by, now=now)


def move(
    session: Session,
    unit: Unit,
    *,
    parent_id: int,
    kind: RelationKind,
    day: date,
    document: str,
    by: Actor,
    now: datetime,
) -> UnitEvent:
    """Under another unit from ``day`` on, by ``document``.

    Raises ``Refused``: ``unit-ended`` (one of the two is not there on that day), ``unit-later-fact`` (it was moved
    later than that already), ``unit-circle``.
    """
    require_admin(session, by, now)
    parent = session.get(Unit, parent_id)
    if parent is None:
        raise NotFound
    _alive(unit, day)
    _alive(parent, day)
    _nothing_later(session, [unit.id], day, kinds=[kind])
    units.relate(session, unit, parent_id=parent_id, kind=kind, since=day, by=by, now=now)
    ids = [unit.id, parent_id]
    return _write(session, UnitEventKind.TRANSFERRED, day, document, before=[unit.id], after=ids, by=by, now=now)


def end(
    session: Session,
    unit_ids: Sequence[int],
    *,
    kind: UnitEventKind,
    heirs: Plans,
    into: Collection[int] = (),
    day: date,
    document: str,
    by: Actor,
    now: datetime,
) -> UnitEvent:
    """Units end together: one is dissolved or split, several merge ``into`` another.

    ``heirs`` is by ending unit who takes over from it for each school. What a unit made itself goes, with its staff,
    to the one unit of ``into``, unless others stood under it.

    Raises as :func:`~thidua.services.succession.record_event` does, and ``Refused``: ``unit-later-fact``,
    ``unit-successor-ended``, ``unit-circle``.
    """
    require_admin(session, by, now)
    _nothing_later(session, unit_ids, day)
    for heir in into:
        if heir in unit_ids:
            raise Refused("unit-successor-ended", name=session.get_one(Unit, heir).name_on(day))
        _alive(session.get_one(Unit, heir), day)
    plan = {school: heir for taken in heirs.values() for school, heir in taken.items()}
    above = units.ancestors(session, sorted(set(plan.values())), day)
    if any(school == heir or school in above[heir] for school, heir in plan.items()):
        raise Refused("unit-circle")
    endings = [Ending(unit_id, heirs.get(unit_id, {}), heir_of(session, unit_id, into)) for unit_id in unit_ids]
    return record_event(
        session, kind=kind, day=day, document=document, endings=endings, founded=sorted(into), by=by, now=now
    )


def heir_of(session: Session, unit_id: int, into: Collection[int]) -> int | None:
    """Who would go on with the dossiers of ``unit_id``'s own making; an office makes none, and has no such heir."""
    only = next(iter(into)) if len(into) == 1 else None
    return None if former_children(session, unit_id) else only


def effects(
    session: Session,
    unit_ids: Sequence[int],
    heirs: Plans,
    day: date,
    *,
    into: Collection[int] = (),
    by: Actor,
    now: datetime,
) -> Effects:
    """What an event of ``unit_ids`` would touch; without ``heirs`` nothing ends. For administrators.

    ``into`` as for :func:`end`.
    """
    require_admin(session, by, now)
    counts = under_way(session, offices=unit_ids, owners=unit_ids)
    handed = []
    named = names_of(session, {i for plan in heirs.values() for pair in plan.items() for i in pair}, day)
    for office, plan in heirs.items():
        chain = session.execute(
            select(Succession.school_id, Succession.office_id).where(Succession.successor_id == office)
        ).all()
        older = under_way(session, offices={row.office_id for row in chain}, owners=())
        for school, heir in plan.items():
            before = {row.office_id for row in chain if row.school_id == school}
            count = counts.get((office, school), 0) + sum(older.get((old, school), 0) for old in before)
            handed.append(Handing(named.get(school, ""), named.get(heir, ""), count))
    own = {pair: count for pair, count in counts.items() if pair[1] in unit_ids}
    drafts = sum(count for (office, _), count in own.items() if office is None)
    still = or_(Grant.valid_to.is_(None), Grant.valid_to > day)
    query = select(User.login, Grant.role).join(User, User.id == Grant.user_id)
    query = query.where(Grant.unit_id.in_(heirs), still).order_by(User.login, Grant.role)
    roles = [(row.login, row.role) for row in session.execute(query)]
    inherits = [one for unit_id in unit_ids if (one := heir_of(session, unit_id, into)) is not None]
    return Effects(
        sorted(handed, key=lambda one: one.school),
        drafts,
        sum(own.values()) - drafts,
        roles,
        heir=names_of(session, inherits, day).get(inherits[0], "") if inherits else "",
    )


def _alive(unit: Unit, day: date) -> None:
    if (unit.started is not None and day < unit.started) or (unit.ended is not None and unit.ended <= day):
        raise Refused("unit-ended", name=unit.name_on(day))


def _nothing_later(session: Session, unit_ids: Sequence[int], day: date, *, kinds: Sequence[RelationKind] = ()) -> None:
    """An event may not undo what was written down for a day after it."""
    began, left = UnitRelation.valid_from, UnitRelation.valid_to
    child, parent = UnitRelation.child_id.in_(unit_ids), UnitRelation.parent_id.in_(unit_ids)
    if kinds:
        later = list(session.scalars(select(began).where(child, UnitRelation.kind.in_(kinds), began > day)))
    else:
        later = list(session.scalars(select(began).where(child | parent, began > day)))
        later += session.scalars(select(left).where(parent, left > day))
        later += session.scalars(
            select(UnitName.valid_from).where(UnitName.unit_id.in_(unit_ids), UnitName.valid_from > day)
        )
    if later:
        raise Refused("unit-later-fact", day=show_date(max(later)))


def _write(
    session: Session,
    kind: UnitEventKind,
    day: date,
    document: str,
    *,
    before: Sequence[int],
    after: Sequence[int],
    by: Actor,
    now: datetime,
) -> UnitEvent:
    paper = clean_line(document)
    if not paper or len(paper) > LONGEST:
        raise Invalid("basis-missing")
    details: dict[str, object] = {"from": list(before), "to": list(after)}
    event = UnitEvent(kind=kind, day=day, document=paper, details=details)
    session.add(event)
    session.flush()
    audit.record(session, "unit-event", by=by, now=now, subject=("unit_event", event.id), details=details)
    return event
