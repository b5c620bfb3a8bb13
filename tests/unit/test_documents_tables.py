"""One table description on a page, in Word and in Excel."""

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from docx import Document
from docx.document import Document as DocumentType
from docx.oxml.ns import qn
from python_calamine import CalamineWorkbook

from thidua.documents.answers import Answer, AnswerTable, FileLine, Section, dossier_document, show_size
from thidua.documents.layout import ND30, add, open_document, to_bytes
from thidua.documents.tables import Column, Table, page_rows, page_totals, show_cell, table_grid, table_workbook
from thidua.documents.word import Para
from thidua.documents.workbook import MAX_TEXT

COLUMNS = (Column("unit", "Đơn vị", width=60), Column("n", "Số hồ sơ", "number", 20), Column("day", "Ngày", "date", 25))
ROWS = [
    {"unit": "=cmd|' /C calc'!A0", "n": 1234, "day": date(2026, 2, 5)},
    {"unit": "A & <B> ]]>", "n": Decimal("9.50"), "day": None},
    {"unit": "@SUM(A1)", "n": "không chấm"},
]


def make_table(rows=ROWS, **changes):
    return Table(**({"title": "Kết quả", "columns": COLUMNS, "rows": rows} | changes))


def sheet_rows(data):
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def grid_texts(table):
    return [["".join(t.text for t in tc.iter(qn("w:t"))) for tc in tr.tc_lst] for tr in table._tbl.tr_lst]


def test_page_rows_format_each_kind():
    assert page_rows(make_table(numbered=True)) == [
        ["1", "=cmd|' /C calc'!A0", "1.234", "05/02/2026"],
        ["2", "A & <B> ]]>", "9,5", ""],
        ["3", "@SUM(A1)", "không chấm", ""],
    ]


def test_show_cell_takes_an_instant_as_its_day_in_viet_nam():
    assert show_cell(datetime(2026, 6, 16, 20, tzinfo=UTC)) == "17/06/2026"
    assert show_cell(Decimal("NaN")) == "NaN"


def test_page_totals_say_cong_in_the_first_text_column():
    assert page_totals(make_table(totals={"n": 2}, numbered=True)) == ["", "Cộng", "2", ""]
    assert page_totals(make_table()) == []


def on_paper(table: Table) -> DocumentType:
    """A Word file of the table alone, read back."""
    made = open_document(table.title)
    add(made, table_grid(table, ND30.text_width()), Para(""))
    return Document(io.BytesIO(to_bytes(made)))


def test_table_columns_need_keys_of_their_own():
    with pytest.raises(ValueError, match="keys of their own"):
        make_table(columns=(Column("a", "A"), Column("a", "B")))


@pytest.mark.parametrize("count", [0, 300])
def test_table_document_holds_every_row(count):
    rows = [{"unit": f"Trường {i}", "n": i} for i in range(count)]
    document = on_paper(make_table(rows, totals={"n": count}))
    table = document.tables[0]
    assert grid_texts(table) == [
        ["Đơn vị", "Số hồ sơ", "Ngày"],
        *([f"Trường {i}", str(i), ""] for i in range(count)),
        ["Cộng", str(count), ""],
    ]
    assert [tr.trPr.find(qn("w:tblHeader")) is not None for tr in table._tbl.tr_lst] == [True] + [False] * (count + 1)
    assert round(sum(column.width.mm for column in table.columns)) == 165


def test_table_workbook_keeps_kinds_and_texts():
    rows = sheet_rows(table_workbook(make_table(totals={"n": 3})))
    assert rows == [
        ["Kết quả", "", ""],
        ["", "", ""],
        ["Đơn vị", "Số hồ sơ", "Ngày"],
        ["=cmd|' /C calc'!A0", 1234.0, date(2026, 2, 5)],
        ["A & <B> ]]>", 9.5, ""],
        ["@SUM(A1)", "không chấm", ""],
        ["Cộng", 3.0, ""],
    ]


@pytest.mark.parametrize("rows", [ROWS, ROWS * 2_000], ids=["few", "many"])
def test_table_workbook_has_no_formula_and_a_frozen_filtered_header(rows):
    with zipfile.ZipFile(io.BytesIO(table_workbook(make_table(rows)))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    assert ("<f>" in sheet, 'state="frozen"' in sheet, "hyperlink" in sheet) == (False, True, False)
    assert f'<autoFilter ref="A3:C{3 + len(rows)}"' in sheet
    assert 'quotePrefix="1"' in styles


def test_table_workbook_same_data_gives_same_bytes():
    assert table_workbook(make_table()) == table_workbook(make_table())


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("x" * 40_000, "x" * (MAX_TEXT - 1) + "…"),
        (10**18, "1000000000000000000"),
        (Decimal("NaN"), "NaN"),
        (date(1890, 5, 19), "19/05/1890"),
        (date(1900, 1, 1), "01/01/1900"),
        (date(1900, 2, 28), "28/02/1900"),
        (date(1900, 3, 1), date(1900, 3, 1)),
        (datetime(2026, 6, 16, 20, tzinfo=UTC), date(2026, 6, 17)),
        ("a\x0bb\x00", "ab"),
        ("0123", "0123"),
        ("http://example.org", "http://example.org"),
    ],
)
def test_table_workbook_odd_values_become_what_excel_can_hold(value, stored):
    rows = sheet_rows(table_workbook(make_table([{"unit": value}])))
    assert rows[3][0] == stored


