"""The systemd units of the deployment page: systemd itself finds nothing to say, and the commands are ours."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click import Context

from thidua.cli import cli

DEPLOY = Path(__file__).parents[2] / "docs" / "deploy"
UNITS = sorted(path for path in DEPLOY.iterdir() if path.suffix in (".service", ".timer"))
pytestmark = pytest.mark.packaging


def test_units_start_commands_that_exist() -> None:
    called = {
        path.name: re.findall(r"ExecStart=.*/bin/thidua (\w+)", path.read_text("utf-8"))
        for path in UNITS
        if path.suffix == ".service"
    }
    assert called == {
        "thidua-backup.service": ["backup"],
        "thidua-worker.service": ["worker"],
        "thidua.service": ["serve"],
    }
    assert {name for names in called.values() for name in names} <= set(cli.list_commands(Context(cli)))


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_accepts_the_unit(unit: Path, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        if os.environ.get("THIDUA_CI") == "1":
            pytest.fail("systemd-analyze is missing, and nothing may be skipped here")
        pytest.skip("systemd-analyze is not installed")
    program = tmp_path / "thidua"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for path in UNITS:  # the timer speaks of its service
        text = path.read_text("utf-8").replace("/srv/thidua/venv/bin/thidua", str(program))
        (tmp_path / path.name).write_text(text, "utf-8")
    done = subprocess.run([analyze, "verify", tmp_path / unit.name], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
