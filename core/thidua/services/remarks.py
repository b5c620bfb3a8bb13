"""What the office said of a dossier that came back, place by place, and what was mended since."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import Session

from thidua.errors import say
from thidua.models import (
    Dossier,
    Review,
    ReviewItem,
    Verdict,
    Version,
)
from thidua.permissions import Scope, dossiers, reviews_of
from thidua.plugin import Problem
from thidua.services.definitions import shape
from thidua.services.working import current_files, raw_values


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


def unmended(session: Session, scope: Scope, dossier: Dossier) -> list[Problem]:
    """A warning for every place that the office wants mended and nobody has touched since it came back."""
    return [
        Problem(
            note.place.removeprefix("field:"),
            say("note-unmended", note=note.text or note.verdict.label),
            level="warning",
        )
        for note in notes(session, scope, dossier).items.values()
        if note.verdict != Verdict.PASSED and not note.mended
    ]


def _mended(dossier: Dossier, version: Version, place: str) -> bool:
    kind, _, key = place.partition(":")
    if kind == "document":
        now = {a.current.sha256 for a in current_files(dossier).get(key, [])}
        return now != {f.sha256 for f in version.files if f.slot == key}
    was = version.content.get("raw")
    before = was if isinstance(was, dict) else {}
    after = raw_values(dossier)
    keys = [key] if kind == "field" else [f.key for f in shape(dossier.definition).section(key).fields]
    return any((before.get(k) or None) != (after.get(k) or None) for k in keys)
