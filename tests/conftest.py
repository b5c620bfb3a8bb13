"""What the tests share: a migrated database copied per test, a small world, clients, a clock to set."""

from __future__ import annotations

import gc
import logging
import os
import re
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from importlib.util import find_spec
from pathlib import Path
from typing import cast
from weakref import WeakKeyDictionary

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as settings_of_hypothesis
from jinja2 import FileSystemBytecodeCache, Undefined
from sqlalchemy import event, update
from werkzeug.test import TestResponse

import tiny_campaign
from small_demo import SHARED
from small_world import NOW, PASSWORD, Clock, World, make_world
from thidua import migrations
from thidua.config import Settings
from thidua.errors import Refused
from thidua.files.store import BlobStore
from thidua.models import (
    Database,
    Unit,
    User,
)
from thidua.registry import Registry
from thidua.search.engine import Engine
from thidua.services import definitions
from thidua.services.site import Site

# A busy machine is no failure: properties are about what, not about how fast.
settings_of_hypothesis.register_profile("thidua", deadline=None)
settings_of_hypothesis.load_profile("thidua")

# The browser suite needs the extra "e2e"; without it there is nothing to import it with.
collect_ignore = [] if find_spec("playwright") else ["browser"]

SECRET = "0123456789abcdefghijklmnopqrstuvwxyz-tests"


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """A command that ran in this process set up logging for good: the next test hears what it should again."""
    root, ours = logging.getLogger(), logging.getLogger("thidua")
    handlers, levels = list(root.handlers), (root.level, ours.level)
    yield
    for handler in [one for one in root.handlers if type(one) is logging.StreamHandler and one not in handlers]:
        root.removeHandler(handler)
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


@pytest.fixture(scope="session")
def _migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "thidua.sqlite"
    database = Database(path)
    migrations.upgrade(database)
    database.close()
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A site in a temporary folder, with a password hash that costs next to nothing."""
    return Settings(
        instance=tmp_path,
        secret_key=SECRET,
        password_cost=1,
        password_memory_kib=64,
        plugins_strict=True,
    )


@pytest.fixture
def database(settings: Settings, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database of the newest schema, empty but for what the test's ``site`` and ``world`` bring."""
    wanted = frozenset({"_definitions", "_world"} & set(request.fixturenames))  # not where a module makes its own site
    shutil.copy(_ready(wanted, request), settings.database_path)
    database = open_database(settings.database_path)
    _furnished[database] = wanted
    yield database
    database.close()


_files: dict[tuple[Path, ...], Path] = {}
_furnished: WeakKeyDictionary[Database, frozenset[str]] = WeakKeyDictionary()


def _ready(wanted: frozenset[str], request: pytest.FixtureRequest) -> Path:
    """A file with the rows that fixtures bring, made once: copying it is cheaper than sixty statements a test.

    A module with a registry of its own has definitions, and so a file, of its own.
    """
    sources: list[Path] = [request.getfixturevalue("_definitions")] if "_definitions" in wanted else []
    sources += [request.getfixturevalue("_world")[0]] if "_world" in wanted else []
    if tuple(sources) not in _files:
        path = request.getfixturevalue("tmp_path_factory").mktemp("ready") / "thidua.sqlite"
        shutil.copy(request.getfixturevalue("_migrated"), path)
        database = open_database(path)
        for source in sources:
            fill_from(source, database)
        database.close()
        _files[tuple(sources)] = path
    return _files[tuple(sources)]


_compiled: list[Database] = []


def open_database(path: Path) -> Database:
    """The database at ``path``, with the statements that earlier tests compiled: a quarter of a small test's time.

    Nor does it wait for the disk: no test of ours cuts the power, and those that kill a process open a real site.
    """
    database = Database(path)
    event.listen(database.engine, "connect", _without_waiting)
    if not _compiled:
        database.engine.connect().close()  # which tells the dialect what database it speaks to
    _compiled.append(database)
    first = _compiled[0].engine
    for engine in (database.engine, database._writer):
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
    del _compiled[1:]
    return database


