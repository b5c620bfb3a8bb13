"""Bar charts as SVG, drawn by the server: a label, a bar and its value on each line."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape

from ..text import clean_line
from ..times import show_number

_WIDTH, _LINE, _TOP = 360, 40, 4
_BAR, _VALUE = 14, 64
_LABEL_LENGTH = 44


@dataclass(frozen=True)
class BarChart:
    """One series: ``values[i]`` belongs to ``labels[i]``, all of them 0 or more.

    >>> BarChart("Số hồ sơ", ("Trường A",), (Decimal(3),)).labels
    ('Trường A',)
    """

    title: str
    labels: tuple[str, ...]
    values: tuple[Decimal, ...]

    def __post_init__(self) -> None:
        if len(self.labels) != len(self.values):
            raise ValueError(f"{len(self.labels)} labels for {len(self.values)} values")


def bar_chart_svg(chart: BarChart, ident: str) -> str:
    """The chart as an ``<svg>`` element without styles or scripts; its looks are classes of the page.

    ``ident`` makes the ids of its title and description, which a screen reader reads. The same figures
    stand in the table beside it.
    """
    most = max([*chart.values, Decimal(1)])
    height = _TOP + _LINE * len(chart.labels)
    lines = "".join(
        _bar(index, label, value, most)
        for index, (label, value) in enumerate(zip(chart.labels, chart.values, strict=True))
    )
    told = "; ".join(f"{label} {show_number(value)}" for label, value in zip(chart.labels, chart.values, strict=True))
    return (
        f'<svg class="bars" role="img" viewBox="0 0 {_WIDTH} {height}" aria-labelledby="{ident}-t {ident}-d">'
        f'<title id="{ident}-t">{_safe(chart.title)}</title><desc id="{ident}-d">{_safe(told)}</desc>{lines}</svg>'
    )


def _bar(index: int, label: str, value: Decimal, most: Decimal) -> str:
    top = _TOP + index * _LINE
    width = round(max(Decimal(0), value) / most * (_WIDTH - _VALUE), 1)
    shown = label if len(label) <= _LABEL_LENGTH else label[: _LABEL_LENGTH - 1].rstrip() + "…"
    return (
        f'<text class="bar-label" x="0" y="{top + 12}">{_safe(shown)}</text>'
        f'<rect class="bar" x="0" y="{top + 18}" width="{width}" height="{_BAR}" rx="2"/>'
        f'<text class="bar-value" x="{width + 6}" y="{top + 30}">{show_number(value)}</text>'
    )


def _safe(text: str) -> str:
    return escape(clean_line(text))
