"""The example of ``examples/`` as an installed plugin: on the path, and found by an entry point."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest

from thidua import registry

FOLDER = Path(__file__).parents[1] / "examples" / "thidua_vo_sach_chu_dep"
sys.path.append(str(FOLDER))
EXAMPLE = EntryPoint("vo-sach-chu-dep", "thidua_vo_sach_chu_dep", registry.GROUP)


def install(monkeypatch: pytest.MonkeyPatch, *entries: EntryPoint) -> None:
    """Let these be the installed plugins, beside what thidua itself brings."""
    own = [one for one in entry_points(group=registry.GROUP) if one.name == "included"]
    monkeypatch.setattr(registry, "entry_points", lambda group: [*own, *entries] if group == registry.GROUP else [])
