"""Paragraphs and tables as WordprocessingML; the only place that writes XML.

Tables are built a row at a time from text, because python-docx's ``add_row``
copies and re-reads the whole table for each row. Every text passes
:func:`escaped`, so no value can break or extend the document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal
from xml.sax.saxutils import escape

from ..text import fold

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement

Align = Literal["left", "center", "right", "both"]

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TWIPS_PER_MM = 1440 / 25.4
_BORDER_NAMES = ("top", "left", "bottom", "right", "insideH", "insideV")


@dataclass(frozen=True)
class Run:
    """A stretch of text of one look. ``size`` in points; ``None``: as the paragraph has it."""

    text: str
    bold: bool = False
    italic: bool = False
    size: float | None = None


@dataclass(frozen=True)
class Para:
    """One paragraph. Lengths ending in ``_mm`` are millimetres, ``before``, ``after``, ``size`` points.

    A plain ``text`` takes the paragraph's own ``bold``, ``italic`` and
    ``size``; a tuple of :class:`Run` brings each its own. ``line`` is a
    multiple of single spacing. ``rule`` draws a thin line over the whole
    width between the indents, in place of text. ``outline`` (1–9) puts the
    paragraph into Word's navigation pane. ``field`` is a Word field such as
    ``PAGE``, shown instead of the text.
    """

    text: str | tuple[Run, ...]
    align: Align = "left"
    bold: bool = False
    italic: bool = False
    size: float | None = None
    first_line_mm: float = 0
    left_mm: float = 0
    right_mm: float = 0
    before: float = 0
    after: float = 0
    line: float = 1
    keep_next: bool = False
    rule: bool = False
    outline: int | None = None
    field: str = ""


@dataclass(frozen=True)
class Grid:
    """A table of cells, each a sequence of paragraphs.

    ``widths_mm`` are fixed. The first ``header_rows`` rows are repeated on
    each page; no row is split over two pages unless ``split`` allows it
    or the row is one of ``tall`` (a row longer than a page would lose its end
    otherwise). A row of a single cell goes over the whole width.
    """

    rows: Sequence[Sequence[Sequence[Para]]]
    widths_mm: Sequence[float]
    header_rows: int = 0
    borders: bool = True
    padding_mm: float = 1.2
    split: bool = False
    tall: frozenset[int] = frozenset()


Block = Para | Grid


def escaped(text: str) -> str:
    r"""``text`` safe inside an element: markup escaped, characters that XML forbids dropped.

    >>> escaped("A\x0b & <B> ]]>")
    'A &amp; &lt;B&gt; ]]&gt;'
    """
    return escape(_FORBIDDEN.sub("", text))


def twips(millimetres: float) -> int:
    """Word's unit, a twentieth of a point."""
    return round(millimetres * _TWIPS_PER_MM)


def append(document: Document, element: BaseOxmlElement) -> None:
    """Put ``element`` at the end of the body, before the properties of the last section."""
    document.element.body.insert_element_before(element, "w:sectPr")


def element(xml: str) -> BaseOxmlElement:
    """The element that ``xml`` describes; its outermost tag declares ``w`` by :data:`NAMESPACE`."""
    # python-docx and lxml come with the first document: a site at rest does without their ten megabytes.
    from docx.oxml import parse_xml  # noqa: PLC0415 -- slow import

    return parse_xml(xml)


def block_element(block: Block) -> BaseOxmlElement:
    """The XML element of a paragraph or a table."""
    if isinstance(block, Para):
        return element(_para_xml(block, NAMESPACE))
    rows = "".join(
        _row_xml(block, row, header=index < block.header_rows, split=block.split or index in block.tall)
        for index, row in enumerate(block.rows)
    )
    return element(f"<w:tbl {NAMESPACE}>{_table_head(block)}{rows}</w:tbl>")


def _table_head(grid: Grid) -> str:
    widths = [twips(width) for width in grid.widths_mm]
    kind = "single" if grid.borders else "nil"
    borders = "".join(f'<w:{name} w:val="{kind}" w:sz="4" w:space="0" w:color="000000"/>' for name in _BORDER_NAMES)
    padding, inside = twips(grid.padding_mm), twips(0.6) if grid.borders else 0
    indent = padding if grid.borders else 0  # the frame stands at the margin; without one, the text does
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblInd w:w="{indent}" w:type="dxa"/>'
        f"<w:tblBorders>{borders}</w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar><w:top w:w="{inside}" w:type="dxa"/>'
        f'<w:left w:w="{padding}" w:type="dxa"/><w:bottom w:w="{inside}" w:type="dxa"/>'
        f'<w:right w:w="{padding}" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>{columns}</w:tblGrid>'
    )


