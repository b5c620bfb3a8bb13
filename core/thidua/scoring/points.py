"""What a scorer typed, as counts of steps; and every reason why it cannot be."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from thidua.errors import say
from thidua.plugin import Gate, Group, Leaf, Problem, Shape
from thidua.scoring.wording import number
from thidua.text import clean_line, fold
from thidua.times import MAX_NUMBER_LENGTH, parse_number

_MET = {"1": 1, "dat": 1, "co": 1, "0": 0, "khong dat": 0, "chua dat": 0, "khong": 0}
_THOUSAND = 1000


@dataclass(frozen=True)
class Sheet:
    """One scorer's points: leaf key → count of that leaf's steps; leaves not scored are absent.

    ``problems`` say what was typed and could not be taken; those leaves are absent too.
    """

    points: Mapping[str, int]
    problems: tuple[Problem, ...] = ()


def read_points(leaf: Leaf, typed: str) -> int | Problem:
    """``typed`` as a count of the leaf's steps, or the :class:`Problem` of that leaf.

    ``"9,5"`` and ``"9.5"`` are the same; a condition (:class:`Gate`) takes ``"1"``, ``"0"``,
    "Đạt" or "Không đạt".

    >>> from thidua.plugin import Item
    >>> read_points(Item("gio_day", "Giờ dạy giỏi", max=8, step="0.5"), "6,5")
    13
    """
    text = clean_line(typed)
    read = _read_gate(leaf, text) if isinstance(leaf, Gate) else _read_number(leaf, text)
    return Problem(leaf.key, read) if isinstance(read, str) else read


def _read_gate(gate: Gate, text: str) -> int | str:
    if not text:
        return say("score-gate-missing", label=gate.label)
    met = _MET.get(fold(text))
    return say("score-gate-unread", label=gate.label, value=text[:MAX_NUMBER_LENGTH]) if met is None else met


def _read_number(leaf: Leaf, text: str) -> int | str:
    assert not isinstance(leaf, Gate)  # noqa: S101 -- narrows the type
    limit = Fraction(leaf.max)
    if not text:
        return say("score-missing", label=leaf.label, limit=number(limit))
    # Dots group thousands elsewhere; where points stay below a thousand, 9.250 can only be 9,25.
    plain = text.replace(".", ",") if limit < _THOUSAND else text
    try:
        points = Fraction(parse_number(plain))
    except ValueError:
        return say("score-not-a-number", label=leaf.label, value=text[:MAX_NUMBER_LENGTH])
    if points < 0:
        return say("score-negative", label=leaf.label, value=number(points), limit=number(limit))
    if points > limit:
        return say("score-too-high", label=leaf.label, value=number(points), limit=number(limit))
    steps = points / leaf.unit
    if steps.denominator != 1:
        below = steps.__floor__() * leaf.unit
        return say(
            "score-off-step",
            label=leaf.label,
            value=number(points),
            step=number(leaf.unit),
            below=number(below),
            above=number(below + leaf.unit),
        )
    return int(steps)


def read_sheet(rubric: Group, typed: Mapping[str, str], *, final: bool) -> Sheet:
    """A sheet as typed: leaf key → text. All problems at once, in the order of the rubric.

    A draft may leave leaves empty; with ``final`` every leaf is needed, deductions
    and conditions included. A key that is no leaf of the rubric is a problem.

    >>> from thidua.plugin import Item
    >>> rubric = Group("tong", "Tổng", (Item("a", "A", max=8, step="0.5"), Item("b", "B", max=2)))
    >>> read_sheet(rubric, {"a": "6.5", "b": ""}, final=False).points
    {'a': 13}
    """
    points: dict[str, int] = {}
    problems = [Problem(key, say("score-unknown", place=key)) for key in typed if key not in rubric.leaves]
    for key, leaf in rubric.leaves.items():
        text = typed.get(key, "")
        if not final and not text.strip():
            continue
        read = read_points(leaf, text)
        if isinstance(read, Problem):
            problems.append(read)
        else:
            points[key] = read
    return Sheet(points, tuple(problems))


def show_points(leaf: Leaf, steps: int) -> str:
    """A count of steps as it would be typed: ``"6,5"``; for a condition ``"1"`` or ``"0"``.

    >>> from thidua.plugin import Item
    >>> show_points(Item("gio_day", "Giờ dạy giỏi", max=8, step="0.5"), 13)
    '6,5'
    """
    return str(steps) if isinstance(leaf, Gate) else number(steps * leaf.unit)


def missing_evidence(shape: Shape, sheet: Sheet, present: Collection[str]) -> tuple[Problem, ...]:
    """Warnings for leaves with points whose evidence is not in the dossier.

    ``present`` are the keys of the fields that are answered and of the documents that have a
    file. A leaf with 0 points claims nothing and needs nothing. ``ValueError`` without a rubric.
    """
    if shape.rubric is None:
        raise ValueError(f"{shape.identity} has no rubric")
    labels = {field.key: field.label for field in shape.fields}
    labels |= {document.key: document.label for document in shape.documents}
    return tuple(
        Problem(key, say("score-evidence", label=leaf.label, evidence=labels[evidence]), "warning")
        for key, leaf in shape.rubric.leaves.items()
        if sheet.points.get(key)
        for evidence in leaf.evidence
        if evidence not in present
    )
