"""Checks of a whole entry. They read snapshots and say what is wrong; they change nothing.

That a text is too like another's is said by the core, from ``Track.originality``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from thidua.plugin import Check, DossierSnapshot, Past, PastDossier, Problem, Ref, count_words

BROADCAST = ("phat-thanh", "truyen-hinh")
_PHONE = re.compile(r"(?:\+84|0)\d{9,10}")
_BETWEEN = re.compile(r"[\s.\-()]")


def one_entry(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """The entry is typed in or attached, one of the two; a broadcast work may be a link alone."""
    typed, attached = bool(dossier.text("bai_viet")), bool(dossier.documents.get("tep_bai"))
    linked = dossier.text("loai_hinh") in BROADCAST and bool(dossier.text("duong_dan"))
    if typed and attached:
        yield Problem(
            "document:tep_bai",
            "Bài viết vừa gõ vào biểu mẫu vừa đính kèm nên giám khảo không biết chấm bản nào. "
            "Hãy giữ một bản: xoá bài đã gõ hoặc gỡ tệp.",
        )
    elif not typed and not attached and not linked:
        yield Problem("bai_viet", "Chưa có bài dự thi. Hãy gõ bài vào ô này hoặc đính kèm tệp .docx, .pdf.")


def attached_length(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """The attached entry has text, and no more words than the call allows; typed ones are held by the form."""
    names = dossier.documents.get("tep_bai")
    if not names:
        return
    text, most = dossier.document_text("tep_bai"), dossier.parameters.get("so_tu")
    if text is None:
        yield Problem(
            "document:tep_bai",
            f"Tệp “{names[0]}” đang được đọc nên chưa đếm được số chữ. Hãy kiểm tra lại sau ít phút.",
            "warning",
        )
    elif not count_words(text):
        yield Problem(
            "document:tep_bai",
            f"Tệp “{names[0]}” không có lớp chữ (bản chụp, bản quét hoặc có mật khẩu) nên không đếm chữ và "
            "đối chiếu được. Hãy đính kèm tệp Word, tệp PDF xuất từ Word, hoặc gõ bài vào biểu mẫu.",
        )
    elif most is not None and count_words(text) > most:
        yield Problem(
            "document:tep_bai",
            f"Bài đính kèm có {_shown(count_words(text))} chữ, vượt giới hạn {_shown(most)} chữ của đợt này. "
            "Hãy rút gọn bài rồi thay tệp.",
        )


def reachable(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """The organisers can call the author: a telephone number has ten or eleven digits."""
    given = dossier.text("dien_thoai")
    if given and not _PHONE.fullmatch(_BETWEEN.sub("", given)):
        yield Problem("dien_thoai", f"“{given}” không phải số điện thoại. Hãy ghi đủ các chữ số, ví dụ 0912 345 678.")


def no_official(dossier: DossierSnapshot, past: Past) -> Iterator[Problem]:
    """Members of the organisers and of the jury do not take part."""
    for place, author in _authors(dossier):
        if past.officiates(author.id):
            yield Problem(
                place,
                f"{author.name} thuộc ban tổ chức hoặc ban giám khảo của đợt này nên không được dự thi. "
                "Hãy bỏ tên khỏi nhóm tác giả, hoặc để người khác dự thi.",
            )


def authors_once(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """Nobody is an author twice."""
    seen: set[Ref] = set()
    for place, author in _authors(dossier):
        if author in seen:
            yield Problem(place, f"{author.name} đã có trong nhóm tác giả. Hãy bỏ tên ghi hai lần.")
        seen.add(author)


def new_subject(dossier: DossierSnapshot, past: Past) -> Iterator[Problem]:
    """Somebody already written about is named with the earlier entry: only new deeds count."""
    name = dossier.text("nhan_vat_ten")
    there = past.answered(dossier.slug, field="nhan_vat_don_vi", text=dossier.text("nhan_vat_don_vi"))
    named = past.answered(dossier.slug, field="nhan_vat_ten", text=name)
    about = _about(dossier, past)
    sure = {one.code for one in (*there, *about)}
    for earlier in {one.code: one for one in (*about, *named)}.values():
        told = "đã được viết" if earlier.code in sure else "trùng tên với nhân vật"
        yield Problem(
            "nhan_vat_ten",
            f"“{name}” {told} trong hồ sơ {_told(earlier)}. Bài chỉ được xét khi nêu việc làm mới; "
            "hãy ghi rõ ở “Việc làm mới kể từ lần biểu dương trước”.",
            "warning",
        )


def _about(dossier: DossierSnapshot, past: Past) -> list[PastDossier]:
    """Entries that name the same person of the register as the one they tell of, not as their author."""
    staff = dossier.answers.get("nhan_vat_can_bo")
    if not isinstance(staff, Ref):
        return []
    found = past.dossiers(dossier.slug, person=staff.id)
    return [one for one in found if staff.id not in {nominee.id for nominee in one.nominees}]


def confirmed(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """Without the confirmation the gate of the rubric is not met, and no prize is given."""
    if not dossier.documents.get("giay_xac_nhan"):
        yield Problem(
            "document:giay_xac_nhan",
            "Chưa có xác nhận của đơn vị quản lý nhân vật; bài không được xếp giải khi thiếu xác nhận. "
            "Hãy bổ sung trước hạn nộp.",
            "warning",
        )


def pictured(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """Ten points are for pictures."""
    if not dossier.documents.get("anh_chan_dung"):
        yield Problem(
            "document:anh_chan_dung",
            "Chưa có ảnh chân dung nhân vật; ảnh và tư liệu được chấm 10 điểm. Hãy đính kèm ảnh nếu có.",
            "warning",
        )


def published_in_time(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """A press work was published in the time of the contest, and is no longer than seven minutes on air."""
    day = dossier.answers.get("ngay_dang")
    first = dossier.call_period.start
    last = first + (dossier.call_period.kind == "school_year")
    if isinstance(day, date) and not first <= day.year <= last:
        yield Problem(
            "ngay_dang",
            f"Tác phẩm đăng, phát năm {day.year}, ngoài thời gian của cuộc thi {dossier.call_period.label}. "
            "Hãy kiểm tra lại ngày đăng.",
            "warning",
        )
    minutes, most = dossier.number("thoi_luong"), dossier.parameters.get("phut_phat_song")
    if minutes is not None and most is not None and minutes > most:
        shown = str(minutes).replace(".", ",")
        yield Problem("thoi_luong", f"Tác phẩm dài {shown} phút, vượt giới hạn {most} phút. Hãy gửi bản rút gọn.")
    if dossier.text("loai_hinh") == "bao-dien-tu" and not dossier.text("duong_dan"):
        yield Problem("duong_dan", "Tác phẩm báo điện tử cần đường dẫn. Hãy dán địa chỉ của bài đã đăng.")


def pledged(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """A real person, a real deed, one's own text."""
    for key in ("nguoi_that", "chua_du_thi"):
        if dossier.answers.get(key) is False:
            yield Problem(key, "Chưa cam kết theo thể lệ. Bài chỉ được nhận khi tác giả cam kết; hãy chọn “Có”.")


