"""Fingerprints and shared passages: what is found, what is not compared, and within whose scope."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, func, select, update

from desk import Desk, filled
from thidua.models import Dossier, Fingerprint, StandingText, State
from thidua.originality import GUARANTEE, LONGEST_LINE, Passage, Reading, Shared, fingerprints, shared
from thidua.outbox import Worker
from thidua.permissions import common_fingerprints, find_dossier, scope_of
from thidua.services import originality, submissions
from thidua.services.indexing import handlers
from thidua.times import local_day

WORDS = [f"{a}{b}" for a in ("ba", "cô", "đò", "gió", "học", "mưa", "sông", "trò") for b in "abcdeghiklm"]
TOLD = (
    "Mỗi tối cô Nhài lội bộ ba cây số vào xóm bãi dạy chữ cho mười một đứa trẻ vạn đò. "
    "Mùa nước lên, lớp học dời lên gác chợ, cô kê ván làm bàn và xin điện của trạm bơm. "
    "Bốn năm sau, em học trò đầu tiên của lớp ấy thi đỗ vào trường sư phạm."
)
OTHER = (
    "Ông Lục sửa xe đạp ở đầu ngõ, chiều nào cũng vá săm không lấy tiền cho học sinh. "
    "Từ ba chiếc khung cũ, ông ráp được một chiếc xe cho em bé đi học xa bảy cây số."
)


def prose(rng: random.Random, count: int) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(count))


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(GUARANTEE, 60))
def test_a_run_of_the_guaranteed_length_always_shares_a_fingerprint(seed: int, length: int) -> None:
    rng = random.Random(seed)
    run = prose(rng, length)
    one, two = f"{prose(rng, 40)} {run} {prose(rng, 33)}", f"{prose(rng, 35)} {run} {prose(rng, 50)}"
    assert fingerprints(Reading(one)) & fingerprints(Reading(two))
    found = shared(Reading(one), Reading(two))
    assert any(run in one[p.start : p.end] for p in found.passages)


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_a_text_is_wholly_like_itself_whatever_its_marks_and_signs(seed: int) -> None:
    text = prose(random.Random(seed), 80)
    assert shared(Reading(text), Reading(text.upper().replace(" ", ", "))).percent in (0, 100)  # capitals: a heading
    assert shared(Reading(text), Reading(text.replace(" ", ",  "))).percent == 100


def test_the_share_is_that_of_ones_own_words_and_both_passages_are_told() -> None:
    text, body = f"{OTHER} {TOLD}", f"Chuyện kể rằng: {TOLD} Ai cũng quý."
    found = shared(Reading(text), Reading(body))
    count = Reading(TOLD).counted
    assert found.percent == 100 * count // Reading(text).counted
    assert [(text[p.start : p.end], body[p.other_start : p.other_end]) for p in found.passages] == [
        (TOLD.rstrip("."), TOLD.rstrip("."))
    ]


@pytest.mark.parametrize(
    "left_out",
    [
        "CUỘC THI VIẾT VỀ GƯƠNG ĐIỂN HÌNH TIÊN TIẾN, NGƯỜI TỐT, VIỆC TỐT",
        "Căn cứ Kế hoạch số 05/KH-BTC ngày 30 tháng 8 năm 2023 của Ban Tổ chức cuộc thi",
        "Thực hiện Kế hoạch số 258/KH-UBND về phát động phong trào thi đua trong toàn ngành",
        "“Học tập tốt, lao động tốt, đoàn kết tốt, kỉ luật tốt, giữ gìn vệ sinh thật tốt”",
    ],
)
def test_headings_plans_and_quotations_are_not_compared(left_out: str) -> None:
    one, two = f"{left_out}\n{TOLD}", f"{left_out}\n{OTHER}"
    assert shared(Reading(one), Reading(two)).percent == 0
    assert Reading(one).counted == Reading(TOLD).counted


def test_a_whole_text_in_quotation_marks_or_behind_a_formal_word_is_compared() -> None:
    sentences = [f"“{sentence}.”" for sentence in TOLD.rstrip(".").split(". ")]
    assert shared(Reading(" ".join(sentences)), Reading(TOLD)).percent == 100
    line = f"Căn cứ lời kể: {TOLD}"
    assert len(line.split()) > LONGEST_LINE
    assert shared(Reading(line), Reading(TOLD)).percent == 93  # all but the four words before it


def test_passages_of_common_fingerprints_alone_do_not_count() -> None:
    plan = "năm học này toàn ngành tiếp tục đẩy mạnh phong trào thi đua yêu nước"
    one, two = f"{TOLD} {plan}.", f"{OTHER} {plan}."
    assert shared(Reading(one), Reading(two)).percent == 100 * 15 // Reading(one).counted
    assert shared(Reading(one), Reading(two), fingerprints(Reading(plan))).percent == 0


# --- kept with the dossiers ---------------------------------------------------------------------------


def file(clerk: Desk, head: Desk, text: str, key: str = "duc") -> str:
    dossier = filled(clerk, key)
    clerk.save(dossier, "thanh_tich_chung", {"thanh_tich": text})
    clerk.hand_over(dossier)
    head.submit(dossier, key=dossier)
    Worker(clerk.site.database, handlers(clerk.site), clock=clerk.clock).drain()
    return dossier


def kept(site) -> tuple[list[tuple[str, int]], int]:
    with site.database.reading() as session:
        texts = session.execute(select(StandingText.field, StandingText.n).order_by(StandingText.field)).all()
        return [tuple(one) for one in texts], session.scalar(select(func.count()).select_from(Fingerprint))


def found(desk: Desk, mine: str, text: str, least: int = 10) -> list[tuple[int, str]]:
    with desk.site.database.reading() as session:
        scope = scope_of(session, desk.actor, local_day(desk.clock()))
        but = find_dossier(session, scope, mine)
        return [(one.percent, one.field) for one in originality.alike(session, scope, text, but=but, least=least)]


def test_texts_are_kept_when_filed_and_go_when_withdrawn(clerk, head, site, clock) -> None:
    dossier = file(clerk, head, TOLD)
    assert kept(site) == ([("thanh_tich", 0)], len(fingerprints(Reading(TOLD))))
    with site.database.writing() as session:
        submissions.withdraw(session, dossier=dossier, by=head.actor, now=clock())
    Worker(site.database, handlers(site), clock=clock).drain()
    assert kept(site) == ([], 0)


def test_lost_fingerprints_are_asked_for_and_come_back(clerk, head, site, clock) -> None:
    file(clerk, head, TOLD)
    before = kept(site)
    with site.database.writing() as session:
        session.execute(delete(StandingText))
    assert kept(site) == ([], 0)
    originality.heal(site, clock())
    Worker(site.database, handlers(site), clock=clock).drain()
    assert kept(site) == before
    assert originality.rebuild(site) == 1
    assert kept(site) == before


def test_made_anew_they_are_there_all_the_while(clerk, head, site, clock) -> None:
    _, second = file(clerk, head, TOLD), file(clerk, head, OTHER, "duc")
    before = kept(site)
    with site.database.writing() as session:  # as if the job after a withdrawal had been lost
        session.execute(update(Dossier).where(Dossier.public_id == second).values(filed=0, state=State.DRAFT))
    held = []

    def note(_connection, _cursor, statement: str, *_: object) -> None:
        if statement.startswith(("DELETE FROM standing_text", "INSERT INTO fingerprint")):
            held.append(len(kept(site)[0]))  # as others see it

    event.listen(site.database.engine, "after_cursor_execute", note)
    try:
        assert originality.rebuild(site) == 1
    finally:
        event.remove(site.database.engine, "after_cursor_execute", note)
    assert held == [2, 1, 1]  # a portion at a time: the lock is short, and nobody is told meanwhile that there is none
    assert (len(before[0]), kept(site)[0]) == (2, [("thanh_tich", 0)])


def test_who_may_not_see_a_dossier_is_not_told_of_it(clerk, head, site, world, clock) -> None:
    file(clerk, head, TOLD)
    other = Desk(site, world, clock, "vanthu2", "truong2")
    mine, theirs = clerk.start("hoa"), other.start("thuy")
    assert found(clerk, mine, TOLD) == [(100, "thanh_tich")]
    assert found(other, theirs, TOLD) == []
    assert found(clerk, mine, OTHER) == []


def test_what_many_dossiers_hold_is_common(clerk, head, site, clock) -> None:
    ids = []
    for number in range(11):
        dossier = filled(clerk, "duc" if number % 2 else "hoa")
        clerk.save(dossier, "thanh_tich_chung", {"thanh_tich": TOLD})
        clerk.hand_over(dossier)
        ids.append(dossier)
    for number, dossier in enumerate(ids[:10]):
        head.submit(dossier, key=f"k{number}")
    Worker(site.database, handlers(site), clock=clock).drain()
    asked = fingerprints(Reading(TOLD))
    with site.database.reading() as session:
        assert common_fingerprints(session, asked) == frozenset()
    head.submit(ids[10], key="k10")
    Worker(site.database, handlers(site), clock=clock).drain()
    with site.database.reading() as session:
        assert common_fingerprints(session, asked) == asked
    assert found(clerk, clerk.start("hoa"), TOLD) == []


def test_texts_of_one_word_repeated_are_compared_in_a_moment() -> None:
    """The columns of a table read as text: every place of the one is like every place of the other."""
    ticks, crosses = Reading("đạt " * 20_000), Reading("đạt " * 19_999 + "tốt")
    assert shared(ticks, crosses).passages == (Passage(0, 79_995, 0, 79_995),)
    nearly, other = Reading("a a a a a a b " * 3_000), Reading("a a a a a a c " * 3_000)
    assert shared(nearly, other) == Shared(0, ())


def test_who_may_not_read_what_identifies_is_not_told_who_wrote_alike(clerk, head, site, world, clock) -> None:
    told, mine = file(clerk, head, TOLD), clerk.start("hoa")
    with site.database.writing() as session:
        session.execute(update(Dossier).where(Dossier.public_id == told).values(state=State.PUBLISHED))
    found = {}
    with site.database.reading() as session:
        but = session.scalars(select(Dossier).where(Dossier.public_id == mine)).one()
        for login in ("tracuu", "thamdinh1"):
            scope = scope_of(session, world.actor(login), local_day(clock()))
            found[login] = [one.percent for one in originality.alike(session, scope, TOLD, but=but, least=10)]
    assert found == {"tracuu": [], "thamdinh1": [100]}
