"""The two editions: what each is called, rests on, asks, scores and reports."""

from __future__ import annotations

from datetime import date
from typing import Literal

from thidua.plugin import (
    Average,
    Basis,
    Campaign,
    Column,
    Count,
    EachClass,
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
from thidua_day_tot_hoc_tot.checks import CHECKS_COLLECTIVE, CHECKS_PERSON
from thidua_day_tot_hoc_tot.form import DOCUMENTS, collective_form, person_form
from thidua_day_tot_hoc_tot.rubric import CLASSES, TIE_BREAKS, rubric
from thidua_day_tot_hoc_tot.sample import sample_collective, sample_person

SLUG = "day-tot-hoc-tot"
TITLE = "Dạy tốt – Học tốt"
Edition = Literal["2023", "2025"]

_LAW = Basis("06/2022/QH15", date(2022, 6, 15), "Quốc hội")
_GUIDE = Basis("3282/BGDĐT-TĐKT", date(2017, 7, 28), "Bộ Giáo dục và Đào tạo")
BASIS = {
    "2023": (_LAW, _GUIDE, Basis("98/2023/NĐ-CP", date(2023, 12, 31), "Chính phủ")),
    "2025": (_LAW, _GUIDE, Basis("152/2025/NĐ-CP", date(2025, 6, 14), "Chính phủ")),
}

JUDGING = Judging(judges=2, gap=Param("chenh_lech"), sheets_visible="after_own")

PARAMETERS = (
    Parameter("chenh_lech", "Chênh lệch điểm cần giám khảo thứ ba", default=10, minimum=5, maximum=20),
    Parameter("so_nam", "Số năm học được kê thành tích", default=5, minimum=1, maximum=10),
)

_LIST = (
    Column("number", "STT"),
    Column("code", "Mã hồ sơ"),
    Column("nominee", "Họ và tên / Tập thể"),
    Column("unit", "Đơn vị"),
)
_SCORES = (
    Column("node:a", "A"),
    Column("node:b", "B"),
    Column("node:c", "C"),
    Column("node:d", "D"),
    Column("node:e", "E"),
    Column("node:thuong", "Thưởng"),
    Column("node:tru", "Trừ"),
    Column("total", "Tổng điểm"),
    Column("class", "Xếp loại"),
)

_SMALL = Is("field:loai_tap_the", "to", others=("khoi",))
_DIRECT = Is("field:lao_dong_truc_tiep", "yes")
_REWARDED = Is("class", "xuat_sac", others=("tot",))
_COLLECTIVES = Summary(
    "Tập thể nhỏ theo trường",
    by="unit",
    tracks=("tap-the",),
    measures=(
        Count("Số tập thể"),
        Count("Tập thể nhỏ", where=(_SMALL,)),
        Share("Tỷ lệ tập thể nhỏ (%)", where=(_SMALL,)),
        Share("Trong tập thể xếp loại Tốt trở lên (%)", where=(_SMALL,), of=(_REWARDED,)),
    ),
    chart="Tỷ lệ tập thể nhỏ (%)",
)
_WORKERS = Summary(
    "Người lao động trực tiếp theo trường",
    by="unit",
    tracks=("ca-nhan",),
    measures=(
        Count("Số cá nhân"),
        Count("Lao động trực tiếp", where=(_DIRECT,)),
        Share("Tỷ lệ lao động trực tiếp (%)", where=(_DIRECT,)),
        Share("Trong cá nhân xếp loại Tốt trở lên (%)", where=(_DIRECT,), of=(_REWARDED,)),
    ),
    chart="Tỷ lệ lao động trực tiếp (%)",
)
_STATISTICS = (
    Summary(
        "Theo trường",
        by="unit",
        measures=(Count("Số hồ sơ"), EachClass(), Average("Điểm bình quân")),
        chart="Số hồ sơ",
    ),
    Summary("Theo lĩnh vực nổi bật", by="field:linh_vuc", measures=(Count("Số hồ sơ"), EachClass()), chart="Số hồ sơ"),
    Summary(
        "Theo xếp loại",
        by="class",
        measures=(
            Count("Số hồ sơ"),
            Count("Cá nhân", where=(Is("track", "ca-nhan"),)),
            Count("Tập thể", where=(Is("track", "tap-the"),)),
        ),
        chart="Số hồ sơ",
    ),
)
_STATISTICS_TITLE = "Thống kê kết quả phong trào Dạy tốt – Học tốt theo trường, lĩnh vực và xếp loại"
STATISTICS = {
    "2023": Report("thong_ke", _STATISTICS_TITLE, summaries=(*_STATISTICS, _COLLECTIVES)),
    "2025": Report("thong_ke", _STATISTICS_TITLE, summaries=(*_STATISTICS, _COLLECTIVES, _WORKERS)),
}

REPORTS = (
    Report(
        "tong_hop",
        "Bảng tổng hợp kết quả phong trào Dạy tốt – Học tốt",
        columns=(*_LIST, *_SCORES),
        order=("-total", "unit"),
    ),
    Report(
        "trich_ngang_ca_nhan",
        "Danh sách trích ngang cá nhân đề nghị khen thưởng",
        columns=(
            *_LIST,
            Column("field:chuc_vu", "Chức vụ"),
            Column("field:mon_day", "Môn dạy, nhiệm vụ"),
            Column("field:xep_loai", "Xếp loại năm học"),
            Column("field:tom_tat", "Tóm tắt thành tích"),
        ),
        tracks=("ca-nhan",),
        group_by="unit",
    ),
    Report(
        "trich_ngang_tap_the",
        "Danh sách trích ngang tập thể đề nghị khen thưởng",
        columns=(
            *_LIST,
            Column("field:so_thanh_vien", "Số thành viên"),
            Column("field:xep_loai_tap_the", "Xếp loại năm học"),
            Column("field:tom_tat", "Tóm tắt thành tích"),
        ),
        tracks=("tap-the",),
        group_by="unit",
    ),
)


def _tracks(edition: Edition) -> tuple[Track, ...]:
    person = Track(
        "ca-nhan",
        "Cá nhân",
        subject="person",
        help="Nhà giáo, cán bộ quản lý, nhân viên có thành tích trong dạy và học.",
        form=person_form(edition),
        sample=sample_person(edition),
        documents=DOCUMENTS,
        rubric=rubric(edition),
        classes=CLASSES,
        tie_breaks=TIE_BREAKS,
        judging=JUDGING,
        checks=CHECKS_PERSON,
        awards=("GK", "BKT"),
        originality=(Originality("thanh_tich", 40),),
    )
    collective = Track(
        "tap-the",
        "Tập thể",
        subject="collective",
        help="Tổ chuyên môn, khối lớp hoặc toàn trường.",
        form=collective_form(edition),
        sample=sample_collective(edition),
        documents=DOCUMENTS,
        rubric=rubric(edition),
        classes=CLASSES,
        tie_breaks=TIE_BREAKS,
        judging=JUDGING,
        checks=CHECKS_COLLECTIVE,
        awards=("GK", "BKT"),
        originality=(Originality("thanh_tich", 40),),
    )
    return (person, collective)


def _edition(edition: Edition) -> Campaign:
    return Campaign(
        SLUG,
        edition,
        TITLE,
        basis=BASIS[edition],
        tracks=_tracks(edition),
        reports=(STATISTICS[edition], *REPORTS),
        parameters=PARAMETERS,
    )


EDITION_2023 = _edition("2023")
EDITION_2025 = _edition("2025")
