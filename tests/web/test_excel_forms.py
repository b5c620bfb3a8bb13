"""Forms as Excel files: down, filled in, up again through the page; what is refused changes nothing."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from flask import Flask
from sqlalchemy import select

import all_kinds
import tiny_campaign
from conftest import serve
from crawling import fresh_site
from desk import Desk
from small_world import NOW, Clock, World
from thidua.documents.form_book import form_book, normal, read_book, read_form, stamp_of
from thidua.forms import fingerprint
from thidua.models import Call, Dossier, Part
from thidua.plugin import JsonValue, shape_of
from thidua.services import definitions
from thidua.services.site import Site
from thidua.services.working import EXCEL_PART, raw_values
from web_desk import post, signed_in, text_of

SHAPE = shape_of(all_kinds.CAMPAIGN, all_kinds.TRACK)
FILLED = {
    "ngan": "Tổ trưởng",
    "so": "007",
    "mot": "do",
    "nhieu": ["vang"],
    "ngay": "05/02/2026",
    "bang": [{"nam": "2024-2025", "chi_tieu": "Giỏi", "dat": "95"}],
}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, _migrated: Path) -> Iterator[tuple[Site, World, Flask]]:
    """A site whose one call is of the campaign with every kind of field."""
    with fresh_site(tmp_path_factory.mktemp("excel"), _migrated, tiny_campaign) as (site, world):
        site.registry.add(all_kinds, "kinds")
        with site.database.writing() as session:
            definitions.settle(session, site.registry, NOW)
            call = session.get_one(Call, world.call_id)
            call.slug, call.edition = all_kinds.CAMPAIGN.slug, all_kinds.CAMPAIGN.edition
        yield site, world, serve(site, Clock(NOW + timedelta(seconds=13)))


@pytest.fixture
def desk(town: tuple[Site, World, Flask]) -> Desk:
    return Desk(town[0], town[1], Clock(), "vanthu1", "truong1")


def draft(desk: Desk, raw: dict[str, object] | None = None) -> str:
    dossier = desk.start("hoa")
    desk.save(dossier, "moi_kieu", FILLED if raw is None else raw)
    return dossier


def stands(desk: Desk, dossier: str) -> dict[str, object]:
    with desk.site.database.reading() as session:
        return raw_values(session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one())


def changed(data: bytes, folder: Path, **answers: JsonValue) -> bytes:
    """The downloaded form with other answers typed into it: its stamp and marks stay those of the download."""
    path = folder / "tai-ve.xlsx"
    path.write_bytes(data)
    grids = read_book(path)
    filled = read_form(grids, SHAPE)
    marks = {key: stood.mark for key, stood in filled.stood.items()}
    return form_book(SHAPE, {**filled.raw, **answers}, stamp_of(grids), marks)


def upload(client, dossier: str, data: bytes, name: str = "mau.xlsx"):
    return post(
        client, f"/ho-so/{dossier}/excel", {"tep": (io.BytesIO(data), name)}, content_type="multipart/form-data"
    )


def test_what_was_downloaded_and_not_changed_changes_nothing(town, desk: Desk) -> None:
    client, dossier = signed_in(town[2], "vanthu1"), draft(desk)
    before = stands(desk, dossier)
    page = text_of(client, f"/ho-so/{dossier}/excel")
    assert f'href="/ho-so/{dossier}/excel/mau.xlsx"' in page
    response = client.get(f"/ho-so/{dossier}/excel/mau.xlsx")
    assert re.search(r'filename="?HS-2026-\d{6}\.xlsx', response.headers["Content-Disposition"])
    taken = upload(client, dossier, response.data)
    assert taken.headers["Location"] == f"/ho-so/{dossier}"
    assert stands(desk, dossier) == before
    assert "Tệp không có gì khác bản đang lưu." in text_of(client, f"/ho-so/{dossier}")


def test_what_was_changed_in_the_file_is_taken_and_the_rest_stays(town, desk: Desk, tmp_path: Path) -> None:
    client, dossier = signed_in(town[2], "vanthu1"), draft(desk)
    data = client.get(f"/ho-so/{dossier}/excel/mau.xlsx").data
    desk.save(dossier, "moi_kieu", {"dai": "Gõ trên trang sau khi tải mẫu"})
    rows: list[JsonValue] = [{"nam": "2025-2026", "chi_tieu": "Khá", "dat": "60", "vuot": "no"}]
    made = changed(data, tmp_path, ngan="Tổ phó", nhieu=["do", "xanh"], bang=rows, gi_do="Phần sau")
    assert upload(client, dossier, made).status_code == 302
    assert "Đã nhận 4 mục từ Excel." in text_of(client, f"/ho-so/{dossier}")
    now = stands(desk, dossier)
    assert {key: now[key] for key in ("ngan", "dai", "so", "nhieu", "gi_do")} == {
        "ngan": "Tổ phó",
        "dai": "Gõ trên trang sau khi tải mẫu",
        "so": "007",
        "nhieu": ["do", "xanh"],
        "gi_do": "Phần sau",
    }
    assert normal(SHAPE.field("bang"), now["bang"]) == normal(SHAPE.field("bang"), rows)


def test_problems_are_said_by_cell_and_what_was_typed_stays(town, desk: Desk, tmp_path: Path) -> None:
    client, dossier = signed_in(town[2], "vanthu1"), draft(desk)
    data = client.get(f"/ho-so/{dossier}/excel/mau.xlsx").data
    rows: list[JsonValue] = [{"chi_tieu": "a", "dat": "90"}, {}, {"chi_tieu": "b", "dat": "-5"}]
    answer = upload(client, dossier, changed(data, tmp_path, ngay="30/02/2026", bang=rows))
    assert answer.status_code == 422
    body = answer.get_data(as_text=True)
    assert re.findall(r"<li><strong>([^<]+)</strong>: ([^<]+) <a", body) == [
        (
            "Trang tính “Mọi kiểu ô”, ô C13",
            "“Một ngày”: “30/02/2026” không phải là một ngày có thật. "
            "Hãy nhập theo dạng ngày/tháng/năm, ví dụ 17/06/2026.",
        ),
        (
            "Trang tính “Bảng kết quả”, ô C5",
            "“Bảng kết quả – dòng 2 – Đạt”: -5 nhỏ hơn mức thấp nhất là 0. Hãy kiểm tra lại số liệu.",
        ),
    ]
    assert stands(desk, dossier)["ngay"] == "30/02/2026"


def test_what_was_changed_on_both_sides_is_left_as_it_stands_and_named(town, desk: Desk, tmp_path: Path) -> None:
    client, dossier = signed_in(town[2], "vanthu1"), draft(desk)
    data = client.get(f"/ho-so/{dossier}/excel/mau.xlsx").data
    desk.save(dossier, "moi_kieu", {"ngan": "Sửa trên trang"})
    answer = upload(client, dossier, changed(data, tmp_path, ngan="Sửa trong Excel", so="12"))
    assert answer.status_code == 409
    body = answer.get_data(as_text=True)
    assert re.findall(r"<li>([^<]+): <a href=[^>]+>([^<]+)</a></li>", body) == [
        ("Trang tính “Mọi kiểu ô”, ô C2", "Một dòng")
    ]
    now = stands(desk, dossier)
    assert (now["ngan"], now["so"]) == ("Sửa trên trang", "12")


def test_a_file_mended_after_its_first_upload_is_taken_again(town, desk: Desk, tmp_path: Path) -> None:
    client, dossier = signed_in(town[2], "vanthu1"), draft(desk)
    data = client.get(f"/ho-so/{dossier}/excel/mau.xlsx").data
    first: list[JsonValue] = [{"chi_tieu": "a", "dat": "chín mươi"}]
    assert (
        upload(client, dossier, changed(data, tmp_path, ngay="30/02/2026", ngan="Bí thư", bang=first)).status_code
        == 422
    )
    desk.save(dossier, "moi_kieu", {"ngan": "Sửa trên trang"})
    mended: list[JsonValue] = [{"chi_tieu": "a", "dat": "90"}]
    answer = upload(client, dossier, changed(data, tmp_path, ngay="28/02/2026", ngan="Tổ phó", bang=mended))
    body = answer.get_data(as_text=True)
    assert re.findall(r"<li>([^<]+): <a href=[^>]+>([^<]+)</a></li>", body) == [
        ("Trang tính “Mọi kiểu ô”, ô C2", "Một dòng")
    ]
    now = stands(desk, dossier)
    assert (now["ngay"], now["ngan"]) == ("28/02/2026", "Sửa trên trang")
    assert normal(SHAPE.field("bang"), now["bang"]) == normal(SHAPE.field("bang"), mended)
    assert upload(client, dossier, data).status_code == 302  # as it was downloaded: what the file wrote is undone
    now = stands(desk, dossier)
    assert (now["ngay"], now["ngan"], len(now["bang"])) == ("05/02/2026", "Sửa trên trang", 1)


def test_what_a_colleague_sent_by_excel_is_not_overwritten(town, desk: Desk, tmp_path: Path) -> None:
    client, dossier = signed_in(town[2], "vanthu1"), draft(desk)
    data = client.get(f"/ho-so/{dossier}/excel/mau.xlsx").data
    assert upload(client, dossier, changed(data, tmp_path, ngan="Của tôi")).status_code == 302
    with desk.site.database.writing() as session:
        part = session.scalars(
            select(Part).join(Dossier).where(Dossier.public_id == dossier, Part.key == EXCEL_PART)
        ).one()
        part.raw = {"0": next(iter(part.raw.values()))}  # as if somebody else had sent it
    answer = upload(client, dossier, changed(data, tmp_path, ngan="Của người khác"))
    assert (answer.status_code, stands(desk, dossier)["ngan"]) == (409, "Của tôi")


def test_a_picked_person_stays_picked_and_another_name_waits_to_be_picked(town, desk: Desk, tmp_path: Path) -> None:
    client, person = signed_in(town[2], "vanthu1"), {"id": "p1", "name": "Nguyễn Thị Hoà"}
    dossier = draft(desk, {"nguoi": person})
    data = client.get(f"/ho-so/{dossier}/excel/mau.xlsx").data
    upload(client, dossier, changed(data, tmp_path, ngan="Đổi mục khác"))
    assert stands(desk, dossier)["nguoi"] == person
    path = tmp_path / "x.xlsx"
    path.write_bytes(data)
    stamp = stamp_of(read_book(path))
    marks = {key: one.mark for key, one in read_form(read_book(path), SHAPE).stood.items()}
    other = form_book(SHAPE, {**FILLED, "nguoi": {"id": "", "name": "Trần Văn Đức"}}, stamp, marks)
    upload(client, dossier, other)
    assert stands(desk, dossier)["nguoi"] == {"id": "", "name": "Trần Văn Đức"}


def book_with(rows: int) -> bytes:
    """What somebody makes who pastes a whole register into the table."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("Bảng")
    for number in range(rows):
        sheet.write_string(number, 0, "x")
    book.close()
    return out.getvalue()


