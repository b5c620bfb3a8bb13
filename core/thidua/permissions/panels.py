"""What an office reads of judging: who judges, their sheets, who must not judge, and what came out.

A judge's own reads stand elsewhere. Functions that take ids are given those of dossiers that the
caller has found through a scope.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Integer, Select, and_, case, exists, func, select, type_coerce
from sqlalchemy.orm import Session, joinedload

from thidua.errors import NotFound
from thidua.models import (
    Assignment,
    Conflict,
    Dossier,
    DossierParty,
    Result,
    Role,
    Score,
    Scoresheet,
    Stage,
    State,
    User,
    Version,
    among,
    table_of,
)
from thidua.permissions.rights import may
from thidua.permissions.scope import Scope
from thidua.permissions.selects import dossiers, in_custody

FACTS = (
    Dossier.id,
    Dossier.public_id,
    Dossier.code,
    Dossier.title,
    Dossier.call_id,
    Dossier.track,
    Dossier.owner_unit_id,
    Dossier.receiving_unit_id,
    Dossier.state,
    Dossier.filed,
    Dossier.rev,
)
JUDGED = (State.ELIGIBLE, State.JUDGING, State.SCORED, State.PUBLISHED)


def judged(scope: Scope, *columns: Any) -> Select[Any]:  # noqa: ANN401 -- any columns or entities
    """What passed the appraisal and lies with the offices at which the user runs calls."""
    return in_custody(scope, Role.MANAGER, *(columns or (Dossier,))).where(Dossier.state.in_(JUDGED))


def filed_in(scope: Scope, call_id: int, track: str, *columns: Any) -> Select[Any]:  # noqa: ANN401 -- any columns
    """The visible dossiers of a call and track that stand with an office."""
    query = dossiers(scope, *(columns or FACTS))
    return query.where(Dossier.call_id == call_id, Dossier.track == track, Dossier.filed > 0)


def filed_count(session: Session, call_id: int, track: str, states: Collection[State]) -> int:
    """How many dossiers of a call and track stand in these states, hidden ones too: a number for rules, not pages."""
    query = select(func.count()).where(Dossier.call_id == call_id, Dossier.track == track, Dossier.filed > 0)
    return session.scalar(query.where(Dossier.state.in_(states))) or 0


def standing_versions(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """By dossier: the id and the definition of the version that stands with the office."""
    version, dossier = table_of(Version), table_of(Dossier)
    stands = and_(dossier.c.id == version.c.dossier_id, dossier.c.filed == version.c.n)
    query = (
        select(version.c.dossier_id, version.c.id, version.c.definition_sha256)
        .join(dossier, stands)
        .where(among(version.c.dossier_id, ids))
    )
    return {dossier_id: (version_id, sha256) for dossier_id, version_id, sha256 in session.execute(query).all()}


def panels(session: Session, ids: Sequence[int]) -> list[Assignment]:
    """The judges of these dossiers, ended assignments among them, by place."""
    query = select(Assignment).where(among(Assignment.dossier_id, ids)).options(joinedload(Assignment.judge))
    return list(session.scalars(query.order_by(Assignment.dossier_id, Assignment.place, Assignment.id)))


def find_assignment(session: Session, scope: Scope, public_id: str) -> tuple[Dossier, Assignment]:
    """An assignment with its dossier, for those who see its sheets; ``NotFound`` for everybody else."""
    query = dossiers(scope, Dossier, Assignment).join(Assignment, Assignment.dossier_id == Dossier.id)
    row = session.execute(query.where(Assignment.public_id == public_id)).one_or_none()
    if row is None or not may(scope, "see:sheets", row[0]):
        raise NotFound
    return row[0], row[1]


def conflicts_noted(session: Session, ids: Collection[int], user_ids: Collection[int]) -> list[Conflict]:
    """The conflicts that were written down between these dossiers and these users."""
    query = select(Conflict).where(among(Conflict.dossier_id, ids), among(Conflict.user_id, user_ids))
    return list(session.scalars(query))


def people_in(session: Session, ids: Collection[int], person_ids: Collection[int]) -> list[DossierParty]:
    """The parts that these people have in these dossiers."""
    query = select(DossierParty).where(among(DossierParty.dossier_id, ids), among(DossierParty.person_id, person_ids))
    return list(session.scalars(query.order_by(DossierParty.id)))


def judging_now(session: Session, user_ids: Collection[int]) -> dict[int, int]:
    """By judge: how many dossiers they have been given that are being judged now, all calls together."""
    query = (
        select(Assignment.judge_id, func.count())
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .where(Assignment.judge_id.in_(user_ids), Assignment.ended_at.is_(None), Dossier.state == State.JUDGING)
        .group_by(Assignment.judge_id)
    )
    return dict(session.execute(query).all())


def judging_work(scope: Scope, call_id: int) -> Select[Any]:
    """By judge, of what the user runs in a call: name, dossiers given, sheets begun, sheets final, waiting since."""
    final = Scoresheet.final_at.is_not(None)
    owed = and_(Scoresheet.final_at.is_(None), Dossier.state == State.JUDGING)
    columns = (
        User.name,
        func.count().label("assigned"),
        func.count(Scoresheet.id).label("begun"),
        func.count(case((final, 1))).label("final"),
        func.min(case((owed, Assignment.assigned_at))).label("since"),
    )
    sheet = and_(
        Scoresheet.version_id == Version.id,
        Scoresheet.scorer_id == Assignment.judge_id,
        Scoresheet.stage == Stage.JUDGE,
    )
    return (
        judged(scope, *columns)
        .join(Assignment, and_(Assignment.dossier_id == Dossier.id, Assignment.ended_at.is_(None)))
        .join(User, User.id == Assignment.judge_id)
        .join(Version, and_(Version.dossier_id == Dossier.id, Version.n == Dossier.filed))
        .outerjoin(Scoresheet, sheet)
        .where(Dossier.call_id == call_id)
        .group_by(User.id)
    )


def lying_apart(scope: Scope, call_id: int) -> Select[Any]:
    """:data:`FACTS` of the dossiers of a call being judged in which a sheet lay apart when it was handed in."""
    marked = type_coerce(Scoresheet.apart, Integer)  # word for word as in the index, which "= 1" would not be
    apart = select(Version.dossier_id).join(Scoresheet, Scoresheet.version_id == Version.id).where(marked)
    return judged(scope, *FACTS).where(
        Dossier.call_id == call_id, Dossier.state == State.JUDGING, Dossier.id.in_(apart)
    )


def sheets_of(session: Session, version_ids: Sequence[int], stage: Stage) -> Sequence[Any]:
    """The sheets of these versions: id, version, scorer, whether final; of a version the one sent last comes last."""
    sheet = table_of(Scoresheet).c
    query = (
        select(sheet.id, sheet.version_id, sheet.scorer_id, sheet.final_at.is_not(None).label("final"))
        .where(among(sheet.version_id, version_ids), sheet.stage == stage)
        .order_by(sheet.final_at, sheet.id)
    )
    return session.execute(query).all()


def points_on(session: Session, sheet_ids: Sequence[int]) -> dict[int, tuple[tuple[str, ...], list[str]]]:
    """By sheet the leaves that were scored, and what was typed for each of them.

    The database packs each sheet: two thousand rows and not forty. Sheets with the same leaves share one tuple.
    """
    score = table_of(Score).c
    packed = select(score.sheet_id, func.json_group_array(score.node), func.json_group_array(score.points))
    rows = session.execute(packed.where(among(score.sheet_id, sheet_ids)).group_by(score.sheet_id)).all()
    leaves = {nodes: tuple(json.loads(nodes)) for nodes in {row[1] for row in rows}}
    typed = json.loads(f"[{','.join([row[2] for row in rows])}]")
    return {row[0]: (leaves[row[1]], texts) for row, texts in zip(rows, typed, strict=True)}


def sheet_marks(session: Session, ids: Sequence[int]) -> list[tuple[int, int, bool]]:
    """What tells whether a sheet of these dossiers has changed: id, revision, whether it is final."""
    sheet, version = table_of(Scoresheet), table_of(Version)
    query = (
        select(sheet.c.id, sheet.c.rev, sheet.c.final_at.is_not(None))
        .join(version, version.c.id == sheet.c.version_id)
        .where(among(version.c.dossier_id, ids))
        .order_by(sheet.c.id)
    )
    return [(sheet_id, rev, final) for sheet_id, rev, final in session.execute(query).all()]


def panel_marks(session: Session, ids: Sequence[int]) -> list[tuple[int, bool]]:
    """What tells whether the judges of these dossiers have changed: id of the assignment, whether it has ended."""
    seat = table_of(Assignment).c
    query = select(seat.id, seat.ended_at.is_not(None)).where(among(seat.dossier_id, ids))
    return [(seat_id, ended) for seat_id, ended in session.execute(query.order_by(seat.id)).all()]


def scored_in(session: Session, call_id: int) -> bool:
    """Whether anybody but the schools themselves has begun to score in a call, or a result was frozen in it."""
    sheet = (
        exists()
        .where(Dossier.call_id == call_id, Version.dossier_id == Dossier.id)
        .where(Scoresheet.version_id == Version.id, Scoresheet.stage != Stage.SELF)
    )
    frozen = exists().where(Dossier.call_id == call_id, Result.dossier_id == Dossier.id)
    return bool(session.scalar(select(sheet | frozen)))


def results_of(session: Session, ids: Sequence[int]) -> list[Result]:
    """Every result of these dossiers, those that were reopened too, in the order made."""
    return list(
        session.scalars(select(Result).where(among(Result.dossier_id, ids)).order_by(Result.dossier_id, Result.n))
    )


def times_frozen(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """By dossier how many results it has had; those without any are left out."""
    query = select(Result.dossier_id, func.max(Result.n)).where(among(Result.dossier_id, ids))
    return dict(session.execute(query.group_by(Result.dossier_id)).all())


def seats_of(session: Session, ids: Sequence[int]) -> Sequence[Any]:
    """:func:`panels` as rows of columns with the judge's name, for pages of many."""
    seat, user = table_of(Assignment), table_of(User)
    columns = (
        seat.c.public_id,
        seat.c.dossier_id,
        seat.c.judge_id,
        seat.c.place,
        user.c.name,
        seat.c.assigned_at,
        seat.c.ended_at,
        seat.c.ended_why,
        seat.c.ended_reason,
    )
    query = select(*columns).join(user, user.c.id == seat.c.judge_id).where(among(seat.c.dossier_id, ids))
    return session.execute(query.order_by(seat.c.dossier_id, seat.c.place, seat.c.id)).all()


