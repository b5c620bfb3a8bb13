"""Answers carried over from the unit's last dossier of the campaign, marked until somebody changes them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select

import all_kinds
import tiny_campaign
from conftest import serve
from crawling import fresh_site
from desk import Desk, refused
from small_world import NOW, Clock, World
from thidua.models import Call, Dossier
from thidua.plugin import Campaign, Choice, LongText, Rows, Section, Text, YesNo, hookimpl
from thidua.services import definitions, reuse
from thidua.services.site import Site
from thidua.services.working import raw_values
from web_desk import page_fields, post, signed_in, text_of

LATER_FIELDS = tuple(
    LongText(one.key, one.label)
    if one.key == "ngan"  # another kind under the same key
    else dataclasses.replace(one, options=one.options[1:])
    if one.key == "nhieu" and isinstance(one, Choice)
    else dataclasses.replace(one, columns=(Text("nam", "Năm học"), *one.columns[1:4], Text("moi", "Cột mới")))
    if isinstance(one, Rows)
    else dataclasses.replace(one, identifying=True)
    if one.key == "nguoi"
    else one
    for one in all_kinds.FIELDS
)
PLEDGE = YesNo("cam_ket", "Cam kết đúng sự thật", required=True)
SECTIONS = (Section("moi_kieu", "Mọi kiểu ô", (*LATER_FIELDS, PLEDGE)), all_kinds.TRACK.form[1])
EARLIER = dataclasses.replace(
    all_kinds.CAMPAIGN,
    tracks=(
        dataclasses.replace(
            all_kinds.TRACK,
            form=(Section("moi_kieu", "Mọi kiểu ô", (*all_kinds.FIELDS, PLEDGE)), all_kinds.TRACK.form[1]),
        ),
    ),
)
LATER = dataclasses.replace(
    all_kinds.CAMPAIGN, edition="2", tracks=(dataclasses.replace(all_kinds.TRACK, form=SECTIONS),)
)
OLD = {
    "ngan": "Tổ trưởng",
    "dai": "Nhiều dòng",
    "so": "12",
    "mot": "do",
    "nhieu": ["do", "xanh"],
    "nguoi": {"id": "p1", "name": "Trần Văn Đức"},
    "viec": "Câu không còn được hỏi",  # left behind when the answer it hangs on was changed
    "cam_ket": "yes",  # a pledge is given anew
    "bang": [{"nam": "2023-2024", "chi_tieu": "Giỏi", "dat": "95", "vuot": "yes", "ghi": "x"}],
}
CARRIED = {
    "dai": "Nhiều dòng",
    "mot": "do",
    "nhieu": ["xanh"],
    "nguoi": {"id": "p1", "name": "Trần Văn Đức"},
    "bang": [{"chi_tieu": "Giỏi", "dat": "95", "vuot": "yes"}],
    "gi_do": "Phần sau",
}


@hookimpl
def thidua_campaigns() -> list[Campaign]:
    """Both editions."""
    return [EARLIER, LATER]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, _migrated: Path) -> Iterator[tuple[Site, World, Flask, int, int]]:
    """A site with a dossier of the first edition filed, and a call of the second one open."""
    with fresh_site(tmp_path_factory.mktemp("reuse"), _migrated, tiny_campaign) as (site, world):
        site.registry.add(SimpleNamespace(thidua_campaigns=thidua_campaigns), "kinds")
        with site.database.writing() as session:
            definitions.settle(session, site.registry, NOW)
            call = session.get_one(Call, world.call_id)
            call.slug, call.edition = "moi-kieu", "1"
            kept = {c.key: getattr(call, c.key) for c in Call.__table__.columns if c.key not in ("id", "public_id")}
            later = Call(**{**kept, "edition": "2", "title": "Đợt sau"})
            session.add(later)
            session.flush()
            numbers = (call.id, later.id)
        yield site, world, serve(site, Clock(NOW + timedelta(seconds=17))), *numbers


def clerk(town, number: int) -> Desk:
    """The first school's clerk, starting in that call."""
    site, world, *calls = town[0], town[1], *town[3:]
    with site.database.reading() as session:
        public_id = session.get_one(Call, calls[number]).public_id
    return Desk(site, dataclasses.replace(world, call_public_id=public_id), Clock(), "vanthu1", "truong1")


