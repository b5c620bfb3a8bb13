"""Doors and headers: ACL-1, ACL-3, CSRF-1, INJ-2, INJ-3, LOG-1, LOG-2, and what goes wrong."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from conftest import csrf_of, post, serve, sign_in
from small_world import PASSWORD, Clock, World
from thidua.app import create_app, template_folder
from thidua.errors import NotFound, say
from thidua.models import Event, Grant, Role
from thidua.services.site import Site
from thidua.web import look, security
from thidua.web.security import POLICY, need_of, needs, own_path, public

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


def rules(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every route with an address that fits its pattern."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        values = {name: 1 if "Integer" in type(c).__name__ else "x" for name, c in rule._converters.items()}
        yield rule, adapter.build(rule.endpoint, values, method=next(iter(rule.methods or {"GET"})))


@pytest.fixture
def everybody(client: FlaskClient, site: Site, world: World) -> FlaskClient:
    """Somebody who holds every role."""
    from small_world import LONG_AGO

    with site.database.writing() as session:
        for role in Role:
            if role is not Role.ADMIN:
                unit = world.units["truong1" if role in (Role.CLERK, Role.HEAD) else "so"]
                session.add(Grant(user_id=world.users["admin"], role=role, unit_id=unit, valid_from=LONG_AGO))
    sign_in(client, "admin")
    return client


def test_every_route_says_who_may_call_it(site: Site, clock: Clock) -> None:
    app = serve(site, clock)
    assert [rule.endpoint for rule in app.url_map.iter_rules() if need_of(app, rule.endpoint) is None] == []
    app.view_functions["forgotten"] = lambda: ""
    app.url_map.add(Rule("/quên", endpoint="forgotten"))
    with pytest.raises(RuntimeError, match="forgotten"):
        security.refuse_undeclared(app)


def test_visitors_get_public_pages_only(app: Flask, client: FlaskClient, world: World) -> None:
    asked = set()
    for rule, path in rules(app):
        if need_of(app, rule.endpoint) == "public" or "GET" not in (rule.methods or ()):
            continue
        answer = client.get(path)
        asked.add(answer.status_code)
        assert answer.location.startswith("/dang-nhap"), path
    assert asked == {302}


def test_no_page_is_kept_by_a_browser_that_others_use_after(app: Flask, everybody: FlaskClient) -> None:
    """ "Back" after signing out shows nothing; pictures, styles and scripts are kept, files are asked for anew."""
    seen: dict[str, set[str]] = {}
    for client in (everybody, app.test_client()):
        for rule, path in rules(app):
            if "GET" not in (rule.methods or ()):
                continue
            with client.get(path) as answer:
                seen.setdefault(answer.mimetype, set()).add(answer.headers.get("Cache-Control", ""))
    assert {seen.pop(kind) == {"no-store"} for kind in ("text/html", "application/json")} == {True}
    assert all("no-store" not in told or kind == "text/plain" for kind, told in seen.items()), seen


def test_every_unsafe_method_needs_the_token(app: Flask, everybody: FlaskClient) -> None:
    tried = 0
    for rule, path in rules(app):
        for method in (rule.methods or set()) & set(UNSAFE):
            answer = everybody.open(path, method=method)
            assert (path, answer.status_code) == (path, 400)
            tried += 1
    assert tried >= 15


def test_token_in_the_header_is_taken(everybody: FlaskClient) -> None:
    token = csrf_of(everybody)
    answer = everybody.post("/dang-xuat", headers={"X-CSRFToken": token})
    assert answer.location == "/dang-nhap"


def test_token_of_another_session_is_refused(client: FlaskClient, world: World) -> None:
    other = client.application.test_client()
    token = csrf_of(other)
    sign_in(client, "vanthu1")
    answer = client.post("/dang-xuat", data={"csrf_token": token})
    assert (answer.status_code, say("form-expired") in answer.get_data(as_text=True)) == (400, True)
    assert client.get("/whoami").status_code == 200


def test_every_answer_carries_the_headers(app: Flask, everybody: FlaskClient) -> None:
    own_policy = {"/bieu-trung"}
    for rule, path in rules(app):
        if "GET" not in (rule.methods or ()) or rule.endpoint == "look.font":
            continue
        headers = everybody.get(path, buffered=True).headers
        if path not in own_policy and headers.get("Content-Disposition") is None:
            assert (path, headers["Content-Security-Policy"]) == (path, POLICY)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in headers
    assert "unsafe" not in POLICY
    assert "frame-ancestors 'none'" in POLICY


def test_secure_site_sets_secure_cookies_and_hsts(site: Site, world: World, clock: Clock) -> None:
    secure = replace(site, settings=replace(site.settings, address="https://thidua.example.vn"))
    client = create_app(secure, clock=clock).test_client()
    answer = client.get("/dang-nhap", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-thidua=")
    assert re.findall(r"; (Secure|HttpOnly|SameSite=Lax)", cookie) == ["Secure", "HttpOnly", "SameSite=Lax"]


def test_hidden_and_missing_look_alike(client: FlaskClient, world: World) -> None:
    sign_in(client, "phutrach1")
    client.get("/quan-tri/dot/")  # the first page of a session sets its token
    hidden = client.get(f"/quan-tri/dot/{world.call_public_id}")
    missing = client.get(f"/quan-tri/dot/{'0' * 24}")
    nowhere = client.get("/khong-co-trang-nay")

    def without_token(answer):
        return re.sub(r'(content|value)="[^"]{60,}"', "", answer.get_data(as_text=True))

    assert [a.status_code for a in (hidden, missing, nowhere)] == [404] * 3
    assert without_token(hidden) == without_token(missing)
    assert list(hidden.headers.keys()) == list(missing.headers.keys())
    assert say("not-found") in nowhere.get_data(as_text=True)
    answer = client.get("/khong-co", headers={"X-Requested-With": "fetch"})
    assert answer.json == {"error": say("not-found"), "code": "not-found"}


def test_denial_is_in_the_audit(client: FlaskClient, site: Site, world: World) -> None:
    sign_in(client, "vanthu1")
    assert client.get("/quan-tri/nhat-ky/").status_code == 403
    with site.database.reading() as session:
        event = session.scalars(select(Event).where(Event.action == "denied")).one()
    facts = (event.user_id, event.unit_id, event.details)
    assert facts == (world.users["vanthu1"], world.units["truong1"], {"endpoint": "admin_audit.index"})


def test_unexpected_fault_leaks_nothing(site: Site, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    @public
    def broken() -> str:
        raise ZeroDivisionError("bí mật")

    app = serve(site, clock)
    app.add_url_rule("/hong", view_func=broken)
    client = app.test_client()
    with caplog.at_level(logging.ERROR):
        answer = client.get("/hong")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "bí mật" not in page
    number = re.search(r"báo quản trị mã (\w+)", page)
    assert number is not None
    assert number[1] in caplog.text


def test_refusal_of_any_view_becomes_its_page(site: Site, clock: Clock, world: World) -> None:
    @needs("login")
    def hidden() -> str:
        raise NotFound

    app = serve(site, clock)
    app.add_url_rule("/an", view_func=hidden)
    client = app.test_client()
    sign_in(client, "vanthu1")
    assert client.get("/an").status_code == 404


def test_form_beyond_the_limit_is_refused_unread(client: FlaskClient) -> None:
    answer = client.post("/dang-nhap", data={"login": "x" * (security.FORM_BYTES + 1)})
    assert (answer.status_code, say("body-too-large") in answer.get_data(as_text=True)) == (413, True)


@pytest.mark.parametrize("value", ["a\x00b", "<img src=x onerror=alert(1)>", "x" * 1_000_000, "\u202etset", "{{7*7}}"])
def test_hostile_text_is_a_failed_sign_in(client: FlaskClient, world: World, value: str) -> None:
    answer = post(client, "/dang-nhap", {"login": value, "password": value})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert ("<img src=x" in page, "\x00" in page, ">49<" in page) == (False, False, False)


def test_unknown_method_is_answered_in_words(client: FlaskClient, world: World) -> None:
    sign_in(client, "vanthu1")
    answer = client.get("/dang-xuat")
    assert (answer.status_code, say("method-refused") in answer.get_data(as_text=True)) == (405, True)


def test_templates_escape_everything() -> None:
    found = []
    for path in sorted(template_folder().rglob("*.html")):
        text = path.read_text("utf-8")
        for pattern in (
            r"\|\s*safe\b",
            r"autoescape\s+false",
            r"<script(?![^>]*\bsrc=)",
            r"\sstyle=",
            r"\son\w+=",
            r"https?://(?!www\.w3\.org)",
        ):
            found += [f"{path.name}: {match}" for match in re.findall(pattern, text)]
    assert found == []


def test_passwords_are_in_no_log_and_no_table(
    client: FlaskClient, site: Site, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "bí mật tuyệt đối 77"
    with caplog.at_level(logging.DEBUG):
        sign_in(client, "vanthu1", secret)
        sign_in(client, "vanthu1")
        post(client, "/doi-mat-khau", {"old": PASSWORD, "new": secret, "again": secret})
    assert secret not in caplog.text
    assert PASSWORD not in caplog.text
    for path in site.settings.instance.glob("thidua.sqlite*"):
        data = path.read_bytes()
        assert (secret.encode() in data, PASSWORD.encode() in data) == (False, False)


def test_styles_follow_the_settings(site: Site, clock: Clock) -> None:
    blue = replace(site, settings=replace(site.settings, colour="#0B5394", site_name="Phòng Văn hóa"))
    client = create_app(blue, clock=clock).test_client()
    assert "--ours:#0B5394;" in client.get("/site.css").get_data(as_text=True)
    assert "<h1>Phòng Văn hóa</h1>" in client.get("/dang-nhap").get_data(as_text=True)


def test_icons_and_fonts_are_served_from_here(client: FlaskClient) -> None:
    sprite = client.get("/icons.svg").get_data(as_text=True)
    assert set(re.findall(r' id="([a-z0-9-]+)"', sprite)) == look.ICONS
    for name in look.FONTS:
        assert client.get(f"/chu/{name}", buffered=True).headers["Content-Type"] == "font/ttf"
    assert client.get("/chu/..%2f__init__.py").status_code == 404


@pytest.mark.parametrize(
    ("target", "leads"),
    [("/a?b=1#c", "/a?b=1#c"), (None, "/"), ("/a\nb", "/"), ("/\x00", "/"), ("/a b", "/"), ("//a", "/"), ("x", "/")],
)
def test_own_path(target: str | None, leads: str) -> None:
    assert own_path(target) == leads


def test_template_folder_has_our_frame() -> None:
    assert Path(template_folder(), "base.html").is_file()