def test_files_of_another_form_are_refused_with_a_sentence_and_change_nothing(town, desk: Desk, tmp_path: Path) -> None:
    client, dossier, twin = signed_in(town[2], "vanthu1"), draft(desk), draft(desk)
    before = stands(desk, dossier)
    path = tmp_path / "own.xlsx"
    path.write_bytes(client.get(f"/ho-so/{dossier}/excel/mau.xlsx").data)
    own = stamp_of(read_book(path))
    marks = {spec.key: fingerprint(None) for spec in SHAPE.fields}

    def stamped(**facts: str) -> bytes:
        return form_book(SHAPE, {"ngan": "Khác"}, replace(own, **facts), marks)

    next_number = int(own.code[-6:]) + 1
    many: list[JsonValue] = [{"chi_tieu": str(number)} for number in range(24)]
    refusals = {
        stamped(edition="0"): "Mẫu Excel này thuộc phiên bản 0, hồ sơ này theo phiên bản 1. Hãy tải mẫu mới từ "
        "trang hồ sơ rồi chép nội dung sang.",
        stamped(track="khac"): "Mẫu Excel này của phong trào hoặc loại hồ sơ khác; hồ sơ này là “Mọi kiểu ô”",
        client.get(f"/ho-so/{twin}/excel/mau.xlsx").data: f"Mẫu Excel này của hồ sơ HS-2026-{next_number:06d}, không",
        book_with(3): "“Danh sách.xlsx” không phải mẫu Excel của hồ sơ này.",
        book_with(10_000): "Bảng tính “Danh sách.xlsx” có dữ liệu quá dòng 5000.",
        changed(path.read_bytes(), tmp_path, bang=many): "“Bảng kết quả” có 24 dòng, vượt giới hạn 3 dòng.",
        b"not a workbook": "“Danh sách.xlsx” không phải là bảng tính .xlsx đọc được.",
    }
    for data, sentence in refusals.items():
        answer = upload(client, dossier, data, "../Danh sách.xlsx")
        assert answer.status_code in (400, 413, 415, 422), sentence
        body = answer.get_data(as_text=True)
        assert body.count(sentence) == 2, sentence  # above the form and beside the box
    assert stands(desk, dossier) == before


