"""Text PDFs in Vietnamese and scans of them, made with pdfium and the font of the pages."""

from __future__ import annotations

import ctypes
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # ships no annotations
from pypdfium2 import raw

from thidua.demo.pictures import png

WIDTH, HEIGHT = 595, 842  # A4 in points
MARGIN, SIZE, LINE = 72, 12, 18
SCAN_SCALE = 1.3


@dataclass(frozen=True)
class Line:
    """One printed line: ``x`` and ``y`` in points from the lower left corner."""

    text: str
    x: float
    y: float
    size: float = SIZE


def text_pdf(title: str, paragraphs: Sequence[str], rows: Sequence[Sequence[str]] = ()) -> bytes:
    """A PDF with a text layer: heading, paragraphs, and ``rows`` set in columns."""
    with _Paper() as paper:
        for page in _pages(paper, title, paragraphs, rows):
            paper.page(page)
        return paper.save()


def scan_png(title: str, paragraphs: Sequence[str]) -> bytes:
    """The first page of such a PDF as a greyscale picture: a certificate laid on the scanner."""
    return png(*_picture(text_pdf(title, paragraphs)))


def scanned_pdf(title: str, paragraphs: Sequence[str]) -> bytes:
    """A PDF that holds nothing but a picture of the page: no text layer."""
    width, height, grey = _picture(text_pdf(title, paragraphs))
    document = pdfium.PdfDocument.new()
    bitmap = pdfium.PdfBitmap.new_native(width, height, raw.FPDFBitmap_Gray)
    ctypes.memmove(bitmap.buffer, _padded(grey, width, bitmap.stride), bitmap.stride * height)
    image = pdfium.PdfImage.new(document)
    image.set_bitmap(bitmap)
    image.set_matrix(pdfium.PdfMatrix().scale(WIDTH, HEIGHT))
    page = document.new_page(WIDTH, HEIGHT)
    page.insert_obj(image)
    page.gen_content()
    try:
        return _saved(document)
    finally:
        document.close()


def _padded(grey: bytes, width: int, stride: int) -> bytes:
    return b"".join(grey[at : at + width].ljust(stride, b"\xff") for at in range(0, len(grey), width))


def _picture(pdf: bytes) -> tuple[int, int, bytes]:
    document = pdfium.PdfDocument(pdf)
    try:
        bitmap = document[0].render(scale=SCAN_SCALE, grayscale=True)
        data = bytes(bitmap.buffer)
        lines = (data[y * bitmap.stride : y * bitmap.stride + bitmap.width] for y in range(bitmap.height))
        return bitmap.width, bitmap.height, b"".join(lines)
    finally:
        document.close()


def _saved(document: pdfium.PdfDocument) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


class _Paper:
    """A document being written with one embedded font."""

    def __init__(self) -> None:
        data = (files("fontpkg_be_vietnam_pro") / "files" / "BeVietnamPro-Regular.ttf").read_bytes()
        self.document = pdfium.PdfDocument.new()
        bytes_of_font = (ctypes.c_uint8 * len(data)).from_buffer_copy(data)
        self.font = raw.FPDFText_LoadFont(self.document.raw, bytes_of_font, len(data), raw.FPDF_FONT_TRUETYPE, 1)
        self._widths: dict[str, float] = {}

    def __enter__(self) -> _Paper:
        return self

    def __exit__(self, *_: object) -> None:
        raw.FPDFFont_Close(self.font)
        self.document.close()

    def width(self, text: str, size: float) -> float:
        """How wide ``text`` is, in points: each word is measured once."""
        return sum(self._word(word) for word in text.split(" ")) * size + text.count(" ") * self._word("n") * size * 0.5

    def page(self, lines: Sequence[Line]) -> None:
        page = self.document.new_page(WIDTH, HEIGHT)
        for line in lines:
            raw.FPDFPage_InsertObject(page.raw, self._object(line))
        page.gen_content()
        page.close()

    def save(self) -> bytes:
        return _saved(self.document)

    def _object(self, line: Line) -> object:
        made = raw.FPDFPageObj_CreateTextObj(self.document.raw, self.font, line.size)
        encoded = line.text.encode("utf-16-le") + b"\0\0"
        letters = (ctypes.c_ushort * (len(encoded) // 2)).from_buffer_copy(encoded)
        raw.FPDFText_SetText(made, letters)
        raw.FPDFPageObj_Transform(made, 1, 0, 0, 1, line.x, line.y)
        return made

    def _word(self, word: str) -> float:
        if word not in self._widths:
            made = self._object(Line(word or " ", 0, 0, 100))
            edges = [ctypes.c_float() for _ in range(4)]
            raw.FPDFPageObj_GetBounds(made, *(ctypes.byref(edge) for edge in edges))
            raw.FPDFPageObj_Destroy(made)
            self._widths[word] = (edges[2].value - edges[0].value) / 100
        return self._widths[word]


def _pages(paper: _Paper, title: str, paragraphs: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[list[Line]]:
    room = WIDTH - 2 * MARGIN
    empty = [Line("", MARGIN, 0)]
    body = [[Line(text, MARGIN, 0, 15)] for text in _wrap(paper, title, room, 15)]
    for paragraph in paragraphs:
        body += [empty, *([Line(text, MARGIN, 0)] for text in _wrap(paper, paragraph, room, SIZE))]
    body += [empty, *(_cells(paper, row, room) for row in rows)]
    per_page = int((HEIGHT - 2 * MARGIN) // LINE)
    for start in range(0, len(body), per_page):
        yield [
            Line(line.text, line.x, HEIGHT - MARGIN - (number + 1) * LINE, line.size)
            for number, held in enumerate(body[start : start + per_page])
            for line in held
            if line.text
        ]


def _cells(paper: _Paper, row: Sequence[str], room: float) -> list[Line]:
    step = room / max(1, len(row))
    return [Line(_cut(paper, text, step - 6), MARGIN + step * index, 0, 11) for index, text in enumerate(row)]


def _cut(paper: _Paper, text: str, room: float) -> str:
    return next(iter(_wrap(paper, text, room, 11)), "")


def _wrap(paper: _Paper, text: str, room: float, size: float) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and paper.width(longer, size) > room:
            yield line
            line = word
        else:
            line = longer
    if line:
        yield line
