"""What an edition's checks say, kept beside its form: a comparison turned round is found, which no form tells.

A few dossiers are stored once, with what every check says of each of them and of each small change of it. The
dossiers are stored too, so samples may be rewritten freely; the changes follow from the form, which is stored.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import cast

from thidua.conduct import name_of
from thidua.plugin import (
    Check,
    Choice,
    DossierSnapshot,
    Field,
    JsonValue,
    MultiChoice,
    Number,
    Past,
    PersonRef,
    Problem,
    Ref,
    Rows,
    Text,
    Value,
    YesNo,
)
from thidua.testing.behaviour import snapshot, typed
from thidua.testing.editions import WRITE, said_name
from thidua.testing.pasts import EVERYTHING, Heard, pasts, peopled, told_apart
from thidua.testing.samples import Drawn, covering, made_of
from thidua.testing.subject import Subject, Tried
from thidua.testing.told import Told, Words, short
from thidua.testing.watched import Notes, Nothing
from thidua.times import Period

PAST = "was there before"
LEAST, MOST = 2, 4
"""So many dossiers are stored of a track."""
MOST_TOLD = 3
TYPED = ("1", "0912345678", "Tên khác", "091 234 567", "0912-345-678", "(091) 234.5678", "091234567890", "+84912345678")
"""What is typed into one line: a word, a name, and telephone numbers, too short and too long ones among them."""
LONG = 50
"""A parameter from here on may be a number of words."""

Said = dict[str, str]
Change = tuple[str, DossierSnapshot]


@dataclass(frozen=True)
class Stored:
    """One dossier as it lies in the file: what was typed, the texts of its files, what was said of each change."""

    nominee: str
    answers: dict[str, JsonValue]
    texts: dict[str, str]
    said: Said
    words: Words

    @classmethod
    def of(cls, one: Tried, each: Drawn) -> Stored:
        """A sample, with what the checks say of it now."""
        texts = {
            slot.key: "\n".join(
                "\n".join((file.title, *file.paragraphs)) for file in each.sample.files if file.slot == slot.key
            )
            for slot in one.shape.documents
        }
        answers: dict[str, JsonValue] = {key: value for key, value in each.raw.items() if value is not None}
        return cls(each.sample.nominee, answers, texts, {}, {}).heard(one)

    def heard(self, one: Tried) -> Stored:
        """The same dossier with what the checks say of it now, and one wording of each kind."""
        told = Told()
        said = said_of(one, self, told)
        return replace(self, said=said, words=told.kinds())


def unchanged(subject: Subject) -> Iterator[str]:
    """Every check says of the stored dossiers what it said when they were stored, at the same place and level."""
    if subject.editions is None:
        return
    for one in subject.tracks:
        path = subject.editions / said_name(one)
        if not one.track.checks and not path.exists():
            continue
        if not path.exists():
            if subject.write:
                _store(path, one, ())
            else:
                yield f"{one.place}: {path.name} is not there; {WRITE} stores what the checks say, then keep the file"
            continue
        yield from (f"{one.place}: {fault}" for fault in _compared(one, path, subject.write))


def _compared(one: Tried, path: Path, write: bool) -> Iterator[str]:
    try:
        stored = [Stored(**each) for each in json.loads(path.read_text("utf-8"))["dossiers"]]
    except (ValueError, TypeError, KeyError) as error:
        yield f"{path.name}: {type(error).__name__}: {error}; delete the file and store it again"
        return
    if write:
        _store(path, one, stored)
        return
    yield from (f"{path.name}: {fault}" for fault in _outgrown(one, stored))
    spoken = [Told() for _ in stored]
    fresh = [replace(each, said=said_of(one, each, told)) for each, told in zip(stored, spoken, strict=True)]
    yield from {fault for each in spoken for fault in each.faults.values()}
    yield from itertools.islice(_reworded(stored, spoken), MOST_TOLD)
    told = 0
    for number, (was, now) in enumerate(zip(stored, fresh, strict=True), start=1):
        for how in sorted(was.said, key=lambda how: (PAST in how, how)):  # what is simplest to follow first
            before = was.said[how]
            after = now.said.get(how, before)  # a change that this thidua does not make says nothing
            if after != before and told < MOST_TOLD:
                told += 1
                yield (
                    f"checks: of the stored dossier {number} {how} they said {before or 'nothing'}, "
                    f"now {after or 'nothing'}. If that is meant, {WRITE} stores it"
                )


def _reworded(stored: Sequence[Stored], spoken: Sequence[Told]) -> Iterator[str]:
    """What checks tell people in other words than were stored: a number or a name in the wrong place, too."""
    for number, (was, now) in enumerate(zip(stored, spoken, strict=True), start=1):
        for how, before in was.words.items():
            after = now.words.get(how, {})
            for place in before:
                if after.get(place, before[place]) != before[place]:
                    yield (
                        f"checks: of the stored dossier {number} {how}, {place}: they said {before[place]!r}, "
                        f"now {after[place]!r}. If that is meant, {WRITE} stores it"
                    )


def _outgrown(one: Tried, stored: Sequence[Stored]) -> Iterator[str]:
    """Dossiers of a form that was still being written when they were stored."""
    if not stored:
        yield f"holds no dossier; {WRITE} stores some"
    for key in sorted(_answered(stored) - {field.key for field in one.shape.fields}):
        yield f"its dossiers answer {key!r}, which is no field any more; {WRITE} stores others"


def _store(path: Path, one: Tried, stored: Sequence[Stored]) -> None:
    """The dossiers stay, unless the form has outgrown them; where samples fail nothing is kept."""
    drawn = [Stored.of(one, each) for each in covering(one, LEAST)[:MOST]]
    if any(_outgrown(one, stored)) or not _answered(drawn) <= _answered(stored):
        fresh = drawn
    else:
        fresh = [each.heard(one) for each in stored]
    if fresh and fresh != stored:
        _write(path, fresh)


def _answered(dossiers: Iterable[Stored]) -> set[str]:
    return {key for each in dossiers for key in each.answers}


def _write(path: Path, dossiers: Sequence[Stored]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"dossiers": [vars(each) for each in dossiers]}, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(f"{text}\n", "utf-8")


def said_of(one: Tried, stored: Stored, told: Told) -> Said:
    """By change, what all checks of the track say, as ``check place level`` in order.

    ``told`` takes the words.
    """
    base = made_of(stored.nominee, stored.answers)
    found = replace(
        snapshot(one, base, told_apart(typed(one, stored.answers)), Notes(one.shape)),
        texts={slot: (text,) for slot, text in stored.texts.items()},
    )
    said: Said = {}
    for how, dossier in changes(one, found):
        said[how] = _says(one.track.checks, dossier, Nothing(), told.at(how))
    full = peopled(one.shape, found)
    single = replace(full, answers={**full.answers, **{key: Decimal(1) for key in _numbers(one)}})
    for how, past in pasts(full):
        heard = Heard(past, full)
        for where, dossier, asked in (("", full, heard), ("with every number 1 ", single, Heard(past, single))):
            place = f"{where}where {how} {PAST}"
            said[place] = _says(one.track.checks, dossier, asked, told.at(place))
        if how == EVERYTHING:
            said["asking the past"] = "; ".join(dict.fromkeys(heard.asked))
    return said


def _says(
    checks: Sequence[Check], dossier: DossierSnapshot, past: Nothing | Heard, tell: Callable[[Check, Problem], None]
) -> str:
    said: list[str] = []
    for check in checks:
        try:
            found = [each for each in itertools.islice(check(dossier, cast("Past", past)), 20) if _is(each)]
            told = [short(check, each) for each in found]
        except Exception as error:
            found, told = [], [f"{name_of(check)} raised {type(error).__name__}"]
        said += sorted(told)
        for each in found:
            tell(check, each)
    return "; ".join(said)


def _is(given: object) -> bool:
    return isinstance(given, Problem)


def changes(one: Tried, base: DossierSnapshot) -> Iterator[Change]:
    """The dossier, then with one thing changed at a time, to either side of what a check may compare with."""
    yield "as it is", base
    answers = dict(base.answers)
    numbers = sorted(set(base.parameters.values()))
    for field in one.shape.fields:
        value = answers.get(field.key)
        blank: Value = () if isinstance(field, Rows | MultiChoice) else None
        for other in dict.fromkeys((blank, *_others(field, value, numbers, base.nominees))):
            if other != value:
                how = f"with {field.key} = {_shown(other)}"
                yield how, replace(base, answers=answers | {field.key: other})
        if isinstance(field, Rows) and isinstance(value, tuple):
            for how, rows in _other_rows(field, value):
                yield f"with {field.key}{how}", replace(base, answers=answers | {field.key: rows})
    yield from _around(one, base, numbers)


def _numbers(one: Tried) -> list[str]:
    return [field.key for field in one.shape.fields if isinstance(field, Number)]


def _around(one: Tried, base: DossierSnapshot, numbers: Sequence[Decimal]) -> Iterator[Change]:
    """Files, parameters and the call."""
    blank: dict[str, Value] = {
        field.key: () if isinstance(field, Rows | MultiChoice) else None for field in one.shape.fields
    }
    bare = replace(base, documents={slot.key: () for slot in one.shape.documents}, texts={})
    yield "with nothing answered", replace(base, answers=blank)
    yield "with nothing answered and no file", replace(bare, answers=blank)
    for field in one.shape.fields:
        if base.answers.get(field.key) != blank[field.key]:
            answers = {**base.answers, field.key: blank[field.key]}
            yield f"with {field.key} = nothing and no file", replace(bare, answers=answers)
    for slot in one.shape.documents:
        key = slot.key
        yield f"without the file {key}", replace(base, documents={**base.documents, key: ()})
        yield f"with {key} unread", replace(base, texts={**base.texts, key: (None,)})
        for text in ("", "chữ", *_long(numbers)):
            words = len(text.split())
            yield f"with {words} words in the file {key}", replace(base, texts={**base.texts, key: (text,)})
    for parameter in one.shape.parameters:
        for bound in (parameter.minimum, parameter.maximum):
            values = {**base.parameters, parameter.key: Decimal(str(bound))}
            yield f"with the parameter {parameter.key} = {bound}", replace(base, parameters=values)
    for years in (-1, 1):
        period = Period(base.call_period.kind, base.call_period.start + years)
        yield f"in a call of {period}", replace(base, call_period=period)


def _others(field: Field, value: Value, numbers: Sequence[Decimal], nominees: Sequence[Ref]) -> Iterator[Value]:
    if isinstance(field, YesNo):
        yield from (True, False)
    elif isinstance(field, MultiChoice):
        yield from ((option.value,) for option in field.options)
    elif isinstance(field, Choice):
        yield from (option.value for option in field.options)
    elif isinstance(field, Number):
        own = [value] if isinstance(value, Decimal) else []
        bounds = [bound for bound in (field.low, field.high) if bound is not None]
        steps = (-1, 0, 1, Decimal("0.5")) if field.decimals else (-1, 0, 1)
        yield from (Decimal(each + step) for each in (*own, *bounds, *numbers) for step in steps)
    elif isinstance(field, PersonRef):
        yield from nominees
        yield Ref("other", "Người khác")
    elif isinstance(value, Period):
        yield from (Period(value.kind, value.start + years) for years in (-1, 1))
    elif isinstance(value, date):
        yield from (value.replace(day=1, year=value.year + years) for years in (-2, -1, 1, 2))
    elif isinstance(field, Text):
        yield from TYPED
    elif isinstance(value, str) and len(value.split()) > LONG:
        yield from _long(numbers)


def _other_rows(field: Rows, rows: tuple[object, ...]) -> Iterator[tuple[str, Value]]:
    """Fewer lines, the first line twice, and each cell of the first one blank or a little more or less."""
    lines = [dict(row) for row in rows if isinstance(row, Mapping)]
    if not lines:
        return
    yield " without its last line", tuple(lines[:-1])
    yield " with its first line twice", (lines[0], *lines)
    for column in field.columns:
        value = lines[0].get(column.key)
        for other in dict.fromkeys((None, *_others(column, value, (), ()))):
            if other != value and not isinstance(other, tuple):
                changed = {**lines[0], column.key: other}
                yield f".{column.key} = {_shown(other)}", (changed, *lines[1:])


def _long(numbers: Sequence[Decimal]) -> Iterator[str]:
    """Texts of just as many words as a parameter says, and of one more."""
    for number in numbers:
        if number >= LONG and number == int(number):
            yield from (" ".join(["chữ"] * count) for count in (int(number), int(number) + 1))


def _shown(value: Value | object) -> str:
    text = str(value.name if isinstance(value, Ref) else value)
    words = len(text.split())
    return f"{words} words" if words > LONG else "nothing" if value in (None, ()) else text
