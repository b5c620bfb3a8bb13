"""ACL-5: a dossier in which a judge has an interest does not exist for that judge, however the interest came about.

The judge had scored it before. Afterwards every address, every search, the queue, its counts and the spread of the
judge's own totals are what they would be had it never been given; another judge still finds it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

import judged_campaign
from conftest import csrf_of, serve, sign_in
from crawling import addresses, contents, fresh_site, ids_of
from judged_campaign import BLIND, OPEN
from judging_desk import FULL, Judge, accepted, give, hire
from small_world import Clock, World, add_person
from thidua.models import (
    Assignment,
    AttachmentRevision,
    Conflict,
    Dossier,
    DossierParty,
    Membership,
    PartyRole,
    Person,
    Score,
    Scoresheet,
    User,
)
from thidua.outbox import Worker
from thidua.services import holders, recusals
from thidua.services.indexing import handlers
from thidua.services.sheets import cover_of
from thidua.services.site import Site
from web_desk import text_of

CANARY = "ZqVuonTruongZq"
ANSWERS = {
    "thong_tin": {"chuc_vu": "Giáo viên", "noi_o": "Bát Tràng"},
    "thanh_tich_chung": {"thanh_tich": f"Bài viết về {CANARY}."},
}
OTHER = {**FULL, "y_tuong": "3,5"}  # 12, where FULL comes to 17


class Room:
    """Two dossiers of one track, both given to two judges and scored by the first."""

    def __init__(self, site: Site, world: World, clock: Clock, track: str) -> None:
        self.site, self.world, self.clock = site, world, clock
        with site.database.reading() as session:
            self.judge = session.get_one(User, world.users["giamkhao1"]).person_id
        self.app = serve(site, clock)
        attach = [("bai.txt", f"Trang {CANARY}".encode(), "bao_cao")]
        self.dossier = accepted(site, world, clock, track=track, answers=ANSWERS, attach=attach)
        self.other = accepted(site, world, clock, track=track, key="duc")
        self.blind = track == BLIND

    def client(self, login: str = "giamkhao1") -> FlaskClient:
        client = self.app.test_client()
        sign_in(client, login)
        return client

    def at(self, dossier: str, login: str = "giamkhao1") -> str:
        with self.site.database.reading() as session:
            query = select(Assignment.public_id).join(Dossier).where(Dossier.public_id == dossier)
            return "/cham/" + session.scalars(query.where(Assignment.judge_id == self.world.users[login])).one()

    def known(self) -> list[str]:
        """What would tell of the dossier: its words, its ids, its number, the judge's own total of it."""
        title = "" if self.blind else "Nguyễn Thị Hoà"
        return [CANARY, self.dossier, self.at(self.dossier)[6:], cover_of(self.dossier), title or CANARY]

    def papers(self) -> list[str]:
        """The files of the dossier, by their addresses."""
        with self.site.database.reading() as session:
            return list(session.scalars(select(AttachmentRevision.public_id)))

    def told(self, client: FlaskClient) -> dict[str, list[str]]:
        """By address that answers: which of :meth:`known` it says."""
        ids = {kind: some[:1] for kind, some in ids_of(self.site).items()}
        ids |= {"dossier": [self.dossier], "assignment": [self.at(self.dossier)[6:]], "revision": self.papers()}
        searches = [f"/tim?q={word}" for word in ("vuon truong", "zq", "hoa")]
        views = [f"/cham?xem={view}" for view in ("can-cham", "da-gui", "da-chot")]
        found = {}
        for path in [*addresses(self.app, ids), *searches, *views]:
            with client.get(path) as answer:
                data = (contents(answer.get_data()) + repr(answer.headers).encode()).decode("utf-8", "replace")
            if answer.status_code == 200 and (said := [word for word in self.known() if word in data]):
                found[path] = said
        return found


@pytest.fixture(scope="module", params=[BLIND, pytest.param(OPEN, marks=pytest.mark.slow)])
def planted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, _migrated: Path
) -> Iterator[Room]:
    clock = Clock()
    with fresh_site(tmp_path_factory.mktemp("xung-dot"), _migrated, judged_campaign) as (site, world):
        hire(site, world, "giamkhao2")
        with site.database.writing() as session:
            person = add_person(session, "Phạm Giám Khảo", world.units["xa1"], birth=date(1980, 1, 1))
            session.get_one(User, world.users["giamkhao1"]).person_id = person.id
        room = Room(site, world, clock, request.param)
        Worker(site.database, handlers(site, clock), clock=lambda: clock().replace(hour=3)).drain()
        yield room


@pytest.fixture
def room(planted: Room) -> Room:
    site = planted.site
    with site.database.writing() as session:
        for table in (Score, Scoresheet, Assignment, Conflict):
            session.execute(delete(table))
        person = planted.judge
        session.get_one(User, planted.world.users["giamkhao1"]).person_id = person
        session.execute(delete(DossierParty).where(DossierParty.person_id == person))
        session.execute(delete(Membership).where(Membership.person_id == person))
    for dossier in (planted.dossier, planted.other):
        give(site, planted.world, planted.clock, dossier, "giamkhao1", "giamkhao2", blind=planted.blind)
    judge = Judge(site, planted.world, planted.clock)
    judge.save(planted.dossier, FULL, final=True)
    judge.save(planted.other, OTHER, final=True)
    return planted


