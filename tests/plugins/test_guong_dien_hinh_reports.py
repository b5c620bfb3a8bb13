"""What the reports of a call say: the list of prizes names winners alone, the statistics count a line per school."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from thidua.documents.tables import show_cell
from thidua.models import State
from thidua.plugin import Campaign, shape_of
from thidua.services.report_rows import Outcome, Row
from thidua.services.report_tables import BuiltReport, arrange
from thidua_guong_dien_hinh.campaign import EDITION_2024, EDITION_2025

EDITIONS = (EDITION_2024, EDITION_2025)
FIRST, SECOND = ("nhat", "Giải Nhất"), ("nhi", "Giải Nhì")


def row(campaign: Campaign, number: int, unit: str, total: int | None, prize: tuple[str, str] = ("", "")) -> Row:
    """An entry, judged where it has a total."""
    outcome = Outcome(Fraction(total), "xet_giai", "Xét giải", *prize, number, {}) if total is not None else None
    return Row(
        public_id=f"{number:024d}",
        code=f"HS-2026-{number:06d}",
        nominee=f"Tác giả {number}",
        unit_id=len(unit),
        unit=unit,
        form=shape_of(campaign, campaign.track("bai-viet")).under({}),
        state=State.SCORED if outcome else State.JUDGING,
        submitted=date(2026, 3, 1),
        answers={"ten_bai": f"Bài {number}", "linh_vuc": "day_hoc"},
        outcome=outcome,
    )


def built(campaign: Campaign, key: str) -> BuiltReport:
    """The report over two winners of two schools, an entry without a prize and one that is not yet judged."""
    report = next(one for one in campaign.reports if one.key == key)
    rows = [
        row(campaign, 1, "Trường A", 90, FIRST),
        row(campaign, 2, "Trường Bình", 80, SECOND),
        row(campaign, 3, "Trường A", 50),
        row(campaign, 4, "Trường A", None),
    ]
    return arrange(report, rows)


def shown(report: BuiltReport, figure: int) -> list[list[str]]:
    """The lines of one table, as read."""
    return [[show_cell(cell) for cell in line] for line in report.figures[figure].table.cells()]


@pytest.mark.parametrize("campaign", EDITIONS, ids=lambda one: one.edition)
def test_the_list_of_prizes_names_winners_alone(campaign: Campaign) -> None:
    lines = shown(built(campaign, "danh_sach_giai"), -1)
    assert [(line[1], line[-1]) for line in lines if len(line) > 1 and line[1]] == [
        ("HS-2026-000001", "Giải Nhất"),
        ("HS-2026-000002", "Giải Nhì"),
    ]


@pytest.mark.parametrize("campaign", EDITIONS, ids=lambda one: one.edition)
def test_the_statistics_count_entries_and_prizes_of_each_school(campaign: Campaign) -> None:
    table = built(campaign, "theo_don_vi").figures[0].table
    assert [column.label for column in table.shown_columns] == [
        "Stt",
        "Đơn vị",
        "Số bài",
        "Đạt giải",
        "Giải Nhất",
        "Giải Nhì",
        "Giải Ba",
        "Giải Khuyến khích",
        "Điểm bình quân",
    ]
    lines = shown(built(campaign, "theo_don_vi"), 0)
    assert lines == [
        ["1", "Trường A", "3", "1", "1", "0", "0", "0", "70"],
        ["2", "Trường Bình", "1", "1", "0", "1", "0", "0", "80"],
    ]
    assert [show_cell(cell) for cell in table.total_cells()][2:] == ["4", "2", "1", "1", "0", "0", "73,33"]
