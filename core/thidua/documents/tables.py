"""One description of a table → rows of a page, a Word table, an Excel sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from ..times import local_day, show_date, show_number
from .layout import ND30, Format
from .word import Align, Grid, Para
from .workbook import Book, Cell

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # ships no annotations

Kind = Literal["text", "number", "date"]
_MANY_ROWS = 5_000
_LONG = 100  # letters: no cell with fewer makes its row as high as
_TALL = 110  # a row higher than this, in millimetres, may go over to the next page: it might not fit on one


@dataclass(frozen=True)
class Column:
    """``width`` is in millimetres on paper, scaled so that all columns fill the page."""

    key: str
    label: str
    kind: Kind = "text"
    width: float = 30


@dataclass(frozen=True)
class Table:
    """A table for people. Cells are looked up by column key; a missing one is empty.

    ``numbered`` puts an "Stt" column in front. ``totals`` is one more row at
    the end, in bold, its first empty text cell reading "Cộng". ``headings`` are
    lines of their own before the row of that index; in Excel they are a column
    called ``heading``, so that rows can still be sorted and filtered; where a column is called so, that one is enough.
    ``notes`` are sentences under it that its reader needs.

    >>> table = Table("Kết quả", (Column("name", "Họ tên"), Column("points", "Điểm", "number", 15)),
    ...     [{"name": "An", "points": Decimal("9.50")}])
    >>> page_rows(table)
    [['An', '9,5']]
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Cell]]
    totals: Mapping[str, Cell] = field(default_factory=dict)
    numbered: bool = False
    headings: Mapping[int, str] = field(default_factory=dict)
    heading: str = ""
    notes: Sequence[str] = ()

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        if not keys or len(set(keys)) != len(keys):
            raise ValueError("a table needs columns with keys of their own")

    @property
    def wide(self) -> bool:
        """Whether it needs a landscape page."""
        return sum(column.width for column in self.shown_columns) > ND30.text_width()

    @property
    def shown_columns(self) -> tuple[Column, ...]:
        """The columns with the running number in front, if there is one."""
        number = (Column("", "Stt", "number", 11),) if self.numbered else ()
        return (*number, *self.columns)

    def cells(self) -> list[list[Cell]]:
        """The values of all rows in the order of :attr:`shown_columns`."""
        lines: list[list[Cell]] = []
        for index, row in enumerate(self.rows, start=1):
            number: list[Cell] = [index] if self.numbered else []
            lines.append(number + [row.get(column.key) for column in self.columns])
        return lines

    def total_cells(self) -> list[Cell]:
        """The row of totals, or nothing when there are none."""
        if not self.totals:
            return []
        line = [self.totals.get(column.key) for column in self.shown_columns]
        for index, column in enumerate(self.shown_columns):
            if column.kind == "text" and line[index] is None:
                line[index] = "Cộng"
                break
        return line


def show_cell(value: Cell) -> str:
    """A value as people read it: 1.234,5 · 05/02/2026 · the text itself.

    >>> show_cell(Decimal("1234.50")), show_cell(date(2026, 2, 5)), show_cell(None)
    ('1.234,5', '05/02/2026', '')
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return show_date(local_day(value))
    if isinstance(value, date):
        return show_date(value)
    if isinstance(value, int | Decimal) and Decimal(value).is_finite():
        return show_number(value)
    return str(value)


def page_rows(table: Table) -> list[list[str]]:
    """Formatted cells for a page, totals not included; the template escapes them."""
    return [[show_cell(value) for value in line] for line in table.cells()]


def page_totals(table: Table) -> list[str]:
    """The formatted row of totals; empty when the table has none."""
    return [show_cell(value) for value in table.total_cells()]


def table_grid(table: Table, width_mm: float, *, size: float | None = None, style: Format = ND30) -> Grid:
    """The table as a Word table ``width_mm`` wide, its header repeated on each page."""
    size = size or style.table
    columns = table.shown_columns
    scale = width_mm / sum(column.width for column in columns)
    widths = [column.width * scale for column in columns]
    rows = [[_cell(column.label, "text", size, bold=True, center=True) for column in columns]]
    tall = set()
    for index, line in enumerate(table.cells()):
        if index in table.headings:
            rows.append([[Para(table.headings[index], bold=True, size=size, keep_next=True)]])
        shown = [show_cell(value) for value in line]
        if max(map(len, shown)) > _LONG and _height(shown, widths, size) > _TALL:
            tall.add(len(rows))
        rows.append([_cell(text, column.kind, size) for text, column in zip(shown, columns, strict=True)])
    if totals := table.total_cells():
        rows.append([_cell(show_cell(v), c.kind, size, bold=True) for v, c in zip(totals, columns, strict=True)])
    return Grid(rows, widths, header_rows=1, tall=frozenset(tall))


def _height(texts: Sequence[str], widths: Sequence[float], size: float) -> float:
    """About how many millimetres a row takes."""
    letter, line = size * 0.17, size * 0.42
    lines = (
        sum(1 + int(len(part) * letter / max(width - 2.4, 1)) for part in text.split("\n"))
        for text, width in zip(texts, widths, strict=True)
        if text
    )
    return max(lines, default=1) * line


def table_workbook(table: Table) -> bytes:
    """The table as an .xlsx file: title, frozen header with filters, typed cells."""
    book = Book(many_rows=len(table.rows) > _MANY_ROWS)
    write_sheet(book, table)
    return book.to_bytes()


HEAD_ROW = 2
"""The row of a sheet, counted from 0, in which the headings stand."""


def write_sheet(book: Book, table: Table, name: str = "") -> Worksheet:
    """The table as one more sheet of a workbook, ready to be filtered and printed."""
    sheet = book.sheet(name or table.title)
    apart = bool(table.headings) and all(table.heading != column.label for column in table.shown_columns)
    columns = (*table.shown_columns, *((Column("heading", table.heading),) if apart else ()))
    for index, column in enumerate(columns):
        sheet.set_column(index, index, max(6.0, column.width / 1.9))
    book.write_text(sheet, 0, 0, table.title, book.title)
    book.write_line(sheet, HEAD_ROW, (column.label for column in columns), book.head)
    lines, heading = table.cells(), ""
    for number, line in enumerate(lines):
        heading = table.headings.get(number, heading)
        for index, value in enumerate([*line, heading] if apart else line):
            book.write(sheet, HEAD_ROW + 1 + number, index, value)
    totals = table.total_cells()
    for index, value in enumerate(totals):
        book.write(sheet, HEAD_ROW + 1 + len(lines), index, value)
    below = HEAD_ROW + 2 + len(lines) + bool(totals)
    for index, note in enumerate(table.notes):
        book.write_text(sheet, below + index, 0, note, book.plain)
    sheet.freeze_panes(HEAD_ROW + 1, 0)
    sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + len(lines), len(columns) - 1)
    sheet.repeat_rows(HEAD_ROW)
    sheet.set_paper(9)
    if table.wide:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    return sheet


def _cell(text: str, kind: Kind, size: float, *, bold: bool = False, center: bool = False) -> list[Para]:
    align: Align = "left"
    if center or kind == "date":
        align = "center"
    elif kind == "number":
        align = "right"
    return [Para(part, align=align, bold=bold, size=size) for part in text.split("\n")]
