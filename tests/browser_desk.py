"""What the browser tests share: the served site, signing in, pictures, and what axe finds."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page
from waitress.server import create_server

from answering import answering
from small_world import PASSWORD, Clock, World
from thidua.services.site import Site

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SHOTS = os.environ.get("THIDUA_SHOTS")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """``app`` on a free port of this machine; its address."""
    server = create_server(app, host="127.0.0.1", port=0, threads=6)
    with answering(server) as address:
        yield address


@dataclass(frozen=True)
class Live:
    """A served site: its address, its clock, its world, and the public id of the call of Dạy tốt – Học tốt."""

    url: str
    clock: Clock
    world: World
    site: Site
    call: str


def sign_in(page: Page, login: str, password: str = PASSWORD) -> None:
    """Fill in the sign-in page that is open."""
    page.fill("#login", login)
    page.fill("#password", password)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(lambda url: "/dang-nhap" not in url)


def shot(page: Page, name: str) -> None:
    """A picture of the page at both widths, when the environment asks for pictures."""
    if SHOTS:
        size = page.viewport_size
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
        if size:
            page.set_viewport_size(size)


def axe_findings(page: Page) -> list[str]:
    """What axe has against the page, A and AA: rule and element."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]]


def start(page: Page, live: Live, name: str = "Nguyễn Thị Hoà") -> str:
    """Start a dossier for a teacher, from the first page on; return its address."""
    page.goto("/")
    page.get_by_role("link", name=re.compile("Bắt đầu Dạy tốt")).click()
    page.get_by_role("link", name="Cá nhân", exact=False).first.click()
    page.fill("#tim", "hoa")
    page.get_by_role("button", name="Tìm", exact=True).last.click()
    page.get_by_role("button", name=re.compile(name)).click()
    page.wait_for_url(re.compile(r"/ho-so/[0-9a-f]{24}$"))
    return page.url
