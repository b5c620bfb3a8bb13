"""Everything the site vouches for, computed again: files by their bytes, versions and results by their contents.

Reads each stored file once, a megabyte at a time, and rows in batches; between batches
no transaction is open, so a site that is being served writes on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from thidua.errors import Invalid, say
from thidua.files.store import BlobStore
from thidua.models import Blob, Database
from thidua.permissions.whole import (
    KeptResult,
    KeptVersion,
    blobs_without_use,
    results_after,
    versions_after,
)
from thidua.scoring.stored import from_text
from thidua.services.definitions import read
from thidua.services.submissions import content_sha256

Kept = TypeVar("Kept", KeptVersion, KeptResult)
BATCH = 200
ARRIVING = timedelta(hours=24)  # a file is kept a moment before its row is written


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was kept.

    ``code`` is one of ``verify-missing``, ``verify-altered``, ``verify-size``, ``verify-orphan``,
    ``verify-unused``, ``verify-version``, ``verify-files``, ``verify-definition``,
    ``verify-result``; ``what`` a SHA-256 or a dossier's code with its version.
    """

    code: str
    what: str
    why: str = ""

    @property
    def harmless(self) -> bool:
        """Nothing is lost and nothing is wrong: bytes that nobody asks for any more."""
        return self.code == "verify-unused"

    def __str__(self) -> str:
        return say(self.code, what=self.what, why=self.why)


@dataclass
class Looked:
    """How much was looked at; filled while :func:`verify` goes on."""

    blobs: int = 0
    versions: int = 0
    results: int = 0


def verify(database: Database, store: BlobStore, *, now: datetime, looked: Looked) -> Iterator[Fault]:
    """Every :class:`Fault` of the site, in the order: files, versions, results."""
    yield from _blobs(database, store, looked)
    for sha256 in orphans(database, store, now=now):
        yield Fault("verify-orphan", sha256)
    with database.reading() as session:
        unused = list(blobs_without_use(session))
    for sha256 in unused:
        yield Fault("verify-unused", sha256)
    yield from _versions(database, looked)
    yield from _results(database, looked)


def orphans(database: Database, store: BlobStore, *, now: datetime) -> Iterator[str]:
    """The files in the store that no row names, those left out that may still be getting theirs."""
    names = store.all()
    while some := list(islice(names, BATCH)):
        with database.reading() as session:
            known = set(session.scalars(select(Blob.sha256).where(Blob.sha256.in_(some))))
        for sha256 in some:
            if sha256 not in known and now.timestamp() - store.path(sha256).stat().st_mtime > ARRIVING.total_seconds():
                yield sha256


def _blobs(database: Database, store: BlobStore, looked: Looked) -> Iterator[Fault]:
    last = ""
    while True:
        query = select(Blob.sha256, Blob.size).where(Blob.sha256 > last).order_by(Blob.sha256).limit(BATCH)
        with database.reading() as session:
            rows = session.execute(query).all()
        if not rows:
            return
        for sha256, size in rows:
            looked.blobs += 1
            if not store.exists(sha256):
                yield Fault("verify-missing", sha256)
            elif not store.verify(sha256):
                yield Fault("verify-altered", sha256)
            elif store.path(sha256).stat().st_size != size:
                yield Fault("verify-size", sha256)
        last = rows[-1].sha256


def _versions(database: Database, looked: Looked) -> Iterator[Fault]:
    for row in _in_batches(database, versions_after):
        looked.versions += 1
        yield from (Fault(code, f"{row.code}/{row.n}") for code in _of_version(row))


def _of_version(row: KeptVersion) -> Iterator[str]:
    if content_sha256(row.content) != row.sha256:
        yield "verify-version"
    if row.content.get("definition") != row.definition_sha256 or _sha256(row.definition_json) != row.definition_sha256:
        yield "verify-definition"
    if _quoted(row.content.get("files")) != sorted(row.files):
        yield "verify-files"


def _quoted(files: object) -> list[tuple[object, ...]]:
    lines: Sequence[object] = files if isinstance(files, list) else ()
    keys = ("slot", "name", "sha256", "size")
    return sorted(tuple(line.get(key) for key in keys) for line in lines if isinstance(line, dict))


def _results(database: Database, looked: Looked) -> Iterator[Fault]:
    for row in _in_batches(database, results_after):
        looked.results += 1
        if why := _of_result(row):
            yield Fault("verify-result", f"{row.code}/{row.n}", why)


def _in_batches(database: Database, after: Callable[[Session, int, int], list[Kept]]) -> Iterator[Kept]:
    last = 0
    while True:
        with database.reading() as session:
            rows = after(session, last, BATCH)
        if not rows:
            return
        yield from rows
        last = rows[-1].id


def _of_result(row: KeptResult) -> str:
    """Why the stored result is not what its own sheets and the rubric of that time come to; empty: it is."""
    rubric = read(row.definition_json).rubric
    if rubric is None:  # no score was ever reckoned
        return say("result-altered") if (row.total, row.calculation, row.rubric_sha256) != ("", "", "") else ""
    try:
        result = from_text(row.calculation)
    except Invalid as error:
        return str(error)
    beside = (str(result.total), result.given, result.rubric_sha256)
    if beside != (row.total, row.class_key, row.rubric_sha256):
        return say("result-altered")
    return result.check(rubric)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
