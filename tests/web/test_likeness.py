"""The page of shared passages: both sides shown, each reader in their own scope, equal statements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

import tiny_campaign
from altered import altered_site
from conftest import counting, serve
from desk import Desk, filled
from small_world import World
from thidua.outbox import Worker
from thidua.plugin import DossierSnapshot, Originality, Past, Problem, count_words
from thidua.services.indexing import handlers
from thidua.services.site import Site
from web_desk import signed_in, text_of

TOLD = (
    "Mỗi tối cô Nhài lội bộ ba cây số vào xóm bãi dạy chữ cho mười một đứa trẻ vạn đò. "
    "Mùa nước lên, lớp học dời lên gác chợ, cô kê ván làm bàn và xin điện của trạm bơm."
)
OWN = "Ông Lục sửa xe đạp ở đầu ngõ, chiều nào cũng vá săm không lấy tiền cho học sinh."
SHARE = 100 * count_words(TOLD) // count_words(f"{OWN} {TOLD}")
SIDES = re.compile(r'<h4>([^<]+)</h4><p class="prose">([^<]*)</p>')
SHARES = re.compile(r"Giống (\d+) %")


def counts_others(dossier: DossierSnapshot, past: Past) -> Iterator[Problem]:
    """How many dossiers of the campaign the asker may know of."""
    yield Problem("", f"Biết {len(past.dossiers(dossier.slug))} hồ sơ khác.", "warning")


TRACK = replace(tiny_campaign.PERSON, originality=(Originality("thanh_tich", 40),), checks=(counts_others,))
CAMPAIGN = replace(tiny_campaign.CAMPAIGN, tracks=(TRACK, tiny_campaign.GROUP))


@pytest.fixture
def site(settings, database) -> Iterator[Site]:
    with altered_site(settings, database, CAMPAIGN) as site:
        yield site


@pytest.fixture
def app(site, clock) -> Flask:
    return serve(site, clock)


def file(site: Site, world: World, clock, school: int, key: str, text: str, *, filing: bool = True) -> str:
    clerk = Desk(site, world, clock, f"vanthu{school}", f"truong{school}")
    dossier = filled(clerk, key)
    clerk.save(dossier, "thanh_tich_chung", {"thanh_tich": text})
    if filing:
        clerk.hand_over(dossier)
        Desk(site, world, clock, f"hieutruong{school}", f"truong{school}").submit(dossier, key=dossier)
    Worker(site.database, handlers(site), clock=clock).drain()
    return dossier


def test_the_office_reads_both_passages_and_the_school_is_told_of_its_own_alone(app, site, world, clock) -> None:
    file(site, world, clock, 2, "thuy", TOLD)
    dossier = file(site, world, clock, 1, "hoa", f"{OWN} {TOLD}")
    page = text_of(signed_in(app, "thamdinh1"), f"/ho-so/{dossier}/trung-lap")
    assert SHARES.findall(page) == [str(SHARE)]
    assert SIDES.findall(page) == [("Hồ sơ này", TOLD.rstrip(".")), ("HS-2026-000001", TOLD.rstrip("."))]
    assert "Biết 1 hồ sơ khác." in page
    own = text_of(signed_in(app, "vanthu1"), f"/ho-so/{dossier}/trung-lap")
    assert SHARES.findall(own) == []
    assert "Không có đoạn nào đáng kể giống hồ sơ khác." in own
    assert "Biết" not in own


def test_a_draft_is_compared_as_it_is_typed_and_warned_of_when_checked(app, site, world, clock) -> None:
    file(site, world, clock, 1, "duc", TOLD)
    draft = file(site, world, clock, 1, "hoa", f"{OWN} {TOLD}", filing=False)
    clerk = signed_in(app, "vanthu1")
    assert SHARES.findall(text_of(clerk, f"/ho-so/{draft}/trung-lap")) == [str(SHARE)]
    said = f"“Thành tích” giống {SHARE} % với hồ sơ HS-2026-000001 (Trần Văn Đức, Trường Tiểu học Hoa Sen"
    assert said in text_of(clerk, f"/ho-so/{draft}/kiem-tra")


def test_who_may_compare(app, site, world, clock) -> None:
    dossier = file(site, world, clock, 1, "hoa", TOLD)
    wanted = {"thamdinh1": 200, "thamdinh2": 404, "vanthu2": 404, "tracuu": 404, "admin": 404}
    found = {login: signed_in(app, login).get(f"/ho-so/{dossier}/trung-lap").status_code for login in wanted}
    assert found == wanted


def test_the_page_costs_the_same_whatever_is_found(app, site, world, clock) -> None:
    dossier = file(site, world, clock, 1, "hoa", TOLD)
    office, found = signed_in(app, "thamdinh1"), []
    for others in (1, 3):
        for number in range(others):
            file(site, world, clock, 2, "thuy", f"{number} {TOLD}")
        with counting(site.database) as statements:
            page = text_of(office, f"/ho-so/{dossier}/trung-lap")
        found.append((len(SHARES.findall(page)), len(statements)))
    (first, cost), (second, same) = found
    assert (first, second) == (1, 4)
    assert cost == same
