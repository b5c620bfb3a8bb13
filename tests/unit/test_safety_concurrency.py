"""CONC-1, CONC-2, CONC-3 and TIME-1, on a real SQLite file with real threads.

The search is compared with a brute-force reading of what the policy allows and what
the texts contain, after any sequence of operations.
"""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import delete, func, select

from desk import COMPLETE, LETTER, Desk, filled, refused, word_file
from random_office import STEPS, Office, all_desks, assert_search_equals_the_database, restore, snapshot
from small_world import NOW, Clock, World, add_person, add_unit, add_user
from thidua.errors import Refused
from thidua.models import (
    Attachment,
    AttachmentRevision,
    Call,
    Dossier,
    Extension,
    Outbox,
    Role,
    State,
    Submission,
    Version,
    canonical_json,
)
from thidua.permissions import Actor
from thidua.services import dossiers as drafts
from thidua.services import submissions
from thidua.services.attachments import add_blob
from thidua.services.dossiers import Nominee
from thidua.services.site import Site


def at_once(tasks: list[Callable[[], None]]) -> list[BaseException]:
    """Run all in threads of their own, started together; the exceptions that came out."""
    gate, errors = threading.Barrier(len(tasks)), []

    def run(task: Callable[[], None]) -> None:
        gate.wait()
        try:
            task()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


# --- CONC-1: the deadline minute ---------------------------------------------------------------------


def waiting_schools(site: Site, world: World, number: int) -> list[tuple[Actor, str]]:
    """Each with a complete dossier that waits for its head."""
    waiting = []
    with site.database.writing() as session:
        for n in range(number):
            unit = add_unit(session, f"t{n:02}", f"Trường số {n}", parent=world.units["xa1"]).id
            roles = (Role.CLERK, unit), (Role.HEAD, unit)
            by = Actor(add_user(session, f"nguoi{n}", *roles, password_hash="x").id, unit)
            person = add_person(session, f"Nguyễn Văn {n}", unit, birth=date(1980, 1, 1))
            dossier = drafts.start(
                session,
                registry=site.registry,
                call=world.call_public_id,
                track="tap-the",
                nominee=Nominee(group_name=f"Tổ số {n} {person.id}"),
                by=by,
                now=NOW,
            )
            for part, raw in COMPLETE.items():
                drafts.save_part(session, dossier=dossier.public_id, part=part, raw=raw, base={}, by=by, now=NOW)
            waiting.append((by, dossier.public_id))
    return waiting


@pytest.mark.parametrize("number", [12, pytest.param(50, marks=pytest.mark.slow)])
def test_schools_submit_in_the_last_minute(site: Site, world: World, clock: Clock, number: int) -> None:
    waiting = waiting_schools(site, world, number)
    _without_documents(site)
    for by, dossier in waiting:
        submissions.hand_over(site, dossier=dossier, by=by, now=NOW)
    with site.database.reading() as session:
        now = session.scalars(select(Call.closes)).one() - timedelta(seconds=30)

    def submit(by: Actor, dossier: str) -> None:
        submissions.submit(site, dossiers=[dossier], letter=LETTER, key=f"k-{dossier}", by=by, now=now)

    assert at_once([partial(submit, by, dossier) for by, dossier in waiting]) == []
    with site.database.reading() as session:
        rows = session.scalars(select(Dossier)).all()
        versions = session.scalars(select(Version)).all()
        found = {v.dossier.public_id: (v.n, v.sha256, v.submission.unit_id) for v in versions}
        wanted = {
            d.public_id: (
                1,
                hashlib.sha256(canonical_json(d.versions[0].content).encode()).hexdigest(),
                d.owner_unit_id,
            )
            for d in rows
        }
        codes = {d.code for d in rows}
        states = {d.state for d in rows}
    assert (found, len(found), len(codes), states) == (wanted, number, number, {State.SUBMITTED})


def _without_documents(site: Site) -> None:
    """The tiny campaign wants a report; here one blob serves every school."""
    data = word_file("Báo cáo chung")
    with site.store.receive(io.BytesIO(data), name="a.docx", limit=10**6, expected=len(data)) as incoming:
        site.store.keep(incoming)
        sha256 = incoming.sha256
    with site.database.writing() as session:
        add_blob(session, sha256=sha256, size=len(data), ext=".docx", now=NOW)
        for row in session.scalars(select(Dossier)):
            row.attachments.append(
                Attachment(
                    slot="bao_cao",
                    revisions=[
                        AttachmentRevision(
                            n=1,
                            sha256=sha256,
                            name="bao-cao.docx",
                            extension=".docx",
                            size=len(data),
                            uploaded_by=row.created_by,
                            uploaded_at=NOW,
                        )
                    ],
                )
            )


