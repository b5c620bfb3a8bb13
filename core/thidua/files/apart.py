"""Run a reader in a process of its own, so that a file can kill, hang or bloat nothing but that."""

from __future__ import annotations

import errno
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from thidua.errors import Busy
from thidua.files.limits import NO_ROOM, Limits

_LOG = logging.getLogger(__name__)

Status = Literal["ok", "cut", "encrypted", "memory", "time", "error", "died"]
_SAID: dict[str, Status] = {"ok": "ok", "cut": "cut", "encrypted": "encrypted", "memory": "memory", "error": "error"}
# Nothing of the site's settings (its secret key above all) goes along; Windows cannot start without its root.
_ENVIRONMENT = ("SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")


AT_ONCE = 2
"""So many readings may pages wait for at a time, whatever files are sent: the other pages go on meanwhile."""
PATIENCE = 2.0
"""Seconds for which a page waits for its turn."""
_turns = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def turn() -> Iterator[None]:
    """A page's turn to have a file read. Raises :class:`~thidua.errors.Busy` when none comes soon."""
    if not _turns.acquire(timeout=PATIENCE):
        raise Busy("reading-busy")
    try:
        yield
    finally:
        _turns.release()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a reading: ``status`` and what was read, or for ``error`` the name of the exception."""

    status: Status
    text: str = ""


def run_apart(
    reader: str, path: Path, limits: Limits, *, into: Path | None = None, more: str = "", shut: Path | None = None
) -> Outcome:
    """Call ``reader`` ("package.module:function") with ``path`` in a restricted process.

    ``more`` is its second argument, if it takes one; ``shut`` is a folder in which it may open nothing.
    The answer comes through a file and not a pipe, so a child that floods or stalls blocks nobody. A reader that
    makes bytes writes them ``into`` a file, which holds nothing of use unless the outcome is "ok".
    Raises nothing but the ``OSError`` of a full disk: that is no fault of the file and soon mended.
    """
    command = [sys.executable, "-I", "-B", "-X", "utf8", "-m", "thidua.files.sandbox"]
    bounds = asdict(limits) | ({"shut": os.path.realpath(shut)} if shut else {})
    command += [reader, str(path), json.dumps(bounds), *filter(None, [more])]
    try:
        with tempfile.TemporaryFile() as answer:
            child = subprocess.Popen(  # noqa: S603 -- our own interpreter and module
                command,
                stdin=subprocess.DEVNULL,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                env={key: os.environ[key] for key in _ENVIRONMENT if key in os.environ},
                start_new_session=True,
            )
            try:
                code = child.wait(timeout=limits.wall)
            except BaseException as error:
                _kill(child)
                if isinstance(error, subprocess.TimeoutExpired):
                    return Outcome("time")
                raise
            if code == NO_ROOM:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            answer.seek(0)
            if into is None:
                return _understand(code, answer.read(4 * limits.characters + 200))
            said = _understand(code, answer.readline(200))
            with into.open("wb") as file:
                shutil.copyfileobj(answer, file)
            return said
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        # The only failure that is the site's and not the file's: without a line nobody would look for it.
        _LOG.warning("the reading process did not start: %s", error)
        return Outcome("died")


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End the child's whole session: it leads one, so its id names the group."""
    if sys.platform == "win32":  # pragma: no cover
        child.kill()
    else:
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _understand(code: int, answer: bytes) -> Outcome:
    if sys.platform != "win32" and code in (-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGALRM):
        return Outcome("time")
    said, _, text = answer.partition(b"\n")
    return understood("" if code else said.decode("ascii", "replace"), text.decode("utf-8", "replace"))


def understood(said: str, text: str) -> Outcome:
    """What the first line of an answer means; anything unknown means that the reader died."""
    status = _SAID.get(said)
    return Outcome("died") if status is None else Outcome(status, text)
