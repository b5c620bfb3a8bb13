"""Who takes over when units end: their dossiers, their schools, their staff, on one day, by a document."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from thidua.errors import Invalid, NotFound, Refused
from thidua.models import (
    Grant,
    Membership,
    Succession,
    Unit,
    UnitEvent,
    UnitEventKind,
    UnitName,
    UnitRelation,
)
from thidua.permissions import Actor
from thidua.services import audit, units
from thidua.services.accounts import require_admin
from thidua.services.units import end_relations, stands_on
from thidua.text import clean_line

OWN = Succession.office_id == Succession.school_id
"""Of a :class:`Succession`: a school's heir in the dossiers of its own making."""


@dataclass(frozen=True)
class Ending:
    """A unit that ends, and who takes over from it.

    ``successors`` is by school that stood under it: school id → successor id. ``heir`` takes over the dossiers of
    the unit's own making and its staff; a school that merges has one, an office has none.
    """

    unit_id: int
    successors: Mapping[int, int] = field(default_factory=dict)
    heir: int | None = None


def former_children(session: Session, unit_id: int) -> frozenset[int]:
    """All units that ever stood under ``unit_id`` or whose things it took over: its custody speaks of them."""
    children = set(session.scalars(select(UnitRelation.child_id).where(UnitRelation.parent_id == unit_id)))
    taken = select(Succession.school_id).where(Succession.successor_id == unit_id, ~OWN)
    return frozenset(children | set(session.scalars(taken)))


def heirs_of(session: Session, unit_ids: Collection[int], on: date) -> dict[int, int]:
    """By unit who acts for it on that day in what it made itself: its heir once it has ended, until then itself."""
    query = select(Succession.office_id, Succession.successor_id).order_by(Succession.day, Succession.id)
    named = session.execute(query.where(OWN, Succession.office_id.in_(unit_ids), Succession.day <= on))
    return {unit_id: unit_id for unit_id in unit_ids} | {row.office_id: row.successor_id for row in named}


def superiors(session: Session, unit_ids: Collection[int], on: date) -> dict[int, frozenset[int]]:
    """By unit those above it on that day, and the ended offices that one of these took it over from. Two statements."""
    above = units.ancestors(session, sorted(unit_ids), on)
    query = select(Succession.school_id, Succession.office_id, Succession.successor_id).order_by(
        Succession.day, Succession.id
    )
    rows = session.execute(query.where(~OWN, Succession.school_id.in_(unit_ids), Succession.day <= on))
    heirs = {(row.school_id, row.office_id): row.successor_id for row in rows}
    ended = {pair for pair, heir in heirs.items() if heir in above[pair[0]]}
    return {unit: found | {office for school, office in ended if school == unit} for unit, found in above.items()}


def record_event(
    session: Session,
    *,
    kind: UnitEventKind,
    day: date,
    document: str,
    endings: Sequence[Ending] = (),
    founded: Sequence[int] = (),
    by: Actor | None,
    now: datetime,
) -> UnitEvent:
    """Write down what happened to units on ``day``, and let it happen.

    Every unit of ``endings`` ends on that day: its names, relations and grants too. Each
    school that stands under it moves to its successor, who takes over what the school
    filed there, what older offices had handed on included. The heir of a school goes on
    with the dossiers that it made, and its staff work there from then on. A school that left earlier
    and is not named goes with the office it stands under now. Raises :class:`Refused`
    ``unit-successors-missing`` with the names of schools nobody would take over.
    """
    if by is not None:
        require_admin(session, by, now)
    paper = clean_line(document)
    if not paper or len(paper) > 300:
        raise Invalid("basis-missing")
    plans = {ending.unit_id: _successors(session, ending, day) for ending in endings}
    heirs = {heir for plan in plans.values() for heir in plan.values()} | set(founded)
    heirs |= {ending.heir for ending in endings if ending.heir is not None}
    details: dict[str, object] = {"from": sorted(plans), "to": sorted(heirs)}
    event = UnitEvent(kind=kind, day=day, document=paper, details=details)
    session.add(event)
    session.flush()
    for ending in endings:
        _hand_over(session, event, ending.unit_id, plans[ending.unit_id])
        if ending.heir is not None:
            _inherit(session, event, ending.unit_id, ending.heir)
        _end(session, ending.unit_id, day)
    audit.record(session, "unit-event", by=by, now=now, subject=("unit_event", event.id), details=details)
    return event


