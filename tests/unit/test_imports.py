"""Excel imports: looked at without a lock, taken whole, in statements that do not grow with the rows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from desk import refused
from small_world import NOW, World
from thidua.documents.sheets import SheetRow
from thidua.errors import say
from thidua.models import Database, Event, Grant, Membership, Person, RelationKind, Role, Unit, UnitRelation, User
from thidua.services import imports, units
from thidua.services.imports import CHANGED, NEW, SAME, WRONG, Book, Line
from thidua.services.passwords import Passwords
from thidua.services.site import Site
from thidua.times import local_day


def book(**sheets: list[tuple[str, ...]]) -> Book:
    """Rows of ``units``, ``staff`` and ``users`` as they would be read from a file; missing cells are empty."""
    forms = {"units": imports.UNITS, "staff": imports.STAFF, "users": imports.USERS}
    return {
        form.name: [
            SheetRow(number, {c.key: (row[i] if i < len(row) else "") for i, c in enumerate(form.columns)})
            for number, row in enumerate(sheets.get(key, []), start=2)
        ]
        for key, form in forms.items()
    }


def look(site: Site, world: World, rows: Book) -> list[Line]:
    return imports.look(site.database, rows, by=world.actor("admin"), now=NOW)


def take(site: Site, world: World, rows: Book) -> list[str]:
    taken = imports.take(site.database, rows, hasher=Passwords(site.settings), by=world.actor("admin"), now=NOW)
    return [line.outcome for line in taken.lines]


def outcomes(lines: list[Line]) -> list[str]:
    return [line.outcome for line in lines]


def many(start: int, count: int) -> Book:
    """A school, its teachers and two accounts for each ten of them."""
    return book(
        units=[(f"t{start + n}", f"Trường số {start + n}", "trường", "", "", "", "xa1") for n in range(count // 10)],
        staff=[(f"Giáo Viên {start + n}", "05/02/1990", f"NV{start + n}", "truong1") for n in range(count)],
        users=[(f"u{start + n}", "Ai Đó", "Văn thư", "truong1") for n in range(count // 10)],
    )


def done(site: Site) -> list[str]:
    """What the audit says was done, in order."""
    with site.database.reading() as session:
        return list(session.scalars(select(Event.action).order_by(Event.id)))


def test_look_needs_no_write_lock(site: Site, world: World) -> None:
    with site.database.writing():
        assert set(outcomes(look(site, world, many(0, 20)))) == {NEW}


def test_look_and_taking_cost_the_same_for_many_rows(site: Site, world: World, count_queries) -> None:
    few, lots = many(0, 20), many(100, 300)
    counts = []
    for rows in (few, lots):
        with count_queries() as looked:
            look(site, world, rows)
        with count_queries() as took:
            take(site, world, rows)
        counts.append((len(looked), len(took)))
    assert counts[0] == counts[1]


def test_what_was_taken_is_the_same_when_looked_at_again(site: Site, world: World) -> None:
    rows = many(0, 20)
    assert set(take(site, world, rows)) == {NEW}
    assert set(outcomes(look(site, world, rows))) == {SAME}


def test_rows_of_one_file_know_each_other(site: Site, world: World) -> None:
    rows = book(
        units=[("px", "Phường X", "cơ quan"), ("ty", "Trường Y", "trường", "", "", "", "px")],
        staff=[("Lê Văn Tám", "", "", "ty", "Giáo viên"), ("Le Van Tam", "", "", "ty", "Tổ trưởng")],
        users=[("tam", "Lê Văn Tám", "Văn thư", "ty"), ("tam", "Lê Văn Tám", "Hiệu trưởng", "ty")],
    )
    assert take(site, world, rows) == [NEW, NEW, NEW, CHANGED, NEW, CHANGED]
    with site.database.reading() as session:
        school = session.scalars(select(Unit).where(Unit.code == "ty")).one()
        assert [parent.code for _, parent in units.relations_of(session, school)] == ["px"]
        positions = select(Membership.position).where(Membership.unit_id == school.id)
        assert session.scalars(positions).all() == ["Tổ trưởng"]


def test_changed_rows_are_cut_to_length_and_audited(site: Site, world: World) -> None:
    rows = book(
        units=[("truong1", "Trường Tiểu học Hoa Sen", "trường", "TH" * 40, "", "Bát Tràng")],
        staff=[("Nguyễn Thị Hoà", "01/02/1985", "NV1", "truong1", "Tổ trưởng" * 40)],
    )
    assert take(site, world, rows) == [CHANGED, CHANGED]
    with site.database.reading() as session:
        school = session.get_one(Unit, world.units["truong1"])
        assert (school.level, school.place) == ("TH" * 20, "Bát Tràng")
        hoa = world.people["hoa"]
        assert session.get_one(Person, hoa).staff_code == "NV1"
        position = session.scalars(select(Membership.position).where(Membership.person_id == hoa)).one()
        assert position == ("Tổ trưởng" * 40)[:200]
    assert done(site) == ["unit-corrected", "person-corrected", "imported"]
    assert outcomes(look(site, world, rows)) == [SAME, SAME]


@pytest.mark.parametrize(
    ("sheet", "row", "problem"),
    [
        ("units", ("truong1", "Trường Tiểu học Hoa Sen", "t" * 41), say("unit-kind-missing")),
        ("units", ("xa1", "Xã", "cơ quan", "", "", "", "truong1"), say("unit-circle")),
        ("units", ("truong1", "Tên cũ", "trường", "", "", "", "", "01/01/2019"), say("dates-reversed")),
        ("staff", ("Ai Đó", "", "1" * 41, "truong1"), say("staff-code-long", limit=40)),
        ("staff", ("Nguyễn Thị Hoà", "01/02/1985", "1" * 41, "truong1"), say("staff-code-long", limit=40)),
        ("staff", ("Nguyễn Thị Hoà", "01/02/1985", "", "truong2"), say("person-maybe-known", name="Nguyễn Thị Hoà")),
        ("staff", ("Ai Đó", "05/02/2030", "", "truong1"), say("birth-unlikely")),
        ("users", ("Có Dấu", "Ai Đó", "Văn thư", "truong1"), say("login-unfit", login="có dấu")),
    ],
)
def test_wrong_row_is_told_and_nothing_taken(
    site: Site, world: World, sheet: str, row: tuple[str, ...], problem: str
) -> None:
    rows = book(**{sheet: [row]})
    assert [(line.outcome, line.problem) for line in look(site, world, rows)] == [(WRONG, problem)]
    with refused("import-changed"):
        take(site, world, rows)
    assert done(site) == []


KNOWN_ROLES = ", ".join(role.label for role in Role)


@pytest.mark.parametrize(
    ("sheet", "row", "problems"),
    [
        (
            "units",
            ("moi", "", "trường", "", "", "", "khong-co", "31/02/2026"),
            [
                say("date-unreadable", text="31/02/2026"),
                say("unit-code-unknown", unit_code="khong-co"),
                say("name-missing"),
            ],
        ),
        (
            "staff",
            ("", "hôm qua", "1" * 41, "khong-co"),
            [
                say("unit-code-unknown", unit_code="khong-co"),
                say("date-unreadable", text="hôm qua"),
                say("staff-code-long", limit=40),
                say("name-missing"),
            ],
        ),
        (
            "users",
            ("Có Dấu", "Ai Đó", "Lao công", "khong-co", "1/13/2026", "NV-KHONG-CO"),
            [
                say("unit-code-unknown", unit_code="khong-co"),
                say("role-unknown", role="Lao công", known=KNOWN_ROLES),
                say("date-unreadable", text="1/13/2026"),
                say("login-unfit", login="có dấu"),
                say("staff-code-unknown", staff_code="NV-KHONG-CO"),
            ],
        ),
    ],
)
def test_all_that_is_wrong_with_a_row_is_told_at_once(
    site: Site, world: World, sheet: str, row: tuple[str, ...], problems: list[str]
) -> None:
    assert [line.problem for line in look(site, world, book(**{sheet: [row]}))] == [" ".join(problems)]


def test_staff_code_of_somebody_else_is_told(site: Site, world: World) -> None:
    take(site, world, book(staff=[("Nguyễn Thị Hoà", "01/02/1985", "NV1", "truong1")]))
    lines = look(site, world, book(staff=[("Trần Văn Đức", "01/02/1985", "NV1", "truong1")]))
    assert [line.problem for line in lines] == [say("staff-code-taken", staff_code="NV1")]


def holders_of(site: Site) -> dict[str, str | None]:
    """Which staff code stands behind which account that was made by an import."""
    with site.database.reading() as session:
        query = select(User.login, Person.staff_code).join_from(User, Person, User.person_id == Person.id)
        return dict(map(tuple, session.execute(query)))


def test_accounts_are_linked_with_the_staff_of_the_same_file_and_of_the_register(site: Site, world: World) -> None:
    take(site, world, book(staff=[("Nguyễn Thị Hoà", "01/02/1985", "NV1", "truong1")]))
    rows = book(
        staff=[("Lê Văn Tám", "", "NV8", "truong1")],
        users=[
            ("tam", "Lê Văn Tám", "Văn thư", "truong1", "", "NV8"),
            ("hoa", "Nguyen Thi Hoa", "Giám khảo", "xa1", "", "NV1"),
            ("ai", "Ai Đó", "Giám khảo", "xa1"),
        ],
    )
    assert take(site, world, rows) == [NEW, NEW, NEW, NEW]
    assert holders_of(site) == {"hoa": "NV1", "tam": "NV8"}
    assert done(site).count("user-linked") == 2
    assert set(outcomes(look(site, world, rows))) == {SAME}


def test_account_there_before_is_linked_with_somebody_new_and_a_row_without_a_code_keeps_it(
    site: Site, world: World
) -> None:
    take(site, world, book(users=[("tam", "Lê Văn Tám", "Giám khảo", "xa1")]))
    linking = book(
        staff=[("Lê Văn Tám", "", "NV8", "truong1")], users=[("tam", "Lê Văn Tám", "Giám khảo", "xa1", "", "NV8")]
    )
    assert take(site, world, linking) == [NEW, CHANGED]
    assert take(site, world, book(users=[("tam", "Lê Văn Tám", "Giám khảo", "xa1")])) == [SAME]
    assert holders_of(site) == {"tam": "NV8"}
    with site.database.reading() as session:
        tam = session.scalars(select(Person.id).where(Person.staff_code == "NV8")).one()
        details = session.scalars(select(Event.details).where(Event.action == "user-linked")).all()
    assert details == [{"person": tam}]


def test_staff_code_that_cannot_be_the_holder_of_the_account_is_told(site: Site, world: World) -> None:
    lines = look(
        site,
        world,
        book(
            staff=[("Lê Văn Tám", "", "NV8", "truong1")],
            users=[
                ("a", "Lê Văn Tám", "Văn thư", "truong1", "", "NV9"),
                ("b", "Trần Văn Đức", "Văn thư", "truong1", "", "NV8"),
                ("c", "Lê Văn Tám", "Văn thư", "truong1", "", "NV8"),
                ("d", "Lê Văn Tám", "Văn thư", "truong1", "", "NV8"),
            ],
        ),
    )
    assert [line.problem for line in lines] == [
        "",
        say("staff-code-unknown", staff_code="NV9"),
        say("staff-code-taken", staff_code="NV8"),
        "",
        say("person-has-account", name="Lê Văn Tám", login="c"),
    ]


def test_school_moves_under_another_unit_from_its_day_on(site: Site, world: World) -> None:
    row = ("truong1", "Trường Tiểu học Hoa Sen", "trường", "", "", "", "xa2", "01/03/2026")
    assert take(site, world, book(units=[row])) == [CHANGED]
    with site.database.reading() as session:
        school = session.get_one(Unit, world.units["truong1"])
        found = [(r.valid_from, r.valid_to, parent.code) for r, parent in units.relations_of(session, school)]
        assert found[0] == (date(2026, 3, 1), None, "xa2")
        assert found[1][1:] == (date(2026, 3, 1), "xa1")
    assert done(site) == ["unit-related", "imported"]


def test_relation_that_would_begin_later_never_begins(site: Site, world: World) -> None:
    with site.database.writing() as session:
        school = session.get_one(Unit, world.units["truong1"])
        session.add(
            UnitRelation(
                child_id=school.id,
                parent_id=world.units["so"],
                kind=RelationKind.MANAGED_BY,
                valid_from=date(2027, 1, 1),
            )
        )
    row = ("truong1", "Trường Tiểu học Hoa Sen", "trường", "", "", "", "xa2", "01/03/2026")
    assert take(site, world, book(units=[row])) == [CHANGED]
    with site.database.reading() as session:
        school = session.get_one(Unit, world.units["truong1"])
        assert [parent.code for _, parent in units.relations_of(session, school)] == ["xa2", "xa1"]


def test_somebody_who_left_comes_back(site: Site, world: World) -> None:
    with site.database.writing() as session:
        held = session.scalars(select(Membership).where(Membership.person_id == world.people["hoa"])).one()
        held.valid_to = local_day(NOW)
    rows = book(staff=[("Nguyễn Thị Hoà", "01/02/1985", "NV1", "truong1", "Giáo viên")])
    with site.database.writing() as session:
        session.get_one(Person, world.people["hoa"]).staff_code = "NV1"
    assert take(site, world, rows) == [CHANGED]
    assert done(site) == ["person-joined", "imported"]
    assert outcomes(look(site, world, rows)) == [SAME]


def test_role_that_is_only_to_come_is_told_and_one_that_never_began_is_in_nobodys_way(site: Site, world: World) -> None:
    unit = world.units["truong1"]
    rows = book(users=[("vanthu2", "Người vanthu2", "Văn thư", "truong1")])
    facts = {"user_id": world.users["vanthu2"], "role": Role.CLERK, "unit_id": unit}
    with site.database.writing() as session:
        session.add(Grant(**facts, valid_from=date(2026, 9, 1)))
    (line,) = look(site, world, rows)
    assert (line.outcome, line.problem) == (WRONG, say("grant-held", role="Văn thư"))
    with site.database.writing() as session:
        session.execute(update(Grant).where(Grant.valid_from == date(2026, 9, 1)).values(valid_to=date(2026, 9, 1)))
    assert take(site, world, rows) == [CHANGED]
    with site.database.reading() as session:
        details = session.scalars(select(Event.details).where(Event.action == "granted")).all()
    assert details == [{"role": "clerk", "unit": unit}]


def test_only_an_administrator_looks_and_takes(site: Site, world: World) -> None:
    for run in (
        lambda: imports.look(site.database, many(0, 10), by=world.actor("vanthu1"), now=NOW),
        lambda: imports.take(
            site.database, many(0, 10), hasher=Passwords(site.settings), by=world.actor("vanthu1"), now=NOW
        ),
    ):
        with refused("not-allowed"):
            run()


class Slow(Database):
    """A database on which ``first`` is done, by somebody else, between what an import reads and what it writes."""

    def __init__(self, of: Database, first: Callable[[], None]) -> None:
        self._of, self._first = of, first

    def reading(self) -> AbstractContextManager[Session]:
        return self._of.reading()

    def writing(self) -> AbstractContextManager[Session]:
        self._first()
        return self._of.writing()


def test_under_the_write_lock_ready_rows_are_written(site: Site, world: World, count_queries) -> None:
    before: list[int] = []
    with count_queries() as asked:
        slow = Slow(site.database, lambda: before.append(len(asked)))
        imports.take(slow, many(0, 20), hasher=Passwords(site.settings), by=world.actor("admin"), now=NOW)
    locked = [" ".join(sql.replace('"', "").split()[:3]) for sql in asked[before[0] :]]
    read = [sql for sql in locked if sql.startswith(("SELECT", "WITH RECURSIVE"))]
    written = [sql for sql in locked if sql not in read]
    tables = ("unit", "unit_name", "person", "person_name", "user", "unit_relation", "membership", "grant", "event")
    assert written == [*(f"INSERT INTO {table}" for table in tables), "INSERT INTO event"]
    assert len(read) == 4  # the administrator's rights, and whether anybody was quicker


def test_import_meets_what_was_done_while_it_was_worked_out(site: Site, world: World) -> None:
    def theirs() -> None:
        take(site, world, book(staff=[("Lê Văn Tám", "", "NV1", "truong2"), ("Đỗ Thị Sen", "", "NV2", "truong1")]))

    ours = book(staff=[("Lê Văn Tám", "", "NV1", "truong1", "Tổ trưởng"), ("Ngô Văn Ba", "", "NV3", "truong1")])
    slow = Slow(site.database, theirs)
    taken = imports.take(slow, ours, hasher=Passwords(site.settings), by=world.actor("admin"), now=NOW)
    assert outcomes(taken.lines) == [CHANGED, NEW]
    with site.database.reading() as session:
        query = select(Person.staff_code, Membership.unit_id).join(Membership, Membership.person_id == Person.id)
        found = session.execute(query.where(Person.staff_code.is_not(None)).order_by(Person.id, Membership.id)).all()
    one, two = world.units["truong1"], world.units["truong2"]
    assert [tuple(row) for row in found] == [("NV1", two), ("NV1", one), ("NV2", one), ("NV3", one)]


def test_import_is_refused_where_somebody_was_quicker(site: Site, world: World) -> None:
    def theirs() -> None:
        take(site, world, book(staff=[("Đỗ Thị Sen", "", "NV1", "truong1")]))

    slow = Slow(site.database, theirs)
    ours = book(staff=[("Ngô Văn Ba", "", "NV3", "truong1"), ("Lê Văn Tám", "", "NV1", "truong1")])
    with refused("import-changed"):
        imports.take(slow, ours, hasher=Passwords(site.settings), by=world.actor("admin"), now=NOW)
    assert done(site) == ["person-registered", "imported"]
