"""Reading the Excel forms that offices fill in, and making the empty ones.

People move columns, put titles above the header, retype its labels without
marks and let Excel turn dates into numbers; all of that is understood. What
comes out is text, the same text a page would have posted.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from xml.parsers import expat

from ..errors import BadFile, Invalid, TooLarge
from ..text import clean, clean_line, fold
from ..times import show_date
from .percents import percent_cells
from .workbook import Book, cell_name

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

HEADER_ROWS = 30
MAX_ROWS = 5_000
MAX_COLUMNS = 200
MAX_CELLS = 2_000_000
MAX_EXPANDED = 64 * 1024**2
MAX_PARTS = 500
MAX_ELEMENTS = 3_000_000

_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    OSError,
    RuntimeError,
    ValueError,
    EOFError,
    LookupError,
)
"""What a broken file makes its readers raise; ``LookupError`` where it names an encoding that nobody knows."""
_ZIP = b"PK\x03\x04"
_OTHER_KINDS = {"content.xml", "xl/workbook.bin"}  # OpenDocument, Excel's binary workbook
_CELLS = b"sheetData"  # the element that holds the cells of a sheet
_SHARED = "sharedstrings.xml"  # where the reader finds the texts that cells share
_LONGEST_LABEL = 300
_DIGITS = 15  # those that Excel keeps and shows of a number
_SERIALS = (10_000, 80_000)  # 1927 … 2119: below lie years and running numbers
_EPOCH = date(1899, 12, 30)
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
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

    _guard(path, limit)
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


def _guard(path: Path, limit: int) -> None:
    """Refuse what would cost the reader memory out of proportion: it lays out a full rectangle of each sheet.

    One value in the last cell of a sheet makes that rectangle 17 billion
    cells, and a compressed part may expand a thousandfold.
    """
    left, cells, texts = MAX_EXPANDED, MAX_CELLS, _Texts()
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _require_excel(path, parts)
            for part in parts:
                part.file_size = left + 2  # the stated size may lie; the bytes that come out are counted
                with archive.open(part) as stream:
                    data = stream.read(left + 1)
                left -= len(data)
                if part.filename.lower().endswith(_SHARED) and not _is_xml(data):
                    raise ValueError("no Excel writes such texts, and the reader would take them uncounted")
                if left >= 0:
                    cells -= _count_cells(data, path.name, limit, texts)
                if left < 0 or cells < 0:
                    raise TooLarge("sheet-too-large", name=path.name)
            if texts.laid_out() > MAX_EXPANDED:
                raise TooLarge("sheet-too-large", name=path.name)
    except _UNREADABLE as error:
        raise BadFile("sheet-unreadable", name=path.name) from error


def _require_excel(path: Path, parts: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse what is packed as no Excel packs, and the other kinds of workbook: their cells would not be counted."""
    if len(parts) > MAX_PARTS:
        raise TooLarge("sheet-too-large", name=path.name)
    with path.open("rb") as stream:
        begins = stream.read(len(_ZIP))
    names = {part.filename.replace("\\", "/").lower() for part in parts}
    ways = {part.compress_type for part in parts}  # some cost memory
    if begins != _ZIP or names & _OTHER_KINDS or not ways <= {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise BadFile("sheet-unreadable", name=path.name)


@dataclass
class _Texts:
    """The texts that cells share, and how often each is named: the reader makes a copy for every cell."""

    lists: list[list[int]] = field(default_factory=list)
    named: Counter[int] = field(default_factory=Counter)

    def laid_out(self) -> int:
        """How many letters all cells take, whichever list of texts the reader takes."""
        return max(
            (sum(held[n] * times for n, times in self.named.items() if n < len(held)) for held in self.lists), default=0
        )


class _Guarded:
    """Hears of every element of a part as it comes; keeps no tree: a million empty rows take seconds, no memory."""

    def __init__(self, name: str, limit: int, texts: _Texts, parser: expat.XMLParserType) -> None:
        self.name, self.limit, self.texts, self.parser = name, limit, texts, parser
        self.shared: list[int] = []  # lengths of the texts of this part
        self.shares = False  # whether the cell names one of them
        self.number: list[str] = []
        self.in_text = False
        self.elements = self.row = self.column = 0
        self.last_row = self.last_column = 0  # of the filled cells
        self.stated = 0  # the row that the cell says it stands in; 0 where it says nothing
        self.in_cell = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            raise TooLarge("sheet-too-large", name=self.name)
        kind = tag.rpartition(":")[2]
        if self.in_cell:
            self._filled()
            if kind == "v" and self.shares:
                self.number = []
                self.parser.CharacterDataHandler = self.number.append
        elif kind == "si":
            self._text()
        elif kind == "c":
            # Cells and rows without a reference stand after the one before them.
            self.stated, self.column = _place(attributes.get("r"), self.column)
            self.in_cell, self.shares = True, attributes.get("t") == "s"
        elif kind == "row":
            self.row, self.column = int(attributes.get("r") or self.row + 1), 0

    def end(self, tag: str) -> None:
        kind = tag.rpartition(":")[2]
        if kind == "si":
            self.in_text, self.parser.CharacterDataHandler = False, None
        elif self.in_cell and kind == "v" and self.shares:
            self.parser.CharacterDataHandler = None
            if number := "".join(self.number).strip():
                self.texts.named[int(number)] += 1
        elif self.in_cell and kind == "c":
            self.in_cell = False

    def _text(self) -> None:
        if self.in_text:
            raise ValueError("a text within a text: the reader would count them otherwise")
        self.in_text = True
        self.shared.append(0)
        self.parser.CharacterDataHandler = self._letters

    def _letters(self, data: str) -> None:
        self.shared[-1] += len(data)

    def _filled(self) -> None:
        if max(self.stated, self.row) > self.limit:
            raise TooLarge("sheet-too-long", name=self.name, limit=self.limit)
        if self.column > MAX_COLUMNS:
            raise TooLarge("sheet-too-wide", name=self.name, limit=MAX_COLUMNS)
        self.last_row = max(self.last_row, self.stated, self.row)
        self.last_column = max(self.last_column, self.column)

    def doctype(self, *_: object) -> None:
        raise ValueError("no Excel writes one, and what it declares may grow without end")


def _is_xml(data: bytes) -> bool:
    return data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")


def _count_cells(data: bytes, name: str, limit: int, texts: _Texts) -> int:
    """How many cells the reader will lay out for a part; refused where one stands too far away."""
    if not _is_xml(data):
        if _CELLS in data:
            raise ValueError("no Excel puts anything before the first element, and the reader passes over it")
        return 0
    parser = expat.ParserCreate()
    guarded = _Guarded(name, limit, texts, parser)
    parser.StartElementHandler, parser.EndElementHandler = guarded.start, guarded.end
    parser.StartDoctypeDeclHandler = guarded.doctype
    parser.Parse(data, True)
    if guarded.shared:
        texts.lists.append(guarded.shared)
    return guarded.last_row * guarded.last_column


def _place(reference: str | None, column: int) -> tuple[int, int]:
    """The row (0: not stated) and the column of a cell that follows one in ``column``."""
    if reference is None:
        return 0, column + 1
    match = _REFERENCE.fullmatch(reference.upper())
    if match is None:
        raise ValueError("not a cell reference")
    return int(match[2]), _column_number(match[1])


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
