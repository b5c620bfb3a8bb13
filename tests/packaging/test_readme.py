"""What the README tells people to type is what is run and what is there."""

from __future__ import annotations

import re
from pathlib import Path

from click import Context

from thidua.cli import cli

ROOT = Path(__file__).parents[2]


def commands_of_readme() -> list[str]:
    text = (ROOT / "README.md").read_text("utf-8")
    return [line for block in re.findall(r"```(?:sh|bat)\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]


def test_ci_runs_the_test_command_of_the_readme_word_for_word() -> None:
    try_it, test_it = commands_of_readme()[:2]
    assert try_it.endswith("thidua demo")
    assert test_it in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()


def test_readme_names_only_commands_that_exist() -> None:
    named = {name for line in commands_of_readme() for name in re.findall(r"bin/thidua (\w+)", line)}
    assert named - set(cli.list_commands(Context(cli))) == set()
    assert {"demo", "init", "serve", "worker", "reindex", "doctor"} - named == set()


def test_constraints_name_no_registry() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = re.compile(r"[A-Za-z0-9._-]+==[^\s;]+(?: ; .+)?")
    assert [line for line in lines if line and not line.lstrip().startswith("#") and not pinned.fullmatch(line)] == []
