"""What an entry and a collective's dossier ask. The edition of 2025 names the commune that the subject lives in.

Before July 2025 entries were sent on by the district of the subject, since then by the commune: the
one question differs, so an entry of one edition is not filed in the other's form.
"""

from __future__ import annotations

from thidua.plugin import (
    Choice,
    Date,
    Document,
    Equals,
    Field,
    Link,
    LongText,
    Number,
    Option,
    Param,
    Period,
    PersonRef,
    Section,
    Text,
    YesNo,
)

ENTRY_DOCUMENTS = (
    Document(
        "tep_bai",
        "Bài viết đính kèm",
        accept=(".docx", ".pdf"),
        max_mb=15,
        help="Chỉ khi không gõ bài vào biểu mẫu. Tệp phải có lớp chữ; không nhận bản chụp, bản quét.",
    ),
    Document(
        "giay_xac_nhan",
        "Xác nhận của đơn vị quản lý nhân vật",
        accept=(".pdf", ".jpg", ".png", ".docx"),
        max_mb=15,
        max_files=2,
        help="Ghi rõ người thật, việc thật, có chữ ký và dấu.",
    ),
    Document("anh_chan_dung", "Ảnh chân dung nhân vật", accept=(".jpg", ".png"), max_mb=10),
    Document("anh_tu_lieu", "Ảnh, tư liệu hoạt động", accept=(".jpg", ".png", ".pdf"), max_mb=15, max_files=8),
    Document(
        "ban_bao_chi",
        "Bản chụp tác phẩm báo chí",
        accept=(".pdf", ".jpg", ".png"),
        max_mb=25,
        max_files=4,
        identifying=True,
        help="Trang báo, ảnh màn hình hoặc kịch bản đã phát, thấy rõ nơi và ngày đăng, phát.",
    ),
)
COLLECTIVE_DOCUMENTS = (
    Document("ke_hoach", "Kế hoạch, biên bản sơ khảo", accept=(".pdf", ".docx"), max_mb=15, max_files=5),
)

FIELDS_OF_WORK = (
    Option("day-hoc", "Dạy và học"),
    Option("hoc-sinh", "Giúp đỡ học sinh"),
    Option("chuyen-doi-so", "Đổi mới, chuyển đổi số"),
    Option("cong-dong", "Vì cộng đồng"),
    Option("moi-truong", "Môi trường, an toàn trường học"),
)
ENTRY = LongText(
    "bai_viet",
    "Bài viết",
    max_words=Param("so_tu"),
    help="Gõ bài vào đây, hoặc đính kèm tệp ở phần Tài liệu. Số chữ đếm theo tiếng, cách nhau bằng khoảng trắng. "
    "Không ghi tên tác giả trong bài.",
)


def entry_form(edition: str) -> tuple[Section, ...]:
    """The sections of an entry."""
    return (_authors(), _subject(edition), _entry(), _press(), _pledge())


def collective_form() -> tuple[Section, ...]:
    """The sections of a collective that asks for a collective prize."""
    return (
        Section(
            "tham_gia",
            "Tham gia cuộc thi",
            (
                Number("so_bai", "Số bài dự thi đã nộp", required=True, minimum=1, maximum=5000),
                Number("so_nguoi", "Số cán bộ, giáo viên, học sinh tham gia", required=True, minimum=1),
                LongText("cach_to_chuc", "Cách phát động, tổ chức sơ khảo", required=True, max_words=800),
                LongText("nhan_rong", "Việc nhân rộng gương điển hình", required=True, max_words=800),
            ),
        ),
    )


def _authors() -> Section:
    group = Equals("hinh_thuc", "nhom")
    contact: tuple[Field, ...] = (
        Text(
            "dien_thoai",
            "Điện thoại liên hệ",
            required=True,
            max_chars=20,
            identifying=True,
            help="Ví dụ 0912 345 678",
        ),
        Text("dia_chi", "Địa chỉ liên hệ", required=True, max_chars=200, identifying=True),
        Text("thu_dien_tu", "Thư điện tử", max_chars=100, identifying=True),
    )
    return Section(
        "tac_gia",
        "Tác giả",
        (
            Choice(
                "hinh_thuc",
                "Dự thi với tư cách",
                required=True,
                options=(Option("ca-nhan", "Một tác giả"), Option("nhom", "Nhóm tác giả")),
                facet=True,
                help="Người được đề nghị của hồ sơ là tác giả, hoặc người đại diện của nhóm.",
            ),
            PersonRef("tac_gia_2", "Tác giả thứ hai", required=True, show_if=group, identifying=True, role="author"),
            PersonRef("tac_gia_3", "Tác giả thứ ba", show_if=group, identifying=True, role="author"),
            PersonRef("tac_gia_4", "Tác giả thứ tư", show_if=group, identifying=True, role="author"),
            Text("but_danh", "Bút danh", max_chars=100, identifying=True),
            *contact,
        ),
    )


