"""Originality: what a text shares with the texts of all other dossiers, of every call and edition.

Data flow: a submission, or the text of a file that has been read → outbox →
:func:`keep` writes ``StandingText`` and ``Fingerprint`` rows → :func:`alike` finds who
shares fingerprints within the asker's scope, and reads the shared passages out of those few texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from thidua import outbox
from thidua.errors import say
from thidua.models import BlobText, Dossier, DossierParty, Fingerprint, StandingText, TextState, Version
from thidua.originality import RUN, Reading, fingerprints, shared
from thidua.outbox import Job
from thidua.permissions import (
    Scope,
    alike_texts,
    common_fingerprints,
    dossiers,
    filed_ids_after,
    for_index,
    has_standing_texts,
    may,
    standing_bodies,
    unfiled_with_texts,
)
from thidua.plugin import LongText, Problem, Shape, Text
from thidua.services.definitions import shape
from thidua.services.moves import ORIGINALITY
from thidua.services.site import Site

ALL = "all"
BATCH = 50
COMPARED = 25
"""So many of the texts that share most fingerprints are read and compared word by word."""
MOST_CHARACTERS = 200_000
"""Of a longer text so many are compared."""
NAMED = 5
NOTICED = 10
"""From so many per cent on the page shows a text; problems are said from ``Originality.least`` on."""


@dataclass(frozen=True)
class OwnText:
    """A text of one's own to compare: ``place`` as problems name it, from ``least`` per cent on it is noted."""

    place: str
    label: str
    text: str
    least: int


@dataclass(frozen=True)
class Alike:
    """A dossier that holds part of a text: ``percent`` of the asked text's words, with the passages of both."""

    dossier: Dossier
    field: str
    label: str
    percent: int
    passages: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Compared:
    """A text with the dossiers that hold part of it."""

    own: OwnText
    others: tuple[Alike, ...]


def alike(
    session: Session, scope: Scope, text: str, *, but: Dossier, least: int, field: str | None = None
) -> list[Alike]:
    """The dossiers in ``scope`` that share at least ``least`` per cent of ``text``, most alike first; not ``but``.

    ``field`` narrows to one field key or slot of theirs. Costs a fixed number of statements.
    """
    ours = Reading(text[:MOST_CHARACTERS])
    asked = fingerprints(ours)
    if not asked:
        return []
    common = common_fingerprints(session, asked)
    found = alike_texts(session, scope, asked - common, but=but.id, field=field, limit=COMPARED)
    bodies = standing_bodies(session, scope, {one.id for one in found})
    query = dossiers(scope).where(Dossier.id.in_({f.dossier_id for f in found}))
    rows = {row.id: row for row in session.scalars(query.options(*_told()))}
    best: dict[int, Alike] = {}
    for one in found:
        row, body = rows[one.dossier_id], bodies.get(one.id, "")[:MOST_CHARACTERS]
        if not may(scope, "see:identifying", row):
            continue
        both = shared(ours, Reading(body), common)
        if both.percent >= max(least, 1) and both.percent > (best[row.id].percent if row.id in best else 0):
            passages = tuple((text[p.start : p.end], body[p.other_start : p.other_end]) for p in both.passages)
            best[row.id] = Alike(row, one.field, _label(shape(row.definition), one.field), both.percent, passages)
    return sorted(best.values(), key=lambda a: (-a.percent, a.dossier.code))


def _told() -> tuple[ExecutableOption, ...]:
    """What is told of a dossier found alike, loaded for all of them together."""
    # Asked for when it is needed: while loading, it would have every relation of every table worked out.
    return (
        joinedload(Dossier.call),
        joinedload(Dossier.owner_unit),
        joinedload(Dossier.definition),
        selectinload(Dossier.parties).joinedload(DossierParty.person),
    )


def own_texts(
    session: Session, form: Shape, answers: Mapping[str, object], files: Mapping[str, Sequence[str]]
) -> list[OwnText]:
    """The texts that ``form`` wants compared; ``files`` are the SHA-256 sums by slot."""
    read = texts_of_files(session, [s for one in form.originality for s in files.get(one.field, ())])
    slots = {document.key for document in form.documents}
    found = []
    for one in form.originality:
        if one.field in slots:
            text, place = "\n".join(read.get(s) or "" for s in files.get(one.field, ())), f"document:{one.field}"
        else:
            text, place = str(answers.get(one.field) or ""), one.field
        if text:
            found.append(OwnText(place, _label(form, one.field), text, one.least))
    return found


