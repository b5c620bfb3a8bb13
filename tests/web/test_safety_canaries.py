"""ACL-3, ACL-4: what is planted at each unit is found by whom it is for, and by nobody else.

Every word below stands in exactly one place of one dossier. Every account walks every
GET address with the ids of everything there is, and searches; what was found must equal
what the account may see: a leak and a blank page both fail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

import tiny_campaign
from conftest import counting, serve, sign_in
from crawling import UNKNOWN, addresses, contents, fresh_site, ids_of, kind_of, readable, same_every_time
from desk import COMPLETE, Desk
from small_world import Clock, World, add_person
from thidua.models import Action, BlobText, Call, Dossier, State, TextState, Verdict
from thidua.outbox import Worker
from thidua.permissions import scope_of
from thidua.search.fold import folded_text
from thidua.services import calls, dossiers, reviews, submissions
from thidua.services.dossiers import Nominee
from thidua.services.indexing import handlers
from thidua.services.moves import touch
from thidua.services.reviews import Finding
from thidua.services.searching import Question, search
from thidua.services.site import Site
from thidua.services.submissions import Letter
from thidua.times import local_day

SCHOOLS = {"a": 1, "c": 3}
OFFICES = {"a": "xa1", "c": "xa2"}
STAGES = ("nhap", "nop", "tra", "sua", "xet", "cong")
COMMON = "bimat"  # stands beside every word, so that a search for it shows them in its snippets
BY_CHANCE = ("Content-Length", "Set-Cookie", "Vary", "X-Request-ID")  # of each answer its own
WORD = re.compile(rb"zq[ac](?:nhap|nop|tra|sua|xet|cong|don)[a-z]{4}zq")


def word(school: str, stage: str, kind: str) -> str:
    """The word planted there. Kinds: name, answer, text, file, note, letter, reason, staff, more time."""
    short = {"ten": "nnnn", "traloi": "aaaa", "noidung": "tttt", "tep": "ffff", "gopy": "gggg"}
    short |= {"sott": "llll", "lydo": "rrrr", "nhansu": "pppp", "giahan": "eeee"}
    return f"zq{school}{stage}{short[kind]}zq"


FILED = ("ten", "traloi", "noidung", "tep")


def expected(login: str) -> set[str]:
    """What this account may see, written from the design and not from the code."""
    words: set[str] = set()
    for school, n in SCHOOLS.items():
        if login in (f"vanthu{n}", f"hieutruong{n}"):
            words |= {word(school, s, k) for s in ("nhap", "nop", "tra", "xet", "cong") for k in FILED}
            words |= {word(school, "sua", k) for k in ("traloi", "noidung", "tep")}
            words |= {word(school, "nhap", "lydo"), word(school, "tra", "gopy"), word(school, "don", "giahan")}
            words |= {word(school, s, "sott") for s in ("nop", "tra", "xet", "cong")}
            words |= {word(school, "don", "nhansu")}
        office = {"thamdinh1": "xa1", "phutrach1": "xa1", "thamdinh2": "xa2"}.get(login)
        if office == OFFICES[school]:
            words |= {word(school, s, k) for s in ("nop", "tra", "xet", "cong") for k in (*FILED, "sott")}
            words |= {word(school, s, "gopy") for s in ("tra", "xet")}
        if login == "tracuu":
            words |= {word(school, "cong", k) for k in FILED}
        if login == "admin":
            words |= {word(school, "don", "giahan"), word(school, "don", "nhansu")}
    return words


class Planter:
    """Plants the words of one school through the services."""

    def __init__(self, site: Site, world: World, clock: Clock, school: str) -> None:
        n, office = SCHOOLS[school], OFFICES[school]
        self.site, self.world, self.clock, self.school = site, world, clock, school
        self.clerk = Desk(site, world, clock, f"vanthu{n}", f"truong{n}")
        self.head = Desk(site, world, clock, f"hieutruong{n}", f"truong{n}")
        self.office = Desk(site, world, clock, "thamdinh" + office[-1], office)

    def fill(self, dossier: str, stage: str) -> None:
        text, file = word(self.school, stage, "traloi"), word(self.school, stage, "tep")
        self.clerk.save(dossier, "thong_tin", COMPLETE["thong_tin"])
        self.clerk.save(dossier, "thanh_tich_chung", {"thanh_tich": f"{COMMON} {text}"})
        data = f"{COMMON} {word(self.school, stage, 'noidung')}".encode()
        self.clerk.attach(dossier, data, name=f"{COMMON} {file}.txt")

    def start(self, stage: str) -> str:
        with self.site.database.writing() as session:
            row = dossiers.start(
                session,
                registry=self.site.registry,
                call=self.world.call_public_id,
                track="tap-the",
                nominee=Nominee(group_name=f"Tổ {COMMON} {word(self.school, stage, 'ten')}"),
                by=self.clerk.actor,
                now=self.clock(),
            )
        self.fill(row.public_id, stage)
        self.clerk.hand_over(row.public_id)
        return row.public_id

    def submit(self, dossier: str, stage: str) -> None:
        number = f"{word(self.school, stage, 'sott')}/TTr"
        letter = Letter(number=number, day=date(2026, 3, 10), signer="Hiệu trưởng")
        submissions.submit(
            self.site, dossiers=[dossier], letter=letter, key=dossier, by=self.head.actor, now=self.clock()
        )

    def plant(self) -> None:
        with self.site.database.writing() as session:
            unit = self.world.units[f"truong{SCHOOLS[self.school]}"]
            add_person(session, f"Người {word(self.school, 'don', 'nhansu')}", unit, birth=date(1980, 1, 1))
            call = session.scalars(select(Call)).one()
            reason = f"Xin thêm {word(self.school, 'don', 'giahan')}"
            calls.ask_extension(session, call, unit_id=unit, reason=reason, by=self.head.actor, now=self.clock())
        drafted, filed, returned, looked, published = (self.start(s) for s in ("nhap", "nop", "tra", "xet", "cong"))
        with self.site.database.writing() as session:
            reason = f"Sửa {word(self.school, 'nhap', 'lydo')}"
            dossiers.give_back(session, dossier=drafted, reason=reason, by=self.head.actor, now=self.clock())
        for dossier, stage in ((filed, "nop"), (returned, "tra"), (looked, "xet"), (published, "cong")):
            self.submit(dossier, stage)
        for dossier, stage in ((returned, "tra"), (looked, "xet")):
            self.office.take_up(dossier)
            finding = Finding(Verdict.MORE, f"Thiếu {word(self.school, stage, 'gopy')}")
            if stage == "tra":
                self.office.end(dossier, Action.RETURN, document__bao_cao=finding)
                self.fill(dossier, "sua")
            else:
                self.record(dossier, finding)
        self.office.take_up(published)
        passed = {f"section__{s}": Finding(Verdict.PASSED) for s in COMPLETE}
        self.office.end(published, Action.ACCEPT, document__bao_cao=Finding(Verdict.PASSED), **passed)
        with self.site.database.writing() as session:
            row = session.scalars(select(Dossier).where(Dossier.public_id == published)).one()
            row.state = State.PUBLISHED
            touch(session, row, self.clock())

    def record(self, dossier: str, finding: Finding) -> None:
        with self.site.database.writing() as session:
            findings = {"document:bao_cao": finding}
            reviews.record(session, dossier=dossier, findings=findings, by=self.office.actor, now=self.clock())


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, _migrated: Path) -> Iterator[tuple[Site, World, Flask, Clock]]:
    """The site with all its words, indexed; nothing in this module changes it."""
    clock = Clock()
    with fresh_site(tmp_path_factory.mktemp("canaries"), _migrated, tiny_campaign) as (site, world):
        for school in SCHOOLS:
            Planter(site, world, clock, school).plant()
        _read_texts(site)
        Worker(site.database, handlers(site, clock), clock=lambda: clock().replace(hour=3)).drain()
        yield site, world, serve(site, clock), clock


def _read_texts(site: Site) -> None:
    """What the reading process would write for these plain texts, without forty processes."""
    with site.database.writing() as session:
        for row in session.scalars(select(BlobText)):
            row.text = site.store.path(row.sha256).read_text("utf-8")
            row.folded, row.state = folded_text(row.text), TextState.TEXT


LOGINS = ("vanthu1", "vanthu2", "hieutruong3", "thamdinh1", "thamdinh2", "phutrach1", "giamkhao1", "tracuu", "admin")
QUICK = ("vanthu1", "thamdinh1", "tracuu")  # the others walk where every id is walked


def fewer_ids(site: Site, login: str) -> dict[str, list[str]]:
    """What there is, with a third of the dossiers that are hidden from ``login``: of both schools there are some left,
    and every one that may be seen."""
    ids, seen = ids_of(site), {w for w in expected(login) if w.endswith("nnnnzq")}
    with site.database.reading() as session:
        rows = session.scalars(select(Dossier).order_by(Dossier.id)).all()
        kept = [row for n, row in enumerate(rows) if n % 3 == 0 or any(name in row.title for name in seen)]
        files = [revision.public_id for row in kept for file in row.attachments for revision in file.revisions]
        filed = sorted({version.submission.public_id for row in kept for version in row.versions})
    return ids | {"dossier": [row.public_id for row in kept], "revision": files, "submission": filed}


def tour(site: Site, app: Flask, ids: dict[str, list[str]]) -> list[str]:
    """Every GET address, and those whose answer depends on what is asked."""
    call = ids["call"][0]
    chosen = "&".join(f"hoso={dossier}" for dossier in ids["dossier"])
    with site.database.reading() as session:
        units = [row.owner_unit_id for row in session.scalars(select(Dossier))]
    return [
        *addresses(app, ids),
        f"/tim?q={COMMON}",
        f"/tim?q={COMMON}&xep=newest",
        f'/tim?q="{COMMON}"',
        *(f"/tim?q={COMMON}&donvi={unit}" for unit in sorted(set(units))),
        *(f"/tim?q={COMMON}&trangthai={state.value}" for state in State),
        "/tim?q=txt",
        "/ho-so?loc=" + COMMON,
        "/ho-so?xep=name",
        "/tham-dinh?loc=" + COMMON,
        "/goi-y/nguoi?q=zq",
        "/goi-y/nguoi?q=nguoi",
        "/goi-y/don-vi?q=truong",
        f"/ho-so/moi?dot={call}",
        f"/ho-so/moi?dot={call}&loai=ca-nhan",
        f"/ho-so/moi?dot={call}&loai=ca-nhan&tim=nguoi",
        f"/ho-so/moi?dot={call}&mau=ca-nhan",
        f"/to-trinh/moi?{chosen}",
        *(f"/to-trinh/moi?hoso={dossier}" for dossier in ids["dossier"]),
    ]


@pytest.mark.parametrize("login", QUICK)
def test_crawl_finds_what_the_account_may_see_and_nothing_else(planted, login: str) -> None:
    site, _, app, _ = planted
    crawl(site, app, login, fewer_ids(site, login))


@pytest.mark.slow
@pytest.mark.parametrize("login", LOGINS)
def test_crawl_with_every_id_finds_what_the_account_may_see_and_nothing_else(planted, login: str) -> None:
    site, _, app, _ = planted
    crawl(site, app, login, ids_of(site))


def crawl(site: Site, app: Flask, login: str, ids: dict[str, list[str]]) -> None:
    client = app.test_client()
    sign_in(client, login)
    found: dict[str, str] = {}
    statuses: dict[int, str] = {}
    for path in tour(site, app, ids):
        with client.get(path) as answer:
            statuses[answer.status_code] = path
            data = contents(answer.get_data())
        for hit in WORD.findall(data) + WORD.findall(repr(answer.headers).encode()):
            found.setdefault(hit.decode(), path)
    assert {s: p for s, p in statuses.items() if s >= 500 or s == 400} == {}
    leaked = {w: p for w, p in found.items() if w not in expected(login)}
    assert leaked == {}
    assert expected(login) - set(found) == set()


def test_visitor_finds_nothing(planted) -> None:
    site, _, app, _ = planted
    client = app.test_client()
    statuses = {}
    for path in tour(site, app, fewer_ids(site, "tracuu")):
        with client.get(path) as answer:
            statuses.setdefault(answer.status_code, path)
            assert not WORD.search(answer.get_data())
    assert set(statuses) <= {200, 302, 404}


@pytest.mark.parametrize("login", LOGINS)
def test_search_hits_totals_and_facets_count_the_visible_only(planted, login: str) -> None:
    site, world, _, clock = planted
    names = {w for w in expected(login) if w.endswith("nnnnzq")}
    with site.database.reading() as session:
        scope = scope_of(session, world.actor(login), local_day(clock()))
        results = search(site, session, scope, Question(text=COMMON))
        found = {w.decode() for hit in results.hits for w in WORD.findall(hit.title.encode())}
        facets = {p: sum(v.count for v in values) for p, values in results.facets.items()}
    assert (found, results.total) == (names, len(names))
    assert set(facets.values()) <= {len(names)}


# --- hidden and missing look alike -------------------------------------------------------------------

KINDS = ("dossier", "revision", "submission")


def hidden_from(site: Site, world: World, login: str) -> dict[str, list[str]]:
    """Some of what this account must not know of, by kind."""
    schools = {"vanthu3": (1,), "thamdinh2": (1,)}.get(login, (1, 3))
    units = [world.units[f"truong{n}"] for n in schools]
    with site.database.reading() as session:
        rows = session.scalars(select(Dossier).where(Dossier.owner_unit_id.in_(units)).order_by(Dossier.id)).all()
        rows = [row for row in rows if row.state is not State.PUBLISHED]
        return {
            "dossier": [row.public_id for row in rows[:4]],
            "revision": [row.attachments[0].current.public_id for row in rows[:4]],
            "submission": [v.submission.public_id for row in rows for v in row.versions][:2],
        }


def pairs(site: Site, app: Flask, hidden: dict[str, list[str]]) -> list[tuple[str, str]]:
    """For each rule with an id: an address of something foreign, and the same with an id of nothing."""
    ids = ids_of(site) | hidden
    made = []
    adapter = app.url_map.bind("")
    for rule in readable(app):
        kinds = {name: kind_of(rule, name) for name in rule.arguments}
        subject = [name for name, kind in kinds.items() if kind in KINDS]
        if not subject:
            continue
        rest = {name: ids[kind][0] for name, kind in kinds.items() if name not in subject}
        rest = {n: int(v) if v.isdecimal() else v for n, v in rest.items()}
        for foreign in ids[kinds[subject[0]]]:
            made.append(
                tuple(
                    adapter.build(rule.endpoint, rest | {subject[0]: one}) for one in (foreign, UNKNOWN[: len(foreign)])
                )
            )
    return made


@pytest.mark.parametrize(
    "login", ["vanthu3", "tracuu", *(pytest.param(one, marks=pytest.mark.slow) for one in ("giamkhao1", "thamdinh2"))]
)
def test_hidden_and_missing_answer_with_the_same_bytes_and_the_same_work(planted, login: str) -> None:
    site, world, app, _ = planted
    client = app.test_client()
    sign_in(client, login)
    compared, different = 0, []
    for foreign, missing in pairs(site, app, hidden_from(site, world, login)):
        seen = []
        for path in (foreign, missing):
            with counting(site.database) as statements, client.get(path) as answer:
                answer.get_data()
            headers = sorted((k, v) for k, v in answer.headers if k not in BY_CHANCE)
            body = same_every_time(answer.get_data()).replace(path, "").replace(path.split("/")[2], "")
            seen.append((answer.status_code, body, headers, len(statements)))
        compared += 1
        if seen[0] != seen[1] or seen[0][0] not in (403, 404):
            different.append((foreign, seen[0][0], seen[0][3], seen[1][0], seen[1][3]))
    assert different == []
    assert compared > 20


def test_moved_rights_are_seen_at_once_though_the_index_is_older(planted) -> None:
    """A dossier whose state changed in the database is not shown by an index that has not heard of it."""
    site, world, _, clock = planted
    with site.database.writing() as session:
        session.execute(update(Dossier).where(Dossier.state == State.PUBLISHED).values(state=State.SCORED))
    try:
        with site.database.reading() as session:
            scope = scope_of(session, world.actor("tracuu"), local_day(clock()))
            assert search(site, session, scope, Question(text=COMMON)).hits == ()
    finally:
        with site.database.writing() as session:
            session.execute(update(Dossier).where(Dossier.state == State.SCORED).values(state=State.PUBLISHED))


def test_words_are_planted_where_they_should_be(planted) -> None:
    """Every word that anybody expects is in the database or its files: the crawl has something to find."""
    site, _, _, _ = planted
    raw = site.settings.database_path.read_bytes() + Path(f"{site.settings.database_path}-wal").read_bytes()
    blobs = b"".join(site.store.path(sha).read_bytes() for sha in site.store.all())
    everything = set().union(*(expected(login) for login in LOGINS))
    assert everything - {w.decode() for w in WORD.findall(raw + blobs)} == set()
