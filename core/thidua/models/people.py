"""People, accounts and grants (``Person`` = cá nhân, ``Grant`` = vai trò được giao)."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import Enum, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from thidua.models.base import Base, new_public_id


class Role(enum.StrEnum):
    """The seven roles; plugins define none."""

    CLERK = "clerk"  # văn thư
    HEAD = "head"  # hiệu trưởng
    APPRAISER = "appraiser"  # thẩm định
    MANAGER = "manager"  # phụ trách đợt
    JUDGE = "judge"  # giám khảo
    READER = "reader"  # tra cứu
    ADMIN = "admin"  # quản trị

    @property
    def label(self) -> str:
        """The Vietnamese name of the role."""
        return _ROLE_LABELS[self]


_ROLE_LABELS = {
    Role.CLERK: "Văn thư",
    Role.HEAD: "Hiệu trưởng",
    Role.APPRAISER: "Thẩm định",
    Role.MANAGER: "Phụ trách đợt",
    Role.JUDGE: "Giám khảo",
    Role.READER: "Tra cứu",
    Role.ADMIN: "Quản trị",
}


class Person(Base):
    """Somebody who is nominated, writes, scores or signs. Never merged on the name alone."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=new_public_id)
    birth: Mapped[date | None]
    staff_code: Mapped[str | None] = mapped_column(String(40), unique=True)
    names: Mapped[list[PersonName]] = relationship(order_by="PersonName.id", lazy="selectin")
    memberships: Mapped[list[Membership]] = relationship(order_by="Membership.id", viewonly=True)

    @property
    def name(self) -> str:
        """The latest recorded name."""
        return self.names[-1].text if self.names else ""

    def position_in(self, unit_id: int, on: date) -> str:
        """The position (chức vụ) in the unit on that day; empty where none is recorded."""
        held = (one for one in self.memberships if one.unit_id == unit_id and one.valid_from <= on)
        return next((one.position for one in held if one.valid_to is None or one.valid_to > on), "")


class PersonName(Base):
    """A name as written; ``folded`` finds it without marks, ``sort_key`` puts it by tên."""

    __tablename__ = "person_name"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(String(200))
    folded: Mapped[str] = mapped_column(String(200), index=True)
    sort_key: Mapped[str] = mapped_column(String(500))


class Membership(Base):
    """``person`` works in ``unit`` from … to (exclusive); ``position`` is chức vụ."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("person_id", "unit_id", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    position: Mapped[str] = mapped_column(String(200), default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class User(Base):
    """An account. ``epoch`` is part of every session: raising it ends them all."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=new_public_id)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change: Mapped[bool] = mapped_column(default=True)
    epoch: Mapped[int] = mapped_column(default=1)
    disabled_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Grant(Base):
    """``user`` holds ``role`` at ``unit`` from … to (exclusive). Ended, never deleted."""

    __tablename__ = "grant"
    __table_args__ = (Index("ix_grant_unit_role", "unit_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[Role] = mapped_column(
        Enum(Role, native_enum=False, length=20, values_callable=lambda e: [m.value for m in e])
    )
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    def overlaps(self, start: date, end: date | None = None) -> bool:
        """Whether it holds on a day from ``start`` on and before ``end``; one ended before its first day never does."""
        until = self.valid_to or date.max
        return max(self.valid_from, start) < min(until, end or date.max)


class LoginTry(Base):
    """A failed sign-in, counted per account name and address for the throttle."""

    __tablename__ = "login_try"
    __table_args__ = (Index("ix_login_try_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))  # SHA-256 of login and address: neither is kept readable
    at: Mapped[datetime]
