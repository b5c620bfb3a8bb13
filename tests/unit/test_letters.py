"""Who signs a tờ trình and as what, and what its list says of a nominee."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from docx import Document
from sqlalchemy import select

from conftest import refused
from desk import LETTER, Desk, filled
from small_world import Clock, World
from thidua.models import Submission
from thidua.permissions import scope_of
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
