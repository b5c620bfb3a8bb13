"""A disk that takes nothing more: pages are still read, saving says what is wrong, nothing stored is lost."""

from __future__ import annotations

import errno
import io
import sqlite3
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from conftest import serve
from desk import word_file
from small_world import Clock, World
from thidua.errors import say
from thidua.models import Part
from thidua.services.site import Site
from thidua.web.security import public
from web_desk import attach, page_fields, post, signed_in, start, text_of

WORDS = "Dạy tốt, học tốt. " * 4_000


@pytest.fixture
def dossier(app: Flask, world: World) -> tuple[FlaskClient, str]:
    clerk = signed_in(app, "vanthu1")
    return clerk, start(clerk, world)


@pytest.fixture
def pragma(site: Site) -> Iterator[list[str]]:
    """Statements that every connection made from now on begins with."""
    statements: list[str] = []

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        for statement in statements:
            connection.execute(statement).close()

    event.listen(site.database.engine, "connect", prepare)
    yield statements
    event.remove(site.database.engine, "connect", prepare)


def stored(site: Site) -> list[object]:
    with site.database.reading() as session:
        return [raw for raw in session.scalars(select(Part.raw)) if raw]


@pytest.mark.parametrize(
    ("statement", "status", "code"),
    [("PRAGMA max_page_count=1", 507, "disk-full-saving"), ("PRAGMA query_only=ON", 503, "read-only")],
)
def test_saving_on_a_disk_that_takes_nothing_says_so(
    dossier: tuple[FlaskClient, str], pragma: list[str], site: Site, statement: str, status: int, code: str
) -> None:
    clerk, address = dossier
    path = f"{address}/phan/thanh_tich_chung"
    marks = page_fields(text_of(clerk, path))
    pragma.append(statement)
    site.database.close()
    answer = post(clerk, path, {**marks, "thanh_tich": WORDS, "_do": "stay"})
    assert (answer.status_code, say(code) in answer.get_data(as_text=True)) == (status, True)
    assert (clerk.get(address).status_code, stored(site)) == (200, [])
    pragma.clear()
    site.database.close()
    again = post(clerk, path, {**marks, "thanh_tich": WORDS, "_do": "stay"})
    assert again.status_code == 422  # more words than the field takes: kept, and told
    assert stored(site) == [{"thanh_tich": WORDS}]


def test_refusal_that_cannot_be_noted_is_no_unexpected_error(
    dossier: tuple[FlaskClient, str], pragma: list[str], site: Site
) -> None:
    clerk, _ = dossier
    pragma.append("PRAGMA query_only=ON")
    site.database.close()
    answer = clerk.get("/quan-tri/tai-khoan/")
    assert (answer.status_code, say("read-only") in answer.get_data(as_text=True)) == (503, True)


def test_upload_into_a_store_that_may_only_be_read_says_so(dossier: tuple[FlaskClient, str], site: Site) -> None:
    """As after a fault of the disk, or with the wrong owner: /sys is a folder in which nobody makes a file."""
    clerk, address = dossier
    site.store.root.mkdir(exist_ok=True)
    (site.store.root / "tmp").symlink_to("/sys")
    data = {"tep": (io.BytesIO(word_file("Báo cáo")), "a.docx")}
    answer = post(clerk, f"{address}/tep/bao_cao", data, content_type="multipart/form-data")
    assert (answer.status_code, say("read-only") in answer.get_data(as_text=True)) == (503, True)
    assert clerk.get(address).status_code == 200
    (site.store.root / "tmp").unlink()
    assert attach(clerk, address, "a.docx", word_file("Báo cáo")) == 302


def test_temporary_file_without_room_says_so(site: Site, clock: Clock) -> None:
    def full() -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    app = serve(site, clock)
    app.add_url_rule("/day", view_func=public(full))
    answer = app.test_client().get("/day")
    assert (answer.status_code, say("disk-full-saving") in answer.get_data(as_text=True)) == (507, True)
