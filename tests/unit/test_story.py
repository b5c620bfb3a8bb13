"""The life of a dossier through the services alone, on a real database, real files and a real index."""

from __future__ import annotations

import hashlib
import io
import threading
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pytest
from docx import Document as WordDocument
from sqlalchemy import func, select, update

from desk import COMPLETE, FIELD, FIELD_LABEL, OTHER_FIELD, PHRASE, SECTION, Desk, filled, refused, word_file
from small_world import Clock
from thidua.documents.archive import verify_zip
from thidua.errors import NotAllowed, NotFound, say
from thidua.forms import fingerprint
from thidua.models import (
    Action,
    BlobText,
    Call,
    Dossier,
    Event,
    Extension,
    Outcome,
    State,
    Submission,
    TextState,
    Unit,
    Verdict,
    Version,
    canonical_json,
)
from thidua.outbox import Worker
from thidua.permissions import find_dossier, find_version, reviews_of, scope_of
from thidua.registry import Registry
from thidua.services import calls, exports, letters, remarks, reviews, submissions, units
from thidua.services.calls import CallForm
from thidua.services.checking import CheckFailed
from thidua.services.compare import compare
from thidua.services.definitions import shape
from thidua.services.display import plain_text, show
from thidua.services.indexing import handlers, rebuild
from thidua.services.reviews import Finding
from thidua.services.site import Site
from thidua.services.working import answers_so_far
from thidua.times import local_day, start_of_day


@pytest.fixture
def work(site: Site, clock: Clock):
    """Do everything in the outbox."""
    worker = Worker(site.database, handlers(site, clock), clock=lambda: clock() + timedelta(minutes=1))
    return worker.drain


def test_story_from_draft_to_eligible(clerk, head, office, stranger, work, site, clock) -> None:
    dossier = filled(clerk)
    work()
    assert (clerk.find("kho hoc lieu so"), office.find("kho hoc lieu so")) == ([dossier], [])
    clerk.hand_over(dossier)
    submission = head.submit(dossier)
    office.take_up(dossier)
    office.end(dossier, Action.RETURN, **{"document__bao_cao": Finding(Verdict.MORE, "Thiếu xác nhận của tổ.")})
    assert clerk.state(dossier) is State.RETURNED
    with site.database.reading() as session:
        row = session.scalars(select(Dossier)).one()
        scope = scope_of(session, clerk.actor, local_day(clock()))
        seen = [(r.outcome, [(i.place, i.note) for i in r.items]) for r in reviews_of(session, scope, row)]
    assert seen == [(Outcome.RETURNED, [("document:bao_cao", "Thiếu xác nhận của tổ.")])]
    clerk.save(dossier, SECTION, {FIELD: "Sửa lại sau khi được góp ý"})
    clerk.attach(
        dossier, word_file("Bản có xác nhận", PHRASE), name="bao-cao-2.docx", replaces=own_file(clerk, dossier)
    )
    clerk.hand_over(dossier)
    head.submit(dossier, key="k2")
    office.take_up(dossier)
    passed = {f"section__{s}": Finding(Verdict.PASSED) for s in COMPLETE}
    office.end(dossier, Action.ACCEPT, document__bao_cao=Finding(Verdict.PASSED), **passed)
    assert office.state(dossier) is State.ELIGIBLE
    work()
    found = [desk.find("kho hoc lieu so dung chung") for desk in (clerk, head, office, stranger)]
    assert found == [[dossier], [dossier], [dossier], []]
    with site.database.reading() as session:
        first, second = session.scalars(select(Version).order_by(Version.n)).all()
        changes = compare(first, second)
        assert [(c.label, c.after.text if c.after else None) for c in changes.fields] == [
            (FIELD_LABEL, "Sửa lại sau khi được góp ý")
        ]
        assert [(c.before.name, c.after.name) for c in changes.files] == [("bao-cao.docx", "bao-cao-2.docx")]
        for version in (first, second):
            assert version.sha256 == hashlib.sha256(canonical_json(version.content).encode()).hexdigest()
        actions = session.scalars(select(Event.action).where(Event.subject_kind == "dossier").order_by(Event.id)).all()
    wanted = ["start", "attach", "hand_over", "submit", "take_up", "return", "attach"]
    assert actions == [*wanted, "hand_over", "submit", "take_up", "accept"]
    assert submission.late is False


def own_file(clerk: Desk, dossier: str) -> str:
    with clerk.site.database.reading() as session:
        row = session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one()
        return row.attachments[0].public_id


