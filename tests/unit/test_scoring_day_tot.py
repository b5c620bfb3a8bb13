"""The shipped rubric of 100 points, both editions, on dossiers worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest

from thidua.plugin import Group, shape_of
from thidua.scoring import Valued, classify, combine, evaluate, from_text, rank, read_sheet, rubric_sha256, to_text
from thidua_day_tot_hoc_tot.campaign import EDITION_2023, EDITION_2025

TRACKS = {"2023": EDITION_2023.tracks[0], "2025": EDITION_2025.tracks[0]}
JUDGING, CLASSES = shape_of(EDITION_2025, TRACKS["2025"]).under({}).judging, TRACKS["2025"].classes

# A 6 + 5,5 + 4 + (4 − 0,5) = 19; B 7,5 + 7 + 8 + 5 = 27,5; C 11 + 8,5 + 7 = 26,5; D 9; E 4 + 2,5 + 3 = 9,5;
# together 91,5; a prize of 2 makes 93,5.
FINE = {
    "a_quy_che": "6",
    "a_dao_duc": "5,5",
    "a_an_toan": "4",
    "a_bao_cao_muon": "0.5",
    "b_gio_day": "7,5",
    "b_chuyen_de": "7",
    "b_gvdg_truong": "4",
    "b_gvdg_xa": "0",
    "b_gvdg_tp": "8",
    "b_sang_kien": "5",
    "c_chat_luong": "11",
    "c_mui_nhon": "8,5",
    "c_phu_dao": "7",
    "e_cuoc_thi": "4",
    "e_nhan_dao": "2.5",
    "e_xay_dung": "3",
    "thuong_giai": "2",
    "tru_vi_pham": "0",
}
DIGITAL = {
    "2023": {"d_hoc_lieu": "5", "d_quan_tri": "4"},
    "2025": {"d_hoc_lieu": "3", "d_ai": "1,5", "d_quan_tri": "4,5"},
}
BOTH = pytest.mark.parametrize("edition", ["2023", "2025"])


def valued(edition: str, **changes: str) -> Valued:
    rubric = TRACKS[edition].rubric
    assert isinstance(rubric, Group)
    typed: Mapping[str, str] = {**FINE, **DIGITAL[edition], **changes}
    sheet = read_sheet(rubric, typed, final=True)
    assert sheet.problems == ()
    return evaluate(rubric, sheet)


@BOTH
def test_fine_dossier_is_excellent(edition: str) -> None:
    fine = valued(edition)
    areas = {key: fine.value(key) for key in ("a", "b", "c", "d", "e", "nam_mat", "thuong", "tru", "tong")}
    assert areas == {
        "a": 19, "b": Fraction("27.5"), "c": Fraction("26.5"), "d": 9, "e": Fraction("9.5"),
        "nam_mat": Fraction("91.5"), "thuong": 2, "tru": 0, "tong": Fraction("93.5"),
    }  # fmt: skip
    classified = classify(CLASSES, fine)
    assert (classified.given.label, classified.reason) == ("Xuất sắc", "Xếp loại Xuất sắc: đạt mọi điều kiện.")
    assert fine.explain("a") == (
        "A. Chấp hành chủ trương, nền nếp, dân chủ, an toàn: 19/20 = 6 + 5,5 + 4 + 3,5; "
        "trừ 0,5: Báo cáo muộn (0,5 điểm mỗi lần)"
    )
    assert fine.explain("b_gvdg").endswith("): 8/8 = 8; lấy 1 điểm cao nhất trong 8 · 4 · 0")
    assert fine.explain("tong") == "Tổng điểm: 93,5/105 = 91,5 + 2 + 0; không trừ điểm"


def test_area_of_digital_change_differs_between_the_editions() -> None:
    assert valued("2023").explain("d") == "D. Đổi mới, chuyển đổi số: 9/10 = 5 + 4"
    assert valued("2025").explain("d") == "D. Đổi mới, chuyển đổi số: 9/10 = 3 + 1,5 + 4,5"


@BOTH
def test_failed_gate_leaves_only_the_last_class(edition: str) -> None:
    failed = valued(edition, a_dao_duc="0")
    assert failed.total == 88
    classified = classify(CLASSES, failed)
    assert (classified.given.label, classified.reason) == (
        "Chưa đạt",
        "Xếp loại Chưa đạt vì “Đạo đức nhà giáo, không có đơn thư đúng” không đạt mức bắt buộc 0,5 điểm.",
    )


@BOTH
def test_area_under_seventy_percent_is_not_excellent_whatever_the_total(edition: str) -> None:
    # D 6,5 of 10: the areas come to 89, a bonus of 5 to 94
    weak = valued(edition, d_hoc_lieu="2", d_quan_tri="4,5" if edition == "2023" else "3", thuong_giai="5")
    assert (weak.value("d"), weak.total) == (Fraction("6.5"), 94)
    classified = classify(CLASSES, weak)
    assert (classified.given.label, classified.reason) == (
        "Tốt",
        "Xếp loại Tốt; chưa đạt Xuất sắc vì “D. Đổi mới, chuyển đổi số” được 6,5, cần ít nhất 7 (70 %).",
    )


@BOTH
def test_tie_is_broken_by_teaching_then_learning(edition: str) -> None:
    tie_breaks = TRACKS[edition].tie_breaks
    entries = [
        ("hs-1", valued(edition)),
        ("hs-2", valued(edition, b_gio_day="8", c_chat_luong="10,5")),
        ("hs-3", valued(edition, c_chat_luong="11,5", e_cuoc_thi="3,5")),
        ("hs-4", valued(edition)),
    ]
    ranked = rank(entries, tie_breaks)
    assert [(one.rank, one.key, one.tied, one.broken_by) for one in ranked] == [
        (1, "hs-2", (), ""),
        (2, "hs-3", (), "b"),
        (3, "hs-1", ("hs-4",), "c"),
        (3, "hs-4", ("hs-1",), "c"),
    ]
    assert ranked[1].reason == "Tổng 93,5; xếp sau vì “B. Dạy tốt” được 27,5, hồ sơ xếp trước được 28."


@BOTH
def test_two_judges_then_a_third_on_a_gap_frozen_and_checked(edition: str) -> None:
    assert JUDGING is not None
    strict = valued(edition, c_chat_luong="0,5")  # 93,5 − 10,5 = 83
    two = combine(JUDGING, [valued(edition), strict])
    assert (two.total, two.gap, two.needs_third) == (Fraction("88.25"), Fraction("10.5"), True)
    three = combine(JUDGING, [valued(edition), strict, valued(edition, c_chat_luong="8,5")])  # 91
    assert (three.total, three.needs_third) == (Fraction(535, 6), False)
    assert three.explanation == "Tổng điểm: (535/6)/105 = (93,5 + 91 + 83)/3; khoảng 89,17; chênh lệch 10,5"
    assert three.explain("c") == "C. Học tốt: (133/6)/30 = (26,5 + 24 + 16)/3; khoảng 22,17"
    result = from_text(to_text(three, CLASSES, sha256=rubric_sha256(three.rubric)))
    assert (result.given, result.check(three.rubric)) == ("tot", "")
    assert result.reason == "Xếp loại Tốt; chưa đạt Xuất sắc vì “Tổng điểm” được (535/6) ≈ 89,17, cần ít nhất 90."


def test_penalty_and_bonus_stay_within_their_bounds() -> None:
    punished = valued("2025", tru_vi_pham="10", thuong_giai="5")
    assert (punished.value("tru"), punished.value("thuong"), punished.total) == (-10, 5, Fraction("86.5"))
    assert punished.explain("tong") == (
        "Tổng điểm: 86,5/105 = 91,5 + 5 − 10; trừ 10: Kỷ luật, vi phạm quy chế (từ 5 đến 10 điểm)"
    )
