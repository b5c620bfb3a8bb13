"""Every need of real score tables, on a rubric that uses it, worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from thidua.errors import Invalid
from thidua.plugin import (
    Best,
    Class,
    Deduction,
    Gate,
    Group,
    Item,
    Judging,
    Lowest,
    Mean,
    Rounded,
    Sum,
    Trimmed,
    Weighted,
)
from thidua.scoring import Sheet, Valued, beside, classify, combine, evaluate, number
from unit.scoring_rubrics import (
    DIGITAL,
    DIGITAL_CLASSES,
    ESSAY,
    MONTHS,
    QUARTERS,
    STOCK,
    YEAR,
    YEAR_CLASSES,
    essay,
)


def year(first: tuple[int, ...], second: tuple[int, ...]) -> Sheet:
    """Monthly points in quarters."""
    both = (("hk1", first), ("hk2", second))
    return Sheet({f"{term}_{month}": steps for term, terms in both for month, steps in zip(MONTHS, terms, strict=True)})


def test_maxima_add_up_in_quarters() -> None:
    valued = essay("17.5", "15.25", "20", "16", "11.75")
    assert valued.total == Fraction("80.5")
    assert valued.explain("tong") == "Tổng: 80,5/100 = 17,5 + 15,25 + 20 + 16 + 11,75"
    assert valued.explain("phat_hien") == "Tính phát hiện: 15,25/20"


def test_year_is_a_third_of_the_first_term_and_twice_the_second() -> None:
    valued = evaluate(YEAR, year((88, 90, 92, 94), (92, 92, 96, 95)))
    # HK1: (22 + 22.5 + 23 + 23.5)/4 = 22.75; HK2: (23 + 23 + 24 + 23.75)/4 = 23.4375
    assert (valued.value("hk1"), valued.value("hk2")) == (Fraction("22.75"), Fraction("23.4375"))
    assert valued.total == (Fraction("22.75") + 2 * Fraction("23.4375")) / 3
    assert valued.explain("hk1") == "Học kỳ 1: 22,75/25 = (22 + 22,5 + 23 + 23,5)/4"
    assert valued.explain("nam") == "Cả năm: (557/24)/25 = (22,75 + 2 × 23,4375)/3; khoảng 23,21"
    assert number(valued.total) == "(557/24)"


@pytest.mark.parametrize(
    ("second", "exact", "rounded", "given"),
    [
        ((92, 92, 92, 92), "68.75/3", "23", "a"),  # 22,91… is a B as it stands; rounded to quarters an A
        ((91, 91, 91, 91), "68.25/3", "22.75", "b"),
        ((80, 80, 80, 80), "62.75/3", "21", "b"),
    ],
)
def test_year_is_rounded_only_where_the_rubric_says_so(
    second: tuple[int, ...], exact: str, rounded: str, given: str
) -> None:
    sheet = year((91, 91, 91, 91), second)
    top, bottom = exact.split("/")
    assert evaluate(YEAR, sheet).total == Fraction(top) / int(bottom)
    valued = evaluate(QUARTERS, sheet)
    assert valued.total == Fraction(rounded)
    assert classify(YEAR_CLASSES, valued).given.key == given


def test_rounded_value_says_what_was_rounded() -> None:
    valued = evaluate(QUARTERS, year((91, 91, 91, 91), (92, 92, 92, 92)))
    assert valued.explain("nam") == "Cả năm: 23/25 = 23; làm tròn (22,75 + 2 × 23)/3 đến 0,25"


def test_stock_counts_down_to_its_floor_and_bonus_stands_after_the_cap() -> None:
    valued = evaluate(STOCK, Sheet({"muon": 2, "ho_so": 3, "khen": 1, "giai": 30, "sk": 15}))
    # 750 − 10 − 1,5 + 10 = 748,5; 30 + 15 = 45, at most 40
    assert (valued.value("ky_luat"), valued.value("thuong"), valued.total) == (Fraction("748.5"), 40, Fraction("788.5"))
    assert valued.explain("ky_luat") == (
        "Kỷ luật lao động: 748,5/800 = 750 − 10 − 1,5 + 10; trừ 10: Đi muộn; trừ 1,5: Thiếu hồ sơ"
    )
    assert valued.explain("thuong") == "Điểm thưởng: 40/40, vì 30 + 15 = 45 vượt mức tối đa 40"
    assert valued.explain("tong") == "Tổng điểm: 788,5/840 = 748,5 + 40; trừ 10: Đi muộn; trừ 1,5: Thiếu hồ sơ"
    assert valued.explain("muon") == "Đi muộn: trừ 10"


def test_floor_keeps_an_area_from_falling_further() -> None:
    valued = evaluate(STOCK, Sheet({"muon": 20, "ho_so": 80, "khen": 0, "giai": 0, "sk": 0}))
    facts = {node.key: (node.value, node.raw, node.floored, node.capped) for node in valued.tree()}
    assert facts["ky_luat"] == (700, 610, True, False)
    assert facts["thuong"] == (0, 0, False, False)
    assert valued.explain("ky_luat") == (
        "Kỷ luật lao động: 700/800, vì 750 − 100 − 40 + 0 = 610 thấp hơn mức tối thiểu 700; "
        "trừ 100: Đi muộn; trừ 40: Thiếu hồ sơ"
    )


def test_nothing_taken_away_is_said() -> None:
    valued = evaluate(STOCK, Sheet({"muon": 0, "ho_so": 0, "khen": 0, "giai": 0, "sk": 0}))
    assert valued.explain("ky_luat") == "Kỷ luật lao động: 750/800 = 750 + 0 + 0 + 0; không trừ điểm"


def digital(plan: int, software: int, materials: int, office: int, online: int) -> Valued:
    return evaluate(
        DIGITAL, Sheet({"ke_hoach": plan, "phan_mem": software, "hoc_lieu": materials, "pm": office, "dv": online})
    )


@pytest.mark.parametrize(
    ("valued", "given", "reason"),
    [
        (digital(1, 45, 31, 60, 16), "muc_3", "Xếp loại Mức 3: đạt mọi điều kiện."),
        (
            digital(1, 60, 40, 60, 15),  # 100 and 75: more than 75 is asked of each
            "muc_2",
            "Xếp loại Mức 2; chưa đạt Mức 3 vì “Quản trị” được 75, cần trên 75.",
        ),
        (
            digital(1, 9, 40, 40, 9),
            "muc_1",
            "Xếp loại Mức 1; chưa đạt Mức 2 vì “Dạy, học” được 49, cần ít nhất 50; "
            "“Quản trị” được 49, cần ít nhất 50 (50 %).",
        ),
        (
            digital(0, 60, 40, 70, 30),
            "muc_1",
            "Xếp loại Mức 1 vì “Có kế hoạch, quy chế dạy trực tuyến” không đạt (điều kiện bắt buộc).",
        ),
    ],
)
def test_class_needs_every_group_over_its_bar_and_every_condition(valued: Valued, given: str, reason: str) -> None:
    classified = classify(DIGITAL_CLASSES, valued)
    assert (classified.given.key, classified.reason) == (given, reason)


def test_overall_is_the_weaker_group_and_conditions_give_no_points() -> None:
    valued = digital(1, 60, 31, 60, 15)
    assert (valued.value("ke_hoach"), valued.value("day_hoc"), valued.total) == (0, 91, 75)
    assert valued.explain("muc") == "Mức chuyển đổi số: 75/100 = 75; lấy điểm thấp nhất trong 91 · 75"
    assert valued.explain("day_hoc") == "Dạy, học: 91/100 = 60 + 31"
    assert valued.explain("ke_hoach") == "Có kế hoạch, quy chế dạy trực tuyến: đạt"
    assert digital(0, 0, 0, 0, 0).explain("ke_hoach") == "Có kế hoạch, quy chế dạy trực tuyến: không đạt"


@pytest.mark.parametrize(("steps", "band"), [(0, "Mức 1"), (9, "Mức 1"), (10, "Mức 2"), (20, "Mức 2"), (21, "Mức 3")])
def test_points_of_an_item_lie_in_its_band(steps: int, band: str) -> None:
    valued = digital(1, steps, 0, 0, 0)
    assert {node.key: node.band for node in valued.tree()} == {
        "muc": "", "day_hoc": "", "ke_hoach": "", "phan_mem": band, "hoc_lieu": "", "quan_tri": "", "pm": "", "dv": ""
    }  # fmt: skip
    assert valued.explain("phan_mem") == f"Phần mềm dạy trực tuyến: {steps}/60; mức “{band}”"


@pytest.mark.parametrize(("points", "gated"), [("9.75", True), ("10", False)])
def test_item_that_cannot_be_missing_knocks_out(points: str, gated: bool) -> None:
    valued = essay(points, "20", "25", "20", "15")
    classes = (Class("giai", "Có giải"), Class("loai", "Không xét"))
    assert {node.key: node.gated for node in valued.tree()}["chan_thuc"] is gated
    classified = classify(classes, valued)
    assert (classified.given.key, classified.place) == (("loai", 1) if gated else ("giai", 0))
    if gated:
        assert classified.reason == "Xếp loại Không xét vì “Tính chân thực” không đạt mức bắt buộc 10 điểm."
        assert valued.explain("chan_thuc") == "Tính chân thực: 9,75/20; không đạt mức bắt buộc 10"


def test_classes_are_needed_to_classify() -> None:
    with pytest.raises(ValueError, match="no classes to choose from"):
        classify((), essay("20", "20", "25", "20", "15"))


def test_draft_counts_what_is_there_and_says_what_is_not() -> None:
    valued = evaluate(ESSAY, Sheet({"chan_thuc": 80, "lan_toa": 40}))
    assert (valued.total, valued.missing) == (30, ("phat_hien", "bo_cuc", "trinh_bay"))
    assert valued.explain("tong") == "Tổng: 30/100 = 20 + 0 + 10 + 0 + 0; chưa chấm 3 mục"
    assert valued.explain("bo_cuc") == "Bố cục, ngôn ngữ: chưa chấm"
    assert evaluate(ESSAY, Sheet({})).failed == ("chan_thuc",)


@pytest.mark.parametrize("points", [{"chan_thuc": 81}, {"chan_thuc": -1}, {"khac": 1}])
def test_points_of_another_scale_are_refused(points: dict[str, int]) -> None:
    with pytest.raises(Invalid) as refused:
        evaluate(ESSAY, Sheet(points))
    assert str(refused.value).startswith(f"Điểm của mục “{next(iter(points))}” không nằm trên thang điểm này")


def test_every_combination_says_how_it_came_about() -> None:
    leaves = (
        Item("a", "A", max=9, step="0.5"),
        Item("b", "B", max=9),
        Item("c", "C", max=9),
        Deduction("d", "D", max=9),
    )
    sheet = Sheet({"a": 13, "b": 4, "c": 9, "d": 2})
    said = {}
    for combine_, start in (
        (Best(2), 0),
        (Best(4), 0),
        (Trimmed(1), 1),
        (Lowest(), 5),
        (Weighted((("a", "0.5"), ("b", 1), ("c", 1), ("d", "1.5"))), 0),
        (Rounded(Mean(), to=5), 2),
        (Rounded(Best(1), to=2), 0),
        (Rounded(Sum(), to=1), 0),
    ):
        group = Group("g", "G", leaves, combine=combine_, start=start)
        said[f"{combine_!r}"] = evaluate(group, sheet).explain("g").removesuffix("; trừ 2: D")
    assert list(said.values()) == [
        "G: 15,5/18 = 9 + 6,5; lấy 2 điểm cao nhất trong 9 · 6,5 · 4 · −2",
        "G: 17,5/27 = 9 + 6,5 + 4 − 2",
        "G: 6,25/10 = 1 + (6,5 + 4)/2; bỏ điểm cao nhất 9 và thấp nhất −2",
        "G: 3/5 = 5 + (−2); lấy điểm thấp nhất trong 9 · 6,5 · 4 · −2",
        "G: 3,3125/5,625 = (0,5 × 6,5 + 4 + 9 + 1,5 × (−2))/4",
        "G: 7/7 = 2 + 5; làm tròn (6,5 + 4 + 9 − 2)/4 đến 5",
        "G: 10/10 = 10; làm tròn 9 đến 2; lấy 1 điểm cao nhất trong 9 · 6,5 · 4 · −2",
        "G: 18/27 = 18; làm tròn 6,5 + 4 + 9 − 2 đến 1",
    ]


def test_only_child_needs_no_brackets_and_points_taken_no_maximum() -> None:
    mean = Group("g", "G", (Item("a", "A", max=9),), combine=Mean())
    assert evaluate(mean, Sheet({"a": 4})).explain("g") == "G: 4/9 = 4"
    lowest = Group("g", "G", (Item("a", "A", max=9),), combine=Lowest())
    assert evaluate(lowest, Sheet({"a": 4})).explain("g") == "G: 4/9 = 4"
    minus = Group("g", "G", (Deduction("a", "A", max=9),), floor=-5)
    assert evaluate(minus, Sheet({"a": 3})).explain("g") == "G: −3 = −3; trừ 3: A"
    gates = Group("g", "G", (Gate("a", "A"),))
    assert evaluate(gates, Sheet({"a": 1})).explain("g") == "G: 0 = 0"


# Judges


def test_two_judges_make_the_mean() -> None:
    both = combine(Judging(gap=15), [essay("17", "15", "20", "16", "12"), essay("15.5", "15", "19", "16", "12")])
    assert (both.total, both.gap, both.needs_third, both.wanting) == (Fraction("78.75"), Fraction("2.5"), False, 0)
    assert both.counted == (0, 1)
    assert both.explanation == "Tổng: 78,75/100 = (80 + 77,5)/2; chênh lệch 2,5"
    assert both.explain("lan_toa") == "Ý nghĩa, sức lan tỏa: 19,5/25 = (20 + 19)/2"


@pytest.mark.parametrize(("second", "third"), [("4.75", True), ("5", False)])
def test_third_judge_is_called_beyond_the_gap_and_counts_with_the_others(second: str, third: bool) -> None:
    judging = Judging(gap=15)
    sheets = [essay("20", "20", "20", "20", "10"), essay("20", "20", "20", second, "10")]
    two = combine(judging, sheets)
    assert (two.gap, two.needs_third) == (20 - Fraction(second), third)
    three = combine(judging, [*sheets, essay("20", "20", "20", "15", "10")])
    assert (three.needs_third, three.total) == (False, (90 + 70 + Fraction(second) + 85) / 3)
    assert combine(Judging(), sheets).needs_third is False


def test_gap_is_said_when_a_third_is_needed() -> None:
    two = combine(Judging(gap=15), [essay("20", "20", "20", "20", "10"), essay("20", "20", "5", "15", "5")])
    assert two.explanation == "Tổng: 77,5/100 = (90 + 65)/2; chênh lệch 25; cần thêm một giám khảo"


def test_highest_and_lowest_sheet_are_dropped() -> None:
    judging = Judging(judges=5, combine=Trimmed(1), gap=40)
    totals = ("5", "1", "3", "2", "15")
    five = combine(judging, [essay("20", "20", "20", "10", last) for last in totals])
    assert (five.counted, five.total) == ((0, 2, 3), Fraction(220, 3))
    assert five.gap == 14
    assert five.explanation == ("Tổng: (220/3)/100 = (75 + 73 + 72)/3; khoảng 73,33; bỏ phiếu 85 · 71; chênh lệch 14")
    four = combine(judging, [essay("20", "20", "20", "10", last) for last in totals[:4]])
    assert (four.wanting, four.needs_third) == (1, False)


def test_of_equal_totals_the_points_decide_which_sheet_is_dropped() -> None:
    judging = Judging(judges=4, combine=Trimmed(1))
    sheets = [essay("10", "10", "10", "10", "10"), *(essay("15", str(n), str(25 - n), "15", "15") for n in (5, 10, 15))]
    here, there = combine(judging, sheets), combine(judging, sheets[::-1])
    assert (here.counted, there.counted) == ((2, 3), (0, 1))
    assert here.value("lan_toa") == there.value("lan_toa") == Fraction("12.5")


def test_total_of_judges_is_rounded_if_the_track_says_so() -> None:
    judging = Judging(judges=3, combine=Rounded(Mean(), to="0.5"))
    three = combine(judging, [essay("20", "20", "20", "10", last) for last in ("5", "5", "6")])
    assert (three.total, three.value("trinh_bay")) == (Fraction("75.5"), Fraction(16, 3))
    assert three.explanation == "Tổng: 75,5/100 = 75,5; làm tròn (76 + 75 + 75)/3 đến 0,5; chênh lệch 1"


@pytest.mark.parametrize(
    ("yes", "no", "failed", "disputed", "third"),
    [
        (2, 0, (), (), False),
        (1, 1, ("chan_thuc",), ("chan_thuc",), True),
        (2, 1, (), (), False),
        (1, 2, ("chan_thuc",), (), False),
    ],
)
def test_gate_holds_when_more_than_half_of_the_sheets_say_so(
    yes: int, no: int, failed: tuple[str, ...], disputed: tuple[str, ...], third: bool
) -> None:
    sheets = [essay("12", "10", "10", "10", "10")] * yes + [essay("9", "10", "10", "10", "10")] * no
    together = combine(Judging(gap=15), sheets)
    assert (together.failed, together.disputed, together.needs_third) == (failed, disputed, third)
    said = together.explain("chan_thuc").endswith("; không đạt điều kiện bắt buộc")
    assert said is bool(failed)


def test_condition_of_several_sheets_counts_them() -> None:
    together = combine(Judging(judges=3), [digital(plan, 10, 10, 10, 10) for plan in (1, 0, 1)])
    assert together.explain("ke_hoach") == "Có kế hoạch, quy chế dạy trực tuyến: 2/3 phiếu ghi đạt"
    assert together.failed == ()


def test_one_judge_has_no_gap() -> None:
    one = combine(Judging(judges=2, gap=5), [essay("12", "10", "10", "10", "10")])
    assert (one.gap, one.needs_third, one.wanting) == (None, False, 1)
    assert one.explanation == "Tổng: 52/100 = 52"


def test_sheets_that_cannot_come_together_are_refused() -> None:
    full = essay("12", "10", "10", "10", "10")
    said = []
    for judging, sheets in (
        (Judging(), []),
        (Judging(judges=3, combine=Trimmed(1)), [full, full]),
        (Judging(), [full, evaluate(ESSAY, Sheet({"chan_thuc": 1}))]),
    ):
        with pytest.raises(Invalid) as refused:
            combine(judging, sheets)
        said.append(str(refused.value))
    assert said == [
        "Chưa có phiếu chấm nào được hoàn thành. Hãy chờ giám khảo gửi phiếu hoặc phân công lại.",
        "Mới có 2 phiếu chấm; cần ít nhất 3 phiếu để bỏ điểm cao nhất và thấp nhất. "
        "Hãy chờ hoặc phân công thêm giám khảo.",
        "Có phiếu chấm còn thiếu 4 mục. Hãy chấm đủ rồi gửi phiếu trước khi tổng hợp.",
    ]
    with pytest.raises(ValueError, match="different rubrics"):
        combine(Judging(), [full, digital(1, 1, 1, 1, 1)])


def test_sheets_stand_side_by_side() -> None:
    rows = beside(
        DIGITAL,
        {
            "self": Sheet({"ke_hoach": 1, "phan_mem": 50, "hoc_lieu": 30, "pm": 60, "dv": 20}),
            "group": Sheet({"ke_hoach": 1, "phan_mem": 45, "hoc_lieu": 30, "pm": 60, "dv": 20}),
            "office": Sheet({"ke_hoach": 0, "phan_mem": 45}),
            "judge": None,
        },
    )
    assert [(row.key, row.depth, row.values, row.differs) for row in rows] == [
        ("muc", 0, (80, 75, 0, None), True),
        ("day_hoc", 1, (80, 75, 45, None), True),
        ("ke_hoach", 2, (1, 1, 0, None), True),
        ("phan_mem", 2, (50, 45, 45, None), True),
        ("hoc_lieu", 2, (30, 30, None, None), False),
        ("quan_tri", 1, (80, 80, 0, None), True),
        ("pm", 2, (60, 60, None, None), False),
        ("dv", 2, (20, 20, None, None), False),
    ]
