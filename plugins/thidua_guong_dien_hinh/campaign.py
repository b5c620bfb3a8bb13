"""The two editions: what each is called, rests on, asks, scores, gives and reports.

The organisers' plan is numbered 05/KH-BTC in 2024 and again in 2025: a number alone is no key, so each
edition quotes number, day and issuer, and the later one, whose plan bears no day that we know, the law.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from thidua.plugin import (
    Average,
    Basis,
    Campaign,
    Column,
    Count,
    EachPrize,
    Is,
    Judging,
    Originality,
    Param,
    Parameter,
    Report,
    Summary,
    Track,
)
from thidua_guong_dien_hinh import rubric
from thidua_guong_dien_hinh.checks import COLLECTIVE_CHECKS, ENTRY_CHECKS
from thidua_guong_dien_hinh.form import COLLECTIVE_DOCUMENTS, ENTRY_DOCUMENTS, collective_form, entry_form
from thidua_guong_dien_hinh.sample import sample_collective, sample_entry

SLUG = "guong-dien-hinh"
TITLE = "Viết về gương điển hình tiên tiến, người tốt, việc tốt"
Edition = Literal["2024", "2025"]

_LAW = Basis("06/2022/QH15", date(2022, 6, 15), "Quốc hội")
BASIS = {
    "2024": (_LAW, Basis("05/KH-BTC", date(2023, 8, 30), "Ban Tổ chức cuộc thi")),
    "2025": (_LAW, Basis("152/2025/NĐ-CP", date(2025, 6, 14), "Chính phủ")),
}
WORDS = {"2024": 1500, "2025": 2000}


def _parameters(edition: Edition) -> tuple[Parameter, ...]:
    return (
        Parameter("so_tu", "Số chữ nhiều nhất của bài viết", default=WORDS[edition], minimum=500, maximum=5000),
        Parameter(
            "phut_phat_song",
            "Số phút nhiều nhất khi phát thanh, truyền hình",
            default=7,
            minimum=1,
            maximum=60,
        ),
        Parameter("chenh_lech", "Chênh lệch điểm cần giám khảo thứ ba", default=15, minimum=5, maximum=30),
        Parameter("diem_xet_giai", "Điểm thấp nhất để xếp giải", default=60, minimum=50, maximum=90),
        Parameter("so_nhat", "Số giải Nhất", default=1, minimum=0, maximum=20),
        Parameter("so_nhi", "Số giải Nhì", default=2, minimum=0, maximum=40),
        Parameter("so_ba", "Số giải Ba", default=3, minimum=0, maximum=60),
        Parameter("so_khuyen_khich", "Số giải Khuyến khích", default=5, minimum=0, maximum=100),
        Parameter("so_tap_the", "Số giải tập thể", default=3, minimum=0, maximum=50),
        Parameter("so_bai_it_nhat", "Số bài ít nhất của đơn vị xét giải tập thể", default=3, minimum=1, maximum=200),
    )


_LIST = (Column("number", "STT"), Column("code", "Mã hồ sơ"))
_ENTRY = (
    Column("nominee", "Tác giả"),
    Column("unit", "Đơn vị"),
    Column("field:ten_bai", "Tên bài"),
    Column("field:nhan_vat_ten", "Nhân vật"),
)
_SCORES = (
    Column("node:chan_thuc", "Chân thực"),
    Column("node:phat_hien", "Phát hiện"),
    Column("node:lan_toa", "Lan tỏa"),
    Column("node:bo_cuc", "Bố cục"),
    Column("node:chinh_ta", "Chính tả"),
    Column("node:anh_tu_lieu", "Ảnh"),
    Column("total", "Tổng điểm"),
    Column("prize", "Giải"),
)
_WON = Is("prize", "*")
_BY_SCHOOL = Summary(
    "Số bài và giải theo đơn vị",
    by="unit",
    tracks=("bai-viet",),
    measures=(Count("Số bài"), Count("Đạt giải", where=(_WON,)), EachPrize(), Average("Điểm bình quân")),
    chart="Số bài",
)
SIGNERS = ("THƯ KÝ", "TRƯỞNG BAN GIÁM KHẢO", "TRƯỞNG BAN TỔ CHỨC")
REPORTS = (
    Report(
        "xep_hang",
        "Bảng xếp hạng bài dự thi",
        columns=(*_LIST, *_ENTRY, *_SCORES),
        tracks=("bai-viet",),
        order=("-total", "-node:lan_toa", "-node:chan_thuc", "unit"),
        signers=SIGNERS,
    ),
    Report(
        "danh_sach_giai",
        "Danh sách bài dự thi đạt giải",
        columns=(*_LIST, *_ENTRY, Column("field:nhan_vat_don_vi", "Đơn vị của nhân vật"), Column("prize", "Giải")),
        tracks=("bai-viet",),
        only=(_WON,),
        group_by="prize",
        order=("-total", "unit"),
        signers=SIGNERS,
    ),
    Report(
        "theo_don_vi",
        "Thống kê bài dự thi theo đơn vị",
        columns=(
            *_LIST,
            *_ENTRY,
            Column("field:linh_vuc", "Lĩnh vực"),
            Column("state", "Trạng thái"),
            Column("total", "Tổng điểm"),
            Column("prize", "Giải"),
        ),
        tracks=("bai-viet",),
        group_by="unit",
        order=("unit", "-total"),
        summaries=(_BY_SCHOOL,),
        signers=SIGNERS,
    ),
    Report(
        "tap_the",
        "Danh sách tập thể tham gia cuộc thi",
        columns=(
            *_LIST,
            Column("nominee", "Tập thể"),
            Column("unit", "Đơn vị"),
            Column("field:so_bai", "Số bài"),
            Column("field:so_nguoi", "Số người tham gia"),
            Column("total", "Tổng điểm"),
            Column("class", "Xếp loại"),
            Column("prize", "Giải"),
        ),
        tracks=("tap-the",),
        order=("-total", "unit"),
        signers=SIGNERS,
    ),
)


def _tracks(edition: Edition) -> tuple[Track, ...]:
    entry = Track(
        "bai-viet",
        "Bài dự thi",
        subject="person",
        help="Một tác giả hoặc người đại diện của nhóm tác giả; bài viết hoặc tác phẩm báo chí.",
        form=entry_form(edition),
        sample=sample_entry(edition),
        documents=ENTRY_DOCUMENTS,
        rubric=rubric.ENTRY,
        classes=rubric.ENTRY_CLASSES,
        tie_breaks=rubric.TIE_BREAKS,
        judging=Judging(judges=2, blind=True, gap=Param("chenh_lech"), sheets_visible="never"),
        prizes=rubric.ENTRY_PRIZES,
        checks=ENTRY_CHECKS,
        originality=(Originality("bai_viet", 30), Originality("tep_bai", 30)),
    )
    collective = Track(
        "tap-the",
        "Tập thể tham gia",
        subject="collective",
        help="Trường tổ chức cho nhiều người dự thi, đề nghị xét giải tập thể.",
        form=collective_form(),
        sample=sample_collective,
        documents=COLLECTIVE_DOCUMENTS,
        rubric=rubric.COLLECTIVE,
        classes=rubric.COLLECTIVE_CLASSES,
        tie_breaks=rubric.COLLECTIVE_TIE_BREAKS,
        judging=Judging(judges=2, gap=Param("chenh_lech"), sheets_visible="after_own"),
        prizes=rubric.COLLECTIVE_PRIZES,
        checks=COLLECTIVE_CHECKS,
    )
    return (entry, collective)


def _edition(edition: Edition) -> Campaign:
    return Campaign(
        SLUG,
        edition,
        TITLE,
        basis=BASIS[edition],
        tracks=_tracks(edition),
        reports=REPORTS,
        parameters=_parameters(edition),
    )


EDITION_2024 = _edition("2024")
EDITION_2025 = _edition("2025")
