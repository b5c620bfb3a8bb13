"""People at work through the pages, as a browser without scripts: what the tests of pages share."""

from __future__ import annotations

import io
import re
from datetime import datetime
from weakref import WeakKeyDictionary

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from conftest import csrf_of, sign_in
from small_world import World

TOKENS: WeakKeyDictionary[FlaskClient, str] = WeakKeyDictionary()


_SESSIONS: dict[tuple[str, datetime], tuple[str, str]] = {}


def signed_in(app: Flask, login: str) -> FlaskClient:
    """A browser of its own for ``login``, who has signed in through the page.

    Sessions live in cookies, the world and the clock are the same in every test: who has
    signed in at this instant in an earlier test is given the same cookie.
    """
    client, key = app.test_client(), (login, app.extensions["thidua.clock"]())
    if key in _SESSIONS:
        cookie, TOKENS[client] = _SESSIONS[key]
        client.set_cookie("thidua", cookie, httponly=True, samesite="Lax")
        return client
    assert sign_in(client, login).status_code == 302
    TOKENS[client] = csrf_of(client, "/tim")
    cookie = client.get_cookie("thidua")
    assert cookie is not None
    _SESSIONS[key] = cookie.value, TOKENS[client]
    return client


def post(client: FlaskClient, path: str, data: dict[str, object] | None = None, **options: object) -> TestResponse:
    """Post a form with the token that the client was given when it signed in."""
    return client.post(path, data={"csrf_token": TOKENS[client], **(data or {})}, **options)  # type: ignore[arg-type]


def text_of(client: FlaskClient, path: str) -> str:
    """The page at ``path``, which must be there."""
    response = client.get(path)
    assert response.status_code == 200, f"{path}: {response.status_code}"
    return response.get_data(as_text=True)


def leading_nowhere(page: str) -> set[str]:
    """The places on the page that its links name and that are not there."""
    return set(re.findall(r'href="#([^"]+)"', page)) - set(re.findall(r'\bid="([^"]+)"', page))


def page_fields(html: str) -> dict[str, str]:
    """The hidden base marks of a part's page."""
    return dict(re.findall(r'name="(base-[a-z_0-9]+)" value="([0-9a-f]*)"', html))


def start(client: FlaskClient, world: World, person: str = "Nguyễn Thị Hoà") -> str:
    """Start a dossier for somebody on the staff; return its address."""
    choose = text_of(client, f"/ho-so/moi?dot={world.call_public_id}&loai=ca-nhan&tim=hoa")
    match = re.search(r'name="nguoi" value="([0-9a-f]{24})"><span class="person-name">' + person, choose)
    assert match is not None
    made = post(client, "/ho-so/moi", {"dot": world.call_public_id, "loai": "ca-nhan", "nguoi": match[1]})
    assert made.status_code == 302
    return made.headers["Location"]


def fill(client: FlaskClient, dossier: str, words: str = "Dạy tốt, học tốt.") -> None:
    """Fill both parts and attach the report."""
    for key, typed in (
        ("thong_tin", {"chuc_vu": "Giáo viên", "nam_cong_tac": "12", "mon": "toan"}),
        ("thanh_tich_chung", {"thanh_tich": words}),
    ):
        path = f"{dossier}/phan/{key}"
        saved = post(client, path, {**page_fields(text_of(client, path)), **typed, "_do": "next"})
        assert saved.status_code == 302, saved.get_data(as_text=True)


def attach(client: FlaskClient, dossier: str, name: str, body: bytes, slot: str = "bao_cao", **more: str) -> int:
    """Attach a file as a plain form does; return the status."""
    data = {"tep": (io.BytesIO(body), name), **more}
    return post(client, f"{dossier}/tep/{slot}", data, content_type="multipart/form-data").status_code


def submit(head: FlaskClient, public_id: str, number: str = "05/TTr-TRUONG1") -> str:
    """Submit through the form of the tờ trình; return the address of the receipt."""
    form = text_of(head, f"/to-trinh/moi?hoso={public_id}")
    key = re.search(r'name="key" value="([0-9a-f]+)"', form)
    assert key is not None
    data = {
        "hoso": public_id,
        "number": number,
        "day": "10/03/2026",
        "signer": "Nguyễn Văn An",
        "title": "Hiệu trưởng",
        "key": key[1],
    }
    made = post(head, "/to-trinh/moi", data)
    assert made.status_code == 302, made.get_data(as_text=True)
    return made.headers["Location"]
