"""After closing: publishing, reopening, and what stands as it was."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from closing_desk import assign, close, judged, outcome, publish, reopen
from conftest import refused
from judging_round import CAMPAIGN, Round
from small_world import LONG_AGO, World
from thidua.errors import Refused
from thidua.models import Action, Call, Dossier, Event, Grant, Role, State
from thidua.permissions import dossiers, find_dossier, scope_of, standing_result
from thidua.services import assigning, calls
from thidua.services.calls import CallForm
from thidua.services.moves import move_many
from thidua.services.past import RecordedPast
from thidua.times import local_day


def test_publishing_shows_the_result_to_school_and_readers(table: Round, world: World) -> None:
    first, second = judged(table, ("50", "40"), ("40", "40"))
    close(table)

    def seen(login: str) -> list[str]:
        with table.site.database.reading() as session:
            scope = scope_of(session, world.actor(login), local_day(table.clock()))
            rows = session.scalars(dossiers(scope).where(Dossier.call_id == table.call_id).order_by(Dossier.code))
            return [found.total for row in rows if (found := standing_result(session, scope, row))]

    assert (seen("vanthu1"), seen("tracuu"), seen("phutrach1")) == ([], [], ["90", "80"])
    assert publish(table, first) == 1
    assert (seen("vanthu1"), seen("tracuu"), seen("vanthu2")) == (["90"], ["90"], [])
    with refused("wrong-state"):
        publish(table, first, second)
    assert table.state(second) == State.SCORED
    publish(table, second)
    assert seen("hieutruong1") == ["90", "80"]


def test_reopening_keeps_the_old_result_and_closing_again_makes_the_next(table: Round) -> None:
    (dossier,) = judged(table, ("50", "40"))
    close(table)
    publish(table, dossier)
    with refused("reason-missing"):
        reopen(table, dossier, reason=" ")
    assert reopen(table, dossier) == 1
    assert table.state(dossier) == State.JUDGING
    table.sheet(dossier, "gk1", "40", "40")
    table.clock.forward(hours=1)
    close(table)
    old, new = table.results(dossier)
    assert (old.n, old.total, old.reopened_why, old.published_at is not None) == (1, "90", "Nhập sai điểm.", True)
    assert (new.n, new.total, new.reopened_at, new.published_at) == (2, "85", None, None)


def test_closing_later_ones_must_not_move_those_that_are_frozen(table: Round) -> None:
    first, second = judged(table, ("50", "40"), ("40", "40"))
    close(table)
    (late,) = judged(table, ("50", "35"))
    with pytest.raises(Refused) as caught:
        close(table)
    assert (caught.value.code, table.code(second) in str(caught.value)) == ("closing-blocked", True)
    reopen(table, second)
    close(table)
    assert [outcome(table, one)[2] for one in (first, late, second)] == [1, 2, 3]


def test_what_is_frozen_cannot_be_changed(table: Round) -> None:
    (dossier,) = judged(table, ("50", "40"))
    close(table)
    publish(table, dossier)
    for statement in (
        "UPDATE result SET prize = 'nhat2'",
        "UPDATE result SET tie = '{}'",
        "UPDATE result SET class_label = 'x'",
        "UPDATE result SET published_at = NULL",
        "DELETE FROM result",
    ):
        with pytest.raises(IntegrityError, match="append-only"), table.site.database.writing() as session:
            session.execute(text(statement))
    assert outcome(table, dossier) == ("90", "a", 1, "Giải Nhất")


def edit(table: Round, **parameters: str) -> None:
    with table.site.database.writing() as session:
        call = session.get_one(Call, table.call_id)
        form = CallForm(call.title, call.period, call.opens, call.closes, None, parameters)
        calls.edit(session, Known(), call, form=form, by=table.manager, now=table.clock())  # type: ignore[arg-type]


class Known:
    """A registry that has the campaign of the round."""

    def campaign(self, slug: str, edition: str) -> object:
        return CAMPAIGN if (slug, edition) == (CAMPAIGN.slug, CAMPAIGN.edition) else None


def test_numbers_that_sheets_are_judged_by_stand_from_the_first_sheet_on(table: Round) -> None:
    (dossier,) = table.dossiers(1)
    assign(table, [dossier])
    edit(table, chenh="20", loai_a="85")
    table.sheet(dossier, "gk1", "50", "", final=False)
    with pytest.raises(Refused) as caught:
        edit(table, chenh="25", loai_a="85")
    assert caught.value.code == "call-scored"
    assert "“Chênh lệch phải chấm lại”" in str(caught.value)
    edit(table, chenh="20", loai_a="85", so_chu="2000")
    with table.site.database.reading() as session:
        assert session.get_one(Call, table.call_id).parameters == {"chenh": "20", "loai_a": "85", "so_chu": "2000"}


def test_moves_of_many_are_those_of_one(table: Round) -> None:
    """Nothing but the table of states decides, for many as for one."""
    made = table.dossiers(2)
    with refused("wrong-state"), table.site.database.writing() as session:
        _publish_raw(session, table, made)
    assert table.states() == [State.ELIGIBLE] * 2


def _publish_raw(session: Session, table: Round, made: list[str]) -> None:
    scope = scope_of(session, table.manager, local_day(table.clock()))
    rows = [find_dossier(session, scope, one) for one in made]
    move_many(session, rows, Action.PUBLISH, scope=scope, by=table.manager, now=table.clock())


def test_what_an_office_above_does_is_recorded_in_its_own_name(table: Round, world: World) -> None:
    made = table.dossiers(1)
    with table.site.database.writing() as session:
        for role in (Role.MANAGER, Role.APPRAISER):
            given = {"user_id": world.users["thamdinh1"], "role": role, "valid_from": LONG_AGO}
            session.add(Grant(unit_id=world.units["so"], **given))
    above = world.actor("thamdinh1", "so")
    with table.site.database.writing() as session:
        plan = assigning.plan_by_hand(session, dossiers=made, judges=[table.judges["gk1"]], by=above, now=table.clock())
        assigning.carry_out(session, plan, by=above, now=table.clock())
    with table.site.database.reading() as session:
        told = session.execute(select(Event.action, Event.unit_id).where(Event.subject_kind == "dossier")).all()
    assert sorted(map(tuple, told)) == [("assign", world.units["so"]), ("judge-assigned", world.units["so"])]


def test_checks_are_told_what_was_published_and_nothing_before(table: Round) -> None:
    made = judged(table, ("50", "40"), ("10", "10"))
    (other,) = table.dossiers(1, track="ghi-nhan")

    def told() -> list[str]:
        with table.site.database.reading() as session:
            scope = scope_of(session, table.manager, local_day(table.clock()))
            past = RecordedPast(session, scope, find_dossier(session, scope, other))
            return sorted(one.result for one in past.dossiers("viet-guong"))

    close(table)
    assert told() == ["", ""]
    assert publish(table, *made) == 2
    assert told() == ["Giải Nhất", "Loại C"]
