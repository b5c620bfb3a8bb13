"""What is to be done next: how far drafts are, what was noted on returned dossiers, the way of sent ones.

For lists: a fixed number of statements, however many dossiers are asked about.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from thidua.errors import NotFound
from thidua.models import (
    Action,
    Attachment,
    AttachmentRevision,
    Blob,
    Dossier,
    DossierParty,
    Event,
    Review,
    ReviewItem,
    State,
    Submission,
    User,
    Verdict,
    Version,
)
from thidua.permissions import Scope, dossiers, find_dossier, inbox, require, reviews_of, submissions
from thidua.services.definitions import shape
from thidua.services.unit_names import names_of
from thidua.services.working import current_files, typed_values


@dataclass(frozen=True)
class Step:
    """A station on the way of a sent dossier; ``at`` is None while it has not been reached."""

    label: str
    at: datetime | None = None
    state: State | None = None


@dataclass(frozen=True)
class Note:
    """What the office said of one place; ``mended``: the school has changed that place since."""

    place: str
    verdict: Verdict
    text: str
    mended: bool


@dataclass(frozen=True)
class Notes:
    """The last appraisal that came back: the reason as a whole, and notes by place."""

    version: int = 0
    reason: str = ""
    at: datetime | None = None
    items: Mapping[str, Note] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One line of a dossier's history."""

    at: datetime
    action: str
    who: str
    unit: str
    before: str = ""
    after: str = ""


def load(session: Session, scope: Scope, public_id: str) -> Dossier:
    """:func:`~thidua.permissions.find_dossier` with everything a page of one dossier reads, in a few statements."""
    row = find_dossier(session, scope, public_id)
    query = (
        dossiers(scope)
        .where(Dossier.id == row.id)
        .options(
            joinedload(Dossier.call),
            joinedload(Dossier.definition),
            selectinload(Dossier.parts),
            selectinload(Dossier.parties),
            selectinload(Dossier.versions).selectinload(Version.files),
            selectinload(Dossier.attachments)
            .selectinload(Attachment.revisions)
            .joinedload(AttachmentRevision.blob)
            .joinedload(Blob.text),
        )
        .execution_options(populate_existing=True)
    )
    loaded: Dossier = session.scalars(query).unique().one()
    return loaded


def notes_counted(session: Session, scope: Scope, ids: Collection[int]) -> dict[int, int]:
    """By dossier: how many places the office wants mended in the version that came back."""
    query = (
        dossiers(scope, Dossier.id, func.count(ReviewItem.id))
        .join(Version, (Version.dossier_id == Dossier.id) & (Version.n == Dossier.filed))
        .join(Review, Review.version_id == Version.id)
        .join(ReviewItem, (ReviewItem.review_id == Review.id) & (ReviewItem.verdict != Verdict.PASSED))
        .where(Dossier.id.in_(ids), Review.ended_at.is_not(None))
        .group_by(Dossier.id)
    )
    return dict(session.execute(query).all())


def ways(session: Session, ids: Mapping[int, State]) -> dict[int, list[Step]]:
    """By dossier: the strip nộp → thẩm định → kết luận with the day of each step."""
    wanted = [Action.SUBMIT, Action.TAKE_UP, Action.RETURN, Action.REFUSE, Action.ACCEPT]
    query = (
        select(Event.subject_id, Event.action, func.max(Event.at))
        .where(Event.subject_kind == "dossier", Event.subject_id.in_(ids), Event.action.in_(wanted))
        .group_by(Event.subject_id, Event.action)
    )
    when: dict[int, dict[str, datetime]] = {}
    for dossier_id, action, at in session.execute(query):
        when.setdefault(dossier_id or 0, {})[action] = at
    return {dossier_id: _way(when.get(dossier_id, {}), state) for dossier_id, state in ids.items()}


