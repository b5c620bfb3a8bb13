"""Campaigns, tracks, judging, reports: do the parts fit together?"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest

from thidua.plugin import (
    AtLeast,
    Basis,
    Campaign,
    Class,
    Column,
    ContractError,
    Document,
    Group,
    Item,
    Judging,
    LongText,
    Mean,
    Originality,
    Param,
    Parameter,
    Prize,
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
    params_in,
    settled,
    shape_of,
)

BASIS = (Basis("258/KH-UBND", date(2023, 10, 4), "UBND quận"),)
FORM = (
    Section("chung", "Chung", (Text("ten", "Tên"), LongText("bai", "Bài viết"))),
    Section("bang", "Bảng", (Rows("ds", "Danh sách", columns=(Text("o", "Ô"),)),)),
)
RUBRIC = Group("tong", "Tổng", (Item("a", "A", max=10, evidence=("ten", "bc")), Item("b", "B", max=10)))
CLASSES = (Class("dat", "Đạt", (AtLeast("tong", points=10),)), Class("chua", "Chưa đạt"))

WRITE = (
    "write field:<key>, node:<key>, level:<key>, self:<key>, office:<key> or one of number, code, nominee, unit, "
    "track, state, submitted, total, class, prize, place, evidence"
)


def sample(_rng: random.Random) -> Sample:
    return Sample(nominee="Lê Văn Hòa", answers={})


TRACK = Track(
    "ca-nhan",
    "Cá nhân",
    subject="person",
    form=FORM,
    sample=sample,
    documents=(Document("bc", "Báo cáo"),),
    rubric=RUBRIC,
    classes=CLASSES,
    tie_breaks=("b", "a"),
    judging=Judging(),
    originality=(Originality("bai"), Originality("bc", 50)),
)
REPORT = Report("ds", "Danh sách", columns=(Column("nominee", "Tên"), Column("field:ds.o", "Ô"), Column("node:b", "B")))
CAMPAIGN = Campaign("vo-sach", "2024", "Vở sạch", basis=BASIS, tracks=(TRACK,), reports=(REPORT,))


def track(**changes: object) -> Track:
    return dataclasses.replace(TRACK, **changes)  # type: ignore[arg-type]


def campaign(**changes: object) -> Campaign:
    return dataclasses.replace(CAMPAIGN, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: Basis("", date(2023, 1, 1), "UBND"), "basis: write a number; people read it"),
        (
            lambda: Basis("1/KH", datetime(2023, 1, 1), "UBND"),
            "basis '1/KH': date is a datetime; write date(2023, 8, 30)",
        ),
        (
            lambda: Basis("1/KH", "2023-01-01", "UBND"),  # type: ignore[arg-type]
            "basis '1/KH': date is '2023-01-01'; write date(2023, 8, 30)",
        ),
        (
            lambda: Parameter("p", "P", default=5, minimum=6, maximum=7),
            "parameter 'p': 5 does not lie between 6 and 7",
        ),
        (lambda: Judging(judges=0), "judging: 0 judges; write 1 to 15"),
        (
            lambda: Judging(combine=Sum()),  # type: ignore[arg-type]
            "judging: combine is a Sum; write Mean(), Trimmed() or Rounded(…)",
        ),
        (lambda: Judging(combine=Trimmed(1)), "judging: Trimmed(1) leaves no sheet of 2"),
        (
            lambda: Judging(combine=Rounded(Sum(), to=1)),
            "judging: sheets combine by Mean() or Trimmed(), not Sum()",
        ),
        (lambda: Judging(combine=Rounded(Trimmed(1), to=1)), "judging: Trimmed(1) leaves no sheet of 2"),
        (
            lambda: Judging(sheets_visible="soon"),  # type: ignore[arg-type]
            "judging: sheets_visible is 'soon'; write never, after_own or always",
        ),
        (lambda: Judging(judges=1, gap=5), "judging: a gap needs two judges at least"),
        (lambda: Judging(judges=2, gap=0), "judging: a gap of 0; it lies above 0"),
        (lambda: Originality("bai", 0), "originality of 'bai': least is 0; write 1 to 100"),
        (lambda: track(key="Cá nhân"), "track 'Cá nhân': use a-z, 0-9 and hyphens inside, at most 60 letters"),
        (lambda: track(subject="dog"), "track 'ca-nhan': subject is 'dog'; write 'person' or 'collective'"),
        (lambda: track(form=()), "track 'ca-nhan': a form has at least one section"),
        (
            lambda: track(form=(FORM[0], Section("khac", "Khác", (Text("ten", "Tên"),)))),
            "track 'ca-nhan': field 'ten' stands twice; give each its own key",
        ),
        (lambda: track(checks=("x",)), "track 'ca-nhan': checks is a tuple of functions check(dossier, past)"),
        (
            lambda: track(sample=None),
            "track 'ca-nhan': sample is a function of a random.Random that gives a Sample",
        ),
        (
            lambda: track(rubric=None),
            "track 'ca-nhan': classes, tie_breaks, judging, prizes and self_scored need a rubric",
        ),
        (
            lambda: track(rubric=Item("a", "A", max=1)),
            "track 'ca-nhan': rubric is Item 'a'; its root is a Group",
        ),
        (
            lambda: track(rubric=Group("tong", "T", (Group("a", "A", (Item("a", "A", max=10),)),))),
            "track 'ca-nhan': rubric node 'a' stands twice; give each its own key",
        ),
        (
            lambda: track(documents=(), originality=()),
            "track 'ca-nhan': rubric 'a': evidence 'bc' is neither a field nor a document",
        ),
        (
            lambda: track(classes=CLASSES[:1]),
            "track 'ca-nhan': class 'dat': the last class has no needs, so that every dossier falls into one",
        ),
        (
            lambda: track(
                judging=Judging(judges=3, combine=Trimmed(1)),
                classes=(Class("tot", "Tốt", (AtLeast("tong", points=15), AtLeast("a", percent=70))), *CLASSES),
            ),
            "track 'ca-nhan': class 'tot': judging drops whole sheets by their total, so more points could give "
            "a lower class; let it look at 'tong' alone, not 'a', or judge by Mean()",
        ),
        (lambda: track(tie_breaks=("z",)), "track 'ca-nhan': tie_breaks names 'z', not a node of the rubric"),
        (lambda: track(tie_breaks=("a", "a")), "track 'ca-nhan': tie-break 'a' stands twice; give each its own key"),
        (
            lambda: track(originality=(Originality("ten"),)),
            "track 'ca-nhan': originality names 'ten', neither a LongText nor a document",
        ),
        (
            lambda: campaign(basis=()),
            "campaign 'vo-sach' edition '2024': quote the plan it stands on: basis=(Basis(number, date, issuer),)",
        ),
        (lambda: campaign(tracks=()), "campaign 'vo-sach' edition '2024': a campaign has at least one track"),
        (
            lambda: campaign(tracks=(TRACK, TRACK)),
            "campaign 'vo-sach' edition '2024': track 'ca-nhan' stands twice; give each its own key",
        ),
        (
            lambda: campaign(edition="năm 2024"),
            "campaign 'vo-sach': edition 'năm 2024': use a-z, 0-9 and hyphens inside, at most 60 letters",
        ),
        (
            lambda: campaign(reports=(dataclasses.replace(REPORT, tracks=("tap-the",)),)),
            "campaign 'vo-sach' edition '2024': report 'ds' covers 'tap-the', not one of its tracks; it has ca-nhan",
        ),
        (
            lambda: campaign(reports=(Report("ds", "D", columns=(Column("field:x", "X"),)),)),
            "campaign 'vo-sach' edition '2024': report 'ds': 'field:x' is no field or rubric node of track 'ca-nhan'; "
            "write the key of one of its fields (field:…) or nodes (node:…)",
        ),
        (
            lambda: campaign(reports=(Report("ds", "D", columns=(Column("field:baii", "X"),)),)),
            "campaign 'vo-sach' edition '2024': report 'ds': 'field:baii' is no field or rubric node of track "
            "'ca-nhan'; did you mean 'field:bai'?",
        ),
        (
            lambda: campaign(
                tracks=(TRACK, Track("tap-the", "Tập thể", subject="collective", form=FORM[:1], sample=sample))
            ),
            "campaign 'vo-sach' edition '2024': report 'ds': 'field:ds.o' is no field or rubric node of track "
            "'tap-the'; write tracks=('ca-nhan',) in the report, or take the column out",
        ),
        (
            lambda: campaign(reports=(dataclasses.replace(REPORT, tracks=("ca-nha",)),)),
            "campaign 'vo-sach' edition '2024': report 'ds' covers 'ca-nha', not one of its tracks; "
            "did you mean 'ca-nhan'?",
        ),
        (
            lambda: Column("nominees", "Học sinh"),
            f"column 'nominees': {WRITE}; did you mean 'nominee'?",
        ),
        (lambda: Judging(blind="no"), "judging: blind is 'no'; write True or False"),  # type: ignore[arg-type]
        (
            lambda: Document("bc", "Báo cáo", required="no"),  # type: ignore[arg-type]
            "document 'bc': required is 'no'; write True or False",
        ),
        (
            lambda: track(form=(CAMPAIGN,)),
            "track 'ca-nhan': form holds Campaign 'vo-sach', which does not belong there",
        ),
        (lambda: Report("ds", "D", columns=()), "report 'ds': a report has at least one column, or a summary"),
        (
            lambda: Column("hoc_sinh", "Học sinh"),
            f"column 'hoc_sinh': {WRITE}; a field is written 'field:hoc_sinh'",
        ),
        (
            lambda: Report("ds", "D", columns=(Column("unit", "Đơn vị"),), order=("-diem",)),
            f"report 'ds': source 'diem': {WRITE}; a field is written 'field:diem'",
        ),
    ],
)
def test_campaign_refuses_with_place_and_mend(build: Callable[[], object], said: str) -> None:
    with pytest.raises(ContractError) as refused:
        build()
    assert str(refused.value) == said


def test_report_reads_its_sources_once_each() -> None:
    report = Report(
        "r", "R", columns=(Column("unit", "Đơn vị"), Column("field:ten", "Tên")), group_by="unit", order=("-total",)
    )
    assert report.sources == ("unit", "field:ten", "total")
    assert [(column.field, column.node) for column in REPORT.columns] == [("", ""), ("ds.o", ""), ("", "b")]


def test_report_over_one_track_may_name_what_others_lack() -> None:
    plain = Track("tap-the", "Tập thể", subject="collective", form=FORM[:1], sample=sample)
    both = campaign(tracks=(TRACK, plain), reports=(dataclasses.replace(REPORT, tracks=("ca-nhan",)),))
    assert [one.key for one in both.tracks] == ["ca-nhan", "tap-the"]
    with pytest.raises(ContractError, match="no field or rubric node of track 'tap-the'"):
        campaign(tracks=(TRACK, plain))


def test_campaign_is_found_by_track_key() -> None:
    assert CAMPAIGN.track("ca-nhan") is TRACK
    assert [field.key for field in TRACK.fields] == ["ten", "bai", "ds"]
    with pytest.raises(KeyError):
        CAMPAIGN.track("tap-the")


@pytest.mark.parametrize("combine", [Trimmed(1), Rounded(Trimmed(1), to="0.5"), Rounded(Mean(), to="0.5")])
def test_judges_may_drop_sheets_where_classes_look_at_the_total_alone(combine: Trimmed | Rounded) -> None:
    judged = track(judging=Judging(judges=3, combine=combine))
    assert judged.judging is not None
    assert judged.judging.combine == combine


def _with_params(**changes: object) -> Campaign:
    """A writing contest whose limit, gap, pass mark and prizes each call sets for itself."""
    text = LongText("bai", "Bài viết", max_words=Param("so_tu"))
    rubric = Group("tong", "Tổng", (Item("y", "Ý nghĩa", max=60), Item("loi", "Lời văn", max=40)))
    track = Track(
        "bai-viet",
        "Bài viết",
        subject="person",
        form=(Section("bai", "Bài viết", (text,)),),
        sample=lambda rng: Sample(nominee="Lê Thị Hòa", answers={}),
        rubric=rubric,
        classes=(Class("dat", "Đạt", (AtLeast("tong", points=Param("diem_dat")),)), Class("khong", "Không đạt")),
        judging=Judging(judges=2, gap=Param("cach")),
        prizes=(Prize("nhat", "Giải Nhất", count=1, classes=("dat",)), Prize("nhi", "Giải Nhì", count=Param("so_nhi"))),
    )
    parameters = {
        "so_tu": Parameter("so_tu", "Số chữ", default=1500, minimum=300, maximum=5000),
        "cach": Parameter("cach", "Chênh lệch", default=15, minimum="0.5", maximum=40),
        "diem_dat": Parameter("diem_dat", "Điểm đạt", default=50, minimum=1, maximum=100),
        "so_nhi": Parameter("so_nhi", "Số giải Nhì", default=2, minimum=0, maximum=50),
    } | changes
    kept = tuple(one for one in parameters.values() if isinstance(one, Parameter))
    basis = (Basis("05/KH-BTC", date(2023, 8, 30), "Ban Tổ chức"),)
    return Campaign("viet", "2024", "Thi viết", basis=basis, tracks=(track,), parameters=kept)


def test_call_sets_the_numbers_that_the_campaign_leaves_to_it() -> None:
    campaign = _with_params()
    shape = shape_of(campaign, campaign.tracks[0])
    own, plain = shape.under({"so_tu": "2000", "cach": "12.5", "so_nhi": "3", "diem_dat": "60"}), shape.under({})
    text, judging, prize, need = own.fields[0], own.judging, own.prizes[1], own.classes[0].needs[0]
    assert isinstance(text, LongText)
    assert judging
    assert (text.max_words, judging.gap, prize.count, need.points) == (2000, Decimal("12.5"), 3, 60)
    assert plain.judging
    assert (plain.judging.gap, plain.prizes[1].count) == (15, 2)
    assert params_in(own) == params_in(plain) == frozenset()
    assert Shape.from_json(shape.to_json()) == shape
    assert params_in(shape) == {"so_tu", "cach", "diem_dat", "so_nhi"}


def test_number_left_to_calls_is_never_used_without_one() -> None:
    with pytest.raises(ContractError, match=r"'so_tu' has no value here: read the form with Shape.under"):
        settled(Param("so_tu"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"cach": None},
            "campaign 'viet' edition '2024': track 'bai-viet': Param('cach') is none of the campaign's parameters; "
            "write parameters=(Parameter('cach', …),)",
        ),
        (
            {"so_nhi": None, "so_nhat": Parameter("so_nhat", "Số", default=1, minimum=1, maximum=1)},
            "campaign 'viet' edition '2024': track 'bai-viet': Param('so_nhi') is none of the campaign's parameters; "
            "did you mean 'so_nhat'?; write parameters=(Parameter('so_nhi', …),)",
        ),
        (
            {"cach": Parameter("cach", "Chênh lệch", default=15, minimum=0, maximum=40)},
            "campaign 'viet' edition '2024': with 'cach' at its minimum 0: judging: a gap of 0; it lies above 0",
        ),
        (
            {"diem_dat": Parameter("diem_dat", "Điểm đạt", default=50, minimum=0, maximum=120)},
            "campaign 'viet' edition '2024': with 'diem_dat' at its minimum 0: track 'bai-viet': class 'khong': "
            "whoever reaches it is given 'dat' before; order best first",
        ),
        (
            {"diem_dat": Parameter("diem_dat", "Điểm đạt", default=50, minimum=1, maximum=120)},
            "campaign 'viet' edition '2024': with 'diem_dat' at its maximum 120: track 'bai-viet': class 'dat': "
            "'tong' has at most 100 points, 120 are out of reach",
        ),
        (
            {"so_nhi": Parameter("so_nhi", "Số giải", default=2, minimum="0.5", maximum=3)},
            "campaign 'viet' edition '2024': with 'so_nhi' at its minimum 0.5: prize 'nhi': count is Decimal('0.5'); "
            "write a whole number from 0 on, or Param('key')",
        ),
    ],
)
def test_parameter_that_could_make_the_campaign_impossible_is_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ContractError) as refused:
        _with_params(**changes)
    assert str(refused.value) == said


def test_prize_for_a_class_that_there_is_not_is_refused() -> None:
    campaign = _with_params()
    with pytest.raises(ContractError) as refused:
        dataclasses.replace(campaign.tracks[0], prizes=(Prize("nhat", "Giải Nhất", count=1, classes=("gioi",)),))
    assert str(refused.value) == ("track 'bai-viet': prize 'nhat' goes to class 'gioi', not one of the track's classes")
