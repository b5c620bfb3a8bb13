"""Signing in, out, passwords: AUTH-1 to AUTH-5, SESS-1 to SESS-3, INJ-6."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from conftest import csrf_of, post, set_user, sign_in
from small_world import PASSWORD, Clock, World
from thidua.config import Settings, SettingsError
from thidua.errors import say
from thidua.models import Event, LoginTry, User
from thidua.services.site import Site


def whoami(client: FlaskClient) -> int:
    return client.get("/whoami").status_code


def test_sign_in_opens_the_pages_and_sign_out_closes_them(client: FlaskClient, world: World) -> None:
    assert whoami(client) == 302
    answer = sign_in(client, "VanThu1 ")
    assert (answer.status_code, answer.location) == (302, "/")
    assert "<p>vanthu1</p>" in client.get("/whoami").get_data(as_text=True)
    answer = post(client, "/dang-xuat")
    assert (answer.status_code, answer.location) == (302, "/dang-nhap")
    assert whoami(client) == 302


TOKEN = re.compile(r'(?:name="csrf-token" content|name="csrf_token" value)="[^"]+"')


def test_sign_in_says_the_same_for_unknown_disabled_and_wrong(client: FlaskClient, site: Site, world: World) -> None:
    set_user(site, world.users["vanthu2"], disabled_at=Clock()())
    answers = [
        sign_in(client, login, password)
        for login, password in (("nobody", PASSWORD), ("vanthu2", PASSWORD), ("vanthu1", "sai rồi nhé"))
    ]
    assert [a.status_code for a in answers] == [401] * 3
    # The form's own token carries the second it was made in.
    pages = {
        TOKEN.sub("", a.get_data(as_text=True).replace(f'value="{login}"', ""))
        for a, login in zip(answers, ("nobody", "vanthu2", "vanthu1"), strict=True)
    }
    assert len(pages) == 1
    assert say("sign-in-failed") in pages.pop()


def test_sign_in_is_throttled_per_account_and_address(
    client: FlaskClient, site: Site, world: World, clock: Clock
) -> None:
    for _ in range(site.settings.sign_in_tries):
        assert sign_in(client, "vanthu1", "sai rồi nhé").status_code == 401
    answer = sign_in(client, "vanthu1")
    assert answer.status_code == 429
    assert say("sign-in-throttled", minutes=10) in answer.get_data(as_text=True)
    other = {"environ_overrides": {"REMOTE_ADDR": "10.0.0.9"}}
    assert sign_in(client, "vanthu2").status_code == 302
    fresh = client.application.test_client()
    assert sign_in(fresh, "vanthu1", **other).status_code == 302
    clock.forward(minutes=10)
    assert sign_in(client.application.test_client(), "vanthu1").status_code == 302
    with site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(LoginTry)) == 0


def test_a_page_left_open_is_no_place_to_try_passwords(
    client: FlaskClient, site: Site, world: World, clock: Clock
) -> None:
    sign_in(client, "vanthu1")
    new = "hoa sữa tháng tám"

    def answer(old: str, new: str = new) -> tuple[int, bool]:
        page = post(client, "/doi-mat-khau", {"old": old, "new": new, "again": new})
        return page.status_code, say("password-throttled", minutes=10) in page.get_data(as_text=True)

    few = [answer(PASSWORD, "ngắn") for _ in range(site.settings.sign_in_tries + 1)]  # the old one is right
    assert set(few) == {(422, False)}
    tried = [answer(f"sai {n}") for n in range(site.settings.sign_in_tries)]
    assert (set(tried), answer(PASSWORD)) == ({(422, False)}, (429, True))
    clock.forward(minutes=10)
    assert answer(PASSWORD)[0] == 302


@pytest.mark.parametrize("field", ["idle", "absolute"])
def test_session_ends_by_itself(client: FlaskClient, world: World, clock: Clock, field: str) -> None:
    sign_in(client, "vanthu1")
    if field == "idle":
        clock.forward(minutes=29)
        assert whoami(client) == 200
        clock.forward(minutes=30)
    else:
        for _ in range(12 * 3 - 1):
            clock.forward(minutes=20)
            assert whoami(client) == 200
        clock.forward(minutes=20)
    assert whoami(client) == 302


def test_session_from_before_the_clock_was_set_back_ends_too(client: FlaskClient, world: World, clock: Clock) -> None:
    clock.forward(days=30)
    sign_in(client, "vanthu1")
    clock.forward(minutes=-29)
    assert whoami(client) == 200  # a clock put right by minutes throws nobody out
    clock.forward(minutes=-30, days=-29)
    assert whoami(client) == 302


def test_tries_counted_by_a_clock_that_was_ahead_keep_nobody_out(
    client: FlaskClient, world: World, clock: Clock
) -> None:
    clock.forward(days=3650)
    answers = [sign_in(client, "vanthu1", "sai rồi nhé").status_code for _ in range(9)]
    clock.forward(days=-3650)
    assert (answers, sign_in(client, "vanthu1").status_code) == ([401] * 8 + [429], 302)


def test_ended_session_answers_scripts_with_401_and_pages_with_the_way_back(client: FlaskClient, world: World) -> None:
    answer = client.get("/whoami", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json) == (401, {"error": say("session-ended"), "code": "session-ended"})
    answer = client.get("/whoami?a=1")
    assert answer.location == "/dang-nhap?next=/whoami?a%3D1"
    answer = post(client, "/dang-nhap", {"login": "vanthu1", "password": PASSWORD, "next": "/whoami?a=1"})
    assert answer.location == "/whoami?a=1"


def test_disabling_and_signing_out_end_all_sessions_at_once(client: FlaskClient, site: Site, world: World) -> None:
    other = client.application.test_client()
    sign_in(client, "vanthu1")
    sign_in(other, "vanthu1")
    post(client, "/dang-xuat")
    assert whoami(other) == 302
    sign_in(other, "vanthu1")
    set_user(site, world.users["vanthu1"], disabled_at=Clock()())
    assert whoami(other) == 302


def test_changing_the_password_ends_the_other_sessions(client: FlaskClient, world: World) -> None:
    other = client.application.test_client()
    sign_in(client, "vanthu1")
    sign_in(other, "vanthu1")
    new = "cây đa giếng nước 88"
    answer = post(client, "/doi-mat-khau", {"old": PASSWORD, "new": new, "again": new})
    assert answer.location == "/"
    assert (whoami(client), whoami(other)) == (200, 302)
    assert sign_in(other, "vanthu1").status_code == 401
    assert sign_in(other, "vanthu1", new).status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again", "code"),
    [
        ("sai", "cây đa giếng nước", "cây đa giếng nước", "password-wrong"),
        (PASSWORD, "cây đa giếng nước", "cây đa giếng", "password-differs"),
        (PASSWORD, PASSWORD, PASSWORD, "password-same"),
        (PASSWORD, "matkhau123", "matkhau123", "password-common"),
        (PASSWORD, "vanthu1", "vanthu1", "password-short"),
        (PASSWORD, "Hoa Sen 2026!", "Hoa Sen 2026!", ""),
        (PASSWORD, "Trường Tiểu học Hoa Sen", "Trường Tiểu học Hoa Sen", "password-context"),
    ],
)
def test_new_password_is_refused_beside_its_field(
    client: FlaskClient, world: World, old: str, new: str, again: str, code: str
) -> None:
    sign_in(client, "vanthu1")
    answer = post(client, "/doi-mat-khau", {"old": old, "new": new, "again": again})
    if not code:
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert answer.get_data(as_text=True).count(say(code, least=8)) == 2  # in the summary and at the field


def test_one_time_password_must_be_changed_first(client: FlaskClient, site: Site, world: World) -> None:
    set_user(site, world.users["vanthu1"], must_change=True)
    assert sign_in(client, "vanthu1").location == "/doi-mat-khau?next=/"
    assert client.get("/").location == "/doi-mat-khau"
    assert client.get("/", headers={"Accept": "application/json"}).json == {
        "error": say("password-must-change"),
        "code": "password-must-change",
    }
    new = "cây đa giếng nước 88"
    post(client, "/doi-mat-khau", {"old": PASSWORD, "new": new, "again": new})
    assert client.get("/").status_code == 200


def test_password_is_hashed_anew_when_the_cost_has_risen(client: FlaskClient, site: Site, world: World) -> None:
    def stored() -> str:
        with site.database.reading() as session:
            return session.scalars(select(User.password_hash).where(User.login == "vanthu1")).one()

    before = stored()
    sign_in(client, "vanthu1")
    assert stored() == before
    object.__setattr__(site, "settings", replace(site.settings, password_cost=2))
    client.application.extensions.pop("thidua.passwords")
    assert sign_in(client.application.test_client(), "vanthu1").status_code == 302
    assert "t=1" in before
    assert "t=2" in stored()


def test_cookie_is_http_only_lax_and_changes_when_signing_in(client: FlaskClient, world: World) -> None:
    csrf_of(client)
    before = client.get_cookie("thidua")
    sign_in(client, "vanthu1")
    after = client.get_cookie("thidua")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert (after.http_only, after.same_site, after.secure, after.path) == (True, "Lax", False, "/")


def test_cookie_from_before_signing_in_opens_nothing(client: FlaskClient, world: World) -> None:
    csrf_of(client)
    before = client.get_cookie("thidua")
    assert before is not None
    sign_in(client, "vanthu1")
    thief = client.application.test_client()
    thief.set_cookie("thidua", before.value)
    assert whoami(thief) == 302


@pytest.mark.parametrize("key", ["", "short", "a" * 64])
def test_secret_key_must_be_strong(settings: Settings, key: str) -> None:
    with pytest.raises(SettingsError):
        replace(settings, secret_key=key)


@pytest.mark.parametrize(
    "target",
    [
        "//ac.vn",
        "///ac.vn",
        "/\\ac.vn",
        "\\\\ac.vn",
        "https://ac.vn",
        "http:ac.vn",
        "javascript:alert(1)",
        "/\t/ac.vn",
        "/%0d/../\r\nX: y",
        " //ac.vn",
        "ac.vn",
        "@ac.vn",
        "",
    ],
)
def test_next_leads_to_own_paths_only(client: FlaskClient, world: World, target: str) -> None:
    answer = post(client, "/dang-nhap", {"login": "vanthu1", "password": PASSWORD, "next": target})
    assert (answer.status_code, answer.location) == (302, "/")
    assert client.get("/dang-nhap", query_string={"next": target}).location == "/"


def test_acting_unit_is_chosen_among_ones_own(client: FlaskClient, site: Site, world: World) -> None:
    with site.database.writing() as session:
        from small_world import LONG_AGO
        from thidua.models import Grant, Role

        session.add(
            Grant(user_id=world.users["vanthu1"], role=Role.CLERK, unit_id=world.units["truong2"], valid_from=LONG_AGO)
        )
    sign_in(client, "vanthu1")
    page = client.get("/").get_data(as_text=True)
    assert '<span class="who-unit">Trường Tiểu học Hoa Sen</span>' in page
    answer = post(client, "/don-vi-lam-viec", {"unit": world.unit_ids["truong2"], "next": "/whoami"})
    assert answer.location == "/whoami"
    assert '<span class="who-unit">Trường THCS Đa Tốn</span>' in client.get("/").get_data(as_text=True)
    assert post(client, "/don-vi-lam-viec", {"unit": world.unit_ids["truong3"]}).status_code == 404


def test_sign_ins_are_in_the_audit_without_what_was_typed(client: FlaskClient, site: Site, world: World) -> None:
    sign_in(client, "vanthu1", "lỡ gõ mật khẩu")
    sign_in(client, "vanthu1")
    post(client, "/dang-xuat")
    with site.database.reading() as session:
        events = session.execute(select(Event.action, Event.user_id, Event.details).order_by(Event.id)).all()
    user = world.users["vanthu1"]
    assert [tuple(e) for e in events] == [("sign-in-failed", None, {}), ("sign-in", user, {}), ("sign-out", user, {})]


def test_whoami_costs_one_statement(client: FlaskClient, world: World, count_queries) -> None:
    sign_in(client, "vanthu1")
    with count_queries() as statements:
        client.get("/whoami")
    assert len(statements) == 1
