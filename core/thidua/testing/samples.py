"""Samples: good, different, the same for the same seed; and required marks that mean something."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from thidua.demo import rehearsal
from thidua.demo.samples import BadSample, made
from thidua.forms import section_form, whole_form
from thidua.plugin import JsonValue, MultiChoice, PersonRef, Rows, Sample, SampleFile, Section, UnitRef
from thidua.testing.subject import Subject, Tried
from thidua.testing.variety import ill_written, monotonous

SEEDS = 24
OLDEST, YOUNGEST = 1935, 2020
"""Years of birth; the call of the trial is of 2025-2026."""
_UNANSWERED: tuple[JsonValue, ...] = (None, "", [], {})
KINDS_OF_DOSSIERS = 4
"""So many different dossiers, and so many different names, are wanted of all seeds."""


@dataclass(frozen=True)
class Drawn:
    """A sample, with bare names of references picked as a page would do."""

    sample: Sample
    raw: dict[str, JsonValue]


def drawn(one: Tried, seeds: int = SEEDS) -> list[Drawn]:
    """Samples of a track by seed; empty when they cannot be made, which :func:`good` says."""
    found: list[Drawn] = []
    for seed in range(seeds):
        try:
            sample = made(one.track, random.Random(seed))
        except BadSample:
            return []
        found.append(Drawn(sample, picked(one, sample)))
    return found


def made_of(nominee: str, answers: dict[str, JsonValue]) -> Drawn:
    """A dossier that was stored, as if it had been drawn."""
    return Drawn(Sample(nominee=nominee, answers=answers), answers)


def covering(one: Tried, least: int) -> list[Drawn]:
    """The first ``least`` samples, and of the others those that answer what none before them did."""
    kept: list[Drawn] = []
    seen: set[tuple[str, bool | None]] = set()
    for each in drawn(one):
        answers = {key: value for key, value in _shown(one, each).items() if value not in _UNANSWERED}
        shown = {(key, value if isinstance(value, bool) else None) for key, value in answers.items()}
        if len(kept) < least or not shown <= seen:
            kept.append(each)
            seen |= shown
    return kept


def _shown(one: Tried, each: Drawn) -> dict[str, JsonValue]:
    """The answers that the form keeps: those to hidden questions are dropped."""
    return whole_form(one.plain, each.raw, complete=False)[0]


def picked(one: Tried, sample: Sample) -> dict[str, JsonValue]:
    """The answers of ``sample`` as a page would send them."""
    raw = dict(sample.answers)
    for field in one.shape.fields:
        given = raw.get(field.key)
        if isinstance(field, PersonRef | UnitRef) and isinstance(given, str) and given:
            raw[field.key] = {"id": "0" * 24, "name": given}
    return raw


def good(subject: Subject) -> Iterator[str]:
    """Each passes form, documents and checks; together they show the form off."""
    for campaign in subject.registry.campaigns:
        yield from rehearsal.faults(campaign)
    for one in subject.tracks:
        yield from (f"{one.place}: sample: {fault}" for fault in _steady(one))
        found = drawn(one)
        shown = [_shown(one, each) for each in found]
        written = ill_written(one, [each.sample for each in found])
        for fault in (*_untyped(found), *_varied(one, found, shown), *_thin(one, found), *written):
            yield f"{one.place}: sample: {fault}"
        if one.shape.judging is not None and one.shape.judging.blind:
            yield from (f"{one.place}: sample: {fault}" for fault in _told(one, found))


def _steady(one: Tried) -> Iterator[str]:
    for seed in (0, 7):
        twice = []
        for outer in ("a", "b"):
            random.seed(outer)  # a sample that asks the module and not its argument is found out
            try:
                twice.append(made(one.track, random.Random(seed)))
            except BadSample:
                return
        if twice[0] != twice[1]:
            yield f"seed {seed} gives another dossier each time; draw from the rng it is given, and from nothing else"
            return


def _varied(one: Tried, found: list[Drawn], shown: list[dict[str, JsonValue]]) -> Iterator[str]:
    if not found:
        return
    different = {repr(each.sample) for each in found}
    names = {each.sample.nominee for each in found}
    if len(different) < KINDS_OF_DOSSIERS:
        yield f"{SEEDS} seeds give {len(different)} different dossiers; let rng choose more"
    if one.track.subject == "person" and len(names) < KINDS_OF_DOSSIERS:
        yield f"{SEEDS} seeds give {len(names)} different nominees; let rng choose among more names"
    yield from monotonous(one, shown)
    for field in one.shape.fields:
        if all(answers.get(field.key) in _UNANSWERED for answers in shown):
            yield f"field {field.key!r} is never answered; answer it in some of the samples"
    for document in one.shape.documents:
        if document.required and not any(f.slot == document.key for each in found for f in each.sample.files):
            yield f"document {document.key!r} has no file; give a SampleFile for it"


def _untyped(found: list[Drawn]) -> Iterator[str]:
    """People type text: a number or a flag of Python's is none."""
    for key, value in {key: value for each in reversed(found) for key, value in each.sample.answers.items()}.items():
        for one in value if isinstance(value, list) else [value]:
            cells = [(f"{key}.{name}", cell) for name, cell in one.items()] if isinstance(one, dict) else [(key, one)]
            for place, cell in cells:
                if isinstance(cell, bool | int | float):
                    typed = ("yes" if cell else "no") if isinstance(cell, bool) else str(cell)
                    yield f"answers {place!r} with {cell!r}; write it as people type it, {typed!r}"


