"""Dossiers (hồ sơ): parts being filled, parties, submitted versions and their tờ trình."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import Enum, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from thidua.models.base import Base, JsonText, new_public_id
from thidua.models.calls import Call, Definition
from thidua.models.files import Attachment, AttachmentRevision
from thidua.models.people import Person
from thidua.models.states import State
from thidua.models.units import Unit


class PartyRole(enum.StrEnum):
    """What somebody is in a dossier."""

    NOMINEE = "nominee"  # người, tập thể được đề nghị
    AUTHOR = "author"  # tác giả
    MEMBER = "member"  # thành viên
    SUBJECT = "subject"  # nhân vật được viết về


class Dossier(Base):
    """A nomination dossier, from the first draft to its result.

    ``filed`` is the number of the version that stands with the office (0: none);
    ``rev`` rises with every change. ``title`` is whom or what it is about, as printed.
    """

    __tablename__ = "dossier"
    __table_args__ = (
        Index("ix_dossier_owner_changed", "owner_unit_id", "changed_at"),
        Index("ix_dossier_receiving_state", "receiving_unit_id", "state", "changed_at"),
        Index("ix_dossier_call_owner", "call_id", "owner_unit_id"),
        Index("ix_dossier_owner_state", "owner_unit_id", "state", "changed_at"),
        Index("ix_dossier_owner_groups", "owner_unit_id", "state", "call_id"),
        Index("ix_dossier_custody", "receiving_unit_id", "owner_unit_id", "state", "call_id", "filed"),
        Index("ix_dossier_rounds", "receiving_unit_id", "call_id", "track", "state", "filed"),
        Index("ix_dossier_call_code", "call_id", "code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=new_public_id)
    code: Mapped[str] = mapped_column(String(20), unique=True)  # HS-2026-000123
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    track: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(300))
    title_key: Mapped[str] = mapped_column(String(700))  # sorts by tên
    title_folded: Mapped[str] = mapped_column(String(330))  # title and code without marks, for filter boxes
    owner_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    receiving_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[State] = mapped_column(
        Enum(State, native_enum=False, length=20, values_callable=lambda e: [m.value for m in e])
    )
    filed: Mapped[int] = mapped_column(default=0)
    rev: Mapped[int] = mapped_column(default=1)
    done_parts: Mapped[int] = mapped_column(default=0, server_default="0")  # "3/6 phần xong", kept with every change
    all_parts: Mapped[int] = mapped_column(default=0, server_default="0")
    definition_sha256: Mapped[str] = mapped_column(ForeignKey("definition.sha256"))  # the form its parts are filled in
    created_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text, default="")  # the head's reason when given back

    call: Mapped[Call] = relationship()
    owner_unit: Mapped[Unit] = relationship(foreign_keys=[owner_unit_id])
    receiving_unit: Mapped[Unit | None] = relationship(foreign_keys=[receiving_unit_id])
    definition: Mapped[Definition] = relationship()
    parties: Mapped[list[DossierParty]] = relationship(order_by="DossierParty.id", back_populates="dossier")
    parts: Mapped[list[Part]] = relationship(order_by="Part.id")
    attachments: Mapped[list[Attachment]] = relationship(order_by="Attachment.id")
    versions: Mapped[list[Version]] = relationship(order_by="Version.n", back_populates="dossier")


class CodeCounter(Base):
    """The last number given to a code in a calendar year; gaps are allowed."""

    __tablename__ = "code_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class DossierParty(Base):
    """A person, a unit or a named group with its role; the name stays as printed."""

    __tablename__ = "dossier_party"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    role: Mapped[PartyRole] = mapped_column(
        Enum(PartyRole, native_enum=False, length=20, values_callable=lambda e: [m.value for m in e])
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    group_name: Mapped[str] = mapped_column(String(300), default="")
    share: Mapped[str] = mapped_column(String(20), default="")  # percent as text; no float, no Numeric
    name_as_printed: Mapped[str] = mapped_column(String(300))

    dossier: Mapped[Dossier] = relationship(back_populates="parties")
    person: Mapped[Person | None] = relationship()


class Part(Base):
    """One section of the form while it is being filled: values as typed, and their revision."""

    __tablename__ = "part"
    __table_args__ = (UniqueConstraint("dossier_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    key: Mapped[str] = mapped_column(String(60))
    raw: Mapped[dict[str, object]] = mapped_column(JsonText, default=dict)
    rev: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]
    changed_by: Mapped[int] = mapped_column(ForeignKey("user.id"))


class Submission(Base):
    """A tờ trình: one unit hands in one or many dossiers of a call under one number and date."""

    __tablename__ = "submission"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=new_public_id)
    key: Mapped[str] = mapped_column(String(64), unique=True)  # the form's own key: a second click finds the first
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    receiving_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    number: Mapped[str] = mapped_column(String(60))  # số, ký hiệu
    day: Mapped[date]  # ngày của tờ trình
    signer: Mapped[str] = mapped_column(String(200))
    signer_title: Mapped[str] = mapped_column(String(100), server_default="Hiệu trưởng")  # as the letter prints it
    submitted_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    submitted_at: Mapped[datetime]
    late: Mapped[bool] = mapped_column(default=False)
    scan_sha256: Mapped[str | None] = mapped_column(ForeignKey("blob.sha256"))
    scan_name: Mapped[str] = mapped_column(String(200), default="")

    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    receiving_unit: Mapped[Unit] = relationship(foreign_keys=[receiving_unit_id])
    call: Mapped[Call] = relationship()
    versions: Mapped[list[Version]] = relationship(order_by="Version.id", back_populates="submission")


class Version(Base):
    """What was submitted: answers, parties and files as they were. Never changed afterwards.

    ``sha256`` is the hash of the canonical JSON of ``content``, which quotes the
    SHA-256 of the definition and of every file.
    """

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("dossier_id", "n"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    n: Mapped[int]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    definition_sha256: Mapped[str] = mapped_column(ForeignKey("definition.sha256"))
    content: Mapped[dict[str, object]] = mapped_column(JsonText)  # {"answers", "raw", "parties", "files", …}
    sha256: Mapped[str] = mapped_column(String(64))
    submitted_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]  # the one fact that may be added later: the office never saw it

    dossier: Mapped[Dossier] = relationship(back_populates="versions")
    submission: Mapped[Submission] = relationship(back_populates="versions")
    definition: Mapped[Definition] = relationship()
    files: Mapped[list[VersionFile]] = relationship(order_by="VersionFile.id")

    @property
    def answers(self) -> dict[str, object]:
        """The canonical answers by field key."""
        answers = self.content.get("answers")
        return answers if isinstance(answers, dict) else {}


class VersionFile(Base):
    """A file as it belongs to a version; the bytes are the blob's."""

    __tablename__ = "version_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("attachment_revision.id"), index=True)
    slot: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"), index=True)
    size: Mapped[int]
    revision: Mapped[AttachmentRevision] = relationship()
