"""What people and chance do wrong while a call is judged, one test a line, over HTTP.

Each looks at the sentence that is said, at the status, and at what is kept: in the database, and on the page of
whoever typed it. LibreOffice missing is ``test_no_office_suite.py``.
"""

from __future__ import annotations

import io
import re
import threading
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from html.parser import HTMLParser

import pytest
from docx import Document as WordDocument
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update
from werkzeug.test import TestResponse

import tiny_campaign
from conftest import csrf_of
from judging_round import CAMPAIGN, Round
from small_world import LONG_AGO, Clock, World, add_person
from thidua.models import Call, Conflict, Dossier, Grant, Membership, Role, Score, Scoresheet, State, User
from thidua.outbox import Worker
from thidua.plugin import hookimpl
from thidua.registry import Registry
from thidua.services import assigning, indexing, recusals, reports
from thidua.services.site import Site
from web_desk import post, signed_in, text_of

FULL = {"noi_dung": "50", "trinh_bay": "30,25", "co_that": "1"}
CLOSING = "/ket-qua/dot/{}/chot/bai-viet"


class Offered:
    """The campaign of the round, installed."""

    @hookimpl
    def thidua_campaigns(self) -> list[object]:
        return [CAMPAIGN]


@cache
def offering() -> Registry:
    """The plugins of every test, and this one."""
    registry = Registry.load(strict=True)
    registry.add(tiny_campaign, "tiny")
    registry.add(Offered(), "thi-viet")
    return registry


@pytest.fixture
def site(site: Site) -> Site:
    return replace(site, registry=offering())


@pytest.fixture
def table(app: Flask, site: Site, world: World, clock: Clock) -> Round:
    return Round(site, world, clock)


@pytest.fixture
def manager(app: Flask, table: Round) -> FlaskClient:
    return signed_in(app, "phutrach1")


@pytest.fixture
def dossier(table: Round) -> str:
    """One blind entry, given to two judges and not scored."""
    return given(table, 1)[0]


@pytest.fixture
def judge(app: Flask, dossier: str) -> FlaskClient:
    return signed_in(app, "gk1")


def given(table: Round, count: int) -> list[str]:
    made = table.dossiers(count)
    with table.site.database.writing() as session:
        chosen = [table.judges["gk1"], table.judges["gk2"]]
        plan = assigning.plan_by_hand(session, dossiers=made, judges=chosen, by=table.manager, now=table.clock())
        assigning.carry_out(session, plan, by=table.manager, now=table.clock())
    return made


def scored(table: Round, count: int) -> list[str]:
    made = given(table, count)
    for one in made:
        for login in ("gk1", "gk2"):
            table.sheet(one, login, "50", "30")
    return made


def send(table: Round, judge: FlaskClient, dossier: str, do: str = "send", **typed: str) -> TestResponse:
    """The sheet as the page sends it."""
    path = f"/cham/{table.assignment(dossier, 'gk1')}"
    points = {f"point:{node}": text for node, text in {**FULL, **typed}.items()}
    return judge.post(path, data={"csrf_token": csrf_of(judge, "/cham"), "_do": do, "comment": "Bài có ý.", **points})


def kept(table: Round) -> tuple[dict[str, str], bool]:
    """The points of the only sheet as they were typed, and whether it is final."""
    with table.site.database.reading() as session:
        sheet = session.scalars(select(Scoresheet)).one()
        return {row.node: row.points for row in session.scalars(select(Score))}, sheet.final_at is not None


