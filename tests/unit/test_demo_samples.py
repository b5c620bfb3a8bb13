"""Samples of plugins: tried before a demo is made of them, said with their place, left out alone."""

from __future__ import annotations

import logging
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from sqlalchemy import select

from example_campaign import EXAMPLE, install
from thidua import config, demo, registry
from thidua.app import open_site
from thidua.cli import run
from thidua.demo import rehearsal, samples
from thidua.demo.units import SCHOOLS
from thidua.models import Call, Dossier, PersonName
from thidua.plugin import (
    Campaign,
    ContractError,
    Document,
    DossierSnapshot,
    JsonValue,
    Past,
    Problem,
    Sample,
    SampleFile,
)
from thidua.services.working import raw_values
from thidua.times import Period, utc_now

TRACK = "vo-sach-chu-dep 2026 track 'hoc-sinh': sample: "
Changes = Callable[[Sample], object]


def example(*checks: object, **changes: object) -> Campaign:
    """The example with its first track changed."""
    (campaign,) = EXAMPLE.load().thidua_campaigns()
    first = replace(campaign.tracks[0], **({"checks": checks} if checks else {}), **changes)
    return replace(campaign, tracks=(first, *campaign.tracks[1:]))


def changed(change: Changes) -> Campaign:
    """The example whose first track's samples are changed like this."""
    before = example().tracks[0].sample
    return example(sample=lambda rng: change(before(rng)))


def answers(sample: Sample, **more: JsonValue) -> Mapping[str, JsonValue]:
    return {**sample.answers, **more}


def without(sample: Sample, key: str) -> Mapping[str, JsonValue]:
    return {name: value for name, value in sample.answers.items() if name != key}


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        (lambda s: s, []),
        (lambda s: None, ["it gave None; return a Sample"]),
        (lambda s: [s], ["it gave a list; return a Sample"]),
        (
            lambda s: replace(s, answers=without(s, "lop")),
            ["field 'lop': “Lớp” chưa được nhập. Hãy nhập mục này."],
        ),
        (
            lambda s: replace(s, answers=answers(s, lopp="3A")),
            ["answers 'lopp', which is no field; did you mean 'lop'?"],
        ),
        (
            lambda s: replace(s, answers=answers(s, co_giai="yes", giai=[{"nam": "2024-2025", "cap": "xa", "x": "1"}])),
            ["answers 'giai.x', which is no column"],
        ),
        (
            lambda s: replace(s, answers=answers(s, giao_vien={"id": "1", "name": "Mai"})),
            ["field 'giao_vien' is a dict; write a name alone, a sample knows no ids"],
        ),
        (
            lambda s: replace(s, files=(SampleFile("bai_vet", "Bài"),)),
            ["file for slot 'bai_vet', which is no document; did you mean 'bai_viet'?"],
        ),
        (lambda s: replace(s, files=()), ["document 'bai_viet' is required; give a SampleFile for it"]),
        (lambda s: replace(s, files=(*s.files, *s.files)), ["document 'bai_viet' takes 1 files, not 2"]),
        (
            lambda s: replace(s, suits=("tieu-hoc", "dai-hoc")),
            ["suits 'dai-hoc', which is no level; write mam-non, tieu-hoc, thcs, thpt"],
        ),
        (lambda s: replace(s, born="hôm qua"), ["born is 'hôm qua'; write it as '12/04/1985'"]),
        (lambda s: replace(s, nominee=" "), ["nominee is ' '; write a name"]),
        (lambda s: replace(s, answers=["lop"]), ["answers is a list; write a dict by field key"]),
        (lambda s: replace(s, files=list(s.files)), ["files is a list; write a tuple of SampleFile"]),
        (lambda s: replace(s, suits="tieu-hoc"), ["suits is 'tieu-hoc'; write a tuple of levels"]),
    ],
)
def test_faulty_sample_is_said_with_its_place(change: Changes, faults: list[str]) -> None:
    assert rehearsal.faults(changed(change)) == [TRACK + fault for fault in faults]


def test_sample_that_raises_is_said_with_the_line() -> None:
    def raising(rng: random.Random) -> Sample:
        raise KeyError("khoi")

    (fault,) = rehearsal.faults(example(sample=raising))
    line = raising.__code__.co_firstlineno + 1
    assert fault.startswith(f"{TRACK}it raised KeyError: 'khoi' (")
    assert fault.endswith(f"test_demo_samples.py:{line})")


