"""ACL-2: every role × state × action × own or foreign unit through the real services.

What the table written by hand says happens: allowed goes through, everything else is
refused in its own way and leaves every row of every table as it was.
"""

from __future__ import annotations

import csv
import io
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

import tiny_campaign
from conftest import open_database
from desk import COMPLETE, FIELD, LETTER, SECTION, Desk, filled, word_file
from small_world import NOW, Clock, World, add_user, make_world
from thidua.config import Settings
from thidua.errors import NotAllowed, NotFound, Refused
from thidua.files.store import BlobStore
from thidua.models import Action, Assignment, Database, Dossier, Role, State, Verdict
from thidua.permissions import Actor, find_attachment, find_dossier, find_revision, find_version, require, scope_of
from thidua.registry import Registry
from thidua.search.whoosh_engine import WhooshEngine
from thidua.services import attachments, definitions, dossiers, reviews, submissions
from thidua.services.reviews import Finding
from thidua.services.site import Site
from thidua.times import local_day

TABLE = Path(__file__).parents[1] / "permissions.csv"
DOCUMENT = word_file("Thêm một tệp")
PASSED = {f"section:{s}": Finding(Verdict.PASSED) for s in COMPLETE} | {"document:bao_cao": Finding(Verdict.PASSED)}

# Where the dossier of truong1, filed with xa1, has an office of its own and a foreign one.
PLACES = {
    (Role.CLERK, "own"): "truong1",
    (Role.HEAD, "own"): "truong1",
    (Role.CLERK, "foreign"): "truong2",
    (Role.HEAD, "foreign"): "truong2",
    **{(r, "own"): "xa1" for r in (Role.APPRAISER, Role.MANAGER, Role.JUDGE, Role.READER, Role.ADMIN)},
    **{(r, "foreign"): "xa2" for r in (Role.APPRAISER, Role.MANAGER, Role.JUDGE, Role.READER, Role.ADMIN)},
}


@dataclass(frozen=True)
class Stage:
    """A database in which one dossier stands in one state, and the actor of every role and place."""

    path: Path
    dossier: str
    attachment: str
    revision: str
    actors: dict[tuple[str, str], Actor]


class Scene:
    """The stages by state, each made once through the services and copied from then on."""

    def __init__(self, site: Site, world: World, clock: Clock, folder: Path) -> None:
        self.site, self.clock = site, clock
        self.folder = folder
        self.actors = {}
        with site.database.writing() as session:
            for (role, relation), unit in PLACES.items():
                login = f"{role}-{relation}"
                user = add_user(session, login, (role, world.units[unit]), password_hash="x")
                self.actors[role, relation] = Actor(user.id, world.units[unit])
        self.stages: dict[State, Stage] = {}
        clerk, head, office = (
            Desk(site, world, clock, *who)
            for who in (("vanthu1", "truong1"), ("hieutruong1", "truong1"), ("thamdinh1", "xa1"))
        )
        dossier = filled(clerk)
        with site.database.writing() as session:
            row, judge = session.scalars(select(Dossier)).one(), self.actors[Role.JUDGE, "own"].user_id
            facts = {"place": 1, "blind": False, "assigned_by": judge, "assigned_at": NOW}
            session.add(Assignment(dossier_id=row.id, judge_id=judge, **facts))
        self.keep(State.DRAFT, dossier)
        clerk.hand_over(dossier)
        self.keep(State.AWAITING, dossier)
        head.submit(dossier)
        self.keep(State.SUBMITTED, dossier)
        office.take_up(dossier)
        self.keep(State.APPRAISING, dossier)
        before = self.copy(State.APPRAISING, folder / "fork.sqlite")
        for action, state in ((Action.RETURN, State.RETURNED), (Action.REFUSE, State.INELIGIBLE)):
            forked = self.at(self.copy(State.APPRAISING, folder / f"{state}-fork.sqlite"))
            with forked.database.writing() as session:
                by = self.actors[Role.APPRAISER, "own"]
                reviews.end(session, dossier=dossier, action=action, reason="Lý do", by=by, now=NOW)
            self.keep(state, dossier, forked.database)
        forked = self.at(before)
        with forked.database.writing() as session:
            by = self.actors[Role.APPRAISER, "own"]
            reviews.end(session, dossier=dossier, action=Action.ACCEPT, findings=PASSED, by=by, now=NOW)
        self.keep(State.ELIGIBLE, dossier, forked.database)
        for state in (State.JUDGING, State.SCORED, State.PUBLISHED):  # the services for these come later
            with forked.database.writing() as session:
                session.execute(update(Dossier).values(state=state))
            self.keep(state, dossier, forked.database)

    def at(self, path: Path) -> Site:
        return replace(self.site, database=open_database(path))

    def keep(self, state: State, dossier: str, database: Database | None = None) -> None:
        database = database or self.site.database
        path = self.folder / f"{state}.sqlite"
        source, target = sqlite3.connect(database.path), sqlite3.connect(path)
        source.backup(target)
        source.close()
        target.close()
        with database.reading() as session:
            row = session.scalars(select(Dossier)).one()
            attachment = row.attachments[0]
            ids = attachment.public_id, attachment.current.public_id
        if database is not self.site.database:
            database.close()
        self.stages[state] = Stage(path, dossier, *ids, actors=self.actors)

    def copy(self, state: State, to: Path) -> Path:
        shutil.copy(self.stages[state].path, to)
        return to


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, _migrated: Path) -> Iterator[Scene]:
    """Built from the same fixtures as every test, once for the module."""
    folder = tmp_path_factory.mktemp("scene")
    settings = Settings(instance=folder, secret_key="0123456789abcdefghijklmnopqrstuvwxyz", password_memory_kib=64)
    shutil.copy(_migrated, settings.database_path)
    database = open_database(settings.database_path)
    registry = Registry(strict=True)
    registry.add(tiny_campaign, "tiny")
    with database.writing() as session:
        definitions.settle(session, registry, NOW)
    engine = WhooshEngine(settings.index_path)
    site = Site(settings, database, registry, BlobStore(settings.blobs_path), engine)
    world = make_world(settings, database)
    yield Scene(site, world, Clock(), folder)
    engine.close()
    database.close()