def filed(town, key: str, **changes: object) -> str:
    desk = clerk(town, 0)
    dossier = desk.start(key)
    desk.save(dossier, "moi_kieu", {**OLD, **changes})
    desk.save(dossier, "them", {"gi_do": "Phần sau"})
    with desk.site.database.writing() as session:
        row = session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one()
        row.filed = 1  # what was filed once: the rest of filing is told elsewhere
        return str(row.code)


def stands(town, dossier: str) -> dict[str, object]:
    with town[0].database.reading() as session:
        return raw_values(session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one())


def test_what_fits_is_carried_over_marked_and_the_mark_goes_with_the_first_change(town) -> None:
    code = filed(town, "hoa")
    other = filed(town, "duc", dai="Của người khác")
    desk, client = clerk(town, 1), signed_in(town[2], "vanthu1")
    dossier = desk.start("hoa")
    desk.save(dossier, "moi_kieu", {"so": "99"})
    strange = clerk(town, 1).start("duc")
    assert "Hồ sơ ấy không phải của Trần Văn Đức" not in text_of(client, f"/ho-so/{strange}")
    hub = text_of(client, f"/ho-so/{dossier}")
    assert code != other
    assert f"Hồ sơ {code} (Nguyễn Thị Hoà, Thi đua nhỏ năm học 2025-2026) có 6 mục điền lại được" in hub
    assert post(client, f"/ho-so/{dossier}/lay-lai").status_code == 302
    assert stands(town, dossier) == {**CARRIED, "so": "99"}
    hub = text_of(client, f"/ho-so/{dossier}")
    assert f"Đã điền sẵn 6 mục từ hồ sơ {code}." in hub
    assert "Lấy lại từ hồ sơ trước" not in hub
    page = text_of(client, f"/ho-so/{dossier}/phan/moi_kieu")
    assert page.count(f"Điền sẵn từ hồ sơ {code}; hãy kiểm tra lại.") == 5
    typed = {**page_fields(page), "dai": "Viết lại", "_do": "stay"}
    assert post(client, f"/ho-so/{dossier}/phan/moi_kieu", typed).status_code == 302
    with town[0].database.reading() as session:
        row = session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one()
        assert reuse.prefilled(row) == dict.fromkeys(("mot", "nhieu", "nguoi", "bang", "gi_do"), code)


def test_without_a_dossier_of_that_person_the_newest_of_the_unit_is_taken(town) -> None:
    filed(town, "duc", dai="Bản mới nhất")
    desk = clerk(town, 1)
    dossier = desk.start("hoa")
    with desk.site.database.writing() as session:
        for row in session.scalars(select(Dossier).where(Dossier.title == "Nguyễn Thị Hoà", Dossier.filed > 0)):
            row.filed = 0
    with desk.site.database.writing() as session:
        _, count = reuse.carry_over(session, dossier=dossier, by=desk.actor, now=desk.clock())
    now = stands(town, dossier)
    assert (count, now["dai"], now["gi_do"]) == (6, "Bản mới nhất", "Phần sau")
    assert {"nguoi", "cam_ket"} & now.keys() == set()  # neither who that was nor what was pledged
    said = text_of(signed_in(town[2], "vanthu1"), f"/ho-so/{dossier}/kiem-tra")
    assert "Còn nguyên như khi lấy lại từ hồ sơ HS-2026-" in said
    with desk.site.database.writing() as session, refused("reuse-nothing"):
        reuse.carry_over(session, dossier=dossier, by=desk.actor, now=desk.clock())


def test_another_school_is_offered_nothing_and_may_take_nothing(town) -> None:
    filed(town, "hoa")
    dossier = clerk(town, 1).start("hoa")
    stranger = signed_in(town[2], "vanthu2")
    assert post(stranger, f"/ho-so/{dossier}/lay-lai").status_code == 404
    head = signed_in(town[2], "hieutruong1")
    assert post(head, f"/ho-so/{dossier}/lay-lai").status_code == 403
    site, world = town[0], town[1]
    with site.database.reading() as session:
        public_id = session.get_one(Call, town[4]).public_id
    theirs = Desk(site, dataclasses.replace(world, call_public_id=public_id), Clock(), "vanthu2", "truong2")
    own = theirs.start("thuy")
    assert not re.search("Lấy lại từ hồ sơ trước", text_of(stranger, f"/ho-so/{own}"))
    with site.database.writing() as session, refused("reuse-nothing"):
        reuse.carry_over(session, dossier=own, by=theirs.actor, now=theirs.clock())
