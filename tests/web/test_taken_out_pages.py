"""A campaign taken out and brought back while people work: pages, ZIP files, judges and self-scored tracks.

What was filed is read from what was stored, so every page of it says the same with the plugin and without.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask

import self_scored_campaign
from conftest import serve
from crawling import fresh_site
from desk import word_file
from judging_round import CAMPAIGN, Round
from small_world import NOW, Clock, World
from thidua.models import Call, State
from thidua.plugin import Campaign, hookimpl
from thidua.registry import Registry
from thidua.services import closing, definitions
from thidua.services.site import Site
from unit.test_self_sheets import FULL, OFFICE, People
from web_desk import post, signed_in, text_of


@hookimpl
def thidua_campaigns() -> list[Campaign]:
    return [CAMPAIGN]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, _migrated: Path) -> Iterator[tuple[People, Flask, Flask]]:
    """A site in which schools score themselves, served with the campaign and without it."""
    with fresh_site(tmp_path_factory.mktemp("out"), _migrated, self_scored_campaign) as (site, world):
        without = replace(site, registry=Registry.load(strict=True))
        # Its users are not those of other tests, whose cookies are kept by login and instant.
        clock = Clock(NOW + timedelta(seconds=23))
        yield People((site, world)), serve(site, clock), serve(without, clock)


def words(app: Flask, login: str, path: str) -> str:
    """What people read on the page at ``path``."""
    main = text_of(signed_in(app, login), path).partition("<main")[2]
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", main)).split())


def archive(app: Flask, login: str, path: str) -> dict[str, bytes]:
    """The files of the ZIP at ``path`` by name."""
    with signed_in(app, login).get(path) as answer:
        assert answer.status_code == 200
        with zipfile.ZipFile(io.BytesIO(answer.get_data())) as opened:
            assert opened.testzip() is None
            return {name: opened.read(name) for name in opened.namelist()}


def test_the_zip_of_a_version_is_the_same_without_the_plugin(town: tuple[People, Flask, Flask]) -> None:
    people, with_it, without = town
    dossier = people.filed()
    path = f"/ho-so/{dossier}/ban/1/zip"
    expected, found = archive(with_it, "vanthu1", path), archive(without, "vanthu1", path)
    assert sorted(found) == sorted(expected)
    same = [name for name in expected if not name.endswith((".docx", ".html"))]  # those carry the hour of their making
    assert {name: found[name] for name in same} == {name: expected[name] for name in same}
    assert any("bao_cao" in name or "Báo cáo" in name for name in found)
    assert {name: len(found[name]) > 0 for name in found} == dict.fromkeys(expected, True)


def test_a_self_scored_dossier_is_scored_closed_and_read_without_the_plugin(
    town: tuple[People, Flask, Flask],
) -> None:
    people, with_it, without = town
    dossier, site = people.filed(), people.site
    people.office.take_up(dossier)
    address, office = f"/tham-dinh/{dossier}/cham", signed_in(without, "thamdinh1")
    page = text_of(office, address)
    assert re.findall(r"Trường tự chấm:</span> <strong>([^<]+)", page) == ["Đạt", "6,5", "7"]
    refused = post(office, address, {"point:lms": "5,3", "_do": "send"})
    assert refused.status_code == 422
    assert "5,3 không theo bước 0,5 điểm" in refused.get_data(as_text=True)
    typed = {f"point:{key}": value for key, value in OFFICE.items()}
    assert post(office, address, {**typed, "_do": "send"}).status_code == 302
    for login, path in (
        ("thamdinh1", address),
        ("thamdinh1", f"/tham-dinh/{dossier}"),
        ("vanthu1", f"/ho-so/{dossier}/xem"),
        ("hieutruong1", f"/ho-so/{dossier}"),
    ):
        assert words(without, login, path) == words(with_it, login, path), path
    people.accept(dossier)
    out = replace(site, registry=Registry.load(strict=True))
    by, at = people.manager.actor, NOW
    track, call = self_scored_campaign.SCHOOL, people.world.call_id
    with site.database.writing() as session:
        session.get_one(Call, call).unit_id = people.world.units["xa1"]
    assert closing.close(out, call=call, track=track, decisions=(), leaving=True, by=by, now=at) == 1
    with site.database.writing() as session:
        assert closing.publish(session, dossiers=[dossier], by=by, now=at) == 1
    assert people.clerk.state(dossier) is State.PUBLISHED
    for login, path in (("phutrach1", f"/ket-qua/ho-so/{dossier}"), ("vanthu1", f"/ho-so/{dossier}/xem")):
        read = words(without, login, path)
        assert read == words(with_it, login, path), path
        assert "Mức 2" in read


def test_a_draft_is_typed_on_while_the_plugin_is_out_and_handed_over_when_it_is_back(
    town: tuple[People, Flask, Flask],
) -> None:
    people, with_it, without = town
    dossier = people.draft()
    people.clerk.attach(dossier, word_file("Báo cáo"))
    address, check = f"/ho-so/{dossier}/tu-cham", f"/ho-so/{dossier}/kiem-tra"
    typed = {f"point:{key}": value for key, value in FULL.items()}
    clerk = signed_in(without, "vanthu1")
    assert post(clerk, address, {**typed, "_do": "hub"}).status_code == 302
    paused = "Bộ quy tắc của “Đánh giá nhà trường” đang tạm dừng nên chưa kiểm tra và gửi hồ sơ được."
    assert words(without, "vanthu1", check).count(paused) == 1
    said_first = "“Đánh giá nhà trường” đang tạm dừng. Nội dung điền vào vẫn được lưu, nhưng chưa kiểm tra và gửi"
    for place in ("", "/phan/thanh_tich_chung", "/tai-lieu", "/tu-cham"):
        shown = [words(app, "vanthu1", f"/ho-so/{dossier}{place}").count(said_first) for app in (without, with_it)]
        assert shown == [1, 0], place
    refused = post(clerk, f"/ho-so/{dossier}/trinh")
    assert (refused.status_code, people.clerk.state(dossier)) == (422, State.DRAFT)
    back = signed_in(with_it, "vanthu1")
    assert 'name="point:lms" value="6.5"' in text_of(back, address)
    assert paused not in words(with_it, "vanthu1", check)
    assert post(back, f"/ho-so/{dossier}/trinh").status_code == 302
    assert people.clerk.state(dossier) is State.AWAITING


def test_a_plugin_brought_back_in_the_middle_of_judging_changes_nothing(site: Site, world: World, clock: Clock) -> None:
    table = Round(site, world, clock)
    dossier, other = table.dossiers(2)
    table.seat([dossier, other], "gk1", "gk2")
    registry = Registry.load(strict=True)
    registry.add(SimpleNamespace(thidua_campaigns=thidua_campaigns), "viet-guong")
    clock.forward(seconds=29)  # its users are not those of other tests
    out, back = serve(site, clock), serve(replace(site, registry=registry), clock)

    def hand_in(app: Flask, judge: str, which: str, content: str) -> int:
        typed = {"point:noi_dung": content, "point:trinh_bay": "35", "point:co_that": "1", "_do": "send"}
        return post(signed_in(app, judge), f"/cham/{table.assignment(which, judge)}", typed).status_code

    assert [hand_in(out, "gk1", one, "55") for one in (dossier, other)] == [302, 302]
    half_way = {
        ("gk1", f"/cham/{table.assignment(dossier, 'gk1')}"),
        ("gk2", f"/cham/{table.assignment(dossier, 'gk2')}"),
        ("phutrach1", f"/ket-qua/dot/{table.call_public_id}"),
        ("phutrach1", f"/ket-qua/ho-so/{dossier}"),
    }
    before = {place: words(out, *place) for place in half_way}
    with site.database.writing() as session:
        definitions.settle(session, registry, clock())
    assert "viet-guong" not in registry.broken
    assert {place: words(back, *place) for place in half_way} == before
    assert [hand_in(back, "gk2", one, points) for one, points in ((dossier, "54"), (other, "40"))] == [302, 302]
    by, at = table.manager, clock()
    served = replace(site, registry=registry)
    closed = closing.close(served, call=table.call_id, track="bai-viet", decisions=(), leaving=False, by=by, now=at)
    assert (closed, table.states()) == (2, [State.SCORED, State.SCORED])
    assert [(row.total, row.class_label) for row in table.results(dossier)] == [("179/2", "Loại A")]
    explained = words(out, "phutrach1", f"/ket-qua/ho-so/{dossier}")
    assert explained == words(back, "phutrach1", f"/ket-qua/ho-so/{dossier}")
    assert "89,5" in explained
