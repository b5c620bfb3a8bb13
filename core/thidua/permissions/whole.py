"""What is read over all dossiers and without a scope: for the shell's checks of the whole site, never for a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from thidua.models import Blob, BlobText, Definition, Dossier, Result, SearchSource, StandingText, Version, VersionFile
from thidua.models.base import Base

CACHES = frozenset(
    {BlobText.__tablename__, SearchSource.__tablename__, StandingText.__tablename__}
)  # they follow a blob, nobody needs it for them

FileLine = tuple[str, str, str, int]  # slot, name, SHA-256, bytes


@dataclass(frozen=True)
class KeptVersion:
    """A submitted version with everything that its SHA-256 vouches for."""

    id: int
    code: str
    n: int
    sha256: str
    content: dict[str, object]
    definition_sha256: str
    definition_json: str
    files: list[FileLine]


@dataclass(frozen=True)
class KeptResult:
    """A frozen result beside the definition that it was reckoned by."""

    id: int
    code: str
    n: int
    total: str
    class_key: str
    calculation: str
    rubric_sha256: str
    definition_json: str


def how_many(session: Session) -> int:
    """The number of dossiers of the site."""
    return session.scalar(select(func.count(Dossier.id))) or 0


def versions_after(session: Session, last: int, limit: int) -> list[KeptVersion]:
    """The next versions in the order of their ids."""
    query = (
        select(
            Version.id,
            Dossier.code,
            Version.n,
            Version.sha256,
            Version.content,
            Version.definition_sha256,
            Definition.json,
        )
        .join(Dossier, Dossier.id == Version.dossier_id)
        .join(Definition, Definition.sha256 == Version.definition_sha256)
        .where(Version.id > last)
        .order_by(Version.id)
        .limit(limit)
    )
    rows = session.execute(query).all()
    held: dict[int, list[FileLine]] = {row.id: [] for row in rows}
    named = select(VersionFile.version_id, VersionFile.slot, VersionFile.name, VersionFile.sha256, VersionFile.size)
    lines = session.execute(named.where(VersionFile.version_id.in_(held)).order_by(VersionFile.id))
    for version_id, slot, name, sha256, size in lines:
        held[version_id].append((slot, name, sha256, size))
    return [KeptVersion(*row, files=held[row.id]) for row in rows]


def results_after(session: Session, last: int, limit: int) -> list[KeptResult]:
    """The next frozen results in the order of their ids, reopened ones included."""
    query = (
        select(
            Result.id,
            Dossier.code,
            Result.n,
            Result.total,
            Result.class_key,
            Result.calculation,
            Result.rubric_sha256,
            Definition.json,
        )
        .join(Dossier, Dossier.id == Result.dossier_id)
        .join(Version, Version.id == Result.version_id)
        .join(Definition, Definition.sha256 == Version.definition_sha256)
        .where(Result.id > last)
        .order_by(Result.id)
        .limit(limit)
    )
    return [KeptResult(*row) for row in session.execute(query)]


def blobs_without_use(session: Session) -> Iterator[str]:
    """The SHA-256 of every blob that no row of any table speaks of, whichever tables come later."""
    speaking = [
        column
        for table in Base.metadata.sorted_tables
        if table.name not in CACHES
        for column in table.columns
        if any(key.column is Blob.__table__.c.sha256 for key in column.foreign_keys)
    ]
    used = or_(*(exists().where(column == Blob.sha256) for column in speaking))
    yield from session.scalars(select(Blob.sha256).where(~used).order_by(Blob.sha256))
