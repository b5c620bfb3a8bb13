"""The main menu: which entries a user has, and the number beside them.

An entry is shown when its route exists and ``permissions`` says that the user works there. Counting is
a cheap, scoped query; every page pays for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flask import Flask, current_app, g, request
from flask import session as cookie
from sqlalchemy.orm import Session

from thidua.models import State
from thidua.permissions import Scope, enters
from thidua.services import calls, judge_queue, lists, rounds, signing_in
from thidua.services.signing_in import Place
from thidua.web.context import current_account, current_scope, now, office_inbox, read, today
from thidua.web.filters import address_of

Count = Callable[[Session, Scope, datetime], int]


@dataclass(frozen=True)
class Entry:
    """An entry of the menu. No ``room``: everybody has it. ``under``: paths that light it up."""

    label: str
    endpoint: str
    icon: str
    room: str = ""  # a key of permissions.ROOMS
    count: Count | None = None
    under: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Shown:
    """An entry as the page draws it."""

    label: str
    url: str
    icon: str
    count: int
    current: bool


def _waiting_for_office(session: Session, scope: Scope, at: datetime) -> int:
    """See :func:`lists.waiting_for_office`; a page that shows the inbox has counted already."""
    if "inbox" in g:
        return office_inbox().states.get(State.SUBMITTED, 0)
    return lists.waiting_for_office(session, scope, at)


def _late_requests(session: Session, scope: Scope, _at: datetime) -> int:
    """See :func:`calls.waiting`."""
    return calls.waiting(session, scope)


ENTRIES: list[Entry] = [
    Entry("Việc cần làm", "home.home", "house"),
    Entry("Hồ sơ", "dossiers.index", "folder2-open", "school", under=("/ho-so",)),
    Entry("Tờ trình", "submissions.index", "send", "school", lists.waiting_for_head, ("/to-trinh",)),
    Entry("Cán bộ", "staff.index", "people", "school", under=("/can-bo",)),
    Entry("Thẩm định", "reviews.index", "clipboard-check", "appraisal", _waiting_for_office, ("/tham-dinh",)),
    Entry("Chấm và kết quả", "judging.index", "award", "judging", rounds.waiting, ("/ket-qua",)),
    Entry("Chấm điểm", "judge.index", "pencil-square", "scoring", judge_queue.waiting_for_judge, ("/cham",)),
    Entry("Báo cáo", "reports.index", "bar-chart", "judging", under=("/bao-cao",)),
    Entry("Tra cứu", "search.index", "search", under=("/tim",)),
    Entry("Đợt", "admin_calls.index", "calendar-event", "calls", _late_requests, ("/quan-tri/dot",)),
    Entry("Tài khoản", "admin_users.index", "people", "site", under=("/quan-tri/tai-khoan",)),
    Entry("Đơn vị", "admin_units.index", "diagram-3", "site", under=("/quan-tri/don-vi",)),
    Entry("Nhập từ Excel", "admin_imports.index", "file-earmark-spreadsheet", "site", under=("/quan-tri/nhap",)),
    Entry("Phong trào", "admin_plugins.index", "puzzle", "site", under=("/quan-tri/phong-trao",)),
    Entry("Tình trạng", "admin_health.index", "heart-pulse", "site", under=("/quan-tri/tinh-trang",)),
    Entry("Nhật ký", "admin_audit.index", "clock-history", "site", under=("/quan-tri/nhat-ky",)),
]
"""In the order shown."""


def install(app: Flask) -> None:
    """Let templates call ``menu()``, ``my_places()``, ``my_place()`` and ``my_account()``."""
    app.jinja_env.globals.update(menu=menu, my_places=my_places, my_place=my_place, my_account=current_account)


def menu() -> list[Shown]:
    """The entries of whoever is signed in; none for visitors and while a password must be changed."""
    account = current_account()
    if account is None or account.must_change:
        return []
    scope, there, endpoint, path = current_scope(), current_app.view_functions, request.endpoint, request.path
    return [
        Shown(
            entry.label,
            address_of(entry.endpoint),
            entry.icon,
            entry.count(read(), scope, now()) if entry.count else 0,
            endpoint == entry.endpoint or path.startswith(entry.under),
        )
        for entry in ENTRIES
        if entry.endpoint in there and (not entry.room or enters(scope, entry.room))
    ]


def my_places() -> list[Place]:
    """The units of the actor, for the switch in the header."""
    account = current_account()
    if account is None:
        return []
    if "places" not in g:
        g.places = signing_in.places(read(), account.id, today())
    places: list[Place] = g.places
    return places


def my_place() -> Place | None:
    """The unit one acts for at present."""
    return next((place for place in my_places() if place.unit_id == cookie.get("unit")), None)
