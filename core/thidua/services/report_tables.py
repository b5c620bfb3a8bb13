"""A campaign's report over a call: its summaries and its list as tables, whatever they are then shown as."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from sqlalchemy.orm import Session

from thidua.documents.charts import BarChart
from thidua.documents.report import Figure
from thidua.documents.tables import Column as TableColumn
from thidua.documents.tables import Kind, Table, show_cell
from thidua.documents.workbook import Cell
from thidua.errors import say
from thidua.models import Call, State
from thidua.permissions import Scope
from thidua.plugin import Average, Count, EachClass, EachPrize, Is, Report, Share, Summary
from thidua.plugin.codec import canonical
from thidua.services.definitions import forms_of_edition
from thidua.services.report_rows import Row, is_day, is_number, labels, rounded, rows_of

WIDTHS = {"number": 11, "code": 34, "nominee": 45, "unit": 48, "evidence": 60, "total": 16, "place": 14}
_NARROW, _TEXT, _DAY, _LONG = 18, 32, 24, 55
_NONE = "(không có)"
_TOTAL, _TOTAL_OF_SOME_TWICE = "Cộng", "Cộng (mỗi hồ sơ tính một lần)"
_DECIDED = frozenset({State.SCORED, State.PUBLISHED})
COVERS: dict[str, tuple[str, frozenset[State]]] = {
    "du-dieu-kien": ("hồ sơ đủ điều kiện trở lên", _DECIDED | {State.ELIGIBLE, State.JUDGING}),
    "co-ket-qua": ("hồ sơ đã có kết quả", _DECIDED),
    "da-cong-bo": ("hồ sơ đã công bố", frozenset({State.PUBLISHED})),
    "da-nop": (
        "mọi hồ sơ đang ở cơ quan, kể cả không đủ điều kiện",
        frozenset(State) - {State.DRAFT, State.AWAITING, State.RETURNED},
    ),
}
"""Which dossiers a report covers, by the word in the address: how that is said, and the states."""
_RANKED = frozenset({"place", "prize"})
USUAL = next(iter(COVERS))


@dataclass(frozen=True)
class BuiltReport:
    """A report with its data: what is shown on the page, and kept as Word and Excel when it is issued."""

    report: Report
    figures: tuple[Figure, ...]
    count: int

    def lines(self) -> list[list[list[str]]]:
        """Every table as texts, heading first: what two issues are compared by."""
        return [
            [
                [column.label for column in figure.table.shown_columns],
                *([show_cell(cell) for cell in line] for line in figure.table.cells()),
                *([[show_cell(cell) for cell in figure.table.total_cells()]] if figure.table.totals else []),
                *(["", note] for note in figure.table.notes),
            ]
            for figure in self.figures
        ]

    @property
    def sha256(self) -> str:
        """The SHA-256 of the data: equal exactly when two reports say the same."""
        data = [self.report.key, self.report.title, self.lines()]
        return hashlib.sha256(canonical(data).encode()).hexdigest()  # type: ignore[arg-type]  # lists of texts


def reports_of(session: Session, call: Call) -> dict[str, Report]:
    """The reports of a call's edition by key, from the stored forms: its plugin may be gone. Latest wording first."""
    found: dict[str, Report] = {}
    for form in reversed(forms_of_edition(session, call.slug, call.edition)):
        for report in form.reports:
            found.setdefault(report.key, report)
    return found


def build(session: Session, scope: Scope, call: Call, report: Report, cover: str = USUAL) -> BuiltReport:
    """``report`` over the dossiers of ``call`` that ``scope`` may see. Statements do not grow with the dossiers.

    ``cover`` is a key of :data:`COVERS`.
    """
    sources = [source for _, read, _ in report.reads() for source in read]
    return arrange(report, rows_of(session, scope, call, states=COVERS[cover][1], sources=sources))


def arrange(report: Report, found: Sequence[Row]) -> BuiltReport:
    """``report`` over these dossiers, wherever they come from; those that it does not cover are left out."""
    rows = _covered([row for row in found if row.meets(report.only)], report.tracks)
    figures = [_summary(summary, _covered(rows, summary.tracks)) for summary in report.summaries]
    if report.columns:
        figures.append(Figure(replace(_list(report, rows), notes=tuple(_choices(report, rows, found)))))
    return BuiltReport(report, tuple(figures), len(rows))


def _covered(rows: Sequence[Row], tracks: Sequence[str]) -> list[Row]:
    return [row for row in rows if not tracks or row.form.track in tracks]


def _list(report: Report, rows: Sequence[Row]) -> Table:
    ordered = list(rows)
    for part in reversed(report.order):
        source = part.removeprefix("-")
        ordered = _sorted(ordered, source, down=part.startswith("-"))
    if report.group_by:
        ordered = _sorted(ordered, report.group_by, down=False)
    numbered = any(column.source == "number" for column in report.columns)
    shown = [column for column in report.columns if column.source != "number"]
    columns = [
        TableColumn(column.source, column.label, _kind(rows, column.source), _width(rows, column.source))
        for column in shown
    ]
    lines = [{column.source: row.value(column.source) for column in shown} for row in ordered]
    headings = _headings(ordered, report.group_by) if report.group_by else {}
    heading = _HEADINGS.get(report.group_by, "Nhóm")
    return Table(report.title, columns, lines, numbered=numbered, headings=headings, heading=heading)


