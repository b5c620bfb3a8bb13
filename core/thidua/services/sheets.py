"""Score sheets (phiếu chấm): a scorer's draft, saved as it is typed, and the final sheet.

A sheet is read as a flat list of places: ``point:<leaf>``, ``comment:<leaf>`` and ``comment``. What two windows of
one scorer type into different places merges; where both changed the same place, what stands stays and both texts
come back. Who may score at which stage is a right (``SCORE_RIGHTS``); a judge is refused once the office has closed.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from thidua.errors import NotFound, Refused, say
from thidua.forms import fingerprint
from thidua.models import Dossier, Score, Scoresheet, Stage, State, Version
from thidua.permissions import (
    SCORE_RIGHTS,
    Actor,
    Scope,
    final_sheets,
    find_dossier,
    find_given,
    latest_version,
    may,
    own_assignment,
    require,
    scope_of,
    sheet_of,
)
from thidua.plugin import Group, Problem, Shape
from thidua.scoring import Classified, Sheet, Valued, classify, evaluate, missing_evidence, read_sheet, show_points
from thidua.services import audit
from thidua.services.definitions import form_of
from thidua.text import clean, clean_line
from thidua.times import local_day

POINT, COMMENT = "point:", "comment:"
WHOLE = "comment"
MAX_TYPED = 40
MAX_COMMENT = 4000


class SheetState(enum.StrEnum):
    """How far a scorer has come with a dossier."""

    NONE = "none"
    DRAFT = "draft"
    FINAL = "final"

    @property
    def label(self) -> str:
        """The word people read."""
        return {SheetState.NONE: "Chưa chấm", SheetState.DRAFT: "Nháp", SheetState.FINAL: "Đã gửi"}[self]


@dataclass(frozen=True)
class Reckoned:
    """What typed points come to now: the tree with its values, the class, and what is wrong, by place."""

    valued: Valued
    given: Classified | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Other:
    """Another judge's final sheet, without a name: ``place`` is the judge's number at this dossier."""

    place: int
    valued: Valued
    comments: Mapping[str, str]
    comment: str


@dataclass(frozen=True)
class OpenSheet:
    """A sheet as its scorer sees it; ``rev`` 0 while nothing was typed.

    ``texts`` are what was typed by place, ``marks`` their fingerprints. ``writable``: it may be changed now;
    ``returnable``: it is final and may be taken back. ``warnings`` name evidence that the dossier lacks.
    """

    dossier: Dossier
    version: Version
    form: Shape
    rubric: Group
    stage: Stage
    state: SheetState
    rev: int
    texts: Mapping[str, str]
    reckoned: Reckoned
    warnings: tuple[Problem, ...]
    others: tuple[Other, ...]
    blind: bool
    writable: bool
    returnable: bool
    changed_at: datetime | None = None
    final_at: datetime | None = None

    @property
    def marks(self) -> dict[str, str]:
        """The fingerprint of every place, for the next save."""
        return _marks(self.form, self.texts)


@dataclass(frozen=True)
class Contested:
    """One place typed in two windows: what this one sent and what stands."""

    mine: str
    theirs: str


@dataclass(frozen=True)
class Saved:
    """The outcome of a save. ``state`` is ``FINAL`` only if the sheet was complete and nothing was contested;
    otherwise what was typed is kept as a draft, and ``reckoned.problems`` and ``contested`` say why. ``marks`` are
    the fingerprints of the places that were sent and taken.
    """

    state: SheetState
    rev: int
    at: datetime
    reckoned: Reckoned
    contested: Mapping[str, Contested] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)


def cover_of(dossier: str) -> str:
    """The số phách of a dossier (its public id): what a blind judge and the office call it, and nobody can trace.

    >>> cover_of("k3mP9")
    '13F4-12'
    """
    digits = sha256(f"phach:{dossier}".encode()).hexdigest().upper()
    return f"{digits[:4]}-{digits[4:6]}"


def as_texts(typed: Mapping[str, str], comments: Mapping[str, str] | None = None, comment: str = "") -> dict[str, str]:
    """Points and comments by leaf, and the comment on the whole, as places of a sheet.

    >>> as_texts({"a": "6,5"}, {"a": "Khá"})
    {'point:a': '6,5', 'comment:a': 'Khá', 'comment': ''}
    """
    points = {POINT + node: text for node, text in typed.items()}
    return points | {COMMENT + node: text for node, text in (comments or {}).items()} | {WHOLE: comment}


def places(rubric: Group) -> tuple[str, ...]:
    """Everything that can be typed into a sheet of this rubric, in its order; the comment on the whole last."""
    return (*(prefix + key for key in rubric.leaves for prefix in (POINT, COMMENT)), WHOLE)


def reckon(form: Shape, texts: Mapping[str, str], *, final: bool = False) -> Reckoned:
    """What the points among ``texts`` come to; what cannot be read counts as not scored and is a problem."""
    rubric = _rubric(form)
    typed = {place.removeprefix(POINT): text for place, text in texts.items() if place.startswith(POINT)}
    sheet = read_sheet(rubric, typed, final=final)
    long = [
        Problem(place, say("sheet-comment-long", limit=MAX_COMMENT))
        for place, text in texts.items()
        if not place.startswith(POINT) and len(text) > MAX_COMMENT
    ]
    valued = evaluate(rubric, sheet)
    given = classify(form.classes, valued) if form.classes else None
    points = [Problem(POINT + problem.field, problem.message) for problem in sheet.problems]
    return Reckoned(valued, given, (*points, *long))


def open_sheet(session: Session, *, dossier: str, by: Actor, now: datetime, stage: Stage = Stage.JUDGE) -> OpenSheet:
    """The sheet of ``by`` on ``dossier``, empty where nothing was typed yet; nothing is written.

    ``NotFound`` when the dossier is hidden, not assigned, in conflict, or without a rubric.
    """
    scope = scope_of(session, by, local_day(now))
    row = _find(session, scope, dossier, stage)
    version = latest_version(session, row)
    if version is None:
        raise NotFound
    form = form_of(row)
    sheet = sheet_of(session, version, stage, by.user_id)
    texts = _texts(sheet)
    reckoned = reckon(form, texts)
    state = _state(sheet)
    allowed = may(scope, SCORE_RIGHTS[stage], row)
    seen = _others(form, final_sheets(session, version), state) if stage is Stage.JUDGE else []
    return OpenSheet(
        dossier=row,
        version=version,
        form=form,
        rubric=_rubric(form),
        stage=stage,
        state=state,
        rev=sheet.rev if sheet else 0,
        texts=texts,
        reckoned=reckoned,
        warnings=_warnings(form, version, reckoned.valued),
        others=tuple(_other(form, place, one) for place, one in seen if one.scorer_id != by.user_id),
        blind=row.id in scope.blind,
        writable=allowed and state != SheetState.FINAL,
        returnable=allowed and state == SheetState.FINAL,
        changed_at=sheet.changed_at if sheet else None,
        final_at=sheet.final_at if sheet else None,
    )


def save_sheet(
    session: Session,
    *,
    dossier: str,
    texts: Mapping[str, str],
    base: Mapping[str, str] | None = None,
    final: bool = False,
    by: Actor,
    now: datetime,
    stage: Stage = Stage.JUDGE,
) -> Saved:
    """Keep what was typed; with ``final`` hand the sheet in, if it is complete.

    ``texts`` maps places to what was typed, any subset; ``base`` maps them to the fingerprint of what the page
    showed. Points are kept as typed in a draft, wrong ones too; a final sheet holds only what was read. The same
    sheet handed in twice is one sheet.

    Raises ``NotFound``, ``NotAllowed``, ``Refused``: ``sheet-taken-away`` when the assignment has ended or a
    conflict was noted, ``sheet-closed`` after closing, ``sheet-final`` while it is handed in.
    """
    desk = _open_for_scoring(session, dossier, stage, by, now)
    form, sheet = desk.form, sheet_of(session, desk.version, stage, by.user_id)
    held = _texts(sheet)
    if sheet is not None and sheet.final_at is not None:
        if _settled(form, _merge(form, held, texts, {})[0]) != held:
            raise Refused("sheet-final")
        return Saved(SheetState.FINAL, sheet.rev, sheet.final_at, reckon(form, held))
    merged, contested = _merge(form, held, texts, base or {})
    reckoned = reckon(form, merged, final=final)
    hand_in = final and not contested and not reckoned.problems
    kept = _settled(form, merged) if hand_in else merged
    if kept != held or hand_in:
        sheet = desk.write(sheet, kept)
    if hand_in and sheet is not None:
        sheet.final_at = now
        desk.note("sheet-sent", sheet)
    session.flush()
    marks = {place: fingerprint(kept.get(place)) for place in texts if place not in contested}
    return Saved(_state(sheet), sheet.rev if sheet else 0, now, reckoned, contested, marks)


def take_back(session: Session, *, dossier: str, by: Actor, now: datetime, stage: Stage = Stage.JUDGE) -> None:
    """A final sheet is a draft again, until the office has closed; that it was taken back is recorded.

    Refused like :func:`save_sheet`; nothing happens to a draft.
    """
    desk = _open_for_scoring(session, dossier, stage, by, now)
    sheet = sheet_of(session, desk.version, stage, by.user_id)
    if sheet is None or sheet.final_at is None:
        return
    sheet.final_at = None
    sheet.rev += 1
    sheet.changed_at = now
    desk.note("sheet-taken-back", sheet)
    session.flush()


@dataclass(frozen=True)
class _Desk:
    """A dossier that may be scored now, and by whom."""

    session: Session
    row: Dossier
    version: Version
    stage: Stage
    by: Actor
    now: datetime

    @property
    def form(self) -> Shape:
        return form_of(self.row)

    def write(self, sheet: Scoresheet | None, texts: Mapping[str, str]) -> Scoresheet:
        if sheet is None:
            kind = {"stage": self.stage, "scorer_id": self.by.user_id}
            sheet = Scoresheet(version_id=self.version.id, rev=0, changed_at=self.now, scores=[], **kind)
            self.session.add(sheet)
        rows = {score.node: score for score in sheet.scores}
        for node in dict.fromkeys([*rows, *(place.partition(":")[2] for place in texts if place != WHOLE)]):
            points, comment = texts.get(POINT + node, ""), texts.get(COMMENT + node, "")
            if node not in rows:
                sheet.scores.append(Score(node=node, points=points, comment=comment))
            elif points or comment:
                rows[node].points, rows[node].comment = points, comment
            else:
                sheet.scores.remove(rows[node])
                self.session.delete(rows[node])
        sheet.comment = texts.get(WHOLE, "")
        sheet.rev += 1
        sheet.changed_at = self.now
        self.session.flush()
        return sheet

    def note(self, action: str, sheet: Scoresheet) -> None:
        """Under the sheet and not the dossier: a dossier's history is read by the school."""
        details = {"dossier": self.row.id, "stage": sheet.stage, "rev": sheet.rev}
        audit.record(self.session, action, by=self.by, now=self.now, subject=("sheet", sheet.id), details=details)


