"""The registry: one plugin at a time, each fault with one name on it."""

from __future__ import annotations

import dataclasses
import logging
import random
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from thidua import registry as registry_module
from thidua.config import Settings
from thidua.errors import say
from thidua.plugin import (
    Basis,
    Campaign,
    ContractError,
    DossierChange,
    DossierSnapshot,
    Past,
    PeriodValue,
    Problem,
    Ref,
    Sample,
    SearchEngine,
    Section,
    Shape,
    Text,
    TextExtractor,
    Track,
    hookimpl,
    shape_of,
)
from thidua.registry import Registry

CHANGE = DossierChange(
    dossier="abc",
    code="HS-2026-000001",
    slug="vo-sach",
    edition="2024",
    track="ca-nhan",
    action="submit",
    before="ready",
    after="submitted",
    at=datetime(2026, 6, 1, tzinfo=UTC),
    by="hieutruong",
)


def sample(_rng: random.Random) -> Sample:
    return Sample(nominee="Hoà", answers={})


def campaign(slug: str = "vo-sach", edition: str = "2024", **track: object) -> Campaign:
    form = (Section("chung", "Chung", (Text("ten", "Tên"),)),)
    one = Track("ca-nhan", "Cá nhân", subject="person", form=form, sample=sample)
    basis = (Basis("258/KH-UBND", date(2023, 10, 4), "UBND quận"),)
    changed = dataclasses.replace(one, **track)  # type: ignore[arg-type]
    return Campaign(slug, edition, "Vở sạch", basis=basis, tracks=(changed,))


def read_odt(path: Path) -> list[str]:
    return [path.name]


def plugin(**hooks: object) -> types.ModuleType:
    """A module whose functions return these values, or are these functions."""
    module = types.ModuleType("made_up")
    for name, value in hooks.items():
        if not isinstance(value, types.FunctionType):

            def function(value: object = value) -> object:
                return value

            function.__name__ = name
            setattr(module, name, hookimpl(function))
        else:
            setattr(module, name, hookimpl(value))
    return module


def test_campaigns_tracks_and_shapes_are_found() -> None:
    registry = Registry(strict=True)
    later, sooner = campaign(edition="2025"), campaign(edition="2024")
    registry.add(plugin(thidua_campaigns=[later, sooner]), "vs")
    assert registry.plugins == ("vs",)
    assert registry.campaigns == (sooner, later)
    assert registry.campaign("vo-sach", "2025") is later
    assert registry.track("vo-sach", "2025", "ca-nhan") is later.tracks[0]
    assert registry.shape("vo-sach", "2024", "ca-nhan") == shape_of(sooner, sooner.tracks[0])
    assert [
        registry.campaign("vo-sach", "2026"),
        registry.track("vo-sach", "2026", "ca-nhan"),
        registry.track("vo-sach", "2024", "tap-the"),
        registry.shape("vo-sach", "2024", "tap-the"),
    ] == [None, None, None, None]


def test_extractors_engines_and_abbreviations_come_through_the_same_door() -> None:
    registry = Registry(strict=True)
    reader = TextExtractor(name="odt", extensions=(".odt", ".ott"), extract=read_odt)
    engine = SearchEngine(name="mau", open=str)
    registry.add(plugin(thidua_text_extractors=[reader], thidua_search_engines=[engine]), "z")
    registry.add(plugin(thidua_abbreviations={"GVG": "giáo viên giỏi", "HS": "học sinh"}), "a")
    registry.add(plugin(thidua_abbreviations={"HS": "hồ sơ"}), "b")
    assert registry.extractors == {".odt": reader, ".ott": reader}
    assert registry.engines == {"mau": engine}
    assert registry.abbreviations == {"GVG": "giáo viên giỏi", "HS": "học sinh"}