def test_clerk_cannot_submit_and_nothing_changes(clerk, head) -> None:
    dossier = filled(clerk)
    clerk.hand_over(dossier)
    with pytest.raises(NotAllowed):
        clerk.submit(dossier)
    assert head.state(dossier) is State.AWAITING


def test_incomplete_dossier_is_told_everything_at_once(clerk) -> None:
    dossier = clerk.start()
    with pytest.raises(CheckFailed) as failed:
        clerk.hand_over(dossier)
    places = [p.field for p in failed.value.problems[dossier]]
    assert places == ["chuc_vu", "thanh_tich", "document:bao_cao"]
    assert clerk.state(dossier) is State.DRAFT


def test_double_click_makes_one_submission(clerk, head, site) -> None:
    dossier = filled(clerk)
    clerk.hand_over(dossier)
    made: list[str] = []

    def click() -> None:
        made.append(head.submit(dossier, key="same").public_id)

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with site.database.reading() as session:
        stored = session.scalars(select(Submission.public_id)).all()
        versions = session.scalar(select(func.count()).select_from(Version))
    assert (len(made), set(made), versions) == (4, set(stored), 1)


def test_withdrawn_until_taken_up(clerk, head, office) -> None:
    dossier = filled(clerk)
    clerk.hand_over(dossier)
    head.submit(dossier)
    with head.site.database.writing() as session:
        row = submissions.withdraw(session, dossier=dossier, by=head.actor, now=head.clock())
        assert (row.state, row.filed) == (State.DRAFT, 0)
    with pytest.raises(NotFound), office.site.database.writing() as session:
        reviews.take_up(session, dossier=dossier, by=office.actor, now=office.clock())
    clerk.hand_over(dossier)
    head.submit(dossier, key="k2")
    office.take_up(dossier)
    with refused("wrong-state"), head.site.database.writing() as session:
        submissions.withdraw(session, dossier=dossier, by=head.actor, now=head.clock())
    assert head.state(dossier) is State.APPRAISING


@pytest.mark.parametrize(("seconds", "taken"), [(-1, True), (0, False)])
def test_deadline_is_exact_to_the_second(clerk, head, world, clock, site, seconds, taken) -> None:
    dossier = filled(clerk)
    clerk.hand_over(dossier)
    with site.database.reading() as session:
        closes = session.scalars(select(Dossier)).one().call.closes
    clock.at = closes + timedelta(seconds=seconds)
    if taken:
        assert head.submit(dossier).late is False
    else:
        with refused("deadline-passed"):
            head.submit(dossier)
        assert head.state(dossier) is State.AWAITING


def test_extension_lets_a_late_dossier_in_and_marks_it(clerk, head, world, clock, site) -> None:
    dossier = filled(clerk)
    clerk.hand_over(dossier)
    with site.database.writing() as session:
        closes = session.scalars(select(Dossier)).one().call.closes
        clock.at = closes + timedelta(hours=1)
        session.add(
            Extension(
                call_id=world.call_id,
                unit_id=world.units["truong1"],
                reason="Mất điện",
                asked_by=clerk.actor.user_id,
                asked_at=clock(),
                until=clock() + timedelta(days=1),
                decided_at=clock(),
            )
        )
    assert head.submit(dossier).late is True


def test_changes_of_different_fields_merge_and_of_the_same_show_both(clerk) -> None:
    dossier = clerk.start()
    section, first, second = SECTION, FIELD, OTHER_FIELD
    base = {first: fingerprint(None), second: fingerprint(None)}
    assert clerk.save(dossier, section, {first: "A"}, base).conflicts == {}
    saved = clerk.save(dossier, section, {first: None, second: "B"}, base)
    assert saved.conflicts == {}
    clash = clerk.save(dossier, section, {first: "C"}, base)
    assert {k: (c.mine, c.theirs) for k, c in clash.conflicts.items()} == {first: ("C", "A")}
    with clerk.site.database.reading() as session:
        raw = {p.key: p.raw for p in session.scalars(select(Dossier)).one().parts}
    assert raw[section] == {first: "A", second: "B"}


def test_saving_the_same_twice_changes_nothing(clerk) -> None:
    dossier = clerk.start()
    first = clerk.save(dossier, SECTION, {FIELD: "A"})
    again = clerk.save(dossier, SECTION, {FIELD: "A"})
    assert (first.rev, again.rev) == (2, 2)


