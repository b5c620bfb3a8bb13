"""People: registered by the school, never merged on the name, found without marks."""

from __future__ import annotations

from datetime import date

import pytest

from conftest import refused
from small_world import NOW, World
from thidua.errors import Invalid, NotAllowed, NotFound
from thidua.models import Database, Person
from thidua.services import people

TODAY = date(2026, 3, 10)


def register(session, world: World, **changes: object) -> Person:
    facts = {
        "name": "Nguyễn Thị Hòa",
        "birth": date(1990, 5, 2),
        "unit_id": world.units["truong1"],
        "since": TODAY,
        "by": world.actor("vanthu1"),
        "now": NOW,
    }
    return people.register(session, **{**facts, **changes})


def names(lines: list[people.PersonLine]) -> list[str]:
    return [line.name for line in lines]


def test_namesake_with_another_birth_date_is_another_person(database: Database, world: World) -> None:
    with database.writing() as session:
        fresh = register(session, world)
        assert fresh.id != world.people["hoa"]
        assert names(people.staff(session, [world.units["truong1"]], TODAY)[0]) == [
            "Trần Văn Đức",
            "Nguyễn Thị Hoà",
            "Nguyễn Thị Hòa",
        ]


def test_same_name_and_birth_is_asked_not_merged(database: Database, world: World) -> None:
    with database.writing() as session:
        same = {"birth": date(1985, 2, 1)}
        with refused("person-maybe-known"):
            register(session, world, **same)
        lines = people.same_as(session, name="NGUYEN THI HOA", on=NOW.date(), **same)
        assert [(line.id, line.unit) for line in lines] == [(world.people["hoa"], "Trường Tiểu học Hoa Sen")]
        apart = register(session, world, **same, apart=True)
        assert apart.id != world.people["hoa"]


def test_known_person_joins_another_school(database: Database, world: World) -> None:
    with database.writing() as session:
        person = session.get_one(Person, world.people["thuy"])
        for _ in range(2):
            people.join(
                session, person, unit_id=world.units["truong1"], since=TODAY, by=world.actor("vanthu1"), now=NOW
            )
        lines, total = people.staff(session, [world.units["truong1"]], TODAY)
        assert (names(lines), total) == (["Trần Văn Đức", "Nguyễn Thị Hoà", "Lê Thu Thủy"], 3)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "name-missing"),
        ({"birth": date(2027, 1, 1)}, "birth-unlikely"),
        ({"birth": date(1899, 1, 1)}, "birth-unlikely"),
    ],
)
def test_person_that_makes_no_sense_is_refused(
    database: Database, world: World, changes: dict[str, object], code: str
) -> None:
    with pytest.raises(Invalid) as refused, database.writing() as session:
        register(session, world, **changes)
    assert refused.value.code == code


def test_staff_code_belongs_to_one_person(database: Database, world: World) -> None:
    with database.writing() as session:
        register(session, world, staff_code="NV1")
        with refused("staff-code-taken"):
            register(session, world, name="Lê A", staff_code="NV1")


def test_only_the_school_keeps_its_staff(database: Database, world: World) -> None:
    with pytest.raises(NotAllowed), database.writing() as session:
        register(session, world, by=world.actor("vanthu2"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hoa", ["Nguyễn Thị Hoà"]),
        ("HÒA nguyen", ["Nguyễn Thị Hoà"]),
        ("duc", ["Trần Văn Đức"]),
        ("n", ["Trần Văn Đức", "Nguyễn Thị Hoà"]),
        ("%", []),
        ("thuy", []),
        (" ", []),
    ],
)
def test_suggestions_need_no_marks_and_stay_in_the_school(
    database: Database, world: World, text: str, found: list[str]
) -> None:
    with database.reading() as session:
        assert names(people.suggest(session, [world.units["truong1"]], text, TODAY)) == found


def test_suggestion_by_staff_code(database: Database, world: World) -> None:
    with database.writing() as session:
        session.get_one(Person, world.people["hoa"]).staff_code = "NV01234"
        session.flush()
        assert names(people.suggest(session, [world.units["truong1"]], "NV012", TODAY)) == ["Nguyễn Thị Hoà"]