@pytest.mark.parametrize(
    ("made", "fault"),
    [
        (plugin(thidua_campaigns="x"), "thidua_campaigns gave 'x'; return a list of Campaign"),
        (plugin(thidua_campaigns=["x"]), "thidua_campaigns gave 'x' in its list, not a Campaign"),
        (
            plugin(thidua_campaigns=None),
            "thidua_campaigns gave None; return what it promises, or take the function away",
        ),
        (
            plugin(thidua_campaigns=[campaign(), campaign()]),
            "it offers vo-sach 2024 twice; give each its own edition",
        ),
        (
            plugin(thidua_abbreviations={"HS": 1}),
            "thidua_abbreviations gave 1 for 'HS'; write two texts",
        ),
        (
            plugin(thidua_abbreviations=["HS"]),
            "thidua_abbreviations gave a list; return a dict of str to str",
        ),
        (plugin(thidua_campaigns=campaign()), "thidua_campaigns gave Campaign 'vo-sach'; return a list of Campaign"),
        (
            plugin(thidua_campaigns=list(campaign().tracks)),
            "thidua_campaigns gave Track 'ca-nhan' in its list, not a Campaign",
        ),
        (plugin(), "it implements no hook; mark a function thidua_campaigns with @hookimpl"),
    ],
)
def test_broken_plugin_is_left_out_by_name(made: types.ModuleType, fault: str) -> None:
    registry = Registry()
    registry.add(made, "made")
    assert {name: broken.fault for name, broken in registry.broken.items()} == {"made": fault}
    assert (registry.plugins, registry.campaigns) == ((), ())
    assert registry.broken["made"].traceback.endswith(f"ContractError: {fault}\n")


class Colour(Text):
    """A field that an author made up."""


@pytest.mark.parametrize(
    ("field", "fault"),
    [
        (Colour("mau", "Màu"), "cannot be stored: Colour is not part of the contract"),
        (Text("mau", "M\ud800u"), "vo-sach 2024 track 'ca-nhan': '\\ud800' is half a letter"),
    ],
)
def test_campaign_that_cannot_be_stored_is_left_out_at_the_start(field: Text, fault: str) -> None:
    registry = Registry()
    form = (Section("chung", "Chung", (field,)),)
    registry.add(plugin(thidua_campaigns=lambda: [campaign(form=form)]), "vo-sach")
    assert registry.plugins == ()
    assert fault in registry.broken["vo-sach"].fault


def test_strict_registry_raises_in_the_plugins_name() -> None:
    with pytest.raises(ContractError) as refused:
        Registry(strict=True).add(plugin(thidua_campaigns="x"), "made")
    assert str(refused.value) == "made: thidua_campaigns gave 'x'; return a list of Campaign"


def test_misspelt_and_unmarked_hooks_are_named() -> None:
    registry = Registry()
    registry.add(plugin(thidua_campaign=[]), "sai")
    unmarked = plugin(thidua_abbreviations={})
    unmarked.thidua_campaigns = sample  # type: ignore[attr-defined]
    registry.add(unmarked, "quen")
    registry.add(plugin(thidua_xyz=[]), "la")
    assert registry.broken["sai"].fault == "`thidua_campaign`: no such hook; did you mean `thidua_campaigns`?"
    assert registry.broken["la"].fault == (
        "`thidua_xyz`: no such hook; there are thidua_abbreviations, thidua_campaigns, thidua_dossier_changed, "
        "thidua_search_engines, thidua_text_extractors"
    )
    assert registry.broken["quen"].fault == (
        "thidua_campaigns is not marked; write @hookimpl above it (from thidua.plugin)"
    )


def test_hook_with_an_argument_it_never_gets_is_named() -> None:
    def thidua_campaigns(app: object) -> list[Campaign]:
        return []

    registry = Registry()
    registry.add(plugin(thidua_campaigns=thidua_campaigns), "thua")
    assert registry.broken["thua"].fault == (
        "`thidua_campaigns` asks for 'app', which it is never given; write def thidua_campaigns()"
    )


@pytest.mark.parametrize("error", [RuntimeError("hỏng"), SystemExit("hỏng")])
def test_plugin_that_raises_is_left_out_and_others_stay(error: BaseException) -> None:
    def thidua_campaigns() -> list[Campaign]:
        raise error

    registry = Registry()
    registry.add(plugin(thidua_campaigns=thidua_campaigns), "hong")
    registry.add(plugin(thidua_campaigns=[campaign()]), "tot")
    line = thidua_campaigns.__code__.co_firstlineno + 1
    fault = registry.broken["hong"].fault
    assert (fault.partition(" (")[0], fault.endswith(f"test_registry.py:{line})")) == (
        f"{type(error).__name__}: hỏng",
        True,
    )
    assert registry.plugins == ("tot",)


