"""Faults in what checks say, in samples, and in what no form tells: the kit finds them by what was stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit_faults import PACKAGE, Fault, copy_of_the_example, imported_from, tried
from thidua.commands import making
from thidua.commands.making import Wanted
from thidua.testing import CHECKS, Subject, try_all
from thidua.testing.behaviour import dossier_of
from thidua.testing.pasts import EVERYTHING, pasts

CHECK, CAMPAIGN = "checks.py", "campaign.py"
STORED = "vo-sach-chu-dep-2026-hoc-sinh.checks.json"
NOTEBOOKS, YEAR = "count < least", "year != dossier.call_period"
COUNT, BACK = "count, least =", "\n    count, least ="
SLIPS = (
    Fault("turned round", CHECK, NOTEBOOKS, "count > least", "said", "now enough_notebooks so_vo warning"),
    Fault("one too many", CHECK, NOTEBOOKS, "count <= least", "said", "with so_vo = 2 they said nothing"),
    Fault("one too few", CHECK, NOTEBOOKS, "count < least - 1", "said", "with so_vo = 1 they said enough_notebooks"),
    Fault("never", CHECK, NOTEBOOKS, "count < 0", "said", "with so_vo = 0 they said enough_notebooks so_vo warning"),
    Fault("turned round", CHECK, YEAR, YEAR.replace("!=", "=="), "said", "as it is they said nothing"),
    Fault("one sided", CHECK, YEAR, "year.start > dossier.call_period.start", "said", "with ky_xet = 2024-2025"),
    Fault("one sided", CHECK, YEAR, "year.start < dossier.call_period.start", "said", "with ky_xet = 2026-2027"),
    Fault("a constant", CHECK, YEAR, "year.start != 2025", "said", "in a call of 2024-2025 they said year_of_the_call"),
    Fault("level", CHECK, 'vở.", "warning")', 'vở.")', "said", "now enough_notebooks so_vo error"),
    Fault("level", CHECK, 'năm học xét.")', 'năm học xét.", "warning")', "said", "now year_of_the_call ky_xet warning"),
    Fault("place", CHECK, 'Problem("so_vo"', 'Problem("lop"', "said", "now enough_notebooks lop warning"),
    Fault("place", CHECK, 'Problem("ky_xet"', 'Problem(""', "said", "now year_of_the_call dossier error"),
    Fault("left out", CAMPAIGN, "(year_of_the_call, enough_notebooks)", "(year_of_the_call,)", "said", "now nothing"),
    Fault("left out", CAMPAIGN, "(year_of_the_call, enough_notebooks)", "()", "said", "now nothing"),
    Fault(
        "another answer",
        CHECK,
        'dossier.number("so_vo"), dossier',
        "dossier.call_period.start, dossier",
        "said",
        "so_vo",
    ),
    Fault("always", CHECK, "count is not None and count < least", "count is not None", "said", "as it is they said"),
    Fault(
        "past",
        CHECK,
        "    count, least =",
        "    _past.dossiers(dossier.slug)\n    count, least =",
        "said",
        "now dossiers(slug=vo-sach-chu-dep)",
    ),
    Fault("asked by", CHECK, COUNT, '_past.titled(dossier.text("lop"), least=80)' + BACK, "said", "text=lop)"),
    Fault("asked by", CHECK, COUNT, "_past.officiates(dossier.nominees[0].id)" + BACK, "said", "person=nominee)"),
    Fault(
        "born", "sample.py", 'born=f"12/04/{2019 - grade}", ', "", "samples", "says nowhere when the nominee was born"
    ),
    Fault("born", "sample.py", "{2019 - grade}", "{2019 + grade}", "samples", "nobody at school is so young"),
    Fault("and", CHECK, "year is not None and year", "year is None or year", "said", "with ky_xet = nothing"),
)


NOTHING: dict[str, object] = {"said": {}, "words": {}}


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Path]:
    """The example's folder, importable in place of the real one."""
    with copy_of_the_example(tmp_path / "example") as folder:
        yield folder


@pytest.mark.parametrize("fault", SLIPS, ids=lambda fault: f"{fault.kind}-{fault.new[:20]}")
def test_what_checks_say_is_held_against_what_was_stored(copy: Path, fault: Fault) -> None:
    fault.put_into(copy)
    assert fault.says in tried(copy, fault.check)[fault.check]


