"""What scorers type: every text that is points, and the sentence for every text that is not."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thidua.plugin import Deduction, Document, Gate, Group, Item, Leaf, Problem, Section, Shape, Text
from thidua.scoring import Sheet, evaluate, missing_evidence, read_points, read_sheet, show_points

QUARTER = Item("gio_day", "Giờ dạy", max=20, step="0.25")
LATE = Deduction("muon", "Báo cáo muộn", max=4, step="0.5")
PLAN = Gate("ke_hoach", "Có kế hoạch")
STOCK = Item("kho", "Học liệu", max=5000, step=1)
RUBRIC = Group("tong", "Tổng", (QUARTER, LATE, PLAN))


@pytest.mark.parametrize(
    ("leaf", "typed", "steps"),
    [
        (QUARTER, "9,5", 38),
        (QUARTER, "9.5", 38),
        (QUARTER, " 9,50 ", 38),
        (QUARTER, "9.250", 37),
        (QUARTER, "0", 0),
        (QUARTER, "20", 80),
        (QUARTER, "−0", 0),
        (LATE, "1,5", 3),
        (STOCK, "1.250", 1250),
        (STOCK, "1250", 1250),
        (PLAN, "1", 1),
        (PLAN, "0", 0),
        (PLAN, "Đạt", 1),
        (PLAN, "không  ĐẠT", 0),
    ],
)
def test_points_are_counted_in_steps(leaf: Leaf, typed: str, steps: int) -> None:
    assert read_points(leaf, typed) == steps


@pytest.mark.parametrize(
    ("leaf", "typed", "said"),
    [
        (QUARTER, "0.3", "“Giờ dạy”: 0,3 không theo bước 0,25 điểm. Hãy nhập 0,25 hoặc 0,5."),
        (QUARTER, "20,25", "“Giờ dạy”: 20,25 vượt mức tối đa 20. Hãy nhập số từ 0 đến 20."),
        (QUARTER, "1e3", "“Giờ dạy”: “1e3” không phải là số. Hãy nhập số, ví dụ 9 hoặc 9,5."),
        (
            QUARTER,
            "-1",
            "“Giờ dạy”: −1 nhỏ hơn 0. Hãy nhập số từ 0 đến 20; điểm trừ cũng nhập không kèm dấu trừ.",
        ),
        (
            LATE,
            "−0,5",
            "“Báo cáo muộn”: −0,5 nhỏ hơn 0. Hãy nhập số từ 0 đến 4; điểm trừ cũng nhập không kèm dấu trừ.",
        ),
        (QUARTER, " ", "“Giờ dạy” chưa được chấm. Hãy nhập số từ 0 đến 20; không có điểm thì nhập 0."),
        (QUARTER, "chín", "“Giờ dạy”: “chín” không phải là số. Hãy nhập số, ví dụ 9 hoặc 9,5."),
        (QUARTER, "9" * 99, f"“Giờ dạy”: “{'9' * 40}” không phải là số. Hãy nhập số, ví dụ 9 hoặc 9,5."),
        (QUARTER, "1.2.3", "“Giờ dạy”: “1.2.3” không phải là số. Hãy nhập số, ví dụ 9 hoặc 9,5."),
        (STOCK, "9.000", "“Học liệu”: 9.000 vượt mức tối đa 5.000. Hãy nhập số từ 0 đến 5.000."),
        (STOCK, "0,5", "“Học liệu”: 0,5 không theo bước 1 điểm. Hãy nhập 0 hoặc 1."),
        (PLAN, "", "“Có kế hoạch” chưa được xác nhận. Hãy chọn “Đạt” hoặc “Không đạt”."),
        (PLAN, "2", "“Có kế hoạch”: không hiểu “2”. Hãy chọn “Đạt” hoặc “Không đạt”."),
    ],
)
def test_what_is_no_points_is_said(leaf: Leaf, typed: str, said: str) -> None:
    assert read_points(leaf, typed) == Problem(leaf.key, said)


@settings(max_examples=100)
@given(st.sampled_from((QUARTER, LATE, STOCK, PLAN)), st.data())
def test_points_shown_read_back(leaf: Leaf, data: st.DataObject) -> None:
    steps = data.draw(st.integers(0, leaf.steps))
    assert read_points(leaf, show_points(leaf, steps)) == steps


@settings(max_examples=100)
@given(st.text(max_size=12))
def test_any_text_is_points_or_one_problem_of_its_item(typed: str) -> None:
    read = read_points(QUARTER, typed)
    assert read.field == "gio_day" if isinstance(read, Problem) else 0 <= read <= QUARTER.steps


def test_draft_keeps_what_it_can_and_says_the_rest() -> None:
    sheet = read_sheet(RUBRIC, {"gio_day": "0,3", "muon": "", "ke_hoach": "1", "la": "5"}, final=False)
    assert sheet.points == {"ke_hoach": 1}
    assert [problem.field for problem in sheet.problems] == ["la", "gio_day"]
    assert sheet.problems[0].message == "Mục “la” không có trong phiếu chấm này. Hãy tải lại trang."


def test_final_sheet_needs_every_item() -> None:
    sheet = read_sheet(RUBRIC, {"gio_day": "9,5"}, final=True)
    assert [problem.field for problem in sheet.problems] == ["muon", "ke_hoach"]
    full = read_sheet(RUBRIC, {"gio_day": "9,5", "muon": "0", "ke_hoach": "Đạt"}, final=True)
    assert full == Sheet({"gio_day": 38, "muon": 0, "ke_hoach": 1})
    assert evaluate(RUBRIC, full).missing == ()


SHAPE = Shape(
    slug="vo-sach",
    edition="2024",
    campaign_title="Vở sạch",
    basis=(),
    track="ca-nhan",
    title="Cá nhân",
    subject="person",
    sections=(Section("chung", "Chung", (Text("danh_hieu", "Danh hiệu đã có"),)),),
    documents=(Document("qd", "Quyết định"),),
    rubric=Group(
        "tong",
        "Tổng",
        (
            Item("giai", "Giải thưởng", max=5, evidence=("danh_hieu", "qd")),
            Deduction("phat", "Kỷ luật", max=5, evidence=("qd",)),
            Item("khac", "Khác", max=5),
        ),
    ),
)


@pytest.mark.parametrize(
    ("points", "present", "missing"),
    [
        ({"giai": 3, "phat": 1, "khac": 2}, {"qd", "danh_hieu"}, []),
        ({"giai": 3, "phat": 1, "khac": 2}, {"danh_hieu"}, [("giai", "Quyết định"), ("phat", "Quyết định")]),
        ({"giai": 3, "phat": 0}, set(), [("giai", "Danh hiệu đã có"), ("giai", "Quyết định")]),
        ({"giai": 0}, set(), []),
    ],
)
def test_points_without_evidence_are_reported(
    points: dict[str, int], present: set[str], missing: list[tuple[str, str]]
) -> None:
    labels = {"giai": "Giải thưởng", "phat": "Kỷ luật"}
    assert missing_evidence(SHAPE, Sheet(points), present) == tuple(
        Problem(
            key,
            f"“{labels[key]}” đã được cho điểm nhưng hồ sơ chưa có “{evidence}” làm minh chứng. "
            "Hãy kiểm tra lại điểm, hoặc đề nghị bổ sung minh chứng.",
            "warning",
        )
        for key, evidence in missing
    )


def test_evidence_needs_a_rubric() -> None:
    with pytest.raises(ValueError, match="has no rubric"):
        missing_evidence(dataclasses.replace(SHAPE, rubric=None), Sheet({}), ())
