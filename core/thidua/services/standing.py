"""How the judging of dossiers stands: each judge's sheet, what they come to, and what is still in the way.

One reading for the pages of a call, for closing and for one dossier: five statements and the forms,
however many dossiers there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from operator import getitem
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from thidua.errors import Invalid, say
from thidua.models import Call, Stage, State
from thidua.permissions import DossierFacts, points_on, seats_of, sheets_of, standing_versions
from thidua.plugin import Gate, Group, Judging, Leaf, Shape, settled
from thidua.scoring import Combined, Sheet, combine, evaluate, number, read_points
from thidua.services import conflicts
from thidua.services.definitions import forms

ONE_SHEET = Judging(judges=1)
NOTHING: tuple[tuple[str, ...], list[str]] = ((), [])


class Seat(NamedTuple):  # thousands are made for one closing, and a tuple is made in a tenth of the time
    """One judge's place at a dossier, and the sheet in it.

    ``ended`` is ``removed``, ``abstained`` or ``conflict``, with its ``reason``; ``conflict`` says of a judge
    who still sits there why they must not. ``sheet`` is None until something was typed; ``final`` once it was sent.
    """

    assignment: str
    place: int
    judge_id: int
    judge: str
    since: datetime
    ended: str = ""
    reason: str = ""
    conflict: str = ""
    sheet: Sheet | None = None
    final: bool = False

    @property
    def active(self) -> bool:
        """Whether this judge is one of those who score the dossier."""
        return not self.ended and not self.conflict

    @property
    def counts(self) -> bool:
        """Whether the sheet is one of those that make the result."""
        return self.active and self.final


@dataclass(frozen=True)
class Standing:
    """One dossier: ``blocks`` are sentences about what keeps it from being closed, ``notes`` about what to know.

    ``combined`` is what the sheets that count come to, None while there are none or the track has no rubric.
    """

    dossier: Any
    version_id: int
    form: Shape
    seats: tuple[Seat, ...] = ()
    combined: Combined | None = None
    blocks: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def judging(self) -> Judging | None:
        """The rules of judging under this call's numbers; None for a track without judges."""
        return self.form.judging if self.form.rubric is not None else None

    @property
    def planned(self) -> int:
        """How many judges the track wants."""
        return settled(self.judging.judges) if self.judging else 0

    @property
    def active(self) -> tuple[Seat, ...]:
        """The judges who score it now."""
        return tuple(seat for seat in self.seats if seat.active)

    @property
    def wants_third(self) -> bool:
        """Whether the sheets are so far apart that one more judge is to be called, and none has been."""
        return self.combined is not None and self.combined.needs_third and len(self.active) <= self.planned


def standings(session: Session, call: Call, dossiers: Sequence[DossierFacts], on: date) -> list[Standing]:
    """How the judging of these dossiers of one call stands, in the order given.

    ``dossiers`` are rows found through a scope; what of them it shows is the caller's to decide.
    """
    ids = [dossier.id for dossier in dossiers]
    versions = standing_versions(session, ids)
    known = forms(session, {sha256 for _, sha256 in versions.values()}, call.parameters)
    judged = [d.id for d in dossiers if d.id in versions and known[versions[d.id][1]].judging]
    held: dict[int, list[Any]] = {}
    for one in seats_of(session, judged):
        held.setdefault(one.dossier_id, []).append(one)
    judges = {one.judge_id for listed in held.values() for one in listed if one.ended_at is None}
    barred = conflicts.between(session, [d for d in dossiers if d.id in held], judges, on)
    sheets = _sheets(session, versions, known, judged)
    found = []
    for dossier in dossiers:
        version_id, sha256 = versions[dossier.id]
        form, mine = known[sha256], sheets.get(version_id, {})
        if form.rubric is None:
            found.append(Standing(dossier, version_id, form))
        elif form.judging is None:
            found.append(_by_office(dossier, version_id, form, mine))
        else:
            seats = _seats(held.get(dossier.id, ()), mine, barred)
            found.append(_by_judges(dossier, version_id, form, seats))
    return found


def standing_of(session: Session, call: Call, dossier: DossierFacts, on: date) -> Standing:
    """:func:`standings` of one."""
    return standings(session, call, [dossier], on)[0]


@dataclass(frozen=True)
class _Read:
    """A sheet that has been read."""

    sheet: Sheet
    final: bool


class _Reader:
    """Reads sheets of one rubric; what is typed again and again is read once."""

    def __init__(self, rubric: Group) -> None:
        self._leaves = rubric.leaves
        alike: dict[object, dict[str, int]] = {}
        self._known = {key: alike.setdefault(_scale(leaf), {}) for key, leaf in rubric.leaves.items()}
        self._tables: dict[tuple[str, ...], list[dict[str, int]]] = {}

    def sheet(self, leaves: tuple[str, ...], typed: Sequence[str]) -> Sheet:
        """The points of what was typed for ``leaves``; what is none is left out."""
        if leaves not in self._tables:
            self._tables[leaves] = [self._known.get(leaf, {}) for leaf in leaves]
        try:
            return Sheet(dict(zip(leaves, map(getitem, self._tables[leaves], typed), strict=True)))
        except KeyError:  # something is seen here for the first time, or is no points at all
            return Sheet(self._read(leaves, typed))

    def _read(self, leaves: tuple[str, ...], typed: Sequence[str]) -> dict[str, int]:
        points: dict[str, int] = {}
        for node, text in zip(leaves, typed, strict=True):
            read = read_points(self._leaves[node], text) if node in self._leaves else None
            if isinstance(read, int):
                points[node] = self._known[node][text] = read
        return points


