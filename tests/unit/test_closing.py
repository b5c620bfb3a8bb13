"""Closing, ties, prizes, publishing, reopening; and what happens when two things happen at once."""

from __future__ import annotations

import threading
from fractions import Fraction
from functools import partial

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from conftest import refused
from judging_round import CAMPAIGN, RUBRIC, Round
from small_world import LONG_AGO, World
from thidua.errors import Refused
from thidua.models import Action, Call, Conflict, Dossier, Event, Grant, Outbox, Role, Stage, State
from thidua.outbox import Job, Worker
from thidua.permissions import dossiers, find_dossier, scope_of, standing_result
from thidua.plugin import Prize
from thidua.scoring import award, from_text, rubric_sha256
from thidua.scoring.classes import Ranked
from thidua.services import assigning, calls, closing, recusals, sheets, tally
from thidua.services.calls import CallForm
from thidua.services.moves import INDEX, MOVED, NOTIFY, follow_up, move_many
from thidua.services.past import RecordedPast
from thidua.services.tally import Decision, View
from thidua.times import local_day


def judged(table: Round, *scores: tuple[str, str], track: str = "bai-viet") -> list[str]:
    """Dossiers whose two judges gave the same points each."""
    made = table.dossiers(len(scores), track=track)
    assign(table, made)
    for dossier, (content, form) in zip(made, scores, strict=True):
        table.sheet(dossier, "gk1", content, form)
        table.sheet(dossier, "gk2", content, form)
    return made


def assign(table: Round, made: list[str], *judges: str) -> None:
    chosen = [table.judges[judge] for judge in judges or ("gk1", "gk2")]
    with table.site.database.writing() as session:
        plan = assigning.plan_by_hand(session, dossiers=made, judges=chosen, by=table.manager, now=table.clock())
        assigning.carry_out(session, plan, by=table.manager, now=table.clock())


def view(table: Round, track: str = "bai-viet", *decisions: Decision) -> View:
    with table.site.database.reading() as session:
        call = session.get_one(Call, table.call_id)
        return tally.view(session, call, track, decisions=decisions, by=table.manager, now=table.clock())


def close(table: Round, *decisions: Decision, track: str = "bai-viet", leaving: bool = False) -> int:
    return closing.close(
        table.site,
        call=table.call_id,
        track=track,
        decisions=decisions,
        leaving=leaving,
        by=table.manager,
        now=table.clock(),
    )


def publish(table: Round, *made: str) -> int:
    with table.site.database.writing() as session:
        return closing.publish(session, dossiers=made, by=table.manager, now=table.clock())


def reopen(table: Round, *made: str, reason: str = "Nhập sai điểm.") -> int:
    with table.site.database.writing() as session:
        return closing.reopen(session, dossiers=made, reason=reason, by=table.manager, now=table.clock())


def outcome(table: Round, dossier: str) -> tuple[str, str, int | None, str]:
    result = table.results(dossier)[-1]
    return result.total, result.class_key, result.place, result.prize_label


def test_closing_freezes_score_class_place_and_prize(table: Round) -> None:
    made = judged(table, ("50", "40"), ("45,5", "39.25"), ("30", "30"), ("10", "10"))
    first, second, third, fourth = made
    table.sheet(second, "gk2", "45", "39,25")
    assert close(table) == 4
    assert [outcome(table, one) for one in (first, second, third, fourth)] == [
        ("90", "a", 1, "Giải Nhất"),
        ("169/2", "a", 2, "Giải Nhì"),
        ("60", "b", 3, "Giải Nhì"),
        ("20", "c", 4, ""),
    ]
    assert table.states() == [State.SCORED] * 4
    frozen = from_text(table.results(second)[0].calculation)
    assert (frozen.total, frozen.check(RUBRIC)) == (Fraction(169, 2), "")
    assert table.results(second)[0].rubric_sha256 == rubric_sha256(RUBRIC)
    with table.site.database.reading() as session:
        closed = (
            session.execute(select(Event).where(Event.action == "close").order_by(Event.subject_id)).scalars().all()
        )
        told = [(e.user_id, e.unit_id, e.subject_kind, e.at, e.details) for e in closed]
        ids = [session.scalars(select(Dossier.id).where(Dossier.public_id == one)).one() for one in made]
    said = {"before": "judging", "after": "scored", "filed": 1}
    assert [e.subject_id for e in closed] == ids
    assert told == [(table.manager.user_id, table.manager.unit_id, "dossier", table.clock(), said)] * 4


