"""Rows of a spreadsheet pasted into a table in a real browser: two hundred of them, and far too many."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

import all_kinds
import tiny_campaign
from browser_desk import Live, axe_findings
from small_world import NOW, World
from thidua.models import Call, Dossier
from thidua.plugin import Campaign, Rows, Section, hookimpl
from thidua.registry import Registry
from thidua.services import definitions
from thidua.services.site import Site
from thidua.services.working import raw_values
from thidua.times import Period, start_of_day

Enter = Callable[..., Page]
TABLE = dataclasses.replace(next(one for one in all_kinds.FIELDS if isinstance(one, Rows)), max_rows=200)
TRACK = dataclasses.replace(all_kinds.TRACK, form=(Section("s", "Bảng dài", (TABLE,)),))
CAMPAIGN = dataclasses.replace(all_kinds.CAMPAIGN, slug="bang-dai", tracks=(TRACK,))


@hookimpl
def thidua_campaigns() -> list[Campaign]:
    """The one campaign."""
    return [CAMPAIGN]


@pytest.fixture
def site(site: Site, world: World) -> Site:
    """The site with a campaign of one table, and a call of it."""
    registry = Registry.load(strict=True)
    registry.add(tiny_campaign, "tiny")
    registry.add(SimpleNamespace(thidua_campaigns=thidua_campaigns), "bang-dai")
    with site.database.writing() as session:
        definitions.settle(session, registry, NOW)
        session.add(
            Call(
                slug="bang-dai",
                edition="1",
                title="Bảng dài năm 2026",
                unit_id=world.units["so"],
                period=Period("year", 2026),
                opens=start_of_day(date(2026, 1, 5)),
                closes=start_of_day(date(2026, 4, 1)),
            )
        )
    return dataclasses.replace(site, registry=registry)


def table(page: Page) -> str:
    """A new dossier's table, open; the public id of the dossier."""
    page.goto("/")
    page.get_by_role("link", name=re.compile("Bắt đầu Bảng dài")).click()
    page.get_by_role("button", name=re.compile("Nguyễn Thị Hoà")).click()
    page.wait_for_url(re.compile(r"/ho-so/[0-9a-f]{24}$"))
    dossier = page.url.rpartition("/")[2]
    page.goto(f"/ho-so/{dossier}/phan/s")
    return dossier


def paste(page: Page, selector: str, text: str) -> None:
    """What a browser does when somebody pastes what a spreadsheet has put on the clipboard."""
    page.locator(selector).evaluate(
        """(box, text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          box.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        text,
    )


def lines(count: int) -> str:
    return "\r\n".join(f"2024-2025\tChỉ tiêu {n}\t{n % 100}\tCó\tĐỏ\t05/02/2026\t" for n in range(count))


def test_two_hundred_rows_are_pasted_saved_and_read_back(enter: Enter, live: Live) -> None:
    page = enter("vanthu1")
    dossier = table(page)
    paste(page, "#bang-0-nam", lines(200))
    expect(page.locator("tr[data-row]")).to_have_count(200)
    expect(page.locator("[data-pasted]")).to_have_text("Đã dán 200 dòng.")
    assert page.locator("#bang-199-mau").input_value() == "do"
    expect(page.get_by_role("button", name="Thêm dòng")).to_be_hidden()  # it takes no more
    page.get_by_role("button", name="Bỏ dòng 200").click()
    expect(page.get_by_role("button", name="Thêm dòng")).to_be_visible()
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.get_by_role("button", name="Thêm dòng")).to_be_hidden()
    expect(page.locator("[data-saved]")).to_contain_text("Đã lưu")
    assert axe_findings(page) == []
    with live.site.database.reading() as session:
        row = session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one()
        kept = raw_values(row)["bang"]
    assert isinstance(kept, list)
    assert kept == [
        {
            "nam": "2024-2025",
            "chi_tieu": f"Chỉ tiêu {n}",
            "dat": str(n % 100),
            "vuot": "yes",
            "mau": "do",
            "luc": "05/02/2026",
            "ghi": "",
        }
        for n in range(200)
    ]
    page.reload()
    expect(page.locator("tr[data-row]")).to_have_count(200)


def test_ten_thousand_rows_are_refused_and_a_single_line_goes_into_its_cell(enter: Enter, live: Live) -> None:
    page = enter("vanthu1")
    table(page)
    paste(page, "#bang-0-nam", lines(10_000))
    expect(page.locator("[data-pasted]")).to_have_text(
        "Phần dán có 10000 dòng, bảng chỉ nhận nhiều nhất 200 dòng nên chưa dán dòng nào."
    )
    expect(page.locator("tr[data-row]")).to_have_count(1)
    assert page.locator("#bang-0-nam").input_value() == ""
    paste(page, "#bang-0-chi_tieu", 'Chỉ tiêu\tĐạt\n"Hai\ndòng ""trích"""\t95')
    assert page.locator("#bang-0-chi_tieu").input_value().replace("\n", "") == 'Haidòng "trích"'
    assert page.locator("#bang-0-dat").input_value() == "95"


def test_a_pasted_column_leaves_the_cells_beside_it_and_says_what_is_no_option(enter: Enter, live: Live) -> None:
    page = enter("vanthu1")
    dossier = table(page)
    paste(page, "#bang-0-nam", lines(3))
    paste(page, "#bang-0-chi_tieu", "Giỏi\r\nKhá\r\nĐạt\r\n")
    paste(page, "#bang-1-vuot", "Không\tTím\r\nCó lẽ\tXanh lá\r\n")
    expect(page.locator("[data-pasted]")).to_have_text(
        "Đã dán 2 dòng. 2 ô không khớp lựa chọn nào nên giữ như cũ: “Tím”, “Có lẽ”."
    )
    expect(page.locator("[data-saved]")).to_contain_text("Đã lưu")
    page.reload()
    with live.site.database.reading() as session:
        row = session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one()
        kept = raw_values(row)["bang"]
    assert isinstance(kept, list)
    order = [column.key for column in TABLE.columns]
    assert [tuple(line[key] for key in order) for line in kept] == [
        ("2024-2025", "Giỏi", "0", "yes", "do", "05/02/2026", ""),
        ("2024-2025", "Khá", "1", "no", "do", "05/02/2026", ""),
        ("2024-2025", "Đạt", "2", "yes", "xanh", "05/02/2026", ""),
    ]
