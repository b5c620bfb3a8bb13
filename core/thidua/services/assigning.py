"""Assignment (phân công): who judges what, by hand and by rule, and the judge who is called when two differ.

An assignment is planned first (:class:`Plan`: what is given to whom, what is left out and why) and then
carried out; the plan is made anew in the transaction that writes it, so that nothing happens which the
page has not shown.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from thidua.errors import Invalid, NotAllowed, NotFound, Refused, say
from thidua.models import Action, Assignment, Call, Dossier, Event, State, table_of
from thidua.models.base import new_public_id
from thidua.permissions import (
    FACTS,
    Actor,
    DossierFacts,
    Scope,
    dossiers,
    find_dossier,
    judged,
    panels,
    require,
    scope_of,
)
from thidua.services import audit
from thidua.services.blinding import is_blind
from thidua.services.judges import Candidate, Judge, candidates
from thidua.services.moves import in_whose_name, move_many
from thidua.services.standing import Standing, standing_of, standings
from thidua.times import local_day

GONE = ("abstained", "conflict")  # a judge who left by their own word is not given the dossier again


@dataclass(frozen=True)
class Rule:
    """Which dossiers of a call go to which judges.

    ``units`` are ids of schools, ``judges`` public ids; both empty mean all. ``track`` empty: every track.
    """

    track: str = ""
    units: frozenset[int] = frozenset()
    judges: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Given:
    """A dossier and the judges it is given, in the order of their places."""

    dossier: Any
    judges: tuple[Judge, ...]
    places: tuple[int, ...]
    blind: bool


@dataclass(frozen=True)
class LeftOut:
    """A dossier that is given to nobody, and why."""

    dossier: Any
    why: str


@dataclass(frozen=True)
class Plan:
    """What would happen. ``mark`` tells whether a plan made later is the same."""

    given: tuple[Given, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def mark(self) -> str:
        """The fingerprint of who is given what."""
        said = [f"{one.dossier.id}:{','.join(str(judge.id) for judge in one.judges)}" for one in self.given]
        return hashlib.sha256(";".join(said).encode()).hexdigest()[:16]

    @property
    def loads(self) -> list[tuple[Judge, int]]:
        """Each judge of the plan with the number of dossiers they are given, in the order of their names."""
        counts = Counter(judge for one in self.given for judge in one.judges)
        return sorted(counts.items(), key=lambda one: one[0].login)


# --- planning --------------------------------------------------------------------------------------


def plan_by_hand(session: Session, *, dossiers: Sequence[str], judges: Sequence[str], by: Actor, now: datetime) -> Plan:
    """Give every one of these dossiers (public ids) to each of these judges (public ids)."""
    if not dossiers or not judges:
        raise Invalid("nothing-chosen")
    scope = scope_of(session, by, local_day(now))
    rows = _found(session, scope, dossiers)

    def choose(one: Standing, at_hand: Sequence[Candidate], _loads: Counter[int]) -> Sequence[Judge] | str:
        by_id = {candidate.judge.public_id: candidate for candidate in at_hand}
        if any(public_id not in by_id for public_id in judges):
            return say("assign-not-a-judge")
        chosen = [by_id[public_id] for public_id in dict.fromkeys(judges)]
        if barred := [candidate for candidate in chosen if candidate.conflict]:
            return say("assign-conflict", judge=barred[0].judge.name, why=barred[0].conflict)
        if gone := [c for c in chosen if c.ended in GONE]:
            return say("assign-gone", judge=gone[0].judge.name, why=say(f"judging-ended-{gone[0].ended}"))
        fresh = [candidate.judge for candidate in chosen if not candidate.place]
        if not fresh:
            return say("assign-held")
        room = one.planned - len(one.active)
        return fresh if len(fresh) <= room else say("assign-too-many", planned=one.planned, count=len(one.active))

    return _plan(session, scope, rows, choose, now=now)


def plan_by_rule(session: Session, call: Call, rule: Rule, *, by: Actor, now: datetime) -> Plan:
    """Fill the panels of a call's dossiers: to the least busy judges first, and the same way each time.

    Dossiers that few may judge come first, so that a judge who is free for them has not been used up.
    """
    scope = scope_of(session, by, local_day(now))
    query = judged(scope, *FACTS).where(Dossier.call_id == call.id, Dossier.state.in_((State.ELIGIBLE, State.JUDGING)))
    if rule.track:
        query = query.where(Dossier.track == rule.track)
    if rule.units:
        query = query.where(Dossier.owner_unit_id.in_(rule.units))
    rows = session.execute(query.order_by(Dossier.code)).all()

    def choose(one: Standing, at_hand: Sequence[Candidate], loads: Counter[int]) -> Sequence[Judge] | str:
        room = one.planned - len(one.active)
        if room <= 0:
            return say("assign-held")
        free = [c.judge for c in _allowed(at_hand, rule.judges)]
        if len(free) < room:
            return say("assign-too-few", room=room, count=len(free))
        return sorted(free, key=lambda judge: (loads[judge.id], judge.login))[:room]

    return _plan(session, scope, rows, choose, now=now, narrowest=rule.judges)


Choose = Callable[[Standing, Sequence[Candidate], "Counter[int]"], "Sequence[Judge] | str"]


def _allowed(at_hand: Iterable[Candidate], judges: Collection[str]) -> list[Candidate]:
    return [c for c in at_hand if c.free and (not judges or c.judge.public_id in judges)]


def _found(session: Session, scope: Scope, public_ids: Sequence[str]) -> Sequence[Any]:
    rows = session.execute(dossiers(scope, *FACTS).where(Dossier.public_id.in_(public_ids)).order_by(Dossier.code))
    found = rows.all()
    if len(found) != len(set(public_ids)):
        raise NotFound
    return found


def _plan(
    session: Session,
    scope: Scope,
    rows: Sequence[Any],
    choose: Choose,
    *,
    now: datetime,
    narrowest: Collection[str] | None = None,
) -> Plan:
    on = local_day(now)
    for row in rows:
        require(scope, "see:sheets", row)
    at_hand = candidates(session, scope, rows, on)
    by_call: dict[int, list[Any]] = {}
    for row in rows:
        by_call.setdefault(row.call_id, []).append(row)
    found = [
        one for call_id, mine in by_call.items() for one in standings(session, session.get_one(Call, call_id), mine, on)
    ]
    if narrowest is not None:
        found.sort(key=lambda one: (len(_allowed(at_hand[one.dossier.id], narrowest)), one.dossier.code))
    loads = Counter({c.judge.id: c.judge.load for listed in at_hand.values() for c in listed})
    given, left_out = [], []
    for one in found:
        said = _closed_to(scope, one) or choose(one, at_hand[one.dossier.id], loads)
        if isinstance(said, str):
            left_out.append(LeftOut(one.dossier, said))
            continue
        loads.update(judge.id for judge in said)
        given.append(Given(one.dossier, tuple(said), _free_places(one, len(said)), is_blind(one.form)))
    given.sort(key=lambda one: str(one.dossier.code))
    left_out.sort(key=lambda one: str(one.dossier.code))
    return Plan(tuple(given), tuple(left_out))


def _closed_to(scope: Scope, one: Standing) -> str:
    """Why no judge can be given this dossier at all."""
    try:
        require(scope, "judging", one.dossier)
    except NotAllowed as refused:
        return str(refused)
    except Refused:
        return say("assign-not-now", state=one.dossier.state.label)
    return "" if one.judging else say("assign-no-judging")


def _free_places(one: Standing, count: int) -> tuple[int, ...]:
    taken = {seat.place for seat in one.active}
    free = (place for place in range(1, 100) if place not in taken)
    return tuple(next(free) for _ in range(count))


# --- carrying it out -------------------------------------------------------------------------------


def carry_out(session: Session, plan: Plan, *, by: Actor, now: datetime, mark: str = "") -> Plan:
    """Write a plan that was made in this transaction.

    ``mark`` is that of the plan the page showed: another one is refused (``assign-changed``), and one that
    gives nothing to anybody with its first reason (``assign-nothing``).
    """
    if mark and mark != plan.mark:
        raise Refused("assign-changed")
    if not plan.given:
        raise Refused("assign-nothing", why=plan.left_out[0].why if plan.left_out else say("nothing-chosen"))
    scope = scope_of(session, by, local_day(now))
    held = {(one.dossier_id, one.judge_id): one for one in panels(session, [one.dossier.id for one in plan.given])}
    rows, events = [], []
    for one in plan.given:
        for judge, place in zip(one.judges, one.places, strict=True):
            if back := held.get((one.dossier.id, judge.id)):
                _revive(back, place, by, now)
            else:
                rows.append(_row(one, judge, place, by, now))
            events.append(event(scope, one.dossier, "judge-assigned", judge.id, by=by, now=now))
    if rows:
        session.execute(insert(table_of(Assignment)), rows)
    session.flush()
    session.execute(insert(table_of(Event)), events)
    fresh = [one.dossier for one in plan.given if one.dossier.state == State.ELIGIBLE]
    move_many(session, fresh, Action.ASSIGN, scope=scope, by=by, now=now)
    return plan


def _row(one: Given, judge: Judge, place: int, by: Actor, now: datetime) -> dict[str, object]:
    return {
        "public_id": new_public_id(),
        "dossier_id": one.dossier.id,
        "judge_id": judge.id,
        "place": place,
        "blind": one.blind,
        "assigned_by": by.user_id,
        "assigned_at": now,
    }


def _revive(back: Assignment, place: int, by: Actor, now: datetime) -> None:
    """A judge who was removed sits down again: their sheet counts again, the audit tells of both."""
    back.place, back.assigned_by, back.assigned_at = place, by.user_id, now
    back.ended_at, back.ended_why, back.ended_reason = None, "", ""


def event(
    scope: Scope, dossier: DossierFacts, action: str, user_id: int, *, by: Actor, now: datetime
) -> dict[str, object]:
    """The line of the audit that names a judge of a dossier, by the number of the account."""
    subject, details = ("dossier", dossier.id), {"user": user_id}
    return audit.line(
        action, by=by, now=now, subject=subject, unit_id=in_whose_name(scope, dossier, by), details=details
    )


def call_third(session: Session, *, dossier: str, judge: str = "", by: Actor, now: datetime) -> tuple[Standing, Judge]:
    """Call one more judge where the sheets are too far apart: ``judge`` (public id), or the least busy one.

    Nobody who has sat at this dossier before, whatever became of it.
    """
    scope = scope_of(session, by, local_day(now))
    row = find_dossier(session, scope, dossier)
    require(scope, "judging", row)
    one = standing_of(session, row.call, row, local_day(now))
    if not one.wants_third:
        raise Refused("third-not-needed")
    free = _allowed(candidates(session, scope, [row], local_day(now))[row.id], [judge] if judge else [])
    if not free:
        raise Refused("third-taken" if judge else "third-nobody")
    chosen = free[0].judge
    given = Given(row, (chosen,), (one.planned + 1,), is_blind(one.form))
    session.execute(insert(table_of(Assignment)), [_row(given, chosen, one.planned + 1, by, now)])
    session.execute(insert(table_of(Event)), [event(scope, row, "judge-third", chosen.id, by=by, now=now)])
    return one, chosen
