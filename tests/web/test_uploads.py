"""Files coming in and going out through the pages."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

import files_corpus as corpus
from office_files import docx
from small_world import World
from thidua.errors import say
from thidua.models import AttachmentRevision, Event
from thidua.services.site import Site
from web_desk import TOKENS, attach, leading_nowhere, post, signed_in, start, text_of

REPORT = docx("Kho học liệu số.")


@pytest.fixture
def clerk(app: Flask, world: World) -> FlaskClient:
    """The clerk of the first school, signed in."""
    return signed_in(app, "vanthu1")


@pytest.fixture
def dossier(clerk: FlaskClient, world: World) -> str:
    """The address of a dossier just started."""
    return start(clerk, world)


def names(site: Site) -> list[str]:
    """The names of all files kept."""
    with site.database.reading() as session:
        return list(session.scalars(select(AttachmentRevision.name).order_by(AttachmentRevision.id)))


def put(client: FlaskClient, path: str, name: str, body: bytes, **more: str) -> tuple[int, str]:
    """Send the raw bytes as a script does; return status and sentence."""
    headers = {"X-CSRFToken": TOKENS[client], "Accept": "application/json"}
    query = {"ten": name, **more}
    kind = "application/octet-stream"
    answer = client.put(path, data=body, query_string=query, headers=headers, content_type=kind)
    return answer.status_code, answer.get_json().get("error", "")


def bomb() -> bytes:
    """A small .docx that unpacks to far too much."""
    out = io.BytesIO(REPORT)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("word/media/x.xml", b"<a>" + b" " * 60_000_000 + b"</a>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "body", "status", "words"),
    [
        ("a.docx", b"", 415, "rỗng"),
        ("a.docx", REPORT[:-200], 415, say("file-truncated", name="a.docx")),
        ("a.docx", corpus.encrypted_docx(), 415, say("file-encrypted", name="a.docx")),
        ("a.pdf", corpus.encrypted_pdf("Bao cao"), 415, say("file-encrypted", name="a.pdf")),
        ("a.docx", b"%PDF-1.4 khong phai word", 415, "không phải là tệp .docx"),
        ("a.docm", REPORT, 415, "macro"),
        ("a.exe", b"MZ", 415, "không nhận tệp loại"),
        ("a.docx", bomb, 415, "bung ra quá lớn"),
        ("a.txt", b"x" * (5 * 1024**2 + 1), 413, "vượt giới hạn 5 MB"),
    ],
)
def test_put_of_a_bad_file_says_why_and_keeps_nothing(
    clerk: FlaskClient,
    dossier: str,
    site: Site,
    name: str,
    body: bytes | Callable[[], bytes],
    status: int,
    words: str,
) -> None:
    answer, sentence = put(clerk, f"{dossier}/tep/bao_cao", name, body if isinstance(body, bytes) else body())
    assert answer == status
    assert words in sentence
    assert names(site) == []


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/a.docx", "a.docx"),
        ("a \"b\" 'c'.docx", "a \"b\" 'c'.docx"),
        ("xcod\u202etxt.docx", "xcodtxt.docx"),
        ("Ba\u0301o ca\u0301o.docx", "Báo cáo.docx"),
        ("a" * 300 + ".docx", "a" * 115 + ".docx"),
    ],
)
def test_put_tames_the_name_and_the_download_has_it(
    clerk: FlaskClient, dossier: str, site: Site, sent: str, kept: str
) -> None:
    assert put(clerk, f"{dossier}/tep/bao_cao", sent, REPORT)[0] == 201
    assert names(site) == [kept]
    page = text_of(clerk, f"{dossier}/tai-lieu")
    revision = re.search(r'/tep/([0-9a-f]{24})"', page)
    assert revision is not None
    with clerk.get(f"/tep/{revision[1]}") as answer:
        assert answer.data == REPORT
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    with site.database.reading() as session:
        assert len(session.scalars(select(Event).where(Event.action == "download")).all()) == 1


def test_post_of_several_files_keeps_the_good_ones(clerk: FlaskClient, dossier: str, site: Site) -> None:
    data = {"tep": [(io.BytesIO(REPORT), "a.docx"), (io.BytesIO(b""), "b.docx")]}
    answer = post(clerk, f"{dossier}/tep/minh_chung", data, content_type="multipart/form-data")
    assert answer.status_code == 415
    assert "“b.docx” rỗng" in answer.get_data(as_text=True)
    assert names(site) == ["a.docx"]
    data = {"tep": [(io.BytesIO(b""), name) for name in ("c.docx", "d.docx", "e.docx")]}
    three = post(clerk, f"{dossier}/tep/minh_chung", data, content_type="multipart/form-data").get_data(as_text=True)
    assert (three.count("rỗng"), leading_nowhere(three)) == (3, set())


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
@pytest.mark.parametrize("body", [REPORT, b"a=" + b"x" * 6_000_000])
def test_put_of_a_form_says_that_it_is_none(
    clerk: FlaskClient, dossier: str, site: Site, kind: str, body: bytes
) -> None:
    headers = {"X-CSRFToken": TOKENS[clerk], "Accept": "application/json"}
    answer = clerk.put(f"{dossier}/tep/bao_cao?ten=a.docx", data=body, headers=headers, content_type=kind)
    assert (answer.status_code, answer.get_json()["error"]) == (415, say("file-as-form"))
    assert names(site) == []


def test_post_without_a_file_says_what_to_do(clerk: FlaskClient, dossier: str) -> None:
    answer = post(clerk, f"{dossier}/tep/bao_cao", {})
    assert answer.status_code == 422
    assert "Chưa chọn tệp nào" in answer.get_data(as_text=True)


def test_put_beyond_the_slot_is_refused(clerk: FlaskClient, dossier: str, site: Site) -> None:
    for name in ("1.docx", "2.docx"):
        assert put(clerk, f"{dossier}/tep/bao_cao", name, REPORT)[0] == 201
    status, sentence = put(clerk, f"{dossier}/tep/bao_cao", "3.docx", REPORT)
    assert (status, "nhiều nhất 2 tệp" in sentence) == (409, True)
    assert names(site) == ["1.docx", "2.docx"]


def test_put_into_a_slot_that_does_not_exist_is_not_found(clerk: FlaskClient, dossier: str) -> None:
    assert put(clerk, f"{dossier}/tep/khong_co", "a.docx", REPORT)[0] == 404


def test_replace_keeps_the_history_and_removal_can_be_undone(clerk: FlaskClient, dossier: str, site: Site) -> None:
    assert attach(clerk, dossier, "cu.docx", REPORT) == 302
    page = text_of(clerk, f"{dossier}/tai-lieu")
    held = re.search(r'name="thay" value="([0-9a-f]{24})"', page)
    assert held is not None
    assert attach(clerk, dossier, "moi.docx", docx("Bản mới."), thay=held[1]) == 302
    page = text_of(clerk, f"{dossier}/tai-lieu")
    assert "1 bản trước" in page
    assert "cu.docx" in page
    where = {"tep": held[1], "muc": "bao_cao"}
    assert post(clerk, f"{dossier}/tep/bo", dict(where)).status_code == 302
    assert "1 tệp đã bỏ" in text_of(clerk, f"{dossier}/tai-lieu")
    assert post(clerk, f"{dossier}/tep/khoi-phuc", dict(where)).status_code == 302
    assert "tệp đã bỏ" not in text_of(clerk, f"{dossier}/tai-lieu")
    assert names(site) == ["cu.docx", "moi.docx"]


def test_file_of_another_school_does_not_exist(app: Flask, clerk: FlaskClient, dossier: str) -> None:
    attach(clerk, dossier, "a.docx", REPORT)
    revision = re.search(r'/tep/([0-9a-f]{24})"', text_of(clerk, f"{dossier}/tai-lieu"))
    assert revision is not None
    for login in ("vanthu2", "thamdinh1", "tracuu"):
        stranger = signed_in(app, login)
        for ending in ("", "/xem", "/trong-khung", "/trang/1.png"):
            assert stranger.get(f"/tep/{revision[1]}{ending}").status_code == 404


def test_pdf_is_shown_as_pictures(clerk: FlaskClient, dossier: str) -> None:
    attach(clerk, dossier, "a.pdf", corpus.pdf("Mot", "Hai"))
    address = re.search(r"/tep/[0-9a-f]{24}", text_of(clerk, f"{dossier}/tai-lieu"))
    assert address is not None
    page = text_of(clerk, f"{address[0]}/xem")
    assert re.findall(r'src="(/tep/[^"]+)"', page) == [f"{address[0]}/trang/{n}.png" for n in (1, 2)]
    with clerk.get(f"{address[0]}/trang/2.png") as picture:
        assert (picture.status_code, picture.mimetype, picture.data[:4]) == (200, "image/png", b"\x89PNG")
    assert clerk.get(f"{address[0]}/trang/3.png").status_code == 404


def test_long_pdf_is_read_block_by_block_and_larger_by_links(clerk: FlaskClient, dossier: str) -> None:
    attach(clerk, dossier, "dai.pdf", corpus.pdf(*(f"Trang {n}" for n in range(1, 19))))
    address = re.search(r"/tep/[0-9a-f]{24}", text_of(clerk, f"{dossier}/tai-lieu"))
    assert address is not None
    look = f"{address[0]}/xem"
    for asked, shown, before, after in (
        ("", range(1, 9), [], ["trang=9"]),
        ("?trang=12&phong=150", range(9, 17), ["trang=1"], ["trang=17"]),
        ("?trang=999", range(17, 19), ["trang=9"], []),
        ("?trang=x&phong=17", range(1, 9), [], ["trang=9"]),
    ):
        page = html.unescape(text_of(clerk, look + asked))
        assert re.findall(r"/trang/(\d+)\.png", page) == [str(n) for n in shown]
        links = {way: re.findall(rf'rel="{way}" href="[^"]*?(trang=\d+)', page) for way in ("prev", "next")}
        assert links == {"prev": before, "next": after}
        zoom = 150 if "phong=150" in asked else 100
        assert re.findall(r'data-view class="(zoom-\d+)"', page) == [f"zoom-{zoom}"]
        assert re.findall(r'phong=(\d+)[^"]*" data-zoom', page) == ["100", "150", "200"]
    for n, status in ((18, 200), (19, 404), (0, 404)):
        with clerk.get(f"{address[0]}/trang/{n}.png") as picture:
            assert picture.status_code == status
