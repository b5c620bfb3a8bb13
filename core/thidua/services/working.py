"""The working copy of a dossier: what is typed and attached now, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session, joinedload, selectinload

from thidua.errors import say
from thidua.forms import whole_form
from thidua.models import Attachment, AttachmentRevision, Blob, Dossier, Part, Version
from thidua.permissions import Scope, dossiers, find_dossier
from thidua.plugin import JsonValue, Problem, Shape
from thidua.services.sheet_texts import reckon

SELF_PART = "tu-cham"
"""The key of the part that holds the school's own sheet; no section can have it."""

PREFILLED_PART = "dien-san"
"""The key of the part that remembers what was carried over from another dossier."""

EXCEL_PART = "tu-excel"
"""The key of the part that remembers what each user's Excel file wrote: it may be mended and sent again."""

OUR_PARTS = frozenset({SELF_PART, PREFILLED_PART, EXCEL_PART})


@dataclass(frozen=True)
class PartProgress:
    """One line of the task list: how a part of the dossier stands.

    ``done``: nothing in it stops a submission, so an untouched part without duties is done as it is.
    """

    key: str
    title: str
    done: bool
    started: bool
    problems: int


def load(session: Session, scope: Scope, public_id: str) -> Dossier:
    """:func:`~thidua.permissions.find_dossier` with everything a page of one dossier reads, in a few statements."""
    row = find_dossier(session, scope, public_id)
    query = (
        dossiers(scope)
        .where(Dossier.id == row.id)
        .options(
            joinedload(Dossier.call),
            joinedload(Dossier.definition),
            selectinload(Dossier.parts),
            selectinload(Dossier.parties),
            selectinload(Dossier.versions).selectinload(Version.files),
            selectinload(Dossier.attachments)
            .selectinload(Attachment.revisions)
            .joinedload(AttachmentRevision.blob)
            .joinedload(Blob.text),
        )
        .execution_options(populate_existing=True)
    )
    loaded: Dossier = session.scalars(query).unique().one()
    return loaded


def set_aside(
    session: Session, dossier: Dossier, key: str, raw: Mapping[str, JsonValue], *, by: int, now: datetime
) -> None:
    """Keep ``raw`` in a part of ours, making it where it is missing; ``by`` is a user's number."""
    held = next((part for part in dossier.parts if part.key == key), None)
    if held is None:
        held = Part(dossier_id=dossier.id, key=key, raw={}, changed_at=now, changed_by=by)
        session.add(held)
    held.raw = dict(raw)
    session.flush()
    session.expire(dossier, ["parts"])


def raw_values(dossier: Dossier) -> dict[str, object]:
    """All values as they were sent, over all parts; field keys are unique in a track."""
    return {key: value for part in dossier.parts if part.key not in OUR_PARTS for key, value in part.raw.items()}


def self_texts(dossier: Dossier) -> dict[str, str]:
    """What the school typed into its own sheet, by place; empty where there is none."""
    held = next((part.raw for part in dossier.parts if part.key == SELF_PART), {})
    return {place: str(text) for place, text in held.items()}


def answers_so_far(form: Shape, dossier: Dossier) -> dict[str, object]:
    """The working copy for reading: what is an answer in its canonical form, everything else as it was typed."""
    raw = raw_values(dossier)
    return raw | whole_form(form, raw, complete=False)[0]


def current_files(dossier: Dossier) -> dict[str, list[Attachment]]:
    """The attachments by slot, in the order they were added."""
    files: dict[str, list[Attachment]] = {}
    for attachment in dossier.attachments:
        if attachment.removed_at is None:
            files.setdefault(attachment.slot, []).append(attachment)
    return files


def files_now(dossier: Dossier) -> dict[str, list[str]]:
    """The SHA-256 sums of the attached files by slot."""
    return {slot: [one.current.sha256 for one in held] for slot, held in current_files(dossier).items()}


def document_problems(form: Shape, dossier: Dossier) -> list[Problem]:
    """Required documents that are missing; the field is ``document:<slot>``."""
    held = current_files(dossier)
    return [
        Problem(f"document:{d.key}", say("document-missing", label=d.label))
        for d in form.documents
        if d.required and not held.get(d.key)
    ]


def progress(form: Shape, dossier: Dossier) -> list[PartProgress]:
    """The task list: each section, the documents, then the school's own sheet. "3/6 phần xong" counts the done ones."""
    raw = raw_values(dossier)
    by_section = _problems_by_section(form, raw)
    lines = []
    for section in form.sections:
        started = any(raw.get(f.key) not in (None, "", [], {}) for f in section.fields)
        count = by_section[section.key]
        lines.append(PartProgress(section.key, section.title, not count, started, count))
    missing = len(document_problems(form, dossier))
    started = bool(current_files(dossier))
    if form.documents:
        lines.append(PartProgress("documents", "Tài liệu kèm theo", not missing, started, missing))
    if form.self_scored:
        texts = self_texts(dossier)
        count = len(reckon(form, texts, final=True).problems)
        lines.append(PartProgress(SELF_PART, "Phiếu tự chấm", not count, bool(texts), count))
    return lines


def _problems_by_section(form: Shape, raw: Mapping[str, object]) -> dict[str, int]:
    owner = {f.key: s.key for s in form.sections for f in s.fields}
    counts = dict.fromkeys((s.key for s in form.sections), 0)
    for problem in whole_form(form, raw)[1]:
        key = owner.get(problem.field.partition(".")[0])
        if key and problem.level == "error":
            counts[key] += 1
    return counts