def test_table_workbook_tames_the_name_of_its_sheet():
    data = table_workbook(make_table(title="Kết quả: [đợt 1/2] của 'các trường' trên toàn địa bàn"))
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        assert book.sheet_names == ["Kết quả đợt 1 2 của các trường…"]


def test_dossier_document_says_facts_answers_and_files():
    data = dossier_document(
        "Hồ sơ HS-2026-000123",
        [("Đơn vị", "Trường A & B"), ("Ghi chú", "")],
        [
            Section(
                "I. Sơ lược",
                [
                    Answer("Họ và tên", "Nguyễn Thị Hoà"),
                    Answer("Tôn giáo", " "),
                    Answer("Nhiệm vụ", "Dòng một\n\nDòng <hai>\x0b"),
                    Answer("Chất lượng", AnswerTable(("Năm", "Tỷ lệ"), [("2025", "65%"), ("2026", "=1+1")])),
                    Answer("Sáng kiến", AnswerTable(("Tên",), [])),
                ],
            )
        ],
        [FileLine("Báo cáo", "bao-cao.docx", 38_300, "3f" * 32)],
    )
    document = Document(io.BytesIO(data))
    assert [p.text for p in document.paragraphs if p.text] == [
        "Hồ sơ HS-2026-000123",
        "I. Sơ lược",
        "Họ và tên: Nguyễn Thị Hoà",
        "Tôn giáo: (chưa có)",
        "Nhiệm vụ:",
        "Dòng một",
        "Dòng <hai>",
        "Chất lượng:",
        "Sáng kiến: (chưa có)",
        "Tài liệu kèm theo",
    ]
    assert [grid_texts(table) for table in document.tables] == [
        [["Đơn vị", "Trường A & B"], ["Ghi chú", "(chưa có)"]],
        [["Năm", "Tỷ lệ"], ["2025", "65%"], ["2026", "=1+1"]],
        [["Tài liệu", "Tên tệp", "Dung lượng", "SHA-256"], ["Báo cáo", "bao-cao.docx", "37 KB", "3f" * 32]],
    ]


def test_dossier_document_of_nothing_can_be_read():
    document = Document(io.BytesIO(dossier_document("Trống", [], [], [])))
    assert [p.text for p in document.paragraphs if p.text] == ["Trống", "Tài liệu kèm theo", "Không có tệp kèm theo."]
    assert document.tables == []  # Word calls one without rows damaged


def test_dossier_document_ragged_table_is_a_mistake_of_the_caller():
    section = Section("S", [Answer("a", AnswerTable(("x", "y"), [("1",)]))])
    with pytest.raises(ValueError, match="another length"):
        dossier_document("T", [], [section], [])


def test_show_size_uses_units_people_know():
    assert [show_size(n) for n in (0, 1023, 1024, 1024**2 - 1, 1024**2, 200 * 1024**2)] == [
        "0 byte", "1023 byte", "1 KB", "1.023 KB", "1 MB", "200 MB",
    ]  # fmt: skip


def test_row_higher_than_a_page_may_go_over_to_the_next() -> None:
    """A row that must not be split and fits on no page loses its end."""
    rows = [{"unit": "ngắn"}, {"unit": "dài " * 600}, {"unit": "ngắn"}]
    table = on_paper(make_table(rows)).tables[0]
    whole = [tr.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for tr in table._tbl.tr_lst]
    assert whole == [True, True, False, True]


def test_an_essay_in_a_cell_of_an_answer_goes_over_to_the_next_page() -> None:
    answer = Answer("Sáng kiến", AnswerTable(("Tên", "Nội dung"), [("An", "dài " * 2_000)]))
    data = dossier_document("T", [("Mã", "HS-1")], [Section("S", [answer])], [])
    _, table = Document(io.BytesIO(data)).tables
    assert not list(table._tbl.iter(qn("w:cantSplit")))


def test_notes_stand_apart_under_the_sheet() -> None:
    for totals in ({}, {"n": 3}):
        lines = sheet_rows(table_workbook(make_table(totals=totals, notes=("Ghi chú một.", "=2"))))
        assert [line[0] for line in lines[-3:]] == ["", "Ghi chú một.", "=2"]
        assert len(lines) == 3 + len(ROWS) + bool(totals) + 3


def test_headings_stand_over_the_whole_width() -> None:
    made = make_table(headings={0: "Nhóm A", 2: "Nhóm B"}, heading="Nhóm")
    table = on_paper(made).tables[0]
    assert [line for line in grid_texts(table) if len(line) == 1] == [["Nhóm A"], ["Nhóm B"]]
    assert [line[-1] for line in sheet_rows(table_workbook(made))[2:]] == ["Nhóm", "Nhóm A", "Nhóm A", "Nhóm B"]
    called = made.columns[0].label
    twice = make_table(headings={0: "Nhóm A", 2: "Nhóm B"}, heading=called)
    assert sheet_rows(table_workbook(twice))[2].count(called) == 1
