"""The menu shows each role its places of work, and every way it shows is open."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from small_world import World
from thidua.permissions import ROOMS
from thidua.web.navigation import ENTRIES
from web_desk import signed_in, text_of

EVERYBODY = ["Việc cần làm", "Tra cứu"]
SCHOOL = ["Hồ sơ", "Tờ trình", "Cán bộ"]
SITE = ["Tài khoản", "Đơn vị", "Nhập từ Excel", "Phong trào", "Tình trạng", "Nhật ký"]
WORK = {
    "vanthu1": SCHOOL,
    "hieutruong1": SCHOOL,
    "thamdinh1": ["Thẩm định"],
    "phutrach1": ["Thẩm định", "Chấm và kết quả", "Báo cáo", "Đợt"],
    "giamkhao1": ["Chấm điểm"],
    "admin": ["Đợt", *SITE],
    "tracuu": [],
}


def test_rooms_and_entries_know_each_other() -> None:
    assert {entry.room for entry in ENTRIES if entry.room} == set(ROOMS)


@pytest.mark.parametrize("login", WORK)
def test_the_menu_holds_what_one_works_with_and_every_way_is_open(app: Flask, world: World, login: str) -> None:
    client = signed_in(app, login)
    page = text_of(client, "/")
    nav = re.search(r'<nav class="rail".*?</nav>', page, re.S)
    assert nav is not None
    named = {label: url for url, label in re.findall(r'<a href="([^"]+)".*?<span>([^<]+)</span>', nav[0], re.S)}
    wanted = set(EVERYBODY) | set(WORK[login])
    assert set(named) == wanted
    assert {label: client.get(url).status_code for label, url in named.items()} == dict.fromkeys(wanted, 200)
