"""Reading back what the site remembers: the audit, and the forms it keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from thidua.models import Definition, Event, Role, State, Unit, User
from thidua.permissions import Actor
from thidua.services.accounts import require_admin
from thidua.services.unit_names import unit_name
from thidua.text import fold
from thidua.times import local_day

ACTIONS: dict[str, str] = {
    "sign-in": "Đăng nhập",
    "sign-in-failed": "Đăng nhập không thành công",
    "sign-out": "Đăng xuất",
    "password-changed": "Đổi mật khẩu",
    "password-reset": "Cấp mật khẩu dùng một lần",
    "denied": "Bị từ chối quyền",
    "user-created": "Tạo tài khoản",
    "user-disabled": "Khóa tài khoản",
    "user-enabled": "Mở khóa tài khoản",
    "user-linked": "Gắn tài khoản với người trong danh bạ",
    "granted": "Giao vai trò",
    "grant-ended": "Kết thúc vai trò",
    "unit-created": "Thêm đơn vị",
    "unit-corrected": "Sửa thông tin đơn vị",
    "unit-renamed": "Đổi tên đơn vị",
    "unit-related": "Ghi đơn vị cấp trên",
    "unit-event": "Sự kiện đơn vị",
    "person-registered": "Thêm người",
    "person-joined": "Đưa người vào đơn vị",
    "person-corrected": "Sửa thông tin người",
    "person-left": "Ghi thôi công tác",
    "imported": "Nhập từ Excel",
    "call-created": "Tạo đợt",
    "call-changed": "Sửa đợt",
    "report-issued": "Lập báo cáo",
    "extension-asked": "Đề nghị nộp muộn",
    "extension-granted": "Gia hạn",
    "extension-refused": "Không gia hạn",
    "backed-up": "Sao lưu",
    "restored": "Khôi phục từ bản sao lưu",
    "start": "Lập hồ sơ",
    "attach": "Đính kèm tệp",
    "attach-scan": "Đính kèm bản ký",
    "detach": "Gỡ tệp",
    "download": "Tải tệp về",
    "export": "Xuất hồ sơ",
    "hand_over": "Trình hiệu trưởng",
    "give_back": "Trả về văn thư",
    "submit": "Nộp hồ sơ",
    "withdraw": "Rút hồ sơ",
    "take_up": "Tiếp nhận",
    "return": "Trả bổ sung",
    "refuse": "Không đủ điều kiện",
    "accept": "Đủ điều kiện",
    "assign": "Chuyển chấm điểm",
    "close": "Chốt kết quả",
    "publish": "Công bố",
    "reopen": "Mở lại kết quả",
    "judge-assigned": "Phân công giám khảo",
    "judge-third": "Mời giám khảo thứ ba",
    "judge-removed": "Cho giám khảo thôi chấm",
    "judge-abstained": "Giám khảo từ chối chấm",
    "judge-conflict": "Giám khảo thôi chấm vì xung đột lợi ích",
    "conflict-noted": "Ghi xung đột lợi ích",
    "judge-download": "Giám khảo tải tệp",
    "sheet-sent": "Gửi phiếu chấm",
    "sheet-taken-back": "Lấy lại phiếu chấm để sửa",
}
SUBJECTS = {
    "site": "Hệ thống",
    "user": "Tài khoản",
    "unit": "Đơn vị",
    "unit_event": "Sự kiện đơn vị",
    "person": "Người",
    "call": "Đợt",
    "dossier": "Hồ sơ",
    "submission": "Tờ trình",
    "sheet": "Phiếu chấm",
}


DETAILS: dict[str, str] = {
    "after": "sang",
    "before": "từ",
    "blobs": "số tệp",
    "changed": "mục đã sửa",
    "copy": "bản không nêu tên",
    "dossier": "hồ sơ số",
    "endpoint": "trang",
    "extension": "đề nghị số",
    "filed": "bản đã nộp",
    "from": "từ đơn vị số",
    "kind": "loại",
    "last_day": "ngày cuối",
    "n": "bản",
    "parent": "cấp trên: đơn vị số",
    "person": "người số",
    "replaces": "thay tệp cũ",
    "report": "báo cáo",
    "rev": "lần lưu",
    "revision": "tệp",
    "role": "vai trò",
    "rows": "số dòng",
    "sha256": "SHA-256",
    "size": "số byte",
    "slot": "mục",
    "stage": "phiếu của",
    "to": "đến đơn vị số",
    "unit": "đơn vị số",
    "user": "tài khoản số",
}
STAGES = {"self": "nhà trường", "group": "tổ", "office": "cơ quan", "judge": "giám khảo"}
WORDS: dict[str, dict[str, str]] = {
    "after": {state.value: state.label for state in State},
    "before": {state.value: state.label for state in State},
    "role": {role.value: role.label for role in Role},
    "stage": STAGES,
}
"""What a value of these details is called; any other is told as it stands."""


@dataclass(frozen=True)
class EventLine:
    """A line of the audit as people read it; ``details`` are names of facts with their values."""

    at: datetime
    login: str
    unit: str
    action: str
    subject: str
    details: dict[str, str]


def _told(details: Mapping[str, object]) -> dict[str, str]:
    told = {}
    for key in sorted(details, key=lambda one: one != "before"):
        value = details[key]
        word = "có" if value is True else "không" if value is False else str(value)
        if isinstance(value, list):
            word = ", ".join(map(str, value))
        told[DETAILS.get(key, key)] = WORDS.get(key, {}).get(word, word)
    return told


def events(
    session: Session, *, by: Actor, now: datetime, action: str = "", login: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[EventLine], int]:
    """The audit, the newest first, and how many lines there are; for administrators only."""
    require_admin(session, by, now)
    query = select(
        Event.id,
        Event.at,
        User.login,
        unit_name(local_day(now)),
        Event.action,
        Event.subject_kind,
        Event.subject_id,
        Event.details,
    )
    query = query.outerjoin(User, User.id == Event.user_id).outerjoin(Unit, Unit.id == Event.unit_id)
    count = select(func.count(Event.id)).outerjoin(User, User.id == Event.user_id)
    if action:
        query, count = query.where(Event.action == action), count.where(Event.action == action)
    if login:
        wanted = User.login.contains(fold(login), autoescape=True)
        query, count = query.where(wanted), count.where(wanted)
    rows = session.execute(query.order_by(Event.id.desc()).offset(offset).limit(limit))
    lines = [
        EventLine(
            at,
            who or "",
            unit or "",
            ACTIONS.get(what, what),
            f"{SUBJECTS.get(kind, kind)}{f' số {number}' if number else ''}",
            _told(details),
        )
        for _, at, who, unit, what, kind, number, details in rows
    ]
    return lines, session.scalar(count) or 0


def definitions(session: Session, *, by: Actor, now: datetime) -> list[Definition]:
    """The forms that the site keeps, those no plugin offers any more included."""
    require_admin(session, by, now)
    order = (Definition.slug, Definition.edition, Definition.track, Definition.seen_at.desc())
    return list(session.scalars(select(Definition).order_by(*order)))
