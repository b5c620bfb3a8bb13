"""Definitions (the form in force), calls (đợt) and extensions of their deadline."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from thidua.models.base import Base, JsonText, new_public_id
from thidua.models.units import Unit
from thidua.times import Period


class Definition(Base):
    """Form, documents and rubric of one track as canonical JSON, keyed by its SHA-256.

    Records outlive plugins: every page of a filed dossier reads this and no plugin.
    """

    __tablename__ = "definition"
    __table_args__ = (Index("ix_definition_identity", "slug", "edition", "track"),)

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    slug: Mapped[str] = mapped_column(String(60))
    edition: Mapped[str] = mapped_column(String(40))
    track: Mapped[str] = mapped_column(String(60))
    json: Mapped[str] = mapped_column(Text)
    seen_at: Mapped[datetime]  # when this wording was last the live one


class Call(Base):
    """A call for dossiers (đợt): an edition opened by a unit for a period, with its dates.

    ``closes`` is an exclusive instant; until ``grace_until`` (exclusive, optional)
    a submission is still taken and marked late.
    """

    __tablename__ = "call"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=new_public_id)
    slug: Mapped[str] = mapped_column(String(60), index=True)
    edition: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(300))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    period: Mapped[Period] = mapped_column(index=True)
    opens: Mapped[datetime]
    closes: Mapped[datetime]
    grace_until: Mapped[datetime | None]
    parameters: Mapped[dict[str, object]] = mapped_column(JsonText, default=dict)
    unit: Mapped[Unit] = relationship()

    @property
    def period_apart(self) -> str:
        """The label of the period for beside the title; empty where the title says it already."""
        return "" if self.period.label in self.title else self.period.label


class Extension(Base):
    """More time for one unit: asked for by a school with a reason, or granted straight away.

    Undecided while ``decided_at`` is empty; granted when ``until`` is set, refused otherwise.
    """

    __tablename__ = "extension"
    __table_args__ = (UniqueConstraint("call_id", "unit_id", "asked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=new_public_id)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime]
    until: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")
