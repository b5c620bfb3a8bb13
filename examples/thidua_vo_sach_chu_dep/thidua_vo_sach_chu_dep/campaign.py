"""The edition of 2026: forms, rubric, and what holds them together."""

from datetime import date

from thidua.plugin import (
    Above,
    AtLeast,
    Basis,
    Campaign,
    Choice,
    Class,
    Column,
    Deduction,
    Document,
    Equals,
    Gate,
    Group,
    Item,
    Judging,
    LongText,
    Number,
    Option,
    Parameter,
    Period,
    PersonRef,
    Report,
    Rows,
    Section,
    Text,
    Track,
    YesNo,
)
from thidua_vo_sach_chu_dep.checks import enough_notebooks, part_of_class, year_of_the_call
from thidua_vo_sach_chu_dep.sample import sample_class, sample_pupil

GRADES = tuple(Option(str(grade), f"Khối {grade}") for grade in range(1, 6))
LEVELS = (Option("truong", "Cấp trường"), Option("xa", "Cấp xã, phường"), Option("tinh", "Cấp tỉnh, thành phố"))
PRIZES = (Period("nam", "Năm học", required=True), Choice("cap", "Cấp", required=True, options=LEVELS))

PUPIL = (
    Section(
        "hoc_sinh",
        "Học sinh",
        (
            Text("lop", "Lớp", required=True, max_chars=20, help="Ví dụ: 3A2."),
            Choice("khoi", "Khối", required=True, options=GRADES, facet=True),
            PersonRef("giao_vien", "Giáo viên chủ nhiệm", identifying=True),
        ),
    ),
    Section(
        "chu_viet",
        "Vở và chữ viết",
        (
            Period("ky_xet", "Năm học xét", required=True),
            Number("so_vo", "Số quyển vở dự xét", required=True, minimum=1, maximum=20),
            LongText("cam_nghi", "Em tự viết về việc rèn chữ", required=True, max_words=300),
            YesNo("co_giai", "Đã có giải viết chữ đẹp", required=True),
            Rows("giai", "Các giải", required=True, show_if=Equals("co_giai", "yes"), columns=PRIZES, max_rows=10),
        ),
    ),
)
CLASS = (
    Section(
        "lop",
        "Lớp",
        (
            Choice("khoi", "Khối", required=True, options=GRADES, facet=True),
            Number("si_so", "Sĩ số", required=True, minimum=5, maximum=60),
            Number("so_dat", "Số em đạt Vở sạch – Chữ đẹp", required=True, minimum=0),
            LongText("bien_phap", "Biện pháp rèn chữ, giữ vở", required=True, max_words=600),
        ),
    ),
)
WRITING = Document("bai_viet", "Bài viết dự thi", required=True, accept=(".pdf", ".jpg"), identifying=True)
REPORT_OF_CLASS = Document("bao_cao", "Báo cáo của lớp", required=True)
CLASSES = (
    Class("nhat", "Nhất", (AtLeast("tong", points=18), AtLeast("chu", percent=80))),
    Class("nhi", "Nhì", (Above("tong", points=15),)),
    Class("khong_xep", "Không xếp giải"),
)


def rubric(seen: str) -> Group:
    """Twenty points over what a scorer looks at (``seen``)."""
    spelling = Item("chu_chinh_ta", "Đúng chính tả", max=4, step="0.25", gate=1, guide="Dưới 1 điểm: không xếp giải.")
    shape = Item("chu_net", "Đúng mẫu, nét đều", max=6, step="0.25", evidence=(seen,))
    clean = Item("vo_sach", "Sạch, đủ bài, không quăn mép", max=10, step="0.5")
    own = Gate("vo_that", "Vở do chính học sinh viết")
    areas = (Group("chu", "Chữ đẹp", (shape, spelling), max=10), Group("vo", "Vở sạch", (clean, own), max=10))
    late = Group("tru", "Điểm trừ", (Deduction("tru_muon", "Nộp bài muộn", max=2, step="0.5"),))
    return Group("tong", "Tổng điểm", (*areas, late), floor=0, max=20)


SUMMARY = Report(
    "tong_hop",
    "Bảng tổng hợp Vở sạch – Chữ đẹp",
    order=("-total", "unit"),
    columns=(
        Column("number", "STT"),
        Column("nominee", "Học sinh / Lớp"),
        Column("unit", "Trường"),
        Column("field:khoi", "Khối"),
        Column("node:chu", "Chữ"),
        Column("total", "Tổng"),
        Column("class", "Giải"),
    ),
)

EDITION_2026 = Campaign(
    "vo-sach-chu-dep",
    "2026",
    "Vở sạch – Chữ đẹp",
    basis=(Basis("31/2002/QĐ-BGD&ĐT", date(2002, 6, 14), "Bộ Giáo dục và Đào tạo"),),
    tracks=(
        Track(
            "hoc-sinh",
            "Học sinh",
            subject="person",
            form=PUPIL,
            documents=(WRITING,),
            sample=sample_pupil,
            rubric=rubric("bai_viet"),
            classes=CLASSES,
            tie_breaks=("chu", "vo"),
            judging=Judging(judges=2, gap=3, blind=True),
            checks=(year_of_the_call, enough_notebooks),
        ),
        Track(
            "lop",
            "Lớp",
            subject="collective",
            form=CLASS,
            documents=(REPORT_OF_CLASS,),
            sample=sample_class,
            rubric=rubric("bien_phap"),
            classes=CLASSES,
            checks=(part_of_class,),
        ),
    ),
    reports=(SUMMARY,),
    parameters=(Parameter("so_vo_it_nhat", "Số vở ít nhất", default=2, minimum=1, maximum=10),),
)
