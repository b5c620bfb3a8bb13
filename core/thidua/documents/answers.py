"""What a dossier says, as a .docx that can be read without the system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from ..times import show_number
from .layout import ND30, Format, add, open_document, to_bytes
from .word import Align, Block, Grid, Para, Run

EMPTY = "(chưa có)"
_SHORT = 90
_TABLE_SIZE = 11.0


@dataclass(frozen=True)
class AnswerTable:
    """A repeating answer: its column labels and its rows, as people read them."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Answer:
    """One question with what was answered; empty text is said to be missing."""

    label: str
    value: str | AnswerTable


@dataclass(frozen=True)
class Section:
    """Answers under one heading."""

    title: str
    rows: Sequence[Answer]


@dataclass(frozen=True)
class FileLine:
    """One attachment: which document it is, its name, size in bytes and SHA-256 in hexadecimal."""

    slot: str
    name: str
    size: int
    sha256: str


def dossier_document(
    title: str,
    facts: Sequence[tuple[str, str]],
    sections: Sequence[Section],
    files: Sequence[FileLine],
    style: Format = ND30,
) -> bytes:
    """Title, facts as two columns, each section's answers, and the list of attachments, as a .docx file.

    Raises ``ValueError`` when a row of an answer's table has another length than its header.
    """
    document = open_document(title, style=style)
    add(document, Para(title, align="center", bold=True, size=16, after=10, outline=1))
    if facts:  # Word calls a table without rows damaged
        add(document, _facts_grid(facts, style))
    for section in sections:
        add(document, _heading(section.title))
        for answer in section.rows:
            add(document, *_answer_blocks(answer, style))
    add(document, _heading("Tài liệu kèm theo"), *_files_blocks(files, style))
    return to_bytes(document)


def show_size(size: int) -> str:
    """A file's size as people read it, in units of 1024.

    >>> show_size(900), show_size(12_345), show_size(38_300_000)
    ('900 byte', '12 KB', '36,5 MB')
    """
    if size < 1024:
        return f"{size} byte"
    if size < 1024 * 1024:
        return f"{show_number(Decimal(size) // 1024)} KB"
    return f"{show_number((Decimal(size) / 1024 / 1024).quantize(Decimal('0.1'), ROUND_HALF_UP))} MB"


def _heading(text: str) -> Para:
    return Para(text, bold=True, before=12, after=4, keep_next=True, outline=2)


def _facts_grid(facts: Sequence[tuple[str, str]], style: Format) -> Grid:
    width = style.text_width()
    rows = [
        [[Para(label, size=13, after=2)], [Para(value or EMPTY, bold=bool(value), size=13, after=2)]]
        for label, value in facts
    ]
    return Grid(rows, (width * 0.3, width * 0.7), borders=False, padding_mm=1)


def _answer_blocks(answer: Answer, style: Format) -> list[Block]:
    if isinstance(answer.value, AnswerTable):
        label = Para(f"{answer.label}:", italic=True, size=13, before=4, after=3, keep_next=True)
        if not answer.value.rows:
            return [_inline(answer.label, "")]
        return [label, _answer_grid(answer.value, style), Para("", size=6)]
    value = answer.value.strip()
    if len(value) <= _SHORT and "\n" not in value:
        return [_inline(answer.label, value)]
    parts = [part.strip() for part in value.split("\n") if part.strip()]
    text = [Para(part, align="both", size=13, first_line_mm=style.first_line, after=4) for part in parts]
    return [Para(f"{answer.label}:", italic=True, size=13, before=4, after=3, keep_next=True), *text]


def _inline(label: str, value: str) -> Para:
    return Para((Run(f"{label}: ", italic=True), Run(value or EMPTY)), size=13, before=2, after=4)


def _answer_grid(table: AnswerTable, style: Format) -> Grid:
    columns = len(table.header)
    if any(len(row) != columns for row in table.rows):
        raise ValueError("a row of an answer's table has another length than its header")
    rows = [[_cell(label, bold=True) for label in table.header]]
    rows.extend([_cell(value) for value in row] for row in table.rows)
    # A cell may hold a whole essay: such a row must be allowed to run over the page.
    return Grid(rows, _widths(table, style.text_width()), header_rows=1, split=True)


def _widths(table: AnswerTable, width: float) -> list[float]:
    """Columns by what they hold: long texts get more room, none less than its share of the least."""
    weights = []
    for index, label in enumerate(table.header):
        longest = max(len(label) // 2, *(len(row[index]) for row in table.rows))
        weights.append(min(60, max(10, longest)))
    return [width * weight / sum(weights) for weight in weights]


def _files_blocks(files: Sequence[FileLine], style: Format) -> list[Block]:
    if not files:
        return [Para("Không có tệp kèm theo.", size=13)]
    width = style.text_width()
    rows = [[_cell(label, bold=True) for label in ("Tài liệu", "Tên tệp", "Dung lượng", "SHA-256")]]
    for line in files:
        rows.append(
            [_cell(line.slot), _cell(line.name), _cell(show_size(line.size)), [Para(line.sha256, size=_TABLE_SIZE - 2)]]
        )
    return [Grid(rows, (width * 0.26, width * 0.32, width * 0.14, width * 0.28), header_rows=1), Para("", size=2)]


def _cell(text: str, *, bold: bool = False) -> list[Para]:
    align: Align = "center" if bold else "left"
    return [Para(part, align=align, bold=bold, size=_TABLE_SIZE) for part in text.split("\n")]
