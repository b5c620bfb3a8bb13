"""Texts that others are compared with, and their fingerprints: a cache, made again from the versions at any time."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from thidua.models.base import Base


class StandingText(Base):
    """A text of a dossier's standing version: the answer ``field``, or a file of that slot (``n`` from 1).

    The text itself stays where it is: in the version's answers, or in the text of blob ``sha256``.
    """

    __tablename__ = "standing_text"
    __table_args__ = (UniqueConstraint("dossier_id", "field", "n"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), index=True)
    field: Mapped[str] = mapped_column(String(60))
    n: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str | None] = mapped_column(ForeignKey("blob.sha256"), index=True)


class Fingerprint(Base):
    """One fingerprint of a text (see :mod:`thidua.originality`); found by its hash."""

    __tablename__ = "fingerprint"
    __table_args__ = (Index("ix_fingerprint_text", "text_id"), {"sqlite_with_rowid": False})

    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    text_id: Mapped[int] = mapped_column(
        ForeignKey("standing_text.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
