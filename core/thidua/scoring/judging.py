"""Several sheets of one dossier: side by side, and come together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from thidua.errors import Invalid
from thidua.plugin import Gate, Group, Judging, Node, Rounded, Trimmed, settled
from thidua.plugin.combine import plain_of
from thidua.scoring import wording
from thidua.scoring.points import Sheet
from thidua.scoring.valued import Valued, band_of, evaluate


@dataclass(frozen=True)
class Combined:
    """The sheets of all judges as one. The order in which they come makes no difference.

    ``units`` of every node by key, ``scale`` to a point, are the means of the counted sheets, so
    that areas add up to the total as they do on a sheet; only the total is rounded, if the track
    says so. ``gap`` is the
    distance between the highest and the lowest total (``None`` with one sheet); ``needs_third``:
    as many judges as planned have scored, and they differ by more than the track allows, in the
    total or evenly over a gate (``disputed``). ``counted`` are the places of the sheets that
    were not dropped; ``wanting``: how many planned sheets are not there.
    """

    rubric: Group
    judging: Judging
    sheets: tuple[Valued, ...]
    counted: tuple[int, ...]
    units: Mapping[str, int]
    scale: int
    failed: tuple[str, ...]
    disputed: tuple[str, ...]
    gap: Fraction | None
    needs_third: bool

    def value(self, key: str) -> Fraction:
        """The points of the node of that key."""
        return Fraction(self.units[key], self.scale)

    @property
    def total(self) -> Fraction:
        """The points of the root."""
        return self.value(self.rubric.key)

    @cached_property
    def values(self) -> Mapping[str, Fraction]:
        """The points of every node by key."""
        return {key: self.value(key) for key in self.units}

    def band(self, key: str) -> str:
        """The band (mức) of the node of that key, ``""`` without bands."""
        return band_of(self.rubric.nodes[key], self.value(key), self.failed)

    @property
    def wanting(self) -> int:
        """How many of the planned sheets are not there: a judge abstained or was removed."""
        return max(0, settled(self.judging.judges) - len(self.sheets))

    @property
    def explanation(self) -> str:
        """How the total came about, the gap included."""
        notes = [self.explain(self.rubric.key)]
        if self.gap is not None:
            notes.append(f"chênh lệch {wording.number(self.gap)}")
        if self.needs_third:
            notes.append("cần thêm một giám khảo")
        return "; ".join(notes)

    def explain(self, key: str) -> str:
        """How the sheets' values of the node of that key became one, in one Vietnamese sentence."""
        node, root = self.rubric.nodes[key], key == self.rubric.key
        if isinstance(node, Gate):
            met = sum(key not in sheet.failed for sheet in self.sheets)
            return f"{node.label}: {met}/{len(self.sheets)} phiếu ghi đạt"
        counted = sorted([self.sheets[place].units[key] for place in self.counted], reverse=True)
        scale = self.rubric.scale
        expression, notes, value = wording.mean_of([Fraction(units, scale) for units in counted]), [], self.value(key)
        if root and isinstance(self.judging.combine, Rounded):
            notes = [f"làm tròn {expression} đến {wording.number(Fraction(self.judging.combine.to))}"]
            expression = wording.number(value)
        if wording.number(value).startswith("("):
            notes.append(f"khoảng {wording.nearly(value)}")
        few = len(self.counted) < len(self.sheets)
        if root and few and (dropped := [s.total for n, s in enumerate(self.sheets) if n not in self.counted]):
            notes.append("bỏ phiếu " + " · ".join(wording.number(total) for total in sorted(dropped, reverse=True)))
        if key in self.failed:
            notes.append("không đạt điều kiện bắt buộc")
        return "; ".join([f"{wording.points_of(node, value)} = {expression}", *notes])


def far_apart(judging: Judging, one: Valued, other: Valued) -> bool:
    """Whether two sheets of one rubric differ by more than the track allows, in the total or over a gate."""
    most = settled(judging.gap)
    if most is None:
        return False
    return set(one.failed) != set(other.failed) or abs(one.total - other.total) > Fraction(most)


