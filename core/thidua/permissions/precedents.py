"""What earlier dossiers say and got, and who runs a call: what the checks of campaigns may ask for."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Text, and_, bindparam, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from thidua.models import Assignment, Call, Dossier, Grant, Person, Role, Succession, User, Version
from thidua.permissions.scope import Scope
from thidua.permissions.selects import dossiers
from thidua.times import local_day

OFFICIALS = (Role.MANAGER, Role.JUDGE)


def standing_answers(session: Session, scope: Scope, slug: str, key: str) -> Iterator[tuple[int, str]]:
    """Visible filed dossiers of a campaign type with the answer ``key`` of their standing version, if it is a text."""
    answer = func.json_extract(type_coerce(Version.content, Text), bindparam("path", f'$.answers."{key}"'))
    query = (
        dossiers(scope, Dossier.id, answer)
        .join(Version, and_(Version.dossier_id == Dossier.id, Version.n == Dossier.filed))
        .join(Call, Call.id == Dossier.call_id)
        .where(Call.slug == slug)
        .order_by(Dossier.id.desc())
    )
    for row_id, text in session.execute(query.execution_options(yield_per=200)):
        if isinstance(text, str):
            yield row_id, text


def officiates(session: Session, call: Call, person: str) -> bool:
    """Whether the person (public id) has held the role of a manager or judge since the call opened, at its unit or at
    one that took over from it, or is to score one of its dossiers.
    """
    heirs = select(Succession.successor_id).where(Succession.office_id == call.unit_id)
    users = select(User.id).join(Person, Person.id == User.person_id).where(Person.public_id == person)
    held = select(Grant.id).where(
        Grant.user_id.in_(users),
        Grant.role.in_(OFFICIALS),
        or_(Grant.unit_id == call.unit_id, Grant.unit_id.in_(heirs)),
        or_(Grant.valid_to.is_(None), Grant.valid_to > local_day(call.opens)),
    )
    judging = (
        select(Assignment.id)
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .where(Assignment.judge_id.in_(users), Assignment.ended_at.is_(None), Dossier.call_id == call.id)
    )
    return bool(session.scalar(select(or_(held.exists(), judging.exists()))))
