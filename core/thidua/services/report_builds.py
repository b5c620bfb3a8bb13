"""A campaign's own Word file of a report: its code runs in a process of its own, bounded, and is given only data.

It has no network, may write nothing, start nothing and open nothing of the site; it is killed when its time is up.
Whatever becomes of it, the core's own file is there to be issued instead.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from thidua.documents.report import ReportPaper
from thidua.documents.tables import page_rows, page_totals
from thidua.errors import Refused, say
from thidua.files.apart import run_apart
from thidua.files.builders import MARK, written
from thidua.files.checks import check_upload
from thidua.files.limits import MB, Limits
from thidua.plugin import ReportData, ReportTable
from thidua.plugin.report import Build
from thidua.registry import Registry

LIMITS = Limits(seconds=20, wall=20.0, characters=50 * MB, ratio=1_000)
"""What a build may take: time, memory, bytes. A long table says much of the same: hence the ratio."""
_BUILT = "thidua.files.builders:built"
_SAID = {"time": "report-build-slow", "memory": "report-build-heavy", "cut": "report-build-heavy"}


class BuildFault(Exception):
    """Nothing came of a build; ``code`` says why to people, the text (a traceback, where there is one) to authors."""

    def __init__(self, code: str, fault: str) -> None:
        super().__init__(fault)
        self.code = code


def data_of(paper: ReportPaper, *, title: str, call: str, word: bytes) -> ReportData:
    """What a build is given of a report that is being issued."""
    return ReportData(
        title,
        call=call,
        unit=paper.issuer.name,
        tables=tuple(
            ReportTable(
                figure.table.title,
                tuple(column.label for column in figure.table.shown_columns),
                tuple(map(tuple, page_rows(figure.table))),
                tuple(page_totals(figure.table)),
                tuple(figure.table.notes),
            )
            for figure in paper.figures
        ),
        number=paper.number,
        day=paper.day,
        signers=tuple((signer.position, signer.name) for signer in paper.signers),
        copies=tuple(paper.copies),
        note=paper.note,
        word=word,
    )


def run_build(build: Build, data: ReportData, *, shut: Path | None = None, limits: Limits = LIMITS) -> bytes:
    """The .docx that ``build`` makes of ``data``; :class:`BuildFault` for whatever else comes of it.

    ``shut`` is the folder of the site, closed to it.
    """
    with tempfile.TemporaryDirectory(prefix="thidua-") as folder:
        asked, made = Path(folder, "data.json"), Path(folder, "made.docx")
        asked.write_text(written(data), "utf-8")
        more = json.dumps({"build": f"{build.__module__}:{build.__qualname__}", "home": _home(build)})
        outcome = run_apart(_BUILT, asked, limits, into=made, more=more, shut=shut)
        if outcome.status != "ok":
            code = _SAID.get(outcome.status, "report-build-failed")
            raise BuildFault(code, f"its process ended with {outcome.status!r} {outcome.text}".rstrip())
        answer = made.read_bytes()
        if not answer.startswith(MARK):
            raise BuildFault("report-build-failed", answer.decode("utf-8", "replace").strip())
        try:
            check_upload(made, made.name, (".docx",), limits=LIMITS)
        except Refused as refused:
            raise BuildFault("report-build-failed", f"what it made is no good Word file: {refused}") from refused
        return answer


def own_word(
    registry: Registry, identity: tuple[str, str], key: str, data: ReportData, *, shut: Path
) -> tuple[bytes, str]:
    """The Word file of report ``key`` of a campaign (slug, edition), and a sentence if its own build failed.

    The core's file (``data.word``) where the campaign has no build of its own, where its plugin is not in use, and in
    place of a build that failed, which is remembered for the administration.
    """
    campaign = registry.campaign(*identity)
    build = next((one.build for one in campaign.reports if one.key == key), None) if campaign else None
    if build is None:
        return data.word, ""
    try:
        return run_build(build, data, shut=shut), ""
    except BuildFault as fault:
        registry.conduct.remember(registry.owner(*identity), f"report {key}", fault)
        return data.word, say(fault.code, seconds=f"{LIMITS.wall:g}")


def _home(build: Build) -> str:
    """The folder from which the module of ``build`` is imported here, for a package that is not installed."""
    package = build.__module__.partition(".")[0]
    file = getattr(sys.modules.get(package), "__file__", None) or ""
    path = Path(file)
    return str(path.parent.parent if path.name == "__init__.py" else path.parent)
