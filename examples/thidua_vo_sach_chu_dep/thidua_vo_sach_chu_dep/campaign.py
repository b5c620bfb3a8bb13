"""The edition of 2026: form, rubric, report, and what holds them together."""

from datetime import date

import thidua.plugin as td
from thidua_vo_sach_chu_dep.checks import enough_notebooks, year_of_the_call
from thidua_vo_sach_chu_dep.papers import with_certificates
from thidua_vo_sach_chu_dep.sample import sample_pupil

GRADES = tuple(td.Option(str(grade), f"Khối {grade}") for grade in range(1, 6))
LEVELS = (td.Option("truong", "Cấp trường"), td.Option("xa", "Cấp xã, phường"), td.Option("tinh", "Cấp tỉnh"))
PRIZES = (td.Period("nam", "Năm học", required=True), td.Choice("cap", "Cấp", required=True, options=LEVELS))
PUPIL = (
    td.Text("lop", "Lớp", required=True, max_chars=20, help="Ví dụ: 3A2."),
    td.Choice("khoi", "Khối", required=True, options=GRADES, facet=True),
    td.PersonRef("giao_vien", "Giáo viên chủ nhiệm", identifying=True),
)
WRITING = (
    td.Period("ky_xet", "Năm học xét", required=True),
    td.Number("so_vo", "Số quyển vở dự xét", required=True, minimum=1, maximum=20),
    td.LongText("cam_nghi", "Em tự viết về việc rèn chữ", required=True, max_words=300),
    td.YesNo("co_giai", "Đã có giải viết chữ đẹp", required=True),
    td.Rows("giai", "Các giải", required=True, show_if=td.Equals("co_giai", "yes"), columns=PRIZES, max_rows=10),
)
FORM = (td.Section("hoc_sinh", "Học sinh", PUPIL), td.Section("chu_viet", "Vở và chữ viết", WRITING))
PAPER = td.Document("bai_viet", "Bài viết dự thi", required=True, accept=(".pdf", ".jpg"), identifying=True)
SHAPE = td.Item("chu_net", "Đúng mẫu, nét đều", max=6, step="0.25", evidence=("bai_viet",))
SPELLING = td.Item("chu_chinh_ta", "Đúng chính tả", max=4, step="0.25", gate=1, guide="Dưới 1 điểm: không xếp giải.")
CLEAN = td.Item("vo_sach", "Sạch, đủ bài, không quăn mép", max=10, step="0.5")
OWN = td.Gate("vo_that", "Vở do chính học sinh viết")
AREAS = (
    td.Group("chu", "Chữ đẹp", (SHAPE, SPELLING), max=10),
    td.Group("vo", "Vở sạch", (CLEAN, OWN), max=10),
    td.Group("tru", "Điểm trừ", (td.Deduction("tru_muon", "Nộp bài muộn", max=2, step="0.5"),)),
)
RUBRIC = td.Group("tong", "Tổng điểm", AREAS, floor=0, max=20)
CLASSES = (
    td.Class("nhat", "Nhất", (td.AtLeast("tong", points=18), td.AtLeast("chu", percent=90))),
    td.Class("nhi", "Nhì", (td.Above("tong", points=15),)),
    td.Class("khong_xep", "Không xếp giải"),
)
SUMMARY = td.Report(
    "tong_hop",
    "Bảng tổng hợp Vở sạch – Chữ đẹp",
    columns=(
        td.Column("number", "STT"),
        td.Column("nominee", "Học sinh"),
        td.Column("unit", "Trường"),
        td.Column("field:khoi", "Khối"),
        td.Column("node:chu", "Chữ"),
        td.Column("total", "Tổng"),
        td.Column("class", "Giải"),
    ),
    order=("-total", "unit"),
    build=with_certificates,
)
PUPILS = td.Track(
    "hoc-sinh",
    "Học sinh",
    subject="person",
    form=FORM,
    documents=(PAPER,),
    sample=sample_pupil,
    rubric=RUBRIC,
    classes=CLASSES,
    tie_breaks=("chu", "vo"),
    judging=td.Judging(judges=2, gap=td.Param("chenh_lech"), blind=True),
    checks=(year_of_the_call, enough_notebooks),
)
NOTEBOOKS = td.Parameter("so_vo_it_nhat", "Số vở ít nhất", default=2, minimum=1, maximum=10)
GAP = td.Parameter("chenh_lech", "Chênh lệch điểm cần giám khảo thứ ba", default=3, minimum=1, maximum=5)
EDITION_2026 = td.Campaign(
    "vo-sach-chu-dep",
    "2026",
    "Vở sạch – Chữ đẹp",
    basis=(td.Basis("31/2002/QĐ-BGD&ĐT", date(2002, 6, 14), "Bộ Giáo dục và Đào tạo"),),
    tracks=(PUPILS,),
    reports=(SUMMARY,),
    parameters=(NOTEBOOKS, GAP),
)
