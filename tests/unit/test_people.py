"""People: registered by the school, never merged on the name, found without marks."""

from __future__ import annotations

from datetime import date

import pytest

from conftest import NOW, World, refused
from thidua.errors import Invalid, NotAllowed
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
        lines = people.same_as(session, name="NGUYEN THI HOA", **same)
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
