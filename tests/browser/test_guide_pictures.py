"""Pictures of the guide and the README, taken in a demo; ``THIDUA_SHOTS_GUIDE=docs/images`` asks for them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser_desk import served, sign_in
from thidua import config, demo
from thidua.app import create_app, open_site
from thidua.times import utc_now

FOLDER = os.environ.get("THIDUA_SHOTS_GUIDE")
MOST_BYTES = 250_000
pytestmark = pytest.mark.skipif(not FOLDER, reason="takes pictures only where THIDUA_SHOTS_GUIDE names a folder")


@pytest.fixture
def enter(browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Page]]:
    """``enter("vanthu")``: signed in to a whole demo."""
    monkeypatch.delenv("THIDUA_SHOTS_GUIDE")  # it is no setting of the site
    demo.build(tmp_path / "demo", now=utc_now())
    site = open_site(config.load(tmp_path / "demo"))

    def signed_in(login: str) -> Page:
        context = browser.new_context(base_url=address, locale="vi-VN", viewport={"width": 1280, "height": 800})
        page = context.new_page()
        page.goto("/dang-nhap")
        sign_in(page, login, demo.PASSWORD)
        return page

    with served(create_app(site)) as address:
        yield signed_in
    site.engine.close()
    site.database.close()


def take(page: Page, name: str) -> None:
    """What the window shows, into the folder."""
    page.wait_for_load_state("networkidle")
    path = Path(FOLDER or "") / f"{name}.png"
    page.screenshot(path=path)
    assert path.stat().st_size < MOST_BYTES


@pytest.mark.timeout(600)
def test_pictures_of_the_guide(enter: Callable[[str], Page]) -> None:
    clerk = enter("vanthu")
    clerk.goto("/")
    take(clerk, "viec-can-lam")
    returned = clerk.locator(".is-back a").first.get_attribute("href")
    unfinished = clerk.locator(".card-line", has_text="phần xong").locator("a").first.get_attribute("href")

    clerk.goto(f"{returned}/phan/thong_tin")
    clerk.locator("#chuc_vu").press("End")
    clerk.locator("#chuc_vu").press_sequentially(", Khối 4")
    expect(clerk.locator("[data-saved]")).to_have_text(re.compile(r"^Đã lưu \d\d:\d\d$"))
    take(clerk, "phan-ho-so")
    clerk.goto(f"{unfinished}/kiem-tra")
    take(clerk, "kiem-tra")
    clerk.goto(f"{returned}/tai-lieu")
    take(clerk, "tai-lieu")

    clerk.goto(str(returned))
    clerk.locator(".note-list a").first.click()
    expect(clerk.locator(".pinned").first).to_be_visible()
    clerk.evaluate("scrollTo(0, 0)")
    take(clerk, "tra-bo-sung")
    clerk.goto("/tim?q=kho+hoc+lieu+so")
    take(clerk, "tra-cuu")

    head = enter("hieutruong")
    head.goto("/to-trinh")
    head.locator("section").last.locator("tbody a").first.click()
    take(head, "bien-nhan")

    office = enter("thamdinh")
    office.goto("/tham-dinh?xem=dang-tham-dinh")
    office.locator("tbody a").first.click()
    office.set_viewport_size({"width": 1280, "height": 940})
    take(office, "dossier")


@pytest.mark.timeout(600)
def test_pictures_of_the_guides_for_offices_and_judges(enter: Callable[[str], Page]) -> None:
    office = enter("thamdinh")
    office.goto("/tham-dinh?xem=dang-tham-dinh")
    office.locator("tbody a").first.click()
    take(office, "tham-dinh")

    manager = enter("phutrach")
    manager.goto("/ket-qua")
    call = str(manager.locator("tbody th a").first.get_attribute("href"))
    manager.goto(f"{call}/phan-cong")
    manager.get_by_role("button", name="Xem trước").click()
    take(manager, "phan-cong")
    manager.goto("/ket-qua")
    for address in [link.get_attribute("href") for link in manager.locator("tbody th a").all()]:
        manager.goto(str(address))
        if manager.get_by_role("link", name=re.compile("Xem, công bố")).count():
            break
    manager.get_by_role("link", name=re.compile("Xem, công bố")).first.click()
    take(manager, "ket-qua")
    manager.goto("/bao-cao")
    manager.locator("tbody a").last.click()
    manager.locator(".card-title").first.click()
    take(manager, "bao-cao")

    judge = enter("giamkhao1")
    judge.goto("/cham")
    take(judge, "cham-diem")
    judge.locator("tbody th a").first.click()
    papers = judge.locator("a[data-pane-link]", has_text=".pdf")
    if papers.count():
        papers.first.click()
        expect(judge.locator("[data-pane]")).to_be_visible()
    take(judge, "phieu-cham")

    admin = enter("admin")
    admin.goto("/quan-tri/don-vi/")
    admin.get_by_role("link", name=re.compile("xã Gia Lâm")).first.click()
    admin.get_by_role("link", name="Đổi tên").click()
    for name, text in (("name", "Phòng Văn hóa xã Gia Lâm"), ("since", "01/01/2027"), ("document", "QĐ 12/QĐ-UBND")):
        admin.fill(f"[name={name}]", text)
    admin.get_by_role("button", name="Xem trước").click()
    expect(admin.locator("#xem-truoc")).to_be_visible()
    admin.set_viewport_size({"width": 1280, "height": 960})
    take(admin, "su-kien-don-vi")
