"""Shapes: stored form and rubric, read back without any plugin."""

from __future__ import annotations

import dataclasses
import json
import random
import unicodedata
from datetime import date
from decimal import Decimal

import pytest

from thidua.plugin import (
    Above,
    AtLeast,
    Band,
    Basis,
    Best,
    Campaign,
    Choice,
    Class,
    Column,
    ContractError,
    Date,
    Deduction,
    Document,
    Equals,
    Gate,
    Group,
    Item,
    Judging,
    LongText,
    Lowest,
    Mean,
    MultiChoice,
    Number,
    Option,
    Originality,
    Parameter,
    Percent,
    Period,
    PeriodValue,
    PersonRef,
    Ref,
    Report,
    Rounded,
    Rows,
    Sample,
    Section,
    Shape,
    Sum,
    Text,
    Track,
    Trimmed,
    UnitRef,
    Weighted,
    YesNo,
    python_value,
    python_values,
    shape_of,
)
from thidua.plugin.codec import encode

OPTIONS = (Option("a", "A"), Option("b", "B"))
FORM = (
    Section(
        "chung",
        "Thông tin",
        (
            Text("ten", "Tên", required=True),
            Choice("cap", "Cấp", options=OPTIONS),
            MultiChoice("linh_vuc", "Lĩnh vực", options=OPTIONS),
            YesNo("co", "Có"),
            LongText("bai", "Bài", max_words=300, show_if=Equals("co", "yes")),
            Number("diem", "Điểm", minimum="0.5", decimals=1),
            Date("ngay", "Ngày"),
            PersonRef("nguoi", "Người"),
            UnitRef("dv", "Đơn vị"),
            Rows("ds", "Danh sách", columns=(Period("nam", "Năm"), Percent("tl", "Tỉ lệ"))),
        ),
    ),
)
RUBRIC = Group(
    "tong",
    "Tổng",
    (
        Item("x", "X", max=10, step="0.5", gate="0.5", bands=(Band("Thấp", 0), Band("Cao", 5))),
        Group("y", "Y", (Item("y1", "Y1", max=4), Item("y2", "Y2", max=6)), combine=Best(1)),
        Group("z", "Z", (Item("z1", "Z1", max=4), Item("z2", "Z2", max=6)), combine=Weighted((("z1", 1), ("z2", 2)))),
        Group("t", "T", (Deduction("t1", "T1", max=5), Gate("t2", "T2")), start=5, floor=0, cap=5),
        Group("m", "M", (Item("m1", "M1", max=4), Item("m2", "M2", max=6)), combine=Lowest()),
        Group("r", "R", (Item("r1", "R1", max=4), Item("r2", "R2", max=6)), combine=Rounded(Mean(), to="0.50")),
    ),
)


def sample(_rng: random.Random) -> Sample:
    return Sample(nominee="Tổ Toán", answers={})


TRACK = Track(
    "ca-nhan",
    "Cá nhân",
    subject="person",
    form=FORM,
    sample=sample,
    documents=(Document("bc", "Báo cáo", required=True),),
    rubric=RUBRIC,
    classes=(Class("dat", "Đạt", (AtLeast("tong", points=10), Above("tong", percent=40))), Class("chua", "Chưa")),
    tie_breaks=("y", "x"),
    judging=Judging(judges=3, combine=Trimmed(1), gap=5),
    awards=("GK",),
    originality=(Originality("bai"),),
)
CAMPAIGN = Campaign(
    "vo-sach",
    "2024",
    "Vở sạch",
    basis=(Basis("258/KH-UBND", date(2023, 10, 4), "UBND quận"),),
    tracks=(TRACK,),
    reports=(
        Report("r", "R", columns=(Column("unit", "Đơn vị"), Column("node:x", "X"))),
        Report("r2", "R2", columns=(Column("unit", "Đơn vị"),), tracks=("ca-nhan",)),
    ),
    parameters=(Parameter("gap", "Chênh lệch", default=5, minimum=1, maximum=9),),
)
SHAPE = shape_of(CAMPAIGN, TRACK)


def change(**changes: object) -> Shape:
    return dataclasses.replace(SHAPE, **changes)  # type: ignore[arg-type]


def with_field(index: int, **changes: object) -> Shape:
    fields = list(FORM[0].fields)
    fields[index] = dataclasses.replace(fields[index], **changes)  # type: ignore[arg-type]
    return change(sections=(dataclasses.replace(FORM[0], fields=tuple(fields)),))


def with_child(place: int, **changes: object) -> Group:
    children = list(RUBRIC.children)
    children[place] = dataclasses.replace(children[place], **changes)  # type: ignore[arg-type]
    return dataclasses.replace(RUBRIC, children=tuple(children))


def test_shape_reads_back_equal_and_hashes_alike() -> None:
    again = Shape.from_json(SHAPE.to_json())
    assert (again, again.sha256, again.to_json()) == (SHAPE, SHAPE.sha256, SHAPE.to_json())
    assert len(SHAPE.sha256) == 64
    assert again.identity == ("vo-sach", "2024", "ca-nhan")


