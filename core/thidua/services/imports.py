"""Units, staff and accounts from one Excel file: looked at first, then taken whole or not at all.

The look and the taking are the same code in the same order; the look is undone at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from thidua.documents.sheets import SheetColumn, SheetForm, SheetRow, read_rows, template_xlsx
from thidua.errors import Invalid, Refused, say
from thidua.models import Database, Grant, Membership, Person, RelationKind, Role, Unit, User
from thidua.permissions import Actor
from thidua.services import accounts, audit, passwords, people, units
from thidua.services.passwords import Passwords
from thidua.text import clean_line, fold
from thidua.times import local_day, parse_date

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
    ),
)
FORMS = (UNITS, STAFF, USERS)
Book = Mapping[str, Sequence[SheetRow]]

NEW, CHANGED, SAME, WRONG = "thêm", "sửa", "không đổi", "lỗi"


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


class _Undo(Exception):
    """Ends a look: nothing of it stays."""


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
    """What :func:`take` would do, row by row, with every problem; nothing is changed."""
    lines: list[Line] = []
    try:
        with database.writing() as session:
            accounts.require_admin(session, by, now)
            lines = _run(session, book, {}, by, now)
            raise _Undo
    except _Undo:
        return lines


def take(database: Database, book: Book, *, hasher: Passwords, by: Actor, now: datetime) -> Taken:
    """Take the whole file, or raise :class:`Refused` ``import-changed`` and change nothing."""
    with database.reading() as session:
        accounts.require_admin(session, by, now)
        known = set(session.scalars(select(User.login)))
    logins = {accounts.normal_login(row.values["login"]) for row in book[USERS.name]} - known
    secrets = {login: passwords.one_time() for login in sorted(logins)}
    hashes = {login: hasher.hash(secret) for login, secret in secrets.items()}
    with database.writing() as session:
        lines = _run(session, book, hashes, by, now)
        if any(line.outcome == WRONG for line in lines):
            raise Refused("import-changed")
        counts = {form.name: len(book[form.name]) for form in FORMS}
        audit.record(session, "imported", by=by, now=now, details={"rows": counts})
    return Taken(lines, secrets)


@dataclass(frozen=True)
class _Run:
    """One pass over the file: ``hashes`` are the password hashes of new accounts, none while only looking."""

    session: Session
    by: Actor
    now: datetime
    hashes: Mapping[str, str]


Values = Mapping[str, str]
Step = Callable[[_Run, Values], str]


def _run(session: Session, book: Book, hashes: Mapping[str, str], by: Actor, now: datetime) -> list[Line]:
    run = _Run(session, by, now, hashes)
    lines: list[Line] = []
    steps: tuple[tuple[SheetForm, str, Step], ...] = ((UNITS, "code", _unit), (STAFF, "staff_code", _member))
    for form, unique, step in (*steps, (USERS, "", _user)):
        seen: dict[str, int] = {}
        for row in book[form.name]:
            key = row.values.get(unique, "")
            before = seen.setdefault(key, row.number) if key else row.number
            lines.append(_one(run, form.name, row, step, before))
    return lines


def _one(run: _Run, sheet: str, row: SheetRow, step: Step, before: int) -> Line:
    """Do one row; ``before`` is the row that bears the same key first."""
    what = row.values.get("name") or row.values.get("code", "")
    try:
        if before != row.number:
            raise Invalid("import-twice", value=what, row=before)
        with run.session.begin_nested():
            outcome = step(run, row.values)
    except Refused as refused:
        return Line(sheet, row.number, what, WRONG, str(refused))
    return Line(sheet, row.number, what, outcome)


def _unit(run: _Run, values: Values) -> str:
    session, by, now = run.session, run.by, run.now
    since = _day(values["since"]) or local_day(now)
    parent = _unit_by_code(session, values["parent"]).id if values["parent"] else None
    unit = session.scalar(select(Unit).where(Unit.code == clean_line(values["code"])))
    if unit is None:
        facts = {key: values[key] for key in ("code", "name", "kind", "level", "abbreviation", "place")}
        units.create(session, **facts, started=since, parent_id=parent, by=by, now=now)
        return NEW
    changed = False
    for key in ("kind", "level", "abbreviation", "place"):
        wanted = clean_line(values[key])
        if wanted and getattr(unit, key) != wanted:
            setattr(unit, key, wanted)
            changed = True
    if clean_line(values["name"]) != unit.name:
        units.rename(session, unit, name=values["name"], since=since, by=by, now=now)
        changed = True
    if parent is not None and parent not in _managers(session, unit, since):
        units.relate(session, unit, parent_id=parent, kind=RelationKind.MANAGED_BY, since=since, by=by, now=now)
        changed = True
    session.flush()
    return CHANGED if changed else SAME


def _managers(session: Session, unit: Unit, on: date) -> set[int]:
    return {
        parent.id
        for relation, parent in units.relations_of(session, unit)
        if relation.kind is RelationKind.MANAGED_BY
        and relation.valid_from <= on
        and (relation.valid_to is None or relation.valid_to > on)
    }


def _member(run: _Run, values: Values) -> str:
    session, today = run.session, local_day(run.now)
    unit = _unit_by_code(session, values["unit"])
    birth, code, name = _day(values["birth"]), clean_line(values["staff_code"]), clean_line(values["name"])
    person = session.scalar(select(Person).where(Person.staff_code == code)) if code else None
    if person is not None and fold(name) not in {known.folded for known in person.names}:
        raise Refused("staff-code-taken", staff_code=code)
    if person is None:
        there = people.staff(session, [unit.id], today, text=name)[0]
        same = [p for p in there if fold(p.name) == fold(name) and p.birth == birth]
        if same and (not code or same[0].staff_code is None):
            person = session.get_one(Person, same[0].id)
    if person is not None:
        return _updated(run, person, unit, values)
    people.register(
        session,
        name=name,
        birth=birth,
        unit_id=unit.id,
        staff_code=code,
        position=values["position"],
        since=today,
        by=run.by,
        now=run.now,
    )
    return NEW


def _updated(run: _Run, person: Person, unit: Unit, values: Values) -> str:
    session, today = run.session, local_day(run.now)
    code, position = clean_line(values["staff_code"]), clean_line(values["position"])
    changed = bool(code) and person.staff_code != code
    if changed:
        person.staff_code = code
    query = select(Membership).where(Membership.person_id == person.id, Membership.unit_id == unit.id)
    membership = session.scalars(query.order_by(Membership.valid_from.desc())).first()
    if membership is None or (membership.valid_to is not None and membership.valid_to <= today):
        people.join(session, person, unit_id=unit.id, position=position, since=today, by=run.by, now=run.now)
        return CHANGED
    if position and membership.position != position:
        membership.position = position
        changed = True
    session.flush()
    return CHANGED if changed else SAME


def _user(run: _Run, values: Values) -> str:
    session, by, now = run.session, run.by, run.now
    unit = _unit_by_code(session, values["unit"])
    role = next((r for r in Role if fold(values["role"]) in (fold(r.label), r.value)), None)
    if role is None:
        raise Invalid("role-unknown", role=values["role"], known=", ".join(r.label for r in Role))
    since = _day(values["since"]) or local_day(now)
    login = accounts.normal_login(values["login"])
    user = session.scalar(select(User).where(User.login == login))
    outcome = NEW if user is None else CHANGED
    if user is None:
        stored = run.hashes.get(login, "!")  # a look needs no password: it is undone
        user = accounts.create_user(session, login=login, name=values["name"], password_hash=stored, by=by, now=now)
    held = select(Grant).where(Grant.user_id == user.id, Grant.role == role, Grant.unit_id == unit.id)
    if any(g.valid_to is None or g.valid_to > since for g in session.scalars(held)):
        return SAME
    accounts.grant(session, user, role=role, unit_id=unit.id, valid_from=since, by=by, now=now)
    return outcome


def _unit_by_code(session: Session, code: str) -> Unit:
    unit = session.scalar(select(Unit).where(Unit.code == clean_line(code)))
    if unit is None:
        raise Invalid("unit-code-unknown", unit_code=clean_line(code))
    return unit


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text.strip() else None
    except ValueError as error:
        raise Invalid("date-unreadable", text=text[:40]) from error


def summary(lines: Sequence[Line]) -> str:
    """``12 thêm, 3 sửa, 1 lỗi``."""
    counts = {outcome: sum(line.outcome == outcome for line in lines) for outcome in (NEW, CHANGED, SAME, WRONG)}
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count) or say("import-empty")
