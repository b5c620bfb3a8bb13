"""The third judge: called where two lie too far apart, shown to the lead, and nobody who sat there before."""

from __future__ import annotations

from conftest import refused
from judging_round import Round
from thidua.models import Call, Dossier
from thidua.permissions import FACTS, judged, scope_of
from thidua.services import assigning, recusals, rounds, sheets
from thidua.services.standing import standings


def third(table: Round, dossier: str, judge: str = "") -> str:
    with table.site.database.writing() as session:
        public_id = table.judges[judge] if judge else ""
        _, called = assigning.call_third(session, dossier=dossier, judge=public_id, by=table.manager, now=table.clock())
        return called.login


def test_third_judge_is_called_when_the_sheets_are_too_far_apart(table: Round) -> None:
    far, near, one_sheet = table.dossiers(3)
    table.seat([far, near, one_sheet], "gk1", "gk2")
    table.sheet(far, "gk1", "50", "40")
    table.sheet(far, "gk2", "34,5", "40")  # 15,5 apart; 15 is allowed
    table.sheet(near, "gk1", "50", "40")
    table.sheet(near, "gk2", "35", "40")
    table.sheet(one_sheet, "gk1", "60", "40")
    for dossier in (near, one_sheet):
        with refused("third-not-needed"):
            third(table, dossier)
    with refused("third-taken"):
        third(table, far, "gk1")
    assert third(table, far, "gk4") == "gk4"
    assert table.sitting(far) == [(1, "gk1", ""), (2, "gk2", ""), (3, "gk4", "")]
    with refused("third-not-needed"):
        third(table, far)


def test_third_judge_is_nobody_who_sat_there_before(table: Round) -> None:
    (dossier,) = table.dossiers(1)
    table.seat([dossier], "gk3", "gk1")
    with table.site.database.writing() as session:
        recusals.remove(
            session, assignment=table.assignment(dossier, "gk3"), reason="Bận.", by=table.manager, now=table.clock()
        )
    table.seat([dossier], "gk2")
    table.sheet(dossier, "gk1", "60", "40")
    table.sheet(dossier, "gk2", "10", "40")
    table.sheet(dossier, "gk3", "10", "40")
    with refused("third-taken"):
        third(table, dossier, "gk3")
    assert third(table, dossier) == "giamkhao1"


def wanting(table: Round, most: int = 20) -> list[str]:
    """Whom the lead is shown, and that reading every sheet says the same."""
    with table.site.database.reading() as session:
        call = session.get_one(Call, table.call_id)
        shown = rounds.wanting_third(session, call, by=table.manager, now=table.clock(), most=most)
        scope = scope_of(session, table.manager, table.clock().date())
        rows = session.execute(judged(scope, *FACTS).order_by(Dossier.code)).all()
        every = [one for one in standings(session, call, rows, table.clock().date()) if one.wants_third]
    assert [one.dossier.id for one in shown] == [one.dossier.id for one in every][:most]
    return [one.dossier.public_id for one in shown]


def test_lead_is_shown_whom_a_third_judge_is_to_be_called_for(table: Round) -> None:
    far, near, other = table.dossiers(3)
    table.seat([far, near, other], "gk1", "gk2")
    for dossier, points in ((far, "34,5"), (near, "35"), (other, "10")):
        table.hand_in(dossier, "gk1", "50", "40")
        table.hand_in(dossier, "gk2", points, "40")
    assert wanting(table) == [far, other]
    assert wanting(table, most=1) == [far]
    with table.site.database.writing() as session:
        sheets.take_back(session, dossier=far, by=table.judge("gk2"), now=table.clock())
    assert wanting(table) == [other]
    table.hand_in(far, "gk2", "36", "40")
    assert wanting(table) == [other]
    with table.site.database.writing() as session:
        sheets.take_back(session, dossier=far, by=table.judge("gk1"), now=table.clock())
    table.hand_in(far, "gk1", "60", "40")  # now the first judge is the one who lies apart
    assert wanting(table) == [far, other]
    third(table, other)
    assert wanting(table) == [far]
    with table.site.database.writing() as session:
        seat = table.assignment(far, "gk2")
        recusals.remove(session, assignment=seat, reason="Bận.", by=table.manager, now=table.clock())
    assert wanting(table) == []
