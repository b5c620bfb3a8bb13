"""Dạy tốt – Học tốt: forms, rubric, checks and samples of both editions."""

from __future__ import annotations

import ast
import dataclasses
import random
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import thidua_day_tot_hoc_tot
from thidua.documents.tables import page_rows, page_totals
from thidua.forms import whole_form
from thidua.models import State
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
    walk,
)
from thidua.registry import Registry
from thidua.services.report_rows import Outcome, Row
from thidua.services.report_tables import arrange
from thidua.text import fold
from thidua_day_tot_hoc_tot.campaign import EDITION_2023, EDITION_2025

EDITIONS = (EDITION_2023, EDITION_2025)
TRACKS = [(campaign, track) for campaign in EDITIONS for track in campaign.tracks]
IDS = [f"{campaign.edition}-{track.key}" for campaign, track in TRACKS]
SCHOOL = Ref("u1", "Trường THCS Hoa Sen")
HOA = Ref("p1", "Nguyễn Thị Hoà")


@dataclass
class Records:
    """A past with these dossiers in it."""

    found: Sequence[PastDossier] = ()

    def dossiers(self, slug: str, *, person: str | None = None, unit: str | None = None) -> Sequence[PastDossier]:
        return [
            one
            for one in self.found
            if one.slug == slug
            and (person is None or person in {nominee.id for nominee in one.nominees})
            and (unit is None or unit == one.unit.id)
        ]

    def similar(self, text: str, *, field: str, least: int) -> Sequence[Similar]:
        return []

    def titled(self, text: str, *, least: int) -> Sequence[Similar]:
        return []

    def awards(self, person: str) -> Sequence[PastAward]:
        return []


def snapshot(track: Track, campaign: Campaign, answers: Mapping[str, Value], **changes: object) -> DossierSnapshot:
    made = DossierSnapshot(
        slug=campaign.slug,
        edition=campaign.edition,
        track=track.key,
        call="dot-1",
        call_period=PeriodValue("school_year", int(campaign.edition)),
        nominees=(HOA if track.subject == "person" else Ref("", "Tổ Toán – Tin"),),
        unit=SCHOOL,
        answers=answers,
    )
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


def answers_of(track: Track, campaign: Campaign, seed: int = 1) -> dict[str, Value]:
    shape = shape_of(campaign, track)
    return python_values(shape, whole_form(shape, track.sample(random.Random(seed)).answers)[0])


def check(key: str, past: Records | None = None, seed: int = 1, **answers: Value) -> list[Problem]:
    track = EDITION_2025.track(key)
    dossier = snapshot(track, EDITION_2025, answers_of(track, EDITION_2025, seed) | answers)
    return [problem for one in track.checks for problem in one(dossier, past or Records())]


def year(start: int) -> PeriodValue:
    return PeriodValue("school_year", start)


def test_the_registry_finds_both_editions_by_entry_point() -> None:
    registry = Registry.load(strict=True)
    assert registry.campaign("day-tot-hoc-tot", "2023") == EDITION_2023
    assert registry.campaign("day-tot-hoc-tot", "2025") == EDITION_2025
    assert registry.abbreviations["BDTX"] == "bồi dưỡng thường xuyên"


def test_the_package_imports_only_the_public_module() -> None:
    imported: set[str] = set()
    folder = Path(thidua_day_tot_hoc_tot.__file__).parent
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
            elif isinstance(node, ast.Import):
                imported |= {name.name for name in node.names}
    assert {name for name in imported if name.split(".")[0] == "thidua"} == {"thidua.plugin"}


@pytest.mark.parametrize(("campaign", "track"), TRACKS, ids=IDS)
def test_the_shape_reads_back(campaign: Campaign, track: Track) -> None:
    shape = shape_of(campaign, track)
    assert Shape.from_json(shape.to_json()) == shape


def test_the_editions_differ_in_one_criterion_and_what_is_counted() -> None:
    more = {"ca-nhan": ["field 'lao_dong_truc_tiep' is new"], "tap-the": []}
    for key, counted in more.items():
        sooner, later = (shape_of(campaign, campaign.track(key)) for campaign in EDITIONS)
        assert sooner.differences(later) == [
            *counted,
            "field 'hoc_lieu_so' is new",
            "rubric 'd_ai' is new",
            'rubric \'d_hoc_lieu\': max was "5", is "3"',
        ]


