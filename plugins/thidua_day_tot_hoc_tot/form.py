"""What a dossier asks: after the models of reports for persons (mẫu 03) and collectives (mẫu 02)."""

from __future__ import annotations

from thidua.plugin import (
    Choice,
    Date,
    Document,
    Equals,
    Field,
    Link,
    LongText,
    MultiChoice,
    Number,
    Option,
    Percent,
    Period,
    Rows,
    Section,
    Text,
    YesNo,
)

EVIDENCE = (".docx", ".pdf", ".xlsx", ".jpg", ".png", ".txt")

DOCUMENTS = (
    Document(
        "bao_cao",
        "Báo cáo thành tích",
        required=True,
        accept=(".docx", ".pdf"),
        max_mb=20,
        help="Theo mẫu 02 (tập thể) hoặc mẫu 03 (cá nhân), có xác nhận của thủ trưởng đơn vị.",
        identifying=True,
    ),
    Document(
        "minh_chung",
        "Minh chứng",
        accept=EVIDENCE,
        max_mb=25,
        max_files=20,
        help="Quyết định, giấy chứng nhận, bảng thống kê, bài soạn… đặt tên tệp theo nội dung.",
    ),
    Document("anh", "Ảnh hoạt động", accept=(".jpg", ".png"), max_mb=10, max_files=5, identifying=True),
)

RATINGS = (
    Option("htxsnv", "Hoàn thành xuất sắc nhiệm vụ"),
    Option("httnv", "Hoàn thành tốt nhiệm vụ"),
    Option("htnv", "Hoàn thành nhiệm vụ"),
    Option("khtnv", "Không hoàn thành nhiệm vụ"),
)
LEVELS = (
    Option("truong", "Cấp trường"),
    Option("co-so", "Cấp cơ sở"),
    Option("thanh-pho", "Cấp thành phố"),
    Option("toan-quoc", "Toàn quốc"),
)


def _results(label: str) -> Rows:
    return Rows(
        "ket_qua",
        label,
        required=True,
        max_rows=40,
        help="Mỗi dòng là một chỉ tiêu của một năm học, ví dụ: 2024-2025, "
        "tỉ lệ học sinh hoàn thành tốt môn Toán, 85, 91,2.",
        columns=(
            Period("nam_hoc", "Năm học", required=True),
            Text("chi_tieu", "Chỉ tiêu", required=True, max_chars=200),
            Percent("ke_hoach", "Kế hoạch (%)"),
            Percent("thuc_hien", "Thực hiện (%)", required=True),
        ),
    )


def _initiatives() -> tuple[Field, ...]:
    return (
        YesNo("co_sang_kien", "Có sáng kiến, đề tài trong kỳ đề nghị", required=True, facet=True),
        Rows(
            "sang_kien",
            "Sáng kiến, đề tài",
            required=True,
            show_if=Equals("co_sang_kien", "yes"),
            max_rows=10,
            columns=(
                Period("nam_hoc", "Năm học", required=True),
                Text("ten", "Tên sáng kiến, đề tài", required=True, max_chars=300, title=True),
                Choice("cap", "Cấp công nhận", required=True, options=LEVELS),
                Text("so_qd", "Số quyết định", max_chars=60),
                LongText("hieu_qua", "Hiệu quả, phạm vi áp dụng", max_words=80),
            ),
        ),
    )


def _honours() -> tuple[Field, ...]:
    columns: tuple[Field, ...] = (
        Period("nam_hoc", "Năm", of="any", required=True),
        Text("ten", "Danh hiệu, hình thức khen thưởng", required=True, max_chars=200),
        Text("so_qd", "Số quyết định", max_chars=60),
        Date("ngay_qd", "Ngày quyết định"),
        Text("co_quan", "Cơ quan ban hành", max_chars=200),
    )
    return (
        Rows("danh_hieu", "Danh hiệu thi đua", max_rows=20, columns=columns),
        Rows("khen_thuong", "Hình thức khen thưởng", max_rows=20, columns=columns),
    )


def _digital(edition: str) -> tuple[Field, ...]:
    """The field that came with the edition of 2025."""
    if edition == "2023":
        return ()
    return (
        Link(
            "hoc_lieu_so",
            "Đường dẫn học liệu số dùng chung",
            help="Bài giảng, ngân hàng câu hỏi hoặc kho học liệu đã chia sẻ cho đồng nghiệp.",
        ),
    )


def _directly(edition: str) -> tuple[Field, ...]:
    """Plans ask for the share of those who teach and serve: counted since the edition of 2025."""
    if edition == "2023":
        return ()
    return (
        YesNo(
            "lao_dong_truc_tiep",
            "Là người lao động trực tiếp",
            required=True,
            facet=True,
            help="Giáo viên, nhân viên không giữ chức vụ hiệu trưởng, phó hiệu trưởng.",
        ),
    )


def _pledge(who: str) -> Section:
    return Section(
        "xac_nhan",
        "Ý kiến xác nhận, cam kết",
        (
            LongText("y_kien", "Ý kiến của tổ chuyên môn hoặc đoàn thể", max_words=200),
            YesNo(
                "cam_ket",
                f"{who} cam kết nội dung kê khai đúng sự thật",
                required=True,
                help="Chọn “Có” sau khi đã đối chiếu với hồ sơ gốc.",
            ),
        ),
    )


