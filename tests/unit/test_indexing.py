"""The worker keeps others from writing for as long as it writes, and no longer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select, update

from desk import Desk, filled
from small_world import NOW, Clock, World
from thidua.documents.sheets import SheetRow
from thidua.models import Call, Database, Dossier, DossierParty, PartyRole, State, Unit
from thidua.outbox import Job, Worker
from thidua.permissions import scope_of
from thidua.services import calls, imports, units
from thidua.services.calls import CallForm
from thidua.services.indexing import handlers, index_dossiers, rebuild
from thidua.services.passwords import Passwords
from thidua.services.searching import Question, search
from thidua.services.site import Site
from thidua.times import Period, local_day


@pytest.fixture
def ids(site: Site, world: World, clock: Clock) -> list[int]:
    """Three complete drafts."""
    clerk = Desk(site, world, clock, "vanthu1", "truong1")
    for _ in range(3):
        filled(clerk)
    return [1, 2, 3]


@contextmanager
def writes(database: Database) -> Iterator[list[list[str]]]:
    """What each write transaction of the block does: the first three words of its statements."""
    found: list[list[str]] = []
    inside = False

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        nonlocal inside
        if statement == "BEGIN IMMEDIATE":
            inside = True
            found.append([])
        elif inside:
            found[-1].append(" ".join(statement.split()[:3]))

    def ended(_connection: object) -> None:
        nonlocal inside
        inside = False

    listeners = (("before_cursor_execute", note), ("commit", ended), ("rollback", ended))
    for happening, listener in listeners:
        event.listen(database.engine, happening, listener)
    try:
        yield found
    finally:
        for happening, listener in listeners:
            event.remove(database.engine, happening, listener)


SHORT = ["DELETE FROM search_source", "INSERT INTO search_source"]


def test_sources_are_worked_out_before_the_write(site: Site, ids: list[int]) -> None:
    rebuild(site)
    with writes(site.database) as found:
        index_dossiers(site, [Job(n, f"index:{n}", "index", str(n), {}, 1, 1) for n in ids])
    assert found == [SHORT]


def test_rebuild_writes_a_batch_at_a_time(site: Site, ids: list[int]) -> None:
    with writes(site.database) as found:
        assert rebuild(site) == 3
    assert [each for each in found if "search_source" in " ".join(each)] == [SHORT]


@pytest.mark.parametrize("asked", [{"text": "giao vien"}, {"text": "giao"}, {"text": "giao", "order": "newest"}])
def test_a_page_beyond_the_last_is_the_last(site: Site, world: World, ids: list[int], asked: dict[str, str]) -> None:
    rebuild(site)
    with site.database.reading() as session:
        scope = scope_of(session, world.actor("vanthu1"), local_day(NOW))
        found = search(site, session, scope, Question(**asked, page=9))
    assert (found.page, found.total, len(found.hits)) == (1, 3, 3)


def test_who_took_part_is_found_by_those_who_may_read_it(site: Site, world: World, clock: Clock) -> None:
    clerk, head = (Desk(site, world, clock, login, "truong1") for login in ("vanthu1", "hieutruong1"))
    dossier = filled(clerk, "hoa")
    clerk.hand_over(dossier)
    head.submit(dossier)
    with site.database.writing() as session:
        row = session.scalars(select(Dossier)).one()
        row.state = State.PUBLISHED
        member = {"role": PartyRole.MEMBER, "person_id": world.people["duc"], "name_as_printed": "Trần Văn Đức"}
        session.add(DossierParty(dossier_id=row.id, **member))
    rebuild(site)
    found = {
        login: [len(Desk(site, world, clock, login).find(f'người:"{name}"')) for name in ("tran van duc", "thi hoa")]
        for login in ("vanthu1", "thamdinh1", "tracuu")
    }
    assert found == {"vanthu1": [1, 1], "thamdinh1": [1, 1], "tracuu": [0, 1]}


def test_what_a_call_and_a_school_are_called_now_is_found(site: Site, world: World, clock: Clock) -> None:
    clerk = Desk(site, world, clock, "vanthu1", "truong1")
    dossier, worker = filled(clerk), Worker(site.database, handlers(site, clock), clock=clock)
    rebuild(site)
    worker.drain()
    admin, now = world.actor("admin"), clock()
    assert clerk.find("phượng vĩ") == clerk.find("bằng lăng") == clerk.find("kho", years=frozenset({"NH2026"})) == []
    with site.database.writing() as session:
        call = session.get_one(Call, world.call_id)
        form = CallForm("Đợt Phượng Vĩ", Period("school_year", 2026), call.opens, call.closes, None, {})
        calls.edit(session, site.registry, call, form=form, by=admin, now=now)
        school = session.get_one(Unit, world.units["truong1"])
        units.rename(session, school, name="Trường Tiểu học Bằng Lăng", since=local_day(now), by=admin, now=now)
    worker.drain()
    years = frozenset({"NH2026"})
    assert clerk.find("phượng vĩ") == clerk.find("bằng lăng") == clerk.find("giáo viên", years=years) == [dossier]
    row = dict.fromkeys((column.key for column in imports.UNITS.columns), "")
    row |= {"code": "truong1", "name": "Trường Tiểu học Ngọc Lan", "since": "01/09/2026"}
    book = {form.name: [SheetRow(2, row)] if form is imports.UNITS else [] for form in imports.FORMS}
    imports.take(site.database, book, hasher=Passwords(site.settings), by=admin, now=now)
    worker.drain()
    assert clerk.find("ngọc lan") == [dossier]


def test_the_database_decides_what_an_older_index_still_shows(site: Site, world: World, clock: Clock) -> None:
    clerk, reader = Desk(site, world, clock, "vanthu1", "truong1"), Desk(site, world, clock, "tracuu")
    dossier = filled(clerk)
    found = []
    for state in (State.PUBLISHED, State.DRAFT):
        with site.database.writing() as session:
            session.execute(update(Dossier).values(state=state))
        if state is State.PUBLISHED:
            rebuild(site)
        found.append(reader.find("giáo viên"))
    assert found == [[dossier], []]
