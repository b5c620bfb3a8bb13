"""The two editions: what each is called, rests on, asks, scores and reports.

The edition of 2025 follows the move of the schools' oversight to the communes and asks about artificial
intelligence; points, fields and classes that both have are the same.
"""

from __future__ import annotations

from datetime import date

from thidua.plugin import (
    AtLeast,
    Average,
    Basis,
    Campaign,
    Class,
    Column,
    Count,
    Is,
    Judging,
    Originality,
    Param,
    Parameter,
    Report,
    Share,
    Summary,
    Track,
)
from thidua_doi_moi_so.checks import CHECKS_INITIATIVE, CHECKS_SCHOOL
from thidua_doi_moi_so.initiative import DOCUMENTS_INITIATIVE, Edition, initiative_form, initiative_rubric
from thidua_doi_moi_so.sample import sample_initiative, sample_school
from thidua_doi_moi_so.school import CLASSES_SCHOOL, DOCUMENTS_SCHOOL, SCHOOL_RUBRIC, school_form

SLUG = "doi-moi-so"
TITLE = "Đổi mới số trong nhà trường"

_LAW = Basis("06/2022/QH15", date(2022, 6, 15), "Quốc hội")
_INITIATIVES = Basis("13/2012/NĐ-CP", date(2012, 3, 2), "Chính phủ")
_INDEX = Basis("4725/QĐ-BGDĐT", date(2022, 12, 30), "Bộ Giáo dục và Đào tạo")
_COMMUNES = Basis("15/2025/TT-BGDĐT", date(2025, 7, 24), "Bộ Giáo dục và Đào tạo")
BASIS: dict[Edition, tuple[Basis, ...]] = {
    "2023": (_LAW, _INITIATIVES, _INDEX),
    "2025": (_LAW, _INITIATIVES, _INDEX, _COMMUNES),
}

PARAMETERS = (
    Parameter("diem_dat", "Tổng điểm tối thiểu để sáng kiến đạt", default=70, minimum=50, maximum=90),
    Parameter("hieu_qua_dat", "Điểm hiệu quả tối thiểu để sáng kiến đạt", default=15, minimum=10, maximum=25),
    Parameter("chenh_lech", "Chênh lệch điểm cần giám khảo thứ ba", default=10, minimum=5, maximum=20),
    Parameter("giong_ten", "Tên giống nhau từ bao nhiêu phần trăm thì cảnh báo", default=80, minimum=60, maximum=100),
)

CLASSES_INITIATIVE = (
    Class(
        "dat",
        "Đạt",
        (AtLeast("tong", points=Param("diem_dat")), AtLeast("hieu_qua", points=Param("hieu_qua_dat"))),
    ),
    Class("chua_dat", "Chưa đạt"),
)

_LIST = (
    Column("number", "STT"),
    Column("code", "Mã hồ sơ"),
    Column("nominee", "Tác giả chính / Tập thể"),
    Column("unit", "Đơn vị"),
)

