"""How a sheet is drawn: a line per node of the rubric, and where one's own totals lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from thidua.plugin import Deduction, Gate, Group, Item, Node
from thidua.scoring import number
from thidua.scoring.wording import readable
from thidua.services.judge_reading import Reading
from thidua.services.sheets import OpenSheet
from thidua.web.filters import points

BARS = 10
PAPERS = "tai-lieu"


@dataclass(frozen=True)
class Line:
    """One node as it is drawn. ``kind``: group, item, deduction or gate; ``bands`` are (from, label).

    ``evidence`` is where to look in what the judge reads: (anchor, label).
    """

    key: str
    label: str
    kind: str
    depth: int
    guide: str
    value: str
    highest: str
    step: str
    bands: Sequence[tuple[str, str]]
    gate: str
    sentence: str
    others: Sequence[tuple[int, str, str]]
    evidence: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Bar:
    """One column of the spread, in units of the drawing: 10 wide, 60 high."""

    x: int
    y: int
    height: int
    count: int
    label: str


@dataclass(frozen=True)
class Spread:
    """The judge's own final totals in this call: how many, between what, in ten columns; ``at``: this sheet."""

    count: int
    least: str
    middle: str
    most: str
    bars: Sequence[Bar]
    at: int | None


def lines(sheet: OpenSheet, seen: Reading) -> list[Line]:
    """Every node of the rubric below its root, parents first; ``seen`` is what lies beside the sheet."""
    nodes, places = sheet.rubric.nodes, _places(sheet, seen)
    return [
        _line(nodes[value.key], value.depth, points(value.value), value.sentence, sheet, places=places)
        for value in sheet.reckoned.valued.tree()[1:]
    ]


def _places(sheet: OpenSheet, seen: Reading) -> dict[str, tuple[str, str]]:
    """Anchor and label of every answer and document that the judge is shown; what is hidden has none."""
    shown = {one.key: (f"muc-{one.key}", one.label) for section in seen.sections for one in section.answers}
    labels = {paper.label for paper in seen.papers}
    return shown | {one.key: (PAPERS, one.label) for one in sheet.form.documents if one.label in labels}


def _line(
    node: Node, depth: int, value: str, sentence: str, sheet: OpenSheet, *, places: Mapping[str, tuple[str, str]]
) -> Line:
    scored = isinstance(node, Item | Deduction)
    bands = [(number(Fraction(band.least)), band.label) for band in node.bands] if isinstance(node, Item) else []
    gate = number(Fraction(node.gate)) if isinstance(node, Item) and node.gate is not None else ""
    return Line(
        key=node.key,
        label=node.label,
        kind={Group: "group", Item: "item", Deduction: "deduction", Gate: "gate"}[type(node)],
        depth=depth,
        guide=node.guide,
        value=value,
        highest=number(Fraction(node.max)) if isinstance(node, Item | Deduction) else number(node.highest),
        step=number(node.unit) if isinstance(node, Item | Deduction) else "",
        bands=bands,
        gate=gate,
        sentence=sentence,
        others=[
            (one.place, _said(node, one.valued.value(node.key), one.valued.failed), one.comments.get(node.key, ""))
            for one in sheet.others
        ]
        if scored or isinstance(node, Gate)
        else [],
        evidence=[places[key] for key in node.evidence if key in places] if not isinstance(node, Group) else [],
    )


def _said(node: Node, value: Fraction, failed: Sequence[str]) -> str:
    if isinstance(node, Gate):
        return "Không đạt" if node.key in failed else "Đạt"
    return number(abs(value))


def spread(totals: Sequence[Fraction], sheet: OpenSheet) -> Spread | None:
    """The judge's final totals (the lowest first) in ten columns from the least to the most a sheet can come to."""
    rubric = sheet.rubric
    if not totals or rubric.highest <= rubric.lowest:
        return None
    columns = [_column(total, rubric) for total in totals]
    tallest = max(columns.count(n) for n in range(BARS))
    width = (rubric.highest - rubric.lowest) / BARS
    bars = []
    for n in range(BARS):
        count, low = columns.count(n), rubric.lowest + n * width
        height = -(-count * 50 // tallest)
        bars.append(Bar(n * 11, 60 - height, height, count, f"{readable(low)}–{readable(low + width)}"))
    total = sheet.reckoned.valued.total
    here = _column(total, rubric) * 11 + 5 if sheet.reckoned.valued.points else None
    middle = totals[len(totals) // 2]
    return Spread(len(totals), readable(totals[0]), readable(middle), readable(totals[-1]), bars, here)


def _column(total: Fraction, rubric: Group) -> int:
    return min(BARS - 1, int((total - rubric.lowest) * BARS / (rubric.highest - rubric.lowest)))
