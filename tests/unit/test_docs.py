"""DEP-1, DOC-1: the documents name what there is, and what they name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click import Context, Group

from thidua.cli import cli
from thidua.models import Base

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TESTING = (DOCS / "testing.md").read_text("utf-8")


def test_data_map_names_every_table_once() -> None:
    named = re.findall(r"^\| `([a-z_]+)` \|", (DOCS / "data-map.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(Base.metadata.tables)


def commands(group: Group, before: str = "") -> list[str]:
    """Every command of the shell as it is typed."""
    context, found = Context(group), []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        found += commands(command, f"{name} ") if isinstance(command, Group) else [before + name]
    return found


def test_every_command_is_documented() -> None:
    texts = "\n".join(path.read_text("utf-8") for path in (ROOT / "README.md", *sorted(DOCS.glob("*.md"))))
    assert [name for name in commands(cli) if not re.search(rf"thidua (?:--instance \S+ )?{name}\b", texts)] == []


@pytest.mark.parametrize("page", ["security-model.md", "data-map.md"])
def test_security_page_leads_to_its_parts(page: str) -> None:
    assert f"(docs/{page})" in (ROOT / "SECURITY.md").read_text("utf-8")


NAMED = sorted(set(re.findall(r"`((?:unit|web|slow|plugins|packaging|browser)/test_\w+\.py(?:::\w+)?)`", TESTING)))


@pytest.mark.parametrize("named", NAMED)
def test_named_test_is_there(named: str) -> None:
    file, _, test = named.partition("::")
    text = (ROOT / "tests" / file).read_text("utf-8")
    assert re.search(rf"^def {test or 'test_'}", text, re.MULTILINE)


def test_every_line_that_is_due_has_its_tests() -> None:
    rows = re.findall(r"^\| ([A-Z]+-\d[^|]*) \| (.+) \|$", TESTING, re.MULTILINE)
    due = {"ACL-5", "ACL-6", "DATA-2", "DATA-3", "DEP-1", "DOC-1"}
    assert due - {line for line, tests in rows if re.search(r"`\w+/test_\w+\.py`", tests)} == set()


def pinned(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", path.read_text("utf-8"), re.MULTILINE))


def test_what_a_server_runs_is_locked_by_hash() -> None:
    lock = DOCS / "deploy" / "locked.txt"
    text = re.sub(r"\\\n\s*", "", lock.read_text("utf-8"))
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    odd = r"[a-z0-9._-]+==\S+(?: ; .+?)?\s*(?:--hash=sha256:[0-9a-f]{64}\s*)+"
    assert [line for line in lines if not re.fullmatch(odd, line)] == []
    tested = pinned(ROOT / "constraints.txt")
    assert {name: version for name, version in pinned(lock).items() if tested.get(name) != version} == {}
    wanted = re.search(r"^install_requires =\n((?:    .+\n)+)", (ROOT / "setup.cfg").read_text("utf-8"), re.MULTILINE)
    assert wanted is not None
    assert {re.split(r"[ ><=;]", line.strip())[0] for line in wanted[1].splitlines()} - set(pinned(lock)) == set()
