"""Track two: a school's self-assessment of its digital transformation, in two groups of 100 points each.

The two groups, their levels at 50 and 75 points and the required conditions of the first follow the set of
indicators of 4725/QĐ-BGDĐT; how the points of a group are divided among its criteria is data of this edition, for
an office to change. The whole is no better than its weaker group.
"""

from __future__ import annotations

from thidua.plugin import (
    Above,
    AtLeast,
    Band,
    Choice,
    Class,
    Date,
    Document,
    Equals,
    Field,
    Gate,
    Group,
    Item,
    Link,
    LongText,
    Lowest,
    MultiChoice,
    Number,
    Option,
    Percent,
    Period,
    PersonRef,
    Rows,
    Section,
    Text,
    YesNo,
)
from thidua_doi_moi_so.initiative import Edition

_FILES = (".pdf", ".docx", ".xlsx", ".jpg", ".png")

DOCUMENTS_SCHOOL = (
    Document(
        "ke_hoach",
        "Kế hoạch, quy chế dạy học trực tuyến",
        required=True,
        accept=(".pdf", ".docx"),
        max_files=5,
        help="Kế hoạch chuyển đổi số năm học và quy chế tổ chức dạy học trực tuyến, đã ký.",
    ),
    Document("mc_day_hoc", "Minh chứng nhóm 1: dạy, học", accept=_FILES, max_mb=25, max_files=30),
    Document("mc_quan_tri", "Minh chứng nhóm 2: quản trị", accept=_FILES, max_mb=25, max_files=30),
)

LMS = (
    Option("giao-bai", "Giao bài, nộp bài"),
    Option("hoc-lieu", "Kho học liệu theo bài học"),
    Option("cham-bai", "Chấm bài, nhận xét"),
    Option("theo-doi", "Theo dõi tiến độ từng học sinh"),
    Option("trao-doi", "Diễn đàn, trao đổi"),
)
SOFTWARE = (
    Option("hoc-sinh", "Quản lí học sinh, sổ điểm, học bạ điện tử"),
    Option("doi-ngu", "Quản lí đội ngũ"),
    Option("tai-san", "Quản lí tài sản, thiết bị"),
    Option("tai-chinh", "Quản lí tài chính, thu phí"),
    Option("van-ban", "Quản lí văn bản, chữ kí số"),
    Option("thu-vien", "Thư viện số"),
)


def _school(edition: Edition) -> Section:
    fields: tuple[Field, ...] = (
        Period("nam_hoc", "Năm học đánh giá", required=True),
        Number("so_lop", "Số lớp", required=True, minimum=1, maximum=200),
        Number("so_hoc_sinh", "Số học sinh", required=True, minimum=1, maximum=10000),
        Number("so_giao_vien", "Số cán bộ, giáo viên, nhân viên", required=True, minimum=1, maximum=1000),
        PersonRef("phu_trach", "Người phụ trách chuyển đổi số", help="Chọn từ danh sách nhân sự của trường."),
        Text("so_ke_hoach", "Số, kí hiệu kế hoạch chuyển đổi số", required=True, max_chars=60),
        Date("ngay_ke_hoach", "Ngày ban hành kế hoạch", required=True),
    )
    if edition == "2025":
        fields += (
            YesNo("co_quy_dinh_ai", "Đã có quy định dùng trí tuệ nhân tạo trong nhà trường", required=True, facet=True),
        )
    return Section("truong", "Nhà trường và kế hoạch", fields)


def _teaching() -> Section:
    return Section(
        "day_hoc",
        "Chuyển đổi số trong dạy, học",
        (
            YesNo("co_quy_che", "Đã ban hành quy chế dạy học trực tuyến", required=True),
            Text("phan_mem_day", "Phần mềm dạy học trực tuyến đang dùng", required=True, max_chars=200),
            YesNo("co_lms", "Có hệ thống quản lí học tập (LMS/LCMS)", required=True, facet=True),
            MultiChoice(
                "chuc_nang_lms",
                "Chức năng đang dùng",
                required=True,
                options=LMS,
                show_if=Equals("co_lms", "yes"),
            ),
            Rows(
                "hoc_lieu",
                "Học liệu số theo môn",
                max_rows=200,
                help="Có thể dán nhiều dòng từ Excel.",
                columns=(
                    Text("mon", "Môn học, hoạt động", required=True, max_chars=100),
                    Number("so_bai", "Số bài có học liệu số", required=True, minimum=0, maximum=10000),
                    Percent("ti_le", "Tỉ lệ trên tổng số bài (%)"),
                    Link("dia_chi", "Đường dẫn"),
                ),
            ),
            Number("so_may", "Số máy tính dùng cho dạy, học", required=True, minimum=0, maximum=2000),
            Percent("gv_dung_lms", "Giáo viên dùng hệ thống hằng tuần (%)", required=True),
            LongText("kho_khan_day", "Kết quả nổi bật, khó khăn", max_words=300),
        ),
    )


