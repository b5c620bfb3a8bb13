"""Appraisal (thẩm định): taking up, the checklist, and its three endings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from thidua.errors import Invalid, Refused, say
from thidua.forms import fingerprint
from thidua.models import Action, Dossier, Outcome, Review, ReviewItem, Stage, Verdict
from thidua.permissions import (
    Actor,
    Scope,
    current_review,
    final_sheets,
    find_dossier,
    latest_version,
    require,
    scope_of,
)
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


@dataclass(frozen=True)
class Contested:
    """A place that two appraisers judged at the same time; None where one of them took theirs back."""

    mine: Finding | None
    theirs: Finding | None


@dataclass(frozen=True)
class Recorded:
    """The appraisal after a save, and the places left as they stood because a colleague changed them meanwhile."""

    review: Review
    contested: Mapping[str, Contested] = field(default_factory=dict)
    reason_met: bool = False  # the reason that is kept now is not the one that was sent


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


def mark(finding: Finding | None) -> str:
    """The fingerprint of what is said of a place: what a page carries to tell later what it showed.

    >>> mark(Finding(Verdict.MORE, "Thiếu.\\r\\n")) == mark(Finding(Verdict.MORE, "Thiếu."))
    True
    """
    return fingerprint(None if finding is None else [finding.verdict.value, clean(finding.note).strip()])


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
    session: Session,
    *,
    dossier: str,
    findings: Mapping[str, Finding | None],
    base: Mapping[str, str] | None = None,
    rest_passed: bool = False,
    reason: str | None = None,
    by: Actor,
    now: datetime,
) -> Recorded:
    """Write verdicts and notes by place; ``None`` takes one back.

    ``base`` maps places to the :func:`mark` of what the page showed. A place not changed
    since then is left alone, so different places of two appraisers merge; where both
    changed the same one, what stands stays and both come back as contested. A place
    without a mark is taken as it is said. ``rest_passed`` then finds every place of the
    checklist that nobody has judged đạt. ``reason`` is kept for the ending; where a colleague
    wrote one since (``base`` marks it as ``reason``), both are kept, one below the other,
    and nothing should be ended before that was read (``reason_met``).
    Raises ``Invalid`` for an unknown place.
    """
    scope = scope_of(session, by, local_day(now))
    row = find_dossier(session, scope, dossier)
    require(scope, "review", row)
    review = _open_review(session, row)
    contested = _merge(session, row, review, findings, base or {})
    mine = None if reason is None else clean(reason).strip()
    if mine is not None:
        review.reason = _joined(review.reason, mine, (base or {}).get("reason"))
    if rest_passed:
        judged = {item.place for item in review.items}
        rest = [p.place for p in checklist(shape(row.definition)) if p.place not in judged]
        _merge(session, row, review, dict.fromkeys(rest, Finding(Verdict.PASSED)), {})
    return Recorded(review, contested, mine not in (None, review.reason))


def end(
    session: Session,
    *,
    dossier: str,
    action: Action,
    reason: str = "",
    findings: Mapping[str, Finding | None] | None = None,
    base: Mapping[str, str] | None = None,
    by: Actor,
    now: datetime,
) -> Review:
    """Close the appraisal: ``RETURN`` or ``REFUSE`` (both with a reason) or ``ACCEPT``.

    Returning needs something to be done: a reason, or a note on a place. Accepting
    is refused while a place is not đạt or a required one has not been looked at, and
    every ending while a place of ``findings`` is contested (:func:`record`).
    """
    scope = scope_of(session, by, local_day(now))
    row = find_dossier(session, scope, dossier)
    require(scope, action, row)
    review = _open_review(session, row)
    if contested := _merge(session, row, review, findings or {}, base or {}):
        named = places(shape(row.definition))
        raise Refused("review-contested", places="; ".join(named[place] for place in contested))
    if action == Action.ACCEPT:
        _require_passed(shape(row.definition), review)
        _require_office_sheet(session, row)
    if action == Action.RETURN and not reason.strip():
        reason = _see_notes(review)
    move(session, row, action, scope=scope, by=by, now=now, reason=reason, unit_id=review.unit_id)
    review.outcome, review.reason, review.ended_at = _OUTCOMES[action], clean(reason).strip(), now
    session.flush()
    return review


def _joined(theirs: str, mine: str, shown: str | None) -> str:
    if shown == fingerprint(mine):
        return theirs
    if len(mine) > MAX_REASON:
        raise Invalid("reason-too-long", limit=MAX_REASON)
    return mine if shown in (None, fingerprint(theirs)) else "\n\n".join(filter(None, (theirs, mine)))[:MAX_REASON]


def _office(scope: Scope, dossier: Dossier) -> int:
    custodian = scope.custodian(dossier.receiving_unit_id, dossier.owner_unit_id)
    if custodian is None:
        if dossier.filed == 0:
            require(scope, Action.TAKE_UP, dossier)  # nobody was given it yet: this says so
        raise Refused("no-receiving-unit")
    return custodian


def _open_review(session: Session, dossier: Dossier) -> Review:
    review = current_review(session, dossier)
    if review is None:
        raise Refused("wrong-state", state=dossier.state.label)
    return review


def _merge(
    session: Session,
    dossier: Dossier,
    review: Review,
    findings: Mapping[str, Finding | None],
    base: Mapping[str, str],
) -> dict[str, Contested]:
    known = places(shape(dossier.definition))
    held = {item.place: item for item in review.items}
    contested: dict[str, Contested] = {}
    for place, mine in findings.items():
        if place not in known:
            raise Invalid("place-unknown", place=place)
        item = held.get(place)
        theirs = Finding(item.verdict, item.note) if item is not None else None
        if mark(mine) in (mark(theirs), base.get(place)):
            continue
        if place in base and base[place] != mark(theirs):
            contested[place] = Contested(mine, theirs)
        else:
            _write(session, review, item, place, mine)
    session.flush()
    return contested


def _write(session: Session, review: Review, item: ReviewItem | None, place: str, finding: Finding | None) -> None:
    if finding is None:
        if item is not None:
            review.items.remove(item)
            session.delete(item)
        return
    note = clean(finding.note).strip()
    if len(note) > MAX_REASON:
        raise Invalid("reason-too-long", limit=MAX_REASON)
    if item is None:
        review.items.append(ReviewItem(place=place, verdict=finding.verdict, note=note))
    else:
        item.verdict, item.note = finding.verdict, note


def _require_passed(form: Shape, review: Review) -> None:
    named = places(form)
    bad = [named[item.place] for item in review.items if item.verdict != Verdict.PASSED]
    if bad:
        raise Refused("not-passed", places="; ".join(bad))
    seen = {item.place for item in review.items}
    unseen = [p.label for p in checklist(form) if p.required and p.place not in seen]
    if unseen:
        raise Refused("not-looked-at", places="; ".join(unseen))


def _require_office_sheet(session: Session, dossier: Dossier) -> None:
    """Where the school has scored itself and no judges will, the office says its points before it accepts."""
    form, version = shape(dossier.definition), latest_version(session, dossier)
    if version is None or not form.self_scored or form.judging is not None:
        return
    if not final_sheets(session, version, Stage.OFFICE):
        raise Refused("office-sheet-missing")


def _see_notes(review: Review) -> str:
    asked = any(item.verdict != Verdict.PASSED or item.note for item in review.items)
    return say("see-notes") if asked else ""