Dump = dict[str, list[tuple[object, ...]]]


def dump(path: Path) -> Dump:
    """Every row of every table."""
    with sqlite3.connect(path) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {table: sorted(connection.execute(f'SELECT * FROM "{table}"'), key=repr) for table in tables}
    connection.close()
    return rows


class Unchanged:
    """Whether the database at ``path`` says what it said at first.

    Every row of every table is compared as soon as another connection has committed anything.
    """

    def __init__(self, path: Path, before: Dump) -> None:
        self._path, self._before = path, before
        self._connection = sqlite3.connect(path)
        self._commits = self._read()

    def _read(self) -> int:
        return self._connection.execute("PRAGMA data_version").fetchone()[0]

    def __bool__(self) -> bool:
        return self._read() == self._commits or dump(self._path) == self._before

    def close(self) -> None:
        self._connection.close()


Act = Callable[[Site, Stage, Actor], object]


def writing(service: Callable[..., object], **more: object) -> Act:
    def act(site: Site, stage: Stage, by: Actor) -> object:
        with site.database.writing() as session:
            return service(session, dossier=stage.dossier, by=by, now=NOW, **more)

    return act


def attach(site: Site, stage: Stage, by: Actor) -> object:
    return attachments.receive(
        site,
        dossier=stage.dossier,
        slot="minh_chung",
        name="them.docx",
        stream=io.BytesIO(DOCUMENT),
        expected=len(DOCUMENT),
        by=by,
        now=NOW,
    )


def detach(site: Site, stage: Stage, by: Actor) -> object:
    with site.database.writing() as session:
        return attachments.remove(session, attachment=stage.attachment, by=by, now=NOW)


def hand_over(site: Site, stage: Stage, by: Actor) -> object:
    return submissions.hand_over(site, dossier=stage.dossier, by=by, now=NOW)


def submit(site: Site, stage: Stage, by: Actor) -> object:
    return submissions.submit(site, dossiers=[stage.dossier], letter=LETTER, key=f"new{by.user_id}", by=by, now=NOW)


ACTS: dict[str, tuple[Act, ...]] = {
    "edit": (
        writing(dossiers.save_part, part=SECTION, raw={FIELD: "Khác"}, base={}),
        attach,
        detach,
    ),
    Action.HAND_OVER: (hand_over,),
    Action.GIVE_BACK: (writing(dossiers.give_back, reason="Xem lại"),),
    Action.SUBMIT: (submit,),
    Action.WITHDRAW: (writing(submissions.withdraw),),
    Action.TAKE_UP: (writing(reviews.take_up),),
    Action.RETURN: (writing(reviews.end, action=Action.RETURN, reason="Bổ sung"),),
    Action.REFUSE: (writing(reviews.end, action=Action.REFUSE, reason="Không đúng"),),
    Action.ACCEPT: (writing(reviews.end, action=Action.ACCEPT, findings=PASSED),),
    "review": (writing(reviews.record, findings={"document:bao_cao": Finding(Verdict.MORE, "Thiếu")}),),
}

