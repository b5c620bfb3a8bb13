"""The campaign's own test: what every campaign must bear, and what only this one promises."""

from decimal import Decimal
from typing import cast

from thidua_vo_sach_chu_dep.checks import enough_notebooks, year_of_the_call

from thidua.plugin import DossierSnapshot, Past, PeriodValue, Ref, Value
from thidua.testing import CampaignContract

NOTHING = cast("Past", None)  # these checks ask nothing of the past


class TestContract(CampaignContract):
    """The conformance kit; the stored editions lie in ``editions`` beside this file."""

    package = "thidua_vo_sach_chu_dep"


def dossier(**answers: Value) -> DossierSnapshot:
    return DossierSnapshot(
        slug="vo-sach-chu-dep",
        edition="2026",
        track="hoc-sinh",
        call="dot-1",
        call_period=PeriodValue("school_year", 2025),
        nominees=(Ref("p1", "Lê Khánh Chi"),),
        unit=Ref("u1", "Trường Tiểu học Hoa Sen"),
        answers=answers,
        parameters={"so_vo_it_nhat": Decimal(2)},
    )


def test_checks_point_at_what_is_wrong() -> None:
    wrong = dossier(ky_xet=PeriodValue("school_year", 2024), so_vo=Decimal(1))
    right = dossier(ky_xet=PeriodValue("school_year", 2025), so_vo=Decimal(2))
    assert [problem.field for problem in year_of_the_call(wrong, NOTHING)] == ["ky_xet"]
    assert [problem.level for problem in enough_notebooks(wrong, NOTHING)] == ["warning"]
    assert [*year_of_the_call(right, NOTHING), *enough_notebooks(right, NOTHING)] == []
