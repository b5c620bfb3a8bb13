"""The kit as tests: subclass it beside the campaign's other tests."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import ClassVar
from unittest import SkipTest

from thidua.testing.checks import CHECKS, Check
from thidua.testing.subject import EDITIONS, Subject


class CampaignContract:
    """One test for each check of the kit, over every track of every edition that ``package`` offers.

    ``package`` is the import name; ``name`` the entry point's name where it is another one.
    The stored editions lie in the folder ``editions`` beside the test;
    ``THIDUA_WRITE_EDITIONS=1`` stores what is new::

        class TestContract(CampaignContract):
            package = "thidua_vo_sach_chu_dep"
    """

    package: ClassVar[str] = ""
    name: ClassVar[str] = ""

    @classmethod
    def subject(cls) -> Subject:
        """The plugin that is tried; raises ``TypeError`` when ``package`` was forgotten."""
        if not cls.package:
            raise TypeError(f'{cls.__name__}: write package = "thidua_…", the name it is imported by')
        name = cls.name or cls.package.removeprefix("thidua_").replace("_", "-")
        beside = Path(inspect.getfile(cls)).resolve().parent / EDITIONS
        return _subject(name, cls.package, beside, os.environ.get("THIDUA_WRITE_EDITIONS") == "1")


@cache
def _subject(name: str, package: str, editions: Path, write: bool) -> Subject:
    return Subject(name, package, editions, write)


def _test_of(check: Check) -> Callable[[CampaignContract], None]:
    def test(self: CampaignContract) -> None:
        subject = self.subject()
        if not subject.loads and check.key not in ("loads", "imports"):
            raise SkipTest("the package does not load: see test_loads")
        faults = check.faults(subject)
        if faults:
            raise AssertionError("\n".join([f"{check.key}: {check.title}", *(f"- {fault}" for fault in faults)]))

    test.__name__ = f"test_{check.key}"
    test.__doc__ = check.title
    return test


for _check in CHECKS:
    setattr(CampaignContract, f"test_{_check.key}", _test_of(_check))
