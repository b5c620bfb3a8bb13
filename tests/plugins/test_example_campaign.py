"""The example campaign: loaded from its folder as a plugin, its samples filed and scored; the guide quotes it."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import get_args

import pytest

from example_campaign import EXAMPLE, FOLDER
from thidua import hookspecs, scoring
from thidua.demo import rehearsal
from thidua.forms import whole_form
from thidua.plugin import Campaign, Group, Item, Past, fields, report, rubric, shape_of, walk
from thidua.registry import Registry
from thidua.testing import CHECKS

ROOT = FOLDER.parents[1]
GUIDE = (ROOT / "docs" / "plugin-guide.md").read_text("utf-8")
TRACKS = ("hoc-sinh",)


def campaign() -> Campaign:
    registry = Registry(strict=True)
    registry.add(EXAMPLE.load(), EXAMPLE.name)
    (found,) = registry.campaigns
    return found


def test_the_example_loads_as_a_plugin() -> None:
    registry = Registry(strict=True)
    registry.add(EXAMPLE.load(), EXAMPLE.name)
    assert [(one.slug, one.edition) for one in registry.campaigns] == [("vo-sach-chu-dep", "2026")]
    assert registry.abbreviations == {"VSCĐ": "vở sạch chữ đẹp"}


@pytest.mark.parametrize("key", TRACKS)
def test_its_samples_pass_the_form_and_every_check(key: str) -> None:
    one = campaign()
    tried = rehearsal.rehearse(one, one.track(key))
    assert (tried.faults, tried.levels) == ((), {"tieu-hoc"})


def test_a_sample_is_typed_as_the_form_has_it() -> None:
    one = campaign()
    answers = dict(one.track("hoc-sinh").sample(random.Random(1)).answers) | {
        "so_vo": "4",
        "khoi": "3",
        "giao_vien": {},
    }
    typed, problems = whole_form(shape_of(one, one.track("hoc-sinh")), answers)
    assert (problems, typed["so_vo"], typed["khoi"]) == ([], "4", "3")


@pytest.mark.parametrize(
    ("typed", "total", "label"),
    [
        ({"chu_net": "6", "chu_chinh_ta": "4", "vo_sach": "10", "vo_that": "1", "tru_muon": "0"}, 20, "Nhất"),
        ({"chu_net": "6", "chu_chinh_ta": "4", "vo_sach": "10", "vo_that": "1", "tru_muon": "2"}, 18, "Nhất"),
        ({"chu_net": "4", "chu_chinh_ta": "3,5", "vo_sach": "10", "vo_that": "1", "tru_muon": "0"}, 17.5, "Nhì"),
        ({"chu_net": "3", "chu_chinh_ta": "2", "vo_sach": "10", "vo_that": "1", "tru_muon": "0"}, 15, "Không xếp giải"),
        ({"chu_net": "6", "chu_chinh_ta": "4", "vo_sach": "10", "vo_that": "0", "tru_muon": "0"}, 20, "Không xếp giải"),
        (
            {"chu_net": "6", "chu_chinh_ta": "0,5", "vo_sach": "10", "vo_that": "1", "tru_muon": "0"},
            16.5,
            "Không xếp giải",
        ),
    ],
)
def test_its_rubric_scores(typed: dict[str, str], total: float, label: str) -> None:
    track = campaign().track("hoc-sinh")
    assert isinstance(track.rubric, Group)
    sheet = scoring.read_sheet(track.rubric, typed, final=True)
    valued = scoring.evaluate(track.rubric, sheet)
    classified = scoring.classify(track.classes, valued)
    assert (sheet.problems, valued.total, classified.given.label) == ((), Fraction(total), label)


@pytest.mark.slow
def test_its_own_test_passes() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(FOLDER)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=FOLDER)
    assert (done.returncode, "23 passed" in done.stdout) == (0, True), done.stdout


# --- the guide ---------------------------------------------------------------------------------------

QUOTE = re.compile(r"<!-- from (\S+) -->\n```\w+\n(.*?)```\n<!-- end -->", re.DOTALL)


def quoted_file(name: str) -> Path:
    """A file of the example, or of the whole repository."""
    return FOLDER / name if (FOLDER / name).exists() else ROOT / name


def test_the_guide_quotes_what_tests_run_word_for_word() -> None:
    quoted = QUOTE.findall(GUIDE)
    assert [name for name, text in quoted if text not in quoted_file(name).read_text("utf-8")] == []
    assert {name for name, _ in quoted} == {
        "plugins/thidua_day_tot_hoc_tot/campaign.py",
        "plugins/thidua_day_tot_hoc_tot/rubric.py",
        "pyproject.toml",
        "test_vo_sach_chu_dep.py",
        "tests/all_kinds.py",
        "thidua_vo_sach_chu_dep/__init__.py",
        "thidua_vo_sach_chu_dep/campaign.py",
        "thidua_vo_sach_chu_dep/checks.py",
        "thidua_vo_sach_chu_dep/papers.py",
        "thidua_vo_sach_chu_dep/sample.py",
    }
    assert GUIDE.count("<!-- from ") == GUIDE.count("```python") + 1 == len(quoted)  # and one of pyproject.toml


@pytest.mark.parametrize("hook", [name for name in vars(hookspecs) if name.startswith("thidua_")])
def test_every_hook_has_a_heading_with_its_signature(hook: str) -> None:
    source = (FOLDER.parents[1] / "core" / "thidua" / "hookspecs.py").read_text("utf-8")
    match = re.search(rf"^def ({hook}\(.*?\) -> .*?):", source, re.MULTILINE)
    assert match is not None
    assert f"\n### `{match[1]}`\n" in GUIDE


def test_every_field_kind_and_rubric_node_has_a_heading() -> None:
    names = [*fields.KINDS, *(node.__name__ for node in get_args(rubric.Node))]
    assert len(names) == len(fields.KINDS) + 4
    assert [name for name in names if f"\n### `{name}`\n" not in GUIDE] == []


def test_every_piece_of_a_report_has_a_heading() -> None:
    pieces = [report.Report, report.Column, report.Is, report.Summary, *get_args(report.Measure)]
    assert len(pieces) == 4 + 5
    assert [one.__name__ for one in pieces if f"\n### `{one.__name__}`\n" not in GUIDE] == []


def test_every_check_of_the_kit_and_every_past_question_is_in_the_guide() -> None:
    assert re.findall(r"^\| `(\w+)` \|", GUIDE, re.MULTILINE) == [check.key for check in CHECKS]
    questions = [name for name in vars(Past) if not name.startswith("_")]
    assert [name for name in questions if f"`past.{name}(" not in GUIDE] == []


def test_the_example_is_short_enough_to_read() -> None:
    one = campaign()
    assert len((FOLDER / "thidua_vo_sach_chu_dep" / "campaign.py").read_text("utf-8").splitlines()) <= 80
    assert one.tracks[0].rubric is not None
    assert any(isinstance(node, Item) for node in walk(one.tracks[0].rubric))
