"""The pages of the administration: they open, they change what they say, they cost the same for many."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from conftest import post, sign_in
from small_world import World, add_unit, add_user
from thidua.documents.sheets import SheetForm
from thidua.documents.workbook import Book
from thidua.errors import say
from thidua.models import Call, Extension, Grant, Membership, PersonName, Role, Succession, Unit, User
from thidua.services import imports
from thidua.services.site import Site
from thidua.times import start_of_day

PAGES = [
    "/quan-tri/tai-khoan/",
    "/quan-tri/tai-khoan/them",
    "/quan-tri/don-vi/",
    "/quan-tri/don-vi/them",
    "/quan-tri/dot/",
    "/quan-tri/dot/them",
    "/quan-tri/dot/them?edition=tiny/2025",
    "/quan-tri/nhap/",
    "/quan-tri/nhap/mau.xlsx",
    "/quan-tri/phong-trao/",
    "/quan-tri/nhat-ky/",
]


@pytest.mark.parametrize("path", PAGES)
def test_admin_page_is_for_administrators(client: FlaskClient, world: World, path: str) -> None:
    statuses = {}
    for login in ("admin", "vanthu1", "thamdinh1", "phutrach1"):
        browser = client.application.test_client()
        sign_in(browser, login)
        statuses[login] = browser.get(path).status_code
    manager = 200 if "/dot/" in path else 403
    assert statuses == {"admin": 200, "vanthu1": 403, "thamdinh1": 403, "phutrach1": manager}


def secret_in(page: str) -> str:
    return re.findall(r'<span class="secret">([^<]+)</span>', page)[1]


def test_new_account_signs_in_with_its_one_time_password(client: FlaskClient, world: World) -> None:
    sign_in(client, "admin")
    data = {
        "name": "Đỗ Thị Mới",
        "login": "moi.truong1",
        "role": "clerk",
        "unit": world.unit_ids["truong1"],
        "since": "01/03/2026",
    }
    answer = post(client, "/quan-tri/tai-khoan/them", data)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.mimetype == "text/html"
    other = client.application.test_client()
    assert sign_in(other, "moi.truong1", secret_in(answer.get_data(as_text=True))).location == "/doi-mat-khau?next=/"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("login", "vanthu1", say("login-taken", login="vanthu1")),
        ("login", "Văn Thư", say("login-unfit", login="văn thư")),
        ("name", " ", say("name-missing")),
        ("role", "king", say("choice-missing", what="vai trò")),
        ("unit", "", say("choice-missing", what="đơn vị")),
        ("since", "31/02/2026", say("date-unreadable", text="31/02/2026")),
    ],
)
def test_new_account_is_refused_beside_the_field(
    client: FlaskClient, site: Site, world: World, field: str, value: str, sentence: str
) -> None:
    sign_in(client, "admin")
    data = {"name": "A B", "login": "ab", "role": "clerk", "unit": world.unit_ids["truong1"], "since": "01/03/2026"}
    answer = post(client, "/quan-tri/tai-khoan/them", {**data, field: value})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'<a href="#{field}">{sentence}</a>' in page
    assert f'id="{field}-error"' in page
    with site.database.reading() as session:
        assert session.scalar(select(User.id).where(User.login == "ab")) is None


def test_reset_disable_enable(client: FlaskClient, world: World) -> None:
    sign_in(client, "admin")
    address = f"/quan-tri/tai-khoan/{world.user_ids['vanthu1']}"
    secret = secret_in(post(client, f"{address}/mat-khau").get_data(as_text=True))
    other = client.application.test_client()
    assert sign_in(other, "vanthu1").status_code == 401
    assert sign_in(other, "vanthu1", secret).status_code == 302
    assert post(client, f"{address}/khoa").status_code == 302
    assert other.get("/whoami").status_code == 302
    assert sign_in(other, "vanthu1", secret).status_code == 401
    assert post(client, f"{address}/mo-khoa").status_code == 302
    assert sign_in(other, "vanthu1", secret).status_code == 302
    own = post(client, f"/quan-tri/tai-khoan/{world.user_ids['admin']}/khoa")
    assert (own.status_code, say("user-self") in own.get_data(as_text=True)) == (409, True)


def test_role_is_given_and_ended(client: FlaskClient, site: Site, world: World) -> None:
    sign_in(client, "admin")
    address = f"/quan-tri/tai-khoan/{world.user_ids['tracuu']}"
    data = {"role": "judge", "unit": world.unit_ids["xa1"], "since": "01/03/2026", "until": "31/05/2026"}
    assert post(client, f"{address}/vai-tro", data).status_code == 302
    assert post(client, f"{address}/vai-tro", data).status_code == 422  # held already
    with site.database.reading() as session:
        given = session.scalars(
            select(Grant).where(Grant.role == Role.JUDGE, Grant.user_id == world.users["tracuu"])
        ).one()
        assert (given.unit_id, given.valid_to) == (world.units["xa1"], date(2026, 6, 1))
    assert "31/05/2026" in client.get(address).get_data(as_text=True)
    assert post(client, f"{address}/vai-tro/{given.id}/ket-thuc").status_code == 302
    with site.database.reading() as session:
        assert session.get_one(Grant, given.id).valid_to == date(2026, 3, 10)


def test_users_are_found_without_marks(client: FlaskClient, site: Site, world: World) -> None:
    with site.database.writing() as session:
        session.get_one(User, world.users["vanthu3"]).name = "Đặng Thị Thuỷ"
    sign_in(client, "admin")
    page = client.get("/quan-tri/tai-khoan/?tim=dang+thuy").get_data(as_text=True)
    assert re.findall(r'<span class="sub">(\w+)</span></th>', page) == ["vanthu3"]


def test_unit_is_created_renamed_and_moved(client: FlaskClient, site: Site, world: World) -> None:
    sign_in(client, "admin")
    data = {"name": "Trường THPT Mới", "code": "thpt-moi", "kind": "trường", "since": "01/08/2025", "document": "QĐ 9"}
    answer = post(client, "/quan-tri/don-vi/them", {**data, "parent": world.unit_ids["xa1"]})
    address = answer.location
    assert (
        post(
            client, f"{address}/ten", {"name": "Trường THPT Rất Mới", "since": "01/01/2026", "document": "QĐ 10"}
        ).status_code
        == 302
    )
    move = {"parent": world.unit_ids["so"], "relation": "managed_by", "since": "01/02/2026", "document": "QĐ 11"}
    assert post(client, f"{address}/truc-thuoc", move).status_code == 302
    page = client.get(address).get_data(as_text=True)
    assert page.index("Trường THPT Rất Mới") < page.index("Trường THPT Mới")
    assert "31/01/2026" in page
    said = re.findall(r'<th scope="row">([^<]*)</th><td[^>]*>([^<]*)</td><td data-label="Văn bản">([^<]*)', page)
    assert said == [
        ("Chuyển giao", "01/02/2026", "QĐ 11"),
        ("Đổi tên", "01/01/2026", "QĐ 10"),
        ("Thành lập", "01/08/2025", "QĐ 9"),
    ]
    circle = {"parent": world.unit_ids["truong1"], "relation": "managed_by", "since": "01/02/2026", "document": "QĐ 11"}
    answer = post(client, f"/quan-tri/don-vi/{world.unit_ids['so']}/truc-thuoc", circle)
    assert (answer.status_code, say("unit-circle") in answer.get_data(as_text=True)) == (422, True)


def test_unit_event_names_successors_per_school(client: FlaskClient, site: Site, world: World) -> None:
    sign_in(client, "admin")
    address = f"/quan-tri/don-vi/{world.unit_ids['xa1']}/su-kien"
    data = {"kind": "dissolved", "since": "01/04/2026", "document": "NQ 1/2026"}
    answer = post(client, address, data)
    assert answer.status_code == 422
    assert "Trường THCS Đa Tốn; Trường Tiểu học Hoa Sen" in answer.get_data(as_text=True) or (
        "Trường Tiểu học Hoa Sen; Trường THCS Đa Tốn" in answer.get_data(as_text=True)
    )
    heirs = {"heir": world.unit_ids["xa2"], f"heir-{world.unit_ids['truong2']}": world.unit_ids["so"]}
    assert post(client, address, {**data, **heirs}).status_code == 302
    with site.database.reading() as session:
        rows = session.execute(
            select(Succession.school_id, Succession.successor_id).order_by(Succession.school_id)
        ).all()
    units = world.units
    assert [tuple(r) for r in rows] == [(units["truong1"], units["xa2"]), (units["truong2"], units["so"])]


CALL = {
    "title": "Đợt hai",
    "period": "2025-2026",
    "opens": "01/04/2026",
    "closes": "01/05/2026 00:00",
    "p-so_tu": "250",
}


def test_call_is_opened_and_changed(client: FlaskClient, site: Site, world: World) -> None:
    sign_in(client, "phutrach1")
    path = "/quan-tri/dot/them"
    answer = post(client, path, {**CALL, "edition": "tiny/2025", "unit": world.unit_ids["xa1"]})
    assert answer.status_code == 302
    assert "hết ngày 30/04/2026" in client.get(answer.location).get_data(as_text=True)
    bad = {**CALL, "closes": "01/03/2026", "p-so_tu": "250"}
    assert post(client, f"{answer.location}/sua", bad).status_code == 422
    good = {**CALL, "title": "Đợt hai (sửa)", "grace": "05/05/2026"}
    assert post(client, f"{answer.location}/sua", good).status_code == 302
    with site.database.reading() as session:
        call = session.scalars(select(Call).where(Call.unit_id == world.units["xa1"])).one()
        assert (call.title, call.parameters) == ("Đợt hai (sửa)", {"so_tu": "250"})
        assert call.grace_until == start_of_day(date(2026, 5, 6))  # a day alone is meant to its end
    foreign = post(client, path, {**CALL, "edition": "tiny/2025", "unit": world.unit_ids["xa2"]})
    assert foreign.status_code == 422
    assert client.get(f"/quan-tri/dot/{world.call_public_id}").status_code == 404


def test_extension_is_granted_and_a_late_request_answered(client: FlaskClient, site: Site, world: World) -> None:
    sign_in(client, "admin")
    address = f"/quan-tri/dot/{world.call_public_id}"
    data = {"unit": world.unit_ids["truong1"], "until": "09/04/2026", "reason": "Mất điện ba ngày"}
    assert post(client, f"{address}/gia-han", {**data, "reason": " "}).status_code == 422
    assert post(client, f"{address}/gia-han", data).status_code == 302
    with site.database.writing() as session:
        asked = Extension(
            call_id=world.call_id,
            unit_id=world.units["truong2"],
            reason="Lũ",
            asked_by=world.users["vanthu2"],
            asked_at=client.application.extensions["thidua.clock"](),
        )
        session.add(asked)
    refuse = f"{address}/de-nghi/{asked.public_id}"
    assert "<strong>1 đề nghị nộp muộn</strong>" in client.get("/").get_data(as_text=True)
    assert post(client, refuse, {"decision": "refuse", "answer": ""}).status_code == 422
    late = post(client, refuse, {"decision": "grant", "until": "40/04/2026", "answer": "Hết lũ"})
    assert late.status_code == 422
    assert re.findall(r'name="(\w+)" value="(40/04/2026|Hết lũ)"', late.get_data(as_text=True)) == [
        ("until", "40/04/2026"),
        ("answer", "Hết lũ"),
    ]
    assert post(client, refuse, {"decision": "refuse", "answer": "Đã đủ thời gian"}).status_code == 302
    assert post(client, refuse, {"decision": "grant", "until": "10/04/2026"}).status_code == 422
    assert "đề nghị nộp muộn" not in client.get("/").get_data(as_text=True)
    page = client.get(address).get_data(as_text=True)
    assert ("Gia hạn hết ngày 09/04/2026" in page, "Không gia hạn</span>" in page) == (True, True)


def excel(**rows: list[list[str]]) -> io.BytesIO:
    book = Book()
    forms: dict[str, SheetForm] = {"units": imports.UNITS, "staff": imports.STAFF, "users": imports.USERS}
    for key, form in forms.items():
        sheet = book.sheet(form.name)
        book.write_line(sheet, 0, [column.label for column in form.columns])
        for number, row in enumerate(rows.get(key, []), start=1):
            book.write_line(sheet, number, row)
    return io.BytesIO(book.to_bytes())


def kept(look: TestResponse) -> dict[str, object]:
    """What the page of a look posts on: which file it looked at."""
    return dict(re.findall(r'name="(sha256)" value="([0-9a-f]{64})"', look.get_data(as_text=True)))


GOOD = {
    "units": [["th-moi", "Trường Tiểu học Mới", "trường", "TH", "THM", "Gia Lâm", "xa1", "01/08/2025"]],
    "staff": [
        ["Nguyễn Thị Mới", "05/02/1990", "NV1", "th-moi", "Giáo viên"],
        ["Nguyễn Thị Hoà", "01/02/1985", "", "truong1", "Tổ trưởng"],
    ],
    "users": [["vanthu.moi", "Trần Văn Mới", "van thu", "th-moi", ""], ["vanthu1", "x", "Văn thư", "truong1", ""]],
}


def test_import_looks_first_and_takes_all(client: FlaskClient, site: Site, world: World) -> None:
    sign_in(client, "admin")
    look = post(client, "/quan-tri/nhap/kiem-tra", {"file": (excel(**GOOD), "tệp.xlsx")})
    assert look.status_code == 200
    assert "3 thêm, 1 sửa, 1 không đổi" in look.get_data(as_text=True)
    with site.database.reading() as session:
        assert session.scalar(select(Unit.id).where(Unit.code == "th-moi")) is None
    done = post(client, "/quan-tri/nhap/nhap", kept(look))
    assert (done.status_code, done.headers["Cache-Control"], done.mimetype) == (200, "no-store", "text/html")
    secrets = re.findall(r'<td class="code">([^<]+)</td>', done.get_data(as_text=True))
    assert sign_in(client.application.test_client(), "vanthu.moi", secrets[0]).location == "/doi-mat-khau?next=/"
    with site.database.reading() as session:
        assert session.scalar(select(PersonName.text).where(PersonName.folded == "nguyen thi moi")) == "Nguyễn Thị Mới"
        position = select(Membership.position).where(Membership.person_id == world.people["hoa"])
        assert session.scalars(position).all() == ["Tổ trưởng"]
    again = post(client, "/quan-tri/nhap/kiem-tra", {"file": (excel(**GOOD), "tệp.xlsx")})
    assert "5 không đổi" in again.get_data(as_text=True)
    assert post(client, "/quan-tri/nhap/nhap", kept(again)).status_code == 200
    assert post(client, "/quan-tri/nhap/nhap", kept(again)).status_code == 409


def test_import_takes_the_file_of_the_page_and_no_other(client: FlaskClient, site: Site, world: World) -> None:
    sign_in(client, "admin")
    first = {"units": [["th-a", "Trường A", "trường"]]}
    second = {"units": [["th-b", "Trường B", "trường"]]}
    pages = [post(client, "/quan-tri/nhap/kiem-tra", {"file": (excel(**rows), "x.xlsx")}) for rows in (first, second)]
    for data in (kept(pages[0]), {}, {"sha256": "../../thidua"}):
        refused = post(client, "/quan-tri/nhap/nhap", data)
        assert (refused.status_code, say("import-gone") in refused.get_data(as_text=True)) == (409, True)
    assert post(client, "/quan-tri/nhap/nhap", kept(pages[1])).status_code == 200
    with site.database.reading() as session:
        assert session.scalars(select(Unit.code).where(Unit.code.startswith("th-"))).all() == ["th-b"]


def test_import_with_a_wrong_row_changes_nothing(client: FlaskClient, site: Site, world: World) -> None:
    sign_in(client, "admin")
    bad = {
        "units": [
            *GOOD["units"],
            ["th-moi", "Lặp", "trường", "", "", "", "", ""],
            ["x", "X", "trường", "", "", "", "không-có", ""],
        ],
        "staff": [["Ai Đó", "31/02/1990", "", "truong1", ""]],
        "users": [["ai.do", "Ai Đó", "vua", "truong1", ""]],
    }
    look = post(client, "/quan-tri/nhap/kiem-tra", {"file": (excel(**bad), "x.xlsx")})
    page = look.get_data(as_text=True)
    assert look.status_code == 422
    for sentence in (
        say("import-twice", value="th-moi", row=2),
        say("unit-code-unknown", unit_code="không-có"),
        say("date-unreadable", text="31/02/1990"),
    ):
        assert sentence in page
    assert "1 thêm, 4 lỗi" in page
    assert kept(look) == {}
    assert post(client, "/quan-tri/nhap/nhap").status_code == 409
    with site.database.reading() as session:
        assert session.scalar(select(Unit.id).where(Unit.code == "th-moi")) is None


@pytest.mark.parametrize("content", [b"", b"not excel"])
def test_import_of_something_else_is_refused(client: FlaskClient, world: World, content: bytes) -> None:
    sign_in(client, "admin")
    answer = post(client, "/quan-tri/nhap/kiem-tra", {"file": (io.BytesIO(content), "Danh sách.xlsx")})
    assert answer.status_code == 415
    assert 'id="file-error"' in answer.get_data(as_text=True)
    assert "“Danh sách.xlsx”" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "path",
    [
        "/quan-tri/tai-khoan/",
        "/quan-tri/don-vi/",
        "/quan-tri/dot/",
        "/quan-tri/dot/them?edition=tiny/2025",
        "/quan-tri/nhat-ky/",
    ],
)
def test_admin_list_costs_the_same_for_many(
    client: FlaskClient, site: Site, world: World, count_queries, path: str
) -> None:
    sign_in(client, "admin")
    client.get(path)
    with count_queries() as few:
        client.get(path)
    with site.database.writing() as session:
        for n in range(15):
            unit = add_unit(session, f"u{n}", f"Trường số {n}", parent=world.units["xa2"]).id
            add_user(session, f"user{n}", (Role.CLERK, unit), password_hash="x")
            copy = session.get_one(Call, world.call_id)
            session.add(
                Call(
                    slug=copy.slug,
                    edition=copy.edition,
                    title=f"Đợt {n}",
                    unit_id=unit,
                    period=copy.period,
                    opens=copy.opens,
                    closes=copy.closes,
                )
            )
    with count_queries() as many:
        client.get(path)
    assert len(many) == len(few)
