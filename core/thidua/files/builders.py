"""A campaign's own document, made in the reading process: data in a file → the bytes of a .docx, or what went wrong."""

from __future__ import annotations

import base64
import contextlib
import importlib
import io
import json
import sys
import traceback
from dataclasses import asdict
from datetime import date
from pathlib import Path

from thidua.plugin import ReportData, ReportTable

MARK = b"PK"
"""How a .docx begins; any other answer of :func:`built` is the traceback of a fault."""


def written(data: ReportData) -> str:
    """``data`` as JSON."""
    day = data.day.isoformat() if data.day else ""
    return json.dumps(asdict(data) | {"day": day, "word": base64.b64encode(data.word).decode()}, ensure_ascii=False)


def read(text: str) -> ReportData:
    """The inverse of :func:`written`.

    >>> table = ReportTable("T", ("x",), (("1",),), notes=("n",))
    >>> data = ReportData("A", call="B", unit="C", tables=(table,), day=date(2026, 3, 5))
    >>> read(written(data)) == data
    True
    """
    told = json.loads(text)
    tables = tuple(
        ReportTable(
            one["title"],
            tuple(one["columns"]),
            tuple(map(tuple, one["rows"])),
            tuple(one["totals"]),
            tuple(one["notes"]),
        )
        for one in told["tables"]
    )
    day = date.fromisoformat(told["day"]) if told["day"] else None
    lines = {"signers": tuple(map(tuple, told["signers"])), "copies": tuple(told["copies"]), "tables": tables}
    return ReportData(**(told | lines | {"day": day, "word": base64.b64decode(told["word"])}))


def built(path: str, more: str) -> bytes:
    """Call the function that ``more`` names (JSON: ``build`` as "module:function", ``home`` where it is found)."""
    told = json.loads(more)
    if told["home"] not in sys.path:
        sys.path.append(told["home"])
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # what it prints is no part of the answer
            module, _, function = told["build"].partition(":")
            made = getattr(importlib.import_module(module), function)(read(Path(path).read_text("utf-8")))
            if not isinstance(made, bytes) or not made.startswith(MARK):
                raise TypeError(f"{function} gave {type(made).__name__}, not the bytes of a .docx")
    except MemoryError:
        raise
    except Exception:
        return traceback.format_exc().encode("utf-8", "replace")
    return made
