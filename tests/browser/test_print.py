"""Printed pages: the page's own margins, and nothing that is only pressed."""

from __future__ import annotations

import io
from collections.abc import Callable

import pypdfium2
from playwright.sync_api import Page

from browser_desk import Live, start


def printed(page: Page) -> tuple[tuple[int, int], str]:
    """The size of the first sheet in points, and all that stands on paper."""
    paper = pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    width, height = paper[0].get_size()
    return (round(width), round(height)), "\n".join(sheet.get_textpage().get_text_bounded() for sheet in paper)


def test_a_dossier_prints_upright_without_what_is_only_pressed(live: Live, enter: Callable[..., Page]) -> None:
    page = enter("vanthu1")
    start(page, live)
    page.goto(f"{page.url}/xem")
    name = page.locator("h1").inner_text()
    size, text = printed(page)
    assert (size, name in text) == ((595, 842), True)
    assert [word for word in ("Việc cần làm", "Tra cứu", "Đăng xuất") if word in text] == []
