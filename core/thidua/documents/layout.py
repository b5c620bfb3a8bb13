"""The official page: what we chose within what a decree allows.

A later decree is a second :class:`Format`, not a changed constant: documents
of the past keep the look they were signed with.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from .decree import DECREE_30_2020, Allowed, Decree
from .word import NAMESPACE, Block, Para, append, block_element, element

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import Section

_STAMP = (1980, 1, 1, 0, 0, 0)


_LAW = (
    *("width", "height", "top", "bottom", "left", "right", "page_number", "nation", "motto", "issuer", "reference"),
    *("day", "title", "about", "body", "first_line", "after", "line", "signer", "copies_title", "copies"),
)


@dataclass(frozen=True)
class Format:
    """How an official document looks: lengths in millimetres, sizes in points, ``line`` in single spacings.

    Each value lies within what ``decree`` allows, or ``ValueError`` is raised; ``header`` (from the edge to the page
    number), ``table`` and ``wide_table`` (type in tables, upright and landscape) are ours alone.

    >>> from dataclasses import replace
    >>> replace(ND30, left=25)
    Traceback (most recent call last):
    ValueError: left 25 is not within 30–35 (NĐ 30/2020/NĐ-CP, Phụ lục I, Phần I, mục I.3)
    """

    decree: Decree
    width: int
    height: int
    top: int
    bottom: int
    left: int
    right: int
    header: int
    page_number: float
    nation: float
    motto: float
    issuer: float
    reference: float
    day: float
    title: float
    about: float
    body: float
    first_line: float
    after: float
    line: float
    signer: float
    copies_title: float
    copies: float
    table: float
    wide_table: float

    def __post_init__(self) -> None:
        for name in _LAW:
            allowed: Allowed = getattr(self.decree, name)
            if not allowed.holds(value := getattr(self, name)):
                where = f"{self.decree.source}{allowed.item}"
                raise ValueError(f"{name} {value:g} is not within {allowed.said} ({where})")

    @property
    def font(self) -> str:
        """The font of all text."""
        return self.decree.font

    def text_width(self, *, landscape: bool = False) -> int:
        """Millimetres between the margins.

        >>> ND30.text_width(), ND30.text_width(landscape=True)
        (165, 252)
        """
        return (self.height if landscape else self.width) - self.left - self.right


ND30 = Format(
    decree=DECREE_30_2020,
    width=210,
    height=297,
    top=20,
    bottom=20,
    left=30,
    right=15,
    header=10,
    page_number=13,
    nation=12,
    motto=13,
    issuer=12,
    reference=13,
    day=13,
    title=14,
    about=14,
    body=14,
    first_line=12.7,
    after=6,
    line=1.1,
    signer=14,
    copies_title=12,
    copies=11,
    table=12,
    wide_table=11,
)


def open_document(title: str, *, landscape: bool = False, style: Format = ND30) -> Document:
    """An empty document with page, font and page numbers in place.

    ``title`` is what file managers show; control characters in it are dropped.
    """
    from docx import Document as new_document  # noqa: PLC0415 -- slow import

    document = new_document()
    _set_fonts(document, style)
    _set_page(document.sections[0], style, landscape=landscape)
    _number_pages(document.sections[0], style)
    properties = document.core_properties
    properties.title = _plain(title)[:255]
    properties.author = properties.comments = properties.last_modified_by = ""
    properties.created = properties.modified = datetime(*_STAMP)
    return document


def add_section(document: Document, *, landscape: bool, style: Format = ND30) -> None:
    """Go on in a new section on the next page: landscape for a list too wide for the upright page, or back.

    Page numbers run on, and show on its first page too.
    """
    section = document.add_section()  # on a new page
    _set_page(section, style, landscape=landscape)
    section.different_first_page_header_footer = False


def add(document: Document, *blocks: Block) -> None:
    """Append paragraphs and tables at the end of the document."""
    for block in blocks:
        append(document, block_element(block))


def to_bytes(document: Document) -> bytes:
    """The .docx file; the same content gives the same bytes, whenever it is made."""
    buffer, packed = io.BytesIO(), io.BytesIO()
    document.save(buffer)
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return packed.getvalue()


def _plain(text: str) -> str:
    return "".join(character for character in text if character.isprintable())


def _set_page(section: Section, style: Format, *, landscape: bool) -> None:
    from docx.enum.section import WD_ORIENT  # noqa: PLC0415 -- slow import
    from docx.shared import Mm  # noqa: PLC0415 -- slow import

    width, height = (style.height, style.width) if landscape else (style.width, style.height)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.top_margin, section.bottom_margin = Mm(style.top), Mm(style.bottom)
    section.left_margin, section.right_margin = Mm(style.left), Mm(style.right)
    section.header_distance = section.footer_distance = Mm(style.header)


def _set_fonts(document: Document, style: Format) -> None:
    from docx.oxml.ns import qn  # noqa: PLC0415 -- slow import

    normal = document.styles["Normal"].element
    for name in ("w:pPr", "w:rPr"):
        for old in normal.findall(qn(name)):
            normal.remove(old)
    fonts = " ".join(f'w:{kind}="{style.font}"' for kind in ("ascii", "hAnsi", "eastAsia", "cs"))
    half_points = round(style.body * 2)
    spacing = '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
    normal.append(element(f"<w:pPr {NAMESPACE}>{spacing}</w:pPr>"))
    normal.append(
        element(
            f'<w:rPr {NAMESPACE}><w:rFonts {fonts}/><w:color w:val="000000"/><w:sz w:val="{half_points}"/>'
            f'<w:szCs w:val="{half_points}"/><w:lang w:val="vi-VN" w:eastAsia="vi-VN" w:bidi="ar-SA"/></w:rPr>'
        )
    )


def _number_pages(section: Section, style: Format) -> None:
    section.different_first_page_header_footer = True
    section.header.is_linked_to_previous = False
    paragraph = section.header.paragraphs[0]._p
    number = Para("", align="center", size=style.page_number, field="PAGE")
    paragraph.getparent().replace(paragraph, block_element(number))