BY_ATTACHMENT = (detach,)


def table() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


OUTCOMES = {"state": Refused, "forbidden": NotAllowed, "hidden": NotFound}


def outcome(act: Act, site: Site, stage: Stage, by: Actor) -> str:
    try:
        act(site, stage, by)
    except Refused as refused:
        return next(name for name, kind in OUTCOMES.items() if type(refused) is kind)
    return "allowed"


def test_a_row_that_changed_is_noticed(scene: Scene, tmp_path: Path) -> None:
    """The comparison below can fail, and looks at rows: what is written and taken back is no change."""
    path = scene.copy(State.DRAFT, tmp_path / "now.sqlite")
    site, unchanged = scene.at(path), Unchanged(path, dump(path))
    seen = [bool(unchanged)]
    for step in (6, -6):
        with site.database.writing() as session:
            session.execute(update(Dossier).values(rev=Dossier.rev + step))
        seen.append(bool(unchanged))
    site.database.close()
    unchanged.close()
    assert seen == [True, False, True]


@pytest.mark.parametrize("state", list(State))
def test_services_do_what_the_table_says_and_nothing_on_refusal(scene: Scene, tmp_path: Path, state: State) -> None:
    stage = scene.stages[state]
    path = scene.copy(state, tmp_path / "now.sqlite")
    site, before = scene.at(path), dump(path)
    unchanged = Unchanged(path, before)
    working = {(r["role"], r["relation"]) for r in table() if r["action"] == "see:working" and r[state] == "allowed"}
    wrong, tried = [], 0
    for row in table():
        by = stage.actors[row["role"], row["relation"]]
        for act in ACTS.get(row["action"], ()):
            tried += 1
            found = outcome(act, site, stage, by)
            # the address of a file being edited is known to those who see the working copy
            known = act not in BY_ATTACHMENT or (row["role"], row["relation"]) in working
            same = bool(unchanged)
            if found != (row[state] if known else "hidden") or same != (found != "allowed"):
                wrong.append((row["role"], row["relation"], row["action"], found, row[state], same))
            if not same:
                site.database.close()
                unchanged.close()
                site, unchanged = scene.at(scene.copy(state, path)), Unchanged(path, before)
    site.database.close()
    unchanged.close()
    assert wrong == []
    assert tried == 168


@pytest.mark.parametrize("state", list(State))
def test_seeing_is_what_the_table_says(scene: Scene, state: State) -> None:
    stage = scene.stages[state]
    site = scene.at(stage.path)
    found, wanted = {}, {}
    with site.database.reading() as session:
        scopes = {who: scope_of(session, by, local_day(NOW)) for who, by in stage.actors.items()}
        for row in table():
            if row["action"] in ACTS:
                continue
            scope, key = scopes[row["role"], row["relation"]], (row["role"], row["relation"], row["action"])
            wanted[key] = row[state]
            try:
                require(scope, row["action"], find_dossier(session, scope, stage.dossier))
                found[key] = "allowed"
            except Refused as refused:
                found[key] = next(name for name, kind in OUTCOMES.items() if type(refused) is kind)
    site.database.close()
    assert found == wanted


@pytest.mark.parametrize("state", list(State))
def test_addresses_of_parts_open_for_whom_the_dossier_opens(scene: Scene, state: State) -> None:
    """Files and versions by their own address: never for somebody the dossier is hidden from."""
    stage = scene.stages[state]
    site = scene.at(stage.path)
    see = {(r["role"], r["relation"]): r[state] for r in table() if r["action"] == "see"}
    filed = state not in (State.DRAFT, State.AWAITING)
    for (role, relation), by in stage.actors.items():
        school = relation == "own" and role in (Role.CLERK, Role.HEAD)
        shown = see[role, relation] == "allowed"
        with site.database.reading() as session:
            scope = scope_of(session, by, local_day(NOW))
            for wanted, find in (
                (school or (shown and filed), lambda s, sc: find_revision(s, sc, stage.revision)),
                (shown and filed, lambda s, sc: find_version(s, sc, stage.dossier, 1)),
                (school, lambda s, sc: find_attachment(s, sc, stage.attachment)),
            ):
                try:
                    find(session, scope)
                    opened = True
                except NotFound:
                    opened = False
                assert (role, relation, opened) == (role, relation, wanted)
    site.database.close()


def test_many_actions_stand_in_the_table() -> None:
    """Nothing that changes a dossier is left out of the matrix."""
    assert {row["action"] for row in table()} >= set(ACTS) | set(Action)
    assert datetime(2026, 3, 10, 2, tzinfo=UTC) == NOW
