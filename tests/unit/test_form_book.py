"""A form as an Excel file: what is typed survives the way there and back, whatever it is."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import all_kinds
from thidua.documents.form_book import Stamp, Stood, form_book, normal, read_book, read_form, typed
from thidua.errors import Invalid
from thidua.forms import fingerprint, whole_form
from thidua.plugin import Choice, JsonValue, Option, Section, Shape, count_words, shape_of

SHAPE = shape_of(all_kinds.CAMPAIGN, all_kinds.TRACK)
STAMP = Stamp("moi-kieu", "1", "ca-nhan", SHAPE.sha256, "d1", "HS-2026-000001")


def written(raw: Mapping[str, JsonValue], form: Shape = SHAPE) -> bytes:
    marks = {spec.key: fingerprint(normal(spec, raw.get(spec.key))) for spec in form.fields}
    return form_book(form, raw, STAMP, marks)


def read(data: bytes, folder: Path, form: Shape = SHAPE):
    path = folder / "mau.xlsx"
    path.write_bytes(data)
    return read_form(read_book(path), form)


TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            *("007", "=1+1", "+84", "-5", "@x", "1e5", "TRUE", "1.200", "9,50", "2025-2026", "05/02/1985", "5 %"),
            *("Đỏ", "do", "Có", "_x0041_", "một\n\nhai", "\tthụt", "'nháy", "#N/A", "  lề  ", "\x00\u202e", "🌸"),
        ]
    ),
)
ROW = st.dictionaries(st.sampled_from(["nam", "chi_tieu", "dat", "vuot", "mau", "luc", "ghi"]), TEXTS)
LINES = (
    "ngan",
    "dai",
    "so",
    "ti_le",
    "mot",
    "co_khong",
    "viec",
    "mau_khac",
    "ngay",
    "nam_hoc",
    "nam",
    "duong_dan",
    "gi_do",
)
RAW = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(LINES, TEXTS),
        "nhieu": st.lists(st.sampled_from(["do", "vang", "xanh", "tim"]), max_size=4),
        "nguoi": st.fixed_dictionaries({"id": TEXTS, "name": TEXTS}),
        "don_vi": st.fixed_dictionaries({"id": TEXTS, "name": TEXTS}),
        "bang": st.lists(ROW, max_size=4),
    },
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RAW)
@example({"bang": [{"chi_tieu": "a"}, {}, {"chi_tieu": " "}, {"dat": "=2"}], "nguoi": {"id": "p1", "name": "Lê  Hoà"}})
def test_answers_survive_the_way_there_and_back(tmp_path: Path, raw: dict[str, JsonValue]) -> None:
    filled = read(written(raw), tmp_path)
    assert {spec.key: fingerprint(filled.raw[spec.key]) for spec in SHAPE.fields} == {
        spec.key: filled.stood[spec.key].mark for spec in SHAPE.fields
    }
    assert filled.stamp == STAMP
    # What could be read means the same when it comes back.
    before, problems = whole_form(SHAPE, raw, complete=False)
    wrong = {one.field.partition(".")[0] for one in problems}
    back = whole_form(SHAPE, filled.raw, complete=False)[0]
    assert {key: back.get(key) for key in before if key not in wrong} == {
        key: value for key, value in before.items() if key not in wrong
    }


def test_a_long_text_has_as_many_words_in_excel_as_on_the_page(tmp_path: Path) -> None:
    cases = json.loads((Path(__file__).parents[1] / "word_counts.json").read_text("utf-8"))
    found = [whole_form(SHAPE, read(written({"dai": one["text"]}), tmp_path).raw, complete=False)[0] for one in cases]
    assert [count_words(str(answers.get("dai") or "")) for answers in found] == [one["words"] for one in cases]


def test_ids_zeros_days_and_lines_come_back_as_they_were(tmp_path: Path) -> None:
    raw: dict[str, JsonValue] = {
        "ngan": "007",
        "dai": "Một\n\nHai",
        "so": "1.200,5",
        "ti_le": "95",
        "mot": "vang",
        "nhieu": ["do", "xanh"],
        "co_khong": "yes",
        "viec": "=SUM(A1)",
        "ngay": "05/02/2026",
        "nam_hoc": "2025-2026",
        "nam": "2025",
        "duong_dan": "https://truong.edu.vn/?a=1&b=2",
        "nguoi": {"id": "p1", "name": "Nguyễn Thị Hoà"},
        "don_vi": {"id": "u7", "name": "Trường THCS Đa Tốn"},
        "bang": [
            {"nam": "2024-2025", "chi_tieu": "-5", "dat": "9,50", "vuot": "no", "mau": "xanh", "luc": "", "ghi": "a\nb"}
        ],
        "gi_do": "",
    }
    filled = read(written(raw), tmp_path)
    assert filled.raw == raw | {"mau_khac": ""}
    assert filled.stood["nguoi"] == Stood(fingerprint(raw["nguoi"]), "p1", "Nguyễn Thị Hoà")


def test_problems_are_found_by_sheet_and_cell(tmp_path: Path) -> None:
    filled = read(written({"bang": [{"chi_tieu": "a"}, {"chi_tieu": "b"}]}), tmp_path)
    assert {key: filled.cells[key] for key in ("ngan", "nhieu", "bang", "bang.1.dat", "gi_do")} == {
        "ngan": "Trang tính “Mọi kiểu ô”, ô C2",
        "nhieu": "Trang tính “Mọi kiểu ô”, ô C7",
        "bang": "Trang tính “Bảng kết quả”",
        "bang.1.dat": "Trang tính “Bảng kết quả”, ô C4",
        "gi_do": "Trang tính “Phần thêm”, ô C2",
    }


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")}


def test_labels_are_locked_answers_open_choices_listed_and_nothing_is_a_formula() -> None:
    made = parts(written({"ngan": "=1+1", "mot": "do"}))
    sheets = re.findall(r'<sheet name="([^"]+)"[^>]*?(?: state="(\w+)")?(?: r:id|/)', made["xl/workbook.xml"])
    assert sheets == [
        ("Mọi kiểu ô", ""),
        ("Bảng kết quả", ""),
        ("Phần thêm", ""),
        ("_danh_sach", "veryHidden"),
        ("_thidua", "veryHidden"),
    ]
    first, table = made["xl/worksheets/sheet1.xml"], made["xl/worksheets/sheet2.xml"]
    assert all("<sheetProtection" in made[f"xl/worksheets/sheet{n}.xml"] for n in (1, 2, 3))
    assert not any("<f>" in text for name, text in made.items() if "worksheets" in name)
    assert re.findall(r'sqref="([A-Z0-9:]+)"><formula1>([^<]+)', first) == [
        ("C6", "_danh_sach!$A$1:$A$3"),
        ("C7", "_danh_sach!$B$1:$B$1"),
        ("C8", "_danh_sach!$B$1:$B$1"),
        ("C9", "_danh_sach!$B$1:$B$1"),
        ("C10", "_danh_sach!$C$1:$C$2"),
    ]
    assert re.findall(r'sqref="([A-Z0-9:]+)"><formula1>', table) == ["D3:D5", "E3:E5"]
    assert "Chỉ điền khi “Có nhận thêm việc” là “Có”." in made["xl/sharedStrings.xml"]


def other_book(cells: Mapping[str, object], name: str = "Sheet1") -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet(name)
    for cell, value in cells.items():
        sheet.write(cell, value)
    book.close()
    return out.getvalue()


def test_a_file_that_is_no_form_of_ours_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        read(other_book({"A1": "#muc", "C2": "x"}), tmp_path)
    assert refused.value.code == "form-book-foreign"


def test_formulas_are_read_as_their_value_and_columns_may_be_moved(tmp_path: Path) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    table, stamp = book.add_worksheet("Tôi đổi tên"), book.add_worksheet("_thidua")
    for place, key in enumerate(("bang.dat", "bang.chi_tieu", "khac.la", "bang.mau")):
        table.write_string(0, place, key)
    table.write_formula("A3", "=40+2", None, 42)
    table.write_string("B3", "Giỏi")
    table.write_string("D3", "ĐỎ")
    table.write_number("A4", 9.5)
    for row, line in enumerate((("format", "1"), ("slug", "moi-kieu"))):
        stamp.write_row(row, 0, line)
    book.close()
    filled = read(out.getvalue(), tmp_path)
    assert filled.raw == {
        "bang": [{"chi_tieu": "Giỏi", "dat": "42", "mau": "do"}, {"chi_tieu": "", "dat": "9,5", "mau": ""}]
    }


def test_two_options_of_one_name_are_told_apart(tmp_path: Path) -> None:
    twins = Choice("mot", "Chọn", options=(Option("a", "Khác"), Option("b", "Khác"), Option("c", "Khác hẳn")))
    form = replace(SHAPE, sections=(Section("s", "S", (twins,)),))
    for value in ("a", "b", "c"):
        assert read(written({"mot": value}, form), tmp_path, form).raw == {"mot": value}


def test_sections_of_one_long_name_have_sheets_of_their_own(tmp_path: Path) -> None:
    title = "Phần có tên rất dài và giống hệt nhau từ đầu"
    fields = SHAPE.section("them").fields
    form = replace(
        SHAPE, sections=(Section("a", title, (replace(fields[0], key="x"),)), Section("b", title.upper(), fields))
    )
    raw: dict[str, JsonValue] = {"x": "1", "gi_do": "2"}
    assert read(written(raw, form), tmp_path, form).raw == raw


def test_options_alike_but_for_their_marks_are_never_taken_for_each_other() -> None:
    spec = Choice("m", "Môn", options=(Option("a", "Dân"), Option("b", "Dẫn"), Option("c", "Hoá học")))
    assert [typed(spec, text) for text in ("Dân", "dân", "DẪN", "dan", "HOA HOC")] == ["a", "a", "b", "dan", "c"]


def changed(data: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The file with the text of one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, change(content.decode()).encode() if name.endswith(part) else content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("cell", "ticked"),
    [
        ('t="inlineStr"><is><t>Không</t></is>', False),
        ('t="inlineStr"><is><t> - </t></is>', False),
        ('t="b"><v>0</v>', False),
        ("><v>0</v>", False),
        ('t="b"><v>1</v>', True),
        ("><v>1</v>", True),
        ('t="inlineStr"><is><t>có</t></is>', True),
    ],
)
def test_what_denies_a_tick_is_none(tmp_path: Path, cell: str, ticked: bool) -> None:
    def answer(sheet: str) -> str:
        text, count = re.subn(r'<c r="C8"[^>]*/>', f'<c r="C8" {cell}</c>', sheet)
        assert count == 1
        return text

    filled = read(changed(written({"nhieu": ["do"]}), "sheet1.xml", answer), tmp_path)
    assert filled.raw["nhieu"] == (["do", "vang"] if ticked else ["do"])


@pytest.mark.parametrize("part", ["sheet1.xml", "sheet2.xml"])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_rows_inserted_above_change_nothing(tmp_path: Path, at: int, part: str) -> None:
    """Excel lets people insert rows wherever they stand, above the hidden keys and the labels too."""

    def inserted(sheet: str) -> str:
        return re.sub(r' r="([A-Z]*)(\d+)"', lambda m: f' r="{m[1]}{int(m[2]) + (int(m[2]) >= at)}"', sheet)

    raw: dict[str, JsonValue] = {"ngan": "một", "bang": [{"chi_tieu": "a", "dat": "1"}, {"chi_tieu": "b"}]}
    plain, moved = read(written(raw), tmp_path), read(changed(written(raw), part, inserted), tmp_path)
    assert moved.raw == plain.raw
    assert moved.cells["bang.1.dat"].endswith("C5" if part == "sheet2.xml" else "C4")


def test_a_text_too_long_for_excel_is_not_read_and_the_table_that_it_stands_in_neither(tmp_path: Path) -> None:
    data = written({"bang": [{"chi_tieu": "a", "ghi": "a b " * 10_000}], "ngan": "x", "dai": "a b " * 10_000})
    assert "hãy sửa trên trang" in parts(data)["xl/sharedStrings.xml"]
    filled = read(data, tmp_path)
    assert filled.raw["ngan"] == "x"
    assert not {"bang", "dai"} & filled.raw.keys()


def test_another_name_is_not_the_person_that_was_picked(tmp_path: Path) -> None:
    data = written({"nguoi": {"id": "p1", "name": "Nguyễn Thị Hoà"}, "don_vi": {"id": "u7", "name": "Trường Đa Tốn"}})

    # The text is shared with the stamp: the cell alone is given another one.
    def answer(sheet: str) -> str:
        number = re.findall(r"<si><t>(.*?)</t></si>", parts(data)["xl/sharedStrings.xml"]).index("Nguyễn Thị Hoà")
        text, count = re.subn(rf't="s"><v>{number}</v>', 't="inlineStr"><is><t>Trần Văn Đức</t></is>', sheet)
        assert count == 1
        return text

    filled = read(changed(data, "sheet1.xml", answer), tmp_path)
    assert filled.raw["nguoi"] == {"id": "", "name": "Trần Văn Đức"}
    assert filled.raw["don_vi"] == {"id": "u7", "name": "Trường Đa Tốn"}