def _thin(one: Tried, found: list[Drawn]) -> Iterator[str]:
    """A nominee was born some day, and a document that is read has something to read."""
    born = {each.sample.born for each in found}
    if one.track.subject == "person" and len(found) > 1 and len(born) == 1 and born != {""}:
        yield f"every nominee is born on {next(iter(born))}; let rng choose the day"
    if one.track.subject == "person" and born == {""}:
        yield "says nowhere when the nominee was born; write born='12/04/1990', people of one name are told apart by it"
    years = [int(year) for _, _, year in (text.rpartition("/") for text in born) if year.isdecimal()]
    if any(year > YOUNGEST for year in years):
        yield f"a nominee is born in {max(years)}; nobody at school is so young"
    if any(year < OLDEST for year in years):
        yield f"a nominee is born in {min(years)}; nobody at school is so old"
    for file in sorted({file.slot for each in found for file in each.sample.files if not file.title.strip()}):
        yield f"document {file!r} has a file without a title; write what it is called"
    texts = {slot.key for slot in one.shape.documents if {".docx", ".pdf", ".txt"} & set(slot.accept)}
    for slot in sorted(texts):
        files = [file for each in found for file in each.sample.files if file.slot == slot]
        if files and not any(_worded(file) for file in files):
            yield f"document {slot!r} has files without a word; write paragraphs= or rows=, for search to find"


def _worded(file: SampleFile) -> bool:
    return any(text.strip() for text in (*file.paragraphs, *(cell for row in file.rows for cell in row)))


def _told(one: Tried, found: list[Drawn]) -> Iterator[str]:
    """In a blind track nothing that judges see tells whose dossier it is."""
    hidden = {field.key for field in one.shape.fields if field.identifying}
    slots = {document.key for document in one.shape.documents if document.identifying}
    for each in found:
        name = each.sample.nominee
        for key, value in each.raw.items():
            if key not in hidden and name in repr(value):
                yield f"field {key!r} names the nominee to blind judges; write identifying=True, or leave the name out"
        for file in each.sample.files:
            if file.slot not in slots and name in repr(file):
                yield (
                    f"document {file.slot!r} names the nominee to blind judges; write identifying=True, "
                    "or leave the name out"
                )


def required(subject: Subject) -> Iterator[str]:
    """Without a required answer the real form refuses; without an optional one it does not."""
    for one in subject.tracks:
        for each in drawn(one, 6):
            for section in one.plain.sections:
                yield from (f"{one.place}: {fault}" for fault in _left_out(section, each.raw))


def _left_out(section: Section, raw: dict[str, JsonValue]) -> Iterator[str]:
    own = {field.key: raw[field.key] for field in section.fields if field.key in raw}
    whole = section_form(section, own, complete=True)
    if whole.problems:
        return  # said of the sample
    for field in section.fields:
        if field.key in whole.hidden or field.key not in own:
            continue
        blank: JsonValue = [] if isinstance(field, MultiChoice | Rows) else ""
        for missing in ({k: v for k, v in own.items() if k != field.key}, own | {field.key: blank}):
            if isinstance(field, PersonRef | UnitRef) and field.key in missing:
                missing[field.key] = {"id": "", "name": ""}
            refused = any(p.field == field.key for p in section_form(section, missing, complete=True).problems)
            if refused != field.required:
                verb = "is taken" if field.required else "is refused"
                yield f"field {field.key!r}: required={field.required}, but leaving it out {verb}"
