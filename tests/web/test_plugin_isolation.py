"""A plugin that fails, hangs or lies, on a site that serves: nobody else is harmed, and the administrator is told."""

from __future__ import annotations

import html
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select

import tiny_campaign
import web_desk
from conftest import serve
from desk import Desk, filled
from small_world import Clock, World
from thidua import registry as registry_module
from thidua.errors import say
from thidua.models import Outbox, State
from thidua.outbox import Worker
from thidua.plugin import Campaign, DossierChange, DossierSnapshot, Past, Problem, hookimpl
from thidua.registry import GROUP, Registry
from thidua.services import indexing
from thidua.services.site import Site
from web_desk import signed_in, text_of

SITE = "quan-tri/phong-trao"


def raising(_dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    raise RuntimeError("hỏng rồi")


def leaving(_dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    raise SystemExit("đi đây")


def interrupting(_dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    raise KeyboardInterrupt


def endless(_dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    while True:
        yield Problem("chuc_vu", "Sai.")


def recursing(dossier: DossierSnapshot, past: Past) -> Iterator[Problem]:
    return recursing(dossier, past)


def looping(_dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    while True:
        pass


def writing(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    dossier.answers["chuc_vu"] = "Vua"  # type: ignore[index]
    yield Problem("chuc_vu", "Không ai thấy.")


def quiet(_dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    yield Problem("chuc_vu", "Nên ghi rõ hơn.", "warning")


def site_with(site: Site, *checks: object, seconds: float = 5, **hooks: object) -> Site:
    """The same site with the tiny campaign's checks and hooks exchanged."""
    tracks = tuple(replace(track, checks=checks) for track in tiny_campaign.CAMPAIGN.tracks)

    @hookimpl
    def thidua_campaigns() -> list[Campaign]:
        return [replace(tiny_campaign.CAMPAIGN, tracks=tracks)]

    registry = Registry()
    registry.add_entry(EntryPoint("included", "thidua.included", GROUP))
    registry.add(SimpleNamespace(thidua_campaigns=thidua_campaigns, **hooks), "tiny")
    registry.conduct.seconds = seconds
    return replace(site, registry=registry)


def shown(text: str) -> str:
    return " ".join(html.unescape(text).split())


@pytest.mark.parametrize(
    ("check", "fault"),
    [
        (raising, "RuntimeError: hỏng rồi"),
        (leaving, "SystemExit: đi đây"),
        (interrupting, "KeyboardInterrupt:"),
        (endless, "ContractError: check 'endless' yields more than 200 problems; say each thing once"),
        (recursing, "RecursionError: maximum recursion depth exceeded"),
        (looping, "TooSlow: it took more than 0.3 seconds"),
        (writing, "TypeError: 'mappingproxy' object does not support item assignment"),
    ],
)
def test_a_check_that_goes_wrong_is_a_warning_and_the_administrator_reads_why(
    site: Site, world: World, clock: Clock, check: object, fault: str
) -> None:
    broken = site_with(site, check, quiet, seconds=0.3 if check is looping else 5)
    dossier = filled(Desk(broken, world, clock, "vanthu1", "truong1"))
    app = serve(broken, clock)
    clerk, admin = signed_in(app, "vanthu1"), signed_in(app, "admin")
    name = check.__name__  # type: ignore[attr-defined]
    page = shown(text_of(clerk, f"/ho-so/{dossier}/kiem-tra"))
    code = "check-slow" if check is looping else "check-failed"
    assert (shown(say(code, check=name)) in page, "Nên ghi rõ hơn." in page, "Trình hiệu trưởng" in page) == (True,) * 3
    told = shown(text_of(admin, f"/{SITE}/"))
    assert f"tiny đang dùng nhưng gặp lỗi ở check {name}, 1 lần" in told.replace("<strong>", "").replace(
        "</strong>", ""
    )
    assert fault in told
    assert "Traceback (most recent call last)" in told
    assert "test_plugin_isolation.py" in told or check is endless  # who never stops is cut off by us
    assert "đang gặp lỗi, xem ở trên" in told
    assert web_desk.post(clerk, f"/ho-so/{dossier}/trinh").status_code == 302


def test_others_write_while_a_check_hangs(site: Site, world: World, clock: Clock) -> None:
    started, release = threading.Event(), threading.Event()

    def hanging(dossier: DossierSnapshot, past: Past) -> Iterator[Problem]:
        past.dossiers("tiny")
        started.set()
        release.wait(300)
        past.dossiers("tiny")  # too late: the page has gone on
        yield Problem("", "Quá muộn.")

    slow = site_with(site, hanging, seconds=1.5)
    dossier = filled(Desk(slow, world, clock, "vanthu1", "truong1"))
    other = Desk(slow, world, clock, "vanthu2", "truong2")
    app = serve(slow, clock)
    clerk = signed_in(app, "vanthu1")
    pages: list[str] = []
    asking = threading.Thread(target=lambda: pages.append(text_of(clerk, f"/ho-so/{dossier}/kiem-tra")))
    asking.start()
    assert started.wait(100)
    mine = other.start("thuy")
    other.save(mine, "thong_tin", {"chuc_vu": "Giáo viên"})
    assert (other.state(mine), pages) == (State.DRAFT, [])
    asking.join(100)
    assert say("check-slow", check="hanging") in html.unescape(pages[0])
    # while it hangs it is not asked again, so that it holds one thread and not eight
    alive = sum(thread.name == "thidua-plugin" for thread in threading.enumerate())
    again = text_of(clerk, f"/ho-so/{dossier}/kiem-tra")
    assert say("check-slow", check="hanging") in html.unescape(again)
    assert sum(thread.name == "thidua-plugin" for thread in threading.enumerate()) == alive
    release.set()


def test_a_listener_that_hangs_keeps_no_file_from_being_found(site: Site, world: World, clock: Clock) -> None:
    release = threading.Event()

    @hookimpl
    def thidua_dossier_changed(change: DossierChange) -> None:
        release.wait(30)

    slow = site_with(site, seconds=0.5, thidua_dossier_changed=thidua_dossier_changed)
    clerk, head = Desk(slow, world, clock, "vanthu1", "truong1"), Desk(slow, world, clock, "hieutruong1", "truong1")
    dossier = filled(clerk, text="Sáng kiến dạy học")
    clerk.hand_over(dossier)
    head.submit(dossier)
    clock.forward(minutes=1)
    handlers = indexing.handlers(slow, clock)
    theirs = Worker(slow.database, {k: h for k, h in handlers.items() if k in indexing.PLUGINS}, clock=clock)
    theirs.start(pause=0.05)
    Worker(slow.database, {k: h for k, h in handlers.items() if k not in indexing.PLUGINS}, clock=clock).drain()
    assert clerk.find("sang kien") == [dossier]
    for _ in range(200):
        with slow.database.reading() as session:
            left = session.scalars(select(Outbox.kind)).all()
        if not left:
            break
        time.sleep(0.05)
    release.set()
    theirs.stop()
    assert left == []
    assert [(m.plugin, m.where, m.fault.partition(":")[0]) for m in slow.registry.conduct.missteps] == [
        ("tiny", "thidua_dossier_changed", "TooSlow")
    ]


PACKAGES = {
    "thidua_hong_nap": ("import khong_co_goi_nay\n", "ModuleNotFoundError: No module named 'khong_co_goi_nay'"),
    "thidua_hong_kieu": (
        "from thidua.plugin import hookimpl\n@hookimpl\ndef thidua_campaigns():\n    return {1: 2}\n",
        "thidua_campaigns gave a dict; return a list of Campaign",
    ),
    "thidua_hong_trung": (
        "import tiny_campaign\nfrom thidua.plugin import hookimpl\n"
        "@hookimpl\ndef thidua_campaigns():\n    return [tiny_campaign.CAMPAIGN]\n",
        "tiny offers tiny 2025 as well; to use 'thidua_hong_trung', write [plugins] off = [\"tiny\"] in thidua.toml",
    ),
    "thidua_hong_cham": ("import time\ntime.sleep(30)\n", "TooSlow: it took more than 0.4 seconds"),
    "thidua_hong_di": ("raise SystemExit('đi đây')\n", "SystemExit: đi đây"),
}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_plugin_that_cannot_be_used_is_left_out_and_the_site_serves(
    site: Site, world: World, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    text, fault = PACKAGES[package]
    (tmp_path / f"{package}.py").write_text(text, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(registry_module, "LOAD_SECONDS", 0.4 if "cham" in package else 20)
    broken = site_with(site, quiet)
    broken.registry.add_entry(EntryPoint(package, package, GROUP))
    sys.modules.pop(package, None)
    app = serve(broken, clock)
    clerk, admin = signed_in(app, "vanthu1"), signed_in(app, "admin")
    told = shown(text_of(admin, f"/{SITE}/"))
    assert f"<strong>{package}</strong> bị loại: {fault}" in told
    assert (
        "ContractError:" if "kieu" in package or "trung" in package else "Traceback (most recent call last)"
    ) in told
    assert "<h1" in text_of(clerk, "/ho-so")
    taken = "trung" in package
    assert (broken.registry.campaign("tiny", "2025") is None) is taken
    if not taken:
        assert web_desk.start(clerk, world).startswith("/ho-so/")


def test_markup_of_a_plugin_is_shown_as_it_stands(site: Site, world: World, clock: Clock) -> None:
    class Live(str):
        def __html__(self) -> str:
            return str.__str__(self)

    def marking(_dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
        yield Problem("chuc_vu", Live("<x-thidua>Sai</x-thidua>"))

    broken = site_with(site, marking)
    dossier = filled(Desk(broken, world, clock, "vanthu1", "truong1"))
    page = text_of(signed_in(serve(broken, clock), "vanthu1"), f"/ho-so/{dossier}/kiem-tra")
    assert ("<x-thidua>" in page, "&lt;x-thidua&gt;Sai" in page) == (False, True)


def test_a_call_whose_campaign_is_out_is_named_and_not_offered(site: Site, world: World, clock: Clock) -> None:
    kept = signed_in(serve(site, clock), "vanthu1")
    out = signed_in(serve(replace(site, registry=Registry()), clock), "vanthu1")
    start, marked = f"/ho-so/moi?dot={world.call_public_id}", "Tạm thời chưa dùng được"
    for page in ("/", "/ho-so/moi"):
        before, after = text_of(kept, page), text_of(out, page)
        assert [(start in text, marked in text) for text in (before, after)] == [(True, False), (False, True)]
        assert "Thi đua nhỏ năm học 2025-2026" in after
