"""Word files that campaigns make of their reports: one as it should be, others as they should not."""

from __future__ import annotations

import io
import os
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from thidua.plugin import ReportData


def adds_a_line(data: ReportData) -> bytes:
    from docx import Document

    print("not part of the answer")
    document = Document(io.BytesIO(data.word))
    facts = [data.title, data.call, data.unit, data.number, str(data.day), data.tables[0].title]
    document.add_paragraph(" | ".join([*facts, str(len(data.tables[0].rows)), *(name for _, name in data.signers)]))
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def says_much_of_the_same(_data: ReportData) -> bytes:
    from docx import Document

    document, made = Document(), io.BytesIO()
    for _ in range(4):
        document.add_paragraph("Nguyễn Thị Hoà " * 200_000 + "hết")
    document.save(made)
    return made.getvalue()


def raises(data: ReportData) -> bytes:
    raise LookupError(f"no such thing in {data.title}")


def leaves(_data: ReportData) -> bytes:
    sys.exit(0)


def hangs(_data: ReportData) -> bytes:
    time.sleep(600)
    return b""


def loops(_data: ReportData) -> bytes:
    while True:
        pass


def bloats(_data: ReportData) -> bytes:
    return b"PK" + b"x" * (2 << 30)


def gives_text(_data: ReportData) -> bytes:
    return "a text"  # type: ignore[return-value]  # what it should not


def gives_no_word_file(_data: ReportData) -> bytes:
    return b"PK and nothing behind it"


# What a campaign's document has no business with. ``data.call`` is a path here.


def opens_database(data: ReportData) -> bytes:
    sqlite3.connect(data.call)
    return data.word


def reads_database(data: ReportData) -> bytes:
    Path(data.call).read_bytes()
    return data.word


def reads_database_by_another_name(data: ReportData) -> bytes:
    path = Path(data.call)
    (path.parent / ".." / path.parent.name / path.name).open("rb").close()
    return data.word


def looks_around(data: ReportData) -> bytes:
    os.listdir(Path(data.call).parent)
    return data.word


def writes(data: ReportData) -> bytes:
    Path(data.call).with_name("odd.txt").write_text("here")
    return data.word


def starts_a_program(data: ReportData) -> bytes:
    subprocess.run(["true"], check=True)
    return data.word


def calls_home(data: ReportData) -> bytes:
    socket.create_connection(("127.0.0.1", 9), timeout=1)
    return data.word


def is_told_of_the_site(data: ReportData) -> bytes:
    told = [name for name in os.environ if name.startswith("THIDUA")]
    return data.word if not told else b""