@pytest.mark.parametrize("campaign", EDITIONS, ids=["2023", "2025"])
def test_the_rubric_comes_to_one_hundred_points_with_five_more_and_ten_less(campaign: Campaign) -> None:
    rubric = campaign.tracks[0].rubric
    assert rubric is not None
    nodes = {node.key: node for node in walk(rubric)}
    highest = {key: nodes[key].highest for key in ("nam_mat", "a", "b", "c", "d", "e", "thuong", "tru", "tong")}
    assert highest == {
        "nam_mat": 100,
        "a": 20,
        "b": 30,
        "c": 30,
        "d": 10,
        "e": 10,
        "thuong": 5,
        "tru": 0,
        "tong": 105,
    }
    assert (nodes["tru"].lowest, nodes["b_gvdg"].highest, nodes["a_bao_cao"].lowest) == (-10, 8, 0)


def test_the_best_class_needs_seventy_per_cent_of_every_area() -> None:
    best, *others = EDITION_2025.tracks[0].classes
    assert [(need.node, need.points, need.percent) for need in best.needs] == [
        ("tong", 90, None),
        *((area, None, 70) for area in ("a", "b", "c", "d", "e")),
    ]
    assert [one.label for one in others] == ["Tốt", "Khá", "Đạt", "Chưa đạt"]


@pytest.mark.parametrize(("campaign", "track"), TRACKS, ids=IDS)
def test_samples_fill_the_form_pass_the_checks_and_bring_the_report(campaign: Campaign, track: Track) -> None:
    shape = shape_of(campaign, track)
    slots = {document.key for document in track.documents}
    for seed in range(60):
        made = track.sample(random.Random(seed))
        typed, problems = whole_form(shape, made.answers)
        dossier = snapshot(track, campaign, python_values(shape, typed))
        problems += [problem for one in track.checks for problem in one(dossier, Records())]
        assert problems == []
        assert set(made.answers) <= {field.key for field in track.fields}
        assert "bao_cao" in {file.slot for file in made.files} <= slots
        assert bool(made.born) == (track.subject == "person")
        assert unicodedata.is_normalized("NFC", repr(made))


def test_samples_repeat_with_their_seed_and_vary_without() -> None:
    sample = EDITION_2025.track("ca-nhan").sample
    assert sample(random.Random(7)) == sample(random.Random(7))
    made = [sample(random.Random(seed)) for seed in range(60)]
    names = [one.nominee for one in made]
    stories = {str(one.answers["thanh_tich"]) for one in made}
    assert len(stories) > 50
    assert 20 < len(set(names)) < 60
    folded: dict[str, set[str]] = {}
    for name in names:
        folded.setdefault(fold(name), set()).add(name)
    assert any(len(spellings) > 1 for spellings in folded.values())


def test_collective_samples_speak_of_themselves_as_a_team() -> None:
    made = EDITION_2025.track("tap-the").sample(random.Random(3))
    assert "tôi" not in str(made.answers["thanh_tich"]).lower()


def other(track: str = "ca-nhan", call: str = "dot-1", nominee: Ref = HOA, unit: Ref = SCHOOL) -> PastDossier:
    return PastDossier(
        code="HS-2026-000007",
        slug="day-tot-hoc-tot",
        edition="2025",
        track=track,
        call=call,
        call_period=year(2025),
        nominees=(nominee,),
        unit=unit,
        state="đã nộp",
    )


def test_a_second_dossier_of_one_person_in_a_call_is_named() -> None:
    assert check("ca-nhan", Records([other(unit=Ref("u2", "Trường THCS Sông Đuống"))])) == [
        Problem(
            "",
            "Nguyễn Thị Hoà đã có hồ sơ HS-2026-000007 trong cùng đợt này (Trường THCS Sông Đuống, đã nộp). "
            "Hãy tiếp tục hồ sơ đó hoặc rút một trong hai hồ sơ.",
        )
    ]
    namesake = Ref("p2", HOA.name)
    assert check("ca-nhan", Records([other(call="dot-0"), other(track="tap-the"), other(nominee=namesake)])) == []


