"""Whose account it is: the administrator says so, and conflicts of interest follow."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from conftest import counting
from small_world import Clock, World
from thidua.errors import NotAllowed, NotFound
from thidua.models import Event, Person, User
from thidua.services import holders
from thidua.services.site import Site
from web_desk import post, signed_in, text_of


def page_of(site: Site, world: World, login: str) -> str:
    with site.database.reading() as session:
        return f"/quan-tri/tai-khoan/{session.get_one(User, world.users[login]).public_id}"


def person(site: Site, world: World, key: str) -> str:
    with site.database.reading() as session:
        return session.get_one(Person, world.people[key]).public_id


def linked(site: Site, world: World, login: str) -> int | None:
    with site.database.reading() as session:
        return session.get_one(User, world.users[login]).person_id


def events(site: Site) -> list[tuple[int | None, dict[str, object]]]:
    with site.database.reading() as session:
        query = select(Event.user_id, Event.details).where(Event.action == "user-linked").order_by(Event.id)
        return [(actor, details) for actor, details in session.execute(query)]


def test_an_account_is_given_its_person_and_loses_it_again(app: Flask, site: Site, world: World) -> None:
    admin, page = signed_in(app, "admin"), page_of(site, world, "giamkhao1")
    assert "Chưa rõ tài khoản này của ai" in text_of(admin, page)
    found = text_of(admin, f"{page}?nguoi=hoa")
    chosen = re.findall(r'name="person" value="([0-9a-f]+)">Chọn<span class="visually-hidden"> Nguyễn Thị Hoà,', found)
    assert person(site, world, "hoa") in chosen
    assert post(admin, f"{page}/nguoi", {"person": person(site, world, "hoa")}).status_code == 302
    assert linked(site, world, "giamkhao1") == world.people["hoa"]
    shown = text_of(admin, page)
    assert ("<strong>Nguyễn Thị Hoà</strong>" in shown, "Chưa rõ tài khoản" in shown) == (True, False)
    assert post(admin, f"{page}/nguoi", {"person": ""}).status_code == 302
    assert linked(site, world, "giamkhao1") is None
    by = world.users["admin"]
    assert events(site) == [(by, {"person": world.people["hoa"]}), (by, {"person": None})]


def test_one_person_has_one_account_and_the_other_one_is_named(app: Flask, site: Site, world: World) -> None:
    admin, hoa = signed_in(app, "admin"), person(site, world, "hoa")
    post(admin, page_of(site, world, "giamkhao1") + "/nguoi", {"person": hoa})
    answer = post(admin, page_of(site, world, "thamdinh1") + "/nguoi", {"person": hoa})
    said = "Nguyễn Thị Hoà đã gắn với tài khoản giamkhao1. Hãy gỡ ở tài khoản đó trước."
    assert (answer.status_code, said in answer.get_data(as_text=True)) == (422, True)
    assert linked(site, world, "thamdinh1") is None


def test_only_administrators_link_and_only_whom_there_is(site: Site, world: World, clock: Clock) -> None:
    with site.database.writing() as session:
        user = session.get_one(User, world.users["giamkhao1"])
        with pytest.raises(NotAllowed):
            holders.link(session, user, "", by=world.actor("phutrach1"), now=clock())
        with pytest.raises(NotAllowed):
            holders.candidates(session, "hoa", by=world.actor("vanthu1"), now=clock())
        with pytest.raises(NotFound):
            holders.link(session, user, "0" * 24, by=world.actor("admin"), now=clock())
        assert holders.holder(session, user, clock().date()) == []
    assert linked(site, world, "giamkhao1") is None


def test_looking_for_a_person_costs_the_same_for_none_and_for_many(app: Flask, site: Site, world: World) -> None:
    admin, page, costs = signed_in(app, "admin"), page_of(site, world, "giamkhao1"), []
    for text in ("khong-co-ai", "n"):
        with counting(site.database) as statements:
            text_of(admin, f"{page}?nguoi={text}")
        costs.append(len(statements))
    assert costs[0] == costs[1]
