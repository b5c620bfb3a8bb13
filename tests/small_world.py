"""A small world: a department, two communes, three schools, people of every role, one open call, and a clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

import tiny_campaign
from thidua.config import Settings
from thidua.models import (
    Call,
    Database,
    Grant,
    Membership,
    Person,
    PersonName,
    RelationKind,
    Role,
    Unit,
    UnitName,
    UnitRelation,
    User,
)
from thidua.permissions import Actor
from thidua.services.passwords import Passwords
from thidua.text import alphabetical, fold, name_order
from thidua.times import Period, start_of_day

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)  # 09:00 in Việt Nam
PASSWORD = "mùa thu vàng 1954"
LONG_AGO = date(2020, 8, 1)


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **parts: float) -> None:
        """``clock.forward(minutes=31)``."""
        self.at += timedelta(**parts)


@dataclass
class World:
    """A small world: one department, two communes, two schools in the first and one in the second.

    ``units`` and ``users`` map short names to ids: ``so``, ``xa1``, ``xa2``, ``truong1``,
    ``truong2`` (under xa1), ``truong3`` (under xa2); ``admin``, ``vanthu1`` … ``vanthu3``,
    ``hieutruong1`` … ``hieutruong3``, ``thamdinh1``, ``thamdinh2``, ``phutrach1``,
    ``giamkhao1``, ``tracuu``. Every password is ``PASSWORD``.
    """

    units: dict[str, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    unit_ids: dict[str, str] = field(default_factory=dict)
    user_ids: dict[str, str] = field(default_factory=dict)
    call_id: int = 0
    call_public_id: str = ""

    def actor(self, user: str, unit: str | None = None) -> Actor:
        """``user`` acting for ``unit``."""
        return Actor(self.users[user], self.units[unit] if unit else None)


def add_unit(session: Session, code: str, name: str, *, kind: str = "trường", parent: int | None = None) -> Unit:
    """A unit with a name and a place under ``parent``, since long ago."""
    unit = Unit(code=code, kind=kind, place="Gia Lâm", abbreviation=code.upper(), started=LONG_AGO)
    session.add(unit)
    session.flush()
    names = {"text": name, "folded": fold(name), "sort_key": alphabetical(name)}
    session.add(UnitName(unit_id=unit.id, valid_from=LONG_AGO, **names))
    if parent is not None:
        relation = UnitRelation(child_id=unit.id, parent_id=parent, kind=RelationKind.MANAGED_BY, valid_from=LONG_AGO)
        session.add(relation)
    session.flush()
    return unit


def add_user(session: Session, login: str, *grants: tuple[Role, int], password_hash: str) -> User:
    """An account with roles since long ago."""
    user = User(login=login, name=f"Người {login}", password_hash=password_hash, must_change=False, created_at=NOW)
    session.add(user)
    session.flush()
    session.add_all(Grant(user_id=user.id, role=role, unit_id=unit, valid_from=LONG_AGO) for role, unit in grants)
    session.flush()
    return user


def add_person(session: Session, name: str, unit_id: int, *, birth: date, code: str | None = None) -> Person:
    """A teacher at a school since long ago."""
    person = Person(birth=birth, staff_code=code)
    session.add(person)
    session.flush()
    session.add(PersonName(person_id=person.id, text=name, folded=fold(name), sort_key=name_order(name)))
    session.add(Membership(person_id=person.id, unit_id=unit_id, position="Giáo viên", valid_from=LONG_AGO))
    session.flush()
    return person


def make_world(settings: Settings, database: Database) -> World:
    """Fill an empty database."""
    world = World()
    password = Passwords(settings).hash(PASSWORD)
    with database.writing() as session:
        units = world.units
        units["so"] = add_unit(session, "so", "Sở Giáo dục và Đào tạo", kind="cơ quan").id
        for xa, name in (("xa1", "Ủy ban nhân dân xã Bát Tràng"), ("xa2", "Ủy ban nhân dân xã Gia Lâm")):
            units[xa] = add_unit(session, xa, name, kind="cơ quan", parent=units["so"]).id
        for n, xa, name in (
            (1, "xa1", "Trường Tiểu học Hoa Sen"),
            (2, "xa1", "Trường THCS Đa Tốn"),
            (3, "xa2", "Trường Mầm non Ánh Sao"),
        ):
            units[f"truong{n}"] = add_unit(session, f"truong{n}", name, parent=units[xa]).id
        grants: dict[str, tuple[tuple[Role, int], ...]] = {
            "admin": ((Role.ADMIN, units["so"]),),
            "thamdinh1": ((Role.APPRAISER, units["xa1"]),),
            "thamdinh2": ((Role.APPRAISER, units["xa2"]),),
            "phutrach1": ((Role.MANAGER, units["xa1"]),),
            "giamkhao1": ((Role.JUDGE, units["xa1"]),),
            "tracuu": ((Role.READER, units["so"]),),
        }
        for n in (1, 2, 3):
            grants[f"vanthu{n}"] = ((Role.CLERK, units[f"truong{n}"]),)
            grants[f"hieutruong{n}"] = ((Role.HEAD, units[f"truong{n}"]),)
        for login, held in grants.items():
            world.users[login] = add_user(session, login, *held, password_hash=password).id
        for key, name, n in (
            ("hoa", "Nguyễn Thị Hoà", 1),
            ("duc", "Trần Văn Đức", 1),
            ("thuy", "Lê Thu Thủy", 2),
            ("anh", "Phạm Ngọc Ánh", 3),
        ):
            world.people[key] = add_person(session, name, units[f"truong{n}"], birth=date(1985, 2, n)).id
        call = Call(
            slug=tiny_campaign.SLUG,
            edition=tiny_campaign.EDITION,
            title="Thi đua nhỏ năm học 2025-2026",
            unit_id=units["so"],
            period=Period("school_year", 2025),
            opens=start_of_day(date(2026, 1, 5)),
            closes=start_of_day(date(2026, 4, 1)),
        )
        session.add(call)
        session.flush()
        world.call_id, world.call_public_id = call.id, call.public_id
        world.unit_ids = {key: _unit(session, number).public_id for key, number in units.items()}
        world.user_ids = {key: _user(session, number).public_id for key, number in world.users.items()}
    return world


def _unit(session: Session, number: int) -> Unit:
    return session.get_one(Unit, number)


def _user(session: Session, number: int) -> User:
    return session.get_one(User, number)
