"""The full loops of CONC-3 and INJ-1: more examples, real processes, real kills."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from desk import filled, word_file
from fuzzing import queries
from random_office import STEPS, Office, all_desks, assert_search_equals_the_database, restore, snapshot
from small_world import Clock
from thidua.models import Outbox
from thidua.permissions import scope_of
from thidua.services.searching import Question, search
from thidua.times import local_day

KILLS = 6  # a job whose worker dies MAX_TRIES times is left for the doctor, on purpose
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

WORKER = """
import sys
from datetime import datetime, timedelta
from pathlib import Path
import tiny_campaign
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
registry.add(tiny_campaign, "tiny")
engine = registry.engines["whoosh"].open(settings.index_path, registry.abbreviations)
site = Site(settings, Database(settings.database_path), registry, BlobStore(settings.blobs_path), engine)
print("ready", flush=True)
Worker(site.database, handlers(site, lambda: now), clock=lambda: now).loop(0.01)
"""


def test_search_says_what_the_database_says_after_anything(site, world, clock, tmp_path) -> None:
    fresh = snapshot(site.database, tmp_path / "fresh.sqlite")

    @given(STEPS)
    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    def run(sequence: list[tuple[str, int, int]]) -> None:
        restore(site, fresh)
        office = Office(site, all_desks(site, world, clock), clock)
        for operation, school, n in sequence:
            office.do(operation, school, n)
        office.drain()
        assert_search_equals_the_database(office)

    run()


@pytest.mark.parametrize("seed", range(12))
def test_search_recovers_from_a_worker_killed_at_any_moment(site, world, clock: Clock, seed: int) -> None:
    chance = random.Random(seed)
    office = Office(site, all_desks(site, world, clock), clock)
    for school in (0, 1, 2):
        for operation in ("start", "save", "attach"):
            office.do(operation, school, school)
    for n in range(KILLS):
        later = datetime.fromtimestamp(clock().timestamp() + 60, tz=UTC).isoformat()
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(site.settings.instance), later],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(chance.random() * 0.4)
        office.do(chance.choice(["save", "attach", "hand_over", "submit", "take_up"]), n % 3, n % 6)
        time.sleep(chance.random() * 0.2)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        clock.forward(minutes=5)  # the lease of the dead
    office.drain()
    with site.database.reading() as session:
        left = session.execute(select(Outbox.key, Outbox.tries, Outbox.error)).all()
    assert left == []
    assert_search_equals_the_database(office)


def test_ten_thousand_queries_never_fail(site, world, clock) -> None:
    desks = all_desks(site, world, clock)
    dossier = filled(desks["clerk"])
    desks["clerk"].attach(dossier, word_file("Bản đồ tư duy"), name="ban-do.docx")
    Office(site, desks, clock).drain()
    with site.database.reading() as session:
        mine = scope_of(session, desks["clerk"].actor, local_day(clock()))
        theirs = scope_of(session, desks["clerk3"].actor, local_day(clock()))
        for text in queries(10_000, seed=1):
            found = search(site, session, mine, Question(text=text))
            assert {hit.id for hit in found.hits} <= {dossier}
            assert search(site, session, theirs, Question(text=text)).total == 0