def _successors(session: Session, ending: Ending, day: date) -> dict[int, int]:
    unit = session.get(Unit, ending.unit_id)
    if unit is None:
        raise NotFound
    if unit.ended is not None or (unit.started is not None and unit.started >= day):
        raise Refused("unit-ended", name=unit.name_on(day))
    plan = dict(ending.successors)
    for school in former_children(session, ending.unit_id) - plan.keys():
        heir = units.receiver_of(session, school, day)
        if heir is not None and heir != ending.unit_id:
            plan[school] = heir
    orphans = former_children(session, ending.unit_id) - plan.keys()
    if orphans:
        names = [u.name_on(day) for u in session.scalars(select(Unit).where(Unit.id.in_(orphans)).order_by(Unit.id))]
        raise Refused("unit-successors-missing", name=unit.name_on(day), schools="; ".join(names[:10]))
    named = {*plan.values(), *([ending.heir] if ending.heir is not None else [])}
    heirs = session.scalars(select(Unit).where(Unit.id.in_(named))).all()
    if len(heirs) != len(named) or any(h.id == unit.id or (h.ended and h.ended <= day) for h in heirs):
        raise Refused("unit-successor-ended", name=unit.name_on(day))
    return plan


def _hand_over(session: Session, event: UnitEvent, unit_id: int, plan: Mapping[int, int]) -> None:
    for school, heir in sorted(plan.items()):
        chain = select(Succession.office_id).where(Succession.successor_id == unit_id, Succession.school_id == school)
        for office in sorted({unit_id, *session.scalars(chain)}):
            row = Succession(event_id=event.id, office_id=office, school_id=school, successor_id=heir, day=event.day)
            session.add(row)
        kinds = session.scalars(
            select(UnitRelation.kind).where(
                UnitRelation.child_id == school, UnitRelation.parent_id == unit_id, stands_on(event.day)
            )
        ).all()
        end_relations(session, [UnitRelation.child_id == school, UnitRelation.parent_id == unit_id], event.day)
        session.add_all(
            UnitRelation(child_id=school, parent_id=heir, kind=kind, valid_from=event.day)
            for kind in sorted(set(kinds))
        )
    session.flush()


def _inherit(session: Session, event: UnitEvent, unit_id: int, heir: int) -> None:
    """``heir`` acts for ``unit_id`` and for those that it acted for; its staff work for the heir from then on."""
    before = select(Succession.office_id).where(OWN, Succession.successor_id == unit_id)
    for one in sorted({unit_id, *session.scalars(before)}):
        session.add(Succession(event_id=event.id, office_id=one, school_id=one, successor_id=heir, day=event.day))
    still = or_(Membership.valid_to.is_(None), Membership.valid_to > event.day)
    there = set(session.scalars(select(Membership.person_id).where(Membership.unit_id == heir, still)))
    for held in session.scalars(select(Membership).where(Membership.unit_id == unit_id, still)).all():
        if held.person_id not in there:
            began = max(event.day, held.valid_from)
            session.add(
                Membership(
                    person_id=held.person_id,
                    unit_id=heir,
                    position=held.position,
                    valid_from=began,
                    valid_to=held.valid_to,
                )
            )
        held.valid_to = max(event.day, held.valid_from)
    session.flush()


def _end(session: Session, unit_id: int, day: date) -> None:
    session.get_one(Unit, unit_id).ended = day
    end_relations(session, [or_(UnitRelation.child_id == unit_id, UnitRelation.parent_id == unit_id)], day)
    for name in session.scalars(select(UnitName).where(UnitName.unit_id == unit_id, UnitName.valid_to.is_(None))):
        name.valid_to = day
    still = or_(Grant.valid_to.is_(None), Grant.valid_to > day)
    for held in session.scalars(select(Grant).where(Grant.unit_id == unit_id, still)):
        held.valid_to = max(day, held.valid_from)
    session.flush()
