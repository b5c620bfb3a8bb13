"""People named in a table: found in the register, parties of what is filed, never judges of it, hidden when blind."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

import judged_campaign
from conftest import refused
from crawling import fresh_site
from desk import COMPLETE, Desk
from judged_campaign import BLIND
from judging_desk import accepted, hire
from small_world import Clock, World, add_person
from thidua.documents.form_book import normal, shown
from thidua.documents.form_book import typed as typed_cell
from thidua.forms import section_form
from thidua.models import Assignment, Conflict, Dossier, DossierParty, PartyRole, User, Version
from thidua.permissions import dossiers, find_dossier, scope_of
from thidua.plugin import Campaign, PersonRef, Rows, Section, Text, hookimpl, python_value
from thidua.services import assigning, checking
from thidua.services.definitions import shape
from thidua.services.display import plain_text, show
from thidua.services.pasting import pasted
from thidua.services.site import Site
from thidua.times import local_day

WHO = PersonRef("ho_ten", "Họ và tên", required=True, identifying=True, role="author")
TABLE = Rows("tac_gia", "Tác giả", columns=(WHO, Text("viec", "Phần việc")), max_rows=5)
FORM = (*judged_campaign.FORM, Section("nhom", "Nhóm tác giả", (TABLE,)))
TRACKS = tuple(replace(track, form=FORM) for track in judged_campaign.CAMPAIGN.tracks)
CAMPAIGN = replace(judged_campaign.CAMPAIGN, tracks=TRACKS)


@hookimpl
def thidua_campaigns() -> list[Campaign]:
    """The judged campaign with a table of authors."""
    return [CAMPAIGN]


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory, _migrated: Path) -> Iterator[tuple[Site, World]]:
    with fresh_site(tmp_path_factory.mktemp("hall"), _migrated, sys.modules[__name__]) as (site, world):
        hire(site, world, "giamkhao2")
        with site.database.writing() as session:
            unit = world.units["truong1"]
            for code, year in (("HS-7", 1990), ("HS-8", 1991)):
                add_person(session, "Vũ Thị Mai", unit, birth=date(year, 1, 1), code=code)
            far = add_person(session, "Đỗ Văn Hòa", world.units["truong3"], birth=date(1979, 1, 1), code="AS-1")
            world.people["far"] = far.id
        yield site, world


def team(*names: str) -> dict[str, dict[str, object]]:
    return {**COMPLETE, "nhom": {"tac_gia": [{"ho_ten": name, "viec": "Viết"} for name in names]}}


def problems(site: Site, world: World, clock: Clock, *names: str) -> list[tuple[str, str]]:
    clerk = Desk(site, world, clock, "vanthu1", "truong1")
    dossier = clerk.start("hoa", track=BLIND)
    for part, raw in team(*names).items():
        clerk.save(dossier, part, raw)
    with site.database.reading() as session:
        scope = scope_of(session, clerk.actor, local_day(clock()))
        found = checking.check(session, site.registry, scope, find_dossier(session, scope, dossier))
        return [(p.field, p.message) for p in found.errors]


def test_a_name_of_the_staff_is_enough_and_one_of_another_school_needs_its_code(
    hall: tuple[Site, World], clock: Clock
) -> None:
    at = "“Tác giả – dòng 1 – Họ và tên”"
    unknown = "{at}: không có “{name}” trong danh sách nhân sự của đơn vị. Hãy sửa tên, hoặc thêm người này ở Nhân sự; "
    unknown += "người của đơn vị khác thì ghi kèm mã nhân sự, ví dụ “{bare} (GV-105)”."
    assert problems(*hall, clock, "TRẦN  Văn Đức", "Vũ Thị Mai (HS-8)", "Đỗ Văn Hoà (AS-1)") == []
    assert problems(*hall, clock, "Đỗ Văn Hòa") == [
        ("tac_gia.0.ho_ten", unknown.format(at=at, name="Đỗ Văn Hòa", bare="Đỗ Văn Hòa"))
    ]
    assert problems(*hall, clock, "Trần Văn Đức (AS-1)") == [
        ("tac_gia.0.ho_ten", unknown.format(at=at, name="Trần Văn Đức (AS-1)", bare="Trần Văn Đức"))
    ]


def test_two_of_one_name_are_told_apart_by_their_codes(hall: tuple[Site, World], clock: Clock) -> None:
    assert problems(*hall, clock, "Trần Văn Đức", "Vũ Thị Mai") == [
        (
            "tac_gia.1.ho_ten",
            "“Tác giả – dòng 2 – Họ và tên”: danh sách nhân sự có 2 người tên “Vũ Thị Mai”. "
            "Hãy ghi kèm mã nhân sự của đúng người: Vũ Thị Mai (HS-7), Vũ Thị Mai (HS-8).",
        )
    ]


@pytest.fixture
def filed(hall: tuple[Site, World], clock: Clock) -> Iterator[tuple[Site, World, str]]:
    """An eligible dossier of Hoà's, with two more authors; giamkhao1 is one of them."""
    site, world = hall
    dossier = accepted(site, world, clock, answers=team("Nguyễn Thị Hòa", "Trần Văn Đức", "Đỗ Văn Hòa (AS-1)"))
    with site.database.writing() as session:
        session.get_one(User, world.users["giamkhao1"]).person_id = world.people["far"]
    yield site, world, dossier
    with site.database.writing() as session:
        for table in (Assignment, Conflict):
            session.execute(delete(table))
        session.get_one(User, world.users["giamkhao1"]).person_id = None


