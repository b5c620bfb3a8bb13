"""A small real site with the campaign in it: filed, looked at, searched, and read without the plugin."""

from __future__ import annotations

import atexit
import html
import io
import random
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import cast

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from thidua import migrations
from thidua.app import create_app, open_engine
from thidua.config import Settings
from thidua.demo import papers, points
from thidua.demo.samples import BadSample, day_of, made, moved
from thidua.errors import Refused
from thidua.files.store import BlobStore
from thidua.models import Database, Role
from thidua.outbox import Worker
from thidua.permissions import Actor, scope_of
from thidua.plugin import JsonValue, Link, LongText, PersonRef, Rows, Sample, Text, UnitRef
from thidua.registry import GROUP, Registry
from thidua.services import (
    accounts,
    attachments,
    calls,
    definitions,
    dossiers,
    indexing,
    people,
    self_sheets,
    submissions,
    units,
)
from thidua.services.calls import CallForm
from thidua.services.dossiers import Nominee
from thidua.services.passwords import Passwords
from thidua.services.searching import Question, search
from thidua.services.sheet_texts import as_texts
from thidua.services.site import Site
from thidua.services.submissions import Letter
from thidua.testing.subject import Subject, Tried
from thidua.text import fold
from thidua.times import Period, local_day

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
PASSWORD = "mot hai ba bon nam"  # noqa: S105 -- of a site that lives for a second
LIVE = "<x-thidua onmouseover=alert(1)>\"'</x-thidua>"
SCHOOL = "Trường Tiểu học Hoa Sen"


@dataclass
class Filed:
    """A dossier of the small site."""

    one: Tried
    id: str
    sample: Sample
    answers: dict[str, JsonValue]