def test_two_plugins_with_one_identity_are_both_left_out_with_both_names() -> None:
    registry = Registry()
    for name in ("vo", "ban-sao", "thu-ba"):
        registry.add(plugin(thidua_campaigns=[campaign(), campaign(edition=name)]), name)
    assert registry.campaigns == ()
    assert {name: broken.fault for name, broken in registry.broken.items()} == {
        "ban-sao": "thu-ba and vo offer vo-sach 2024 as well; to use 'ban-sao', "
        'write [plugins] off = ["thu-ba", "vo"] in thidua.toml',
        "thu-ba": "ban-sao and vo offer vo-sach 2024 as well; to use 'thu-ba', "
        'write [plugins] off = ["ban-sao", "vo"] in thidua.toml',
        "vo": "ban-sao and thu-ba offer vo-sach 2024 as well; to use 'vo', "
        'write [plugins] off = ["ban-sao", "thu-ba"] in thidua.toml',
    }


def test_two_plugins_with_one_name_are_both_left_out() -> None:
    registry = Registry()
    registry.add(plugin(thidua_campaigns=[campaign()]), "vo")
    registry.add(plugin(thidua_campaigns=[campaign(edition="2025")]), "vo")
    assert registry.campaigns == ()
    assert registry.broken["vo"].fault == "two plugins bear this name; rename one entry point"


def test_second_reader_or_engine_is_left_out() -> None:
    registry = Registry()
    reader = TextExtractor(name="odt", extensions=(".odt",), extract=read_odt)
    engine = SearchEngine(name="mau", open=str)
    registry.add(plugin(thidua_text_extractors=[reader], thidua_search_engines=[engine]), "mot")
    registry.add(plugin(thidua_text_extractors=[reader]), "hai")
    registry.add(plugin(thidua_search_engines=[engine]), "ba")
    assert registry.plugins == ("mot",)
    assert {name: broken.fault for name, broken in registry.broken.items()} == {
        "hai": ".odt is read by 'odt' already; turn one of them off",
        "ba": "a search engine 'mau' is there already; turn one of them off",
    }


