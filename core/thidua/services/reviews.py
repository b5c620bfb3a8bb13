"""Appraisal (thẩm định): taking up, the checklist, and its three endings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from thidua.errors import Invalid, Refused, say
from thidua.models import Action, Dossier, Outcome, Review, ReviewItem, Verdict
from thidua.permissions import Actor, Scope, current_review, find_dossier, latest_version, require, scope_of
from thidua.plugin import Shape
from thidua.services.definitions import shape
from thidua.services.moves import MAX_REASON, move
from thidua.text import clean
from thidua.times import local_day


@dataclass(frozen=True)
class CheckPlace:
    """A line of the checklist: ``section:<key>`` or ``document:<slot>``, and the fields a note may be pinned to."""

    place: str
    label: str
    required: bool = False


@dataclass(frozen=True)
class Finding:
    """What the appraiser says of one place."""

    verdict: Verdict
    note: str = ""


_OUTCOMES = {
    Action.RETURN: Outcome.RETURNED,
    Action.REFUSE: Outcome.INELIGIBLE,
    Action.ACCEPT: Outcome.ELIGIBLE,
}


def checklist(form: Shape) -> list[CheckPlace]:
    """What is looked at in a dossier of this form: each section, each document."""
    places = [CheckPlace(f"section:{s.key}", s.title, required=True) for s in form.sections]
    return places + [CheckPlace(f"document:{d.key}", d.label, required=d.required) for d in form.documents]


def places(form: Shape) -> dict[str, str]:
    """Every place a note may be pinned to, with its label: sections, fields, documents."""
    named = {p.place: p.label for p in checklist(form)}
    return named | {f"field:{f.key}": f.label for f in form.fields}


def take_up(session: Session, *, dossier: str, by: Actor, now: datetime) -> Review:
    """Tiếp nhận: from here on the school cannot withdraw. Opens the appraisal of the standing version."""
    scope = scope_of(session, by, local_day(now))
    row = find_dossier(session, scope, dossier)
    office = _office(scope, row)
    move(session, row, Action.TAKE_UP, scope=scope, by=by, now=now, unit_id=office)
    version = latest_version(session, row)
    if version is None:
        raise Refused("wrong-state", state=row.state.label)
    review = Review(version_id=version.id, unit_id=office, reviewer_id=by.user_id, started_at=now)
    session.add(review)
    session.flush()
    return review


def record(
    session: Session, *, dossier: str, findings: Mapping[str, Finding | None], by: Actor, now: datetime
) -> Review:
    """Write verdicts and notes by place; ``None`` takes one back. Raises ``Invalid`` for an unknown place."""
    scope = scope_of(session, by, local_day(now))
    row = find_dossier(session, scope, dossier)
    require(scope, "review", row)
    review = _open_review(session, row)
    _write(session, row, review, findings)
    return review


def end(
    session: Session,
    *,
    dossier: str,
    action: Action,
    reason: str = "",
    findings: Mapping[str, Finding | None] | None = None,
    by: Actor,
    now: datetime,
) -> Review:
    """Close the appraisal: ``RETURN`` or ``REFUSE`` (both with a reason) or ``ACCEPT``.

    Returning needs something to be done: a reason, or a note on a place. Accepting
    is refused while a place is not đạt or a required one has not been looked at.
    """
    scope = scope_of(session, by, local_day(now))
    row = find_dossier(session, scope, dossier)
    require(scope, action, row)
    review = _open_review(session, row)
    _write(session, row, review, findings or {})
    if action == Action.ACCEPT:
        _require_passed(shape(row.definition), review)
    if action == Action.RETURN and not reason.strip():
        reason = _see_notes(review)
    move(session, row, action, scope=scope, by=by, now=now, reason=reason, unit_id=review.unit_id)
    review.outcome, review.reason, review.ended_at = _OUTCOMES[action], clean(reason).strip(), now
    session.flush()
    return review


def _office(scope: Scope, dossier: Dossier) -> int:
    custodian = scope.custodian(dossier.receiving_unit_id, dossier.owner_unit_id)
    return custodian if custodian is not None else dossier.owner_unit_id


def _open_review(session: Session, dossier: Dossier) -> Review:
    review = current_review(session, dossier)
    if review is None:
        raise Refused("wrong-state", state=dossier.state.label)
    return review


def _write(session: Session, dossier: Dossier, review: Review, findings: Mapping[str, Finding | None]) -> None:
    known = places(shape(dossier.definition))
    held = {item.place: item for item in review.items}
    for place, finding in findings.items():
        if place not in known:
            raise Invalid("place-unknown", place=place)
        item = held.get(place)
        if finding is None:
            if item is not None:
                review.items.remove(item)
                session.delete(item)
            continue
        note = clean(finding.note).strip()
        if len(note) > MAX_REASON:
            raise Invalid("reason-too-long", limit=MAX_REASON)
        if item is None:
            review.items.append(ReviewItem(place=place, verdict=finding.verdict, note=note))
        else:
            item.verdict, item.note = finding.verdict, note
    session.flush()


def _require_passed(form: Shape, review: Review) -> None:
    named = places(form)
    bad = [named[item.place] for item in review.items if item.verdict != Verdict.PASSED]
    if bad:
        raise Refused("not-passed", places="; ".join(bad))
    seen = {item.place for item in review.items}
    unseen = [p.label for p in checklist(form) if p.required and p.place not in seen]
    if unseen:
        raise Refused("not-looked-at", places="; ".join(unseen))


def _see_notes(review: Review) -> str:
    asked = any(item.verdict != Verdict.PASSED or item.note for item in review.items)
    return say("see-notes") if asked else ""
