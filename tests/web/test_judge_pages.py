"""The judge's room: the queue, the sheet with and without scripts, and nothing of a name on a blind track (ACL-6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

import judged_campaign
import marked_files
from conftest import counting, csrf_of, serve, sign_in
from crawling import addresses, contents, fresh_site, ids_of
from desk import Desk
from judged_campaign import BLIND, OPEN
from judging_desk import FULL, Judge, accepted, give, hire
from small_world import Clock, World
from thidua.files import apart
from thidua.files.cleaning import FAILED, place
from thidua.models import (
    Assignment,
    Blob,
    BlobText,
    Conflict,
    Dossier,
    Event,
    Review,
    ReviewItem,
    Score,
    Scoresheet,
    State,
    TextState,
    Verdict,
    Version,
    VersionFile,
)
from thidua.outbox import Worker
from thidua.search.fold import folded_text
from thidua.services.blinding import FOLDER
from thidua.services.indexing import handlers
from thidua.services.site import Site
from web_desk import leading_nowhere, text_of

WHO = "ZqHoaNgoZq"
WORD = re.compile(rb"zq[a-z ]{2,12}zq", re.IGNORECASE)
NAMES = (b"Nguy\xe1\xbb\x85n Th\xe1\xbb\x8b Ho\xc3\xa0", "Tiểu học Hoa Sen".encode(), b"truong1")
ANSWERS = {
    "thong_tin": {"chuc_vu": "Giáo viên", "noi_o": WHO},
    "thanh_tich_chung": {"thanh_tich": "Bài viết về gương người tốt."},
}


@dataclass
class Room:
    """A site, its application, and two dossiers of one judge: a blind one and an open one."""

    site: Site
    world: World
    app: Flask
    clock: Clock
    blind: str
    open: str
    ids: dict[str, str]
    copies: list[str]  # the endings of those made before any judge asked

    def client(self, login: str = "giamkhao1") -> FlaskClient:
        client = self.app.test_client()
        sign_in(client, login)
        return client

    def at(self, dossier: str, more: str = "") -> str:
        return f"/cham/{self.ids[dossier]}{more}"


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, _migrated: Path) -> Iterator[Room]:
    clock = Clock()
    with fresh_site(tmp_path_factory.mktemp("phong-cham"), _migrated, judged_campaign) as (site, world):
        hire(site, world, "giamkhao2")
        attach = [(f"{WHO} {n}{ext}", make(WHO), "bao_cao") for n, (ext, make) in enumerate(marked_files.ALL.items())]
        attach += [(f"{WHO}.txt", "Bài viết của tôi về quê hương.".encode(), "bao_cao")]
        attach += [(f"{WHO} khai.docx", marked_files.docx(WHO), "giay_khai")]
        blind = accepted(site, world, clock, track=BLIND, answers=ANSWERS, attach=attach)
        opened = accepted(site, world, clock, track=OPEN, key="duc", attach=[("Bao cao.txt", b"Bao cao", "bao_cao")])
        _read_texts(site)
        Worker(site.database, handlers(site, clock), clock=lambda: clock().replace(hour=3)).drain()
        copies = sorted(path.suffix for path in site.settings.instance.joinpath(FOLDER).iterdir())
        yield Room(site, world, serve(site, clock), clock, blind, opened, {}, copies)


def _read_texts(site: Site) -> None:
    """What the reading process would write, without a process for each file."""
    with site.database.writing() as session:
        for row in session.scalars(select(BlobText).join(Blob)):
            text = site.store.path(row.sha256).read_text("utf-8") if row.blob.extension == ".txt" else marked_files.BODY
            row.text, row.folded, row.state = text, folded_text(text), TextState.TEXT


@pytest.fixture
def room(planted: Room) -> Room:
    """Both given to both judges, with nothing scored."""
    site = planted.site
    with site.database.writing() as session:
        for table in (Score, Scoresheet, Assignment, Conflict):
            session.execute(delete(table))
    for dossier, blind in ((planted.blind, True), (planted.open, False)):
        give(site, planted.world, planted.clock, dossier, "giamkhao1", "giamkhao2", blind=blind)
    with site.database.reading() as session:
        mine = Assignment.judge_id == planted.world.users["giamkhao1"]
        rows = session.execute(select(Dossier.public_id, Assignment.public_id).join(Assignment).where(mine)).all()
    planted.ids = dict(rows)
    return planted


def post(client: FlaskClient, path: str, data: dict[str, str], **options: object):
    return client.post(path, data={"csrf_token": csrf_of(client, path="/cham"), **data}, **options)


def points(**typed: str) -> dict[str, str]:
    return {f"point:{key}": text for key, text in {**FULL, **typed}.items()}


# --- what a blind judge may know --------------------------------------------------------------------------------


def tour(room: Room) -> list[str]:
    """Every GET address with the ids of everything there is, and the searches."""
    words = ("hoa", "zq", WHO, "bai viet", "docx")
    ids = ids_of(room.site) | {"n": [str(n) for n in range(1, 8)]}
    searches = [f"/tim?q={word}" for word in words]
    return [*addresses(room.app, ids), *searches, *(room.at(room.blind, f"/tim?tim={word}") for word in words)]


def test_nothing_that_a_blind_judge_can_reach_says_a_name(room: Room) -> None:
    Judge(room.site, room.world, room.clock, "giamkhao2").save(room.blind, FULL, final=True)
    with room.site.database.writing() as session:  # the open dossier has names, and is not this judge's
        others = select(Dossier.id).where(Dossier.public_id == room.open)
        session.execute(delete(Assignment).where(Assignment.dossier_id.in_(others)))
    client, found, opened = room.client(), {}, 0
    for path in tour(room):
        with client.get(path) as answer:
            data = contents(answer.get_data()) + repr(answer.headers).encode()
            opened += answer.status_code == 200 and path.startswith(room.at(room.blind, "/tep/"))
        assert answer.status_code < 500, path
        leaked = [*WORD.findall(data), *(name for name in NAMES if name in data)]
        if leaked and not path.endswith(f"={WHO}"):  # the box repeats what was typed into it
            found[path] = leaked
    assert found == {}
    assert opened == 6 * 2 + 1 + 2  # every file is read and downloaded; a page of a PDF; two pictures in frames


def test_office_and_school_find_what_is_hidden_from_the_judge(room: Room) -> None:
    """The words above are really there, so that a crawl that finds none has looked for something."""
    for login in ("vanthu1", "thamdinh1"):
        client, data = room.client(login), b""
        for path in (f"/ho-so/{room.blind}/xem", f"/ho-so/{room.blind}/ban/1/zip"):
            with client.get(path) as answer:
                data += contents(answer.get_data())
        assert {word.lower() for word in WORD.findall(data)} == {WHO.lower().encode()}
        assert all(name in data for name in NAMES[:2])


def test_files_of_a_blind_dossier_are_called_by_their_place(room: Room) -> None:
    page = room.client().get(room.at(room.blind)).get_data(as_text=True)
    names = re.findall(r"data-pane-link>([^<]+)</a>", page)
    assert names == [
        "Báo cáo 1.docx",
        "Báo cáo 2.xlsx",
        "Báo cáo 3.pdf",
        "Báo cáo 4.jpg",
        "Báo cáo 5.png",
        "Báo cáo 6.txt",
    ]


def test_answers_to_a_blind_judge_do_not_tell_which_file_it_was(room: Room) -> None:
    """Whoever holds the original knows its hash, its size, and when it was filed."""
    with room.site.database.reading() as session:
        hashes = list(session.scalars(select(VersionFile.sha256)))
    sheet, client = room.client().get(room.at(room.blind)).get_data(as_text=True), room.client()
    assert re.findall(r'class="file-facts">([^<]+)<', sheet) == ["Báo cáo · có lớp chữ"] * 6
    for more in ("/tep/1", "/tep/3/trang/1.png", "/tep/4/khung"):
        with client.get(room.at(room.blind, more)) as answer:
            assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-cache")
            assert answer.headers["Last-Modified"] == "Thu, 01 Jan 1970 00:00:00 GMT"
            assert [sha for sha in hashes if sha in repr(answer.headers)] == []
            known = {"If-None-Match": answer.headers["ETag"]}
        with client.get(room.at(room.blind, more), headers=known) as again:
            assert again.status_code == 304


def test_open_dossier_is_read_with_its_names(room: Room) -> None:
    page = room.client().get(room.at(room.open)).get_data(as_text=True)
    assert ("Trần Văn Đức" in page, "Bao cao.txt" in page, "không nêu tên" in page) == (True, True, False)


def test_worker_has_made_the_copies_before_a_judge_asks(room: Room) -> None:
    assert room.copies == [".docx", ".jpg", ".pdf", ".png", ".txt", ".xlsx"]


def test_school_is_warned_where_a_name_stands_in_the_text(room: Room) -> None:
    clerk = Desk(room.site, room.world, room.clock, "vanthu1", "truong1")
    dossier = clerk.start("duc", track=BLIND)
    clerk.save(dossier, "thong_tin", {"chuc_vu": "Giáo viên", "noi_o": "Trần Văn Đức"})
    clerk.save(dossier, "thanh_tich_chung", {"thanh_tich": "Tôi là tran van duc, công tác ở Tiểu học Hoa Sen."})
    clerk.attach(dossier, "Trường Tiểu học Hoa Sen".encode(), name="a.txt")
    clerk.attach(dossier, "Trần Văn Đức".encode(), name="b.txt", slot="giay_khai")
    Worker(room.site.database, handlers(room.site, room.clock), clock=lambda: room.clock().replace(hour=3)).drain()
    page = room.client("vanthu1").get(f"/ho-so/{dossier}/kiem-tra").get_data(as_text=True)
    said = re.findall(r"[^<>]*chấm không nêu tên[^<>]*", page)
    assert [line.strip() for line in said] == [
        "“Thành tích” có ghi “Trần Văn Đức”, trong khi loại hồ sơ này được chấm không nêu tên. Hãy bỏ tên người, tên "
        "đơn vị khỏi nội dung, ví dụ viết “tác giả”, “nhà trường”.",
        "Trong tệp “a.txt” có ghi “Tiểu học Hoa Sen”, trong khi loại hồ sơ này được chấm không nêu tên. Hãy bỏ tên "
        "người, tên đơn vị khỏi tệp rồi thay tệp.",
    ]
    assert clerk.hand_over(dossier).state == State.AWAITING  # a warning stops nothing


# --- the queue and the sheet ------------------------------------------------------------------------------------


def test_queue_shows_progress_and_a_way_out_of_each_row(room: Room) -> None:
    Judge(room.site, room.world, room.clock).save(room.open, FULL, final=True)
    page = room.client().get("/cham").get_data(as_text=True)
    assert re.search(r"<strong>1/2</strong> phiếu đã gửi", page)
    assert re.findall(r'action="(/cham/[^"]+/tu-choi)"', page) == [room.at(room.blind, "/tu-choi")]


def test_the_first_page_names_what_a_judge_has_to_score(room: Room) -> None:
    page = text_of(room.client(), "/")
    named = dict(re.findall(r'<a class="card-title" href="(/cham/[^"]+)">([^<]+)</a>', page))
    assert named.keys() == {room.at(room.blind), room.at(room.open)}
    assert re.fullmatch(r"Phách [0-9A-F]{4}-[0-9A-F]{4}", named[room.at(room.blind)])
    assert named[room.at(room.open)] == "Trần Văn Đức"
    for one in (room.blind, room.open):
        Judge(room.site, room.world, room.clock).save(one, FULL, final=True)
    assert "Chưa có việc nào đang chờ" in text_of(room.client(), "/")


def test_sheet_is_saved_and_handed_in_without_scripts(room: Room) -> None:
    client, at = room.client(), room.at(room.open)
    answer = post(client, at, {**points(y_tuong="9.5"), "comment:y_tuong": "Hay", "_do": "stay"})
    assert (answer.status_code, answer.location) == (302, at)
    page = client.get(at).get_data(as_text=True)
    assert re.search(r'id="point:y_tuong"[^>]*value="9.5"', page)
    assert re.search(r'data-sum="tong">18</span>/20</strong> <span class="sheet-class" data-class>Xuất sắc', page)
    answer = post(client, at, {**points(y_tuong="9.5"), "_do": "send-next"})
    assert (answer.status_code, answer.location) == (302, room.at(room.blind))
    page = client.get(at).get_data(as_text=True)
    assert ('name="point:y_tuong"' in page, "Sửa lại phiếu" in page) == (False, True)
    answer = post(client, room.at(room.open, "/sua-lai"), {})
    assert (answer.status_code, 'name="point:y_tuong"' in client.get(at).get_data(as_text=True)) == (302, True)


def test_an_item_leads_to_its_evidence_in_what_the_judge_reads(room: Room) -> None:
    for dossier in (room.open, room.blind):
        page = text_of(room.client(), room.at(dossier))
        said = re.findall(r'Minh chứng: <a href="#([\w-]+)" data-evidence>([^<]+)</a>', page)
        assert said == [("tai-lieu", "Báo cáo")], dossier
        assert page.count(' id="tai-lieu"') == 1


def test_problems_stand_beside_their_items_and_what_was_typed_stays(room: Room) -> None:
    client, at = room.client(), room.at(room.open)
    answer = post(client, at, {**points(y_tuong="0,3", trinh_bay="9"), "_do": "send"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    listed = re.findall(r'<li><a href="#(point:[a-z_]+)">', page)
    assert listed == ["point:y_tuong", "point:trinh_bay"]
    assert re.search(r'id="point:y_tuong-error".*?không theo bước 0,25', page, re.DOTALL)
    assert re.search(r'id="point:y_tuong"[^>]*value="0,3"[^>]*aria-invalid="true"', page)


def test_autosave_answers_with_the_sums_of_the_server(room: Room) -> None:
    client, at = room.client(), room.at(room.open)
    headers = {"Accept": "application/json", "X-Requested-With": "fetch", "X-CSRFToken": csrf_of(client, "/cham")}
    answer = client.post(at, data={"point:y_tuong": "9.5", "point:trinh_bay": "12", "_do": "stay"}, headers=headers)
    body = answer.get_json()
    assert (answer.status_code, body["sums"], body["class"], body["missing"]) == (
        200,
        {
            "tong": "11,5",
            "noi_dung": "9,5",
            "dung_the": "0",
            "y_tuong": "9,5",
            "trinh_bay": "0",
            "ky_luat": "2",
            "muon": "0",
        },
        "còn 3 mục chưa chấm",
        3,
    )
    assert list(body["problems"]) == ["point:trinh_bay"]
    stale = {"point:y_tuong": "3", "base-point:y_tuong": "khac"}
    answer = client.post(at, data={**stale, "_do": "stay"}, headers=headers)
    assert (answer.status_code, answer.get_json()["conflicts"]["point:y_tuong"]["theirs"]) == (409, "9.5")


def test_two_windows_without_scripts_lose_nothing(room: Room) -> None:
    client, at = room.client(), room.at(room.open)
    page = client.get(at).get_data(as_text=True)
    base = dict(re.findall(r'name="(base-point:y_tuong)" value="([^"]*)"', page))
    post(client, at, {"point:y_tuong": "5", **base, "_do": "stay"})
    answer = post(client, at, {"point:y_tuong": "7", **base, "_do": "send"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert re.search(r'id="point:y_tuong"[^>]*value="7"', page)
    assert "sửa ở một cửa sổ khác thành “5”" in page
    again = dict(re.findall(r'name="(base-point:y_tuong)" value="([^"]*)"', page))
    assert post(client, at, {"point:y_tuong": "7", **again, "_do": "stay"}).status_code == 302


def test_closed_meanwhile_keeps_what_was_typed_on_the_page(room: Room) -> None:
    client, at = room.client(), room.at(room.open)
    with room.site.database.writing() as session:
        session.execute(update(Dossier).where(Dossier.public_id == room.open).values(state=State.SCORED))
    answer = post(client, at, {**points(y_tuong="6"), "comment": "Nhận xét dài", "_do": "send"})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "Việc chấm hồ sơ này đã chốt nên phiếu không sửa được nữa" in page) == (409, True)
    assert re.search(r'id="point:y_tuong"[^>]*value="6"[^>]*readonly', page)
    assert "Nhận xét dài</textarea>" in page
    assert 'value="send"' not in page


def test_taken_away_meanwhile_lists_what_was_typed_and_nothing_of_the_dossier(room: Room) -> None:
    client, at = room.client(), room.at(room.open)
    with room.site.database.writing() as session:
        session.execute(update(Assignment).values(ended_at=room.clock(), ended_why="removed"))
    answer = post(client, at, {**points(y_tuong="6"), "comment": "Nhận xét dài", "_do": "send"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert re.findall(r"<dt>([^<]+)</dt><dd class=\"prose\">([^<]+)</dd>", page) == [
        ("Đúng thể loại", "1"),
        ("Ý tưởng", "6"),
        ("Trình bày", "7"),
        ("Nộp muộn", "0,5"),
        ("Nhận xét chung", "Nhận xét dài"),
    ]
    assert "Trần Văn Đức" not in page
    assert client.get(at).status_code == 404


@pytest.mark.parametrize(("do", "why"), [("conflict", "conflict"), ("abstain", "abstained")])
def test_judge_gives_a_dossier_back_with_a_reason(room: Room, do: str, why: str) -> None:
    client, at = room.client(), room.at(room.blind, "/tu-choi")
    refused = post(client, at, {"_do": do, "reason": " "})
    assert (refused.status_code, "Chưa ghi lý do" in refused.get_data(as_text=True)) == (422, True)
    assert leading_nowhere(refused.get_data(as_text=True)) == set()
    answer = post(client, at, {"_do": do, "reason": "Nhận ra tác giả"})
    assert (answer.status_code, answer.location) == (302, "/cham")
    assert client.get(room.at(room.blind)).status_code == 404
    with room.site.database.reading() as session:
        mine = Assignment.public_id == room.ids[room.blind]
        row = session.scalars(select(Assignment).where(mine)).one()
    assert (row.ended_why, row.ended_reason) == (why, "Nhận ra tác giả")


def test_somebody_elses_assignment_does_not_exist(room: Room) -> None:
    for login, status in (("giamkhao2", 404), ("vanthu1", 403), ("phutrach1", 403), ("admin", 403)):
        client = room.client(login)
        found = {
            client.get(room.at(room.blind, more)).status_code for more in ("", "/tep/1", "/tep/1/xem", "/tim?tim=a")
        }
        assert found == {status}


def test_search_within_the_dossier_finds_without_marks(room: Room) -> None:
    page = room.client().get(room.at(room.blind, "/tim?tim=que+huong")).get_data(as_text=True)
    assert re.findall(r"<mark>([^<]+)</mark>", page) == ["quê hương"]
    assert "1 chỗ có “que huong”" in page
    assert "Báo cáo 6.txt</a>" in page
    apart = room.client().get(room.at(room.blind, "/tim?tim=huong+que")).get_data(as_text=True)
    assert "Không có nguyên cụm “huong que”; 1 chỗ có từ trong cụm" in apart


def test_spread_of_ones_own_totals_is_drawn(room: Room) -> None:
    Judge(room.site, room.world, room.clock).save(room.open, FULL, final=True)
    page = room.client().get(room.at(room.open)).get_data(as_text=True)
    assert "Bạn đã gửi 1 phiếu trong đợt này" in page
    assert re.search(r'aria-label="Phân bố tổng điểm các phiếu bạn đã gửi: 16–18 điểm: 1 phiếu', page)


def test_sheet_costs_the_same_whatever_is_on_it(room: Room) -> None:
    client = room.client()
    costs = []
    for dossier in (room.blind, room.open):
        client.get(room.at(dossier))
        with counting(room.site.database) as statements:
            assert client.get(room.at(dossier)).status_code == 200
        costs.append(len(statements))
    assert costs[0] == costs[1]  # six files, and one


def test_downloads_of_judges_are_noted_away_from_the_dossiers_history(room: Room) -> None:
    room.client().get(room.at(room.blind, "/tep/1")).close()
    with room.site.database.reading() as session:
        event = session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert (event.action, event.subject_kind, event.details) == ("judge-download", "assignment", {"n": 1, "copy": True})


def test_judge_is_asked_to_wait_while_too_many_copies_are_made(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "PATIENCE", 0.01)
    copies = room.site.settings.instance / FOLDER
    copies.rename(away := copies.with_name("cho-khac"))
    with ExitStack() as others:
        for _ in range(apart.AT_ONCE):
            others.enter_context(apart.turn())
        answer = room.client().get(room.at(room.blind, "/tep/1"))
    away.rename(copies)
    assert (answer.status_code, "sau ít giây" in answer.get_data(as_text=True)) == (503, True)


def test_file_that_cannot_be_cleaned_is_given_as_text_only(room: Room) -> None:
    """As when the worker met a picture that nobody can clean: the failure is kept beside the copies."""
    with room.site.database.reading() as session:
        file = session.scalars(select(VersionFile).where(VersionFile.name == f"{WHO}.txt")).one()
    copy = place(file.sha256, ".txt", room.site.settings.instance / FOLDER)
    copy.rename(copy.with_name("kept"))
    copy.with_name(copy.name + FAILED).touch()
    try:
        client = room.client()
        page = client.get(room.at(room.blind, "/tep/6/xem")).get_data(as_text=True)
        assert ("chỉ đọc được phần chữ" in page, "Bài viết của tôi về quê hương." in page) == (True, True)
        assert client.get(room.at(room.blind, "/tep/6")).status_code == 404
    finally:
        copy.with_name(copy.name + FAILED).unlink()
        copy.with_name("kept").rename(copy)


def test_appraiser_sees_where_a_name_stands_and_returns_the_dossier_for_it(room: Room) -> None:
    clerk = Desk(room.site, room.world, room.clock, "vanthu1", "truong1")
    head = Desk(room.site, room.world, room.clock, "hieutruong1", "truong1")
    dossier = clerk.start("duc", track=BLIND)
    clerk.save(dossier, "thong_tin", {"chuc_vu": "Giáo viên", "noi_o": "Trần Văn Đức"})
    clerk.save(dossier, "thanh_tich_chung", {"thanh_tich": "Tôi là tran van duc, dạy lớp 4."})
    clerk.attach(dossier, "Ảnh chụp tại Trường Tiểu học Hoa Sen năm 2025".encode(), name="a.txt")
    clerk.attach(dossier, "Trần Văn Đức".encode(), name="b.txt", slot="giay_khai")
    Worker(room.site.database, handlers(room.site, room.clock), clock=lambda: room.clock().replace(hour=3)).drain()
    clerk.hand_over(dossier)
    head.submit(dossier, key=dossier)
    office, address = room.client("thamdinh1"), f"/tham-dinh/{dossier}"
    token = {"csrf_token": csrf_of(office, path="/tham-dinh")}
    answer = re.compile(r'<a href="#([a-z_-]+)">([^<]+)</a><span class="sub">“(.*?)”</span>')
    sentences = [
        "“Thành tích” có ghi “Trần Văn Đức”, trong khi loại hồ sơ này được chấm không nêu tên. Hãy bỏ tên người, tên "
        "đơn vị khỏi nội dung, ví dụ viết “tác giả”, “nhà trường”.",
        "Trong tệp “a.txt” có ghi “Tiểu học Hoa Sen”, trong khi loại hồ sơ này được chấm không nêu tên. Hãy bỏ tên "
        "người, tên đơn vị khỏi tệp rồi thay tệp.",
    ]
    before = text_of(office, address)
    assert answer.findall(before) == [
        ("o-thanh_tich", sentences[0], "Tôi là <mark>tran van duc</mark>, dạy lớp 4."),
        ("muc-bao_cao", sentences[1], "Ảnh chụp tại Trường <mark>Tiểu học Hoa Sen</mark> năm 2025"),
    ]
    assert {f'id="{anchor}"' in before for anchor in ("o-thanh_tich", "muc-bao_cao")} == {True}
    assert 'value="names"' not in before  # nobody has taken it up
    assert office.post(f"{address}/tiep-nhan", data=token).status_code == 302
    page = text_of(office, address)
    typed = {"note-document:bao_cao": "Thiếu số liệu.", "verdict-document:bao_cao": "failed", "_do": "names"}
    marks = dict(re.findall(r'name="(base-[^"]+)" value="([0-9a-f]*)"', page))
    assert office.post(address, data={**token, **marks, **typed}).status_code == 302
    with room.site.database.reading() as session:
        items = session.execute(
            select(ReviewItem.place, ReviewItem.verdict, ReviewItem.note)
            .join(Review)
            .join(Version)
            .join(Dossier)
            .where(Dossier.public_id == dossier)
            .order_by(ReviewItem.place)
        ).all()
    assert [tuple(item) for item in items] == [
        ("document:bao_cao", Verdict.MORE, f"Thiếu số liệu.\n{sentences[1]}"),
        ("field:thanh_tich", Verdict.MORE, sentences[0]),
    ]
    again = dict(re.findall(r'name="(base-[^"]+)" value="([0-9a-f]*)"', text_of(office, address)))
    assert office.post(address, data={**token, **again, "_do": "return"}).status_code == 302
    school = text_of(room.client("vanthu1"), f"/ho-so/{dossier}/phan/thanh_tich_chung")
    assert sentences[0] in school


def test_open_dossiers_have_no_such_warning(room: Room) -> None:
    assert 'id="neu-ten"' not in text_of(room.client("thamdinh1"), f"/tham-dinh/{room.open}")


def test_a_page_of_a_very_long_text_says_that_it_is_cut(room: Room) -> None:
    client, address = room.client(), room.at(room.open, "/tep/1/xem")
    said = "Trang này chỉ hiện 200.000 ký tự đầu; hãy tìm trong hồ sơ hoặc tải tệp về để đọc phần còn lại."
    with room.site.database.writing() as session:
        row = next(one for one in session.scalars(select(BlobText).join(Blob)) if one.text == "Bao cao")
        row.text = "a" * 200_001
    cut = text_of(client, address)
    with room.site.database.writing() as session:
        session.scalars(select(BlobText).where(BlobText.sha256 == row.sha256)).one().text = "Bao cao"
    whole = text_of(client, address)
    assert ("a" * 200_000 in cut, "a" * 200_001 in cut, said in cut) == (True, False, True)
    assert (">Bao cao<" in whole, said in whole) == (True, False)