# --- CONC-2: the same thing twice at once ------------------------------------------------------------


@pytest.fixture
def desks(site: Site, world: World, clock: Clock) -> dict[str, Desk]:
    return all_desks(site, world, clock)


def test_two_different_clicks_on_submit_make_one_version(desks, site: Site) -> None:
    """Two windows with keys of their own: one submits, the other hears that it is done already."""
    dossier = filled(desks["clerk"])
    desks["clerk"].hand_over(dossier)
    errors = at_once([lambda key=key: desks["head"].submit(dossier, key=key) and None for key in ("a", "b", "c")])
    assert sorted({type(e) for e in errors}, key=str) == [Refused]
    assert (len(errors), {e.code for e in errors} <= {"wrong-state", "changed-meanwhile"}) == (2, True)
    with site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Version)) == 1
        assert session.scalar(select(func.count()).select_from(Submission)) == 1


def test_key_of_another_school_gives_nothing_away(desks) -> None:
    mine, theirs = filled(desks["clerk"]), filled(desks["clerk2"], "thuy")
    for clerk, dossier in (("clerk", mine), ("clerk2", theirs)):
        desks[clerk].hand_over(dossier)
    desks["head"].submit(mine, key="same")
    with refused("not-allowed"):
        desks["head2"].submit(theirs, key="same")
    assert desks["head2"].state(theirs) is State.AWAITING


def test_submit_and_give_back_at_once_leave_one_outcome(desks, site: Site, clock: Clock) -> None:
    dossier = filled(desks["clerk"])
    desks["clerk"].hand_over(dossier)

    def give_back() -> None:
        with site.database.writing() as session:
            drafts.give_back(session, dossier=dossier, reason="Xem lại", by=desks["head"].actor, now=clock())

    errors = at_once([give_back, lambda: desks["head"].submit(dossier) and None])
    with site.database.reading() as session:
        row = session.scalars(select(Dossier)).one()
        outcome = (row.state, row.filed, len(row.versions))
    assert len(errors) == 1
    assert outcome in ((State.DRAFT, 0, 0), (State.SUBMITTED, 1, 1))


def test_two_appraisers_take_up_once(desks, site: Site) -> None:
    dossier = filled(desks["clerk"])
    desks["clerk"].hand_over(dossier)
    desks["head"].submit(dossier)
    errors = at_once([lambda: desks["office"].take_up(dossier)] * 3)
    assert [e.code for e in errors] == ["wrong-state"] * 2
    assert desks["office"].state(dossier) is State.APPRAISING


def test_same_key_starts_and_codes_are_never_given_twice(desks, site: Site) -> None:
    errors = at_once([lambda: desks["clerk"].start("hoa") and None for _ in range(12)])
    with site.database.reading() as session:
        codes = session.scalars(select(Dossier.code).order_by(Dossier.code)).all()
    assert (errors, codes) == ([], [f"HS-2026-{n:06}" for n in range(1, 13)])


def test_two_savings_of_different_fields_at_once_both_stand(desks, site: Site) -> None:
    clerk = desks["clerk"]
    dossier = clerk.start()
    fields = {"chuc_vu": "Tổ trưởng", "nam_cong_tac": "9", "mon": "van"}
    errors = at_once([lambda k=k, v=v: clerk.save(dossier, "thong_tin", {k: v}) and None for k, v in fields.items()])
    with site.database.reading() as session:
        part = session.scalars(select(Dossier)).one().parts[0]
        assert (errors, part.raw, part.rev) == ([], fields, 4)


# --- TIME-1: deadlines to the second -----------------------------------------------------------------

