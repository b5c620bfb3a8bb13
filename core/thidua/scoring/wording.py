"""How a value is said: numbers, expressions and sentences in Vietnamese.

A sentence reads ``label: value/highest = expression; notes``, or, where floor or cap
held it, ``label: value/highest, vì expression = raw …``. The expression always
comes to what stands before it, exactly: thirds are written as fractions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from thidua.plugin import (
    Best,
    Combine,
    Deduction,
    Gate,
    Group,
    Item,
    Leaf,
    Lowest,
    Mean,
    Node,
    Rounded,
    Sum,
    Trimmed,
    Weighted,
)
from thidua.times import show_number

MINUS = "−"


def number(value: Fraction) -> str:
    """``value`` with every digit: ``17,5``; what no decimal can say is a fraction: ``(67/3)``.

    >>> number(Fraction(35, 2)), number(Fraction(67, 3)), number(Fraction(-1, 4))
    ('17,5', '(67/3)', '−0,25')
    """
    return _number(value.numerator, value.denominator)


@lru_cache(maxsize=4096)  # sheets say the same few numbers over and over
def _number(numerator: int, denominator: int) -> str:
    sign, size = MINUS if numerator < 0 else "", abs(numerator)
    rest, places = denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        places = max(places, count)
    if rest != 1:
        return f"({sign}{size}/{denominator})"
    shifted = size * 10**places // denominator
    return sign + show_number(Decimal(f"{shifted}E-{places}"))  # a Decimal is built exactly, computed with never


def nearly(value: Fraction) -> str:
    """``value`` to two places, a half away from zero: for reading only, never for computing.

    >>> nearly(Fraction(67, 3))
    '22,33'
    """
    hundredths = (abs(value) * 100 + Fraction(1, 2)).__floor__()
    return number(Fraction(-hundredths if value < 0 else hundredths, 100))


def readable(value: Fraction) -> str:
    """The exact number, and where that is a fraction what it is nearly.

    >>> readable(Fraction(35, 2)), readable(Fraction(535, 6))
    ('17,5', '(535/6) ≈ 89,17')
    """
    exact = number(value)
    return f"{exact} ≈ {nearly(value)}" if exact.startswith("(") else exact


def added(values: Iterable[Fraction]) -> str:
    """Values as a sum: ``6 + 5,5 − 2``; of nothing: ``0``.

    >>> added([Fraction(50), Fraction(-2), Fraction(3)])
    '50 − 2 + 3'
    """
    text = ""
    for value in values:
        if not text:
            text = number(value)
        else:
            less = (
                value.numerator < 0
            )  # the sign, without the fraction's own comparison: it is asked thousands of times
            text += (f" {MINUS} " if less else " + ") + (number(-value) if less else number(value))
    return text or "0"


def mean_of(values: Sequence[Fraction]) -> str:
    """Values as a mean: ``(17,5 + 18)/2``; of one: itself."""
    return f"({added(values)})/{len(values)}" if len(values) > 1 else added(values)


def leaf_sentence(leaf: Leaf, steps: int | None, band: str) -> str:
    """What a scorer gave; ``steps`` is ``None`` where nothing was given yet."""
    if steps is None:
        return f"{leaf.label}: chưa chấm"
    if isinstance(leaf, Gate):
        return f"{leaf.label}: {'đạt' if steps else 'không đạt'}"
    points = number(steps * leaf.unit)
    if isinstance(leaf, Deduction):
        return f"{leaf.label}: trừ {points}"
    notes = [f"mức “{band}”"] if band else []
    if not leaf.holds(steps):
        notes.append(f"không đạt mức bắt buộc {number(Fraction(leaf.gate or 0))}")
    return "; ".join([f"{leaf.label}: {points}/{number(leaf.highest)}", *notes])


def group_sentence(group: Group, values: Mapping[str, Fraction], missing: Sequence[str]) -> str:
    """How the children, ``start``, floor and cap made the value of ``group``."""
    children = {child.key: values[child.key] for child in group.children if not isinstance(child, Gate)}
    value, raw = values[group.key], group.raw({child.key: values[child.key] for child in group.children})
    combined = raw - Fraction(group.start)
    expression = _with_start(group, children, combined)
    notes = [*_combine_notes(group.combine, children), *_deductions(group, values)]
    if number(value).startswith("("):
        notes.append(f"khoảng {nearly(value)}")
    if left := [key for key in missing if key in group.nodes]:
        notes.append(f"chưa chấm {len(left)} mục")
    return "; ".join([points_of(group, value) + _bounded(value, raw, expression), *notes])


def points_of(node: Node, value: Fraction) -> str:
    """``A: 17,5/20``; without the highest where nothing can be gained."""
    return f"{node.label}: {number(value)}" + (f"/{number(node.highest)}" if node.highest.numerator > 0 else "")


def _bounded(value: Fraction, raw: Fraction, expression: str) -> str:
    if raw == value:
        return f" = {expression}"
    bound = "vượt mức tối đa" if raw > value else "thấp hơn mức tối thiểu"
    return f", vì {expression} = {number(raw)} {bound} {number(value)}"


def _with_start(group: Group, children: Mapping[str, Fraction], combined: Fraction) -> str:
    start = Fraction(group.start)
    if isinstance(group.combine, Sum):
        return added([*([start] if start else []), *children.values()])
    expression = _expression(group.combine, children, combined)
    if start and expression.startswith(MINUS):
        expression = f"({expression})"
    return f"{number(start)} + {expression}" if start else expression


def _expression(combine: Combine, children: Mapping[str, Fraction], single: Fraction) -> str:
    """``single`` is what is written where one number says it all: the lowest, the rounded."""
    match combine:
        case Mean():
            return mean_of(list(children.values()))
        case Weighted(weights):
            shares = {key: Fraction(weight) for key, weight in weights}
            terms = " + ".join(_times(shares[key], value) for key, value in children.items())
            return f"({terms})/{number(combine.whole)}"
        case Best(count):
            return added(sorted(children.values(), reverse=True)[:count])
        case Trimmed(drop):
            return mean_of(sorted(children.values(), reverse=True)[drop : len(children) - drop])
        case Sum():
            return added(children.values())
    return number(single)


def _times(weight: Fraction, value: Fraction) -> str:
    said = f"({number(value)})" if value < 0 and not number(value).startswith("(") else number(value)
    return said if weight == 1 else f"{number(weight)} × {said}"


def _combine_notes(combine: Combine, children: Mapping[str, Fraction]) -> Iterator[str]:
    values = sorted(children.values(), reverse=True)
    match combine:
        case Best(count) if count < len(values):
            yield f"lấy {count} điểm cao nhất trong {_listed(values)}"
        case Lowest() if len(values) > 1:
            yield f"lấy điểm thấp nhất trong {_listed(values)}"
        case Trimmed(drop):
            yield f"bỏ điểm cao nhất {_listed(values[:drop])} và thấp nhất {_listed(values[-drop:])}"
        case Rounded(of, to):
            yield f"làm tròn {_expression(of, children, min(values, default=Fraction(0)))} đến {number(Fraction(to))}"
            yield from _combine_notes(of, children)


def _listed(values: Sequence[Fraction]) -> str:
    return " · ".join(number(value) for value in values)


def _deductions(group: Group, values: Mapping[str, Fraction]) -> Iterator[str]:
    """What was taken away here or one level below, so that an area tells of its late reports."""
    below = [leaf for child in group.children if isinstance(child, Group) for leaf in child.children]
    taken = [leaf for leaf in (*group.children, *below) if isinstance(leaf, Deduction)]
    if taken and not any(values[leaf.key] for leaf in taken):
        yield "không trừ điểm"
    for leaf in taken:
        if values[leaf.key]:
            yield f"trừ {number(-values[leaf.key])}: {leaf.label}"


def gate_sentence(leaf: Leaf) -> str:
    """Why a gate bars the classes: the condition, and the points it needs."""
    if isinstance(leaf, Item):
        return f"“{leaf.label}” không đạt mức bắt buộc {number(Fraction(leaf.gate or 0))} điểm"
    return f"“{leaf.label}” không đạt (điều kiện bắt buộc)"
