"""A demo with a tenth of its dossiers, made once for all tests that look at one; tests that write take a copy."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from thidua import demo
from thidua.times import utc_now


@cache
def small_demo() -> Path:
    """The instance folder. Do not write to it."""
    folder = Path(tempfile.mkdtemp(prefix="thidua-demo-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    demo.build(folder, now=utc_now(), thin=10)
    return folder


def copy_of_demo(target: Path) -> Path:
    """A copy in ``target`` that a test may change."""
    shutil.copytree(small_demo(), target)
    return target