def _scale(leaf: Leaf) -> object:
    """What decides how a text is read: leaves alike in it read alike."""
    return type(leaf) if isinstance(leaf, Gate) else (type(leaf), leaf.max, leaf.step)


def _sheets(
    session: Session, versions: Mapping[int, tuple[int, str]], known: Mapping[str, Shape], judged: Sequence[int]
) -> dict[int, dict[int, _Read]]:
    """By version and scorer: the sheets of the judges where there are judges, and of the office elsewhere."""
    rubrics = {version: known[sha256].rubric for version, sha256 in versions.values()}
    by_judges = {versions[dossier_id][0] for dossier_id in judged}
    by_office = {version for version, rubric in rubrics.items() if rubric} - by_judges
    rows = [
        row
        for stage, ids in ((Stage.JUDGE, by_judges), (Stage.OFFICE, by_office))
        for row in (sheets_of(session, sorted(ids), stage) if ids else ())
    ]
    typed = points_on(session, [row.id for row in rows])
    readers = {id(form.rubric): _Reader(form.rubric) for form in known.values() if form.rubric is not None}
    found: dict[int, dict[int, _Read]] = {}
    for row in rows:
        reader = readers[id(rubrics[row.version_id])]
        read = _Read(reader.sheet(*typed.get(row.id, NOTHING)), row.final)
        found.setdefault(row.version_id, {})[row.scorer_id] = read
    return found


def _seats(
    held: Sequence[Any],
    sheets: Mapping[int, _Read],
    barred: Mapping[tuple[int, int], conflicts.Found],
) -> tuple[Seat, ...]:
    seats = []
    for assignment, dossier_id, judge_id, place, name, since, ended_at, why, reason in held:
        row = sheets.get(judge_id)
        found = barred.get((dossier_id, judge_id)) if barred and ended_at is None else None
        bar = str(found) if found else ""
        sheet, final = (row.sheet, row.final) if row is not None else (None, False)
        seats.append(Seat(assignment, place, judge_id, name, since, why, reason, bar, sheet, final))
    return tuple(seats)


def _by_judges(dossier: Any, version_id: int, form: Shape, seats: tuple[Seat, ...]) -> Standing:  # noqa: ANN401 -- a row
    judging, rubric = form.judging, form.rubric
    assert judging is not None and rubric is not None  # noqa: S101, PT018 -- narrows the types
    blocks = [
        say("judging-sheet-wanting", place=seat.place, judge=seat.judge)
        for seat in seats
        if seat.active and not seat.final
    ]
    notes = [say("judging-sheet-conflict", judge=seat.judge, why=seat.conflict) for seat in seats if seat.conflict]
    notes += [
        say("judging-sheet-left-out", judge=seat.judge, why=say(f"judging-ended-{seat.ended}"))
        for seat in seats
        if seat.ended and seat.final
    ]
    active = sum(seat.active for seat in seats)
    missing = settled(judging.judges) - active
    if dossier.state == State.ELIGIBLE and not active:
        blocks.append(say("judging-unassigned", planned=judging.judges))
    elif missing > 0:
        blocks.append(say("judging-few-judges", count=active, planned=judging.judges))
    combined = None
    try:
        counted = [evaluate(rubric, seat.sheet) for seat in seats if seat.counts and seat.sheet is not None]
        combined = combine(judging, counted) if counted else None
    except Invalid as refused:
        blocks.append(str(refused))
    standing = Standing(dossier, version_id, form, seats, combined, tuple(blocks), tuple(notes))
    if combined is None or not standing.wants_third:
        return standing
    apart, allowed = (number(Fraction(gap)) for gap in (combined.gap or 0, settled(judging.gap) or 0))
    wanted = say("judging-needs-third", gap=apart, limit=allowed)
    return Standing(dossier, version_id, form, seats, combined, (*blocks, wanted), tuple(notes))


def _by_office(dossier: Any, version_id: int, form: Shape, sheets: Mapping[int, _Read]) -> Standing:  # noqa: ANN401 -- a row
    """A track without judges: the office's sheet that was sent last."""
    assert form.rubric is not None  # noqa: S101 -- narrows the type
    final = [row for row in sheets.values() if row.final]
    if not final:
        return Standing(dossier, version_id, form, blocks=(say("judging-office-sheet-wanting"),))
    try:
        combined = combine(ONE_SHEET, [evaluate(form.rubric, final[-1].sheet)])
    except Invalid as refused:
        return Standing(dossier, version_id, form, blocks=(str(refused),))
    return Standing(dossier, version_id, form, combined=combined)
