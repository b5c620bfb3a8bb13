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
    (ENTRIES, Fault("", CHECK, ", unit=dossier.unit.id)", ")", "said", "now dossiers(slug=guong")),
    (ENTRIES, Fault("", CHECK, 'field="nhan_vat_don_vi", text=', 'field="nhan_vat_ten", text=', "said", "field=nhan")),
    (ENTRIES, Fault("", CHECK, "not in {nominee.id for", "in {nominee.id for", "said", "new_subject")),
    (ENTRIES, Fault("", CHECK, r"\d{9,10}", r"\d{8,10}", "said", "reachable dien_thoai")),
    (ENTRIES, Fault("", CHECK, r"[\s.\-()]", r"[\s.]", "said", "reachable dien_thoai")),
    (
        DIGITAL,
        Fault("", CHECK, 'titled(dossier.text("ten")', 'titled(dossier.text("tinh_moi")', "said", "text=tinh_moi"),
    ),
    (DIGITAL, Fault("", CHECK, "if other.call == dossier.call and", "if", "said", "in another call")),
    (TEACHING, Fault("", CHECK, "other.track == dossier.track and same", "same", "said", "in another track")),
    (DIGITAL, Fault("", CHECK, "    evidence_given,\n", "", "said", "with lien_ket = nothing and no file")),
    (DIGITAL, Fault("", CHECK, 'if dossier.edition != "2023"', 'if dossier.edition == "2023"', "said", "91/2025/QH15")),
    (ENTRIES, Fault("", CHECK, "one.track != dossier.track", "one.track == dossier.track", "said", "every number 1")),
    (ENTRIES, Fault("", CHECK, " if one.call == dossier.call]", "]", "said", "in another call and track")),
    (ENTRIES, Fault("", CHECK, "not count_words(text)", "count_words(text) < 5", "said", "1 words in the file")),
    (DIGITAL, Fault("", CHECK, 'f"{number.normalize():f}"', "f'{number!r}'", "blanks", "as Python writes it")),
    (ENTRIES, Fault("", "sample.py", "rng.choice(TEAMS)", "rng.choice([*set(TEAMS)])", "alone", "process to process")),
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
