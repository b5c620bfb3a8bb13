"""INJ-1, INJ-2, INJ-4, INJ-5 and bad forms: what people type is shown as text, whatever it is.

Hostile text is planted in every field that people fill, and every page of every account
is parsed as a browser would: no element, no attribute of theirs, nothing evaluated.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from python_calamine import load_workbook
from sqlalchemy import select

import tiny_campaign
from conftest import csrf_of, serve, sign_in
from crawling import addresses, fresh_site, ids_of, kind_of
from desk import Desk, word_file
from fuzzing import queries
from small_world import Clock, World, add_person
from thidua.documents.tables import Column, Table, table_workbook
from thidua.models import Action, Call, Dossier, UnitName, User, Verdict
from thidua.outbox import Worker
from thidua.permissions import Actor, scope_of
from thidua.services import calls, dossiers, submissions
from thidua.services.dossiers import Nominee
from thidua.services.indexing import handlers
from thidua.services.reviews import Finding
from thidua.services.searching import Question, search
from thidua.services.site import Site
from thidua.services.submissions import Letter
from thidua.times import local_day

IMAGE, TEMPLATE, FORMULA = "<img src=x onerror=alert(1)>", "{{7*7}}${7*7}", "=cmd|' /C calc'!A0"
QUOTES = "\"' autofocus onfocus=alert(1) x='"
CLOSING = "</textarea></script></title>]]>-->"
HOSTILE = f"bimat {IMAGE} {TEMPLATE} {QUOTES} {CLOSING}"
SHORT = f"{IMAGE}{{{{7*7}}}}"  # for fields of sixty letters
CONTROL = "dòng\x0bmột\x00hai\x1b[31m\u202egnp.exe"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, _migrated: Path) -> Iterator[tuple[Site, Flask]]:
    """A site in which every text that people type is hostile; nothing in this module's crawls changes it."""
    clock = Clock()
    with fresh_site(tmp_path_factory.mktemp("hostile"), _migrated, tiny_campaign) as (site, world):
        plant(site, world, clock)
        clock.forward(minutes=1)
        Worker(site.database, handlers(site, clock), clock=clock).drain()
        yield site, serve(site, clock)


def plant(site: Site, world: World, clock: Clock) -> None:
    places = (("vanthu1", "truong1"), ("hieutruong1", "truong1"), ("thamdinh1", "xa1"))
    clerk, head, office = (Desk(site, world, clock, *place) for place in places)
    with site.database.writing() as session:
        person = add_person(session, HOSTILE, world.units["truong1"], birth=date(1980, 1, 1)).public_id
        for name in session.scalars(select(UnitName)):
            name.text = f"{name.text} {HOSTILE}"
        for user in session.scalars(select(User)):
            user.name = f"{user.name} {HOSTILE}"
        call = session.scalars(select(Call)).one()
        call.title = HOSTILE
        unit = world.units["truong1"]
        calls.ask_extension(session, call, unit_id=unit, reason=HOSTILE, by=head.actor, now=clock())
    for n, nominee in enumerate((Nominee(person=person), Nominee(group_name=HOSTILE), Nominee(group_name=FORMULA))):
        with site.database.writing() as session:
            row = dossiers.start(
                session,
                registry=site.registry,
                call=world.call_public_id,
                track="ca-nhan" if nominee.person else "tap-the",
                nominee=nominee,
                by=clerk.actor,
                now=clock(),
            )
        clerk.save(row.public_id, "thong_tin", {"chuc_vu": HOSTILE, "nam_cong_tac": "9", "mon": "toan"})
        text = "\n".join((HOSTILE, CONTROL, FORMULA))
        clerk.save(row.public_id, "thanh_tich_chung", {"thanh_tich": text})
        clerk.attach(row.public_id, word_file(HOSTILE), name=f"{HOSTILE}.docx")
        clerk.attach(row.public_id, HOSTILE.encode(), name=f"../../{SHORT}\u202e.txt", slot="minh_chung")
        clerk.hand_over(row.public_id)
        if n == 1:
            with site.database.writing() as session:
                by = head.actor
                dossiers.give_back(session, dossier=row.public_id, reason=HOSTILE, by=by, now=clock())
            continue
        letter = Letter(number=SHORT, day=date(2026, 3, 10), signer=HOSTILE)
        args = {"letter": letter, "key": row.public_id, "by": head.actor, "now": clock()}
        submissions.submit(site, dossiers=[row.public_id], **args)
        office.take_up(row.public_id)
        note = Finding(Verdict.MORE, f"{HOSTILE}\n{CONTROL}")
        office.end(row.public_id, Action.RETURN, HOSTILE, document__bao_cao=note, field__chuc_vu=note)


