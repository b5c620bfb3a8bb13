"""The only queue: rows written with the change that causes them, taken by one worker loop.

Data flow: a service calls :func:`put` in its transaction → commit → a worker takes
the row with a lease (:meth:`Worker.step`), runs the handler of its kind outside any
transaction, and deletes the row, unless it was asked for again meanwhile. A worker
that dies leaves a lease that runs out; one that comes back late leaves alone what
another has taken since. Every handler is idempotent.
"""

from __future__ import annotations

import errno
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, insert, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from thidua import logs
from thidua.errors import say
from thidua.models import Database, Outbox, among, table_of
from thidua.times import utc_now

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)
MAX_TRIES = 8
LONGEST = timedelta(hours=1)  # no wait is longer: what is due beyond it was written by a clock since set back
WATCH_SECONDS = 30
NO_ROOM = timedelta(seconds=30)  # until a job is tried again that found the disk full
HOST = socket.gethostname()[:30]
PROCESS = secrets.token_hex(3)  # tells a process from an earlier one with the same number
BATCH = 100


@dataclass(frozen=True)
class Job:
    """One row as a handler gets it."""

    id: int
    key: str
    kind: str
    subject: str
    details: Mapping[str, object]
    seq: int
    tries: int


Handler = Callable[[Sequence[Job]], None]


