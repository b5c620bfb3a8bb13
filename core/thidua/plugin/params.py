"""Numbers that a call sets for itself, standing in a campaign where a number stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    return keys_of(bearers(thing))


def keys_of(bearing: Mapping[int, object]) -> frozenset[str]:
    """What :func:`params_in` says, of what :func:`bearers` found."""
    return frozenset(one.key for one in bearing.values() if isinstance(one, Param))


def bearers(thing: object) -> dict[int, object]:
    """Each :class:`Param` within a contract object and all that holds one, by its ``id``."""
    found: dict[int, object] = {}
    _bears(thing, found)
    return found


def _bears(thing: object, found: dict[int, object]) -> bool:
    inside = type(thing) is Param
    for member in _members(thing):
        if _bears(member, found):
            inside = True
    if inside:
        found[id(thing)] = thing
    return inside


def _members(thing: object) -> Iterable[object]:
    if type(thing) is tuple:
        return thing
    return [getattr(thing, name) for name in _names(thing)]


_NAMES: dict[type, tuple[str, ...]] = {}  # a campaign holds thousands of objects of few kinds


def _names(thing: object) -> tuple[str, ...]:
    """The fields of a dataclass, none of anything else."""
    kind = type(thing)
    if kind not in _NAMES:
        _NAMES[kind] = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
    return _NAMES[kind]


def with_values(thing: Thing, values: Mapping[str, Decimal], bearing: Mapping[int, object] | None = None) -> Thing:
    """``thing`` with a number for every :class:`Param` in it; what holds none is given back as it is.

    Objects are built anew, so their own checks run; ``KeyError`` when a value is wanting. ``bearing``
    is what :func:`bearers` says of ``thing``: who gives the same one many values asks once.

    >>> with_values((Param("so_tu"), "a"), {"so_tu": Decimal("1500")})
    (1500, 'a')
    """
    return cast("Thing", _put(thing, values, bearers(thing) if bearing is None else bearing))


def _put(thing: object, values: Mapping[str, Decimal], bearing: Mapping[int, object]) -> object:
    if id(thing) not in bearing:
        return thing
    if isinstance(thing, Param):
        number = values[thing.key]
        return int(number) if number == number.to_integral_value() else number
    if isinstance(thing, tuple):
        return tuple(_put(member, values, bearing) for member in thing)
    parts = ((name, getattr(thing, name)) for name in _names(thing))
    new = {name: _put(part, values, bearing) for name, part in parts if id(part) in bearing}
    return replace(cast("DataclassInstance", thing), **new)