def _open_for_scoring(session: Session, dossier: str, stage: Stage, by: Actor, now: datetime) -> _Desk:
    scope = scope_of(session, by, local_day(now))
    try:
        row = _find(session, scope, dossier, stage)
    except NotFound:
        if stage is Stage.JUDGE and own_assignment(session, by.user_id, dossier=dossier) is not None:
            raise Refused("sheet-taken-away") from None
        raise
    if stage is Stage.JUDGE and row.state in (State.SCORED, State.PUBLISHED):
        raise Refused("sheet-closed")
    require(scope, SCORE_RIGHTS[stage], row)
    version = latest_version(session, row)
    if version is None:
        raise NotFound
    return _Desk(session, row, version, stage, by, now)


def _find(session: Session, scope: Scope, dossier: str, stage: Stage) -> Dossier:
    """Seeing a dossier by another role is no assignment: for who has none, there is no sheet of a judge."""
    return (find_given if stage is Stage.JUDGE else find_dossier)(session, scope, dossier)


def _rubric(form: Shape) -> Group:
    if form.rubric is None:
        raise NotFound
    return form.rubric


def _state(sheet: Scoresheet | None) -> SheetState:
    if sheet is None:
        return SheetState.NONE
    return SheetState.DRAFT if sheet.final_at is None else SheetState.FINAL


