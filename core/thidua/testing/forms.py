"""The form as people will use it: every field can be answered, every document can be attached."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from thidua.files.kinds import KINDS
from thidua.plugin import Choice, Document, Field, LongText, MultiChoice, Number, PersonRef, Rows
from thidua.plugin.problems import did_you_mean
from thidua.testing.subject import Subject, Tried

LETTERS_A_WORD = 5
"""A Vietnamese syllable and its blank, on average a little less."""


def usable(subject: Subject) -> Iterator[str]:
    """Limits that fit together, kinds of files that are taken, something that is required."""
    for one in subject.tracks:
        marked = [field for field in one.shape.fields if field.required]
        if not marked and not any(document.required for document in one.shape.documents):
            yield (
                f"{one.place}: nothing is required, so an empty form could be handed over; "
                "write required=True where an answer is needed"
            )
        for field in one.shape.fields:
            columns = field.columns if isinstance(field, Rows) else ()
            for spec in (field, *columns):
                yield from (f"{one.place}: field {spec.key!r}: {fault}" for fault in _field(spec))
            if columns and not any(column.required for column in columns):
                yield (
                    f"{one.place}: field {field.key!r}: no column is required, so half a line counts; "
                    "write required=True in one of them"
                )
        for document in one.shape.documents:
            yield from (f"{one.place}: document {document.key!r}: {fault}" for fault in _document(document))
        yield from _blind(one)


def _field(field: Field) -> Iterator[str]:
    if isinstance(field, Number):
        grain = Decimal(1).scaleb(-field.decimals)
        for name, bound in (("minimum", field.low), ("maximum", field.high)):
            if bound is not None and bound % grain:
                yield f"{name} {bound} can never be typed with {field.decimals} decimals; raise decimals or move it"
        if field.low is not None and field.low == field.high:
            yield f"minimum and maximum are both {field.low}; a question with one answer is no question"
    words = field.max_words if isinstance(field, LongText) and isinstance(field.max_words, int) else 0
    if isinstance(field, LongText) and words * LETTERS_A_WORD > field.max_chars:
        yield f"{words} words do not fit into {field.max_chars} letters; write max_chars={words * 8} or fewer words"
    if isinstance(field, Choice) and not isinstance(field, MultiChoice) and len(field.options) < 2:
        yield f"one option, {field.options[0].value!r}; a choice has two at least, or is a YesNo"
    if isinstance(field, Rows) and field.min_rows and not field.required:
        yield f"min_rows={field.min_rows} without required=True; an empty table would pass, mark it"


def _document(document: Document) -> Iterator[str]:
    for extension in document.accept:
        if extension not in KINDS:
            yield (
                f"accepts {extension!r}, which thidua does not take{did_you_mean(extension, KINDS)}; "
                f"there are {', '.join(KINDS)}"
            )


def _blind(one: Tried) -> Iterator[str]:
    judging = one.shape.judging
    if judging is None or not judging.blind:
        return
    for field in one.shape.fields:
        columns = field.columns if isinstance(field, Rows) else (field,)
        if any(isinstance(each, PersonRef) and not (each.identifying or field.identifying) for each in columns):
            yield f"{one.place}: field {field.key!r} names a person to blind judges; write identifying=True"
