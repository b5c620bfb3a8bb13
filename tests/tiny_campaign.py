"""A campaign as small as one can be, written against the public module alone."""

from __future__ import annotations

import random
from datetime import date

from thidua.plugin import (
    Basis,
    Campaign,
    Choice,
    Document,
    Group,
    Item,
    LongText,
    Number,
    Option,
    Parameter,
    Sample,
    SampleFile,
    Section,
    Text,
    Track,
    hookimpl,
)

SLUG, EDITION = "tiny", "2025"


def sample(rng: random.Random) -> Sample:
    """A dossier that passes every check."""
    return Sample(
        nominee=rng.choice(["Nguyễn Thị Hoà", "Trần Văn Đức", "Lê Thu Thủy"]),
        born="05/02/1985",
        answers={"chuc_vu": "Giáo viên", "nam_cong_tac": "12", "mon": "toan", "thanh_tich": "Dạy tốt, học tốt."},
        files=(SampleFile("bao_cao", "Báo cáo thành tích", paragraphs=("Kho học liệu số của tổ chuyên môn.",)),),
    )


FORM = (
    Section(
        "thong_tin",
        "Thông tin",
        (
            Text("chuc_vu", "Chức vụ", required=True),
            Number("nam_cong_tac", "Số năm công tác"),
            Choice("mon", "Môn", options=(Option("toan", "Toán"), Option("van", "Ngữ văn")), facet=True),
        ),
    ),
    Section("thanh_tich_chung", "Thành tích", (LongText("thanh_tich", "Thành tích", required=True, max_words=300),)),
)
DOCUMENTS = (
    Document("bao_cao", "Báo cáo thành tích", required=True, accept=(".docx", ".pdf", ".txt"), max_mb=5, max_files=2),
    Document("minh_chung", "Minh chứng", accept=(".docx", ".pdf", ".txt", ".jpg", ".xlsx"), max_mb=5, max_files=5),
)
RUBRIC = Group(
    "tong", "Tổng", (Item("noi_dung", "Nội dung", max=70, step=1), Item("trinh_bay", "Trình bày", max=30, step=1))
)

PERSON = Track("ca-nhan", "Cá nhân", subject="person", form=FORM, sample=sample, documents=DOCUMENTS, rubric=RUBRIC)
GROUP = Track("tap-the", "Tập thể", subject="collective", form=FORM, sample=sample, documents=DOCUMENTS)

CAMPAIGN = Campaign(
    SLUG,
    EDITION,
    "Thi đua nhỏ",
    basis=(Basis("258/KH-UBND", date(2025, 9, 1), "UBND xã"),),
    tracks=(PERSON, GROUP),
    parameters=(Parameter("so_tu", "Số từ tối đa", default=300, minimum=100, maximum=500),),
)


@hookimpl
def thidua_campaigns() -> list[Campaign]:
    """The one campaign."""
    return [CAMPAIGN]
