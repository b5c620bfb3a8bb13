"""The rubric of 100 points: five areas, a bonus, deductions, and the classes.

No ministry sets these points: each office does, so they are data of an edition.
The edition of 2025 gives criterion D, digital change, its own item on safe use of
artificial intelligence, taken out of the item on digital materials.
"""

from __future__ import annotations

from thidua.plugin import AtLeast, Band, Best, Class, Deduction, Group, Item

AREAS = ("a", "b", "c", "d", "e")
TIE_BREAKS = ("b", "c", "d")


def _area_a() -> Group:
    return Group(
        "a",
        "A. Chấp hành chủ trương, nền nếp, dân chủ, an toàn",
        (
            Item("a_quy_che", "Thực hiện quy chế chuyên môn, hồ sơ sổ sách", max=6, step="0.5", evidence=("nhiem_vu",)),
            Item(
                "a_dao_duc",
                "Đạo đức nhà giáo, không có đơn thư đúng",
                max=6,
                step="0.5",
                gate="0.5",
                guide="Có đơn thư được kết luận là đúng: 0 điểm và xếp loại thấp nhất.",
            ),
            Item("a_an_toan", "An toàn trường học, an toàn thực phẩm", max=4, step="0.5"),
            Group(
                "a_bao_cao",
                "Công khai, báo cáo đúng hạn",
                (Deduction("a_bao_cao_muon", "Báo cáo muộn (0,5 điểm mỗi lần)", max=4, step="0.5"),),
                start=4,
                floor=0,
                cap=4,
            ),
        ),
        max=20,
    )


def _area_b() -> Group:
    contests = Group(
        "b_gvdg",
        "Giáo viên dạy giỏi (lấy cấp cao nhất)",
        (
            Item("b_gvdg_truong", "Cấp trường", max=4, step=4, evidence=("danh_hieu",)),
            Item("b_gvdg_xa", "Cấp xã, phường", max=6, step=6, evidence=("danh_hieu",)),
            Item("b_gvdg_tp", "Cấp thành phố", max=8, step=8, evidence=("danh_hieu",)),
        ),
        combine=Best(1),
    )
    return Group(
        "b",
        "B. Dạy tốt",
        (
            Item(
                "b_gio_day",
                "Giờ dạy xếp loại giỏi",
                max=8,
                step="0.5",
                bands=(Band("Dưới một nửa số giờ", 0), Band("Từ một nửa số giờ", 4), Band("Từ 80 % số giờ", 7)),
            ),
            Item("b_chuyen_de", "Chuyên đề, đổi mới phương pháp dạy học", max=8, step="0.5", evidence=("thanh_tich",)),
            contests,
            Item(
                "b_sang_kien", "Sáng kiến được công nhận cấp cơ sở, thành phố", max=6, step=1, evidence=("sang_kien",)
            ),
        ),
        max=30,
    )


def _area_c() -> Group:
    return Group(
        "c",
        "C. Học tốt",
        (
            Item("c_chat_luong", "Chất lượng học sinh so với chỉ tiêu", max=12, step="0.5", evidence=("ket_qua",)),
            Item("c_mui_nhon", "Học sinh giỏi, khoa học kỹ thuật, thể dục thể thao", max=10, step="0.5"),
            Item("c_phu_dao", "Phụ đạo, duy trì sĩ số", max=8, step="0.5", evidence=("ket_qua",)),
        ),
        max=30,
    )


def _area_d(edition: str) -> Group:
    management = Item("d_quan_tri", "Quản trị, kiểm tra đánh giá trên nền tảng số", max=5, step="0.5")
    if edition == "2023":
        items: tuple[Item, ...] = (Item("d_hoc_lieu", "Xây dựng, sử dụng học liệu số", max=5, step="0.5"), management)
    else:
        items = (
            Item(
                "d_hoc_lieu", "Xây dựng, sử dụng học liệu số dùng chung", max=3, step="0.5", evidence=("hoc_lieu_so",)
            ),
            Item("d_ai", "Dùng trí tuệ nhân tạo an toàn, có trách nhiệm", max=2, step="0.5"),
            management,
        )
    return Group("d", "D. Đổi mới, chuyển đổi số", items, max=10)


def _area_e() -> Group:
    return Group(
        "e",
        "E. Phong trào, xã hội, đoàn thể",
        (
            Item("e_cuoc_thi", "Tham gia các cuộc thi, phong trào", max=4, step="0.5"),
            Item("e_nhan_dao", "Hoạt động nhân đạo, xã hội", max=3, step="0.5"),
            Item("e_xay_dung", "Xây dựng đơn vị, đoàn thể", max=3, step="0.5"),
        ),
        max=10,
    )


def rubric(edition: str) -> Group:
    """The tree of an edition: five areas to 100 points, then bonus and deductions."""
    areas = Group(
        "nam_mat", "Năm mặt công tác", (_area_a(), _area_b(), _area_c(), _area_d(edition), _area_e()), max=100
    )
    bonus = Group(
        "thuong",
        "Điểm thưởng",
        (Item("thuong_giai", "Giải thưởng từ cấp thành phố trở lên", max=5, step="0.5", evidence=("danh_hieu",)),),
        cap=5,
    )
    minus = Group(
        "tru",
        "Điểm trừ",
        (Deduction("tru_vi_pham", "Kỷ luật, vi phạm quy chế (từ 5 đến 10 điểm)", max=10, step="0.5"),),
        floor=-10,
    )
    return Group("tong", "Tổng điểm", (areas, bonus, minus), floor=0, max=105)


CLASSES = (
    Class(
        "xuat_sac",
        "Xuất sắc",
        (AtLeast("tong", points=90), *(AtLeast(area, percent=70) for area in AREAS)),
    ),
    Class("tot", "Tốt", (AtLeast("tong", points=80),)),
    Class("kha", "Khá", (AtLeast("tong", points=65),)),
    Class("dat", "Đạt", (AtLeast("tong", points=50),)),
    Class("chua_dat", "Chưa đạt"),
)
