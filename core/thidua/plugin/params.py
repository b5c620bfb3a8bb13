"""Numbers that a call sets for itself, standing in a campaign where a number stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar, cast

from thidua.plugin.problems import ContractError, check_key

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Param:
    """The value that a call gives to the campaign's :class:`Parameter` of that key.

    It may stand for ``LongText.max_words``, ``Judging.judges`` and ``gap``, ``Prize.count``
    and the ``points`` or ``percent`` of a class. The campaign is refused when one of them is
    impossible at the parameter's default, minimum or maximum::

        LongText("bai_viet", "Bài viết", max_words=Param("so_tu"))
        parameters=(Parameter("so_tu", "Số chữ nhiều nhất", default=1500, minimum=300, maximum=5000),)

    >>> Param("so_tu").key
    'so_tu'
    """

    key: str

    def __post_init__(self) -> None:
        check_key("Param", self.key)


def settled(value: Thing | Param) -> Thing:
    """``value``, which must be known by now: the form is read with a call's parameters.

    >>> settled(15)
    15
    """
    if isinstance(value, Param):
        raise ContractError(f"{value.key!r} has no value here: read the form with Shape.under(parameters)")
    return value


def params_in(thing: object) -> frozenset[str]:
    """The keys of every :class:`Param` within a contract object.

    >>> params_in((Param("so_tu"), (1, Param("gap")))) == {"so_tu", "gap"}
    True
    """
    return frozenset(_keys(thing))


def _keys(thing: object) -> Iterator[str]:
    if isinstance(thing, Param):
        yield thing.key
    elif isinstance(thing, tuple):
        for member in thing:
            yield from _keys(member)
    else:
        for name in _names(thing):
            yield from _keys(getattr(thing, name))


_NAMES: dict[type, tuple[str, ...]] = {}  # a campaign holds thousands of objects of few kinds


def _names(thing: object) -> tuple[str, ...]:
    """The fields of a dataclass, none of anything else."""
    kind = type(thing)
    if kind not in _NAMES:
        _NAMES[kind] = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
    return _NAMES[kind]


def with_values(thing: Thing, values: Mapping[str, Decimal], barren: set[int] | None = None) -> Thing:
    """``thing`` with a number for every :class:`Param` in it; what holds none is given back as it is.

    Objects are built anew, so their own checks run; ``KeyError`` when a value is wanting. ``barren``
    collects the ids of what holds none: who gives the same ``thing`` many values hands the same set in,
    and most of it is not walked again.

    >>> with_values((Param("so_tu"), "a"), {"so_tu": Decimal("1500")})
    (1500, 'a')
    """
    return cast("Thing", _put(thing, values, set() if barren is None else barren))


def _put(thing: object, values: Mapping[str, Decimal], barren: set[int]) -> object:
    if id(thing) in barren:
        return thing
    if isinstance(thing, Param):
        number = values[thing.key]
        return int(number) if number == number.to_integral_value() else number
    if isinstance(thing, tuple):
        members = tuple(_put(member, values, barren) for member in thing)
        if any(new is not old for new, old in zip(members, thing, strict=True)):
            return members
    else:
        parts = {name: getattr(thing, name) for name in _names(thing)}
        new = {name: _put(part, values, barren) for name, part in parts.items()}
        if changed := {name: part for name, part in new.items() if part is not parts[name]}:
            return replace(cast("DataclassInstance", thing), **changed)
    barren.add(id(thing))
    return thing
