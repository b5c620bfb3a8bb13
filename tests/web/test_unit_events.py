"""Events of units: shown before they are written, refused with a reason, and the past keeps its names."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from conftest import post, sign_in
from desk import Desk, filled
from kept import once
from small_world import Clock, World
from thidua.errors import say
from thidua.models import Dossier, Event, Grant, Succession, Unit, UnitEvent, UnitName, UnitRelation, Version
from thidua.outbox import Worker
from thidua.services import units
from thidua.services.indexing import handlers
from thidua.services.site import Site

HANDED = re.compile(r"<li><strong>([^<]*)</strong> → ([^:]*): (\d+) hồ sơ")
OWN = re.compile(r"(\d+) bản nháp.*?(\d+) hồ sơ đã nộp chưa xong")
ABOVE = re.compile(r'<th scope="row"><a href="/quan-tri/don-vi/(\w+)">([^<]*)</a></th><td data-label="Quan hệ">Quản lý')
DAY = date(2026, 4, 1)
TABLES = (Unit, UnitName, UnitRelation, UnitEvent, Succession, Grant, Event)


def facts(site: Site) -> list[tuple[object, ...]]:
    """Everything that an event of units can change."""
    with site.database.reading() as session:
        return [tuple(row) for table in TABLES for row in session.execute(select(table.__table__))]


@pytest.fixture
def at_work(site: Site, world: World, clock: Clock) -> str:
    """A dossier that the first school has filed, beside a draft; its public id."""
    return once(site, "at work", lambda: _filed(site, world, clock))


def _filed(site: Site, world: World, clock: Clock) -> str:
    clerk, head = Desk(site, world, clock, "vanthu1", "truong1"), Desk(site, world, clock, "hieutruong1", "truong1")
    dossier = filled(clerk, "hoa")
    clerk.hand_over(dossier)
    head.submit(dossier, key=dossier)
    clerk.start("duc")
    return dossier


@pytest.fixture
def admin(client: FlaskClient, at_work: str) -> FlaskClient:
    sign_in(client, "admin")
    return client


def address(world: World, unit: str, more: str) -> str:
    return f"/quan-tri/don-vi/{world.unit_ids[unit]}/{more}"


def test_merging_is_shown_before_it_is_written(admin: FlaskClient, site: Site, world: World) -> None:
    ids, path = world.unit_ids, address(world, "xa1", "su-kien")
    data = {"kind": "merged", "since": "01/04/2026", "document": "NQ 1/2026", "heir": ids["xa2"]}
    before = facts(site)
    page = post(admin, path, {**data, "_do": "xem"}).get_data(as_text=True)
    assert facts(site) == before
    with site.database.reading() as session:
        name = {key: session.get_one(Unit, world.units[key]).name_on(DAY) for key in ("xa2", "truong1", "truong2")}
        held = session.scalars(select(Grant.id).where(Grant.unit_id == world.units["xa1"])).all()
    assert sorted(HANDED.findall(page)) == sorted(
        [(name["truong1"], name["xa2"], "1"), (name["truong2"], name["xa2"], "0")]
    )
    assert f"{len(held)} vai trò tại đơn vị hết hiệu lực" in page
    assert post(admin, path, {**data, "_do": "ghi"}).status_code == 302
    with site.database.reading() as session:
        rows = session.execute(select(Succession.school_id, Succession.successor_id).order_by(Succession.school_id))
        assert [tuple(r) for r in rows] == [(world.units[s], world.units["xa2"]) for s in ("truong1", "truong2")]
        event = session.scalars(select(UnitEvent)).one()
        assert (event.kind.value, event.document, event.details["from"]) == (
            "merged",
            "NQ 1/2026",
            [world.units["xa1"]],
        )


def test_two_schools_merge_into_a_third_at_once(admin: FlaskClient, site: Site, world: World) -> None:
    path, ids = address(world, "truong1", "su-kien"), world.unit_ids
    data = {
        "kind": "merged",
        "since": "01/04/2026",
        "document": "QĐ 2",
        "heir": ids["truong3"],
        "other": ids["truong2"],
    }
    page = post(admin, path, {**data, "_do": "xem"}).get_data(as_text=True)
    assert OWN.findall(page) == [("1", "1")]
    assert page.count("Trường Mầm non Ánh Sao làm tiếp và nộp") == 1
    assert "chuyển sang danh sách của Trường Mầm non Ánh Sao" in page
    assert post(admin, path, data).status_code == 302
    with site.database.reading() as session:
        heirs = session.execute(select(Succession.school_id, Succession.successor_id).order_by(Succession.school_id))
        taken = [(world.units[one], world.units["truong3"]) for one in ("truong1", "truong2")]
        assert [tuple(row) for row in heirs] == taken
        ended = {u: session.get_one(Unit, world.units[u]).ended for u in ("truong1", "truong2", "truong3")}
        event = session.scalars(select(UnitEvent)).one()
    assert ended == {"truong1": date(2026, 4, 1), "truong2": date(2026, 4, 1), "truong3": None}
    assert (event.details["from"], event.details["to"]) == (
        sorted([world.units["truong1"], world.units["truong2"]]),
        [world.units["truong3"]],
    )


def test_who_worked_at_a_unit_that_has_ended_is_told_why_nothing_is_left(admin: FlaskClient, world: World) -> None:
    clerk = admin.application.test_client()
    sign_in(clerk, "vanthu1")
    assert "không giữ vai trò nào" not in clerk.get("/").get_data(as_text=True)
    data = {"kind": "merged", "since": "10/03/2026", "document": "QĐ 3", "heir": world.unit_ids["truong3"]}
    assert post(admin, address(world, "truong1", "su-kien"), data).status_code == 302
    page = clerk.get("/").get_data(as_text=True)
    assert "Hôm nay tài khoản của bạn không giữ vai trò nào" in page
    assert re.findall(r"<li>(Văn thư, .*?)</li>", page) == ["Văn thư, Trường Tiểu học Hoa Sen: đến hết ngày 09/03/2026"]


def test_moving_says_what_stays_and_a_circle_is_refused(admin: FlaskClient, site: Site, world: World) -> None:
    ids, path = world.unit_ids, address(world, "truong1", "truc-thuoc")
    data = {"parent": ids["xa2"], "relation": "managed_by", "since": "01/04/2026", "document": "QĐ 3"}
    before = facts(site)
    page = post(admin, path, {**data, "_do": "xem"}).get_data(as_text=True)
    assert (OWN.findall(page), facts(site)) == ([("1", "1")], before)
    assert "vẫn ở cơ quan đã nhận" in page
    assert post(admin, path, data).status_code == 302
    with site.database.reading() as session:
        days = (date(2026, 3, 31), date(2026, 4, 1))
        stood = [units.receiver_of(session, world.units["truong1"], day) for day in days]
    assert stood == [world.units["xa1"], world.units["xa2"]]
    above = ABOVE.findall(admin.get(address(world, "truong1", "").rstrip("/")).get_data(as_text=True))
    assert above == [(ids["xa2"], "Ủy ban nhân dân xã Gia Lâm"), (ids["xa1"], "Ủy ban nhân dân xã Bát Tràng")]
    circle = {**data, "parent": ids["truong1"]}
    for unit, day in (("xa2", "01/05/2026"), ("so", "01/05/2026")):
        before = facts(site)
        answer = post(admin, address(world, unit, "truc-thuoc"), {**circle, "since": day})
        assert (answer.status_code, say("unit-circle") in answer.get_data(as_text=True)) == (422, True)
        assert facts(site) == before


@pytest.mark.parametrize(
    ("path", "data", "sentence"),
    [
        ("truc-thuoc", {"since": "01/01/1900"}, "unit-ended"),
        ("truc-thuoc", {"since": "01/03/2026"}, "unit-later-fact"),
        ("truc-thuoc", {"document": " "}, "basis-missing"),
        ("truc-thuoc", {"parent": "khong-co"}, "choice-missing"),
        ("ten", {"since": "01/01/1900"}, "unit-ended"),
        ("ten", {"document": ""}, "basis-missing"),
        ("ten", {"name": " "}, "name-missing"),
        ("su-kien", {"since": "01/03/2026"}, "unit-later-fact"),
        ("su-kien", {"heir": ""}, ""),
        ("su-kien", {"kind": "founded"}, "choice-missing"),
        ("su-kien", {"heir": "truong1"}, "unit-circle"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_changes_nothing(
    admin: FlaskClient, site: Site, world: World, path: str, data: dict[str, str], sentence: str
) -> None:
    moved = {"parent": world.unit_ids["xa2"], "relation": "managed_by", "since": "01/06/2026", "document": "QĐ 0"}
    unit = "xa1" if path == "su-kien" else "truong1"
    assert post(admin, address(world, "truong1", "truc-thuoc"), moved).status_code == 302
    whole = {**moved, "name": "Trường mới", "kind": "merged", "heir": world.unit_ids["xa2"], "since": "01/07/2026"}
    data = {key: world.unit_ids.get(value, value) for key, value in data.items()}
    before = facts(site)
    for do in ("xem", "ghi"):
        answer = post(admin, address(world, unit, path), {**whole, **data, "_do": do})
        assert answer.status_code == 422
        assert facts(site) == before
        known = {
            "unit-ended": "đã kết thúc hoạt động, hoặc chưa thành lập vào ngày đó",
            "unit-later-fact": say("unit-later-fact", day="01/06/2026"),
            "": "Chưa chỉ rõ đơn vị nào tiếp nhận hồ sơ",
            "choice-missing": 'class="field-error"',
        }
        assert known.get(sentence, say(sentence) if sentence not in known else "") in answer.get_data(as_text=True)


def test_a_filed_dossier_keeps_the_name_of_its_school(admin: FlaskClient, world: World, at_work: str) -> None:
    data = {"name": "Trường Tiểu học Ngọc Lan", "since": "01/06/2026", "document": "QĐ 4"}
    assert post(admin, address(world, "truong1", "ten"), data).status_code == 302
    office = admin.application.test_client()
    sign_in(office, "thamdinh1")
    page = office.get(f"/tham-dinh/{at_work}").get_data(as_text=True)
    assert re.findall(r"<dt>Đơn vị</dt><dd>([^<]*)", page) == ["Trường Tiểu học Hoa Sen"]


def test_a_name_of_tomorrow_is_not_said_today(
    admin: FlaskClient, site: Site, world: World, clock: Clock, at_work: str
) -> None:
    old, new = "Trường Tiểu học Hoa Sen", "Trường Tiểu học Ngọc Lan"
    data = {"name": new, "since": "15/03/2026", "document": "QĐ 5"}
    assert post(admin, address(world, "truong1", "ten"), data).status_code == 302
    Worker(site.database, handlers(site, clock), clock=clock).drain()
    said = {}
    for day in (10, 15):
        clock.at = clock.at.replace(day=day)
        pages = {"thamdinh1": ("/tham-dinh", "/tim?q=hoc"), "vanthu1": ("/", f"/ho-so/{at_work}", "/ho-so")}
        for login, paths in pages.items():
            user = admin.application.test_client()
            sign_in(user, login)
            texts = [user.get(path, follow_redirects=True).get_data(as_text=True) for path in paths]
            said[login, day] = [[name in text for name in (old, new)] for text in texts]
    assert said == {
        ("thamdinh1", 10): [[True, False]] * 2,
        ("vanthu1", 10): [[True, False]] * 3,
        ("thamdinh1", 15): [[False, True]] * 2,
        ("vanthu1", 15): [[False, True]] * 3,
    }


def test_what_is_filed_before_a_new_name_begins_says_the_old_one(
    admin: FlaskClient, site: Site, world: World, clock: Clock
) -> None:
    data = {"name": "Trường Tiểu học Ngọc Lan", "since": "15/03/2026", "document": "QĐ 5"}
    assert post(admin, address(world, "truong1", "ten"), data).status_code == 302
    clerk, head = Desk(site, world, clock, "vanthu1", "truong1"), Desk(site, world, clock, "hieutruong1", "truong1")
    names = []
    for day in (12, 15):
        clock.at = clock.at.replace(day=day)
        dossier = filled(clerk, "hoa")
        clerk.hand_over(dossier)
        head.submit(dossier, key=dossier)
        with site.database.reading() as session:
            made = session.scalars(select(Version).join(Dossier).where(Dossier.public_id == dossier)).one()
            names.append(made.content["unit"])
    unit = world.unit_ids["truong1"]
    assert names == [
        {"id": unit, "name": "Trường Tiểu học Hoa Sen"},
        {"id": unit, "name": "Trường Tiểu học Ngọc Lan"},
    ]
