"""A report as an office sends it: one description → a Word document of Nghị định 30/2020/NĐ-CP, an Excel workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import TYPE_CHECKING

from .charts import BarChart
from .layout import ND30, Format, add, add_section, open_document, to_bytes
from .letter import Issuer, Signer, closed, document_sign, header_grid, title_blocks
from .tables import HEAD_ROW, Table, table_grid, write_sheet
from .word import Block, Grid, Para, bold_width_mm
from .workbook import Book

if TYPE_CHECKING:
    from docx.document import Document

KIND = "BÁO CÁO"
NOTHING = "Không có hồ sơ nào."
_MANY_ROWS = 5_000
_ROOM, _LINE = 62, 1.15  # points between title and name; a line in sizes of its type
_SHORT_OPENING = 600  # letters: less than half of the first page


@dataclass(frozen=True)
class Figure:
    """One table of a report, and the bars that are drawn of it."""

    table: Table
    chart: BarChart | None = None


@dataclass(frozen=True)
class ReportPaper:
    """Everything an issued report says, as fields.

    ``number`` and ``day`` may be missing (``""``, ``None``): room is left to write them. ``opening`` are paragraphs
    before the tables, ``note`` the line under them ("Số liệu tính đến …"). ``signers`` stand left to right;
    ``copies`` are lines of *Nơi nhận* without hyphens.
    """

    title: str
    issuer: Issuer
    number: str
    day: date | None
    figures: Sequence[Figure]
    signers: Sequence[Signer]
    opening: Sequence[str] = ()
    copies: Sequence[str] = ()
    note: str = ""


def report_document(paper: ReportPaper, style: Format = ND30) -> bytes:
    """The report as a .docx file; tables too wide for the upright page stand on landscape pages."""
    # With little between the title and a wide table, an upright first page would be all but empty.
    short = sum(map(len, paper.opening)) <= _SHORT_OPENING
    landscape = short and bool(paper.figures) and _lies(paper.figures[0])
    document = open_document(f"{KIND} {paper.title}", landscape=landscape, style=style)
    sign = document_sign(paper.number, KIND, paper.issuer, style)
    add(document, header_grid(paper.issuer, paper.day, sign=sign, landscape=landscape, style=style))
    add(document, *title_blocks(KIND, paper.title, landscape=landscape, style=style))
    add(document, *(_paragraph(text, style) for text in paper.opening))
    for number, figure in enumerate(paper.figures, start=1):
        if _lies(figure) != landscape:
            landscape = not landscape
            add_section(document, landscape=landscape, style=style)
        _add_figure(document, figure, number if len(paper.figures) > 1 else 0, style, landscape=landscape)
    if paper.note:
        add(document, Para(paper.note, italic=True, before=6, after=6, keep_next=True))
    add(document, Para("", size=6, keep_next=True), _signatures(paper, style, landscape=landscape), Para("", size=2))
    return to_bytes(document)


def report_workbook(paper: ReportPaper) -> bytes:
    """The report as an .xlsx file, a sheet for each table, with its chart beside it."""
    book = Book(many_rows=sum(len(figure.table.rows) for figure in paper.figures) > _MANY_ROWS)
    for number, figure in enumerate(paper.figures, start=1):
        table = figure.table
        sheet = write_sheet(book, table, f"{number}. {table.title}")
        if figure.chart is not None and table.rows:
            labels, values = _columns_of(figure.chart, table)
            lines = (HEAD_ROW + 1, HEAD_ROW + len(table.rows))
            at = len(table.shown_columns) + 1
            book.bars(sheet, figure.chart.title, rows=lines, labels=labels, values=values, at=at)
    return book.to_bytes()


def _lies(figure: Figure) -> bool:
    return figure.table.wide and bool(figure.table.rows)


def _columns_of(chart: BarChart, table: Table) -> tuple[int, int]:
    """Where in the table the labels and the values of the chart stand."""
    lines = table.cells()
    columns = range(len(table.shown_columns))
    labels = next(n for n in columns if [line[n] for line in lines] == list(chart.labels))
    values = next(n for n in columns if [line[n] or 0 for line in lines] == list(chart.values) and n > labels)
    return labels, values


def _add_figure(document: Document, figure: Figure, number: int, style: Format, *, landscape: bool) -> None:
    table = figure.table
    if number:
        add(document, Para(f"{number}. {table.title}", bold=True, before=8, after=style.after, keep_next=True))
    if not table.rows:
        add(document, Para(NOTHING, italic=True, after=style.after))
        return
    size = style.wide_table if landscape else None
    add(document, table_grid(table, style.text_width(landscape=landscape), size=size, style=style), Para("", size=6))
    add(document, *(Para(note, align="both", after=style.after) for note in table.notes))


def _paragraph(text: str, style: Format) -> Block:
    return Para(text, align="both", first_line_mm=style.first_line, after=style.after, line=style.line)


def _signatures(paper: ReportPaper, style: Format, *, landscape: bool) -> Grid:
    """Nơi nhận on the left, then the signers; alone, a signer stands on the right half."""
    width = style.text_width(landscape=landscape)
    left = [Para("Nơi nhận:", bold=True, italic=True, size=style.copies_title)]
    left += [Para(f"- {line}", size=style.copies) for line in closed([*paper.copies, "Lưu: VT"])]
    share = width / (1 + len(paper.signers))
    lines = [_lines(signer, share, style) for signer in paper.signers]
    signed = [
        _signature(signer, style, lower=max(lines) - own) for signer, own in zip(paper.signers, lines, strict=True)
    ]
    return Grid([[left, *signed]], [share] * (1 + len(signed)), borders=False, padding_mm=0)


def _lines(signer: Signer, width: float, style: Format) -> int:
    """About how many lines the titles over a signature take: the names under them stand at one height."""
    titles = [text.upper() for text in (signer.authority, signer.position) if text]
    return sum(ceil(bold_width_mm(title, style.signer) / width) for title in titles)


def _signature(signer: Signer, style: Format, *, lower: int) -> list[Para]:
    lines = [text for text in (signer.authority, signer.position) if text]
    paras = [Para(text.upper(), align="center", bold=True, size=style.signer) for text in lines]
    room = _ROOM + lower * style.signer * _LINE
    return [*paras, Para(signer.name, align="center", bold=True, size=style.signer, before=room)]
