"""Every page of the demo, as every role, with real ids: axe finds nothing of level A or AA, nothing needs scrolling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from browser_desk import axe_findings, served, sign_in
from crawling import UNKNOWN, addresses
from small_demo import copy_of_demo
from thidua import config, demo
from thidua.app import create_app, open_site
from thidua.models import Assignment, AttachmentRevision, Call, Dossier, Submission, Unit, User
from thidua.services.definitions import shape
from thidua.services.site import Site

ROLES = ("admin", "vanthu", "hieutruong", "thamdinh", "phutrach", "giamkhao1", "tracuu")
QUERIES = {
    "search.index": ("", "?q=hoc+lieu", "?q=khongcogi", "?q=hoc&trangthai=eligible&xep=newest"),
    "dossiers.index": ("", "?trangthai=draft", "?loc=khongcogi"),
    "reviews.index": ("", "?xem=tat-ca", "?xem=da-tra&loc=khongcogi"),
    "judge.index": ("", "?xem=da-gui", "?xem=da-chot"),
    "judge_papers.find": ("?tim=hoc", "?tim="),
    "staff.index": ("", "?tim=khongcogi"),
}
MOST = 3  # of units, users, files and letters: they differ in their words only


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demo that may be changed: reading a file is written down."""
    folder = copy_of_demo(tmp_path_factory.mktemp("axe") / "demo")
    site = open_site(config.load(folder))
    yield site
    site.engine.close()
    site.database.close()


@pytest.fixture(scope="module")
def app(site: Site) -> Flask:
    """The demo, to serve."""
    return create_app(site)


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """Where it is served."""
    with served(app) as address:
        yield address


@pytest.fixture(scope="module")
def ids(site: Site) -> dict[str, list[str]]:
    """What may stand in an address."""
    with site.database.reading() as session:
        rows = list(session.scalars(select(Dossier)))
        mine = select(Assignment.public_id).join(User, User.id == Assignment.judge_id).where(User.login == "giamkhao1")
        sections = {s.key for row in rows for s in shape(row.definition).sections}
        return {
            "dossier": [row.public_id for row in rows],
            "revision": _of_every_kind(list(session.scalars(select(AttachmentRevision)))),
            "submission": list(session.scalars(select(Submission.public_id)))[:MOST],
            "call": list(session.scalars(select(Call.public_id))),
            "unit": list(session.scalars(select(Unit.public_id)))[:MOST],
            "user": list(session.scalars(select(User.public_id)))[:MOST],
            "assignment": list(session.scalars(mine))[:MOST] or [UNKNOWN],
            "track": sorted({row.track for row in rows}),
            "key": sorted(sections),
            "page": ["1"],
            "report": ["danh_sach_ho_so"],
            "issued": [UNKNOWN],
            "kind": ["word"],
            "n": ["1", "2"],
            "old": ["1"],
            "new": ["2"],
            "filename": ["thidua.css"],
            "name": ["x"],
        }


def _of_every_kind(revisions: list[AttachmentRevision]) -> list[str]:
    return list({r.extension: r.public_id for r in revisions}.values())


def pages(app: Flask, ids: Mapping[str, list[str]], site: Site) -> Iterator[str]:
    """Every GET address, and those that ask for more than their path says."""
    yield from addresses(app, ids, QUERIES)
    with site.database.reading() as session:
        drafts = list(session.scalars(select(Dossier.public_id).where(Dossier.state == "awaiting")))
        calls = list(session.scalars(select(Call.public_id)))
    yield from (f"/to-trinh/moi?hoso={one}" for one in drafts)
    for call in calls:
        yield from (f"/ho-so/moi?dot={call}{kind}" for kind in ("", "&loai=ca-nhan", "&loai=tap-the"))


def shows(page: Page, path: str) -> bool:
    """Open ``path`` when it is a page for this reader."""
    answer = page.request.get(path, max_redirects=0)
    if answer.status != 200 or not answer.headers["content-type"].startswith("text/html"):
        return False
    page.goto(path)
    return True


@pytest.mark.parametrize("login", [*ROLES, ""])
def test_axe_has_nothing_against_any_page_of(
    browser: Browser, app: Flask, site: Site, address: str, ids: dict[str, list[str]], login: str
) -> None:
    page = browser.new_context(base_url=address, locale="vi-VN", viewport={"width": 1280, "height": 900}).new_page()
    if login:
        page.goto("/dang-nhap")
        sign_in(page, login, demo.PASSWORD)
    wrong, seen = {}, 0
    for path in pages(app, ids, site):
        if not shows(page, path):
            continue
        seen += 1
        found = axe_findings(page)
        page.set_viewport_size({"width": 360, "height": 800})
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > 360:
            found.append(f"{wide} pixels wide at 360")
        page.set_viewport_size({"width": 1280, "height": 900})
        if found:
            wrong[path] = found
    page.context.close()
    assert wrong == {}
    assert seen >= (6 if login else 1)
