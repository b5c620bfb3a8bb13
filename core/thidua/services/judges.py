"""Judges (giám khảo): who may judge which dossier, how much they have, and who is late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from thidua.models import Grant, Role, User
from thidua.permissions import Actor, DossierFacts, Scope, judging_now, judging_work, panels, scope_of
from thidua.services import conflicts
from thidua.services.units import ancestors
from thidua.text import name_order
from thidua.times import local_day


@dataclass(frozen=True)
class Judge:
    """Somebody who may judge today at some office.

    ``load``: dossiers being judged that they were given. ``known``: whether it is known who of the register they are;
    of the others only what was declared counts as a conflict.
    """

    id: int
    public_id: str
    login: str
    name: str
    load: int = 0
    known: bool = True


@dataclass(frozen=True)
class Candidate:
    """A judge seen from one dossier.

    ``conflict`` says why they must not judge it, ``""`` when they may; ``ended`` why their assignment to it
    has ended; ``place`` is their place in its panel, 0 when they are not in it.
    """

    judge: Judge
    conflict: str = ""
    ended: str = ""
    place: int = 0

    @property
    def free(self) -> bool:
        """Whether they can be given the dossier."""
        return not self.conflict and not self.place and not self.ended


@dataclass(frozen=True)
class Workload:
    """What a judge has done of what they were given in a call; ``days`` since the oldest of it that is not final."""

    judge: str
    assigned: int
    untouched: int
    draft: int
    final: int
    days: int


def judges_of(session: Session, scope: Scope, dossiers: Sequence[DossierFacts], on: date) -> dict[int, list[Judge]]:
    """By dossier id: who judges for the office that has custody of it, or for one above; the least busy first."""
    offices = {d.id: scope.custodian(d.receiving_unit_id, d.owner_unit_id) for d in dossiers}
    known = sorted({office for office in offices.values() if office is not None})
    above = ancestors(session, known, on)
    wanted = frozenset(known).union(*above.values())
    holders: dict[int, set[int]] = {}
    granted = (
        select(Grant.unit_id, Grant.user_id)
        .join(User, User.id == Grant.user_id)
        .where(Grant.role == Role.JUDGE, Grant.unit_id.in_(wanted), User.disabled_at.is_(None))
        .where(Grant.valid_from <= on, or_(Grant.valid_to.is_(None), Grant.valid_to > on))
    )
    for unit_id, user_id in session.execute(granted):
        holders.setdefault(unit_id, set()).add(user_id)
    judges = _judges(session, {user for users in holders.values() for user in users})
    at: dict[int | None, list[Judge]] = {None: []}
    for office in known:
        mine = {user for unit in (office, *above[office]) for user in holders.get(unit, ())}
        at[office] = [judge for judge in judges if judge.id in mine]
    return {dossier_id: at[office] for dossier_id, office in offices.items()}


def _judges(session: Session, ids: set[int]) -> list[Judge]:
    loads = judging_now(session, ids)
    rows = session.execute(
        select(User.id, User.public_id, User.login, User.name, User.person_id).where(User.id.in_(ids))
    )
    found = [
        Judge(i, public_id, login, name, loads.get(i, 0), person is not None)
        for i, public_id, login, name, person in rows
    ]
    return sorted(found, key=lambda one: (one.load, name_order(one.name), one.login))


def candidates(
    session: Session, scope: Scope, dossiers: Sequence[DossierFacts], on: date
) -> dict[int, list[Candidate]]:
    """By dossier id: every judge of its office, with conflict and present place; the least busy first."""
    judges = judges_of(session, scope, dossiers, on)
    everybody = {judge.id for listed in judges.values() for judge in listed}
    barred = conflicts.between(session, dossiers, everybody, on)
    held = {(one.dossier_id, one.judge_id): one for one in panels(session, [d.id for d in dossiers])}
    seen: dict[int, list[Candidate]] = {}
    for dossier in dossiers:
        seen[dossier.id] = []
        for judge in judges[dossier.id]:
            found, one = barred.get((dossier.id, judge.id)), held.get((dossier.id, judge.id))
            place = one.place if one is not None and one.ended_at is None else 0
            ended = one.ended_why if one is not None else ""
            seen[dossier.id].append(Candidate(judge, str(found) if found else "", ended, place))
    return seen


def workloads(session: Session, call_id: int, *, by: Actor, now: datetime) -> list[Workload]:
    """Who has done how much in a call, of what the actor runs; who is furthest behind first."""
    scope = scope_of(session, by, local_day(now))
    today = local_day(now)
    lines = [
        Workload(
            judge=row.name,
            assigned=row.assigned,
            untouched=row.assigned - row.begun,
            draft=row.begun - row.final,
            final=row.final,
            days=(today - local_day(row.since)).days if row.since else 0,
        )
        for row in session.execute(judging_work(scope, call_id))
    ]
    return sorted(lines, key=lambda one: (-one.days, one.final - one.assigned, name_order(one.judge)))
