"""Samples of a campaign fitted to the demo: the right level of school, the right years, the right name."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from thidua.plugin import JsonValue, Sample, SampleFile, Track
from thidua.times import Period, parse_date

_SCHOOL_YEAR = re.compile(r"\b(20\d\d)-(20\d\d)\b")
_DAY = re.compile(r"\b(\d{1,2}/\d{1,2}/)(20\d\d)\b")
TRIES = 60


def draw(track: Track, seed: str, *, level: str, period: Period, taken: Callable[[Sample], bool]) -> Sample:
    """A sample for a school of ``level`` whose nominee is not ``taken``, moved to the years of ``period``.

    The same seed gives the same nominee in another year's edition, so that people come back.
    """
    rng = random.Random(seed)
    drawn: Sample | None = None
    for _ in range(TRIES):
        drawn = track.sample(rng)
        if (not drawn.suits or level in drawn.suits) and not taken(drawn):
            break
    if drawn is None:
        raise ValueError(f"track {track.key} gave no sample")
    return moved(drawn, period)


def moved(sample: Sample, period: Period) -> Sample:
    """``sample`` with all its school years and dates shifted so that the last year is that of ``period``."""
    found = [int(match[1]) for match in _SCHOOL_YEAR.finditer(_joined(dict(sample.answers)))]
    by = period.start - max(found, default=period.start)
    if by == 0:
        return sample
    answers = {key: _shift(value, by) for key, value in sample.answers.items()}
    return replace(sample, answers=answers, files=tuple(_shift_file(file, by) for file in sample.files))


def birth_of(sample: Sample) -> date | None:
    """The nominee's birth date, None for a collective."""
    return parse_date(sample.born) if sample.born else None


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
    return _DAY.sub(lambda match: f"{match[1]}{int(match[2]) + by}", text)


def _shift_file(file: SampleFile, by: int) -> SampleFile:
    return replace(
        file,
        title=_shift_text(file.title, by),
        paragraphs=tuple(_shift_text(text, by) for text in file.paragraphs),
        rows=tuple(tuple(_shift_text(cell, by) for cell in row) for row in file.rows),
    )