def test_nobody_else_has_the_form_or_may_fill_it_in(town, desk: Desk) -> None:
    dossier = draft(desk)
    answers = {}
    for login in ("hieutruong1", "vanthu2", "thamdinh1", "admin"):
        client = signed_in(town[2], login)
        answers[login] = (
            client.get(f"/ho-so/{dossier}/excel").status_code,
            client.get(f"/ho-so/{dossier}/excel/mau.xlsx").status_code,
            upload(client, dossier, b"x").status_code,
        )
    assert answers == {
        "hieutruong1": (403, 403, 403),
        "vanthu2": (404, 404, 404),
        "thamdinh1": (404, 404, 404),
        "admin": (404, 404, 404),
    }


def test_rows_pasted_into_a_table_are_added_without_scripts(town, desk: Desk) -> None:
    client, dossier = signed_in(town[2], "vanthu1"), draft(desk)
    address = f"/ho-so/{dossier}/phan/moi_kieu"
    page = text_of(client, address)
    assert 'name="dan-bang"' in page
    shown = {"bang-0-nam": "2024-2025", "bang-0-chi_tieu": "Giỏi", "bang-0-dat": "95", "bang": ""}
    answer = post(client, address, {**shown, "dan-bang": "2025-2026\tKhá\t60\tCó\tĐỏ", "_do": "paste:bang"})
    assert answer.headers["Location"] == f"{address}#bang"
    rows = stands(desk, dossier)["bang"]
    assert normal(SHAPE.field("bang"), rows) == normal(
        SHAPE.field("bang"),
        [
            {"nam": "2024-2025", "chi_tieu": "Giỏi", "dat": "95"},
            {"nam": "2025-2026", "chi_tieu": "Khá", "dat": "60", "vuot": "yes", "mau": "do"},
        ],
    )
    many = "\n".join(f"2025-2026\tDòng {number}" for number in range(10_000))
    refused = post(client, address, {**shown, "dan-bang": many, "_do": "next"})
    assert refused.status_code == 422
    body = refused.get_data(as_text=True)
    sentence = (
        "“Bảng kết quả”: phần dán có 10000 dòng, bảng đang có 1 dòng và chỉ nhận nhiều nhất 3 dòng nên chưa dòng nào "
        "được thêm. Hãy dán ít dòng hơn; nội dung đã dán vẫn còn trong ô."
    )
    assert body.count(sentence) == 2
    assert "Dòng 9999</textarea>" in body
    assert stands(desk, dossier)["bang"] == rows
    saving = {"Accept": "application/json"}  # while one types: what waits in the box is not pasted again and again
    assert post(client, address, {**shown, "dan-bang": "x\ty"}, headers=saving).status_code == 200
    assert len(stands(desk, dossier)["bang"]) == 1  # type: ignore[arg-type]
