"""A dossier's form as an Excel file: filled in without a connection, and read back cell by cell.

A sheet per section for what has one answer, a sheet per table, and a hidden one that says which dossier and
which form the file is of. What people can type into is text, so that codes keep their zeros and nothing becomes a
formula; labels are locked. Sheets are known by the keys in their hidden first column or row, not by their names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import Invalid
from ..plugin import Choice, Equals, Field, JsonValue, MultiChoice, PersonRef, Rows, Section, Shape, UnitRef, YesNo
from ..text import clean, clean_line, fold
from .sheets import read_grids
from .workbook import FORMULA, MAX_TEXT, Book, cell_name, sheet_name

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # ships no annotations

STAMP, LISTS = "_thidua", "_danh_sach"
FORMAT = "1"
TICK = "x"
_NO_TICK = ("", "khong", "0", "-")
YES = {"yes": "Có", "no": "Không"}
_SINGLES = "#muc"
_FACTS = ("slug", "edition", "track", "definition", "dossier", "code")
_TABLE_ROW = 2  # below the hidden keys and the labels
_SEARCHED = 10  # rows: people may insert some above the keys or the labels
_TOO_LONG = "(quá dài cho một ô Excel: hãy sửa trên trang)"
_PROTECTED = {
    "format_columns": True,
    "format_rows": True,
    "insert_rows": True,
    "sort": True,
    "select_locked_cells": True,
}


@dataclass(frozen=True)
class Stamp:
    """Which form a file is: the campaign, edition and track, the definition's SHA-256, the dossier and its code."""

    slug: str
    edition: str
    track: str
    definition: str
    dossier: str
    code: str


@dataclass(frozen=True)
class Stood:
    """What stood in a field when the file was made: its mark, and of a reference the id with the name shown."""

    mark: str = ""
    id: str = ""
    name: str = ""


@dataclass(frozen=True)
class Filled:
    """A file as it came back: raw values by field key, and where each stands.

    ``cells`` maps a place (``ten``, ``tac_gia.0.ti_le``) to what people find it by: sheet and cell.
    """

    stamp: Stamp
    stood: Mapping[str, Stood]
    raw: Mapping[str, JsonValue]
    cells: Mapping[str, str]


# one answer as the text of a cell -----------------------------------------------


def labels_of(spec: Choice) -> dict[str, str]:
    """Label by value, made distinct where two options are called the same."""
    labels = [option.label for option in spec.options]
    return {o.value: o.label if labels.count(o.label) == 1 else f"{o.label} ({o.value})" for o in spec.options}


def shown(spec: Field, raw: JsonValue) -> str:
    """What a cell says for what was typed; :func:`typed` is the way back."""
    if isinstance(raw, Mapping):
        return clean_line(str(raw.get("name", "")))
    text = clean(raw).strip() if isinstance(raw, str) else ""
    if isinstance(spec, Choice):
        return labels_of(spec).get(text, text)
    return YES.get(text, text) if isinstance(spec, YesNo) else text


def typed(spec: Field, text: str) -> JsonValue:
    """What a page would have sent for the text of a cell.

    A label is found without regard to case and marks, where no other one is like it.

    >>> typed(YesNo("a", "A"), "CÓ"), typed(YesNo("a", "A"), "chắc vậy")
    ('yes', 'chắc vậy')
    """
    text = clean(text).strip()
    offered = labels_of(spec) if isinstance(spec, Choice) else YES if isinstance(spec, YesNo) else {}
    for near in (str, _lowered, _folded):
        alike = [value for value, label in offered.items() if near(label) == near(text)]
        if len(alike) == 1:
            return alike[0]
    return text


def _lowered(text: str) -> str:
    return clean_line(text).lower()


def _folded(text: str) -> str:
    return fold(clean_line(text))


