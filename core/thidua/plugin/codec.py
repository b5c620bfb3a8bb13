"""Contract objects as JSON and back, in one canonical spelling."""

from __future__ import annotations

import datetime
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal

from thidua.plugin.campaign import Basis, Parameter
from thidua.plugin.classes import Above, AtLeast, Class
from thidua.plugin.combine import COMBINES
from thidua.plugin.documents import Document
from thidua.plugin.field import Equals, Option
from thidua.plugin.fields import KINDS, Section
from thidua.plugin.judging import Judging, Originality
from thidua.plugin.params import Param
from thidua.plugin.prizes import Prize
from thidua.plugin.problems import ContractError, JsonValue
from thidua.plugin.report import Average, Column, Count, EachClass, EachPrize, Is, Report, Share, Summary
from thidua.plugin.rubric import Band, Deduction, Gate, Group, Item

_DAY = "day"
_CLASSES: Mapping[str, type] = {
    **KINDS,
    **{
        kind.__name__: kind
        for kind in (
            *COMBINES,
            Above,
            AtLeast,
            Average,
            Band,
            Basis,
            Class,
            Column,
            Count,
            Deduction,
            Document,
            EachClass,
            EachPrize,
            Equals,
            Gate,
            Group,
            Is,
            Item,
            Judging,
            Option,
            Originality,
            Param,
            Parameter,
            Prize,
            Report,
            Section,
            Share,
            Summary,
        )
    },
}


# Made once: json.dumps would make one for every text.
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(value: JsonValue) -> str:
    """The one JSON text of ``value``: keys sorted, no blanks, letters as they are.

    >>> canonical({"b": "Hoà", "a": [1, None]})
    '{"a":[1,null],"b":"Hoà"}'
    """
    return _ENCODER.encode(value)


def encode(value: object) -> JsonValue:
    """A contract object, or a tuple or plain value inside one, as JSON; texts in NFC."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime.date):
        return {"kind": _DAY, "iso": value.isoformat()}
    if isinstance(value, tuple):
        return [encode(member) for member in value]
    name = type(value).__name__
    if _CLASSES.get(name) is not type(value):
        raise ContractError(f"{value!r} cannot be stored: {name} is not part of the contract")
    parts = {part: encode(getattr(value, part)) for part in _stored(type(value))}
    return {"kind": name, **parts}


_STORED: dict[type, tuple[str, ...]] = {}  # a campaign holds thousands of objects of few kinds


def _stored(kind: type) -> tuple[str, ...]:
    """The names of the parts that are kept."""
    if kind not in _STORED:
        _STORED[kind] = tuple(field.name for field in fields(kind) if field.metadata.get("stored", True))
    return _STORED[kind]


def decode(value: JsonValue) -> object:
    """The inverse of :func:`encode`. A part that a later version added takes its default;
    an unknown one is refused with :class:`ContractError`, as it would be lost otherwise.
    """
    if isinstance(value, list):
        return tuple(decode(member) for member in value)
    if not isinstance(value, dict):
        return value
    name = value.get("kind")
    if name == _DAY:
        return datetime.date.fromisoformat(str(value.get("iso")))
    if not isinstance(name, str) or name not in _CLASSES:
        raise ContractError(f"stored form: {name!r} is not part of the contract; it needs a newer thidua")
    try:
        return _CLASSES[name](**{key: decode(part) for key, part in value.items() if key != "kind"})
    except TypeError as error:
        raise ContractError(f"stored form: {name}: {error}") from error