def test_foreign_dossier_does_not_exist(clerk, stranger, site, clock) -> None:
    dossier = filled(clerk)
    for attempt in (
        lambda: stranger.save(dossier, SECTION, {}),
        lambda: stranger.attach(dossier, b"x"),
        lambda: stranger.hand_over(dossier),
        lambda: stranger.submit(dossier),
        lambda: stranger.take_up(dossier),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_accepting_needs_every_place_looked_at_and_passed(clerk, head, office) -> None:
    dossier = filled(clerk)
    clerk.hand_over(dossier)
    head.submit(dossier)
    office.take_up(dossier)
    with refused("not-looked-at"):
        office.end(dossier, Action.ACCEPT)
    with refused("not-passed"):
        office.end(dossier, Action.ACCEPT, document__bao_cao=Finding(Verdict.FAILED))
    with refused("reason-missing"):
        office.end(dossier, Action.REFUSE)
    assert office.state(dossier) is State.APPRAISING


def test_replacing_keeps_the_history(clerk, site) -> None:
    dossier = filled(clerk)
    clerk.attach(dossier, word_file("mới"), name="moi.docx", replaces=own_file(clerk, dossier))
    with site.database.reading() as session:
        attachment = session.scalars(select(Dossier)).one().attachments[0]
        assert [(r.n, r.name) for r in attachment.revisions] == [(1, "bao-cao.docx"), (2, "moi.docx")]
        assert all(site.store.verify(r.sha256) for r in attachment.revisions)


def test_texts_are_read_and_their_state_kept(clerk, work, site) -> None:
    dossier = filled(clerk)
    clerk.attach(dossier, "Chữ thường".encode(), name="ghi-chu.txt", slot="minh_chung")
    work()
    with site.database.reading() as session:
        states = sorted((t.blob.extension, t.state) for t in session.scalars(select(BlobText)))
    assert states == [(".docx", TextState.TEXT), (".txt", TextState.TEXT)]


def test_rebuilding_finds_the_same(clerk, head, work, site) -> None:
    one, two = filled(clerk), filled(clerk, "duc", "Bài giảng điện tử")
    work()
    before = [sorted(clerk.find(text)) for text in ("bao cao", "hoc lieu", "dien tu")]
    assert rebuild(site) == 2
    assert [sorted(clerk.find(text)) for text in ("bao cao", "hoc lieu", "dien tu")] == before
    assert before == [sorted([one, two]), [one], [two]]


def test_letter_list_answers_and_zip_come_out(clerk, head, site, tmp_path) -> None:
    dossier = filled(clerk)
    clerk.hand_over(dossier)
    head.submit(dossier)
    with site.database.reading() as session:
        submission = session.scalars(select(Submission)).one()
        letter = WordDocument(io.BytesIO(exports.letter_document(submission)))
        listed = WordDocument(io.BytesIO(exports.list_document(submission)))
        path = tmp_path / "x.zip"
        with path.open("wb") as out:
            exports.write_dossier_zip(site, submission.versions[0], out)
    assert "Nguyễn Thị Hoà" in "\n".join(cell.text for table in listed.tables for cell in table._cells)
    assert any("05/TTr-THHS" in cell.text for table in letter.tables for cell in table._cells)
    report = verify_zip(path)
    assert (report.problems, report.files) == ([], 2)
    with zipfile.ZipFile(path) as archive:
        names = sorted(archive.namelist())
    assert names == ["HS-2026-000001.docx", "bao_cao/bao-cao.docx", "manifest.json"]


def test_papers_name_the_unit_as_it_was_called_that_day_in_viet_nam(clerk, head, site, world, clock) -> None:
    """Filed half past midnight on the day of the new name: in UTC it is still the day before."""
    clock.at = start_of_day(date(2026, 3, 20)) + timedelta(minutes=30)
    with site.database.writing() as session:
        school = session.get_one(Unit, world.units["truong1"])
        units.rename(
            session, school, name="Trường Hoa Mới", since=date(2026, 3, 20), by=world.actor("admin"), now=clock()
        )
    dossier = filled(clerk)
    clerk.hand_over(dossier)
    head.submit(dossier)
    with site.database.reading() as session:
        version = session.scalars(select(Version)).one()
        answers = WordDocument(io.BytesIO(exports.answers_document(version)))
        nominees = exports.letter_of(version.submission).nominees
    cells = [cell.text for table in answers.tables for cell in table._cells]
    assert cells[cells.index("Đơn vị") + 1] == "Trường Hoa Mới"
    assert [nominee.position for nominee in nominees] == ["Giáo viên, Trường Hoa Mới"]


def test_fraction_set_by_a_call_reaches_the_checks(clerk, site, world, clock) -> None:
    with site.database.writing() as session:
        call = session.get_one(Call, world.call_id)
        form = CallForm(call.title, call.period, call.opens, call.closes, None, {"so_tu": "250,5"})
        calls.edit(session, site.registry, call, form=form, by=world.actor("admin"), now=clock())
    dossier = filled(clerk)
    clerk.hand_over(dossier)
    assert clerk.state(dossier) is State.AWAITING


@pytest.mark.parametrize("others", [1, 3])
def test_letter_costs_the_same_for_many_dossiers(clerk, head, site, world, clock, count_queries, others) -> None:
    chosen = []
    for n in range(others):
        chosen.append(filled(clerk, "hoa" if n % 2 else "duc", f"Bài viết số {n}"))
        clerk.hand_over(chosen[-1])
    made = head.submit(*chosen)
    with site.database.reading() as session, count_queries() as statements:
        scope = scope_of(session, head.actor, local_day(clock()))
        letter = exports.letter_of(letters.load_letter(session, scope, made.public_id))
    assert (len(letter.nominees), len(statements)) == (others, 9)


def test_public_reader_sees_no_appraisal(clerk, head, office, site, world, clock) -> None:
    dossier = filled(clerk)
    clerk.hand_over(dossier)
    head.submit(dossier)
    office.take_up(dossier)
    office.end(dossier, Action.RETURN, "Thiếu minh chứng.")
    with site.database.writing() as session:
        session.execute(update(Dossier).values(state=State.PUBLISHED))
    with site.database.reading() as session:
        row = session.scalars(select(Dossier)).one()
        counts = []
        for actor in (head.actor, office.actor, world.actor("tracuu", "so")):
            scope = scope_of(session, actor, local_day(clock()))
            assert find_dossier(session, scope, dossier) is row
            counts.append((len(reviews_of(session, scope, row)), remarks.notes(session, scope, row).reason))
    assert counts == [(1, "Thiếu minh chứng."), (1, "Thiếu minh chứng."), (0, "")]


def test_draft_is_read_as_its_checks_read_it(clerk, site, clock) -> None:
    """A dot groups thousands in what is typed, and divides in what is kept."""
    dossier = clerk.start()
    clerk.save(dossier, SECTION, {OTHER_FIELD: "1.234", FIELD: "Giáo viên"})
    with site.database.reading() as session:
        scope = scope_of(session, clerk.actor, local_day(clock()))
        row = find_dossier(session, scope, dossier)
        form = shape(row.definition)
        assert plain_text(show(form, answers_so_far(form, row))).splitlines() == [
            "Chức vụ: Giáo viên",
            "Số năm công tác: 1.234",
        ]


def test_withdrawn_version_stays_hidden_from_the_office(clerk, head, office, site, clock) -> None:
    dossier = filled(clerk)
    clerk.hand_over(dossier)
    head.submit(dossier)
    with site.database.writing() as session:
        submissions.withdraw(session, dossier=dossier, by=head.actor, now=clock())
    clerk.save(dossier, SECTION, {FIELD: "Sửa sau khi rút"})
    clerk.hand_over(dossier)
    head.submit(dossier, key="k2")
    opened = {}
    with site.database.reading() as session:
        for desk in (head, office):
            scope = scope_of(session, desk.actor, local_day(clock()))
            for n in (1, 2):
                try:
                    opened[desk, n] = find_version(session, scope, dossier, n)[1].n
                except NotFound:
                    opened[desk, n] = None
    assert list(opened.values()) == [1, 2, None, 2]


def test_taken_out_campaign_lets_drafts_be_typed_but_not_sent(clerk, head, site) -> None:
    dossier = filled(clerk)
    without = replace(site, registry=Registry.load(strict=True))
    clerk.site = without
    clerk.save(dossier, SECTION, {FIELD: "Vẫn gõ được"})
    with pytest.raises(CheckFailed) as failed:
        clerk.hand_over(dossier)
    assert [(p.field, p.message) for p in failed.value.problems[dossier]] == [
        ("", say("campaign-out-now", campaign="Thi đua nhỏ"))
    ]
    clerk.site = site
    assert clerk.hand_over(dossier).state is State.AWAITING
