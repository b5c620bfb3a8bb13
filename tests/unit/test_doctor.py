"""Each thing that can be wrong turns its own line red and says what mends it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from small_demo import copy_of_demo, small_demo
from thidua.app import open_engine
from thidua.services.doctor import Finding, examine
from thidua.times import utc_now


def look(instance: Path, *, full: bool = False, later: timedelta = timedelta()) -> list[Finding]:
    return list(examine(instance, engine_of=open_engine, now=utc_now() + later, full=full))


def red(instance: Path, *, full: bool = False, later: timedelta = timedelta()) -> list[str]:
    found = look(instance, full=full, later=later)
    assert [f.name for f in found if bool(f.mend) == f.ok] == []
    return [f.name for f in found if not f.ok]


def run_sql(instance: Path, *statements: str) -> None:
    connection = sqlite3.connect(instance / "thidua.sqlite")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def _no_index(instance: Path) -> None:
    shutil.rmtree(instance / "index")


def _no_blob(instance: Path) -> None:
    next(path for path in (instance / "blobs").rglob("*") if path.is_file()).unlink()


def _open_to_all(instance: Path) -> None:
    (instance / "thidua.toml").chmod(0o644)


def _no_database(instance: Path) -> None:
    (instance / "thidua.sqlite").unlink()


def _rubbish_database(instance: Path) -> None:
    for path in instance.glob("thidua.sqlite*"):
        path.unlink()
    (instance / "thidua.sqlite").write_bytes(b"no database at all" * 500)


def _old_schema(instance: Path) -> None:
    run_sql(instance, "UPDATE alembic_version SET version_num = '000000000001'")


def _failed_job(instance: Path) -> None:
    run_sql(
        instance,
        "INSERT INTO outbox (key, kind, subject, details, due, tries, seq, leased_by, error) "
        "VALUES ('k', 'text', 's', '{}', '2026-01-01 00:00:00.000000', 8, 1, '', 'E')",
    )


def _waiting_job(instance: Path) -> None:
    _failed_job(instance)
    run_sql(instance, "UPDATE outbox SET tries = 0")


def test_a_sound_site_is_green_throughout() -> None:
    assert red(small_demo(), full=True) == []
    assert [f.name for f in look(small_demo())] == [
        "Cài đặt",
        "Ổ đĩa",
        "Cơ sở dữ liệu",
        "Cấu trúc bảng",
        "Kho tệp",
        "Việc nền",
        "Phong trào",
        "Chỉ mục tìm kiếm",
        "Phông chữ",
    ]


@pytest.mark.parametrize(
    ("harm", "line"),
    [
        (_no_index, "Chỉ mục tìm kiếm"),
        (_no_blob, "Kho tệp"),
        (_open_to_all, "Cài đặt"),
        (_no_database, "Cơ sở dữ liệu"),
        (_rubbish_database, "Cơ sở dữ liệu"),
        (_old_schema, "Cấu trúc bảng"),
        (_failed_job, "Việc nền"),
        (_waiting_job, "Việc nền"),
    ],
)
def test_each_harm_turns_its_own_line_red(tmp_path: Path, harm: Callable[[Path], None], line: str) -> None:
    instance = copy_of_demo(tmp_path / "site")
    harm(instance)
    assert red(instance) == [line]


def test_a_changed_byte_is_found_when_everything_is_read(tmp_path: Path) -> None:
    instance = copy_of_demo(tmp_path / "site")
    blob = next(path for path in (instance / "blobs").rglob("*") if path.is_file())
    blob.chmod(0o600)
    blob.write_bytes(blob.read_bytes()[:-1] + b"?")
    assert (red(instance), red(instance, full=True)) == ([], ["Kho tệp"])


def test_without_settings_nothing_else_is_looked_at(tmp_path: Path) -> None:
    assert [(f.name, f.ok) for f in look(tmp_path)] == [("Cài đặt", False)]