def standing_result(session: Session, scope: Scope, dossier: Dossier) -> Result | None:
    """The result that stands, for those who may see it now; None for others and where there is none."""
    if not may(scope, "see:result", dossier):
        return None
    query = select(Result).where(Result.dossier_id == dossier.id, Result.reopened_at.is_(None))
    return session.scalar(query.order_by(Result.n.desc()).limit(1))


def recalled_result(session: Session, scope: Scope, dossier: Dossier) -> Result | None:
    """The published result that was reopened while no other has been published; for the dossier's school."""
    if dossier.state == State.PUBLISHED or not may(scope, "see:working", dossier):
        return None
    query = select(Result).where(Result.dossier_id == dossier.id, Result.published_at.is_not(None))
    return session.scalar(query.order_by(Result.n.desc()).limit(1))


def told_results(session: Session, scope: Scope, ids: Collection[int]) -> dict[int, Any]:
    """By dossier total, class, prize and place of the result that was published, of visible ones: what schools,
    readers and checks are told. One statement.
    """
    told = (Result.total, Result.class_label, Result.prize_label, Result.place)
    query = (
        dossiers(scope, Result.dossier_id, *told)
        .join(Result, Result.dossier_id == Dossier.id)
        .where(among(Dossier.id, ids), Dossier.state == State.PUBLISHED, Result.reopened_at.is_(None))
    )
    return {row.dossier_id: row for row in session.execute(query)}
