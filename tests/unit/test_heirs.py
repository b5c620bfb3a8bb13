"""A school that merges: its heir goes on with its dossiers, and its staff work there from the day on."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from desk import COMPLETE, PHRASE, Desk, filled, refused
from kept import once
from small_world import Clock, World
from thidua.errors import NotAllowed, NotFound
from thidua.models import (
    Action,
    Call,
    ConflictKind,
    Dossier,
    Membership,
    Person,
    State,
    Submission,
    Succession,
    UnitEventKind,
    User,
)
from thidua.outbox import Worker
from thidua.permissions import scope_of, visible_to
from thidua.permissions import submissions as letters_of
from thidua.services import calls, conflicts, succession, unit_events
from thidua.services.indexing import handlers
from thidua.services.lists import awaiting
from thidua.services.site import Site
from thidua.times import start_of_day

DAY = date(2026, 3, 20)
AFTER = datetime(2026, 3, 20, 8, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


class Merging:
    """The first school, with a dossier in four states, and the third one that will take it over."""

    def __init__(self, site: Site, world: World, clock: Clock) -> None:
        self.site, self.world, self.clock = site, world, clock
        self.old, self.head = (Desk(site, world, clock, f"{who}1", "truong1") for who in ("vanthu", "hieutruong"))
        self.office, self.new_office = (Desk(site, world, clock, f"thamdinh{n}", f"xa{n}") for n in (1, 2))
        self.clerk, self.new_head = (Desk(site, world, clock, f"{who}3", "truong3") for who in ("vanthu", "hieutruong"))
        self.draft, self.waiting, self.filed, self.returned = once(site, "merging", self._work)
        self.all = {self.draft, self.waiting, self.filed, self.returned}

    def _work(self) -> tuple[str, str, str, str]:
        draft, waiting, filed, returned = (filled(self.old) for _ in range(4))
        for dossier in (waiting, filed, returned):
            self.old.hand_over(dossier)
        for dossier in (filed, returned):
            self.head.submit(dossier, key=dossier)
        self.office.take_up(returned)
        self.office.end(returned, Action.RETURN, "Bổ sung minh chứng")
        return draft, waiting, filed, returned

    def merge(self, *ending: str, into: str = "truong3", day: date = DAY) -> None:
        with self.site.database.writing() as session:
            unit_events.end(
                session,
                [self.world.units[one] for one in ending],
                kind=UnitEventKind.MERGED,
                heirs={},
                into=[self.world.units[into]],
                day=day,
                document="Quyết định 12/QĐ-UBND ngày 15/3/2026",
                by=self.world.actor("admin"),
                now=self.clock(),
            )

    def seen_by(self, desk: Desk) -> set[str]:
        with self.site.database.reading() as session:
            scope = scope_of(session, desk.actor, self.clock().date())
            return set(session.scalars(select(Dossier.public_id).where(visible_to(scope))))

    def index(self) -> None:
        Worker(self.site.database, handlers(self.site, self.clock), clock=self.clock).drain()


@pytest.fixture
def merging(site: Site, world: World, clock: Clock) -> Merging:
    return Merging(site, world, clock)


def test_heir_sees_nothing_before_the_day_and_everything_from_it_on(merging: Merging) -> None:
    merging.index()
    merging.merge("truong1")
    assert (merging.seen_by(merging.old), merging.seen_by(merging.clerk)) == (merging.all, set())
    assert (set(merging.old.find(PHRASE)), merging.clerk.find(PHRASE)) == (merging.all, [])
    merging.clock.at = AFTER
    assert (merging.seen_by(merging.old), merging.seen_by(merging.clerk)) == (set(), merging.all)
    assert (merging.old.find(PHRASE), set(merging.clerk.find(PHRASE))) == ([], merging.all)
    with pytest.raises(NotFound):
        merging.old.save(merging.draft, "thong_tin", COMPLETE["thong_tin"])


def test_superior_of_the_heir_reads_what_was_filed_and_the_receiver_goes_on_with_it(merging: Merging) -> None:
    merging.merge("truong1")
    merging.clock.at = AFTER
    filed = {merging.filed, merging.returned}
    assert (merging.seen_by(merging.office), merging.seen_by(merging.new_office)) == (filed, filed)
    with pytest.raises(NotAllowed):
        merging.new_office.take_up(merging.filed)
    merging.office.take_up(merging.filed)
    assert merging.office.state(merging.filed) is State.APPRAISING


def test_heir_finishes_and_files_what_the_school_had_begun(merging: Merging) -> None:
    merging.merge("truong1")
    merging.clock.at = AFTER
    saved = merging.clerk.save(merging.draft, "thong_tin", {"chuc_vu": "Tổ trưởng chuyên môn"})
    assert not saved.conflicts
    for dossier in (merging.draft, merging.returned):
        merging.clerk.hand_over(dossier)
    ready = {merging.draft, merging.waiting, merging.returned}
    with merging.site.database.reading() as session:
        scope = scope_of(session, merging.new_head.actor, DAY)
        assert session.scalar(select(func.count()).select_from(awaiting(scope).subquery())) == 3
    letter = merging.new_head.submit(*sorted(ready), key="một tờ trình")
    u = merging.world.units
    assert (letter.unit_id, letter.receiving_unit_id) == (u["truong3"], u["xa2"])
    with merging.site.database.reading() as session:
        rows = {row.public_id: row for row in session.scalars(select(Dossier))}
        assert {one: row.owner_unit_id for one, row in rows.items()} == {
            **dict.fromkeys(ready, u["truong3"]),
            merging.filed: u["truong1"],
        }
        names = [version.content["unit"]["name"] for version in rows[merging.returned].versions]  # type: ignore[index]
        assert names == ["Trường Tiểu học Hoa Sen", "Trường Mầm non Ánh Sao"]
    assert merging.seen_by(merging.clerk) == merging.all
    merging.new_office.take_up(merging.returned)
    assert merging.office.state(merging.returned) is State.APPRAISING


def test_time_that_the_school_was_granted_holds_for_what_it_had_begun(merging: Merging) -> None:
    admin, world = merging.world.actor("admin"), merging.world
    until = start_of_day(date(2026, 4, 10))
    with merging.site.database.writing() as session:
        call = session.get_one(Call, world.call_id)
        facts = {"unit_id": world.units["truong1"], "reason": "Sáp nhập", "by": admin, "now": merging.clock()}
        calls.grant_extension(session, call, until=until, **facts)
    begun = filled(merging.clerk, "anh")
    merging.clerk.hand_over(begun)
    merging.merge("truong1")
    merging.clock.at = start_of_day(date(2026, 4, 5))  # the call has closed on 1 April
    with refused("deadline-passed"):
        merging.new_head.submit(merging.waiting, begun, key="cả hai")
    letter = merging.new_head.submit(merging.waiting, key="chỉ của trường cũ")
    assert (letter.unit_id, letter.late) == (world.units["truong3"], True)


def test_heir_reads_the_letters_of_the_school_and_files_nothing_new_for_it(merging: Merging) -> None:
    merging.merge("truong1")
    merging.clock.at = AFTER
    with merging.site.database.reading() as session:
        letters = set(session.scalars(select(Submission.public_id)))
        scope = scope_of(session, merging.new_head.actor, DAY)
        assert set(session.scalars(letters_of(scope).with_only_columns(Submission.public_id))) == letters
        assert len(letters) == 2
    stranger = Desk(merging.site, merging.world, merging.clock, "vanthu3", "truong1")
    with pytest.raises(NotFound):
        stranger.start("hoa")


def test_staff_of_the_school_work_for_the_heir_from_the_day_on(merging: Merging) -> None:
    u, who = merging.world.units, merging.world.people["hoa"]
    merging.merge("truong1", "truong2")
    with merging.site.database.reading() as session:
        held = session.execute(
            select(Membership.unit_id, Membership.valid_to).where(Membership.person_id == who).order_by(Membership.id)
        ).all()
    assert [tuple(row) for row in held] == [(u["truong1"], DAY), (u["truong3"], None)]
    merging.clock.at = AFTER
    assert merging.clerk.start("hoa")
    assert merging.clerk.start("thuy")


def test_somebody_who_worked_at_both_is_not_entered_twice(merging: Merging) -> None:
    u, who = merging.world.units, merging.world.people["anh"]
    with merging.site.database.writing() as session:
        session.add(Membership(person_id=who, unit_id=u["truong1"], position="Kế toán", valid_from=date(2020, 1, 1)))
    merging.merge("truong1")
    with merging.site.database.reading() as session:
        open_ones = select(Membership.unit_id).where(Membership.person_id == who, Membership.valid_to.is_(None))
        assert list(session.scalars(open_ones)) == [u["truong3"]]


def test_heir_that_ends_hands_on_what_it_had_inherited(merging: Merging) -> None:
    u = merging.world.units
    merging.merge("truong1", into="truong2", day=date(2026, 3, 15))
    merging.merge("truong2", into="truong3")
    with merging.site.database.reading() as session:
        assert succession.heirs_of(session, [u["truong1"], u["truong2"]], date(2026, 3, 16)) == {
            u["truong1"]: u["truong2"],
            u["truong2"]: u["truong2"],
        }
        assert succession.heirs_of(session, [u["truong1"], u["truong2"]], DAY) == {
            u["truong1"]: u["truong3"],
            u["truong2"]: u["truong3"],
        }
    merging.clock.at = AFTER
    assert merging.seen_by(merging.clerk) == merging.all
    merging.clerk.hand_over(merging.draft)
    assert merging.new_head.submit(merging.draft, key="k").unit_id == u["truong3"]


def test_an_office_has_no_heir_of_its_own(merging: Merging) -> None:
    u = merging.world.units
    with merging.site.database.writing() as session:
        unit_events.end(
            session,
            [u["xa1"]],
            kind=UnitEventKind.MERGED,
            heirs={u["xa1"]: {u["truong1"]: u["xa2"], u["truong2"]: u["xa2"]}},
            into=[u["xa2"]],
            day=DAY,
            document="Nghị quyết 1/2026",
            by=merging.world.actor("admin"),
            now=merging.clock(),
        )
    with merging.site.database.reading() as session:
        kept = session.execute(select(Succession.office_id, Succession.school_id)).all()
    assert sorted(tuple(row) for row in kept) == [(u["xa1"], u["truong1"]), (u["xa1"], u["truong2"])]


def test_judges_of_the_heir_are_of_the_nominees_unit(merging: Merging) -> None:
    judge = merging.world.users["giamkhao1"]
    with merging.site.database.writing() as session:
        person = session.get_one(Person, merging.world.people["anh"])
        session.get_one(User, judge).person_id = person.id
    merging.merge("truong1")
    with merging.site.database.reading() as session:
        row = session.scalars(select(Dossier).where(Dossier.public_id == merging.filed)).one()
        before = conflicts.between(session, [row], [judge], date(2026, 3, 19))
        after = conflicts.between(session, [row], [judge], DAY)
    assert (before, after[row.id, judge].kind) == ({}, ConflictKind.OWN_UNIT)