def test_checks_are_tried_as_well() -> None:
    def never(dossier: DossierSnapshot, past: Past) -> Iterator[Problem]:
        assert (past.dossiers("x"), past.similar("", field="x", least=1), past.awards("x")) == ((), (), ())
        yield Problem("lop", "Lớp này không được xét.")
        yield Problem("khoi", "Nên xem lại.", "warning")

    def raising(dossier: DossierSnapshot, past: Past) -> Iterator[Problem]:
        raise ZeroDivisionError("chia cho 0")

    def wrong(dossier: DossierSnapshot, past: Past) -> list[str]:
        return ["sai"]

    said = rehearsal.faults(example(never, raising, wrong))
    assert [said[0], said[1].partition(" (")[0], said[2]] == [
        TRACK + "check 'never': field 'lop': Lớp này không được xét.",
        TRACK + "check 'raising' raised ZeroDivisionError: chia cho 0",
        TRACK + "check 'wrong' gave 'sai', not a Problem",
    ]


def test_slot_that_takes_nothing_the_demo_makes_is_said() -> None:
    slot = Document("bai_viet", "Bài viết", accept=(".odt",))
    assert rehearsal.faults(example(documents=(slot,))) == [
        TRACK
        + "document 'bai_viet': the demo makes .docx, .pdf, .xlsx, .txt, .png, .jpg only; leave its SampleFile out"
    ]


def test_a_sample_is_drawn_for_its_levels_only() -> None:
    track, period = example().tracks[0], Period("school_year", 2024)
    drawn = samples.draw(track, "1", level="tieu-hoc", period=period, taken=lambda _: True)
    assert (drawn.suits, drawn.answers["ky_xet"]) == (("tieu-hoc",), "2024-2025")
    with pytest.raises(samples.BadSample, match="none of 60 suits a school of level 'mam-non'"):
        samples.draw(track, "1", level="mam-non", period=period, taken=lambda _: False)


BROKEN = """
from dataclasses import replace
import thidua_vo_sach_chu_dep
from thidua.plugin import hookimpl

drawn = []

def sample(rng):
    return None

def late(rng):
    drawn.append(rng)
    if len(drawn) > 12:
        raise KeyError("muon")
    return thidua_vo_sach_chu_dep.EDITION_2026.tracks[0].sample(rng)

@hookimpl
def thidua_campaigns():
    (one,) = thidua_vo_sach_chu_dep.thidua_campaigns()
    return [
        replace(one, slug=slug, tracks=(replace(one.tracks[0], sample=made),), reports=())
        for slug, made in (("hong", sample), ("muon", late))
    ]
"""


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EntryPoint:
    (tmp_path / "thidua_mau_hong.py").write_text(BROKEN, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "thidua_mau_hong", raising=False)
    return EntryPoint("hong", "thidua_mau_hong", registry.GROUP)


def test_a_bad_sample_leaves_out_its_campaign_and_the_demo_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: EntryPoint
) -> None:
    install(monkeypatch, EXAMPLE, broken)
    made = demo.build(tmp_path / "site", now=utc_now(), thin=12)
    assert made.faults == (
        "hong 2026 track 'hoc-sinh': sample: it gave None; return a Sample",
        "muon 2026 track 'hoc-sinh': sample: it raised KeyError: 'muon' (thidua_mau_hong.py:14)",
    )
    site = open_site(config.load(tmp_path / "site"))
    with site.database.reading() as session:
        slugs = set(session.scalars(select(Call.slug)))
        rows = list(session.scalars(select(Dossier)))
        teachers = {name for name in session.scalars(select(PersonName.text)) if name == "Trần Thị Mai"}
        named = [raw_values(row).get("giao_vien") for row in rows]
        levels = {row.owner_unit.code for row in rows}
    site.engine.close()
    site.database.close()
    assert (slugs, len(rows), teachers) == ({"vo-sach-chu-dep", "muon"}, made.dossiers, {"Trần Thị Mai"})
    assert levels <= {school.code for school in SCHOOLS if school.slug == "tieu-hoc"}
    assert {given["name"] for given in named if given} == {"Trần Thị Mai"}
    assert all(given["id"] for given in named if given)


ONCE = """
from dataclasses import replace
import thidua_vo_sach_chu_dep
from thidua.plugin import Judging, Problem, hookimpl

def once(dossier, past):
    if any(other.call == dossier.call for other in past.dossiers(dossier.slug, unit=dossier.unit.id)):
        yield Problem("", "Mỗi trường một hồ sơ.")

def stricter(dossier, past):
    if past.dossiers(dossier.slug):
        yield Problem("", "Xin xem lại.", "warning")
        yield Problem("", "Đã có hồ sơ.")

@hookimpl
def thidua_campaigns():
    (one,) = thidua_vo_sach_chu_dep.thidua_campaigns()
    first = replace(one.tracks[0], originality=(), judging=Judging(judges=3, gap=1))  # nobody is left to be called
    tracks = {"mot": replace(first, subject="collective", checks=(once,)), "chat": replace(first, checks=(stricter,))}
    return [replace(one, slug=slug, tracks=(track,), reports=()) for slug, track in tracks.items()]
"""


