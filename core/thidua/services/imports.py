"""Units, staff and accounts from one Excel file: looked at first, then taken whole or not at all.

The look and the taking are the same code in the same order (:mod:`thidua.services.import_rows`); the
look reads alone and writes nothing of what it worked out. The taking works everything out before it takes the
write lock, and again under it only where somebody changed units, people or accounts meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from thidua.documents.sheets import SheetColumn, SheetForm, SheetRow, read_rows, template_xlsx
from thidua.errors import Invalid, Refused, say
from thidua.models import Database, Role, User
from thidua.permissions import Actor
from thidua.services import accounts, audit, passwords
from thidua.services.import_rows import CHANGED, NEW, SAME, Known, Run, Step, take_member, take_unit, take_user
from thidua.services.import_writing import Mark, Prepared, mark, prepare, untouched
from thidua.services.passwords import Passwords

UNITS = SheetForm(
    "Đơn vị",
    (
        SheetColumn("code", "Mã đơn vị", required=True, help="Không trùng nhau.", example="th-hoa-sen"),
        SheetColumn("name", "Tên đơn vị", required=True, help="Tên chính thức.", example="Trường Tiểu học Hoa Sen"),
        SheetColumn("kind", "Loại", required=True, help="trường, cơ quan …", example="trường"),
        SheetColumn("level", "Cấp học", example="TH"),
        SheetColumn("abbreviation", "Viết tắt", help="Dùng trong số văn bản.", example="THHS"),
        SheetColumn("place", "Địa danh", example="Gia Lâm"),
        SheetColumn("parent", "Mã đơn vị quản lý", help="Để trống nếu là cấp cao nhất.", example="xa-bat-trang"),
        SheetColumn("since", "Từ ngày", kind="date", help="Để trống là hôm nay.", example="01/07/2025"),
    ),
)
STAFF = SheetForm(
    "Nhân sự",
    (
        SheetColumn("name", "Họ và tên", required=True, example="Nguyễn Thị Hoà"),
        SheetColumn("birth", "Ngày sinh", kind="date", example="05/02/1985"),
        SheetColumn("staff_code", "Mã nhân sự", help="Không trùng nhau.", example="0123456789"),
        SheetColumn("unit", "Mã đơn vị", required=True, example="th-hoa-sen"),
        SheetColumn("position", "Chức vụ", example="Giáo viên"),
    ),
)
USERS = SheetForm(
    "Tài khoản",
    (
        SheetColumn("login", "Tên đăng nhập", required=True, example="vanthu.hoasen"),
        SheetColumn("name", "Họ và tên", required=True, example="Trần Văn Đức"),
        SheetColumn("role", "Vai trò", required=True, help=", ".join(r.label for r in Role), example="Văn thư"),
        SheetColumn("unit", "Mã đơn vị", required=True, example="th-hoa-sen"),
        SheetColumn("since", "Từ ngày", kind="date", help="Để trống là hôm nay.", example="01/09/2025"),
        SheetColumn(
            "staff_code",
            "Mã nhân sự",
            help="Của người dùng tài khoản, như ở trang Nhân sự; nên có với giám khảo để nhận ra xung đột lợi ích.",
            example="0123456789",
        ),
    ),
)
FORMS = (UNITS, STAFF, USERS)
Book = Mapping[str, Sequence[SheetRow]]

WRONG = "lỗi"


@dataclass(frozen=True)
class Line:
    """What one row does: ``outcome`` is one of :data:`NEW`, :data:`CHANGED`, :data:`SAME`, :data:`WRONG`."""

    sheet: str
    row: int
    what: str
    outcome: str
    problem: str = ""


@dataclass(frozen=True)
class Taken:
    """What was done, and the one-time passwords of the new accounts (login → password), to be printed once."""

    lines: list[Line]
    secrets: Mapping[str, str]


def template() -> bytes:
    """The empty Excel file with its three sheets and a guide."""
    guide = ("Điền trang nào cần nhập, để trống trang còn lại. Hệ thống kiểm tra trước, chỉ nhập khi không còn lỗi.",)
    return template_xlsx(FORMS, guide=guide)


def read_book(path: Path) -> Book:
    """The filled rows of each of our sheets; a missing sheet is an empty one.

    Raises what :func:`~thidua.documents.sheets.read_rows` raises, and :class:`Invalid` ``import-empty``.
    """
    book: dict[str, Sequence[SheetRow]] = {}
    for form in FORMS:
        try:
            book[form.name] = read_rows(path, form.columns, sheet=form.name)
        except Invalid as error:
            if error.code != "sheet-missing":
                raise
            book[form.name] = []
    if not any(book.values()):
        raise Invalid("import-empty")
    return book


def look(database: Database, book: Book, *, by: Actor, now: datetime) -> list[Line]:
    """What :func:`take` would do, row by row, with every problem; nothing is changed and no writer waits."""
    with database.reading() as session:
        accounts.require_admin(session, by, now)
        return _lines(Run(session, _known(session, book, now), by, now), book)


def take(database: Database, book: Book, *, hasher: Passwords, by: Actor, now: datetime) -> Taken:
    """Take the whole file, or raise :class:`Refused` ``import-changed`` and change nothing."""
    with database.reading() as session:
        accounts.require_admin(session, by, now)
        known = set(session.scalars(select(User.login)))
    logins = {accounts.normal_login(row.values["login"]) for row in book[USERS.name]} - known
    secrets = {login: passwords.one_time() for login in sorted(logins)}
    hashes = {login: hasher.hash(secret) for login, secret in secrets.items()}

    def work_out(session: Session, at: Mark) -> tuple[list[Line], Prepared]:
        run = Run(session, _known(session, book, now), by, now, hashes)
        lines = _lines(run, book)
        if any(line.outcome == WRONG for line in lines):
            raise Refused("import-changed")
        return lines, prepare(run, at)

    with database.reading() as session:
        before = mark(session)
        lines, prepared = work_out(session, before)
    with database.writing() as session:
        accounts.require_admin(session, by, now)
        if not untouched(session, before):
            lines, prepared = work_out(session, mark(session))
        prepared.write(session, now)
        counts = {form.name: len(book[form.name]) for form in FORMS}
        audit.record(session, "imported", by=by, now=now, details={"rows": counts})
    return Taken(lines, secrets)


def _known(session: Session, book: Book, now: datetime) -> Known:
    staff, users = ([row.values for row in book[form.name]] for form in (STAFF, USERS))
    return Known.load(session, staff=staff, users=users, now=now)


def _lines(run: Run, book: Book) -> list[Line]:
    lines: list[Line] = []
    for form, unique, step in ((UNITS, "code", take_unit), (STAFF, "staff_code", take_member), (USERS, "", take_user)):
        seen: dict[str, int] = {}
        for row in book[form.name]:
            key = row.values.get(unique, "")
            before = seen.setdefault(key, row.number) if key else row.number
            lines.append(_one(run, form.name, row, step, (key, before)))
    return lines


def _one(run: Run, sheet: str, row: SheetRow, step: Step, first: tuple[str, int]) -> Line:
    """Do one row; ``first`` is its key and the first row that bears it."""
    key, before = first
    what = row.values.get("name") or key
    try:
        if before != row.number:
            raise Invalid("import-twice", value=key, row=before)
        outcome = step(run, row.values)
    except Refused as refused:
        return Line(sheet, row.number, what, WRONG, str(refused))
    return Line(sheet, row.number, what, outcome)


def summary(lines: Sequence[Line]) -> str:
    """``12 thêm, 3 sửa, 1 lỗi``."""
    counts = {outcome: sum(line.outcome == outcome for line in lines) for outcome in (NEW, CHANGED, SAME, WRONG)}
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count) or say("import-empty")
