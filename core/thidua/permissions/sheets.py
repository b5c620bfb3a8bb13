"""Assignments and score sheets: who has been given what to score, and which sheets count.

A sheet of a judge counts while its assignment stands and no conflict is noted: whoever has an interest in a
dossier is in no count and no mean of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, not_, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from thidua.errors import NotFound
from thidua.models import (
    Assignment,
    AttachmentRevision,
    Blob,
    Dossier,
    Role,
    Score,
    Scoresheet,
    Stage,
    Version,
    VersionFile,
)
from thidua.permissions.scope import Scope, at_home, standing


def given(scope: Scope, *columns: Any) -> Select[Any]:  # noqa: ANN401 -- any columns or entities
    """``select(columns)`` over the assignments of the judge and their dossiers: exactly ``scope.assigned`` that may
    be known of, without naming each.
    """
    home = at_home(scope.user_id, scope.on)
    return (
        select(*columns)
        .select_from(Assignment)
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .where(Assignment.judge_id == scope.user_id, standing(), Dossier.filed > 0)
        .where(not_(home), true() if scope.has(Role.JUDGE) else false())
    )


def find_given(session: Session, scope: Scope, dossier: str) -> Dossier:
    """The dossier at this address (its public id), given to the judge; ``NotFound`` for every other."""
    found: Dossier | None = session.scalar(given(scope, Dossier).where(Dossier.public_id == dossier))
    if found is None:
        raise NotFound
    return found


def given_with_own(scope: Scope, *columns: Any) -> Select[Any]:  # noqa: ANN401 -- any columns or entities
    """:func:`given` with the judge's own ``Scoresheet`` on the standing version beside it, where there is one."""
    own = and_(
        Scoresheet.version_id == Version.id,
        Scoresheet.stage == Stage.JUDGE,
        Scoresheet.scorer_id == scope.user_id,
    )
    standing_version = and_(Version.dossier_id == Dossier.id, Version.n == Dossier.filed)
    return given(scope, *columns).join(Version, standing_version).outerjoin(Scoresheet, own)


def own_assignment(session: Session, user_id: int, *, public_id: str = "", dossier: str = "") -> Assignment | None:
    """What was given to ``user_id``, ended or not, by its own address or by the dossier's; for that judge alone."""
    query = select(Assignment).join(Dossier, Dossier.id == Assignment.dossier_id)
    address = Assignment.public_id == public_id if public_id else Dossier.public_id == dossier
    return session.scalar(query.where(Assignment.judge_id == user_id, address).options(joinedload(Assignment.dossier)))


def counts() -> ColumnElement[bool]:
    """Whether a ``Scoresheet`` joined with its ``Version`` counts: not that of a judge who has been taken off it."""
    mine = and_(Assignment.dossier_id == Version.dossier_id, Assignment.judge_id == Scoresheet.scorer_id)
    return or_(Scoresheet.stage != Stage.JUDGE, exists().where(mine, standing()).correlate(Version, Scoresheet))


def finished() -> ColumnElement[int]:
    """How many final sheets of judges count at the standing version of ``Dossier``, as a column."""
    query = (
        select(func.count())
        .select_from(Scoresheet)
        .join(Version, Version.id == Scoresheet.version_id)
        .where(Version.dossier_id == Dossier.id, Version.n == Dossier.filed)
        .where(Scoresheet.stage == Stage.JUDGE, Scoresheet.final_at.is_not(None), counts())
    )
    return query.correlate(Dossier).scalar_subquery()


def sheet_of(session: Session, version: Version, stage: Stage, scorer_id: int) -> Scoresheet | None:
    """The sheet of one scorer on ``version``, with its scores; school and office have one each, whoever writes it."""
    query = select(Scoresheet).where(Scoresheet.version_id == version.id, Scoresheet.stage == stage)
    if stage is Stage.JUDGE:
        query = query.where(Scoresheet.scorer_id == scorer_id)
    return session.scalar(query.options(selectinload(Scoresheet.scores)))


def final_sheets(session: Session, version: Version, stage: Stage = Stage.JUDGE) -> list[tuple[int, Scoresheet]]:
    """The final sheets that count at ``version``, each with the place of its judge (0 at other stages)."""
    query = (
        select(func.coalesce(Assignment.place, 0), Scoresheet)
        .join(Version, Version.id == Scoresheet.version_id)
        .outerjoin(
            Assignment,
            and_(
                Assignment.dossier_id == Version.dossier_id,
                Assignment.judge_id == Scoresheet.scorer_id,
                Scoresheet.stage == Stage.JUDGE,
            ),
        )
        .where(Version.id == version.id, Scoresheet.stage == stage, Scoresheet.final_at.is_not(None), counts())
        .options(selectinload(Scoresheet.scores))
        .order_by(Assignment.place, Scoresheet.id)
    )
    return [(place, sheet) for place, sheet in session.execute(query)]


def handed_in(session: Session, version: Version, *, but: int) -> list[Scoresheet]:
    """Every judge's final sheet on ``version``, whether it counts now or not; not that of the scorer ``but``."""
    query = (
        select(Scoresheet)
        .where(Scoresheet.version_id == version.id, Scoresheet.stage == Stage.JUDGE, Scoresheet.scorer_id != but)
        .where(Scoresheet.final_at.is_not(None))
        .options(selectinload(Scoresheet.scores))
        .order_by(Scoresheet.id)
    )
    return list(session.scalars(query))


def papers(session: Session, version: Version) -> list[VersionFile]:
    """The files of ``version`` in their order, with how far their texts have been read. One statement."""
    query = (
        select(VersionFile)
        .where(VersionFile.version_id == version.id)
        .options(joinedload(VersionFile.revision).joinedload(AttachmentRevision.blob).joinedload(Blob.text))
        .order_by(VersionFile.id)
    )
    return list(session.scalars(query))


def own_points(session: Session, scope: Scope, ids: Sequence[int]) -> list[tuple[int, str, str]]:
    """Dossier, leaf and points of the judge's own sheets on these dossiers."""
    query = given_with_own(scope, Dossier.id, Score.node, Score.points).join(Score, Score.sheet_id == Scoresheet.id)
    return [(row[0], row[1], row[2]) for row in session.execute(query.where(Dossier.id.in_(ids)))]


def own_final_points(session: Session, scope: Scope, like: Dossier, limit: int) -> list[tuple[int, str, str]]:
    """Sheet, leaf and points of the judge's latest final sheets in the call and form of ``like``."""
    same = (Dossier.call_id == like.call_id, Dossier.definition_sha256 == like.definition_sha256)
    latest = (
        given_with_own(scope, Scoresheet.id)
        .where(*same, Scoresheet.final_at.is_not(None))
        .order_by(Scoresheet.final_at.desc())
        .limit(limit)
    )
    query = select(Score.sheet_id, Score.node, Score.points).where(Score.sheet_id.in_(latest)).order_by(Score.sheet_id)
    return [(row[0], row[1], row[2]) for row in session.execute(query)]
