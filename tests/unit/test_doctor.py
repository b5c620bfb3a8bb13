"""Each thing that can be wrong turns its own line red and says what mends it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from small_demo import copy_of_demo, small_demo
from thidua import config
from thidua.app import open_engine, open_site
from thidua.cli import run
from thidua.services.doctor import LARGEST_WAL, OLDEST_BACKUP, Finding, examine
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
    run_sql(instance, "UPDATE outbox SET tries = 0, kind = 'notify'")


def _waiting_for_search(instance: Path) -> None:
    _failed_job(instance)
    run_sql(instance, "UPDATE outbox SET tries = 0")


def _later_program(instance: Path) -> None:
    run_sql(instance, "UPDATE alembic_version SET version_num = '999999999999'")


def _huge_journal(instance: Path) -> None:
    with (instance / "thidua.sqlite-wal").open("wb") as file:
        file.truncate(LARGEST_WAL + 1)


def _lost_document(instance: Path) -> None:
    site = open_site(config.load(instance))
    site.engine.update(deleted=[1])
    site.engine.close()
    site.database.close()


def _never_saved(instance: Path) -> None:
    _real_site(instance)


def _saved_long_ago(instance: Path) -> None:
    _real_site(instance)
    run_sql(
        instance,
        "INSERT INTO event (at, action, subject_kind, details) "
        "VALUES ('2026-01-01 00:00:00.000000', 'backed-up', 'site', '{}')",
    )


def _real_site(instance: Path) -> None:
    path = instance / "thidua.toml"
    path.write_text(path.read_text("utf-8").replace("demo = true", "demo = false"), "utf-8")


def test_a_sound_site_is_green_throughout() -> None:
    assert red(small_demo(), full=True) == []
    assert [f.name for f in look(small_demo())] == [
        "Cài đặt",
        "Ổ đĩa",
        "Cơ sở dữ liệu",
        "Nhật ký ghi (WAL)",
        "Cấu trúc bảng",
        "Kho tệp",
        "Việc nền",
        "Độ trễ tìm kiếm",
        "Sao lưu",
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
        (_later_program, "Cấu trúc bảng"),
        (_huge_journal, "Nhật ký ghi (WAL)"),
        (_failed_job, "Việc nền"),
        (_waiting_job, "Việc nền"),
        (_lost_document, "Chỉ mục tìm kiếm"),
        (_never_saved, "Sao lưu"),
        (_saved_long_ago, "Sao lưu"),
    ],
)
def test_each_harm_turns_its_own_line_red(tmp_path: Path, harm: Callable[[Path], None], line: str) -> None:
    instance = copy_of_demo(tmp_path / "site")
    harm(instance)
    assert red(instance) == [line]


def test_what_search_has_not_heard_of_is_red_in_both_lines(tmp_path: Path) -> None:
    instance = copy_of_demo(tmp_path / "site")
    _waiting_for_search(instance)
    assert red(instance) == ["Việc nền", "Độ trễ tìm kiếm"]


def test_failed_jobs_are_told_by_kind_and_error_and_tried_again_by_the_command(tmp_path: Path) -> None:
    instance = copy_of_demo(tmp_path / "site")
    _failed_job(instance)
    (found,) = [f for f in look(instance) if not f.ok]
    assert (found.seen, found.mend) == ("0 việc chờ, 1 việc hỏng (text × 1: E)", "thidua retry")
    assert run(["--instance", str(instance), "retry"]) == 0
    with sqlite3.connect(instance / "thidua.sqlite") as connection:
        assert connection.execute("SELECT tries, error FROM outbox").fetchall() == [(0, "")]


@pytest.mark.parametrize("harm", [_never_saved, _saved_long_ago])
def test_a_backup_makes_the_line_green(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    instance = copy_of_demo(tmp_path / "site")
    harm(instance)
    assert run(["--instance", str(instance), "backup", str(tmp_path / "backup")]) == 0
    assert red(instance) == []
    assert red(instance, later=OLDEST_BACKUP + timedelta(minutes=5)) == ["Sao lưu"]


def test_a_database_of_a_later_program_is_not_opened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    instance = copy_of_demo(tmp_path / "site")
    _later_program(instance)
    assert run(["--instance", str(instance), "reindex"]) == 1
    assert "bản thidua mới hơn" in capsys.readouterr().err


def test_a_changed_byte_is_found_when_everything_is_read(tmp_path: Path) -> None:
    instance = copy_of_demo(tmp_path / "site")
    blob = next(path for path in (instance / "blobs").rglob("*") if path.is_file())
    blob.chmod(0o600)
    blob.write_bytes(blob.read_bytes()[:-1] + b"?")
    assert (red(instance), red(instance, full=True)) == ([], ["Kho tệp"])


def test_without_settings_nothing_else_is_looked_at(tmp_path: Path) -> None:
    assert [(f.name, f.ok) for f in look(tmp_path)] == [("Cài đặt", False)]
