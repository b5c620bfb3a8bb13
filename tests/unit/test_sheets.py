"""Score sheets: what is typed stays, what is handed in is complete, what is closed is closed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

import judged_campaign
from conftest import counting
from crawling import fresh_site
from judged_campaign import OPEN
from judging_desk import FULL, Judge, accepted, give, hire
from small_world import LONG_AGO, Clock, World
from thidua.errors import NotFound, Refused
from thidua.models import (
    Assignment,
    Conflict,
    ConflictKind,
    Dossier,
    DossierParty,
    Event,
    Membership,
    Person,
    Score,
    Scoresheet,
    State,
    User,
)
from thidua.services import sheets
from thidua.services.sheets import Contested, SheetState
from thidua.services.site import Site

DRAFT, FINAL = SheetState.DRAFT, SheetState.FINAL


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory, _migrated: Path) -> Iterator[tuple[Site, World, list[str]]]:
    """Three judges, and dossiers found eligible."""
    with fresh_site(tmp_path_factory.mktemp("hall"), _migrated, judged_campaign) as (site, world):
        hire(site, world, "giamkhao2", "giamkhao3")
        yield site, world, [accepted(site, world, Clock(), track=OPEN, key=key) for key in ("hoa", "duc", "hoa")]


@pytest.fixture
def judging(hall: tuple[Site, World, list[str]], clock: Clock) -> tuple[Site, World, list[str]]:
    """The same with nothing given to anybody."""
    site, world, ids = hall
    with site.database.writing() as session:
        for table in (Score, Scoresheet, Assignment, Conflict):
            session.execute(delete(table))
        session.execute(update(Dossier).values(state=State.ELIGIBLE))
        session.execute(update(User).values(person_id=None))
    return site, world, ids


@pytest.fixture
def desk(judging: tuple[Site, World, list[str]], clock: Clock) -> tuple[Judge, Judge, str]:
    """Two judges of one dossier."""
    site, world, (dossier, *_) = judging
    give(site, world, clock, dossier, "giamkhao1", "giamkhao2", blind=False)
    return Judge(site, world, clock), Judge(site, world, clock, "giamkhao2"), dossier


def said(saved: sheets.Saved) -> dict[str, str]:
    return {problem.field: problem.message for problem in saved.reckoned.problems}


def refused(code: str) -> object:
    return pytest.raises(Refused, check=lambda error: error.code == code)


# --- typing -----------------------------------------------------------------------------------------------------


def test_draft_keeps_what_is_typed_and_reckons_what_can_be_read(desk: tuple[Judge, Judge, str]) -> None:
    judge, _, dossier = desk
    saved = judge.save(dossier, {"y_tuong": "9.5", "trinh_bay": "8,1"}, comments={"muon": "Đúng hạn"}, comment="Hay")
    assert (saved.state, saved.rev) == (DRAFT, 1)
    assert said(saved) == {"point:trinh_bay": "“Trình bày”: 8,1 vượt mức tối đa 8. Hãy nhập số từ 0 đến 8."}
    assert saved.reckoned.valued.total == Fraction("11.5")  # 9.5, and 2 that nothing was taken from
    opened = judge.open(dossier)
    assert dict(opened.texts) == {
        "point:y_tuong": "9.5",
        "point:trinh_bay": "8,1",
        "comment:muon": "Đúng hạn",
        "comment": "Hay",
    }
    assert (opened.state, opened.rev, opened.writable, opened.returnable) == (DRAFT, 1, True, False)


def test_every_problem_is_said_at_once_beside_its_item(desk: tuple[Judge, Judge, str]) -> None:
    judge, _, dossier = desk
    saved = judge.save(dossier, {"y_tuong": "0,3", "trinh_bay": "-1", "muon": "hai"}, final=True)
    assert saved.state == DRAFT
    assert said(saved) == {
        "point:dung_the": "“Đúng thể loại” chưa được xác nhận. Hãy chọn “Đạt” hoặc “Không đạt”.",
        "point:y_tuong": "“Ý tưởng”: 0,3 không theo bước 0,25 điểm. Hãy nhập 0,25 hoặc 0,5.",
        "point:trinh_bay": "“Trình bày”: −1 nhỏ hơn 0. Hãy nhập số từ 0 đến 8; điểm trừ cũng nhập không kèm dấu trừ.",
        "point:muon": "“Nộp muộn”: “hai” không phải là số. Hãy nhập số, ví dụ 9 hoặc 9,5.",
    }
    assert dict(judge.open(dossier).texts) == {"point:y_tuong": "0,3", "point:trinh_bay": "-1", "point:muon": "hai"}


def test_final_sheet_with_a_missing_item_stays_a_draft(desk: tuple[Judge, Judge, str]) -> None:
    judge, _, dossier = desk
    saved = judge.save(dossier, {**FULL, "trinh_bay": " "}, final=True)
    wanted = "“Trình bày” chưa được chấm. Hãy nhập số từ 0 đến 8; không có điểm thì nhập 0."
    assert (saved.state, said(saved)) == (DRAFT, {"point:trinh_bay": wanted})
    assert judge.open(dossier).final_at is None


def test_comment_that_is_too_long_is_kept_and_holds_the_sheet_back(desk: tuple[Judge, Judge, str]) -> None:
    judge, _, dossier = desk
    saved = judge.save(dossier, FULL, comments={"y_tuong": "a" * 4001}, final=True)
    wanted = "Nhận xét dài quá 4000 ký tự nên chưa gửi được phiếu; nội dung vẫn được giữ. Hãy viết gọn lại."
    assert (saved.state, said(saved)) == (DRAFT, {"comment:y_tuong": wanted})
    assert judge.open(dossier).texts["comment:y_tuong"] == "a" * 4001


def test_emptied_places_leave_nothing_behind(desk: tuple[Judge, Judge, str]) -> None:
    judge, _, dossier = desk
    judge.save(dossier, {"y_tuong": "5"}, comments={"y_tuong": "Được"})
    judge.save(dossier, {"y_tuong": ""}, comments={"y_tuong": ""})
    with judge.site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Score)) == 0
    assert judge.open(dossier).rev == 2


def test_nothing_typed_makes_no_sheet(desk: tuple[Judge, Judge, str]) -> None:
    judge, _, dossier = desk
    saved = judge.save(dossier, dict.fromkeys(FULL, ""))
    assert (saved.state, saved.rev, judge.open(dossier).state) == (SheetState.NONE, 0, SheetState.NONE)


# --- two windows ------------------------------------------------------------------------------------------------


def test_two_windows_merge_and_lose_nothing(desk: tuple[Judge, Judge, str]) -> None:
    judge, _, dossier = desk
    base = judge.open(dossier).marks
    judge.save(dossier, {"y_tuong": "5"}, base=base)
    second = judge.save(dossier, {"y_tuong": "", "trinh_bay": "6"}, base=base)  # this window never saw the 5
    assert dict(second.contested) == {}
    assert dict(judge.open(dossier).texts) == {"point:y_tuong": "5", "point:trinh_bay": "6"}


def test_same_item_in_two_windows_is_contested_and_not_handed_in(desk: tuple[Judge, Judge, str]) -> None:
    judge, _, dossier = desk
    base = judge.open(dossier).marks
    judge.save(dossier, {**FULL, "y_tuong": "5"}, base=base)
    second = judge.save(dossier, {**FULL, "y_tuong": "9"}, base=base, final=True)
    assert (second.state, dict(second.contested)) == (DRAFT, {"point:y_tuong": Contested("9", "5")})
    assert judge.open(dossier).texts["point:y_tuong"] == "5"
    third = judge.save(dossier, {**FULL, "y_tuong": "9"}, base=judge.open(dossier).marks, final=True)
    assert (third.state, judge.open(dossier).texts["point:y_tuong"]) == (FINAL, "9")


# --- handing in -------------------------------------------------------------------------------------------------


def test_final_sheet_is_written_in_one_way_and_noted_without_its_points(desk: tuple[Judge, Judge, str]) -> None:
    judge, _, dossier = desk
    saved = judge.save(dossier, {**FULL, "y_tuong": "8.50", "dung_the": "Đạt"}, final=True)
    opened = judge.open(dossier)
    assert (saved.state, opened.state, opened.writable, opened.returnable) == (FINAL, FINAL, False, True)
    assert dict(opened.texts) == {f"point:{key}": text for key, text in FULL.items()}
    assert (opened.reckoned.valued.total, opened.reckoned.given.given.label) == (Fraction(17), "Xuất sắc")
    with judge.site.database.reading() as session:
        event = session.scalars(select(Event).where(Event.subject_kind == "sheet").order_by(Event.id.desc())).first()
        assert (event.action, event.details) == (
            "sheet-sent",
            {"dossier": opened.dossier.id, "stage": "judge", "rev": opened.rev},
        )


def test_second_click_is_the_same_sheet_and_another_change_is_refused(desk: tuple[Judge, Judge, str]) -> None:
    judge, _, dossier = desk
    first = judge.save(dossier, {**FULL, "y_tuong": "8.5"}, final=True)
    again = judge.save(dossier, {**FULL, "y_tuong": "8.5"}, final=True)
    assert (again.state, again.rev) == (FINAL, first.rev)
    with refused("sheet-final"):
        judge.save(dossier, {**FULL, "y_tuong": "9"}, final=True)
    assert judge.open(dossier).texts["point:y_tuong"] == "8,5"


def test_final_sheet_is_taken_back_until_the_office_closes(desk: tuple[Judge, Judge, str]) -> None:
    judge, _, dossier = desk
    judge.save(dossier, FULL, final=True)
    judge.take_back(dossier)
    assert judge.open(dossier).state == DRAFT
    judge.save(dossier, {"y_tuong": "9"}, final=True)
    close(judge)
    for attempt in (
        lambda: judge.save(dossier, {"y_tuong": "1"}),
        lambda: judge.save(dossier, final=True),
        lambda: judge.take_back(dossier),
    ):
        with refused("sheet-closed"):
            attempt()
    opened = judge.open(dossier)
    assert (opened.texts["point:y_tuong"], opened.writable, opened.returnable) == ("9", False, False)
    with judge.site.database.reading() as session:
        noted = session.scalars(
            select(Event.action).where(Event.subject_kind == "sheet").order_by(Event.id.desc()).limit(3)
        ).all()
    assert noted == ["sheet-sent", "sheet-taken-back", "sheet-sent"]


def close(judge: Judge) -> None:
    with judge.site.database.writing() as session:
        session.execute(update(Dossier).where(Dossier.state == State.JUDGING).values(state=State.SCORED))


# --- who may ----------------------------------------------------------------------------------------------------


def test_judge_who_was_removed_is_told_so_and_finds_nothing_more(desk: tuple[Judge, Judge, str]) -> None:
    judge, other, dossier = desk
    judge.save(dossier, FULL, final=True)
    with judge.site.database.writing() as session:
        session.execute(
            update(Assignment)
            .where(Assignment.judge_id == judge.actor.user_id)
            .values(ended_at=judge.clock(), ended_why="removed")
        )
    for attempt in (lambda: judge.save(dossier, {"y_tuong": "1"}), lambda: judge.take_back(dossier)):
        with refused("sheet-taken-away"):
            attempt()
    with pytest.raises(NotFound):
        judge.open(dossier)
    assert (judge.queue().all, judge.queue(view="closed").total) == (0, 0)
    other.save(dossier, FULL, final=True)
    assert other.open(dossier).others == ()  # the sheet of who was removed does not count


def test_judge_who_becomes_conflicted_is_in_no_count(
    judging: tuple[Site, World, list[str]], desk: tuple[Judge, Judge, str]
) -> None:
    judge, other, dossier = desk
    site, world, _ = judging
    judge.save(dossier, FULL, final=True)
    other.save(dossier, {**FULL, "y_tuong": "1"}, final=True)
    assert [one.place for one in other.open(dossier).others] == [1]
    with site.database.writing() as session:
        row = session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one()
        facts = {"noted_by": world.users["phutrach1"], "noted_at": judge.clock()}
        session.add(Conflict(dossier_id=row.id, user_id=judge.actor.user_id, kind=ConflictKind.DECLARED, **facts))
    with refused("sheet-taken-away"):
        judge.save(dossier, {"y_tuong": "1"})
    with pytest.raises(NotFound):
        judge.open(dossier)
    assert judge.queue().counts == {"todo": 0, "sent": 0, "closed": 0}
    assert other.open(dossier).others == ()


def test_sheet_of_a_judge_who_joined_the_school_is_shown_to_nobody(desk: tuple[Judge, Judge, str]) -> None:
    judge, other, dossier = desk
    judge.save(dossier, FULL, final=True)
    other.save(dossier, {**FULL, "y_tuong": "1"}, final=True)
    assert [one.place for one in other.open(dossier).others] == [1]
    with judge.site.database.writing() as session:
        owner = session.scalars(select(Dossier.owner_unit_id).where(Dossier.public_id == dossier)).one()
        person = Person(birth=None)
        session.add(person)
        session.flush()
        session.execute(update(User).where(User.id == judge.actor.user_id).values(person_id=person.id))
        session.add(Membership(person_id=person.id, unit_id=owner, valid_from=LONG_AGO))
    assert other.open(dossier).others == ()


def test_judge_who_is_a_party_has_no_such_dossier(desk: tuple[Judge, Judge, str]) -> None:
    judge, _, dossier = desk
    with judge.site.database.writing() as session:
        person = session.scalars(
            select(DossierParty.person_id).join(Dossier).where(Dossier.public_id == dossier)
        ).first()
        session.execute(update(User).where(User.id == judge.actor.user_id).values(person_id=person))
    with pytest.raises(NotFound):
        judge.open(dossier)
    assert judge.queue().all == 0


@pytest.mark.parametrize("login", ["giamkhao3", "thamdinh1", "phutrach1", "vanthu1", "tracuu", "admin"])
def test_whoever_is_not_assigned_has_no_sheet(
    judging: tuple[Site, World, list[str]], desk: tuple[Judge, Judge, str], login: str
) -> None:
    site, world, _ = judging
    somebody = Judge(site, world, desk[0].clock, login)
    for attempt in (
        lambda: somebody.open(desk[2]),
        lambda: somebody.save(desk[2], FULL),
        lambda: somebody.take_back(desk[2]),
    ):
        with pytest.raises(NotFound):
            attempt()
    with site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Scoresheet)) == 0


def test_others_are_seen_after_ones_own(desk: tuple[Judge, Judge, str]) -> None:
    judge, other, dossier = desk
    other.save(dossier, {**FULL, "y_tuong": "4"}, comments={"y_tuong": "Chưa mới"}, comment="Tạm được", final=True)
    judge.save(dossier, FULL)
    assert judge.open(dossier).others == ()
    judge.save(dossier, FULL, final=True)
    (seen,) = judge.open(dossier).others
    assert (seen.place, seen.valued.total, dict(seen.comments), seen.comment) == (
        2,
        Fraction("12.5"),
        {"y_tuong": "Chưa mới"},
        "Tạm được",
    )
    judge.take_back(dossier)
    assert judge.open(dossier).others == ()


def test_evidence_that_is_not_there_is_a_warning(desk: tuple[Judge, Judge, str]) -> None:
    judge, _, dossier = desk
    judge.save(dossier, FULL, final=True)
    assert [(w.field, w.level) for w in judge.open(dossier).warnings] == [("y_tuong", "warning")]


# --- the queue --------------------------------------------------------------------------------------------------


def test_queue_starts_where_fewest_have_scored_in_an_order_of_ones_own(
    judging: tuple[Site, World, list[str]], clock: Clock
) -> None:
    site, world, ids = judging
    for dossier in ids:
        give(site, world, clock, dossier, "giamkhao1", "giamkhao2", "giamkhao3", blind=False)
    judges = [Judge(site, world, clock, f"giamkhao{n}") for n in (1, 2, 3)]
    orders = [[row.dossier for row in judge.queue().rows] for judge in judges]
    assert all(sorted(order) == sorted(ids) for order in orders)
    assert orders == [[row.dossier for row in judge.queue().rows] for judge in judges]  # and it stays
    for judge in judges:  # the address of an assignment is random: nobody works the order out from what they know
        addresses = [row.assignment for row in judge.queue().rows]
        assert addresses == sorted(addresses)
    first = orders[0][0]
    judges[1].save(first, FULL, final=True)
    assert [row.dossier for row in judges[0].queue().rows] == [*orders[0][1:], first]


def test_queue_tells_how_far_one_has_come(judging: tuple[Site, World, list[str]], clock: Clock) -> None:
    site, world, ids = judging
    for dossier in ids:
        give(site, world, clock, dossier, "giamkhao1", blind=dossier == ids[2])
    judge = Judge(site, world, clock)
    judge.save(ids[0], FULL, final=True)
    judge.save(ids[1], {"y_tuong": "4"})
    queue = judge.queue()
    assert (queue.done, queue.all, queue.counts) == (1, 3, {"todo": 2, "sent": 1, "closed": 0})
    rows = {row.dossier: row for row in (*queue.rows, *judge.queue(view="sent").rows)}
    assert {key: (row.mine, row.total) for key, row in rows.items()} == {
        ids[0]: (FINAL, Fraction(17)),
        ids[1]: (DRAFT, Fraction(6)),
        ids[2]: (SheetState.NONE, None),
    }
    assert {key: (row.blind, row.title, row.unit, row.code[:8]) for key, row in rows.items()} == {
        ids[0]: (False, "Nguyễn Thị Hoà", "Trường Tiểu học Hoa Sen", "HS-2026-"),
        ids[1]: (False, "Trần Văn Đức", "Trường Tiểu học Hoa Sen", "HS-2026-"),
        ids[2]: (True, "", "", ""),
    }
    close(judge)
    assert judge.queue().counts == {"todo": 0, "sent": 0, "closed": 3}


def test_next_goes_round_in_the_order_of_the_queue(judging: tuple[Site, World, list[str]], clock: Clock) -> None:
    site, world, ids = judging
    for dossier in ids:
        give(site, world, clock, dossier, "giamkhao1", blind=False)
    judge = Judge(site, world, clock)
    a, b, c = (row.dossier for row in judge.queue().rows)
    at = {row.dossier: row.assignment for row in judge.queue().rows}
    assert [judge.next(one) for one in (a, b, c)] == [at[b], at[c], at[a]]
    judge.save(b, FULL, final=True)
    assert [judge.next(one) for one in (a, c)] == [at[c], at[a]]
    judge.save(a, FULL, final=True)
    assert judge.next(c) is None


def test_queue_costs_the_same_for_one_row_and_for_many(judging: tuple[Site, World, list[str]], clock: Clock) -> None:
    site, world, ids = judging
    judge, costs = Judge(site, world, clock), []
    for dossier in ids:
        give(site, world, clock, dossier, "giamkhao1", blind=False)
        judge.save(dossier, FULL)
        judge.queue()
        with counting(site.database) as statements:
            assert judge.queue().total == len(costs) + 1
        costs.append(len(statements))
    assert costs[0] == costs[2]


def test_no_two_dossiers_are_called_the_same() -> None:
    assert len({sheets.cover_of(f"{number:024x}") for number in range(10_000)}) == 10_000
