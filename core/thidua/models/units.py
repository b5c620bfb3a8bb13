"""Offices and schools: names, relations and events are data with dates (``Unit`` = đơn vị)."""

from __future__ import annotations

import enum
from datetime import date

from sqlalchemy import Enum, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from thidua.models.base import Base, JsonText, new_public_id


class RelationKind(enum.StrEnum):
    """What links a unit to the one above it."""

    MANAGED_BY = "managed_by"  # quản lý
    REWARD_ROUTE = "reward_route"  # tuyến khen thưởng; where absent, the managing unit receives dossiers


class UnitEventKind(enum.StrEnum):
    """What happened to units on one day."""

    DISSOLVED = "dissolved"  # giải thể
    FOUNDED = "founded"  # thành lập
    MERGED = "merged"  # sáp nhập
    SPLIT = "split"  # chia
    RENAMED = "renamed"  # đổi tên
    TRANSFERRED = "transferred"  # chuyển giao


class Unit(Base):
    """A school, an office, a commune: anything that files, receives or stands above.

    ``kind`` is a word for people (``trường``, ``cơ quan``), never tested by rules.
    ``abbreviation`` is used in document signs (``THHS`` in ``05/TTr-THHS``).
    """

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=new_public_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(40), default="")  # MN, TH, THCS, THPT; for display and filters
    abbreviation: Mapped[str] = mapped_column(String(20), default="")
    place: Mapped[str] = mapped_column(String(100), default="")  # địa danh on official documents
    started: Mapped[date | None]
    ended: Mapped[date | None]  # first day on which it no longer exists
    names: Mapped[list[UnitName]] = relationship(order_by="UnitName.valid_from", lazy="selectin")

    def name_on(self, day: date) -> str:
        """The official name on ``day``: the last one given by then, and before the first one that."""
        given = [n for n in self.names if n.valid_from <= day] or self.names[:1]
        return given[-1].text if given else self.code


class UnitName(Base):
    """An official name with its dates; ``valid_to`` is exclusive."""

    __tablename__ = "unit_name"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    text: Mapped[str] = mapped_column(String(300))
    folded: Mapped[str] = mapped_column(String(300))
    sort_key: Mapped[str] = mapped_column(String(600))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class UnitRelation(Base):
    """``child`` stands under ``parent`` from ``valid_from`` until (not including) ``valid_to``."""

    __tablename__ = "unit_relation"
    __table_args__ = (
        Index("ix_unit_relation_parent", "parent_id", "kind"),
        UniqueConstraint("child_id", "parent_id", "kind", "valid_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[RelationKind] = mapped_column(
        Enum(RelationKind, native_enum=False, length=20, values_callable=lambda e: [m.value for m in e])
    )
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class UnitEvent(Base):
    """What happened to units on a day, with the document that says so (số, ngày, cơ quan)."""

    __tablename__ = "unit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[UnitEventKind] = mapped_column(
        Enum(UnitEventKind, native_enum=False, length=20, values_callable=lambda e: [m.value for m in e])
    )
    day: Mapped[date]
    document: Mapped[str] = mapped_column(String(300))
    details: Mapped[dict[str, object]] = mapped_column(JsonText, default=dict)


class Succession(Base):
    """After ``event``, ``successor`` has custody of what ``office`` received from ``school``.

    Where both are the same unit, a school that ended: ``successor`` goes on with the dossiers of its own making.
    """

    __tablename__ = "succession"
    __table_args__ = (UniqueConstraint("event_id", "office_id", "school_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("unit_event.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    successor_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    day: Mapped[date]
