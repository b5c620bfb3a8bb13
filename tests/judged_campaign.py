"""A campaign that is judged: quarter points, bands, a gate, evidence, classes; one open track and one blind."""

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
    Column,
    Count,
    Deduction,
    Document,
    Gate,
    Group,
    Item,
    Judging,
    LongText,
    Report,
    Sample,
    Section,
    Summary,
    Text,
    Track,
    hookimpl,
)

OPEN, BLIND = "ca-nhan", "bai-viet"

FORM = (
    Section(
        "thong_tin",
        "Thông tin",
        (Text("chuc_vu", "Chức vụ", required=True), Text("noi_o", "Nơi ở", identifying=True)),
    ),
    Section("thanh_tich_chung", "Thành tích", (LongText("thanh_tich", "Thành tích", required=True, max_words=300),)),
)
TYPES = (".docx", ".xlsx", ".pdf", ".txt", ".jpg", ".png")
DOCUMENTS = (
    Document("bao_cao", "Báo cáo", accept=TYPES, max_files=9),
    Document("giay_khai", "Giấy khai nhân thân", accept=TYPES, max_files=9, identifying=True),
)
RUBRIC = Group(
    "tong",
    "Tổng điểm",
    (
        Group(
            "noi_dung",
            "Nội dung",
            (
                Gate("dung_the", "Đúng thể loại"),
                Item(
                    "y_tuong",
                    "Ý tưởng",
                    max=10,
                    step="0.25",
                    guide="Mới so với các bài năm trước.",
                    bands=(Band("Dưới trung bình", 0), Band("Khá", 5), Band("Tốt", 8)),
                    evidence=("bao_cao",),
                ),
                Item("trinh_bay", "Trình bày", max=8, step="0.25"),
            ),
        ),
        Group("ky_luat", "Kỷ luật", (Deduction("muon", "Nộp muộn", max=2, step="0.5"),), start=2, floor=0),
    ),
    max=20,
)
CLASSES = (
    Class("xuat_sac", "Xuất sắc", (AtLeast("tong", points=16),)),
    Class("kha", "Khá", (AtLeast("tong", points=10),)),
    Class("chua", "Chưa xếp loại"),
)

REPORT = Report(
    "ket_qua",
    "Kết quả chấm",
    summaries=(Summary("Theo xếp loại", by="class", measures=(Count("Số hồ sơ"),), chart="Số hồ sơ"),),
    columns=(Column("nominee", "Họ và tên"), Column("total", "Tổng"), Column("class", "Xếp loại")),
    tracks=(OPEN,),
    signers=("TRƯỞNG BAN",),
)


def sample(rng: random.Random) -> Sample:
    """A dossier that passes every check."""
    answers = {"chuc_vu": "Giáo viên", "noi_o": "Bát Tràng", "thanh_tich": rng.choice(["Dạy tốt.", "Học tốt."])}
    return Sample(nominee="Nguyễn Thị Hoà", born="05/02/1985", answers=answers)


def track(key: str, title: str, *, blind: bool) -> Track:
    return Track(
        key,
        title,
        subject="person",
        form=FORM,
        documents=DOCUMENTS,
        rubric=RUBRIC,
        classes=CLASSES,
        judging=Judging(judges=2, blind=blind, gap=3, sheets_visible="after_own"),
        sample=sample,
    )


CAMPAIGN = Campaign(
    tiny_campaign.SLUG,
    tiny_campaign.EDITION,
    "Thi viết",
    basis=(Basis("258/KH-UBND", date(2025, 9, 1), "UBND xã"),),
    tracks=(track(OPEN, "Hồ sơ cá nhân", blind=False), track(BLIND, "Bài viết", blind=True)),
    reports=(REPORT,),
)


@hookimpl
def thidua_campaigns() -> list[Campaign]:
    """The one campaign."""
    return [CAMPAIGN]
