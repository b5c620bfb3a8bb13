"""Which versions of a dossier are read by whom."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import select

from desk import FIELD, SECTION, Desk, filled, word_file
from small_world import Clock, World
from thidua.errors import NotFound
from thidua.models import Action, Assignment, Dossier, State
from thidua.permissions import find_revision, find_version, scope_of
from thidua.services.site import Site
from thidua.times import local_day


def test_what_was_mended_is_no_longer_for_readers_and_judges(site: Site, world: World, clock: Clock) -> None:
    clerk, head, office = (
        Desk(site, world, clock, *who)
        for who in (("vanthu1", "truong1"), ("hieutruong1", "truong1"), ("thamdinh1", "xa1"))
    )
    dossier = filled(clerk)
    clerk.hand_over(dossier)
    head.submit(dossier)
    office.take_up(dossier)
    office.end(dossier, Action.RETURN, "Sai chức vụ.")
    with site.database.reading() as session:
        first = session.scalars(select(Dossier)).one().attachments[0]
        old = first.current.public_id
        replaced = first.public_id
    clerk.save(dossier, SECTION, {FIELD: "Tổ trưởng"})
    new = clerk.attach(dossier, word_file("Bản đã sửa"), replaces=replaced).public_id
    clerk.hand_over(dossier)
    head.submit(dossier, key="k2")
    with site.database.writing() as session:
        row = session.scalars(select(Dossier)).one()
        row.state = State.PUBLISHED
        facts = {"place": 1, "blind": False, "assigned_by": 1, "assigned_at": clock()}
        session.add(Assignment(dossier_id=row.id, judge_id=world.users["giamkhao1"], **facts))

    def seen(login: str) -> list[object]:
        found: list[object] = []
        with site.database.reading() as session:
            scope = scope_of(session, world.actor(login), local_day(clock()))
            for n in (1, 2):
                with suppress(NotFound):
                    found.append(find_version(session, scope, dossier, n)[1].n)
            for name, revision in (("old", old), ("new", new)):
                with suppress(NotFound):
                    find_revision(session, scope, revision)
                    found.append(name)
        return found

    whole = [1, 2, "old", "new"]
    assert [seen(login) for login in ("vanthu1", "thamdinh1", "phutrach1")] == [whole] * 3
    assert [seen(login) for login in ("tracuu", "giamkhao1")] == [[2, "new"]] * 2
    assert seen("thamdinh2") == []
