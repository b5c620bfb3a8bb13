"""What happened (append-only), what is still to be done, and what search shows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from thidua.models.base import Base, JsonText


class Event(Base):
    """One line of the audit: who, in whose name, did what to what. Never changed or deleted.

    ``details`` holds codes and ids; never passwords, answers or file contents.
    """

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_subject", "subject_kind", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    action: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int | None]
    details: Mapped[dict[str, object]] = mapped_column(JsonText, default=dict)


class Outbox(Base):
    """Work that must follow a change, written in the change's own transaction.

    ``key`` is unique: asking twice for the same work is asking once. ``seq`` rises
    when it is asked for again while under way, so that the second wish is not lost.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "due", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str] = mapped_column(String(80))
    details: Mapped[dict[str, object]] = mapped_column(JsonText, default=dict)
    due: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    seq: Mapped[int] = mapped_column(default=1)
    leased_until: Mapped[datetime | None]
    leased_by: Mapped[str] = mapped_column(String(60), default="")
    error: Mapped[str] = mapped_column(String(500), default="")


class SearchSource(Base):
    """A text of a dossier that search shows snippets from: its answers (``n`` 0) or one file.

    For a file ``sha256`` names the blob whose text is shown; ``text`` is empty then. What is ``identifying`` (answers
    and documents that the form says are so) is shown to nobody who would not see it on the dossier's page.
    """

    __tablename__ = "search_source"
    __table_args__ = (UniqueConstraint("dossier_id", "n"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    n: Mapped[int]
    label: Mapped[str] = mapped_column(String(300))
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("attachment_revision.id"))
    sha256: Mapped[str | None] = mapped_column(ForeignKey("blob.sha256"), index=True)
    text: Mapped[str] = mapped_column(Text, default="", deferred=True)
    folded: Mapped[str] = mapped_column(Text, default="", deferred=True)
    identifying: Mapped[bool] = mapped_column(default=False, server_default=false())
