"""Bad input on the pages of a dossier: a sentence, the right status, nothing lost, never a 500."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from kept import once
from office_files import docx
from small_world import NOW, Clock, World
from thidua.errors import say
from thidua.models import Call, Dossier, Extension, Part, State, Submission, Version
from thidua.services.site import Site
from thidua.times import show_deadline
from web_desk import TOKENS, attach, fill, page_fields, post, signed_in, start, submit, text_of


@pytest.fixture
def clerk(app: Flask, world: World) -> FlaskClient:
    """The clerk of the first school, signed in."""
    return signed_in(app, "vanthu1")


@pytest.fixture
def dossier(clerk: FlaskClient, site: Site, world: World) -> str:
    """The address of a dossier just started."""
    return once(site, "started", lambda: start(clerk, world))


def stored(site: Site, key: str) -> dict[str, object]:
    """What a part holds."""
    with site.database.reading() as session:
        return session.scalars(select(Part.raw).where(Part.key == key)).one()


def state_of(site: Site) -> State:
    """The state of the one dossier."""
    with site.database.reading() as session:
        return session.scalars(select(Dossier.state)).one()


def handed_over(clerk: FlaskClient, dossier: str) -> str:
    """Complete the dossier and hand it over; return its public id."""
    fill(clerk, dossier)
    assert attach(clerk, dossier, "a.docx", docx("Kho học liệu số.")) == 302
    assert post(clerk, f"{dossier}/trinh").status_code == 302
    return dossier[-24:]


def test_part_with_unknown_fields_keeps_the_known_ones(clerk: FlaskClient, dossier: str, site: Site) -> None:
    path = f"{dossier}/phan/thong_tin"
    saved = post(clerk, path, {"chuc_vu": "Giáo viên", "quyen": "admin", "_do": "stay"}, follow_redirects=True)
    assert saved.status_code == 200
    assert "1 mục gửi lên không có trong mẫu" in saved.get_data(as_text=True)
    assert stored(site, "thong_tin") == {"chuc_vu": "Giáo viên"}


def test_part_with_missing_fields_leaves_them_as_they_were(clerk: FlaskClient, dossier: str, site: Site) -> None:
    path = f"{dossier}/phan/thong_tin"
    post(clerk, path, {"chuc_vu": "Giáo viên", "nam_cong_tac": "12"})
    assert post(clerk, path, {"nam_cong_tac": "13"}).status_code == 302
    assert stored(site, "thong_tin") == {"chuc_vu": "Giáo viên", "nam_cong_tac": "13"}


def test_part_with_a_field_of_1_mb_is_kept_and_told(clerk: FlaskClient, dossier: str, site: Site) -> None:
    words = "chữ " * 262_144
    answer = post(clerk, f"{dossier}/phan/thanh_tich_chung", {"thanh_tich": words, "_do": "next"})
    assert answer.status_code == 422
    assert "vượt giới hạn" in answer.get_data(as_text=True)
    assert stored(site, "thanh_tich_chung") == {"thanh_tich": words}


def test_part_with_a_body_beyond_all_bounds_is_refused(clerk: FlaskClient, dossier: str, site: Site) -> None:
    token = TOKENS[clerk]
    body = {"csrf_token": token, "thanh_tich": "x" * 5_000_000}
    answer = clerk.post(f"{dossier}/phan/thanh_tich_chung", data=body, headers={"X-CSRFToken": token})
    assert (answer.status_code, say("body-too-large") in answer.get_data(as_text=True)) == (413, True)
    assert stored(site, "thanh_tich_chung") == {}


def test_part_with_a_nul_byte_and_direction_marks_is_cleaned(clerk: FlaskClient, dossier: str, site: Site) -> None:
    assert post(clerk, f"{dossier}/phan/thong_tin", {"chuc_vu": "Giáo\x00 viên\u202e"}).status_code == 302
    assert stored(site, "thong_tin") == {"chuc_vu": "Giáo viên"}


def test_part_with_html_shows_it_as_text(clerk: FlaskClient, dossier: str) -> None:
    evil = '<img src=x onerror="alert(1)">'
    post(clerk, f"{dossier}/phan/thong_tin", {"chuc_vu": evil})
    for path in (f"{dossier}/phan/thong_tin", f"{dossier}/xem"):
        page = text_of(clerk, path)
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


def test_part_with_a_malformed_number_is_kept_and_told(clerk: FlaskClient, dossier: str, site: Site) -> None:
    answer = post(clerk, f"{dossier}/phan/thong_tin", {"nam_cong_tac": "mười hai", "_do": "next"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#nam_cong_tac"' in page
    assert 'value="mười hai"' in page
    assert stored(site, "thong_tin") == {"nam_cong_tac": "mười hai"}


def test_part_changed_by_two_shows_both_texts_and_keeps_the_choice(
    app: Flask, clerk: FlaskClient, dossier: str, site: Site
) -> None:
    path, other = f"{dossier}/phan/thong_tin", signed_in(app, "vanthu1")
    before = page_fields(text_of(clerk, path))
    post(other, path, {**before, "chuc_vu": "Giáo viên", "nam_cong_tac": "7"})
    answer = post(clerk, path, {**before, "chuc_vu": "Tổ trưởng", "nam_cong_tac": ""})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Giáo viên" in page
    assert 'value="Tổ trưởng"' in page
    assert stored(site, "thong_tin") == {"chuc_vu": "Giáo viên", "nam_cong_tac": "7"}
    mine = {**page_fields(page), "chuc_vu": "Tổ trưởng", "lay-chuc_vu": "mine"}
    assert post(clerk, path, mine).status_code == 302
    assert stored(site, "thong_tin") == {"chuc_vu": "Tổ trưởng", "nam_cong_tac": "7"}


def test_part_saved_by_script_gives_no_new_mark_to_what_another_changed(
    app: Flask, clerk: FlaskClient, dossier: str, site: Site
) -> None:
    path, other = f"{dossier}/phan/thong_tin", signed_in(app, "vanthu1")
    shown = {**page_fields(text_of(clerk, path)), "chuc_vu": "", "nam_cong_tac": ""}
    post(other, path, {**shown, "nam_cong_tac": "7"})
    for typed in ("Tổ", "Tổ trưởng"):
        shown["chuc_vu"] = typed
        answer = post(clerk, path, dict(shown), headers={"Accept": "application/json"})
        assert answer.status_code == 200
        shown |= {f"base-{key}": mark for key, mark in answer.get_json()["marks"].items()}
    assert stored(site, "thong_tin") == {"chuc_vu": "Tổ trưởng", "nam_cong_tac": "7"}


def test_part_after_the_session_ended_says_so_to_scripts(
    clerk: FlaskClient, dossier: str, site: Site, clock: Clock
) -> None:
    token = TOKENS[clerk]
    clock.forward(minutes=31)
    headers = {"Accept": "application/json", "X-CSRFToken": token}
    answer = clerk.post(f"{dossier}/phan/thong_tin", data={"chuc_vu": "Giáo viên"}, headers=headers)
    assert answer.status_code == 401
    assert (answer.get_json()["code"], answer.get_json()["error"]) == ("session-ended", say("session-ended"))
    assert stored(site, "thong_tin") == {}


def test_part_of_a_dossier_handed_over_meanwhile_shows_what_was_typed(
    clerk: FlaskClient, dossier: str, site: Site
) -> None:
    handed_over(clerk, dossier)
    before = stored(site, "thong_tin")
    answer = post(clerk, f"{dossier}/phan/thong_tin", {"chuc_vu": "Tổ trưởng"})
    assert answer.status_code == 409
    assert 'value="Tổ trưởng"' in answer.get_data(as_text=True)
    assert say("wrong-state", state=State.AWAITING.label) in unescape(answer.get_data(as_text=True))
    assert stored(site, "thong_tin") == before


def test_part_that_does_not_exist_is_not_found(clerk: FlaskClient, dossier: str) -> None:
    assert clerk.get(f"{dossier}/phan/khong_co").status_code == 404
    assert post(clerk, f"{dossier}/phan/khong_co", {}).status_code == 404


def test_hand_over_of_an_incomplete_dossier_lists_everything_with_links(clerk: FlaskClient, dossier: str) -> None:
    answer = post(clerk, f"{dossier}/trinh")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Còn 3 điểm cần sửa" in page
    for link in ("phan/thong_tin?kiem=1#chuc_vu", "phan/thanh_tich_chung?kiem=1#thanh_tich", "tai-lieu#muc-bao_cao"):
        assert f'href="{dossier}/{link}"' in page


def test_give_back_without_a_reason_asks_for_one(app: Flask, clerk: FlaskClient, dossier: str, site: Site) -> None:
    handed_over(clerk, dossier)
    head = signed_in(app, "hieutruong1")
    answer = post(head, f"{dossier}/tra-ve", {"reason": "  "})
    assert answer.status_code == 422
    assert "Chưa ghi lý do" in answer.get_data(as_text=True)
    assert state_of(site) == State.AWAITING
    assert post(head, f"{dossier}/tra-ve", {"reason": "Thiếu số liệu."}).status_code == 302
    assert "Thiếu số liệu." in text_of(clerk, dossier)


def test_reason_given_too_late_can_be_copied(app: Flask, clerk: FlaskClient, dossier: str) -> None:
    """Another window gave it back meanwhile."""
    handed_over(clerk, dossier)
    head = signed_in(app, "hieutruong1")
    assert post(head, f"{dossier}/tra-ve", {"reason": "Thiếu số liệu."}).status_code == 302
    late = post(head, f"{dossier}/tra-ve", {"reason": "Thiếu <ảnh> ở mục 2."})
    page = late.get_data(as_text=True)
    assert (late.status_code, "“Nháp”" in page, "Thiếu &lt;ảnh&gt; ở mục 2." in page) == (409, True, True)
    assert 'href="#reason"' not in page


def test_submit_by_double_click_makes_one_submission(app: Flask, clerk: FlaskClient, dossier: str, site: Site) -> None:
    public_id = handed_over(clerk, dossier)
    head = signed_in(app, "hieutruong1")
    data = {"hoso": public_id, "number": "05/TTr", "day": "10/03/2026", "signer": "Nguyễn Văn An", "key": "k" * 32}
    first, second = post(head, "/to-trinh/moi", dict(data)), post(head, "/to-trinh/moi", dict(data))
    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
    with site.database.reading() as session:
        assert session.scalar(select(func.count(Submission.id))) == 1
        assert session.scalar(select(func.count(Version.id))) == 1


def test_submit_with_a_date_that_does_not_exist_keeps_the_form(app: Flask, clerk: FlaskClient, dossier: str) -> None:
    public_id = handed_over(clerk, dossier)
    head = signed_in(app, "hieutruong1")
    data = {"hoso": public_id, "number": "05/TTr", "day": "31/02/2026", "signer": "Nguyễn Văn An", "key": "k"}
    answer = post(head, "/to-trinh/moi", data)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Ngày tờ trình chưa đúng" in page
    assert 'value="31/02/2026"' in page
    assert 'value="05/TTr"' in page


def test_submit_by_a_clerk_is_not_allowed(clerk: FlaskClient, dossier: str, site: Site) -> None:
    public_id = handed_over(clerk, dossier)
    assert post(clerk, "/to-trinh/moi", {"hoso": public_id}).status_code == 403
    assert state_of(site) == State.AWAITING


def test_submit_after_the_deadline_leads_to_a_late_request(
    app: Flask, clerk: FlaskClient, dossier: str, site: Site, world: World
) -> None:
    public_id = handed_over(clerk, dossier)
    typed = stored(site, "thong_tin")
    head = signed_in(app, "hieutruong1")
    text_of(head, f"/to-trinh/moi?hoso={public_id}")
    with site.database.writing() as session:
        session.execute(update(Call).values(closes=NOW - timedelta(seconds=1)))
    data = {"hoso": public_id, "number": "05/TTr", "day": "10/03/2026", "signer": "Nguyễn Văn An", "key": "k"}
    answer = post(head, "/to-trinh/moi", data)
    ask = f"/dot/{world.call_public_id}/xin-gia-han"
    page = unescape(answer.get_data(as_text=True))
    with site.database.reading() as session:
        call = session.scalars(select(Call).where(Call.public_id == world.call_public_id)).one()
        sentence = say("deadline-passed", call=call.title, closes=show_deadline(call.closes))
    assert (answer.status_code, sentence in page, f'href="{ask}"' in page) == (409, True, True)
    assert (state_of(site), stored(site, "thong_tin")) == (State.AWAITING, typed)
    assert post(head, ask, {"reason": ""}).status_code == 422
    hub, home = f"/ho-so/{public_id}", "/"
    assert (f'href="{ask}"' in text_of(clerk, hub), f'href="{ask}"' in text_of(clerk, home)) == (True, False)
    assert post(head, ask, {"reason": "Mất điện cả ngày 31/3."}).status_code == 302
    pages = [text_of(clerk, path) for path in (ask, hub, home)]
    assert [("Chờ trả lời" in page, f'href="{ask}"' in page) for page in pages] == [
        (True, False),
        (True, True),
        (True, True),
    ]
    assert "Gửi đề nghị</button>" not in pages[0]
    with site.database.writing() as session:
        session.execute(update(Extension).values(decided_at=NOW, answer="Đã đủ thời gian."))
    pages = [text_of(clerk, path) for path in (ask, hub, home)]
    assert ["Không chấp thuận" in page for page in pages] == [True, True, True]
    assert ("Gửi đề nghị</button>" in pages[0], "Đã đủ thời gian." in pages[2]) == (True, True)
    with site.database.writing() as session:
        session.execute(update(Extension).values(until=NOW + timedelta(days=2)))
    assert ["Được nộp đến" in text_of(clerk, path) for path in (ask, hub, home)] == [True, True, True]
    assert post(head, "/to-trinh/moi", data | {"key": "k2"}).status_code == 302


def test_submit_of_nothing_says_what_to_do(app: Flask, world: World) -> None:
    head = signed_in(app, "hieutruong1")
    answer = head.get("/to-trinh/moi", follow_redirects=True)
    assert answer.status_code == 200
    assert "Chưa chọn hồ sơ nào" in answer.get_data(as_text=True)


def without_token(page: bytes) -> bytes:
    """The page without the token against forged posts, which is signed anew every second."""
    return re.sub(rb'(name="csrf[-_]token" (?:content|value)=")[^"]+', rb"\1", page)


def rows_of(site: Site) -> list[tuple[object, ...]]:
    """Every dossier and everything typed in one."""
    with site.database.reading() as session:
        tables = (Dossier.__table__, Part.__table__, Version.__table__)
        return [tuple(row) for table in tables for row in session.execute(select(table))]


FOREIGN = ("", "/xem", "/phan/thong_tin", "/tai-lieu", "/kiem-tra", "/lich-su", "/ban/1", "/ban/1/zip", "/ban/1/docx")


@pytest.mark.parametrize("login", ["vanthu2", "hieutruong2", "thamdinh2", "tracuu", "admin"])
def test_foreign_dossier_does_not_exist(app: Flask, clerk: FlaskClient, dossier: str, site: Site, login: str) -> None:
    public_id = handed_over(clerk, dossier)
    submit(signed_in(app, "hieutruong1"), public_id)
    stranger = signed_in(app, login)
    for path in FOREIGN:
        missing = stranger.get(f"/ho-so/{'0' * 24}{path}")
        found = stranger.get(f"{dossier}{path}")
        assert (found.status_code, missing.status_code) == (404, 404), path
        assert without_token(found.data) == without_token(missing.data), path
    before = rows_of(site)
    for path in ("/trinh", "/rut", "/tra-ve", "/phan/thong_tin", "/tep/bao_cao"):
        posted = [post(stranger, f"{one}{path}", {}).status_code for one in (dossier, f"/ho-so/{'0' * 24}")]
        assert posted[0] == posted[1] in (403, 404), path
    assert rows_of(site) == before


def test_version_goes_out_as_word_and_zip_with_its_hash(app: Flask, clerk: FlaskClient, dossier: str) -> None:
    public_id = handed_over(clerk, dossier)
    head = signed_in(app, "hieutruong1")
    receipt = submit(head, public_id)
    for path, magic in (
        (f"{dossier}/ban/1/docx", b"PK"),
        (f"{dossier}/ban/1/zip", b"PK"),
        (f"{receipt}/to-trinh.docx", b"PK"),
        (f"{receipt}/danh-sach.docx", b"PK"),
    ):
        answer = head.get(path)
        assert (answer.status_code, answer.data[:2]) == (200, magic), path
        assert answer.headers["Content-Disposition"].startswith("attachment; "), path
        answer.close()
