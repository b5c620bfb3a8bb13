"""Frozen results: the text says all of it, and a changed letter is found."""

from __future__ import annotations

import dataclasses
import json
from fractions import Fraction

import pytest

from thidua.errors import Invalid
from thidua.plugin import Judging
from thidua.scoring import Sheet, combine, evaluate, from_text, rubric_sha256, to_text
from unit.scoring_rubrics import DIGITAL, DIGITAL_CLASSES, YEAR

JUDGING = Judging(judges=2, gap=10)
SHEETS = (
    {"ke_hoach": 1, "phan_mem": 45, "hoc_lieu": 31, "pm": 60, "dv": 16},
    {"ke_hoach": 1, "phan_mem": 45, "hoc_lieu": 30, "pm": 60, "dv": 15},
)
TEXT = to_text(
    combine(JUDGING, [evaluate(DIGITAL, Sheet(points)) for points in SHEETS]),
    DIGITAL_CLASSES,
    sha256=rubric_sha256(DIGITAL),
)


def test_stored_text_is_canonical_and_exact() -> None:
    stored = json.loads(TEXT)
    assert json.dumps(stored, ensure_ascii=False, sort_keys=True, separators=(",", ":")) == TEXT
    assert (stored["total"], stored["values"]["day_hoc"], stored["values"]["ke_hoach"]) == ("151/2", "151/2", "0")
    assert stored["rubric"] == rubric_sha256(DIGITAL)
    assert stored["class"] == "muc_3"
    assert stored["calculation"] == "Mức chuyển đổi số: 75,5/100 = (76 + 75)/2; chênh lệch 1"


def test_stored_result_reads_back() -> None:
    result = from_text(TEXT)
    assert (result.total, result.given, result.judging) == (Fraction("75.5"), "muc_3", JUDGING)
    assert result.reason == "Xếp loại Mức 3: đạt mọi điều kiện."
    assert sorted(map(sorted, (sheet.items() for sheet in result.sheets))) == sorted(
        sorted(sheet.items()) for sheet in SHEETS
    )
    assert result.check(DIGITAL) == ""


def test_result_without_classes_has_none() -> None:
    text = to_text(combine(JUDGING, [evaluate(DIGITAL, Sheet(SHEETS[0]))]), (), sha256=rubric_sha256(DIGITAL))
    result = from_text(text)
    assert (result.given, result.reason, result.classes, result.check(DIGITAL)) == ("", "", (), "")


def test_another_rubric_is_named() -> None:
    assert from_text(TEXT).check(YEAR) == (
        f"Kết quả này được tính theo bộ tiêu chí khác (SHA-256 {rubric_sha256(DIGITAL)[:12]}…). "
        "Hãy đối chiếu với đúng bộ tiêu chí của hồ sơ."
    )
    relabelled = dataclasses.replace(DIGITAL, label="Mức")
    assert rubric_sha256(relabelled) != rubric_sha256(DIGITAL)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('"total":"151/2"', '"total":"153/2"'),
        ('"phan_mem":45', '"phan_mem":46'),
        ('"phan_mem":45', '"phan_mem":99'),
        ('"phan_mem":45,', ""),
        ('"class":"muc_3"', '"class":"muc_2"'),
        ('"gap":"10"', '"gap":"0.5"'),
        ('"node":"day_hoc"', '"node":"khac"'),
        ("chênh lệch 1", "chênh lệch 2"),
    ],
)
def test_altered_result_is_found(was: str, now: str) -> None:
    altered = TEXT.replace(was, now)
    assert altered != TEXT
    assert from_text(altered).check(DIGITAL) == (
        "Kết quả đã lưu không khớp khi tính lại từ các phiếu chấm. Hãy báo quản trị: nội dung đã bị thay đổi hoặc hỏng."
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        TEXT.replace('"format":1', '"format":2'),
        TEXT.replace('"total":"151/2"', '"total":"151/0"'),
        TEXT.replace('"kind":"Judging"', '"kind":"Jury"'),
        TEXT.replace('"judging":{', '"judging":null,"x":{'),
        TEXT.replace('"sheets":[', '"sheets":["x",'),
        TEXT[:-40],
    ],
)
def test_unreadable_result_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        from_text(text)
    assert str(refused.value) == ("Kết quả đã lưu không đọc được. Hãy báo quản trị: cần khôi phục từ bản sao lưu.")