def test_samples_may_be_rewritten(copy: Path) -> None:
    for old, new in (("Phạm Tuệ Lâm", "Phạm Tuệ Nhi"), ('"so_vo": "4"', '"so_vo": "7"')):
        Fault("", "sample.py", old, new, "", "").put_into(copy)
    assert tried(copy, "said") == {"said": ""}


def test_other_words_of_a_check_are_told_with_both_and_stored_when_meant(copy: Path) -> None:
    Fault("", CHECK, "Hãy bổ sung vở.", "Hãy nộp thêm vở.", "", "").put_into(copy)
    told = tried(copy, "said")["said"].partition(" | ")[0]
    assert told == (
        "vo-sach-chu-dep 2026 track 'hoc-sinh': checks: of the stored dossier 1 with so_vo = 0, enough_notebooks so_vo "
        "warning: they said 'Đợt này cần ít nhất 2 quyển. Hãy bổ sung vở.', now 'Đợt này cần ít nhất 2 quyển. Hãy nộp "
        "thêm vở.'. If that is meant, THIDUA_WRITE_EDITIONS=1 pytest, or `thidua plugin check … --write`, stores it"
    )
    subject = Subject("vo-sach-chu-dep", PACKAGE, copy / "editions", write=True)
    assert [outcome.faults for outcome in try_all(subject, ["said"])] == [()]
    assert tried(copy, "said") == {"said": ""}


def test_a_meant_change_is_stored_and_the_dossiers_stay(copy: Path) -> None:
    path = copy / "editions" / STORED
    before = json.loads(path.read_text("utf-8"))["dossiers"]
    Fault("", CHECK, NOTEBOOKS, "count <= least", "", "").put_into(copy)
    subject = Subject("vo-sach-chu-dep", PACKAGE, copy / "editions", write=True)
    assert [outcome.faults for outcome in try_all(subject, ["said"])] == [()]
    after = json.loads(path.read_text("utf-8"))["dossiers"]
    assert [one | NOTHING for one in after] == [one | NOTHING for one in before]
    assert (before[0]["said"]["with so_vo = 2"], after[0]["said"]["with so_vo = 2"]) == (
        "",
        "enough_notebooks so_vo warning",
    )
    assert tried(copy, "said") == {"said": ""}


def test_a_form_still_being_written_is_stored_anew_as_the_kit_says(copy: Path) -> None:
    form = STORED.replace(".checks", "")
    Fault("", CAMPAIGN, 'td.Text("lop"', 'td.Text("lop_hoc"', "", "").put_into(copy)
    Fault("", "sample.py", '"lop"', '"lop_hoc"', "", "").put_into(copy)
    subject = Subject("vo-sach-chu-dep", PACKAGE, copy / "editions", write=True)
    (refused,) = next(iter(try_all(subject, ["editions"]))).faults
    mend = f"Raise the edition, or change it back; while no site has it, delete {form} and store it anew with --write"
    assert refused.endswith(mend)
    (copy / "editions" / form).unlink()
    assert [outcome.faults for outcome in try_all(subject, ["editions", "said"])] == [(), ()]
    quick = [check.key for check in CHECKS if check.key not in ("alone", "reports", "pages", "search", "without")]
    assert {key: said for key, said in tried(copy, *quick).items() if said} == {}


def test_an_answer_to_what_is_no_field_is_told_to_who_tests_a_check() -> None:
    with pytest.raises(LookupError) as refused:
        dossier_of(PACKAGE, so_voo="1")
    assert str(refused.value) == "vo-sach-chu-dep 2026 track 'hoc-sinh' has no field 'so_voo'; did you mean 'so_vo'?"


def test_the_facts_of_an_earlier_dossier_are_told_apart() -> None:
    own = dossier_of(PACKAGE)
    found = {how: past.dossiers(own.slug, person="person", unit=own.unit.id) for how, past in pasts(own)}
    once = {how: [(one.call, one.track, one.edition, one.unit.id) for one in each] for how, each in found.items()}
    assert {how: each for how, each in once.items() if how != EVERYTHING} == {
        "the same": [("call", "hoc-sinh", "2026", "school")],
        "one nearly alike": [("call", "hoc-sinh", "2026", "school")],
        "the same in another call": [("old", "hoc-sinh", "2026", "school")],
        "the same in another track": [("call", "khac", "2026", "school")],
        "the same in another call and track": [("old", "khac", "2026", "school")],
        "the same of another edition": [("call", "hoc-sinh", "1", "school")],
        "the same of somebody else": [("call", "hoc-sinh", "2026", "school")],
        "the same of another unit": [],
    }


