"""Đổi mới số: forms, rubrics, checks and samples of both tracks and editions."""

from __future__ import annotations

import dataclasses
import random
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from thidua.forms import whole_form
from thidua.plugin import (
    Campaign,
    DossierSnapshot,
    PastAward,
    PastDossier,
    PeriodValue,
    Problem,
    Ref,
    Shape,
    Similar,
    Track,
    Value,
    python_values,
    shape_of,
)
from thidua.scoring import Sheet, classify, evaluate
from thidua.scoring.valued import Valued
from thidua.testing import CampaignContract
from thidua_doi_moi_so.campaign import EDITION_2023, EDITION_2025

EDITIONS = (EDITION_2023, EDITION_2025)
TRACKS = [(campaign, track) for campaign in EDITIONS for track in campaign.tracks]
IDS = [f"{campaign.edition}-{track.key}" for campaign, track in TRACKS]
SCHOOL = Ref("u1", "Trường THCS Hoa Sen")
KHANH = Ref("p1", "Trần Quốc Khánh")
AUTHORS = ({"ho_ten": KHANH, "chuc_vu": "Giáo viên", "ti_le": Decimal(100)},)


@dataclass
class Records:
    """A past with these dossiers and these titles in it."""

    found: Sequence[PastDossier] = ()
    alike: Sequence[Similar] = ()

    def dossiers(self, slug: str, *, person: str | None = None, unit: str | None = None) -> Sequence[PastDossier]:
        return [one for one in self.found if one.slug == slug and unit in (None, one.unit.id)]

    def similar(self, text: str, *, field: str, least: int) -> Sequence[Similar]:
        return []

    def titled(self, text: str, *, least: int) -> Sequence[Similar]:
        return [one for one in self.alike if one.percent >= least]

    def awards(self, person: str) -> Sequence[PastAward]:
        return []


def snapshot(track: Track, campaign: Campaign, answers: Mapping[str, Value], **changes: object) -> DossierSnapshot:
    made = DossierSnapshot(
        slug=campaign.slug,
        edition=campaign.edition,
        track=track.key,
        call="dot-1",
        call_period=PeriodValue("school_year", int(campaign.edition)),
        nominees=(KHANH if track.subject == "person" else Ref("", "Nhà trường"),),
        unit=SCHOOL,
        answers=answers,
        documents={"minh_chung": ("nhat-ki.docx",)},
    )
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


def check(key: str, past: Records | None = None, changes: Mapping[str, object] | None = None, **answers: Value):
    track = EDITION_2025.track(key)
    shape = shape_of(EDITION_2025, track)
    sample = python_values(shape, whole_form(shape, track.sample(random.Random(1)).answers)[0])
    filled = sample | ({"tac_gia": AUTHORS} if key == "sang-kien" else {}) | answers
    dossier = snapshot(track, EDITION_2025, filled, **(changes or {}))
    return [problem for one in track.checks for problem in one(dossier, past or Records())]


def past_dossier(track: str = "sang-kien", call: str = "dot-0") -> PastDossier:
    return PastDossier(
        code="HS-2026-000007",
        slug="doi-moi-so",
        edition="2025",
        track=track,
        call=call,
        call_period=PeriodValue("school_year", 2024),
        nominees=(Ref("p2", "Lê Thu Hà"),),
        unit=SCHOOL,
        state="đã công bố",
    )


@pytest.mark.parametrize(("campaign", "track"), TRACKS, ids=IDS)
def test_the_shape_reads_back(campaign: Campaign, track: Track) -> None:
    shape = shape_of(campaign, track)
    assert Shape.from_json(shape.to_json()) == shape


def test_the_later_edition_asks_about_artificial_intelligence_and_changes_nothing_else() -> None:
    def differences(key: str) -> list[str]:
        sooner, later = (shape_of(campaign, campaign.track(key)) for campaign in EDITIONS)
        return sooner.differences(later)

    assert differences("sang-kien") == [
        "field 'dung_ai' is new",
        "field 'dung_ai_the_nao' is new",
        "rubric 'dung_ai_an_toan' is new",
        'rubric \'bao_ve_du_lieu\': max was "6", is "4"',
    ]
    assert differences("tu-danh-gia") == ["field 'co_quy_dinh_ai' is new"]