def _without_waiting(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


def fill_from(source: Path, database: Database) -> None:
    """Add every row of the database at ``source`` to an open one; what worked it out ran once."""
    with database.engine.connect() as connection:
        raw = cast("sqlite3.Connection", connection.connection.driver_connection)
        raw.execute("ATTACH ? AS kept", [str(source)])
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("PRAGMA defer_foreign_keys = ON")
        for table in Unit.metadata.sorted_tables:
            raw.execute(f'INSERT INTO main."{table}" SELECT * FROM kept."{table}"')
        raw.execute("COMMIT")
        raw.execute("DETACH kept")


@pytest.fixture(scope="session")
def registry() -> Registry:
    """What is installed with us, and the tiny campaign. Shared: whoever breaks a registry makes their own."""
    registry = Registry.load(strict=True)
    registry.add(tiny_campaign, "tiny")
    return registry


@pytest.fixture(scope="session")
def _definitions(_migrated: Path, registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What settling writes, worked out once."""
    path = tmp_path_factory.mktemp("settled") / "thidua.sqlite"
    shutil.copy(_migrated, path)
    database = open_database(path)
    with database.writing() as session:
        definitions.settle(session, registry, NOW)
    database.close()
    return path


@pytest.fixture(scope="session")
def _world(_migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """The small world, made once."""
    path = tmp_path_factory.mktemp("world") / "thidua.sqlite"
    shutil.copy(_migrated, path)
    database = open_database(path)
    cheap = Settings(instance=path.parent, secret_key=SECRET, password_cost=1, password_memory_kib=64)
    world = make_world(cheap, database)
    database.close()
    return path, world


@pytest.fixture
def site(settings: Settings, database: Database, registry: Registry, _definitions: Path) -> Iterator[Site]:
    """A site to serve, its definitions settled."""
    if "_definitions" not in _furnished[database]:
        fill_from(_definitions, database)
    engine = cast("Engine", registry.engines["whoosh"].open(settings.index_path, registry.abbreviations))
    yield Site(settings, database, registry, BlobStore(settings.blobs_path), engine)
    engine.close()


@pytest.fixture
def clock() -> Clock:
    """Tuesday, 10 March 2026, 9 o'clock in Việt Nam."""
    return Clock()


class Missing(Undefined):
    """What a template names and nobody gives it may be asked for, but is never printed as nothing."""

    def __str__(self) -> str:
        return self._fail_with_undefined_error()


def serve(site: Site, clock: Clock) -> Flask:
    """An application of its own, for tests that change one; unexpected exceptions become the 500 page."""
    from thidua.app import create_app  # here, so that services are tested without it

    app = create_app(site, clock=clock)
    app.jinja_env.bytecode_cache = _templates()
    app.jinja_env.undefined = Missing
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


def _templates() -> FileSystemBytecodeCache:
    """Templates compiled once for all applications and processes of a run."""
    folder = Path(os.environ[SHARED]) / "templates"
    folder.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(folder))


_applications: list[Flask] = []


@pytest.fixture
def app(site: Site, clock: Clock) -> Flask:
    """The application. Compiling routes and templates is most of a small test, so it is made once and given each site.

    Whoever adds routes or changes settings of Flask makes their own with :func:`serve`.
    """
    if not _applications:
        _applications.append(serve(site, clock))
    app = _applications[0]
    app.instance_path = str(site.settings.instance)
    app.extensions |= {"thidua": site, "thidua.clock": clock}
    app.extensions.pop("thidua.passwords", None)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts."""
    return app.test_client()


@pytest.fixture
def world(database: Database, _world: tuple[Path, World]) -> World:
    """See :class:`World`; one call is open until the end of 31 March 2026."""
    if "_world" not in _furnished[database]:
        fill_from(_world[0], database)
    return deepcopy(_world[1])


_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


def csrf_of(client: FlaskClient, path: str = "/doi-mat-khau") -> str:
    """The token that the page at ``path`` (any page with our frame) gives to this client."""
    match = _TOKEN.search(client.get(path, follow_redirects=True).get_data(as_text=True))
    assert match is not None
    return match[1]


def post(client: FlaskClient, path: str, data: dict[str, object] | None = None, **options: object) -> TestResponse:
    """Post a form with the client's token."""
    fields = {"csrf_token": csrf_of(client), **(data or {})}
    return client.post(path, data=fields, **options)  # type: ignore[arg-type]


def sign_in(client: FlaskClient, login: str, password: str = PASSWORD, **options: object) -> TestResponse:
    """Sign in as people do, through the page."""
    return post(client, "/dang-nhap", {"login": login, "password": password}, **options)


@pytest.fixture(name="sign_in")
def _sign_in() -> Callable[..., TestResponse]:
    """:func:`sign_in` as a fixture."""
    return sign_in


@pytest.fixture(name="post")
def _post() -> Callable[..., TestResponse]:
    """:func:`post` as a fixture."""
    return post


@contextmanager
def refused(code: str) -> Iterator[None]:
    """The block is refused for exactly this reason."""
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.code == code


@contextmanager
def counting(database: Database) -> Iterator[list[str]]:
    """The SQL statements executed in the block."""
    statements: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        if statement not in ("BEGIN", "BEGIN IMMEDIATE"):
            statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


@pytest.fixture
def count_queries(database: Database) -> Callable[[], object]:
    """``with count_queries() as statements: …``; ``len(statements)`` afterwards."""
    return lambda: counting(database)


def set_user(site: Site, user_id: int, **values: object) -> None:
    """Change an account behind the back of the services."""
    with site.database.writing() as session:
        session.execute(update(User).where(User.id == user_id).values(**values))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long loops run where they are asked for (``pytest -m slow``), and are skipped with a reason elsewhere."""
    if "slow" not in config.option.markexpr:
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason="a long loop; run with: pytest -m slow"))


def pytest_collection_finish() -> None:
    """What was imported and collected stays until the end: going through it again and again costs a tenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)
    gc.enable()


_shared_folder: list[Path] = []


def pytest_configure(config: pytest.Config) -> None:
    """A folder that the processes of this run share; the first one makes it and takes it away.

    And byte code is kept, whatever the shell says: every process that the tests start would
    compile the same thousand modules again.
    """
    gc.disable()  # until everything is collected
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if SHARED not in os.environ:
        _shared_folder.append(Path(tempfile.mkdtemp(prefix="thidua-tests-")))
        os.environ[SHARED] = str(_shared_folder[0])


def pytest_unconfigure(config: pytest.Config) -> None:
    """See :func:`pytest_configure`."""
    for folder in _shared_folder:
        shutil.rmtree(folder, ignore_errors=True)
        del os.environ[SHARED]
    _shared_folder.clear()
