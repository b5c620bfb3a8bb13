"""What changes while a call is being closed, and who closes second."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from closing_desk import assign, close, judged, outcome, view
from conftest import refused
from judging_round import Round
from small_world import LONG_AGO, World
from thidua.errors import Refused
from thidua.models import Conflict, Grant, Role, State
from thidua.services import closing, recusals, sheets


def test_a_judge_conflicted_after_scoring_does_not_count(table: Round) -> None:
    mine, other = judged(table, ("50", "40"), ("40", "40"))
    table.sheet(mine, "gk1", "60", "40")
    table.party(mine, "thuy")
    table.is_person("gk1", "thuy")
    line = next(line for line in view(table).lines if line.dossier.public_id == mine)
    assert line.standing.notes == ("Phiếu của Người gk1 không được tính: là người được đề nghị.",)
    assert line.standing.blocks == ("Mới có 1 trên 2 giám khảo. Hãy phân công thêm.",)
    assign(table, [mine], "gk3")
    table.sheet(mine, "gk3", "50", "40")
    close(table)
    assert outcome(table, mine)[0] == "90"
    assert sorted(table.sitting(mine)) == [(1, "gk1", "conflict"), (1, "gk3", ""), (2, "gk2", "")]
    with table.site.database.reading() as session:
        assert [(c.kind.value, c.user_id) for c in session.scalars(select(Conflict))] == [
            ("nominee", table.world.users["gk1"])
        ]
    assert outcome(table, other)[0] == "80"


def test_two_people_closing_at_once_one_wins(table: Round, world: World) -> None:
    made = judged(table, ("50", "40"), ("40", "40"))
    with table.site.database.writing() as session:
        session.add(
            Grant(user_id=world.users["thamdinh1"], role=Role.MANAGER, unit_id=world.units["xa1"], valid_from=LONG_AGO)
        )
    colleague = world.actor("thamdinh1", "xa1")
    start, said = threading.Barrier(2), []

    def at_work(by) -> None:
        start.wait()
        try:
            said.append(closing.close(table.site, call=table.call_id, track="bai-viet", by=by, now=table.clock()))
        except Refused as refusal:
            said.append(refusal.code)

    threads = [threading.Thread(target=at_work, args=(by,)) for by in (table.manager, colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said, key=str) == [2, "closing-done"]
    assert [[result.n for result in table.results(one)] for one in made] == [[1], [1]]


def test_the_second_to_close_is_told_who_did(table: Round) -> None:
    judged(table, ("50", "40"))
    prepared = closing.prepare(view(table))
    close(table)
    with pytest.raises(Refused) as caught, table.site.database.writing() as session:
        closing.freeze(session, prepared, by=table.manager, now=table.clock())
    assert str(caught.value) == "Người phutrach1 vừa chốt loại hồ sơ này. Hãy tải lại trang để xem kết quả."


def change_sheet(table: Round, dossier: str) -> None:
    table.sheet(dossier, "gk1", "60", "40")


def end_assignment(table: Round, dossier: str) -> None:
    with table.site.database.writing() as session:
        one = table.assignment(dossier, "gk1")
        recusals.remove(session, assignment=one, reason="Ốm.", by=table.manager, now=table.clock())


def join_school(table: Round, _dossier: str) -> None:
    table.is_person("gk1", "hoa")


def new_dossier(table: Round, _dossier: str) -> None:
    table.dossiers(1)


@pytest.mark.parametrize("change", [change_sheet, end_assignment, join_school, new_dossier])
def test_what_changes_while_closing_is_noticed(table: Round, change) -> None:
    (dossier,) = judged(table, ("50", "40"))
    prepared = closing.prepare(view(table))
    change(table, dossier)
    with refused("closing-changed"), table.site.database.writing() as session:
        closing.freeze(session, prepared, by=table.manager, now=table.clock())
    assert (table.results(dossier), table.state(dossier)) == ([], State.JUDGING)


def test_a_sheet_saved_after_closing_is_refused_and_stands_as_it_was(table: Round) -> None:
    (dossier,) = judged(table, ("50", "40"))
    close(table)
    with pytest.raises(Refused) as caught, table.site.database.writing() as session:
        sheets.take_back(session, dossier=dossier, by=table.judge("gk1"), now=table.clock())
    assert caught.value.code == "sheet-closed"
    assert outcome(table, dossier)[0] == "90"
