"""A campaign in which schools score themselves, and one whose dossiers have titles."""

from __future__ import annotations

import random
from datetime import date

import tiny_campaign
from thidua.plugin import (
    AtLeast,
    Band,
    Basis,
    Campaign,
    Class,
    Document,
    Gate,
    Group,
    Item,
    LongText,
    Lowest,
    Rows,
    Sample,
    Section,
    Text,
    Track,
    hookimpl,
)

SCHOOL, TITLED = "truong", "ca-nhan"

FORM = (
    Section(
        "thong_tin",
        "Thông tin",
        (
            Text("chuc_vu", "Chức vụ", required=True),
            Text("ten", "Tên sáng kiến", title=True),
            Rows("truoc", "Sáng kiến trước đây", columns=(Text("ten", "Tên", title=True), Text("nam", "Năm"))),
        ),
    ),
    Section("thanh_tich_chung", "Thành tích", (LongText("thanh_tich", "Thành tích", required=True, max_words=300),)),
)
DOCUMENTS = (Document("bao_cao", "Báo cáo", accept=(".docx", ".txt")),)
LEVELS = (Band("Mức 1", 0), Band("Mức 2", 5))
RUBRIC = Group(
    "tong",
    "Nhóm thấp hơn",
    (
        Group(
            "day_hoc",
            "Dạy, học",
            (Gate("quy_che", "Có quy chế"), Item("lms", "Hệ thống học tập", max=10, step="0.5", evidence=("bao_cao",))),
            bands=LEVELS,
        ),
        Group("quan_tri", "Quản trị", (Item("phan_mem", "Phần mềm", max=10, evidence=("thanh_tich",)),), bands=LEVELS),
    ),
    combine=Lowest(),
)
CLASSES = (
    Class("muc_2", "Mức 2", (AtLeast("day_hoc", points=5), AtLeast("quan_tri", points=5))),
    Class("muc_1", "Mức 1"),
)


def sample(rng: random.Random) -> Sample:
    """A dossier that passes every check."""
    answers = {"chuc_vu": "Giáo viên", "ten": "Kho học liệu số", "thanh_tich": rng.choice(["Dạy tốt.", "Học tốt."])}
    return Sample(nominee="Nguyễn Thị Hoà", born="05/02/1985", answers=answers)


ASSESSED = Track(
    SCHOOL,
    "Tự đánh giá",
    subject="person",
    form=FORM,
    documents=DOCUMENTS,
    rubric=RUBRIC,
    classes=CLASSES,
    self_scored=True,
    sample=sample,
)
PERSON = Track(TITLED, "Sáng kiến", subject="person", form=FORM, documents=DOCUMENTS, sample=sample)
CAMPAIGN = Campaign(
    tiny_campaign.SLUG,
    tiny_campaign.EDITION,
    "Đánh giá nhà trường",
    basis=(Basis("258/KH-UBND", date(2025, 9, 1), "UBND xã"),),
    tracks=(ASSESSED, PERSON),
)


@hookimpl
def thidua_campaigns() -> list[Campaign]:
    """The one campaign."""
    return [CAMPAIGN]
