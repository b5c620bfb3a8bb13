"""The scoring tree as data: items, groups, how they combine, and the classes over them.

Points are exact: whole numbers, or text such as ``"0.25"``; a float is refused. Every node
says what it comes to; what a whole sheet of scores comes to is computed in ``thidua.scoring``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY, dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from operator import itemgetter
from typing import TypeAlias

from thidua.plugin.combine import Combine, Sum, misfit, plain_of
from thidua.plugin.problems import (
    ContractError,
    Exact,
    check_distinct,
    check_key,
    check_text,
    check_tuple,
    check_words,
    settle,
    show_exact,
)


@dataclass(frozen=True)
class Band:
    """A named stretch of an item's points: from ``least`` up to the next band.

    >>> Band("Từ một nửa số giờ", "4.50").least
    Decimal('4.5')
    """

    label: str
    least: Exact

    def __post_init__(self) -> None:
        check_words("band", "label", self.label)
        _check_number(self, f"band {self.label!r}", "least")
        settle(self, f"band {self.label!r}", "least")


@dataclass(frozen=True)
class Item:
    """Points given by a scorer: 0 to ``max`` in steps of ``step``.

    ``guide`` says what earns how much; ``bands`` name stretches of the scale, lowest first.
    ``gate``: with fewer points than this here, only the last class remains. ``evidence``
    are keys of documents or fields that a scorer looks at.

    >>> Item("gio_day", "Giờ dạy xếp loại giỏi", max=8, step="0.5").highest
    Fraction(8, 1)
    """

    key: str
    label: str
    _: KW_ONLY
    max: Exact
    step: Exact = 1
    guide: str = ""
    bands: tuple[Band, ...] = ()
    gate: Exact | None = None
    evidence: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that the steps reach the maximum and that gate and bands lie on the scale."""
        place = _check_leaf(self)
        _check_bands(place, self.bands, self.lowest, self.highest)
        settle(self, place, "gate")
        if self.gate is not None and not 0 < Fraction(self.gate) <= self.highest:
            raise ContractError(f"{place}: gate {self.gate} must lie above 0 and not above {self.max}")

    @cached_property
    def unit(self) -> Fraction:
        """The points of one step."""
        return Fraction(self.step)

    @cached_property
    def steps(self) -> int:
        """How many steps there are: a scorer's points are kept as 0 to this."""
        return int(Fraction(self.max) / self.unit)

    @cached_property
    def highest(self) -> Fraction:
        """The most points it can give."""
        return Fraction(self.max)

    @property
    def lowest(self) -> Fraction:
        """The fewest points it can give."""
        return Fraction(0)

    @property
    def worth(self) -> Fraction:
        """What one step adds to its group."""
        return self.unit

    def holds(self, steps: int) -> bool:
        """Whether so many steps reach the gate, if there is one."""
        return steps >= self._needed

    @cached_property
    def _needed(self) -> int:
        return 0 if self.gate is None else -(-Fraction(self.gate) // self.unit)


@dataclass(frozen=True)
class Deduction:
    """Points taken away: 0 to ``max`` in steps of ``step`` (``step`` per fault, say).

    >>> Deduction("muon", "Nộp muộn", max=2, step="0.5").lowest
    Fraction(-2, 1)
    """

    key: str
    label: str
    _: KW_ONLY
    max: Exact
    step: Exact = 1
    guide: str = ""
    evidence: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that the steps reach the maximum."""
        _check_leaf(self)

    @cached_property
    def unit(self) -> Fraction:
        """The points of one step."""
        return Fraction(self.step)

    @cached_property
    def steps(self) -> int:
        """How many steps there are: what is taken away is kept as 0 to this."""
        return int(Fraction(self.max) / self.unit)

    @property
    def highest(self) -> Fraction:
        """Nothing taken away."""
        return Fraction(0)

    @cached_property
    def lowest(self) -> Fraction:
        """All of it taken away: below zero."""
        return -Fraction(self.max)

    @property
    def worth(self) -> Fraction:
        """What one step adds to its group."""
        return -self.unit

    def holds(self, steps: int) -> bool:
        """Always: points taken away bar no class of themselves."""
        return True


@dataclass(frozen=True)
class Gate:
    """A required condition (điều kiện bắt buộc), worth no points: met or not.

    Without it only the last class remains. A scorer gives 1 (met) or 0.

    >>> Gate("tieu_chuan_5", "Tiêu chuẩn 5 không thể thiếu").highest
    Fraction(0, 1)
    """

    key: str
    label: str
    _: KW_ONLY
    guide: str = ""
    evidence: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_key("rubric", self.key)
        check_words(f"rubric {self.key!r}", "label", self.label)
        check_text(self, f"rubric {self.key!r}", "guide")
        check_tuple(f"rubric {self.key!r}", "evidence", self.evidence, str)

    @property
    def steps(self) -> int:
        """One: met, or 0: not met."""
        return 1

    @property
    def highest(self) -> Fraction:
        """No points."""
        return Fraction(0)

    @property
    def lowest(self) -> Fraction:
        """No points."""
        return Fraction(0)

    @property
    def worth(self) -> Fraction:
        """Nothing: it opens the classes and adds no points."""
        return Fraction(0)

    def holds(self, steps: int) -> bool:
        """Whether it is met."""
        return steps == 1


def _check_bands(place: str, bands: tuple[Band, ...], lowest: Fraction, highest: Fraction) -> None:
    check_tuple(place, "bands", bands, Band)
    bounds = [Fraction(band.least) for band in bands]
    if bounds != sorted(set(bounds)) or any(not lowest <= bound <= highest for bound in bounds):
        raise ContractError(
            f"{place}: bands rise from {show_exact(lowest)} to at most {show_exact(highest)}, lowest first"
        )


def _check_number(thing: object, place: str, *names: str) -> None:
    """Refuse ``None`` where a number has to stand; :func:`settle` lets it through."""
    for name in names:
        if getattr(thing, name) is None:
            raise ContractError(f"{place}: {name} is None; write a number")


def _check_leaf(leaf: Item | Deduction) -> str:
    place = f"rubric {leaf.key!r}"
    check_key("rubric", leaf.key)
    check_words(place, "label", leaf.label)
    check_text(leaf, place, "guide")
    check_tuple(place, "evidence", leaf.evidence, str)
    _check_number(leaf, place, "max", "step")
    settle(leaf, place, "max", "step")
    if Fraction(leaf.max) <= 0 or Fraction(leaf.step) <= 0:
        raise ContractError(f"{place}: max and step lie above 0")
    if Fraction(leaf.max) % Fraction(leaf.step):
        raise ContractError(f"{place}: steps of {leaf.step} never reach {leaf.max}")
    return place


@dataclass(frozen=True)
class Group:
    """Nodes that make one value: ``start`` plus the combined children, kept from ``floor`` to ``cap``.

    ``max`` states what the group is meant to come to at most; it is checked against
    the children, so that a slip in the arithmetic is found before the first dossier.
    ``bands`` name stretches of its points, lowest first: the levels (mức) of an area. A gate below it that is not
    held leaves its lowest level.

    >>> Group("b", "Dạy tốt", (Item("b1", "Giờ dạy", max=8), Item("b2", "Chuyên đề", max=7)), max=15).highest
    Fraction(15, 1)
    """

    key: str
    label: str
    children: tuple[Node, ...]
    _: KW_ONLY
    combine: Combine = Sum()  # noqa: RUF009 -- frozen and without state
    start: Exact = 0
    floor: Exact | None = None
    cap: Exact | None = None
    max: Exact | None = None
    guide: str = ""
    bands: tuple[Band, ...] = ()

    def __post_init__(self) -> None:
        """Check children, combination and arithmetic."""
        check_key("rubric", self.key)
        place = f"rubric {self.key!r}"
        check_words(place, "label", self.label)
        check_text(self, place, "guide")
        check_tuple(place, "children", self.children, (Item, Deduction, Gate, Group))
        if not self.children:
            raise ContractError(f"{place}: a group has at least one child")
        check_distinct(place, "child", [child.key for child in self.children])
        self._check_combine(place)
        _check_number(self, place, "start")
        settle(self, place, "start", "floor", "cap", "max")
        if self.floor is not None and self.cap is not None and Fraction(self.floor) >= Fraction(self.cap):
            raise ContractError(f"{place}: floor {self.floor} is not below cap {self.cap}")
        if self.max is not None and Fraction(self.max) != self.highest:
            raise ContractError(f"{place}: its children come to {show_exact(self.highest)} points, not {self.max}")
        _check_bands(place, self.bands, self.lowest, self.highest)

    def _check_combine(self, place: str) -> None:
        said = misfit(self.combine, [child.key for child in self.children])
        if said:
            raise ContractError(f"{place}: {said}")
        gates = [child.key for child in self.children if isinstance(child, Gate)]
        if gates and not isinstance(plain_of(self.combine), Sum):
            raise ContractError(f"{place}: {gates[0]!r} has no points to combine; put it into a group that adds up")

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """The group and everything below it by key, parents first."""
        return {node.key: node for node in walk(self)}

    @cached_property
    def leaves(self) -> Mapping[str, Leaf]:
        """What a scorer fills in, by key, in the order written."""
        return {key: node for key, node in self.nodes.items() if not isinstance(node, Group)}

    @cached_property
    def gates(self) -> Mapping[str, Leaf]:
        """The leaves that can bar from the classes: conditions, and items with a gate."""
        return {key: leaf for key, leaf in self.leaves.items() if not leaf.holds(0)}

    @cached_property
    def scale(self) -> int:
        """How many units make a point, so fine that the group and everything below it are whole."""
        exact = [Fraction(one) for one in (self.start, self.floor, self.cap) if one is not None]
        below = [child.scale if isinstance(child, Group) else child.worth.denominator for child in self.children]
        return lcm(*below, *(one.denominator for one in exact)) * self.combine.parts(len(self.children))

    @cached_property
    def most(self) -> Mapping[str, int]:
        """How many steps each leaf has, by key."""
        return {key: leaf.steps for key, leaf in self.leaves.items()}

    @cached_property
    def _worths(self) -> Mapping[str, int]:
        return {key: int(leaf.worth * self.scale) for key, leaf in self.leaves.items()}

    @cached_property
    def _plan(self) -> tuple[_Step, ...]:
        """The groups from the bottom up, each with its numbers in units of this one."""
        groups = [node for node in self.nodes.values() if isinstance(node, Group)]
        return tuple(_Step(group, self.scale) for group in reversed(groups))

    def units(self, points: Mapping[str, int]) -> dict[str, int]:
        """Every node's value for these counts of steps by leaf, :attr:`scale` to a point; no count is 0.

        >>> Group("b", "B", (Item("b1", "B1", max=8, step="0.5"), Item("b2", "B2", max=7))).units({"b1": 13})
        {'b1': 13, 'b2': 0, 'b': 13}
        """
        given = points.get
        values = {key: worth * given(key, 0) for key, worth in self._worths.items()}
        for step in self._plan:
            values[step.key] = step.bounded(values)
        return values

    def raw(self, children: Mapping[str, Fraction]) -> Fraction:
        """``start`` and the combined children, before floor and cap."""
        units = {key: int(value * self.scale) for key, value in children.items()}
        return Fraction(self.start) + Fraction(self.combine.value(units, self.scale), self.scale)

    def bounded(self, children: Mapping[str, Fraction]) -> Fraction:
        """The group's value for these values of its children: start added, floor and cap kept."""
        units = {key: int(value * self.scale) for key, value in children.items()}
        return Fraction(_Step(self, self.scale).bounded(units), self.scale)

    @cached_property
    def highest(self) -> Fraction:
        """The most points it can come to."""
        return self.bounded({child.key: child.highest for child in self.children})

    @cached_property
    def lowest(self) -> Fraction:
        """The fewest points it can come to."""
        return self.bounded({child.key: child.lowest for child in self.children})


class _Step:
    """A group with its numbers in whole units, ``scale`` to a point."""

    def __init__(self, group: Group, scale: int) -> None:
        self.key = group.key
        self.children = tuple(child.key for child in group.children)
        self._combine, self._scale = group.combine, scale
        self._adds_up = isinstance(group.combine, Sum)
        self._pick = itemgetter(*self.children) if len(self.children) > 1 else None
        self._start = int(Fraction(group.start) * scale)
        self._floor = None if group.floor is None else int(Fraction(group.floor) * scale)
        self._cap = None if group.cap is None else int(Fraction(group.cap) * scale)

    def bounded(self, values: Mapping[str, int]) -> int:
        """What the group comes to by the values of its children, which stand among ``values``."""
        if self._adds_up and self._pick is not None:  # nearly every group, and thousands of times in one closing
            value = sum(self._pick(values), self._start)
        else:
            value = self._start + self._combine.value({key: values[key] for key in self.children}, self._scale)
        if self._floor is not None and value < self._floor:
            return self._floor
        return self._cap if self._cap is not None and value > self._cap else value


Leaf: TypeAlias = Item | Deduction | Gate
Node: TypeAlias = Leaf | Group


def walk(node: Node) -> Iterator[Node]:
    """``node`` and everything below it, parents first, in the order written.

    >>> [node.key for node in walk(Group("b", "B", (Item("b1", "B1", max=8), Item("b2", "B2", max=7))))]
    ['b', 'b1', 'b2']
    """
    yield node
    if isinstance(node, Group):
        for child in node.children:
            yield from walk(child)
