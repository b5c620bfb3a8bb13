"""A report of 1,000 dossiers whose worker is killed or stopped half way: issued once, whole, and unchanged."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from docx import Document
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from conftest import serve
from judging_round import Round
from small_world import Clock, World
from thidua.models import IssuedReport, Outbox
from thidua.outbox import Worker
from thidua.services import reports
from thidua.services.indexing import handlers
from thidua.services.reports import Facts
from thidua.services.site import Site
from thidua.services.verify import Looked, verify
from web_desk import signed_in

ROWS = 1000
MADE_UP = ("verify-version", "verify-files", "verify-definition")  # the dossiers are rows without files or hashes
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

WORKER = """
import sys
from datetime import datetime
from pathlib import Path
from thidua.config import Settings
from thidua.files.store import BlobStore
from thidua.models import Database
from thidua.outbox import Worker
from thidua.registry import Registry
from thidua.services.indexing import handlers
from thidua.services.site import Site
now = datetime.fromisoformat(sys.argv[2])
settings = Settings(instance=Path(sys.argv[1]), secret_key="0123456789abcdefghijklmnopqrstuvwxyz")
registry = Registry.load()
engine = registry.engines["whoosh"].open(settings.index_path, registry.abbreviations)
site = Site(settings, Database(settings.database_path), registry, BlobStore(settings.blobs_path), engine)
Worker(site.database, handlers(site, lambda: now), clock=lambda: now).drain()
"""


@pytest.fixture
def asked(site: Site, world: World, clock: Clock) -> tuple[Round, str]:
    """A call with a thousand filed dossiers, and a report of it that was asked for and not begun."""
    table = Round(site, world, clock)
    table.dossiers(ROWS)
    with site.database.writing() as session:
        facts = Facts(signers=("Lê Văn Lập", "Trần Thị Hiệu"), cover="da-nop")
        by = table.manager
        row = reports.ask(session, call=table.call_public_id, report="tong_hop", facts=facts, by=by, now=clock())
        return table, row.public_id


@pytest.fixture
def start(site: Site, clock: Clock) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Begin a worker in a process of its own, at the clock's time."""
    begun: list[subprocess.Popen[bytes]] = []

    def one() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", WORKER, str(site.settings.instance), clock().isoformat()]
        begun.append(subprocess.Popen(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}))
        return begun[-1]

    yield one
    for process in begun:
        if process.poll() is None:
            process.kill()
        process.wait()


def issue(site: Site) -> IssuedReport:
    """The only report that was issued."""
    with site.database.reading() as session:
        return session.scalars(select(IssuedReport)).one()


def until(site: Site, progress: int, process: subprocess.Popen[bytes]) -> None:
    while issue(site).progress < progress:
        assert process.poll() is None, "the worker ended before it could be caught"
        time.sleep(0.002)


def assert_issued_whole(table: Round, public_id: str) -> IssuedReport:
    """Once, with both files complete, nothing waiting, and no file that verifying would wonder at."""
    site, row = table.site, issue(table.site)
    assert (row.public_id, row.n, row.progress, row.error) == (public_id, 1, 100, "")
    assert row.done_at is not None
    assert row.word_sha256 is not None
    assert row.excel_sha256 is not None
    word = Document(io.BytesIO(site.store.path(row.word_sha256).read_bytes()))
    assert max(len(grid.rows) for grid in word.tables) == ROWS + 1
    book = CalamineWorkbook.from_filelike(io.BytesIO(site.store.path(row.excel_sha256).read_bytes()))
    numbered = [line for line in book.get_sheet_by_index(2).to_python() if isinstance(line[0], float)]
    assert [line[0] for line in numbered] == [float(n) for n in range(1, ROWS + 1)]
    with site.database.reading() as session:
        assert session.execute(select(Outbox.key, Outbox.error)).all() == []
    said = [fault.code for fault in verify(site.database, site.store, now=table.clock(), looked=Looked())]
    assert [code for code in said if code not in ("verify-unused", *MADE_UP)] == []
    return row


@pytest.mark.parametrize("progress", [0, 20, 60])
def test_worker_killed_half_way_leaves_nothing_and_the_next_issues_it(
    asked, start, clock: Clock, progress: int
) -> None:
    table, public_id = asked
    for _ in range(3):
        process = start()
        until(table.site, progress, process)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        caught = issue(table.site)
        assert (caught.done_at, caught.word_sha256, caught.excel_sha256) == (None, None, None)
        clock.forward(minutes=5)  # the lease of the dead
    assert start().wait() == 0
    assert_issued_whole(table, public_id)


def test_worker_that_comes_back_late_does_not_issue_it_again(asked, start, clock: Clock) -> None:
    table, public_id = asked
    late = start()
    until(table.site, 20, late)
    os.kill(late.pid, signal.SIGSTOP)
    clock.forward(minutes=65)  # what it goes on to write says another time
    Worker(table.site.database, handlers(table.site, clock), clock=clock).drain()
    first = assert_issued_whole(table, public_id)
    os.kill(late.pid, signal.SIGCONT)
    assert late.wait() == 0
    second = assert_issued_whole(table, public_id)
    assert (second.word_sha256, second.excel_sha256, second.done_at) == (
        first.word_sha256,
        first.excel_sha256,
        first.done_at,
    )


def test_progress_is_seen_on_the_page(asked, start, clock: Clock) -> None:
    """The worker is stopped at each step that it tells of, and the page is looked at meanwhile."""
    table, public_id = asked
    client = signed_in(serve(table.site, clock), "phutrach1")
    path, seen = f"/bao-cao/ban/{public_id}", []

    def look() -> None:
        answer = client.get(path)
        told = re.search(r'<progress max="100" value="(\d+)"', answer.get_data(as_text=True))
        with client.get(f"{path}/tep.docx") as file:
            seen.append((told[1] if told else "", answer.headers.get("Refresh"), file.status_code))

    look()
    worker = start()
    for step in (20, 60):
        until(table.site, step, worker)
        os.kill(worker.pid, signal.SIGSTOP)
        look()
        os.kill(worker.pid, signal.SIGCONT)
    assert worker.wait() == 0
    look()
    assert seen == [("0", "3", 404), ("20", "3", 404), ("60", "3", 404), ("", None, 200)]
    assert_issued_whole(table, public_id)