@pytest.mark.parametrize(("campaign", "track"), TRACKS, ids=IDS)
def test_samples_fill_the_form_and_pass_the_checks(campaign: Campaign, track: Track) -> None:
    shape = shape_of(campaign, track)
    slots = {document.key: document.required for document in track.documents}
    for seed in range(40):
        made = track.sample(random.Random(seed))
        answers = {key: value for key, value in made.answers.items() if key != "phu_trach"}  # the demo finds the person
        typed, problems = whole_form(shape, answers)
        names = (Ref("p", made.nominee),)
        dossier = snapshot(track, campaign, python_values(shape, typed), nominees=names)
        problems += [problem for one in track.checks for problem in one(dossier, Records())]
        assert problems == []
        assert set(made.answers) <= {field.key for field in track.fields}
        held = {file.slot for file in made.files}
        assert {key for key, required in slots.items() if required} <= held <= slots.keys()
        assert bool(made.born) == (track.subject == "person")
        assert unicodedata.is_normalized("NFC", repr(made))


def test_samples_vary_and_repeat_with_their_seed() -> None:
    sample = EDITION_2025.track("sang-kien").sample
    assert sample(random.Random(7)) == sample(random.Random(7))
    assert len({str(sample(random.Random(seed)).answers["ten"]) for seed in range(60)}) > 8


# shares -----------------------------------------------------------------------


def shares(*percents: str) -> tuple[dict[str, Value], ...]:
    names = (KHANH, Ref("p2", "Lê Thu Hà"), Ref("p3", "Vũ Minh Đức"))
    return tuple(
        {"ho_ten": name, "chuc_vu": "Giáo viên", "ti_le": Decimal(percent)}
        for name, percent in zip(names, percents, strict=False)
    )


def test_shares_of_ninety_nine_are_refused_with_what_is_missing() -> None:
    assert check("sang-kien", tac_gia=shares("60", "39")) == [
        Problem(
            "tac_gia",
            "Tỉ lệ đóng góp của 2 tác giả cộng lại là 99 %, thiếu 1 %. Hãy sửa để tổng đúng 100 %.",
        )
    ]
    assert [problem.message for problem in check("sang-kien", tac_gia=shares("60", "40.5"))] == [
        "Tỉ lệ đóng góp của 2 tác giả cộng lại là 100,5 %, thừa 0,5 %. Hãy sửa để tổng đúng 100 %."
    ]
    assert check("sang-kien", tac_gia=shares("33.33", "33.33", "33.34")) == []


def test_a_share_of_minus_five_is_refused_at_its_cell_and_one_of_nothing_too() -> None:
    shape = shape_of(EDITION_2025, EDITION_2025.track("sang-kien"))
    rows = [
        {"ho_ten": KHANH.name, "chuc_vu": "Giáo viên", "ti_le": "105"},
        {"ho_ten": "Lê Thu Hà", "chuc_vu": "Giáo viên", "ti_le": "-5"},
    ]
    found = whole_form(shape, {"tac_gia": rows}, complete=False)[1]
    assert found == [
        Problem(
            "tac_gia.0.ti_le",
            "“Tác giả, đồng tác giả và tỉ lệ đóng góp – dòng 1 – Tỉ lệ đóng góp (%)”: 105 lớn hơn mức cao nhất là "
            "100. Hãy kiểm tra lại số liệu.",
        ),
        Problem(
            "tac_gia.1.ti_le",
            "“Tác giả, đồng tác giả và tỉ lệ đóng góp – dòng 2 – Tỉ lệ đóng góp (%)”: -5 nhỏ hơn mức thấp nhất là "
            "0. Hãy kiểm tra lại số liệu.",
        ),
    ]
    assert check("sang-kien", tac_gia=shares("100", "0")) == [
        Problem(
            "tac_gia.1.ti_le",
            "Tác giả, dòng 2: tỉ lệ đóng góp là 0 %. Hãy ghi số lớn hơn 0, hoặc bỏ dòng này.",
        )
    ]


# titles ------------------------------------------------------------------------


def test_a_title_filed_before_is_named_with_its_dossier() -> None:
    same = Similar(dossier=past_dossier(), field="ten", percent=100)
    near = Similar(dossier=past_dossier(), field="sang_kien.ten", percent=84)
    far = Similar(dossier=past_dossier(), field="ten", percent=79)
    where = "hồ sơ HS-2026-000007 của Lê Thu Hà (Trường THCS Hoa Sen, năm học 2024-2025, đã công bố). "
    found = check("sang-kien", Records(alike=(same, near, far)))
    assert [(p.field, p.level, p.message.partition("Một thành tích")[0]) for p in found] == [
        ("ten", "warning", f"Tên sáng kiến trùng với {where}"),
        ("ten", "warning", f"Tên sáng kiến giống 84 % với {where}"),
    ]
    strict = {"parameters": {"giong_ten": Decimal(90)}}
    assert len(check("sang-kien", Records(alike=(same, near)), strict)) == 1


