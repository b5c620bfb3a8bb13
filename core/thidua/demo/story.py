"""The history of the demo, told in the order in which it happened, through the services that people use.

Each dossier is a generator that says when its next step is due; :class:`Story` calls
whoever is next, so that codes, audit and lists read as if it had been lived.
"""

from __future__ import annotations

import heapq
import io
import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from thidua.demo import papers, points, samples
from thidua.demo.clock import Clock
from thidua.demo.plan import Destiny, Fate, Window
from thidua.demo.units import SCHOOLS, World
from thidua.demo.words import BETTER, GIVE_BACK, NOTES, REFUSALS
from thidua.errors import Refused
from thidua.models import Action, Stage, Unit, Verdict
from thidua.permissions import Actor, find_dossier, scope_of
from thidua.plugin import Campaign, Field, JsonValue, LongText, PersonRef, Rows, Sample, Track, UnitRef, shape_of
from thidua.services import attachments, dossiers, people, reviews, self_sheets, sheets, submissions, working
from thidua.services.dossiers import Nominee
from thidua.services.reviews import Finding
from thidua.services.sheet_texts import as_texts
from thidua.services.site import Site
from thidua.services.submissions import Letter
from thidua.times import local_day

Life = Iterator[datetime]
SCANS_EVERY = 19
COME_BACK = frozenset({Fate.RETURNED, Fate.REWORKED, Fate.RESUBMITTED, Fate.SECOND_TRY})


@dataclass(frozen=True)
class CallOfDemo:
    """A call that was opened for the demo."""

    public_id: str
    campaign: Campaign
    window: Window


