"""The files of a Whoosh index: what is in them, whether they are whole, which directory is current.

::

    <index>/current           names the directory that serves; replaced by a rename
    <index>/write.lock        held by whoever writes
    <index>/index-1-…/        one index; 1 is :data:`FORMAT`
        seal_<generation>     size and CRC-32 of each of its files

Whoosh calls no fsync, so after a power cut any file may be empty or cut short; the
seal, written before the table of contents that it belongs to, tells.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

from thidua.search.engine import IndexBusy
from thidua.search.whoosh_api import (
    COLUMN,
    TOC,
    Existence,
    FieldType,
    FileIndex,
    FileLock,
    FileStorage,
    IndexReader,
    NumericColumn,
    Schema,
    SegmentWriter,
    StructFile,
    W3Codec,
    try_for,
)
from thidua.search.whoosh_blocks import BLOCK, DATE, ID, TEXT, TOKENS, YEAR, Columns, Leaf

FORMAT: Final = 1
"""Raise it whenever the terms or the fields change: older indexes are then rebuilt."""

_NAME: Final = "MAIN"
_SEGMENT = re.compile(rf"({_NAME}_[0-9a-z]+)\.")
_POINTER: Final = "current"


class Damaged(Exception):
    """The index cannot be used; the message says why, for the log."""


class _Counted(FieldType):  # type: ignore[misc]
    """Term → how often: no analyzer, no Token objects, no positions, nothing stored."""

    def __init__(self, scorable: bool) -> None:
        super().__init__(format=Existence(), analyzer=None, scorable=scorable)

    def index(self, value: Mapping[str, int], **_: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        for term, count in value.items():
            yield term.encode(), count, float(count), b""


class _Number(FieldType):  # type: ignore[misc]
    """The id: a term to delete by, and a column to answer with."""

    def __init__(self) -> None:
        super().__init__(format=Existence(), analyzer=None, unique=True, sortable=NumericColumn("q"))

    def index(self, value: int, **_: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        yield str(value).encode(), 1, 1.0, b""

    def to_column_value(self, value: int) -> int:
        return value

    def from_column_value(self, value: int) -> int:
        return value


def schema() -> Schema:
    """The fields of the index: nothing stored but the id, no positions."""
    return Schema(
        **{
            ID: _Number(),
            TEXT: _Counted(scorable=True),
            TOKENS: _Counted(scorable=False),
            DATE: COLUMN(NumericColumn("q")),
            YEAR: COLUMN(NumericColumn("i")),
        }
    )


class Storage(FileStorage):  # type: ignore[misc]
    """A directory that remembers what it opened: Whoosh forgets files when something fails."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._files: list[StructFile] = []

    def open_file(self, name: str, **kwargs: object) -> StructFile:
        """Open a file of the index to read."""
        return self._keep(super().open_file(name, **kwargs))

    def create_file(self, name: str, *args: object, **kwargs: object) -> StructFile:
        """Open a new file of the index to write."""
        return self._keep(super().create_file(name, *args, **kwargs))

    def _keep(self, file: StructFile) -> StructFile:
        self._files = [each for each in self._files if not each.is_closed]
        self._files.append(file)
        return file

    def close_all(self) -> None:
        """Close whatever is still open."""
        for file in self._files:
            if not file.is_closed:
                file.close()
        self._files = []


class SealedWriter(SegmentWriter):  # type: ignore[misc]
    """Seals the files just before the table of contents makes them current."""

    def _commit_toc(self, segments: Iterable[object]) -> None:
        names = {segment.segment_id() for segment in segments}  # type: ignore[attr-defined]
        folder = Path(self.storage.folder)
        before = _read_seal(folder, self.generation - 1)
        sums: dict[str, list[int]] = {}
        for name in sorted(os.listdir(folder)):
            match = _SEGMENT.match(name)
            if match and match[1] in names:
                sums[name] = before.get(name) or _sum(folder / name)
        _write(folder / f"seal_{self.generation}", json.dumps({"format": FORMAT, "files": sums}))
        super()._commit_toc(segments)


def _sum(path: Path) -> list[int]:
    size, crc = 0, 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            size, crc = size + len(chunk), zlib.crc32(chunk, crc)
    return [size, crc]


def _read_seal(folder: Path, generation: int) -> dict[str, list[int]]:
    try:
        seal = json.loads((folder / f"seal_{generation}").read_text())
        return dict(seal["files"]) if seal["format"] == FORMAT else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f"{path.name}.{uuid4().hex}.new")
    with temporary.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def generation(folder: Path) -> int:
    """The number of the latest commit, -1 without any."""
    found: int = TOC._latest_generation(FileStorage(str(folder)), _NAME)
    return found


def verify(folder: Path) -> None:
    """Read every file once and compare it with its seal. Raises :class:`Damaged`."""
    for _ in range(3):
        number = generation(folder)
        try:
            _verify(folder, number)
        except Damaged:
            if generation(folder) == number:
                raise  # nobody committed meanwhile
        else:
            return


