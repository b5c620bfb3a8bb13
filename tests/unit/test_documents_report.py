"""A report as paper: which pages lie on their side, how tables go over pages, what hostile texts become."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from docx import Document as open_docx
from docx.document import Document
from docx.oxml.ns import qn
from lxml import etree
from python_calamine import CalamineWorkbook

from thidua.documents.charts import BarChart, bar_chart_svg
from thidua.documents.letter import Issuer, Signer
from thidua.documents.report import Figure, ReportPaper, report_document, report_workbook
from thidua.documents.tables import Column, Table, page_rows

ISSUER = Issuer("Ủy ban nhân dân thành phố", "Sở Giáo dục và Đào tạo", "SGDĐT", "Hà Nội")
SIGNERS = (Signer("Người lập biểu", "Lê Văn Lập"), Signer("Trưởng phòng", "Trần Thị Hiệu"))
UPRIGHT, LYING = (210, 297), (297, 210)


def table(*names: str, wide: bool = False) -> Table:
    return Table("Danh sách", (Column("name", "Họ tên", width=250 if wide else 60),), [{"name": one} for one in names])


def read(*tables: Table, opening: tuple[str, ...] = (), signers: tuple[Signer, ...] = SIGNERS) -> Document:
    figures = [Figure(one) for one in tables]
    paper = ReportPaper("Kết quả", ISSUER, "7", date(2026, 3, 5), figures, signers, opening)
    return open_docx(io.BytesIO(report_document(paper)))


@pytest.mark.parametrize(
    ("tables", "opening", "pages"),
    [
        ([table("An")], (), [UPRIGHT]),
        ([table("An"), table("An", wide=True), table("An")], (), [UPRIGHT, LYING, UPRIGHT]),
        ([table("An", wide=True)], (), [LYING]),
        ([table("An", wide=True)], ("Báo cáo gồm 3 hồ sơ.",), [LYING]),
        ([table("An", wide=True)], ("Mở đầu.", "a" * 600), [UPRIGHT, LYING]),
        ([table("An", wide=True), table("An")], (), [LYING, UPRIGHT]),
        ([table(wide=True)], (), [UPRIGHT]),
        ([], (), [UPRIGHT]),
    ],
)
def test_pages_lie_where_a_table_needs_it(
    tables: list[Table], opening: tuple[str, ...], pages: list[tuple[int, int]]
) -> None:
    sections = read(*tables, opening=opening).sections
    assert [(round((s.page_width or 0) / 36_000), round((s.page_height or 0) / 36_000)) for s in sections] == pages


def test_only_the_first_page_of_the_paper_is_unnumbered() -> None:
    sections = list(read(table("An"), table("An", wide=True), table("An")).sections)
    assert [section.different_first_page_header_footer for section in sections] == [True, False, False]
    for section in sections:
        (field,) = section.header._element.iter(qn("w:fldSimple"))
        assert field.get(qn("w:instr")) == "PAGE"


def test_heading_is_repeated_and_no_row_is_split() -> None:
    rows = read(table("An", "Bình")).tables[1].rows
    assert [row._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in rows] == [True, False, False]
    assert [row._tr.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in rows] == [True] * 3


@pytest.mark.parametrize(("count", "widths"), [(1, [82.5, 82.5]), (2, [55.0, 55.0, 55.0])])
def test_signers_share_the_last_line_with_the_recipients(count: int, widths: list[float]) -> None:
    last = read(table("An"), signers=SIGNERS[:count]).tables[-1]
    assert [round((cell.width or 0) / 36_000, 1) for cell in last.rows[0].cells] == widths
    assert [cell.text for cell in last.rows[0].cells] == [
        "Nơi nhận:\n- Lưu: VT.",
        *["NGƯỜI LẬP BIỂU\nLê Văn Lập", "TRƯỞNG PHÒNG\nTrần Thị Hiệu"][:count],
    ]


def test_names_stand_at_one_height_under_titles_of_one_line_and_of_two() -> None:
    titles = ("Thư ký", "Trưởng ban giám khảo cuộc thi", "Trưởng ban")
    cells = read(table("An"), signers=tuple(Signer(title, "Lê An") for title in titles)).tables[-1].rows[0].cells[1:]
    room = [cell.paragraphs[-1].paragraph_format.space_before for cell in cells]
    assert [round((one.pt if one else 0) - 62, 1) for one in room] == [32.2, 0.0, 32.2]


def test_hostile_names_stay_text() -> None:
    names = ["A & <B> ]]>", "=1+1", "x" * 200, "Dòng một\nDòng hai", "Chuông\x07 và \x00 rỗng"]
    cells = [row.cells[0].text for row in read(table(*names)).tables[1].rows]
    assert cells == ["Họ tên", *names[:4], "Chuông và  rỗng"]


def test_what_a_table_has_to_say_stands_under_it() -> None:
    document = read(replace(table("An"), notes=("Hai hồ sơ bằng điểm.",)), table("Bình"))
    assert [one.text for one in document.paragraphs if one.text][-3:] == [
        "1. Danh sách",
        "Hai hồ sơ bằng điểm.",
        "2. Danh sách",
    ]


def test_a_title_longer_than_word_keeps_in_its_properties_is_printed_whole() -> None:
    title = "Kết quả " + "rất dài " * 60
    data = report_document(ReportPaper(title, ISSUER, "7", None, [Figure(table("An"))], SIGNERS))
    document = open_docx(io.BytesIO(data))
    assert title in [one.text for one in document.paragraphs]
    assert len(document.core_properties.title) == 255


# --- charts ---------------------------------------------------------------------------------------------

SCHOOLS = ("Trường A & <B>", "=1+1", "Trường “C”")
COUNTS = (Decimal(12), Decimal("7.5"), Decimal(0))
COLUMNS = (Column("by", "Trường"), Column("other", "Điểm", "number"), Column("n", "Số hồ sơ", "number"))
LINES = [{"by": school, "other": 12 - n, "n": COUNTS[n]} for n, school in enumerate(SCHOOLS)]
SUMMARY = Table("Theo 'trường': [1/2]", COLUMNS, LINES, totals={"n": Decimal("19.5")}, numbered=True)
CHART = BarChart("Theo trường: Số hồ sơ", SCHOOLS, COUNTS)
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_TEXT = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"
_RANGE = re.compile(r"'?(.+?)'?!\$([A-Z])\$(\d+):\$([A-Z])\$(\d+)")


def charted(sheets: CalamineWorkbook, reference: str) -> list[object]:
    """The cells that a chart's reference names."""
    match = _RANGE.fullmatch(reference)
    assert match is not None, reference
    name, column, first, same, last = match.groups()
    assert column == same
    rows = sheets.get_sheet_by_name(name.replace("''", "'")).to_python(skip_empty_area=False)
    return [row[ord(column) - ord("A")] for row in rows[int(first) - 1 : int(last)]]


