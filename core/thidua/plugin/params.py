"""Numbers that a call sets for itself, standing in a campaign where a number stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from typing import TypeVar, cast

from thidua.plugin.problems import ContractError, check_key

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
    elif is_dataclass(thing) and not isinstance(thing, type):
        for field in fields(thing):
            yield from _keys(getattr(thing, field.name))


def with_values(thing: Thing, values: Mapping[str, Decimal]) -> Thing:
    """``thing`` with a number for every :class:`Param` in it; what holds none is given back as it is.

    Objects are built anew, so their own checks run; ``KeyError`` when a value is wanting.

    >>> with_values((Param("so_tu"), "a"), {"so_tu": Decimal("1500")})
    (1500, 'a')
    """
    return cast("Thing", _put(thing, values))


def _put(thing: object, values: Mapping[str, Decimal]) -> object:
    if isinstance(thing, Param):
        number = values[thing.key]
        return int(number) if number == number.to_integral_value() else number
    if isinstance(thing, tuple):
        members = tuple(_put(member, values) for member in thing)
        return thing if all(new is old for new, old in zip(members, thing, strict=True)) else members
    if is_dataclass(thing) and not isinstance(thing, type):
        old = {field.name: getattr(thing, field.name) for field in fields(thing)}
        new = {name: put for name, was in old.items() if (put := _put(was, values)) is not was}
        return replace(thing, **new) if new else thing
    return thing
