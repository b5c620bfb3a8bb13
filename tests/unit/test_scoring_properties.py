"""What holds for every rubric: exact, explained, never lower for more points, whatever the judges' order."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thidua.plugin import Gate, Group, Item, Judging, Mean, Rounded, Trimmed
from thidua.plugin.combine import plain_of
from thidua.scoring import (
    Combined,
    Sheet,
    Valued,
    classify,
    combine,
    evaluate,
    from_text,
    number,
    rubric_sha256,
    to_text,
)
from unit.scoring_rubrics import case, half_up, reference, worked_out

JUDGINGS = (
    Judging(judges=3),
    Judging(judges=3, combine=Trimmed(1)),
    Judging(judges=3, combine=Rounded(Mean(), to="0.3"), gap=2),
    Judging(judges=4, combine=Rounded(Trimmed(1), to="0.5")),
)


SEEDS = st.integers(0, 2**40)


@settings(max_examples=200)
@given(SEEDS)
def test_value_is_exact_to_the_rubrics_own_rounding(seed: int) -> None:
    one = case(seed)
    (points,) = one.sheets
    valued = evaluate(one.rubric, Sheet(points))
    assert dict(valued.values) == {key: reference(node, points) for key, node in one.rubric.nodes.items()}
    nodes = one.rubric.nodes
    assert [key for key in nodes if not nodes[key].lowest <= valued.value(key) <= nodes[key].highest] == []


@settings(max_examples=200)
@given(SEEDS)
def test_more_points_never_lower_a_node_or_the_class(seed: int) -> None:
    one = case(seed)
    (points,) = one.sheets
    less, more = evaluate(one.rubric, Sheet(points)), evaluate(one.rubric, Sheet(one.better(points)))
    assert [key for key in one.rubric.nodes if more.value(key) < less.value(key)] == []
    assert classify(one.classes, more).place <= classify(one.classes, less).place


@settings(max_examples=200)
@given(SEEDS, st.sampled_from(JUDGINGS))
def test_more_points_from_one_judge_never_lower_the_class(seed: int, judging: Judging) -> None:
    # The contract refuses bars elsewhere than at the root where whole sheets are dropped.
    one = case(seed, sheets=4, only_total=isinstance(plain_of(judging.combine), Trimmed))
    more = [one.better(one.sheets[0]), *one.sheets[1:]]
    before, after = (combine(judging, [evaluate(one.rubric, Sheet(p)) for p in every]) for every in (one.sheets, more))
    assert after.total >= before.total
    assert [key for key in after.failed if key not in before.failed] == []
    assert classify(one.classes, after).place <= classify(one.classes, before).place


def test_dropping_sheets_could_lower_an_area_which_is_why_the_contract_refuses_it() -> None:
    rubric = Group("t", "T", (Item("a", "A", max=9), Item("b", "B", max=9)))
    judging = Judging(judges=3, combine=Trimmed(1))
    sheets = [{"a": 9, "b": 0}, {"a": 0, "b": 0}, {"a": 1, "b": 9}]
    before, after = (
        combine(judging, [evaluate(rubric, Sheet(points)) for points in every])
        for every in (sheets, [{"a": 9, "b": 2}, *sheets[1:]])
    )
    assert [before.value("a"), after.value("a")] == [9, 1]
    assert after.total >= before.total


@settings(max_examples=100)
@given(SEEDS, st.sampled_from(JUDGINGS), st.permutations(range(4)))
def test_order_of_judges_does_not_matter(seed: int, judging: Judging, order: list[int]) -> None:
    case_ = case(seed, sheets=4)
    rubric, sheets = case_.rubric, case_.sheets
    shuffled = [sheets[place] for place in order]
    one, two = (combine(judging, [evaluate(rubric, Sheet(p)) for p in every]) for every in (sheets, shuffled))
    assert (one.values, one.failed, one.disputed) == (two.values, two.failed, two.disputed)
    assert (one.gap, one.needs_third, one.explanation) == (two.gap, two.needs_third, two.explanation)
    assert [one.explain(key) for key in rubric.nodes] == [two.explain(key) for key in rubric.nodes]
    assert to_text(one, case_.classes, sha256="") == to_text(two, case_.classes, sha256="")


@settings(max_examples=100)
@given(SEEDS, st.sampled_from(JUDGINGS[:3]))
def test_judges_together_are_the_mean_of_the_counted_sheets(seed: int, judging: Judging) -> None:
    one = case(seed, sheets=3)
    together = combine(judging, [evaluate(one.rubric, Sheet(points)) for points in one.sheets])
    counted = [one.sheets[place] for place in together.counted]
    means = {
        key: sum((reference(node, points) for points in counted), Fraction(0)) / len(counted)
        for key, node in one.rubric.nodes.items()
    }
    if isinstance(judging.combine, Rounded):
        means[one.rubric.key] = half_up(means[one.rubric.key], Fraction(judging.combine.to))
    assert dict(together.values) == means
    totals = sorted(reference(one.rubric, points) for points in one.sheets)
    assert together.gap == totals[-1] - totals[0]
    if isinstance(judging.combine, Trimmed):
        assert together.total == totals[1]


def adds_up(said: Valued | Combined, key: str) -> None:
    """Parse the sentence of a node back and compare it with the node's value."""
    node, sentence = said.rubric.nodes[key], said.explain(key)
    value, rounded = said.value(key), None
    first, *notes = sentence.removeprefix(f"{node.label}: ").split("; ")
    most = f"/{number(node.highest)}" if node.highest > 0 else ""
    assert first.startswith(number(value) + most)
    rest = first[len(number(value) + most) :]
    if bounded := re.fullmatch(r", vì (.+) = (\S+) (vượt mức tối đa|thấp hơn mức tối thiểu) (\S+)", rest):
        expression, raw, how, bound = bounded.groups()
        assert worked_out(expression) == worked_out(raw)
        assert worked_out(bound) == value
        assert worked_out(raw) > value if how.startswith("vượt") else worked_out(raw) < value
    else:
        assert worked_out(rest.removeprefix(" = ")) == value
    for note in notes:
        if rounding := re.fullmatch(r"làm tròn (.+) đến (\S+)", note):
            rounded = half_up(worked_out(rounding[1]), worked_out(rounding[2]))
        if about := re.fullmatch(r"khoảng (\S+)", note):
            assert abs(worked_out(about[1]) - value) <= Fraction(1, 200)
    if rounded is not None and not bounded:
        start = Fraction(getattr(node, "start", 0)) if isinstance(said, Valued) else 0
        assert start + rounded == value


