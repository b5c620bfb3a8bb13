"""Reading Excel forms as people really fill them in."""

import io
import re
import zipfile
from datetime import date, datetime, time, timedelta
from time import perf_counter

import pytest
import xlsxwriter

from thidua.documents import sheet_guard
from thidua.documents.percents import percent_cells
from thidua.documents.sheets import SheetColumn, SheetForm, SheetRow, read_grids, read_rows, sheet_names, template_xlsx
from thidua.errors import BadFile, Invalid, TooLarge
from thidua.files.checks import check_upload

COLUMNS = (
    SheetColumn("name", "Họ và tên", required=True, aliases=("Họ tên", "Tên giáo viên")),
    SheetColumn("born", "Ngày sinh", kind="date"),
    SheetColumn("code", "Mã CCVC", required=True, help="Mã của Sở", example="00123"),
)


def make_sheet(path, rows, *, name="Sheet1", before=()):
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"})
    for title, lines in (*before, (name, rows)):
        sheet = book.add_worksheet(title)
        for number, line in enumerate(lines):
            for column, value in enumerate(line):
                if value is not None:
                    sheet.write(number, column, value)
    book.close()
    return path


def make_raw(path, cells, *, part="xl/worksheets/sheet1.xml"):
    """A workbook whose one sheet has exactly this XML in its sheetData."""
    make_sheet(path, [["x"]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    parts["xl/worksheets/sheet1.xml"] = f"{head}{cells}</sheetData></worksheet>".encode()
    if part != "xl/worksheets/sheet1.xml":
        parts[part] = parts.pop("xl/worksheets/sheet1.xml")
        old, new = b"worksheets/sheet1.xml", part.removeprefix("xl/").encode()
        parts = {name: data.replace(old, new) for name, data in parts.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def test_read_rows_under_titles_in_any_order_with_retyped_labels(tmp_path):
    path = make_sheet(
        tmp_path / "a.xlsx",
        [
            ["DANH SÁCH GIÁO VIÊN"],
            [],
            ["STT", "MA  CCVC (*)", "ngay sinh", "Ghi chú", "HO TEN"],
            [1, "00123", date(1985, 2, 5), "x", "  Nguyễn Thị Hoà\n"],
            [],
            [2, 456, 43501, None, "Trần & <B> \u202eKhánh"],
            [None, 1.5, "5/2/19", None, None],
        ],
    )
    assert read_rows(path, COLUMNS) == [
        SheetRow(4, {"name": "Nguyễn Thị Hoà", "born": "05/02/1985", "code": "00123"}),
        SheetRow(6, {"name": "Trần & <B> Khánh", "born": "05/02/2019", "code": "456"}),
        SheetRow(7, {"name": "", "born": "5/2/19", "code": "1,5"}),
    ]


def test_read_rows_counts_from_the_top_of_the_sheet_when_it_starts_empty(tmp_path):
    path = make_sheet(tmp_path / "a.xlsx", [[], [], [None, "Họ và tên", "Mã CCVC"], [None, "An", "1"]])
    assert [(row.number, row.values["name"]) for row in read_rows(path, COLUMNS)] == [(4, "An")]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12.0, "12"),
        (1.234, "1,234"),
        (-0.5, "-0,5"),
        (1e15, "1000000000000000"),
        (0, "0"),
        (True, "có"),
        (False, "không"),
        (datetime(2026, 6, 17, 14, 30), "17/06/2026 14:30"),
        (time(7, 5), "07:05"),
        (timedelta(hours=30, minutes=15), "30:15"),
        (timedelta(minutes=5), "00:05"),
        (43501, "43501"),
        ("Hoa\u0300", "Hoà"),
    ],
)
def test_read_rows_turns_cells_into_the_text_people_would_type(tmp_path, value, text):
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"), {"default_date_format": "dd/mm/yyyy hh:mm"})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ("Họ và tên", "Mã CCVC"))
    if isinstance(value, time | timedelta):
        shown = "hh:mm" if isinstance(value, time) else "[h]:mm"
        sheet.write_datetime(1, 1, value, book.add_format({"num_format": shown}))
    else:
        sheet.write(1, 1, value)
    book.close()
    assert [row.values["code"] for row in read_rows(tmp_path / "a.xlsx", COLUMNS)] == [text]


