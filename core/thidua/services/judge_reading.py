"""A dossier as its judge reads it: answers and files, on a blind track without names, and a search within it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from thidua.errors import NotFound
from thidua.files.apart import turn
from thidua.models import BlobText, TextState
from thidua.permissions import papers
from thidua.search.snippets import Snippet, first_together, snippets, together
from thidua.services.blinding import copy_is_there, copy_of, hidden_slots, neutral_names
from thidua.services.display import ShownSection, show
from thidua.services.sheets import OpenSheet
from thidua.services.site import Site
from thidua.text import clean_line

MOST_PASSAGES = 20
PICTURES = (".jpg", ".jpeg", ".png")


@dataclass(frozen=True)
class Paper:
    """A file of the dossier, ``n`` counting from 1. On a blind track ``name`` is made of its place."""

    n: int
    label: str
    name: str
    extension: str
    size: int
    sha256: str
    text_state: TextState | None
    blind: bool

    @property
    def is_pdf(self) -> bool:
        """Whether its pages can be shown as pictures."""
        return self.extension == ".pdf"

    @property
    def is_picture(self) -> bool:
        """Whether it can be shown as it is."""
        return self.extension in PICTURES


@dataclass(frozen=True)
class Reading:
    """What the judge has before them."""

    sections: Sequence[ShownSection]
    papers: Sequence[Paper]

    def paper(self, n: int) -> Paper:
        """The file of that number, or ``NotFound``."""
        found = next((paper for paper in self.papers if paper.n == n), None)
        if found is None:
            raise NotFound
        return found


@dataclass(frozen=True)
class Passage:
    """Where something was found: in an answer, or in a file."""

    snippet: Snippet
    label: str
    paper: Paper | None = None


def reading(session: Session, sheet: OpenSheet) -> Reading:
    """The standing version, as this judge may read it. One statement."""
    form, blind = sheet.form, sheet.blind
    hidden = hidden_slots(form) if blind else frozenset()
    files = [file for file in papers(session, sheet.version) if file.slot not in hidden]
    labels = {document.key: document.label for document in form.documents}
    names = neutral_names(form, files) if blind else {file.id: file.name for file in files}
    listed = [
        Paper(
            n=n,
            label=labels.get(file.slot, ""),
            name=names[file.id],
            extension=file.revision.extension.lower(),
            size=file.size,
            sha256=file.sha256,
            text_state=file.revision.blob.text.state if file.revision.blob.text else None,
            blind=blind,
        )
        for n, file in enumerate(files, start=1)
    ]
    return Reading(show(form, sheet.version.answers, blind=blind), listed)


def bytes_of(site: Site, paper: Paper) -> Path | None:
    """The file to be sent: on a blind track the copy without its author's traces, or None where none can be made.

    Making a copy takes seconds: call it with no reading held open. ``NotFound`` when the file is not in the store,
    ``Busy`` when a copy has to be made and too many others are.
    """
    if not site.store.exists(paper.sha256):
        raise NotFound("blob-missing")
    if not paper.blind:
        return site.store.path(paper.sha256)
    if copy_is_there(site, paper.sha256, paper.extension):
        return copy_of(site, paper.sha256, paper.extension)
    with turn():
        return copy_of(site, paper.sha256, paper.extension)


def text_of(session: Session, paper: Paper) -> str:
    """What was read of a file; empty where nothing was."""
    return session.scalar(select(BlobText.text).where(BlobText.sha256 == paper.sha256)) or ""


def find(session: Session, seen: Reading, words: str) -> list[Passage]:
    """The passages of answers and files in which words stand, with or without marks.

    Several words are looked for in one piece, as somebody who leafs does; apart only if they stand nowhere so.
    """
    wanted = clean_line(words).split()[:10]
    if not wanted:
        return []
    shas = {paper.sha256 for paper in seen.papers}
    read = dict(session.execute(select(BlobText.sha256, BlobText.text).where(BlobText.sha256.in_(shas))).all())
    texts: list[tuple[str, Paper | None, str]] = [
        (answer.label, None, answer.plain) for section in seen.sections for answer in section.answers
    ]
    texts += [(paper.name, paper, read.get(paper.sha256, "")) for paper in seen.papers]
    phrase = together(" ".join(wanted))
    if any(first_together(text, [phrase]) is not None for _, _, text in texts):
        wanted, texts = [phrase], [one for one in texts if first_together(one[2], [phrase]) is not None]
    found = [
        Passage(snippet, label, paper)
        for label, paper, text in texts
        for snippet in snippets(text, wanted, most=5)
        if any(marked for _, marked in snippet.parts)
    ]
    return found[:MOST_PASSAGES]
