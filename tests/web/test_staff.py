"""The school's own list of its people: found without marks, added, ended, never merged by the name alone."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from small_world import World
from thidua.errors import say
from web_desk import post, signed_in, text_of

LAN = {"name": "Vũ Ngọc Lan", "birth": "2/5/1990", "position": "Giáo viên"}
THUY = {"name": "Lê Thu Thuỷ", "birth": "02/02/1985", "position": "Giáo viên"}


@pytest.fixture
def clerk(app: Flask, world: World) -> FlaskClient:
    """The clerk of the first school."""
    return signed_in(app, "vanthu1")


def names(client: FlaskClient, query: str = "") -> list[str]:
    """The people listed, from the top."""
    return re.findall(r'<th scope="row">([^<]+)<', text_of(client, f"/can-bo{query}"))


def ids(client: FlaskClient) -> dict[str, str]:
    """Whom the list's forms stand for, by name."""
    found = re.findall(
        r'Thôi công tác<span class="visually-hidden"> ([^<]+)<.*?name="nguoi" value="([0-9a-f]{24})"',
        text_of(client, "/can-bo"),
        re.DOTALL,
    )
    return dict(found)


def test_staff_stand_by_ten_and_are_found_without_marks(clerk: FlaskClient) -> None:
    assert names(clerk) == ["Trần Văn Đức", "Nguyễn Thị Hoà"]
    assert names(clerk, "?tim=HOA") == ["Nguyễn Thị Hoà"]
    assert "Không có ai tên như vậy" in text_of(clerk, "/can-bo?tim=xyz")


def test_somebody_is_added_by_clerk_and_head_alike(app: Flask, clerk: FlaskClient) -> None:
    assert post(clerk, "/can-bo", LAN).status_code == 302
    head = signed_in(app, "hieutruong1")
    assert post(head, "/can-bo", {**LAN, "name": "Vũ Ngọc Mai", "since": "01/03/2026"}).status_code == 302
    assert names(head) == ["Trần Văn Đức", "Nguyễn Thị Hoà", "Vũ Ngọc Lan", "Vũ Ngọc Mai"]


def test_a_name_typed_in_haste_is_taken_with_a_notice(clerk: FlaskClient) -> None:
    post(clerk, "/can-bo", LAN)
    assert "hồ sơ và văn bản sẽ in đúng như vậy" not in text_of(clerk, "/can-bo")
    for name in ("minh", "Tuấn", "lê minh"):
        assert post(clerk, "/can-bo", {**LAN, "name": name}).status_code == 302
        assert say("name-odd", name=name) in text_of(clerk, "/can-bo")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"birth": "31/02/1990"}, "birth"),
        ({"staff_code": "x" * 99}, "staff_code"),
        ({"since": "nay"}, "since"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
    clerk: FlaskClient, change: dict[str, str], field: str
) -> None:
    answer = post(clerk, "/can-bo", {**LAN, **change})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, f'id="{field}-error"' in page, 'value="Giáo viên"' in page) == (422, True, True)
    assert names(clerk) == ["Trần Văn Đức", "Nguyễn Thị Hoà"]


def test_somebody_known_elsewhere_is_chosen_or_said_to_be_another(clerk: FlaskClient) -> None:
    asked = post(clerk, "/can-bo", THUY)
    page = asked.get_data(as_text=True)
    assert (asked.status_code, "Trường THCS Đa Tốn" in page) == (409, True)
    known = re.search(r'name="known" value="([0-9a-f]{24})"', page)
    assert known is not None
    assert post(clerk, "/can-bo", {**THUY, "known": known[1]}).status_code == 302
    assert ids(clerk)["Lê Thu Thủy"] == known[1]
    assert post(clerk, "/can-bo", {**THUY, "known": "apart"}).status_code == 302
    assert names(clerk) == ["Trần Văn Đức", "Nguyễn Thị Hoà", "Lê Thu Thủy", "Lê Thu Thuỷ"]
    assert post(clerk, "/can-bo", {**LAN, "known": known[1]}).status_code == 404


def test_end_of_work_counts_its_last_day(clerk: FlaskClient) -> None:
    hoa = ids(clerk)["Nguyễn Thị Hoà"]
    assert post(clerk, "/can-bo/thoi-cong-tac", {"nguoi": hoa, "last_day": "31/05/2026"}).status_code == 302
    assert "đến hết 31/05/2026" in text_of(clerk, "/can-bo")
    early = post(clerk, "/can-bo/thoi-cong-tac", {"nguoi": hoa, "last_day": "1/1/2001"})
    assert (early.status_code, "sớm hơn ngày bắt đầu" in early.get_data(as_text=True)) == (409, True)
    assert post(clerk, "/can-bo/thoi-cong-tac", {"nguoi": hoa, "last_day": ""}).status_code == 422
    assert post(clerk, "/can-bo/thoi-cong-tac", {"nguoi": hoa, "last_day": "9/3/2026"}).status_code == 302
    assert names(clerk) == ["Trần Văn Đức"]


def test_a_refused_end_of_work_stays_on_its_page_of_the_list(
    clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("thidua.web.staff.PER_PAGE", 1)
    second = text_of(clerk, "/can-bo?trang=2")
    form = re.search(r'action="(/can-bo/thoi-cong-tac[^"]*)".*?name="nguoi" value="(\w+)"', second, re.DOTALL)
    assert form is not None
    refused = post(clerk, form[1], {"nguoi": form[2], "last_day": "nay"}).get_data(as_text=True)
    assert f'id="thoi-{form[2]}" name="last_day" value="nay"' in refused
    assert re.findall(r'<a href="([^"]*)" rel="(\w+)">', refused) == [("/can-bo?trang=1", "prev")]


def test_staff_of_another_school_is_not_reached(app: Flask, clerk: FlaskClient) -> None:
    other = signed_in(app, "vanthu2")
    thuy = ids(other)["Lê Thu Thủy"]
    assert post(clerk, "/can-bo/thoi-cong-tac", {"nguoi": thuy, "last_day": "9/3/2026"}).status_code == 404
    assert signed_in(app, "thamdinh1").get("/can-bo").status_code == 403
    assert names(other) == ["Lê Thu Thủy"]


def test_somebody_known_elsewhere_gets_a_dossier_under_the_one_identity(clerk: FlaskClient, world: World) -> None:
    call = {"dot": world.call_public_id, "loai": "ca-nhan", "_do": "register", **THUY}
    asked = post(clerk, "/ho-so/moi", call)
    known = re.search(r'name="known" value="([0-9a-f]{24})"', asked.get_data(as_text=True))
    assert (asked.status_code, known is not None) == (409, True)
    assert known is not None
    assert post(clerk, "/ho-so/moi", {**call, "known": known[1]}).status_code == 302
    assert names(clerk) == ["Trần Văn Đức", "Nguyễn Thị Hoà", "Lê Thu Thủy"]
