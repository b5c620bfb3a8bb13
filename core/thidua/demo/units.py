"""Who there is in the demo: an office, a district office until 30/6/2025, two communes since, eight schools, accounts.

All names are invented, except those of the places.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from thidua.models import Role, Unit, UnitEventKind, User
from thidua.permissions import Actor
from thidua.services import accounts, succession, units

SINCE = date(2019, 9, 1)
CHANGE = date(2025, 7, 1)
DOCUMENT = "Nghị quyết về sắp xếp đơn vị hành chính cấp xã; Nghị định 142/2025/NĐ-CP ngày 12/6/2025"
FOUNDING = datetime.fromisoformat("2023-08-01T08:00:00+07:00")
ANNOUNCED = datetime.fromisoformat("2025-06-25T09:00:00+07:00")


@dataclass(frozen=True)
class School:
    """A school of the demo; ``login`` ends the accounts of its clerk and head, ``commune`` is where it went in 2025."""

    login: str
    name: str
    level: str
    slug: str  # the level as samples name it
    abbreviation: str
    commune: str  # empty: under the Sở all along
    clerk: str
    head: str

    @property
    def code(self) -> str:
        """The unit's code."""
        return self.abbreviation


SCHOOLS = (
    School("hoasen", "Trường Tiểu học Hoa Sen", "TH", "tieu-hoc", "THHS", "GL", "Đỗ Thị Mai Hương", "Nguyễn Thu Hòa"),
    School("binhminh", "Trường Mầm non Bình Minh", "MN", "mam-non", "MNBM", "GL", "Trần Thị Điệp", "Lê Bích Đào"),
    School("songduong", "Trường THCS Sông Đuống", "THCS", "thcs", "THCSSĐ", "PĐ", "Phạm Diệu Linh", "Đặng Quang Huy"),
    School("ngoclam", "Trường THPT Ngọc Lâm", "THPT", "thpt", "THPTNL", "", "Vũ Thuỳ Dung", "Hoàng Đức Toàn"),
    School("saomai", "Trường Tiểu học Sao Mai", "TH", "tieu-hoc", "THSM", "GL", "Ngô Thuý Hằng", "Bùi Minh Nguyệt"),
    School("huongduong", "Trường THCS Hướng Dương", "THCS", "thcs", "THCSHD", "GL", "Lý Khánh Ly", "Đinh Tiến Dân"),
    School("dongxanh", "Trường Tiểu học Đồng Xanh", "TH", "tieu-hoc", "THĐX", "PĐ", "Đoàn Thị Ân", "Dương Hữu Đạt"),
    School("anhduong", "Trường Mầm non Ánh Dương", "MN", "mam-non", "MNAD", "PĐ", "Doãn Ngọc Ánh", "Trần Thị Mai"),
)

OFFICES = {
    "SO": ("Sở Giáo dục và Đào tạo", "cơ quan", "SGDĐT", "Hà Nội", SINCE),
    "PGD": ("Phòng Giáo dục và Đào tạo huyện Gia Lâm", "cơ quan", "PGDĐT", "Gia Lâm", SINCE),
    "GL": ("Phòng Văn hóa – Xã hội xã Gia Lâm", "cơ quan", "PVHXH", "Gia Lâm", CHANGE),
    "PĐ": ("Phòng Văn hóa – Xã hội xã Phù Đổng", "cơ quan", "PVHXH", "Phù Đổng", CHANGE),
}

OFFICERS = (
    ("admin", "Quản trị hệ thống", ((Role.ADMIN, "SO", SINCE),)),
    ("thamdinh", "Nguyễn Thị Hoà", ((Role.APPRAISER, "PGD", SINCE), (Role.APPRAISER, "GL", CHANGE))),
    ("thamdinh.phudong", "Đào Văn Dũng", ((Role.APPRAISER, "PGD", SINCE), (Role.APPRAISER, "PĐ", CHANGE))),
    ("thamdinh.so", "Trịnh Văn Đũng", ((Role.APPRAISER, "SO", SINCE),)),
    ("phutrach", "Lê Thanh Thuỷ", ((Role.MANAGER, "SO", SINCE),)),
    ("giamkhao1", "Phạm Minh Đức", ((Role.JUDGE, "SO", SINCE),)),
    ("giamkhao2", "Vũ Thị Quý", ((Role.JUDGE, "SO", SINCE),)),
    ("giamkhao3", "Hoàng Bích Đào", ((Role.JUDGE, "SO", SINCE),)),
    ("tracuu", "Bùi Xuân Trường", ((Role.READER, "SO", SINCE),)),
)


