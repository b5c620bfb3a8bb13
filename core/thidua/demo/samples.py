"""Samples of a campaign fitted to the demo: the right level of school, the right years, the right name."""

from __future__ import annotations

import random
import re
from calendar import isleap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from thidua.plugin import JsonValue, Sample, SampleFile, Track
from thidua.plugin.faults import own_frame
from thidua.plugin.problems import did_you_mean, named
from thidua.plugin.samples import SCHOOL_LEVELS
from thidua.times import Period, parse_date

_SCHOOL_YEAR = re.compile(r"\b(20\d\d)-(20\d\d)\b")
_DAY = re.compile(r"\b(\d{1,2})/(\d{1,2})/(20\d\d)\b")
RECENT = 2
"""Where no school year is written, days of so many years before the call's, or later, are meant to lie in it."""
AUGUST = 8
TRIES = 60


class BadSample(Exception):
    """A sample that the demo cannot use; the sentence says what is wrong with it."""


def draw(track: Track, seed: str, *, level: str, period: Period, taken: Callable[[Sample], bool]) -> Sample:
    """A sample for a school of ``level`` whose nominee is not ``taken``, moved to the years of ``period``.

    The same seed gives the same nominee in another year's edition, so that people come back.
    """
    rng = random.Random(seed)
    fitting: Sample | None = None
    for _ in range(TRIES):
        drawn = made(track, rng)
        if not drawn.suits or level in drawn.suits:
            fitting = drawn
            if not taken(drawn):
                break
    if fitting is None:
        raise BadSample(f"none of {TRIES} suits a school of level {level!r}")
    return moved(fitting, period)


def made(track: Track, rng: random.Random) -> Sample:
    """One sample of ``track`` that names only what the track has; :class:`BadSample` otherwise."""
    try:
        sample: object = track.sample(rng)
    except (Exception, SystemExit) as error:
        place = own_frame(error)
        raise BadSample(f"it raised {type(error).__name__}: {error}" + (f" ({place})" if place else "")) from error
    if not isinstance(sample, Sample):
        raise BadSample(f"it gave {named(sample)}; return a Sample")
    if found := [*_ill_built(sample), *_unknown(track, sample)]:
        raise BadSample("; ".join(found))
    return sample


def _ill_built(sample: Sample) -> Iterator[str]:
    if not isinstance(sample.nominee, str) or not sample.nominee.strip():
        yield f"nominee is {named(sample.nominee)}; write a name"
    if not isinstance(sample.born, str) or (sample.born and day_of(sample.born) is None):
        yield f"born is {named(sample.born)}; write it as '12/04/1985'"
    if not isinstance(sample.answers, Mapping):
        yield f"answers is {named(sample.answers)}; write a dict by field key"
    if not isinstance(sample.suits, tuple) or not all(isinstance(level, str) for level in sample.suits):
        yield f"suits is {named(sample.suits)}; write a tuple of levels"
    if not isinstance(sample.files, tuple) or not all(isinstance(file, SampleFile) for file in sample.files):
        yield f"files is {named(sample.files)}; write a tuple of SampleFile"


def _unknown(track: Track, sample: Sample) -> Iterator[str]:
    if not isinstance(sample.answers, Mapping) or any(_ill_built(sample)):
        return
    fields, slots = [field.key for field in track.fields], [document.key for document in track.documents]
    for key in sample.answers:
        if key not in fields:
            yield f"answers {key!r}, which is no field{did_you_mean(str(key), fields)}"
    for file in sample.files:
        if file.slot not in slots:
            yield f"file for slot {file.slot!r}, which is no document{did_you_mean(file.slot, slots)}"
    for level in sample.suits:
        if level not in SCHOOL_LEVELS:
            yield f"suits {level!r}, which is no level; write {', '.join(SCHOOL_LEVELS)}"


def moved(sample: Sample, period: Period) -> Sample:
    """``sample`` with all its school years and dates shifted so that the last year is that of ``period``.

    Without any school year the latest day tells the year, unless it lies long before: a day of birth stays.
    """
    text = _joined(dict(sample.answers))
    found = [int(match[1]) for match in _SCHOOL_YEAR.finditer(text)] or [
        year for year in map(_school_year_of, _DAY.finditer(text)) if year >= period.start - RECENT
    ]
    by = period.start - max(found, default=period.start)
    if by == 0:
        return sample
    answers = {key: _shift(value, by) for key, value in sample.answers.items()}
    return replace(sample, answers=answers, files=tuple(_shift_file(file, by) for file in sample.files))


def _school_year_of(day: re.Match[str]) -> int:
    return int(day[3]) - (int(day[2]) < AUGUST)


def birth_of(sample: Sample) -> date | None:
    """The nominee's birth date, None for a collective."""
    return day_of(sample.born)


def day_of(text: str) -> date | None:
    """The day that was typed, None where there is none."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def _joined(value: JsonValue) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(_joined(one) for one in value)
    if isinstance(value, dict):
        return "\n".join(_joined(one) for one in value.values())
    return ""


def _shift(value: JsonValue, by: int) -> JsonValue:
    if isinstance(value, str):
        return _shift_text(value, by)
    if isinstance(value, list):
        return [_shift(one, by) for one in value]
    if isinstance(value, dict):
        return {key: _shift(one, by) for key, one in value.items()}
    return value


def _shift_text(text: str, by: int) -> str:
    text = _SCHOOL_YEAR.sub(lambda match: f"{int(match[1]) + by}-{int(match[2]) + by}", text)
    return _DAY.sub(lambda match: _shift_day(match, by), text)


def _shift_day(match: re.Match[str], by: int) -> str:
    day, month, year = match[1], match[2], int(match[3]) + by
    leap = (int(day), int(month)) == (29, 2) and not isleap(year)
    return f"{'28' if leap else day}/{month}/{year}"


def _shift_file(file: SampleFile, by: int) -> SampleFile:
    return replace(
        file,
        title=_shift_text(file.title, by),
        paragraphs=tuple(_shift_text(text, by) for text in file.paragraphs),
        rows=tuple(tuple(_shift_text(cell, by) for cell in row) for row in file.rows),
    )
