"""Text out of files. Runs only in the reading process; parsers are loaded by the function that needs one.

A reader takes a path and returns text, paragraphs and rows on lines of their own. One that knows
pages ends each with a form feed, by which a scan without a text layer is recognised. It may raise
whatever it likes; :class:`Encrypted` says that the file asks for a password.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from thidua.files.kinds import text_encodings

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]
    from pypdfium2 import PdfDocument  # type: ignore[import-untyped]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_CONTENT_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_PARTS = ("header", "document.main", "footnotes", "endnotes", "footer")
# Wrong password; a security handler that PDFium does not know.
_PDF_LOCKED = (4, 5)


class Encrypted(Exception):
    """The file asks for a password."""


def docx(path: str) -> str:
    """Word: headers, body with tables and text boxes, notes, footers, in this order."""
    from lxml import etree  # type: ignore[import-untyped]  # noqa: PLC0415 -- a parser

    def parse(data: bytes) -> _Element:
        parser = etree.XMLParser(resolve_entities=False, huge_tree=False, no_network=True, load_dtd=False)
        return etree.fromstring(data, parser)

    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        parts: dict[str, list[str]] = {kind: [] for kind in _PARTS}
        for entry in parse(archive.read("[Content_Types].xml")).iter(f"{_CONTENT_TYPES}Override"):
            kind = str(entry.get("ContentType", "")).rpartition(".wordprocessingml.")[2].removesuffix("+xml")
            part = str(entry.get("PartName", "")).lstrip("/")
            if kind in parts and part in names:
                parts[kind].append(part)
        if not parts["document.main"]:
            raise ValueError("no main document")
        found = (name for kind in _PARTS for name in sorted(parts[kind]))
        return "\n".join(line for name in found for line in _paragraphs(parse(archive.read(name))))


def _paragraphs(root: _Element) -> Iterator[str]:
    for element in root.iter(f"{_W}p", f"{_W_STRICT}p"):
        if next(element.iterancestors(_FALLBACK), None) is None and not _in_a_deleted_row(element):
            line = "".join(_runs(element)).strip()
            if line:
                yield line


def _in_a_deleted_row(paragraph: _Element) -> bool:
    rows = paragraph.iterancestors(f"{_W}tr", f"{_W_STRICT}tr")
    return any(row.find("{*}trPr/{*}del") is not None for row in rows)


def _runs(paragraph: _Element) -> Iterator[str]:
    """The text of one paragraph, without the paragraphs of text boxes anchored in it, which follow it."""
    for element in paragraph:
        name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if name == "t":
            yield element.text or ""
        elif name in ("tab", "ptab"):
            yield "\t"
        elif name in ("br", "cr"):
            yield "\n"
        elif name == "noBreakHyphen":
            yield "-"
        elif name not in ("p", "Fallback", "pPr", "rPr", "instrText", "moveFrom"):
            yield from _runs(element)


def pdf(path: str) -> str:
    """PDF: the text layer, a form feed after each page."""
    document = _open_pdf(path)
    pages = []
    for number in range(len(document)):
        page = document[number]
        layer = page.get_textpage()
        pages.append(str(layer.get_text_bounded()) + "\f")
        layer.close()
        page.close()
    document.close()
    return "".join(pages)


def opens(path: str) -> str:
    """Whether a PDF opens without a password, as one with only an owner's password does: empty, or raises."""
    _open_pdf(path).close()
    return ""


def _open_pdf(path: str) -> PdfDocument:
    import pypdfium2  # noqa: PLC0415 -- a parser

    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if error.err_code in _PDF_LOCKED:
            raise Encrypted from None
        raise


def xlsx(path: str) -> str:
    """Excel: each sheet's name, then its rows, cells parted by tabs; numbers and dates as printed here."""
    from python_calamine import CalamineWorkbook, PasswordError  # noqa: PLC0415 -- a parser

    lines = []
    try:
        with Path(path).open("rb") as file:
            book = CalamineWorkbook.from_filelike(file)
            for name in book.sheet_names:
                lines.append(name)
                rows = book.get_sheet_by_name(name).iter_rows()
                lines += ["\t".join(map(_cell, row)).strip() for row in rows]
    except PasswordError:
        raise Encrypted from None
    return "\n".join(line for line in lines if line)


def _cell(value: float | str | bool | datetime | date | time | timedelta) -> str:
    if isinstance(value, bool):
        return ""
    if isinstance(value, float):
        return f"{value:.10g}".replace(".", ",") if "e" not in f"{value:.10g}" else f"{value:.0f}"
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}".removesuffix(" 00:00")
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return " ".join(str(value).split())


def txt(path: str) -> str:
    """Plain text: UTF-8, UTF-16 with its mark, or the old Vietnamese code page of Windows."""
    data = Path(path).read_bytes()
    for encoding in text_encodings(data[:4]):
        try:
            return data.decode(encoding)
        except UnicodeError:
            continue
    raise ValueError("no known encoding")
