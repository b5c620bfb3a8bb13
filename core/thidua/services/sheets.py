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

from sqlalchemy.orm import Session

from thidua.errors import NotFound, Refused
from thidua.forms import fingerprint
from thidua.models import Dossier, Score, Scoresheet, Stage, State, Version
from thidua.permissions import (
    SCORE_RIGHTS,
    Actor,
    Scope,
    final_sheets,
    find_dossier,
    find_given,
    handed_in,
    latest_version,
    may,
    own_assignment,
    require,
    scope_of,
    sheet_of,
)
from thidua.plugin import Group, Problem, Shape
from thidua.scoring import Sheet, Valued, far_apart, missing_evidence
from thidua.services import audit, conflicts
from thidua.services.definitions import form_of
from thidua.services.sheet_texts import (
    COMMENT,
    POINT,
    WHOLE,
    Contested,
    Reckoned,
    as_texts,
    cover_of,
    mark,
    marks_of,
    merge,
    places,
    reckon,
    rubric_of,
    settled,
)
from thidua.times import local_day

__all__ = [
    "COMMENT",
    "POINT",
    "WHOLE",
    "Contested",
    "OpenSheet",
    "Other",
    "Reckoned",
    "Saved",
    "SheetState",
    "as_texts",
    "cover_of",
    "mark",
    "open_sheet",
    "places",
    "reckon",
    "save_sheet",
    "take_back",
    "texts_of",
]


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
        return marks_of(self.form, self.texts)


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
    texts = texts_of(sheet)
    reckoned = reckon(form, texts)
    state = _state(sheet)
    allowed = may(scope, SCORE_RIGHTS[stage], row)
    seen = _others(form, final_sheets(session, version), state) if stage is Stage.JUDGE else []
    barred = conflicts.between(session, [row], {one.scorer_id for _, one in seen}, scope.on) if seen else {}
    return OpenSheet(
        dossier=row,
        version=version,
        form=form,
        rubric=rubric_of(form),
        stage=stage,
        state=state,
        rev=sheet.rev if sheet else 0,
        texts=texts,
        reckoned=reckoned,
        warnings=_warnings(form, version, reckoned.valued),
        others=tuple(
            _other(form, place, one)
            for place, one in seen
            if one.scorer_id != by.user_id and (row.id, one.scorer_id) not in barred
        ),
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
    held = texts_of(sheet)
    if sheet is not None and sheet.final_at is not None:
        if settled(form, merge(form, held, texts, {})[0]) != held:
            raise Refused("sheet-final")
        return Saved(SheetState.FINAL, sheet.rev, sheet.final_at, reckon(form, held))
    merged, contested = merge(form, held, texts, base or {})
    reckoned = reckon(form, merged, final=final)
    hand_in = final and not contested and not reckoned.problems
    kept = settled(form, merged) if hand_in else merged
    if kept != held or hand_in:
        sheet = desk.write(sheet, kept)
    if hand_in and sheet is not None:
        sheet.final_at = now
        sheet.apart = desk.lies_apart(reckoned.valued)
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
    sheet.final_at, sheet.apart = None, False
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
        sheet.scorer_id = self.by.user_id
        sheet.rev += 1
        sheet.changed_at = self.now
        self.session.flush()
        return sheet

    def lies_apart(self, mine: Valued) -> bool:
        """Whether a sheet that a judge hands in now lies too far from another one, of a judge who left included."""
        judging = self.form.judging
        if self.stage is not Stage.JUDGE or judging is None:
            return False
        others = handed_in(self.session, self.version, but=self.by.user_id)
        return any(far_apart(judging, mine, reckon(self.form, texts_of(one)).valued) for one in others)

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
    """Seeing a dossier by another role is no assignment: for who has none, there is no sheet of a judge.

    The office has a sheet where there are no judges; the school writes its own in the working copy.
    """
    if stage is Stage.JUDGE:
        return find_given(session, scope, dossier)
    row = find_dossier(session, scope, dossier)
    if stage is not Stage.OFFICE or form_of(row).judging is not None:
        raise NotFound
    return row


def _state(sheet: Scoresheet | None) -> SheetState:
    if sheet is None:
        return SheetState.NONE
    return SheetState.DRAFT if sheet.final_at is None else SheetState.FINAL


def texts_of(sheet: Scoresheet | None) -> dict[str, str]:
    """Everything that stands in a sheet, by place; empty without one."""
    if sheet is None:
        return {}
    texts = {POINT + score.node: score.points for score in sheet.scores}
    texts |= {COMMENT + score.node: score.comment for score in sheet.scores}
    texts[WHOLE] = sheet.comment
    return {place: text for place, text in texts.items() if text}


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
    return Other(place, reckon(form, texts_of(sheet)).valued, comments, sheet.comment)