def test_a_suggestion_for_a_whole_book_is_none(database: Database, world: World) -> None:
    with database.reading() as session:
        assert people.suggest(session, None, "a" * 60_000, TODAY) == []


def staff_of(session, world: World, on: date = TODAY) -> list[str]:
    return names(people.staff(session, [world.units["truong1"]], on)[0])


def leave(session, world: World, last_day: date, user: str = "vanthu1") -> str:
    hoa = session.get_one(Person, world.people["hoa"]).public_id
    unit, by = world.units["truong1"], world.actor(user)
    return people.leave(session, hoa, unit_id=unit, last_day=last_day, by=by, now=NOW)


def test_leaving_counts_the_last_day_and_can_be_corrected(database: Database, world: World) -> None:
    with database.writing() as session:
        assert leave(session, world, date(2026, 5, 31)) == "Nguyễn Thị Hoà"
        line = next(line for line in people.staff(session, [world.units["truong1"]], TODAY)[0] if line.until)
        assert (line.name, line.until) == ("Nguyễn Thị Hoà", date(2026, 6, 1))
        assert staff_of(session, world, date(2026, 5, 31)) == ["Trần Văn Đức", "Nguyễn Thị Hoà"]
        assert staff_of(session, world, date(2026, 6, 1)) == ["Trần Văn Đức"]
        leave(session, world, date(2026, 3, 9))
        assert staff_of(session, world) == ["Trần Văn Đức"]
        with pytest.raises(NotFound):
            leave(session, world, date(2026, 3, 9))


def test_leaving_before_beginning_is_refused(database: Database, world: World) -> None:
    with refused("leave-early"), database.writing() as session:
        leave(session, world, date(2019, 1, 1))


def test_only_the_school_ends_somebodys_work(database: Database, world: World) -> None:
    with pytest.raises(NotAllowed), database.writing() as session:
        leave(session, world, TODAY, "vanthu2")
    with database.reading() as session:
        assert staff_of(session, world) == ["Trần Văn Đức", "Nguyễn Thị Hoà"]


def test_entry_by_mistake_is_taken_back_and_made_again_the_same_day(database: Database, world: World) -> None:
    unit, by = world.units["truong1"], world.actor("vanthu1")
    with database.writing() as session:
        person = register(session, world)
        people.leave(session, person.public_id, unit_id=unit, last_day=date(2026, 3, 9), by=by, now=NOW)
        assert staff_of(session, world) == ["Trần Văn Đức", "Nguyễn Thị Hoà"]
        people.join(session, person, unit_id=unit, position="Giáo viên", since=TODAY, by=by, now=NOW)
        assert staff_of(session, world) == ["Trần Văn Đức", "Nguyễn Thị Hoà", "Nguyễn Thị Hòa"]


def test_known_person_is_chosen_by_name_and_birth_never_by_id_alone(database: Database, world: World) -> None:
    with database.writing() as session:
        thuy = session.get_one(Person, world.people["thuy"]).public_id
        facts = {"unit_id": world.units["truong1"], "since": TODAY, "by": world.actor("vanthu1"), "now": NOW}
        with pytest.raises(NotFound):
            people.join_known(session, thuy, name="Lê Thu Thủy", birth=date(1985, 2, 1), **facts)
        assert people.join_known(session, thuy, name="le thu thuy", birth=date(1985, 2, 2), **facts).public_id == thuy
        assert staff_of(session, world) == ["Trần Văn Đức", "Nguyễn Thị Hoà", "Lê Thu Thủy"]


def test_staff_code_of_a_person_known_elsewhere_leads_to_that_person(database: Database, world: World) -> None:
    with database.writing() as session:
        session.get_one(Person, world.people["thuy"]).staff_code = "NV7"
        session.flush()
        with refused("person-maybe-known"):
            register(session, world, name="Lê Thu Thủy", birth=date(1985, 2, 2), staff_code="NV7")
