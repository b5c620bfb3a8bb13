"""Logs: who reads them may not read dossiers, so no name, login, answer or search word gets in.

A line carries what was begun with :func:`begin`: the request's id, the pattern of its
route, the user's public id; or the kind of job. Three ways by which data slips into
logs are closed here, whatever is logged:

* a traceback keeps its frames and the class of the error; the message, which may quote
  what somebody typed, only of errors that speak of files and tables;
* what libraries log is written without what they put in;
* line ends inside a message are escaped.

``THIDUA_TRACE=1`` lets messages through, for whoever looks for a fault on a machine of their own.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import sqlite3
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal, TextIO

Format = Literal["text", "json"]
FORMATS: tuple[Format, ...] = ("text", "json")
OURS = "thidua"

_facts: ContextVar[dict[str, object] | None] = ContextVar("thidua_log_facts", default=None)


def start(form: str, stream: TextIO | None = None) -> None:
    """Send the logs of this process to ``stream`` (standard error).

    ``"text"`` is for people and says what goes wrong; ``"json"`` is for machines, one
    object a line, every request included.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(OURS).setLevel(logging.INFO if form == "json" else logging.WARNING)


@contextmanager
def about(**facts: object) -> Iterator[None]:
    """Put ``facts`` on every line that is logged in the block."""
    before = _facts.get()
    begin(**facts)
    try:
        yield
    finally:
        _facts.set(before)


def begin(**facts: object) -> None:
    """Forget what earlier lines of this thread were about; from now on they are about ``facts``."""
    _facts.set(dict(facts))


def end() -> None:
    """What is logged from now on is about nothing in particular."""
    _facts.set(None)


def add(**facts: object) -> None:
    """What has become known about the work under way, if some is under way."""
    held = _facts.get()
    if held is not None:
        held |= facts


def said(error: BaseException) -> str:
    """The class of ``error``, and its message where it cannot quote what somebody typed.

    >>> said(ValueError("Nguyễn Thị Hoà")), said(OSError(28, "No space left on device", "/srv/x"))
    ('ValueError', 'OSError: ENOSPC')
    """
    name = type(error).__name__
    if os.environ.get("THIDUA_TRACE") == "1":
        return f"{name}: {error}"
    match error:
        case sqlite3.Error():  # names tables and columns; values are bound and never in it
            return f"{name}: {error}"
        case OSError() if error.errno is not None:
            return f"{name}: {errno.errorcode.get(error.errno, error.errno)}"
    return name


def trace(error: BaseException) -> str:
    """The frames of ``error`` and of what caused it, the first cause first, each with what :func:`said` says."""
    parts: list[str] = []
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        parts.append("".join(traceback.format_tb(at.__traceback__)) + said(at))
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return "\n\n".join(reversed(parts))


def message_of(record: logging.LogRecord) -> str:
    """One line. Ours as it is; of a library its pattern, up to the first address it quotes."""
    if record.name.partition(".")[0] == OURS or os.environ.get("THIDUA_TRACE") == "1":
        text = record.getMessage()
    else:
        text = str(record.msg).partition("/")[0].rstrip()
    return text.replace("\r", "\\r").replace("\n", "\\n")


class JsonLines(logging.Formatter):
    """One JSON object a line: ``at`` (UTC), ``level``, ``logger``, ``message``, the facts, ``fault``."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message_of(record),
            **(_facts.get() or {}),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[1]:
            line["fault"] = trace(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """Time, level, logger and message, the facts in brackets, the frames below."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        facts = {**(_facts.get() or {}), **getattr(record, "facts", {})}
        shown = "".join(f" {key}={value}" for key, value in facts.items())
        line = f"{self.formatTime(record)} {record.levelname} {record.name}: {message_of(record)}"
        if shown:
            line += f" [{shown.strip()}]"
        if record.exc_info and record.exc_info[1]:
            line += "\n" + trace(record.exc_info[1])
        return line
