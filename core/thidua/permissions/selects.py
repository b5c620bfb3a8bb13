"""Scoped selects: the only place outside the models that reads protected tables.

Everything starts from what the scope may see; a thing that is hidden is not found.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, not_, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from thidua.errors import NotFound
from thidua.models import (
    Assignment,
    Attachment,
    AttachmentRevision,
    Call,
    Conflict,
    Dossier,
    DossierParty,
    Fingerprint,
    Part,
    Person,
    Result,
    Review,
    ReviewItem,
    Role,
    Score,
    Scoresheet,
    SearchSource,
    StandingText,
    State,
    Submission,
    Version,
    VersionFile,
    among,
    pair_among,
)
from thidua.permissions.rights import may
from thidua.permissions.scope import REMEMBERED, Scope, in_few, visible_to

PROTECTED = (
    Dossier,
    DossierParty,
    Part,
    Attachment,
    AttachmentRevision,
    Submission,
    Version,
    VersionFile,
    Review,
    ReviewItem,
    SearchSource,
    Conflict,
    Assignment,
    Scoresheet,
    Score,
    Result,
    StandingText,
    Fingerprint,
)


Pairs = frozenset[tuple[int, int]]  # of (office, school)

# What an office may read: versions up to the standing one, those left out that were withdrawn before it looked.
FILED = (Version.n <= Dossier.filed, Version.withdrawn_at.is_(None))


def dossiers(scope: Scope, *columns: Any) -> Select[Any]:  # noqa: ANN401 -- any columns or entities
    """``select(columns)`` over the dossiers that ``scope`` may see (``Dossier`` when none given)."""
    return select(*(columns or (Dossier,))).select_from(Dossier).where(visible_to(scope))


def find_dossier(session: Session, scope: Scope, public_id: str) -> Dossier:
    """The dossier at this address; ``NotFound`` when there is none or it is hidden."""
    dossier: Dossier | None = session.scalar(dossiers(scope).where(Dossier.public_id == public_id))
    if dossier is None:
        raise NotFound
    return dossier


def find_dossiers(session: Session, scope: Scope, public_ids: Sequence[str]) -> list[Dossier]:
    """Several at once, in the order given; ``NotFound`` when any is missing or hidden."""
    found = {d.public_id: d for d in session.scalars(dossiers(scope).where(Dossier.public_id.in_(public_ids)))}
    if len(found) != len(set(public_ids)):
        raise NotFound
    return [found[public_id] for public_id in dict.fromkeys(public_ids)]


def about_person(scope: Scope, person: str) -> Select[Any]:
    """Visible dossiers in which the person (public id) stands in any role."""
    named = select(DossierParty.dossier_id).join(Person).where(Person.public_id == person)
    return dossiers(scope).where(Dossier.id.in_(named))


def last_filed_like(session: Session, scope: Scope, dossier: Dossier) -> Dossier | None:
    """The unit's last filed dossier of the same campaign and track, one about the same person before all others."""
    people = [party.person_id for party in dossier.parties if party.person_id is not None]
    same = Dossier.id.in_(select(DossierParty.dossier_id).where(DossierParty.person_id.in_(people)))
    query = (
        dossiers(scope)
        .join(Call, Call.id == Dossier.call_id)
        .where(Call.slug == dossier.call.slug, Dossier.track == dossier.track)
        .where(Dossier.owner_unit_id == dossier.owner_unit_id, Dossier.id != dossier.id, Dossier.filed > 0)
        .order_by(case((same, 0), else_=1), Dossier.id.desc())
        .limit(1)
    )
    found: Dossier | None = session.scalar(query)
    return found


