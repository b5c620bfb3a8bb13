"""Reports: every column can be filled, and the files open whatever stands in them."""

from __future__ import annotations

from collections.abc import Iterator

from thidua.plugin import LongText, Report, Rows, Shape
from thidua.testing.subject import Subject, Tried

NEEDS = {"total": "a rubric", "class": "classes", "prize": "prizes"}


def open_everywhere(subject: Subject) -> Iterator[str]:
    """Columns have something to say in every track they cover."""
    for one in subject.tracks:
        for report in one.shape.reports:
            for fault in _columns(one.shape, report):
                yield f"{one.place}: report {report.key!r}: {fault}"
    yield from _covered(subject.tracks)


def _columns(form: Shape, report: Report) -> Iterator[str]:
    there = {"total": form.rubric is not None, "class": bool(form.classes), "prize": bool(form.prizes)}
    for source in report.sources:
        if not there.get(source, True):
            yield f"{source!r} is always empty without {NEEDS[source]}; take it out, or write tracks= without this one"
    fields = {f"field:{field.key}": field for field in form.fields}
    for use, source in (("group_by", report.group_by), *(("order", each.removeprefix("-")) for each in report.order)):
        if isinstance(fields.get(source), LongText | Rows):
            yield f"{use} names {source!r}, a {fields[source].kind}; sort by a short answer"
    if report.group_by in ("number", "total", "nominee", "code"):
        yield f"group_by {report.group_by!r} gives a group for each line; group by unit, class, or a choice"
    if not {"nominee", "code"} & {column.source for column in report.columns}:
        yield "nobody could tell whose line it is; add Column('nominee', …) or Column('code', …)"


def _covered(tracks: tuple[Tried, ...]) -> Iterator[str]:
    """Whoever judges needs to see what came of it."""
    for one in tracks:
        shown = {column.source for report in one.shape.reports for column in report.columns}
        if one.shape.rubric is not None and one.shape.judging is not None and not {"total", "class", "prize"} & shown:
            yield f"{one.place}: it is judged, but no report shows a total, class or prize; add a Report with one"