class Later(Exception):
    """A handler cannot do its work just now through no fault of the job: try again in ``seconds``, uncounted."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(seconds)


def put(
    session: Session,
    *,
    kind: str,
    subject: str,
    now: datetime,
    details: Mapping[str, object] | None = None,
    unique: str | None = None,
    delay: timedelta = timedelta(),
) -> None:
    """Ask for work of ``kind`` on ``subject`` in the caller's transaction.

    ``unique`` makes the key (default: kind and subject); asking again for a row that
    waits changes nothing but its ``seq``, so that a run under way is followed by another.
    ``delay`` is at most :data:`LONGEST`.
    """
    key = unique or f"{kind}:{subject}"
    row = session.scalar(select(Outbox).where(Outbox.key == key))
    if row is None:
        session.add(Outbox(key=key, kind=kind, subject=subject, details=dict(details or {}), due=now + delay))
        session.flush()
        return
    row.seq += 1
    row.details = dict(details or {})
    row.tries = 0
    row.error = ""
    if row.leased_until is None:
        row.due = min(row.due, now + delay)
    session.flush()


def put_many(
    session: Session,
    *,
    kind: str,
    wishes: Mapping[str, str],
    now: datetime,
    details: Mapping[str, object] | None = None,
) -> None:
    """:func:`put` for many subjects by their keys, with the same details: two statements, however many there are."""
    told = dict(details or {})
    again = (
        update(Outbox)
        .where(among(Outbox.key, wishes))
        .values(
            seq=Outbox.seq + 1,
            details=told,
            tries=0,
            error="",
            due=case((Outbox.leased_until.is_(None) & (Outbox.due > now), now), else_=Outbox.due),
        )
        .returning(Outbox.key)
        .execution_options(synchronize_session=False)
    )
    known = set(session.scalars(again))
    same = {"kind": kind, "details": told, "due": now}
    new = [{"key": key, "subject": subject, **same} for key, subject in wishes.items() if key not in known]
    if new:
        session.execute(insert(table_of(Outbox)), new)


def waiting(session: Session, now: datetime) -> tuple[int, int, datetime | None]:
    """How many rows wait, how many have failed for good, and since when the oldest is due."""
    failed = session.scalar(select(func.count()).select_from(Outbox).where(Outbox.tries >= MAX_TRIES)) or 0
    total = session.scalar(select(func.count()).select_from(Outbox)) or 0
    oldest = session.scalar(select(func.min(Outbox.due)).where(Outbox.tries < MAX_TRIES, Outbox.due <= now))
    return total - failed, failed, oldest


def failures(session: Session) -> list[tuple[str, str, int]]:
    """Kind, error and number of the jobs that have failed for good, the most frequent first."""
    count = func.count()
    query = select(Outbox.kind, Outbox.error, count).where(Outbox.tries >= MAX_TRIES)
    rows = session.execute(query.group_by(Outbox.kind, Outbox.error).order_by(count.desc()).limit(5))
    return [(kind, error, number) for kind, error, number in rows]


def behind(session: Session, kinds: Sequence[str]) -> tuple[int, datetime | None]:
    """How many jobs of ``kinds`` are still to be done, and since when the oldest is due."""
    still = (Outbox.kind.in_(kinds), Outbox.tries < MAX_TRIES)
    row = session.execute(select(func.count(), func.min(Outbox.due)).where(*still)).one()
    return row[0], row[1]


def retry(session: Session, now: datetime) -> int:
    """Have the jobs that failed for good tried again from now on; return how many."""
    rows = session.scalars(select(Outbox).where(Outbox.tries >= MAX_TRIES)).all()
    for row in rows:
        row.tries, row.due, row.error = 0, now, ""
    return len(rows)


class Worker:
    """The loop: a thread in ``demo`` and ``serve``, a process with ``thidua worker``.

    ``handlers`` maps a kind to the function that does a batch of such jobs at once. A
    handler that raises has its batch tried again one by one, later and later, at most
    ``MAX_TRIES`` times; then the row stays with its error for ``thidua doctor`` to show.
    ``watch`` is called now and then while there is nothing to do: it may ask for work.
    """

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handler],
        *,
        clock: Callable[[], datetime] = utc_now,
        watch: Callable[[], None] | None = None,
    ) -> None:
        self.database = database
        self.handlers = handlers
        self.clock = clock
        self.watch = watch
        self.name = f"{HOST}:{os.getpid()}:{PROCESS}:{secrets.token_hex(3)}"
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def step(self) -> int:
        """Take one batch of due rows of one kind and do it; return how many rows were taken."""
        jobs = self._take()
        if not jobs:
            return 0
        with logs.about(job=jobs[0].kind, jobs=len(jobs)):
            return self._do(jobs)

    def _do(self, jobs: list[Job]) -> int:
        beat = threading.Event()
        heart = threading.Thread(target=self._keep_leases, args=(jobs, beat), daemon=True)
        heart.start()
        try:
            self._run(jobs)
        finally:
            beat.set()
            heart.join()
        return len(jobs)

    def drain(self, limit: int = 100_000) -> int:
        """Run until nothing is due; return how many rows were done. For tests, imports and the shell."""
        done = 0
        while done < limit and (taken := self.step()):
            done += taken
        return done

    def start(self, pause: float = 0.5) -> None:
        """Run :meth:`loop` in a thread of its own."""
        self._thread = threading.Thread(target=self.loop, args=(pause,), name="thidua-worker", daemon=True)
        self._thread.start()

    def loop(self, pause: float = 0.5) -> None:
        """Work until :meth:`stop`; a fault of the loop itself is logged and the loop goes on, slower and slower."""
        watched, wait, freed = time.monotonic(), pause, False
        while not self._stop.is_set():
            taken = 0
            try:
                if not freed:
                    freed = self.free_leases_of_the_dead() >= 0
                taken = self.step()
                if not taken and self.watch and time.monotonic() - watched >= WATCH_SECONDS:
                    watched = time.monotonic()
                    self.watch()
                wait = pause
            except Exception as error:
                wait = min(2 * wait, WATCH_SECONDS)
                if _no_room(error):
                    log.warning("the worker waits %d seconds: no room on the disk", wait)
                else:
                    log.exception("worker step failed")
            if not taken:
                self._stop.wait(wait)

    def free_leases_of_the_dead(self) -> int:
        """Free what processes of this machine held that are no more; return how many rows.

        A lease runs out by itself; this spares the wait after a kill.
        """
        with self.database.reading() as session:
            held = set(session.scalars(select(Outbox.leased_by).where(Outbox.leased_by.startswith(f"{HOST}:"))))
        dead = [name for name in held if not _lives(name)]
        if not dead:
            return 0
        with self.database.writing() as session:
            rows = session.scalars(select(Outbox).where(Outbox.leased_by.in_(dead))).all()
            for row in rows:
                row.leased_until, row.leased_by, row.error = None, "", row.error or say("job-cut-off")
            return len(rows)

    def stop(self, timeout: float = 30) -> None:
        """End the loop after the batch under way and wait for it, ``timeout`` seconds at most.

        A batch that takes longer is given back untried: another worker may have it at once.
        """
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout)
            if self._thread.is_alive():
                self._give_back()

    def _give_back(self) -> None:
        with self.database.writing() as session:
            session.execute(
                update(Outbox)
                .where(Outbox.leased_by == self.name)
                .values(leased_until=None, leased_by="", tries=Outbox.tries - 1)
            )

    def _take(self) -> list[Job]:
        now = self.clock()
        until = Outbox.leased_until
        free = or_(until.is_(None), until <= now, until > now + LONGEST)
        due = or_(Outbox.due <= now, Outbox.due > now + LONGEST)
        ready = due & free & (Outbox.tries < MAX_TRIES) & Outbox.kind.in_(list(self.handlers))
        with self.database.reading() as session:
            if session.scalar(select(Outbox.id).where(ready).limit(1)) is None:
                return []
        with self.database.writing() as session:
            first = session.scalar(select(Outbox).where(ready).order_by(Outbox.due, Outbox.id).limit(1))
            if first is None:
                return []
            size = 1 if first.tries else BATCH
            same = select(Outbox).where(ready, Outbox.kind == first.kind).order_by(Outbox.due, Outbox.id).limit(size)
            rows = list(session.scalars(same))
            for row in rows:
                if row.leased_until is not None:  # whoever had it is gone and could not say why
                    row.error = row.error or say("job-cut-off")
                row.leased_until, row.leased_by, row.tries = now + LEASE, self.name, row.tries + 1
            return [Job(r.id, r.key, r.kind, r.subject, r.details, r.seq, r.tries) for r in rows]

    def _run(self, jobs: list[Job]) -> None:
        try:
            self.handlers[jobs[0].kind](jobs)
        except Later as later:
            self._put_off(jobs, timedelta(seconds=later.seconds))
            return
        except Exception as error:
            if _no_room(error):
                log.warning("no room on the disk for %d jobs", len(jobs))
                self._put_off(jobs, NO_ROOM)
                return
            log.exception("job failed: %s", ", ".join(job.key for job in jobs[:5]))
            self._failed(jobs, logs.said(error)[:500])
            return
        with self.database.writing() as session:
            for job in jobs:
                session.execute(delete(Outbox).where(Outbox.id == job.id, Outbox.seq == job.seq))
                # asked for again while it ran: free it at once
                session.execute(
                    update(Outbox)
                    .where(Outbox.id == job.id, Outbox.leased_by == self.name)
                    .values(leased_until=None, leased_by="", tries=0, due=self.clock())
                )

    def _put_off(self, jobs: list[Job], wait: timedelta) -> None:
        with self.database.writing() as session:
            session.execute(
                update(Outbox)
                .where(Outbox.id.in_([job.id for job in jobs]), Outbox.leased_by == self.name)
                .values(leased_until=None, leased_by="", due=self.clock() + wait, tries=Outbox.tries - 1)
            )

    def _failed(self, jobs: list[Job], error: str) -> None:
        with self.database.writing() as session:
            for job in jobs:
                wait = timedelta() if len(jobs) > 1 else timedelta(seconds=2**job.tries)
                session.execute(
                    update(Outbox)
                    .where(Outbox.id == job.id, Outbox.leased_by == self.name)
                    .values(leased_until=None, leased_by="", due=self.clock() + wait, error=error)
                )

    def _keep_leases(self, jobs: list[Job], done: threading.Event) -> None:
        while not done.wait(LEASE.total_seconds() / 3):
            mine = (Outbox.id.in_([job.id for job in jobs]), Outbox.leased_by == self.name)
            try:
                with self.database.writing() as session:
                    session.execute(update(Outbox).where(*mine).values(leased_until=self.clock() + LEASE))
            except OperationalError:
                log.warning(
                    "the lease of %d jobs was not renewed: the database is busy", len(jobs)
                )  # the next beat may


def _no_room(error: BaseException) -> bool:
    """Whether the disk is full: no fault of a job, and over as soon as somebody has made room."""
    match error:
        case OSError():
            return error.errno in (errno.ENOSPC, errno.EDQUOT)
        case OperationalError():
            return "is full" in str(error.orig)
    return False


def _lives(name: str) -> bool:
    """Whether the process of a worker's name still runs; in doubt, yes."""
    parts = name.split(":")
    if os.name != "posix" or len(parts) != 4 or not parts[1].isdecimal():
        return True
    pid = int(parts[1])
    if pid == os.getpid():
        return parts[2] == PROCESS
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
