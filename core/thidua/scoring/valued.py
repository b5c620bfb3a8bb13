"""One sheet's points, taken up the rubric's tree."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Protocol

from thidua.errors import Invalid
from thidua.plugin import Group, Item, Node
from thidua.scoring import wording
from thidua.scoring.points import Sheet


class Scored(Protocol):
    """What can be given a class and a rank: one sheet, or several come together."""

    @property
    def rubric(self) -> Group:
        """The tree it was scored by."""

    @property
    def units(self) -> Mapping[str, int]:
        """The value of every node by key, in whole numbers of ``scale`` to a point."""

    @property
    def scale(self) -> int:
        """How many units make a point."""

    def value(self, key: str) -> Fraction:
        """The points of the node of that key."""

    @property
    def failed(self) -> tuple[str, ...]:
        """Keys of the leaves whose gate does not hold: only the last class remains."""


@dataclass(frozen=True)
class NodeValue:
    """What one node came to.

    ``raw`` is the value before floor and cap; ``floored`` and ``capped`` say which of them
    held it; ``gated``: its gate does not hold; ``band``: the stretch of the scale the points
    lie in, ``""`` without bands; ``sentence`` explains it in Vietnamese.
    """

    key: str
    label: str
    depth: int
    value: Fraction
    highest: Fraction
    raw: Fraction
    gated: bool
    band: str
    sentence: str

    @property
    def capped(self) -> bool:
        """Whether the cap held the value down."""
        return self.raw > self.value

    @property
    def floored(self) -> bool:
        """Whether the floor held the value up."""
        return self.raw < self.value


@dataclass(frozen=True)
class Valued:
    """One sheet, computed: exact ``units`` of every node by key, ``rubric.scale`` to a point.

    ``missing`` are leaves not scored yet; they count as 0 points and as conditions not met.
    """

    rubric: Group
    points: Mapping[str, int]
    units: Mapping[str, int]
    failed: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def scale(self) -> int:
        """How many units make a point."""
        return self.rubric.scale

    def value(self, key: str) -> Fraction:
        """The points of the node of that key."""
        return Fraction(self.units[key], self.rubric.scale)

    @property
    def total(self) -> Fraction:
        """The points of the root."""
        return self.value(self.rubric.key)

    @cached_property
    def values(self) -> Mapping[str, Fraction]:
        """The points of every node by key."""
        return {key: self.value(key) for key in self.units}

    def explain(self, key: str) -> str:
        """How the node of that key got its value, in one Vietnamese sentence."""
        node = self.rubric.nodes[key]
        if isinstance(node, Group):
            return wording.group_sentence(node, self.values, self.missing)
        return wording.leaf_sentence(node, self.points.get(key), self._band(node))

    def tree(self) -> tuple[NodeValue, ...]:
        """Every node with its facts, parents first: the page of a sheet."""
        return tuple(self._nodes(self.rubric, 0))

    def _nodes(self, node: Node, depth: int) -> list[NodeValue]:
        own = NodeValue(
            key=node.key,
            label=node.label,
            depth=depth,
            value=self.values[node.key],
            highest=node.highest,
            raw=self._raw(node),
            gated=node.key in self.failed,
            band=self._band(node),
            sentence=self.explain(node.key),
        )
        below = node.children if isinstance(node, Group) else ()
        return [own, *(value for child in below for value in self._nodes(child, depth + 1))]

    def _raw(self, node: Node) -> Fraction:
        if isinstance(node, Group):
            return node.raw({child.key: self.values[child.key] for child in node.children})
        return self.values[node.key]

    def _band(self, node: Node) -> str:
        if not isinstance(node, Group) and node.key not in self.points:
            return ""
        return band_of(node, self.values[node.key], self.failed)


def band_of(node: Node, value: Fraction, failed: Collection[str]) -> str:
    """The label of the band that ``value`` lies in; ``""`` without bands.

    A group with a leaf among ``failed`` below it has its lowest.

    >>> from thidua.plugin import Band, Item
    >>> area = Group("a", "A", (Item("a1", "A1", max=10),), bands=(Band("Mức 1", 0), Band("Mức 2", 5)))
    >>> band_of(area, Fraction(6), ()), band_of(area, Fraction(6), ("a1",))
    ('Mức 2', 'Mức 1')
    """
    bands = node.bands if isinstance(node, Item | Group) else ()
    if isinstance(node, Group) and any(key in node.leaves for key in failed):
        bands = bands[:1]
    return next((band.label for band in reversed(bands) if Fraction(band.least) <= value), "")


def evaluate(rubric: Group, sheet: Sheet) -> Valued:
    """What ``sheet`` comes to, node by node; nothing is rounded unless the rubric says so.

    Works on drafts too: see :attr:`Valued.missing`. Points that do not lie on the scale of
    this rubric are refused with :class:`~thidua.errors.Invalid`: another rubric's sheet.

    >>> from thidua.plugin import Item
    >>> rubric = Group("tong", "Tổng", (Item("a", "A", max=8, step="0.5"), Item("b", "B", max=2)))
    >>> valued = evaluate(rubric, Sheet({"a": 13, "b": 2}))
    >>> valued.total, valued.explain("tong")
    (Fraction(17, 2), 'Tổng: 8,5/10 = 6,5 + 2')
    """
    leaves, points = rubric.leaves, sheet.points
    most = rubric.most
    for key, steps in points.items():
        if not 0 <= steps <= most.get(key, -1):
            raise Invalid("score-not-on-scale", place=key)
    return Valued(
        rubric=rubric,
        points=points,
        units=rubric.units(points),
        failed=tuple([key for key, leaf in rubric.gates.items() if not leaf.holds(points.get(key, 0))]),
        missing=tuple(key for key in leaves if key not in points) if len(points) < len(leaves) else (),
    )
