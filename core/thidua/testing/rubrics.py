"""The rubric: does it add up, does every bound, gate and class decide something."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from thidua import scoring
from thidua.plugin import Class, Deduction, Gate, Group, Item, Judging, Leaf, Node, Rounded, Shape
from thidua.plugin.problems import ContractError, show_exact
from thidua.scoring import Sheet, Valued
from thidua.testing.subject import Subject, Tried

SHEETS = 12
ORDERS = 150
Points = dict[str, int]


def forms_of(one: Tried) -> Iterator[tuple[str, Shape]]:
    """The form with the default of every parameter, then with each at its bounds; what that is called."""
    yield one.place, one.plain
    for parameter in one.shape.parameters:
        for name in ("minimum", "maximum"):
            value = getattr(parameter, name)
            if value != parameter.default:
                try:
                    form = one.shape.under({parameter.key: str(value)})
                except ContractError:
                    continue  # refused when the campaign was built
                if form != one.plain:
                    yield f"{one.place} with {parameter.key!r} at its {name} {value}", form


def arithmetic(subject: Subject) -> Iterator[str]:
    """``max`` is stated and true; sheets come to what plain arithmetic gives; more points never give less."""
    for one in subject.tracks:
        rubric = one.shape.rubric
        if rubric is None:
            continue
        if rubric.max is None:
            yield (
                f"{one.place}: rubric {rubric.key!r} does not say what it comes to; write max="
                f"{show_exact(rubric.highest)} if that is meant, so that a slip in the points is found"
            )
        form = one.plain
        for sheet in _sheets(rubric):
            yield from (f"{one.place}: rubric {fault}" for fault in _adds_up(rubric, sheet))
            yield from (f"{one.place}: rubric {fault}" for fault in _never_less(rubric, form.classes, sheet))


def _sheets(rubric: Group) -> Iterator[Points]:
    rng = random.Random(rubric.key)
    yield dict.fromkeys(rubric.leaves, 0)
    yield best(rubric)
    for _ in range(SHEETS):
        yield {key: rng.randint(0, leaf.steps) for key, leaf in rubric.leaves.items()}


def best(rubric: Group) -> Points:
    """The sheet with the most points everywhere."""
    return {key: 0 if isinstance(leaf, Deduction) else leaf.steps for key, leaf in rubric.leaves.items()}


def _adds_up(rubric: Group, points: Points) -> Iterator[str]:
    valued = scoring.evaluate(rubric, Sheet(points))
    for key, node in rubric.nodes.items():
        if isinstance(node, Group):
            expected = node.bounded({child.key: valued.value(child.key) for child in node.children})
        else:
            expected = points[key] * node.worth
        value = valued.value(key)
        if value != expected:
            yield f"{key!r} comes to {show_exact(value)}, its parts to {show_exact(expected)}"
        if not isinstance(node, Gate) and not node.lowest <= value <= node.highest:
            yield f"{key!r} comes to {show_exact(value)}, outside of its own bounds"
        if not isinstance(node, Gate) and scoring.number(abs(value)) not in valued.explain(key):
            yield f"{key!r} comes to {show_exact(value)}, but is explained as {valued.explain(key)!r}"


def _never_less(rubric: Group, classes: Sequence[Class], points: Points) -> Iterator[str]:
    before = scoring.evaluate(rubric, Sheet(points))
    for key, leaf in rubric.leaves.items():
        more = points[key] + (-1 if isinstance(leaf, Deduction) else 1)
        if not 0 <= more <= leaf.steps:
            continue
        after = scoring.evaluate(rubric, Sheet(points | {key: more}))
        fallen = [node for node in rubric.nodes if after.value(node) < before.value(node)]
        if fallen:
            yield f"{fallen[0]!r} falls when {key!r} rises; more points never give less"
        if classes and _place(classes, after) > _place(classes, before):
            yield f"a better {key!r} gives a lower class; more points never give less"


def _place(classes: Sequence[Class], valued: Valued) -> int:
    return scoring.classify(classes, valued).place


def bounds(subject: Subject) -> Iterator[str]:
    """Floors and caps hold something and hold it rightly; rounding gives no points that are not there."""
    for one in subject.tracks:
        if one.shape.rubric is None:
            continue
        for node in one.shape.rubric.nodes.values():
            if isinstance(node, Group):
                root = node.key == one.shape.rubric.key
                yield from (f"{one.place}: rubric {node.key!r}: {fault}" for fault in _bounds(node, root))
        for place, form in forms_of(one):
            if form.rubric and form.judging and isinstance(form.judging.combine, Rounded):
                yield from (
                    f"{place}: judging: {fault}" for fault in _rounding(form.judging, form.rubric, form.classes)
                )


def _bounds(group: Group, root: bool) -> Iterator[str]:
    low = group.raw({child.key: child.lowest for child in group.children})
    high = group.raw({child.key: child.highest for child in group.children})
    only_less = all(child.highest <= 0 for child in group.children) and not Fraction(group.start)
    if group.lowest < 0 and (root or not only_less):
        yield f"it can fall to {show_exact(group.lowest)} points; write floor=0"
    if group.floor is not None and Fraction(group.floor) < low:
        yield f"floor {group.floor} is never reached, the lowest is {show_exact(low)}; take it away or correct it"
    if group.floor is not None and Fraction(group.floor) > 0 and low < Fraction(group.floor):
        yield f"floor {group.floor} gives points to a sheet without any; write floor=0, or start= for a stock of points"
    if group.cap is not None and Fraction(group.cap) > high:
        yield f"cap {group.cap} is never reached, the highest is {show_exact(high)}; take it away or correct it"
    if isinstance(group.combine, Rounded):
        plain = Group(group.key, group.label, group.children, combine=group.combine.of, start=group.start)
        if high > plain.highest:
            yield (
                f"rounding to {group.combine.to} gives {show_exact(high)} of {show_exact(plain.highest)} points; "
                "round to what divides the highest"
            )


def _rounding(judging: Judging, rubric: Group, classes: Sequence[Class]) -> Iterator[str]:
    assert isinstance(judging.combine, Rounded)  # noqa: S101 -- narrows the type
    to = Fraction(judging.combine.to)
    if rubric.highest % to:
        yield f"rounding to {show_exact(to)} does not divide {show_exact(rubric.highest)}; a total could pass it"
    for one in classes:
        for need in one.needs:
            bar = need.bar(rubric.nodes[need.node].highest)
            if need.node == rubric.key and bar % to:
                yield (
                    f"class {one.key!r} begins at {show_exact(bar)}, which no total rounded to {show_exact(to)} is; "
                    "move the bar or round finer"
                )


def gates(subject: Subject) -> Iterator[str]:
    """A gate that does not hold leaves the last class, whatever the points; one that holds does not."""
    for one in subject.tracks:
        form = one.plain
        if form.rubric is None:
            continue
        gated = {key: leaf for key, leaf in form.rubric.leaves.items() if _needed(leaf)}
        if gated and len(form.classes) < 2:
            yield (
                f"{one.place}: rubric {sorted(gated)[0]!r} is a gate, but there are no classes it could close; "
                "write classes=, or take the gate away"
            )
            continue
        for key, leaf in gated.items():
            yield from (f"{one.place}: rubric {key!r}: {fault}" for fault in _closes(form, key, leaf))


def _needed(leaf: Leaf) -> int:
    """The fewest steps that open the gate; 0: there is none."""
    return next(steps for steps in range(leaf.steps + 1) if leaf.holds(steps))


def _closes(form: Shape, key: str, leaf: Leaf) -> Iterator[str]:
    rubric, needed = form.rubric, _needed(leaf)
    assert rubric is not None  # noqa: S101 -- narrows the type
    if isinstance(leaf, Item) and Fraction(leaf.gate or 0) % leaf.unit:
        yield (
            f"gate {leaf.gate} lies between two steps of {show_exact(leaf.unit)}; "
            f"write {show_exact(needed * leaf.unit)}, which is what it comes to"
        )
    below = scoring.evaluate(rubric, Sheet(best(rubric) | {key: needed - 1}))
    if _place(form.classes, below) != len(form.classes) - 1:
        yield f"with {needed - 1} steps there is still the class {form.classes[_place(form.classes, below)].key!r}"
    if _place(form.classes, scoring.evaluate(rubric, Sheet(best(rubric)))):
        yield "with everything at its highest it still keeps from the first class"


def classes(subject: Subject) -> Iterator[str]:
    """Each class is given to some sheet, wherever a call puts its numbers."""
    for one in subject.tracks:
        yield from (f"{one.place}: {fault}" for fault in _bars_of_nothing(one.shape))
        for place, form in forms_of(one):
            if form.rubric is None or not form.classes:
                continue
            given = _given(form.rubric, form.classes)
            for index, each in enumerate(form.classes):
                if index not in given:
                    yield (
                        f"{place}: class {each.key!r}: no sheet gets it, whoever reaches its bars is given a better "
                        f"class; lower them or take the class away"
                    )


def _bars_of_nothing(form: Shape) -> Iterator[str]:
    """A per cent of a node that gives no points is no bar."""
    for one in form.classes:
        for need in one.needs:
            if form.rubric and need.percent is not None and form.rubric.nodes[need.node].highest <= 0:
                yield f"class {one.key!r} asks a per cent of {need.node!r}, which has no points; write points="


def _given(rubric: Group, classes: Sequence[Class]) -> set[int]:
    """The places of the classes that some sheet gets.

    Bars only ask for points. So a class is given to somebody exactly if it is given to one of
    the sheets that reach its bars with nothing to spare; those are looked for in many orders.
    """
    found: set[int] = set()
    rng = random.Random(0)
    zero = {key: leaf.steps if isinstance(leaf, Deduction) else 0 for key, leaf in rubric.leaves.items()}
    found.add(_place(classes, scoring.evaluate(rubric, Sheet(zero))))
    for index, one in enumerate(classes[:-1]):
        for _ in range(ORDERS):
            if index in found:
                break
            found.add(_place(classes, scoring.evaluate(rubric, Sheet(_sparest(rubric, one, rng)))))
    return found


def _sparest(rubric: Group, one: Class, rng: random.Random) -> Points:
    """A sheet that reaches the bars of ``one`` with every gate open, and has not a step more than that takes."""
    points = best(rubric)
    keys = list(rubric.leaves)
    rng.shuffle(keys)
    for key in keys:
        leaf = rubric.leaves[key]
        worst = leaf.steps if isinstance(leaf, Deduction) else 0
        enough, spare = points[key], worst
        while enough != spare:  # the nearest to the worst that is still enough
            middle = (enough + spare) // 2 if enough > spare else -(-(enough + spare) // 2)
            if middle == enough:
                middle = spare
            if _reaches(rubric, one, points | {key: middle}):
                enough = middle
            else:
                spare = middle + 1 if enough > spare else middle - 1
        points[key] = enough
    return points


def _reaches(rubric: Group, one: Class, points: Mapping[str, int]) -> bool:
    units = rubric.units(points)
    if not all(leaf.holds(points[key]) for key, leaf in rubric.leaves.items()):
        return False
    return all(
        need.met(Fraction(units[need.node], rubric.scale), rubric.nodes[need.node].highest) for need in one.needs
    )


def judged(subject: Subject) -> Iterator[str]:
    """Tie-breaks can break ties, prizes have somebody to go to, judges have something to differ in."""
    for one in subject.tracks:
        form = one.plain
        if form.rubric is None:
            continue
        for key in form.tie_breaks:
            node: Node = form.rubric.nodes[key]
            if key == form.rubric.key:
                yield f"{one.place}: tie_breaks: {key!r} is the total itself, which is equal then; take it out"
            elif node.lowest == node.highest:
                yield f"{one.place}: tie_breaks: {key!r} has the same points for everybody; take it out"
        if form.judging and form.judging.gap is not None and Fraction(str(form.judging.gap)) >= _spread(form.rubric):
            yield (
                f"{one.place}: judging: two totals never lie more than {show_exact(_spread(form.rubric))} apart, "
                f"so a gap of {form.judging.gap} never calls another judge; lower it"
            )
        last = form.classes[-1].key if form.classes else ""
        for prize in form.prizes:
            if prize.classes == (last,) and len(form.classes) > 1:
                yield f"{one.place}: prize {prize.key!r} goes to the last class alone; name better classes"
            elif not prize.classes and len(form.classes) > 1 and any(map(_needed, form.rubric.leaves.values())):
                yield (
                    f"{one.place}: prize {prize.key!r} may go to {last!r} too, which is left to those that a gate "
                    "closes out; write classes= with those that may have it"
                )
        for award in sorted({code for code in form.awards if form.awards.count(code) > 1}):
            yield f"{one.place}: awards: {award!r} stands twice; name it once"


def _spread(rubric: Group) -> Fraction:
    return rubric.highest - rubric.lowest
