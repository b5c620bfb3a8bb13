"""What a report of many rows costs as Word and as Excel, beside the libraries alone writing the same table.

    python bench/report.py [--rows 1000]

Word: python-docx with one piece of XML per row (its own ``add_row`` reads the whole table again for each row).
Excel: XlsxWriter, one call per cell. Processor time, the least of several runs, in turns.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

import xlsxwriter
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from thidua.documents.letter import Issuer, Signer
from thidua.documents.report import Figure, ReportPaper, report_document, report_workbook
from thidua.documents.tables import Column, Table

WORD, EXCEL, RUNS = 3, 2, 7
LOOK = (
    '<w:tc><w:tcPr><w:tcW w:w="1700" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:spacing w:before="0" w:after="0" '
    'w:line="240" w:lineRule="auto"/><w:ind w:left="0" w:right="0"/><w:jc w:val="left"/></w:pPr>'
    '<w:r><w:rPr><w:sz w:val="22"/><w:szCs w:val="22"/></w:rPr>'
)
LABELS = ("Họ và tên", "Trường", "Sáng kiến", "Ngày nộp", "Nội dung", "Tổng", "Xếp loại", "Giải")
KINDS = ("text", "text", "text", "date", "number", "number", "text", "text")


def main() -> None:
    """Make, measure, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1000)
    count = options.parse_args().rows
    columns = tuple(Column(label, label, kind, 30) for label, kind in zip(LABELS, KINDS, strict=True))
    lines = [_line(n) for n in range(count)]
    table = Table("Kết quả", columns, [dict(zip(LABELS, line, strict=True)) for line in lines])
    issuer = Issuer("Ủy ban nhân dân thành phố", "Sở Giáo dục và Đào tạo", "SGDĐT", "Hà Nội")
    paper = ReportPaper("Kết quả", issuer, "7", date(2026, 3, 5), [Figure(table)], [Signer("Giám đốc", "Lê Hà")])
    for what, ours, alone, bound in (
        ("Word", lambda: report_document(paper), lambda: plain_word(lines), WORD),
        ("Excel", lambda: report_workbook(paper), lambda: plain_excel(lines), EXCEL),
    ):
        a, b = both(ours, alone)
        verdict = "ok" if a <= bound * b else "MISSED"
        print(
            f"{what:6} {count} rows: {a:7.0f} ms, the library alone {b:7.0f} ms, ratio {a / b:.2f} ≤ {bound} {verdict}"
        )


def _line(n: int) -> tuple[str, str, str, date, Decimal, Decimal, str, str]:
    title = f"Đổi mới cách tổ chức hoạt động trải nghiệm ở lớp {n % 9 + 1}"
    points = Decimal(n % 400) / 4
    return f"Nguyễn Thị Hoà {n}", "Trường Tiểu học Hoa Sen", title, date(2026, 3, 5), points, points, "Loại A", ""


def both(ours: Callable[[], object], alone: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of each, at best; in turns, so that both meet the same machine."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(RUNS):
        for work, times in zip((ours, alone), taken, strict=True):
            start = time.process_time()
            work()
            times.append((time.process_time() - start) * 1000)
    return min(taken[0]), min(taken[1])


def plain_word(lines: list[tuple[object, ...]]) -> bytes:
    """The same cells with the same look by python-docx, a piece of XML per row."""
    document = Document()
    rows = document.add_table(rows=0, cols=len(LABELS))._tbl
    for line in (LABELS, *lines):
        cells = "".join(f"{LOOK}<w:t>{escape(str(value))}</w:t></w:r></w:p></w:tc>" for value in line)
        rows.append(parse_xml(f"<w:tr {nsdecls('w')}>{cells}</w:tr>"))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def plain_excel(lines: list[tuple[object, ...]]) -> bytes:
    """The same cells by XlsxWriter."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet()
    for row, line in enumerate((LABELS, *lines)):
        for column, value in enumerate(line):
            sheet.write(row, column, value)
    book.close()
    return out.getvalue()


if __name__ == "__main__":
    main()