def entries_counted(dossier: DossierSnapshot, past: Past) -> Iterator[Problem]:
    """The collective's number of entries is compared with what it has filed in this call."""
    least = dossier.parameters.get("so_bai_it_nhat", Decimal(0))
    given = dossier.number("so_bai")
    if given is None:
        return
    if given < least:
        yield Problem(
            "so_bai", f"Đợt này xét giải tập thể cho đơn vị có từ {least} bài; trường khai {given} bài.", "warning"
        )
    held = [one for one in past.dossiers(dossier.slug, unit=dossier.unit.id) if one.call == dossier.call]
    filed = sum(one.track != dossier.track for one in held)
    if given > filed:
        yield Problem(
            "so_bai",
            f"Trường khai {given} bài nhưng hệ thống mới có {filed} bài của đợt này. "
            "Hãy nộp nốt các bài còn lại hoặc sửa số bài.",
            "warning",
        )


def _authors(dossier: DossierSnapshot) -> Iterator[tuple[str, Ref]]:
    """The authors with the place where each is named; the nominee stands at the head of the dossier."""
    for nominee in dossier.nominees:
        yield "", nominee
    for key in ("tac_gia_2", "tac_gia_3", "tac_gia_4"):
        other = dossier.answers.get(key)
        if isinstance(other, Ref):
            yield key, other


def _told(earlier: PastDossier) -> str:
    result = f", {earlier.result.lower()}" if earlier.result else ""
    return f"{earlier.code} ({earlier.unit.name}, {earlier.call_period.label}{result})"


def _shown(number: int | Decimal) -> str:
    return f"{int(number):,}".replace(",", ".")


ENTRY_CHECKS: tuple[Check, ...] = (
    one_entry,
    attached_length,
    reachable,
    no_official,
    authors_once,
    new_subject,
    confirmed,
    pictured,
    published_in_time,
    pledged,
)
COLLECTIVE_CHECKS: tuple[Check, ...] = (entries_counted,)
