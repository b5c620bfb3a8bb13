"""Attachments: bytes first go to the blob store, then one short transaction writes the rows."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

from sqlalchemy.orm import Session

from thidua import outbox
from thidua.errors import NotFound, Refused, TooLarge
from thidua.files.checks import check_upload
from thidua.files.limits import MB
from thidua.models import Attachment, AttachmentRevision, Blob, BlobText, Dossier, TextState
from thidua.names import display_name, extension
from thidua.permissions import Actor, bytes_held, find_attachment, require, scope_of
from thidua.plugin import Document
from thidua.services import audit
from thidua.services.definitions import shape
from thidua.services.dossiers import open_for_edit
from thidua.services.moves import touch
from thidua.services.site import Site
from thidua.services.working import current_files
from thidua.times import local_day

TEXT = "text"


def receive(
    site: Site,
    *,
    dossier: str,
    slot: str,
    name: str,
    stream: BinaryIO,
    expected: int | None,
    by: Actor,
    now: datetime,
    replaces: str | None = None,
) -> AttachmentRevision:
    """Take one file for ``slot`` of ``dossier``; ``replaces`` names the attachment it follows.

    Rights, room and the size announced are checked before a byte is read; nothing is
    written to the database until the bytes are safe on disk. Raises ``TooLarge``,
    ``BadFile``, ``NoRoom``, ``NotFound``, ``NotAllowed`` or ``Refused``.
    """
    name = display_name(name)
    with site.database.reading() as session:
        row, _ = open_for_edit(session, dossier, by=by, now=now)
        document = _document(row, slot)
        limit = min(document.max_mb, site.settings.max_upload_mb) * MB
        if expected is not None and expected > limit:
            raise TooLarge("file-too-large", name=name, limit_mb=limit // MB)
        _require_room(row, document, replaces)
        _require_quota(session, row, site, expected or 0)
    with site.store.receive(stream, name=name, limit=limit, expected=expected) as incoming:
        check_upload(incoming.path, name, document.accept)
        site.store.keep(incoming)
        sha256, size = incoming.sha256, incoming.size
    with site.database.writing() as session:
        row, _ = open_for_edit(session, dossier, by=by, now=now)
        _require_room(row, document, replaces)
        _require_quota(session, row, site, size)  # again: others may have sent meanwhile, or no size was announced
        add_blob(session, sha256=sha256, size=size, ext=extension(name), now=now)
        attachment = _place(session, row, slot, replaces)
        revision = AttachmentRevision(
            attachment=attachment,
            n=len(attachment.revisions) + 1,
            sha256=sha256,
            name=name,
            extension=extension(name),
            size=size,
            uploaded_by=by.user_id,
            uploaded_at=now,
        )
        session.add(revision)
        touch(session, row, now)
        details = {"slot": slot, "sha256": sha256, "replaces": bool(replaces)}
        audit.record(session, "attach", by=by, now=now, subject=("dossier", row.id), details=details)
    return revision


def remove(session: Session, *, attachment: str, by: Actor, now: datetime) -> Dossier:
    """Take an attachment out of the working copy; its history and filed versions keep it."""
    row, found = _own(session, attachment, by, now)
    if found.removed_at is None:
        found.removed_at = now
        touch(session, row, now)
        audit.record(session, "detach", by=by, now=now, subject=("dossier", row.id), details={"slot": found.slot})
    return row


def restore(session: Session, *, attachment: str, by: Actor, now: datetime) -> Dossier:
    """Undo :func:`remove`."""
    row, found = _own(session, attachment, by, now)
    if found.removed_at is not None:
        _require_room(row, _document(row, found.slot), None)
        found.removed_at = None
        touch(session, row, now)
        audit.record(session, "attach", by=by, now=now, subject=("dossier", row.id), details={"slot": found.slot})
    return row


def add_blob(session: Session, *, sha256: str, size: int, ext: str, now: datetime) -> None:
    """Note a kept blob and have its text read; the same bytes are noted once."""
    if session.get(Blob, sha256) is None:
        session.add(Blob(sha256=sha256, size=size, extension=ext, created_at=now))
        session.add(BlobText(sha256=sha256, state=TextState.WAITING, changed_at=now))
        session.flush()
        outbox.put(session, kind=TEXT, subject=sha256, now=now)


def _own(session: Session, attachment: str, by: Actor, now: datetime) -> tuple[Dossier, Attachment]:
    scope = scope_of(session, by, local_day(now))
    row, found = find_attachment(session, scope, attachment)
    require(scope, "edit", row)
    return row, found


def _document(dossier: Dossier, slot: str) -> Document:
    try:
        return shape(dossier.definition).document(slot)
    except KeyError as error:
        raise NotFound from error


def _place(session: Session, dossier: Dossier, slot: str, replaces: str | None) -> Attachment:
    if replaces is None:
        attachment = Attachment(dossier_id=dossier.id, slot=slot)
        session.add(attachment)
        return attachment
    for attachment in dossier.attachments:
        if attachment.public_id == replaces and attachment.slot == slot and attachment.removed_at is None:
            return attachment
    raise NotFound


def _require_room(dossier: Dossier, document: Document, replaces: str | None) -> None:
    held = current_files(dossier).get(document.key, [])
    if replaces is not None:
        if replaces not in {a.public_id for a in held}:
            raise NotFound
    elif len(held) >= document.max_files:
        raise Refused("slot-full", label=document.label, limit=document.max_files)


def _require_quota(session: Session, dossier: Dossier, site: Site, more: int) -> None:
    used = bytes_held(session, dossier.owner_unit_id)
    if used + more > site.settings.unit_quota_mb * MB:
        raise TooLarge("unit-quota", limit_mb=site.settings.unit_quota_mb)
