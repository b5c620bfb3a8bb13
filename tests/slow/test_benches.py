"""Every bench runs to its end on little data; what its figures say is for people, on a quiet machine."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
BENCH = Path(__file__).parents[2] / "bench"
NUMBER = re.compile(r"\d+(?:\.\d+)?")


@pytest.mark.parametrize(
    ("script", "sizes", "rows"),
    [
        ("closing.py", ["20"], ["read as numbers", "at most 5"]),
        (
            "judging.py",
            ["--many", "140", "--few", "110"],
            ["judge's queue", "scoring page", "progress of a call", "panel of a dossier"],
        ),
        (
            "load.py",
            ["--dossiers", "30", "--seconds", "0.3", "--rounds", "1", "--cache", "{folder}"],
            ["at rest", "/tham-dinh", "/ho-so"],
        ),
        ("originality.py", ["--entries", "30", "--words", "200"], ["pairwise the same: True", "ratio"]),
        ("report.py", ["--rows", "20"], ["Word", "Excel"]),
        (
            "run.py",
            ["--many", "60", "--few", "30", "--no-search", "--cache", "{folder}"],
            [
                "school list of 20 rows beside /whoami",
                "raw upload",
                "start to first answered request",
                "memory at rest",
            ],
        ),
        ("search.py", ["--dossiers", "60"], ["restricted to 1 %", "snippets of 20 rows", "one changed dossier"]),
    ],
)
def test_bench_measures_all_that_it_is_there_for(
    script: str, sizes: list[str], rows: list[str], tmp_path: Path
) -> None:
    command = [sys.executable, script, *(size.format(folder=tmp_path) for size in sizes)]
    done = subprocess.run(command, cwd=BENCH, capture_output=True, text=True, timeout=300, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    measured = {row: [line for line in done.stdout.splitlines() if row in line] for row in rows}
    assert all(lines and NUMBER.search(lines[0].replace(row, "")) for row, lines in measured.items()), done.stdout
