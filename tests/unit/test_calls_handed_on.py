"""The calls of an office that has ended: run by whoever took over what was filed in them."""

from __future__ import annotations

import io
from datetime import date

import pytest
from docx import Document as read_docx
from sqlalchemy import select

from closing_desk import judged, outcome
from conftest import refused
from judging_round import Round
from small_world import add_user
from thidua.models import Call, Extension, IssuedReport, Role, State, UnitEventKind
from thidua.outbox import Worker
from thidua.permissions import Actor
from thidua.services import calls, closing, reports, succession
from thidua.services.indexing import handlers
from thidua.services.succession import Ending
from thidua.times import start_of_day

DAY = date(2026, 3, 20)


@pytest.fixture
def ended(table: Round) -> Round:
    """Two dossiers of two schools are judged at xa1; ``moi`` will run calls at xa2, ``tren`` at the department."""
    first, second = judged(table, ("50", "40")), table.dossiers(1, unit="truong2")
    table.seat(second, "gk1", "gk2")
    for judge in ("gk1", "gk2"):
        table.sheet(second[0], judge, "30", "30")
    with table.site.database.writing() as session:
        for login, unit in (("moi", "xa2"), ("tren", "so")):
            grant = (Role.MANAGER, table.world.units[unit])
            user = add_user(session, login, grant, password_hash=table._password(session))
            table.world.users[login] = user.id
    assert table.states() == [State.JUDGING] * 2
    assert first
    return table


def hand_on(table: Round, **heirs: str) -> None:
    """``xa1`` ends; by school who takes over."""
    units = table.world.units
    with table.site.database.writing() as session:
        succession.record_event(
            session,
            kind=UnitEventKind.DISSOLVED,
            day=DAY,
            document="Nghị quyết 1/2026",
            endings=[Ending(units["xa1"], {units[school]: units[heir] for school, heir in heirs.items()})],
            by=table.world.actor("admin"),
            now=table.clock(),
        )
    table.clock.forward(days=15)


def run(table: Round, by: Actor) -> int:
    facts = {"call": table.call_id, "track": "bai-viet", "by": by, "now": table.clock()}
    return closing.close(table.site, **facts)


def test_who_took_everything_over_closes_publishes_and_reports(ended: Round) -> None:
    heir = ended.world.actor("moi", "xa2")
    with refused("not-allowed"):
        run(ended, heir)
    hand_on(ended, truong1="xa2", truong2="xa2")
    assert run(ended, heir) == 2
    with ended.site.database.writing() as session:
        call = session.get_one(Call, ended.call_id)
        made = closing.closed_in(session, call, "bai-viet", by=heir, now=ended.clock())
        assert closing.publish(session, dossiers=made, by=heir, now=ended.clock()) == 2
        facts = {"call": ended.call_public_id, "report": "giai", "facts": reports.Facts(), "now": ended.clock()}
        asked = reports.ask(session, by=heir, **facts).public_id
    assert ended.states() == [State.PUBLISHED] * 2
    assert {outcome(ended, one)[3] for one in made} == {"Giải Nhất", "Giải Nhì"}
    site = ended.site
    Worker(site.database, handlers(site, ended.clock), clock=ended.clock).drain()
    with site.database.reading() as session:
        row = session.scalars(select(IssuedReport).where(IssuedReport.public_id == asked)).one()
        assert (row.error, row.unit_id) == ("", ended.world.units["xa2"])
        word = read_docx(io.BytesIO(site.store.path(row.word_sha256).read_bytes()))
    head = "\n".join(cell.text for cell in word.tables[0]._cells)
    assert "UBND XÃ GIA LÂM" in head or "ỦY BAN NHÂN DÂN XÃ GIA LÂM" in head
    assert "BÁT TRÀNG" not in head


def test_one_of_several_heirs_leaves_the_closing_to_the_office_above(ended: Round) -> None:
    hand_on(ended, truong1="xa2", truong2="so")
    with refused("closing-blocked"):
        run(ended, ended.world.actor("moi", "xa2"))
    assert ended.states() == [State.JUDGING] * 2
    assert run(ended, ended.world.actor("tren", "so")) == 2


def test_a_school_goes_on_filing_in_a_call_that_was_handed_on(ended: Round) -> None:
    units, clock = ended.world.units, ended.clock
    with ended.site.database.writing() as session:
        session.get_one(Call, ended.call_id).closes = start_of_day(date(2026, 6, 1))
    mine, others = [units["truong1"]], [units["truong2"], units["truong3"]]
    hand_on(ended, truong1="xa2", truong2="so")
    with ended.site.database.reading() as session:
        assert calls.find_for_unit(session, ended.call_public_id, mine[0], clock()).id == ended.call_id
        assert ended.call_id in [one.call.id for one in calls.open_calls_for(session, mine, clock())]
        assert [
            one.unit_id for one in calls.open_calls_for(session, others, clock()) if one.call.id == ended.call_id
        ] == [units["truong2"]]
        with refused("not-found"):  # of xa2 all along
            calls.find_for_unit(session, ended.call_public_id, units["truong3"], clock())


def test_the_heir_answers_the_late_requests_of_a_call(ended: Round) -> None:
    hand_on(ended, truong1="xa2", truong2="xa2")
    heir, now, world = ended.world.actor("moi", "xa2"), ended.clock(), ended.world
    until = start_of_day(date(2026, 6, 1))
    with ended.site.database.writing() as session:
        call = calls.find_managed(session, ended.call_public_id, by=heir, now=now)
        assert [one.id for one in calls.managed(session, by=heir, now=now)[0]] == [call.id]
        given = {
            "unit_id": world.units["truong1"],
            "until": until,
            "reason": "Chuyển về xã mới",
            "by": heir,
            "now": now,
        }
        calls.grant_extension(session, call, **given)
        with refused("not-found"):
            calls.grant_extension(session, call, **{**given, "unit_id": world.units["truong3"]})
        with refused("not-found"):
            calls.find_managed(session, ended.call_public_id, by=world.actor("thamdinh2"), now=now)
        assert session.scalars(select(Extension.until)).all() == [until]
        with refused("not-allowed"):  # but opens none in the name of what is no more
            form = calls.CallForm("Đợt", call.period, call.opens, until, None, {})
            facts = {"slug": "tiny", "edition": "2025", "unit_id": world.units["xa1"], "form": form}
            calls.create(session, ended.site.registry, **facts, by=heir, now=now)