class Office:
    """A site of one office and one school; ``folder`` is thrown away afterwards."""

    def __init__(self, subject: Subject) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="thidua-")
        settings = Settings(
            instance=Path(self._folder.name),
            secret_key="0123456789abcdefghijklmnopqrstuvwxyz-kit",  # noqa: S106 -- of a site that lives for a minute
            password_cost=1,
            password_memory_kib=64,
        )
        database = Database(settings.database_path)
        migrations.upgrade(database)
        registry, bare = _registry(subject), _registry(None)
        engine = open_engine(registry, settings)
        self.site = Site(settings, database, registry, BlobStore(settings.blobs_path), engine)
        self.without = replace(self.site, registry=bare)
        with database.writing() as session:
            definitions.settle(session, registry, NOW)
            self._found(session)
        self.calls: dict[tuple[str, str], str] = {}
        self._number = 0

    def close(self) -> None:
        """Throw the site away."""
        self.site.engine.close()
        self.site.database.close()
        self._folder.cleanup()

    def _found(self, session: Session) -> None:
        password, since = Passwords(self.site.settings).hash(PASSWORD), date(2020, 8, 1)
        office = units.create(session, code="SO", name="Sở Giáo dục", kind="cơ quan", started=since, by=None, now=NOW)
        school = units.create(
            session, code="HS", name=SCHOOL, kind="trường", started=since, parent_id=office.id, by=None, now=NOW
        )
        self.unit, self.office_unit, self.unit_ref = school.id, office.id, {"id": school.public_id, "name": SCHOOL}
        self.users: dict[str, Actor] = {}
        for login, role, unit in (
            ("vanthu", Role.CLERK, school),
            ("hieutruong", Role.HEAD, school),
            ("admin", Role.ADMIN, office),
        ):
            user = accounts.create_user(
                session, login=login, name=login, password_hash=password, must_change=False, by=None, now=NOW
            )
            accounts.grant(session, user, role=role, unit_id=unit.id, valid_from=since, by=None, now=NOW)
            self.users[login] = Actor(user.id, unit.id)

    def call(self, one: Tried) -> str:
        """The open call of an edition."""
        campaign = one.campaign
        key = (campaign.slug, campaign.edition)
        if key not in self.calls:
            form = CallForm(
                title=campaign.title,
                period=Period("school_year", 2025),
                opens=NOW - timedelta(days=30),
                closes=NOW + timedelta(days=30),
                grace_until=None,
                parameters={},
            )
            with self.site.database.writing() as session:
                made = calls.create(
                    session,
                    self.site.registry,
                    slug=campaign.slug,
                    edition=campaign.edition,
                    unit_id=self.office_unit,
                    form=form,
                    by=None,
                    now=NOW,
                )
                self.calls[key] = made.public_id
        return self.calls[key]

    def draft(self, one: Tried, sample: Sample, extra: dict[str, JsonValue]) -> Filed:
        """A dossier of ``sample`` with ``extra`` answers in place of its own."""
        call, clerk = self.call(one), self.users["vanthu"]
        answers = dict(sample.answers) | extra
        with self.site.database.writing() as session:
            person = one.track.subject == "person"
            nominee = Nominee(person=self._person(session, sample)) if person else Nominee(group_name=sample.nominee)
            row = dossiers.start(
                session, registry=self.site.registry, call=call, track=one.track.key, nominee=nominee, by=clerk, now=NOW
            )
            for section in one.shape.sections:
                raw = {
                    field.key: self._picked(session, field, answers[field.key])
                    for field in section.fields
                    if field.key in answers
                }
                dossiers.save_part(
                    session, dossier=row.public_id, part=section.key, raw=raw, base={}, by=clerk, now=NOW
                )
            found = row.public_id
            if one.track.self_scored and one.track.rubric is not None:
                texts = as_texts(points.given(one.track.rubric, points.between(random.Random(0), 60)))
                self_sheets.save_own(session, dossier=found, texts=texts, base={}, by=clerk, now=NOW)
        rng = random.Random(0)
        accept = {document.key: document.accept for document in one.track.documents}
        for file in sample.files:
            paper = papers.paper(file, unit=SCHOOL, accept=accept[file.slot], rng=rng)
            attachments.receive(
                self.site,
                dossier=found,
                slot=file.slot,
                name=paper.name,
                stream=io.BytesIO(paper.data),
                expected=len(paper.data),
                by=clerk,
                now=NOW,
            )
        return Filed(one, found, sample, answers)

    def file(self, filed: Filed) -> None:
        """Hand over and submit; :class:`~thidua.errors.Refused` when it may not be."""
        self._number += 1
        submissions.hand_over(self.site, dossier=filed.id, by=self.users["vanthu"], now=NOW)
        submissions.submit(
            self.site,
            dossiers=[filed.id],
            letter=Letter(f"{self._number}/TTr-HS", local_day(NOW), "Trần Thị Hiệu"),
            key=f"k{self._number}",
            by=self.users["hieutruong"],
            now=NOW,
        )

    def settle(self) -> None:
        """Read the texts and index what was filed."""
        Worker(
            self.site.database, indexing.handlers(self.site, lambda: NOW + timedelta(minutes=5)), clock=_later
        ).drain()

    def find(self, text: str) -> list[str]:
        """The ids of the dossiers that the school's clerk finds."""
        with self.site.database.reading() as session:
            scope = scope_of(session, self.users["vanthu"], local_day(NOW))
            return [hit.id for hit in search(self.site, session, scope, Question(text=text)).hits]

    def browser(self, site: Site, login: str) -> FlaskClient:
        """Somebody signed in."""
        app: Flask = create_app(site, clock=lambda: NOW)
        client = app.test_client()
        token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/dang-nhap").get_data(as_text=True))
        data = {"login": login, "password": PASSWORD, "csrf_token": token[1] if token else ""}
        client.post("/dang-nhap", data=data)
        return client

    def _person(self, session: Session, sample: Sample, name: str = "") -> str:
        self._number += 1
        made = people.register(
            session,
            name=name or sample.nominee,
            birth=None if name else day_of(sample.born),
            unit_id=self.unit,
            staff_code=f"GV{self._number}",
            position="Giáo viên",
            since=date(2021, 8, 1),
            apart=True,
            by=None,
            now=NOW,
        )
        return made.public_id

    def _picked(self, session: Session, field: object, given: JsonValue) -> JsonValue:
        if isinstance(field, PersonRef) and isinstance(given, str) and given:
            return {"id": self._registered(session, given), "name": given}
        if isinstance(field, Rows) and isinstance(given, list):
            return [self._line(session, field, line) if isinstance(line, dict) else line for line in given]
        if isinstance(field, UnitRef) and isinstance(given, str) and given:
            return cast("JsonValue", self.unit_ref)
        return given

    def _line(self, session: Session, field: Rows, line: dict[str, JsonValue]) -> JsonValue:
        """A line of a table, those named in it registered and told apart by their staff codes."""
        typed = dict(line)
        for column in field.columns:
            if isinstance(column, PersonRef) and (name := line.get(column.key)):
                self._registered(session, str(name))
                typed[column.key] = f"{name} (GV{self._number})"
        return typed

    def _registered(self, session: Session, name: str) -> str:
        return self._person(session, Sample(nominee=name, answers={}), name)


def _later() -> datetime:
    return NOW + timedelta(minutes=5)


def _registry(subject: Subject | None) -> Registry:
    registry = Registry()
    registry.add_entry(EntryPoint("included", "thidua.included", GROUP))
    if subject is not None:
        registry.add_entry(EntryPoint(subject.name, subject.package, GROUP))
    return registry


def _sample(one: Tried, seed: int) -> Sample | None:
    try:
        return moved(made(one.track, random.Random(seed)), Period("school_year", 2025))
    except BadSample:
        return None  # said by the check of samples


