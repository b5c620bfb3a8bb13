"""Work done once and laid into each test's own site from then on: a story told ten times costs what one does."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from thidua.services.site import Site

T = TypeVar("T")


@dataclass(frozen=True)
class Kept:
    """What the work left behind, and what it answered."""

    folder: Path
    answer: object


_KEPT: dict[str, Kept] = {}


def once(site: Site, key: str, work: Callable[[], T]) -> T:
    """``work()`` on ``site``, which holds the small world and nothing more.

    The first time it is done; from then on its rows, files and index are copied, and what
    it answered is answered again. So the answer holds what no test changes: ids, addresses.
    """
    if key not in _KEPT:
        _KEPT[key] = Kept(Path(tempfile.mkdtemp(prefix="kept-", dir=site.settings.instance.parent)), work())
        copy_database(site.settings.database_path, _KEPT[key].folder / "kept.sqlite")
        _copy_tree(site.settings.blobs_path, _KEPT[key].folder / "blobs")
        _copy_tree(site.settings.index_path, _KEPT[key].folder / "index")
    else:
        folder = _KEPT[key].folder
        copy_database(folder / "kept.sqlite", site.settings.database_path)
        _copy_tree(folder / "blobs", site.settings.blobs_path)
        _copy_tree(folder / "index", site.settings.index_path)
    return _KEPT[key].answer  # type: ignore[return-value]


def _copy_tree(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)


def copy_database(source: Path, target: Path) -> None:
    """Copy one SQLite file over another through SQLite; both may be open."""
    ends = sqlite3.connect(source), sqlite3.connect(target)
    ends[0].backup(ends[1])
    for end in ends:
        end.close()
