"""How an assignment ends: a judge is taken off, gives the dossier back, or has an interest in it.

The row and the sheet stay; the sheet does not count.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from thidua.errors import NotFound, Refused
from thidua.models import Assignment, ConflictKind, Dossier, Event
from thidua.permissions import (
    Actor,
    DossierFacts,
    Scope,
    find_assignment,
    find_dossier,
    own_assignment,
    panels,
    require,
    scope_of,
)
from thidua.services import conflicts
from thidua.services.assigning import event
from thidua.services.conflicts import Found
from thidua.services.judges import candidates
from thidua.services.moves import checked_reason
from thidua.times import local_day

REMOVED, ABSTAINED, CONFLICT = "removed", "abstained", "conflict"


def remove(session: Session, *, assignment: str, reason: str, by: Actor, now: datetime) -> Assignment:
    """The office takes a judge off a dossier; the sheet stays as it is and does not count."""
    scope = scope_of(session, by, local_day(now))
    dossier, one = find_assignment(session, scope, assignment)
    require(scope, "judging", dossier)
    return leave(session, scope, dossier, one, why=REMOVED, reason=checked_reason(reason), by=by, now=now)


def abstain(session: Session, *, assignment: str, reason: str, by: Actor, now: datetime) -> Assignment:
    """A judge gives a dossier back, with a reason; the office finds another."""
    scope, one = _own(session, assignment, by, now)
    return leave(session, scope, one.dossier, one, why=ABSTAINED, reason=checked_reason(reason), by=by, now=now)


def declare_own(session: Session, *, assignment: str, reason: str, by: Actor, now: datetime) -> Assignment:
    """A judge says that they have an interest in a dossier: from then on it does not exist for them."""
    scope, one = _own(session, assignment, by, now)
    return _declared(session, scope, one.dossier, one, reason=checked_reason(reason), by=by, now=now)


def _own(session: Session, assignment: str, by: Actor, now: datetime) -> tuple[Scope, Assignment]:
    one = own_assignment(session, by.user_id, public_id=assignment)
    scope = scope_of(session, by, local_day(now))
    if one is None or one.dossier_id not in scope.assigned:
        raise NotFound
    require(scope, "score", one.dossier)
    return scope, one


def declare(session: Session, *, dossier: str, judge: str, reason: str, by: Actor, now: datetime) -> Assignment | None:
    """The office notes that ``judge`` (public id) has an interest in a dossier; a present assignment ends."""
    scope = scope_of(session, by, local_day(now))
    row = find_dossier(session, scope, dossier)
    require(scope, "judging", row)
    reason = checked_reason(reason)
    at_hand = {c.judge.public_id: c.judge.id for c in candidates(session, scope, [row], local_day(now))[row.id]}
    sitting = {one.judge.public_id: one for one in panels(session, [row.id])}
    if judge not in at_hand and judge not in sitting:
        raise NotFound
    one = sitting.get(judge)
    user_id = one.judge_id if one is not None else at_hand[judge]
    if one is not None and one.ended_at is None:
        return _declared(session, scope, row, one, reason=reason, by=by, now=now)
    conflicts.note(session, row.id, user_id, Found(ConflictKind.DECLARED, reason), by=by, now=now)
    return None


def _declared(
    session: Session,
    scope: Scope,
    dossier: Dossier,
    one: Assignment,
    *,
    reason: str,
    by: Actor,
    now: datetime,
) -> Assignment:
    ended = leave(session, scope, dossier, one, why=CONFLICT, reason=reason, by=by, now=now)
    conflicts.note(session, dossier.id, one.judge_id, Found(ConflictKind.DECLARED, reason), by=by, now=now)
    return ended


def leave(
    session: Session,
    scope: Scope,
    dossier: DossierFacts,
    one: Assignment,
    *,
    why: str,
    reason: str,
    by: Actor,
    now: datetime,
) -> Assignment:
    """End an assignment, for who has asked for the right already."""
    if one.ended_at is not None:
        raise Refused("assignment-ended")
    one.ended_at, one.ended_why, one.ended_reason = now, why, reason
    session.execute(insert(Event), [event(scope, dossier, f"judge-{why}", one.judge_id, by=by, now=now)])
    session.flush()
    return one