def test_checks_of_an_initiative_point_at_what_is_wrong() -> None:
    def places(changes: Mapping[str, object] | None = None, **answers: Value) -> list[tuple[str, str]]:
        return [(problem.field, problem.level) for problem in check("sang-kien", changes=changes, **answers)]

    even = ({"truoc": Decimal(5), "sau": Decimal(5)}, {"truoc": Decimal(7), "sau": Decimal(7)})
    assert places(so_lieu=even) == [("so_lieu", "warning")]
    assert places(da_dong_y=False) == [("da_dong_y", "error")]
    assert places(dung_quyen=False) == [("dung_quyen", "error")]
    assert places(cam_ket=False) == [("cam_ket", "error")]
    assert places({"documents": {}}, lien_ket=()) == [("lien_ket", "error")]
    assert places({"documents": {}}) == places(lien_ket=()) == []
    assert places(ngay_ap_dung=date(2027, 1, 1)) == [("ngay_ap_dung", "error")]
    assert places(ngay_ap_dung=date(2026, 12, 31)) == []
    assert places(nam_hoc=PeriodValue("school_year", 2026)) == [("nam_hoc", "error")]
    short = ({"ho_ten": Ref("p1", "Tr. Q. Khánh"), "ti_le": Decimal(100)},)
    assert places(tac_gia=short) == [("tac_gia.0.ho_ten", "error")]
    unfound = ({"ho_ten": Ref("", "Tr. Q. Khánh"), "ti_le": Decimal(100)},)
    assert places(tac_gia=unfound) == [("tac_gia.0.ho_ten", "warning"), ("tac_gia.0.ho_ten", "error")]


def test_the_main_author_is_who_the_register_says_not_who_bears_the_name() -> None:
    def found(author: Ref) -> list[tuple[str, str]]:
        lines = ({"ho_ten": author, "ti_le": Decimal(100)},)
        return [(problem.field, problem.level) for problem in check("sang-kien", tac_gia=lines)]

    assert found(Ref("p9", KHANH.name)) == [("tac_gia.0.ho_ten", "warning")]
    assert found(Ref(KHANH.id, "Trần Quốc Khanh")) == found(Ref("", KHANH.name.upper())) == []


def test_a_call_of_a_calendar_year_ends_with_it() -> None:
    year = {"call_period": PeriodValue("year", 2025)}
    assert check("sang-kien", changes=year, ngay_ap_dung=date(2025, 12, 31)) == []
    late = check("sang-kien", changes=year, ngay_ap_dung=date(2026, 1, 1))
    assert [(problem.field, problem.level) for problem in late] == [("ngay_ap_dung", "error")]


def test_a_school_assesses_itself_once_a_call() -> None:
    twin, other = past_dossier("tu-danh-gia", "dot-1"), past_dossier("tu-danh-gia", "dot-0")
    assert [problem.message[:56] for problem in check("tu-danh-gia", Records([twin, other]))] == [
        "Trường đã có phiếu tự đánh giá HS-2026-000007 trong cùng"
    ]
    assert [(p.field, p.level) for p in check("tu-danh-gia", co_quy_che=False)] == [("co_quy_che", "warning")]


@pytest.mark.parametrize(("campaign", "track"), TRACKS, ids=IDS)
def test_checks_survive_a_dossier_with_nothing_in_it(campaign: Campaign, track: Track) -> None:
    blank = {field.key: () if field.kind in ("Rows", "MultiChoice") else None for field in track.fields}
    for answers in ({}, blank):
        dossier = snapshot(track, campaign, answers, nominees=(), documents={})
        assert {p.field for one in track.checks for p in one(dossier, Records())} <= {"lien_ket"}


# points ------------------------------------------------------------------------


def scored(key: str, **points: str) -> Valued:
    """The sheet of that track with everything full but the given points."""
    rubric = EDITION_2025.track(key).rubric
    assert rubric is not None
    full = {leaf: node.steps for leaf, node in rubric.leaves.items()}
    changed = {leaf: int(Fraction(text) / rubric.leaves[leaf].worth) if text else 0 for leaf, text in points.items()}
    return evaluate(rubric, Sheet(full | changed))