def _way(when: Mapping[str, datetime], state: State) -> list[Step]:
    sent = when.get(Action.SUBMIT)
    taken = when.get(Action.TAKE_UP)
    taken = taken if taken and sent and taken >= sent else None
    endings = [when[a] for a in (Action.RETURN, Action.REFUSE, Action.ACCEPT) if a in when]
    ended = max(endings) if endings and taken and max(endings) >= taken else None
    over = state not in (State.SUBMITTED, State.APPRAISING)
    last = Step(state.label, ended, state) if over else Step("Kết luận")
    return [Step("Nộp", sent, State.SUBMITTED), Step("Thẩm định", taken, State.APPRAISING), last]


def notes(session: Session, scope: Scope, dossier: Dossier) -> Notes:
    """What the office said of the version that came back; empty unless the actor may see it."""
    ended = [r for r in reviews_of(session, scope, dossier) if r.ended_at is not None]
    if not ended or ended[-1].version.n != dossier.filed:
        return Notes()
    review = ended[-1]
    items = {
        item.place: Note(item.place, item.verdict, item.note, _mended(dossier, review.version, item.place))
        for item in review.items
        if item.verdict != Verdict.PASSED or item.note
    }
    return Notes(version=review.version.n, reason=review.reason, at=review.ended_at, items=items)


def _mended(dossier: Dossier, version: Version, place: str) -> bool:
    kind, _, key = place.partition(":")
    if kind == "document":
        now = {a.current.sha256 for a in current_files(dossier).get(key, [])}
        return now != {f.sha256 for f in version.files if f.slot == key}
    was = version.content.get("raw")
    before = was if isinstance(was, dict) else {}
    after = typed_values(dossier)
    keys = [key] if kind == "field" else [f.key for f in shape(dossier.definition).section(key).fields]
    return any((before.get(k) or None) != (after.get(k) or None) for k in keys)


def history(session: Session, scope: Scope, dossier: Dossier, limit: int = 200) -> list[Line]:
    """Who did what and when, newest first. Others' units are named, their people are not."""
    require(scope, "see:history", dossier)
    query = (
        select(Event, User.name)
        .outerjoin(User, User.id == Event.user_id)
        .where(Event.subject_kind == "dossier", Event.subject_id == dossier.id)
        .order_by(Event.id.desc())
        .limit(limit)
    )
    rows = session.execute(query).all()
    names = names_of(session, {event.unit_id for event, _ in rows if event.unit_id})
    mine = scope.own | scope.offices
    return [
        Line(
            at=event.at,
            action=event.action,
            who=name or "" if event.unit_id in mine else "",
            unit=names.get(event.unit_id or 0, ""),
            before=_label(event.details.get("before")),
            after=_label(event.details.get("after")),
        )
        for event, name in rows
    ]


def _label(state: object) -> str:
    return State(state).label if isinstance(state, str) and state in set(State) else ""


def next_in_inbox(session: Session, scope: Scope, after: Dossier) -> str | None:
    """The public id of the dossier that has waited longest in the appraiser's inbox, other than ``after``."""
    query = (
        inbox(scope, Dossier.public_id)
        .where(Dossier.state.in_((State.SUBMITTED, State.APPRAISING)), Dossier.id != after.id)
        .order_by(Dossier.state == State.APPRAISING, Dossier.changed_at, Dossier.id)
        .limit(1)
    )
    following: str | None = session.scalar(query)
    return following


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
            dossier.selectinload(Dossier.parties).joinedload(DossierParty.person),
        )
    )
    found: Submission | None = session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def under_letter(session: Session, scope: Scope, submission: Submission) -> list[tuple[Dossier, int, str]]:
    """The dossiers under a tờ trình that ``scope`` sees: dossier, version number, SHA-256 of the version."""
    query = (
        dossiers(scope, Dossier, Version.n, Version.sha256)
        .join(Version, Version.dossier_id == Dossier.id)
        .where(Version.submission_id == submission.id)
        .order_by(Version.id)
    )
    return [(row, n, sha256) for row, n, sha256 in session.execute(query)]
