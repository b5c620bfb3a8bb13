"""Checks of a whole dossier. They read snapshots and say what is wrong; they change nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from thidua.plugin import Check, DossierSnapshot, Past, PeriodValue, Problem, Ref

NEARLY = Decimal(80)
WHOLE = Decimal(100)
_SHORTENED = re.compile(r"\.|^\S+$")


def not_twice(dossier: DossierSnapshot, past: Past) -> Iterator[Problem]:
    """One achievement, one reward: no title that was filed before, in whatever campaign."""
    least = int(dossier.parameters.get("giong_ten", NEARLY))
    for found in past.titled(dossier.text("ten"), least=least):
        other = found.dossier
        how = "trùng" if found.percent == 100 else f"giống {found.percent} %"
        who = ", ".join(nominee.name for nominee in other.nominees)
        yield Problem(
            "ten",
            f"Tên sáng kiến {how} với hồ sơ {other.code} của {who} ({other.unit.name}, {other.call_period.label}, "
            f"{other.state}). Một thành tích chỉ được khen một lần: hãy đổi nội dung hoặc rút một trong hai hồ sơ; "
            "nếu đây là phần phát triển mới, hãy nói rõ ở mục Tính mới.",
            "warning",
        )


def shares_add_up(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """The authors' shares are all above 0 and come to 100."""
    shares = [row.get("ti_le") for row in dossier.rows("tac_gia")]
    given = [share for share in shares if isinstance(share, Decimal)]
    for index, share in enumerate(shares):
        if isinstance(share, Decimal) and share <= 0:
            yield Problem(
                f"tac_gia.{index}.ti_le",
                f"Tác giả, dòng {index + 1}: tỉ lệ đóng góp là {_show(share)} %. "
                "Hãy ghi số lớn hơn 0, hoặc bỏ dòng này.",
            )
    total = sum(given, Decimal(0))
    if given and len(given) == len(shares) and total != WHOLE:
        more = f"thiếu {_show(WHOLE - total)}" if total < WHOLE else f"thừa {_show(total - WHOLE)}"
        yield Problem(
            "tac_gia",
            f"Tỉ lệ đóng góp của {len(given)} tác giả cộng lại là {_show(total)} %, {more} %. "
            "Hãy sửa để tổng đúng 100 %.",
        )