def normal(spec: Field, raw: JsonValue) -> JsonValue:
    """``raw`` as it comes back from a file that nobody changed. Two raw values with one normal form mean the same."""
    if isinstance(spec, Rows):
        lines = [row for row in raw if isinstance(row, Mapping)] if isinstance(raw, list) else []
        kept = [{c.key: typed(c, shown(c, row.get(c.key))) for c in spec.columns} for row in lines]
        return [row for row in kept if any(row.values())]
    if isinstance(spec, MultiChoice):
        chosen = raw if isinstance(raw, list) else []
        return [value for value in spec.labels if value in chosen]
    if isinstance(spec, PersonRef | UnitRef):
        parts = raw if isinstance(raw, Mapping) else {}
        made = {part: clean_line(str(parts.get(part, ""))) for part in ("id", "name")}
        return dict(made) if made["name"] else {}
    return typed(spec, shown(spec, raw))


# writing ------------------------------------------------------------------------


def form_book(form: Shape, raw: Mapping[str, JsonValue], stamp: Stamp, marks: Mapping[str, str]) -> bytes:
    """The .xlsx file of a dossier's form with what was typed so far. ``marks`` are fingerprints by field key."""
    writer = _Writer(form, raw)
    for section in form.sections:
        writer.section(section)
        for spec in section.fields:
            if isinstance(spec, Rows):
                writer.table(spec)
    writer.finish(stamp, marks)
    return writer.book.to_bytes()


class _Writer:
    def __init__(self, form: Shape, raw: Mapping[str, JsonValue]) -> None:
        self.form, self.raw, self.book = form, raw, Book()
        self.lists: list[Sequence[str]] = []
        self._names: set[str] = set()

    def section(self, section: Section) -> None:
        singles = [spec for spec in section.fields if not isinstance(spec, Rows)]
        if not singles:
            return
        sheet = self.sheet(section.title)
        for column, width in enumerate((2, 38, 64, 56)):
            sheet.set_column(column, column, width, None, {"hidden": column == 0})
        self.book.write_line(sheet, 0, (_SINGLES, "Mục", "Trả lời", "Cách điền"), self.book.head)
        sheet.freeze_panes(1, 2)
        lines = (line for spec in singles for line in self.lines(spec))
        for row, (key, label, text, spec) in enumerate(lines, start=1):
            self.single(sheet, row, (key, label, text), spec)

    def lines(self, spec: Field) -> Iterator[tuple[str, str, str, Field]]:
        """Key, label and answer of each line of a field: a line per option where many may be chosen."""
        given = self.raw.get(spec.key)
        if not isinstance(spec, MultiChoice):
            yield spec.key, _marked(spec), shown(spec, given), spec
            return
        for value, label in labels_of(spec).items():
            ticked = isinstance(given, list) and value in given
            yield f"{spec.key}={value}", f"{_marked(spec)}: {label}", TICK if ticked else "", spec

    def single(self, sheet: Worksheet, row: int, line: tuple[str, str, str], spec: Field) -> None:
        key, label, text = line
        long = len(text) > MAX_TEXT
        self.book.write_text(sheet, row, 0, f"-{key}" if long else key)
        self.book.write_text(sheet, row, 1, label)
        if long:
            self.book.write_text(sheet, row, 2, _TOO_LONG)
        else:
            self.answer(sheet, row, 2, text)
        self.book.write_text(sheet, row, 3, " ".join(filter(None, (spec.help, _condition(self.form, spec)))))
        self.choices(sheet, (row, 2, row, 2), _offered(spec))

    def table(self, spec: Rows) -> None:
        sheet, lines = self.sheet(spec.label), self.table_lines(spec)
        # Cut texts would come back as changed ones: such a table is shown, and not read.
        unread = "-" if any(len(text) > MAX_TEXT for line in lines for text in line) else ""
        for place, column in enumerate(spec.columns):
            sheet.set_column(place, place, 40 if column.kind in ("Text", "LongText", "Link") else 18, self.book.open)
            self.book.write_text(sheet, 0, place, f"{unread}{spec.key}.{column.key}")
            self.book.write_text(sheet, 1, place, _marked(column), self.book.head)
            last = _TABLE_ROW + spec.max_rows - 1
            self.choices(sheet, (_TABLE_ROW, place, last, place), _offered(column))
        sheet.set_row(0, None, None, {"hidden": True})
        sheet.freeze_panes(_TABLE_ROW, 0)
        for row, line in enumerate(lines, start=_TABLE_ROW):
            for place, text in enumerate(line):
                self.answer(sheet, row, place, text if len(text) <= MAX_TEXT else _TOO_LONG)
        if unread:
            self.book.write_text(sheet, 1, len(spec.columns), "Bảng này có ô quá dài cho Excel: hãy sửa trên trang")

    def table_lines(self, spec: Rows) -> list[list[str]]:
        """What the cells of a table say."""
        rows = self.raw.get(spec.key)
        lines = [line for line in rows if isinstance(line, Mapping)] if isinstance(rows, list) else []
        return [[shown(column, line.get(column.key)) for column in spec.columns] for line in lines]

    def answer(self, sheet: Worksheet, row: int, column: int, text: str) -> None:
        self.book.write_text(sheet, row, column, text, self.book.open_quoted if text[:1] in FORMULA else self.book.open)

    def choices(self, sheet: Worksheet, cells: tuple[int, int, int, int], offered: Sequence[str]) -> None:
        if not offered:
            return
        if offered not in self.lists:
            self.lists.append(offered)
        at = self.lists.index(offered)
        first, last = (cell_name(row, at, absolute=True) for row in (0, len(offered) - 1))
        source = f"={LISTS}!{first}:{last}"
        sheet.data_validation(*cells, {"validate": "list", "source": source, "error_type": "warning"})

    def sheet(self, title: str) -> Worksheet:
        """A protected sheet; Excel wants names apart, at most 31 letters long."""
        for number in count(1):
            name = title if number == 1 else f"{title[:26]} ({number})"
            if fold(sheet_name(name)) not in self._names:
                break
        self._names.add(fold(sheet_name(name)))
        sheet = self.book.sheet(name)
        sheet.protect("", _PROTECTED)
        return sheet

    def finish(self, stamp: Stamp, marks: Mapping[str, str]) -> None:
        lists = self.book.sheet(LISTS)
        for column, offered in enumerate(self.lists):
            for row, text in enumerate(offered):
                self.book.write_text(lists, row, column, text)
        lists.very_hidden()
        sheet = self.book.sheet(STAMP)
        self.book.write_line(sheet, 0, ("format", FORMAT))
        for row, name in enumerate(_FACTS, start=1):
            self.book.write_line(sheet, row, (name, getattr(stamp, name)))
        for row, spec in enumerate(self.form.fields, start=len(_FACTS) + 1):
            held = normal(spec, self.raw.get(spec.key))
            reference = held if isinstance(spec, PersonRef | UnitRef) and isinstance(held, dict) else {}
            said = (str(reference.get(part, "")) for part in ("id", "name"))
            self.book.write_line(sheet, row, (f"field:{spec.key}", marks.get(spec.key, ""), *said))
        sheet.very_hidden()