def _running() -> Section:
    return Section(
        "quan_tri",
        "Chuyển đổi số trong quản trị",
        (
            MultiChoice("phan_mem", "Phân hệ quản trị đang dùng", required=True, options=SOFTWARE),
            YesNo("dong_bo", "Đã đồng bộ với cơ sở dữ liệu ngành", required=True),
            Choice(
                "tuyen_sinh",
                "Tuyển sinh trực tuyến",
                required=True,
                options=(
                    Option("toan-phan", "Toàn bộ hồ sơ nộp trực tuyến"),
                    Option("mot-phan", "Đăng kí trực tuyến, nộp hồ sơ giấy"),
                    Option("chua", "Chưa thực hiện"),
                ),
            ),
            Percent("khong_tien_mat", "Khoản thu không dùng tiền mặt (%)", required=True),
            Percent("phu_huynh_ket_noi", "Phụ huynh nhận thông tin qua nền tảng số (%)", required=True),
            Link("trang_truong", "Trang thông tin điện tử"),
            LongText("kho_khan_quan_tri", "Kết quả nổi bật, khó khăn", max_words=300),
        ),
    )


def school_form(edition: Edition) -> tuple[Section, ...]:
    """The form of a school's self-assessment in an edition."""
    return (_school(edition), _teaching(), _running())


LEVELS = (
    Band("Mức 1: Chưa đáp ứng", 0),
    Band("Mức 2: Cơ bản", 50),
    Band("Mức 3: Tốt", "75.5"),
)
"""Below 50, from 50 to 75, above 75: points come in halves, so above 75 is 75.5 at least."""

_TEACHING = Group(
    "day_hoc",
    "Nhóm 1. Chuyển đổi số trong dạy, học",
    (
        Gate("dh_ke_hoach", "Đã ban hành kế hoạch và quy chế dạy học trực tuyến", evidence=("ke_hoach",)),
        Item("dh_truc_tiep", "Phần mềm dạy học trực tuyến trực tiếp", max=6, step="0.5", evidence=("phan_mem_day",)),
        Item("dh_lms", "Hệ thống quản lí học tập (LMS/LCMS)", max=24, step="0.5", evidence=("chuc_nang_lms",)),
        Item("dh_hoc_lieu", "Học liệu số được kiểm duyệt, dùng chung", max=20, step="0.5", evidence=("hoc_lieu",)),
        Item("dh_kiem_tra", "Kiểm tra, đánh giá trên phòng máy", max=15, step="0.5", evidence=("mc_day_hoc",)),
        Item("dh_nhan_luc", "Năng lực số của giáo viên", max=15, step="0.5", evidence=("gv_dung_lms",)),
        Item("dh_ha_tang", "Hạ tầng, thiết bị, đường truyền", max=20, step="0.5", evidence=("so_may",)),
    ),
    max=100,
    bands=LEVELS,
)
_RUNNING = Group(
    "quan_tri",
    "Nhóm 2. Chuyển đổi số trong quản trị",
    (
        Gate("qt_phu_trach", "Có người phụ trách và kế hoạch chuyển đổi số", evidence=("so_ke_hoach",)),
        Item("qt_phan_mem", "Phần mềm quản trị nhà trường", max=40, step="0.5", evidence=("phan_mem",)),
        Item(
            "qt_dong_bo", "Hồ sơ, học bạ điện tử; đồng bộ dữ liệu ngành", max=30, step="0.5", evidence=("mc_quan_tri",)
        ),
        Item("qt_tuyen_sinh", "Tuyển sinh, dịch vụ trực tuyến", max=10, step="0.5", evidence=("tuyen_sinh",)),
        Item("qt_thu_phi", "Thu không dùng tiền mặt", max=10, step="0.5", evidence=("khong_tien_mat",)),
        Item(
            "qt_phu_huynh", "Kết nối với gia đình trên nền tảng số", max=10, step="0.5", evidence=("phu_huynh_ket_noi",)
        ),
    ),
    max=100,
    bands=LEVELS,
)
SCHOOL_RUBRIC = Group("tong", "Nhóm thấp hơn", (_TEACHING, _RUNNING), combine=Lowest(), max=100)

CLASSES_SCHOOL = (
    Class("muc_3", "Mức 3: Tốt", (Above("day_hoc", points=75), Above("quan_tri", points=75))),
    Class("muc_2", "Mức 2: Cơ bản", (AtLeast("day_hoc", points=50), AtLeast("quan_tri", points=50))),
    Class("muc_1", "Mức 1: Chưa đáp ứng"),
)
