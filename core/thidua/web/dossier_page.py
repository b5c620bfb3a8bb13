"""What every page of one dossier starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from thidua.errors import NotFound
from thidua.models import EDITABLE, AttachmentRevision, Dossier, State, Version, VersionFile
from thidua.permissions import Scope, actions_for, find_version
from thidua.plugin import Document, Problem, Shape
from thidua.services.checking import section_of
from thidua.services.definitions import form_of, shape
from thidua.services.display import ShownSection, show
from thidua.services.working import SELF_PART, answers_so_far, current_files, load
from thidua.web.context import current_scope, read, site


@dataclass(frozen=True)
class Opened:
    """A dossier as its page needs it: the row, its form, and what the actor may do now."""

    row: Dossier
    form: Shape
    scope: Scope
    can: frozenset[str]

    @property
    def own(self) -> bool:
        """Whether the actor sees the working copy."""
        return "see:working" in self.can

    @property
    def paused(self) -> bool:
        """Whether it may be typed on and saved, but not handed over: its campaign is out."""
        return "edit" in self.can and site().registry.track(*self.form.identity) is None


@dataclass(frozen=True)
class FileLine:
    """A file on a page that reads: name, size, address, and how far its text has been read."""

    name: str
    size: int
    sha256: str
    revision: AttachmentRevision
    previewable: bool

    @property
    def text_state(self) -> object:
        """The :class:`~thidua.models.TextState`, None before anything is known."""
        return self.revision.blob.text.state if self.revision.blob.text else None


@dataclass(frozen=True)
class FileGroup:
    """A document slot with its files."""

    document: Document
    files: Sequence[FileLine]


@dataclass(frozen=True)
class Reading:
    """A dossier as it is read: the working copy (``version`` None) or a filed version."""

    sections: Sequence[ShownSection]
    groups: Sequence[FileGroup]
    version: Version | None
    masked: bool


PREVIEWED = (".pdf", ".jpg", ".jpeg", ".png")


def opened(public_id: str) -> Opened:
    """The dossier at this address for whoever asks; ``NotFound`` when hidden."""
    row = load(read(), current_scope(), public_id)
    return Opened(row, form_of(row), current_scope(), actions_for(current_scope(), row))


def reading(page: Opened, n: int | None = None) -> Reading:
    """What is read at this dossier: version ``n``, else the working copy of one's own, else what was filed."""
    row, masked = page.row, "see:identifying" not in page.can
    unfinished = row.state in EDITABLE or row.state == State.AWAITING
    if n is None and page.own and (unfinished or row.filed == 0):
        sections = show(page.form, answers_so_far(page.form, row), identifying=not masked)
        held = {slot: [_working(a.current) for a in listed] for slot, listed in current_files(row).items()}
        return Reading(sections, _groups(page.form, held, masked), None, masked)
    if n is None and row.filed == 0:
        raise NotFound
    _, version = find_version(read(), page.scope, row.public_id, n if n is not None else row.filed)
    form = shape(version.definition)
    filed: dict[str, list[FileLine]] = {}
    for file in version.files:
        filed.setdefault(file.slot, []).append(_filed(file))
    sections = show(form, version.answers, identifying=not masked)
    return Reading(sections, _groups(form, filed, masked), version, masked)


def _groups(form: Shape, held: Mapping[str, list[FileLine]], masked: bool) -> list[FileGroup]:
    return [FileGroup(d, held.get(d.key, [])) for d in form.documents if not (masked and d.identifying)]


def _working(revision: AttachmentRevision) -> FileLine:
    return FileLine(revision.name, revision.size, revision.sha256, revision, revision.extension.lower() in PREVIEWED)


def _filed(file: VersionFile) -> FileLine:
    return FileLine(file.name, file.size, file.sha256, file.revision, file.revision.extension.lower() in PREVIEWED)


def place_url(page: Opened, place: str) -> str:
    """Where the field or document of a problem or a note is filled in."""
    kind, _, key = place.rpartition(":")
    dossier = page.row.public_id
    if kind in ("document", "tai_lieu"):
        return url_for("uploads.documents", dossier=dossier) + f"#muc-{key}"
    if kind == SELF_PART:
        return url_for("scoring.own", dossier=dossier, kiem=1) + f"#point-{key}"
    if kind == "section":
        return url_for("parts.part", dossier=dossier, key=key)
    section = section_of(page.form, key)
    if section is None:
        return url_for("dossiers.hub", dossier=dossier)
    return url_for("parts.part", dossier=dossier, key=section.key, kiem=1) + "#" + key.replace(".", "-")


def place_label(page: Opened, place: str) -> str:
    """The heading a problem stands under on the page that lists them all."""
    kind, _, key = place.rpartition(":")
    if kind in ("document", "tai_lieu"):
        return "Tài liệu kèm theo"
    if kind == SELF_PART:
        return "Phiếu tự chấm"
    section = section_of(page.form, key)
    return section.title if section else "Toàn hồ sơ"


def by_heading(page: Opened, problems: Sequence[Problem]) -> dict[str, list[tuple[Problem, str]]]:
    """Problems with the address of their field, under the headings of the form."""
    grouped: dict[str, list[tuple[Problem, str]]] = {}
    for problem in problems:
        entry = (problem, place_url(page, problem.field))
        grouped.setdefault(place_label(page, problem.field), []).append(entry)
    return grouped