def test_what_campaigns_ask_of_a_school_once_is_no_fault_of_a_sample_and_warnings_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "thidua_mot_lan.py").write_text(ONCE, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "thidua_mot_lan", raising=False)
    install(monkeypatch, EntryPoint("mot-lan", "thidua_mot_lan", registry.GROUP))
    made = demo.build(tmp_path / "site", now=utc_now(), thin=6)
    assert made.faults == ("chat 2026 track 'hoc-sinh': sample: Đã có hồ sơ.",)
    site = open_site(config.load(tmp_path / "site"))
    with site.database.reading() as session:
        filed = select(Dossier.call_id, Dossier.owner_unit_id).join(Call).where(Call.slug == "mot", Dossier.filed > 0)
        schools = [tuple(row) for row in session.execute(filed)]
    site.engine.close()
    site.database.close()
    assert (len(schools), len(set(schools))) == (6, 6)  # each of the two that suit once in each of the three years


def test_a_demo_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "entry_points", lambda group: [])
    (tmp_path / "cu").mkdir()
    for folder in ("moi", "cu"):
        with pytest.raises(ContractError, match="no plugin brings the search engine"):
            demo.build(tmp_path / folder, now=utc_now())
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == ["cu"]


# --- thidua plugins ----------------------------------------------------------------------------------


def test_plugins_check_prints_what_is_wrong_with_samples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: EntryPoint, capsys: pytest.CaptureFixture[str]
) -> None:
    install(monkeypatch, broken)
    assert run(["--instance", str(tmp_path), "plugins"]) == 0
    assert run(["--instance", str(tmp_path), "plugins", "--check"]) == 1
    lines = capsys.readouterr().out.splitlines()
    faults = {line.strip() for line in lines[lines.index("hong (thidua_mau_hong)") :] if "sample:" in line}
    assert faults == {
        "→ hong 2026 track 'hoc-sinh': sample: it gave None; return a Sample",
        "→ muon 2026 track 'hoc-sinh': sample: it raised KeyError: 'muon' (thidua_mau_hong.py:14)",
    }


def test_plugins_compares_with_the_forms_that_a_site_keeps(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    install(monkeypatch, EXAMPLE)
    config.write_new(tmp_path, values={})
    assert run(["--instance", str(tmp_path), "plugins"]) == 0
    site = open_site(config.load(tmp_path))
    site.engine.close()
    site.database.close()
    assert run(["--instance", str(tmp_path), "plugins"]) == 0
    assert capsys.readouterr().out.splitlines() == ["vo-sach-chu-dep 2026: Vở sạch – Chữ đẹp (Học sinh)"] * 2
    later = example(documents=(replace(example().tracks[0].documents[0], required=False),))
    monkeypatch.setattr("thidua_vo_sach_chu_dep.EDITION_2026", later)
    caplog.set_level(logging.ERROR)
    assert run(["--instance", str(tmp_path), "plugins"]) == 1
    printed = capsys.readouterr()
    assert (printed.out.splitlines(), printed.err, caplog.records) == (
        [
            "HỎNG vo-sach-chu-dep: edition 2026 track 'hoc-sinh': document 'bai_viet': required was true, is false. "
            "Raise the edition"
        ],
        "",
        [],
    )
    settings = tmp_path / config.FILE_NAME
    settings.write_text(f"{settings.read_text('utf-8')}\ndemo = true\n", "utf-8")
    assert run(["--instance", str(tmp_path), "plugins"]) == 1
    assert capsys.readouterr().out.splitlines()[1:] == [  # nobody's site: the way out of who is still writing
        f"       → Bản mẫu này chưa trang thật nào dùng? Lập lại dữ liệu mẫu: thidua --instance {tmp_path} dev "
        "--fresh; xóa tệp của bản này trong tests/editions rồi lưu lại: thidua plugin check vo-sach-chu-dep --write"
    ]


@pytest.mark.parametrize(
    ("typed", "start", "moved"),
    [
        ({"ngay": "05/10/2025"}, 2023, {"ngay": "05/10/2023"}),
        ({"ngay": "05/03/2026", "truoc": "05/10/2025"}, 2023, {"ngay": "05/03/2024", "truoc": "05/10/2023"}),
        ({"ngay": "29/02/2024"}, 2024, {"ngay": "28/02/2025"}),
        ({"ngay_sinh": "12/04/2009"}, 2023, {"ngay_sinh": "12/04/2009"}),
        ({"nam": "2025-2026", "ngay": "05/10/2022"}, 2023, {"nam": "2023-2024", "ngay": "05/10/2020"}),
        ({"ten": "Không có ngày"}, 2023, {"ten": "Không có ngày"}),
    ],
)
def test_samples_are_moved_to_the_year_of_the_call(
    typed: dict[str, JsonValue], start: int, moved: dict[str, JsonValue]
) -> None:
    sample = Sample(nominee="Nguyễn Minh Anh", answers=typed)
    assert samples.moved(sample, Period("school_year", start)).answers == moved
