"""A field of every kind in a real browser: drawn, filled in, kept and read back, with scripts and without."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import all_kinds
import tiny_campaign
from browser_desk import Live, axe_findings, shot
from small_world import NOW, World
from thidua.models import Call
from thidua.registry import Registry
from thidua.services import definitions
from thidua.services.site import Site
from thidua.times import Period, start_of_day

Enter = Callable[..., Page]
TITLE = "Mọi kiểu ô năm 2026"
ANSWERS = {
    "Một dòng": "Tổ trưởng",
    "Nhiều dòng": "Dạy tốt,\nhọc tốt.",
    "Một số": "1.234,5",
    "Tỉ lệ": "91,25 %",
    "Chọn một": "Đỏ",
    "Chọn nhiều": "Đỏ; Xanh lá",
    "Có nhận thêm việc": "Có",
    "Việc nhận thêm": "Chủ nhiệm lớp 4A",
    "Vì sao chọn màu đỏ": "Màu cờ",
    "Một ngày": "02/09/2025",
    "Năm học": "2025-2026",
    "Năm": "2024",
    "Đường dẫn": "https://example.vn/hoc-lieu",
    "Người hướng dẫn": "Trần Văn Đức",
    "Đơn vị phối hợp": "Trường THCS Đa Tốn",
}
ROWS = [
    ["2024-2025", "Học sinh khá, giỏi", "81,2 %", "Không", "Vàng", "31/05/2025", ""],
    ["2025-2026", "Học sinh khá, giỏi", "91,5 %", "Có", "Đỏ", "31/05/2026", "Vượt kế hoạch."],
]


@pytest.fixture
def site(site: Site, world: World) -> Site:
    """The site with the campaign of every kind, and a call of it."""
    registry = Registry.load(strict=True)
    registry.add(tiny_campaign, "tiny")
    registry.add(all_kinds, "all-kinds")
    with site.database.writing() as session:
        definitions.settle(session, registry, NOW)
        session.add(
            Call(
                slug="moi-kieu",
                edition="1",
                title=TITLE,
                unit_id=world.units["so"],
                period=Period("year", 2026),
                opens=start_of_day(date(2026, 1, 5)),
                closes=start_of_day(date(2026, 4, 1)),
            )
        )
    return dataclasses.replace(site, registry=registry)


def part(page: Page) -> str:
    """A new dossier's first part, open; the address of the dossier."""
    page.goto("/")
    page.get_by_role("link", name=re.compile("Bắt đầu " + TITLE)).click()
    page.get_by_role("button", name=re.compile("Nguyễn Thị Hoà")).click()
    page.wait_for_url(re.compile(r"/ho-so/[0-9a-f]{24}$"))
    dossier = page.url
    page.goto(f"{dossier}/phan/moi_kieu")
    return dossier


TYPED = "(area, text) => { area.value = text; area.dispatchEvent(new Event('input', { bubbles: true })) }"


def test_the_page_counts_words_as_the_server_does(enter: Enter) -> None:
    page = enter("vanthu1")
    part(page)
    said = []
    cases = json.loads((Path(__file__).parents[1] / "word_counts.json").read_text("utf-8"))
    for case in cases:
        page.eval_on_selector("#dai", TYPED, case["text"])
        said.append(page.inner_text('[data-counter="dai"]'))
    assert said == [f"{case['words']}/20 chữ" for case in cases]


def fill_plain(page: Page) -> None:
    """Everything that is filled in alike with and without scripts."""
    for key, text in (
        ("ngan", "Tổ trưởng"),
        ("dai", "Dạy tốt,\nhọc tốt."),
        ("so", "1234,5"),
        ("ti_le", "91,25"),
        ("ngay", "2/9/2025"),
        ("nam_hoc", "2025-2026"),
        ("nam", "2024"),
        ("duong_dan", "https://example.vn/hoc-lieu"),
    ):
        page.fill(f"#{key}", text)
    page.select_option("#mot", "do")
    page.check("#nhieu-0")
    page.check("#nhieu-2")
    page.check("#co_khong-0")
    page.fill("#viec", "Chủ nhiệm lớp 4A")
    page.fill("#mau_khac", "Màu cờ")