def main_author_first(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """The nominee is the first of the authors; names are written out, because certificates are printed from them."""
    authors = [row.get("ho_ten") for row in dossier.rows("tac_gia")]
    names = [author.name if isinstance(author, Ref) else "" for author in authors]
    for nominee in dossier.nominees:
        if authors and not _same(authors[0], nominee):
            yield Problem(
                "tac_gia.0.ho_ten",
                f"Dòng đầu của bảng tác giả là “{names[0]}”, hồ sơ đứng tên {nominee.name}. "
                "Hãy ghi tác giả chính ở dòng đầu.",
                "warning",
            )
    for index, name in enumerate(names):
        if name and _SHORTENED.search(name):
            yield Problem(
                f"tac_gia.{index}.ho_ten",
                f"Tác giả, dòng {index + 1}: “{name}” chưa phải họ tên đầy đủ. "
                "Hãy ghi như trên giấy khai sinh; giấy chứng nhận in theo tên này.",
            )


def figures_move(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """An effect shows in at least one figure."""
    rows = dossier.rows("so_lieu")
    if rows and all(row.get("truoc") == row.get("sau") for row in rows):
        yield Problem(
            "so_lieu",
            "Mọi số liệu trước và sau đều bằng nhau nên chưa thấy hiệu quả. Hãy kiểm tra lại hai cột Trước và Sau.",
            "warning",
        )


def data_agreed(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """Personal data is used with consent, software with a right to it."""
    if dossier.answers.get("da_dong_y") is False:
        yield Problem(
            "da_dong_y",
            "Sáng kiến dùng dữ liệu cá nhân khi chưa được đồng ý thì không đủ điều kiện. "
            "Hãy lấy ý kiến đồng ý, hoặc bỏ dữ liệu cá nhân khỏi giải pháp.",
            "error",
            "Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15" if dossier.edition != "2023" else "Nghị định 13/2023/NĐ-CP",
        )
    if dossier.answers.get("dung_quyen") is False:
        yield Problem(
            "dung_quyen",
            "Phần mềm, học liệu chưa đúng bản quyền thì không đủ điều kiện. Hãy thay bằng bản được phép dùng.",
        )


def evidence_given(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """Evidence is a link or a file, one at least."""
    if not dossier.rows("lien_ket") and not dossier.documents.get("minh_chung"):
        yield Problem(
            "lien_ket",
            "Chưa có minh chứng dùng thật. Hãy thêm ít nhất một liên kết ở đây hoặc một tệp ở Minh chứng dùng thật.",
        )


def applied_in_time(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """What is judged was in use before the period of the call ended."""
    since, last = dossier.answers.get("ngay_ap_dung"), _last_year(dossier.call_period)
    if isinstance(since, date) and since.year > last:
        yield Problem(
            "ngay_ap_dung",
            f"Ngày áp dụng {since:%d/%m/%Y} sau {dossier.call_period.label}. "
            "Hãy sửa ngày, hoặc để sáng kiến sang đợt sau.",
        )


def call_year_meant(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """The year that is told of is the one that is judged, or lies before it."""
    year = dossier.answers.get("nam_hoc")
    if isinstance(year, PeriodValue) and year.start > dossier.call_period.start:
        yield Problem(
            "nam_hoc", f"{year.label.capitalize()} sau kì xét {dossier.call_period.label}. Hãy sửa lại năm học."
        )


def pledged(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """Without the pledge nothing is filed."""
    if dossier.answers.get("cam_ket") is False:
        yield Problem("cam_ket", "Chưa cam kết nội dung kê khai đúng sự thật. Hãy đối chiếu hồ sơ gốc rồi chọn “Có”.")


def once_a_call(dossier: DossierSnapshot, past: Past) -> Iterator[Problem]:
    """A school assesses itself once in a call."""
    for other in past.dossiers(dossier.slug, unit=dossier.unit.id):
        if other.call == dossier.call and other.track == dossier.track:
            yield Problem(
                "",
                f"Trường đã có phiếu tự đánh giá {other.code} trong cùng đợt này ({other.state}). "
                "Hãy tiếp tục hồ sơ đó hoặc rút một trong hai hồ sơ.",
            )


def rules_before_teaching(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """Without its plan and rules the first group stays at the lowest level: said early."""
    if dossier.answers.get("co_quy_che") is False:
        yield Problem(
            "co_quy_che",
            "Chưa có quy chế dạy học trực tuyến thì nhóm 1 chỉ đạt Mức 1. Hãy ban hành quy chế trước khi nộp.",
            "warning",
            "Quyết định 4725/QĐ-BGDĐT",
        )


def _same(author: object, nominee: Ref) -> bool:
    """By the register where both are found in it: people bear one name, and one name is spelt two ways."""
    if not isinstance(author, Ref):
        return False
    if author.id and nominee.id:
        return author.id == nominee.id
    return author.name.casefold() == nominee.name.casefold()


def _last_year(period: PeriodValue) -> int:
    """The calendar year in which a period ends."""
    return period.start + (period.kind == "school_year")


def _show(number: Decimal) -> str:
    return f"{number.normalize():f}".replace(".", ",")


CHECKS_INITIATIVE: tuple[Check, ...] = (
    not_twice,
    shares_add_up,
    main_author_first,
    figures_move,
    data_agreed,
    evidence_given,
    applied_in_time,
    call_year_meant,
    pledged,
)
CHECKS_SCHOOL: tuple[Check, ...] = (once_a_call, call_year_meant, rules_before_teaching)
