"""Faults that are put into a copy of the example, and what the kit says of them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from example_campaign import FOLDER
from thidua.testing import Subject, try_all

PACKAGE, NAME = "thidua_vo_sach_chu_dep", "vo-sach-chu-dep"


@dataclass(frozen=True)
class Fault:
    """``old`` becomes ``new`` in ``file`` (every ``old``, or "" for the end); ``check`` finds it and ``says`` this."""

    kind: str
    file: str
    old: str
    new: str
    check: str
    says: str

    def put_into(self, folder: Path, package: str = PACKAGE) -> None:
        """Write the fault into the package in ``folder``; what it replaces must be there."""
        path = folder / package / self.file
        text = path.read_text("utf-8")
        assert self.old in text
        shutil.rmtree(path.parent / "__pycache__", ignore_errors=True)  # a fault of the same length and second hides
        path.write_text(text.replace(self.old, self.new) if self.old else text + self.new, "utf-8")


@contextmanager
def imported_from(folder: Path, package: str = PACKAGE) -> Iterator[Path]:
    """``package`` is imported from ``folder``, in place of one that is imported already."""
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if name.startswith(package)}
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.startswith(package)]:
        del sys.modules[name]
    sys.modules.update(kept)


@contextmanager
def copy_of_the_example(folder: Path) -> Iterator[Path]:
    """The example's folder, importable in place of the real one."""
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    with imported_from(folder):
        yield folder


def tried(
    folder: Path, *keys: str, name: str = NAME, package: str = PACKAGE, editions: str = "editions"
) -> dict[str, str]:
    """What the checks say of the package in ``folder``, by key."""
    subject = Subject(name, package, folder / editions)
    return {outcome.check.key: " | ".join(outcome.faults) for outcome in try_all(subject, keys)}
