"""Text of attachments for search, read in a process of its own; a file can spoil its own text and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from thidua.errors import say
from thidua.files import sandbox
from thidua.files.apart import Outcome, Status, run_apart, understood
from thidua.files.kinds import FileKind
from thidua.files.limits import DEFAULT_LIMITS, Limits
from thidua.text import clean

PAGE_CHARACTERS = 20

# Dotted names and not functions: they are called in the reading process, not here.
BUILTIN_EXTRACTORS: Mapping[str, str] = MappingProxyType(
    {f".{name}": f"thidua.files.readers:{name}" for name in ("docx", "pdf", "xlsx", "txt")}
)
_NOTES: Mapping[Status, str] = MappingProxyType(
    {"encrypted": "text-encrypted", "memory": "text-too-heavy", "time": "text-too-heavy"}
)
_LETTER = re.compile(r"[^\W_]")
_BLANKS = " \t\u00a0"


@dataclass(frozen=True, slots=True)
class Extracted:
    """What was read of one file.

    * ``state``: ``text``; ``no_text`` for images and scans without a text layer; ``failed``.
    * ``text``: NFC, lines ended by a line feed, no control characters; also of a scan the little there was.
    * ``extractor``: the reader's dotted name, empty if none was needed.
    * ``note``: a Vietnamese sentence for people, empty if all is well.
    """

    state: Literal["text", "no_text", "failed"]
    text: str
    extractor: str
    note: str


def extract(
    path: Path,
    kind: FileKind,
    *,
    limits: Limits = DEFAULT_LIMITS,
    extractors: Mapping[str, str] = BUILTIN_EXTRACTORS,
    apart: bool = True,
) -> Extracted:
    """Read the text of the file at ``path``, which need not have an extension; never raises for what is in it.

    ``extractors`` maps an extension to ``"package.module:function"``, a function from a path to text
    that may be imported in another process; one that knows pages ends each with a form feed. A kind
    without an extractor has no text. ``limits.seconds``, ``memory`` and ``characters`` bound the reading.
    ``apart=False`` reads in this process: only for files that we have just made ourselves.
    """
    reader = extractors.get(kind.extension)
    if reader is None:
        return Extracted("no_text", "", "", say("text-none"))
    outcome = run_apart(reader, path, limits) if apart else _here(reader, path, limits)
    if outcome.status not in ("ok", "cut"):
        return Extracted("failed", "", reader, say(_NOTES.get(outcome.status, "text-failed")))
    pages = outcome.text.count("\f")
    # By lines: a pattern for blanks before a line's end looks a run of them through from each of its places.
    lines = clean(outcome.text.replace("\f", "\n")).split("\n")
    text = "\n".join(line.strip(_BLANKS) for line in lines).strip()
    if len(_LETTER.findall(text)) < max(1, PAGE_CHARACTERS * pages):
        return Extracted("no_text", text, reader, say("text-none"))
    note = say("text-cut", characters=limits.characters) if outcome.status == "cut" else ""
    return Extracted("text", text, reader, note)


def _here(reader: str, path: Path, limits: Limits) -> Outcome:
    said, text = sandbox.read(reader, str(path), limits.characters)
    return understood(said, text if isinstance(text, str) else "")