def _marked(spec: Field) -> str:
    return f"{spec.label} (*)" if spec.required else spec.label


def _offered(spec: Field) -> tuple[str, ...]:
    if isinstance(spec, MultiChoice):
        return (TICK,)
    if isinstance(spec, Choice):
        return tuple(labels_of(spec).values())
    return tuple(YES.values()) if isinstance(spec, YesNo) else ()


def _condition(form: Shape, spec: Field) -> str:
    if not isinstance(spec.show_if, Equals):
        return ""
    source = form.field(spec.show_if.field)
    labels = labels_of(source) if isinstance(source, Choice) else YES
    return f"Chỉ điền khi “{source.label}” là “{labels[spec.show_if.value]}”."


# reading ------------------------------------------------------------------------


def read_book(path: Path) -> Mapping[str, Sequence[Sequence[str]]]:
    """The sheets of a file; raises as :func:`~thidua.documents.sheets.read_grids`, and when it is no form of ours."""
    grids = read_grids(path)
    if _facts(grids).get("format") != FORMAT:
        raise Invalid("form-book-foreign", name=path.name)
    return grids


def stamp_of(grids: Mapping[str, Sequence[Sequence[str]]]) -> Stamp:
    """Which form the file is."""
    facts = _facts(grids)
    return Stamp(**{name: facts.get(name, "") for name in _FACTS})


