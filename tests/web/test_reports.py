"""The pages of reports, without scripts: choose, preview, issue, wait, download, what changed."""

from __future__ import annotations

import io
import re

import pytest
from docx import Document as WordDocument
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from conftest import counting
from judging_round import Round
from small_world import Clock, World
from thidua.models import Event
from thidua.outbox import Worker
from thidua.services import indexing, reports
from thidua.services.site import Site
from web_desk import post, signed_in, text_of


@pytest.fixture
def table(app: Flask, site: Site, world: World, clock: Clock) -> Round:
    return Round(site, world, clock)


@pytest.fixture
def manager(app: Flask, table: Round) -> FlaskClient:
    return signed_in(app, "phutrach1")


def work(table: Round) -> None:
    handlers = indexing.handlers(table.site, table.clock)
    Worker(table.site.database, {reports.REPORT: handlers[reports.REPORT]}, clock=table.clock).drain()


PAGE = "/bao-cao/dot/{}/tong_hop"


def test_from_the_call_to_the_files(manager: FlaskClient, table: Round) -> None:
    made = table.dossiers(52)
    assert f"/bao-cao/dot/{table.call_public_id}" in text_of(manager, "/bao-cao")
    page = PAGE.format(table.call_public_id)
    assert page in text_of(manager, f"/bao-cao/dot/{table.call_public_id}")
    shown = text_of(manager, page)
    assert "52 hồ sơ" in shown
    assert "<svg" in shown
    assert text_of(manager, f"{page}?trang=2").count("<tr><td") == 2
    assert "0 hồ sơ" in text_of(manager, f"{page}?pham-vi=da-cong-bo")
    asked = post(manager, page, {"so": "7", "ngay": "02/04/2026", "nguoi_ky": "Trần Thị Ký", "pham-vi": "du-dieu-kien"})
    assert asked.status_code == 303
    issued = asked.headers["Location"]
    waiting = manager.get(issued)
    assert (waiting.headers["Refresh"], "Đang lập báo cáo" in waiting.get_data(as_text=True)) == ("3", True)
    assert manager.get(f"{issued}/tep.docx").status_code == 404
    work(table)
    done = manager.get(issued)
    assert ("Refresh" in done.headers, "Tải Word" in done.get_data(as_text=True)) == (False, True)
    with manager.get(f"{issued}/tep.docx") as word:
        assert word.headers["Content-Disposition"].startswith("attachment")
        tables = WordDocument(io.BytesIO(word.data)).tables
    assert max(len(one.rows) for one in tables) == len(made) + 1
    with manager.get(f"{issued}/tep.xlsx") as excel:
        assert excel.data[:2] == b"PK"
    assert manager.get(f"{issued}/tep.pdf").status_code == 404
    assert issued in text_of(manager, page)
    with table.site.database.reading() as session:
        taken = session.scalars(select(Event).where(Event.action == "download").order_by(Event.id)).all()
    assert [(one.subject_kind, one.details["n"]) for one in taken] == [("call", 1), ("call", 1)]


def test_second_issue_shows_what_changed(manager: FlaskClient, table: Round) -> None:
    page = PAGE.format(table.call_public_id)
    table.dossiers(1)
    addresses = []
    for _ in range(2):
        addresses.append(post(manager, page).headers["Location"])
        work(table)
        table.dossiers(1)
    shown = text_of(manager, addresses[1])
    assert "Khác với bản 1" in shown
    assert "Nguyễn Thị Bình | Trường Tiểu học Hoa Sen" in shown


def test_every_issue_can_be_reached(manager: FlaskClient, table: Round) -> None:
    page = PAGE.format(table.call_public_id)
    table.dossiers(1)
    facts = {"call": table.call_public_id, "report": "tong_hop", "facts": reports.Facts()}
    with table.site.database.writing() as session:
        for _ in range(203):
            reports.ask(session, **facts, by=table.manager, now=table.clock())  # type: ignore[arg-type]  # as named
    shown = [text_of(manager, f"{page}?trang={n}") for n in (1, 5)]
    issues = [re.findall(r">Bản (\d+)</a>", one) for one in shown]
    counts = [re.findall(r'"paging-count">(.+?)</p>', one) for one in shown]
    assert counts == [["1–4 trong 4 dòng", "1–50 trong 203 bản"], ["201–203 trong 203 bản"]]
    assert issues == [[str(n) for n in range(203, 153, -1)], ["3", "2", "1"]]
    call = text_of(manager, f"/bao-cao/dot/{table.call_public_id}")
    assert re.findall(r">Bản (\d+)</a>", call) == ["203", "202", "201"]
    assert "và 200 bản trước" in call


def test_what_was_typed_stays_beside_what_is_wrong(manager: FlaskClient, table: Round) -> None:
    page = PAGE.format(table.call_public_id)
    table.dossiers(1)
    refused = post(manager, page, {"so": "1" * 301, "noi_nhan": "Sở Giáo dục"})
    shown = refused.get_data(as_text=True)
    assert (refused.status_code, "nhiều nhất 300 ký tự" in shown, "Sở Giáo dục" in shown) == (422, True, True)
    wrong_day = post(manager, page, {"ngay": "31/02/2026"})
    assert (wrong_day.status_code, "Ngày chưa đúng" in wrong_day.get_data(as_text=True)) == (422, True)
    assert "Chưa lập bản nào" in text_of(manager, f"/bao-cao/dot/{table.call_public_id}")
    assert re.findall(r'print-only">(.+?)</p>', shown) == ["Phạm vi: hồ sơ đủ điều kiện trở lên"]


def test_page_costs_the_same_for_one_and_for_many(manager: FlaskClient, table: Round) -> None:
    page = PAGE.format(table.call_public_id)
    table.dossiers(1)
    text_of(manager, page)
    with counting(table.site.database) as one:
        text_of(manager, page)
    table.dossiers(30)
    with counting(table.site.database) as many:
        text_of(manager, page)
    assert len(one) == len(many)


@pytest.mark.parametrize("login", ["vanthu1", "thamdinh1", "gk1"])
def test_others_find_no_reports(app: Flask, manager: FlaskClient, table: Round, login: str) -> None:
    page = PAGE.format(table.call_public_id)
    issued = post(manager, page).headers["Location"]
    work(table)
    other = signed_in(app, login)
    addresses = ["/bao-cao", page, issued, f"{issued}/tep.docx", f"{issued}/tep.xlsx"]
    assert [other.get(address).status_code for address in addresses] == [403] * 5
    assert "/bao-cao" not in text_of(other, "/")
