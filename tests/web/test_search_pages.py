"""The search page."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

import judged_campaign
from conftest import serve
from crawling import fresh_site
from judged_campaign import OPEN
from judging_desk import accepted
from kept import once
from office_files import docx
from small_world import NOW, Clock, World
from thidua.models import Dossier, State
from thidua.outbox import Worker
from thidua.registry import Registry
from thidua.services import indexing
from thidua.services.site import Site
from web_desk import attach, fill, post, signed_in, start, submit, text_of


@pytest.fixture
def found(app: Flask, site: Site, world: World) -> str:
    """The address of a filed and indexed dossier."""
    return once(site, "found", lambda: _found(app, site, world))


def _found(app: Flask, site: Site, world: World) -> str:
    clerk, head = signed_in(app, "vanthu1"), signed_in(app, "hieutruong1")
    dossier = start(clerk, world)
    fill(clerk, dossier, '<img src=x onerror="alert(1)"> sáng kiến')
    attach(clerk, dossier, "báo cáo.docx", docx("Kho học liệu số <b>dùng chung</b>."))
    post(clerk, f"{dossier}/trinh")
    submit(head, dossier[-24:])
    Worker(site.database, indexing.handlers(site)).drain()
    return dossier


def test_search_without_marks_names_the_file_and_escapes_the_passage(app: Flask, found: str) -> None:
    page = text_of(signed_in(app, "thamdinh1"), "/tim?q=kho+hoc+lieu+so")
    assert "1 hồ sơ trong phần bạn được xem" in page
    assert "báo cáo.docx" in page
    assert "&lt;b&gt;" in page
    assert "<b>dùng" not in page
    assert "<img src=x" not in text_of(signed_in(app, "thamdinh1"), "/tim?q=sang+kien")


def test_search_filters_are_pills_that_can_be_taken_away(app: Flask, found: str) -> None:
    office = signed_in(app, "thamdinh1")
    page = text_of(office, "/tim?q=kho&trangthai=submitted&nam=NH2025")
    assert 'aria-label="Bỏ lọc Đã nộp"' in page
    assert 'href="/tim?q=kho&amp;nam=NH2025"' in page
    assert "Không có kết quả" in text_of(office, "/tim?q=kho&trangthai=eligible")


def test_search_hit_leads_each_to_the_page_that_is_theirs(app: Flask, found: str) -> None:
    public_id = found[-24:]
    for login, target in (("thamdinh1", f"/tham-dinh/{public_id}"), ("vanthu1", f"/ho-so/{public_id}")):
        assert signed_in(app, login).get(f"/tim/{public_id}").headers["Location"] == target
    assert signed_in(app, "vanthu2").get(f"/tim/{public_id}").status_code == 404


ODD = ('"', "-", "OR", "năm:", "((", "a" * 5000, "\x00", "%", "năm:9999..1", "đơn vị:", '"" -""', "<img>", "* ?")


def test_search_never_fails_on_what_is_typed(app: Flask, found: str) -> None:
    client = signed_in(app, "thamdinh1")
    rest = {"trang": "99", "nam": "x", "donvi": "-1", "phongtrao": "../", "trangthai": "nháp"}
    answers = {query: client.get("/tim", query_string={"q": query, **rest}).status_code for query in ODD}
    assert answers == dict.fromkeys(ODD, 200)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, _migrated: Path) -> Iterator[Flask]:
    """A published dossier with an identifying answer and an identifying document."""
    clock = Clock()
    with fresh_site(tmp_path_factory.mktemp("nhan-than"), _migrated, judged_campaign) as (site, world):
        said = {
            "thong_tin": {"chuc_vu": "Giáo viên dạy Mĩ thuật", "noi_o": "Số 7 ngõ Mận"},
            "thanh_tich_chung": {"thanh_tich": "Dạy tốt, học tốt."},
        }
        files = [
            ("Báo cáo.txt", "Vẽ tranh bằng lá khô.".encode(), "bao_cao"),
            ("Giấy khai.txt", "Quê ở làng Chuông.".encode(), "giay_khai"),
        ]
        dossier = accepted(site, world, clock, track=OPEN, answers=said, attach=files)
        with site.database.writing() as session:
            session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one().state = State.PUBLISHED
        indexing.rebuild(site)
        Worker(site.database, indexing.handlers(site, clock), clock=clock).drain()
        yield serve(site, Clock(NOW + timedelta(seconds=23)))


@pytest.mark.parametrize("login", ["vanthu1", "thamdinh1", "tracuu"])
def test_passages_say_nothing_that_the_page_would_not(told: Flask, login: str) -> None:
    client = signed_in(told, login)
    pages = {asked: text_of(client, f"/tim?q={asked}") for asked in ("ngõ mận", "làng chuông", "lá khô", "Mĩ thuật")}
    marked = {asked: re.findall("<mark>([^<]+)</mark>", page) for asked, page in pages.items()}
    sees = login != "tracuu"
    assert marked == {
        "ngõ mận": ["ngõ Mận"] if sees else [],
        "làng chuông": ["làng Chuông"] if sees else [],
        "lá khô": ["lá khô"],
        "Mĩ thuật": ["Mĩ thuật"],
    }
    assert ("Giấy khai" in pages["làng chuông"]) == sees
    assert ("Không có kết quả" in text_of(client, '/tim?q="ngõ mận"')) != sees


def test_search_page_alone_shows_examples(app: Flask, world: World) -> None:
    page = text_of(signed_in(app, "tracuu"), "/tim")
    assert "Ví dụ" in page
    assert "Không có kết quả" not in page


@pytest.mark.parametrize(
    ("asked", "hits"),
    [
        ("phong trào: tiny", True),
        ('phongtrao:"THI DUA nho"', True),
        ("-phongtrao:tiny", False),
        ("nguoi:hoà", True),
        ('người:"thi hoa"', True),
        ("ten:hoa -kho", False),
        ("-nguoi:hoa", False),
        ("nguoi:đức", False),
    ],
)
def test_search_fields_mean_something(app: Flask, found: str, asked: str, hits: bool) -> None:
    page = signed_in(app, "thamdinh1").get("/tim", query_string={"q": asked}).get_data(as_text=True)
    assert (found[-24:] in page) == hits


def test_search_names_a_campaign_whose_plugin_is_out(app: Flask, site: Site, found: str) -> None:
    office = signed_in(app, "thamdinh1")
    named = text_of(office, "/tim?q=kho").count("Thi đua nhỏ")
    out = Site(site.settings, site.database, Registry(), site.store, site.engine)
    app.extensions["thidua"] = out
    page = text_of(office, "/tim?q=phongtrao:tiny")
    assert (page.count("Thi đua nhỏ"), found[-24:] in page) == (named, True)


def test_while_the_index_is_rebuilt_nobody_is_told_that_there_is_nothing(app: Flask, site: Site, found: str) -> None:
    shutil.rmtree(site.settings.index_path)
    site.engine.close()
    app.extensions["thidua"] = replace(site, engine=site.registry.engines["whoosh"].open(site.settings.index_path, {}))
    page = text_of(signed_in(app, "thamdinh1"), "/tim?q=kho+hoc+lieu+so")
    said = ("đang được dựng lại", "Chưa tìm được hồ sơ nào", "Không tìm thấy hồ sơ nào", "Không có kết quả")
    assert [text in page for text in said] == [True, True, False, False]
