"""The pages of the school's own sheet and of the office's beside it, without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import self_scored_campaign
from conftest import serve
from crawling import fresh_site
from small_world import NOW, Clock, World
from thidua.errors import say
from thidua.forms import fingerprint
from thidua.models import State
from thidua.services.site import Site
from unit.test_self_sheets import People
from web_desk import leading_nowhere, post, signed_in, text_of

POINTS = {"point:quy_che": "1", "point:lms": "6.5", "point:phan_mem": "7"}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, _migrated: Path) -> Iterator[tuple[Site, World, Flask]]:
    """A site in which schools score themselves."""
    with fresh_site(tmp_path_factory.mktemp("scoring"), _migrated, self_scored_campaign) as (site, world):
        # Its users are not those of other tests, whose cookies are kept by login and instant.
        yield site, world, serve(site, Clock(NOW + timedelta(seconds=11)))


@pytest.fixture
def people(town: tuple[Site, World, Flask]) -> People:
    return People(town[:2])


def marks(page: str) -> dict[str, str]:
    """What the page carries to tell later what it showed."""
    return dict(re.findall(r'name="(base-[a-z_:]+)" value="([0-9a-f]*)"', page))


def browser(town: tuple[Site, World, Flask], login: str) -> FlaskClient:
    return signed_in(town[2], login)


def test_the_school_fills_in_its_sheet_from_the_task_list(town: tuple[Site, World, Flask], people: People) -> None:
    clerk, dossier = browser(town, "vanthu1"), people.draft()
    hub = text_of(clerk, f"/ho-so/{dossier}")
    address = f"/ho-so/{dossier}/tu-cham"
    assert re.search(rf'href="{address}">Phiếu tự chấm</a>\s*<span[^>]*>.*?Chưa điền', hub, re.S)
    page = text_of(clerk, address)
    assert f'href="/ho-so/{dossier}/tai-lieu#muc-bao_cao">Báo cáo</a>' in page
    wrong = post(clerk, address, {**marks(page), **POINTS, "point:lms": "6,3", "_do": "hub"})
    assert wrong.status_code == 422
    body = wrong.get_data(as_text=True)
    assert body.count("“Hệ thống học tập”: 6,3 không theo bước 0,5 điểm. Hãy nhập 6 hoặc 6,5.") == 2
    assert 'name="point:lms" value="6,3"' in body
    saved = post(clerk, address, {**marks(body), **POINTS, "_do": "hub"})
    assert saved.status_code == 302
    page = text_of(clerk, address)
    assert re.findall(r'data-sum="(\w+)">([^<]*)</strong>[^<]*<span data-band="\w+">([^<]*)<', page) == [
        ("tong", "6,5", ""),
        ("day_hoc", "6,5", "Mức 2"),
        ("quan_tri", "7", "Mức 2"),
    ]
    check = text_of(clerk, f"/ho-so/{dossier}/kiem-tra")
    assert f'href="/ho-so/{dossier}/tu-cham?kiem=1#point-lms"' in check  # points without evidence


def test_two_people_who_changed_one_point_see_both(town: tuple[Site, World, Flask], people: People) -> None:
    clerk, dossier = browser(town, "vanthu1"), people.draft()
    address = f"/ho-so/{dossier}/tu-cham"
    old = marks(text_of(clerk, address))
    people.score(dossier, {"lms": "9"})
    answer = post(clerk, address, {**old, **POINTS}, headers={"Accept": "application/json"})
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["conflicts"] == {
        "point:lms": {"label": "Hệ thống học tập", "theirs": "9", "mark": fingerprint("9")}
    }
    assert answer.json["marks"]["point:phan_mem"] == fingerprint("7")
    page = post(clerk, address, {**old, **POINTS})
    assert page.status_code == 409
    body = page.get_data(as_text=True)
    assert "Đang lưu: 9" in body
    assert 'name="point:lms" value="6.5"' in body
    assert post(clerk, address, {**marks(body), **POINTS}).status_code == 302
    assert 'name="point:lms" value="6.5"' in text_of(clerk, address)


def test_what_was_typed_when_the_dossier_went_off_stays_on_the_page(
    town: tuple[Site, World, Flask], people: People
) -> None:
    clerk, dossier = browser(town, "vanthu1"), people.draft()
    address = f"/ho-so/{dossier}/tu-cham"
    old = marks(text_of(clerk, address))
    people.send_off(dossier)
    answer = post(clerk, address, {**old, "comment:lms": "Viết rất lâu."})
    body = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert say("wrong-state", state=State.SUBMITTED.label) in body
    assert ">Viết rất lâu.</textarea>" in body


def test_the_office_scores_beside_the_school_and_may_take_its_sheet_back(
    town: tuple[Site, World, Flask], people: People
) -> None:
    office, dossier = browser(town, "thamdinh1"), people.filed()
    people.office.take_up(dossier)
    address = f"/tham-dinh/{dossier}/cham"
    assert f'href="{address}"' in text_of(office, f"/tham-dinh/{dossier}")
    page = text_of(office, address)
    assert re.findall(r"Trường tự chấm:</span> <strong>([^<]+)", page) == ["Đạt", "6,5", "7"]
    assert f'href="/tham-dinh/{dossier}#muc-bao_cao">Báo cáo</a>' in page
    part = post(office, address, {**marks(page), "point:lms": "5", "_do": "send"})
    assert part.status_code == 422
    assert "Chưa gửi được phiếu" in part.get_data(as_text=True)
    sent = post(office, address, {"point:quy_che": "1", "point:lms": "5", "point:phan_mem": "8", "_do": "send"})
    assert sent.headers["Location"] == f"/tham-dinh/{dossier}"
    table = re.findall(r'<td class="num">([^<]*)', text_of(office, f"/tham-dinh/{dossier}"))
    assert table[:6] == ["6,5", "5", "6,5", "5", "Đạt", "Đạt"]
    assert 'name="point:lms"' not in text_of(office, address)
    assert post(office, address, {"_do": "back"}).status_code == 302
    assert 'name="point:lms" value="5"' in text_of(office, address)


def test_the_office_sheet_is_saved_as_it_is_typed(town: tuple[Site, World, Flask], people: People) -> None:
    office, dossier = browser(town, "thamdinh1"), people.filed()
    people.office.take_up(dossier)
    address, script = f"/tham-dinh/{dossier}/cham", {"Accept": "application/json"}
    page = text_of(office, address)
    assert len(re.findall(r'<form method="post" class="sheet"[^>]* data-autosave data-sheet', page)) == 1
    old = marks(page)
    answer = post(office, address, {**old, "point:quy_che": "1", "point:lms": "6,3", "_do": "stay"}, headers=script)
    assert (answer.status_code, answer.json) == (
        200,
        {
            "saved": "09:00",
            "marks": {"point:quy_che": fingerprint("1"), "point:lms": fingerprint("6,3")},
            "conflicts": {},
            "problems": {"point:lms": "“Hệ thống học tập”: 6,3 không theo bước 0,5 điểm. Hãy nhập 6 hoặc 6,5."},
            "sums": {"day_hoc": "0", "lms": "0", "phan_mem": "0", "quan_tri": "0", "quy_che": "0", "tong": "0"},
            "bands": {"day_hoc": "Mức 1", "quan_tri": "Mức 1"},
            "class": "còn 2 mục chưa chấm",
        },
    )
    other = post(office, address, {**old, "point:lms": "5", "comment:lms": "Đủ."}, headers=script)
    assert other.status_code == 409
    assert other.json is not None
    assert other.json["conflicts"] == {
        "point:lms": {"label": "Hệ thống học tập", "theirs": "6,3", "mark": fingerprint("6,3")}
    }
    assert other.json["marks"]["comment:lms"] == fingerprint("Đủ.")


def test_comment_too_long_is_said_at_its_place(town: tuple[Site, World, Flask], people: People) -> None:
    clerk, dossier = browser(town, "vanthu1"), people.draft()
    long = "Dài. " * 1000
    wrong = post(clerk, f"/ho-so/{dossier}/tu-cham", {**POINTS, "comment:lms": long})
    page = wrong.get_data(as_text=True)
    assert (wrong.status_code, leading_nowhere(page), long.strip() in page) == (422, set(), True)
    assert page.count("dài") == page.count("Nhận xét dài") == 2  # in the summary and at the comment


def test_what_was_typed_over_a_sent_office_sheet_can_be_copied(town: tuple[Site, World, Flask], people: People) -> None:
    office, dossier = browser(town, "thamdinh1"), people.filed()
    people.office.take_up(dossier)
    address = f"/tham-dinh/{dossier}/cham"
    assert post(office, address, {**POINTS, "_do": "send"}).status_code == 302
    late = post(office, address, {**POINTS, "point:lms": "3", "comment:lms": "Chưa <đủ>.", "_do": "save"})
    assert late.status_code == 409
    body = late.get_data(as_text=True)
    assert re.findall(r'<dt>([^<]*)</dt><dd class="prose">([^<]*)</dd>', body) == [
        ("Hệ thống học tập", "3"),
        ("Hệ thống học tập – nhận xét", "Chưa &lt;đủ&gt;."),
    ]


def test_sheets_are_hidden_from_those_they_are_not_for(town: tuple[Site, World, Flask], people: People) -> None:
    dossier = people.filed()
    people.office.take_up(dossier)
    office = browser(town, "thamdinh1")
    post(office, f"/tham-dinh/{dossier}/cham", {**POINTS, "point:lms": "3", "_do": "send"})
    for login, path, status in (
        ("vanthu2", f"/ho-so/{dossier}/tu-cham", 404),
        ("thamdinh1", f"/ho-so/{dossier}/tu-cham", 404),
        ("thamdinh2", f"/tham-dinh/{dossier}/cham", 404),
        ("vanthu1", f"/tham-dinh/{dossier}/cham", 403),
        ("vanthu1", f"/ho-so/{dossier}/tu-cham", 302),
    ):
        assert (login, browser(town, login).get(path).status_code) == (login, status)
    school = text_of(browser(town, "vanthu1"), f"/ho-so/{dossier}/xem")
    assert re.findall(r'<td class="num">([^<]*)', school) == ["6,5", "6,5", "Đạt", "6,5", "7", "7", ""]
    assert "Cơ quan chấm" not in school


def test_a_track_without_self_scoring_has_no_such_page(town: tuple[Site, World, Flask], people: People) -> None:
    clerk = browser(town, "vanthu1")
    titled = people.draft("ca-nhan")
    assert clerk.get(f"/ho-so/{titled}/tu-cham").status_code == 404
    assert "Phiếu tự chấm" not in text_of(clerk, f"/ho-so/{titled}")
    assert people.clerk.state(titled) is State.DRAFT


def test_a_sheet_that_is_only_read_says_what_was_never_scored(town: tuple[Site, World, Flask], people: People) -> None:
    office, dossier = browser(town, "thamdinh1"), people.filed()
    people.office.take_up(dossier)
    address = f"/tham-dinh/{dossier}/cham"
    assert post(office, address, {"point:lms": "5", "_do": "save"}).status_code == 302
    ended = post(office, f"/tham-dinh/{dossier}", {"_do": "refuse", "reason": "Thiếu hồ sơ minh chứng."})
    assert ended.status_code == 302
    page = text_of(office, address)
    given = re.findall(r'<div class="sheet-give"><strong>([^<]+)</strong>', page)
    assert (given, 'name="point:lms"' in page) == (["chưa chấm", "5", "chưa chấm"], False)


def test_a_place_left_alone_shows_what_another_window_saved_there(
    town: tuple[Site, World, Flask], people: People
) -> None:
    """Or the next save would put the old points back, as if they had been typed over the new ones."""
    office, dossier = browser(town, "thamdinh1"), people.filed()
    people.office.take_up(dossier)
    address = f"/tham-dinh/{dossier}/cham"
    old = marks(text_of(office, address))
    assert post(office, address, {**old, "point:lms": "5", "_do": "save"}).status_code == 302
    wrong = post(office, address, {**old, "point:lms": "", "point:phan_mem": "6,3", "_do": "save"})
    page = wrong.get_data(as_text=True)
    assert (wrong.status_code, 'name="point:lms" value="5"' in page) == (422, True)
