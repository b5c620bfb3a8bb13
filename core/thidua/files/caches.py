"""Caches on the disk, each within its room: what was used longest ago is deleted whenever something is added."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from thidua.files.limits import MB

ROOM = 1_000 * MB
NOTED = 3600  # seconds: how often it is noted that something is used
_GOING = ".bo-"


def used(entry: Path) -> None:
    """Note that ``entry`` is in use, so that others are deleted before it; it may be gone already."""
    with suppress(FileNotFoundError):
        if time.time() - entry.stat().st_mtime > NOTED:
            os.utime(entry)


def trim(entries: Iterable[Path], room: int) -> None:
    """Of ``entries``, files and folders of files, keep those used last, ``room`` bytes, the very last in any case."""
    left, found = room, []
    for entry in entries:
        with suppress(FileNotFoundError):  # deleted by another reader
            found.append((not entry.name.startswith(_GOING), entry.stat().st_mtime, _size(entry), entry))
    for place, (ours, _, size, entry) in enumerate(sorted(found, reverse=True)):
        left -= size
        if not ours or (left < 0 and place):
            _delete(entry)


def _size(entry: Path) -> int:
    return sum(file.stat().st_size for file in entry.iterdir()) if entry.is_dir() else entry.stat().st_size


def _delete(entry: Path) -> None:
    going = entry.with_name(f"{_GOING}{secrets.token_hex(4)}")
    with suppress(FileNotFoundError):
        entry.rename(going)  # at once, so that nobody finds half of it
        if going.is_dir():
            shutil.rmtree(going, ignore_errors=True)
        else:
            going.unlink()