def find_attachment(session: Session, scope: Scope, public_id: str) -> tuple[Dossier, Attachment]:
    """An attachment being edited, with its dossier, for those who see the working copy."""
    row = session.execute(
        dossiers(scope, Dossier, Attachment)
        .join(Attachment, Attachment.dossier_id == Dossier.id)
        .where(Attachment.public_id == public_id, Dossier.owner_unit_id.in_(scope.own))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def find_revision(session: Session, scope: Scope, public_id: str) -> tuple[Dossier, AttachmentRevision, str]:
    """A file by its address, with its dossier and slot: the owner's own, or one in a version that one may read."""
    held = exists().where(
        VersionFile.revision_id == AttachmentRevision.id,
        VersionFile.version_id == Version.id,
        Version.dossier_id == Dossier.id,
    )
    filed, stands = held.where(*FILED), held.where(Version.n == Dossier.filed)
    row = session.execute(
        dossiers(scope, Dossier, AttachmentRevision, Attachment.slot, stands)
        .join(Attachment, Attachment.dossier_id == Dossier.id)
        .join(AttachmentRevision, AttachmentRevision.attachment_id == Attachment.id)
        .where(AttachmentRevision.public_id == public_id, or_(Dossier.owner_unit_id.in_(scope.own), filed))
    ).one_or_none()
    if row is None or not (row[3] or may(scope, "see:history", row[0])):
        raise NotFound
    return row[0], row[1], row[2]


def find_version(session: Session, scope: Scope, public_id: str, n: int) -> tuple[Dossier, Version]:
    """Version ``n`` of a dossier: the owner sees all, offices those that were filed, others only what stands."""
    row = session.execute(
        dossiers(scope, Dossier, Version)
        .join(Version, Version.dossier_id == Dossier.id)
        .where(Dossier.public_id == public_id, Version.n == n)
        .where(or_(Dossier.owner_unit_id.in_(scope.own), and_(*FILED)))
    ).one_or_none()
    if row is None or not (n == row[0].filed or may(scope, "see:history", row[0])):
        raise NotFound
    return row[0], row[1]


def submissions(scope: Scope) -> Select[Submission]:
    """The tờ trình that ``scope`` may see: its own units' and those its offices were given.

    A letter is whole or hidden: who must not know of one dossier under it does not read it, and one that is known
    from elsewhere, because it is published or one judges it, opens no letter.
    """
    ways: list[ColumnElement[bool]] = [Submission.unit_id.in_(scope.own)]
    if scope.offices:
        given = visible_to(replace(scope, public=False, assigned=frozenset()))
        under = exists().where(Version.submission_id == Submission.id)
        told = under.where(Version.dossier_id == Dossier.id, given, *FILED)
        ways.append(and_(told, ~under.where(Version.dossier_id.in_(scope.conflicts))) if scope.conflicts else told)
    return select(Submission).where(or_(*ways))


def find_submission(session: Session, scope: Scope, public_id: str) -> Submission:
    """The tờ trình at this address, or ``NotFound``."""
    found: Submission | None = session.scalars(submissions(scope).where(Submission.public_id == public_id)).first()
    if found is None:
        raise NotFound
    return found


def reviews_of(session: Session, scope: Scope, dossier: Dossier) -> list[Review]:
    """The appraisals of ``dossier``, oldest first: ended ones for the school, all for the office, none for others."""
    if not may(scope, "see:checklist", dossier):
        return []
    query = (
        select(Review)
        .join(Version, Version.id == Review.version_id)
        .where(Version.dossier_id == dossier.id)
        .options(selectinload(Review.items), selectinload(Review.version))
        .order_by(Version.n)
    )
    if dossier.owner_unit_id in scope.own:
        query = query.where(Review.ended_at.is_not(None))
    return list(session.scalars(query))


def current_review(session: Session, dossier: Dossier) -> Review | None:
    """The appraisal under way of the standing version; None when there is none."""
    return session.scalar(
        select(Review)
        .join(Version, Version.id == Review.version_id)
        .where(Version.dossier_id == dossier.id, Version.n == dossier.filed, Review.ended_at.is_(None))
        .options(selectinload(Review.items))
    )


def reviewed_versions(session: Session, dossier: Dossier) -> list[int]:
    """The numbers of the versions that an office has taken up."""
    query = select(Version.n).join(Review, Review.version_id == Version.id).where(Version.dossier_id == dossier.id)
    return list(session.scalars(query.order_by(Version.n)))


def submission_by_key(session: Session, key: str) -> Submission | None:
    """The submission already made under a page's key; who may have it is the caller's check."""
    return session.scalar(select(Submission).where(Submission.key == key))


def for_index(session: Session, ids: Sequence[int]) -> list[Dossier]:
    """Dossiers as the worker reads them, for no user's eyes: with call, unit, versions and files."""
    query = (
        select(Dossier)
        .where(Dossier.id.in_(ids))
        .options(
            joinedload(Dossier.call),
            joinedload(Dossier.owner_unit),
            joinedload(Dossier.definition),
            selectinload(Dossier.parts),
            selectinload(Dossier.versions).selectinload(Version.files).joinedload(VersionFile.revision),
            selectinload(Dossier.attachments).selectinload(Attachment.revisions),
        )
        .order_by(Dossier.id)
    )
    return list(session.scalars(query))


def ids_after(session: Session, last: int, limit: int) -> list[int]:
    """The next dossier ids in order, for the worker."""
    return list(session.scalars(select(Dossier.id).where(Dossier.id > last).order_by(Dossier.id).limit(limit)))


def ids_of(session: Session, *, calls: Collection[int] = (), owners: Collection[int] = ()) -> list[int]:
    """The ids of all dossiers of these calls and of these units, for the worker."""
    either = or_(among(Dossier.call_id, calls), among(Dossier.owner_unit_id, owners))
    return list(session.scalars(select(Dossier.id).where(either).order_by(Dossier.id)))


def ids_changed_since(session: Session, instant: datetime) -> list[int]:
    """The ids of dossiers changed at or after ``instant``, for the worker."""
    return list(session.scalars(select(Dossier.id).where(Dossier.changed_at >= instant)))


def dossier_ids_with_blob(session: Session, sha256: str) -> list[int]:
    """The ids of dossiers in which a blob stands or stood, for the worker."""
    query = (
        select(Attachment.dossier_id)
        .join(AttachmentRevision, AttachmentRevision.attachment_id == Attachment.id)
        .where(AttachmentRevision.sha256 == sha256)
    )
    return list(session.scalars(query.distinct()))


def bytes_held(session: Session, unit_id: int) -> int:
    """How many bytes the attachments of a unit's dossiers hold, all revisions counted."""
    total = session.scalar(
        select(func.coalesce(func.sum(AttachmentRevision.size), 0))
        .join(Attachment, Attachment.id == AttachmentRevision.attachment_id)
        .join(Dossier, Dossier.id == Attachment.dossier_id)
        .where(Dossier.owner_unit_id == unit_id)
    )
    return total or 0


def latest_version(session: Session, dossier: Dossier) -> Version | None:
    """The version that stands with the office, None while nothing is filed."""
    return session.scalar(select(Version).where(Version.dossier_id == dossier.id, Version.n == dossier.filed))


def inbox(scope: Scope, *columns: Any) -> Select[Any]:  # noqa: ANN401 -- any columns or entities
    """Filed dossiers in the custody of the offices at which the user appraises."""
    return in_custody(scope, Role.APPRAISER, *columns)


@lru_cache(maxsize=REMEMBERED)
def _kept(offices: frozenset[int], away: Pairs, here: Pairs) -> tuple[ColumnElement[bool], ...]:
    """Received by one of ``offices`` and not passed on (``away``), or passed on to one of them (``here``).

    All of this is visible; said without the other ways of seeing, and with the offices named
    once more outside of the alternative, an index alone counts ten thousand of them.
    """
    pair = (Dossier.receiving_unit_id, Dossier.owner_unit_id)
    passing = {receiving for receiving, _ in here} - offices
    kept = not_(in_few(Dossier.receiving_unit_id, passing)) if passing else true()
    remaining = and_(kept, not_(pair_among(*pair, away))) if away else kept
    ways = or_(remaining, pair_among(*pair, here)) if here else remaining
    return Dossier.filed > 0, in_few(Dossier.receiving_unit_id, offices | passing), ways


def in_custody(scope: Scope, role: Role, *columns: Any) -> Select[Any]:  # noqa: ANN401 -- any columns or entities
    """Filed dossiers in the custody of the offices at which the user holds ``role``, an office's."""
    offices = scope.units_with(role)
    away = frozenset(pair for pair, successor in scope.inherited.items() if successor not in offices)
    here = frozenset(pair for pair, successor in scope.inherited.items() if successor in offices)
    query = select(*(columns or (Dossier,))).select_from(Dossier).where(*_kept(offices, away, here))
    return query.where(Dossier.id.not_in(scope.conflicts)) if scope.conflicts else query


def under_way(
    session: Session, *, offices: Collection[int], owners: Collection[int]
) -> dict[tuple[int | None, int], int]:
    """How many dossiers have not come to their end, by (office they are filed with, owner). For administrators.

    The office is None for what has never been filed. Counted where the office is one of ``offices`` or the owner
    one of ``owners``.
    """
    office = Dossier.receiving_unit_id
    query = select(office, Dossier.owner_unit_id, func.count()).group_by(office, Dossier.owner_unit_id)
    query = query.where(Dossier.state.not_in((State.PUBLISHED, State.INELIGIBLE)))
    rows = session.execute(query.where(or_(office.in_(offices), Dossier.owner_unit_id.in_(owners))))
    return {(receiving, owner): count for receiving, owner, count in rows}
