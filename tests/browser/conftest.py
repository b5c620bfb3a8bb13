"""A real Chromium against a real server: waitress on a free port, the worker running, the small world."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from waitress.server import create_server

from answering import answering
from browser_desk import CHROMIUM, Live, sign_in
from small_world import Clock, World
from thidua.models import Call
from thidua.outbox import Worker
from thidua.services import indexing
from thidua.services.site import Site
from thidua.times import Period, start_of_day

ARGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser; without one it is skipped, but never in CI."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None and os.environ.get("THIDUA_CI") != "1":
                item.add_marker(pytest.mark.skip(reason="no chromium on this machine (apt install chromium)"))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """The system's own Chromium, which asks nobody anything."""
    return {"executable_path": CHROMIUM, "args": ARGS, "headless": True}


@pytest.fixture
def live(app: Flask, site: Site, world: World, clock: Clock) -> Iterator[Live]:
    """The site on a free port of this machine, with its worker."""
    with site.database.writing() as session:
        call = Call(
            slug="day-tot-hoc-tot",
            edition="2025",
            title="Dạy tốt – Học tốt năm học 2025-2026",
            unit_id=world.units["so"],
            period=Period("school_year", 2025),
            opens=start_of_day(date(2026, 1, 5)),
            closes=start_of_day(date(2026, 3, 21)),
        )
        session.add(call)
        session.flush()
        public_id = call.public_id
    server = create_server(app, host="127.0.0.1", port=0, threads=6)
    worker = Worker(site.database, indexing.handlers(site))
    with answering(server) as address:
        worker.start(pause=0.1)
        yield Live(address, clock, world, site, public_id)
        worker.stop()


@pytest.fixture
def enter(browser: Browser, live: Live) -> Iterator[Callable[..., Page]]:
    """``enter("vanthu1")`` signs in, in a browser profile of its own; ``script=False`` turns scripts off."""
    contexts: list[BrowserContext] = []

    def signed_in(login: str, *, script: bool = True, width: int = 1280) -> Page:
        context = browser.new_context(
            base_url=live.url, java_script_enabled=script, viewport={"width": width, "height": 900}, locale="vi-VN"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto("/dang-nhap")
        sign_in(page, login)
        return page

    yield signed_in
    for context in contexts:
        context.close()
