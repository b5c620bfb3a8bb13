"""The blob store: every attachment once, under the SHA-256 of its bytes, never overwritten."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from thidua.errors import BadFile, NoRoom, NotFound, TooLarge
from thidua.files.arrival import Arrival
from thidua.files.limits import MB
from thidua.names import display_name

CHUNK = 1 * MB
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A received file that is not kept yet: its temporary ``path``, ``sha256`` (hex) and ``size`` in bytes.

    ``synced`` is done once the bytes are on the disk: they go there while the file is looked into.
    Leaving the ``with`` block deletes the temporary file, unless the store has kept it.
    """

    path: Path
    sha256: str
    size: int
    synced: Future[None]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.path.unlink(missing_ok=True)


class BlobStore:
    """Files below ``root`` as ``ab/cdef…`` by their SHA-256, and ``root/tmp`` for what is arriving.

    What :meth:`keep` returned from is on the disk, name included. A process killed at any moment
    leaves at most a file in ``tmp``, which :meth:`sweep_tmp` removes.

    >>> import io
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = BlobStore(Path(folder))
    ...     with store.receive(io.BytesIO(b"abc"), name="a.txt", limit=10, expected=3) as incoming:
    ...         store.keep(incoming)
    ...     store.verify(incoming.sha256), list(store.all()) == [incoming.sha256]
    (True, True)
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.tmp = root / "tmp"

    def receive(self, stream: BinaryIO, *, name: str, limit: int, expected: int | None = None) -> Incoming:
        """Write ``stream`` to a temporary file while hashing it, a megabyte at a time.

        ``name`` is only for the sentences; ``limit`` is the largest size accepted, in bytes;
        ``expected`` the announced one, or None if unknown. Raises ``TooLarge`` at the first byte
        over the limit, ``BadFile`` (file-empty, file-cut-short), ``NoRoom``; then nothing is left.
        An :class:`Arrival` that a server wrote into :attr:`tmp` is taken over as it lies there.
        """
        if expected is not None and expected > limit:
            raise _too_large(name, limit)
        taken = stream.take() if isinstance(stream, Arrival) and stream.path.parent == self.tmp else None
        path = taken or self._fresh()
        try:
            with _room():
                if taken is None:
                    sha256, size = _copy(stream, path, name=name, limit=limit)
                    synced = _begun(_sync, path)
                else:
                    synced = _begun(_sync, path)
                    sha256, size = _hashed(path, name=name, limit=limit)
            if expected is not None and size < expected:
                raise BadFile("file-cut-short", name=display_name(name), got=size, expected=expected)
            if size == 0:
                raise BadFile("file-empty", name=display_name(name))
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Incoming(path, sha256, size, synced)

    def _fresh(self) -> Path:
        with _room():
            self.tmp.mkdir(parents=True, exist_ok=True)
            handle, path = tempfile.mkstemp(dir=self.tmp)
        os.close(handle)
        return Path(path)

    def keep(self, incoming: Incoming) -> None:
        """Make ``incoming`` part of the store, on the disk before this returns.

        A blob that is there already stays as it is, if its bytes are still right; a damaged one
        is set aside beside its place, for these are the bytes that can mend it. Raises ``NoRoom``.
        """
        target = self.path(incoming.sha256)
        with _room():
            incoming.synced.result()
            target.parent.mkdir(exist_ok=True)
            _sync_directory(self.root)
            if target.exists() and not self.verify(incoming.sha256):
                target.rename(target.with_name(f"{target.name}.damaged-{secrets.token_hex(4)}"))
            _place(incoming.path, target)
            _sync_directory(target.parent)
        incoming.path.unlink(missing_ok=True)

    def path(self, sha256: str) -> Path:
        """Where the blob stands or would stand. Anything but 64 lower-case hex digits is a ``ValueError``."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"not a SHA-256: {sha256[:80]!r}")
        return self.root / sha256[:2] / sha256[2:]

    def open(self, sha256: str) -> BinaryIO:
        """The blob for reading; ``NotFound`` (blob-missing) if the store does not have it."""
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError:
            raise NotFound("blob-missing") from None

    def exists(self, sha256: str) -> bool:
        """Whether the blob is there; says nothing about its bytes."""
        return self.path(sha256).is_file()

    def takes(self) -> bool:
        """Whether a file can be written where files arrive; tried, and taken away again."""
        try:
            self.tmp.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.tmp, buffering=0) as file:
                return file.write(b"?") == 1
        except OSError:
            return False

    def verify(self, sha256: str) -> bool:
        """Whether the blob is there and its bytes still have this SHA-256. Reads the whole file."""
        try:
            with self.path(sha256).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except OSError:
            return False

    def all(self) -> Iterator[str]:
        """The SHA-256 of every blob kept, in order, for backups and for the doctor."""
        if not self.root.is_dir():
            return
        for folder in sorted(self.root.iterdir()):
            if len(folder.name) == 2 and folder.is_dir():
                yield from (
                    name
                    for name in sorted(folder.name + file.name for file in folder.iterdir())
                    if _SHA256.fullmatch(name)
                )

    def set_aside(self, sha256: str) -> Path:
        """Take a file out of the store without deleting it; where it lies now."""
        target = self.root / "thua" / sha256
        target.parent.mkdir(exist_ok=True)
        self.path(sha256).rename(target)
        return target

    def sweep_tmp(self, older_than: datetime) -> int:
        """Delete what arrivals that never ended left behind; returns how many.

        ``older_than`` is an aware instant: a file written to since then may still be arriving.
        """
        if older_than.tzinfo is None:
            raise ValueError("naive datetime: every instant carries its zone")
        removed = 0
        for file in self.tmp.iterdir() if self.tmp.is_dir() else ():
            with suppress(FileNotFoundError):
                if file.stat().st_mtime < older_than.timestamp():
                    file.unlink()
                    removed += 1
        return removed


