"""The scoring tree as data: items, groups, how they combine, and the classes over them.

Points are exact: whole numbers, or text such as ``"0.25"``; a float is refused.
What a sheet of scores comes to is not computed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from fractions import Fraction
from typing import TypeAlias

from thidua.plugin.problems import (
    ContractError,
    Exact,
    check_distinct,
    check_key,
    check_tuple,
    check_words,
    exact,
)


def _settle(thing: object, place: str, *names: str) -> None:
    """Make the exact numbers of a frozen dataclass ``Decimal`` objects, so that equal means equal."""
    for name in names:
        value: Exact | None = getattr(thing, name)
        if value is not None:
            object.__setattr__(thing, name, exact(f"{place}: {name}", value))


@dataclass(frozen=True)
class Band:
    """A named stretch of an item's points: from ``least`` up to the next band."""

    label: str
    least: Exact

    def __post_init__(self) -> None:
        check_words("band", "label", self.label)
        _settle(self, f"band {self.label!r}", "least")


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
        check_tuple(place, "bands", self.bands, Band)
        bounds = [Fraction(band.least) for band in self.bands]
        if bounds != sorted(set(bounds)) or any(not 0 <= bound <= self.highest for bound in bounds):
            raise ContractError(f"{place}: bands rise from 0 to at most {self.max}, lowest first")
        _settle(self, place, "gate")
        if self.gate is not None and not 0 < Fraction(self.gate) <= self.highest:
            raise ContractError(f"{place}: gate {self.gate} must lie above 0 and not above {self.max}")

    @property
    def highest(self) -> Fraction:
        """The most points it can give."""
        return Fraction(self.max)

    @property
    def lowest(self) -> Fraction:
        """The fewest points it can give."""
        return Fraction(0)


@dataclass(frozen=True)
class Deduction:
    """Points taken away: 0 to ``max`` in steps of ``step`` (``step`` per fault, say)."""

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

    @property
    def highest(self) -> Fraction:
        """Nothing taken away."""
        return Fraction(0)

    @property
    def lowest(self) -> Fraction:
        """All of it taken away: below zero."""
        return -Fraction(self.max)


def _check_leaf(leaf: Item | Deduction) -> str:
    place = f"rubric {leaf.key!r}"
    check_key("rubric", leaf.key)
    check_words(place, "label", leaf.label)
    check_tuple(place, "evidence", leaf.evidence, str)
    _settle(leaf, place, "max", "step")
    if Fraction(leaf.max) <= 0 or Fraction(leaf.step) <= 0:
        raise ContractError(f"{place}: max and step lie above 0")
    if Fraction(leaf.max) % Fraction(leaf.step):
        raise ContractError(f"{place}: steps of {leaf.step} never reach {leaf.max}")
    return place


@dataclass(frozen=True)
class Sum:
    """All children added up."""

    def value(self, values: Mapping[str, Fraction]) -> Fraction:
        """``values`` by child key → the value of the group."""
        return sum(values.values(), Fraction(0))


@dataclass(frozen=True)
class Mean:
    """The mean of the children."""

    def value(self, values: Mapping[str, Fraction]) -> Fraction:
        """``values`` by child key → the value of the group."""
        return Sum().value(values) / len(values)


@dataclass(frozen=True)
class Weighted:
    """The weighted mean: ``Weighted((("hk1", 1), ("hk2", 2)))`` is (HK1 + 2·HK2)/3."""

    weights: tuple[tuple[str, Exact], ...]

    def __post_init__(self) -> None:
        check_tuple("Weighted", "weights", self.weights, tuple)
        settled = tuple((key, exact(f"weight of {key!r}", weight)) for key, weight in self.weights)
        object.__setattr__(self, "weights", settled)
        if any(weight <= 0 for _, weight in settled):
            raise ContractError("Weighted: every weight lies above 0")

    def value(self, values: Mapping[str, Fraction]) -> Fraction:
        """``values`` by child key → the value of the group."""
        weights = {key: Fraction(weight) for key, weight in self.weights}
        return Sum().value({key: value * weights[key] for key, value in values.items()}) / sum(weights.values())


@dataclass(frozen=True)
class Best:
    """The ``count`` highest children added up, the others forgotten."""

    count: int = 1

    def value(self, values: Mapping[str, Fraction]) -> Fraction:
        """``values`` by child key → the value of the group."""
        return sum(sorted(values.values(), reverse=True)[: self.count], Fraction(0))


@dataclass(frozen=True)
class Trimmed:
    """The mean without the ``drop`` highest and the ``drop`` lowest."""

    drop: int = 1

    def value(self, values: Mapping[str, Fraction]) -> Fraction:
        """``values`` by child key → the value of the group."""
        kept = sorted(values.values())[self.drop : len(values) - self.drop]
        return sum(kept, Fraction(0)) / len(kept)


Combine: TypeAlias = Sum | Mean | Weighted | Best | Trimmed
COMBINES = (Sum, Mean, Weighted, Best, Trimmed)