def test_shape_json_is_canonical_and_nfc() -> None:
    decomposed = change(title=unicodedata.normalize("NFD", "Cá nhân"))
    assert decomposed.to_json() == SHAPE.to_json()
    stored = json.loads(SHAPE.to_json())
    assert SHAPE.to_json() == json.dumps(stored, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert stored["basis"] == [
        {"kind": "Basis", "number": "258/KH-UBND", "date": {"kind": "day", "iso": "2023-10-04"}, "issuer": "UBND quận"}
    ]


def test_shape_finds_its_parts() -> None:
    again = Shape.from_json(SHAPE.to_json())
    assert again.section("chung") == FORM[0]
    assert again.field("bai") == FORM[0].fields[4]
    assert again.document("bc").required is True
    assert again.node("y").highest == 6
    assert [report.key for report in again.reports] == ["r", "r2"]
    for find in (again.section, again.field, again.document, again.node, change(rubric=None).node):
        with pytest.raises(KeyError):
            find("khong_co")


def test_shape_takes_only_the_reports_of_its_track() -> None:
    other = Track("tap-the", "Tập thể", subject="collective", form=FORM, sample=sample)
    both = dataclasses.replace(CAMPAIGN, tracks=(TRACK, other), reports=CAMPAIGN.reports[1:])
    assert shape_of(both, other).reports == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "stored form: not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("[]", "stored form: not format 1; it needs another version of thidua"),
        ('{"format":2}', "stored form: not format 1; it needs another version of thidua"),
        (
            '{"format":1,"sections":[{"kind":"Voice"}]}',
            "stored form: 'Voice' is not part of the contract; it needs a newer thidua",
        ),
        ('{"format":1,"sections":[{}]}', "stored form: None is not part of the contract; it needs a newer thidua"),
        (
            '{"format":1,"sections":[{"kind":"Equals","field":"a"}]}',
            "stored form: Equals: Equals.__init__() missing 1 required positional argument: 'value'",
        ),
        ('{"format":1,"basis":[{"kind":"day","iso":"x"}]}', "stored form: Invalid isoformat string: 'x'"),
    ],
)
def test_from_json_refuses_what_it_cannot_read(text: str, said: str) -> None:
    with pytest.raises(ContractError) as refused:
        Shape.from_json(text)
    assert str(refused.value) == said


def test_from_json_takes_defaults_for_parts_stored_before_they_existed() -> None:
    stored = json.loads(SHAPE.to_json())
    del stored["help"], stored["sections"][0]["help"]
    assert Shape.from_json(json.dumps(stored)) == SHAPE
    stored["colour"] = "red"
    with pytest.raises(ContractError, match="unexpected keyword argument 'colour'"):
        Shape.from_json(json.dumps(stored))


def test_encode_refuses_what_is_not_part_of_the_contract() -> None:
    with pytest.raises(ContractError, match="cannot be stored: set is not part of the contract"):
        encode({1})


def test_wording_and_limits_may_change_within_an_edition() -> None:
    later = with_field(0, label="Họ và tên", help="Như trong căn cước", max_chars=90)
    later = dataclasses.replace(later, campaign_title="Vở sạch, chữ đẹp", title="Học sinh", judging=None, reports=())
    assert SHAPE.differences(later) == []
    assert later.sha256 != SHAPE.sha256


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (with_field(0, key="ho_ten"), ["field 'ten' is gone", "field 'ho_ten' is new"]),
        (with_field(0, required=False), ["field 'ten': required was true, is false"]),
        (with_field(1, options=OPTIONS[:1]), ["""field 'cap': options was ["a","b"], is ["a"]"""]),
        (with_field(4, show_if=None), ["""field 'bai': shown if was "co = yes", is null"""]),
        (with_field(9, columns=(Period("nam", "Năm"),)), ["field 'ds.tl' is gone"]),
        (change(subject="collective"), ["""track: subject was "person", is "collective\""""]),
        (
            change(sections=(dataclasses.replace(FORM[0], key="khac"),)),
            [
                "section 'chung' is gone",
                "section 'khac' is new",
                *(f'field {field.key!r}: section was "chung", is "khac"' for field in FORM[0].fields),
            ],
        ),
        (change(documents=()), ["document 'bc' is gone"]),
        (
            change(rubric=dataclasses.replace(RUBRIC, cap=20)),
            ["""rubric 'tong': cap was null, is "20\""""],
        ),
        (
            change(rubric=with_child(3, combine=Rounded(Sum(), to=1))),
            [
                """rubric 't': combine was {"kind":"Sum"}, is {"kind":"Rounded","of":{"kind":"Sum"},"to":"1"}""",
            ],
        ),
        (change(rubric=with_child(3, children=RUBRIC.children[3].children[:1])), ["rubric 't2' is gone"]),
        (
            change(rubric=with_child(5, combine=Rounded(Mean(), to=1))),
            [
                """rubric 'r': combine was {"kind":"Rounded","of":{"kind":"Mean"},"to":"0.5"}, """
                """is {"kind":"Rounded","of":{"kind":"Mean"},"to":"1"}""",
            ],
        ),
        (
            change(classes=TRACK.classes[::-1]),
            ["class 'dat': place was 1, is 2", "class 'chua': place was 2, is 1"],
        ),
        (change(tie_breaks=()), ["tie_breaks is gone"]),
    ],
)
def test_differences_are_said_in_words(later: Shape, said: list[str]) -> None:
    assert SHAPE.differences(later) == said


def test_python_values_are_what_checks_read() -> None:
    typed = {
        "ten": "Hoà",
        "linh_vuc": ["a"],
        "co": True,
        "diem": "9.5",
        "ngay": "2026-06-17",
        "nguoi": {"id": "p1", "name": "Hoà"},
        "ds": [{"nam": "NH2025"}],
    }
    assert python_values(SHAPE, typed) == {
        "ten": "Hoà",
        "cap": None,
        "linh_vuc": ("a",),
        "co": True,
        "bai": None,
        "diem": Decimal("9.5"),
        "ngay": date(2026, 6, 17),
        "nguoi": Ref("p1", "Hoà"),
        "dv": None,
        "ds": ({"nam": PeriodValue("school_year", 2025), "tl": None},),
    }
    assert python_value(SHAPE.field("ds"), None) == ()