def _hashed(path: Path, *, name: str, limit: int) -> tuple[str, int]:
    size = path.stat().st_size
    if size > limit:
        raise _too_large(name, limit)
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), size


def _begun(work: Callable[[Path], None], path: Path) -> Future[None]:
    """``work`` in a thread of its own, which ends with it."""
    worker = ThreadPoolExecutor(1)
    begun = worker.submit(work, path)
    worker.shutdown(wait=False)
    return begun


def _copy(stream: BinaryIO, path: Path, *, name: str, limit: int) -> tuple[str, int]:
    """Writing and hashing let go of the interpreter: a large file is written while it is hashed."""
    digest, size = hashlib.sha256(), 0
    written: Future[None] | None = None
    with path.open("wb", buffering=0) as file, ThreadPoolExecutor(1) as writer:
        while chunk := stream.read(min(CHUNK, limit - size + 1)):
            size += len(chunk)
            if size > limit:
                raise _too_large(name, limit)
            if written is not None:
                written.result()
            written = writer.submit(_write, file, chunk)
            digest.update(chunk)
        if written is not None:
            written.result()
    return digest.hexdigest(), size


def _write(file: BinaryIO, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[file.write(rest) :]


def _too_large(name: str, limit: int) -> TooLarge:
    shown = f"{limit / MB:.1f}".removesuffix(".0").replace(".", ",")
    return TooLarge("file-too-large", name=display_name(name), limit_mb=shown)


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoRoom("disk-full") from error
        raise


def _place(source: Path, target: Path) -> None:
    """Give the bytes their name without ever replacing a file that has it."""
    try:
        os.link(source, target)
    except FileExistsError:
        return
    except OSError as error:
        # File systems without hard links; whoever comes second brings the same bytes.
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK):
            raise
        if not target.exists():
            source.rename(target)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sync_directory(path: Path) -> None:
    """A new name is only safe once its directory is; Windows has no such call and needs none."""
    if os.name == "nt":  # pragma: no cover
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
