"""A call whose campaign is out while it is judged: scored, closed, published and read from what was stored."""

from __future__ import annotations

import html
import io
import re

import pytest
from docx import Document as WordDocument
from flask import Flask
from python_calamine import CalamineWorkbook

from judging_round import CAMPAIGN, Round
from small_world import Clock, World
from thidua.models import State
from thidua.outbox import Worker
from thidua.services import assigning, closing, reports
from thidua.services.indexing import handlers
from thidua.services.reports import Facts
from thidua.services.site import Site
from web_desk import signed_in


@pytest.fixture
def table(site: Site, world: World, clock: Clock) -> Round:
    """A call in judging; its plugin is not installed, only its definitions are stored."""
    table = Round(site, world, clock)
    assert site.registry.campaign(CAMPAIGN.slug, CAMPAIGN.edition) is None
    return table


def words(app: Flask, login: str, path: str) -> str:
    answer = signed_in(app, login).get(path)
    assert answer.status_code == 200, path
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", answer.get_data(as_text=True))).split())


def download(app: Flask, path: str) -> bytes:
    with signed_in(app, "phutrach1").get(path) as answer:
        return answer.get_data()


def test_scores_results_and_lists_go_on_while_the_campaign_is_out(table: Round, app: Flask) -> None:
    first, second = table.dossiers(2)
    by, at = table.manager, table.clock()
    with table.site.database.writing() as session:
        judges = [table.judges["gk1"], table.judges["gk2"]]
        plan = assigning.plan_by_hand(session, dossiers=[first, second], judges=judges, by=by, now=at)
        assigning.carry_out(session, plan, by=by, now=at)
    assert "Viết về gương sáng" in words(app, "gk1", "/cham")
    sheet = f"/cham/{table.assignment(first, 'gk1')}"
    assert "Người thật, việc thật" in words(app, "gk1", sheet)
    for dossier, content in ((first, "55"), (second, "40")):
        for judge in ("gk1", "gk2"):
            table.sheet(dossier, judge, content, "35")
    call = f"/ket-qua/dot/{table.call_public_id}"
    seen = words(app, "phutrach1", f"{call}/chot/bai-viet")
    assert "2 sẵn sàng 0 chưa sẵn sàng" in seen
    closed = closing.close(table.site, call=table.call_id, track="bai-viet", decisions=(), leaving=False, by=by, now=at)
    with table.site.database.writing() as session:
        published = closing.publish(session, dossiers=[first, second], by=by, now=at)
    assert (closed, published, table.states()) == (2, 2, [State.PUBLISHED, State.PUBLISHED])
    assert [(row.total, row.class_label) for row in table.results(first)] == [("90", "Loại A")]
    assert "Nội dung" in words(app, "phutrach1", f"/ket-qua/ho-so/{first}")
    assert "90/100 điểm · Loại A" in words(app, "vanthu1", f"/ho-so/{first}/xem")
    assert table.code(first) in words(app, "vanthu1", "/ho-so")
    assert table.code(first) in words(app, "phutrach1", call)
    with table.site.database.writing() as session:
        facts = Facts(signers=("TRƯỞNG BAN",))
        issued = reports.ask(
            session, call=table.call_public_id, report="tong_hop", facts=facts, by=by, now=at
        ).public_id
    Worker(table.site.database, handlers(table.site, table.clock), clock=table.clock).drain()
    word, book = (download(app, f"/bao-cao/ban/{issued}/tep.{kind}") for kind in ("docx", "xlsx"))
    grids = WordDocument(io.BytesIO(word)).tables
    assert "Loại A" in [cell.text for grid in grids for row in grid.rows for cell in row.cells]
    read = CalamineWorkbook.from_filelike(io.BytesIO(book))
    lines = [line for name in read.sheet_names for line in read.get_sheet_by_name(name).to_python()]
    assert [55, 90, "Loại A"] in [line[3:6] for line in lines]
    assert table.code(first) in words(app, "vanthu1", f"/tim?q={table.code(first)}")
