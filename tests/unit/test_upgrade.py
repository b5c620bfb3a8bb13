"""DATA-3: a database of the first schema is opened by this program, and every hash in it is what it was."""

from __future__ import annotations

import base64
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from conftest import refused, serve, sign_in
from small_world import NOW, PASSWORD, Clock
from thidua import config, migrations
from thidua.app import open_engine, open_site
from thidua.files.store import BlobStore
from thidua.models import Database
from thidua.services import indexing
from thidua.services.doctor import examine
from thidua.services.verify import Looked, verify
from thidua.times import utc_now

FIRST = "000000000001"
FIXTURE = Path(__file__).parents[1] / "fixtures" / "first_schema.sql"
KILLS, ROUNDS = 3, 6
EVENTS = 40_000  # so many that an upgrade takes long enough to be hit
UPGRADE = """
import sys
from pathlib import Path
from thidua import migrations
from thidua.models import Database
print("begins", flush=True)
migrations.upgrade(Database(Path(sys.argv[1]) / "thidua.sqlite"))
"""
HASHES = (
    "SELECT id, dossier_id, n, content, sha256, definition_sha256 FROM version ORDER BY id",
    "SELECT id, version_id, slot, name, sha256, size FROM version_file ORDER BY id",
    "SELECT sha256, slug, edition, track, json FROM definition WHERE slug = 'tiny' ORDER BY sha256",
    "SELECT sha256, size, extension FROM blob ORDER BY sha256",
)


@pytest.fixture(scope="module")
def _first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The instance as it was left by the first program."""
    instance = tmp_path_factory.mktemp("first")
    config.write_new(instance, values={"demo": True, "password_cost": 1, "password_memory_kib": 64})
    database = Database(instance / "thidua.sqlite")
    migrations.upgrade(database, FIRST)
    assert migrations.current(database) == FIRST
    database.close()
    script = FIXTURE.read_text("utf-8")
    with closing(sqlite3.connect(instance / "thidua.sqlite")) as connection:
        connection.executescript(f"PRAGMA foreign_keys=OFF; BEGIN; {script} COMMIT;")
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    store = BlobStore(instance / "blobs")
    for sha256, data in re.findall(r"^-- blob (\w{64}) (\S+)$", script, re.M):
        store.path(sha256).parent.mkdir(parents=True, exist_ok=True)
        store.path(sha256).write_bytes(base64.b64decode(data))
    return instance


@pytest.fixture
def instance(_first: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(_first, tmp_path / "site"))


def kept(instance: Path) -> list[list[tuple[object, ...]]]:
    with closing(sqlite3.connect(instance / "thidua.sqlite")) as connection:
        return [connection.execute(statement).fetchall() for statement in HASHES]


def blobs(instance: Path) -> dict[str, bytes]:
    store = BlobStore(instance / "blobs")
    return {sha256: store.path(sha256).read_bytes() for sha256 in store.all()}


def test_every_hash_is_equal_after_the_upgrade(instance: Path) -> None:
    before, files = kept(instance), blobs(instance)
    assert [len(rows) for rows in before] == [3, 5, 2, 4]
    site = open_site(config.load(instance))
    assert migrations.current(site.database) == migrations.head() != FIRST
    looked = Looked()
    assert [str(fault) for fault in verify(site.database, site.store, now=NOW, looked=looked)] == []
    site.engine.close()
    site.database.close()
    assert (looked.blobs, looked.versions) == (4, 3)
    assert (kept(instance), blobs(instance)) == (before, files)


def test_the_upgraded_site_opens_and_the_doctor_is_content(instance: Path) -> None:
    """Its plugin is not even installed: dossiers are read by the definitions that they were filed in."""
    site = open_site(config.load(instance))
    assert indexing.rebuild(site) == 3
    clock = Clock()
    clock.forward(days=3)
    with closing(sqlite3.connect(instance / "thidua.sqlite")) as connection:
        codes = dict(connection.execute("SELECT code, public_id FROM dossier").fetchall())
    client = serve(site, clock).test_client()
    assert sign_in(client, "hieutruong1", PASSWORD).status_code == 302
    page = client.get("/ho-so").get_data(as_text=True)
    assert [code for code in codes if code not in page] == []
    for public_id in codes.values():
        assert client.get(f"/ho-so/{public_id}").status_code == 200
    found = client.get("/tim?q=kho+hoc+lieu+so").get_data(as_text=True)
    assert codes["HS-2026-000001"] in found
    site.engine.close()
    site.database.close()
    findings = list(examine(instance, engine_of=open_engine, now=NOW))
    assert [(one.name, one.seen) for one in findings if not one.ok] == []


def test_old_rules_hold_for_old_rows(instance: Path) -> None:
    """What later programs forbid is forbidden for what earlier ones wrote."""
    database = Database(instance / "thidua.sqlite")
    migrations.upgrade(database)
    database.close()
    with closing(sqlite3.connect(instance / "thidua.sqlite")) as connection:
        for statement in ("UPDATE version SET sha256 = 'x'", "DELETE FROM event", "UPDATE version_file SET name = 'x'"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)


def test_there_is_no_way_back_and_nothing_is_changed(instance: Path) -> None:
    with closing(sqlite3.connect(instance / "thidua.sqlite")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '999999999999'")
        connection.commit()
        before = "\n".join(connection.iterdump())
    with refused("database-newer"):
        open_site(config.load(instance))
    with closing(sqlite3.connect(instance / "thidua.sqlite")) as connection:
        assert "\n".join(connection.iterdump()) == before


# --- killed while it runs ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def filled(_first: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The instance of the first program with a long audit."""
    instance = Path(shutil.copytree(_first, tmp_path_factory.mktemp("filled") / "site"))
    with closing(sqlite3.connect(instance / "thidua.sqlite")) as connection:
        listed = [row[1] for row in connection.execute("PRAGMA table_info(event)") if row[1] != "id"]
        columns = ", ".join(listed)
        while connection.execute("SELECT count(*) FROM event").fetchone()[0] < EVENTS:
            connection.execute(f"INSERT INTO event ({columns}) SELECT {columns} FROM event")
        connection.commit()
    return instance


def schema(instance: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(instance / "thidua.sqlite")) as connection:
        said = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
        return sorted(connection.execute(said).fetchall(), key=str)


def events(instance: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(instance / "thidua.sqlite")) as connection:
        return connection.execute("SELECT id, at, action, details FROM event ORDER BY id").fetchall()


def upgraded(filled: Path, tmp_path: Path) -> Path:
    instance = Path(shutil.copytree(filled, tmp_path / "whole"))
    database = Database(instance / "thidua.sqlite")
    migrations.upgrade(database)
    database.close()
    return instance


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_upgrade_killed_at_any_moment_is_finished_by_the_next_start(filled: Path, tmp_path: Path, seed: int) -> None:
    chance, instance = random.Random(seed), Path(shutil.copytree(filled, tmp_path / "site"))
    before = kept(instance), blobs(instance), events(instance)
    for _ in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-c", UPGRADE, str(instance)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"begins\n"
            time.sleep(chance.random() * 0.8)
            process.kill()
    site = open_site(config.load(instance))
    try:
        assert migrations.current(site.database) == migrations.head() != FIRST
        assert [str(fault) for fault in verify(site.database, site.store, now=utc_now(), looked=Looked())] == []
    finally:
        site.engine.close()
        site.database.close()
    assert (kept(instance), blobs(instance), events(instance)) == before
    assert schema(instance) == schema(upgraded(filled, tmp_path))
