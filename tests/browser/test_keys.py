"""Lists walked by keyboard."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from browser_desk import Live, start


def test_j_and_k_walk_a_list_and_enter_opens(live: Live, enter: Callable[..., Page]) -> None:
    page = enter("vanthu1")
    dossiers = {start(page, live) for _ in range(3)}
    page.goto("/ho-so")
    links = page.locator("[data-walk] th a")
    for key, at in (("k", 0), ("j", 1), ("j", 2), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(links.nth(at)).to_be_focused()
    page.fill("#loc", "")
    page.locator("#loc").press("j")
    expect(page.locator("#loc")).to_have_value("j")
    links.nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/ho-so/*")
    assert page.url in dossiers