def _choices(report: Report, rows: Sequence[Row], found: Sequence[Row]) -> list[str]:
    """Why equals stand in their order, where a list shows places or prizes that people decided."""
    if not _RANKED & {column.source for column in report.columns}:
        return []
    names = {row.public_id: f"{row.nominee} ({row.code})" for row in found}
    chosen = dict.fromkeys(row.outcome.choice for row in rows if row.outcome and row.outcome.choice)
    return [
        say("report-choice", names=", ".join(names[one] for one in choice.order if one in names), why=choice.reason)
        for choice in chosen
    ]


def _headings(rows: Sequence[Row], source: str) -> dict[int, str]:
    """Where a group begins, and what it is called."""
    named = labels(rows, source)
    found: dict[int, str] = {}
    last: tuple[str, ...] | None = None
    for index, row in enumerate(rows):
        keys = row.keys(source)
        if keys != last:
            found[index] = "; ".join(named.get(key, key) for key in keys) or _NONE
            last = keys
    return found


def _sorted(rows: Sequence[Row], source: str, *, down: bool) -> list[Row]:
    """Sorted by one source, empty ones last either way; equals stay as they were."""
    keyed = [(row.order_key(source), row) for row in rows]
    empty = [row for (none, _), row in keyed if none]
    full = sorted((one for one in keyed if not one[0][0]), key=lambda one: one[0][1], reverse=down)
    return [row for _, row in full] + empty


def _kind(rows: Sequence[Row], source: str) -> Kind:
    forms = {id(row.form): row.form for row in rows}.values()
    if any(is_number(form, source) for form in forms):
        return "number"
    return "date" if any(is_day(form, source) for form in forms) else "text"


def _width(rows: Sequence[Row], source: str) -> float:
    if source in WIDTHS:
        return WIDTHS[source]
    if _kind(rows, source) == "number":
        return _NARROW
    longest = max((len(show_cell(row.value(source))) for row in rows[:200]), default=0)
    return _LONG if longest > 80 else (_DAY if longest <= 14 else _TEXT)


@dataclass(frozen=True)
class _Measured:
    """One column of a summary: how it is called, and what it says of some dossiers."""

    label: str
    measure: Count | Share | Average
    width: float = 15


def _summary(summary: Summary, rows: Sequence[Row]) -> Figure:
    named = labels(rows, summary.by)
    columns = [one for measure in summary.measures for one in _expanded(measure, rows)]
    groups: dict[str, list[Row]] = {key: [] for key in named}
    without: list[Row] = []
    for row in rows:
        held = row.keys(summary.by)
        for key in held:
            groups[key].append(row)
        if not held:
            without.append(row)
    lines: list[Mapping[str, Cell]] = [_line(named[key], columns, group) for key, group in groups.items()]
    if without:
        lines.append(_line(_NONE, columns, without))
    heads = [TableColumn("by", _heading(summary, rows), "text", 45)]
    heads += [TableColumn(str(n), one.label, "number", one.width) for n, one in enumerate(columns)]
    total = _TOTAL if sum(map(len, groups.values())) + len(without) == len(rows) else _TOTAL_OF_SOME_TWICE
    table = Table(summary.title, heads, lines, totals=_line(total, columns, rows) if rows else {}, numbered=True)
    return Figure(table, _chart(summary, columns, lines))


_HEADINGS = {"unit": "Đơn vị", "track": "Hạng mục", "state": "Trạng thái", "class": "Xếp loại", "prize": "Giải"}


def _heading(summary: Summary, rows: Sequence[Row]) -> str:
    """What the groups of a summary are: the label of the answer that they are counted by."""
    asked = (field.label for row in rows for field in row.form.fields if f"field:{field.key}" == summary.by)
    return _HEADINGS.get(summary.by) or next(asked, "Nội dung")


def _expanded(measure: object, rows: Sequence[Row]) -> list[_Measured]:
    if isinstance(measure, EachClass | EachPrize):
        source = "class" if isinstance(measure, EachClass) else "prize"
        return [_Measured(label, Count(label, where=_is(source, key))) for key, label in labels(rows, source).items()]
    assert isinstance(measure, Count | Share | Average)  # noqa: S101 -- the contract knows no other
    return [_Measured(measure.label, measure)]


def _is(source: str, value: str) -> tuple[Is, ...]:
    return (Is(source, value),)


def _line(label: str, columns: Sequence[_Measured], rows: Sequence[Row]) -> dict[str, Cell]:
    return {"by": label} | {str(n): _measured(one.measure, rows) for n, one in enumerate(columns)}


def _measured(measure: Count | Share | Average, rows: Sequence[Row]) -> Cell:
    if isinstance(measure, Count):
        return sum(row.meets(measure.where) for row in rows)
    if isinstance(measure, Share):
        base = [row for row in rows if row.meets(measure.of)]
        met = sum(row.meets(measure.where) for row in base)
        return rounded(Fraction(100 * met, len(base)), 1) if base else None
    points = [value for row in rows if (value := row.points(measure.source)) is not None]
    return rounded(sum(points, Fraction(0)) / len(points), 2) if points else None


def _chart(summary: Summary, columns: Sequence[_Measured], lines: Sequence[Mapping[str, Cell]]) -> BarChart | None:
    place = next((str(n) for n, one in enumerate(columns) if summary.chart and one.label == summary.chart), None)
    if place is None or not lines:
        return None
    values = tuple(
        Decimal(value) if isinstance(value, int | Decimal) else Decimal(0) for value in (line[place] for line in lines)
    )
    if not any(values):
        return None
    return BarChart(f"{summary.title}: {summary.chart}", tuple(str(line["by"]) for line in lines), values)
