"""Judging (chấm điểm): who scores what, the sheets, and the frozen result."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import Enum, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from thidua.models.base import Base, JsonText, new_public_id
from thidua.models.dossiers import Dossier, Version
from thidua.models.people import User


class Stage(enum.StrEnum):
    """Whose sheet it is: they stand side by side, a stage per column."""

    SELF = "self"  # tự chấm
    GROUP = "group"  # tổ chấm
    OFFICE = "office"  # cơ quan chấm
    JUDGE = "judge"  # giám khảo chấm


class ConflictKind(enum.StrEnum):
    """Why somebody must not judge a dossier."""

    OWN_UNIT = "own_unit"  # cùng đơn vị
    NOMINEE = "nominee"  # là người được đề nghị
    AUTHOR = "author"  # là tác giả, thành viên
    DECLARED = "declared"  # tự khai


class Conflict(Base):
    """``user`` has an interest in ``dossier``: for judge and office eyes it does not exist for them."""

    __tablename__ = "conflict"
    __table_args__ = (UniqueConstraint("dossier_id", "user_id"), Index("ix_conflict_user", "user_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[ConflictKind] = mapped_column(
        Enum(ConflictKind, native_enum=False, length=20, values_callable=lambda e: [m.value for m in e])
    )
    reason: Mapped[str] = mapped_column(Text, default="")
    noted_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    noted_at: Mapped[datetime]


class Assignment(Base):
    """``judge`` scores ``dossier``. Ended, never deleted; ``place`` 1, 2 … and the next one for a called judge.

    ``blind`` is copied from the track when it is made. ``ended_why`` is ``removed``,
    ``abstained`` or ``conflict``, with the reason in words.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("dossier_id", "judge_id"),
        Index("ix_assignment_judge", "judge_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=new_public_id)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    judge_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    place: Mapped[int]
    blind: Mapped[bool]
    assigned_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    assigned_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str] = mapped_column(String(20), default="")
    ended_reason: Mapped[str] = mapped_column(Text, default="")
    dossier: Mapped[Dossier] = relationship()
    judge: Mapped[User] = relationship(foreign_keys=[judge_id])


class Scoresheet(Base):
    """One scorer's sheet on one version; a draft until ``final_at``. ``rev`` rises with every change.

    ``apart``: when a judge handed it in, another final sheet of the version lay further away than the track allows.
    Who looks for dossiers that want one more judge looks among these.
    """

    __tablename__ = "scoresheet"
    __table_args__ = (
        UniqueConstraint("version_id", "stage", "scorer_id"),
        Index("ix_scoresheet_apart", "version_id", sqlite_where=text("apart")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    stage: Mapped[Stage] = mapped_column(
        Enum(Stage, native_enum=False, length=20, values_callable=lambda e: [m.value for m in e])
    )
    scorer_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    rev: Mapped[int] = mapped_column(default=1)
    comment: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[datetime]
    final_at: Mapped[datetime | None]
    apart: Mapped[bool] = mapped_column(default=False, server_default=false())
    version: Mapped[Version] = relationship()
    scorer: Mapped[User] = relationship(foreign_keys=[scorer_id])
    scores: Mapped[list[Score]] = relationship(order_by="Score.id")


class Score(Base):
    """What was typed for one leaf of the rubric, and the comment on it. Text: no float, no Numeric."""

    __tablename__ = "score"
    __table_args__ = (UniqueConstraint("sheet_id", "node"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("scoresheet.id"))
    node: Mapped[str] = mapped_column(String(60))
    points: Mapped[str] = mapped_column(String(40))
    comment: Mapped[str] = mapped_column(Text, default="")


class Result(Base):
    """What came out, frozen at closing: ``calculation`` is the whole reckoning as canonical JSON.

    The database refuses to change the frozen columns. Reopening leaves the row as it
    is and marks it; closing again makes the next ``n``. ``place`` and ``prize`` are
    set among the dossiers of a call when it is closed.
    """

    __tablename__ = "result"
    __table_args__ = (UniqueConstraint("dossier_id", "n"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    n: Mapped[int]
    total: Mapped[str] = mapped_column(String(60))  # exact, as "35/2"; empty where the track has no rubric
    class_key: Mapped[str] = mapped_column(String(60))
    class_label: Mapped[str] = mapped_column(String(200))
    place: Mapped[int | None]  # rank within call and track
    prize: Mapped[str] = mapped_column(String(60), default="", server_default="")
    prize_label: Mapped[str] = mapped_column(String(200), default="", server_default="")
    tie: Mapped[dict[str, object]] = mapped_column(
        JsonText, default=dict
    )  # by what a tie was broken, who chose and why
    calculation: Mapped[str] = mapped_column(Text)
    rubric_sha256: Mapped[str] = mapped_column(String(64))
    frozen_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    frozen_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    published_at: Mapped[datetime | None]
    reopened_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reopened_at: Mapped[datetime | None]
    reopened_why: Mapped[str] = mapped_column(Text, default="")
    dossier: Mapped[Dossier] = relationship()
    version: Mapped[Version] = relationship()


class IssuedReport(Base):
    """A report as it was issued: kept with the hash of its data; issuing again makes the next ``n``."""

    __tablename__ = "issued_report"
    __table_args__ = (UniqueConstraint("call_id", "report", "n"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=new_public_id)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    report: Mapped[str] = mapped_column(String(60))
    n: Mapped[int]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    asked_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime]
    facts: Mapped[dict[str, object]] = mapped_column(JsonText, default=dict)  # số, ngày, người ký as typed
    progress: Mapped[int] = mapped_column(default=0)  # per cent
    done_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(500), default="")
    data_sha256: Mapped[str] = mapped_column(String(64), default="")
    data: Mapped[str] = mapped_column(Text, default="", server_default="", deferred=True)  # its tables' lines as JSON
    word_sha256: Mapped[str | None] = mapped_column(ForeignKey("blob.sha256"))
    excel_sha256: Mapped[str | None] = mapped_column(ForeignKey("blob.sha256"))
