"""A demo with a tenth of its dossiers, made once for all tests that look at one; tests that write take a copy."""

from __future__ import annotations

import fcntl
import os
import shutil
from functools import cache
from pathlib import Path

from thidua import config, demo
from thidua.app import open_site
from thidua.outbox import Worker
from thidua.services import indexing
from thidua.times import utc_now

SHARED = "TESTS_SHARED_FOLDER"  # of the processes of one run; see conftest.py


@cache
def small_demo() -> Path:
    """The instance folder, made by the first process that asks. Do not write to it."""
    shared = Path(os.environ[SHARED])
    folder, making = shared / "demo", shared / "demo-making"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            shutil.rmtree(making, ignore_errors=True)
            demo.build(making, now=utc_now(), thin=10)
            _finish(making)
            making.rename(folder)
    return folder


def _finish(instance: Path) -> None:
    """Do what a served demo's worker does first, so that no job grows old meanwhile."""
    site = open_site(config.load(instance))
    try:
        Worker(site.database, indexing.handlers(site)).drain()
    finally:
        site.engine.close()
        site.database.close()


def copy_of_demo(target: Path) -> Path:
    """A copy in ``target`` that a test may change, without what a reader's connection has there."""
    shutil.copytree(small_demo(), target, ignore=shutil.ignore_patterns("*-wal", "*-shm"))
    return target
