"""What is typed is saved by itself, and survives the end of the network and of the session."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from browser_desk import Live, sign_in, start

Enter = Callable[..., Page]
KEPT = "Object.keys(localStorage).filter((name) => name.startsWith('thidua:nhap:'))"


def part(page: Page, live: Live) -> str:
    """A new dossier's first part, open; returns its address."""
    path = start(page, live) + "/phan/thong_tin"
    page.goto(path)
    return path


def test_autosave_says_when_it_saved_and_keeps_nothing_here(live: Live, enter: Enter) -> None:
    page = enter("vanthu1")
    path = part(page, live)
    page.fill("#chuc_vu", "Tổ trưởng")
    expect(page.locator("[data-saved]")).to_have_text("Đã lưu 09:00")
    assert page.evaluate(KEPT) == []
    page.goto(path)
    expect(page.locator("#chuc_vu")).to_have_value("Tổ trưởng")


def test_autosave_without_network_keeps_the_text_and_saves_later(live: Live, enter: Enter) -> None:
    page = enter("vanthu1")
    path = part(page, live)
    page.context.set_offline(True)
    page.fill("#chuc_vu", "Tổ trưởng")
    expect(page.locator("[data-saved]")).to_contain_text("Mất kết nối")
    assert len(page.evaluate(KEPT)) == 1
    page.context.set_offline(False)
    expect(page.locator("[data-saved]")).to_have_text("Đã lưu 09:00")
    assert page.evaluate(KEPT) == []
    page.goto(path)
    expect(page.locator("#chuc_vu")).to_have_value("Tổ trưởng")


def test_autosave_after_the_session_ended_is_restored_after_signing_in(live: Live, enter: Enter) -> None:
    page = enter("vanthu1")
    path = part(page, live)
    live.clock.forward(minutes=31)
    page.fill("#chuc_vu", "Tổ trưởng")
    expect(page.locator("[data-saved]")).to_contain_text("Phiên làm việc đã hết")
    page.get_by_role("link", name="Đăng nhập lại").click()
    sign_in(page, "vanthu1")
    assert page.url == path
    expect(page.locator("[data-restored]")).to_contain_text("Đã khôi phục nội dung chưa lưu")
    expect(page.locator("#chuc_vu")).to_have_value("Tổ trưởng")
    expect(page.locator("[data-saved]")).to_have_text("Đã lưu 09:31")
    assert page.evaluate(KEPT) == []


def test_autosave_is_forgotten_on_signing_out_and_after_a_week(live: Live, enter: Enter) -> None:
    page = enter("vanthu1")
    path = part(page, live)
    page.evaluate("localStorage.setItem('thidua:nhap:x:/a', JSON.stringify({at: Date.now() - 8 * 864e5, fields: []}))")
    page.goto(path)
    assert page.evaluate(KEPT) == []
    page.context.set_offline(True)
    page.fill("#chuc_vu", "Tổ trưởng")
    expect(page.locator("[data-saved]")).to_contain_text("Mất kết nối")
    page.context.set_offline(False)
    page.locator("details.who summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url(re.compile("/dang-nhap"))
    assert page.evaluate(KEPT) == []


def test_autosave_shows_both_texts_when_two_change_one_field(live: Live, enter: Enter) -> None:
    mine, other = enter("vanthu1"), enter("vanthu1")
    path = part(mine, live)
    other.goto(path)
    other.fill("#chuc_vu", "Giáo viên")
    other.fill("#mon_day", "Toán")
    expect(other.locator("[data-saved]")).to_have_text("Đã lưu 09:00")
    mine.fill("#chuc_vu", "Tổ trưởng")
    mine.fill("#que_quan", "Gia Lâm")
    expect(mine.locator(".conflict-theirs")).to_have_text("Giáo viên")
    mine.get_by_role("button", name="Giữ bản của tôi").click()
    expect(mine.locator("[data-saved]")).to_have_text("Đã lưu 09:00")
    mine.goto(path)
    expect(mine.locator("#chuc_vu")).to_have_value("Tổ trưởng")
    expect(mine.locator("#mon_day")).to_have_value("Toán")
    expect(mine.locator("#que_quan")).to_have_value("Gia Lâm")
