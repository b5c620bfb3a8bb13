"""What a report's own ``build`` makes of stored figures, kept beside the forms: it is code, which no form tells."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path

import docx
from docx.table import Table as WordTable

from thidua.documents.letter import Issuer, Signer
from thidua.documents.report import Figure, ReportPaper, report_document
from thidua.documents.tables import Column, Table
from thidua.plugin import Campaign, Report, ReportData, ReportTable
from thidua.plugin.report import Build
from thidua.services.report_builds import BuildFault, data_of, run_build
from thidua.testing.editions import WRITE, build_name
from thidua.testing.subject import Subject

CALL = "Đợt thử 2026"
MOST_LINES = 3
PAGE = "— trang mới —"


@dataclass(frozen=True)
class Made:
    """A report with stored tables, and the lines by which the own document differs from the core's."""

    tables: list[list[list[str]]]
    lines: list[str]

    def fits(self, tables: Sequence[ReportTable]) -> bool:
        """Whether its tables still have the columns of the report."""
        return [table[0] for table in self.tables] == [list(one.columns) for one in tables]


def changed(subject: Subject, campaign: Campaign, report: Report, build: Build, paper: ReportPaper) -> Iterator[str]:
    """What ``build`` makes otherwise than it was stored; ``paper`` gives figures where none are stored."""
    if subject.editions is None:
        return
    path = subject.editions / build_name(campaign)
    stored = _read(path)
    tables = data_of(paper, title=report.title, call=CALL, word=b"").tables
    was = stored.get(report.key)
    if subject.write:
        kept = was.tables if was is not None and was.fits(tables) else _plain(tables)
        _write(path, stored | {report.key: Made(kept, _lines(build, report, kept))})
    elif was is None:
        yield f"{path.name} says nothing of it; {WRITE} stores what its build makes, then keep the file"
    elif not was.fits(tables):
        yield f"{path.name} has tables with other columns; {WRITE} stores what its build makes of these"
    else:
        now = _lines(build, report, was.tables)
        if now != was.lines:
            yield f"build makes {_told(was.lines, now)}. If that is meant, {WRITE} stores it"


def _read(path: Path) -> dict[str, Made]:
    if not path.exists():
        return {}
    try:
        return {key: Made(**each) for key, each in json.loads(path.read_text("utf-8")).items()}
    except (ValueError, TypeError, AttributeError):
        return {}  # said as what is not there: stored anew it is well


def _write(path: Path, made: dict[str, Made]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({key: vars(each) for key, each in made.items()}, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(f"{text}\n", "utf-8")


def _plain(tables: Sequence[ReportTable]) -> list[list[list[str]]]:
    return [[list(one.columns), *map(list, one.rows)] for one in tables]


def _lines(build: Build, report: Report, tables: list[list[list[str]]]) -> list[str]:
    """What the build adds to the core's paper (``+``) and leaves out of it (``-``), by paragraph and row."""
    data = _data(report, tables)
    try:
        before, after = _text(data.word), _text(run_build(build, data))
    except BuildFault as fault:
        return [str(fault).splitlines()[-1]]
    found: list[str] = []
    for same, old, old_end, new, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if same != "equal":
            found += [f"- {line}" for line in before[old:old_end]]
            found += [f"+ {line}" for line in after[new:new_end]]
    return found


def _data(report: Report, tables: list[list[list[str]]]) -> ReportData:
    figures = [
        Figure(
            Table(
                f"Bảng {number}",
                [Column(str(index), label) for index, label in enumerate(columns)],
                [dict(zip(map(str, range(len(row))), row, strict=True)) for row in rows],
            )
        )
        for number, (columns, *rows) in enumerate(tables, start=1)
    ]
    paper = paper_of(report, figures)
    return data_of(paper, title=report.title, call=CALL, word=report_document(paper))


def paper_of(report: Report, figures: Sequence[Figure]) -> ReportPaper:
    """The paper of a report, issued by an office of the trial."""
    return ReportPaper(
        title=report.title,
        issuer=Issuer(parent="UBND xã", name="Phòng", abbreviation="P", place="Hà Nội"),
        number="1",
        day=date(2026, 6, 1),
        figures=figures,
        signers=[Signer(title, "Nguyễn Văn An") for title in report.signers],
    )


def _text(word: bytes) -> list[str]:
    lines: list[str] = []
    for block in docx.Document(io.BytesIO(word)).iter_inner_content():
        if isinstance(block, WordTable):
            lines += [" | ".join(cell.text for cell in row.cells) for row in block.rows]
        else:
            lines.append(PAGE if 'w:type="page"' in block._p.xml else block.text)
    return lines


def _told(was: Sequence[str], now: Sequence[str]) -> str:
    gone = [line for line in was if line not in now][:MOST_LINES]
    new = [line for line in now if line not in was][:MOST_LINES]
    if not gone and not new:
        return "the same lines in another order, or another number of them"
    return f"{new or 'nothing'} where {gone or 'nothing'} was stored"
