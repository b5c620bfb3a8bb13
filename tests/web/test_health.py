"""The site tells a watcher whether it lives, and the administrator what ails it."""

from __future__ import annotations

import io
import re
import shutil

import pytest
from flask import Flask
from flask.testing import FlaskClient

from conftest import sign_in
from small_world import NOW, World
from thidua.models import Blob
from thidua.services import doctor
from thidua.services.site import Site


def test_a_watcher_is_told_ok_and_nothing_else(client: FlaskClient, site: Site) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_data(), answer.content_type) == (200, b"ok\n", "text/plain; charset=utf-8")
    assert (answer.headers["Cache-Control"], answer.headers.get("Set-Cookie")) == ("no-store", None)
    assert [path.name for path in site.store.tmp.iterdir()] == []


def _no_tables(site: Site) -> None:
    site.database.close()
    site.database.path.write_bytes(b"no database at all" * 500)


def _no_store(site: Site) -> None:
    shutil.rmtree(site.settings.blobs_path, ignore_errors=True)
    site.settings.blobs_path.write_bytes(b"")


def _not_mounted(site: Site) -> None:
    """The folder is there and takes files, but it is not the one in which the site kept its own."""
    with site.store.receive(io.BytesIO(b"Quyet dinh"), name="a.txt", limit=100) as incoming:
        site.store.keep(incoming)
    with site.database.writing() as session:
        kept = {"sha256": incoming.sha256, "size": incoming.size, "extension": ".txt"}
        session.add(Blob(created_at=NOW, **kept))
    site.settings.blobs_path.rename(site.settings.instance / "elsewhere")


@pytest.mark.parametrize("harm", [_no_tables, _no_store, _not_mounted])
def test_a_watcher_is_told_when_database_or_store_fails(client: FlaskClient, site: Site, harm) -> None:
    harm(site)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_data()) == (503, b"not ok\n")


def rows(page: str) -> dict[str, tuple[str, str]]:
    """Name of each check → its result and what is to be done."""
    found = re.findall(
        r'<th scope="row">([^<]+)</th>.*?data-label="Kết quả".*?</svg>([^<]+)<.*?data-label="Cách xử lý">(.*?)</td>',
        page,
        re.S,
    )
    return {name: (result, re.sub(r"<[^>]+>", "", mend).strip()) for name, result, mend in found}


def test_the_page_shows_every_check_of_the_shell(app: Flask, site: Site, world: World, clock) -> None:
    (site.settings.instance / "thidua.toml").write_text("")
    (site.settings.instance / "thidua.toml").chmod(0o600)
    site.engine.rebuild([])
    client = app.test_client()
    sign_in(client, "admin")
    said = list(doctor.look(doctor.of_site(site, clock())))
    assert [one.name for one in said if not one.ok] == []
    page = client.get("/quan-tri/tinh-trang/").get_data(as_text=True)
    assert rows(page) == {one.name: ("Tốt", "–") for one in said}
    (site.settings.instance / "thidua.toml").chmod(0o644)
    page = client.get("/quan-tri/tinh-trang/").get_data(as_text=True)
    assert rows(page)["Cài đặt"] == ("Cần xử lý", f"chmod 600 {site.settings.instance}/thidua.toml")
    assert "1 mục cần xử lý" in page


@pytest.mark.parametrize("login", ["vanthu1", "thamdinh1", "phutrach1", "giamkhao1", "tracuu"])
def test_the_page_is_for_administrators(app: Flask, world: World, login: str) -> None:
    client = app.test_client()
    sign_in(client, login)
    assert client.get("/quan-tri/tinh-trang/").status_code == 403
