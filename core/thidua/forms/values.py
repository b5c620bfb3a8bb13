"""One answer: text in, canonical JSON value out."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from urllib.parse import urlsplit

from thidua.errors import say
from thidua.plugin import (
    Choice,
    Date,
    Field,
    JsonValue,
    Link,
    LongText,
    MultiChoice,
    Number,
    Percent,
    Period,
    PeriodValue,
    PersonRef,
    Text,
    YesNo,
    settled,
)
from thidua.plugin.problems import plain
from thidua.text import clean, clean_line, count_words
from thidua.times import parse_date, parse_number, show_number

_PERIODS = {"school_year": "năm học, ví dụ 2025-2026", "year": "năm, ví dụ 2025", "any": "2025-2026 hoặc 2025"}
_SHOWN = 60
MOST_NAME = 300  # letters of a name as printed


class Malformed(ValueError):
    """What was typed is not an answer to the question; the sentence says why, in Vietnamese."""


def parse(spec: Field, given: str | list[str], label: str) -> JsonValue:
    """The canonical value of what was typed, not blank; :class:`Malformed` otherwise.

    Text: ``str``. Numbers: the decimal as text. Days: ISO. Periods: their code. Yes and no: ``bool``.
    Several options: a list in the order offered. A person named in a table: a reference whose id is still to be looked
    up. ``label`` is how the message names the field.

    >>> parse(Number("diem", "Điểm", decimals=1), " 9,50 ", "Điểm")
    '9.5'
    """
    return _PARSERS[type(spec)](spec, given, label)


def _refuse(code: str, given: object, **facts: object) -> Malformed:
    shown = clean_line(str(given))
    return Malformed(say(code, value=shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…", **facts))


def _too_long(label: str, count: int, limit: int, what: str) -> Malformed:
    return Malformed(say("form-too-long", label=label, count=show_number(count), limit=show_number(limit), what=what))


def _text(spec: Field, given: object, label: str) -> str:
    text = clean_line(str(given))
    limit = cast("Text | Link", spec).max_chars
    if len(text) > limit:
        raise _too_long(label, len(text), limit, "ký tự")
    return text


def _long_text(spec: Field, given: object, label: str) -> str:
    spec = cast("LongText", spec)
    text = clean(str(given)).strip()
    if len(text) > spec.max_chars:
        raise _too_long(label, len(text), spec.max_chars, "ký tự")
    limit = settled(spec.max_words)
    if limit is not None and count_words(text) > limit:
        raise _too_long(label, count_words(text), limit, "chữ")
    return text


def _number(spec: Field, given: object, label: str) -> str:
    spec = cast("Number", spec)
    typed = clean_line(str(given))
    try:
        number = parse_number(typed.removesuffix("%") if isinstance(spec, Percent) else typed)
    except ValueError as error:
        raise _refuse("form-not-a-number", given, label=label) from error
    text = plain(number)
    if spec.low is not None and number < spec.low:
        raise _refuse("form-number-low", given, label=label, limit=show_number(spec.low))
    if spec.high is not None and number > spec.high:
        raise _refuse("form-number-high", given, label=label, limit=show_number(spec.high))
    if len(text.partition(".")[2]) > spec.decimals:
        code = "form-number-decimals" if spec.decimals else "form-number-whole"
        raise _refuse(code, given, label=label, limit=spec.decimals)
    return text


def _choice(spec: Field, given: object, label: str) -> str:
    value = clean_line(str(given))
    if value not in cast("Choice", spec).labels:
        raise _refuse("form-not-an-option", given, label=label)
    return value


def _choices(spec: Field, given: object, label: str) -> JsonValue:
    chosen = {_choice(spec, value, label) for value in cast("list[str]", given)}
    return [value for value in cast("Choice", spec).labels if value in chosen]


def _yes_no(_spec: Field, given: object, label: str) -> bool:
    if given not in ("yes", "no"):
        raise _refuse("form-not-an-option", given, label=label)
    return given == "yes"


def _date(_spec: Field, given: object, label: str) -> str:
    try:
        return parse_date(str(given)).isoformat()
    except ValueError as error:
        raise _refuse("form-not-a-date", given, label=label) from error


def _period(spec: Field, given: object, label: str) -> str:
    kind = cast("Period", spec).of
    try:
        period = PeriodValue.parse(str(given))
    except ValueError as error:
        raise _refuse("form-not-a-period", given, label=label, example=_PERIODS[kind]) from error
    if kind not in ("any", period.kind):
        raise _refuse("form-not-a-period", given, label=label, example=_PERIODS[kind])
    return period.code


def _link(spec: Field, given: object, label: str) -> str:
    text = _text(spec, given, label)
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
    except ValueError:
        good = False
    if not good:
        raise _refuse("form-not-a-link", given, label=label)
    return text


def _named(_spec: Field, given: object, label: str) -> JsonValue:
    text = clean_line(str(given))
    if len(text) > MOST_NAME:
        raise _too_long(label, len(text), MOST_NAME, "ký tự")
    return {"id": "", "name": text}


_PARSERS: dict[type[Field], Callable[[Field, object, str], JsonValue]] = {
    Text: _text,
    LongText: _long_text,
    Number: _number,
    Percent: _number,
    Choice: _choice,
    MultiChoice: _choices,
    YesNo: _yes_no,
    Date: _date,
    Period: _period,
    Link: _link,
    PersonRef: _named,
}