def test_load_reads_entry_points_sorted_and_keeps_those_off_out(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [
        EntryPoint("z-hong", "khong_co_module_nay", "thidua"),
        EntryPoint("day-tot-hoc-tot", "thidua_day_tot_hoc_tot", "thidua"),
        EntryPoint("a-tat", "cung_khong_co", "thidua"),
    ]
    monkeypatch.setattr(registry_module, "entry_points", lambda group: [e for e in entries if e.group == group])
    registry = Registry.load(off={"a-tat"})
    assert registry.plugins == ("day-tot-hoc-tot",)
    assert {name: broken.fault for name, broken in registry.broken.items()} == {
        "z-hong": "ModuleNotFoundError: No module named 'khong_co_module_nay'"
    }
    with pytest.raises(ContractError) as refused:
        Registry.load(strict=True)
    assert str(refused.value) == "a-tat: ModuleNotFoundError: No module named 'cung_khong_co'"


def test_listeners_hear_a_change_and_cannot_stop_it(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[str] = []

    def deaf(change: DossierChange) -> None:
        raise ValueError(change.code)

    def listener(change: DossierChange) -> None:
        heard.append(change.after)

    registry = Registry(strict=True)
    registry.add(plugin(thidua_dossier_changed=deaf), "a-hong")
    registry.add(plugin(thidua_dossier_changed=listener), "b-nghe")
    registry.notify(CHANGE)
    assert heard == ["submitted"]
    assert [record.getMessage() for record in caplog.records] == [
        "plugin a-hong failed at thidua_dossier_changed of HS-2026-000001"
    ]


class Nothing:
    """A past without dossiers."""

    def dossiers(self, slug: str, *, person: str | None = None, unit: str | None = None) -> list[object]:
        return []

    similar = awards = dossiers


SNAPSHOT = DossierSnapshot(
    slug="vo-sach",
    edition="2024",
    track="ca-nhan",
    call="c1",
    call_period=PeriodValue("school_year", 2025),
    nominees=(Ref("p", "Hoà"),),
    unit=Ref("u", "Trường Hoa Sen"),
    answers={},
)


def test_checks_run_and_one_that_raises_is_said_as_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    def good(dossier: DossierSnapshot, past: Past) -> Iterator[Problem]:
        yield Problem("ten", f"{dossier.nominees[0].name}: chưa có tên.")

    def bad(dossier: DossierSnapshot, past: Past) -> Iterator[Problem]:
        yield Problem("ten", "Bỏ dở.")
        raise KeyError("ten")

    def wrong(dossier: DossierSnapshot, past: Past) -> list[str]:
        return ["sai"]

    registry = Registry(strict=True)
    registry.add(plugin(thidua_campaigns=[campaign(checks=(good, bad, wrong))]), "vs")
    problems = registry.check(SNAPSHOT, Nothing())  # type: ignore[arg-type]
    assert problems == [
        Problem("ten", "Hoà: chưa có tên."),
        Problem("", say("check-failed", check="bad"), "warning"),
        Problem("", say("check-failed", check="wrong"), "warning"),
    ]
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.ERROR]
    assert registry.check(dataclasses.replace(SNAPSHOT, edition="1999"), Nothing()) == []  # type: ignore[arg-type]


def stored(**track: object) -> dict[tuple[str, str, str], Shape]:
    one = campaign(**track)  # type: ignore[arg-type]
    return {("vo-sach", "2024", "ca-nhan"): shape_of(one, one.tracks[0])}


@pytest.mark.parametrize(
    ("before", "fault"),
    [
        (stored(title="Học sinh"), None),
        ({}, None),
        (
            stored(form=(Section("chung", "Chung", (Text("ten", "Tên", required=True),)),)),
            "vo-sach 2024 track 'ca-nhan': field 'ten': required was true, is false. Raise the edition",
        ),
        (
            {("vo-sach", "2024", "tap-the"): stored()["vo-sach", "2024", "ca-nhan"]},
            "vo-sach 2024 track 'tap-the': the track is gone. Raise the edition",
        ),
    ],
)
def test_plugin_that_changed_a_frozen_part_is_left_out(
    before: dict[tuple[str, str, str], Shape], fault: str | None
) -> None:
    registry = Registry()
    registry.add(plugin(thidua_campaigns=[campaign()]), "vs")
    registry.compare(before)
    assert {name: broken.fault for name, broken in registry.broken.items()} == ({"vs": fault} if fault else {})
    if fault:
        strict = Registry(strict=True)
        strict.add(plugin(thidua_campaigns=[campaign()]), "vs")
        with pytest.raises(ContractError) as refused:
            strict.compare(before)
        assert str(refused.value) == f"vs: {fault}"


def test_name_that_is_also_the_slug_is_said_once() -> None:
    registry = Registry()
    registry.add(plugin(thidua_campaigns=[campaign()]), "vo-sach")
    registry.compare(stored(form=(Section("chung", "Chung", (Text("ten", "Tên", required=True),)),)))
    assert registry.broken["vo-sach"].fault == (
        "edition 2024 track 'ca-nhan': field 'ten': required was true, is false. Raise the edition"
    )


PACKAGE = {
    "thidua_hong/__init__.py": "from thidua_hong.form import FORM\n",
    "thidua_hong/form.py": "from thidua.plugin import Text\n\nFORM = Text(\n    'lop', 'Lớp', required='no'\n)\n",
}


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        (None, "field 'lop': required is 'no'; write True or False (thidua_hong/form.py:3)"),
        ("import khong_co", "ModuleNotFoundError: No module named 'khong_co' (thidua_hong/form.py:1)"),
        ("\nint('ba')\n", "ValueError: invalid literal for int() with base 10: 'ba' (thidua_hong/form.py:2)"),
        (
            "import decimal\ndecimal.Decimal({})\n",
            "TypeError: conversion from dict to Decimal is not supported (thidua_hong/form.py:2)",
        ),
        ("def form(:\n", "SyntaxError: invalid syntax (thidua_hong/form.py:1)"),
        (
            "import json\njson.loads('{')\n",
            "JSONDecodeError: Expecting property name enclosed in double quotes: "
            "line 1 column 2 (char 1) (thidua_hong/form.py:2)",
        ),
    ],
    ids=["contract", "import", "value", "type", "syntax", "in-the-library"],
)
def test_fault_at_import_names_the_last_line_of_the_plugins_own_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str | None, fault: str
) -> None:
    for name, text in PACKAGE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text if form is None or "form" not in name else form, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    registry = Registry()
    registry.add_entry(EntryPoint("hong", "thidua_hong", "thidua"))
    for name in ("thidua_hong", "thidua_hong.form"):
        sys.modules.pop(name, None)
    assert registry.broken["hong"].fault == fault