def fill_row(page: Page, n: int) -> None:
    """Row ``n`` of the table."""
    values = (
        ("2024-2025", "81,2", "no", "vang", "31/5/2025", ""),
        ("2025-2026", "91,5", "yes", "do", "31/5/2026", "Vượt kế hoạch."),
    )[n]
    page.fill(f"#bang-{n}-nam", values[0])
    page.fill(f"#bang-{n}-chi_tieu", "Học sinh khá, giỏi")
    page.fill(f"#bang-{n}-dat", values[1])
    page.select_option(f"#bang-{n}-vuot", values[2])
    page.select_option(f"#bang-{n}-mau", values[3])
    page.fill(f"#bang-{n}-luc", values[4])
    page.fill(f"#bang-{n}-ghi", values[5])


def read_back(page: Page, dossier: str) -> tuple[dict[str, str], list[list[str]]]:
    """The answers as everybody reads them: by label, and the rows of the table."""
    page.goto(f"{dossier}/xem")
    answers = page.locator(".read-section").first.locator(".read-answer:not(:has(table))")
    texts = {one.locator("h3").inner_text(): one.locator("div, .quiet").inner_text() for one in answers.all()}
    rows = page.locator(".read-section table tbody tr").all()
    return texts, [[cell.inner_text() for cell in row.locator("td").all()] for row in rows]


def test_every_kind_is_filled_in_with_scripts(live: Live, enter: Enter) -> None:
    page = enter("vanthu1")
    dossier = part(page)
    shot(page, "kinds-empty")
    expect(page.locator("#viec")).to_be_hidden()
    fill_plain(page)
    page.locator("#nguoi-name").press_sequentially("duc")
    page.locator("#nguoi-name-goi-y li").first.wait_for()
    page.locator("#nguoi-name").press("ArrowDown")
    page.locator("#nguoi-name").press("Enter")
    page.locator("#don_vi-name").press_sequentially("da ton")
    page.locator("#don_vi-name-goi-y li").first.click()
    fill_row(page, 0)
    page.get_by_role("button", name="Thêm dòng").click()
    fill_row(page, 1)
    expect(page.locator("[data-saved]")).to_have_text("Đã lưu 09:00")
    shot(page, "kinds-filled")
    assert axe_findings(page) == []
    page.get_by_role("button", name="Lưu và tiếp").click()
    page.wait_for_url(re.compile("/phan/them$"))
    assert read_back(page, dossier) == (ANSWERS, ROWS)


def test_every_kind_is_filled_in_without_scripts(live: Live, enter: Enter) -> None:
    page = enter("vanthu1", script=False)
    dossier = part(page)
    fill_plain(page)
    for key, text, name in (("nguoi", "duc", "Trần Văn Đức"), ("don_vi", "da ton", "Trường THCS Đa Tốn")):
        page.fill(f"#{key}-name", text)
        page.locator(f"button[value='find:{key}']").click()
        page.get_by_role("radio", name=re.compile(name)).check()
    fill_row(page, 0)
    page.get_by_role("button", name="Thêm dòng").click()
    fill_row(page, 1)
    page.get_by_role("button", name="Lưu và tiếp").click()
    page.wait_for_url(re.compile("/phan/them$"))
    assert read_back(page, dossier) == (ANSWERS, ROWS)


def test_errors_of_every_kind_stand_at_their_fields(live: Live, enter: Enter) -> None:
    page = enter("vanthu1")
    part(page)
    wrong = {"so": "mười", "ti_le": "120", "ngay": "31/2/2025", "nam_hoc": "2025-2027", "nam": "xx", "duong_dan": "a b"}
    for key, text in wrong.items():
        page.fill(f"#{key}", text)
    page.fill("#bang-0-dat", "1000")
    page.get_by_role("button", name="Lưu và tiếp").click()
    expect(page.locator(".error-summary")).to_be_focused()
    shot(page, "kinds-errors")
    at = page.locator(".field-error").evaluate_all("all => all.map((one) => one.id)")
    expected = {f"{key}-error" for key in (*wrong, "bang-0-dat")}
    assert set(at) == expected
    for key, text in wrong.items():
        expect(page.locator(f"#{key}")).to_have_value(text)
    assert axe_findings(page) == []