def test_read_rows_takes_of_a_calculated_number_the_digits_that_excel_shows(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ("Họ và tên", "Mã CCVC"))
    sheet.write_formula(1, 1, "=0.1+0.2", None, 0.1 + 0.2)
    book.close()
    assert [row.values["code"] for row in read_rows(tmp_path / "a.xlsx", COLUMNS)] == ["0,3"]


@pytest.mark.parametrize(
    ("value", "text"), [(2019, "2019"), (43501, "05/02/2019"), (43501.5, "43501,5"), (99999, "99999")]
)
def test_read_rows_takes_only_likely_serials_for_days(tmp_path, value, text):
    path = make_sheet(tmp_path / "a.xlsx", [["Họ và tên", "Mã CCVC", "Ngày sinh"], ["An", "1", value]])
    assert [row.values["born"] for row in read_rows(path, COLUMNS)] == [text]


def test_read_rows_finds_the_sheet_that_fits(tmp_path):
    path = make_sheet(
        tmp_path / "a.xlsx",
        [["Họ và tên", "Mã CCVC"], ["An", "1"]],
        name="Nhân sự",
        before=(("Hướng dẫn", [["Cách điền"]]), ("Đơn vị", [["Mã đơn vị", "Tên"]])),
    )
    expected = [SheetRow(2, {"name": "An", "born": "", "code": "1"})]
    assert read_rows(path, COLUMNS) == expected
    assert read_rows(path, COLUMNS, sheet="NHAN SU") == expected
    assert sheet_names(path) == ["Hướng dẫn", "Đơn vị", "Nhân sự"]


def test_read_rows_missing_sheet_is_named_with_those_there(tmp_path):
    path = make_sheet(tmp_path / "a.xlsx", [["x"]], name="Đơn vị")
    with pytest.raises(Invalid) as refused:
        read_rows(path, COLUMNS, sheet="Nhân sự")
    assert str(refused.value) == (
        "Tệp không có trang tính “Nhân sự”; các trang tính đang có: Đơn vị. "
        "Hãy đổi tên trang tính hoặc dùng mẫu tải về."
    )


@pytest.mark.parametrize(
    ("rows", "code", "params"),
    [
        ([], "sheet-no-header", {"columns": "Họ và tên, Mã CCVC", "rows": 30}),
        ([["a", "b"]], "sheet-no-header", {"columns": "Họ và tên, Mã CCVC", "rows": 30}),
        ([["x"]] * 30 + [["Họ và tên", "Mã CCVC"]], "sheet-no-header", {"columns": "Họ và tên, Mã CCVC", "rows": 30}),
        ([[], ["Họ tên", "Ngày sinh"]], "sheet-columns-missing", {"columns": "Mã CCVC", "row": 2}),
        ([["Họ tên", "Mã CCVC", "Họ và tên"]], "sheet-column-twice", {"column": "Họ và tên", "row": 1}),
    ],
)
def test_read_rows_header_faults_say_which(tmp_path, rows, code, params):
    with pytest.raises(Invalid) as refused:
        read_rows(make_sheet(tmp_path / "a.xlsx", rows), COLUMNS)
    assert (refused.value.code, refused.value.params) == (code, params)
    assert "{" not in str(refused.value)


def test_read_rows_of_a_header_alone_is_nothing(tmp_path):
    assert read_rows(make_sheet(tmp_path / "a.xlsx", [["Họ và tên", "Mã CCVC"]]), COLUMNS) == []