def _row_xml(grid: Grid, row: Sequence[Sequence[Para]], *, header: bool, split: bool) -> str:
    marks = ("" if split else "<w:cantSplit/>") + ("<w:tblHeader/>" if header else "")
    align = '<w:vAlign w:val="center"/>' if header else ""
    count = len(grid.widths_mm)
    spans = len(row) == 1 < count
    over = f'<w:gridSpan w:val="{count}"/>' if spans else ""
    cells = []
    for width, cell in zip((sum(grid.widths_mm),) if spans else grid.widths_mm, row, strict=True):
        paragraphs = "".join(_para_xml(para) for para in (cell or (Para(""),)))
        size = f'<w:tcW w:w="{twips(width)}" w:type="dxa"/>'
        cells.append(f"<w:tc><w:tcPr>{size}{over}{align}</w:tcPr>{paragraphs}</w:tc>")
    return f"<w:tr><w:trPr>{marks}</w:trPr>{''.join(cells)}</w:tr>"


def _para_xml(para: Para, namespaces: str = "") -> str:
    shape = (para.align, para.size, para.before, para.after, para.line, para.first_line_mm, para.left_mm)
    more = (para.right_mm, para.keep_next, para.rule, para.outline, not para.text, bool(para.field))
    return f"<w:p {namespaces}><w:pPr>{_shape_xml(*shape, *more)}</w:pPr>{_runs_xml(para)}</w:p>"


@lru_cache(maxsize=256)
def _shape_xml(  # noqa: PLR0917 -- the key of the cache
    align: Align,
    size: float | None,
    before: float,
    after: float,
    line: float,
    first_mm: float,
    left_mm: float,
    right_mm: float,
    keep_next: bool,
    rule: bool,
    outline: int | None,
    empty: bool,
    field: bool,
) -> str:
    """The properties of a paragraph without its text: a table has few of them and many cells."""
    parts = ["<w:keepNext/>" if keep_next else ""]
    if rule:
        parts.append('<w:pBdr><w:top w:val="single" w:sz="6" w:space="0" w:color="000000"/></w:pBdr>')
    height = f'w:line="{round(line * 240)}" w:lineRule="auto"'
    if rule:
        height = 'w:line="60" w:lineRule="exact"'
    elif empty and size and not field:  # a gap is exactly as high as it says
        height = f'w:line="{round(size * 20)}" w:lineRule="exact"'
    parts.append(f'<w:spacing w:before="{round(before * 20)}" w:after="{round(after * 20)}" {height}/>')
    first = f' w:firstLine="{twips(first_mm)}"' if first_mm else ""
    parts.append(f'<w:ind w:left="{twips(left_mm)}" w:right="{twips(right_mm)}"{first}/>')
    parts.append(f'<w:jc w:val="{align}"/>')
    if outline is not None:
        parts.append(f'<w:outlineLvl w:val="{outline - 1}"/>')
    if empty:
        parts.append(_look_xml(False, False, size))  # an empty line is as high as its own mark
    return "".join(parts)


def _runs_xml(para: Para) -> str:
    if para.field:
        look = _look_xml(para.bold, para.italic, para.size)
        return f'<w:fldSimple w:instr="{escaped(para.field)}"><w:r>{look}<w:t>1</w:t></w:r></w:fldSimple>'
    runs = (Run(para.text, para.bold, para.italic),) if isinstance(para.text, str) else para.text
    return "".join(
        f"<w:r>{_look_xml(run.bold, run.italic, run.size or para.size)}{_text_xml(run.text)}</w:r>"
        for run in runs
        if run.text
    )


@lru_cache(maxsize=256)
def _look_xml(bold: bool, italic: bool, size: float | None) -> str:
    half_points = round(size * 2) if size else 0
    parts = ("<w:b/><w:bCs/>" if bold else "") + ("<w:i/><w:iCs/>" if italic else "")
    parts += f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>' if size else ""
    return f"<w:rPr>{parts}</w:rPr>" if parts else ""


def _text_xml(text: str) -> str:
    if text.isprintable():
        return f'<w:t xml:space="preserve">{escaped(text)}</w:t>'
    pieces = re.split(r"(\t|\r\n|\n|\r)", text)
    special = {"\t": "<w:tab/>", "\r\n": "<w:br/>", "\n": "<w:br/>", "\r": "<w:br/>"}
    return "".join(
        special.get(piece) or f'<w:t xml:space="preserve">{escaped(piece)}</w:t>' for piece in pieces if piece
    )


# Widths of a bold Times face in thousandths of the size, to draw rules as long as the text above them.
_BOLD_WIDTHS = {
    1000: "W", 944: "M", 833: "m", 778: "GHKOQ", 722: "ACDNRUVXYw", 667: "BELTZ", 611: "FP", 570: "+=<>",
    556: "Sbdhknpqu", 500: "Jagovxy0123456789–“”", 444: "cerz", 389: "Is", 333: "fjt-():;()", 278: "il/", 250: " .,",
}  # fmt: skip
_BOLD_WIDTH = {letter: width for width, letters in _BOLD_WIDTHS.items() for letter in letters}


def bold_width_mm(text: str, size: float) -> float:
    """About how wide ``text`` stands in bold at ``size`` points; marks do not widen a letter.

    >>> round(bold_width_mm("Độc lập - Tự do - Hạnh phúc", 13))
    56
    """
    thousandths = 0
    for character in text:
        bare = fold(character)
        thousandths += _BOLD_WIDTH.get(bare.upper() if character.isupper() else bare, 556)
    return thousandths / 1000 * size / 72 * 25.4
