"""Plugins that go wrong in a site that really serves, and the site of authors that starts again with each change."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

import tiny_campaign
from http_desk import Browser, plain_environment, running
from small_demo import copy_of_demo
from small_world import PASSWORD, World, make_world
from thidua import config, demo
from thidua.app import open_site
from thidua.commands.running import bound
from thidua.models import Call
from thidua.registry import GROUP
from thidua.times import Period, utc_now

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

HEAD = """
import time
from dataclasses import replace
from pathlib import Path
import tiny_campaign
from thidua.plugin import Column, Problem, Report, hookimpl
STARTED = Path({started!r})

def campaign(slug, *checks, **more):
    tracks = tuple(replace(track, checks=checks) for track in tiny_campaign.CAMPAIGN.tracks)
    return replace(tiny_campaign.CAMPAIGN, slug=slug, title="Phong trào " + slug, tracks=tracks, **more)
"""
OFFER = """
@hookimpl
def thidua_campaigns():
    return [campaign({slug!r}{more})]
"""
RAISING = """
def hong(dossier, past):
    raise RuntimeError("hỏng khi kiểm tra")
    yield
"""
SLEEPING = """
def ngu(dossier, past):
    STARTED.write_text("đã gọi")
    time.sleep(30)
    yield Problem("", "Quá muộn.")
"""
LISTENING = """
@hookimpl
def thidua_dossier_changed(change):
    raise RuntimeError("hỏng khi nghe")
"""
PLUGINS = {
    "hong_nap": "import khong_co_goi_nay",
    "hong_kieu": "@hookimpl\ndef thidua_campaigns():\n    return 'vở sạch'",
    "hong_trung_1": OFFER.format(slug="trung", more=""),
    "hong_trung_2": OFFER.format(slug="trung", more=""),
    "hong_bao_cao": OFFER.format(
        slug="bao-cao", more=', reports=(Report("a", "A", columns=(Column("field:khong_co", "A"),)),)'
    ),
    "hong_kiem": RAISING + OFFER.format(slug="hong-kiem", more=", hong"),
    "hong_cham": SLEEPING + OFFER.format(slug="cham", more=", ngu"),
    "hong_nghe": LISTENING,
    "tot": OFFER.format(slug=tiny_campaign.SLUG, more=""),
}
LEFT_OUT = {
    "hong_nap": "ModuleNotFoundError: No module named 'khong_co_goi_nay'",
    "hong_kieu": "thidua_campaigns gave 'vở sạch'; return a list of Campaign",
    "hong_trung_1": "hong_trung_2 offers trung 2025 as well",
    "hong_trung_2": "hong_trung_1 offers trung 2025 as well",
    "hong_bao_cao": "field:khong_co",
}
FAILING = {
    "hong_kiem": ("check hong", "RuntimeError: hỏng khi kiểm tra"),
    "hong_cham": ("check ngu", "TooSlow: it took more than 5 seconds"),
    "hong_nghe": ("thidua_dossier_changed", "RuntimeError: hỏng khi nghe"),
}


def install(folder: Path, packages: dict[str, str], **facts: str) -> None:
    """Packages that are found by entry point by whoever has ``folder`` on the path."""
    info = folder / "hong-0.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hong\nVersion: 0.1\n", "utf-8")
    points = "".join(f"{name} = thidua_{name}\n" for name in packages)
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n{points}", "utf-8")
    for name, text in packages.items():
        package = folder / f"thidua_{name}"
        package.mkdir()
        (package / "__init__.py").write_text(HEAD.format(**facts) + text, "utf-8")


@dataclass
class Served:
    """The running site, its people, the calls by slug, and the file that the sleeping check writes first."""

    address: str
    world: World
    calls: dict[str, str]
    started: Path

    def browser(self, login: str) -> Browser:
        return Browser(self.address, login, PASSWORD)

    def draft(self, clerk: Browser, slug: str, person: str) -> str:
        """A complete draft: its address."""
        clerk.post("/ho-so/moi", {"dot": self.calls[slug], "loai": "ca-nhan", "nguoi": person})
        dossier = clerk.at
        clerk.fill(dossier, ANSWERS)
        clerk.attach(f"{dossier}/tep/bao_cao", "bao-cao.txt", "Báo cáo thành tích".encode())
        return dossier


ANSWERS = {"thong_tin": {"chuc_vu": "Giáo viên"}, "thanh_tich_chung": {"thanh_tich": "Dạy tốt, học tốt."}}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A site with every kind of broken plugin, served by a process of its own."""
    home = tmp_path_factory.mktemp("hong")
    instance, plugins, started = home / "site", home / "plugins", home / "started"
    plugins.mkdir()
    install(plugins, PLUGINS, started=str(started))
    config.write_new(instance, values={"password_cost": 1, "password_memory_kib": 64})
    site = open_site(config.load(instance))
    world = make_world(site.settings, site.database)
    calls, now = {}, utc_now()
    with site.database.writing() as session:
        for slug in (tiny_campaign.SLUG, "hong-kiem", "cham"):
            call = Call(
                slug=slug,
                edition=tiny_campaign.EDITION,
                title=f"Đợt {slug}",
                unit_id=world.units["so"],
                period=Period("school_year", 2026),
                opens=now - timedelta(days=9),
                closes=now + timedelta(days=9),
            )
            session.add(call)
            session.flush()
            calls[slug] = call.public_id
    site.engine.close()
    site.database.close()
    path = ":".join(map(str, (plugins, Path(tiny_campaign.__file__).parent)))
    command = (sys.executable, "-m", "thidua", "--instance", instance, "serve", "--port", "0")
    with running(*command, cwd=home, PYTHONPATH=path) as address:
        yield Served(address, world, calls, started)


