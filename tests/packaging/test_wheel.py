"""The wheel holds what git holds, and works in an environment of its own: installed, started, two pages opened."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from http_desk import running

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.packaging


def call(*command: str | Path, cwd: Path = ROOT) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from what git knows, so that a file that was never added is missed here and not by users."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    archive = out / "source.zip"
    call("git", "archive", "--format=zip", "-o", archive, "HEAD")
    with zipfile.ZipFile(archive) as files:
        files.extractall(source)
    call(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", out, source)
    return next(out.glob("*.whl"))


def names_in_git() -> set[str]:
    listed = call("git", "ls-tree", "-r", "-z", "--name-only", "HEAD").split("\0")
    kept: set[str] = set()
    for name in listed:
        if name.startswith(("core/", "plugins/")):
            kept.add(name.partition("/")[2])
        elif name.startswith("templates/"):
            kept.add(f"thidua/{name}")
    return kept


def test_wheel_holds_exactly_the_files_of_git(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == names_in_git()


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("clean")
    call(sys.executable, "-m", "venv", home / "venv")
    call(home / "venv/bin/python", "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt", wheel)
    return home / "venv/bin/thidua"


@pytest.fixture
def site(program: Path, tmp_path: Path) -> Iterator[str]:
    """The demo of the installed program, far from the checkout."""
    with running(program, "demo", "--instance", tmp_path / "site", "--port", "0", cwd=tmp_path) as address:
        yield address


def test_installed_program_serves_two_pages(site: str) -> None:
    for path in ("/", "/dang-nhap"):
        with urllib.request.urlopen(site + path) as answer:
            assert (answer.status, "<form" in answer.read().decode()) == (200, True)


def test_installed_program_looks_after_itself(program: Path, tmp_path: Path) -> None:
    assert "day-tot-hoc-tot" in call(program, "plugins", cwd=tmp_path)
