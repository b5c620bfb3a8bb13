"""Excel workbooks out: one way to open them, in which a text can never become a formula or a link."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from ..text import clean
from ..times import local_day, show_date

if TYPE_CHECKING:
    from xlsxwriter.format import Format as CellFormat  # type: ignore[import-untyped]  # ships no annotations
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

Cell = str | int | Decimal | date | None
"""A value of a table: text, number, day (a ``datetime`` counts as its day in Việt Nam) or nothing."""

MAX_TEXT = 32_767
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A text that starts so is marked as text, or typing into its cell would turn it into a formula."""

_EXACT = 10**15
_FIRST_DAY = date(1900, 3, 1)  # before it, Excel and the other programs differ by a day
_TEXT = 49  # the built-in format "@"
_LONGEST_NAME = 31
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_BORDER = {"border": 1, "valign": "top", "font_name": "Times New Roman", "font_size": 12}


def cell_name(row: int, column: int, *, absolute: bool = False) -> str:
    """A cell as Excel calls it; rows and columns count from 0 here.

    >>> cell_name(4, 2), cell_name(0, 27, absolute=True)
    ('C5', '$AB$1')
    """
    from xlsxwriter.utility import xl_rowcol_to_cell  # type: ignore[import-untyped]  # noqa: PLC0415 -- slow import

    name: str = xl_rowcol_to_cell(row, column, row_abs=absolute, col_abs=absolute)
    return name


def sheet_name(name: str) -> str:
    """``name`` as a sheet can be called: at most 31 letters, cut between words.

    >>> sheet_name("Kết quả giáo dục học sinh theo năm học")
    'Kết quả giáo dục học sinh theo…'
    """
    text = " ".join(_SHEET_NAME.sub(" ", clean(name)).split())
    if len(text) <= _LONGEST_NAME:
        return text
    words = text[:_LONGEST_NAME].rpartition(" ")[0].rstrip()
    return f"{words}…" if words else text[:_LONGEST_NAME]


class Book:
    """A workbook being written, with the few looks that our sheets use."""

    def __init__(self, *, many_rows: bool = False) -> None:
        import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415 -- slow import

        self._out = io.BytesIO()
        options = _OPTIONS | ({"in_memory": False, "constant_memory": True} if many_rows else {})
        self._book = xlsxwriter.Workbook(self._out, options)
        # The time of making would give other bytes to the same table.
        self._book.set_properties({"created": datetime(2000, 1, 1)})
        self.text = self._format({"num_format": _TEXT, "text_wrap": True})
        # Excel's own mark for "this is text": typing into the cell does not turn it into a formula either.
        self.quoted = self._format({"num_format": _TEXT, "text_wrap": True, "quote_prefix": True})
        # Cells to type into on a protected sheet, whose labels are locked.
        self.open = self._format({"num_format": _TEXT, "text_wrap": True, "locked": False})
        self.open_quoted = self._format({"num_format": _TEXT, "text_wrap": True, "locked": False, "quote_prefix": True})
        self.number = self._format({"num_format": "#,##0.######"})
        self.whole = self._format({"num_format": "#,##0"})
        self.day = self._format({"num_format": "dd/mm/yyyy", "align": "left"})
        self.head = self._format(
            {"num_format": _TEXT, "bold": True, "text_wrap": True, "align": "center", "bg_color": "#F3E9E9"}
        )
        big = {"num_format": _TEXT, "bold": True, "font_name": "Times New Roman", "font_size": 14}
        self.title = self._book.add_format(big)
        self.plain = self._book.add_format({"num_format": _TEXT, "font_name": "Times New Roman", "font_size": 12})

    def sheet(self, name: str) -> Worksheet:
        """A new sheet; a name that Excel refuses is tamed."""
        return self._book.add_worksheet(sheet_name(name) or None)

    def write(self, sheet: Worksheet, row: int, column: int, value: Cell) -> None:
        """One typed cell: numbers as numbers, days as days, everything else as text."""
        if isinstance(value, datetime):
            value = local_day(value)
        if isinstance(value, date) and value >= _FIRST_DAY:
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), self.day)
        elif isinstance(value, int | Decimal) and Decimal(value).is_finite() and abs(Decimal(value)) < _EXACT:
            sheet.write_number(row, column, value, self.whole if value == int(value) else self.number)
        else:
            self.write_text(sheet, row, column, _as_text(value))

    def write_text(self, sheet: Worksheet, row: int, column: int, text: str, look: CellFormat | None = None) -> None:
        """A text cell, cut at Excel's limit (a longer text would be dropped without a word)."""
        text = clean(text)
        if len(text) > MAX_TEXT:
            text = text[: MAX_TEXT - 1] + "…"
        if look is None:
            look = self.quoted if text[:1] in FORMULA else self.text
        if text:
            sheet.write_string(row, column, text, look)
        else:
            sheet.write_blank(row, column, None, look)

    def write_line(self, sheet: Worksheet, row: int, texts: Iterable[str], look: CellFormat | None = None) -> None:
        """Text cells side by side from the first column on."""
        for column, text in enumerate(texts):
            self.write_text(sheet, row, column, text, look)

    def bars(self, sheet: Worksheet, title: str, *, rows: tuple[int, int], labels: int, values: int, at: int) -> None:
        """A native bar chart of one column over the lines ``rows``, both included, placed from the column ``at`` on."""
        chart = self._book.add_chart({"type": "bar"})
        first, last = rows
        chart.add_series(
            {
                "categories": [sheet.get_name(), first, labels, last, labels],
                "values": [sheet.get_name(), first, values, last, values],
                "data_labels": {"value": True},
                "fill": {"color": "#9B1C2E"},
            }
        )
        chart.set_title({"name": clean(title), "name_font": {"size": 12}, "overlay": False})
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True})
        chart.set_size({"width": 620, "height": max(240, 90 + 26 * (last - first + 1))})
        sheet.insert_chart(rows[0], at, chart)

    def to_bytes(self) -> bytes:
        """Close the workbook and return the .xlsx file."""
        self._book.close()
        return self._out.getvalue()

    def _format(self, extra: dict[str, object]) -> CellFormat:
        return self._book.add_format(_BORDER | extra)


def _as_text(value: Cell) -> str:
    if value is None:
        return ""
    return show_date(value) if isinstance(value, date) else str(value)