REPORTS = (
    Report(
        "ket_qua_sang_kien",
        "Kết quả chấm sáng kiến đổi mới số",
        columns=(
            *_LIST,
            Column("field:ten", "Tên sáng kiến"),
            Column("node:tinh_moi", "Tính mới"),
            Column("node:hieu_qua", "Hiệu quả"),
            Column("node:nhan_rong", "Nhân rộng"),
            Column("node:an_toan", "An toàn dữ liệu"),
            Column("node:minh_chung", "Minh chứng"),
            Column("node:trinh_bay", "Trình bày"),
            Column("total", "Tổng điểm"),
            Column("class", "Kết quả"),
        ),
        tracks=("sang-kien",),
        order=("-total", "unit"),
        summaries=(
            Summary(
                "Kết quả theo lĩnh vực",
                by="field:linh_vuc",
                measures=(
                    Count("Số sáng kiến"),
                    Share("Tỉ lệ đạt (%)", where=(Is("class", "dat"),)),
                    Average("Điểm trung bình"),
                ),
                tracks=("sang-kien",),
                chart="Số sáng kiến",
            ),
        ),
    ),
    Report(
        "tac_gia_sang_kien",
        "Danh sách tác giả, đồng tác giả và tỉ lệ đóng góp",
        columns=(
            *_LIST,
            Column("field:ten", "Tên sáng kiến"),
            Column("field:tac_gia.ho_ten", "Họ và tên"),
            Column("field:tac_gia.ti_le", "Tỉ lệ đóng góp (%)"),
            Column("class", "Kết quả"),
        ),
        tracks=("sang-kien",),
        group_by="unit",
    ),
    Report(
        "muc_do_chuyen_doi_so",
        "Mức độ chuyển đổi số của các trường",
        columns=(
            *_LIST,
            Column("node:day_hoc", "Nhóm 1: Dạy, học"),
            Column("level:day_hoc", "Mức nhóm 1"),
            Column("node:quan_tri", "Nhóm 2: Quản trị"),
            Column("level:quan_tri", "Mức nhóm 2"),
            Column("class", "Mức chung"),
        ),
        tracks=("tu-danh-gia",),
        group_by="class",
        order=("-total", "unit"),
        summaries=(
            Summary(
                "Mức độ chuyển đổi số",
                by="class",
                measures=(
                    Count("Số trường"),
                    Average("Nhóm 1 (trung bình)", "node:day_hoc"),
                    Average("Nhóm 2 (trung bình)", "node:quan_tri"),
                ),
                tracks=("tu-danh-gia",),
                chart="Số trường",
            ),
        ),
    ),
    Report(
        "tu_cham_va_co_quan",
        "Đối chiếu điểm tự chấm của trường và điểm của cơ quan",
        columns=(
            *_LIST,
            Column("self:day_hoc", "Nhóm 1: tự chấm"),
            Column("office:day_hoc", "Nhóm 1: cơ quan"),
            Column("self:quan_tri", "Nhóm 2: tự chấm"),
            Column("office:quan_tri", "Nhóm 2: cơ quan"),
            Column("self:tong", "Chung: tự chấm"),
            Column("office:tong", "Chung: cơ quan"),
        ),
        tracks=("tu-danh-gia",),
        order=("unit",),
    ),
    Report(
        "minh_chung",
        "Danh mục minh chứng",
        columns=(*_LIST, Column("track", "Loại hồ sơ"), Column("evidence", "Tệp minh chứng")),
        group_by="unit",
    ),
)


def _tracks(edition: Edition) -> tuple[Track, ...]:
    initiative = Track(
        "sang-kien",
        "Sáng kiến đổi mới số",
        subject="person",
        help="Giải pháp số của một người hoặc một nhóm tác giả, đã áp dụng trong dạy, học hoặc quản trị. "
        "Hồ sơ đứng tên tác giả chính.",
        form=initiative_form(edition),
        sample=sample_initiative(edition),
        documents=DOCUMENTS_INITIATIVE,
        rubric=initiative_rubric(edition),
        classes=CLASSES_INITIATIVE,
        tie_breaks=("hieu_qua", "tinh_moi", "nhan_rong"),
        judging=Judging(judges=2, gap=Param("chenh_lech"), sheets_visible="after_own"),
        checks=CHECKS_INITIATIVE,
        awards=("GK", "BKT"),
        originality=(Originality("giai_phap", 30),),
    )
    school = Track(
        "tu-danh-gia",
        "Tự đánh giá chuyển đổi số của trường",
        subject="collective",
        help="Nhà trường tự chấm theo hai nhóm tiêu chí, mỗi nhóm 100 điểm; cơ quan quản lý chấm lại bên cạnh.",
        form=school_form(edition),
        sample=sample_school(edition),
        documents=DOCUMENTS_SCHOOL,
        rubric=SCHOOL_RUBRIC,
        classes=CLASSES_SCHOOL,
        self_scored=True,
        checks=CHECKS_SCHOOL,
        awards=("GK",),
    )
    return (initiative, school)


def _edition(edition: Edition) -> Campaign:
    return Campaign(
        SLUG,
        edition,
        TITLE,
        basis=BASIS[edition],
        tracks=_tracks(edition),
        reports=REPORTS,
        parameters=PARAMETERS,
    )


EDITION_2023 = _edition("2023")
EDITION_2025 = _edition("2025")
