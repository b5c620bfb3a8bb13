"""The rubric as data: arithmetic, combination, classes."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thidua.plugin import (
    Above,
    AtLeast,
    Band,
    Best,
    Class,
    ContractError,
    Deduction,
    Gate,
    Group,
    Item,
    Lowest,
    Mean,
    Node,
    Rounded,
    Sum,
    Trimmed,
    Weighted,
    walk,
)
from thidua.plugin.classes import check_classes

A, B, C = Item("a", "A", max=10), Item("b", "B", max=20), Item("c", "C", max=30)
TREE = Group("tong", "Tổng", (Group("g", "G", (A, B)), C), max=60)


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: Item("a", "A", max=0), "rubric 'a': max and step lie above 0"),
        (lambda: Item("a", "A", max=1, step="0.3"), "rubric 'a': steps of 0.3 never reach 1"),
        (
            lambda: Item("a", "A", max=1.5),  # type: ignore[arg-type]
            "rubric 'a': max: 1.5 is not exact; write an int, or text such as '0.25'",
        ),
        (
            lambda: Item("a", "A", max=5, bands=(Band("Cao", 3), Band("Thấp", 1))),
            "rubric 'a': bands rise from 0 to at most 5, lowest first",
        ),
        (
            lambda: Item("a", "A", max=5, bands=(Band("Cao", 6),)),
            "rubric 'a': bands rise from 0 to at most 5, lowest first",
        ),
        (
            lambda: Group("g", "G", (A, B), bands=(Band("Mức 1", 0), Band("Mức 2", 31))),
            "rubric 'g': bands rise from 0 to at most 30, lowest first",
        ),
        (lambda: Item("a", "A", max=5, gate=6), "rubric 'a': gate 6 must lie above 0 and not above 5"),
        (lambda: Group("g", "G", ()), "rubric 'g': a group has at least one child"),
        (lambda: Group("g", "G", (A, A)), "rubric 'g': child 'a' stands twice; give each its own key"),
        (lambda: Group("g", "G", (A, B), max=25), "rubric 'g': its children come to 30 points, not 25"),
        (
            lambda: Group("g", "G", (A, B), combine=Weighted((("a", 1), ("b", 2))), max=25),
            "rubric 'g': its children come to 50/3 points, not 25",
        ),
        (lambda: Group("g", "G", (A,), floor=5, cap=5), "rubric 'g': floor 5 is not below cap 5"),
        (
            lambda: Group("g", "G", (A,), combine=Weighted((("b", 1),))),
            "rubric 'g': Weighted names other keys than its children; weigh each child once",
        ),
        (lambda: Weighted((("a", 0),)), "Weighted: every weight lies above 0"),
        (lambda: Group("g", "G", (A,), combine=Best(2)), "rubric 'g': Best(2) of 1 children; write 1 to 1"),
        (lambda: Best("2"), "Best: count is '2'; write a whole number from 1 on"),  # type: ignore[arg-type]
        (lambda: Best(1.0), "Best: count is 1.0; write a whole number from 1 on"),  # type: ignore[arg-type]
        (lambda: Best(0), "Best: count is 0; write a whole number from 1 on"),
        (lambda: Trimmed("1"), "Trimmed: drop is '1'; write a whole number from 1 on"),  # type: ignore[arg-type]
        (lambda: Trimmed(0), "Trimmed: drop is 0; write a whole number from 1 on"),
        *(
            (
                lambda pair=pair: Weighted((pair,)),
                "Weighted: each weight is a pair of the child's key and a number: (('hk1', 1), ('hk2', 2))",
            )
            for pair in (("a",), ("a", 1, 2), (1, 1))
        ),
        (lambda: AtLeast(5, points=1), "AtLeast(5): node is 5; write a text"),  # type: ignore[arg-type]
        (lambda: Item("a", "A", max="1E+999999"), "rubric 'a': max: '1E+999999' has more than 30 digits"),
        (lambda: Item("a", "A", max=1, step="1E-31"), "rubric 'a': step: '1E-31' has more than 30 digits"),
        (lambda: Item("a", "A", max="1" * 31), f"rubric 'a': max: '{'1' * 31}' has more than 30 digits"),
        (lambda: Group("g", "G", (A, B), combine=Trimmed(1)), "rubric 'g': Trimmed(1) leaves nothing of 2 children"),
        (
            lambda: Group("g", "G", (A,), combine="sum"),  # type: ignore[arg-type]
            "rubric 'g': combine is 'sum'; "
            "write Sum(), Mean(), Weighted(…), Best(…), Lowest(), Trimmed(…) or Rounded(…)",
        ),
        (lambda: Rounded("mean", to=1), "Rounded: of is 'mean'; write Mean(), Weighted(…) or another of them"),  # type: ignore[arg-type]
        (
            lambda: Rounded(Rounded(Mean(), to=1), to=2),  # type: ignore[arg-type]
            "Rounded: of is a Rounded; write Mean(), Weighted(…) or another of them",
        ),
        (lambda: Rounded(Mean(), to="-0.5"), "Rounded: to lies above 0"),
        (
            lambda: Group("g", "G", (A,), combine=Rounded(Best(2), to=1)),
            "rubric 'g': Best(2) of 1 children; write 1 to 1",
        ),
        (
            lambda: Group("g", "G", (A, Gate("dk", "Điều kiện")), combine=Mean()),
            "rubric 'g': 'dk' has no points to combine; put it into a group that adds up",
        ),
        (lambda: Gate("dk", " "), "rubric 'dk': write a label; people read it"),
        (lambda: Above("a", points=1, percent=1), "Above('a'): write points= or percent=, one of the two"),
        (
            lambda: check_classes(TREE, (Class("x", "X", (Above("g", percent=100),)), Class("y", "Y"))),
            "class 'x': 'g' has at most 30 points, more than 30 are out of reach",
        ),
        (
            lambda: check_classes(
                TREE,
                (
                    Class("x", "X", (AtLeast("g", points=15),)),
                    Class("y", "Y", (Above("g", points=15),)),
                    Class("z", "Z"),
                ),
            ),
            "class 'y': whoever reaches it is given 'x' before; order best first",
        ),
        (lambda: AtLeast("a"), "AtLeast('a'): write points= or percent=, one of the two"),
        (lambda: AtLeast("a", points=1, percent=1), "AtLeast('a'): write points= or percent=, one of the two"),
        (
            lambda: check_classes(TREE, (Class("x", "X", (AtLeast("z", points=1),)), Class("y", "Y"))),
            "class 'x': 'z' is not a node of the rubric",
        ),
        (
            lambda: check_classes(TREE, (Class("x", "X", (AtLeast("g", points=31),)), Class("y", "Y"))),
            "class 'x': 'g' has at most 30 points, 31 are out of reach",
        ),
        (
            lambda: check_classes(
                TREE,
                (
                    Class("x", "X", (AtLeast("g", percent=50),)),
                    Class("y", "Y", (AtLeast("g", points=15),)),
                    Class("z", "Z"),
                ),
            ),
            "class 'y': whoever reaches it is given 'x' before; order best first",
        ),
        (
            lambda: check_classes(TREE, (Class("x", "X", (AtLeast("g", points=0),)), Class("y", "Y"))),
            "class 'y': whoever reaches it is given 'x' before; order best first",
        ),
        (
            lambda: check_classes(TREE, (Class("x", "X", (AtLeast("g", points=9),)),)),
            "class 'x': the last class has no needs, so that every dossier falls into one",
        ),
        (
            lambda: check_classes(TREE, (Class("x", "X", (AtLeast("g", points=9),)), Class("x", "Y"))),
            "classes: class 'x' stands twice; give each its own key",
        ),
    ],
)
def test_rubric_refuses_with_place_and_mend(build: Callable[[], object], said: str) -> None:
    with pytest.raises(ContractError) as refused:
        build()
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("combine", "highest"),
    [
        (Sum(), 60),
        (Mean(), 20),
        (Best(2), 50),
        (Lowest(), 10),
        (Rounded(Weighted((("a", 1), ("b", 1), ("c", 2))), to=1), 23),
        (Trimmed(1), 20),
        (Weighted((("a", 1), ("b", 1), ("c", 2))), Fraction(90, 4)),
    ],
)
def test_group_highest_follows_its_combine(combine: Sum, highest: Fraction) -> None:
    assert Group("g", "G", (A, B, C), combine=combine).highest == highest


def test_group_counts_down_from_its_start_and_keeps_floor_and_cap() -> None:
    stock = Group("s", "S", (Deduction("m", "Muộn", max=4, step="0.5"), A), start=50, floor=47, cap=55)
    assert (stock.highest, stock.lowest) == (55, 47)
    assert (Deduction("m", "M", max=4).lowest, Deduction("m", "M", max=4).highest) == (-4, 0)
    assert Group("s", "S", (Deduction("m", "M", max=4),), start=3).lowest == -1


def test_classes_over_groups_and_total_are_accepted() -> None:
    classes = (
        Class("xs", "Xuất sắc", (AtLeast("tong", points=54), AtLeast("g", percent=70))),
        Class("tot", "Tốt", (AtLeast("tong", points=48),)),
        Class("con_lai", "Chưa đạt"),
    )
    check_classes(TREE, classes)
    assert AtLeast("g", percent=70).bar(Fraction(30)) == 21


def test_bars_to_be_reached_and_to_be_passed_follow_each_other() -> None:
    classes = (
        Class("tren", "Trên", (Above("g", points=15),)),
        Class("tu", "Từ", (AtLeast("g", points=15),)),
        Class("con_lai", "Còn lại"),
    )
    check_classes(TREE, classes)
    values = [Fraction(14), Fraction(15), Fraction(16)]
    assert [[one.needs[0].met(value, Fraction(30)) for one in classes[:2]] for value in values] == [
        [False, False],
        [False, True],
        [True, True],
    ]


def test_gate_needs_its_step_and_adds_no_points() -> None:
    gate = Gate("dk", "Điều kiện")
    assert [gate.holds(0), gate.holds(1), gate.steps, gate.worth, gate.highest, gate.lowest] == [
        False, True, 1, 0, 0, 0
    ]  # fmt: skip
    assert Group("g", "G", (A, gate), combine=Sum()).highest == 10
    item = Item("x", "X", max=3, step="0.5", gate="1.2")
    assert [item.holds(steps) for steps in (2, 3)] == [False, True]


def test_walk_gives_parents_first() -> None:
    assert [node.key for node in walk(TREE)] == ["tong", "g", "a", "b", "c"]


@settings(max_examples=100)
@given(
    st.lists(st.integers(1, 40), min_size=3, max_size=6),
    st.sampled_from((Sum(), Mean(), Best(2), Trimmed(1))),
    st.data(),
)
def test_no_scores_lead_out_of_the_bounds(maxima: list[int], combine: Sum, data: st.DataObject) -> None:
    items: tuple[Node, ...] = tuple(
        Deduction(f"n{i}", "N", max=top) if i % 3 == 2 else Item(f"n{i}", "N", max=top) for i, top in enumerate(maxima)
    )
    group = Group("g", "G", items, combine=combine, start=5)
    values = {node.key: Fraction(data.draw(st.integers(int(node.lowest), int(node.highest)))) for node in items}
    assert group.lowest <= group.bounded(values) <= group.highest
