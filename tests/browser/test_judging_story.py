"""From an accepted dossier to the result that its school reads: two judges, a gap, a third, closed and published."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

import files_corpus
import judged_campaign
import marked_files
from browser_desk import Live, axe_findings, served, shot
from conftest import serve
from crawling import fresh_site
from judged_campaign import BLIND, OPEN
from judging_desk import FULL, accepted, hire
from small_world import Clock
from thidua.documents.check import check_document
from thidua.models import Role
from thidua.outbox import Worker
from thidua.services.indexing import handlers

Enter = Callable[..., Page]


@pytest.fixture
def live(tmp_path: Path, _migrated: Path) -> Iterator[Live]:
    """A site of its own with a judged campaign, three judges, and an accepted dossier of each track."""
    clock = Clock()
    attach = [
        ("bao-cao.docx", marked_files.docx("Hoa"), "bao_cao"),
        ("b.pdf", files_corpus.pdf(*(f"Trang {n}" for n in range(1, 11))), "bao_cao"),
    ]
    attach += [("c.txt", "Bài viết về quê hương.".encode(), "bao_cao")]
    with fresh_site(tmp_path, _migrated, judged_campaign) as (site, world):
        hire(site, world, "giamkhao2", "giamkhao3")
        hire(site, world, "phutrach0", role=Role.MANAGER, unit="so")  # whose office opened the call
        for track, key in ((OPEN, "duc"), (BLIND, "hoa")):
            accepted(site, world, clock, track=track, key=key, attach=attach)
        Worker(site.database, handlers(site, clock), clock=lambda: clock().replace(hour=3)).drain()
        with served(serve(site, clock)) as url:
            yield Live(url, clock, world, site, world.call_public_id)


def fill(page: Page, **typed: str) -> None:
    """Type points; a condition is chosen."""
    for key, text in {**FULL, **typed}.items():
        if key == "dung_the":
            page.locator(f'[name="point:{key}"][value="{text}"]').check()
        else:
            page.fill(f'[id="point:{key}"]', text)


def assign(manager: Page, live: Live) -> None:
    """Both dossiers to the first two judges."""
    manager.goto(f"/ket-qua/dot/{live.call}/phan-cong")
    manager.get_by_label(re.compile("giamkhao1")).check()
    manager.get_by_label(re.compile("giamkhao2")).check()
    manager.get_by_role("button", name="Xem trước").click()
    manager.get_by_role("button", name=re.compile("Xác nhận phân công 2 hồ sơ")).click()
    expect(manager.locator(".flash").first).to_be_visible()


def open_named(judge: Page, name: str | re.Pattern[str]) -> None:
    judge.goto("/cham")
    judge.get_by_role("link", name=name).click()


def issue(manager: Page, live: Live, folder: Path) -> tuple[str, ...]:
    """The report of the call as Word and Excel: its line of the dossier, as both files have it."""
    manager.goto(f"/bao-cao/dot/{live.call}")
    manager.get_by_role("link", name="Kết quả chấm").click()
    expect(manager.locator("figure.chart svg")).to_be_visible()
    manager.fill("#so", "12")
    manager.fill("#ngay", "20/03/2026")
    manager.fill("#ky-1", "Trần Thị Ký")
    manager.get_by_role("button", name="Lập thành Word và Excel").click()
    expect(manager.get_by_role("progressbar", name="Tiến độ lập báo cáo")).to_have_attribute("value", "0")
    shot(manager, "report-under-way")
    Worker(live.site.database, handlers(live.site, live.clock), clock=live.clock).drain()
    manager.get_by_role("link", name="Tải Word").wait_for()  # the page loads itself again
    shot(manager, "report-issued")
    paths = []
    for name in ("Tải Word", "Tải Excel"):
        with manager.expect_download() as taken:
            manager.get_by_role("link", name=name).click()
        paths.append(folder / taken.value.suggested_filename)
        taken.value.save_as(paths[-1])
    word, excel = paths
    assert [str(finding) for finding in check_document(word)] == []
    in_word = [tuple(cell.text for cell in row.cells) for table in Document(str(word)).tables for row in table.rows]
    book = CalamineWorkbook.from_path(excel)
    lines = [line for sheet in book.sheet_names for line in book.get_sheet_by_name(sheet).to_python()]
    (line,) = [row for row in in_word if "Trần Văn Đức" in row]
    (typed,) = [row for row in lines if "Trần Văn Đức" in row]
    assert [isinstance(cell, float) for cell in typed] == [False, True, False]
    return line


def test_story_of_judging(live: Live, enter: Enter, tmp_path: Path) -> None:
    manager, one, two = enter("phutrach0"), enter("giamkhao1"), enter("giamkhao2")
    assign(manager, live)

    open_named(one, "Trần Văn Đức")
    fill(one)
    expect(one.locator('[data-sum="tong"]')).to_have_text("17")  # what the server says after saving
    expect(one.locator("[data-class]")).to_have_text("Xuất sắc")
    one.get_by_role("button", name="Gửi phiếu", exact=True).click()
    expect(one.locator(".flash")).to_contain_text("Đã gửi phiếu chấm")

    open_named(two, "Trần Văn Đức")
    fill(two, y_tuong="3,3")
    expect(two.locator('[id="point:y_tuong-error"]')).to_contain_text("Hãy nhập 3,25 hoặc 3,5")
    fill(two, y_tuong="3,25")
    two.locator("h1").click()  # the keys save while one reads, too
    two.keyboard.press("Control+Shift+Enter")
    two.wait_for_url(lambda url: "/cham/" in url)
    expect(two.locator("h1")).to_have_text(re.compile("^Phách "))  # the blind one comes next

    manager.goto(f"/ket-qua/dot/{live.call}")
    manager.get_by_role("heading", name=re.compile("Chênh lệch quá mức")).wait_for()
    manager.locator(".card-title", has_text="Trần Văn Đức").click()
    manager.get_by_role("button", name="Mời giám khảo thứ ba").click()
    expect(manager.locator(".flash")).to_be_visible()

    three = enter("giamkhao3", script=False)
    open_named(three, "Trần Văn Đức")
    fill(three, y_tuong="6")
    three.get_by_role("button", name="Gửi phiếu", exact=True).click()
    expect(three.locator(".flash")).to_contain_text("Đã gửi phiếu chấm")

    manager.goto(f"/ket-qua/dot/{live.call}/chot/{OPEN}")
    manager.get_by_role("button", name=re.compile("Chốt kết quả 1 hồ sơ")).click()
    expect(manager.locator(".flash")).to_contain_text("Đã chốt")
    manager.goto(f"/ket-qua/dot/{live.call}/chot/{OPEN}")
    manager.get_by_role("button", name="Công bố 1 kết quả đã chốt").click()
    expect(manager.locator(".flash")).to_contain_text("Đã công bố")

    one.goto("/cham?xem=da-chot")
    one.get_by_role("link", name="Trần Văn Đức").click()
    expect(one.locator(".judging-side")).to_contain_text("Việc chấm hồ sơ này đã chốt")

    clerk = enter("vanthu1")
    clerk.goto("/ho-so")
    clerk.get_by_role("link", name="Trần Văn Đức").first.click()
    expect(clerk.locator("main")).to_contain_text("Khá")  # (17 + 11,75 + 14,5)/3 ≈ 14,42
    for hidden in ("giamkhao", "Giám khảo 1"):
        expect(clerk.locator("main")).not_to_contain_text(hidden)

    assert issue(manager, live, tmp_path) == ("Trần Văn Đức", "14,42", "Khá")


def enlarge(judge: Page) -> None:
    """A paper in the pane: larger by buttons and keys, which the next pages keep; then as it was."""
    picture = judge.locator("[data-pane] .page-image img").first
    wide = picture.evaluate("(one) => one.clientWidth")
    judge.get_by_role("link", name="150%").click()
    assert picture.evaluate("(one) => one.clientWidth") == pytest.approx(wide * 1.5, abs=3)
    judge.keyboard.press("+")
    expect(judge.locator("[data-view]")).to_have_class("zoom-200")
    judge.get_by_role("link", name="Các trang sau").click()
    expect(judge.locator("[data-pane] .page-image figcaption")).to_have_text(["Trang 9/10", "Trang 10/10"])
    expect(judge.locator("[data-view]")).to_have_class("zoom-200")
    judge.fill("#den-trang", "3")
    judge.press("#den-trang", "Enter")
    expect(judge.locator("[data-pane] .page-image")).to_have_count(8)
    expect(judge.locator("[data-view]")).to_have_class("zoom-200")
    shot(judge, "judge-paper-large")
    judge.locator("[data-pane]").focus()
    judge.keyboard.press("-")
    judge.keyboard.press("-")
    expect(judge.locator("[data-view]")).to_have_class("zoom-100")


def test_blind_sheet_beside_its_papers(live: Live, enter: Enter) -> None:
    manager, judge = enter("phutrach0"), enter("giamkhao1")
    assign(manager, live)
    findings = {}

    def look(page: Page, name: str) -> None:
        shot(page, name)
        findings[name] = axe_findings(page)

    judge.goto("/cham")
    look(judge, "judge-queue")
    judge.get_by_role("link", name=re.compile("^Phách ")).click()
    look(judge, "judge-sheet")
    judge.get_by_role("link", name="Báo cáo 2.pdf", exact=True).click()
    expect(judge.locator("[data-pane] .page-image")).to_have_count(8)
    expect(judge.locator("[data-dossier]")).to_be_hidden()
    judge.get_by_role("link", name="2", exact=True).click()
    enlarge(judge)
    fill(judge, y_tuong="9")  # the sheet is still there while a paper is read
    expect(judge.locator('[data-sum="tong"]')).to_have_text("17,5")
    look(judge, "judge-paper")
    judge.fill("#tim", "que huong")
    judge.press("#tim", "Enter")
    expect(judge.locator("[data-pane] mark").first).to_have_text("quê hương")
    judge.get_by_role("button", name="Về phần nội dung").click()
    expect(judge.locator("[data-dossier]")).to_be_visible()
    expect(judge.locator("[data-saved]")).to_contain_text("Đã lưu")
    judge.press('[id="point:y_tuong"]', "Control+Enter")
    judge.wait_for_url(lambda url: "/cham/" in url)
    expect(judge.locator("h1")).to_have_text("Trần Văn Đức")

    judge.goto("/cham")
    row = judge.locator("tr", has_text="Phách")
    row.locator("summary").click()
    row.get_by_label("Lý do").fill("Nhận ra tác giả.")
    look(judge, "judge-decline")
    row.get_by_role("button", name="Có xung đột lợi ích").click()
    expect(judge.locator(".flash")).to_contain_text("Đã trả lại hồ sơ")
    expect(judge.locator("main")).not_to_contain_text("Phách")
    assert {name: found for name, found in findings.items() if found} == {}
