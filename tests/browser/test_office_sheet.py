"""The office's own sheet is saved as it is typed, shows both texts, and survives the end of the session."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import self_scored_campaign
from browser_desk import Live, axe_findings, served, shot, sign_in
from conftest import serve
from crawling import fresh_site
from small_world import Clock
from unit.test_self_sheets import People

Enter = Callable[..., Page]
SAVED = re.compile(r"^Đã lưu \d\d:\d\d$")


@pytest.fixture
def live(tmp_path: Path, _migrated: Path) -> Iterator[Live]:
    """A site in which schools score themselves."""
    clock = Clock()
    with fresh_site(tmp_path, _migrated, self_scored_campaign) as (site, world), served(serve(site, clock)) as url:
        yield Live(url, clock, world, site, world.call_public_id)


def taken_up(live: Live) -> str:
    """The address of the office's sheet of a filed dossier."""
    people = People((live.site, live.world))
    dossier = people.filed()
    people.office.take_up(dossier)
    return f"/tham-dinh/{dossier}/cham"


def test_office_sheet_saves_adds_up_and_shows_both_texts(live: Live, enter: Enter) -> None:
    path = taken_up(live)
    mine, other = enter("thamdinh1"), enter("thamdinh1", width=360)
    mine.goto(path)
    other.goto(path)
    other.fill("#point-lms", "5,5")
    other.fill("[name='comment:lms']", "Dùng hằng tuần.")
    expect(other.locator("[data-saved]")).to_have_text(SAVED)
    expect(other.locator("[data-sum=lms], [data-sum=day_hoc]").first).to_have_text("5,5")
    mine.fill("#point-lms", "6,3")
    mine.fill("[name='comment:lms']", "Chưa đủ lớp.")
    mine.fill("#point-phan_mem", "7")
    expect(mine.locator(".conflict-theirs")).to_have_text(["5,5", "Dùng hằng tuần."])
    assert axe_findings(mine) == []
    shot(mine, "office-sheet-contested")
    for button in mine.get_by_role("button", name="Giữ bản của tôi").all()[::-1]:
        button.click()
    expect(mine.locator("[data-field='point:lms'] .field-error")).to_have_text(
        "“Hệ thống học tập”: 6,3 không theo bước 0,5 điểm. Hãy nhập 6 hoặc 6,5."
    )
    mine.goto(path)
    expect(mine.locator("#point-lms")).to_have_value("6,3")
    expect(mine.locator("[name='comment:lms']")).to_have_value("Chưa đủ lớp.")
    expect(mine.locator("#point-phan_mem")).to_have_value("7")


def test_office_sheet_is_restored_after_the_session_ended(live: Live, enter: Enter) -> None:
    path = taken_up(live)
    page = enter("thamdinh1")
    page.goto(path)
    live.clock.forward(minutes=31)
    page.fill("#point-lms", "8")
    expect(page.locator("[data-saved]")).to_contain_text("Phiên làm việc đã hết")
    page.get_by_role("link", name="Đăng nhập lại").click()
    sign_in(page, "thamdinh1")
    expect(page.locator("[data-restored]")).to_contain_text("Đã khôi phục nội dung chưa lưu")
    expect(page.locator("#point-lms")).to_have_value("8")
    expect(page.locator("[data-saved]")).to_have_text(SAVED)


def test_appraisal_is_restored_after_the_session_ended_and_forgotten_once_saved(live: Live, enter: Enter) -> None:
    path = taken_up(live).removesuffix("/cham")
    page = enter("thamdinh1")
    page.goto(path)
    note = page.locator("textarea[name^='note-section:']").first
    note.fill("Bổ sung quyết định.")
    page.locator(".verdict", has_text="Cần bổ sung").first.click()
    page.fill("#reason", "Thiếu minh chứng.")
    live.clock.forward(minutes=31)
    page.get_by_role("button", name="Lưu", exact=True).last.click()
    sign_in(page, "thamdinh1")
    expect(page.locator("[data-restored]")).to_contain_text("Đã khôi phục nội dung chưa lưu")
    expect(note).to_have_value("Bổ sung quyết định.")
    expect(page.locator("input[value=more]:checked")).to_have_count(1)
    page.get_by_role("button", name="Lưu", exact=True).last.click()
    expect(page.get_by_text("Đã lưu phiếu thẩm định.")).to_be_visible()
    expect(page.locator("[data-restored]")).to_be_hidden()
    expect(page.locator("#reason")).to_have_value("Thiếu minh chứng.")
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('thidua:nhap:'))") == []
