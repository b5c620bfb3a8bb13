"""DATA-3: a database of the first schema is opened by this program, and every hash in it is what it was."""

from __future__ import annotations

import base64
import re
import shutil
import sqlite3
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

FIRST = "000000000001"
FIXTURE = Path(__file__).parents[1] / "fixtures" / "first_schema.sql"
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
