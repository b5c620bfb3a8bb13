"""Calls: who may file until when, to the second; more time for one unit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from conftest import refused
from small_world import NOW, World
from thidua.errors import Invalid, NotAllowed, NotFound, Refused
from thidua.models import Call, Database, Unit
from thidua.permissions import scope_of
from thidua.registry import Registry
from thidua.services import calls, units
from thidua.services.calls import CallForm, Deadline
from thidua.times import Period, start_of_day

CLOSES = start_of_day(date(2026, 4, 1))
SECOND = timedelta(seconds=1)


def the_call(session, world: World) -> Call:
    return session.get_one(Call, world.call_id)


def form(**changes: object) -> CallForm:
    facts = {
        "title": "Đợt một",
        "period": Period("school_year", 2025),
        "opens": NOW,
        "closes": CLOSES,
        "grace_until": None,
        "parameters": {},
    }
    return CallForm(**{**facts, **changes})


@pytest.mark.parametrize(
    ("grace", "at", "is_open"),
    [
        (None, start_of_day(date(2026, 1, 5)) - SECOND, False),
        (None, start_of_day(date(2026, 1, 5)), True),
        (None, CLOSES - SECOND, True),
        (None, CLOSES, False),
        (CLOSES + timedelta(days=1), CLOSES, True),
        (CLOSES + timedelta(days=1), CLOSES + timedelta(days=1), False),
    ],
)
def test_call_opens_and_closes_to_the_second(
    database: Database, world: World, grace: datetime | None, at: datetime, is_open: bool
) -> None:
    with database.writing() as session:
        call = the_call(session, world)
        call.grace_until = grace
        assert calls.is_open(session, call, world.units["truong1"], at) is is_open
        if not is_open:
            with pytest.raises(Refused) as refused:
                calls.require_open(session, call, world.units["truong1"], at)
            assert refused.value.code == ("call-not-yet" if at < call.opens else "deadline-passed")
            assert call.title in str(refused.value)


def test_extension_counts_for_its_unit_only(database: Database, world: World) -> None:
    until = CLOSES + timedelta(days=9)
    with database.writing() as session:
        call = the_call(session, world)
        facts = {"until": until, "reason": "Mất điện", "by": world.actor("admin"), "now": NOW}
        calls.grant_extension(session, call, unit_id=world.units["truong1"], **facts)
        assert calls.deadline_for(session, call, world.units["truong1"]) == Deadline(CLOSES, None, until)
        assert calls.deadline_for(session, call, world.units["truong2"]) == Deadline(CLOSES)
        assert calls.is_open(session, call, world.units["truong1"], until - SECOND)
        assert not calls.is_open(session, call, world.units["truong1"], until)


def test_late_request_is_asked_once_and_answered_once(database: Database, world: World) -> None:
    truong1 = world.units["truong1"]
    ask = {"unit_id": truong1, "reason": "Lũ lụt", "now": CLOSES + SECOND}
    with database.writing() as session:
        call = the_call(session, world)
        asked = calls.ask_extension(session, call, by=world.actor("vanthu1"), **ask)
        with refused("extension-waiting"):
            calls.ask_extension(session, call, by=world.actor("hieutruong1"), **ask)
        with pytest.raises(NotAllowed):
            calls.ask_extension(session, call, by=world.actor("vanthu2"), **ask)
        admin = world.actor("admin")
        assert calls.waiting(session, scope_of(session, admin, date(2026, 4, 1))) == 1
        answer = {"answer": "", "by": admin, "now": CLOSES + SECOND}
        with refused("extension-early"):
            calls.decide_extension(session, call, asked.public_id, until=CLOSES, **answer)
        with refused("reason-missing"):
            calls.decide_extension(session, call, asked.public_id, until=None, **answer)
        until = CLOSES + timedelta(days=2)
        calls.decide_extension(session, call, asked.public_id, until=until, **answer)
        with refused("extension-decided"):
            calls.decide_extension(session, call, asked.public_id, until=until, **answer)
        assert calls.deadline_for(session, call, truong1).last == until
        assert calls.waiting(session, scope_of(session, admin, date(2026, 4, 1))) == 0


def test_refused_request_gives_no_time(database: Database, world: World) -> None:
    with database.writing() as session:
        call = the_call(session, world)
        asked = calls.ask_extension(
            session, call, unit_id=world.units["truong1"], reason="Bận", by=world.actor("vanthu1"), now=NOW
        )
        calls.decide_extension(
            session, call, asked.public_id, until=None, answer="Không", by=world.actor("admin"), now=NOW
        )
        assert calls.deadline_for(session, call, world.units["truong1"]).last == CLOSES


def test_school_sees_the_calls_of_units_above_it(database: Database, world: World, registry: Registry) -> None:
    u = world.units
    with database.writing() as session:
        facts = {"slug": "tiny", "edition": "2025", "unit_id": u["xa1"]}
        mine = calls.create(session, registry, **facts, form=form(), by=world.actor("phutrach1"), now=NOW)
        found = calls.open_calls_for(session, [u["truong1"], u["truong3"]], NOW)
        seen = [(one.call.id, one.unit_id) for one in found]
        assert sorted(seen) == sorted(
            [(world.call_id, u["truong1"]), (world.call_id, u["truong3"]), (mine.id, u["truong1"])]
        )
        assert calls.find_for_unit(session, mine.public_id, u["truong1"], NOW) is mine
        for stranger in (u["truong3"], u["xa1"], u["so"]):
            with pytest.raises(NotFound):
                calls.find_for_unit(session, mine.public_id, stranger, NOW)
        assert calls.open_calls_for(session, [u["truong1"]], CLOSES) == []


def test_manager_opens_calls_in_the_own_subtree_only(database: Database, world: World, registry: Registry) -> None:
    facts = {"slug": "tiny", "edition": "2025", "form": form(), "now": NOW}
    with database.writing() as session:
        for unit in ("so", "xa2"):
            with pytest.raises(NotAllowed):
                calls.create(session, registry, unit_id=world.units[unit], by=world.actor("phutrach1"), **facts)
        with pytest.raises(NotAllowed):
            calls.create(session, registry, unit_id=world.units["xa1"], by=world.actor("thamdinh1"), **facts)
        unknown = {**facts, "edition": "1999"}
        with refused("campaign-out"):
            calls.create(session, registry, unit_id=world.units["xa1"], by=world.actor("admin"), **unknown)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": " "}, "title-missing"),
        ({"closes": NOW}, "call-dates-reversed"),
        ({"grace_until": CLOSES}, "call-grace-early"),
        ({"parameters": {"so_tu": "99"}}, "parameter-unlikely"),
        ({"parameters": {"so_tu": "501"}}, "parameter-unlikely"),
        ({"parameters": {"so_tu": "nhiều"}}, "parameter-unlikely"),
    ],
)
def test_call_that_makes_no_sense_is_refused(
    database: Database, world: World, registry: Registry, changes: dict[str, object], code: str
) -> None:
    with pytest.raises(Invalid) as refused, database.writing() as session:
        calls.edit(session, registry, the_call(session, world), form=form(**changes), by=world.actor("admin"), now=NOW)
    assert refused.value.code == code


@pytest.mark.parametrize(("typed", "kept"), [("100", "100"), ("500", "500"), ("250,5", "250.5")])
def test_parameters_are_kept_exactly(registry: Registry, typed: str, kept: str) -> None:
    campaign = registry.campaign("tiny", "2025")
    assert campaign is not None
    assert calls.parameters(campaign, {"so_tu": typed, "khác": "1"}) == {"so_tu": kept}
    assert calls.parameters(campaign, {"so_tu": " "}) == {}


def test_school_that_moved_leaves_the_call_behind(database: Database, world: World, registry: Registry) -> None:
    u = world.units
    with database.writing() as session:
        facts = {"slug": "tiny", "edition": "2025", "unit_id": u["xa1"]}
        calls.create(session, registry, **facts, form=form(), by=world.actor("admin"), now=NOW)
        school = session.get_one(Unit, u["truong1"])
        move = {"kind": units.RelationKind.MANAGED_BY, "since": date(2026, 3, 20), "by": world.actor("admin")}
        units.relate(session, school, parent_id=u["xa2"], **move, now=NOW)
        later = datetime(2026, 3, 21, tzinfo=UTC)
        assert len(calls.open_calls_for(session, [u["truong1"]], NOW)) == 2
        assert [one.call.id for one in calls.open_calls_for(session, [u["truong1"]], later)] == [world.call_id]


def test_what_a_call_set_for_itself_outlives_its_plugin(database: Database, world: World, registry: Registry) -> None:
    admin = world.actor("admin")
    with database.writing() as session:
        call = the_call(session, world)
        calls.edit(session, registry, call, form=form(parameters={"so_tu": "250"}), by=admin, now=NOW)
        later = CLOSES + timedelta(days=3)
        calls.edit(session, Registry(), call, form=form(closes=later, parameters={}), by=admin, now=NOW)
        assert (call.closes, call.parameters) == (later, {"so_tu": "250"})


def test_of_several_extensions_the_longest_holds(database: Database, world: World) -> None:
    with database.writing() as session:
        call = the_call(session, world)
        facts = {"unit_id": world.units["truong1"], "reason": "Mất điện", "by": world.actor("admin")}
        for days, later in ((9, 0), (5, 1)):
            until, now = CLOSES + timedelta(days=days), NOW + timedelta(hours=later)
            calls.grant_extension(session, call, until=until, now=now, **facts)
        assert calls.deadline_for(session, call, world.units["truong1"]).last == CLOSES + timedelta(days=9)