@pytest.mark.parametrize(
    "data", [b"", b"not a workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, b"PK\x05\x06" + b"\0" * 18]
)
def test_read_rows_refuses_what_is_no_workbook(tmp_path, data):
    path = tmp_path / "cu.xls"
    path.write_bytes(data)
    with pytest.raises(BadFile) as refused:
        read_rows(path, COLUMNS)
    assert (refused.value.code, refused.value.params) == ("sheet-unreadable", {"name": "cu.xls"})


@pytest.mark.parametrize("cut", [1, 100, 2000])
def test_read_rows_refuses_a_workbook_cut_short(tmp_path, cut):
    path = make_sheet(tmp_path / "a.xlsx", [["Họ và tên", "Mã CCVC"], ["An", "1"]])
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(BadFile):
        read_rows(path, COLUMNS)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (
            '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
            "sheet-too-long",
        ),
        ('<row r="1048576"><c><v>1</v></c></row>', "sheet-too-long"),
        ('<row r="1048575"/><row><c><v>1</v></c></row>', "sheet-too-long"),
        ('<row r="1"><c r="XFD1"><v>1</v></c></row>', "sheet-too-wide"),
        ('<row r="1"><c r="XFC1"/><c><v>1</v></c></row>', "sheet-too-wide"),
    ],
)
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/elsewhere.bin"])
def test_read_rows_refuses_far_away_cells_before_laying_out_the_sheet(tmp_path, cells, code, part):
    with pytest.raises(TooLarge) as refused:
        read_rows(make_raw(tmp_path / "a.xlsx", cells, part=part), COLUMNS)
    assert refused.value.code == code


@pytest.mark.parametrize("reference", ["A99999999", "AAAAA1", "$A$1", "1", ""])
def test_read_rows_refuses_cells_that_stand_nowhere(tmp_path, reference):
    with pytest.raises(BadFile):
        read_rows(make_raw(tmp_path / "a.xlsx", f'<row r="1"><c r="{reference}"><v>1</v></c></row>'), COLUMNS)


def test_read_rows_refuses_a_part_that_declares_a_document_type(tmp_path):
    path = make_raw(tmp_path / "a.xlsx", "")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/more.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with pytest.raises(BadFile) as refused:
        read_rows(path, COLUMNS)
    assert refused.value.code == "sheet-unreadable"


def test_read_rows_refuses_an_encoding_that_nobody_knows(tmp_path):
    path = make_sheet(tmp_path / "a.xlsx", [["Họ và tên", "Mã CCVC"]])
    named = rewritten(path, "xl/styles.xml", lambda data: data.replace(b'encoding="UTF-8"', b'encoding="a1"'))
    with pytest.raises(BadFile):
        read_rows(named, COLUMNS)


FAR = '<row r="6000"><c r="A6000"><v>1</v></c></row>'


@pytest.mark.parametrize("before", [b"x", b"\0", "\ufeff\ufeff".encode()])
def test_read_rows_refuses_a_sheet_that_begins_with_something_else(tmp_path, before):
    path = rewritten(make_raw(tmp_path / "a.xlsx", FAR), "xl/worksheets/sheet1.xml", lambda data: before + data)
    with pytest.raises((BadFile, TooLarge)):
        read_grids(path)


SHARING = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 41))
NAMES = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def sharing(path, texts):
    """A workbook of 40 cells that all name the first of ``texts``."""
    shared = f"<sst {NAMES}>{texts}</sst>".encode()
    return rewritten(make_raw(path, SHARING), "xl/sharedStrings.xml", lambda _: shared)


@pytest.mark.parametrize(
    "texts",
    [
        "<si><t>{}</t></si>",
        "<si><r><t>a</t></r><r><t>{}</t></r></si>",
        '<x:si xmlns:x="u"><t>{}</t></x:si><si><t>b</t></si>',
    ],
)
def test_read_rows_counts_a_shared_text_for_every_cell_that_names_it(tmp_path, monkeypatch, texts):
    """The reader makes a copy for each: ten megabytes in a file of ten kilobytes were ten gigabytes."""
    monkeypatch.setattr(sheet_guard, "MAX_EXPANDED", 100_000)
    assert read_grids(sharing(tmp_path / "a.xlsx", texts.format("a" * 2_000)))["Sheet1"][39][0].endswith("a")
    with pytest.raises(TooLarge) as refused:
        read_grids(sharing(tmp_path / "a.xlsx", texts.format("a" * 2_600)))
    assert refused.value.code == "sheet-too-large"


