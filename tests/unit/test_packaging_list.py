"""What setup.cfg packs is what stands in the tree: an editable install hides a forgotten package."""

from __future__ import annotations

from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_package_is_listed() -> None:
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = set(config["options"]["packages"].split())
    core = ROOT / "core"
    found = {".".join(init.parent.relative_to(core).parts) for init in (core / "thidua").rglob("__init__.py")}
    found |= {init.parent.name for init in (ROOT / "plugins").glob("*/__init__.py")}
    assert listed == found | {"thidua.templates"}
