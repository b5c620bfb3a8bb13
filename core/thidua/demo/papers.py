"""The files of the demo: what a campaign's sample describes becomes .docx, .pdf, .xlsx, .txt or a picture."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from thidua.demo import pdfs, pictures
from thidua.documents import layout
from thidua.documents.layout import ND30
from thidua.documents.tables import Column, Table, table_grid, table_workbook
from thidua.documents.word import Grid, Para
from thidua.plugin import SampleFile
from thidua.text import fold

MADE = (".docx", ".pdf", ".xlsx", ".txt", ".png", ".jpg")
WORDY = (".docx", ".docx", ".docx", ".pdf")
BRIEF = (".pdf", ".pdf", ".docx", ".png", ".txt")


@dataclass(frozen=True)
class Paper:
    """A file ready to be attached."""

    name: str
    data: bytes


def paper(file: SampleFile, *, unit: str, accept: Sequence[str], rng: random.Random, scanned: bool = False) -> Paper:
    """Make ``file`` in one of the forms that its slot accepts, in the name of ``unit``.

    In nobody's where that is empty, as what is judged without names should be.

    ``scanned`` asks for a PDF without a text layer, where a PDF is accepted.
    """
    kind = ".pdf" if scanned and ".pdf" in accept else _kind(file, accept, rng)
    if kind == ".docx":
        data = _word(file, unit)
    elif kind == ".pdf":
        data = pdfs.scanned_pdf(file.title, _lines(file, unit)) if scanned else _pdf(file, unit)
    elif kind == ".xlsx":
        data = table_workbook(_table(file))
    elif kind == ".txt":
        data = "\n\n".join((file.title, *file.paragraphs, *("\t".join(row) for row in file.rows))).encode()
    elif kind == ".png":
        data = pdfs.scan_png(file.title, _lines(file, unit))
    else:
        data = pictures.photo(rng)
    return Paper(f"{_file_name(file.title)}{kind}", data)


def note(title: str, text: str, unit: str) -> Paper:
    """A short .docx: what a school sends in place of a paper that was found wanting."""
    return Paper(f"{title}.docx", _word(SampleFile("", title, paragraphs=(text,)), unit))


def _kind(file: SampleFile, accept: Sequence[str], rng: random.Random) -> str:
    if not {".docx", ".pdf"} & set(accept):
        return rng.choice([kind for kind in accept if kind in (".jpg", ".png", ".xlsx", ".txt")])
    if file.rows and len(file.paragraphs) <= 1 and ".xlsx" in accept:
        return ".xlsx"
    wanted = WORDY if file.rows or len(file.paragraphs) > 2 else BRIEF
    fitting = [kind for kind in wanted if kind in accept]
    return rng.choice(fitting) if fitting else accept[0]


def _file_name(title: str) -> str:
    """As people name their files: some with blanks and marks, long titles cut at a word."""
    name = " ".join(title.replace("/", "-").replace("–", "-").split()[:12])
    return name if len(title) % 3 else re.sub(r"[ -]+", "-", fold(name))


def _lines(file: SampleFile, unit: str) -> list[str]:
    if not unit:
        return list(file.paragraphs)
    return [unit.upper(), *file.paragraphs, "Thủ trưởng đơn vị (đã ký, đóng dấu)"]


def _pdf(file: SampleFile, unit: str) -> bytes:
    return pdfs.text_pdf(file.title, _lines(file, unit), file.rows)


def _table(file: SampleFile) -> Table:
    head, *rows = file.rows
    columns = tuple(Column(str(index), label, width=15 if label == "STT" else 40) for index, label in enumerate(head))
    return Table(file.title, columns, [{str(i): cell for i, cell in enumerate(row)} for row in rows])


def _word(file: SampleFile, unit: str) -> bytes:
    document = layout.open_document(file.title)
    if unit:
        document.sections[0].footer.paragraphs[0].text = f"{unit} – {file.title}"
        layout.add(document, _header(unit), Para("", size=8))
    layout.add(document, *_title(file.title))
    layout.add(document, *(Para(text, align="both", first_line_mm=10, after=6, line=1.1) for text in file.paragraphs))
    if file.rows:
        layout.add(document, Para("Bảng số liệu", bold=True, before=6, after=4, keep_next=True, outline=2))
        layout.add(document, table_grid(_table(file), ND30.text_width()))
    if unit:
        layout.add(document, Para("", size=8), _signatures())
    return layout.to_bytes(document)


def _header(unit: str) -> Grid:
    left = [Para(unit.upper(), align="center", bold=True, size=12)]
    right = [
        Para("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", align="center", bold=True, size=12),
        Para("Độc lập - Tự do - Hạnh phúc", align="center", bold=True, size=13),
    ]
    return Grid([[left, right]], [65, 100], borders=False, padding_mm=0.5)


def _title(title: str) -> tuple[Para, ...]:
    return (Para(title.upper(), align="center", bold=True, size=14, before=6, after=10, outline=1),)


def _signatures() -> Grid:
    left = [Para("XÁC NHẬN CỦA ĐƠN VỊ", align="center", bold=True), Para("(đã ký)", align="center", italic=True)]
    right = [Para("NGƯỜI BÁO CÁO", align="center", bold=True), Para("(đã ký)", align="center", italic=True)]
    return Grid([[left, right]], [80, 80], borders=False)