def combine(judging: Judging, sheets: Sequence[Valued]) -> Combined:
    """What the judges' sheets come to together.

    Sheets are final and of one rubric. A gate holds when more than half of all sheets say so,
    dropped ones included. Refused with :class:`~thidua.errors.Invalid`: no sheet, too few to
    drop from, or an unfinished one; ``ValueError``: sheets of different rubrics.
    """
    if not sheets:
        raise Invalid("score-no-sheets")
    rubric = sheets[0].rubric
    if any(sheet.rubric is not rubric and sheet.rubric != rubric for sheet in sheets):
        raise ValueError("sheets of different rubrics never come together")
    if missing := max([len(sheet.missing) for sheet in sheets]):
        raise Invalid("score-unfinished", count=missing)
    counted = _counted(judging, sheets)
    units, scale = _means(rubric, judging, [sheets[place] for place in counted])
    against = {key: sum(key in sheet.failed for sheet in sheets) for sheet in sheets for key in sheet.failed}
    disputed = tuple(key for key in rubric.leaves if 2 * against.get(key, 0) == len(sheets)) if against else ()
    totals = [sheet.units[rubric.key] for sheet in sheets]
    gap = Fraction(max(totals) - min(totals), rubric.scale) if len(totals) > 1 else None
    most = settled(judging.gap)
    apart = most is not None and (bool(disputed) or (gap is not None and gap > Fraction(most)))
    return Combined(
        rubric=rubric,
        judging=judging,
        sheets=tuple(sheets),
        counted=counted,
        units=units,
        scale=scale,
        failed=tuple(key for key in rubric.leaves if 2 * against.get(key, 0) >= len(sheets)) if against else (),
        disputed=disputed,
        gap=gap,
        needs_third=apart and len(sheets) == settled(judging.judges),
    )


def _counted(judging: Judging, sheets: Sequence[Valued]) -> tuple[int, ...]:
    plain = plain_of(judging.combine)
    if not isinstance(plain, Trimmed):
        return tuple(range(len(sheets)))
    if len(sheets) <= 2 * plain.drop:
        raise Invalid("score-few-sheets", count=len(sheets), need=2 * plain.drop + 1)
    # Of equal totals the points decide which sheet is dropped, never the order in which sheets came.
    order = [(sheet.total, sorted(sheet.points.items())) for sheet in sheets]
    places = sorted(range(len(sheets)), key=order.__getitem__)
    return tuple(sorted(places[plain.drop : len(sheets) - plain.drop]))


def _means(rubric: Group, judging: Judging, sheets: Sequence[Valued]) -> tuple[Mapping[str, int], int]:
    rounding = judging.combine if isinstance(judging.combine, Rounded) else None
    finer = 1 if rounding is None else Fraction(rounding.to).denominator
    scale = rubric.scale * len(sheets) * finer
    # Sheets of one rubric name its nodes in the same order.
    sums = map(sum, zip(*[sheet.units.values() for sheet in sheets], strict=True))
    units = dict(zip(sheets[0].units, sums, strict=True))
    if rounding is not None:
        units = {key: value * finer for key, value in units.items()}
        units[rubric.key] = int(rounding.rounded(Fraction(units[rubric.key], scale)) * scale)
    return units, scale


@dataclass(frozen=True)
class Beside:
    """One row of sheets side by side: a node, and what each sheet gives it.

    ``values`` follow the order of the sheets; ``None``: not scored yet, or no such sheet.
    ``differs``: the sheets that score it do not agree.
    """

    key: str
    label: str
    depth: int
    values: tuple[Fraction | None, ...]

    @property
    def differs(self) -> bool:
        """Whether the sheets that score this node disagree."""
        return len({value for value in self.values if value is not None}) > 1


def beside(rubric: Group, sheets: Mapping[str, Sheet | None]) -> tuple[Beside, ...]:
    """Self, group, office and judges next to each other: sheets by column → rows, parents first.

    >>> from thidua.plugin import Item
    >>> rubric = Group("tong", "Tổng", (Item("a", "A", max=8, step="0.5"), Item("b", "B", max=2)))
    >>> rows = beside(rubric, {"self": Sheet({"a": 16, "b": 2}), "group": Sheet({"a": 13, "b": 2}), "office": None})
    >>> [(row.key, [str(value) for value in row.values], row.differs) for row in rows[:2]]
    [('tong', ['10', '17/2', 'None'], True), ('a', ['8', '13/2', 'None'], True)]
    """
    columns = [None if sheet is None else evaluate(rubric, sheet) for sheet in sheets.values()]
    return tuple(_beside(rubric, 0, columns))


def _beside(node: Node, depth: int, columns: Sequence[Valued | None]) -> list[Beside]:
    values = tuple(None if column is None or node.key in column.missing else _said(node, column) for column in columns)
    rows = [Beside(node.key, node.label, depth, values)]
    for child in node.children if isinstance(node, Group) else ():
        rows += _beside(child, depth + 1, columns)
    return rows


def _said(node: Node, column: Valued) -> Fraction:
    """The value; of a condition, which has none, whether it is met."""
    return Fraction(column.points[node.key]) if isinstance(node, Gate) else column.value(node.key)