def test_dossiers_of_a_form_that_was_rewritten_are_told_and_stored_anew(copy: Path) -> None:
    Fault("", CAMPAIGN, 'td.Text("lop"', 'td.Text("lop_hoc"', "", "").put_into(copy)
    Fault("", "sample.py", '"lop"', '"lop_hoc"', "", "").put_into(copy)
    assert "its dossiers answer 'lop', which is no field any more" in tried(copy, "said")["said"]
    subject = Subject("vo-sach-chu-dep", PACKAGE, copy / "editions", write=True)
    assert [outcome.faults for outcome in try_all(subject, ["said"])] == [()]
    answered = [one["answers"] for one in json.loads((copy / "editions" / STORED).read_text("utf-8"))["dossiers"]]
    assert {("lop" in keys, "lop_hoc" in keys) for keys in answered} == {(False, True)}
    assert tried(copy, "said") == {"said": ""}


def test_nothing_is_stored_of_samples_that_fail(copy: Path) -> None:
    (copy / "editions" / STORED).unlink()
    Fault("", "sample.py", "    name, grade", "    raise ValueError\n    name, grade", "", "").put_into(copy)
    subject = Subject("vo-sach-chu-dep", PACKAGE, copy / "editions", write=True)
    assert [outcome.faults for outcome in try_all(subject, ["said"])] == [()]
    assert f"{STORED} is not there" in tried(copy, "said")["said"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"dossiers": []}', f"{STORED}: holds no dossier"),
        (None, f"{STORED} is not there; THIDUA_WRITE_EDITIONS=1 pytest"),
        ("{", f"{STORED}: JSONDecodeError"),
        ('{"dossiers": [{"nominee": "An"}]}', f"{STORED}: TypeError"),
    ],
)
def test_a_file_that_is_missing_or_damaged_is_named(copy: Path, text: str | None, says: str) -> None:
    path = copy / "editions" / STORED
    path.unlink() if text is None else path.write_text(text, "utf-8")
    assert says in tried(copy, "said")["said"]


def test_a_new_package_stores_what_its_checks_say(tmp_path: Path) -> None:
    made = making.write(Wanted("thu-nghiem", "Thử nghiệm", "2026"), tmp_path)
    assert [path.name for path in made if path.suffix == ".json"] == [
        "thu-nghiem-2026-ca-nhan.checks.json",
        "thu-nghiem-2026-ca-nhan.json",
    ]
    folder, package = tmp_path / "thidua-thu-nghiem", "thidua_thu_nghiem"
    Fault("", CHECK, "some > whole", "some < whole", "", "").put_into(folder, package)
    with imported_from(folder, package):
        said = tried(folder, "said", name="thu-nghiem", package=package, editions="tests/editions")["said"]
    assert "now years_add_up nam_giu_chuc_vu error" in said


@pytest.mark.parametrize(
    ("subject", "slug", "column"), [("person", "gvdg", "Số năm công tác"), ("collective", "3-tot", "Số thành viên")]
)
def test_a_new_package_speaks_of_persons_or_of_collectives(
    tmp_path: Path, subject: str, slug: str, column: str
) -> None:
    making.write(Wanted(slug, "Giáo viên “giỏi” & {vui}", "2026-2027", subject), tmp_path)
    folder, wanted = tmp_path / f"thidua-{slug}", Wanted(slug, "", "", subject)
    with imported_from(folder, wanted.package):
        quick = ("loads", "editions", "texts", "fields", "samples", "required", "blanks", "said", "judging")
        found = tried(folder, *quick, name=slug, package=wanted.package, editions="tests/editions")
    assert found == dict.fromkeys(quick, "")
    text = (folder / wanted.package / "campaign.py").read_text("utf-8")
    assert [each for each in ("Số năm công tác", "Số thành viên") if f'"{each}"' in text] == [column]


def test_a_document_without_a_word_is_told(tmp_path: Path) -> None:
    making.write(Wanted("thu-nghiem", "Thử nghiệm", "2026"), tmp_path)
    folder, package = tmp_path / "thidua-thu-nghiem", "thidua_thu_nghiem"
    Fault("", "sample.py", ", paragraphs=tuple(deeds)", "", "", "").put_into(folder, package)
    with imported_from(folder, package):
        said = tried(folder, "samples", name="thu-nghiem", package=package, editions="tests/editions")["samples"]
    assert "document 'bao_cao' has files without a word; write paragraphs= or rows=" in said
