"""Addresses nobody would type by hand: each gets a page that says so, and none costs much more than it sends."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from small_world import World
from thidua.models import Grant, Role
from thidua.services.site import Site
from thidua.web.search import MOST_VALUES
from thidua.web.security import ADDRESS_BYTES
from web_desk import attach, post, signed_in, start, text_of

BEYOND = str(2**63)  # what no column of the database can hold


@pytest.fixture
def clerk(app: Flask, world: World) -> FlaskClient:
    return signed_in(app, "vanthu1")


@pytest.mark.parametrize("number", [BEYOND, "9" * 5000])
@pytest.mark.parametrize("place", ["ban/{}", "ban/{}/docx", "ban/{}/zip", "so-sanh/{}/1", "so-sanh/1/{}"])
def test_version_with_a_number_beyond_all_bounds_is_not_found(
    clerk: FlaskClient, world: World, number: str, place: str
) -> None:
    dossier = start(clerk, world)
    assert clerk.get(f"{dossier}/{place.format(number)}").status_code == 404


def test_role_with_a_number_beyond_all_bounds_is_not_found(app: Flask, world: World) -> None:
    admin = signed_in(app, "admin")
    address = f"/quan-tri/tai-khoan/{world.user_ids['tracuu']}/vai-tro/{BEYOND}/ket-thuc"
    assert post(admin, address).status_code == 404


@pytest.mark.parametrize("name", ["add:x\r\nX-Evil: 1", "remove:x\r\nX-Evil: 1:0"])
def test_part_whose_button_holds_a_line_break_leads_back_to_the_part(
    clerk: FlaskClient, world: World, name: str
) -> None:
    dossier = start(clerk, world)
    answer = post(clerk, f"{dossier}/phan/thong_tin", {"_do": name})
    assert (answer.status_code, answer.headers.get("X-Evil")) == (302, None)
    assert answer.headers["Location"].partition("?")[0].partition("#")[0] == f"{dossier}/phan/thong_tin"


def test_files_place_with_a_line_break_leads_back_to_the_files(clerk: FlaskClient, world: World, site: Site) -> None:
    dossier = start(clerk, world)
    assert attach(clerk, dossier, "a.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n") in (302, 422)
    held = text_of(clerk, f"{dossier}/tai-lieu").partition('name="tep" value="')[2][:24]
    answer = post(clerk, f"{dossier}/tep/bo", {"tep": held, "muc": "x\r\nX-Evil: 1"})
    assert (answer.status_code, answer.headers.get("X-Evil")) == (302, None)
    assert answer.headers["Location"].partition("#")[0] == f"{dossier}/tai-lieu"


def test_address_beyond_all_bounds_is_refused_with_a_sentence(clerk: FlaskClient) -> None:
    answer = clerk.get("/tim?q=" + "a" * ADDRESS_BYTES)
    assert (answer.status_code, "Đường dẫn" in answer.get_data(as_text=True)) == (414, True)


def test_audit_filtered_by_a_very_long_name_is_empty(app: Flask, world: World) -> None:
    admin = signed_in(app, "admin")
    assert admin.get("/quan-tri/nhat-ky/?ai=" + "%C4%91" * 2_000).status_code == 200


def test_search_with_hundreds_of_filters_keeps_the_first_few(clerk: FlaskClient) -> None:
    few = text_of(clerk, "/tim?" + "&".join(f"donvi={n}" for n in range(MOST_VALUES)))
    many = text_of(clerk, "/tim?" + "&".join(f"donvi={n}" for n in range(500)))
    assert many.count("<a ") == few.count("<a ")


@pytest.mark.parametrize("day", ["31/12/9999", "01/01/0001"])
def test_role_given_until_a_day_beyond_the_calendar_is_told(app: Flask, world: World, site: Site, day: str) -> None:
    admin = signed_in(app, "admin")
    role = Role.APPRAISER.value
    given = {"role": role, "unit": world.unit_ids["so"], "since": "01/01/2026", "until": day}
    assert post(admin, f"/quan-tri/tai-khoan/{world.user_ids['tracuu']}/vai-tro", given).status_code == 422
    held = select(Grant.valid_to).where(Grant.user_id == world.users["tracuu"], Grant.role == Role.APPRAISER)
    with site.database.reading() as session:
        assert list(session.scalars(held)) == []


def test_address_without_its_last_slash_leads_on_within_the_site(client: FlaskClient) -> None:
    """Whatever name of the machine the request made up: a cache in front would keep it for everybody."""
    answer = client.get("/quan-tri/tai-khoan?tim=hoa%20sen", headers={"Host": "ac.vn"})
    assert (answer.status_code, answer.headers["Location"]) == (308, "/quan-tri/tai-khoan/?tim=hoa%20sen")
    assert b"ac.vn" not in answer.data


@pytest.mark.parametrize("came_from", ["http://[", "http://[x]/tim"])
def test_referer_that_is_no_address_changes_nothing(client: FlaskClient, clerk: FlaskClient, came_from: str) -> None:
    odd = {"Referer": came_from}
    assert client.post("/ho-so/moi", headers=odd).headers["Location"] == "/dang-nhap"
    assert clerk.post("/ho-so/moi", headers=odd).status_code == 400  # no token
    assert post(clerk, "/ho-so/moi", headers=odd).status_code == 404
