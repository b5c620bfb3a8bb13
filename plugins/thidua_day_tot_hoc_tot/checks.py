"""Checks of a whole dossier. They read snapshots and say what is wrong; they change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from thidua.plugin import Check, DossierSnapshot, Past, PeriodValue, Problem, RowValue

LAW_TITLES = "Luật Thi đua, khen thưởng 06/2022/QH15, Điều 28"
MORE_THAN_HALF = Decimal("0.5")
"""A progressive collective has more than this share of members who are progressive workers."""

DEFAULT_YEARS = Decimal(5)


def not_twice(dossier: DossierSnapshot, past: Past) -> Iterator[Problem]:
    """One dossier per person and call, among all that the unit may know of."""
    for nominee in dossier.nominees:
        for other in past.dossiers(dossier.slug, person=nominee.id):
            if other.call == dossier.call and other.track == dossier.track:
                yield Problem(
                    "",
                    f"{nominee.name} đã có hồ sơ {other.code} trong cùng đợt này ({other.unit.name}, {other.state}). "
                    "Hãy tiếp tục hồ sơ đó hoặc rút một trong hai hồ sơ.",
                )


def collective_not_twice(dossier: DossierSnapshot, past: Past) -> Iterator[Problem]:
    """One dossier per collective of a unit and call: collectives are told apart by name."""
    names = {nominee.name.casefold() for nominee in dossier.nominees}
    for other in past.dossiers(dossier.slug, unit=dossier.unit.id):
        same = names & {nominee.name.casefold() for nominee in other.nominees}
        if other.call == dossier.call and other.track == dossier.track and same:
            yield Problem(
                "",
                f"Tập thể này đã có hồ sơ {other.code} trong cùng đợt ({other.state}). "
                "Hãy tiếp tục hồ sơ đó hoặc rút một trong hai hồ sơ.",
            )


def years_in_period(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """Results and initiatives lie in the years that count: the call's year and those before it."""
    last = dossier.call_period.start
    first = last - int(dossier.parameters.get("so_nam", DEFAULT_YEARS)) + 1
    for table, label in (("ket_qua", "Kết quả"), ("sang_kien", "Sáng kiến")):
        for index, row in enumerate(dossier.rows(table)):
            year = _year(row, "nam_hoc")
            if year is not None and not first <= year.start <= last:
                yield Problem(
                    f"{table}.{index}.nam_hoc",
                    f"{label}, dòng {index + 1}: năm học {year} nằm ngoài kỳ xét "
                    f"({first}-{first + 1} đến {last}-{last + 1}). Hãy bỏ dòng này hoặc sửa năm học.",
                )


def call_year_reported(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """The results show the year for which the award is asked."""
    rows = dossier.rows("ket_qua")
    years = [_year(row, "nam_hoc") for row in rows]
    # A call of a calendar year is answered by the school year that begins in it.
    if rows and all(year is None or year.start != dossier.call_period.start for year in years):
        yield Problem(
            "ket_qua",
            f"Bảng kết quả chưa có số liệu của {dossier.call_period.label}. Hãy thêm ít nhất một dòng của năm này.",
            "warning",
        )


def decisions_dated(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """A decision is not signed before the year it honours begins."""
    for table, label in (("danh_hieu", "Danh hiệu thi đua"), ("khen_thuong", "Hình thức khen thưởng")):
        for index, row in enumerate(dossier.rows(table)):
            year, signed = _year(row, "nam_hoc"), row.get("ngay_qd")
            if year is not None and isinstance(signed, date) and signed.year < year.start:
                yield Problem(
                    f"{table}.{index}.ngay_qd",
                    f"{label}, dòng {index + 1}: quyết định ký năm {signed.year}, trước {year.label}. "
                    "Hãy đối chiếu lại quyết định.",
                )


def joined_in_time(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """Nobody joined the sector after the year that is judged."""
    joined = dossier.answers.get("nam_vao_nganh")
    if isinstance(joined, PeriodValue) and joined.start > _last_year(dossier.call_period):
        yield Problem(
            "nam_vao_nganh",
            f"Năm vào ngành {joined} sau {dossier.call_period.label}. Hãy xem lại năm vào ngành.",
        )


def rated(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """The rating may come later, but a failing one ends it."""
    key = "xep_loai" if dossier.track == "ca-nhan" else "xep_loai_tap_the"
    rating = dossier.text(key)
    if not rating:
        yield Problem(
            key,
            "Chưa có kết quả xếp loại năm học; cơ quan thẩm định có thể trả lại hồ sơ. "
            "Hãy bổ sung khi có quyết định xếp loại.",
            "warning",
        )
    elif rating == "khtnv":
        yield Problem(
            key, "Xếp loại “Không hoàn thành nhiệm vụ” không đủ điều kiện đề nghị. Hãy kiểm tra lại kết quả xếp loại."
        )


def pledged(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """Without the pledge nothing is filed."""
    if dossier.answers.get("cam_ket") is False:
        yield Problem("cam_ket", "Chưa cam kết nội dung kê khai đúng sự thật. Hãy đối chiếu hồ sơ gốc rồi chọn “Có”.")


def members_add_up(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """No part of a collective is larger than the whole."""
    total = dossier.number("so_thanh_vien")
    parts = {
        "so_nu": "Số nữ",
        "so_dang_vien": "Số đảng viên",
        "so_ldtt": "Số Lao động tiên tiến",
        "so_cstd": "Số Chiến sĩ thi đua cơ sở",
    }
    for key, label in parts.items():
        part = dossier.number(key)
        if total is not None and part is not None and part > total:
            yield Problem(
                key, f"{label} ({part}) lớn hơn số cán bộ, giáo viên, nhân viên ({total}). Hãy kiểm tra lại số liệu."
            )
    progressive, fighters = dossier.number("so_ldtt"), dossier.number("so_cstd")
    if progressive is not None and fighters is not None and fighters > progressive:
        yield Problem(
            "so_cstd",
            f"Số Chiến sĩ thi đua cơ sở ({fighters}) lớn hơn số Lao động tiên tiến ({progressive}). "
            "Hãy kiểm tra lại số liệu.",
        )


def enough_progressive(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """More than half of the members are progressive workers: said early, decided by the office."""
    total, progressive = dossier.number("so_thanh_vien"), dossier.number("so_ldtt")
    if total and progressive is not None and progressive <= total * MORE_THAN_HALF:
        yield Problem(
            "so_ldtt",
            f"{progressive}/{total} cá nhân đạt Lao động tiên tiến, chưa quá 50 %. "
            "Hãy kiểm tra lại điều kiện của Tập thể lao động tiên tiến.",
            "warning",
            LAW_TITLES,
        )


def _last_year(period: PeriodValue) -> int:
    """The calendar year in which a period ends."""
    return period.start + (period.kind == "school_year")


def _year(row: RowValue, key: str) -> PeriodValue | None:
    value = row.get(key)
    return value if isinstance(value, PeriodValue) else None


_SHARED: tuple[Check, ...] = (years_in_period, call_year_reported, decisions_dated, rated, pledged)
CHECKS_PERSON: tuple[Check, ...] = (not_twice, joined_in_time, *_SHARED)
CHECKS_COLLECTIVE: tuple[Check, ...] = (collective_not_twice, members_add_up, enough_progressive, *_SHARED)