@dataclass(frozen=True)
class Group:
    """Nodes that make one value: ``start`` plus the combined children, kept from ``floor`` to ``cap``.

    ``max`` states what the group is meant to come to at most; it is checked against
    the children, so that a slip in the arithmetic is found before the first dossier.

    >>> Group("b", "Dạy tốt", (Item("b1", "Giờ dạy", max=8), Item("b2", "Chuyên đề", max=7)), max=15).highest
    Fraction(15, 1)
    """

    key: str
    label: str
    children: tuple[Node, ...]
    _: KW_ONLY
    combine: Combine = Sum()
    start: Exact = 0
    floor: Exact | None = None
    cap: Exact | None = None
    max: Exact | None = None
    guide: str = ""

    def __post_init__(self) -> None:
        """Check children, combination and arithmetic."""
        check_key("rubric", self.key)
        place = f"rubric {self.key!r}"
        check_words(place, "label", self.label)
        check_tuple(place, "children", self.children, (Item, Deduction, Group))
        if not self.children:
            raise ContractError(f"{place}: a group has at least one child")
        check_distinct(place, "child", [child.key for child in self.children])
        self._check_combine(place)
        _settle(self, place, "start", "floor", "cap", "max")
        if self.floor is not None and self.cap is not None and Fraction(self.floor) >= Fraction(self.cap):
            raise ContractError(f"{place}: floor {self.floor} is not below cap {self.cap}")
        if self.max is not None and Fraction(self.max) != self.highest:
            raise ContractError(f"{place}: its children come to {_show(self.highest)} points, not {self.max}")

    def _check_combine(self, place: str) -> None:
        match self.combine:
            case Weighted(weights):
                if sorted(key for key, _ in weights) != sorted(child.key for child in self.children):
                    raise ContractError(f"{place}: Weighted names other keys than its children; weigh each child once")
            case Best(count) if not 1 <= count <= len(self.children):
                raise ContractError(
                    f"{place}: Best({count}) of {len(self.children)} children; write 1 to {len(self.children)}"
                )
            case Trimmed(drop) if drop < 1 or 2 * drop >= len(self.children):
                raise ContractError(f"{place}: Trimmed({drop}) leaves nothing of {len(self.children)} children")
            case combine if not isinstance(combine, COMBINES):
                raise ContractError(
                    f"{place}: combine is {combine!r}; write Sum(), Mean(), Weighted(…), Best(…) or Trimmed(…)"
                )

    def bounded(self, children: Mapping[str, Fraction]) -> Fraction:
        """The group's value for these values of its children: start added, floor and cap kept."""
        value = Fraction(self.start) + self.combine.value(children)
        if self.floor is not None:
            value = max(value, Fraction(self.floor))
        return value if self.cap is None else min(value, Fraction(self.cap))

    @property
    def highest(self) -> Fraction:
        """The most points it can come to."""
        return self.bounded({child.key: child.highest for child in self.children})

    @property
    def lowest(self) -> Fraction:
        """The fewest points it can come to."""
        return self.bounded({child.key: child.lowest for child in self.children})


Node: TypeAlias = Item | Deduction | Group


def walk(node: Node) -> Iterator[Node]:
    """``node`` and everything below it, parents first, in the order written."""
    yield node
    if isinstance(node, Group):
        for child in node.children:
            yield from walk(child)


def _show(points: Fraction) -> str:
    return str(points.numerator) if points.denominator == 1 else f"{points.numerator}/{points.denominator}"


@dataclass(frozen=True)
class AtLeast:
    """A bar: the node has at least ``points``, or at least ``percent`` of its highest value."""

    node: str
    _: KW_ONLY
    points: Exact | None = None
    percent: Exact | None = None

    def __post_init__(self) -> None:
        """Exactly one of the two bars."""
        place = f"AtLeast({self.node!r})"
        if (self.points is None) == (self.percent is None):
            raise ContractError(f"{place}: write points= or percent=, one of the two")
        _settle(self, place, "points", "percent")

    def bar(self, highest: Fraction) -> Fraction:
        """The points needed of a node that can have ``highest``."""
        return Fraction(self.points) if self.points is not None else Fraction(self.percent or 0) * highest / 100


@dataclass(frozen=True)
class Class:
    """A class (xếp loại): reached when every bar in ``needs`` is. The first that fits, best first, is given."""

    key: str
    label: str
    needs: tuple[AtLeast, ...] = ()

    def __post_init__(self) -> None:
        check_key("class", self.key)
        check_words(f"class {self.key!r}", "label", self.label)
        check_tuple(f"class {self.key!r}", "needs", self.needs, AtLeast)


def check_classes(rubric: Node, classes: Sequence[Class]) -> None:
    """Every class can be reached, and every dossier falls into one of them."""
    nodes = {node.key: node for node in walk(rubric)}
    check_distinct("classes", "class", [one.key for one in classes])
    for one in classes:
        for need in one.needs:
            if need.node not in nodes:
                raise ContractError(f"class {one.key!r}: {need.node!r} is not a node of the rubric")
            highest = nodes[need.node].highest
            if need.bar(highest) > highest:
                raise ContractError(
                    f"class {one.key!r}: {need.node!r} has at most {_show(highest)} points, "
                    f"{_show(need.bar(highest))} are out of reach"
                )
    for index, one in enumerate(classes):
        for better in classes[:index]:
            if _implied(better, one, nodes):
                raise ContractError(
                    f"class {one.key!r}: whoever reaches it is given {better.key!r} before; order best first"
                )
    if classes and classes[-1].needs:
        raise ContractError(
            f"class {classes[-1].key!r}: the last class has no needs, so that every dossier falls into one"
        )


def _implied(better: Class, worse: Class, nodes: Mapping[str, Node]) -> bool:
    """Whether everybody who reaches ``worse`` reaches ``better`` as well."""
    bars: dict[str, Fraction] = {}
    for need in worse.needs:
        bars[need.node] = max(bars.get(need.node, Fraction(0)), need.bar(nodes[need.node].highest))
    return all(
        max(bars.get(need.node, nodes[need.node].lowest), nodes[need.node].lowest) >= need.bar(nodes[need.node].highest)
        for need in better.needs
    )
