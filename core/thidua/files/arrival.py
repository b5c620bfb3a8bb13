"""A body that is written where it will stay while it arrives, so that keeping it needs no second copy."""

from __future__ import annotations

import io
import os
import secrets
from pathlib import Path


class Arrival(io.RawIOBase):
    """A file in ``folder``, appended to by a server and then read as any stream; gone once closed, unless taken.

    A disk without room is not the server's to tell: the bytes are let go, and whoever reads gets the ``OSError``.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with Arrival(Path(folder)) as arrival:
    ...         arrival.append(b"ab"), arrival.append(b"c"), arrival.read(), arrival.size
    (None, None, b'abc', 3)
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.size = 0
        self.path = folder / f"den-{secrets.token_hex(8)}"
        self._file: io.FileIO | None = None
        self._read = 0
        self._fault: OSError | None = None

    def append(self, data: bytes) -> None:
        """Write ``data`` at the end; never raises."""
        self.size += len(data)
        if self._fault is not None:
            return
        try:
            file = self._opened()
            file.seek(0, os.SEEK_END)
            rest = memoryview(data)
            while rest:
                rest = rest[file.write(rest) :]
        except OSError as fault:
            self._fault = fault
            self._forget()

    def take(self) -> Path | None:
        """Hand the file over to the caller, who deletes it; None if it has been read from or could not be written."""
        if self._fault is not None or self._read or self._file is None:
            return None
        self._file.close()
        self._file = None
        return self.path

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview | bytearray) -> int:  # type: ignore[override]  # what io itself hands in
        """Read what comes next; raises the ``OSError`` that kept the bytes from being written."""
        if self._fault is not None:
            raise self._fault
        if self._file is None:
            return 0
        self._file.seek(self._read)
        got = self._file.readinto(buffer)
        self._read += got
        return got

    def close(self) -> None:
        """Delete the file, unless it was taken."""
        self._forget()
        super().close()

    def _opened(self) -> io.FileIO:
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = io.FileIO(self.path, "x+")
        return self._file

    def _forget(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()
            self.path.unlink(missing_ok=True)
