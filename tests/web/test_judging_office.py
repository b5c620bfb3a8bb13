"""The pages on which an office assigns judges, follows them, closes, publishes and reopens."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from conftest import counting
from judging_round import Round
from small_world import Clock, World
from thidua.errors import say
from thidua.models import State
from thidua.services import assigning
from thidua.services.site import Site
from web_desk import post, signed_in, text_of


@pytest.fixture
def table(app: Flask, site: Site, world: World, clock: Clock) -> Round:
    return Round(site, world, clock)


@pytest.fixture
def manager(app: Flask, table: Round) -> FlaskClient:
    return signed_in(app, "phutrach1")


def judged(table: Round, *scores: tuple[str, str]) -> list[str]:
    made = table.dossiers(len(scores))
    with table.site.database.writing() as session:
        chosen = [table.judges["gk1"], table.judges["gk2"]]
        plan = assigning.plan_by_hand(session, dossiers=made, judges=chosen, by=table.manager, now=table.clock())
        assigning.carry_out(session, plan, by=table.manager, now=table.clock())
    for dossier, (content, form) in zip(made, scores, strict=True):
        table.sheet(dossier, "gk1", content, form)
        table.sheet(dossier, "gk2", content, form)
    return made


def closing_page(table: Round) -> str:
    return f"/ket-qua/dot/{table.call_public_id}/chot/bai-viet"


def test_rule_is_previewed_and_then_done(manager: FlaskClient, table: Round) -> None:
    made = table.dossiers(3)
    page = f"/ket-qua/dot/{table.call_public_id}/phan-cong"
    picked = f"giamkhao={table.judges['gk1']}&giamkhao={table.judges['gk2']}"
    shown = text_of(manager, f"{page}?xem=1&{picked}")
    assert "3 hồ sơ sẽ được phân công" in shown
    assert "Người gk1: 3 hồ sơ · Người gk2: 3 hồ sơ" in shown
    unknown = shown.count("chưa rõ người trong danh bạ")  # the lead may ask who they are
    assert unknown == shown.count('type="checkbox" name="giamkhao"') > 0
    mark = re.search(r'name="mark" value="([0-9a-f]+)"', shown)
    assert mark is not None
    data = {"giamkhao": [table.judges["gk1"], table.judges["gk2"]], "mark": mark[1]}
    assert post(manager, page, data).status_code == 302
    assert [[login for _, login, _ in sorted(table.sitting(one))] for one in made] == [["gk1", "gk2"]] * 3
    again = post(manager, page, data)
    assert (again.status_code, "Tình hình đã thay đổi" in again.get_data(as_text=True)) == (409, True)
    table.is_person("gk1", "hoa")
    assert text_of(manager, page).count("chưa rõ người trong danh bạ") == unknown - 1


def test_chosen_dossiers_are_given_by_hand_and_what_is_left_out_is_said(manager: FlaskClient, table: Round) -> None:
    mine, other = table.dossiers(2)
    table.party(mine, "thuy")
    table.is_person("gk1", "thuy")
    page = (
        f"/ket-qua/dot/{table.call_public_id}/phan-cong?xem=1&hoso={mine}&hoso={other}&giamkhao={table.judges['gk1']}"
    )
    shown = text_of(manager, page)
    assert "1 hồ sơ sẽ được phân công" in shown
    assert f"{table.code(mine)}): Người gk1 không được chấm hồ sơ này: là người được đề nghị." in shown


def test_dossier_page_shows_sheets_side_by_side_and_calls_the_third(manager: FlaskClient, table: Round) -> None:
    (dossier,) = judged(table, ("50", "40"))
    table.sheet(dossier, "gk2", "30,5", "40")
    shown = text_of(manager, f"/ket-qua/ho-so/{dossier}")
    assert "Chênh lệch 19,5 điểm, mức cho phép là 15" in shown
    row = re.search(r'depth-1">Nội dung.*?</tr>', shown, re.S)
    assert row is not None
    assert re.findall(r'<td class="num">(.*?)</td>', row[0]) == ["50", "30,5", "40,25"]
    gate = re.search(r'depth-1">Người thật, việc thật.*?</tr>', shown, re.S)
    assert gate is not None
    assert re.findall(r'<td class="num">(.*?)</td>', gate[0]) == ["Đạt", "Đạt", "Đạt"]
    assert post(manager, f"/ket-qua/ho-so/{dossier}/giam-khao", {"_do": "third"}).status_code == 302
    assert sorted(table.sitting(dossier))[-1] == (3, "giamkhao1", "")


def test_removing_a_judge_needs_a_reason_which_is_asked_for_at_its_place(manager: FlaskClient, table: Round) -> None:
    (dossier,) = judged(table, ("50", "40"))
    one = table.assignment(dossier, "gk1")
    path = f"/ket-qua/ho-so/{dossier}/thoi-cham/{one}"
    refused = post(manager, path, {"reason": ""})
    assert (refused.status_code, f'id="reason-{one}-error"' in refused.get_data(as_text=True)) == (422, True)
    assert post(manager, path, {"reason": "Ốm."}).status_code == 302
    assert sorted(table.sitting(dossier)) == [(1, "gk1", "removed"), (2, "gk2", "")]
    assert "Thiếu giám khảo: 1/2" in text_of(manager, f"/ket-qua/dot/{table.call_public_id}")


def test_what_was_typed_at_a_refused_seat_stays(manager: FlaskClient, table: Round) -> None:
    (dossier,) = judged(table, ("50", "40"))
    one, long = table.assignment(dossier, "gk1"), "Họ hàng. " * 500
    refused = post(manager, f"/ket-qua/ho-so/{dossier}/thoi-cham/{one}", {"reason": long}).get_data(as_text=True)
    box = refused.partition(f'id="reason-{one}" name="reason"')[2].partition("</textarea>")[0]
    assert (long in box, refused.count(long)) == (True, 1)
    typed = {"_do": "conflict", "giamkhao": table.judges["gk3"], "reason": long}
    refused = post(manager, f"/ket-qua/ho-so/{dossier}/giam-khao", typed).get_data(as_text=True)
    box = refused.partition('id="reason" name="reason"')[2].partition("</textarea>")[0]
    assert (long in box, refused.count(long)) == (True, 1)
    assert re.findall(r'value="(\w+)" id="gk-\w+" checked', refused) == [table.judges["gk3"]]
    nobody = post(manager, f"/ket-qua/ho-so/{dossier}/giam-khao", {"_do": "conflict", "reason": "Họ hàng."})
    assert re.search(r"<details[^>]* open><summary>Ghi xung đột", nobody.get_data(as_text=True))


def test_conflict_is_noted_on_the_dossier_page(manager: FlaskClient, table: Round) -> None:
    (dossier,) = table.dossiers(1)
    data = {"_do": "conflict", "giamkhao": table.judges["gk3"], "reason": "Họ hàng."}
    assert post(manager, f"/ket-qua/ho-so/{dossier}/giam-khao", data).status_code == 302
    assert "không được chấm: có xung đột lợi ích đã khai: Họ hàng." in text_of(manager, f"/ket-qua/ho-so/{dossier}")


def test_conflict_is_noted_for_whoever_sits_there_and_for_several_at_once(manager: FlaskClient, table: Round) -> None:
    (dossier,) = judged(table, ("50", "40"))
    page, seat = f"/ket-qua/ho-so/{dossier}", f"/ket-qua/ho-so/{dossier}/giam-khao"
    boxes = dict(re.findall(r'name="giamkhao" value="(\w+)"[^>]*?( disabled)?>', text_of(manager, page)))
    both = [table.judges["gk1"], table.judges["gk3"]]
    assert [boxes[one] for one in both] == ["", ""]
    nobody = post(manager, seat, {"_do": "conflict", "reason": "Họ hàng."})
    assert (nobody.status_code, say("assign-nobody") in nobody.get_data(as_text=True)) == (422, True)
    assert post(manager, seat, {"_do": "conflict", "giamkhao": both, "reason": "Họ hàng."}).status_code == 302
    boxes = dict(re.findall(r'name="giamkhao" value="(\w+)"[^>]*?( disabled)?>', text_of(manager, page)))
    assert [boxes[one] for one in both] == [" disabled", " disabled"]


def test_closing_page_asks_about_ties_closes_publishes_and_reopens(manager: FlaskClient, table: Round) -> None:
    first, second = judged(table, ("50", "40"), ("50", "40"))
    page = closing_page(table)
    shown = text_of(manager, page)
    assert ("chỉ một số được giải" in shown, shown.count("Chờ xếp thứ tự"), "Giải Nhất" in shown) == (True, 2, False)
    assert len(re.findall(r"HS-\d+-\d+ · Trường [^·<]+ · ", shown)) == 2
    typed = {f"thutu-{first}": "2", f"thutu-{second}": "1", "lydo-0": ""}
    refused = post(manager, page, typed)
    assert refused.status_code == 422
    assert '<option value="1" selected>1</option>' in refused.get_data(as_text=True)
    same = post(manager, page, {**typed, f"thutu-{first}": "1", "lydo-0": "Lan tỏa hơn."})
    assert (same.status_code, "mỗi hồ sơ một thứ hạng" in same.get_data(as_text=True)) == (422, True)
    for odd in ("01", " 1", "x", "3", "-1"):  # no place that the page offers
        wrong = post(manager, page, {**typed, f"thutu-{second}": odd, "lydo-0": "Lan tỏa hơn."})
        assert (wrong.status_code, "mỗi hồ sơ một thứ hạng" in wrong.get_data(as_text=True)) == (422, True)
    nothing = post(manager, page, {"lydo-0": ""})  # first things first: without an order, no reason is missed
    said = ("mỗi hồ sơ một thứ hạng" in nothing.get_data(as_text=True), "lý do" in nothing.get_data(as_text=True))
    assert (nothing.status_code, said) == (422, (True, False))
    assert post(manager, page, {**typed, "lydo-0": "Lan tỏa hơn."}).status_code == 302
    report = text_of(manager, f"/bao-cao/dot/{table.call_public_id}/giai")
    assert re.findall(r"bằng điểm: [^<]* \((\S+)\), [^<]* \((\S+)\)\. Lý do: Lan tỏa hơn\.", report) == [
        (table.code(second), table.code(first))
    ]
    assert [table.results(one)[0].prize_label for one in (first, second)] == ["Giải Nhì", "Giải Nhất"]
    conclude = page.replace("/chot/", "/ket-luan/")
    form = text_of(manager, page).partition("/ket-luan/")[2]
    assert re.findall(r'<button[^>]* name="_do" value="([^"]*)"', form)[0] == ""  # what Enter on a ticked row sends
    for do in ({"_do": ""}, {}, {"_do": "x"}):
        unsaid = post(manager, conclude, {**do, "hoso": first})
        ticked = re.findall(r'name="hoso" value="([^"]+)"[^>]* checked', unsaid.get_data(as_text=True))
        assert (unsaid.status_code, ticked, table.states()) == (422, [first], [State.SCORED] * 2)
    assert post(manager, conclude, {"_do": "all"}).status_code == 302
    assert table.states() == [State.PUBLISHED] * 2
    asked = post(manager, conclude, {"_do": "reopen", "hoso": second, "reason": ""})
    assert asked.status_code == 422
    assert re.findall(r'name="hoso" value="([^"]+)"[^>]* checked', asked.get_data(as_text=True)) == [second]
    assert post(manager, conclude, {"_do": "reopen", "hoso": second, "reason": "Sai điểm."}).status_code == 302
    assert table.states() == [State.PUBLISHED, State.JUDGING]
    shown = text_of(manager, f"/ket-qua/ho-so/{second}")
    assert "mở lại lúc 10/03/2026 09:00: Sai điểm." in re.sub(r"\s+", " ", shown)


def test_schools_and_readers_see_the_published_result_and_no_judge(
    app: Flask, manager: FlaskClient, table: Round
) -> None:
    (dossier,) = judged(table, ("50,5", "40"))
    clerk, reader = signed_in(app, "vanthu1"), signed_in(app, "tracuu")
    post(manager, closing_page(table), {})
    hidden = text_of(clerk, f"/ho-so/{dossier}")
    assert ("90,5" in hidden, reader.get(f"/ho-so/{dossier}/xem").status_code) == (False, 404)
    post(manager, closing_page(table).replace("/chot/", "/ket-luan/"), {"_do": "all"})
    line = "90,5/100 điểm · Loại A · Giải Nhất · hạng 1"
    assert line in text_of(clerk, f"/ho-so/{dossier}")
    assert line in text_of(clerk, f"/ho-so/{dossier}/xem")
    assert line in text_of(reader, f"/ho-so/{dossier}/xem")
    assert line.replace("/100", "") in text_of(clerk, "/")
    conclude = closing_page(table).replace("/chot/", "/ket-luan/")
    post(manager, conclude, {"_do": "reopen", "hoso": dossier, "reason": "Người gk1 cộng nhầm."})
    told = "Kết quả công bố ngày 10/03/2026 đã được cơ quan mở lại ngày 10/03/2026 để xem xét."
    for state in (State.JUDGING, State.SCORED):
        shown = text_of(clerk, f"/ho-so/{dossier}")
        assert (table.state(dossier), told in shown, "cộng nhầm" in shown, "90,5" in shown) == (
            state,
            True,
            False,
            False,
        )
        post(manager, closing_page(table), {})
    post(manager, conclude, {"_do": "all"})
    shown = text_of(clerk, f"/ho-so/{dossier}")
    assert (line in shown, "mở lại" in shown) == (True, False)
    for path in (f"/ho-so/{dossier}", f"/ho-so/{dossier}/xem", f"/ho-so/{dossier}/lich-su", "/", "/ho-so"):
        shown = text_of(clerk, path)
        assert ("Người gk1" in shown, "giám khảo" in shown.lower().replace("giám khảo thứ", "")) == (False, False)


def test_pages_are_for_those_who_run_calls(app: Flask, table: Round) -> None:
    (dossier,) = judged(table, ("50", "40"))
    paths = (
        "/ket-qua",
        f"/ket-qua/dot/{table.call_public_id}",
        f"/ket-qua/dot/{table.call_public_id}/phan-cong",
        f"/ket-qua/ho-so/{dossier}",
        closing_page(table),
    )
    for login, status in (("phutrach1", 200), ("thamdinh1", 403), ("gk1", 403), ("vanthu1", 403), ("tracuu", 403)):
        client = signed_in(app, login)
        assert [client.get(path).status_code for path in paths] == [status] * len(paths)


def test_lists_cost_the_same_for_one_and_for_many(manager: FlaskClient, table: Round) -> None:
    counts = []
    for _ in range(2):
        judged(table, *[("50", "40")] * 9)
        table.dossiers(3)
        text_of(manager, closing_page(table))  # a definition is read once per process
        with counting(table.site.database) as statements:
            for path in ("/ket-qua", f"/ket-qua/dot/{table.call_public_id}", closing_page(table)):
                text_of(manager, path)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_links_of_a_refused_conclusion_lead_to_the_page_again(
    manager: FlaskClient, table: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("thidua.web.closing.SIZE", 1)
    judged(table, ("50", "40"), ("50", "39"))
    page = closing_page(table)
    assert post(manager, page, {}).status_code == 302
    refused = post(manager, page.replace("/chot/", "/ket-luan/") + "?trang=2", {"_do": "publish"})
    before = re.search(r'<a href="([^"]*)" rel="prev">', refused.get_data(as_text=True))
    assert (refused.status_code, before and before[1]) == (422, f"{page}?trang=1")