CLOSES = datetime(2026, 3, 31, 17, 0, tzinfo=UTC)  # 1 April 00:00 in Việt Nam: "hết ngày 31/3"
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("grace", "extended", "at", "outcome"),
    [
        (None, None, CLOSES - SECOND, "in time"),
        (None, None, CLOSES, "closed"),
        (timedelta(hours=1), None, CLOSES - SECOND, "in time"),
        (timedelta(hours=1), None, CLOSES, "late"),
        (timedelta(hours=1), None, CLOSES + timedelta(hours=1) - SECOND, "late"),
        (timedelta(hours=1), None, CLOSES + timedelta(hours=1), "closed"),
        (None, timedelta(days=1), CLOSES + timedelta(days=1) - SECOND, "late"),
        (None, timedelta(days=1), CLOSES + timedelta(days=1), "closed"),
        (timedelta(hours=1), timedelta(minutes=5), CLOSES + timedelta(minutes=30), "late"),
        (timedelta(hours=1), timedelta(days=1), CLOSES + timedelta(days=1), "closed"),
    ],
)
def test_deadline_grace_and_extension_are_exact(desks, site, world, clock, grace, extended, at, outcome) -> None:
    dossier = filled(desks["clerk"])
    desks["clerk"].hand_over(dossier)
    with site.database.writing() as session:
        call = session.scalars(select(Call)).one()
        assert call.closes == CLOSES
        call.grace_until = CLOSES + grace if grace else None
        if extended:
            session.add(extension(world, desks["clerk"].actor, CLOSES + extended))
    clock.at = at
    if outcome == "closed":
        with refused("deadline-passed"):
            desks["head"].submit(dossier)
        assert desks["head"].state(dossier) is State.AWAITING
    else:
        assert desks["head"].submit(dossier).late is (outcome == "late")


def extension(world: World, by: Actor, until: datetime | None, unit: str = "truong1") -> Extension:
    return Extension(
        call_id=world.call_id,
        unit_id=world.units[unit],
        reason="Mất điện",
        asked_by=by.user_id,
        asked_at=NOW,
        until=until,
        decided_at=NOW,
    )


@pytest.mark.parametrize("case", ["another school's", "refused"])
def test_extension_helps_only_whom_it_was_granted_to(desks, site, world, clock, case) -> None:
    dossier = filled(desks["clerk"])
    desks["clerk"].hand_over(dossier)
    with site.database.writing() as session:
        later = CLOSES + timedelta(days=1)
        given = ("truong2", later) if case == "another school's" else ("truong1", None)
        session.add(extension(world, desks["clerk"].actor, given[1], given[0]))
    clock.at = CLOSES
    with refused("deadline-passed"):
        desks["head"].submit(dossier)


def test_deadline_that_passes_between_page_and_click_leaves_the_dossier(desks, site, clock) -> None:
    """Handed over in time, submitted too late: refused, everything still there."""
    dossier = filled(desks["clerk"])
    desks["clerk"].hand_over(dossier)
    clock.at = CLOSES + SECOND
    with refused("deadline-passed"):
        desks["head"].submit(dossier)
    with site.database.reading() as session:
        row = session.scalars(select(Dossier)).one()
        assert (row.state, len(row.attachments), row.parts[0].raw) == (State.AWAITING, 1, COMPLETE["thong_tin"])


# --- CONC-3: the index ends up saying what the database says -----------------------------------------


def test_search_says_what_the_database_says_after_anything(site, world, clock, desks, tmp_path) -> None:
    fresh = snapshot(site.database, tmp_path / "fresh.sqlite")
    seen: set[str] = set()

    @given(STEPS)
    @settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
    def run(sequence: list[tuple[str, int, int]]) -> None:
        restore(site, fresh)
        office = Office(site, desks, clock)
        for school in (0, 1, 2):
            office.do("start", school, 0)
        for operation, school, n in sequence:
            office.do(operation, school, n)
        office.drain()
        assert_search_equals_the_database(office)
        with site.database.reading() as session:
            seen.update(session.scalars(select(Dossier.state)))

    run()
    assert State.DRAFT in seen


def test_search_says_what_the_database_says_through_a_whole_story(site, world, clock, desks) -> None:
    """The long way that random steps seldom find, with an interruption after each step."""
    office = Office(site, desks, clock)
    story = ("start", "save", "attach", "hand_over", "submit", "take_up", "return", "save", "hand_over", "submit")
    for school in (0, 1, 2):
        for operation in (*story, "withdraw", "hand_over", "submit", "take_up", "accept", "publish"):
            office.do(operation, school, school)
            office.do("die" if school else "reindex", school, 0)
        office.drain()
        assert_search_equals_the_database(office)
    with site.database.reading() as session:
        assert session.scalars(select(Dossier.state)).all() == [State.PUBLISHED] * 3


def test_brute_force_notices_a_missing_text(site, world, clock, desks) -> None:
    """The comparison above can fail: an index that knows nothing of a change is told apart."""
    office = Office(site, desks, clock)
    office.do("start", 0, 0)
    office.do("save", 0, 0)
    with site.database.writing() as session:
        session.execute(delete(Outbox))
    with pytest.raises(AssertionError):
        assert_search_equals_the_database(office)