def given(key: str, sheet: Valued) -> str:
    shape = shape_of(EDITION_2025, EDITION_2025.track(key)).under({})
    return classify(shape.classes, sheet).given.key


@pytest.mark.parametrize("campaign", EDITIONS, ids=["2023", "2025"])
def test_an_initiative_comes_to_one_hundred_points(campaign: Campaign) -> None:
    rubric = campaign.track("sang-kien").rubric
    assert rubric is not None
    parts = ("tinh_moi", "hieu_qua", "nhan_rong", "an_toan", "minh_chung", "trinh_bay", "tong")
    assert [rubric.nodes[key].highest for key in parts] == [25, 30, 20, 10, 10, 5, 100]


def test_an_initiative_passes_with_its_total_and_enough_effect_and_its_gate() -> None:
    assert given("sang-kien", scored("sang-kien")) == "dat"
    at_bar = scored("sang-kien", thay_doi="0", moi="0")  # 30 − 15 = 15 points of effect, 100 − 30 = 70 in all
    assert (at_bar.total, at_bar.value("hieu_qua"), given("sang-kien", at_bar)) == (70, 15, "dat")
    assert given("sang-kien", scored("sang-kien", thay_doi="0", moi="0", trinh_bay="4.5")) == "chua_dat"
    weak = scored("sang-kien", thay_doi="0", tiet_kiem="4.5")
    assert (weak.value("hieu_qua"), given("sang-kien", weak)) == (Fraction("14.5"), "chua_dat")
    leaked = scored("sang-kien", khong_lo_du_lieu="")
    assert (leaked.total, leaked.failed) == (100, ("khong_lo_du_lieu",))
    shape = shape_of(EDITION_2025, EDITION_2025.track("sang-kien"))
    assert classify(shape.under({}).classes, leaked).given.key == "chua_dat"
    assert classify(shape.under({"diem_dat": "65"}).classes, at_bar).given.key == "dat"
    assert classify(shape.under({"diem_dat": "71"}).classes, at_bar).given.key == "chua_dat"


def school(teaching: str, running: str) -> Valued:
    """A sheet of a school with so many points in each group."""
    rubric = EDITION_2025.track("tu-danh-gia").rubric
    assert rubric is not None
    points = {"dh_ke_hoach": 1, "qt_phu_trach": 1}
    for group, wanted in (("day_hoc", teaching), ("quan_tri", running)):
        left = int(Fraction(wanted) * 2)
        for node in rubric.nodes[group].children:  # type: ignore[union-attr]
            if node.highest:
                points[node.key] = min(left, node.steps)
                left -= points[node.key]
    return evaluate(rubric, Sheet(points))


@pytest.mark.parametrize(
    ("teaching", "running", "levels", "overall"),
    [
        ("49.5", "100", ("Mức 1: Chưa đáp ứng", "Mức 3: Tốt"), "muc_1"),
        ("50", "50", ("Mức 2: Cơ bản", "Mức 2: Cơ bản"), "muc_2"),
        ("75", "75.5", ("Mức 2: Cơ bản", "Mức 3: Tốt"), "muc_2"),
        ("75.5", "75.5", ("Mức 3: Tốt", "Mức 3: Tốt"), "muc_3"),
        ("100", "0", ("Mức 3: Tốt", "Mức 1: Chưa đáp ứng"), "muc_1"),
    ],
)
def test_a_school_has_a_level_per_group_and_the_lower_one_over_all(
    teaching: str, running: str, levels: tuple[str, str], overall: str
) -> None:
    sheet = school(teaching, running)
    bands = {node.key: node.band for node in sheet.tree()}
    assert (bands["day_hoc"], bands["quan_tri"]) == levels
    assert sheet.total == min(Fraction(teaching), Fraction(running))
    assert given("tu-danh-gia", sheet) == overall


def test_without_plan_and_rules_a_school_stays_at_the_lowest_level() -> None:
    sheet = scored("tu-danh-gia", dh_ke_hoach="")
    bands = {node.key: node.band for node in sheet.tree()}
    assert (bands["day_hoc"], bands["quan_tri"]) == ("Mức 1: Chưa đáp ứng", "Mức 3: Tốt")
    assert given("tu-danh-gia", sheet) == "muc_1"


@pytest.mark.slow
class TestContract(CampaignContract):
    """What the conformance kit asks of every campaign."""

    package = "thidua_doi_moi_so"
