"""Ranks: ties broken in the track's order, then by people, and what is left is shown."""

from __future__ import annotations

from thidua.scoring import rank
from unit.scoring_rubrics import essay


def test_ties_are_broken_in_order_and_what_is_left_is_shown() -> None:
    entries = [
        ("thap", essay("10", "10", "10", "10", "10")),
        ("x", essay("15", "15", "20", "15", "10")),
        ("y", essay("16", "15", "20", "14", "10")),
        ("z", essay("14", "15", "21", "15", "10")),
        ("x2", essay("15", "14", "20", "15", "11")),
        ("truot", essay("9", "20", "25", "20", "15")),
    ]
    ranked = rank(entries, ("lan_toa", "chan_thuc"))
    assert [(one.rank, one.key, one.tied, one.broken_by) for one in ranked] == [
        (1, "z", (), ""),
        (2, "y", (), "lan_toa"),
        (3, "x", ("x2",), "chan_thuc"),
        (3, "x2", ("x",), "chan_thuc"),
        (5, "thap", (), ""),
        (6, "truot", (), ""),
    ]
    assert [one.reason for one in ranked[:4]] == [
        "Tổng 75.",
        "Tổng 75; xếp sau vì “Ý nghĩa, sức lan tỏa” được 20, hồ sơ xếp trước được 21.",
        *["Tổng 75; xếp sau vì “Tính chân thực” được 15, hồ sơ xếp trước được 16; "
          "cùng hạng với 1 hồ sơ khác, bằng điểm ở mọi tiêu chí phụ."] * 2,
    ]  # fmt: skip
    assert ranked[-1].reason == "Tổng 89."


def test_choice_of_people_breaks_what_points_cannot() -> None:
    same = essay("15", "15", "20", "15", "10")
    entries = [("a", same), ("b", same), ("c", same)]
    assert [(one.rank, one.key) for one in rank(entries, ("lan_toa",))] == [(1, "a"), (1, "b"), (1, "c")]
    ranked = rank(entries, ("lan_toa",), choice=("c",))
    assert [(one.rank, one.key, one.tied, one.broken_by) for one in ranked] == [
        (1, "c", (), ""),
        (2, "a", ("b",), "choice"),
        (2, "b", ("a",), "choice"),
    ]
    assert ranked[1].reason == (
        "Tổng 75; bằng điểm ở mọi tiêu chí phụ với hồ sơ xếp trước, xếp sau theo lựa chọn có ghi lý do; "
        "cùng hạng với 1 hồ sơ khác, bằng điểm ở mọi tiêu chí phụ."
    )


def test_choice_never_stands_above_points() -> None:
    entries = [("a", essay("15", "15", "20", "15", "10")), ("b", essay("15", "15", "20", "15", "11"))]
    assert [one.key for one in rank(entries, (), choice=("a", "b"))] == ["b", "a"]
    assert rank([], ()) == ()
