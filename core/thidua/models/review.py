"""Appraisal (thẩm định) of a submitted version: outcome, checklist, notes pinned to places."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import Enum, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from thidua.models.base import Base
from thidua.models.dossiers import Version


class Verdict(enum.StrEnum):
    """What the appraiser found for one item."""

    PASSED = "passed"  # đạt
    FAILED = "failed"  # không đạt
    MORE = "more"  # cần bổ sung

    @property
    def label(self) -> str:
        """The word people read."""
        return {Verdict.PASSED: "Đạt", Verdict.FAILED: "Không đạt", Verdict.MORE: "Cần bổ sung"}[self]


class Outcome(enum.StrEnum):
    """How an appraisal ended; empty while under way."""

    RETURNED = "returned"
    INELIGIBLE = "ineligible"
    ELIGIBLE = "eligible"


class Review(Base):
    """One appraisal of one version by one unit."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("version_id", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    outcome: Mapped[Outcome | None] = mapped_column(
        Enum(Outcome, native_enum=False, length=20, values_callable=lambda e: [m.value for m in e])
    )
    reason: Mapped[str] = mapped_column(Text, default="")
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[Version] = relationship()
    items: Mapped[list[ReviewItem]] = relationship(order_by="ReviewItem.id")


class ReviewItem(Base):
    """A verdict and a note on ``place``: ``field:<key>``, ``document:<slot>`` or ``section:<key>``."""

    __tablename__ = "review_item"
    __table_args__ = (UniqueConstraint("review_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    place: Mapped[str] = mapped_column(String(140))
    verdict: Mapped[Verdict] = mapped_column(
        Enum(Verdict, native_enum=False, length=20, values_callable=lambda e: [m.value for m in e])
    )
    note: Mapped[str] = mapped_column(Text, default="")