@cache
def office_of(subject: Subject) -> tuple[Office, list[Filed]]:
    """A site with one dossier filed in every track, for all checks together; it lives until the program ends."""
    office = Office(subject)
    atexit.register(office.close)
    filed: list[Filed] = []
    for one in subject.tracks:
        sample = _sample(one, 1)
        if sample is not None:
            each = office.draft(one, sample, {})
            office.file(each)
            filed.append(each)
    office.settle()
    return office, filed


def found(subject: Subject) -> Iterator[str]:
    """A dossier filed by the sample is found by its nominee and its words, with marks and without."""
    office, filed = office_of(subject)
    for each in filed:
        for what, words in (("its nominee", each.sample.nominee), *_words(each)):
            for typed in dict.fromkeys((words, fold(words))):
                if each.id not in office.find(typed):
                    yield f"{each.one.place}: searching for {what}, {typed!r}, does not find it"
    known = office.site.registry.abbreviations
    for short, long in subject.registry.abbreviations.items():
        if known.get(short) != long:
            yield f"{subject.name}: abbreviation {short!r} means {known.get(short)!r} already; take it out"


def _words(each: Filed) -> Iterator[tuple[str, str]]:
    """A few words of each long answer that everybody may search."""
    for field in each.one.shape.fields:
        given = each.answers.get(field.key)
        if isinstance(field, LongText) and isinstance(given, str):
            words = re.findall(r"\w+", given)[:4]
            if words and field.show_if is None:
                yield f"the words of field {field.key!r}", " ".join(words)


class _Live(HTMLParser):
    """Looks for what an attack would have made of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.live: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag or a handler that no page of ours has."""
        if tag == "x-thidua" or any(name == "onmouseover" for name, _ in attrs):
            self.live.append(tag)


def pages_escape(subject: Subject) -> Iterator[str]:
    """Markup typed into every text of a form, by the real pages."""
    office, _ = office_of(subject)
    clerk, admin = office.browser(office.site, "vanthu"), office.browser(office.site, "admin")
    for one in subject.tracks:
        sample = _sample(one, 2)
        if sample is None:
            continue
        each = office.draft(one, sample, _attacked(one, sample))
        yield from _pages(clerk, one, each.id)
        with suppress(Refused):
            office.file(each)
            yield from _read(clerk, one.place, f"/ho-so/{each.id}/ban/1")
    yield from _read(admin, subject.name, "/quan-tri/phong-trao/")


def _attacked(one: Tried, sample: Sample) -> dict[str, JsonValue]:
    extra: dict[str, JsonValue] = {}
    for field in one.shape.fields:
        if field.key not in sample.answers:
            continue
        if isinstance(field, Text | LongText):
            limit = field.max_chars
            extra[field.key] = LIVE if limit >= len(LIVE) else LIVE[:limit]
        elif isinstance(field, Link):
            extra[field.key] = f"https://example.vn/{LIVE}".replace(" ", "%20")
        elif isinstance(field, Rows):
            rows = sample.answers[field.key]
            texts = {column.key for column in field.columns if isinstance(column, Text | LongText)}
            extra[field.key] = [
                {key: LIVE if key in texts else cell for key, cell in row.items()}
                for row in (rows if isinstance(rows, list) else [])
                if isinstance(row, dict)
            ]
    return extra


def _pages(client: FlaskClient, one: Tried, dossier: str) -> Iterator[str]:
    for path in ("", "/kiem-tra", "/xem", "/tai-lieu", *(f"/phan/{section.key}" for section in one.shape.sections)):
        yield from _read(client, one.place, f"/ho-so/{dossier}{path}")


def _read(client: FlaskClient, place: str, path: str) -> Iterator[str]:
    answer = client.get(path, follow_redirects=True)
    shown = re.sub(r"[0-9a-f]{24}", "…", path)
    if answer.status_code != 200:
        yield f"{place}: the page {shown} answers {answer.status_code}; see the log for why"
        return
    page = _Live()
    page.feed(answer.get_data(as_text=True))
    if page.live:
        yield f"{place}: the page {shown} shows typed markup alive ({page.live[0]}); yield plain texts only"


def without_the_plugin(subject: Subject) -> Iterator[str]:
    """Filed with the plugin, read without it: pages, words, search."""
    office, filed = office_of(subject)
    client = office.browser(office.without, "vanthu")
    listed = client.get("/ho-so").get_data(as_text=True)
    for each in filed:
        text = " ".join(html.unescape(client.get(f"/ho-so/{each.id}/xem").get_data(as_text=True)).split())
        fields = [field for field in each.one.shape.fields if field.show_if is None and each.answers.get(field.key)]
        for words in (each.sample.nominee, *(field.label for field in fields)):
            if " ".join(words.split()) not in text:
                yield f"{each.one.place}: without the plugin the page of a filed dossier does not show {words!r}"
        if each.id not in listed:
            yield f"{each.one.place}: without the plugin the list does not show the dossier"
