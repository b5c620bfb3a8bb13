"""Reports: every column can be filled, and the files open whatever stands in them."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction

import docx
import python_calamine

from thidua import scoring
from thidua.documents.report import report_document, report_workbook
from thidua.forms import whole_form
from thidua.models import State
from thidua.plugin import (
    Campaign,
    Date,
    EachClass,
    EachPrize,
    Field,
    Link,
    LongText,
    Number,
    Report,
    ReportData,
    Rows,
    Shape,
    Summary,
)
from thidua.plugin.problems import JsonValue
from thidua.plugin.report import Build
from thidua.scoring import Sheet
from thidua.services.report_builds import BuildFault, data_of, run_build
from thidua.services.report_rows import Outcome, Row
from thidua.services.report_tables import BuiltReport, arrange
from thidua.testing.builds import changed, paper_of
from thidua.testing.samples import drawn
from thidua.testing.subject import Subject, Tried

COUNTS = (0, 1, 300)
FEW = 4
"""So many dossiers of each outcome are stored with what a build makes of them."""

NEEDS = {"total": "a rubric", "class": "classes", "prize": "prizes"}


def open_everywhere(subject: Subject) -> Iterator[str]:
    """Columns have something to say in every track they cover."""
    for one in subject.tracks:
        for report in one.shape.reports:
            for fault in _columns(one.shape, report):
                yield f"{one.place}: report {report.key!r}: {fault}"
    yield from _covered(subject.tracks)
    for campaign in subject.registry.campaigns:
        rows = _rows([one for one in subject.tracks if one.campaign is campaign])
        for report in campaign.reports:
            yield from (
                f"{campaign.slug} {campaign.edition}: report {report.key!r}: {fault}"
                for fault in (*_opens(report, rows), *_built(subject, campaign, report, rows))
            )


def _columns(form: Shape, report: Report) -> Iterator[str]:
    there = {"total": form.rubric is not None, "class": bool(form.classes), "prize": bool(form.prizes)}
    for source in report.sources:
        if not there.get(source, True):
            yield f"{source!r} is always empty without {NEEDS[source]}; take it out, or write tracks= without this one"
    fields = {f"field:{field.key}": field for field in form.fields}
    yield from _sheets(form, report)
    for summary in report.summaries:
        yield from (f"summary {summary.title!r}: {fault}" for fault in _summary(form, summary, fields.get(summary.by)))
    if set(report.order) == {"number"}:
        yield "order names 'number' alone, which counts the lines as they come; order by what people look for"
    for use, source in (("group_by", report.group_by), *(("order", each.removeprefix("-")) for each in report.order)):
        if isinstance(fields.get(source), LongText | Rows):
            yield f"{use} names {source!r}, a {fields[source].kind}; sort by a short answer"
    if report.group_by in ("number", "total", "nominee", "code"):
        yield f"group_by {report.group_by!r} gives a group for each line; group by unit, class, or a choice"
    if report.columns and not {"nominee", "code"} & {column.source for column in report.columns}:
        yield "nobody could tell whose line it is; add Column('nominee', …) or Column('code', …)"


def _sheets(form: Shape, report: Report) -> Iterator[str]:
    """What the school's own and the office's sheet give is there for tracks that have such sheets."""
    for source in {source for _, read, _ in report.reads() for source in read}:
        if source.partition(":")[0] == "self" and not form.self_scored:
            yield f"{source!r} is always empty; write self_scored=True in the track, or node:{source.partition(':')[2]}"
        elif source.partition(":")[0] == "office" and form.judging is not None:
            yield f"{source!r} is always empty where judges score; write node:{source.partition(':')[2]}"


def _summary(form: Shape, summary: Summary, by: Field | None) -> Iterator[str]:
    """Its lines are few, and its columns can have numbers."""
    if isinstance(by, LongText | Rows | Number | Date | Link):
        yield f"by names {summary.by!r}, a {by.kind}; nearly each dossier would have its line, take a choice"
    prizes = summary.by == "prize" or any(need.source == "prize" for need in summary.conditions)
    if not form.prizes and (prizes or any(isinstance(one, EachPrize) for one in summary.measures)):
        yield "counts prizes, but the track has none; write tracks= without this one, or take it out"
    if not form.classes and (summary.by == "class" or any(isinstance(one, EachClass) for one in summary.measures)):
        yield "counts classes, but the track has none; write tracks= without this one, or take it out"


def _covered(tracks: tuple[Tried, ...]) -> Iterator[str]:
    """Whoever judges needs to see what came of it."""
    for one in tracks:
        shown = {source for report in one.shape.reports for _, read, _ in report.reads() for source in read}
        if one.shape.rubric is not None and one.shape.judging is not None and not {"total", "class", "prize"} & shown:
            yield f"{one.place}: it is judged, but no report shows a total, class or prize; add a Report with one"


def _rows(tracks: Sequence[Tried]) -> list[Row]:
    """As many dossiers as are wanted at most, of every track, from its samples, scored by chance."""
    rows: list[Row] = []
    for one in tracks:
        rng = random.Random(one.place)
        form = one.plain  # one for all, as a site reads it once for each Definition
        answers = [(each.sample.nominee, whole_form(form, each.raw, complete=False)[0]) for each in drawn(one)]
        for number in range(max(COUNTS) if answers else 0):
            nominee, typed = answers[number % len(answers)]
            rows.append(_row(form, number, nominee, typed, rng))
    return rows


def _row(form: Shape, number: int, nominee: str, typed: dict[str, JsonValue], rng: random.Random) -> Row:
    outcome = _outcome(form, number, rng) if form.rubric is not None else None
    points = dict(outcome.nodes) if outcome is not None else {}
    return Row(
        public_id=f"{number:024d}",
        code=f"HS-2026-{number:06d}",
        nominee=nominee,
        unit_id=number % 7,
        unit=f"Trường số {number % 7 + 1}",
        form=form,
        state=State.PUBLISHED,
        submitted=date(2026, 3, 1),
        answers=typed,
        outcome=outcome,
        sheets={"self": points, "office": points},
        files=tuple((document.key, "a.pdf") for document in form.documents),
    )


def _outcome(form: Shape, number: int, rng: random.Random) -> Outcome:
    assert form.rubric is not None  # noqa: S101 -- narrows the type
    low = {key: (3 * leaf.steps) // 4 for key, leaf in form.rubric.leaves.items()}
    sheet = Sheet({key: rng.randint(low[key], leaf.steps) for key, leaf in form.rubric.leaves.items()})
    valued = scoring.evaluate(form.rubric, sheet)
    given = scoring.classify(form.classes, valued).given if form.classes else None
    prize = form.prizes[number % len(form.prizes)] if form.prizes and number % 3 == 0 else None
    return Outcome(
        total=valued.total,
        class_key=given.key if given else "",
        class_label=given.label if given else "",
        prize=prize.key if prize else "",
        prize_label=prize.label if prize else "",
        place=number + 1,
        nodes=dict(valued.values) | {form.rubric.key: Fraction(valued.total)},
    )


def _opens(report: Report, rows: Sequence[Row]) -> Iterator[str]:
    for count in COUNTS:
        built = arrange(report, [*rows[: count - count // 2], *rows[len(rows) - count // 2 :]] if count else [])
        paper = paper_of(report, built.figures)
        try:
            word = report_document(paper)
            tables = docx.Document(io.BytesIO(word)).tables
            sheets = python_calamine.load_workbook(io.BytesIO(report_workbook(paper))).sheet_names
        except Exception as error:
            yield f"with {count} dossiers it does not open: {type(error).__name__}: {error}"
            continue
        if len(sheets) != len(built.figures) or (count and not tables):
            yield f"with {count} dossiers Excel has {len(sheets)} sheets and Word {len(tables)} tables"
        if report.build is not None and count != 1:
            yield from _builds(report.build, data_of(paper, title=report.title, call="Đợt thử", word=word), count)
        if count == max(COUNTS):
            yield from _empty(built)


def _builds(build: Build, data: ReportData, count: int) -> Iterator[str]:
    """A build makes a Word file of any number of dossiers, in its own process, as when a report is issued."""
    try:
        made = run_build(build, data)
        docx.Document(io.BytesIO(made))
    except BuildFault as fault:
        yield f"build with {count} dossiers: {str(fault).splitlines()[-1]}"
    except Exception as error:
        yield f"build with {count} dossiers: its file does not open: {type(error).__name__}: {error}"


def _of_each(rows: Sequence[Row]) -> list[Row]:
    """A few dossiers of every track, class and prize."""
    kinds = [(row.form.track, row.outcome and (row.outcome.class_key, row.outcome.prize)) for row in rows]
    return [row for index, row in enumerate(rows) if kinds[:index].count(kinds[index]) < FEW]


def _built(subject: Subject, campaign: Campaign, report: Report, rows: Sequence[Row]) -> Iterator[str]:
    if report.build is not None:
        figures = arrange(report, _of_each(rows)).figures
        yield from changed(subject, campaign, report, report.build, paper_of(report, figures))


def _empty(built: BuiltReport) -> Iterator[str]:
    """Columns that say nothing of any dossier of the samples."""
    if not any(figure.table.rows for figure in built.figures):
        yield "its conditions (only=) keep no dossier of the samples; is each value one that is stored?"
        return
    for figure in built.figures:
        for column in figure.table.columns:
            if all(row.get(column.key) in (None, "") for row in figure.table.rows):
                count = len(figure.table.rows)
                yield f"column {column.label!r} is empty in all {count} lines; take it out, or let samples fill it"