def test_trace_prints_each_hook_call_with_its_result(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def thidua_dossier_changed(change: DossierChange) -> None:
        raise ValueError(change.code)

    monkeypatch.setenv("THIDUA_TRACE", "1")
    registry = Registry(strict=True)
    hooks = {"thidua_campaigns": [campaign()], "thidua_abbreviations": {"HS": "hồ sơ"}}
    registry.add(plugin(**hooks, thidua_dossier_changed=thidua_dossier_changed), "vs")
    registry.notify(CHANGE)
    assert capsys.readouterr().err.splitlines() == [
        "thidua: vs.thidua_campaigns()",
        "thidua: vs.thidua_campaigns -> [[Campaign 'vo-sach' 2024]]",
        "thidua: vs.thidua_text_extractors()",
        "thidua: vs.thidua_text_extractors -> []",
        "thidua: vs.thidua_search_engines()",
        "thidua: vs.thidua_search_engines -> []",
        "thidua: vs.thidua_abbreviations()",
        "thidua: vs.thidua_abbreviations -> [{'HS': 'hồ sơ'}]",
        f"thidua: vs.thidua_dossier_changed(change={CHANGE!r})",
        "thidua: vs.thidua_dossier_changed raised ValueError: HS-2026-000001",
    ]


def test_every_hook_has_a_promise_and_an_example() -> None:
    from thidua import hookspecs

    hooks: list[Callable[..., object]] = [
        getattr(hookspecs, name) for name in dir(hookspecs) if name.startswith("thidua_")
    ]
    assert len(hooks) == 5
    for hook in hooks:
        assert f"def {hook.__name__}(" in (hook.__doc__ or "")


def test_site_without_a_search_engine_says_how_to_get_one(tmp_path: Path) -> None:
    from thidua.app import open_engine  # here: the registry is tested without the web

    settings = Settings(instance=tmp_path, secret_key="0123456789abcdefghijklmnopqrstuvwxyz")
    with pytest.raises(ContractError, match=r"'whoosh' \(there is none\): take 'included' out of plugins\.off"):
        open_engine(Registry(), settings)
    with pytest.raises(ContractError, match=r"'mau' \(there is whoosh\): install its plugin, or mend search_engine"):
        open_engine(Registry.load(strict=True), dataclasses.replace(settings, search_engine="mau"))


def test_a_site_searches_with_the_engine_that_its_settings_name(tmp_path: Path) -> None:
    from thidua.app import open_engine
    from thidua.search.whoosh_engine import WhooshEngine

    asked: list[tuple[Path, str]] = []

    def open_index(folder: Path, abbreviations: Mapping[str, str]) -> WhooshEngine:
        asked.append((folder, abbreviations["CSTĐCS"]))
        return WhooshEngine(folder)

    @hookimpl
    def thidua_search_engines() -> list[SearchEngine]:
        return [SearchEngine(name="mau", open=open_index)]

    registry = Registry.load(strict=True)
    registry.add(types.SimpleNamespace(thidua_search_engines=thidua_search_engines), "mau")
    secret = "0123456789abcdefghijklmnopqrstuvwxyz"
    settings = Settings(instance=tmp_path, secret_key=secret, search_engine="mau")
    engine = open_engine(registry, settings)
    engine.close()
    assert asked == [(tmp_path / "index-mau", "chiến sĩ thi đua cơ sở")]
    assert dataclasses.replace(settings, search_engine="whoosh").index_path == tmp_path / "index"