def _texts(sheet: Scoresheet | None) -> dict[str, str]:
    if sheet is None:
        return {}
    texts = {POINT + score.node: score.points for score in sheet.scores}
    texts |= {COMMENT + score.node: score.comment for score in sheet.scores}
    texts[WHOLE] = sheet.comment
    return {place: text for place, text in texts.items() if text}


def _merge(
    form: Shape, held: Mapping[str, str], texts: Mapping[str, str], base: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, Contested]]:
    merged, contested = dict(held), {}
    for place in places(_rubric(form)):
        if place not in texts:
            continue
        mine, theirs = _tidy(place, texts[place]), held.get(place, "")
        if fingerprint(mine) in (fingerprint(theirs), base.get(place)):
            continue
        if place in base and base[place] != fingerprint(theirs):
            contested[place] = Contested(mine, theirs)
        else:
            merged[place] = mine
    return {place: text for place, text in merged.items() if text}, contested


def _tidy(place: str, text: str) -> str:
    return clean_line(text)[:MAX_TYPED] if place.startswith(POINT) else clean(text).strip()


def _settled(form: Shape, texts: Mapping[str, str]) -> dict[str, str]:
    """``texts`` with every point that could be read written in one way: "9.5" is "9,5"."""
    valued = reckon(form, texts).valued
    leaves = valued.rubric.leaves
    return {**texts, **{POINT + key: show_points(leaves[key], steps) for key, steps in valued.points.items()}}


def _marks(form: Shape, texts: Mapping[str, str]) -> dict[str, str]:
    return {place: fingerprint(texts.get(place)) for place in places(_rubric(form))}


def _warnings(form: Shape, version: Version, valued: Valued) -> tuple[Problem, ...]:
    present = {key for key, value in version.answers.items() if value not in (None, "", [])}
    present |= {file.slot for file in version.files}
    return missing_evidence(form, Sheet(valued.points), present)


def _others(form: Shape, final: list[tuple[int, Scoresheet]], state: SheetState) -> list[tuple[int, Scoresheet]]:
    """The judges' sheets that this judge may see by the rule of the track."""
    seen = form.judging.sheets_visible if form.judging else "never"
    return final if seen == "always" or (seen == "after_own" and state == SheetState.FINAL) else []


def _other(form: Shape, place: int, sheet: Scoresheet) -> Other:
    comments = {score.node: score.comment for score in sheet.scores if score.comment}
    return Other(place, reckon(form, _texts(sheet)).valued, comments, sheet.comment)
