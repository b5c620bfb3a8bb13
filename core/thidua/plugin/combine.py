"""How the children of a group make one value. Each way never falls when a child rises.

Values are whole counts of a unit, ``scale`` of which make a point. The group chooses a unit
so fine that every mean comes out whole (``parts`` is what it is divided by), so nothing is
ever lost, and nothing has to be reduced on the way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import TypeAlias

from thidua.plugin.problems import ContractError, Exact, check_tuple, check_whole, exact, named


@dataclass(frozen=True)
class Sum:
    """All children added up.

    >>> Sum().value({"a": 3, "b": 4}, 1)
    7
    """

    def parts(self, children: int) -> int:
        """What the value of so many children is divided by."""
        return 1

    def value(self, values: Mapping[str, int], scale: int) -> int:
        """``values`` by child key → the value of the group, in the same unit."""
        return sum(values.values())


@dataclass(frozen=True)
class Mean:
    """The mean of the children.

    >>> Mean().value({"a": 3, "b": 5}, 1)
    4
    """

    def parts(self, children: int) -> int:
        """What the value of so many children is divided by."""
        return children

    def value(self, values: Mapping[str, int], scale: int) -> int:
        """``values`` by child key → the value of the group, in the same unit."""
        return sum(values.values()) // len(values)


@dataclass(frozen=True)
class Weighted:
    """The weighted mean: ``Weighted((("hk1", 1), ("hk2", 2)))`` is (HK1 + 2·HK2)/3.

    >>> Weighted((("hk1", 1), ("hk2", 2))).value({"hk1": 3, "hk2": 6}, 1)
    5
    """

    weights: tuple[tuple[str, Exact], ...]

    def __post_init__(self) -> None:
        check_tuple("Weighted", "weights", self.weights, tuple)
        if any(len(pair) != 2 or not isinstance(pair[0], str) for pair in self.weights):
            pairs = "(('hk1', 1), ('hk2', 2))"
            raise ContractError(f"Weighted: each weight is a pair of the child's key and a number: {pairs}")
        settled = tuple((key, exact(f"weight of {key!r}", weight)) for key, weight in self.weights)
        object.__setattr__(self, "weights", settled)
        if any(weight <= 0 for _, weight in settled):
            raise ContractError("Weighted: every weight lies above 0")

    @cached_property
    def whole(self) -> Fraction:
        """All weights together."""
        return sum((Fraction(weight) for _, weight in self.weights), Fraction(0))

    @cached_property
    def _whole_weights(self) -> Mapping[str, int]:
        finest = lcm(*(Fraction(weight).denominator for _, weight in self.weights))
        return {key: int(Fraction(weight) * finest) for key, weight in self.weights}

    @cached_property
    def _whole(self) -> int:
        return sum(self._whole_weights.values())

    def parts(self, children: int) -> int:
        """What the value of so many children is divided by."""
        return self._whole

    def value(self, values: Mapping[str, int], scale: int) -> int:
        """``values`` by child key → the value of the group, in the same unit."""
        return sum(self._whole_weights[key] * value for key, value in values.items()) // self._whole


@dataclass(frozen=True)
class Best:
    """The ``count`` highest children added up, the others forgotten.

    >>> Best(2).value({"a": 3, "b": 5, "c": 1}, 1)
    8
    """

    count: int = 1

    def __post_init__(self) -> None:
        check_whole(self, "Best", "count", 1)

    def parts(self, children: int) -> int:
        """What the value of so many children is divided by."""
        return 1

    def value(self, values: Mapping[str, int], scale: int) -> int:
        """``values`` by child key → the value of the group, in the same unit."""
        return sum(sorted(values.values(), reverse=True)[: self.count])


@dataclass(frozen=True)
class Lowest:
    """The lowest child: a whole is no better than its weakest part.

    >>> Lowest().value({"a": 3, "b": 5}, 1)
    3
    """

    def parts(self, children: int) -> int:
        """What the value of so many children is divided by."""
        return 1

    def value(self, values: Mapping[str, int], scale: int) -> int:
        """``values`` by child key → the value of the group, in the same unit."""
        return min(values.values())


@dataclass(frozen=True)
class Trimmed:
    """The mean without the ``drop`` highest and the ``drop`` lowest.

    >>> Trimmed(1).value({"a": 1, "b": 4, "c": 9}, 1)
    4
    """

    drop: int = 1

    def __post_init__(self) -> None:
        check_whole(self, "Trimmed", "drop", 1)

    def parts(self, children: int) -> int:
        """What the value of so many children is divided by."""
        return children - 2 * self.drop

    def value(self, values: Mapping[str, int], scale: int) -> int:
        """``values`` by child key → the value of the group, in the same unit."""
        return sum(sorted(values.values())[self.drop : len(values) - self.drop]) // (len(values) - 2 * self.drop)


@dataclass(frozen=True)
class Rounded:
    """What ``of`` gives, rounded to the nearest multiple of ``to``; a half goes up.

    >>> Rounded(Mean(), to="0.25").rounded(Fraction("22.125"))
    Fraction(89, 4)
    """

    of: Sum | Mean | Weighted | Best | Lowest | Trimmed
    to: Exact

    def __post_init__(self) -> None:
        if not isinstance(self.of, PLAIN):
            raise ContractError(f"Rounded: of is {named(self.of)}; write Mean(), Weighted(…) or another of them")
        object.__setattr__(self, "to", exact("Rounded: to", self.to))
        if Fraction(self.to) <= 0:
            raise ContractError("Rounded: to lies above 0")

    def rounded(self, value: Fraction) -> Fraction:
        """``value`` at the nearest multiple of ``to``."""
        to = Fraction(self.to)
        return (value / to + Fraction(1, 2)).__floor__() * to

    def parts(self, children: int) -> int:
        """What the value of so many children is divided by, and what makes ``to`` whole."""
        return self.of.parts(children) * Fraction(self.to).denominator

    def value(self, values: Mapping[str, int], scale: int) -> int:
        """``values`` by child key → the value of the group, in the same unit."""
        to = int(Fraction(self.to) * scale)
        return (2 * self.of.value(values, scale) + to) // (2 * to) * to


PLAIN = (Sum, Mean, Weighted, Best, Lowest, Trimmed)
COMBINES = (*PLAIN, Rounded)
Combine: TypeAlias = Sum | Mean | Weighted | Best | Lowest | Trimmed | Rounded


def plain_of(combine: Combine) -> Sum | Mean | Weighted | Best | Lowest | Trimmed:
    """What is done before rounding, if it is rounded at all."""
    return combine.of if isinstance(combine, Rounded) else combine


def misfit(combine: Combine, keys: Sequence[str]) -> str:
    """Why ``combine`` cannot make one value of children with these keys; ``""``: it can."""
    if not isinstance(combine, COMBINES):
        ways = "Sum(), Mean(), Weighted(…), Best(…), Lowest(), Trimmed(…) or Rounded(…)"
        return f"combine is {named(combine)}; write {ways}"
    match plain_of(combine):
        case Weighted(weights) if sorted(key for key, _ in weights) != sorted(keys):
            return "Weighted names other keys than its children; weigh each child once"
        case Best(count) if count > len(keys):
            return f"Best({count}) of {len(keys)} children; write 1 to {len(keys)}"
        case Trimmed(drop) if 2 * drop >= len(keys):
            return f"Trimmed({drop}) leaves nothing of {len(keys)} children"
    return ""
