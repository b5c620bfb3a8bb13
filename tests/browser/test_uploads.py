"""Files as people bring them: several at once, dropped, refused with a reason, looked at in the page."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser_desk import Live, axe_findings, shot, sign_in, start
from files_corpus import jpeg, pdf, png
from office_files import docx

Enter = Callable[..., Page]
DROP = """([selector, files]) => {
  const data = new DataTransfer();
  for (const [name, body] of files) {
    data.items.add(new File([Uint8Array.from(atob(body), (c) => c.charCodeAt(0))], name));
  }
  const target = document.querySelector(selector);
  for (const kind of ["dragenter", "dragover", "drop"]) {
    target.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
  }
}"""
EVIDENCE = "#muc-minh_chung"


@pytest.fixture
def page(live: Live, enter: Enter) -> Page:
    """The documents of a new dossier, open."""
    page = enter("vanthu1")
    page.goto(start(page, live) + "/tai-lieu")
    return page


def drop(page: Page, selector: str, files: dict[str, bytes]) -> None:
    """Let go of files over ``selector``."""
    page.evaluate(DROP, [selector, [[name, base64.b64encode(body).decode()] for name, body in files.items()]])


def held(page: Page, slot: str = EVIDENCE) -> object:
    """The files that a slot shows."""
    return page.locator(f"{slot} .file:not(.is-gone) .file-what > a")


def test_several_files_are_dropped_and_one_of_them_is_refused(page: Page) -> None:
    files = {
        "quyết định.docx": docx("Quyết định khen thưởng."),
        "trống.pdf": b"",
        "chương trình.exe": b"MZ",
        "ảnh.png": png(40, 30),
        "giấy khen.pdf": pdf("Giay khen"),
    }
    drop(page, f"{EVIDENCE} form.drop", files)
    expect(held(page)).to_have_text(["quyết định.docx", "ảnh.png", "giấy khen.pdf"])
    refused = page.locator(f"{EVIDENCE} .progress-list .is-bad")
    expect(refused).to_have_count(2)
    expect(refused.nth(0)).to_contain_text("trống.pdf")
    expect(refused.nth(1)).to_contain_text("Mục này không nhận tệp loại “.exe”")
    shot(page, "documents-refused")
    assert axe_findings(page) == []


def test_files_dropped_while_others_are_sent_wait_their_turn(page: Page) -> None:
    drop(page, f"{EVIDENCE} form.drop", {"một.docx": docx("Một.")})
    drop(page, f"{EVIDENCE} form.drop", {"hai.docx": docx("Hai.")})
    expect(held(page)).to_have_text(["một.docx", "hai.docx"])


def test_a_file_dropped_beside_its_place_leaves_the_page_alone(page: Page) -> None:
    assert (
        page.evaluate(
            "document.querySelector('h1').dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true }))"
        )
        is False
    )


def test_twenty_files_and_long_names_fit(page: Page, tmp_path: Path) -> None:
    name = "Giấy chứng nhận sáng kiến kinh nghiệm cấp thành phố của tổ chuyên môn năm học hai nghìn không trăm "
    paths = [tmp_path / f"{name}{n}.docx" for n in range(20)]
    for n, path in enumerate(paths):
        path.write_bytes(docx(f"Minh chứng số {n}."))
    page.set_input_files("#tep-minh_chung", paths)
    expect(held(page)).to_have_count(20, timeout=60_000)
    expect(page.locator(f"{EVIDENCE} form.drop")).to_have_count(0)
    page.set_viewport_size({"width": 360, "height": 800})
    shot(page, "documents-full")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_progress_is_told_while_a_file_is_sent(page: Page, tmp_path: Path) -> None:
    big = tmp_path / "ảnh lớn.jpg"
    big.write_bytes(jpeg(64, 64) + bytes(6_000_000))
    page.evaluate(
        """() => { window.told = []; new MutationObserver(() => {
            const word = document.querySelector('.progress-list .state-line');
            if (word) window.told.push(word.textContent);
        }).observe(document.body, { subtree: true, childList: true, characterData: true }); }"""
    )
    page.set_input_files("#tep-anh", big)
    expect(held(page, "#muc-anh")).to_have_text(["ảnh lớn.jpg"])
    told = page.evaluate("window.told")
    assert "đang kiểm tra…" in told or any(word.endswith("%") for word in told)


def test_session_that_ended_is_said_at_the_file_and_nothing_is_lost(page: Page, live: Live, tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(docx("Quyết định."))
    live.clock.forward(minutes=31)
    page.set_input_files("#tep-minh_chung", path)
    expect(page.locator(f"{EVIDENCE} .is-bad")).to_contain_text("đăng nhập lại")
    page.reload()
    sign_in(page, "vanthu1")
    expect(page.locator("h1")).to_have_text("Tài liệu kèm theo")
    page.set_input_files("#tep-minh_chung", path)
    expect(held(page)).to_have_text(["a.docx"])


def test_pdf_and_pictures_open_in_the_page(page: Page) -> None:
    drop(page, f"{EVIDENCE} form.drop", {"giấy khen.pdf": pdf("Trang mot", "Trang hai"), "ảnh.png": png(40, 30)})
    expect(held(page)).to_have_count(2)
    documents = page.url
    page.get_by_role("link", name=re.compile("Xem giấy khen.pdf")).click()
    pictures = page.locator("figure img")
    expect(pictures).to_have_count(2)
    pictures.last.scroll_into_view_if_needed()
    page.wait_for_function("[...document.querySelectorAll('figure img')].every((one) => one.naturalWidth > 100)")
    shot(page, "preview-pdf")
    assert axe_findings(page) == []
    page.goto(documents)
    page.get_by_role("link", name=re.compile("Xem ảnh.png")).click()
    frame = page.frame_locator("iframe.preview")
    expect(frame.locator("img")).to_be_visible()
    assert frame.locator("img").evaluate("(one) => [one.naturalWidth, one.naturalHeight]") == [40, 30]
    shot(page, "preview-picture")
