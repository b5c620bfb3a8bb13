"""The queue: nothing asked for is lost, nothing is done twice at once, faults stay visible."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from thidua import outbox
from thidua.errors import say
from thidua.models import Database, Outbox
from thidua.outbox import LEASE, MAX_TRIES, Job, Worker

NOW = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def ask(database: Database, *subjects: str, kind: str = "index") -> None:
    with database.writing() as session:
        for subject in subjects:
            outbox.put(session, kind=kind, subject=subject, now=NOW)


def keys(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Outbox.key).order_by(Outbox.key)))


def test_batch_of_one_kind_is_done_together_and_gone(database: Database) -> None:
    done: list[list[str]] = []
    ask(database, "1", "2", "3")
    ask(database, "a", kind="text")
    worker = Worker(
        database, {k: lambda jobs: done.append([j.key for j in jobs]) for k in ("index", "text")}, clock=Clock()
    )
    assert [worker.step(), worker.step(), worker.step()] == [3, 1, 0]
    assert done == [["index:1", "index:2", "index:3"], ["text:a"]]
    assert keys(database) == []


def test_asking_twice_is_asking_once(database: Database) -> None:
    ask(database, "1", "1")
    assert keys(database) == ["index:1"]


def test_rolled_back_change_leaves_no_work(database: Database) -> None:
    try:
        with database.writing() as session:
            outbox.put(session, kind="index", subject="1", now=NOW)
            raise RuntimeError
    except RuntimeError:
        pass
    assert keys(database) == []


def test_asked_again_while_it_runs_runs_again(database: Database) -> None:
    runs: list[int] = []

    def handler(jobs: Sequence[Job]) -> None:
        runs.append(jobs[0].seq)
        if len(runs) == 1:
            ask(database, "1")

    ask(database, "1")
    assert Worker(database, {"index": handler}, clock=Clock()).drain() == 2
    assert runs == [1, 2]
    assert keys(database) == []


def test_failing_job_is_tried_alone_later_and_kept_with_its_error(database: Database) -> None:
    clock, seen = Clock(), []

    def handler(jobs: Sequence[Job]) -> None:
        seen.append([job.subject for job in jobs])
        if any(job.subject == "bad" for job in jobs):
            raise ValueError("no such thing")

    ask(database, "bad", "good")
    worker = Worker(database, {"index": handler}, clock=clock)
    for _ in range(40):
        worker.drain()
        clock.now += timedelta(minutes=10)
    with database.reading() as session:
        left = [(r.subject, r.tries, r.error) for r in session.scalars(select(Outbox))]
        counted = outbox.waiting(session, clock.now)
    assert left == [("bad", MAX_TRIES, "ValueError")]
    assert counted == (0, 1, None)
    assert seen[0] == ["bad", "good"]
    assert seen.count(["good"]) == 1


def test_leased_row_is_left_alone_until_the_lease_ends(database: Database) -> None:
    clock, done = Clock(), []
    ask(database, "1")
    dead = Worker(database, {"index": lambda jobs: None}, clock=clock)
    assert [job.key for job in dead._take()] == ["index:1"]  # taken by a worker that dies here
    other = Worker(database, {"index": lambda jobs: done.append(len(jobs))}, clock=clock)
    assert other.step() == 0
    clock.now += LEASE
    assert (other.step(), done, keys(database)) == (1, [1], [])


def test_a_job_whose_workers_all_died_says_so_and_a_real_reason_is_kept(database: Database) -> None:
    def handler(_jobs: Sequence[Job]) -> None:
        raise ValueError("no such thing")

    clock = Clock()
    ask(database, "dies", kind="text")
    ask(database, "fails", kind="index")
    Worker(database, {"index": handler}, clock=clock).step()
    for _ in range(MAX_TRIES + 1):
        clock.now += LEASE
        for kind in ("text", "index"):
            Worker(database, {kind: lambda _jobs: None}, clock=clock)._take()  # taken by one that dies here
    with database.reading() as session:
        assert outbox.failures(session) == [("index", "ValueError", 1), ("text", say("job-cut-off"), 1)]


def test_clock_set_back_leaves_no_work_waiting_for_the_day_it_came_from(database: Database) -> None:
    ahead, right, done = Clock(), Clock(), []
    ahead.now += timedelta(days=30)
    with database.writing() as session:
        outbox.put(session, kind="index", subject="1", now=ahead.now)
    ask(database, "2")
    assert len(Worker(database, {"index": lambda jobs: None}, clock=ahead)._take()) == 2  # and dies here
    with database.writing() as session:
        outbox.put(session, kind="index", subject="3", now=ahead.now)
    ask(database, "4")
    worker = Worker(database, {"index": lambda jobs: done.extend(job.subject for job in jobs)}, clock=right)
    worker.drain()
    assert (sorted(done), keys(database)) == (["1", "2", "3", "4"], [])


@pytest.mark.parametrize("end", ["well", "badly", "later"])
def test_worker_that_comes_back_late_leaves_the_lease_of_another(database: Database, end: str) -> None:
    """A laptop slept over its lease: another worker has the row, and has been asked for it again."""
    clock = Clock()
    ask(database, "1")
    other = Worker(database, {"index": lambda jobs: None}, clock=clock)

    def slow(jobs: Sequence[Job]) -> None:
        clock.now += LEASE
        assert [job.key for job in other._take()] == ["index:1"]
        ask(database, "1")
        if end == "badly":
            raise ValueError("no")
        if end == "later":
            raise outbox.Later(seconds=2)

    Worker(database, {"index": slow}, clock=clock).step()
    with database.reading() as session:
        row = session.scalars(select(Outbox)).one()
        assert (row.leased_by, row.leased_until, row.error) == (other.name, clock.now + LEASE, "")


def test_killed_worker_loses_nothing(database: Database) -> None:
    ask(database, *(str(n) for n in range(20)))
    program = """
        import sys, time, pathlib
        from thidua.models import Database
        from thidua.outbox import Worker
        def handler(jobs):
            print("taken", flush=True)
            time.sleep(60)
        Worker(Database(pathlib.Path(sys.argv[1])), {"index": handler}).loop()
    """
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), str(database.path)], stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"taken\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    done: list[str] = []
    later = Clock()
    later.now = datetime.now(UTC) + LEASE + timedelta(seconds=1)
    Worker(database, {"index": lambda jobs: done.extend(j.subject for j in jobs)}, clock=later).drain()
    assert sorted(done, key=int) == [str(n) for n in range(20)]


def test_thread_takes_work_and_stops(database: Database) -> None:
    done: list[str] = []
    worker = Worker(database, {"index": lambda jobs: done.extend(j.subject for j in jobs)})
    worker.start(pause=0.01)
    ask(database, "1")
    deadline = time.monotonic() + 10
    while not done and time.monotonic() < deadline:
        time.sleep(0.01)
    worker.stop()
    assert (done, keys(database)) == (["1"], [])


def test_full_disk_is_no_fault_of_the_job(database: Database) -> None:
    clock, room, done = Clock(), [False], []

    def handler(jobs: Sequence[Job]) -> None:
        if not room[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        done.extend(job.key for job in jobs)

    worker = Worker(database, {"index": handler}, clock=clock)
    ask(database, "1", "2")
    for _ in range(3 * MAX_TRIES):
        worker.drain()
        clock.now += timedelta(minutes=1)
    with database.reading() as session:
        assert outbox.waiting(session, clock.now)[:2] == (2, 0)
    room[0] = True
    worker.drain()
    assert (done, keys(database)) == (["index:1", "index:2"], [])


def test_loop_that_fails_asks_less_and_less_and_goes_on(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[Job] = []
    waits: list[float] = []
    worker = Worker(database, {"index": done.extend})
    database.close()
    full = database.path.with_name("away")
    database.path.rename(full)
    database.path.mkdir()  # no database can be opened here

    def waited(seconds: float) -> bool:
        waits.append(seconds)
        if len(waits) == 8:
            database.path.rmdir()
            full.rename(database.path)
            ask(database, "1")
        if len(waits) == 9:
            worker._stop.set()
        return worker._stop.is_set()

    monkeypatch.setattr(worker._stop, "wait", waited)
    worker.loop(pause=0.5)
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30, 0.5]
    assert ([job.key for job in done], keys(database)) == (["index:1"], [])


def test_later_puts_off_without_counting(database: Database) -> None:
    clock, runs = Clock(), []

    def handler(jobs: Sequence[Job]) -> None:
        runs.append(jobs[0].tries)
        if len(runs) <= MAX_TRIES + 2:
            raise outbox.Later(seconds=2)

    ask(database, "1")
    worker = Worker(database, {"index": handler}, clock=clock)
    for _ in range(MAX_TRIES + 3):
        assert worker.drain() == 1
        clock.now += timedelta(seconds=2)
    assert (runs, keys(database)) == ([1] * (MAX_TRIES + 3), [])


def test_leases_of_a_killed_process_are_free_at_once_and_of_a_living_one_are_not(database: Database) -> None:
    ask(database, "1", "2")
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    names = [f"{outbox.HOST}:{child.pid}:abcdef:1", Worker(database, {}).name]
    with database.writing() as session:
        for row, name in zip(session.scalars(select(Outbox).order_by(Outbox.id)), names, strict=True):
            row.leased_by, row.leased_until = name, NOW + LEASE
    starting = Worker(database, {}, clock=Clock())
    assert starting.free_leases_of_the_dead() == 0
    child.kill()
    child.wait()
    assert starting.free_leases_of_the_dead() == 1
    with database.reading() as session:
        told = [(row.leased_by, row.error) for row in session.scalars(select(Outbox).order_by(Outbox.id))]
    assert told == [("", say("job-cut-off")), (names[1], "")]


def test_idle_worker_looks_around(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "WATCH_SECONDS", 0)
    looked = threading.Event()
    worker = Worker(database, {}, watch=looked.set)
    worker.start(pause=0.01)
    assert looked.wait(10)
    worker.stop()


def test_a_job_that_outlasts_the_stop_is_given_back_untried(database: Database) -> None:
    begun, free = threading.Event(), threading.Event()

    def handler(_jobs: Sequence[Job]) -> None:
        begun.set()
        free.wait(30)

    ask(database, "long")
    worker = Worker(database, {"index": handler}, clock=Clock())
    worker.start(pause=0.01)
    try:
        assert begun.wait(30)
        worker.stop(timeout=0.05)
        with database.reading() as session:
            rows = [(r.subject, r.tries, r.leased_by, r.leased_until) for r in session.scalars(select(Outbox))]
    finally:
        free.set()
        worker.stop()
    assert rows == [("long", 0, "", None)]