class Seen(HTMLParser):
    """What a browser would make of a page: elements, attributes, and the text between them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.bad: list[str] = []
        self.text: list[str] = []
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and not (given.get("src") or "").startswith("/static/"):
            self.bad.append(self.get_starttag_text() or tag)
        if any(name.startswith("on") or name in ("style", "autofocus=") for name in given):
            self.bad.append(self.get_starttag_text() or tag)
        if any((given.get(name) or "").strip().lower().startswith("javascript:") for name in ("href", "src", "action")):
            self.bad.append(self.get_starttag_text() or tag)
        if tag == "img" and given.get("src") == "x":
            self.bad.append("img")
        if tag in ("input", "select", "textarea", "button") and given.get("name"):
            self.names.add(str(given["name"]))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def parsed(page: str) -> Seen:
    seen = Seen()
    seen.feed(page)
    seen.close()
    return seen


ROLES = ("vanthu1", "hieutruong1", "thamdinh1", "admin")
EACH = [pytest.param(login, marks=() if login == "hieutruong1" else pytest.mark.slow) for login in ROLES]


def pages(site: Site, app: Flask, client: FlaskClient) -> Iterator[tuple[str, str, bytes]]:
    """Path, type and bytes of everything that answers 200."""
    extra = [
        "/tim?q=bimat",
        "/goi-y/nguoi?q=bimat",
        "/goi-y/don-vi?q=truong",
        f"/tim?q={HOSTILE}",
        f"/ho-so?loc={IMAGE}",
    ]
    for path in [*addresses(app, ids_of(site)), *extra]:
        with client.get(path) as answer:
            assert answer.status_code < 500, path
            if answer.status_code == 200:
                yield path, answer.mimetype, answer.get_data()


Walk = Callable[[str], list[tuple[str, str, bytes]]]


@pytest.fixture(scope="module")
def walk(hostile: tuple[Site, Flask]) -> Walk:
    """:func:`pages` of an account, asked for once."""
    site, app = hostile

    @cache
    def walk(login: str) -> list[tuple[str, str, bytes]]:
        client = app.test_client()
        sign_in(client, login)
        return list(pages(site, app, client))

    return walk


@pytest.mark.parametrize("login", EACH)
def test_hostile_text_is_text_on_every_page(walk: Walk, login: str) -> None:
    bad, seen_as_text, evaluated = {}, 0, []
    for path, kind, data in walk(login):
        if kind == "text/html":
            page = data.decode()
            seen = parsed(page)
            text = " ".join(seen.text)
            seen_as_text += IMAGE in text
            if seen.bad:
                bad[path] = seen.bad[:3]
            if "49${7*7}" in page or "{{7*7}}$49" in page:
                evaluated.append(path)
    assert bad == {}
    assert evaluated == []
    assert seen_as_text > 3


def test_parser_notices_what_it_looks_for() -> None:
    for page in (IMAGE, "<script>x</script>", "<a href=' javascript:x'>", "<p style='a'>", "<script src=//ac.vn>"):
        assert parsed(page).bad, page
    assert parsed("&lt;img src=x onerror=alert(1)&gt;").bad == []


def test_word_and_zip_files_open_and_hold_the_text(walk: Walk) -> None:
    """XML is well formed, nothing became a field or a link, and names in archives stay inside of them."""
    documents = archives = 0
    for path, _, data in walk("hieutruong1"):
        if data[:2] != b"PK":
            continue
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            assert [n for n in names if n.startswith("/") or ".." in n.split("/") or "\u202e" in n or "\\" in n] == []
            if "word/document.xml" in names:
                documents += 1
                words = "".join(etree.fromstring(archive.read("word/document.xml")).itertext())
                assert "<w:altChunk" not in archive.read("word/document.xml").decode()
                assert not any(ord(c) < 32 and c not in "\t\n\r" for c in words), path
            elif "manifest.json" in names:
                archives += 1
    assert documents > 2
    assert archives > 1


def test_formula_is_neutral_in_every_sheet() -> None:
    """Excel files are read back as text in the tests of documents; here the hostile one."""
    texts = [FORMULA, IMAGE, "+1+1", "@x", "-2", "\t=1"]
    data = table_workbook(Table(title="Danh sách", columns=[Column("ten", "Tên")], rows=[{"ten": t} for t in texts]))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    rows = load_workbook(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert "<f>" not in sheet
    assert FORMULA in [cell for row in rows for cell in row]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠", " =", "\u200b="])
def test_every_cell_with_words_is_a_text_also_when_somebody_types_into_it(start: str) -> None:
    """Titles and heads too: who opens the file and presses Enter in a cell has changed nothing."""
    said = f"{start}cmd|'/C calc'!A0"
    table = Table(title=said, columns=[Column("ten", said)], rows=[{"ten": said}])
    with zipfile.ZipFile(io.BytesIO(table_workbook(table))) as archive:
        sheet, styles = (etree.fromstring(archive.read(f"xl/{name}.xml")) for name in ("worksheets/sheet1", "styles"))
    looks = styles.find("{*}cellXfs")
    cells = [
        (cell.get("t"), looks[int(cell.get("s", "0"))].get("numFmtId")) for cell in sheet.iter("{*}c") if len(cell)
    ]
    assert cells == [("s", "49")] * len(cells) != []
    assert list(sheet.iter("{*}f")) == []


# --- INJ-1: queries ----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [60, pytest.param(300, marks=pytest.mark.slow)])
def test_no_query_is_an_error(hostile, number: int) -> None:
    site, _ = hostile
    with site.database.reading() as session:
        user = session.scalars(select(User).where(User.login == "vanthu1")).one()
        other = session.scalars(select(User).where(User.login == "vanthu3")).one()
        day = local_day(Clock()())
        mine, theirs = (scope_of(session, Actor(one.id), day) for one in (user, other))
        known = set(session.scalars(select(Dossier.public_id)))
        for text in queries(number, seed=20):
            found = search(site, session, mine, Question(text=text))
            assert {hit.id for hit in found.hits} <= known
            assert search(site, session, theirs, Question(text=text)).total == 0


@pytest.mark.parametrize("number", [40, pytest.param(100, marks=pytest.mark.slow)])
def test_search_page_answers_every_address(hostile, number: int) -> None:
    _, app = hostile
    client = app.test_client()
    sign_in(client, "vanthu1")
    for n, text in enumerate(queries(number, seed=7)):
        names = ("q", "nam", "donvi", "phongtrao", "trangthai", "xep", "trang")
        asked = {"q": "bimat", names[n % len(names)]: text}
        with client.get("/tim", query_string=asked) as answer:
            assert (answer.status_code, parsed(answer.get_data(as_text=True)).bad) == (200, [])


# --- forms that nobody's page has sent ---------------------------------------------------------------

VALUES = {
    "nothing": "",
    "a NUL byte": "\x00",
    "hostile": HOSTILE,
    "a number beyond all bounds": "9" * 400,
    "long": "ă" * 30_000,
    "a date that is none": "31/02/2026",
    "a list": "a,b;c\r\nX-Injected: 1",
}
LEAVE = {"auth.sign_out", "auth.change_password", "auth.sign_in", "static"}


def harvest(site: Site, app: Flask, client: FlaskClient) -> set[str]:
    """The names of all fields on all pages."""
    names: set[str] = set()
    for _, kind, data in pages(site, app, client):
        if kind == "text/html":
            names |= parsed(data.decode()).names
    return names - {"csrf_token"}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("login", ROLES)
def test_no_form_is_an_unexpected_fault(tmp_path, _migrated: Path, login: str, caplog) -> None:  # noqa: PT019 -- its value is used
    """Every unsafe route with every field name of the site and each kind of rubbish: never a 500."""
    clock = Clock()
    with fresh_site(tmp_path, _migrated, tiny_campaign) as (site, world):
        plant(site, world, clock)
        app = serve(site, clock)
        client = app.test_client()
        sign_in(client, login)
        names, ids, adapter = harvest(site, app, client), ids_of(site), app.url_map.bind("")
        ids |= {"slot": ["minh_chung"], "extension": ["x" * 22], "grant_id": ["1"]}
        faults, posted = [], 0
        token = csrf_of(client)
        for rule in app.url_map.iter_rules():
            if rule.endpoint in LEAVE or "POST" not in (rule.methods or ()):
                continue
            given = {n: ids[kind_of(rule, n)][0] for n in rule.arguments}
            path = adapter.build(rule.endpoint, {n: int(v) if v.isdecimal() else v for n, v in given.items()})
            for what, value in VALUES.items():
                fields = dict.fromkeys(sorted(names)[:400], value)
                if what == "long":
                    fields = dict(list(fields.items())[:20]) | {"khong_co": "a" * 1_000_000}
                posted += 1
                with client.post(path, data={"csrf_token": token, **fields}) as answer:
                    if answer.status_code >= 500 or "X-Injected" in answer.headers:
                        faults.append((rule.endpoint, what, answer.status_code))
                    if answer.mimetype == "text/html" and (found := parsed(answer.get_data(as_text=True)).bad):
                        faults.append((rule.endpoint, what, found[0]))
                clock.at += timedelta(seconds=1)
        assert faults == []
        assert posted > 100
        with client.get("/whoami") as answer:
            assert answer.status_code == 200
    assert [r.getMessage() for r in caplog.records if r.levelname == "ERROR" and r.name == "thidua.web.errors"] == []