def read_form(grids: Mapping[str, Sequence[Sequence[str]]], form: Shape) -> Filled:
    """What a file of this very form says."""
    found = _Reader(form, _stood(grids))
    for name, rows in grids.items():
        if any(row[:1] == [_SINGLES] for row in rows[:_SEARCHED]):
            found.singles(name, rows)
        else:
            found.table(name, rows)
    return Filled(stamp_of(grids), found.stood, found.raw, found.cells)


@dataclass
class _Reader:
    form: Shape
    stood: Mapping[str, Stood]
    raw: dict[str, JsonValue] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)

    def singles(self, name: str, rows: Sequence[Sequence[str]]) -> None:
        known = {spec.key: spec for spec in self.form.fields}
        for number, row in enumerate(rows):
            key, _, option = row[0].partition("=")
            spec = known.get(key)
            if spec is None or isinstance(spec, Rows):
                continue
            text = row[2] if len(row) > 2 else ""
            self.cells.setdefault(key, where(name, number, 2))
            if isinstance(spec, MultiChoice):
                held = self.raw.setdefault(key, [])
                if isinstance(held, list) and _folded(text) not in _NO_TICK:
                    held.append(option)
            else:
                self.raw[key] = self._picked(spec, text) if isinstance(spec, PersonRef | UnitRef) else typed(spec, text)

    def table(self, name: str, rows: Sequence[Sequence[str]]) -> None:
        known = {f"{s.key}.{c.key}": s for s in self.form.fields if isinstance(s, Rows) for c in s.columns}
        top = next((n for n, row in enumerate(rows[:_SEARCHED]) if any(cell in known for cell in row)), None)
        if top is None:
            return
        keys = {cell: place for place, cell in enumerate(rows[top])}
        spec = next(known[key] for key in keys if key in known)
        if spec.key in self.raw:
            return
        columns = [(c, keys[f"{spec.key}.{c.key}"]) for c in spec.columns if f"{spec.key}.{c.key}" in keys]
        begin = _below_labels(rows, top, columns)
        lines: list[JsonValue] = []
        self.cells[spec.key] = f"Trang tính “{name}”"
        for number, row in enumerate(rows[begin:], start=begin):
            line = {column.key: typed(column, row[place] if place < len(row) else "") for column, place in columns}
            if any(line.values()):
                self.cells |= {f"{spec.key}.{len(lines)}.{c.key}": where(name, number, place) for c, place in columns}
                lines.append(line)
        self.raw[spec.key] = lines

    def _picked(self, spec: Field, text: str) -> JsonValue:
        """A reference whose name nobody changed is still the one that was picked."""
        name, held = clean_line(text), self.stood.get(spec.key, Stood())
        return {"id": held.id if name == held.name else "", "name": name} if name else {}


def _below_labels(rows: Sequence[Sequence[str]], top: int, columns: Sequence[tuple[Field, int]]) -> int:
    """The first row of answers: below the labels, which stand below the keys in ``top`` or a little further down."""
    labels = [(place, clean(_marked(column)).strip()) for column, place in columns]
    for number, row in enumerate(rows[top + 1 : top + _SEARCHED], start=top + 1):
        if all(row[place] == label for place, label in labels):
            return number + 1
    return top + _TABLE_ROW


def where(sheet: str, row: int, column: int) -> str:
    """How a cell is found: rows and columns count from 0 here.

    >>> where("Thành tích", 4, 2)
    'Trang tính “Thành tích”, ô C5'
    """
    return f"Trang tính “{sheet}”, ô {cell_name(row, column)}"


def _facts(grids: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, str]:
    return {row[0]: row[1] for row in grids.get(STAMP, ()) if len(row) > 1}


def _stood(grids: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, Stood]:
    return dict(_stood_lines(grids.get(STAMP, ())))


def _stood_lines(rows: Sequence[Sequence[str]]) -> Iterator[tuple[str, Stood]]:
    for row in rows:
        kind, _, key = row[0].partition(":") if row else ("", "", "")
        if kind == "field":
            mark, ident, name = (*row[1:], "", "", "")[:3]
            yield key, Stood(mark, ident, name)
