"""A campaign's own Word file: given data and nothing else, bounded, and nobody is harmed by what comes of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from sqlalchemy import select

import odd_builds
from judging_round import CAMPAIGN, Round
from thidua.files.limits import MB, Limits
from thidua.models import IssuedReport
from thidua.outbox import Worker
from thidua.plugin import ContractError, Report, ReportData, ReportTable, Shape, hookimpl, shape_of
from thidua.plugin.codec import encode
from thidua.registry import Registry
from thidua.services import reports
from thidua.services.indexing import handlers
from thidua.services.report_builds import BuildFault, run_build
from thidua.services.reports import Facts
from thidua.services.site import Site

Build = Callable[[ReportData], bytes]
SMALL = Limits(seconds=30, wall=30.0, memory=512 * MB, characters=5 * MB)


def word() -> bytes:
    made = io.BytesIO()
    Document().save(made)
    return made.getvalue()


DATA = ReportData(
    "Kết quả",
    call="Đợt 2026",
    unit="Phòng Văn hoá – Xã hội",
    tables=(ReportTable("Danh sách", ("Họ tên",), (("Nguyễn Thị Hoà & <b>",),)),),
    number="7",
    day=date(2026, 3, 5),
    signers=(("CHỦ TỊCH", "Trần Thị Ký"),),
    word=word(),
)


def last_line(made: bytes) -> str:
    return Document(io.BytesIO(made)).paragraphs[-1].text


# --- the contract ---------------------------------------------------------------------------------------


def test_build_is_code_and_not_stored() -> None:
    plain = CAMPAIGN.reports[0]
    own = replace(plain, build=odd_builds.adds_a_line)
    assert (encode(own), own == plain, own.build) == (encode(plain), True, odd_builds.adds_a_line)
    shape = shape_of(replace(CAMPAIGN, reports=(own,)), CAMPAIGN.tracks[0])
    assert [report.build for report in Shape.from_json(shape.to_json()).reports] == [None]
    assert [report.build for report in shape.under({}).reports] == [odd_builds.adds_a_line]


@pytest.mark.parametrize("build", [lambda data: data.word, Document().save, "thidua_x:build"])
def test_build_that_no_other_process_could_import_is_refused(build: Build) -> None:
    with pytest.raises(ContractError, match="build is a function of a module"):
        Report("r", "R", columns=CAMPAIGN.reports[0].columns, build=build)


# --- apart ----------------------------------------------------------------------------------------------


def test_build_goes_on_from_the_file_of_the_core() -> None:
    said = "Kết quả | Đợt 2026 | Phòng Văn hoá – Xã hội | 7 | 2026-03-05 | Danh sách | 1 | Trần Thị Ký"
    assert last_line(run_build(odd_builds.adds_a_line, DATA, limits=SMALL)) == said


def test_long_table_is_no_bomb() -> None:
    assert last_line(run_build(odd_builds.says_much_of_the_same, DATA, limits=SMALL)).endswith(" hết")


@pytest.mark.parametrize(
    ("build", "code", "said"),
    [
        (odd_builds.raises, "report-build-failed", "LookupError: no such thing in Kết quả"),
        (odd_builds.leaves, "report-build-failed", "'died'"),
        (odd_builds.bloats, "report-build-heavy", "'memory'"),
        (odd_builds.gives_text, "report-build-failed", "TypeError: gives_text gave str, not the bytes of a .docx"),
        (odd_builds.gives_no_word_file, "report-build-failed", "no good Word file"),
    ],
)
def test_build_that_fails_says_why(build: Build, code: str, said: str) -> None:
    with pytest.raises(BuildFault) as caught:
        run_build(build, DATA, limits=SMALL)
    assert (caught.value.code, said in str(caught.value)) == (code, True)


@pytest.mark.parametrize("build", [odd_builds.hangs, odd_builds.loops])
def test_build_that_never_ends_is_ended(build: Build) -> None:
    with pytest.raises(BuildFault) as caught:
        run_build(build, DATA, limits=replace(SMALL, wall=1.5))
    assert caught.value.code == "report-build-slow"


@pytest.mark.parametrize(
    "build",
    [
        odd_builds.opens_database,
        odd_builds.reads_database,
        odd_builds.reads_database_by_another_name,
        odd_builds.looks_around,
        odd_builds.writes,
        odd_builds.starts_a_program,
        odd_builds.calls_home,
    ],
)
def test_build_reaches_no_database_no_file_no_network(build: Build, site: Site) -> None:
    settings = site.settings
    assert settings.database_path.is_file()
    with pytest.raises(BuildFault, match="PermissionError"):
        run_build(build, replace(DATA, call=str(settings.database_path)), shut=settings.instance, limits=SMALL)
    assert not Path(settings.instance, "odd.txt").exists()


def test_build_is_not_told_of_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THIDUA_SECRET_KEY", "0" * 64)
    assert run_build(odd_builds.is_told_of_the_site, DATA, limits=SMALL) == DATA.word


# --- as a job -------------------------------------------------------------------------------------------


def issued(table: Round, build: Build) -> tuple[IssuedReport, str]:
    """The report issued while an installed campaign builds it so, and the last line of its Word file."""

    class Plugin:
        @hookimpl
        def thidua_campaigns(self) -> list[object]:
            return [replace(CAMPAIGN, reports=tuple(replace(one, build=build) for one in CAMPAIGN.reports))]

    table.site = replace(table.site, registry=Registry(strict=True))
    table.site.registry.add(Plugin(), "thi-viet")
    table.dossiers(1)
    with table.site.database.writing() as session:
        facts = Facts(number="7", signers=("Lê Văn Lập",))
        asked = {"call": table.call_public_id, "report": "tong_hop", "facts": facts}
        key = reports.ask(session, **asked, by=table.manager, now=table.clock()).public_id  # type: ignore[arg-type]
    Worker(table.site.database, handlers(table.site, table.clock), clock=table.clock).drain()
    with table.site.database.reading() as session:
        row = session.scalars(select(IssuedReport).where(IssuedReport.public_id == key)).one()
        session.expunge(row)
    assert row.word_sha256 is not None
    return row, last_line(table.site.store.path(row.word_sha256).read_bytes())


def test_report_is_issued_with_the_document_of_its_campaign(table: Round) -> None:
    row, said = issued(table, odd_builds.adds_a_line)
    assert (row.error, row.progress, row.done_at) == ("", 100, table.clock())
    assert said.startswith(f"{CAMPAIGN.reports[0].title} | ")
    assert said.endswith(" | Lê Văn Lập | ")
    assert table.site.registry.conduct.missteps == ()


def test_report_whose_build_fails_is_issued_as_the_core_makes_it(table: Round) -> None:
    row, _ = issued(table, odd_builds.raises)
    assert (row.progress, row.done_at, row.excel_sha256 is None) == (100, table.clock(), False)
    assert row.error.startswith("Văn bản riêng của phong trào chưa lập được")
    (misstep,) = table.site.registry.conduct.missteps
    assert (misstep.plugin, misstep.where, misstep.fault) == (
        "thi-viet",
        "report tong_hop",
        "LookupError: no such thing in Tổng hợp kết quả",
    )
    assert "odd_builds.py" in misstep.traceback
