"""One achievement, one reward: titles that were filed before, in any form, named with their dossier."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import self_scored_campaign
from conftest import counting
from crawling import fresh_site
from desk import Desk
from self_scored_campaign import SCHOOL, TITLED
from small_world import Clock, World
from thidua.permissions import find_dossier, scope_of
from thidua.services.definitions import all_shapes
from thidua.services.past import RecordedPast
from thidua.services.site import Site
from thidua.services.titles import alike, runs, title_fields
from thidua.times import local_day

FILED = "Kho học liệu số môn Tin học dùng chung"
EARLIER = "Sổ ghi lỗi sai trong dạy đại số lớp 8"


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory, _migrated: Path) -> Iterator[tuple[Site, World, str, str]]:
    """A dossier that was submitted with a title and a table of earlier ones, and a draft of another track."""
    with fresh_site(tmp_path_factory.mktemp("titles"), _migrated, self_scored_campaign) as (site, world):
        clerk = Desk(site, world, Clock(), "vanthu1", "truong1")
        first = clerk.start("hoa", track=TITLED)
        rows = [{"ten": "Kho học liệu", "nam": "2023"}, {"ten": EARLIER, "nam": "2024"}, {"nam": "2025"}]
        clerk.save(first, "thong_tin", {"chuc_vu": "Giáo viên", "ten": FILED, "truoc": rows})
        clerk.save(first, "thanh_tich_chung", {"thanh_tich": "Dạy tốt."})
        clerk.hand_over(first)
        Desk(site, world, Clock(), "hieutruong1", "truong1").submit(first)
        mine = clerk.start("duc", track=SCHOOL)
        clerk.save(mine, "thong_tin", {"ten": FILED})  # a draft's own title is never compared
        yield site, world, first, mine


def found(world: tuple[Site, World, str, str], text: str, least: int, login: str = "vanthu1", of: int = 3):
    site, people, *dossiers = world
    desk = Desk(site, people, Clock(), login, "truong1" if login.endswith("1") else "truong2")
    with site.database.reading() as session:
        own = find_dossier(
            session, scope_of(session, people.actor("vanthu1", "truong1"), local_day(Clock()())), dossiers[of - 2]
        )
        scope = scope_of(session, desk.actor, local_day(Clock()()))
        with counting(site.database) as statements:
            known = RecordedPast(session, scope, own).titled(text, least=least)
        places = {place for form in all_shapes(session).values() for place in title_fields(form)}
    assert len([one for one in statements if "json_extract" in one]) == (len(places) if runs(text) else 0)
    assert len(statements) <= 1 + len(places) + 5
    return [(one.dossier.nominees[0].name, one.dossier.state, one.field, one.percent) for one in known]


def test_the_same_title_is_found_however_it_is_written(filed) -> None:
    same = ("Nguyễn Thị Hoà", "đã nộp", "ten", 100)
    for text in (FILED, FILED.upper(), "kho hoc lieu so – môn “Tin học”, dùng chung."):
        assert found(filed, text, 100) == [same]


def test_nearly_the_same_title_is_found_with_its_share_and_others_are_not(filed) -> None:
    assert found(filed, "Kho học liệu số môn Tin dùng chung", 80) == [("Nguyễn Thị Hoà", "đã nộp", "ten", 95)]
    assert found(filed, "Kho học liệu số môn Tin dùng chung", 96) == []
    assert found(filed, "Kho học liệu số môn Toán cho cụm trường", 80) == []
    assert found(filed, "", 1) == found(filed, "…", 1) == []


def test_a_title_in_a_table_of_another_form_is_found_at_its_column(filed) -> None:
    assert found(filed, EARLIER, 90) == [("Nguyễn Thị Hoà", "đã nộp", "truoc.ten", 100)]


def test_the_dossier_itself_and_what_one_may_not_see_are_not_found(filed) -> None:
    assert found(filed, FILED, 100, of=2) == []
    assert found(filed, FILED, 100, login="vanthu2") == []


def test_alike_is_the_same_both_ways_and_full_only_for_the_same_words() -> None:
    titles = (FILED, EARLIER, "Kho học liệu số", "Số", "")
    for one in titles:
        for other in titles:
            percent = alike(runs(one), runs(other))
            assert percent == alike(runs(other), runs(one))
            assert (percent == 100) == (one == other != "")