def _subject(edition: str) -> Section:
    place = (
        Text("nhan_vat_quan_huyen", "Quận, huyện, thị xã nơi nhân vật sống hoặc làm việc", required=True)
        if edition == "2024"
        else Text("nhan_vat_xa_phuong", "Xã, phường nơi nhân vật sống hoặc làm việc", required=True)
    )
    return Section(
        "nhan_vat",
        "Nhân vật được viết",
        (
            Choice(
                "nhan_vat_loai",
                "Viết về",
                required=True,
                options=(Option("ca-nhan", "Một cá nhân"), Option("tap-the", "Một tập thể")),
                facet=True,
            ),
            Text("nhan_vat_ten", "Họ và tên nhân vật, tên tập thể", required=True, max_chars=200),
            PersonRef(
                "nhan_vat_can_bo",
                "Nhân vật trong danh sách cán bộ của trường",
                identifying=True,
                role="subject",
                help="Nếu nhân vật là cán bộ, giáo viên đã có tên trong hệ thống.",
            ),
            Text("nhan_vat_don_vi", "Đơn vị, tổ dân phố của nhân vật", required=True, max_chars=200),
            Text("nhan_vat_dia_chi", "Địa chỉ nhân vật", required=True, max_chars=200),
            place,
            Choice("linh_vuc", "Lĩnh vực", required=True, options=FIELDS_OF_WORK, facet=True),
            Period("nam_hoc", "Năm học có việc làm được kể", required=True),
            YesNo("da_bieu_duong", "Nhân vật đã được biểu dương, khen thưởng về việc làm này", required=True),
            LongText(
                "viec_moi",
                "Việc làm mới kể từ lần biểu dương trước",
                required=True,
                show_if=Equals("da_bieu_duong", "yes"),
                max_words=200,
            ),
        ),
    )


def _entry() -> Section:
    return Section(
        "noi_dung",
        "Bài dự thi",
        (
            Text("ten_bai", "Tên bài", required=True, max_chars=200),
            ENTRY,
        ),
    )


def _press() -> Section:
    press = Equals("la_bao_chi", "yes")
    return Section(
        "bao_chi",
        "Tác phẩm báo chí",
        (
            YesNo("la_bao_chi", "Là tác phẩm báo chí đã đăng, phát", required=True, facet=True),
            Choice(
                "loai_hinh",
                "Loại hình",
                required=True,
                show_if=press,
                options=(
                    Option("bao-in", "Báo in"),
                    Option("bao-dien-tu", "Báo điện tử"),
                    Option("phat-thanh", "Phát thanh"),
                    Option("truyen-hinh", "Truyền hình"),
                ),
            ),
            Text("noi_dang", "Báo, đài, chuyên mục", required=True, show_if=press, max_chars=200, identifying=True),
            Date("ngay_dang", "Ngày đăng, phát", required=True, show_if=press),
            Link("duong_dan", "Đường dẫn tới tác phẩm", show_if=press, identifying=True),
            Number(
                "thoi_luong",
                "Thời lượng (phút)",
                show_if=press,
                minimum=0,
                maximum=60,
                decimals=1,
                help="Chỉ với tác phẩm phát thanh, truyền hình.",
            ),
        ),
    )


def _pledge() -> Section:
    return Section(
        "cam_ket",
        "Cam kết",
        (
            YesNo("nguoi_that", "Tôi cam kết người thật, việc thật, không hư cấu", required=True),
            YesNo("chua_du_thi", "Bài do tác giả viết, chưa gửi dự thi ở cuộc thi khác", required=True),
        ),
    )
