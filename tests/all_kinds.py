"""A campaign whose one part has a field of every kind, to look at how each is drawn and filled in."""

from __future__ import annotations

import random
from datetime import date

from thidua.plugin import (
    Basis,
    Campaign,
    Choice,
    Date,
    Document,
    Equals,
    Link,
    LongText,
    MultiChoice,
    Number,
    Option,
    Percent,
    Period,
    PersonRef,
    Rows,
    Sample,
    Section,
    Text,
    Track,
    UnitRef,
    YesNo,
    hookimpl,
)

COLOURS = (Option("do", "Đỏ"), Option("vang", "Vàng"), Option("xanh", "Xanh lá"))

FIELDS = (
    Text("ngan", "Một dòng", help="Ví dụ: Tổ trưởng chuyên môn.", required=True),
    LongText("dai", "Nhiều dòng", max_words=20),
    Number("so", "Một số", minimum=0, maximum=2000, decimals=1),
    Percent("ti_le", "Tỉ lệ"),
    Choice("mot", "Chọn một", options=COLOURS),
    MultiChoice("nhieu", "Chọn nhiều", options=COLOURS),
    YesNo("co_khong", "Có nhận thêm việc"),
    Text("viec", "Việc nhận thêm", required=True, show_if=Equals("co_khong", "yes")),
    Text("mau_khac", "Vì sao chọn màu đỏ", show_if=Equals("mot", "do")),
    Date("ngay", "Một ngày"),
    Period("nam_hoc", "Năm học"),
    Period("nam", "Năm", of="year"),
    Link("duong_dan", "Đường dẫn"),
    PersonRef("nguoi", "Người hướng dẫn"),
    UnitRef("don_vi", "Đơn vị phối hợp"),
    Rows(
        "bang",
        "Bảng kết quả",
        max_rows=3,
        columns=(
            Period("nam", "Năm học"),
            Text("chi_tieu", "Chỉ tiêu", required=True),
            Percent("dat", "Đạt"),
            YesNo("vuot", "Vượt"),
            Choice("mau", "Màu", options=COLOURS),
            Date("luc", "Ngày"),
            LongText("ghi", "Ghi chú", max_words=50),
        ),
    ),
)


def sample(rng: random.Random) -> Sample:
    """The least that passes."""
    return Sample(nominee=rng.choice(["Nguyễn Thị Hoà"]), born="05/02/1985", answers={"ngan": "Giáo viên"}, files=())


TRACK = Track(
    "ca-nhan",
    "Cá nhân",
    subject="person",
    form=(Section("moi_kieu", "Mọi kiểu ô", FIELDS), Section("them", "Phần thêm", (Text("gi_do", "Điều khác"),))),
    sample=sample,
    documents=(Document("tep", "Tệp", accept=(".pdf", ".jpg", ".png", ".docx"), max_mb=5, max_files=5),),
)
CAMPAIGN = Campaign(
    "moi-kieu", "1", "Mọi kiểu ô", basis=(Basis("1/KH-UBND", date(2025, 9, 1), "UBND xã"),), tracks=(TRACK,)
)


@hookimpl
def thidua_campaigns() -> list[Campaign]:
    """The one campaign."""
    return [CAMPAIGN]