def _verify(folder: Path, number: int) -> None:
    try:
        seal = json.loads((folder / f"seal_{number}").read_text())
        if seal["format"] != FORMAT:
            raise Damaged(f"format {seal['format']} is not {FORMAT}")
        for name, expected in seal["files"].items():
            if _sum(folder / name) != expected:
                raise Damaged(f"{name} is not as it was written")
        Opened(folder, {}).close()
    except Damaged:
        raise
    except Exception as error:
        raise Damaged(f"{type(error).__name__}: {error}") from error


class Opened:
    """The latest commit of a directory, opened by one thread."""

    def __init__(self, folder: Path, shared: dict[str, Columns]) -> None:
        self.folder = folder
        self._storage = Storage(folder)
        try:
            self.index = FileIndex(self._storage, schema=schema(), indexname=_NAME)
            self.reader: IndexReader = self.index.reader()
            self.generation: int = max(self.reader.generation() or 0, 0)
            self.leaves = [
                Leaf(leaf, _columns(leaf, shared), offset)
                for leaf, offset in self.reader.leaf_readers()
                if leaf.doc_count_all()
            ]
        except BaseException:
            self._storage.close_all()
            raise

    def is_latest(self) -> bool:
        """Whether nothing has been committed since this was opened."""
        return generation(self.folder) == self.generation

    def close(self) -> None:
        """Give the files back; nothing can be asked after it."""
        self._storage.close_all()

    def __del__(self) -> None:
        # A thread that ended takes its handle along.
        if hasattr(self, "_storage"):
            self._storage.close_all()


def _columns(reader: IndexReader, shared: dict[str, Columns]) -> Columns:
    name = reader.segment().segment_id()
    if name not in shared:
        shared[name] = Columns.read(reader)
    return shared[name]


@contextmanager
def writer(folder: Path, limitmb: int) -> Iterator[SegmentWriter]:
    """A writer that commits at the end, or leaves everything as it was. The caller holds the lock."""
    _sweep(folder)
    storage = Storage(folder)
    try:
        index = FileIndex(storage, schema=schema(), indexname=_NAME)
        writing = SealedWriter(index, _lk=False, limitmb=limitmb, compound=False, codec=W3Codec(blocklimit=BLOCK))
        try:
            yield writing
        except BaseException:
            with suppress(Exception):
                writing.cancel()
            raise
        writing.commit()
    finally:
        storage.close_all()
        _sweep(folder)


def _sweep(folder: Path) -> None:
    """Remove what a killed writer left behind, and seals of the past."""
    latest = generation(folder)
    for entry in list(os.scandir(folder)):
        if entry.is_dir():
            shutil.rmtree(entry.path, ignore_errors=True)
        elif ".toc." in entry.name or (entry.name.startswith("seal_") and entry.name != f"seal_{latest}"):
            Path(entry.path).unlink(missing_ok=True)


def create(root: Path) -> Path:
    """A new, empty index directory under ``root``, not yet current."""
    folder = root / f"index-{FORMAT}-{uuid4().hex}"
    folder.mkdir()
    storage = Storage(folder)
    try:
        FileIndex.create(storage, schema(), _NAME)
    finally:
        storage.close_all()
    return folder


def read_pointer(root: Path) -> Path | None:
    """The current directory, if the pointer names one; its name is never used twice."""
    try:
        name = (root / _POINTER).read_text().strip()
    except (OSError, ValueError):
        return None
    return root / name if re.fullmatch(rf"index-{FORMAT}-[0-9a-z]+", name) else None


def swap(root: Path, folder: Path) -> None:
    """Make ``folder`` the current index, and remove all others."""
    _write(root / _POINTER, folder.name)
    for entry in list(os.scandir(root)):
        if entry.is_dir() and entry.name.startswith("index-") and entry.name != folder.name:
            shutil.rmtree(entry.path, ignore_errors=True)
        elif entry.name.endswith(".new"):
            Path(entry.path).unlink(missing_ok=True)


@contextmanager
def locked(root: Path, wait: float) -> Iterator[None]:
    """Be the only writer; :class:`IndexBusy` after ``wait`` seconds."""
    root.mkdir(parents=True, exist_ok=True)  # it may be deleted while the site serves
    lock = FileLock(str(root / "write.lock"))
    if not try_for(lock.acquire, timeout=wait, delay=0.02):
        raise IndexBusy(str(root))
    try:
        yield
    finally:
        lock.release()


def size(folder: Path) -> int:
    """The bytes of the files in ``folder``; 0 when there is none."""
    with suppress(OSError):
        return sum(entry.stat().st_size for entry in os.scandir(folder))
    return 0


def discard(folder: Path) -> None:
    """Delete ``folder``, as far as that is possible now."""
    shutil.rmtree(folder, ignore_errors=True)


def is_locked(root: Path) -> bool:
    """Whether somebody writes at this moment."""
    try:
        with locked(root, 0):
            return False
    except IndexBusy:
        return True
    except OSError:
        return False
