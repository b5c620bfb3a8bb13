"""Conflicts of interest: who must not judge which dossier, and why.

Some are known from the records (own unit, the nominee, an author or member); others somebody
declares with a reason. Only people joined to an account are compared, never names.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from thidua.errors import say
from thidua.models import Conflict, ConflictKind, Grant, Membership, PartyRole, User
from thidua.permissions import Actor, DossierFacts, conflicts_noted, people_in
from thidua.services import audit
from thidua.services.succession import heirs_of


@dataclass(frozen=True)
class Found:
    """A conflict: its kind, and the reason that somebody gave for a declared one."""

    kind: ConflictKind
    reason: str = ""

    def __str__(self) -> str:
        """Why, as part of a sentence."""
        said = say(f"conflict-{self.kind}")
        return f"{said}: {self.reason}" if self.reason else said


def between(
    session: Session, dossiers: Sequence[DossierFacts], user_ids: Collection[int], on: date
) -> dict[tuple[int, int], Found]:
    """(dossier id, user id) → the conflict, where there is one. Six statements, however many there are.

    A part in the dossier comes before what was declared, and that before working at its school.
    """
    ids = [dossier.id for dossier in dossiers]
    found = {(c.dossier_id, c.user_id): Found(c.kind, c.reason) for c in conflicts_noted(session, ids, user_ids)}
    accounts: dict[int, list[int]] = {}
    joined = select(User.person_id, User.id).where(User.id.in_(user_ids), User.person_id.is_not(None))
    for person_id, user_id in session.execute(joined):
        accounts.setdefault(person_id or 0, []).append(user_id)
    for party in people_in(session, ids, accounts):
        kind = ConflictKind.NOMINEE if party.role == PartyRole.NOMINEE else ConflictKind.AUTHOR
        for user_id in accounts[party.person_id or 0]:
            found[party.dossier_id, user_id] = Found(kind)
    homes = _homes(session, user_ids, on)
    heirs = heirs_of(session, {dossier.owner_unit_id for dossier in dossiers}, on)
    for dossier in dossiers:
        owner = dossier.owner_unit_id
        for user_id in homes.get(owner, set()) | homes.get(heirs[owner], set()):
            found.setdefault((dossier.id, user_id), Found(ConflictKind.OWN_UNIT))
    return found


def _homes(session: Session, user_ids: Collection[int], on: date) -> dict[int, set[int]]:
    """By unit: the users who work in it on that day, or hold a role at it."""
    homes: dict[int, set[int]] = {}
    works = (
        select(Membership.unit_id, User.id)
        .join(User, User.person_id == Membership.person_id)
        .where(User.id.in_(user_ids), Membership.valid_from <= on)
        .where(or_(Membership.valid_to.is_(None), Membership.valid_to > on))
    )
    serves = select(Grant.unit_id, Grant.user_id).where(
        Grant.user_id.in_(user_ids), Grant.valid_from <= on, or_(Grant.valid_to.is_(None), Grant.valid_to > on)
    )
    for unit_id, user_id in [*session.execute(works), *session.execute(serves)]:
        homes.setdefault(unit_id, set()).add(user_id)
    return homes


def note(session: Session, dossier_id: int, user_id: int, found: Found, *, by: Actor, now: datetime) -> None:
    """Write a conflict down once: from then on the dossier does not exist for that user."""
    if conflicts_noted(session, [dossier_id], [user_id]):
        return
    row = Conflict(
        dossier_id=dossier_id,
        user_id=user_id,
        kind=found.kind,
        reason=found.reason,
        noted_by=by.user_id,
        noted_at=now,
    )
    session.add(row)
    session.flush()
    details = {"user": user_id, "kind": found.kind}
    audit.record(session, "conflict-noted", by=by, now=now, subject=("dossier", dossier_id), details=details)
