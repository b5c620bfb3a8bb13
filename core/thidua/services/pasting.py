"""Rows of a table as they are copied in a spreadsheet: lines, with tabs between the cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from thidua.documents.form_book import typed
from thidua.errors import Invalid
from thidua.plugin import Field, JsonValue, Rows
from thidua.text import clean, clean_line, fold


def pasted(spec: Rows, text: str, *, before: int = 0) -> list[dict[str, JsonValue]]:
    """The rows of ``text`` as a page would have sent them, empty ones left out.

    Cells stand in the order of the columns, or in the order of a first line that names them; labels of options
    become their values. Raises :class:`Invalid` ``paste-many`` when they would make more rows than the table may
    have, with the ``before`` that are there, and ``paste-wide`` for a line with more cells than there are columns.

    >>> from thidua.plugin import Text, YesNo
    >>> spec = Rows("a", "A", columns=(Text("ten", "Tên"), YesNo("co", "Có giấy")))
    >>> pasted(spec, "Có giấy\\tTên\\nkhông\\tLớp 4A\\n")
    [{'ten': 'Lớp 4A', 'co': 'no'}]
    """
    lines = [line for line in _lines(text) if any(line)]
    columns: Sequence[Field | None] = spec.columns
    if lines and (named := _named(spec, lines[0])):
        columns, lines = named, lines[1:]
    if before + len(lines) > spec.max_rows:
        raise Invalid("paste-many", label=spec.label, count=len(lines), before=before, limit=spec.max_rows)
    rows: list[dict[str, JsonValue]] = []
    for number, line in enumerate(lines, start=1):
        if any(line[len(columns) :]):
            raise Invalid("paste-wide", label=spec.label, row=number, count=len(line), limit=len(columns))
        cells = {c.key: typed(c, cell) for c, cell in zip(columns, line, strict=False) if c is not None}
        rows.append({column.key: cells.get(column.key, "") for column in spec.columns})
    return rows


def _lines(text: str) -> list[list[str]]:
    """Cells with line breaks stand in quotation marks, as Excel copies them."""
    try:
        found = list(csv.reader(io.StringIO(clean(text)), dialect="excel-tab"))
    except csv.Error:  # a cell longer than the reader takes
        found = [line.split("\t") for line in clean(text).split("\n")]
    return [[cell.strip() for cell in line] for line in found]


def _named(spec: Rows, first: Sequence[str]) -> list[Field | None]:
    """The columns that a first line names, in its order; empty when it is a line of answers."""
    by_label = {_bare(column.label): column for column in spec.columns}
    found = [by_label.get(_bare(cell)) for cell in first]
    hits = [column for column in found if column is not None]
    return found if len(hits) >= min(2, len(spec.columns)) and len(set(hits)) == len(hits) else []


def _bare(label: str) -> str:
    return fold(clean_line(label.replace("(*)", " ")))
