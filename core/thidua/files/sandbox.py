"""The reading process: ``python -m thidua.files.sandbox READER PATH LIMITS [MORE]``; answers on standard output.

Started by :mod:`thidua.files.apart`, by nothing else. It gives up its rights before it loads any
parser: limits on processor time, address space and output; no network where the kernel lets it
leave; no sockets, no programs, no writing (by audit hook: a fence against surprises, not a wall
against native code; the limits and the empty environment are for that).
"""

from __future__ import annotations

import errno
import importlib
import json
import math
import os
import signal
import sys
from collections.abc import Callable
from typing import BinaryIO, cast

from thidua.files.limits import NO_ROOM, Limits

_FORBIDDEN = (
    *("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "pty.", "os.kill"),
    *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown"),
    *("os.startfile", "shutil.", "ftplib.", "urllib.", "http.", "smtplib.", "winreg."),
    "sqlite3.",
)
_CLONE_NEWNET, _CLONE_NEWUSER = 0x4000_0000, 0x1000_0000


def main(arguments: list[str]) -> int:  # pragma: no cover -- this and the next two run in the child only
    """Read one file and answer: a line with the status, then the text in UTF-8 or the bytes."""
    reader, path, bounds = arguments[0], arguments[1], json.loads(arguments[2])
    shut = bounds.pop("shut", "")
    limits = Limits(**bounds)
    leave_network()
    limit_resources(limits)
    sys.addaudithook(refuse_event)
    if shut:
        sys.addaudithook(refuse_within(shut))
    status, answer = read(reader, path, limits.characters, *arguments[3:])
    output = cast("BinaryIO", sys.stdout.buffer)
    said = answer if isinstance(answer, bytes) else answer.encode("utf-8", "replace")
    try:
        output.write(status.encode() + b"\n" + said)
        output.flush()
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        os._exit(NO_ROOM)  # what is left in the buffer would fail again on the way out
    return 0


def read(reader: str, path: str, characters: int, *more: str) -> tuple[str, str | bytes]:
    """Call the reader; every way it can fail becomes a status."""
    try:
        module, _, function = reader.partition(":")
        text = cast("Callable[..., str | bytes]", getattr(importlib.import_module(module), function))(path, *more)
        return ("ok", text) if len(text) <= characters else ("cut", text[:characters])
    except MemoryError:
        return "memory", ""
    except Exception as error:
        name = type(error).__name__
        return ("encrypted" if name == "Encrypted" else "error"), name


def limit_resources(limits: Limits) -> None:  # pragma: no cover
    """Bound this process by the operating system; Windows has no such limits.

    The alarm ends a reader that waits for ever after the process that should kill it has died.
    """
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 -- not on Windows

    signal.alarm(math.ceil(limits.wall) + 1)
    bounds = {
        resource.RLIMIT_CPU: limits.seconds,
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_FSIZE: 4 * limits.characters + 200,
        resource.RLIMIT_NOFILE: 32,
        resource.RLIMIT_CORE: 0,
    }
    for kind, bound in bounds.items():
        hard = resource.getrlimit(kind)[1]
        value = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        resource.setrlimit(kind, (value, value))


def leave_network() -> None:  # pragma: no cover
    """Move into a network of our own without any interface, if the kernel permits it."""
    if sys.platform != "linux":
        return
    import ctypes  # noqa: PLC0415 -- only here, and only on Linux

    library = ctypes.CDLL(None)
    if library.unshare(_CLONE_NEWNET) != 0:
        library.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def refuse_event(event: str, arguments: tuple[object, ...]) -> None:
    """The audit hook: raise ``PermissionError`` for what no reader needs."""
    if event.startswith(_FORBIDDEN):
        raise PermissionError(event)
    if event == "open":
        flags = arguments[2]
        if isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND):
            raise PermissionError(event)


def refuse_within(shut: str) -> Callable[[str, tuple[object, ...]], None]:
    """An audit hook: raise ``PermissionError`` for whatever is opened or listed in the folder ``shut``."""

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        if event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], str | bytes | os.PathLike):
            place = os.path.realpath(os.fsdecode(arguments[0]))
            if place == shut or place.startswith(shut + os.sep):
                raise PermissionError(event)

    return refuse


if __name__ == "__main__":  # pragma: no cover
    sys.exit(main(sys.argv[1:]))
