"""Samples show a form off: choices are made both ways, tables have more lines and fewer, words are fit to be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from thidua.plugin import Choice, Field, JsonValue, LongText, MultiChoice, Rows, Sample, Text, YesNo
from thidua.testing.subject import Tried
from thidua.testing.texts import text_faults, word_faults

ENOUGH = 6
"""So many answers of one kind are no accident when all of them are the same."""

Answers = Mapping[str, JsonValue]


def monotonous(one: Tried, shown: Sequence[Answers]) -> Iterator[str]:
    """Choices that are never made otherwise, and tables that always have so many lines."""
    for field in one.shape.fields:
        given = [answers[field.key] for answers in shown if answers.get(field.key) not in (None, "", [], {})]
        if len(given) < ENOUGH:
            continue
        if _chosen(one, field) and _one(given):
            yield f"field {field.key!r} is always {_said(given[0])}; let rng choose among its answers"
        if isinstance(field, Rows):
            yield from _rows(field, [value for value in given if isinstance(value, list)], always=len(shown))


def _chosen(one: Tried, field: Field) -> bool:
    """Whether people choose there among answers that all may stand; a pledge has only one such."""
    shows = any(each.show_if is not None and each.show_if.field == field.key for each in one.shape.fields)
    return isinstance(field, Choice | MultiChoice) or (isinstance(field, YesNo) and (field.facet or shows))


def _rows(field: Rows, tables: Sequence[list[JsonValue]], *, always: int) -> Iterator[str]:
    lengths = {len(table) for table in tables}
    if len(lengths) == 1 and len(tables) == always and field.min_rows != field.max_rows:
        lines = "one line" if lengths == {1} else f"{lengths.pop()} lines"
        yield f"table {field.key!r} always has {lines}; let some dossiers have more, or fewer"
    rows = [row for table in tables for row in table if isinstance(row, dict)]
    for column in field.columns:
        cells = [row[column.key] for row in rows if row.get(column.key) not in (None, "")]
        if isinstance(column, Choice | MultiChoice) and len(cells) >= ENOUGH and _one(cells):
            yield f"column '{field.key}.{column.key}' is always {_said(cells[0])}; let rng choose among its answers"


def _one(given: Sequence[JsonValue]) -> bool:
    return all(each == given[0] for each in given)


def _said(value: JsonValue) -> str:
    return repr({True: "yes", False: "no"}[value] if isinstance(value, bool) else value)


def ill_written(one: Tried, samples: Sequence[Sample]) -> Iterator[str]:
    """What stands in the samples as nobody would type it; the first fault of each place."""
    told: set[str] = set()
    for sample in samples:
        for place, text in _texts(one, sample):
            words = word_faults(text) if len(text.split()) >= ENOUGH else ()  # fewer may be a product, a name, a code
            for fault in (*text_faults(text), *words):
                if place not in told:
                    told.add(place)
                    yield f"{place} says {fault}"
        if one.track.subject == "person" and "nominee" not in told:
            told |= {"nominee"} if _no_name(sample.nominee) else set()
            yield from ["nominee " + repr(sample.nominee) + " is no name as it is printed"] * _no_name(sample.nominee)


def _no_name(name: str) -> bool:
    return "  " in name or any(word[0].islower() for word in name.split())


def _texts(one: Tried, sample: Sample) -> Iterator[tuple[str, str]]:
    yield "the nominee", sample.nominee
    for field in one.shape.fields:
        yield from _typed(f"field {field.key!r}", field, sample.answers.get(field.key))
    for file in sample.files:
        for text in (file.title, *file.paragraphs, *(cell for row in file.rows for cell in row)):
            yield f"document {file.slot!r}", text


def _typed(place: str, field: Field, value: JsonValue) -> Iterator[tuple[str, str]]:
    if isinstance(field, Text | LongText) and isinstance(value, str):
        yield place, value
    elif isinstance(field, Rows) and isinstance(value, list):
        for row in value:
            for column in field.columns if isinstance(row, dict) else ():
                yield from _typed(f"column '{field.key}.{column.key}'", column, row.get(column.key))  # type: ignore[union-attr]
