"""Slips put into copies of the shipped campaigns: the kit finds them against what is stored of each edition."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kit_faults import Fault, imported_from, tried

ROOT = Path(__file__).parents[2]
EDITIONS = Path(__file__).parent / "editions"
TEACHING, ENTRIES, DIGITAL = "day-tot-hoc-tot", "guong-dien-hinh", "doi-moi-so"
CHECK, RUBRIC = "checks.py", "rubric.py"
SLIPS = (
    (ENTRIES, Fault("", CHECK, "count_words(text) > most", "count_words(text) < most", "said", "attached_length")),
    (ENTRIES, Fault("", CHECK, "count_words(text) > most", "count_words(text) >= most", "said", "attached_length")),
    (ENTRIES, Fault("", CHECK, "if typed and attached", "if typed or attached", "said", "one_entry")),
    (ENTRIES, Fault("", CHECK, "minutes > most", "minutes < most", "said", "published_in_time")),
    (ENTRIES, Fault("", CHECK, "given < least", "given <= least", "said", "entries_counted")),
    (ENTRIES, Fault("", CHECK, "if past.officiates(author.id)", "if False", "said", "no_official")),
    (ENTRIES, Fault("", CHECK, "if author in seen", "if author not in seen", "said", "authors_once")),
    (ENTRIES, Fault("", CHECK, ", unit=dossier.unit.id)", ")", "said", "dossiers()")),
    (ENTRIES, Fault("", CHECK, "    pledged,\n", "", "said", "pledged")),
    (ENTRIES, Fault("", "campaign.py", 'gap=Param("chenh_lech"), sheets', "gap=15, sheets", "editions", "gap")),
    (ENTRIES, Fault("", "campaign.py", "judges=2, blind=True", "judges=2", "editions", "blind")),
    (ENTRIES, Fault("", RUBRIC, 'Param("so_nhat"), classes=("xep_giai",)', 'Param("so_nhat")', "judging", "a gate")),
    (ENTRIES, Fault("", RUBRIC, 'Param("so_nhat"), classes=("xep_giai",)', 'Param("so_nhat")', "editions", "classes")),
    (ENTRIES, Fault("", "campaign.py", '(Originality("bai_viet", 30), ', "(", "loads", "originality")),  # no tuple
    (
        ENTRIES,
        Fault("", "campaign.py", 'Originality("bai_viet", 30), Originality', "*(), Originality", "editions", "is gone"),
    ),
)


@pytest.mark.slow
@pytest.mark.parametrize(("slug", "fault"), SLIPS, ids=[f"{slug}-{fault.new[:24]}" for slug, fault in SLIPS])
def test_the_kit_finds_a_slip_in_a_real_campaign(tmp_path: Path, slug: str, fault: Fault) -> None:
    package = f"thidua_{slug.replace('-', '_')}"
    shutil.copytree(ROOT / "plugins" / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    fault.put_into(tmp_path, package)
    with imported_from(tmp_path, package):
        said = tried(tmp_path, fault.check, name=slug, package=package, editions=str(EDITIONS))
    assert fault.says in said[fault.check]
