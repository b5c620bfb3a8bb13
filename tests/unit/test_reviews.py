"""Two appraisers at one checklist."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from desk import Desk, filled, refused
from small_world import Clock, World
from thidua.models import Action, Dossier, State, Verdict
from thidua.permissions import current_review, find_dossier, reviews_of, scope_of
from thidua.services import lists, remarks, reviews, submissions, timeline
from thidua.services.reviews import Contested, Finding, Recorded, mark
from thidua.services.site import Site
from thidua.times import local_day

FIRST, SECOND = "section:thong_tin", "section:thanh_tich_chung"
PASSED = Finding(Verdict.PASSED)
FAILED = Finding(Verdict.FAILED, "Sai số liệu.")
NOTHING = {FIRST: mark(None), SECOND: mark(None)}


@pytest.fixture
def office(site: Site, world: World, clock: Clock) -> Desk:
    return Desk(site, world, clock, "thamdinh1")


@pytest.fixture
def dossier(site: Site, world: World, clock: Clock, office: Desk) -> str:
    """A dossier that the office has taken up."""
    clerk, head = Desk(site, world, clock, "vanthu1", "truong1"), Desk(site, world, clock, "hieutruong1", "truong1")
    public_id = filled(clerk)
    clerk.hand_over(public_id)
    head.submit(public_id)
    office.take_up(public_id)
    return public_id


def record(office: Desk, dossier: str, base: dict[str, str], rest: bool = False, **said: Finding | None) -> Recorded:
    findings = {{"first": FIRST, "second": SECOND}[key]: finding for key, finding in said.items()}
    with office.site.database.writing() as session:
        return reviews.record(
            session,
            dossier=dossier,
            findings=findings,
            base=base,
            rest_passed=rest,
            by=office.actor,
            now=office.clock(),
        )


def standing(office: Desk, dossier: str) -> dict[str, Finding]:
    with office.site.database.reading() as session:
        scope = scope_of(session, office.actor, local_day(office.clock()))
        review = current_review(session, find_dossier(session, scope, dossier))
        assert review is not None
        return {item.place: Finding(item.verdict, item.note) for item in review.items}


def test_places_of_two_appraisers_merge(office: Desk, dossier: str) -> None:
    assert record(office, dossier, NOTHING, first=PASSED, second=None).contested == {}
    assert record(office, dossier, NOTHING, first=None, second=FAILED).contested == {}
    assert standing(office, dossier) == {FIRST: PASSED, SECOND: FAILED}


def test_the_same_place_keeps_what_stands_and_shows_both(office: Desk, dossier: str) -> None:
    record(office, dossier, NOTHING, first=FAILED)
    saved = record(office, dossier, NOTHING, first=PASSED, second=PASSED)
    assert saved.contested == {FIRST: Contested(mine=PASSED, theirs=FAILED)}
    assert standing(office, dossier) == {FIRST: FAILED, SECOND: PASSED}


def test_a_place_taken_back_meanwhile_is_contested_with_nothing(office: Desk, dossier: str) -> None:
    record(office, dossier, NOTHING, first=FAILED)
    shown = {FIRST: mark(FAILED)}
    assert record(office, dossier, shown, first=None).contested == {}
    assert record(office, dossier, shown, first=PASSED).contested == {FIRST: Contested(mine=PASSED, theirs=None)}
    assert standing(office, dossier) == {}


def test_saying_the_same_is_no_contest(office: Desk, dossier: str) -> None:
    record(office, dossier, NOTHING, first=FAILED)
    assert record(office, dossier, NOTHING, first=Finding(Verdict.FAILED, " Sai số liệu.\r\n")).contested == {}
    assert standing(office, dossier) == {FIRST: FAILED}


def test_having_seen_what_stands_one_may_change_it(office: Desk, dossier: str) -> None:
    record(office, dossier, NOTHING, first=FAILED)
    assert record(office, dossier, {FIRST: mark(FAILED)}, first=PASSED).contested == {}
    assert standing(office, dossier) == {FIRST: PASSED}


def test_rest_passed_leaves_what_a_colleague_said(office: Desk, dossier: str) -> None:
    record(office, dossier, NOTHING, first=FAILED)
    assert record(office, dossier, NOTHING, rest=True, first=None, second=None).contested == {}
    others = {"document:bao_cao": PASSED, "document:minh_chung": PASSED}
    assert standing(office, dossier) == {FIRST: FAILED, SECOND: PASSED} | others


def test_ending_over_a_contested_place_is_refused_whole(office: Desk, dossier: str) -> None:
    record(office, dossier, NOTHING, first=FAILED)
    with refused("review-contested"), office.site.database.writing() as session:
        reviews.end(
            session,
            dossier=dossier,
            action=Action.RETURN,
            reason="Thiếu.",
            findings={FIRST: PASSED},
            base=NOTHING,
            by=office.actor,
            now=office.clock(),
        )
    assert standing(office, dossier) == {FIRST: FAILED}


def test_without_a_receiving_unit_nobody_takes_up(site: Site, world: World, clock: Clock, office: Desk) -> None:
    clerk, head = Desk(site, world, clock, "vanthu1", "truong1"), Desk(site, world, clock, "hieutruong1", "truong1")
    public_id = filled(clerk)
    clerk.hand_over(public_id)
    head.submit(public_id)
    with site.database.writing() as session:
        session.execute(update(Dossier).where(Dossier.public_id == public_id).values(receiving_unit_id=None))
    with refused("no-receiving-unit"):
        office.take_up(public_id)


def test_the_school_reads_an_appraisal_once_it_has_ended(office: Desk, dossier: str) -> None:
    def read(login: str) -> list[str]:
        with office.site.database.reading() as session:
            scope = scope_of(session, office.world.actor(login), local_day(office.clock()))
            found = reviews_of(session, scope, find_dossier(session, scope, dossier))
            return [item.note for review in found for item in review.items]

    record(office, dossier, NOTHING, first=FAILED)
    assert (read("vanthu1"), read("thamdinh1")) == ([], ["Sai số liệu."])
    office.end(dossier, Action.RETURN, "Bổ sung.")
    assert read("vanthu1") == ["Sai số liệu."]


def test_what_was_appraised_stays_with_the_office_when_its_successor_is_withdrawn(office: Desk, dossier: str) -> None:
    clerk, head = (
        Desk(office.site, office.world, office.clock, f"{who}1", "truong1") for who in ("vanthu", "hieutruong")
    )
    office.end(dossier, Action.RETURN, "Bổ sung.")
    clerk.hand_over(dossier)
    head.submit(dossier, key="lần hai")
    with office.site.database.writing() as session:
        submissions.withdraw(session, dossier=dossier, by=head.actor, now=office.clock())
    with office.site.database.reading() as session:
        scope = scope_of(session, office.actor, local_day(office.clock()))
        row = find_dossier(session, scope, dossier)
        assert (row.state, row.filed, [bool(one.withdrawn_at) for one in row.versions]) == (
            State.DRAFT,
            1,
            [False, True],
        )


def test_history_names_ones_own_people_and_of_others_the_unit(office: Desk, dossier: str) -> None:
    def told(login: str) -> list[tuple[str, str]]:
        with office.site.database.reading() as session:
            scope = scope_of(session, office.world.actor(login), local_day(office.clock()))
            lines = timeline.history(session, scope, find_dossier(session, scope, dossier))
            return [(line.action, line.who) for line in lines if line.action in ("submit", "take_up")]

    assert told("vanthu1") == [("take_up", ""), ("submit", "Người hieutruong1")]
    assert told("thamdinh1") == [("take_up", "Người thamdinh1"), ("submit", "Người hieutruong1")]


def test_what_has_been_taken_up_waits_no_more_and_notes_are_of_what_came_back(office: Desk, dossier: str) -> None:
    at = (office.site, office.world, office.clock)
    clerk, head = (Desk(*at, login, "truong1") for login in ("vanthu1", "hieutruong1"))

    def seen() -> tuple[int, list[str]]:
        with office.site.database.reading() as session:
            day = local_day(office.clock())
            waiting = lists.waiting_for_office(session, scope_of(session, office.actor, day), office.clock())
            scope = scope_of(session, clerk.actor, day)
            notes = remarks.notes(session, scope, find_dossier(session, scope, dossier))
            return waiting, list(notes.items)

    assert seen() == (0, [])
    record(office, dossier, NOTHING, first=FAILED)
    office.end(dossier, Action.RETURN, "Bổ sung.")
    assert seen() == (0, [FIRST])
    clerk.hand_over(dossier)
    head.submit(dossier, key="lần hai")
    assert seen() == (1, [])