def waiting(table: Round, *kinds: str) -> list[tuple[str, str, dict[str, object]]]:
    with table.site.database.reading() as session:
        query = select(Outbox.key, Outbox.subject, Outbox.details).where(Outbox.kind.in_(kinds)).order_by(Outbox.id)
        return [(key, subject, details) for key, subject, details in session.execute(query)]


def test_closing_asks_once_for_what_follows_each_dossier(table: Round) -> None:
    judged(table, ("50", "40"), ("45", "40"), ("30", "30"))
    worker = Worker(table.site.database, {MOVED: partial(follow_up, table.site)}, clock=table.clock)
    worker.drain()
    with table.site.database.writing() as session:
        session.execute(delete(Outbox))
        facts = session.execute(select(Dossier.id, Dossier.rev).order_by(Dossier.id)).all()
    assert close(table) == 3
    (asked,) = waiting(table, MOVED, INDEX, NOTIFY)
    change = {
        "action": "close",
        "before": "judging",
        "after": "scored",
        "at": table.clock().isoformat(),
        "by": table.manager.user_id,
    }
    assert asked[2] == {"change": change, "keys": {f"notify:{id_}:{rev + 1}": str(id_) for id_, rev in facts}}
    assert worker.drain() == 1
    follows = [(f"notify:{id_}:{rev + 1}", str(id_), change) for id_, rev in facts]
    follows += [(f"index:{id_}", str(id_), {}) for id_, _ in facts]
    assert waiting(table, MOVED, INDEX, NOTIFY) == follows
    follow_up(table.site, [Job(1, asked[0], MOVED, asked[1], asked[2], 1, 1)])  # a worker that died half-way
    assert waiting(table, MOVED, INDEX, NOTIFY) == follows


def test_what_keeps_a_dossier_from_being_closed_is_said(table: Round) -> None:
    (unassigned, drafting, alone, apart, fine) = table.dossiers(5)
    assign(table, [drafting, apart, fine])
    assign(table, [alone], "gk1")
    table.sheet(drafting, "gk1", "50", "40")
    table.sheet(drafting, "gk2", "50", "", final=False)
    table.sheet(alone, "gk1", "50", "40")
    table.sheet(apart, "gk1", "50", "40")
    table.sheet(apart, "gk2", "30", "40")
    table.sheet(fine, "gk1", "50", "40")
    table.sheet(fine, "gk2", "50", "40")
    seen = {line.dossier.public_id: list(line.standing.blocks) for line in view(table).lines}
    assert seen == {
        unassigned: ["Chưa phân công giám khảo (cần 2)."],
        drafting: ["Giám khảo 2 (Người gk2) chưa gửi phiếu."],
        alone: ["Mới có 1 trên 2 giám khảo. Hãy phân công thêm."],
        apart: ["Chênh lệch 20 điểm, mức cho phép là 15. Hãy mời giám khảo thứ ba."],
        fine: [],
    }
    with refused("closing-not-ready"):
        close(table)
    assert State.SCORED not in table.states()


def test_third_sheet_settles_the_gap(table: Round) -> None:
    (dossier,) = judged(table, ("50", "40"))
    table.sheet(dossier, "gk2", "30", "40")
    with table.site.database.writing() as session:
        assigning.call_third(session, dossier=dossier, judge=table.judges["gk3"], by=table.manager, now=table.clock())
    assert [list(line.standing.blocks) for line in view(table).lines] == [["Giám khảo 3 (Người gk3) chưa gửi phiếu."]]
    table.sheet(dossier, "gk3", "40", "40")
    close(table)
    assert outcome(table, dossier) == ("80", "a", 1, "Giải Nhất")


def test_ties_over_a_boundary_wait_for_a_choice_that_is_recorded(table: Round) -> None:
    first, second, third = judged(table, ("50", "40"), ("50", "40"), ("30", "30"))
    assert [[line.dossier.public_id for line in tie] for tie in view(table).ties] == [[first, second]]
    with refused("closing-tied"):
        close(table)
    with refused("reason-missing"):
        close(table, Decision((second, first), " "))
    for order in ((second, third), (second,), (first, second, first)):
        with refused("tie-order"):
            close(table, Decision(order, "Chọn."))
    close(table, Decision((second, first), "Bài thứ hai có sức lan tỏa hơn."))
    assert [outcome(table, one)[2:] for one in (first, second, third)] == [
        (2, "Giải Nhì"),
        (1, "Giải Nhất"),
        (3, "Giải Nhì"),
    ]
    assert table.results(first)[0].tie == {
        "by": "choice",
        "said": "Tổng 90; bằng điểm ở mọi tiêu chí phụ với hồ sơ xếp trước, xếp sau theo lựa chọn có ghi lý do.",
        "choice": {"order": [second, first], "why": "Bài thứ hai có sức lan tỏa hơn.", "by": table.manager.user_id},
    }


