"""What checks may ask beyond dossiers and texts: earlier answers, officials of the call, parties that answers name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, update

import tiny_campaign
from altered import altered_site
from desk import Desk, filled
from thidua.models import (
    Dossier,
    DossierParty,
    Grant,
    PartyRole,
    Person,
    Role,
    Succession,
    UnitEvent,
    UnitEventKind,
    User,
)
from thidua.outbox import Worker
from thidua.permissions import find_dossier, scope_of
from thidua.plugin import (
    ContractError,
    DossierSnapshot,
    Past,
    PersonRef,
    Problem,
    Section,
)
from thidua.services import checking
from thidua.services.indexing import handlers
from thidua.services.past import RecordedPast
from thidua.times import local_day


def told(dossier: DossierSnapshot, past: Past) -> Iterator[Problem]:
    """Say what the snapshot and the past hold, so that the test can read it."""
    read = [dossier.document_text(slot) for slot in ("bao_cao", "minh_chung")]
    yield Problem("", f"{dossier.texts} {read}", "warning")
    yield Problem("", f"{[past.officiates(nominee.id) for nominee in dossier.nominees]}", "warning")


PEOPLE = Section(
    "nguoi", "Người", (PersonRef("tac_gia_2", "Đồng tác giả", role="author"), PersonRef("nhac", "Nhắc đến"))
)
TRACK = replace(tiny_campaign.PERSON, form=(*tiny_campaign.FORM, PEOPLE), checks=(told,))
CAMPAIGN = replace(tiny_campaign.CAMPAIGN, tracks=(TRACK, tiny_campaign.GROUP))


@pytest.fixture
def site(settings, database):
    with altered_site(settings, database, CAMPAIGN) as site:
        yield site


def messages(desk: Desk, dossier: str) -> list[str]:
    with desk.site.database.reading() as session:
        scope = scope_of(session, desk.actor, local_day(desk.clock()))
        found = checking.check(session, desk.site.registry, scope, find_dossier(session, scope, dossier))
        return [problem.message for problem in found.problems]


def test_texts_of_files_are_told_once_they_are_read(clerk, site, clock) -> None:
    dossier = filled(clerk, text="Kho học liệu số")
    assert messages(clerk, dossier)[0] == "{'bao_cao': (None,)} [None, '']"
    Worker(site.database, handlers(site), clock=clock).drain()
    text = "Báo cáo thành tích\nKho học liệu số"
    assert messages(clerk, dossier)[0] == f"{ {'bao_cao': (text,)} } {[text, '']}"


@pytest.mark.parametrize(
    ("role", "unit", "until", "officiates"),
    [
        (Role.JUDGE, "so", None, True),
        (Role.MANAGER, "so", None, True),
        (Role.MANAGER, "so", date(2025, 12, 1), False),
        (Role.JUDGE, "xa1", None, False),
        (Role.READER, "so", None, False),
    ],
)
def test_who_runs_or_judges_the_call_is_known(clerk, site, world, role, unit, until, officiates) -> None:
    dossier = filled(clerk)
    assert messages(clerk, dossier)[1] == "[False]"
    with site.database.writing() as session:
        session.execute(update(User).where(User.id == world.users["tracuu"]).values(person_id=world.people["hoa"]))
        session.add(
            Grant(
                user_id=world.users["tracuu"],
                role=role,
                unit_id=world.units[unit],
                valid_from=date(2025, 9, 1),
                valid_to=until,
            )
        )
    assert messages(clerk, dossier)[1] == f"[{officiates}]"


def test_who_takes_a_call_over_runs_it_too(clerk, site, world) -> None:
    dossier = filled(clerk)
    with site.database.writing() as session:
        session.execute(update(User).where(User.id == world.users["phutrach1"]).values(person_id=world.people["hoa"]))
    assert messages(clerk, dossier)[1] == "[False]"
    with site.database.writing() as session:
        event = UnitEvent(kind=UnitEventKind.DISSOLVED, day=date(2026, 3, 1), document="Nghị quyết 1/2026")
        session.add(event)
        session.flush()
        of = {"office_id": world.units["so"], "school_id": world.units["xa2"], "successor_id": world.units["xa1"]}
        session.add(Succession(event_id=event.id, day=event.day, **of))
    assert messages(clerk, dossier)[1] == "[True]"


def test_whom_answers_name_with_a_role_is_a_party_of_what_is_filed(clerk, head, site, world) -> None:
    with site.database.reading() as session:
        ids = {key: session.get_one(Person, world.people[key]).public_id for key in ("duc", "thuy")}
    dossier = filled(clerk)
    clerk.save(
        dossier,
        "nguoi",
        {
            "tac_gia_2": {"id": ids["duc"], "name": "Trần Văn Đức"},
            "nhac": {"id": ids["thuy"], "name": "Lê Thu Thủy"},
        },
    )
    parties = select(DossierParty.role, DossierParty.name_as_printed).order_by(DossierParty.id)
    clerk.hand_over(dossier)
    with site.database.reading() as session:
        assert session.execute(parties).all() == [(PartyRole.NOMINEE, "Nguyễn Thị Hoà")]
    head.submit(dossier)
    with site.database.reading() as session:
        expected = [(PartyRole.NOMINEE, "Nguyễn Thị Hoà"), (PartyRole.AUTHOR, "Trần Văn Đức")]
        assert session.execute(parties).all() == expected
        version = session.scalars(select(Dossier)).one().versions[0]
        assert [(p["role"], p["name"]) for p in version.content["parties"]] == [(r.value, n) for r, n in expected]


def test_earlier_answers_are_found_whatever_their_marks(clerk, head, site, clock) -> None:
    filed = filled(clerk, "duc")
    clerk.hand_over(filed)
    head.submit(filed)
    mine = clerk.start("hoa")
    with site.database.reading() as session:
        scope = scope_of(session, clerk.actor, local_day(clock()))
        past = RecordedPast(session, scope, find_dossier(session, scope, mine))
        found = past.answered("tiny", field="chuc_vu", text=" GIAO  viên")
        assert [(one.nominees[0].name, one.result) for one in found] == [("Trần Văn Đức", "")]
        assert past.answered("tiny", field="chuc_vu", text="Giáo") == []
        assert past.answered("tiny", field="chuc_vu", text="") == []
        assert past.answered("khac", field="chuc_vu", text="Giáo viên") == []


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(ContractError, match="role is 'boss'; write 'author'"):
        PersonRef("ai", "Ai", role="boss")  # type: ignore[arg-type]
