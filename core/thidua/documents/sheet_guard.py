"""What an Excel file may cost its reader, found out before it is read: cells, texts, bytes."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from ..errors import BadFile, TooLarge

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
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def guard(path: Path, limit: int) -> None:
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
