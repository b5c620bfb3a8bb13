"""Classes (xếp loại): bars over the nodes of a rubric, best class first.

A bar only ever asks for points and never forbids them, so more points never give a lower class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from fractions import Fraction
from functools import cached_property

from thidua.plugin.params import Param, params_in, settled
from thidua.plugin.problems import (
    ContractError,
    Exact,
    check_distinct,
    check_key,
    check_text,
    check_tuple,
    check_words,
    did_you_mean,
    settle,
    show_exact,
)
from thidua.plugin.rubric import Node, walk


@dataclass(frozen=True)
class AtLeast:
    """A bar: the node has at least ``points``, or at least ``percent`` of its highest value.

    >>> AtLeast("tong", percent=90).bar(Fraction(20))
    Fraction(18, 1)
    """

    node: str
    _: KW_ONLY
    points: Exact | Param | None = None
    percent: Exact | Param | None = None

    def __post_init__(self) -> None:
        """Exactly one of the two bars."""
        place = f"{type(self).__name__}({self.node!r})"
        check_text(self, place, "node")
        if (self.points is None) == (self.percent is None):
            raise ContractError(f"{place}: write points= or percent=, one of the two")
        settle(self, place, *(name for name in ("points", "percent") if not isinstance(getattr(self, name), Param)))

    def bar(self, highest: Fraction) -> Fraction:
        """The points needed of a node that can have ``highest``."""
        return self._bar if self.points is not None else self._bar * highest / 100

    @cached_property
    def _bar(self) -> Fraction:
        return Fraction(settled(self.points if self.points is not None else self.percent) or 0)

    def met(self, value: Fraction, highest: Fraction) -> bool:
        """Whether ``value`` of a node that can have ``highest`` is enough."""
        return self.reached(value, self.bar(highest))

    def reached(self, value: Fraction | int, bar: Fraction | int) -> bool:
        """Whether ``value`` is enough for ``bar``, both counted in the same unit."""
        return value >= bar


@dataclass(frozen=True)
class Above(AtLeast):
    """A bar that must be passed: more than ``points``, or more than ``percent`` of the highest value.

    >>> Above("tong", points=15).met(Fraction(15), Fraction(20))
    False
    """

    def reached(self, value: Fraction | int, bar: Fraction | int) -> bool:
        """Whether ``value`` is enough for ``bar``, both counted in the same unit."""
        return value > bar


@dataclass(frozen=True)
class Class:
    """A class (xếp loại): reached when every bar in ``needs`` is. The first that fits, best first, is given.

    >>> Class("nhat", "Nhất", (AtLeast("tong", points=18),)).needs[0].node
    'tong'
    """

    key: str
    label: str
    needs: tuple[AtLeast, ...] = ()

    def __post_init__(self) -> None:
        check_key("class", self.key)
        check_words(f"class {self.key!r}", "label", self.label)
        check_tuple(f"class {self.key!r}", "needs", self.needs, AtLeast)


def check_classes(rubric: Node, classes: Sequence[Class]) -> None:
    """Every class can be reached, and every dossier falls into one of them.

    Bars that a call sets are looked at when their values are known: see ``Campaign``.
    """
    nodes = {node.key: node for node in walk(rubric)}
    check_distinct("classes", "class", [one.key for one in classes])
    unsettled = {one.key for one in classes if params_in(one)}
    for one in classes:
        for need in one.needs:
            if need.node not in nodes:
                hint = did_you_mean(need.node, nodes)
                raise ContractError(f"class {one.key!r}: {need.node!r} is not a node of the rubric{hint}")
            if one.key in unsettled and params_in(need):
                continue
            highest = nodes[need.node].highest
            if not need.met(highest, highest):
                more = "more than " if isinstance(need, Above) else ""
                raise ContractError(
                    f"class {one.key!r}: {need.node!r} has at most {show_exact(highest)} points, "
                    f"{more}{show_exact(need.bar(highest))} are out of reach"
                )
    for index, one in enumerate(classes):
        for better in classes[:index]:
            if unsettled.isdisjoint((better.key, one.key)) and _implied(better, one, nodes):
                raise ContractError(
                    f"class {one.key!r}: whoever reaches it is given {better.key!r} before; order best first"
                )
    if classes and classes[-1].needs:
        raise ContractError(
            f"class {classes[-1].key!r}: the last class has no needs, so that every dossier falls into one"
        )


def _implied(better: Class, worse: Class, nodes: Mapping[str, Node]) -> bool:
    """Whether everybody who reaches ``worse`` reaches ``better`` as well."""
    bars = {node.key: (node.lowest, False) for node in nodes.values()}
    for need in worse.needs:
        bars[need.node] = max(bars[need.node], _bar(need, nodes))
    return all(bars[need.node] >= _bar(need, nodes) for need in better.needs)


def _bar(need: AtLeast, nodes: Mapping[str, Node]) -> tuple[Fraction, bool]:
    """The bar, and whether it must be passed: in the order of how much they ask."""
    return need.bar(nodes[need.node].highest), isinstance(need, Above)
