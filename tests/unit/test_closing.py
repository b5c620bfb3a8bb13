"""Closing: what is frozen, ties, prizes, and what keeps a dossier from it."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from sqlalchemy import delete, select, text

from closing_desk import assign, close, judged, outcome, publish, view
from conftest import refused
from judging_round import RUBRIC, Round
from small_world import World
from thidua.models import Call, Dossier, Event, Outbox, PartyRole, Stage, State, Version
from thidua.outbox import Job, Worker
from thidua.permissions import final_sheets
from thidua.plugin import Prize
from thidua.scoring import award, from_text, rubric_sha256
from thidua.scoring.classes import Ranked
from thidua.services import assigning, closing, judge_queue
from thidua.services.moves import INDEX, MOVED, NOTIFY, follow_up
from thidua.services.tally import Decision


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


def test_a_judge_who_turns_out_to_have_a_part_in_it_is_in_no_queue_and_no_count(table: Round) -> None:
    (mine,) = judged(table, ("50", "40"))
    table.party(mine, "thuy", PartyRole.AUTHOR)
    table.is_person("gk1", "thuy")
    with table.site.database.reading() as session:
        queues = [judge_queue.queue(session, by=table.judge(one), now=table.clock()).counts for one in ("gk1", "gk2")]
        version = session.scalars(select(Version)).one()
        counted = [sheet.scorer_id for _, sheet in final_sheets(session, version)]
    assert [counts["sent"] for counts in queues] == [0, 1]
    assert counted == [table.world.users["gk2"]]


def test_an_earlier_choice_says_nothing_of_who_comes_later(table: Round) -> None:
    with table.site.database.writing() as session:
        session.get_one(Call, table.call_id).parameters = {"so_nhi": "1"}
    x, y = judged(table, ("50", "40"), ("50", "40"))
    close(table, Decision((x, y), "Bài viết sâu hơn."))
    (z,) = judged(table, ("50", "40"))
    assert [{line.dossier.public_id for line in group} for group in view(table).ties] == [{x, y, z}]
    with refused("closing-tied"):
        close(table)
    with refused("closing-blocked"):  # nor is what stands moved
        close(table, Decision((z, x, y), "Bài mới hay nhất."))
    close(table, Decision((x, y, z), "Giữ nguyên hai giải đã trao."))
    assert [outcome(table, one)[2:] for one in (x, y, z)] == [(1, "Giải Nhất"), (2, "Giải Nhì"), (3, "")]
    assert table.results(z)[0].tie["choice"]["why"] == "Giữ nguyên hai giải đã trao."