def declared_by_office(room: Room) -> None:
    with room.site.database.writing() as session:
        recusals.declare(
            session,
            dossier=room.dossier,
            judge=room.world.user_ids["giamkhao1"],
            reason="Là vợ chồng.",
            by=room.world.actor("phutrach1", "xa1"),
            now=room.clock(),
        )


def declared_by_judge(room: Room) -> None:
    client = room.client()
    typed = {"csrf_token": csrf_of(client, path="/cham"), "_do": "conflict", "reason": "Nhận ra tác giả."}
    assert client.post(f"{room.at(room.dossier)}/tu-choi", data=typed).status_code == 302


def removed(room: Room) -> None:
    with room.site.database.writing() as session:
        recusals.remove(
            session,
            assignment=room.at(room.dossier)[6:],
            reason="Đổi người chấm.",
            by=room.world.actor("phutrach1", "xa1"),
            now=room.clock(),
        )


def person_of_judge(room: Room) -> int:
    with room.site.database.reading() as session:
        person = session.get_one(User, room.world.users["giamkhao1"]).person_id
    assert person is not None
    return person


def becomes_author(room: Room) -> None:
    person = person_of_judge(room)
    with room.site.database.writing() as session:
        row = session.scalars(select(Dossier).where(Dossier.public_id == room.dossier)).one()
        facts = {"role": PartyRole.AUTHOR, "name_as_printed": "Phạm Giám Khảo"}
        session.add(DossierParty(dossier_id=row.id, person_id=person, **facts))


def linked_by_the_admin(room: Room) -> None:
    """Nobody knew yet whose account it is."""
    with room.site.database.writing() as session:
        elsewhere = update(Dossier).where(Dossier.public_id == room.other)  # not the nominee's school as well
        session.execute(elsewhere.values(owner_unit_id=room.world.units["truong2"]))
        user = session.get_one(User, room.world.users["giamkhao1"])
        nominee = session.get_one(Person, room.world.people["hoa"]).public_id
        holders.link(session, user, nominee, by=room.world.actor("admin"), now=room.clock())


def joins_the_school(room: Room) -> None:
    person, since = person_of_judge(room), room.clock().date() - timedelta(days=1)
    with room.site.database.writing() as session:
        elsewhere = update(Dossier).where(Dossier.public_id == room.other)
        session.execute(elsewhere.values(owner_unit_id=room.world.units["truong2"]))
        session.add(Membership(person_id=person, unit_id=room.world.units["truong1"], valid_from=since))


WAYS: tuple[Callable[[Room], None], ...] = (
    declared_by_office,
    declared_by_judge,
    removed,
    becomes_author,
    linked_by_the_admin,
    joins_the_school,
)


def test_what_is_looked_for_is_there_before(room: Room) -> None:
    told = room.told(room.client())
    mine = room.at(room.dossier)
    assert {path for path in told if path.startswith("/cham")} >= {mine, f"{mine}/tep/1", "/cham?xem=da-gui"}
    assert (f"/ho-so/{room.dossier}/xem" in told, "/tim?q=hoa" in told) == (not room.blind, not room.blind)


QUICK = (declared_by_judge, linked_by_the_admin)
EACH = [pytest.param(way, id=way.__name__, marks=() if way in QUICK else pytest.mark.slow) for way in WAYS]


@pytest.mark.parametrize("happens", EACH)
def test_conflicted_dossier_does_not_exist_for_its_judge(room: Room, happens: Callable[[Room], None]) -> None:
    before = room.client()
    assert CANARY in text_of(before, room.at(room.dossier))
    assert "2/2</strong> phiếu đã gửi" in text_of(before, "/cham?xem=da-gui")
    assert "Bạn đã gửi 2 phiếu trong đợt này" in text_of(before, room.at(room.dossier))
    happens(room)
    client = room.client()
    assert room.told(client) == {}
    gone = [client.get(room.at(room.dossier) + more).status_code for more in ("", "/tep/1", "/tep/1/xem", "/tim?tim=a")]
    assert gone == [404] * 4
    assert "1/1</strong> phiếu đã gửi" in text_of(client, "/cham?xem=da-gui")
    spread = re.search(
        r'aria-label="Phân bố tổng điểm các phiếu bạn đã gửi: ([^"]*)"', text_of(client, room.at(room.other))
    )
    assert spread is not None
    assert re.findall(r"(\d+–\d+) điểm: [1-9]\d* phiếu", spread[1]) == ["12–14"]
    assert CANARY in text_of(room.client("giamkhao2"), room.at(room.dossier, "giamkhao2"))