def test_a_second_dossier_of_one_collective_is_named_and_other_teams_are_not() -> None:
    team = Ref("", "TỔ TOÁN – TIN")
    assert [problem.message[:45] for problem in check("tap-the", Records([other("tap-the", nominee=team)]))] == [
        "Tập thể này đã có hồ sơ HS-2026-000007 trong "
    ]
    others = [other("tap-the", nominee=Ref("", "Tổ Ngữ văn")), other("tap-the", nominee=team, unit=Ref("u2", "Khác"))]
    assert check("tap-the", Records(others)) == []


@pytest.mark.parametrize(
    ("track", "answers", "places"),
    [
        ("ca-nhan", {"nam_vao_nganh": PeriodValue("year", 2027)}, [("nam_vao_nganh", "error")]),
        ("ca-nhan", {"nam_vao_nganh": None}, []),
        ("ca-nhan", {"xep_loai": None}, [("xep_loai", "warning")]),
        ("ca-nhan", {"xep_loai": "khtnv"}, [("xep_loai", "error")]),
        ("tap-the", {"xep_loai_tap_the": None}, [("xep_loai_tap_the", "warning")]),
        ("ca-nhan", {"cam_ket": False}, [("cam_ket", "error")]),
        (
            "ca-nhan",
            {"ket_qua": ({"nam_hoc": year(2020)}, {"nam_hoc": year(2025)}, {"nam_hoc": year(2026)}, {"nam_hoc": None})},
            [("ket_qua.0.nam_hoc", "error"), ("ket_qua.2.nam_hoc", "error")],
        ),
        ("ca-nhan", {"ket_qua": ({"nam_hoc": year(2024)},)}, [("ket_qua", "warning")]),
        ("ca-nhan", {"ket_qua": ()}, []),
        ("ca-nhan", {"sang_kien": ({"nam_hoc": year(2019)},)}, [("sang_kien.0.nam_hoc", "error")]),
        (
            "ca-nhan",
            {
                "danh_hieu": (
                    {"nam_hoc": year(2024), "ngay_qd": date(2023, 8, 1)},
                    {"nam_hoc": year(2024)},
                    {"nam_hoc": year(2024), "ngay_qd": date(2024, 12, 1)},
                )
            },
            [("danh_hieu.0.ngay_qd", "error")],
        ),
        (
            "tap-the",
            {
                "so_thanh_vien": Decimal(10),
                "so_nu": Decimal(11),
                "so_dang_vien": None,
                "so_ldtt": Decimal(6),
                "so_cstd": Decimal(7),
            },
            [("so_nu", "error"), ("so_cstd", "error")],
        ),
        (
            "tap-the",
            {"so_thanh_vien": Decimal(10), "so_nu": None, "so_dang_vien": None, "so_ldtt": Decimal(5), "so_cstd": None},
            [("so_ldtt", "warning")],
        ),
    ],
)
def test_checks_point_at_what_is_wrong(track: str, answers: dict[str, Value], places: list[tuple[str, str]]) -> None:
    assert [(problem.field, problem.level) for problem in check(track, **answers)] == places


def test_a_call_of_a_calendar_year_ends_with_it() -> None:
    track = EDITION_2025.track("ca-nhan")

    def places(joined: int, results: int) -> list[tuple[str, str]]:
        told = {
            "nam_vao_nganh": PeriodValue("year", joined),
            "ket_qua": ({"nam_hoc": year(results)},),
            "sang_kien": (),
        }
        answers = answers_of(track, EDITION_2025) | told
        dossier = snapshot(track, EDITION_2025, answers, call_period=PeriodValue("year", 2025))
        return [(problem.field, problem.level) for one in track.checks for problem in one(dossier, Records())]

    assert places(2025, 2025) == []
    assert places(2026, 2024) == [("nam_vao_nganh", "error"), ("ket_qua", "warning")]


