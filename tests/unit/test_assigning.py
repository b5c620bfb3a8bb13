"""Assigning judges: by hand and by rule, conflicts, the third judge, and how an assignment ends."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from sqlalchemy import select

from conftest import refused
from judging_round import Round
from small_world import LONG_AGO, World
from thidua.errors import Refused
from thidua.models import (
    Assignment,
    Call,
    Conflict,
    Dossier,
    Event,
    Grant,
    Membership,
    PartyRole,
    Role,
    State,
    Succession,
    UnitEvent,
    UnitEventKind,
    User,
)
from thidua.permissions import given, scope_of
from thidua.services import assigning, judges, recusals
from thidua.services.assigning import Plan, Rule
from thidua.times import local_day

Counting = Callable[[], AbstractContextManager[list[str]]]


def preview(table: Round, **rule: object) -> Plan:
    with table.site.database.reading() as session:
        call = session.get_one(Call, table.call_id)
        return assigning.plan_by_rule(session, call, Rule(**rule), by=table.manager, now=table.clock())  # type: ignore[arg-type]


def by_rule(table: Round, mark: str = "", **rule: object) -> Plan:
    with table.site.database.writing() as session:
        call = session.get_one(Call, table.call_id)
        plan = assigning.plan_by_rule(session, call, Rule(**rule), by=table.manager, now=table.clock())  # type: ignore[arg-type]
        return assigning.carry_out(session, plan, by=table.manager, now=table.clock(), mark=mark)


def seen_by(table: Round, login: str) -> list[str]:
    with table.site.database.reading() as session:
        scope = scope_of(session, table.judge(login), local_day(table.clock()))
        return sorted(session.scalars(given(scope, Dossier.public_id)))


def test_judges_given_by_hand_take_their_places_and_the_dossier_is_judged(table: Round) -> None:
    (dossier,) = table.dossiers(1)
    table.seat([dossier], "gk2", "gk1")
    assert table.sitting(dossier) == [(1, "gk2", ""), (2, "gk1", "")]
    assert table.state(dossier) == State.JUDGING
    assert (seen_by(table, "gk1"), seen_by(table, "gk3")) == ([dossier], [])
    with table.site.database.reading() as session:
        assert session.scalars(select(Assignment.blind)).all() == [True, True]
        actions = list(session.scalars(select(Event.action).order_by(Event.id)))
    assert actions == ["judge-assigned", "judge-assigned", "assign"]


def test_more_judges_than_the_track_wants_are_refused(table: Round) -> None:
    (dossier,) = table.dossiers(1)
    with refused("assign-nothing"):
        table.seat([dossier], "gk1", "gk2", "gk3")
    assert (table.sitting(dossier), table.state(dossier)) == ([], State.ELIGIBLE)


def test_judges_are_those_of_the_office_or_above(table: Round, world: World) -> None:
    (dossier,) = table.dossiers(1)
    with table.site.database.writing() as session:
        day = date(2026, 1, 1)
        session.add_all(
            [
                Grant(user_id=world.users["vanthu3"], role=Role.JUDGE, unit_id=world.units["xa2"], valid_from=day),
                Grant(user_id=world.users["tracuu"], role=Role.JUDGE, unit_id=world.units["so"], valid_from=day),
                Grant(
                    user_id=world.users["admin"],
                    role=Role.JUDGE,
                    unit_id=world.units["xa1"],
                    valid_from=day,
                    valid_to=date(2026, 3, 10),
                ),
            ]
        )
        session.get_one(User, world.users["gk4"]).disabled_at = table.clock()
    with table.site.database.reading() as session:
        row = session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one()
        scope = scope_of(session, table.manager, local_day(table.clock()))
        found = judges.candidates(session, scope, [row], local_day(table.clock()))[row.id]
    assert [one.judge.login for one in found] == ["giamkhao1", "gk1", "gk2", "gk3", "tracuu"]
    with refused("assign-nothing"):
        table.judges["foreign"] = world.user_ids["vanthu3"]
        table.seat([dossier], "foreign")


@pytest.mark.parametrize(
    ("role", "said"),
    [
        (PartyRole.NOMINEE, "là người được đề nghị"),
        (PartyRole.AUTHOR, "là tác giả, thành viên hoặc nhân vật của hồ sơ"),
        (PartyRole.SUBJECT, "là tác giả, thành viên hoặc nhân vật của hồ sơ"),
    ],
)
def test_who_is_in_the_dossier_does_not_judge_it(table: Round, role: PartyRole, said: str) -> None:
    mine, other = table.dossiers(2)
    table.party(mine, "thuy", role)
    table.is_person("gk1", "thuy")
    plan = table.seat([mine, other], "gk1")
    assert [one.dossier.public_id for one in plan.given] == [other]
    assert [one.why for one in plan.left_out] == [f"Người gk1 không được chấm hồ sơ này: {said}."]
    assert table.sitting(mine) == []


def test_who_works_or_serves_at_the_school_does_not_judge_it(table: Round, world: World) -> None:
    (dossier,) = table.dossiers(1)
    table.is_person("gk1", "hoa")  # a teacher of truong1
    with table.site.database.writing() as session:
        session.add(
            Grant(user_id=world.users["gk2"], role=Role.CLERK, unit_id=world.units["truong1"], valid_from=LONG_AGO)
        )
    for judge in ("gk1", "gk2"):
        with refused("assign-nothing") as _:
            table.seat([dossier], judge)
    assert table.sitting(dossier) == []


def test_a_former_teacher_may_judge(table: Round, world: World) -> None:
    (dossier,) = table.dossiers(1)
    table.is_person("gk1", "hoa")
    with table.site.database.writing() as session:
        held = session.scalars(select(Membership).where(Membership.person_id == world.people["hoa"])).one()
        held.valid_to = date(2026, 3, 10)
    table.seat([dossier], "gk1")
    assert table.sitting(dossier) == [(1, "gk1", "")]


def test_declared_conflict_hides_the_dossier_and_bars_the_judge(table: Round) -> None:
    first, second = table.dossiers(2)
    table.seat([first, second], "gk1", "gk2")
    with table.site.database.writing() as session:
        recusals.declare_own(
            session,
            assignment=table.assignment(first, "gk1"),
            reason=" Em gái tôi. ",
            by=table.judge("gk1"),
            now=table.clock(),
        )
    assert table.sitting(first) == [(1, "gk1", "conflict"), (2, "gk2", "")]
    assert seen_by(table, "gk1") == [second]
    with table.site.database.reading() as session:
        assert [(c.kind.value, c.reason) for c in session.scalars(select(Conflict))] == [("declared", "Em gái tôi.")]
    with refused("assign-nothing"):
        table.seat([first], "gk1")


def test_conflict_noted_by_the_office_before_assigning(table: Round) -> None:
    (dossier,) = table.dossiers(1)
    with table.site.database.writing() as session:
        ended = recusals.declare(
            session,
            dossier=dossier,
            judge=table.judges["gk3"],
            reason="Cùng nhóm đề tài.",
            by=table.manager,
            now=table.clock(),
        )
    assert ended is None
    plan = preview(table)
    assert [[judge.login for judge in one.judges] for one in plan.given] == [["giamkhao1", "gk1"]]
    with refused("assign-nothing"):
        table.seat([dossier], "gk3")


def test_rule_balances_the_load_and_is_the_same_each_time(table: Round) -> None:
    table.dossiers(10)
    first, again = preview(table), preview(table)
    assert first.mark == again.mark
    by_rule(table, mark=first.mark)
    with table.site.database.reading() as session:
        scope = scope_of(session, table.manager, local_day(table.clock()))
        row = session.scalars(select(Dossier).limit(1)).one()
        loads = {j.login: j.load for j in judges.judges_of(session, scope, [row], local_day(table.clock()))[row.id]}
    assert loads == dict.fromkeys(("giamkhao1", "gk1", "gk2", "gk3", "gk4"), 4)
    assert table.states() == [State.JUDGING] * 10


def test_rule_goes_by_unit_and_track_and_says_what_it_left_out(table: Round, world: World) -> None:
    here, there = table.dossiers(2), table.dossiers(1, unit="truong2")
    sheetless = table.dossiers(1, track="don-vi")
    table.seat([here[0]], "gk1", "gk2")
    chosen = frozenset({table.judges["gk3"], table.judges["gk4"]})
    plan = preview(table, units=frozenset({world.units["truong1"]}), judges=chosen)
    assert [(one.dossier.public_id, [j.login for j in one.judges]) for one in plan.given] == [(here[1], ["gk3", "gk4"])]
    assert [(one.dossier.public_id, one.why) for one in plan.left_out] == [
        (here[0], "Hồ sơ đã đủ giám khảo, hoặc người được chọn đã được phân công."),
        (sheetless[0], "Loại hồ sơ này không chấm bằng giám khảo."),
    ]
    only = preview(table, track="bai-viet", units=frozenset({world.units["truong2"]}))
    assert [one.dossier.public_id for one in only.given] == there


def test_rule_serves_first_whom_few_may_judge(table: Round) -> None:
    """With two judges chosen and one barred, the second dossier is left out whole rather than given to one."""
    first, second = table.dossiers(2)
    with table.site.database.writing() as session:
        recusals.declare(
            session, dossier=second, judge=table.judges["gk1"], reason="Họ hàng.", by=table.manager, now=table.clock()
        )
    plan = preview(table, judges=frozenset({table.judges["gk1"], table.judges["gk2"]}))
    assert [one.dossier.public_id for one in plan.given] == [first]
    assert [one.why for one in plan.left_out] == [
        "Cần thêm 2 giám khảo nhưng chỉ có 1 người không vướng xung đột lợi ích."
    ]


def test_a_conflict_is_noted_of_judges_alone(table: Round, world: World) -> None:
    (dossier,) = table.dossiers(1)
    facts = {"dossier": dossier, "reason": "Họ hàng.", "by": table.manager, "now": table.clock()}
    with refused("not-found"), table.site.database.writing() as session:
        recusals.declare(session, judge=world.user_ids["tracuu"], **facts)
    with table.site.database.reading() as session:
        assert session.scalars(select(Conflict)).all() == []


def test_a_plan_that_is_no_longer_the_one_shown_is_refused(table: Round) -> None:
    first, second = table.dossiers(2)
    shown = preview(table)
    table.seat([first], "gk4", "gk3")
    with refused("assign-changed"):
        by_rule(table, mark=shown.mark)
    assert table.sitting(second) == []


def test_a_thousand_dossiers_are_assigned_in_the_statements_of_ten(table: Round, count_queries) -> None:
    counts = []
    for count in (3, 40):
        table.dossiers(count)
        with count_queries() as statements:
            by_rule(table)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_removed_judge_leaves_the_sheet_and_may_come_back(table: Round) -> None:
    (dossier,) = table.dossiers(1)
    table.seat([dossier], "gk1", "gk2")
    table.sheet(dossier, "gk1", "50", "30")
    one = table.assignment(dossier, "gk1")
    with refused("reason-missing"), table.site.database.writing() as session:
        recusals.remove(session, assignment=one, reason=" ", by=table.manager, now=table.clock())
    with table.site.database.writing() as session:
        recusals.remove(session, assignment=one, reason="Ốm dài ngày.", by=table.manager, now=table.clock())
    assert seen_by(table, "gk1") == []
    table.seat([dossier], "gk3")
    assert table.sitting(dossier) == [(1, "gk1", "removed"), (2, "gk2", ""), (1, "gk3", "")]
    with table.site.database.writing() as session:
        recusals.remove(
            session, assignment=table.assignment(dossier, "gk3"), reason="Nhầm.", by=table.manager, now=table.clock()
        )
    table.seat([dossier], "gk1")
    assert table.sitting(dossier) == [(1, "gk1", ""), (2, "gk2", ""), (1, "gk3", "removed")]
    with refused("assignment-ended"), table.site.database.writing() as session:
        recusals.remove(
            session, assignment=table.assignment(dossier, "gk3"), reason="Lại.", by=table.manager, now=table.clock()
        )


def test_a_judge_abstains_for_themselves_only(table: Round) -> None:
    (dossier,) = table.dossiers(1)
    table.seat([dossier], "gk1", "gk2")
    one = table.assignment(dossier, "gk1")
    with refused("not-found"), table.site.database.writing() as session:
        recusals.abstain(session, assignment=one, reason="Thay bạn.", by=table.judge("gk2"), now=table.clock())
    with table.site.database.writing() as session:
        recusals.abstain(session, assignment=one, reason="Ngoài chuyên môn.", by=table.judge("gk1"), now=table.clock())
    assert table.sitting(dossier) == [(1, "gk1", "abstained"), (2, "gk2", "")]
    with refused("not-found"), table.site.database.writing() as session:
        recusals.abstain(session, assignment=one, reason="Lần nữa.", by=table.judge("gk1"), now=table.clock())
    with refused("assign-nothing"):
        table.seat([dossier], "gk1")


def test_who_is_late(table: Round) -> None:
    first, second, other = table.dossiers(3)
    table.seat([first, second], "gk1", "gk2")
    table.clock.forward(days=4)
    table.seat([other], "gk1")
    table.sheet(first, "gk1", "50", "30")
    table.sheet(first, "gk2", "50", "30")
    table.sheet(second, "gk2", "50", "", final=False)
    table.clock.forward(days=2)
    with table.site.database.reading() as session:
        lines = judges.workloads(session, table.call_id, by=table.manager, now=table.clock())
    assert [(w.judge, w.assigned, w.untouched, w.draft, w.final, w.days) for w in lines] == [
        ("Người gk1", 3, 2, 0, 1, 6),
        ("Người gk2", 2, 0, 1, 1, 6),
    ]


def test_a_conflicted_manager_sees_neither_dossier_nor_sheet(table: Round) -> None:
    (dossier,) = table.dossiers(1)
    table.party(dossier, "thuy")
    table.is_person("phutrach1", "thuy")
    with refused("not-found"):
        table.seat([dossier], "gk1")
    assert preview(table) == Plan()


def test_only_the_office_in_charge_assigns(table: Round, world: World) -> None:
    (dossier,) = table.dossiers(1)
    for login in ("thamdinh1", "gk1", "vanthu1", "tracuu", "admin"):
        with pytest.raises(Refused) as caught, table.site.database.writing() as session:
            assigning.plan_by_hand(
                session,
                dossiers=[dossier],
                judges=[table.judges["gk1"]],
                by=world.actor(login),
                now=table.clock(),
            )
        assert caught.value.code in ("not-found", "not-allowed")
    assert table.sitting(dossier) == []


def test_the_successor_of_the_office_brings_its_own_judges(table: Round, world: World) -> None:
    """Custody moves with the law: judges are those of the office that has it now."""
    (dossier,) = table.dossiers(1)
    with table.site.database.writing() as session:
        event = UnitEvent(kind=UnitEventKind.DISSOLVED, day=date(2026, 3, 1), document="NQ")
        session.add(event)
        session.flush()
        session.add(
            Succession(
                event_id=event.id,
                office_id=world.units["xa1"],
                school_id=world.units["truong1"],
                successor_id=world.units["xa2"],
                day=date(2026, 3, 1),
            )
        )
        session.add(
            Grant(user_id=world.users["admin"], role=Role.MANAGER, unit_id=world.units["xa2"], valid_from=LONG_AGO)
        )
        session.add(Grant(user_id=world.users["gk4"], role=Role.JUDGE, unit_id=world.units["xa2"], valid_from=LONG_AGO))
    with table.site.database.writing() as session:
        by = world.actor("admin", "xa2")
        plan = assigning.plan_by_hand(
            session, dossiers=[dossier], judges=[table.judges["gk4"]], by=by, now=table.clock()
        )
        assigning.carry_out(session, plan, by=by, now=table.clock())
    assert table.sitting(dossier) == [(1, "gk4", "")]
    with refused("assign-nothing"):
        table.seat([dossier], "gk1")
