"""``thidua verify``: every harm to what the site vouches for is found, each by its own name, in constant memory."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from desk import Desk, filled
from kept import once
from small_world import Clock, World
from thidua.models import Blob, IssuedReport, Result, Version
from thidua.plugin import Judging
from thidua.scoring.judging import combine
from thidua.scoring.points import Sheet
from thidua.scoring.stored import rubric_sha256, to_text
from thidua.scoring.valued import evaluate
from thidua.services import verify as verifying
from thidua.services.definitions import shape
from thidua.services.site import Site
from thidua.services.verify import Looked, verify

SITE_BYTES = 4 * 1024**2


@pytest.fixture
def filed(site: Site, world: World, clock: Clock) -> Site:
    """One dossier submitted with its file and a frozen result."""
    once(site, "verified", lambda: _file(site, world, clock))
    return site


def _file(site: Site, world: World, clock: Clock) -> None:
    clerk, head = (Desk(site, world, clock, login, "truong1") for login in ("vanthu1", "hieutruong1"))
    dossier = filled(clerk)
    clerk.hand_over(dossier)
    head.submit(dossier)
    with site.database.writing() as session:
        kept = session.scalars(select(Version)).one()
        rubric = shape(kept.definition).rubric
        assert rubric is not None
        sheet = evaluate(rubric, Sheet({"noi_dung": 60, "trinh_bay": 25}))
        combined = combine(Judging(judges=1), [sheet])
        row = {
            "dossier_id": kept.dossier_id,
            "version_id": kept.id,
            "n": 1,
            "total": str(combined.total),
            "class_key": "",
            "class_label": "",
            "calculation": to_text(combined, (), sha256=rubric_sha256(rubric)),
            "rubric_sha256": rubric_sha256(rubric),
            "frozen_by": world.users["phutrach1"],
            "frozen_at": clock(),
        }
        session.execute(insert(Result), [row])


def faults(site: Site, clock: Clock) -> list[tuple[str, str]]:
    found = verify(site.database, site.store, now=clock(), looked=Looked())
    return [(fault.code, fault.what) for fault in found]


def the_blob(site: Site) -> Path:
    return site.store.path(next(site.store.all()))


def run_sql(site: Site, *statements: str) -> None:
    """As somebody would who has the file: without the triggers that guard it."""
    with sqlite3.connect(site.database.path) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            connection.execute(statement)


def test_a_sound_site_is_looked_at_whole(filed: Site, clock: Clock) -> None:
    looked = Looked()
    assert list(verify(filed.database, filed.store, now=clock(), looked=looked)) == []
    assert looked == Looked(blobs=1, versions=1, results=1)


def _gone(site: Site) -> None:
    the_blob(site).unlink()


def _one_byte(site: Site) -> None:
    path = the_blob(site)
    data = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


@pytest.mark.parametrize(("harm", "code"), [(_gone, "verify-missing"), (_one_byte, "verify-altered")])
def test_a_harmed_file_is_named(filed: Site, clock: Clock, harm: Callable[[Site], None], code: str) -> None:
    sha256 = next(filed.store.all())
    harm(filed)
    assert faults(filed, clock) == [(code, sha256)]


@pytest.mark.parametrize(
    ("statement", "codes"),
    [
        ("UPDATE version SET content = replace(content, 'Giáo viên', 'Hiệu phó')", ["verify-version"]),
        ("UPDATE version SET sha256 = replace(sha256, substr(sha256, 1, 4), 'ffff')", ["verify-version"]),
        ("UPDATE version_file SET name = 'khac.docx'", ["verify-files"]),
        ("DELETE FROM version_file", ["verify-files"]),
        (
            "UPDATE definition SET json = replace(json, 'Báo cáo thành tích', 'Báo cáo khác') WHERE slug = 'tiny'",
            ["verify-definition"],
        ),
        ("UPDATE result SET total = '90'", ["verify-result"]),
        ("UPDATE result SET calculation = replace(calculation, '60', '65')", ["verify-result"]),
        ("UPDATE result SET calculation = '{}'", ["verify-result"]),
        ("UPDATE blob SET size = size + 1", ["verify-size"]),
    ],
)
def test_a_harmed_row_is_named(filed: Site, clock: Clock, statement: str, codes: list[str]) -> None:
    run_sql(filed, statement)
    assert [code for code, _ in faults(filed, clock)] == codes


def test_a_result_of_a_track_without_rubric_is_sound(filed: Site, clock: Clock) -> None:
    bare = "total = '', calculation = '', rubric_sha256 = ''"
    run_sql(filed, f"UPDATE result SET {bare}")
    assert faults(filed, clock) == [("verify-result", "HS-2026-000001/1")]  # of its form it should have a score
    form = "SELECT sha256 FROM definition WHERE slug = 'tiny' AND track = 'tap-the'"
    run_sql(filed, f"UPDATE version SET definition_sha256 = ({form})")
    assert faults(filed, clock) == [("verify-definition", "HS-2026-000001/1")]  # which is not what its content names
    run_sql(filed, "UPDATE result SET total = '90'")
    assert [code for code, _ in faults(filed, clock)] == ["verify-definition", "verify-result"]


def test_a_stray_file_is_named_once_nothing_may_still_be_arriving(filed: Site, clock: Clock) -> None:
    data = b"half an upload"
    sha256 = hashlib.sha256(data).hexdigest()
    path = filed.store.path(sha256)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (clock().timestamp(),) * 2)
    assert faults(filed, clock) == []
    clock.forward(hours=25)
    assert faults(filed, clock) == [("verify-orphan", sha256)]


def test_a_blob_counts_as_used_wherever_a_row_speaks_of_it(filed: Site, world: World, clock: Clock) -> None:
    data = b"a report as it was issued"
    sha256 = hashlib.sha256(data).hexdigest()
    path = filed.store.path(sha256)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    with filed.database.writing() as session:
        session.add(Blob(sha256=sha256, size=len(data), extension=".docx", created_at=clock()))
    assert faults(filed, clock) == [("verify-unused", sha256)]
    with filed.database.writing() as session:
        report = IssuedReport(
            call_id=world.call_id,
            report="tong_hop",
            n=1,
            unit_id=world.units["so"],
            asked_by=world.users["phutrach1"],
            asked_at=clock(),
            word_sha256=sha256,
        )
        session.add(report)
    assert faults(filed, clock) == []


def test_a_large_site_is_read_in_little_memory(site: Site, clock: Clock) -> None:
    """Eight files of two megabytes: what is held at once is a piece of one."""
    block = b"x" * (1024**2)
    for n in range(8):
        data = block * 2 + str(n).encode()
        sha256 = hashlib.sha256(data).hexdigest()
        site.store.path(sha256).parent.mkdir(parents=True, exist_ok=True)
        site.store.path(sha256).write_bytes(data)
        with site.database.writing() as session:
            session.add(Blob(sha256=sha256, size=len(data), extension=".pdf", created_at=clock()))
    del data
    looked = Looked()
    tracemalloc.start()
    found = [fault.code for fault in verify(site.database, site.store, now=clock() + timedelta(1), looked=looked)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found, looked.blobs) == (["verify-unused"] * 8, 8)
    assert peak < SITE_BYTES


def test_batches_end_where_they_should(filed: Site, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "BATCH", 1)
    test_a_sound_site_is_looked_at_whole(filed, clock)
