"""Track one: a digital initiative (sáng kiến): what is asked, and how 100 points are given."""

from __future__ import annotations

from typing import Literal

from thidua.plugin import (
    Band,
    Choice,
    Date,
    Document,
    Equals,
    Field,
    Gate,
    Group,
    Item,
    Link,
    LongText,
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

Edition = Literal["2023", "2025"]

DOCUMENTS_INITIATIVE = (
    Document(
        "mo_ta",
        "Bản mô tả sáng kiến",
        required=True,
        accept=(".docx", ".pdf"),
        max_mb=20,
        help="Bản đầy đủ, có xác nhận của thủ trưởng đơn vị.",
        identifying=True,
    ),
    Document(
        "xac_nhan",
        "Giấy xác nhận của nơi áp dụng",
        accept=(".pdf", ".docx", ".jpg", ".png"),
        max_files=10,
        help="Mỗi đơn vị đã áp dụng một giấy, nếu có.",
        identifying=True,
    ),
    Document(
        "minh_chung",
        "Minh chứng dùng thật",
        accept=(".pdf", ".docx", ".xlsx", ".jpg", ".png"),
        max_mb=25,
        max_files=20,
        help="Nhật ký sử dụng, ảnh màn hình, thống kê truy cập… Hãy che tên và điểm của học sinh.",
    ),
)

REACH = (
    Option("lop", "Trong lớp, môn học phụ trách"),
    Option("truong", "Toàn trường"),
    Option("cum", "Cụm trường"),
    Option("xa", "Nhiều trường trong xã, phường"),
    Option("thanh-pho", "Nhiều trường trong tỉnh, thành phố"),
)
AREAS = (
    Option("day-hoc", "Dạy học, học liệu số"),
    Option("kiem-tra", "Kiểm tra, đánh giá"),
    Option("quan-tri", "Quản trị nhà trường"),
    Option("phu-huynh", "Kết nối gia đình, dịch vụ trực tuyến"),
    Option("an-toan", "An toàn thông tin, kĩ năng số"),
)


def _about() -> Section:
    return Section(
        "thong_tin",
        "Sáng kiến và tác giả",
        (
            Text(
                "ten",
                "Tên sáng kiến",
                required=True,
                max_chars=250,
                title=True,
                help="Không trùng với sáng kiến đã nộp hoặc đã được công nhận ở bất kì phong trào nào.",
            ),
            MultiChoice("linh_vuc", "Lĩnh vực", required=True, facet=True, options=AREAS),
            Choice("pham_vi", "Phạm vi đã áp dụng", required=True, facet=True, options=REACH),
            Period("nam_hoc", "Năm học áp dụng", required=True),
            Date("ngay_ap_dung", "Ngày áp dụng lần đầu", required=True),
            Rows(
                "tac_gia",
                "Tác giả, đồng tác giả và tỉ lệ đóng góp",
                required=True,
                max_rows=10,
                identifying=True,
                help="Dòng đầu là tác giả chính. Ghi đủ họ tên như trong danh sách nhân sự của trường; người của "
                "trường khác, hoặc người trùng tên, thì ghi kèm mã nhân sự, ví dụ Nguyễn Thị Hoà (GV-105). "
                "Các tỉ lệ cộng lại đúng 100 %.",
                columns=(
                    PersonRef("ho_ten", "Họ và tên", required=True, identifying=True, role="author"),
                    Text("chuc_vu", "Chức vụ, nơi công tác", required=True, max_chars=200),
                    Percent("ti_le", "Tỉ lệ đóng góp (%)", required=True),
                ),
            ),
        ),
        help="Hồ sơ đứng tên tác giả chính; ngày sinh và đơn vị lấy từ danh sách nhân sự.",
    )


def _content() -> Section:
    return Section(
        "noi_dung",
        "Nội dung sáng kiến",
        (
            LongText("thuc_trang", "Thực trạng trước khi áp dụng", required=True, max_words=400),
            LongText("giai_phap", "Giải pháp đã thực hiện", required=True, max_words=1500),
            LongText(
                "tinh_moi",
                "Tính mới",
                required=True,
                max_words=400,
                help="Điểm khác với cách làm cũ và với những giải pháp mà đơn vị khác đã công bố.",
            ),
        ),
    )


def _effect() -> Section:
    return Section(
        "hieu_qua",
        "Hiệu quả",
        (
            Rows(
                "so_lieu",
                "Số liệu trước và sau khi áp dụng",
                required=True,
                max_rows=200,
                help="Ví dụ: Thời gian nhập điểm một lớp, phút, 45, 12, nhật ký phần mềm. "
                "Có thể dán nhiều dòng từ Excel.",
                columns=(
                    Text("chi_tieu", "Chỉ tiêu", required=True, max_chars=200),
                    Text("don_vi_tinh", "Đơn vị tính", required=True, max_chars=40),
                    Number("truoc", "Trước", required=True, decimals=2),
                    Number("sau", "Sau", required=True, decimals=2),
                    Text("nguon", "Nguồn số liệu", max_chars=200),
                ),
            ),
            Number("so_nguoi_dung", "Số người đang dùng", required=True, minimum=1, maximum=1000000),
            LongText("hieu_qua", "Hiệu quả đạt được", required=True, max_words=500),
        ),
    )


def _spread() -> Section:
    return Section(
        "nhan_rong",
        "Khả năng nhân rộng",
        (
            LongText("nhan_rong", "Điều kiện và khả năng nhân rộng", required=True, max_words=300),
            YesNo("da_nhan_rong", "Đã có nơi khác áp dụng", required=True, facet=True),
            Rows(
                "noi_ap_dung",
                "Nơi đã áp dụng",
                required=True,
                show_if=Equals("da_nhan_rong", "yes"),
                max_rows=30,
                columns=(
                    Text("don_vi", "Đơn vị", required=True, max_chars=200),
                    Date("tu_ngay", "Từ ngày"),
                    YesNo("co_giay", "Có giấy xác nhận"),
                ),
            ),
        ),
    )


def _safety(edition: Edition) -> Section:
    fields: tuple[Field, ...] = (
        YesNo(
            "du_lieu_ca_nhan",
            "Có dùng dữ liệu cá nhân của học sinh, phụ huynh, giáo viên",
            required=True,
            help="Họ tên, ngày sinh, điểm, ảnh, số điện thoại đều là dữ liệu cá nhân.",
        ),
        YesNo(
            "da_dong_y",
            "Đã được người có dữ liệu hoặc cha mẹ đồng ý",
            required=True,
            show_if=Equals("du_lieu_ca_nhan", "yes"),
        ),
        LongText(
            "bao_ve",
            "Cách lưu giữ và bảo vệ dữ liệu",
            required=True,
            max_words=200,
            show_if=Equals("du_lieu_ca_nhan", "yes"),
        ),
        YesNo("dung_quyen", "Phần mềm, học liệu được dùng đúng bản quyền", required=True),
    )
    if edition == "2025":
        fields += (
            YesNo("dung_ai", "Có dùng trí tuệ nhân tạo", required=True, facet=True),
            LongText(
                "dung_ai_the_nao",
                "Dùng trí tuệ nhân tạo vào việc gì, ai kiểm tra kết quả",
                required=True,
                max_words=200,
                show_if=Equals("dung_ai", "yes"),
            ),
        )
    return Section("an_toan", "An toàn dữ liệu, bản quyền", fields)


def _evidence() -> Section:
    return Section(
        "minh_chung",
        "Minh chứng trực tuyến",
        (
            Rows(
                "lien_ket",
                "Liên kết minh chứng",
                max_rows=20,
                help="Trang, kho học liệu, bảng điều khiển, video… mở được không cần mật khẩu. "
                "Tệp minh chứng tải lên ở phần Tài liệu kèm theo.",
                columns=(
                    Text("noi_dung", "Nội dung", required=True, max_chars=200),
                    Link("dia_chi", "Đường dẫn", required=True),
                ),
            ),
            YesNo(
                "cam_ket",
                "Tác giả cam kết nội dung kê khai đúng sự thật, không sao chép",
                required=True,
                help="Chọn “Có” sau khi đã đối chiếu với hồ sơ gốc.",
            ),
        ),
    )


def initiative_form(edition: Edition) -> tuple[Section, ...]:
    """The form of an initiative in an edition."""
    return (_about(), _content(), _effect(), _spread(), _safety(edition), _evidence())


def _safety_points(edition: Edition) -> Group:
    items: tuple[Item, ...] = (
        Item("bao_ve_du_lieu", "Lưu giữ, phân quyền, sao lưu dữ liệu", max=6, step="0.5", evidence=("bao_ve",)),
        Item("ban_quyen", "Bản quyền phần mềm, học liệu", max=4, step="0.5"),
    )
    if edition == "2025":
        items = (
            Item("bao_ve_du_lieu", "Lưu giữ, phân quyền, sao lưu dữ liệu", max=4, step="0.5", evidence=("bao_ve",)),
            Item("dung_ai_an_toan", "Dùng trí tuệ nhân tạo an toàn, có người kiểm tra", max=2, step="0.5"),
            Item("ban_quyen", "Bản quyền phần mềm, học liệu", max=4, step="0.5"),
        )
    gate = Gate(
        "khong_lo_du_lieu",
        "Không làm lộ dữ liệu cá nhân",
        guide="Lộ họ tên kèm điểm, ảnh, số điện thoại của học sinh, hoặc dùng dữ liệu khi chưa được đồng ý: không đạt.",
    )
    return Group("an_toan", "An toàn dữ liệu, bản quyền", (gate, *items), max=10)


def initiative_rubric(edition: Edition) -> Group:
    """100 points: novelty 25, effect 30, spread 20, safety 10 with a gate, evidence 10, presentation 5."""
    novelty = Group(
        "tinh_moi",
        "Tính mới",
        (
            Item(
                "moi",
                "Mới so với cách làm đã biết",
                max=15,
                step="0.5",
                bands=(Band("Đã có nơi làm", 0), Band("Cải tiến rõ", 6), Band("Mới hoàn toàn", 12)),
                evidence=("tinh_moi",),
            ),
            Item("sang_tao", "Sáng tạo trong tổ chức thực hiện", max=10, step="0.5", evidence=("giai_phap",)),
        ),
        max=25,
    )
    effect = Group(
        "hieu_qua",
        "Hiệu quả",
        (
            Item(
                "thay_doi",
                "Thay đổi đo được trước và sau",
                max=15,
                step="0.5",
                guide="Không có số liệu trước hoặc sau: không quá 5 điểm.",
                evidence=("so_lieu",),
            ),
            Item("nguoi_hoc", "Lợi ích cho học sinh, giáo viên, phụ huynh", max=10, step="0.5", evidence=("hieu_qua",)),
            Item("tiet_kiem", "Tiết kiệm thời gian, chi phí", max=5, step="0.5", evidence=("so_lieu",)),
        ),
        max=30,
    )
    spread = Group(
        "nhan_rong",
        "Khả năng nhân rộng",
        (
            Item("de_ap_dung", "Dễ áp dụng ở nơi khác", max=10, step="0.5", evidence=("nhan_rong",)),
            Item("da_ap_dung", "Đã được áp dụng ngoài lớp, ngoài trường", max=10, step="0.5", evidence=("xac_nhan",)),
        ),
        max=20,
    )
    evidence = Item(
        "minh_chung", "Minh chứng dùng thật", max=10, step="0.5", evidence=("lien_ket", "minh_chung"),
        guide="Liên kết mở được, nhật ký sử dụng, số người dùng khớp với kê khai.",
    )  # fmt: skip
    form = Item("trinh_bay", "Trình bày hồ sơ", max=5, step="0.5", evidence=("mo_ta",))
    parts = (novelty, effect, spread, _safety_points(edition), evidence, form)
    return Group("tong", "Tổng điểm", parts, max=100)
