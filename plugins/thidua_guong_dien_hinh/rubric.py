"""The rubric of 100 points for entries, the one of collectives, and what each may get.

The scale of the real contest is not published; this one has its six usual headings. Confirmation
by the subject's unit is a gate: an entry without it is read and scored, and gets no prize.
"""

from __future__ import annotations

from thidua.plugin import AtLeast, Class, Gate, Group, Item, Param, Prize

TIE_BREAKS = ("lan_toa", "chan_thuc")

ENTRY = Group(
    "tong",
    "Tổng điểm",
    (
        Gate(
            "xac_nhan",
            "Đơn vị quản lý nhân vật xác nhận người thật, việc thật",
            guide="Có giấy xác nhận, hoặc cơ quan thẩm định đã hỏi đơn vị của nhân vật. Chưa có: không xếp giải.",
        ),
        Item(
            "chan_thuc",
            "Tính chân thực, xác minh được",
            max=20,
            step="0.5",
            evidence=("giay_xac_nhan", "nhan_vat_dia_chi"),
            guide="Có tên, địa chỉ, thời gian, số liệu; không hư cấu.",
        ),
        Item(
            "phat_hien",
            "Tính phát hiện, nhân tố mới",
            max=20,
            step="0.5",
            evidence=("viec_moi",),
            guide="Nhân tố chưa được biểu dương, hoặc đã được biểu dương nhưng có việc làm mới.",
        ),
        Item("lan_toa", "Ý nghĩa, sức lan tỏa", max=25, step="0.5", evidence=("bai_viet", "tep_bai")),
        Item("bo_cuc", "Bố cục, ngôn ngữ, cảm xúc", max=20, step="0.5", evidence=("bai_viet", "tep_bai")),
        Item("chinh_ta", "Chính tả, trình bày", max=5, step="0.5", evidence=("bai_viet", "tep_bai")),
        Item("anh_tu_lieu", "Ảnh, tư liệu", max=10, step="0.5", evidence=("anh_chan_dung", "anh_tu_lieu")),
    ),
    max=100,
)
ENTRY_CLASSES = (
    Class("xep_giai", "Đủ điều kiện xếp giải", (AtLeast("tong", points=Param("diem_xet_giai")),)),
    Class("khong_xep_giai", "Không xếp giải"),
)
ENTRY_PRIZES = (
    Prize("nhat", "Giải Nhất", count=Param("so_nhat"), classes=("xep_giai",)),
    Prize("nhi", "Giải Nhì", count=Param("so_nhi"), classes=("xep_giai",)),
    Prize("ba", "Giải Ba", count=Param("so_ba"), classes=("xep_giai",)),
    Prize("khuyen_khich", "Giải Khuyến khích", count=Param("so_khuyen_khich"), classes=("xep_giai",)),
)

COLLECTIVE = Group(
    "tong",
    "Tổng điểm",
    (
        Item("huong_ung", "Số bài dự thi, tỉ lệ người tham gia", max=40, step="0.5", evidence=("so_bai", "so_nguoi")),
        Item("to_chuc", "Tổ chức phát động, sơ khảo", max=30, step="0.5", evidence=("cach_to_chuc", "ke_hoach")),
        Item("tuyen_truyen", "Nhân rộng gương điển hình sau cuộc thi", max=30, step="0.5", evidence=("nhan_rong",)),
    ),
    max=100,
)
COLLECTIVE_TIE_BREAKS = ("huong_ung", "tuyen_truyen")
COLLECTIVE_CLASSES = (
    Class("tieu_bieu", "Tập thể tiêu biểu", (AtLeast("tong", points=70),)),
    Class("tham_gia", "Tập thể tham gia"),
)
COLLECTIVE_PRIZES = (Prize("tap_the", "Giải tập thể", count=Param("so_tap_the"), classes=("tieu_bieu",)),)