class Boxes(HTMLParser):
    """What stands in the boxes of a page, by their names."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.held: dict[str, str] = {}
        self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "input" and "name" in told and (told.get("type") not in ("radio", "checkbox") or "checked" in told):
            self.held[told["name"]] = told.get("value", "")
        self.select = told.get("name", "") if tag == "select" else self.select
        if tag == "option" and "selected" in told and self.select:
            self.held[self.select] = told.get("value", "")


def boxes(answer: TestResponse) -> dict[str, str]:
    """What stands in the boxes of points on a page."""
    held = Boxes(answer.get_data(as_text=True)).held
    return {name[6:]: text for name, text in held.items() if name.startswith("point:")}


# --- points -----------------------------------------------------------------------------------------------------

WRONG = {
    "0,3": "“Trình bày”: 0,3 không theo bước 0,25 điểm. Hãy nhập 0,25 hoặc 0,5.",
    "40,25": "“Trình bày”: 40,25 vượt mức tối đa 40. Hãy nhập số từ 0 đến 40.",
    "-1": "“Trình bày”: −1 nhỏ hơn 0. Hãy nhập số từ 0 đến 40; điểm trừ cũng nhập không kèm dấu trừ.",
    "chín": "“Trình bày”: “chín” không phải là số. Hãy nhập số, ví dụ 9 hoặc 9,5.",
    "": "“Trình bày” chưa được chấm. Hãy nhập số từ 0 đến 40; không có điểm thì nhập 0.",
}


@pytest.mark.parametrize("typed", WRONG)
def test_points_that_are_none_are_said_and_kept(table: Round, judge: FlaskClient, dossier: str, typed: str) -> None:
    answer = send(table, judge, dossier, trinh_bay=typed)
    assert (answer.status_code, WRONG[typed] in answer.get_data(as_text=True)) == (422, True)
    wanted = {node: text for node, text in {**FULL, "trinh_bay": typed}.items() if text}
    assert kept(table) == (wanted, False)
    shown = boxes(answer)
    assert (shown["noi_dung"], shown["trinh_bay"]) == ("50", typed)
    assert "Bài có ý.</textarea>" in answer.get_data(as_text=True)


@pytest.mark.parametrize("typed", ["9,5", "9.5", " 9,50 "])
def test_points_with_a_comma_or_a_dot_are_the_same(table: Round, judge: FlaskClient, dossier: str, typed: str) -> None:
    answer = send(table, judge, dossier, trinh_bay=typed)
    assert answer.status_code == 302
    assert kept(table) == ({**FULL, "trinh_bay": "9,5"}, True)


# --- judges that go ---------------------------------------------------------------------------------------------


def remove(table: Round, dossier: str) -> None:
    with table.site.database.writing() as session:
        one = table.assignment(dossier, "gk1")
        recusals.remove(session, assignment=one, reason="Ốm.", by=table.manager, now=table.clock())


def declare(table: Round, dossier: str) -> None:
    with table.site.database.writing() as session:
        by, now = table.manager, table.clock()
        recusals.declare(session, dossier=dossier, judge=table.judges["gk1"], reason="Họ hàng.", by=by, now=now)


def join_the_school(table: Round, _dossier: str) -> None:
    with table.site.database.writing() as session:
        person = add_person(session, "Phạm Giám Khảo", table.world.units["xa1"], birth=date(1980, 1, 1))
        session.get_one(User, table.world.users["gk1"]).person_id = person.id
        day = table.clock().date() - timedelta(days=1)
        session.add(Membership(person_id=person.id, unit_id=table.world.units["truong1"], valid_from=day))


@pytest.mark.parametrize("goes", [remove, declare, join_the_school], ids=lambda way: way.__name__)
def test_judge_who_goes_in_mid_judging_is_told_and_loses_nothing(
    table: Round, judge: FlaskClient, dossier: str, goes
) -> None:
    assert send(table, judge, dossier, "stay").status_code == 302
    goes(table, dossier)
    answer = send(table, judge, dossier, noi_dung="10")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Hồ sơ này không còn được phân công cho bạn nên phần vừa nhập chưa được lưu." in page
    listed = re.findall(r"<dt>([^<]+)</dt><dd class=\"prose\">([^<]+)</dd>", page)
    assert [text for _, text in listed] == ["10", "30,25", "1", "Bài có ý."]
    assert kept(table) == (FULL, False)  # the sheet stays as it was
    assert "/cham/" not in text_of(judge, "/cham")


def test_sheet_of_a_judge_who_joined_the_school_does_not_count(table: Round, manager: FlaskClient) -> None:
    (dossier,) = scored(table, 1)
    join_the_school(table, dossier)
    page = text_of(manager, CLOSING.format(table.call_public_id))
    assert "Phiếu của Người gk1 không được tính: cùng đơn vị với hồ sơ." in page
    answer = post(manager, CLOSING.format(table.call_public_id), {})
    assert (answer.status_code, "Mới có 1 trên 2 giám khảo." in answer.get_data(as_text=True)) == (409, True)
    assert (table.state(dossier), table.results(dossier)) == (State.JUDGING, [])
    with table.site.database.reading() as session:
        assert session.scalars(select(Conflict)).all() == []
        assert len(session.scalars(select(Score)).all()) == 6


# --- closing ----------------------------------------------------------------------------------------------------


def test_call_closed_while_a_sheet_is_saved(table: Round, manager: FlaskClient, app: Flask) -> None:
    (dossier,) = scored(table, 1)
    judge = signed_in(app, "gk1")
    path = f"/cham/{table.assignment(dossier, 'gk1')}"
    assert judge.post(f"{path}/sua-lai", data={"csrf_token": csrf_of(judge, "/cham")}).status_code == 302
    assert send(table, judge, dossier, noi_dung="50", trinh_bay="30").status_code == 302
    assert post(manager, CLOSING.format(table.call_public_id), {}).status_code == 302
    answer = send(table, judge, dossier, noi_dung="10")
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "Việc chấm hồ sơ này đã chốt nên phiếu không sửa được nữa." in page) == (409, True)
    assert boxes(answer)["noi_dung"] == "10"
    assert "Bài có ý.</textarea>" in page
    again = judge.post(f"{path}/sua-lai", data={"csrf_token": csrf_of(judge, "/cham")})
    told = again.get_data(as_text=True)
    assert (again.status_code, "Chưa sửa lại được" in told, "vẫn còn trong ô" in told) == (409, True, False)
    (result,) = table.results(dossier)
    assert (result.n, result.total) == (1, "80")


def test_two_people_close_at_once(table: Round, app: Flask, world: World) -> None:
    made = scored(table, 2)
    with table.site.database.writing() as session:
        second = {"user_id": world.users["thamdinh1"], "unit_id": world.units["xa1"]}
        session.add(Grant(role=Role.MANAGER, valid_from=LONG_AGO, **second))
    order = {f"thutu-{one}": str(n) for n, one in enumerate(made, start=1)} | {"lydo-0": "Lan tỏa hơn."}
    clients = [signed_in(app, login) for login in ("phutrach1", "thamdinh1")]
    page = CLOSING.format(table.call_public_id)
    tokens = [csrf_of(client) for client in clients]
    start, answers = threading.Barrier(2), []

    def close(client: FlaskClient, token: str) -> None:
        start.wait()
        answers.append(client.post(page, data={"csrf_token": token, **order}))

    threads = [threading.Thread(target=close, args=pair) for pair in zip(clients, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    (refused,) = [answer.get_data(as_text=True) for answer in answers if answer.status_code == 409]
    (who,) = re.findall(r"Người (\w+) vừa chốt loại hồ sơ này\.", refused)
    (result,) = table.results(made[0])
    with table.site.database.reading() as session:
        assert session.get_one(User, result.frozen_by).name == f"Người {who}"
    assert [[(row.n, row.prize_label) for row in table.results(one)] for one in made] == [
        [(1, "Giải Nhất")],
        [(1, "Giải Nhì")],
    ]


def test_number_of_the_call_changed_after_the_first_sheet(
    table: Round, manager: FlaskClient, judge: FlaskClient, dossier: str
) -> None:
    page = f"/quan-tri/dot/{table.call_public_id}/sua"
    fields = Boxes(text_of(manager, page)).held
    assert send(table, judge, dossier, "stay").status_code == 302
    answer = post(manager, page, {**fields, "p-loai_a": "85", "title": "Tên đang gõ"})
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Không đổi được “Điểm loại A”: đã có phiếu chấm trong đợt này" in shown
    typed = Boxes(shown).held
    assert (typed["p-loai_a"], typed["title"]) == ("85", "Tên đang gõ")
    with table.site.database.reading() as session:
        call = session.get_one(Call, table.call_id)
        assert (call.parameters, call.title) == ({}, "Viết về gương sáng 2025")


# --- reports ----------------------------------------------------------------------------------------------------


def issued(table: Round, manager: FlaskClient, key: str) -> tuple[bytes, bytes]:
    """Word and Excel of a report, downloaded."""
    asked = post(manager, f"/bao-cao/dot/{table.call_public_id}/{key}", {"pham-vi": "du-dieu-kien"})
    assert asked.status_code == 303
    handlers = indexing.handlers(table.site, table.clock)
    Worker(table.site.database, {reports.REPORT: handlers[reports.REPORT]}, clock=table.clock).drain()
    path = asked.headers["Location"]
    with manager.get(f"{path}/tep.docx") as word, manager.get(f"{path}/tep.xlsx") as excel:
        return word.data, excel.data


def test_name_of_two_hundred_letters_and_marks_of_markup(table: Round, manager: FlaskClient) -> None:
    names = ["Nguyễn " + "Thị " * 48 + "Hoà", "Trần & <b>Đức</b> ]]>", '=HYPERLINK("x")']
    for one, name in zip(table.dossiers(3), names, strict=True):
        with table.site.database.writing() as session:
            session.execute(update(Dossier).where(Dossier.public_id == one).values(title=name))
    assert len(names[0]) == 202
    word, excel = issued(table, manager, "tong_hop")
    rows = [[cell.text for cell in row.cells] for grid in WordDocument(io.BytesIO(word)).tables for row in grid.rows]
    assert sorted({cell for row in rows for cell in row} & set(names)) == sorted(names)
    cells = CalamineWorkbook.from_filelike(io.BytesIO(excel)).get_sheet_by_index(2).to_python()
    assert sorted({cell for row in cells for cell in row} & set(names)) == sorted(names)
    shown = text_of(manager, f"/bao-cao/dot/{table.call_public_id}/tong_hop")
    assert ("<b>Đức</b>" in shown, names[0] in shown) == (False, True)


def test_report_of_nothing(table: Round, manager: FlaskClient) -> None:
    page = text_of(manager, f"/bao-cao/dot/{table.call_public_id}/giai")
    assert "Báo cáo lập bây giờ sẽ ghi “Không có hồ sơ nào.”" in page
    word, excel = issued(table, manager, "giai")
    assert "Không có hồ sơ nào." in [one.text for one in WordDocument(io.BytesIO(word)).paragraphs]
    book = CalamineWorkbook.from_filelike(io.BytesIO(excel))
    assert book.get_sheet_by_index(0).to_python()[2:] == [["Hạng", "Tác giả", "Giải"]]