def test_what_is_filed_keeps_ids_and_names_and_its_authors_are_parties(filed: tuple[Site, World, str]) -> None:
    site, world, dossier = filed
    with site.database.reading() as session:
        row = session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one()
        version = session.scalars(select(Version).where(Version.dossier_id == row.id)).one()
        parties = session.scalars(select(DossierParty).where(DossierParty.dossier_id == row.id)).all()
        lines = version.answers["tac_gia"]
        assert isinstance(lines, list)
        assert [(p.role, p.person_id, p.name_as_printed) for p in parties] == [
            (PartyRole.NOMINEE, world.people["hoa"], "Nguyễn Thị Hoà"),
            (PartyRole.AUTHOR, world.people["duc"], "Trần Văn Đức"),
            (PartyRole.AUTHOR, world.people["far"], "Đỗ Văn Hòa"),
        ]
        assert [line["ho_ten"]["name"] for line in lines] == ["Nguyễn Thị Hòa", "Trần Văn Đức", "Đỗ Văn Hòa"]
        assert all(len(line["ho_ten"]["id"]) == 24 for line in lines)
        text = plain_text(show(shape(row.definition), version.answers))
        assert "Đỗ Văn Hòa | Viết" in text


def test_an_author_named_in_a_table_is_refused_as_judge_and_the_dossier_is_not_there_for_him(
    filed: tuple[Site, World, str], clock: Clock
) -> None:
    site, world, dossier = filed
    manager = world.actor("phutrach1", "xa1")
    with site.database.writing() as session:
        one, two = (world.user_ids[login] for login in ("giamkhao1", "giamkhao2"))
        with refused("assign-nothing"):
            plan = assigning.plan_by_hand(session, dossiers=[dossier], judges=[one], by=manager, now=clock())
            assert [left.why for left in plan.left_out] == [
                "Người giamkhao1 không được chấm hồ sơ này: là tác giả, thành viên hoặc nhân vật của hồ sơ."
            ]
            assigning.carry_out(session, plan, by=manager, now=clock())
        plan = assigning.plan_by_hand(session, dossiers=[dossier], judges=[two], by=manager, now=clock())
        assigning.carry_out(session, plan, by=manager, now=clock())
        given = session.execute(select(Assignment.judge_id)).scalars().all()
        assert given == [world.users["giamkhao2"]]
        # Even with a row of assignment it does not exist for him.
        row = session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one()
        by = {"assigned_by": world.users["admin"], "assigned_at": clock()}
        session.add(Assignment(dossier_id=row.id, judge_id=world.users["giamkhao1"], place=2, blind=False, **by))
        session.flush()
        session.execute(update(Assignment).values(blind=False))
        seen = {
            login: session.scalars(dossiers(scope_of(session, world.actor(login), local_day(clock())))).all()
            for login in ("giamkhao1", "giamkhao2")
        }
        assert seen == {"giamkhao1": [], "giamkhao2": [row]}


def test_a_blind_judge_reads_no_name_of_an_author_and_the_check_warns_of_one_in_a_text(
    hall: tuple[Site, World], clock: Clock
) -> None:
    site, world = hall
    clerk = Desk(site, world, clock, "vanthu1", "truong1")
    dossier = clerk.start("hoa", track=BLIND)
    answers = team("Trần Văn Đức")
    answers["thanh_tich_chung"] = {"thanh_tich": "Cùng thầy TRẦN VĂN ĐỨC làm kho học liệu."}
    for part, raw in answers.items():
        clerk.save(dossier, part, raw)
    with site.database.reading() as session:
        scope = scope_of(session, clerk.actor, local_day(clock()))
        row = find_dossier(session, scope, dossier)
        found = checking.check(session, site.registry, scope, row)
        form = shape(row.definition)
        assert [(p.field, p.level) for p in found.problems] == [("thanh_tich", "warning")]
        assert "Trần Văn Đức" in found.problems[0].message
        assert "Tác giả: Viết" in plain_text(show(form, found.answers, blind=True))
        assert "Trần Văn Đức" not in plain_text(show(form, found.answers, blind=True))


def test_a_named_line_is_text_on_the_page_in_excel_and_when_pasted() -> None:
    section = Section("nhom", "Nhóm", (TABLE,))
    raw = [{"ho_ten": "Vũ Thị Mai (HS-8)", "viec": "Viết"}]
    bound = section_form(section, {"tac_gia": raw}, complete=True)
    assert bound.problems == []
    assert bound.typed == {"tac_gia": [{"ho_ten": {"id": "", "name": "Vũ Thị Mai (HS-8)"}, "viec": "Viết"}]}
    assert python_value(TABLE, bound.typed["tac_gia"])[0]["ho_ten"].name == "Vũ Thị Mai (HS-8)"  # type: ignore[index,union-attr]
    assert normal(TABLE, raw) == raw  # type: ignore[arg-type]
    assert typed_cell(WHO, shown(WHO, "Vũ Thị Mai (HS-8)")) == "Vũ Thị Mai (HS-8)"
    assert pasted(TABLE, "Vũ Thị Mai (HS-8)\tViết\n") == raw
    long = section_form(section, {"tac_gia": [{"ho_ten": "a" * 301}]})
    assert [p.field for p in long.problems] == ["tac_gia.0.ho_ten"]
