"""Attachments (tệp đính kèm), the blobs that hold their bytes, and the text read from them."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import BigInteger, Enum, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from thidua.models.base import Base, new_public_id


class TextState(enum.StrEnum):
    """How far the reading of a blob's text has come."""

    WAITING = "waiting"  # đang đọc
    TEXT = "text"  # có
    NO_TEXT = "no_text"  # không có lớp chữ
    FAILED = "failed"  # lỗi

    @property
    def label(self) -> str:
        """The word people read."""
        return {
            TextState.WAITING: "đang đọc",
            TextState.TEXT: "có lớp chữ",
            TextState.NO_TEXT: "không có lớp chữ",
            TextState.FAILED: "không đọc được",
        }[self]


class Blob(Base):
    """Bytes in the blob store, named by their SHA-256; never changed, never overwritten."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    extension: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    text: Mapped[BlobText | None] = relationship(back_populates="blob")


class BlobText(Base):
    """The text read from a blob: a cache that can be made again."""

    __tablename__ = "blob_text"

    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"), primary_key=True)
    state: Mapped[TextState] = mapped_column(
        Enum(TextState, native_enum=False, length=20, values_callable=lambda e: [m.value for m in e])
    )
    text: Mapped[str] = mapped_column(Text, default="", deferred=True)
    folded: Mapped[str] = mapped_column(Text, default="", deferred=True)
    extractor: Mapped[str] = mapped_column(String(60), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    changed_at: Mapped[datetime]
    blob: Mapped[Blob] = relationship(back_populates="text")


class Attachment(Base):
    """A place for a file in a dossier's document slot; replacing keeps the history."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=new_public_id)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    slot: Mapped[str] = mapped_column(String(60))
    removed_at: Mapped[datetime | None]
    revisions: Mapped[list[AttachmentRevision]] = relationship(
        order_by="AttachmentRevision.n", back_populates="attachment"
    )

    @property
    def current(self) -> AttachmentRevision:
        """The latest revision."""
        return self.revisions[-1]


class AttachmentRevision(Base):
    """One file that stood in an attachment; ``name`` is what the user called it (NFC, tamed)."""

    __tablename__ = "attachment_revision"
    __table_args__ = (UniqueConstraint("attachment_id", "n"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=new_public_id)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"))
    n: Mapped[int]
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    extension: Mapped[str] = mapped_column(String(10))
    size: Mapped[int] = mapped_column(BigInteger)
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    uploaded_at: Mapped[datetime]
    attachment: Mapped[Attachment] = relationship(back_populates="revisions")
    blob: Mapped[Blob] = relationship()