@settings(max_examples=200)
@given(SEEDS, st.sampled_from(JUDGINGS[:3]))
def test_explanation_adds_up_to_the_value(seed: int, judging: Judging) -> None:
    one = case(seed, sheets=3)
    valued = [evaluate(one.rubric, Sheet(points)) for points in one.sheets]
    together = combine(judging, valued)
    for key, node in one.rubric.nodes.items():
        if isinstance(node, Group):
            adds_up(valued[0], key)
        if not isinstance(node, Gate):
            adds_up(together, key)


@settings(max_examples=100)
@given(SEEDS, st.sampled_from(JUDGINGS[:3]))
def test_result_reads_back_and_checks_itself(seed: int, judging: Judging) -> None:
    one = case(seed, sheets=3)
    together = combine(judging, [evaluate(one.rubric, Sheet(points)) for points in one.sheets])
    text = to_text(together, one.classes, sha256=rubric_sha256(one.rubric))
    result = from_text(text)
    assert (result.values, result.total) == (together.values, together.total)
    assert (result.judging, result.classes, result.text) == (judging, one.classes, text)
    assert result.given == classify(one.classes, together).given.key
    assert result.check(one.rubric) == ""


@settings(max_examples=200)
@given(st.fractions(max_denominator=400))
def test_number_says_every_fraction_exactly(value: Fraction) -> None:
    assert worked_out(number(value)) == value


@pytest.mark.parametrize("digits", [30, 60])
def test_number_keeps_more_digits_than_a_decimal_context(digits: int) -> None:
    value = Fraction(1, 2**digits)
    assert worked_out(number(value)) == value


def test_item_of_many_fine_steps_stays_exact() -> None:
    rubric = Group("t", "T", tuple(Item(f"i{n}", "I", max=10, step="0.01") for n in range(7)), combine=Mean())
    points = {f"i{n}": 333 + n for n in range(7)}
    assert evaluate(rubric, Sheet(points)).total == Fraction(336, 100)