def test_chart_in_excel_draws_the_cells_of_its_table_and_not_the_total() -> None:
    figures = [Figure(table("An")), Figure(SUMMARY, CHART), Figure(table())]
    data = report_workbook(ReportPaper("Kết quả", ISSUER, "7", None, figures, SIGNERS))
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        (name,) = [name for name in book.namelist() if name.startswith("xl/charts/chart")]
        chart = etree.fromstring(book.read(name))
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(data))
    (labels,), (values,) = ([one.findtext(f".//{_C}f") for one in chart.iter(f"{_C}{kind}")] for kind in ("cat", "val"))
    assert charted(sheets, labels) == list(SCHOOLS)
    assert charted(sheets, values) == [float(count) for count in COUNTS]
    assert [one.text for one in chart.find(f".//{_C}title").iter(_TEXT)] == [CHART.title]


def test_bars_on_the_page_say_what_the_table_says() -> None:
    svg = etree.fromstring(bar_chart_svg(CHART, "b"))
    space = "{http://www.w3.org/2000/svg}" if svg.tag.startswith("{") else ""
    texts = [(one.get("class"), one.text) for one in svg.iter(f"{space}text")]
    shown = page_rows(SUMMARY)
    assert [text for kind, text in texts if kind == "bar-label"] == [row[1] for row in shown]
    assert [text for kind, text in texts if kind == "bar-value"] == [row[3] for row in shown]
    widths = [Decimal(one.get("width")) for one in svg.iter(f"{space}rect")]
    assert [round(width * 12 / max(widths), 1) for width in widths] == list(COUNTS)
