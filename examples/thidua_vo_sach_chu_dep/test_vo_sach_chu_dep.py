"""The campaign's own test: what every campaign must bear, and what only this one promises."""

from thidua_vo_sach_chu_dep.checks import enough_notebooks, year_of_the_call

from thidua.testing import CampaignContract, Nothing, dossier_of


class TestContract(CampaignContract):
    """The conformance kit; the stored editions lie in ``editions`` beside this file."""

    package = "thidua_vo_sach_chu_dep"


def test_checks_point_at_what_is_wrong() -> None:
    wrong = dossier_of("thidua_vo_sach_chu_dep", ky_xet="2024-2025", so_vo="1")
    right = dossier_of("thidua_vo_sach_chu_dep", ky_xet="2025-2026", so_vo="2")
    assert [problem.field for problem in year_of_the_call(wrong, Nothing())] == ["ky_xet"]
    assert [problem.level for problem in enough_notebooks(wrong, Nothing())] == ["warning"]
    assert [*year_of_the_call(right, Nothing()), *enough_notebooks(right, Nothing())] == []
