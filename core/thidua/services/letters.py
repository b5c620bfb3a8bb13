"""Tờ trình that were sent: the list, and one with everything its papers say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from thidua.errors import NotFound
from thidua.models import (
    Dossier,
    DossierParty,
    Person,
    Submission,
    Version,
)
from thidua.permissions import Scope, dossiers, submissions


@dataclass(frozen=True)
class SentLetters:
    """A page of tờ trình with the number of dossiers under each."""

    rows: tuple[tuple[Submission, int], ...]
    total: int
    page: int


def sent_letters(session: Session, scope: Scope, page: int, per_page: int = 20) -> SentLetters:
    """The tờ trình of the actor's own units, newest first. Four statements."""
    base = submissions(scope).where(Submission.unit_id.in_(scope.own))
    total = session.scalar(select(func.count()).select_from(base.subquery())) or 0
    query = (
        base.options(joinedload(Submission.call), joinedload(Submission.unit))
        .order_by(Submission.submitted_at.desc(), Submission.id.desc())
        .limit(per_page)
        .offset((page - 1) * per_page)
    )
    found = list(session.scalars(query))
    counting = (
        dossiers(scope, Version.submission_id, func.count())
        .join(Version, Version.dossier_id == Dossier.id)
        .where(Version.submission_id.in_([s.id for s in found]))
        .group_by(Version.submission_id)
    )
    counts: dict[int, int] = dict(session.execute(counting).all())
    return SentLetters(tuple((s, counts.get(s.id, 0)) for s in found), total, page)


def load_letter(session: Session, scope: Scope, public_id: str) -> Submission:
    """A tờ trình with everything its papers say, in a number of statements that does not grow with the dossiers.

    ``NotFound`` when there is none or it is hidden.
    """
    versions = selectinload(Submission.versions)
    dossier = versions.joinedload(Version.dossier)
    query = (
        submissions(scope)
        .where(Submission.public_id == public_id)
        .options(
            joinedload(Submission.call),
            joinedload(Submission.unit),
            joinedload(Submission.receiving_unit),
            versions.joinedload(Version.definition),
            dossier.joinedload(Dossier.call),
            dossier.joinedload(Dossier.owner_unit),
            dossier.selectinload(Dossier.parties).joinedload(DossierParty.person).selectinload(Person.memberships),
        )
    )
    found: Submission | None = session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def last_title(session: Session, scope: Scope) -> str:
    """The title under which the actor's units signed last; empty before their first tờ trình."""
    own = submissions(scope).where(Submission.unit_id.in_(scope.own)).order_by(Submission.id.desc())
    return session.scalar(own.with_only_columns(Submission.signer_title).limit(1)) or ""


def of_same_number(session: Session, scope: Scope, submission: Submission) -> list[Submission]:
    """The unit's other tờ trình of that year that bear the same number, oldest first."""
    year = submission.day.year
    query = submissions(scope).where(
        Submission.unit_id == submission.unit_id,
        Submission.number == submission.number,
        Submission.id != submission.id,
        Submission.day.between(date(year, 1, 1), date(year, 12, 31)),
    )
    return list(session.scalars(query.order_by(Submission.id)))


def under_letter(session: Session, scope: Scope, submission: Submission) -> list[tuple[Dossier, int, str]]:
    """The dossiers under a tờ trình that ``scope`` sees: dossier, version number, SHA-256 of the version."""
    query = (
        dossiers(scope, Dossier, Version.n, Version.sha256)
        .join(Version, Version.dossier_id == Dossier.id)
        .where(Version.submission_id == submission.id)
        .order_by(Version.id)
    )
    return [(row, n, sha256) for row, n, sha256 in session.execute(query)]