def shown(text: str) -> str:
    return " ".join(text.split())


def people_of(clerk: Browser, call: str) -> list[str]:
    """The ids of those whom the clerk's page offers as nominees."""
    return re.findall(r'name="nguoi" value="([0-9a-f]{24})"', clerk.get(f"/ho-so/moi?dot={call}&loai=ca-nhan"))


def test_plugins_that_cannot_be_used_are_named_with_fault_and_traceback_and_the_site_serves(served: Served) -> None:
    page = shown(served.browser("admin").get("/quan-tri/phong-trao/"))
    for name, fault in LEFT_OUT.items():
        said = page.partition(f"<strong>{name}</strong> bị loại: ")[2].partition("</section>")[0]
        assert fault in said.partition("</p>")[0], name
        assert "Traceback" in said or "ContractError" in said, name
    clerk = served.browser("vanthu1")
    offered = shown(clerk.get("/ho-so/moi"))
    assert [slug for slug in served.calls if f"Đợt {slug}" in offered] == list(served.calls)


def test_others_write_while_a_check_sleeps_and_what_fails_in_use_stops_nobody(served: Served) -> None:
    first, second, admin = served.browser("vanthu1"), served.browser("vanthu2"), served.browser("admin")
    nominee = people_of(first, served.calls["cham"])[0]
    slow = served.draft(first, "cham", nominee)
    other = served.draft(second, tiny_campaign.SLUG, people_of(second, served.calls[tiny_campaign.SLUG])[0])
    done: list[str] = []
    pages: list[str] = []

    def ask() -> None:
        pages.append(first.get(f"{slow}/kiem-tra"))
        done.append("page")

    asking = threading.Thread(target=ask)
    asking.start()
    wait_for(served.started.exists)
    second.post(f"{other}/phan/thong_tin", {"chuc_vu": "Tổ trưởng", "_do": "next"})
    done.append("write")
    asking.join(120)
    assert done == ["write", "page"]
    assert "ngu" in pages[0]
    assert "Tổ trưởng" in second.get(f"{other}/xem")

    clerk, head = served.browser("vanthu1"), served.browser("hieutruong1")
    dossier = served.draft(clerk, "hong-kiem", nominee)
    assert "Hồ sơ đã đủ" in clerk.get(f"{dossier}/kiem-tra")
    clerk.post(f"{dossier}/trinh", {})
    assert "7/TTr-HS" in head.submit(dossier, "7/TTr-HS", "Trần Thị Hiệu")

    def told() -> str:
        return shown(admin.get("/quan-tri/phong-trao/"))

    wait_for(lambda: all(f"<strong>{name}</strong> đang dùng nhưng gặp lỗi" in told() for name in FAILING))
    for name, (where, fault) in FAILING.items():
        said = told().partition(f"<strong>{name}</strong> đang dùng nhưng gặp lỗi ở ")[2].partition("</pre>")[0]
        assert said.startswith(where), said[:200]
        assert fault in said
        assert "Traceback" in said or name == "hong_cham"


def wait_for(true: object, seconds: int = 120) -> None:
    """Until ``true()``; a busy machine may need long."""
    assert callable(true)
    for _ in range(seconds * 4):
        if true():
            return
        time.sleep(0.25)
    raise AssertionError("it never came")


# --- thidua dev -------------------------------------------------------------------------------------


def test_dev_serves_a_changed_plugin_and_ends_with_its_process(tmp_path: Path) -> None:
    instance, plugins = copy_of_demo(tmp_path / "demo"), tmp_path / "plugins"
    plugins.mkdir()
    install(plugins, {"moi": OFFER.format(slug="moi", more="")}, started=str(tmp_path / "started"))
    path = ":".join(map(str, (plugins, Path(tiny_campaign.__file__).parent)))
    with closing(bound("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "thidua", "--instance", str(instance), "dev", "--port", str(port)]
    with subprocess.Popen(command, cwd=tmp_path, env=plain_environment(PYTHONPATH=path)) as process:
        try:
            assert campaigns_of(address, "Phong trào moi")
            package = plugins / "thidua_moi" / "__init__.py"
            package.write_text(package.read_text("utf-8").replace("Phong trào ", "Cuộc vận động "), "utf-8")
            assert campaigns_of(address, "Cuộc vận động moi")
            package.write_text("hỏng (", "utf-8")
            assert campaigns_of(address, "SyntaxError")
        finally:
            process.terminate()
            assert process.wait(60) == 0
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address, timeout=5)


def campaigns_of(address: str, wanted: str) -> bool:
    """Whether the page of campaigns comes to say ``wanted``; the site may be starting again meanwhile."""
    for _ in range(480):
        try:
            if wanted in Browser(address, "admin", demo.PASSWORD).get("/quan-tri/phong-trao/"):
                return True
        except (OSError, AssertionError):
            pass
        time.sleep(0.5)
    return False