@pytest.mark.parametrize("before", ["x", "<si><t>a</t>"])
def test_read_rows_refuses_shared_texts_that_cannot_be_counted(tmp_path, before):
    path = sharing(tmp_path / "a.xlsx", "<si><t>a</t></si>" if before == "x" else f"{before}<si><t>b</t></si></si>")
    if before == "x":
        rewritten(path, "xl/sharedStrings.xml", lambda data: before.encode() + data)
    with pytest.raises(BadFile):
        read_grids(path)


def test_read_rows_takes_cells_that_name_no_shared_text(tmp_path):
    cells = '<row r="1"><c r="A1" t="s"><v/></c><c r="B1" t="s"/><c r="C1" t="s"><v> 0 </v></c></row>'
    assert read_grids(make_raw(tmp_path / "a.xlsx", cells))["Sheet1"] == [["", "", "x"]]


def rewritten(path, part, change):
    """The file at ``path`` with one part changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, change(data) if name == part else data)
    return path


SPREAD = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 office:version="1.2"><office:body><office:spreadsheet><table:table table:name="S"><table:table-row
 table:number-rows-repeated="6000"><table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell
 ></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""


@pytest.mark.parametrize("name", ["a.ods", "a.xlsx", "a", "a.ODS"])
def test_read_rows_refuses_other_kinds_of_workbook_whose_cells_it_does_not_count(tmp_path, name):
    path = tmp_path / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", SPREAD)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    with pytest.raises(BadFile):
        read_grids(path)


def test_read_rows_refuses_a_zip_behind_another_file(tmp_path):
    path = make_sheet(tmp_path / "a.xlsx", [["An"]])
    assert read_grids(path) == {"Sheet1": [["An"]]}
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + path.read_bytes())
    with pytest.raises(BadFile):
        read_grids(path)


def test_read_grids_counts_the_cells_of_all_sheets_together(tmp_path, monkeypatch):
    monkeypatch.setattr(sheet_guard, "MAX_CELLS", 100)
    corner = [*[[]] * 9, [*[None] * 4, "x"]]  # a value in E10: 50 cells
    two = make_sheet(tmp_path / "a.xlsx", corner, before=(("A", corner),))
    assert [len(rows) for rows in read_grids(two).values()] == [10, 10]
    three = make_sheet(tmp_path / "b.xlsx", [["x"]], before=(("A", corner), ("B", corner)))
    with pytest.raises(TooLarge) as refused:
        read_grids(three)
    assert refused.value.code == "sheet-too-large"


def test_read_rows_counts_the_parts_of_a_file(tmp_path, monkeypatch):
    path = make_sheet(tmp_path / "a.xlsx", [["Họ và tên", "Mã CCVC"]])
    with zipfile.ZipFile(path) as archive:
        count = len(archive.namelist())
    monkeypatch.setattr(sheet_guard, "MAX_PARTS", count)
    assert read_rows(path, COLUMNS) == []
    monkeypatch.setattr(sheet_guard, "MAX_PARTS", count - 1)
    with pytest.raises(TooLarge):
        read_rows(path, COLUMNS)


@pytest.mark.parametrize("last", [False, True])
def test_read_rows_tells_of_the_sheet_that_came_nearest(tmp_path, last):
    near, far = ("Gần", [["Họ tên", "Ngày sinh"]]), ("Xa", [["Cách điền"]])
    before, (name, rows) = (far, near) if last else (near, far)
    with pytest.raises(Invalid) as refused:
        read_rows(make_sheet(tmp_path / "a.xlsx", rows, name=name, before=(before,)), COLUMNS)
    assert refused.value.code == "sheet-columns-missing"


def test_read_rows_is_not_held_up_by_brackets_without_end(tmp_path):
    path = make_sheet(tmp_path / "a.xlsx", [["(" * 32_000] * 20, ["Họ và tên (*)", "Mã CCVC"], ["An", "1"]])
    begun = perf_counter()
    assert len(read_rows(path, COLUMNS)) == 1
    assert perf_counter() - begun < 5  # 30 seconds where each bracket is tried to the end


def test_a_time_beyond_all_days_is_a_fault_of_the_file(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ("Họ và tên", "Mã CCVC"))
    sheet.write_number(1, 1, 1e10, book.add_format({"num_format": "[h]:mm"}))
    book.close()
    with pytest.raises(BadFile):
        read_rows(tmp_path / "a.xlsx", COLUMNS)


def test_read_rows_passes_over_empty_formatted_cells_far_away(tmp_path):
    cells = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>Họ tên</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>Mã CCVC</t></is></c></row>'
        '<row r="2"><c r="B2"><v>7</v></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    )
    rows = read_rows(make_raw(tmp_path / "a.xlsx", cells), COLUMNS)
    assert rows == [SheetRow(2, {"name": "", "born": "", "code": "7"})]


def test_read_rows_counts_expanded_bytes_not_stated_ones(tmp_path, monkeypatch):
    monkeypatch.setattr(sheet_guard, "MAX_EXPANDED", 200_000)
    path = make_sheet(tmp_path / "a.xlsx", [["Họ và tên", "Mã CCVC"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.png", b"\0" * 300_000)
    data = path.read_bytes()
    size = (300_000).to_bytes(4, "little")
    assert data.count(size) == 2
    path.write_bytes(data.replace(size, (10).to_bytes(4, "little")))
    with pytest.raises(TooLarge) as refused:
        read_rows(path, COLUMNS)
    assert refused.value.code == "sheet-too-large"


def test_read_rows_limit_is_the_last_row_that_may_be_filled(tmp_path):
    path = make_sheet(tmp_path / "a.xlsx", [["Họ và tên", "Mã CCVC"], *([f"Người {i}", str(i)] for i in range(300))])
    assert len(read_rows(path, COLUMNS, limit=301)) == 300
    with pytest.raises(TooLarge) as refused:
        read_rows(path, COLUMNS, limit=300)
    assert refused.value.params == {"name": "a.xlsx", "limit": 300}


def test_template_filled_in_by_hand_is_read_back(tmp_path):
    path = tmp_path / "mau.xlsx"
    path.write_bytes(template_xlsx([SheetForm("Nhân sự", COLUMNS)], guide=["=Mỗi dòng một người."]))
    assert sheet_names(path) == ["Nhân sự", "Hướng dẫn"]
    assert read_rows(path, COLUMNS) == []
    guide = (
        SheetColumn("column", "Cột", True),
        SheetColumn("need", "Bắt buộc"),
        SheetColumn("help", "Cách điền"),
        SheetColumn("example", "Ví dụ"),
    )
    assert [row.values for row in read_rows(path, guide, sheet="Hướng dẫn")] == [
        {"column": "Họ và tên", "need": "có", "help": "", "example": ""},
        {"column": "Ngày sinh", "need": "không", "help": "", "example": ""},
        {"column": "Mã CCVC", "need": "có", "help": "Mã của Sở", "example": "00123"},
    ]


def test_template_formats_cells_as_text_so_that_codes_keep_their_zeros():
    data = template_xlsx([SheetForm("Nhân sự", COLUMNS)])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        styles = archive.read("xl/styles.xml").decode()
        columns = archive.read("xl/worksheets/sheet1.xml").decode().partition("<sheetData")[0]
    (column,) = re.findall(r'<col min="1" max="3" [^>]*style="(\d+)"', columns)
    formats = re.findall(r'<xf numFmtId="(\d+)"', styles.partition("<cellXfs")[2])
    assert formats[int(column)] == "49"


@pytest.mark.parametrize("way", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
@pytest.mark.parametrize("damaged", [False, True])
def test_read_rows_refuses_what_no_excel_packs(tmp_path, way, damaged):
    path = tmp_path / "x.xlsx"
    with (
        zipfile.ZipFile(io.BytesIO(template_xlsx([SheetForm("A", [SheetColumn("a", "A")])]))) as made,
        zipfile.ZipFile(path, "w", way) as odd,
    ):
        for part in made.infolist():
            odd.writestr(part.filename, made.read(part), compress_type=way)
    data = bytearray(path.read_bytes())
    if damaged:
        data[70:90] = b"\xff" * 20
    path.write_bytes(data)
    with pytest.raises(BadFile) as caught:
        read_rows(path, [SheetColumn("a", "A")])
    assert caught.value.code == "sheet-unreadable"
    with pytest.raises(BadFile):
        check_upload(path, "x.xlsx", [".xlsx"])


def numbered(path, cell, *, style):
    """A workbook with a name, a code and this number under “Ngày sinh”, shown as a day where ``style`` says so."""
    book = xlsxwriter.Workbook(str(path))
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
    for column, (label, value) in enumerate((("Họ tên", "An"), ("Ngày sinh", 777), ("Mã CCVC", "1"))):
        sheet.write(0, column, label)
        sheet.write(1, column, value, day if style and value == 777 else None)
    book.close()
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data.replace(b"<v>777</v>", f"<v>{cell}</v>".encode()))
    return path


@pytest.mark.parametrize(("cell", "style"), [("1e999", False), ("-1e999", False), ("1e999", True), ("1e10", True)])
def test_a_number_beyond_all_days_is_read_as_what_it_is(tmp_path, cell, style):
    (row,) = read_rows(numbered(tmp_path / "a.xlsx", cell, style=style), COLUMNS)
    assert row.values["born"] == {"1e999": "Infinity", "-1e999": "-Infinity", "1e10": "10000000000"}[cell]


def test_a_day_that_breaks_the_reader_is_a_fault_of_the_file(tmp_path, capfd):
    path = numbered(tmp_path / "a.xlsx", "-1e999", style=True)
    for read in (lambda: read_rows(path, COLUMNS), lambda: read_grids(path)):
        with pytest.raises(BadFile) as refused:
            read()
        assert (refused.value.code, refused.value.params) == ("sheet-unreadable", {"name": "a.xlsx"})
    assert "out of bounds" in capfd.readouterr().err  # it is that very fault


@pytest.mark.parametrize(
    ("look", "value", "text"),
    [
        ("0%", 0.95, "95%"),
        ("0.0%", 0.955, "95,5%"),
        ("[Red]0.00%;-0%", 0.07, "7%"),
        ("#,##0 %", 1, "100%"),
        ('0" %"', 95, "95"),
        (r"0\%", 95, "95"),
        ("0.00", 0.95, "0,95"),
        ("0%", "0.95", "0.95"),
        ("0%", True, "có"),
    ],
)
def test_read_grids_says_per_cent_where_the_sheet_does(tmp_path, look, value, text):
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    for name in ("Trang đầu", "Tỉ lệ & <1>"):
        sheet, shown = book.add_worksheet(name), book.add_format({"num_format": look})
        sheet.write(1, 1, value, shown)
        sheet.write(0, 0, 0.5)
    book.close()
    expected = [["0,5", ""], ["", text]]
    assert read_grids(tmp_path / "a.xlsx") == {"Trang đầu": expected, "Tỉ lệ & <1>": expected}


@pytest.mark.parametrize("number", ["9", "10"])
def test_read_grids_knows_the_per_cent_that_excel_has_built_in(tmp_path, number):
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    book.add_worksheet("S").write(0, 0, 0.4, book.add_format({"num_format": int(number)}))
    book.close()
    assert read_grids(tmp_path / "a.xlsx") == {"S": [["40%"]]}


def test_read_grids_does_without_styles(tmp_path):
    path = make_sheet(tmp_path / "a.xlsx", [["An", 1]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name != "xl/styles.xml"}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    assert read_grids(path) == {"Sheet1": [["An", "1"]]}


def test_percent_cells_are_the_filled_ones_alone(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet, shown = book.add_worksheet("S"), book.add_format({"num_format": "0%"})
    sheet.write(0, 0, 0.5, shown)
    for row in range(1, 2_000):
        sheet.write_blank(row, 0, None, shown)
    sheet.write(1, 1, 0.5)
    book.close()
    assert percent_cells(tmp_path / "a.xlsx") == {"S": {"A1"}}
