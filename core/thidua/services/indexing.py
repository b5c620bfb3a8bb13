"""From a change to search: reading texts, keeping what snippets are shown from, feeding the engine.

Data flow: outbox row → :func:`read_texts` fills ``BlobText`` → :func:`index_dossiers`
writes ``SearchSource`` rows and hands the engine one document per dossier. Everything
here may be done again at any time; the index itself is a cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from thidua import outbox
from thidua.files.kinds import KINDS
from thidua.files.text import extract
from thidua.models import AttachmentRevision, BlobText, Dossier, SearchSource, TextState, User
from thidua.outbox import Handler, Job, Later
from thidua.permissions import (
    dossier_ids_with_blob,
    for_index,
    ids_after,
    ids_changed_since,
    texts_for_index,
    tokens_of,
)
from thidua.plugin import DossierChange
from thidua.search.engine import IndexBusy, IndexDamaged, IndexDocument
from thidua.search.fold import folded_text
from thidua.services import blinding, originality, reports
from thidua.services.attachments import TEXT
from thidua.services.definitions import form_of, shape
from thidua.services.display import plain_text, show
from thidua.services.moves import CLEAN, INDEX, MOVED, NOTIFY, ORIGINALITY, follow_up
from thidua.services.site import Site
from thidua.services.working import answers_so_far, current_files
from thidua.times import utc_now

REINDEX = "reindex"
PLUGINS = frozenset({NOTIFY})
"""Kinds of work that call plugins."""
BATCH = 100
STATES = {"text": TextState.TEXT, "no_text": TextState.NO_TEXT, "failed": TextState.FAILED}


@dataclass(frozen=True)
class _Source:
    label: str
    text: str = ""
    revision: AttachmentRevision | None = None
    identifying: bool = False


def handlers(site: Site, clock: Callable[[], datetime] = utc_now) -> Mapping[str, Handler]:
    """What the worker does for each kind of outbox row; ``clock`` says when it is."""
    return {
        TEXT: lambda jobs: read_texts(site, jobs, now=clock()),
        MOVED: partial(follow_up, site),
        INDEX: partial(index_dossiers, site),
        NOTIFY: partial(tell_plugins, site),
        REINDEX: partial(rebuild_index, site),
        ORIGINALITY: partial(originality.keep, site),
        CLEAN: partial(blinding.make_copies, site),
        reports.REPORT: partial(reports.make, site, clock=clock),
    }


def read_texts(site: Site, jobs: Sequence[Job], *, now: datetime, apart: bool = True) -> None:
    """Read the text of each blob in a process of its own, and have its dossiers indexed again.

    ``apart=False``: in this process, for files that we have made ourselves.
    """
    for job in jobs:
        sha256 = job.subject
        with site.database.reading() as session:
            row = session.get(BlobText, sha256)
            if row is None or row.state is not TextState.WAITING:
                continue
            extension = row.blob.extension
        kind = KINDS[extension]
        path, readers = site.store.path(sha256), site.extractors
        found = extract(path, kind, limits=site.extract_limits, extractors=readers, apart=apart)
        with site.database.writing() as session:
            session.execute(
                update(BlobText)
                .where(BlobText.sha256 == sha256)
                .values(
                    state=STATES[found.state],
                    text=found.text,
                    folded=folded_text(found.text),
                    extractor=found.extractor[:60],
                    note=found.note[:300],
                    changed_at=now,
                )
            )
            for dossier_id in dossier_ids_with_blob(session, sha256):
                outbox.put(session, kind=INDEX, subject=str(dossier_id), now=now)
                outbox.put(session, kind=ORIGINALITY, subject=str(dossier_id), now=now)


def index_dossiers(site: Site, jobs: Sequence[Job]) -> None:
    """Bring the search sources and the index up to date for the dossiers of ``jobs``."""
    ids = [int(job.subject) for job in jobs]
    _keep_sources(site, ids)
    try:
        with site.database.reading() as session:
            site.engine.update(list(_documents(session, ids)))
    except IndexDamaged:
        _rebuild(site)
    except IndexBusy as busy:
        raise Later(seconds=2) from busy


def tell_plugins(site: Site, jobs: Sequence[Job]) -> None:
    """``thidua_dossier_changed``, after the commit; a listener may fail, the dossier stays as it is."""
    with site.database.reading() as session:
        rows = {row.id: row for row in for_index(session, sorted({int(job.subject) for job in jobs}))}
        changes = [_change(session, rows[int(job.subject)], job) for job in jobs if int(job.subject) in rows]
    for change in changes:
        site.registry.notify(change)


def _change(session: Session, row: Dossier, job: Job) -> DossierChange:
    by = session.get(User, job.details.get("by"))
    return DossierChange(
        dossier=row.public_id,
        code=row.code,
        slug=row.call.slug,
        edition=row.call.edition,
        track=row.track,
        action=str(job.details["action"]),
        before=str(job.details["before"]),
        after=str(job.details["after"]),
        at=datetime.fromisoformat(str(job.details["at"])),
        by=by.login if by else "",
    )


def rebuild_index(site: Site, _jobs: Sequence[Job]) -> None:
    """Build the whole index anew; whoever would change it meanwhile waits for its lock, so no change slips between."""
    _rebuild(site)


def ask_rebuild(session: Session, now: datetime) -> None:
    """Have the worker build the whole index anew while the site serves."""
    outbox.put(session, kind=REINDEX, subject="all", now=now)


def heal(site: Site, now: datetime) -> None:
    """Ask for a rebuild when the index has become unusable while the site serves."""
    if site.engine.health().state != "ready":
        with site.database.writing() as session:
            ask_rebuild(session, now)


def rebuild(site: Site) -> int:
    """Build the whole index anew from the database; return the number of dossiers.

    What changes while it runs is indexed again afterwards, so nothing is missed.
    """
    started = utc_now()
    count = _rebuild(site)
    with site.database.writing() as session:
        for dossier_id in ids_changed_since(session, started):
            outbox.put(session, kind=INDEX, subject=str(dossier_id), now=started)
    return count


def _rebuild(site: Site) -> int:
    try:
        return site.engine.rebuild(_everything(site))
    except IndexBusy as busy:
        raise Later(seconds=10) from busy


def _everything(site: Site) -> Iterator[IndexDocument]:
    last = 0
    while True:
        with site.database.reading() as session:
            ids = ids_after(session, last, BATCH)
        if not ids:
            return
        _keep_sources(site, ids)
        with site.database.reading() as session:
            yield from _documents(session, ids)
        last = ids[-1]


def _sources(row: Dossier) -> list[_Source]:
    version = next((v for v in row.versions if v.n == row.filed), None)
    form = shape(version.definition) if version is not None else form_of(row)
    read = version.answers if version is not None else answers_so_far(form, row)
    sections = show(form, read)
    told, named = (
        plain_text([replace(s, answers=tuple(a for a in s.answers if a.identifying == apart)) for s in sections])
        for apart in (False, True)
    )
    answers = [_Source("", told), *([_Source("", named, identifying=True)] if named else [])]
    apart = {document.key for document in form.documents if document.identifying}
    if version is not None:
        return answers + [_Source(f.name, "", f.revision, f.slot in apart) for f in version.files]
    held = current_files(row)
    return answers + [_Source(a.current.name, "", a.current, slot in apart) for slot in held for a in held[slot]]


def _keep_sources(site: Site, ids: Sequence[int]) -> None:
    """Worked out before the write, so that no page waits for it; who changes a dossier meanwhile asks again."""
    with site.database.reading() as session:
        rows = [
            {
                "dossier_id": row.id,
                "n": n,
                "label": source.label,
                "revision_id": source.revision.id if source.revision else None,
                "sha256": source.revision.sha256 if source.revision else None,
                "text": source.text,
                "folded": folded_text(source.text),
                "identifying": source.identifying,
            }
            for row in for_index(session, ids)
            for n, source in enumerate(_sources(row))
        ]
    with site.database.writing() as session:
        session.execute(delete(SearchSource).where(SearchSource.dossier_id.in_(ids)))
        if rows:
            session.execute(insert(SearchSource).execution_options(render_nulls=True), rows)  # one statement for all


def _documents(session: Session, ids: Iterable[int]) -> Iterator[IndexDocument]:
    rows = for_index(session, list(ids))
    texts: dict[int, list[str]] = {}
    for dossier_id, label, text in texts_for_index(session, [row.id for row in rows]):
        texts.setdefault(dossier_id, []).append(f"{label}\n{text}")
    for row in rows:
        called = [name.text for name in row.owner_unit.names]
        head = [row.title, row.code, *called, row.call.title, row.call.period.label]
        yield IndexDocument(
            id=row.id,
            text="\n".join([*head, *texts.get(row.id, [])]),
            tokens=tokens_of(row) | filter_tokens(row),
            sort_date=int(row.changed_at.timestamp()),
            year=row.call.period.start,
        )


def filter_tokens(row: Dossier) -> frozenset[str]:
    """The terms by which results are narrowed and counted: year, unit, campaign, track, call, state."""
    return frozenset(
        {
            f"y:{row.call.period.code}",
            f"u:{row.owner_unit_id}",
            f"k:{row.call.slug}",
            f"t:{row.call.slug}/{row.track}",
            f"c:{row.call_id}",
            f"s:{row.state}",
            f"d:{row.id}",
        }
    )
