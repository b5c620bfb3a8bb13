"""Judging without names: copies of files for blind judges, neutral names, and a warning where a name stands in a text.

What is hidden is decided here and in ``display.show(blind=True)``; that a blind dossier is known nowhere else is the
work of ``permissions.visible_to``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from thidua.errors import say
from thidua.files.cleaning import cleaned, place
from thidua.files.limits import MB
from thidua.models import BlobText, Dossier, VersionFile
from thidua.names import display_name
from thidua.outbox import Job
from thidua.permissions import for_index
from thidua.plugin import Problem, Shape
from thidua.search.fold import folded_text
from thidua.search.snippets import Snippet, snippets
from thidua.services.definitions import shape
from thidua.services.display import show
from thidua.services.named_people import named_in
from thidua.services.site import Site
from thidua.text import canonical_tone

FOLDER = "cleaned"
_KINDS_OF_UNIT = ("trường ", "ủy ban nhân dân ")


def is_blind(form: Shape) -> bool:
    """Whether dossiers of this form are judged without names."""
    return form.judging is not None and form.judging.blind


def hidden_slots(form: Shape) -> frozenset[str]:
    """The documents that a blind judge is never given."""
    return frozenset(document.key for document in form.documents if document.identifying)


def copy_of(site: Site, sha256: str, extension: str) -> Path | None:
    """The copy of a file that says nothing of its author, made now if it is not there; None where none can be made."""
    room = site.settings.previews_mb * MB
    return cleaned(site.store.path(sha256), sha256, extension, _folder(site), room=room)


def copy_is_there(site: Site, sha256: str, extension: str) -> bool:
    """Whether :func:`copy_of` has nothing to make."""
    return place(sha256, extension, _folder(site)).exists()


def make_copies(site: Site, jobs: Sequence[Job]) -> None:
    """The worker's part: copies of what stands are there before a judge asks for them."""
    wanted = set()
    with site.database.reading() as session:
        for row in for_index(session, [int(job.subject) for job in jobs]):
            version = next((v for v in row.versions if v.n == row.filed), None)
            form = shape(row.definition)
            for file in version.files if version is not None and is_blind(form) else ():
                if file.slot not in hidden_slots(form):
                    wanted.add((file.sha256, file.revision.extension.lower()))
    for sha256, extension in sorted(wanted):
        if site.store.exists(sha256):
            copy_of(site, sha256, extension)


def neutral_names(form: Shape, files: Sequence[VersionFile]) -> dict[int, str]:
    """By id of the file a name made of its place: "Minh chứng 1.docx"."""
    labels = {document.key: document.label for document in form.documents}
    counted: dict[str, int] = {}
    names = {}
    for file in files:
        n = counted[file.slot] = counted.get(file.slot, 0) + 1
        names[file.id] = display_name(f"{labels.get(file.slot, 'Tệp')} {n}{file.revision.extension.lower()}")
    return names


@dataclass(frozen=True)
class Held:
    """A file to be looked into: its slot, its name, its SHA-256."""

    slot: str
    name: str
    sha256: str


@dataclass(frozen=True)
class NameSeen:
    """A name where blind judges would read it: ``field`` as a ``Problem`` names it, a sentence, the words around."""

    field: str
    message: str
    around: Snippet


def name_warnings(
    session: Session, form: Shape, dossier: Dossier, answers: Mapping[str, object], files: Sequence[Held]
) -> list[Problem]:
    """:func:`names_seen` as warnings."""
    found = names_seen(session, form, dossier, answers, files)
    return [Problem(one.field, one.message, "warning") for one in found]


def names_seen(
    session: Session, form: Shape, dossier: Dossier, answers: Mapping[str, object], files: Sequence[Held]
) -> list[NameSeen]:
    """Where the name of who is proposed, or of the unit, stands in what blind judges will read; one per place.

    Compared without marks. Nothing for a track that is not judged blind; a file whose text has not been read yet
    is looked into when it has.
    """
    if not is_blind(form):
        return []
    names = _names(dossier, [one.name for one in named_in(form, answers) if one.spec.role])
    found = []
    for section in show(form, answers, blind=True):
        for answer in section.answers:
            if name := _first_in(names, folded_text(answer.plain)):
                words = say("blind-name", label=answer.label, name=name)
                found.append(NameSeen(answer.key, words, _around(answer.plain, name)))
    return found + _seen_in_files(session, names, [file for file in files if file.slot not in hidden_slots(form)])


def _seen_in_files(session: Session, names: Sequence[str], files: Sequence[Held]) -> list[NameSeen]:
    def read(column: InstrumentedAttribute[str], wanted: Sequence[Held]) -> dict[str, str]:
        shas = {file.sha256 for file in wanted}
        return dict(session.execute(select(BlobText.sha256, column).where(BlobText.sha256.in_(shas))).all())

    folded = read(BlobText.folded, files)
    named = [(file, name) for file in files if (name := _first_in(names, folded.get(file.sha256, "")))]
    texts = read(BlobText.text, [file for file, _ in named]) if named else {}
    return [
        NameSeen(
            f"document:{file.slot}",
            say("blind-name-file", file=file.name, name=name),
            _around(texts.get(file.sha256, ""), name),
        )
        for file, name in named
    ]


def _around(text: str, name: str) -> Snippet:
    return snippets(text, [name], most=1)[0]


def _names(dossier: Dossier, named: Sequence[str]) -> list[str]:
    units = [_short(name.text) for name in dossier.owner_unit.names]
    people = [party.name_as_printed for party in dossier.parties]
    return [name for name in dict.fromkeys([*people, *named, *units]) if len(folded_text(name).split()) > 1]


def _short(unit: str) -> str:
    """A unit's name without the word for what it is: texts rarely repeat that."""
    spelled = canonical_tone(unit).lower()
    return next((unit[len(kind) :] for kind in _KINDS_OF_UNIT if spelled.startswith(kind)), unit)


def _first_in(names: Sequence[str], folded: str) -> str:
    return next((name for name in names if folded_text(name) in folded), "")


def _folder(site: Site) -> Path:
    return site.settings.instance / FOLDER
