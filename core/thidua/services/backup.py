"""Backup and restore: one consistent cut of a site in a folder, with the SHA-256 of every file.

The database is copied first, through SQLite's own backup while the site goes on; then
the blobs that this copy speaks of. Blobs are never changed or deleted, so nothing it
speaks of can be missing. The index stays behind: it is made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypedDict, cast

from thidua import config
from thidua.errors import Invalid, Refused
from thidua.files.store import BlobStore
from thidua.models import Database
from thidua.services import audit, signing_in

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "thidua.sqlite"
BLOBS = "blobs"
MADE, CAME_BACK = "backed-up", "restored"
KEPT = (MADE, CAME_BACK)  # the events after which a site has a copy of itself elsewhere
HARMLESS = frozenset({"README.md", ".gitkeep"})
_CHUNK = 1024 * 1024


class _Line(TypedDict):
    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class BackedUp:
    """How many blobs and how many bytes a backup holds, the database included."""

    blobs: int
    size: int
    settings: bool


def backup(
    database: Database, store: BlobStore, target: Path, *, now: datetime, settings: Path | None = None
) -> BackedUp:
    """Write a backup of ``database`` and ``store`` into ``target``, an empty or new folder.

    ``settings`` is the settings file to take along, secret key included; None leaves it out.
    The manifest is written last: a folder without it is no backup. Raises ``Refused``
    (``backup-not-empty``, ``backup-blob-damaged``).
    """
    _require_empty(target, "backup-not-empty")
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    copy = target / DATABASE
    _copy_database(database.path, copy)
    lines = [_line(target, copy)]
    for sha256 in _blobs_of(copy):
        lines.append(_copy_blob(store, sha256, target))
    if settings is not None:
        kept = target / settings.name
        _write_private(kept, settings.read_bytes())
        lines.append(_line(target, kept))
    manifest = {"format": FORMAT, "made_at": now.isoformat(), "files": lines}
    _write_private(target / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    held = sum(line["path"].startswith(f"{BLOBS}/") for line in lines)
    return BackedUp(held, sum(line["size"] for line in lines), settings is not None)


def note(database: Database, action: str, held: BackedUp, now: datetime) -> None:
    """Write down that a backup was made (``MADE``) or that the site came from one (``CAME_BACK``).

    On a site that came back nobody is signed in: the backup does not know who has signed out since.
    """
    details = {"blobs": held.blobs, "size": held.size}
    with database.writing() as session:
        if action == CAME_BACK:
            signing_in.end_all_sessions(session, now)
        audit.record(session, action, by=None, now=now, details=details)


def restore(source: Path, instance: Path) -> BackedUp:
    """Make the site of the backup in ``source`` in the empty folder ``instance``.

    Every file is compared with its SHA-256 while it is copied; only when all are right do
    they take their places. Without settings in the backup, new ones with a new secret key
    are made. Raises ``Refused`` (``restore-not-empty``, ``backup-damaged``) or ``Invalid``
    (``backup-none``, ``backup-newer``). The index is still to be built.
    """
    _require_empty(instance, "restore-not-empty")
    lines = _read_manifest(source)
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    arriving = instance / "dang-khoi-phuc"
    try:
        for line in lines:
            _arrive(source / line["path"], arriving / line["path"], line)
        _require_a_site(arriving / DATABASE)
        (arriving / BLOBS).mkdir(exist_ok=True, parents=True)
        settings = (arriving / config.FILE_NAME).exists()
        if not settings:
            config.write_new(arriving, values={})
        for path in sorted(arriving.iterdir(), key=lambda path: path.name == config.FILE_NAME):
            path.replace(instance / path.name)
    finally:
        shutil.rmtree(arriving, ignore_errors=True)
    held = sum(line["path"].startswith(f"{BLOBS}/") for line in lines)
    return BackedUp(held, sum(line["size"] for line in lines), settings)


def _require_empty(folder: Path, code: str) -> None:
    if folder.exists() and any(path.name not in HARMLESS for path in folder.iterdir()):
        raise Refused(code, folder=folder)


def _copy_database(source: Path, target: Path) -> None:
    there = f"{source.absolute().as_uri()}?mode=rw"  # one that is missing is a fault, not an empty new one
    with closing(sqlite3.connect(there, uri=True, timeout=60)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        # The copy must be one file: what is in the journal would not be in the manifest.
        copy.execute("PRAGMA journal_mode=DELETE")
    target.chmod(0o600)
    _sync(target)


def _blobs_of(database: Path) -> Iterator[str]:
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        yield from (row[0] for row in connection.execute("SELECT sha256 FROM blob ORDER BY sha256"))


def _copy_blob(store: BlobStore, sha256: str, target: Path) -> _Line:
    place = f"{BLOBS}/{sha256[:2]}/{sha256[2:]}"
    try:
        found, size = _copy(store.path(sha256), target / place)
    except FileNotFoundError as error:
        raise Refused("backup-blob-damaged", sha256=sha256) from error
    if found != sha256:
        raise Refused("backup-blob-damaged", sha256=sha256)
    return {"path": place, "size": size, "sha256": sha256}


def _require_a_site(database: Path) -> None:
    """Looked at before it takes its place: a wrong one would be in the way of the right backup."""
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute("SELECT sha256 FROM blob LIMIT 1").fetchall()
    except sqlite3.Error as error:
        raise Refused("backup-damaged", path=DATABASE) from error


def _arrive(source: Path, target: Path, line: _Line) -> None:
    # What is there may be a pipe or a device, which are without end: looked at before it is opened.
    if not source.is_file() or source.stat().st_size != line["size"]:
        raise Refused("backup-damaged", path=line["path"])
    found, size = _copy(source, target)
    if (found, size) != (line["sha256"], line["size"]):
        raise Refused("backup-damaged", path=line["path"])


def _copy(source: Path, target: Path) -> tuple[str, int]:
    """Copy and hash in one reading; on the disk before it returns."""
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as reading:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as writing:
            while block := reading.read(_CHUNK):
                digest.update(block)
                size += len(block)
                writing.write(block)
            writing.flush()
            os.fsync(writing.fileno())
    return digest.hexdigest(), size


def _line(folder: Path, path: Path) -> _Line:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"path": path.relative_to(folder).as_posix(), "size": path.stat().st_size, "sha256": digest}


def _write_private(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _read_manifest(source: Path) -> list[_Line]:
    try:
        content: object = json.loads((source / MANIFEST).read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise Invalid("backup-none", folder=source, manifest=MANIFEST) from error
    if not isinstance(content, dict) or not isinstance(content.get("files"), list):
        raise Invalid("backup-none", folder=source, manifest=MANIFEST)
    if type(known := content.get("format")) is int and known > FORMAT:
        raise Invalid("backup-newer", format=str(known)[:20], known=FORMAT)
    lines = content["files"]
    whole = known == FORMAT and all(_is_line(line) for line in lines)
    named = {line["path"] for line in lines} if whole else set()
    if DATABASE not in named or len(named) != len(lines):
        raise Invalid("backup-none", folder=source, manifest=MANIFEST)
    return cast("list[_Line]", lines)


def _is_line(line: object) -> bool:
    if not isinstance(line, dict):
        return False
    path, size, sha256 = line.get("path"), line.get("size"), line.get("sha256")
    if not isinstance(path, str) or type(size) is not int or not isinstance(sha256, str):
        return False
    parts = path.split("/")
    # A manifest is data from outside: it may name nothing but what a backup holds.
    known = path in (DATABASE, config.FILE_NAME) or (parts[0] == BLOBS and len(parts) == 3)
    return known and not any(part in ("", ".", "..") or "\\" in part or ":" in part for part in parts)
