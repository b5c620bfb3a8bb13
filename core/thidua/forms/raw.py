"""What comes in: posted names and JSON, cleaned at the door, nothing of it lost."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

from thidua.errors import say
from thidua.plugin import Field, JsonValue, MultiChoice, PersonRef, Problem, Rows, Section, UnitRef
from thidua.text import clean


@dataclass(frozen=True)
class Posted:
    """What a page sent: ``raw`` by field key, and the names that belong to no field."""

    raw: dict[str, JsonValue]
    unknown: tuple[str, ...]


class MultiDict(Protocol):
    """The little that is needed of a web framework's form."""

    def __iter__(self) -> Iterator[str]: ...

    def getlist(self, key: str, /) -> list[str]:
        """All values sent under ``key``."""
        ...


def read_posted(section: Section, posted: MultiDict, *, ignore: Iterable[str] = ("csrf_token",)) -> Posted:
    """What a page sent, as raw values.

    Names are ``<key>``; ``<key>-id`` and ``<key>-name`` of a reference; ``<key>-0-<column>`` in a table.
    A field of which nothing was sent is left out, so that it stays as it was. For a ``MultiChoice`` or
    a table the page also sends ``<key>`` empty, so that "nothing chosen" and "all rows removed" can be told.
    """
    names = list(posted)
    raw: dict[str, JsonValue] = {}
    used = set(ignore)
    for spec in section.fields:
        mine = {name for name in names if name == spec.key or _part_of(spec, name)}
        if mine:
            used |= mine
            raw[spec.key] = _read(spec, posted, mine)
    return Posted(raw, tuple(name for name in names if name not in used))


def fingerprint(value: object) -> str:
    """A short mark of a raw value: equal marks, equal values, whatever the Unicode form or line ends.

    Nothing typed (``None``, ``""``, ``[]``) has one mark. Used to merge drafts.

    >>> fingerprint("Hoa\\u0300") == fingerprint("Hoà"), fingerprint(None) == fingerprint("")
    (True, True)
    """
    text = json.dumps(_cleaned(value) or None, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list | tuple):
        return [_cleaned(member) for member in value]
    if isinstance(value, Mapping):
        return {clean(str(key)): _cleaned(member) for key, member in value.items()}
    return value


def _part_of(spec: Field, name: str) -> bool:
    if isinstance(spec, PersonRef | UnitRef):
        return name in (f"{spec.key}-id", f"{spec.key}-name")
    return isinstance(spec, Rows) and _cell(spec, name) is not None


def _cell(spec: Rows, name: str) -> tuple[int, str] | None:
    """Row and column of ``<key>-<row>-<column>``; ASCII digits only, since WTForms stumbles over others."""
    match = re.fullmatch(rf"{spec.key}-([0-9]{{1,4}})-([a-z0-9_]+)", name)
    return (int(match[1]), match[2]) if match and match[2] in {column.key for column in spec.columns} else None


def _read(spec: Field, posted: MultiDict, mine: set[str]) -> JsonValue:
    if isinstance(spec, Rows):
        rows: dict[int, dict[str, JsonValue]] = {}
        for name in mine:
            if cell := _cell(spec, name):
                rows.setdefault(cell[0], {})[cell[1]] = clean(posted.getlist(name)[0])
        return [rows[index] for index in sorted(rows)]
    if isinstance(spec, PersonRef | UnitRef):
        return {part: clean(next(iter(posted.getlist(f"{spec.key}-{part}")), "")) for part in ("id", "name")}
    values = [clean(value) for value in posted.getlist(spec.key)]
    if isinstance(spec, MultiChoice):
        return [value for value in values if value]
    return values[0]


def admit(section: Section, raw: Mapping[str, object]) -> tuple[dict[str, JsonValue], list[Problem], tuple[str, ...]]:
    """The part of ``raw`` that has the right build, cleaned; problems for the rest; what belongs nowhere."""
    admitted: dict[str, JsonValue] = {}
    found: list[Problem] = []
    unknown = [str(key) for key in raw if key not in {spec.key for spec in section.fields}]
    for spec in section.fields:
        value = _cleaned(raw.get(spec.key))
        if value is None:
            continue
        if _well_built(spec, value):
            admitted[spec.key], extra = _stripped(spec, value)
            unknown += extra
        else:
            found.append(Problem(spec.key, say("form-unreadable", label=spec.label)))
    return admitted, found, tuple(unknown)


def _well_built(spec: Field, value: object) -> bool:
    if isinstance(spec, Rows):
        return isinstance(value, list) and all(isinstance(row, dict) and _all_text(row.values()) for row in value)
    if isinstance(spec, MultiChoice):
        return isinstance(value, list) and _all_text(value)
    if isinstance(spec, PersonRef | UnitRef):
        return isinstance(value, dict) and _all_text(value.values())
    return isinstance(value, str)


def _all_text(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _stripped(spec: Field, value: object) -> tuple[JsonValue, list[str]]:
    """``value`` without the parts that ``spec`` does not have, and their names."""
    if isinstance(spec, Rows) and isinstance(value, list):
        known = {column.key for column in spec.columns}
        extra = sorted({f"{spec.key}.{key}" for row in value for key in row if key not in known})
        return [{key: cell for key, cell in row.items() if key in known} for row in value], extra
    if isinstance(value, dict):
        extra = sorted(f"{spec.key}.{key}" for key in value if key not in ("id", "name"))
        return {part: value.get(part, "") for part in ("id", "name")}, extra
    return cast("JsonValue", value), []
