"""Reading the Excel forms that offices fill in, and making the empty ones.

People move columns, put titles above the header, retype its labels without
marks and let Excel turn dates into numbers; all of that is understood. What
comes out is text, the same text a page would have posted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..errors import BadFile, Invalid
from ..text import clean, clean_line, fold
from ..times import show_date
from .percents import percent_cells
from .sheet_guard import guard
from .workbook import Book, cell_name

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

HEADER_ROWS = 30
MAX_ROWS = 5_000

_LONGEST_LABEL = 300
_DIGITS = 15  # those that Excel keeps and shows of a number
_SERIALS = (10_000, 80_000)  # 1927 … 2119: below lie years and running numbers
_EPOCH = date(1899, 12, 30)
_PANIC = "pyo3_runtime"  # whose PanicException is no Exception: a file that breaks the reader would end a thread
_Value = int | float | str | bool | time | date | datetime | timedelta


@dataclass(frozen=True)
class SheetColumn:
    """A column of a form: ``key`` for the program, ``label`` for people, ``aliases`` other labels it is known by.

    ``kind`` ``"date"`` lets bare Excel serial numbers be read as days.
    ``help`` and ``example`` go to the guide of the empty form.
    """

    key: str
    label: str
    required: bool = False
    kind: Literal["text", "date"] = "text"
    aliases: Sequence[str] = ()
    help: str = ""
    example: str = ""
    width: float = 20


@dataclass(frozen=True)
class SheetForm:
    """One sheet of an Excel form: its name and its columns."""

    name: str
    columns: Sequence[SheetColumn]


@dataclass(frozen=True)
class SheetRow:
    """A filled row: its number as Excel shows it, and the text of every column (``""`` where empty)."""

    number: int
    values: dict[str, str]


def read_rows(
    path: Path, columns: Sequence[SheetColumn], *, sheet: str | None = None, limit: int = MAX_ROWS
) -> list[SheetRow]:
    """The filled rows under the header, blank ones left out.

    ``sheet`` names the sheet (folded names will do); without it the first one
    with a fitting header is taken. ``limit`` is the last row number that may
    hold anything. Columns we do not know are passed over.

    Raises :class:`~thidua.errors.BadFile` for what is no .xlsx,
    :class:`~thidua.errors.TooLarge` beyond the limits, and
    :class:`~thidua.errors.Invalid` when sheet or columns are not found.
    """
    with _opened(path, limit) as book:
        return _read_book(book, columns, sheet)


def sheet_names(path: Path) -> list[str]:
    """The names of the sheets in their order; the same refusals as :func:`read_rows`."""
    with _opened(path, MAX_ROWS) as book:
        return list(book.sheet_names)


def read_grids(path: Path, *, limit: int = MAX_ROWS) -> dict[str, list[list[str]]]:
    """Every sheet as rows of text from A1 on; refused as :func:`read_rows` refuses.

    A formula is its last value, and what is shown in per cent is so here: ``95%``.
    """
    with _opened(path, limit) as book:
        percents = percent_cells(path)
        return {name: _grid(book, name, percents.get(name, set())) for name in book.sheet_names}


def _grid(book: CalamineWorkbook, name: str, percents: set[str]) -> list[list[str]]:
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    texts = [[_as_text(cell, "text") for cell in row] for row in rows]
    for number, row in enumerate(rows if percents else ()):
        for place, cell in enumerate(row):
            if isinstance(cell, bool):  # an int too
                continue
            if isinstance(cell, int | float) and cell_name(number, place) in percents:
                texts[number][place] = f"{_number_text(cell * 100, 'text')}%"
    return texts


def template_xlsx(forms: Sequence[SheetForm], *, guide: Sequence[str] = ()) -> bytes:
    """An empty form: a sheet per form with its header, and "Hướng dẫn" explaining each column.

    Required columns carry ``(*)``. Cells are formatted as text, so that codes
    keep their leading zeros. ``guide`` are sentences put above the table.
    """
    book = Book()
    for form in forms:
        sheet = book.sheet(form.name)
        for index, column in enumerate(form.columns):
            sheet.set_column(index, index, column.width, book.plain)
        book.write_line(sheet, 0, (_marked(column) for column in form.columns), book.head)
        sheet.freeze_panes(1, 0)
    _write_guide(book, forms, guide)
    return book.to_bytes()


def _write_guide(book: Book, forms: Sequence[SheetForm], guide: Sequence[str]) -> None:
    sheet = book.sheet("Hướng dẫn")
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    for index, width in enumerate((22, 26, 12, 60, 28)):
        sheet.set_column(index, index, width)
    book.write_text(sheet, 0, 0, "Hướng dẫn điền", book.title)
    sentences = [*guide, "Cột có dấu (*) là bắt buộc. Ngày ghi theo mẫu 05/02/2026. Không đổi tên cột ở dòng đầu."]
    for number, sentence in enumerate(sentences, start=1):
        book.write_text(sheet, number, 0, sentence, book.plain)
    row = len(sentences) + 2
    book.write_line(sheet, row, ("Trang tính", "Cột", "Bắt buộc", "Cách điền", "Ví dụ"), book.head)
    for form in forms:
        for column in form.columns:
            row += 1
            needed = "có" if column.required else "không"
            book.write_line(sheet, row, (form.name, column.label, needed, column.help, column.example))


@contextmanager
def _opened(path: Path, limit: int) -> Iterator[CalamineWorkbook]:
    """The workbook, once it is known to be within the limits; what cannot be read of it is refused."""
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 -- slow import

    guard(path, limit)
    try:
        with CalamineWorkbook.from_path(path) as book:
            yield book
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise BadFile("sheet-unreadable", name=path.name) from error
    except BaseException as error:
        if type(error).__module__ != _PANIC:
            raise
        raise BadFile("sheet-unreadable", name=path.name) from error


def _marked(column: SheetColumn) -> str:
    return f"{column.label} (*)" if column.required else column.label


def _read_book(book: CalamineWorkbook, columns: Sequence[SheetColumn], wanted: str | None) -> list[SheetRow]:
    names = list(book.sheet_names)
    if wanted is not None:
        names = [name for name in names if _header_key(name) == _header_key(wanted)]
        if not names:
            raise Invalid("sheet-missing", sheet=wanted, names=", ".join(book.sheet_names))
    refused: Invalid | None = None
    for name in names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        try:
            header, places = _find_header(rows, columns)
        except Invalid as error:
            # Of several sheets, the one that came nearest to fitting is worth talking about.
            if refused is None or error.code == "sheet-columns-missing":
                refused = error
        else:
            return list(_filled(rows, header, places, columns))
    raise refused or _no_header(columns)


def _filled(
    rows: Sequence[Sequence[_Value]], header: int, places: dict[str, int], columns: Sequence[SheetColumn]
) -> Iterator[SheetRow]:
    for index, row in enumerate(rows[header + 1 :], start=header + 2):
        values = {
            column.key: _as_text(row[places[column.key]], column.kind) if column.key in places else ""
            for column in columns
        }
        if any(values.values()):
            yield SheetRow(index, values)


def _find_header(rows: Sequence[Sequence[_Value]], columns: Sequence[SheetColumn]) -> tuple[int, dict[str, int]]:
    """The index of the header row and where each column stands in it."""
    keys = {_header_key(label): column for column in columns for label in (column.label, *column.aliases)}
    best, found = -1, list[tuple[SheetColumn, int]]()
    for index, row in enumerate(rows[:HEADER_ROWS]):
        hits = [(keys[key], place) for place, cell in enumerate(row) if (key := _header_key(str(cell))) in keys]
        if len({column.key for column, _ in hits}) > len({column.key for column, _ in found}):
            best, found = index, hits
    if best < 0:
        raise _no_header(columns)
    places: dict[str, int] = {}
    for column, place in found:
        if column.key in places:
            raise Invalid("sheet-column-twice", column=column.label, row=best + 1)
        places[column.key] = place
    if missing := [column.label for column in columns if column.required and column.key not in places]:
        raise Invalid("sheet-columns-missing", columns=", ".join(missing), row=best + 1)
    return best, places


def _no_header(columns: Sequence[SheetColumn]) -> Invalid:
    needed = [column.label for column in columns if column.required] or [column.label for column in columns]
    return Invalid("sheet-no-header", columns=", ".join(needed), rows=HEADER_ROWS)


def _header_key(label: str) -> str:
    """What of a label is compared: letters and digits, without marks, case or what stands in brackets."""
    # No label is longer; thousands of opening brackets would be tried one by one.
    return " ".join(re.findall(r"\w+", fold(re.sub(r"\([^)]*\)", " ", clean_line(label[:_LONGEST_LABEL])))))


def _as_text(value: _Value, kind: str) -> str:
    if isinstance(value, str):
        return clean(value).strip()
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, int | float):
        return _number_text(value, kind)
    if isinstance(value, date):
        clock = f" {value:%H:%M}" if isinstance(value, datetime) and value.time() != time() else ""
        return show_date(value) + clock
    return f"{value:%H:%M}" if isinstance(value, time) else _duration_text(value)


def _duration_text(value: timedelta) -> str:
    """Hours and minutes, as Excel shows a time that runs over days: 30:15."""
    minutes = abs(round(value.total_seconds() / 60))
    return f"{'-' if value < timedelta() else ''}{minutes // 60:02d}:{minutes % 60:02d}"


def _number_text(value: float, kind: str) -> str:
    if kind == "date" and _SERIALS[0] <= value <= _SERIALS[1] and value == int(value):
        return show_date(_EPOCH + timedelta(days=int(value)))
    # A comma, because in a number written here a dot groups thousands.
    return f"{Decimal(f'{value:.{_DIGITS}g}').normalize():f}".replace(".", ",")
