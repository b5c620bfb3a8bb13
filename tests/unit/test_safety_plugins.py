"""A plugin that fails or goes away, and what the logs say: §6 of the work and LOG-2."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

import tiny_campaign
from desk import COMPLETE, Desk, filled, refused
from small_world import NOW, Clock, World, add_user
from thidua.errors import NotSignedIn, say
from thidua.models import Definition, Dossier, Event, State, Submission, User, Version
from thidua.outbox import Worker
from thidua.permissions import scope_of
from thidua.plugin import Campaign, DossierChange, DossierSnapshot, Past, Problem, hookimpl
from thidua.registry import Registry
from thidua.services import exports, signing_in
from thidua.services.checking import CheckFailed, check
from thidua.services.definitions import campaign_titles, settle, shape
from thidua.services.display import plain_text, show
from thidua.services.indexing import handlers
from thidua.services.passwords import Passwords
from thidua.services.site import Site
from thidua.times import local_day

Yielded = Iterator[Problem]


def raising(_dossier: DossierSnapshot, _past: Past) -> Yielded:
    raise RuntimeError("the plugin's own fault")


def lying(_dossier: DossierSnapshot, _past: Past) -> list[str]:
    return ["not a problem"]


def leaving(_dossier: DossierSnapshot, _past: Past) -> Yielded:
    raise KeyError("khong_co")
    yield


def refusing(_dossier: DossierSnapshot, _past: Past) -> Yielded:
    yield Problem("chuc_vu", "Chức vụ không được xét.", "error")


def warning(_dossier: DossierSnapshot, _past: Past) -> Yielded:
    yield Problem("chuc_vu", "Nên ghi rõ hơn.", "warning")


def campaign_with(*checks: object) -> Campaign:
    tracks = tuple(replace(track, checks=checks) for track in tiny_campaign.CAMPAIGN.tracks)
    return replace(tiny_campaign.CAMPAIGN, tracks=tracks)


def plugin(*checks: object, changed: object = None) -> SimpleNamespace:
    @hookimpl
    def thidua_campaigns() -> list[Campaign]:
        return [campaign_with(*checks)]

    hooks = {"thidua_campaigns": thidua_campaigns}
    if changed is not None:
        hooks["thidua_dossier_changed"] = changed
    return SimpleNamespace(**hooks)


def site_with(site: Site, *checks: object, changed: object = None) -> Site:
    """The same site after its plugin was exchanged."""
    registry = Registry.load()
    registry.add(plugin(*checks, changed=changed), "tiny")
    return replace(site, registry=registry)


def at(site: Site, world: World, clock: Clock) -> tuple[Desk, Desk, Desk]:
    return (
        Desk(site, world, clock, "vanthu1", "truong1"),
        Desk(site, world, clock, "hieutruong1", "truong1"),
        Desk(site, world, clock, "thamdinh1", "xa1"),
    )


def drain(site: Site, clock: Clock) -> None:
    clock.forward(minutes=1)
    Worker(site.database, handlers(site, clock), clock=clock).drain()


@pytest.mark.parametrize("fault", [raising, lying, leaving])
def test_check_that_fails_does_not_stop_a_school(site, world, clock, fault, caplog) -> None:
    broken = site_with(site, fault, warning)
    clerk, head, _ = at(broken, world, clock)
    dossier = filled(clerk)
    clerk.hand_over(dossier)
    with site.database.reading() as session:
        scope = scope_of(session, clerk.actor, local_day(clock()))
        found = check(session, broken.registry, scope, session.scalars(select(Dossier)).one())
    problems = [(p.field, p.message, p.level) for p in found.problems]
    assert problems == [
        ("", say("check-failed", check=fault.__name__), "warning"),
        ("chuc_vu", "Nên ghi rõ hơn.", "warning"),
    ]
    assert found.errors == []
    head.submit(dossier)
    assert head.state(dossier) is State.SUBMITTED
    named = {r.getMessage() for r in caplog.records if r.name == "thidua.registry"}
    assert named == {f"check {fault.__name__} of tiny 2025 failed"}


def test_check_that_refuses_stops_the_submission(site, world, clock) -> None:
    clerk, head, _ = at(site_with(site, refusing), world, clock)
    dossier = filled(clerk)
    with pytest.raises(CheckFailed) as caught:
        clerk.hand_over(dossier)
    assert [p.message for p in caught.value.problems[dossier]] == ["Chức vụ không được xét."]
    assert head.state(dossier) is State.DRAFT


def test_listener_that_fails_changes_nothing_and_is_named(site, world, clock, caplog) -> None:
    @hookimpl
    def thidua_dossier_changed(change: DossierChange) -> None:
        raise RuntimeError(change.code)

    broken = site_with(site, changed=thidua_dossier_changed)
    clerk, _, _ = at(broken, world, clock)
    dossier = filled(clerk)
    clerk.hand_over(dossier)
    drain(broken, clock)
    assert clerk.state(dossier) is State.AWAITING
    named = [r.getMessage() for r in caplog.records if r.name == "thidua.registry"]
    assert named == ["plugin tiny failed at thidua_dossier_changed of HS-2026-000001"]


def test_plugin_taken_out_leaves_its_records_readable_and_brought_back_goes_on(site, world, clock) -> None:
    clerk, head, office = at(site, world, clock)
    draft, filed = filled(clerk), filled(clerk, "duc", "Sáng kiến dạy học")
    clerk.hand_over(filed)
    head.submit(filed)
    drain(site, clock)

    without = replace(site, registry=Registry.load())
    clerk, head, office = at(without, world, clock)
    with refused("campaign-out"):
        clerk.start("hoa")
    with site.database.reading() as session:
        rows = {row.public_id: row for row in session.scalars(select(Dossier))}
        answers = {key: value for part in rows[draft].parts for key, value in part.raw.items()}
        assert "Giáo viên" in plain_text(show(shape(rows[draft].definition), answers))
        version = session.scalars(select(Version)).one()
        out = io.BytesIO()
        exports.write_dossier_zip(without, version, out)
        assert len(exports.letter_document(session.scalars(select(Submission)).one())) > 1000
    assert clerk.find("sang kien") == [filed]
    office.take_up(filed)
    drain(without, clock)
    assert office.find("sang kien") == [filed]

    clerk, head, _ = at(site, world, clock)
    clerk.save(draft, "thong_tin", {"chuc_vu": "Tổ trưởng"})
    clerk.hand_over(draft)
    head.submit(draft, key="k2")
    assert head.state(draft) is State.SUBMITTED
    assert clerk.start("hoa")


def test_broken_plugin_is_left_out_by_name_and_the_site_serves(site, world, clock, caplog) -> None:
    clerk, _, _ = at(site, world, clock)
    draft = filled(clerk)
    changed = replace(tiny_campaign.PERSON, documents=())

    @hookimpl
    def thidua_campaigns() -> list[Campaign]:
        return [replace(tiny_campaign.CAMPAIGN, tracks=(changed, tiny_campaign.GROUP))]

    registry = Registry.load()
    registry.add(SimpleNamespace(thidua_campaigns=thidua_campaigns), "tiny")
    with site.database.writing() as session:
        settle(session, registry, NOW)
    assert list(registry.broken) == ["tiny"]
    assert "edition 2025 track 'ca-nhan'" in registry.broken["tiny"].fault
    with site.database.reading() as session:
        row = session.scalars(select(Dossier).where(Dossier.public_id == draft)).one()
        assert [d.key for d in shape(row.definition).documents] == ["bao_cao", "minh_chung"]


def test_changed_labels_leave_a_plugin_in_and_old_versions_keep_their_words(site, world, clock) -> None:
    clerk, head, _ = at(site, world, clock)
    filed = filled(clerk)
    clerk.hand_over(filed)
    head.submit(filed)
    section = tiny_campaign.FORM[0]
    relabelled = replace(section, fields=(replace(section.fields[0], label="Chức danh"), *section.fields[1:]))
    track = replace(tiny_campaign.PERSON, form=(relabelled, *tiny_campaign.FORM[1:]))

    @hookimpl
    def thidua_campaigns() -> list[Campaign]:
        return [replace(tiny_campaign.CAMPAIGN, tracks=(track, tiny_campaign.GROUP))]

    registry = Registry.load()
    registry.add(SimpleNamespace(thidua_campaigns=thidua_campaigns), "tiny")
    with site.database.writing() as session:
        settle(session, registry, NOW)
    assert registry.broken == {}
    renamed = replace(site, registry=registry)
    clerk, head, _ = at(renamed, world, clock)
    clerk.start("duc")
    with site.database.reading() as session:
        version = session.scalars(select(Version)).one()
        newest = session.scalars(select(Dossier).order_by(Dossier.id.desc())).first()
        assert newest is not None
        labels = [shape(d).fields[0].label for d in (version.definition, newest.definition)]
        assert labels == ["Chức vụ", "Chức danh"]
        assert (
            len(
                session.scalars(
                    select(Definition).where(Definition.slug == "tiny", Definition.track == "ca-nhan")
                ).all()
            )
            == 2
        )


# --- LOG-1, LOG-2 ------------------------------------------------------------------------------------

SECRETS = ("Thành tích rất riêng tư", "Nội dung tệp rất riêng tư", "mat khau rat rieng 99", "chu-ky-rieng")


def test_logs_and_audit_say_nothing_of_what_people_wrote(site, world, clock, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    with site.database.writing() as session:
        hashed = Passwords(site.settings).hash(SECRETS[2])
        add_user(session, "moi", password_hash=hashed)
    accounts_log_in(site, clock, "moi", SECRETS[2])
    accounts_log_in(site, clock, "moi", SECRETS[3])
    clerk, head, office = at(site_with(site, raising), world, clock)
    dossier = clerk.start()
    for part, raw in COMPLETE.items():
        clerk.save(dossier, part, raw)
    clerk.save(dossier, "thanh_tich_chung", {"thanh_tich": SECRETS[0]})
    clerk.attach(dossier, SECRETS[1].encode(), name="rieng.txt")
    with refused("file-type-mismatch"):
        clerk.attach(dossier, b"PK\x03\x04 hong", name="a.txt", slot="minh_chung")
    clerk.hand_over(dossier)
    head.submit(dossier)
    office.take_up(dossier)
    drain(site, clock)
    written = caplog.text
    with site.database.reading() as session:
        written += "\n".join(str(row) for row in session.execute(select(Event.action, Event.details)))
    assert "HS-2026-000001 submit: awaiting -> submitted" in written
    assert [secret for secret in (*SECRETS, hashed, site.settings.secret_key) if secret in written] == []


def accounts_log_in(site: Site, clock: Clock, login: str, password: str) -> None:
    try:
        signing_in.sign_in(
            site.database,
            settings=site.settings,
            hasher=Passwords(site.settings),
            login=login,
            password=password,
            address="127.0.0.1",
            now=clock(),
        )
    except NotSignedIn:
        return


def test_database_errors_quote_no_values(site, world) -> None:
    """Tracebacks go to the log; what was typed does not."""
    twin = User(login="admin", name=SECRETS[0], password_hash=SECRETS[3], must_change=False, created_at=NOW)
    with site.database.writing() as session:
        session.add(twin)
        with pytest.raises(IntegrityError) as caught:
            session.flush()
        session.rollback()
    assert [secret for secret in SECRETS if secret in str(caught.value)] == []


def test_every_change_of_state_is_in_the_audit(site, world, clock) -> None:
    clerk, head, office = at(site, world, clock)
    dossier = filled(clerk)
    clerk.hand_over(dossier)
    head.submit(dossier)
    office.take_up(dossier)
    with site.database.reading() as session:
        lines = session.execute(
            select(Event.action, Event.user_id, Event.unit_id, Event.details)
            .where(Event.action.in_(["hand_over", "submit", "take_up"]))
            .order_by(Event.id)
        ).all()
    assert [(a, u, unit, d["before"], d["after"]) for a, u, unit, d in lines] == [
        ("hand_over", world.users["vanthu1"], world.units["truong1"], "draft", "awaiting"),
        ("submit", world.users["hieutruong1"], world.units["truong1"], "awaiting", "submitted"),
        ("take_up", world.users["thamdinh1"], world.units["xa1"], "submitted", "appraising"),
    ]


def test_wording_that_comes_back_is_the_latest_again(site) -> None:
    def offer(title: str, day: int) -> str:
        @hookimpl
        def thidua_campaigns() -> list[Campaign]:
            return [replace(tiny_campaign.CAMPAIGN, title=title)]

        registry = Registry.load()
        registry.add(SimpleNamespace(thidua_campaigns=thidua_campaigns), "tiny")
        with site.database.writing() as session:
            settle(session, registry, NOW + timedelta(days=day))
            return campaign_titles(session)["tiny"]

    titles = ["Tên cũ", "Tên mới", "Tên cũ"]
    assert [offer(title, day) for day, title in enumerate(titles, start=1)] == titles
