"""Who signs a tờ trình and as what, and what its list says of a nominee."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest
from docx import Document
from sqlalchemy import select

import tiny_campaign
from conftest import refused
from desk import LETTER, Desk, filled
from small_world import LONG_AGO, Clock, World
from thidua.documents.letter import closed
from thidua.documents.nomination import ground
from thidua.errors import NotFound
from thidua.models import Conflict, ConflictKind, Dossier, Grant, Membership, Role, State, Submission
from thidua.permissions import scope_of
from thidua.plugin import LongText, Section, shape_of
from thidua.services import exports, letters, submissions
from thidua.services.site import Site
from thidua.times import local_day


def hand_in(site: Site, world: World, clock: Clock, title: str, key: str = "k1", who: str = "hoa") -> Submission:
    clerk, head = (Desk(site, world, clock, login, "truong1") for login in ("vanthu1", "hieutruong1"))
    dossier = filled(clerk, who)
    clerk.hand_over(dossier)
    letter = replace(LETTER, title=title)
    return submissions.submit(site, dossiers=[dossier], letter=letter, key=key, by=head.actor, now=clock())


def test_the_letter_is_signed_under_the_title_that_was_given(site: Site, world: World, clock: Clock) -> None:
    made = hand_in(site, world, clock, " Giám đốc  Trung tâm ")
    with site.database.reading() as session:
        scope = scope_of(session, world.actor("hieutruong1", "truong1"), local_day(clock()))
        letter = letters.load_letter(session, scope, made.public_id)
        assert (letter.signer_title, letter.signer) == ("Giám đốc Trung tâm", LETTER.signer)
        for paper in (exports.letter_document(letter), exports.list_document(letter)):
            cells = [cell.text for table in Document(io.BytesIO(paper)).tables for cell in table._cells]
            assert any("GIÁM ĐỐC TRUNG TÂM" in text and LETTER.signer in text for text in cells)
            assert not any("HIỆU TRƯỞNG" in text for text in cells)


@pytest.mark.parametrize("title", ["", "  ", "a" * 101])
def test_a_letter_without_a_title_is_not_sent(site: Site, world: World, clock: Clock, title: str) -> None:
    with refused("letter-title"):
        hand_in(site, world, clock, title)
    with site.database.reading() as session:
        assert session.scalars(select(Submission.id)).all() == []


def test_a_letter_dated_after_the_day_it_is_sent_is_not_sent(site: Site, world: World, clock: Clock) -> None:
    clerk, head = (Desk(site, world, clock, login, "truong1") for login in ("vanthu1", "hieutruong1"))
    dossier = filled(clerk, "hoa")
    clerk.hand_over(dossier)
    letter = replace(LETTER, day=date(2026, 3, 11))
    with refused("letter-day-ahead"):
        submissions.submit(site, dossiers=[dossier], letter=letter, key="k", by=head.actor, now=clock())


def test_the_letter_names_its_grounds_and_the_period_once(site: Site, world: World, clock: Clock) -> None:
    made = hand_in(site, world, clock, "Hiệu trưởng")
    with site.database.writing() as session:
        person = session.scalars(select(Membership).where(Membership.person_id == world.people["hoa"])).one()
        person.position = "Tổ trưởng"
    with site.database.reading() as session:
        scope = scope_of(session, world.actor("hieutruong1", "truong1"), local_day(clock()))
        letter = letters.load_letter(session, scope, made.public_id)
        said = [one.text for one in Document(io.BytesIO(exports.letter_document(letter))).paragraphs if one.text]
        (nominee,) = exports.letter_of(letter).nominees
    basis = tiny_campaign.CAMPAIGN.basis
    assert said[1] == "Về việc đề nghị khen thưởng trong Thi đua nhỏ năm học 2025-2026"
    assert said[3 : 3 + len(basis)] == closed([ground(one.number, one.date, one.issuer) for one in basis])
    assert nominee.position == "Tổ trưởng, Trường Tiểu học Hoa Sen"


def test_a_number_given_twice_in_a_year_is_noticed(site: Site, world: World, clock: Clock) -> None:
    made = [hand_in(site, world, clock, "Hiệu trưởng", key, who).public_id for key, who in (("a", "hoa"), ("b", "duc"))]
    with site.database.reading() as session:
        scope = scope_of(session, world.actor("hieutruong1", "truong1"), local_day(clock()))
        last = letters.load_letter(session, scope, made[1])
        assert [one.public_id for one in letters.of_same_number(session, scope, last)] == made[:1]
        last.day = date(2027, 1, 2)
        assert letters.of_same_number(session, scope, last) == []


def test_a_letter_says_nothing_of_what_is_hidden(site: Site, world: World, clock: Clock) -> None:
    clerk, head = (Desk(site, world, clock, login, "truong1") for login in ("vanthu1", "hieutruong1"))
    told, kept = filled(clerk, "hoa"), filled(clerk, "duc")
    for dossier in (told, kept):
        clerk.hand_over(dossier)
    letter = head.submit(told, kept).public_id

    def readers() -> list[str]:
        found = []
        with site.database.reading() as session:
            for login in ("vanthu1", "thamdinh1", "phutrach1", "thamdinh2", "tracuu"):
                with suppress(NotFound):
                    letters.load_letter(session, scope_of(session, world.actor(login), local_day(clock())), letter)
                    found.append(login)
        return found

    assert readers() == ["vanthu1", "thamdinh1", "phutrach1"]
    with site.database.writing() as session:
        rows = {row.public_id: row for row in session.scalars(select(Dossier))}
        rows[told].state = State.PUBLISHED  # known to readers, one of whom appraises at another office
        facts = {"role": Role.READER, "unit_id": world.units["so"], "valid_from": LONG_AGO}
        session.add(Grant(user_id=world.users["thamdinh2"], **facts))
        noted = {"noted_by": world.users["phutrach1"], "noted_at": clock()}
        user_id = world.users["thamdinh1"]
        session.add(Conflict(dossier_id=rows[kept].id, user_id=user_id, kind=ConflictKind.DECLARED, **noted))
    assert readers() == ["vanthu1", "phutrach1"]


@pytest.mark.parametrize(
    ("number", "named"),
    [
        ("258/KH-UBND", "Kế hoạch số 258/KH-UBND"),
        ("152/2025/NĐ-CP", "Nghị định số 152/2025/NĐ-CP"),
        ("29/2023/TT-BGDĐT", "Thông tư số 29/2023/TT-BGDĐT"),
        ("3282/BGDĐT-TĐKT", "Công văn số 3282/BGDĐT-TĐKT"),
        ("12/TTr-UBND", "Tờ trình số 12/TTr-UBND"),
        ("05/BB-HĐTĐ", "Biên bản số 05/BB-HĐTĐ"),
        ("33/VBHN-VPQH", "Văn bản hợp nhất số 33/VBHN-VPQH"),
        ("06/2022/QH15", "Luật số 06/2022/QH15"),
        ("Nghị quyết số 31/2026/QH16", "Nghị quyết số 31/2026/QH16"),
    ],
)
def test_a_ground_is_called_what_its_sign_says(number: str, named: str) -> None:
    assert ground(number, date(2025, 6, 4), "Chính phủ") == f"Căn cứ {named} ngày 04 tháng 6 năm 2025 của Chính phủ"


def test_the_next_letter_begins_with_the_title_of_the_last(site: Site, world: World, clock: Clock) -> None:
    def last(login: str, unit: str) -> str:
        with site.database.reading() as session:
            return letters.last_title(session, scope_of(session, world.actor(login, unit), local_day(clock())))

    assert last("hieutruong1", "truong1") == ""
    hand_in(site, world, clock, "Quyền Hiệu trưởng")
    hand_in(site, world, clock, "Hiệu trưởng", "k2", "duc")
    assert last("hieutruong1", "truong1") == "Hiệu trưởng"
    assert (last("hieutruong2", "truong2"), last("thamdinh1", "xa1")) == ("", "")


def test_the_list_tells_what_was_done_and_not_who_it_is(site: Site, world: World, clock: Clock) -> None:
    """The long answers, wherever they stand in the form: no section is left out for its place."""
    made = hand_in(site, world, clock, "Hiệu trưởng")
    with site.database.reading() as session:
        scope = scope_of(session, world.actor("hieutruong1", "truong1"), local_day(clock()))
        (nominee,) = exports.letter_of(letters.load_letter(session, scope, made.public_id)).nominees
    assert nominee.summary == "Thành tích: Dạy tốt, học tốt."


def test_the_list_prints_the_summary_that_a_form_asks_for_whole() -> None:
    track = tiny_campaign.CAMPAIGN.tracks[0]
    summary = LongText("tom_tat", "Tóm tắt thành tích", max_words=150)
    asking = replace(track, form=(*track.form, Section("tom_tat_chung", "Tóm tắt", (summary,))))
    form = shape_of(replace(tiny_campaign.CAMPAIGN, tracks=(asking,)), asking)
    words = "mười chữ " * 70
    assert exports.summary_of(form, {"thanh_tich": "Dài", "tom_tat": words}) == words
    assert exports.summary_of(form, {"thanh_tich": "Dạy tốt."}).startswith("Thành tích: Dạy tốt.")
