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


def test_single_keys_are_switched_off_and_stay_off(live: Live, enter: Callable[..., Page]) -> None:
    """WCAG 2.1.4: who dictates would otherwise jump about by speaking a letter."""
    page = enter("vanthu1")
    for _ in range(2):
        start(page, live)
    page.goto("/ho-so")
    links, switch = page.locator("[data-walk] th a"), page.locator("[data-keys]")
    page.locator(".who summary").click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    page.goto("/ho-so")
    for key in ("j", "j", "/"):
        page.keyboard.press(key)
    expect(page.locator("[data-walk] th a:focus, [data-search]:focus")).to_have_count(0)
    expect(page.locator(".walk-help")).to_be_hidden()
    page.locator(".who summary").click()
    switch.click()
    page.locator(".who summary").click()
    page.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