def test_ties_are_broken_by_the_track_first(table: Round) -> None:
    first, second = judged(table, ("50", "40"), ("55", "35"))
    close(table)
    assert [outcome(table, one)[2:] for one in (first, second)] == [(2, "Giải Nhì"), (1, "Giải Nhất")]
    assert table.results(first)[0].tie["by"] == "noi_dung"


def test_equals_within_one_prize_share_their_place(table: Round) -> None:
    _, second, third = judged(table, ("60", "40"), ("50", "30"), ("50", "30"))
    close(table)
    assert [outcome(table, one)[2:] for one in (second, third)] == [(2, "Giải Nhì"), (2, "Giải Nhì")]


def test_a_failed_condition_bars_from_prizes(table: Round) -> None:
    first, second = judged(table, ("60", "40"), ("50", "35"))
    for judge in ("gk1", "gk2"):
        table.sheet(first, judge, "60", "40", gate="Không đạt")
    close(table)
    assert [outcome(table, one) for one in (first, second)] == [("100", "c", 2, ""), ("85", "a", 1, "Giải Nhất")]


def test_prizes_nobody_deserves_are_not_given() -> None:
    ranked = [Ranked(key, n, (), "", "") for n, key in enumerate(("x", "y", "z"), start=1)]
    prizes = [Prize("nhat", "Nhất", count=1, classes=("a",)), Prize("nhi", "Nhì", count=2, classes=("a", "b"))]
    awarded = award(prizes, ranked, {"x": "b", "y": None, "z": "b"})
    assert ({key: prize.key for key, prize in awarded.prizes.items()}, awarded.undecided) == (
        {"x": "nhi", "z": "nhi"},
        (),
    )


def test_a_track_without_judges_takes_the_office_sheet(table: Round) -> None:
    (dossier,) = table.dossiers(1, track="don-vi")
    with refused("closing-not-ready"):
        close(table, track="don-vi")
    table.sheet(dossier, "thamdinh1", "60", "30", stage=Stage.OFFICE)
    close(table, track="don-vi")
    assert outcome(table, dossier) == ("90", "a", None, "")


def test_a_track_without_rubric_closes_without_score(table: Round) -> None:
    (dossier,) = table.dossiers(1, track="ghi-nhan")
    close(table, track="ghi-nhan")
    publish(table, dossier)
    result = table.results(dossier)[0]
    assert (result.total, result.class_key, result.place, result.calculation) == ("", "", None, "")
    assert table.state(dossier) == State.PUBLISHED


def test_dossiers_still_with_the_appraisers_are_left_out_knowingly(table: Round) -> None:
    (first,) = judged(table, ("50", "40"))
    table.dossiers(1, state=State.APPRAISING)
    with refused("closing-unfinished"):
        close(table)
    assert close(table, leaving=True) == 1
    assert table.states() == [State.SCORED, State.APPRAISING]
    assert first


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
    assert sorted(said, key=str) in ([2, "closing-done"], [2, "closing-blocked"])
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


def test_only_the_office_of_the_call_closes(table: Round, world: World) -> None:
    judged(table, ("50", "40"))
    for login in ("thamdinh1", "gk1", "admin", "tracuu", "vanthu1"):
        with refused("not-allowed"):
            closing.close(table.site, call=table.call_id, track="bai-viet", by=world.actor(login), now=table.clock())


def test_a_manager_with_a_part_in_it_leaves_the_closing_to_a_colleague(table: Round) -> None:
    mine, _ = judged(table, ("50", "40"), ("40", "40"))
    table.party(mine, "thuy")
    table.is_person("phutrach1", "thuy")
    seen = view(table)
    assert mine not in [line.dossier.public_id for line in seen.lines]
    with refused("closing-blocked"):
        close(table)
    assert table.states() == [State.JUDGING] * 2


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


def test_statements_of_closing_do_not_grow_with_the_dossiers(table: Round, count_queries) -> None:
    counts = []
    for scores in ([("50", "40")], [(str(50 - n), "40") for n in range(1, 9)]):
        judged(table, *scores)
        with count_queries() as statements:
            close(table)
        counts.append(len(statements))
        with table.site.database.writing() as session:
            session.execute(text("UPDATE dossier SET track = 'xong' WHERE state = 'scored'"))
    assert counts[0] == counts[1]


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
