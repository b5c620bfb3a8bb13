"""Reading changes nothing: HEAD, which no token guards, is a GET without its body and never a POST."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from office_files import docx
from small_world import PASSWORD, World
from thidua.errors import say
from thidua.models import Event, LoginTry, Role, Submission, User
from thidua.services.site import Site
from thidua.web import security
from web_desk import attach, fill, post, signed_in, start


def count(site: Site, table: type[Event | LoginTry | Submission | User]) -> int:
    with site.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_head_of_the_sign_in_page_signs_nobody_in(client: FlaskClient, site: Site, world: World) -> None:
    answer = client.head("/dang-nhap", data={"login": "vanthu1", "password": PASSWORD})
    assert (answer.status_code, count(site, LoginTry), count(site, Event)) == (200, 0, 0)
    assert client.get("/whoami").status_code == 302


def test_head_of_the_password_page_changes_no_password(app: Flask, site: Site, world: World) -> None:
    clerk = signed_in(app, "vanthu1")
    fresh = "một câu rất dài không ai đoán"
    before = count(site, Event)
    assert clerk.head("/doi-mat-khau", data={"old": PASSWORD, "new": fresh, "again": fresh}).status_code == 200
    assert (count(site, Event), clerk.get("/whoami").status_code) == (before, 200)


def test_head_of_the_new_account_page_makes_no_account(app: Flask, site: Site, world: World) -> None:
    admin, before = signed_in(app, "admin"), count(site, User)
    typed = {
        "login": "ke.gian",
        "name": "Kẻ Gian",
        "role": Role.ADMIN.value,
        "unit": world.unit_ids["so"],
        "since": "01/01/2026",
    }
    assert admin.head("/quan-tri/tai-khoan/them", data=typed).status_code == 200
    assert count(site, User) == before


def test_head_of_the_letter_page_submits_nothing(app: Flask, site: Site, world: World) -> None:
    clerk, head = signed_in(app, "vanthu1"), signed_in(app, "hieutruong1")
    dossier = start(clerk, world)
    fill(clerk, dossier)
    assert attach(clerk, dossier, "bao-cao.docx", docx("Báo cáo")) == 302
    assert post(clerk, f"{dossier}/trinh").status_code == 302
    typed = {"hoso": dossier.rpartition("/")[2], "number": "1/TTr", "day": "10/03/2026", "signer": "A", "key": "k"}
    head.head("/to-trinh/moi", data=typed)
    assert count(site, Submission) == 0


def test_views_ask_whether_a_request_is_a_post_never_whether_it_is_a_get() -> None:
    folder = Path(security.__file__).parent
    wrong = [p.name for p in sorted(folder.glob("*.py")) if re.search(r'method == "(GET|HEAD)"', p.read_text("utf-8"))]
    assert wrong == []


def test_host_that_is_no_name_gets_a_sentence(client: FlaskClient) -> None:
    answer = client.get("/dang-nhap", headers={"Host": "x" * 5_000})
    assert (answer.status_code, answer.get_data(as_text=True)) == (400, say("bad-request"))