@dataclass
class World:
    """The ids of what was made: units by code, users by login, acting units by login."""

    units: dict[str, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)

    def clerk(self, school: School) -> Actor:
        """The school's clerk, acting there."""
        return Actor(self.users[login_of(school, "vanthu")], self.units[school.code])

    def head(self, school: School) -> Actor:
        """The school's head, acting there."""
        return Actor(self.users[login_of(school, "hieutruong")], self.units[school.code])

    def appraiser(self, school: School, on: date) -> Actor:
        """Who appraises the school's dossiers on a day."""
        if not school.commune:
            return Actor(self.users["thamdinh.so"], self.units["SO"])
        login = "thamdinh" if school.commune == "GL" else "thamdinh.phudong"
        return Actor(self.users[login], self.units["PGD" if on < CHANGE else school.commune])


def login_of(school: School, role: str) -> str:
    """``vanthu`` and ``hieutruong`` are those of the first school; the others bear the school's name behind a dot."""
    return role if school is SCHOOLS[0] else f"{role}.{school.login}"


def found(session: Session, password_hash: str, now: datetime) -> World:
    """Make offices, schools and accounts, as they stood before the change."""
    world = World()
    for code, (name, kind, abbreviation, place, started) in OFFICES.items():
        parent = world.units.get("SO")
        made = units.create(
            session,
            code=code,
            name=name,
            kind=kind,
            abbreviation=abbreviation,
            place=place,
            started=started,
            parent_id=parent,
            by=None,
            now=now,
        )
        world.units[code] = made.id
    for school in SCHOOLS:
        world.units[school.code] = _school(session, world, school, now).id
    for login, name, role, unit, since in _accounts():
        if login not in world.users:
            user = accounts.create_user(
                session, login=login, name=name, password_hash=password_hash, must_change=False, by=None, now=now
            )
            world.users[login] = user.id
        holder = session.get_one(User, world.users[login])
        accounts.grant(session, holder, role=role, unit_id=world.units[unit], valid_from=since, by=None, now=now)
    return world


def change(session: Session, world: World, now: datetime) -> None:
    """The district office ends; each school goes with the commune it lies in."""
    heirs = {world.units[s.code]: world.units[s.commune] for s in SCHOOLS if s.commune}
    ending = succession.Ending(world.units["PGD"], heirs)
    succession.record_event(
        session,
        kind=UnitEventKind.DISSOLVED,
        day=CHANGE,
        document=DOCUMENT,
        endings=[ending],
        founded=[world.units["GL"], world.units["PĐ"]],
        by=Actor(world.users["admin"], world.units["SO"]),
        now=now,
    )


def _school(session: Session, world: World, school: School, now: datetime) -> Unit:
    return units.create(
        session,
        code=school.code,
        name=school.name,
        kind="trường",
        level=school.level,
        abbreviation=school.abbreviation,
        place={"GL": "Gia Lâm", "PĐ": "Phù Đổng"}.get(school.commune, "Hà Nội"),
        started=SINCE,
        parent_id=world.units["PGD" if school.commune else "SO"],
        by=None,
        now=now,
    )


def _accounts() -> Iterator[tuple[str, str, Role, str, date]]:
    for login, name, roles in OFFICERS:
        for role, unit, since in roles:
            yield login, name, role, unit, since
    for school in SCHOOLS:
        yield login_of(school, "vanthu"), school.clerk, Role.CLERK, school.code, SINCE
        yield login_of(school, "hieutruong"), school.head, Role.HEAD, school.code, SINCE
