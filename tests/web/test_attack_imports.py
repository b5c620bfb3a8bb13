"""Excel files nobody would fill in by hand, and several of them at once."""

from __future__ import annotations

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from small_world import World
from thidua.documents.workbook import Book
from thidua.errors import say
from thidua.models import PersonName
from thidua.services import imports
from thidua.services.site import Site
from web_desk import post, signed_in


def staff(*names: str) -> bytes:
    book = Book()
    sheet = book.sheet(imports.STAFF.name)
    book.write_line(sheet, 0, [column.label for column in imports.STAFF.columns])
    for number, name in enumerate(names, start=1):
        book.write_line(sheet, number, [name, "05/02/1990", "", "truong1", "Giáo viên"])
    return book.to_bytes()


def test_import_with_a_name_as_long_as_a_cell_allows_is_told(app: Flask, world: World) -> None:
    file = (io.BytesIO(staff("%" * 32_000)), "x.xlsx")
    looked = post(signed_in(app, "admin"), "/quan-tri/nhap/kiem-tra", {"file": file})
    assert (looked.status_code, "1 lỗi" in looked.get_data(as_text=True)) == (422, True)


def test_looks_at_once_do_not_meet(app: Flask, world: World, site: Site) -> None:
    clients = [signed_in(app, "admin") for _ in range(6)]
    body = staff(*(f"Người Mới {n}" for n in range(20)))

    def look(client: FlaskClient) -> int:
        return post(client, "/quan-tri/nhap/kiem-tra", {"file": (io.BytesIO(body), "x.xlsx")}).status_code

    with ThreadPoolExecutor(len(clients)) as pool:
        assert list(pool.map(look, clients * 3)) == [200] * 18
    sha256 = hashlib.sha256(body).hexdigest()
    kept = [path.name for path in (site.settings.instance / "imports").iterdir()]
    assert kept == [f"{world.users['admin']}.{sha256}.xlsx"]
    assert post(clients[0], "/quan-tri/nhap/nhap", {"sha256": sha256}).status_code == 200


def test_same_file_taken_many_times_at_once_is_taken_once(app: Flask, world: World, site: Site) -> None:
    clients = [signed_in(app, "admin") for _ in range(8)]
    names = [f"Người Mới {n}" for n in range(20)]
    body = staff(*names)
    assert post(clients[0], "/quan-tri/nhap/kiem-tra", {"file": (io.BytesIO(body), "x.xlsx")}).status_code == 200
    sha256 = hashlib.sha256(body).hexdigest()

    def take(client: FlaskClient) -> str:
        answer = post(client, "/quan-tri/nhap/nhap", {"sha256": sha256})
        gone = say("import-gone") in answer.get_data(as_text=True)
        return "taken" if answer.status_code == 200 else "gone" if gone else answer.status

    with ThreadPoolExecutor(len(clients)) as pool:
        assert sorted(pool.map(take, clients)) == ["gone"] * 7 + ["taken"]
    with site.database.reading() as session:
        known = select(PersonName.text).where(PersonName.text.in_(names)).order_by(PersonName.id)
        assert sorted(session.scalars(known)) == sorted(names)
    assert list((site.settings.instance / "imports").iterdir()) == []
