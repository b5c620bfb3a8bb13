"""Units: names, relations, and the day on which an office hands everything over."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from conftest import refused
from small_world import NOW, World, add_unit
from thidua.errors import NotAllowed, Refused
from thidua.models import Database, Grant, RelationKind, Succession, Unit, UnitEventKind, UnitRelation
from thidua.services import succession, units
from thidua.services.succession import Ending
from thidua.services.unit_names import names_of, unit_name

DAY = date(2026, 4, 1)


def dissolve(session, world: World, unit: int, heirs: dict[int, int], day: date = DAY) -> None:
    succession.record_event(
        session,
        kind=UnitEventKind.DISSOLVED,
        day=day,
        document="Nghị quyết 1/2026",
        endings=[Ending(unit, heirs)],
        by=world.actor("admin"),
        now=NOW,
    )


def successions(session) -> list[tuple[int, int, int]]:
    rows = session.execute(
        select(Succession.office_id, Succession.school_id, Succession.successor_id).order_by(Succession.id)
    )
    return [tuple(row) for row in rows]


def test_event_moves_schools_and_ends_names_relations_and_grants(database: Database, world: World) -> None:
    u = world.units
    with database.writing() as session:
        dissolve(session, world, u["xa1"], {u["truong1"]: u["xa2"], u["truong2"]: u["so"]})
    with database.reading() as session:
        assert successions(session) == [(u["xa1"], u["truong1"], u["xa2"]), (u["xa1"], u["truong2"], u["so"])]
        before, after = date(2026, 3, 31), DAY
        assert [units.receiver_of(session, u["truong1"], d) for d in (before, after)] == [u["xa1"], u["xa2"]]
        assert units.receiver_of(session, u["truong2"], after) == u["so"]
        ended = session.get_one(Unit, u["xa1"])
        assert (ended.ended, ended.names[-1].valid_to) == (DAY, DAY)
        held = session.scalars(select(Grant.valid_to).where(Grant.unit_id == u["xa1"])).all()
        assert set(held) == {DAY}
        assert units.receiver_of(session, u["xa1"], after) is None


def test_successor_that_ends_hands_on_what_it_had_taken_over(database: Database, world: World) -> None:
    u = world.units
    with database.writing() as session:
        dissolve(session, world, u["xa1"], {u["truong1"]: u["xa2"], u["truong2"]: u["xa2"]})
        later = {u["truong1"]: u["so"], u["truong2"]: u["so"], u["truong3"]: u["so"]}
        dissolve(session, world, u["xa2"], later, date(2027, 7, 1))
        rows = successions(session)
    assert rows[2:] == [
        (u["xa1"], u["truong1"], u["so"]),
        (u["xa2"], u["truong1"], u["so"]),
        (u["xa1"], u["truong2"], u["so"]),
        (u["xa2"], u["truong2"], u["so"]),
        (u["xa2"], u["truong3"], u["so"]),
    ]


def test_school_that_left_earlier_goes_with_its_present_office(database: Database, world: World) -> None:
    u = world.units
    with database.writing() as session:
        school = session.get_one(Unit, u["truong2"])
        units.relate(
            session,
            school,
            parent_id=u["so"],
            kind=RelationKind.MANAGED_BY,
            since=date(2026, 1, 1),
            by=world.actor("admin"),
            now=NOW,
        )
        dissolve(session, world, u["xa1"], {u["truong1"]: u["xa2"]})
        assert successions(session) == [(u["xa1"], u["truong1"], u["xa2"]), (u["xa1"], u["truong2"], u["so"])]


@pytest.mark.parametrize(
    ("heirs", "code"),
    [
        ({"truong1": "xa2"}, "unit-successors-missing"),
        ({"truong1": "xa1", "truong2": "xa2"}, "unit-successor-ended"),
    ],
)
def test_event_that_leaves_a_school_behind_changes_nothing(
    database: Database, world: World, heirs: dict[str, str], code: str
) -> None:
    u = world.units
    with pytest.raises(Refused) as refused, database.writing() as session:
        dissolve(session, world, u["xa1"], {u[school]: u[heir] for school, heir in heirs.items()})
    assert refused.value.code == code
    with database.reading() as session:
        assert (successions(session), session.get_one(Unit, u["xa1"]).ended) == ([], None)


def test_unit_ends_once(database: Database, world: World) -> None:
    u = world.units
    with database.writing() as session:
        dissolve(session, world, u["truong1"], {})
    with refused("unit-ended"), database.writing() as session:
        dissolve(session, world, u["truong1"], {}, date(2026, 5, 1))


def test_reward_route_goes_before_management(database: Database, world: World) -> None:
    u = world.units
    with database.writing() as session:
        school = session.get_one(Unit, u["truong1"])
        route = {"kind": RelationKind.REWARD_ROUTE, "since": DAY, "by": world.actor("admin"), "now": NOW}
        units.relate(session, school, parent_id=u["so"], **route)
        assert units.receiver_of(session, u["truong1"], DAY) == u["so"]
        assert units.receiver_of(session, u["truong1"], date(2026, 3, 31)) == u["xa1"]


def test_relation_that_had_not_begun_is_replaced(database: Database, world: World) -> None:
    u = world.units
    with database.writing() as session:
        school = session.get_one(Unit, u["truong1"])
        for parent in ("xa2", "so"):
            units.relate(
                session,
                school,
                parent_id=u[parent],
                kind=RelationKind.MANAGED_BY,
                since=DAY,
                by=world.actor("admin"),
                now=NOW,
            )
        rows = session.scalars(select(UnitRelation.parent_id).where(UnitRelation.child_id == school.id)).all()
        assert sorted(rows) == sorted([u["xa1"], u["so"]])


def test_circle_is_refused(database: Database, world: World) -> None:
    u = world.units
    with refused("unit-circle"), database.writing() as session:
        units.relate(
            session,
            session.get_one(Unit, u["so"]),
            parent_id=u["truong1"],
            kind=RelationKind.MANAGED_BY,
            since=DAY,
            by=world.actor("admin"),
            now=NOW,
        )


def test_rename_keeps_the_old_name_for_its_time(database: Database, world: World) -> None:
    with database.writing() as session:
        unit = session.get_one(Unit, world.units["truong1"])
        units.rename(session, unit, name="Trường TH&THCS Hoa Sen", since=DAY, by=world.actor("admin"), now=NOW)
        names = [unit.name_on(d) for d in (date(2026, 3, 31), DAY)]
        assert names == ["Trường Tiểu học Hoa Sen", "Trường TH&THCS Hoa Sen"]
        with refused("dates-reversed"):
            units.rename(session, unit, name="X", since=date(2026, 1, 1), by=world.actor("admin"), now=NOW)


def test_before_its_first_name_a_unit_is_called_by_it(database: Database, world: World) -> None:
    with database.writing() as session:
        facts = {"code": "moi", "kind": "trường", "by": world.actor("admin"), "now": NOW}
        unit = units.create(session, name="Trường Một", started=DAY, **facts)
        units.rename(session, unit, name="Trường Hai", since=date(2027, 1, 1), by=world.actor("admin"), now=NOW)
        days = (date(2026, 3, 1), DAY, date(2027, 1, 1))
        expected = ["Trường Một", "Trường Một", "Trường Hai"]
        assert [unit.name_on(day) for day in days] == expected
        assert [names_of(session, [unit.id], day)[unit.id] for day in days] == expected
        assert [session.scalar(select(unit_name(day)).where(Unit.id == unit.id)) for day in days] == expected


def test_only_administrators_change_units(database: Database, world: World) -> None:
    facts = {"code": "x", "name": "X", "kind": "trường", "started": DAY}
    with pytest.raises(NotAllowed), database.writing() as session:
        units.create(session, **facts, by=world.actor("thamdinh1"), now=NOW)


def test_code_is_taken_once(database: Database, world: World) -> None:
    facts = {"code": "so", "name": "X", "kind": "trường", "started": DAY}
    with refused("unit-code-taken"), database.writing() as session:
        units.create(session, **facts, by=world.actor("admin"), now=NOW)


def codes(node: units.Node) -> list[object]:
    return [node.code, [codes(child) for child in node.children]]


def test_tree_and_neighbourhood(database: Database, world: World) -> None:
    u = world.units
    with database.writing() as session:
        add_unit(session, "le", "Đơn vị lẻ")
        roots = units.tree(session, DAY)
        below_so = [["xa1", [["truong2", []], ["truong1", []]]], ["xa2", [["truong3", []]]]]
        assert [codes(node) for node in roots] == [["le", []], ["so", below_so]]
        assert units.ancestors(session, [u["truong1"]], DAY) == {u["truong1"]: frozenset({u["xa1"], u["so"]})}
        assert units.below(session, [u["xa1"]], DAY) == {u["xa1"], u["truong1"], u["truong2"]}
