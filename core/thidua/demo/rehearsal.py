"""The samples of a campaign tried out before anything is made of them: would the demo get through?

What a school would be refused for (form, documents, the campaign's own checks) is found here and
said to the author, track by track; ``thidua plugins --check`` prints the same.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from thidua.demo import papers
from thidua.demo.plan import FIRST_YEAR, SCHOOL_YEARS
from thidua.demo.samples import BadSample, made, moved
from thidua.forms import section_form
from thidua.plugin import (
    Campaign,
    Check,
    DossierSnapshot,
    JsonValue,
    PastAward,
    PastDossier,
    PersonRef,
    Problem,
    Ref,
    Sample,
    Shape,
    Similar,
    Track,
    UnitRef,
    python_values,
    shape_of,
)
from thidua.plugin.faults import own_frame
from thidua.plugin.problems import named
from thidua.plugin.samples import SCHOOL_LEVELS
from thidua.times import Period

SEEDS = 12


@dataclass(frozen=True)
class Rehearsed:
    """What came of a track's samples: the faults of the first bad one, and the school levels that they suit."""

    faults: tuple[str, ...]
    levels: frozenset[str]


def rehearse(campaign: Campaign, track: Track) -> Rehearsed:
    """Draw samples of ``track`` with fixed seeds and look at each as the demo's schools will use it."""
    levels: set[str] = set()
    place = f"{campaign.slug} {campaign.edition} track {track.key!r}: sample: "
    for seed in range(SEEDS):
        period = Period("school_year", FIRST_YEAR + seed % SCHOOL_YEARS)
        try:
            sample = moved(made(track, random.Random(seed)), period)
        except BadSample as error:
            return Rehearsed((f"{place}{error}",), frozenset())
        if found := list(_misfits(campaign, track, sample, period)):
            return Rehearsed(tuple(f"{place}{fault}" for fault in found), frozenset())
        levels |= set(sample.suits or SCHOOL_LEVELS)
    return Rehearsed((), frozenset(levels))


def faults(campaign: Campaign) -> list[str]:
    """Every fault of the campaign's samples: ``vo-sach 2026 track 'lop': sample: field 'khoi': …``."""
    return [fault for track in campaign.tracks for fault in rehearse(campaign, track).faults]


def _misfits(campaign: Campaign, track: Track, sample: Sample, period: Period) -> Iterator[str]:
    shape = shape_of(campaign, track).under({})
    raw, wrong = _picked(track, sample)
    yield from wrong
    typed: dict[str, JsonValue] = {}
    found: list[str] = []
    for section in shape.sections:
        own = {field.key: raw[field.key] for field in section.fields if field.key in raw}
        bound = section_form(section, own, complete=True)
        typed |= bound.typed
        found += [f"field {problem.field!r}: {problem.message}" for problem in bound.problems]
        found += [f"answers {key!r}, which is no column" for key in bound.unknown]
    yield from found
    yield from _paper_faults(track, sample)
    if not found and not wrong:
        snapshot = _snapshot(shape, sample, period, typed)
        for check in track.checks:
            yield from _check_faults(check, snapshot)


def _picked(track: Track, sample: Sample) -> tuple[dict[str, JsonValue], list[str]]:
    """The answers with every bare name of a reference picked, and what is no bare name."""
    raw, wrong = dict(sample.answers), []
    for field in track.fields:
        given = raw.get(field.key)
        if isinstance(field, PersonRef | UnitRef) and given:
            if isinstance(given, str):
                raw[field.key] = {"id": "sample", "name": given}
            else:
                del raw[field.key]
                wrong.append(f"field {field.key!r} is {named(given)}; write a name alone, a sample knows no ids")
    return raw, wrong


def _paper_faults(track: Track, sample: Sample) -> Iterator[str]:
    for document in track.documents:
        count = sum(file.slot == document.key for file in sample.files)
        if document.required and not count:
            yield f"document {document.key!r} is required; give a SampleFile for it"
        if count > document.max_files:
            yield f"document {document.key!r} takes {document.max_files} files, not {count}"
        if count and not set(document.accept) & set(papers.MADE):
            yield f"document {document.key!r}: the demo makes {', '.join(papers.MADE)} only; leave its SampleFile out"


def _check_faults(check: Check, snapshot: DossierSnapshot) -> Iterator[str]:
    name = getattr(check, "__name__", repr(check))
    try:
        problems = list(check(snapshot, _Nothing()))
    except Exception as error:
        place = own_frame(error)
        yield f"check {name!r} raised {type(error).__name__}: {error}" + (f" ({place})" if place else "")
        return
    for problem in problems:
        if not isinstance(problem, Problem):
            yield f"check {name!r} gave {named(problem)}, not a Problem"
        elif problem.level == "error":
            yield f"check {name!r}: field {problem.field!r}: {problem.message}"


def _snapshot(shape: Shape, sample: Sample, period: Period, typed: Mapping[str, JsonValue]) -> DossierSnapshot:
    return DossierSnapshot(
        slug=shape.slug,
        edition=shape.edition,
        track=shape.track,
        call="sample",
        call_period=period,
        nominees=(Ref("sample" if shape.subject == "person" else "", sample.nominee),),
        unit=Ref("school", "Trường Tiểu học Hoa Sen"),
        answers=python_values(shape, typed),
        documents={slot.key: tuple(f.title for f in sample.files if f.slot == slot.key) for slot in shape.documents},
        parameters=shape.values({}),
        texts={
            slot.key: tuple("\n".join((f.title, *f.paragraphs)) for f in sample.files if f.slot == slot.key)
            for slot in shape.documents
        },
    )


class _Nothing:
    """A past with nothing in it: the first dossier of a new site."""

    def dossiers(self, slug: str, *, person: str | None = None, unit: str | None = None) -> Sequence[PastDossier]:
        """None."""
        return ()

    def similar(self, text: str, *, field: str, least: int) -> Sequence[Similar]:
        """None."""
        return ()

    def answered(self, slug: str, *, field: str, text: str) -> Sequence[PastDossier]:
        """None."""
        return ()

    def officiates(self, person: str) -> bool:
        """Nobody does."""
        return False

    def titled(self, text: str, *, least: int) -> Sequence[Similar]:
        """None."""
        return ()

    def awards(self, person: str) -> Sequence[PastAward]:
        """None."""
        return ()