def texts_of_files(session: Session, sha256s: Sequence[str]) -> dict[str, str | None]:
    """By SHA-256 what was read: ``""`` where there is no text in it, None where it is not read yet."""
    query = select(BlobText.sha256, BlobText.state, BlobText.text).where(BlobText.sha256.in_(set(sha256s)))
    return {
        sha256: None if state is TextState.WAITING else text if state is TextState.TEXT else ""
        for sha256, state, text in session.execute(query)
    }


def compared(session: Session, scope: Scope, dossier: Dossier, texts: Sequence[OwnText]) -> list[Compared]:
    """Each text of ``dossier`` with the dossiers in ``scope`` that share noticeably much of it."""
    return [
        Compared(one, tuple(alike(session, scope, one.text, but=dossier, least=min(one.least, NOTICED))))
        for one in texts
    ]


def problems(session: Session, scope: Scope, dossier: Dossier, texts: Sequence[OwnText]) -> list[Problem]:
    """A warning for each text that shares too much with others that the asker may know of."""
    said = []
    for one in texts:
        for other in alike(session, scope, one.text, but=dossier, least=one.least)[:NAMED]:
            facts = {
                "label": one.label,
                "percent": other.percent,
                "dossier": other.dossier.code,
                "title": other.dossier.title,
                "unit": other.dossier.owner_unit.name_on(scope.on),
                "call": other.dossier.call.title,
            }
            said.append(Problem(one.place, say("text-alike", **facts), "warning"))
    return said


def keep(site: Site, jobs: Sequence[Job]) -> None:
    """Bring the fingerprints of the dossiers of ``jobs`` up to date; the subject ``all`` makes them all anew."""
    if any(job.subject == ALL for job in jobs):
        rebuild(site)
        return
    _keep(site, [int(job.subject) for job in jobs])


def rebuild(site: Site) -> int:
    """Make the fingerprints of every filed dossier anew, a portion at a time; return how many dossiers there are."""
    count = last = 0
    with site.database.reading() as session:
        gone = unfiled_with_texts(session)
    for start in range(0, len(gone), BATCH):
        _keep(site, gone[start : start + BATCH])
    while True:
        with site.database.reading() as session:
            ids = filed_ids_after(session, last, BATCH)
        if not ids:
            return count
        _keep(site, ids)
        count, last = count + len(ids), ids[-1]


def heal(site: Site, now: datetime) -> None:
    """Ask for all fingerprints anew when there are none although dossiers are filed."""
    with site.database.reading() as session:
        if has_standing_texts(session):
            return
    with site.database.writing() as session:
        outbox.put(session, kind=ORIGINALITY, subject=ALL, now=now)


def _keep(site: Site, ids: Sequence[int]) -> None:
    """Worked out before the write, so that no page waits for it."""
    with site.database.reading() as session:
        made = [(text, sorted(fingerprints(Reading(body)))) for text, body in _texts(session, ids)]
    with site.database.writing() as session:
        session.execute(delete(StandingText).where(StandingText.dossier_id.in_(ids)))  # and its fingerprints with it
        session.add_all(text for text, _ in made)
        session.flush()
        rows = [{"hash": number, "text_id": text.id} for text, numbers in made for number in numbers]
        if rows:
            session.execute(insert(Fingerprint), rows)


def _texts(session: Session, ids: Sequence[int]) -> Iterator[tuple[StandingText, str]]:
    for row in for_index(session, ids):
        version = next((v for v in row.versions if v.n == row.filed), None)
        if version is not None:
            yield from _standing(session, row, version)


def _standing(session: Session, row: Dossier, version: Version) -> Iterator[tuple[StandingText, str]]:
    """Every text answer but those that identify somebody, and the files of the slots named in ``originality``."""
    form = shape(version.definition)
    named = {one.field for one in form.originality}
    for field in form.fields:
        answer = version.answers.get(field.key)
        wanted = isinstance(field, Text | LongText) and (field.key in named or not field.identifying)
        if wanted and isinstance(answer, str) and len(answer.split()) >= RUN:
            text = StandingText(dossier_id=row.id, version_id=version.id, field=field.key, n=0)
            yield text, answer[:MOST_CHARACTERS]
    files = [file for file in version.files if file.slot in named]
    read = texts_of_files(session, [file.sha256 for file in files])
    for n, file in enumerate(files, start=1):
        if body := read.get(file.sha256):
            text = StandingText(dossier_id=row.id, version_id=version.id, field=file.slot, n=n, sha256=file.sha256)
            yield text, body[:MOST_CHARACTERS]


def _label(form: Shape, key: str) -> str:
    labels = {field.key: field.label for field in form.fields} | {d.key: d.label for d in form.documents}
    return labels.get(key, key)
