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
    assert re.search(r"gõ lúc \d\d:\d\d ngày \d\d/\d\d/\d{4} trên", page.inner_text("[data-restored]"))


def test_a_restored_text_is_counted_as_it_stands(live: Live, enter: Enter) -> None:
    page = enter("vanthu1")
    page.goto(start(page, live) + "/phan/nhiem_vu")
    live.clock.forward(minutes=31)
    page.fill("#nhiem_vu", "Dạy lớp 5A")
    page.get_by_role("link", name="Đăng nhập lại").click()
    sign_in(page, "vanthu1")
    expect(page.locator("[data-restored]")).to_contain_text("Đã khôi phục")
    expect(page.locator("[data-counter=nhiem_vu]")).to_have_text("3/300 chữ")


def test_a_button_pressed_without_network_leaves_the_page_as_it_is(live: Live, enter: Enter) -> None:
    page = enter("vanthu1")
    path = part(page, live)
    page.context.set_offline(True)
    page.fill("#chuc_vu", "Tổ trưởng")
    page.get_by_role("button", name="Lưu và tiếp").click()
    expect(page.locator("[data-saved]")).to_contain_text("Mất kết nối")
    expect(page.locator("#chuc_vu")).to_have_value("Tổ trưởng")
    page.context.set_offline(False)
    expect(page.locator("[data-saved]")).to_have_text("Đã lưu 09:00")
    page.get_by_role("button", name="Lưu và tiếp").click()
    page.wait_for_url(lambda url: url != path)
    page.goto(path)
    expect(page.locator("#chuc_vu")).to_have_value("Tổ trưởng")


def test_a_row_taken_out_can_be_put_back(live: Live, enter: Enter) -> None:
    page = enter("vanthu1")
    path = start(page, live) + "/phan/thanh_tich"
    page.goto(path)
    page.fill("#ket_qua-0-chi_tieu", "Giỏi")
    page.get_by_role("button", name="Thêm dòng").first.click()
    page.fill("#ket_qua-1-chi_tieu", "Khá")
    page.get_by_role("button", name="Bỏ dòng 1").click()
    expect(page.locator("#ket_qua-0-chi_tieu")).to_have_count(0)
    page.get_by_role("button", name="Hoàn tác").click()
    page.get_by_role("button", name="Bỏ dòng 2").click()
    page.get_by_role("button", name="Bỏ dòng 1").click()
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.locator("[data-saved]")).to_have_text("Đã lưu 09:00")
    page.goto(path)
    rows = page.locator("table[data-rows=ket_qua] input[name$=chi_tieu]")
    assert [row.input_value() for row in rows.all()] == ["Giỏi"]


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
    # On a machine that several use, what another's interrupted session left waits for its owner.
    page.evaluate("localStorage.setItem('thidua:nhap:another:/a', JSON.stringify({at: Date.now(), fields: []}))")
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url(re.compile("/dang-nhap"))
    assert page.evaluate(KEPT) == ["thidua:nhap:another:/a"]


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


def test_taking_what_stands_in_one_field_leaves_the_other_fields_alone(live: Live, enter: Enter) -> None:
    mine, other = enter("vanthu1"), enter("vanthu1")
    path = part(mine, live)
    other.goto(path)
    other.fill("#chuc_vu", "Giáo viên")
    other.fill("#mon_day", "Toán")
    expect(other.locator("[data-saved]")).to_have_text("Đã lưu 09:00")
    mine.fill("#chuc_vu", "Tổ trưởng")
    mine.fill("#mon_day", "Ngữ văn")
    expect(mine.locator(".conflict")).to_have_count(2)
    mine.locator("[data-field=chuc_vu]").get_by_role("button", name="Dùng bản đang lưu").click()
    expect(mine.locator("#chuc_vu")).to_have_value("Giáo viên")
    expect(mine.locator("#mon_day")).to_have_value("Ngữ văn")
    mine.get_by_role("button", name="Giữ bản của tôi").click()
    expect(mine.locator(".conflict")).to_have_count(0)
    expect(mine.locator("[data-saved]")).to_have_text("Đã lưu 09:00")
    mine.goto(path)
    expect(mine.locator("#chuc_vu")).to_have_value("Giáo viên")
    expect(mine.locator("#mon_day")).to_have_value("Ngữ văn")