def _achievements(edition: str, words: str, results: str) -> Section:
    return Section(
        "thanh_tich",
        "Thành tích",
        (
            _results(results),
            LongText("thanh_tich", words, required=True, max_words=1500),
            LongText(
                "tom_tat", "Tóm tắt thành tích", required=True, max_words=150, help="In trong danh sách trích ngang."
            ),
            MultiChoice(
                "linh_vuc",
                "Lĩnh vực nổi bật",
                facet=True,
                options=(
                    Option("doi-moi-ppdh", "Đổi mới phương pháp dạy học"),
                    Option("boi-duong-hsg", "Bồi dưỡng học sinh giỏi"),
                    Option("chuyen-doi-so", "Chuyển đổi số"),
                    Option("cong-tac-chu-nhiem", "Công tác chủ nhiệm"),
                    Option("giao-duc-hoa-nhap", "Giáo dục hòa nhập"),
                    Option("hoat-dong-xa-hoi", "Hoạt động xã hội, nhân đạo"),
                ),
            ),
            *_digital(edition),
        ),
    )


def person_form(edition: str) -> tuple[Section, ...]:
    """The form of a person's dossier."""
    about = Section(
        "thong_tin",
        "Thông tin",
        (
            Choice(
                "gioi_tinh",
                "Giới tính",
                required=True,
                identifying=True,
                options=(Option("nu", "Nữ"), Option("nam", "Nam")),
            ),
            Text("dan_toc", "Dân tộc", max_chars=50, identifying=True),
            Text("que_quan", "Quê quán", max_chars=200, identifying=True),
            Text("chuc_vu", "Chức vụ", required=True, max_chars=100, facet=True),
            *_directly(edition),
            Text("mon_day", "Môn dạy, nhiệm vụ được giao", required=True, max_chars=200),
            Text("trinh_do", "Trình độ chuyên môn, nghiệp vụ", required=True, max_chars=200),
            Period("nam_vao_nganh", "Năm vào ngành", of="year", required=True),
        ),
        help="Họ tên, ngày sinh và đơn vị lấy từ danh sách nhân sự.",
    )
    duties = Section(
        "nhiem_vu",
        "Nhiệm vụ và xếp loại",
        (
            LongText("nhiem_vu", "Nhiệm vụ được giao trong kỳ", required=True, max_words=300),
            Choice("xep_loai", "Xếp loại chất lượng năm học", options=RATINGS, facet=True),
            YesNo("chu_nhiem", "Có làm chủ nhiệm lớp", required=True),
            Text("lop", "Lớp chủ nhiệm", required=True, max_chars=30, show_if=Equals("chu_nhiem", "yes")),
            Number("so_hoc_sinh", "Sĩ số lớp chủ nhiệm", minimum=1, maximum=80, show_if=Equals("chu_nhiem", "yes")),
        ),
    )
    return (
        about,
        duties,
        _achievements(edition, "Thành tích trong dạy học và giáo dục", "Kết quả giáo dục học sinh theo năm học"),
        Section("sang_kien", "Sáng kiến, đề tài", _initiatives()),
        Section("khen_thuong", "Danh hiệu, khen thưởng đã đạt", _honours()),
        _pledge("Cá nhân"),
    )


def collective_form(edition: str) -> tuple[Section, ...]:
    """The form of a collective's dossier."""
    about = Section(
        "dac_diem",
        "Đặc điểm, tình hình",
        (
            Choice(
                "loai_tap_the",
                "Loại tập thể",
                required=True,
                facet=True,
                options=(Option("to", "Tổ chuyên môn"), Option("khoi", "Khối lớp"), Option("truong", "Toàn trường")),
            ),
            Number("so_thanh_vien", "Số cán bộ, giáo viên, nhân viên", required=True, minimum=2, maximum=500),
            Number("so_nu", "Trong đó nữ", minimum=0, maximum=500),
            Number("so_dang_vien", "Số đảng viên", minimum=0, maximum=500),
            Number("so_lop", "Số lớp phụ trách", minimum=0, maximum=200),
            Number("so_hoc_sinh", "Số học sinh", minimum=0, maximum=10000),
            LongText("dac_diem", "Thuận lợi, khó khăn, cơ sở vật chất", required=True, max_words=500),
        ),
    )
    duties = Section(
        "nhiem_vu",
        "Chức năng, nhiệm vụ và xếp loại",
        (
            LongText("nhiem_vu", "Chức năng, nhiệm vụ được giao", required=True, max_words=300),
            Choice("xep_loai_tap_the", "Xếp loại tập thể năm học", options=RATINGS, facet=True),
            Number("so_ldtt", "Số cá nhân đạt Lao động tiên tiến", minimum=0, maximum=500),
            Number("so_cstd", "Số cá nhân đạt Chiến sĩ thi đua cơ sở", minimum=0, maximum=500),
        ),
    )
    return (
        about,
        duties,
        _achievements(edition, "Thành tích của tập thể", "Kết quả thực hiện chỉ tiêu theo năm học"),
        Section("sang_kien", "Sáng kiến, đề tài", _initiatives()),
        Section("khen_thuong", "Danh hiệu, khen thưởng đã đạt", _honours()),
        _pledge("Tập thể"),
    )
