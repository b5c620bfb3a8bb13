"""The campaign's own test: what an author outside writes, against ``thidua.plugin`` alone."""

import random
from decimal import Decimal
from typing import cast

from thidua_vo_sach_chu_dep.campaign import EDITION_2026
from thidua_vo_sach_chu_dep.checks import enough_notebooks, part_of_class, year_of_the_call

from thidua.plugin import DossierSnapshot, Past, PeriodValue, Ref, Value, shape_of

NOTHING = cast("Past", None)  # these checks ask nothing of the past


def dossier(track: str, **answers: Value) -> DossierSnapshot:
    return DossierSnapshot(
        slug="vo-sach-chu-dep",
        edition="2026",
        track=track,
        call="dot-1",
        call_period=PeriodValue("school_year", 2025),
        nominees=(Ref("p1", "Lê Khánh Chi"),),
        unit=Ref("u1", "Trường Tiểu học Hoa Sen"),
        answers=answers,
        parameters={"so_vo_it_nhat": Decimal(2)},
    )


def test_the_rubric_comes_to_twenty_points_and_two_less() -> None:
    nodes = [shape_of(EDITION_2026, track).node("tong") for track in EDITION_2026.tracks]
    assert [(node.lowest, node.highest) for node in nodes] == [(0, 20), (0, 20)]


def test_checks_point_at_what_is_wrong() -> None:
    wrong = dossier("hoc-sinh", ky_xet=PeriodValue("school_year", 2024), so_vo=Decimal(1))
    right = dossier("hoc-sinh", ky_xet=PeriodValue("school_year", 2025), so_vo=Decimal(2))
    assert [problem.field for problem in year_of_the_call(wrong, NOTHING)] == ["ky_xet"]
    assert [problem.level for problem in enough_notebooks(wrong, NOTHING)] == ["warning"]
    assert [*year_of_the_call(right, NOTHING), *enough_notebooks(right, NOTHING)] == []
    full, too_many = (dossier("lop", si_so=Decimal(30), so_dat=Decimal(count)) for count in (30, 31))
    assert [problem.field for problem in part_of_class(too_many, NOTHING)] == ["so_dat"]
    assert list(part_of_class(full, NOTHING)) == []


def test_samples_answer_every_required_question() -> None:
    for track in EDITION_2026.tracks:
        answers = track.sample(random.Random(1)).answers
        assert {field.key for field in track.fields if field.required} <= set(answers)
