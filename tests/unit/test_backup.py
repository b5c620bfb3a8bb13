"""A backup restored elsewhere is the same site, hash for hash; a damaged one restores nothing."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from small_demo import small_demo
from thidua import config
from thidua.errors import Invalid, Refused
from thidua.files.store import BlobStore
from thidua.models import Database, Dossier, Event, Outbox, Version
from thidua.services.backup import DATABASE, MANIFEST, BackedUp, backup, restore
from thidua.services.submissions import content_sha256

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def take(target: Path, *, settings: bool = False) -> BackedUp:
    source = small_demo()
    database = Database(source / "thidua.sqlite")
    try:
        kept = source / config.FILE_NAME if settings else None
        return backup(database, BlobStore(source / "blobs"), target, now=NOW, settings=kept)
    finally:
        database.close()


def rows(instance: Path) -> dict[str, object]:
    database = Database(instance / "thidua.sqlite")
    try:
        with database.reading() as session:
            counts = {
                t.__tablename__: session.scalar(select(func.count()).select_from(t)) for t in (Dossier, Event, Outbox)
            }
            versions = session.execute(select(Version.id, Version.sha256, Version.content)).all()
            assert [content_sha256(v.content) for v in versions] == [v.sha256 for v in versions]
            return counts | {"versions": [(v.id, v.sha256) for v in versions]}
    finally:
        database.close()


def test_restore_elsewhere_finds_every_hash_equal(tmp_path: Path) -> None:
    made = take(tmp_path / "backup")
    restored = restore(tmp_path / "backup", tmp_path / "site")
    assert (restored.blobs, restored.size) == (made.blobs, made.size)
    old, new = BlobStore(small_demo() / "blobs"), BlobStore(tmp_path / "site" / "blobs")
    assert list(new.all()) == list(old.all())
    assert [sha256 for sha256 in new.all() if not new.verify(sha256)] == []
    assert rows(tmp_path / "site") == rows(small_demo())


def test_backup_lists_the_hash_of_every_file_and_leaves_settings_and_index_out(tmp_path: Path) -> None:
    take(tmp_path / "backup")
    manifest = json.loads((tmp_path / "backup" / MANIFEST).read_bytes())
    listed = {line["path"]: line["sha256"] for line in manifest["files"]}
    there = {p.relative_to(tmp_path / "backup").as_posix(): p for p in (tmp_path / "backup").rglob("*") if p.is_file()}
    del there[MANIFEST]
    assert listed == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in there.items()}
    assert {name.partition("/")[0] for name in there} == {"thidua.sqlite", "blobs"}


def test_settings_travel_only_on_request(tmp_path: Path) -> None:
    take(tmp_path / "with", settings=True)
    take(tmp_path / "without")
    restore(tmp_path / "with", tmp_path / "a")
    restore(tmp_path / "without", tmp_path / "b")
    secret = config.load(small_demo()).secret_key
    assert config.load(tmp_path / "a").secret_key == secret
    assert config.load(tmp_path / "b").secret_key != secret
    assert (tmp_path / "b" / config.FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_backup_refuses_a_folder_that_is_not_empty(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("x")
    with pytest.raises(Refused) as refused:
        take(tmp_path)
    assert refused.value.code == "backup-not-empty"
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_restore_refuses_an_instance_that_is_not_empty(tmp_path: Path) -> None:
    take(tmp_path / "backup")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / config.FILE_NAME).write_text("")
    with pytest.raises(Refused) as refused:
        restore(tmp_path / "backup", tmp_path / "site")
    assert refused.value.code == "restore-not-empty"


@pytest.mark.parametrize("damage", ["change", "remove"])
def test_a_damaged_backup_restores_nothing(tmp_path: Path, damage: str) -> None:
    take(tmp_path / "backup")
    blob = next(path for path in (tmp_path / "backup" / "blobs").rglob("*") if path.is_file())
    if damage == "change":
        blob.write_bytes(blob.read_bytes()[:-1] + b"?")
    else:
        blob.unlink()
    with pytest.raises(Refused) as refused:
        restore(tmp_path / "backup", tmp_path / "site")
    assert refused.value.code == "backup-damaged"
    assert list((tmp_path / "site").iterdir()) == []


@pytest.mark.timeout(60)
@pytest.mark.parametrize("stranger", ["/dev/zero", "pipe", "folder", "longer"])
def test_what_is_no_file_of_its_size_is_not_read(tmp_path: Path, stranger: str) -> None:
    """A device has no end and a pipe may have no beginning: they would fill the disk, or be waited for."""
    take(tmp_path / "backup")
    blob = next(path for path in (tmp_path / "backup" / "blobs").rglob("*") if path.is_file())
    if stranger == "longer":
        blob.write_bytes(blob.read_bytes() + b"x" * 5_000_000)
    else:
        blob.unlink()
        {"pipe": os.mkfifo, "folder": os.mkdir}.get(stranger, lambda place: os.symlink(stranger, place))(blob)
    with pytest.raises(Refused) as refused:
        restore(tmp_path / "backup", tmp_path / "site")
    assert refused.value.code == "backup-damaged"
    assert list((tmp_path / "site").iterdir()) == []


@pytest.mark.parametrize(
    "path",
    ["thidua.sqlite", "../outside", "blobs/../../outside/x", "/etc/passwd", "blobs/aa/..", "index/x/y", "C:\\x"],
)
def test_a_manifest_names_nothing_but_what_a_backup_holds(tmp_path: Path, path: str) -> None:
    take(tmp_path / "backup")
    manifest = json.loads((tmp_path / "backup" / MANIFEST).read_bytes())
    manifest["files"].append({"path": path, "size": 1, "sha256": "0" * 64})
    (tmp_path / "backup" / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(Invalid) as refused:
        restore(tmp_path / "backup", tmp_path / "site")
    assert refused.value.code == "backup-none"


@pytest.mark.parametrize("content", [b"", b"no database"])
def test_a_database_that_is_none_of_ours_does_not_take_its_place(tmp_path: Path, content: bytes) -> None:
    take(tmp_path / "backup")
    (tmp_path / "backup" / DATABASE).write_bytes(content)
    manifest = json.loads((tmp_path / "backup" / MANIFEST).read_bytes())
    line = next(line for line in manifest["files"] if line["path"] == DATABASE)
    line.update(size=len(content), sha256=hashlib.sha256(content).hexdigest())
    (tmp_path / "backup" / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(Refused) as refused:
        restore(tmp_path / "backup", tmp_path / "site")
    assert (refused.value.code, list((tmp_path / "site").iterdir())) == ("backup-damaged", [])


@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        (None, "backup-none"),
        ("{", "backup-none"),
        ("[]", "backup-none"),
        ("[" * 100_000, "backup-none"),
        ('{"format": "1", "files": []}', "backup-none"),
        ('{"format": 9, "files": []}', "backup-newer"),
    ],
)
def test_a_folder_without_a_whole_manifest_is_no_backup(tmp_path: Path, manifest: str | None, code: str) -> None:
    (tmp_path / "backup").mkdir()
    if manifest is not None:
        (tmp_path / "backup" / MANIFEST).write_text(manifest)
    with pytest.raises(Invalid) as refused:
        restore(tmp_path / "backup", tmp_path / "site")
    assert refused.value.code == code


def test_backup_stops_at_a_blob_that_is_missing(tmp_path: Path) -> None:
    database = Database(small_demo() / "thidua.sqlite")
    with pytest.raises(Refused) as refused:
        backup(database, BlobStore(tmp_path / "nothing"), tmp_path / "backup", now=NOW)
    database.close()
    assert refused.value.code == "backup-blob-damaged"
    assert not (tmp_path / "backup" / MANIFEST).exists()
