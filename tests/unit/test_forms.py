"""The one validator: raw values in; typed values, problems and fields to show out."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thidua.forms import fingerprint, problems, read_posted, section_form, whole_form
from thidua.plugin import (
    Choice,
    Date,
    Equals,
    Field,
    JsonValue,
    Link,
    LongText,
    MultiChoice,
    Number,
    Option,
    Percent,
    Period,
    PersonRef,
    Problem,
    Rows,
    Section,
    Shape,
    Text,
    UnitRef,
    YesNo,
    count_words,
)
from thidua.text import clean

WORD_COUNTS = Path(__file__).parents[1] / "word_counts.json"
OPTIONS = (Option("truong", "Cấp trường"), Option("tp", "Cấp thành phố"))
TABLE = Rows(
    "kq",
    "Kết quả",
    min_rows=2,
    max_rows=3,
    required=True,
    columns=(Period("nam", "Năm học", required=True), Percent("tl", "Tỉ lệ"), Choice("cap", "Cấp", options=OPTIONS)),
)


class Posted(dict[str, list[str]]):
    def getlist(self, key: str, /) -> list[str]:
        return self.get(key, [])

    def __iter__(self) -> Iterator[str]:
        return iter(list(self.keys()))


def one(field: Field) -> Section:
    return Section("s", "S", (field,))


@pytest.mark.parametrize(
    ("field", "raw", "typed"),
    [
        (Text("a", "A"), "  Trường \n Hoa\tSen ", "Trường Hoa Sen"),
        (Text("a", "A"), unicodedata.normalize("NFD", "Nguyễn Thị Hoà") + "\x00\u202e", "Nguyễn Thị Hoà"),
        (LongText("a", "A"), " Đoạn một\r\n\r\nĐoạn hai ", "Đoạn một\n\nĐoạn hai"),
        (LongText("a", "A", max_words=3), "một hai ba", "một hai ba"),
        (Number("a", "A"), " 1.200 ", "1200"),
        (Number("a", "A", decimals=2), "9,50", "9.5"),
        (Number("a", "A"), "-0", "0"),
        (Number("a", "A"), "9" * 40, "9" * 40),
        (Percent("a", "A"), "85,5 %", "85.5"),
        (Choice("a", "A", options=OPTIONS), "tp", "tp"),
        (MultiChoice("a", "A", options=OPTIONS), ["tp", "truong"], ["truong", "tp"]),
        (YesNo("a", "A"), "yes", True),
        (YesNo("a", "A"), "no", False),
        (Date("a", "A"), "5/2/2019", "2019-02-05"),
        (Period("a", "A"), "2025 - 2026", "NH2025"),
        (Period("a", "A", of="year"), "2025", "N2025"),
        (Period("a", "A", of="any"), "2025", "N2025"),
        (Link("a", "A"), "https://truong.edu.vn/bài-viết", "https://truong.edu.vn/bài-viết"),
        (PersonRef("a", "A"), {"id": "p1", "name": " Hoà "}, {"id": "p1", "name": "Hoà"}),
        (UnitRef("a", "A"), {"id": "u1", "name": "Trường", "kind": "x"}, {"id": "u1", "name": "Trường"}),
        (
            Rows("a", "A", columns=(Date("d", "D"), YesNo("y", "Y"))),
            [{"d": "", "y": ""}, {"d": "1/1/2020", "y": "no"}, {"d": "2/1/2020"}],
            [{"d": "2020-01-01", "y": False}, {"d": "2020-01-02"}],
        ),
    ],
)
def test_typed_value_is_canonical(field: Field, raw: JsonValue, typed: JsonValue) -> None:
    bound = section_form(one(field), {"a": raw}, complete=True)
    assert (bound.problems, bound.typed) == ([], {"a": typed})


@pytest.mark.parametrize(
    ("field", "raw", "message"),
    [
        (
            Text("a", "Họ tên", max_chars=3),
            "Hoàng",
            "“Họ tên” dài 5 ký tự, vượt giới hạn 3 ký tự. Hãy rút gọn; nội dung đã nhập vẫn còn trong ô.",
        ),
        (
            Text("a", "Họ tên"),
            "x" * 1_000_000,
            "“Họ tên” dài 1.000.000 ký tự, vượt giới hạn 500 ký tự. Hãy rút gọn; nội dung đã nhập vẫn còn trong ô.",
        ),
        (
            LongText("a", "Bài"),
            "x" * 20_001,
            "“Bài” dài 20.001 ký tự, vượt giới hạn 20.000 ký tự. Hãy rút gọn; nội dung đã nhập vẫn còn trong ô.",
        ),
        (
            LongText("a", "Bài", max_words=2),
            "một hai ba",
            "“Bài” dài 3 chữ, vượt giới hạn 2 chữ. Hãy rút gọn; nội dung đã nhập vẫn còn trong ô.",
        ),
        (Number("a", "Số lớp"), "mười", "“Số lớp”: “mười” không phải là số. Hãy nhập số, ví dụ 12 hoặc 9,5."),
        (
            Number("a", "Số lớp"),
            "<b>" * 40,
            f"“Số lớp”: “{'<b>' * 20}…” không phải là số. Hãy nhập số, ví dụ 12 hoặc 9,5.",
        ),
        (
            Number("a", "Số lớp", minimum="1.5", decimals=1),
            "1,4",
            "“Số lớp”: 1,4 nhỏ hơn mức thấp nhất là 1,5. Hãy kiểm tra lại số liệu.",
        ),
        (
            Percent("a", "Tỉ lệ"),
            "101%",
            "“Tỉ lệ”: 101% lớn hơn mức cao nhất là 100. Hãy kiểm tra lại số liệu.",
        ),
        (
            Number("a", "Số lớp"),
            "9,5",
            "“Số lớp”: 9,5 không phải là số nguyên. Hãy nhập số không có phần thập phân.",
        ),
        (
            Percent("a", "Tỉ lệ"),
            "9,555",
            "“Tỉ lệ”: 9,555 có quá 2 chữ số sau dấu phẩy. Hãy làm tròn lại.",
        ),
        (
            Choice("a", "Cấp", options=OPTIONS),
            "huyen",
            "“Cấp”: “huyen” không có trong các lựa chọn. Hãy chọn lại.",
        ),
        (
            MultiChoice("a", "Cấp", options=OPTIONS),
            ["tp", "huyen"],
            "“Cấp”: “huyen” không có trong các lựa chọn. Hãy chọn lại.",
        ),
        (YesNo("a", "Có"), "maybe", "“Có”: “maybe” không có trong các lựa chọn. Hãy chọn lại."),
        (
            Date("a", "Ngày"),
            "30/2/2026",
            "“Ngày”: “30/2/2026” không phải là một ngày có thật. Hãy nhập theo dạng ngày/tháng/năm, ví dụ 17/06/2026.",
        ),
        (
            Period("a", "Năm học"),
            "2025",
            "“Năm học”: “2025” chưa đúng dạng. Hãy nhập năm học, ví dụ 2025-2026.",
        ),
        (
            Period("a", "Năm", of="year"),
            "2025-2027",
            "“Năm”: “2025-2027” chưa đúng dạng. Hãy nhập năm, ví dụ 2025.",
        ),
        *(
            (
                Link("a", "Link"),
                bad,
                f"“Link”: “{bad}” không phải là đường dẫn. Hãy nhập đầy đủ, ví dụ https://truong.edu.vn/bai-viet.",
            )
            for bad in ("javascript:alert(1)", "truong.edu.vn", "https://", "http://[::1", "https://a b.vn")
        ),
        *(
            (field, raw, "“A”: dữ liệu gửi lên không đọc được. Hãy tải lại trang và nhập lại mục này.")
            for field, raw in (
                (Text("a", "A"), 5),
                (Text("a", "A"), ["x"]),
                (MultiChoice("a", "A", options=OPTIONS), "tp"),
                (MultiChoice("a", "A", options=OPTIONS), [1]),
                (PersonRef("a", "A"), "Hoà"),
                (PersonRef("a", "A"), {"id": 5}),
                (Rows("a", "A", columns=(Text("b", "B"),)), {"0": "x"}),
                (Rows("a", "A", columns=(Text("b", "B"),)), [{"b": 1}]),
                (Rows("a", "A", columns=(Text("b", "B"),)), ["x"]),
            )
        ),
        (
            PersonRef("a", "Người"),
            {"id": "x" * 101, "name": "Hoà"},
            "“Người”: dữ liệu gửi lên không đọc được. Hãy tải lại trang và nhập lại mục này.",
        ),
        (
            PersonRef("a", "Người"),
            {"id": "x", "name": "H" * 301},
            "“Người” dài 301 ký tự, vượt giới hạn 300 ký tự. Hãy rút gọn; nội dung đã nhập vẫn còn trong ô.",
        ),
    ],
)
def test_malformed_value_is_said_in_a_draft_too_and_is_not_typed(field: Field, raw: object, message: str) -> None:
    bound = section_form(one(field), {"a": raw})
    assert (bound.problems, bound.typed) == ([Problem("a", message)], {})


@pytest.mark.parametrize(
    ("field", "raw", "message"),
    [
        (Text("a", "Tên", required=True), " \n", "“Tên” chưa được nhập. Hãy nhập mục này."),
        (Text("a", "Tên", required=True), "\u200b\u2060", "“Tên” chưa được nhập. Hãy nhập mục này."),
        (Date("a", "Ngày", required=True), None, "“Ngày” chưa được nhập. Hãy nhập mục này."),
        *(
            (field, raw, "“Cấp” chưa được chọn. Hãy chọn một trong các lựa chọn.")
            for field, raw in (
                (Choice("a", "Cấp", options=OPTIONS, required=True), ""),
                (MultiChoice("a", "Cấp", options=OPTIONS, required=True), []),
                (YesNo("a", "Cấp", required=True), None),
                (UnitRef("a", "Cấp", required=True), {"id": "", "name": ""}),
            )
        ),
        (
            PersonRef("a", "Người"),
            {"id": "", "name": "Hoà"},
            "“Người”: “Hoà” chưa được chọn từ danh sách. Hãy tìm và chọn đúng tên, hoặc đăng ký mới.",
        ),
        (
            Rows("a", "Bảng", required=True, columns=(Text("b", "B"),)),
            [{"b": " "}],
            "“Bảng” chưa có dòng nào. Hãy thêm ít nhất một dòng.",
        ),
    ],
)
def test_missing_value_is_said_only_when_the_form_is_to_be_complete(field: Field, raw: object, message: str) -> None:
    assert problems(one(field), {"a": raw}) == []
    assert problems(one(field), {"a": raw}, complete=True) == [Problem("a", message)]


@pytest.mark.parametrize(
    ("field", "raw"),
    [
        (Text("a", "Tên", max_chars=5), "12345"),
        (LongText("a", "Bài", max_chars=5, max_words=2), "1 345"),
        (Number("a", "Số", minimum=1, maximum=5), "5"),
        (Number("a", "Số", minimum=1, maximum=5), "1"),
        (PersonRef("a", "Người"), {"id": "x" * 100, "name": "H" * 300}),
    ],
)
def test_a_value_at_its_limit_is_taken(field: Field, raw: JsonValue) -> None:
    assert section_form(one(field), {"a": raw}, complete=True).typed == {"a": raw}


def test_rows_name_each_cell_and_count_only_lines_with_something_in_them() -> None:
    raw = {"kq": [{"nam": "", "tl": ""}, {"nam": "2025-2026", "tl": "x"}, {"tl": "50", "cap": "huyen"}]}
    bound = section_form(one(TABLE), raw, complete=True)
    assert [problem.field for problem in bound.problems] == ["kq.1.tl", "kq.2.nam", "kq.2.cap"]
    assert bound.errors("kq.2.nam") == ["“Kết quả – dòng 3 – Năm học” chưa được nhập. Hãy nhập mục này."]
    assert bound.typed == {"kq": [{"nam": "NH2025"}, {"tl": "50"}]}
    assert bound.fields["kq"].entries[1].form["tl"].errors == bound.errors("kq.1.tl")


def test_rows_too_few_and_too_many_are_said() -> None:
    row = {"nam": "2025-2026"}
    few, many = problems(one(TABLE), {"kq": [row]}, complete=True), problems(one(TABLE), {"kq": [row] * 4})
    assert few == [Problem("kq", "“Kết quả” mới có 1 dòng, cần ít nhất 2 dòng. Hãy bổ sung.")]
    assert many == [Problem("kq", "“Kết quả” có 4 dòng, vượt giới hạn 3 dòng. Hãy bỏ bớt hoặc gộp các dòng.")]
    assert problems(one(TABLE), {"kq": [row]}) == []


def test_thousands_of_rows_are_refused_and_kept_in_raw() -> None:
    rows: list[JsonValue] = [{"nam": "2025-2026"} for _ in range(5000)]
    bound = section_form(one(TABLE), {"kq": rows})
    assert [problem.field for problem in bound.problems] == ["kq"]
    assert bound.problems[0].message.startswith("“Kết quả” có 5000 dòng, vượt giới hạn 3 dòng.")
    assert (len(bound.fields["kq"].entries), bound.raw["kq"]) == (23, rows)


SHOWN = Section(
    "s",
    "S",
    (
        YesNo("co", "Có sáng kiến", required=True),
        Choice("cap", "Cấp", options=OPTIONS, required=True, show_if=Equals("co", "yes")),
        Text("so", "Số quyết định", required=True, max_chars=5, show_if=Equals("cap", "tp")),
        MultiChoice("lv", "Lĩnh vực", options=OPTIONS),
        Text("khac", "Khác", required=True, show_if=Equals("lv", "tp")),
    ),
)


def test_hidden_field_is_neither_required_nor_kept_in_typed() -> None:
    raw = {"co": "no", "cap": "tp", "so": "quá dài quá"}
    bound = section_form(SHOWN, raw, complete=True)
    assert (bound.problems, bound.typed, bound.raw) == ([], {"co": False}, raw)
    assert bound.hidden == {"cap", "so", "khac"}


def test_shown_fields_are_required_along_the_chain_and_for_one_of_many() -> None:
    bound = section_form(SHOWN, {"co": "yes", "cap": "tp", "lv": ["truong", "tp"]}, complete=True)
    assert [problem.field for problem in bound.problems] == ["so", "khac"]
    assert section_form(SHOWN, {"co": "yes", "cap": "truong"}).hidden == {"so", "khac"}


def test_hidden_field_with_an_unreadable_value_is_no_problem() -> None:
    assert section_form(SHOWN, {"co": "no", "cap": 5}, complete=True).problems == []


def test_unknown_keys_and_columns_are_ignored_and_reported() -> None:
    bound = section_form(
        Section("s", "S", (TABLE, UnitRef("dv", "Đơn vị"))),
        {"kq": [{"nam": "2025-2026", "x": "1"}], "dv": {"id": "u", "name": "T", "y": "2"}, "z": "3"},
    )
    assert bound.unknown == ("z", "kq.x", "dv.y")
    assert bound.raw == {"kq": [{"nam": "2025-2026"}], "dv": {"id": "u", "name": "T"}}


def test_fields_show_what_was_typed_beside_its_message() -> None:
    section = Section(
        "s", "S", (Number("so", "Số", help="Cả năm"), Date("ngay", "Ngày"), Choice("cap", "Cấp", options=OPTIONS))
    )
    fields = section_form(section, {"so": "mười", "ngay": 'x"><script>', "cap": "tp"}).fields
    assert (fields["so"].data, fields["so"].description, fields["so"].spec) == ("mười", "Cả năm", section.fields[0])
    assert fields["so"].errors == ["“Số”: “mười” không phải là số. Hãy nhập số, ví dụ 12 hoặc 9,5."]
    assert (
        str(fields["so"]())
        == '<input autocomplete="off" id="so" inputmode="decimal" name="so" type="text" value="mười">'
    )
    assert "<script>" not in str(fields["ngay"]())
    assert '<option selected value="tp">Cấp thành phố</option>' in str(fields["cap"]())


def test_field_keys_that_are_names_of_wtforms_are_safe() -> None:
    names = ("data", "errors", "validate", "process", "meta", "populate_obj", "id", "form")
    section = Section(
        "s", "S", (*(Text(name, name) for name in names), Rows("entries", "E", columns=(Text("data", "D"),)))
    )
    raw: dict[str, JsonValue] = {**dict.fromkeys(names, "x"), "entries": [{"data": "y"}]}
    assert section_form(section, raw, complete=True).typed == raw


def test_a_key_that_begins_like_a_table_adds_no_row() -> None:
    section = Section(
        "s", "S", (Rows("hs", "HS", columns=(Text("ten", "Tên"),)), Text("hs_1", "HS 1"), Text("hs_9", "HS 9"))
    )
    raw: dict[str, JsonValue] = {"hs": [{"ten": "A"}, {"ten": "B"}], "hs_1": "x", "hs_9": "y"}
    bound = section_form(section, raw)
    assert bound.typed == raw
    assert len(bound.fields["hs"].entries) == 2


def test_posted_names_become_raw_values() -> None:
    section = Section(
        "s",
        "S",
        (
            Text("ten", "Tên"),
            MultiChoice("lv", "Lĩnh vực", options=OPTIONS),
            TABLE,
            PersonRef("ng", "Người"),
            Text("x", "X"),
        ),
    )
    posted = Posted(
        {
            "csrf_token": ["t"],
            "ten": [unicodedata.normalize("NFD", "Hoà") + "\x00"],
            "lv": ["", "tp"],
            "kq": [""],
            "kq-7-nam": ["2025-2026"],
            "kq-2-tl": ["50"],
            "kq-2-x": ["lạ"],
            "kq-²-nam": ["lạ"],
            "kq-99999-nam": ["lạ"],
            "ng-name": ["Hoà"],
            "ng-birth": ["lạ"],
            "is_admin": ["1"],
        }
    )
    read = read_posted(section, posted)
    assert read.raw == {
        "ten": "Hoà",
        "lv": ["tp"],
        "kq": [{"tl": "50"}, {"nam": "2025-2026"}],
        "ng": {"id": "", "name": "Hoà"},
    }
    assert read.unknown == ("kq-2-x", "kq-²-nam", "kq-99999-nam", "ng-birth", "is_admin")


def test_posted_empty_markers_mean_nothing_chosen_and_no_rows() -> None:
    section = Section("s", "S", (MultiChoice("lv", "Lĩnh vực", options=OPTIONS), TABLE))
    assert read_posted(section, Posted({"lv": [""], "kq": [""]})).raw == {"lv": [], "kq": []}
    assert read_posted(section, Posted()).raw == {}


def test_whole_form_reads_every_section() -> None:
    shape = Shape(
        slug="s",
        edition="1",
        campaign_title="S",
        basis=(),
        track="t",
        title="T",
        subject="person",
        sections=(one(Text("a", "A", required=True)), Section("r", "R", (Number("b", "B", required=True),))),
    )
    assert whole_form(shape, {"a": "x", "b": "y", "c": "z"}) == (
        {"a": "x"},
        [Problem("b", "“B”: “y” không phải là số. Hãy nhập số, ví dụ 12 hoặc 9,5.")],
    )
    assert whole_form(shape, {}, complete=False) == ({}, [])
    assert [problem.field for problem in whole_form(shape, {})[1]] == ["a", "b"]


def test_fingerprint_tells_values_apart_and_spellings_not() -> None:
    assert fingerprint({"b": "2", "a": "Hoà\r\n"}) == fingerprint(
        {"a": unicodedata.normalize("NFD", "Hoà\n"), "b": "2"}
    )
    assert fingerprint(None) == fingerprint("") == fingerprint([])
    assert len({fingerprint(value) for value in ("", "Hoà", "Hòa", ["Hoà"], {"a": "Hoà"}, True, 1.5)}) == 7
    assert len(fingerprint("x")) == 16


@pytest.mark.parametrize("case", json.loads(WORD_COUNTS.read_text("utf-8")), ids=lambda case: repr(case["text"]))
def test_count_words_counts_as_the_table_says(case: dict[str, str]) -> None:
    """The pages count by the same table: ``browser/test_all_kinds.py``."""
    assert count_words(clean(case["text"])) == case["words"]


def test_count_words_counts_between_white_space() -> None:
    assert [count_words(text) for text in ("", " một ", "một\n hai\u00a0ba")] == [0, 1, 3]


EVERYTHING = Section(
    "s",
    "S",
    (
        Text("a", "A"),
        LongText("b", "B", max_words=5),
        Number("c", "C", minimum=0, maximum=10),
        Choice("d", "D", options=OPTIONS),
        MultiChoice("e", "E", options=OPTIONS),
        YesNo("f", "F"),
        Date("g", "G"),
        Period("h", "H"),
        Link("i", "I"),
        PersonRef("j", "J"),
        TABLE,
    ),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(("id", "name", "nam", "tl", "cap", "x")), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from([*"abcdefghij", "kq", "z"]), JSON, max_size=6), st.booleans())
def test_any_json_gets_an_answer_and_typed_values_are_stable(raw: dict[str, JsonValue], complete: bool) -> None:
    bound = section_form(EVERYTHING, raw, complete=complete)
    again = section_form(EVERYTHING, bound.raw, complete=complete)
    assert (again.raw, again.typed) == (bound.raw, bound.typed)
    assert len(fingerprint(raw)) == 16