def test_the_years_that_count_are_a_parameter_of_the_call() -> None:
    track = EDITION_2025.track("ca-nhan")
    answers = answers_of(track, EDITION_2025) | {
        "ket_qua": ({"nam_hoc": year(2024)}, {"nam_hoc": year(2025)}),
        "sang_kien": (),
    }
    dossier = snapshot(track, EDITION_2025, answers, parameters={"so_nam": Decimal(1)})
    assert [problem for one in track.checks for problem in one(dossier, Records())] == [
        Problem(
            "ket_qua.0.nam_hoc",
            "Kết quả, dòng 1: năm học 2024-2025 nằm ngoài kỳ xét (2025-2026 đến 2025-2026). "
            "Hãy bỏ dòng này hoặc sửa năm học.",
        )
    ]


def test_every_rule_that_rests_on_law_quotes_it() -> None:
    five = {"so_thanh_vien": Decimal(10), "so_nu": None, "so_dang_vien": None, "so_ldtt": Decimal(5), "so_cstd": None}
    assert [problem.basis for problem in check("tap-the", **five)] == [
        "Luật Thi đua, khen thưởng 06/2022/QH15, Điều 28"
    ]


# --- statistics ----------------------------------------------------------------------------------------


def counted(track: Track, n: int, unit: int, outcome: str, **answers: object) -> Row:
    """A dossier of ``track`` with a class, as reports read it."""
    form = shape_of(EDITIONS[1], track)
    label = next(one.label for one in form.classes if one.key == outcome)
    came = Outcome(Fraction(85), outcome, label, "", "", None, {})
    code = f"HS-2026-{n:06}"
    day = date(2026, 3, 5)
    return Row(code, code, f"Người {n}", unit, f"Trường {unit}", form, State.SCORED, day, answers, came)


def test_statistics_say_how_many_small_collectives_and_direct_workers_there_are() -> None:
    person, team = EDITIONS[1].tracks
    rows = [
        counted(person, 1, 1, "xuat_sac", lao_dong_truc_tiep="yes", linh_vuc=["doi-moi-ppdh", "chuyen-doi-so"]),
        counted(person, 2, 1, "kha", lao_dong_truc_tiep="yes", linh_vuc=["chuyen-doi-so"]),
        counted(person, 3, 2, "tot", lao_dong_truc_tiep="no"),
        counted(team, 4, 1, "tot", loai_tap_the="to"),
        counted(team, 5, 1, "xuat_sac", loai_tap_the="truong"),
        counted(team, 6, 2, "dat", loai_tap_the="khoi"),
    ]
    report = next(one for one in EDITIONS[1].reports if one.key == "thong_ke")
    figures = {figure.table.title: figure for figure in arrange(report, rows).figures}
    said = {title: [*page_rows(figure.table), page_totals(figure.table)] for title, figure in figures.items()}
    assert said["Người lao động trực tiếp theo trường"] == [
        ["1", "Trường 1", "2", "2", "100", "100"],
        ["2", "Trường 2", "1", "0", "0", "0"],
        ["", "Cộng", "3", "2", "66,7", "50"],
    ]
    assert said["Tập thể nhỏ theo trường"] == [
        ["1", "Trường 1", "2", "1", "50", "50"],
        ["2", "Trường 2", "1", "1", "100", ""],
        ["", "Cộng", "3", "2", "66,7", "50"],
    ]
    fields = {line[1]: line[2:] for line in said["Theo lĩnh vực nổi bật"]}
    assert fields["Chuyển đổi số"] == ["2", "1", "0", "1", "0", "0"]
    assert fields["(không có)"] == ["4", "1", "2", "0", "1", "0"]
    assert fields["Cộng (mỗi hồ sơ tính một lần)"] == ["6", "2", "2", "1", "1", "0"]
    assert all(not figure.table.wide for figure in figures.values())  # they fit the upright page
    assert [figure.chart.title for figure in figures.values() if figure.chart] == [
        "Theo trường: Số hồ sơ",
        "Theo lĩnh vực nổi bật: Số hồ sơ",
        "Theo xếp loại: Số hồ sơ",
        "Tập thể nhỏ theo trường: Tỷ lệ tập thể nhỏ (%)",
        "Người lao động trực tiếp theo trường: Tỷ lệ lao động trực tiếp (%)",
    ]
