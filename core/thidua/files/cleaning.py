"""Copies of files without the traces of who made them, for people who must not know (blind judging).

The original stays as it is. A copy is made in the reading process, kept beside the blobs under the SHA-256 of its
original and the number of this way of cleaning, and may be lost at any moment: it can be made again. The cache is
bounded: what was asked for longest ago is deleted whenever something is added.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from thidua.files.apart import run_apart
from thidua.files.caches import NOTED, ROOM, trim, used
from thidua.files.limits import MB, Limits

WAY = 3
"""Raised with every change of what is taken out, so that no older copy is shown."""

LIMITS = Limits(characters=128 * MB)
RETRY = 24 * 3600
FAILED = ".khong"

CLEANERS: Mapping[str, str] = MappingProxyType(
    {
        ".docx": "thidua.files.cleaning:office",
        ".xlsx": "thidua.files.cleaning:office",
        ".pdf": "thidua.files.cleaning:pdf",
        ".jpg": "thidua.files.cleaning:picture",
        ".jpeg": "thidua.files.cleaning:picture",
        ".png": "thidua.files.cleaning:picture",
        ".txt": "thidua.files.cleaning:as_it_is",
    }
)


def cleaned(
    path: Path, sha256: str, extension: str, folder: Path, *, limits: Limits = LIMITS, room: int = ROOM
) -> Path | None:
    """The cleaned copy of the file at ``path`` in ``folder``, made when it is not there; None for a kind that nobody
    can clean and for a file that cannot be read.

    Making one takes seconds. That it cannot be made is kept too, for :data:`RETRY` seconds.
    ``room``: bytes that all copies in ``folder`` may take after that.
    """
    reader = CLEANERS.get(extension)
    if reader is None:
        return None
    kept = place(sha256, extension, folder)
    failed = kept.with_name(kept.name + FAILED)
    if kept.exists():
        used(kept)
        return kept
    if failed.exists() and time.time() - failed.stat().st_mtime < RETRY:
        return None
    kept.parent.mkdir(parents=True, exist_ok=True)
    fresh = kept.with_name(f"{kept.name}.{secrets.token_hex(4)}")
    try:
        if run_apart(reader, path, limits, into=fresh).status != "ok":
            failed.touch()
            return None
        fresh.replace(kept)
    finally:
        fresh.unlink(missing_ok=True)
    trim(_finished(folder), room)
    return kept


def _finished(folder: Path) -> list[Path]:
    """What stands in ``folder``, without what another process is just making; what a killed one left is old."""
    now, whole = time.time(), {*CLEANERS, FAILED}
    return [each for each in folder.iterdir() if each.suffix in whole or _age(each, now) > NOTED]


def _age(path: Path, now: float) -> float:
    try:
        return now - path.stat().st_mtime
    except FileNotFoundError:  # it has taken its place meanwhile
        return 0


def place(sha256: str, extension: str, folder: Path) -> Path:
    """Where the copy of a file stands or would stand."""
    return folder / f"{sha256}-{WAY}{extension}"


def office(path: str) -> bytes:
    """In the reading process: a Word or Excel file."""
    from thidua.files.clean_office import clean_office  # noqa: PLC0415 -- a parser

    return clean_office(Path(path).read_bytes())


def pdf(path: str) -> bytes:
    """In the reading process: a PDF."""
    from thidua.files.clean_pdf import clean_pdf  # noqa: PLC0415 -- a parser

    return clean_pdf(Path(path).read_bytes())


def picture(path: str) -> bytes:
    """In the reading process: a JPEG or PNG."""
    from thidua.files.clean_pictures import clean_picture  # noqa: PLC0415 -- a parser

    return clean_picture(Path(path).read_bytes())


def as_it_is(path: str) -> bytes:
    """In the reading process: plain text, which carries nothing beside itself."""
    return Path(path).read_bytes()