@dataclass
class Story:
    """The site, the people in it, and the lives that go on at the same time."""

    site: Site
    world: World
    now: datetime
    letters: Iterator[int] = field(default_factory=lambda: itertools.count(11))
    files: Iterator[int] = field(default_factory=itertools.count)
    taken: set[tuple[str, str, str]] = field(default_factory=set)
    people: dict[tuple[str, str, str], str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    _queue: list[tuple[datetime, int, Life]] = field(default_factory=list)
    _ticket: Iterator[int] = field(default_factory=itertools.count)

    def add(self, life: Life) -> None:
        """Let ``life`` begin at the first instant it names."""
        if (due := next(life, None)) is not None:
            heapq.heappush(self._queue, (due, next(self._ticket), life))

    def run(self) -> None:
        """Live it all, in the order of time."""
        while self._queue:
            _, _, life = heapq.heappop(self._queue)
            self.add(life)

    def tell(self, call: CallOfDemo, track: Track, destiny: Destiny, *, several: bool = False) -> None:
        """Add the life of one dossier. A sample that fails ends it where it stands, and is kept in :attr:`faults`.

        ``several``: its school has more than one in this call; that a campaign takes one alone is no fault of a sample.
        """
        self.add(self._watched(_Dossier(self, call, track, destiny).life(), call.campaign, track, several))

    def _watched(self, life: Life, campaign: Campaign, track: Track, several: bool) -> Life:
        try:
            yield from life
        except (samples.BadSample, Refused) as error:
            if several and isinstance(error, Refused):
                return
            listed = [p for problems in getattr(error, "problems", {}).values() for p in problems]
            found = [problem.message for problem in listed if problem.level == "error"]
            place = f"{campaign.slug} {campaign.edition} track {track.key!r}: sample: "
            self.faults += [place + text for text in found or [str(error)]]


class _Dossier:
    """One dossier on its way; :attr:`clock` always stands at its present step."""

    def __init__(self, story: Story, call: CallOfDemo, track: Track, destiny: Destiny) -> None:
        self.story, self.call, self.track = story, call, track
        self.site, self.school, self.fate = story.site, destiny.school, destiny.fate
        self.rng = random.Random(f"{call.campaign.slug} {call.window.period} {destiny.number}")
        self.clock = Clock(call.window, destiny, story.now, self.rng)
        self.shape = shape_of(call.campaign, track)
        self.clerk, self.head = story.world.clerk(self.school), story.world.head(self.school)
        self.seed, self.id = destiny.seed, ""

    def life(self) -> Life:
        """From the first draft to where its fate ends; yields the instant of each next step."""
        yield self.clock.start()
        sample = self._sample()
        self._start(sample)
        if self.fate is Fate.EMPTY:
            return
        yield self.clock.later(hours=2)
        self._fill(sample, parts=2 if self.fate is Fate.PART else None)
        if self.fate is Fate.PART:
            return
        yield self.clock.later(hours=5)
        self._attach(sample)
        yield self.clock.later(hours=20)
        self._hand_over()
        if self.fate is Fate.GIVEN_BACK:
            yield self.clock.later(hours=6)
            self._give_back()
        elif self.fate is not Fate.AWAITING:
            yield self.clock.submitting()
            self._submit()
            yield from self._at_the_office()

    def _at_the_office(self) -> Life:
        if self.fate is Fate.WITHDRAWN:
            yield self.clock.later(hours=3)
            self._withdraw()
        if self.fate in (Fate.SUBMITTED, Fate.WITHDRAWN):
            return
        yield self.clock.taking_up()
        self._take_up()
        if self.fate is Fate.APPRAISING:
            self._look(half=True)
            return
        if self.fate in COME_BACK:
            yield self.clock.later(hours=26)
            self._return()
            yield from self._again()
        if self.fate in (Fate.SECOND_TRY, Fate.ELIGIBLE, Fate.INELIGIBLE):
            yield self.clock.later(hours=27)
            self._end()

    def _again(self) -> Life:
        if self.fate is Fate.RETURNED:
            return
        yield self.clock.later(hours=18)
        self._correct()
        yield self.clock.later(hours=3)
        self._hand_over()
        if self.fate is Fate.REWORKED:
            return
        yield self.clock.later(hours=4)
        self._submit()
        if self.fate is Fate.RESUBMITTED:
            return
        yield self.clock.taking_up()
        self._take_up()

    # -- the school ----------------------------------------------------------------------

    def _sample(self) -> Sample:
        place = (self.call.public_id, self.school.code)

        def taken(sample: Sample) -> bool:
            return (*place, sample.nominee) in self.story.taken

        period = self.call.window.period
        sample = samples.draw(self.track, self.seed, level=self.school.slug, period=period, taken=taken)
        self.story.taken.add((*place, sample.nominee))
        return sample

    def _start(self, sample: Sample) -> None:
        with self.site.database.writing() as session:
            if self.track.subject == "person":
                nominee = Nominee(person=self._person(session, sample.nominee, sample.born))
            else:
                nominee = Nominee(group_name=sample.nominee)
            row = dossiers.start(
                session,
                registry=self.site.registry,
                call=self.call.public_id,
                track=self.track.key,
                nominee=nominee,
                by=self.clerk,
                now=self.clock.at,
            )
            self.id = row.public_id

    def _person(self, session: Session, name: str, born: str = "") -> str:
        known, key = self.story.people, (self.school.code, name, born)
        if key not in known:
            code = f"{self.school.code}-{len(known) + 101}"
            person = people.register(
                session,
                name=name,
                birth=samples.day_of(born),
                unit_id=self.story.world.units[self.school.code],
                staff_code=code,
                position="Giáo viên",
                since=local_day(self.clock.at) - timedelta(days=700),
                apart=True,
                by=self.clerk,
                now=self.clock.at,
            )
            known[key] = person.public_id
            self.story.codes[person.public_id] = code
        return known[key]

    def _fill(self, sample: Sample, *, parts: int | None) -> None:
        with self.site.database.writing() as session:
            for number, section in enumerate(self.shape.sections[:parts]):
                raw = {
                    f.key: self._answer(session, f, sample.answers[f.key], sample)
                    for f in section.fields
                    if f.key in sample.answers
                }
                now = self.clock.at + timedelta(minutes=7 * number)
                dossiers.save_part(session, dossier=self.id, part=section.key, raw=raw, base={}, by=self.clerk, now=now)
            if parts is None and self.track.self_scored and self.track.rubric is not None:
                texts = as_texts(points.given(self.track.rubric, points.between(self.rng, 60)))
                self_sheets.save_own(session, dossier=self.id, texts=texts, base={}, by=self.clerk, now=self.clock.at)

    def _answer(self, session: Session, spec: Field, given: JsonValue, sample: Sample) -> JsonValue:
        """``given``; a bare name of a reference stands for somebody at the school, or for a unit of the demo."""
        if isinstance(spec, Rows) and isinstance(given, list):
            return [self._line(session, spec, line, sample) if isinstance(line, dict) else line for line in given]
        if not given or not isinstance(given, str):
            return given
        if isinstance(spec, PersonRef):
            return {"id": self._person(session, given), "name": given}
        if isinstance(spec, UnitRef):
            codes = {school.name: school.code for school in SCHOOLS}
            unit = session.get_one(Unit, self.story.world.units[codes.get(given, self.school.code)])
            return {"id": unit.public_id, "name": unit.name_on(local_day(self.clock.at))}
        return given

    def _line(self, session: Session, spec: Rows, line: dict[str, JsonValue], sample: Sample) -> JsonValue:
        """A line of a table; whoever is named in it is of the school, and told apart by the staff code."""
        named = [column.key for column in spec.columns if isinstance(column, PersonRef) and line.get(column.key)]
        typed = dict(line)
        for key in named:
            name = str(line[key])
            person = self._person(session, name, sample.born if name == sample.nominee else "")
            typed[key] = f"{name} ({self.story.codes[person]})"
        return typed

    def _attach(self, sample: Sample) -> None:
        accept = {document.key: document.accept for document in self.track.documents}
        compared = {one.field for one in self.track.originality}  # what is compared is never a scan
        judging = self.track.judging
        unnamed = {one.key for one in self.track.documents if judging and judging.blind and not one.identifying}
        for file in sample.files:
            unit = "" if file.slot in unnamed else self.school.name
            scanned = next(self.story.files) % SCANS_EVERY == SCANS_EVERY - 1 and file.slot not in compared
            made = papers.paper(file, unit=unit, accept=accept[file.slot], rng=self.rng, scanned=scanned)
            self._upload(file.slot, made)

    def _upload(self, slot: str, made: papers.Paper, replaces: str | None = None) -> None:
        attachments.receive(
            self.site,
            dossier=self.id,
            slot=slot,
            name=made.name,
            stream=io.BytesIO(made.data),
            expected=len(made.data),
            by=self.clerk,
            now=self.clock.at,
            replaces=replaces,
        )

    def _hand_over(self) -> None:
        submissions.hand_over(self.site, dossier=self.id, by=self.clerk, now=self.clock.at)

    def _give_back(self) -> None:
        with self.site.database.writing() as session:
            reason = self.rng.choice(GIVE_BACK)
            dossiers.give_back(session, dossier=self.id, reason=reason, by=self.head, now=self.clock.at)

    def _submit(self) -> None:
        number = f"{next(self.story.letters)}/TTr-{self.school.abbreviation}"
        letter = Letter(number, local_day(self.clock.at), self.school.head)
        key = f"demo-{self.id}-{int(self.clock.at.timestamp())}"
        submissions.submit(self.site, dossiers=[self.id], letter=letter, key=key, by=self.head, now=self.clock.at)

    def _withdraw(self) -> None:
        with self.site.database.writing() as session:
            submissions.withdraw(session, dossier=self.id, by=self.head, now=self.clock.at)

    def _correct(self) -> None:
        """Add a sentence to the first long text, and a new revision of the first Word file."""
        with self.site.database.writing() as session:
            scope = scope_of(session, self.clerk, local_day(self.clock.at))
            row = find_dossier(session, scope, self.id)
            typed = working.raw_values(row)
            for section in self.shape.sections:
                long = next((f for f in section.fields if isinstance(f, LongText) and f.required), None)
                if long is not None:
                    raw = {long.key: f"{typed.get(long.key, '')} {BETTER}".strip()}
                    dossiers.save_part(
                        session, dossier=self.id, part=section.key, raw=raw, base={}, by=self.clerk, now=self.clock.at
                    )
                    break
            held = [
                (slot, a.public_id, a.current.name) for slot, all_ in working.current_files(row).items() for a in all_
            ]
        for slot, public_id, name in [one for one in held if one[2].endswith(".docx")][:1]:
            self._upload(
                slot, papers.note(f"{name.removesuffix('.docx')} (bổ sung)", BETTER, self.school.name), public_id
            )

    # -- the office ----------------------------------------------------------------------

    def _review(self, work: Callable[[Session, Actor], object]) -> None:
        with self.site.database.writing() as session:
            work(session, self.story.world.appraiser(self.school, local_day(self.clock.at)))

    def _take_up(self) -> None:
        self._review(lambda s, by: reviews.take_up(s, dossier=self.id, by=by, now=self.clock.at))

    def _look(self, *, half: bool = False) -> None:
        places = [place.place for place in reviews.checklist(self.shape)]
        findings = {place: Finding(Verdict.PASSED) for place in (places[: len(places) // 2] if half else places)}
        self._review(lambda s, by: reviews.record(s, dossier=self.id, findings=findings, by=by, now=self.clock.at))

    def _return(self) -> None:
        seen = reviews.checklist(self.shape)[:2]
        findings: dict[str, Finding | None] = {place.place: Finding(Verdict.PASSED) for place in seen}
        pinned = [f.key for f in self.shape.fields if isinstance(f, LongText | Rows) and f.required]
        pinned = pinned or [f.key for f in self.shape.fields]
        for key, note in zip(pinned[:2], self.rng.sample(NOTES, k=2), strict=False):
            findings[f"field:{key}"] = Finding(Verdict.MORE, note)
        self._review(
            lambda s, by: reviews.end(
                s, dossier=self.id, action=Action.RETURN, findings=findings, by=by, now=self.clock.at
            )
        )

    def _end(self) -> None:
        self._look()
        refused = self.fate is Fate.INELIGIBLE
        if not refused:
            self._score()
        action, reason = (Action.REFUSE, self.rng.choice(REFUSALS)) if refused else (Action.ACCEPT, "")
        self._review(
            lambda s, by: reviews.end(s, dossier=self.id, action=action, reason=reason, by=by, now=self.clock.at)
        )

    def _score(self) -> None:
        """The office's own sheet beside the school's, a little less generous."""
        rubric = self.track.rubric
        if rubric is None or not self.track.self_scored or self.track.judging is not None:
            return
        texts = as_texts(points.given(rubric, points.between(self.rng, 50)))
        self._review(
            lambda s, by: sheets.save_sheet(
                s, dossier=self.id, texts=texts, final=True, by=by, now=self.clock.at, stage=Stage.OFFICE
            )
        )
