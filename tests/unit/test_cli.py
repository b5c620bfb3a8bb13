"""The shell: every command does what it says, every fault is a sentence with the right exit code."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from small_demo import copy_of_demo, small_demo
from thidua import config, migrations
from thidua.app import open_site
from thidua.cli import cli, run
from thidua.models import Database, Grant, Role, User
from thidua.services.passwords import Passwords

ANSWERS = ["Phòng Văn hóa – Xã hội", "Trần Thị Mai", "quantri", "mây trắng đầu hè", "mây trắng đầu hè"]
QUIET = {"THIDUA_PASSWORD_COST": "1", "THIDUA_PASSWORD_MEMORY_KIB": "64"}


def said(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    return captured.out + captured.err


@pytest.mark.parametrize("command", ["serve", "worker", "reindex", "backup x", "search x --user admin"])
def test_a_folder_without_a_site_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert run(["--instance", str(tmp_path), *command.split()]) == 1
    assert "thidua init" in said(capsys)


def test_a_misspelt_setting_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_new(tmp_path, values={"adress": "https://x"})
    assert run(["--instance", str(tmp_path), "reindex"]) == 1
    assert "không có mục cài đặt tên “adress”" in said(capsys)


def test_a_wrong_call_shows_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "--colour", "red"]) == 2
    assert "--colour" in said(capsys)


@pytest.mark.slow
def test_an_unexpected_fault_is_a_sentence_unless_traced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = copy_of_demo(tmp_path / "site")
    for path in instance.glob("thidua.sqlite*"):
        path.unlink()
    (instance / "thidua.sqlite").write_bytes(b"rubbish" * 1000)
    assert run(["--instance", str(instance), "reindex"]) == 1
    assert "thidua doctor" in said(capsys)
    monkeypatch.setenv("THIDUA_TRACE", "1")
    with pytest.raises(Exception, match="not a database"):
        run(["--instance", str(instance), "reindex"])


def test_init_asks_twice_and_makes_one_administrator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in QUIET.items():
        monkeypatch.setenv(key, value)
    instance = tmp_path / "site"
    result = CliRunner().invoke(cli, ["--instance", str(instance), "init"], input="\n".join(ANSWERS) + "\n")
    assert (result.exit_code, result.exception) == (0, None)
    assert (instance / config.FILE_NAME).stat().st_mode & 0o777 == 0o600
    site = open_site(config.load(instance))
    with site.database.reading() as session:
        user = session.scalars(select(User)).one()
        grants = [tuple(row) for row in session.execute(select(Grant.role, Grant.user_id))]
    site.engine.close()
    site.database.close()
    assert (user.login, user.name, grants) == ("quantri", "Trần Thị Mai", [(Role.ADMIN, user.id)])
    assert Passwords(site.settings).fits(user.password_hash, ANSWERS[-1])
    assert ANSWERS[-1] not in result.output


@pytest.mark.parametrize("password", ["123456789", "quantri1", "ngắn"])
def test_init_takes_no_weak_password_and_leaves_nothing(tmp_path: Path, password: str) -> None:
    answers = "\n".join([*ANSWERS[:3], password, password]) + "\n"
    result = CliRunner().invoke(cli, ["--instance", str(tmp_path / "site"), "init"], input=answers)
    assert result.exit_code == 1
    assert not (tmp_path / "site").exists()


def test_init_looks_at_the_login_before_it_asks_for_a_password(tmp_path: Path) -> None:
    answers = "\n".join([*ANSWERS[:2], "Tên có dấu", *ANSWERS[3:]]) + "\n"
    result = CliRunner().invoke(cli, ["--instance", str(tmp_path / "site"), "init"], input=answers)
    assert (result.exit_code, getattr(result.exception, "code", "")) == (1, "login-unfit")
    assert "Mật khẩu" not in result.output
    assert not (tmp_path / "site").exists()


def test_init_refuses_a_folder_with_a_site(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--instance", str(small_demo()), "init"]) == 1
    assert "đã có một trang" in said(capsys)


def test_search_shows_exactly_what_the_user_may_see(capsys: pytest.CaptureFixture[str]) -> None:
    seen: dict[str, set[str]] = {}
    for login in ("vanthu", "vanthu.ngoclam", "admin"):
        assert run(["--instance", str(small_demo()), "search", "hoc sinh", "--user", login, "--json"]) == 0
        answer = json.loads(capsys.readouterr().out)
        assert all(set(hit) == {"kind", "id", "title", "snippet", "score"} for hit in answer["hits"])
        assert answer["total"] == len(answer["hits"])
        seen[login] = {hit["id"] for hit in answer["hits"]}
    assert seen["vanthu"]
    assert seen["vanthu"] & seen["vanthu.ngoclam"] == set()
    assert seen["admin"] == set()


def test_search_as_nobody_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--instance", str(small_demo()), "search", "x", "--user", "nobody"]) == 1
    assert "nobody" in said(capsys)


def test_search_for_people_to_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--instance", str(small_demo()), "search", "học sinh", "--user", "thamdinh.so"]) == 0
    assert re.match(r"\d+ kết quả\n\nHS-20", capsys.readouterr().out)


def test_doctor_ends_with_one_when_something_is_red(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--instance", str(small_demo()), "doctor"]) == 0
    instance = copy_of_demo(tmp_path / "site")
    (instance / "thidua.toml").chmod(0o644)
    assert run(["--instance", str(instance), "doctor"]) == 1
    assert "→ chmod 600" in said(capsys)


def test_backup_and_restore_by_the_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target, site = tmp_path / "backup", tmp_path / "site"
    assert run(["--instance", str(copy_of_demo(tmp_path / "old")), "backup", str(target)]) == 0
    assert run(["--instance", str(site), "restore", str(target)]) == 0
    assert run(["--instance", str(site), "doctor", "--full"]) == 0
    assert run(["--instance", str(site), "restore", str(target)]) == 1
    assert "thư mục trống" in said(capsys)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system with room for little more than the small demo."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small file system can only be mounted by root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_site_on_a_full_disk_is_looked_through_and_taken_elsewhere(
    tmp_path: Path, small_disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    instance = copy_of_demo(small_disk / "site")
    site, rest = sqlite3.connect(instance / "thidua.sqlite"), (small_disk / "rest").open("wb", 0)
    with closing(site) as served, rest as filler:
        served.execute("SELECT count(*) FROM blob").fetchone()  # by a site that goes on
        with suppress(OSError):
            while filler.write(bytes(4096)):
                pass
        assert run(["--instance", str(instance), "backup", str(instance / "backup")]) == 1
        assert "Ổ đĩa đã hết chỗ" in said(capsys)
        assert run(["--instance", str(instance), "verify"]) == 0
        assert run(["--instance", str(instance), "backup", str(tmp_path / "backup")]) == 0
        assert "chưa ghi được ngày sao lưu" in said(capsys)
    assert run(["--instance", str(small_disk / "again"), "restore", str(tmp_path / "backup")]) == 1
    assert "Ổ đĩa đã hết chỗ" in said(capsys)
    assert run(["--instance", str(tmp_path / "new"), "restore", str(tmp_path / "backup")]) == 0
    assert count_of(tmp_path / "new", "version") == count_of(instance, "version")


def test_backup_is_of_the_schema_that_stands_and_of_a_site_that_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    instance = tmp_path / "old"
    config.write_new(instance, values={})
    assert run(["--instance", str(instance), "backup", str(tmp_path / "none")]) == 1
    assert "unable to open database file" in said(capsys)
    assert not (instance / "thidua.sqlite").exists()
    database = Database(instance / "thidua.sqlite")
    migrations.upgrade(database, "000000000001")
    database.close()
    assert run(["--instance", str(instance), "backup", str(tmp_path / "backup")]) == 0
    with closing(sqlite3.connect(tmp_path / "backup" / "thidua.sqlite")) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("000000000001",)


def test_nobody_is_signed_in_after_a_restore(tmp_path: Path) -> None:
    instance, target = copy_of_demo(tmp_path / "old"), tmp_path / "backup"
    assert run(["--instance", str(instance), "backup", "--with-settings", str(target)]) == 0
    with closing(sqlite3.connect(instance / "thidua.sqlite")) as connection:
        later = {epoch + more for (epoch,) in connection.execute("SELECT epoch FROM user") for more in range(1000)}
    before = int(time.time())
    assert run(["--instance", str(tmp_path / "new"), "restore", str(target)]) == 0
    with closing(sqlite3.connect(tmp_path / "new" / "thidua.sqlite")) as connection:
        epochs = {epoch for (epoch,) in connection.execute("SELECT epoch FROM user")}
    assert (len(epochs), min(epochs) >= before, epochs & later) == (1, True, set())


def count_of(instance: Path, table: str) -> int:
    """How many rows a site keeps in ``table``: the demo grows with the campaigns that are installed."""
    with closing(sqlite3.connect(instance / "thidua.sqlite")) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_reindex_mends_a_lost_index(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    instance = copy_of_demo(tmp_path / "site")
    for path in sorted((instance / "index").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert run(["--instance", str(instance), "reindex"]) == 0
    assert run(["--instance", str(instance), "doctor"]) == 0
    assert f"Đã lập lại chỉ mục: {count_of(instance, 'dossier')} hồ sơ." in said(capsys)


def test_verify_says_what_is_wrong_with_a_zip(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.zip").write_bytes(b"no zip")
    assert run(["verify", str(tmp_path / "x.zip")]) == 1
    assert "không phải là tệp ZIP" in said(capsys)
    assert run(["verify", str(tmp_path / "missing.zip")]) == 2


def test_verify_looks_the_whole_site_through(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--instance", str(small_demo()), "verify"]) == 0
    files, versions, results = (count_of(small_demo(), table) for table in ("blob", "version", "result"))
    assert said(capsys) == f"Đã xem {files} tệp, {versions} phiên bản, {results} kết quả: nguyên vẹn.\n"
    instance = copy_of_demo(tmp_path / "site")
    blob = next(path for path in (instance / "blobs").rglob("*") if path.is_file())
    blob.unlink()
    assert run(["--instance", str(instance), "verify"]) == 1
    assert blob.parent.name + blob.name in said(capsys)


def test_verify_sets_aside_what_nobody_speaks_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    instance = copy_of_demo(tmp_path / "site")
    stray = instance / "blobs" / "ab" / ("c" * 62)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"half an upload")
    os.utime(stray, (0, 0))
    assert [run(["--instance", str(instance), "verify", *more]) for more in ([], ["--set-aside"], [])] == [1, 0, 0]
    assert (instance / "blobs" / "thua" / ("ab" + "c" * 62)).read_bytes() == b"half an upload"
    assert "không hồ sơ nào nhắc đến" in said(capsys)


def test_plugins_lists_campaigns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--instance", str(tmp_path), "plugins"]) == 0
    assert re.search(r"^\S+ \S+: .+ \(.+\) – thidua [0-9.]+$", said(capsys), re.MULTILINE)


def test_a_demo_is_not_served_beyond_this_machine(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--instance", str(small_demo()), "serve", "--host", "0.0.0.0", "--port", "0"]) == 1
    assert "127.0.0.1" in said(capsys)


def started(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "thidua", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={key: value for key, value in os.environ.items() if not key.startswith("COV")},
    )


def read_until(process: subprocess.Popen[str], wanted: str) -> str:
    assert process.stdout is not None
    lines = ""
    while wanted not in lines:
        line = process.stdout.readline()
        assert line, lines
        lines += line
    return lines


def ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.slow
def test_demo_serves_what_is_there_and_ctrl_c_ends_it_cleanly(tmp_path: Path) -> None:
    process = started("demo", "--instance", str(copy_of_demo(tmp_path / "site")), "--port", "0")
    lines = read_until(process, "Ctrl+C")
    address = re.search(r"http://127\.0\.0\.1:\d+/", lines)
    assert address is not None
    with urllib.request.urlopen(address[0]) as answer:
        assert answer.status == 200
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=30)
    assert (process.returncode, rest.strip()) == (0, "Đã dừng.")
    assert "hoa-sen-2026" in lines


@pytest.mark.slow
@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["worker"]])
def test_sigterm_ends_gracefully(tmp_path: Path, command: list[str]) -> None:
    process = started("--instance", str(copy_of_demo(tmp_path / "site")), *command)
    read_until(process, "Ctrl+C")
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=30)
    assert (process.returncode, rest.strip()) == (0, "Đã dừng.")


@pytest.mark.slow
@pytest.mark.skipif(not ipv6(), reason="this machine has no IPv6 loopback address")
def test_an_address_of_ipv6_can_be_opened_as_it_is_printed(tmp_path: Path) -> None:
    process = started("--instance", str(copy_of_demo(tmp_path / "site")), "serve", "--host", "::1", "--port", "0")
    address = re.search(r"http://\S+", read_until(process, "Ctrl+C"))
    try:
        assert address is not None
        with urllib.request.urlopen(f"{address[0]}healthz") as answer:
            assert (answer.status, urlsplit(address[0]).hostname) == (200, "::1")
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


@pytest.mark.slow
def test_a_request_under_way_ends_before_the_site_does(tmp_path: Path) -> None:
    """SIGTERM in the middle of a body: the port closes, the rest of the body still arrives and is answered."""
    process = started("--instance", str(copy_of_demo(tmp_path / "site")), "serve", "--port", "0")
    lines = read_until(process, "Ctrl+C")
    port = int(lines.split("127.0.0.1:")[1].split("/")[0])
    body = b"login=" + b"x" * 5000
    head = f"POST /dang-nhap HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {len(body)}\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall((head + kind).encode() + body[:100])
        time.sleep(1)  # so that the head has been read
        process.send_signal(signal.SIGTERM)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) != 0:
                    break
            time.sleep(0.1)
        else:
            pytest.fail("the port stays open")
        assert process.poll() is None
        line.sendall(body[100:])
        answer = line.recv(4096)
    rest, _ = process.communicate(timeout=60)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert (process.returncode, rest.strip()) == (0, "Đã dừng.")


def test_a_taken_port_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert run(["demo", "--instance", str(copy_of_demo(tmp_path / "site")), "--port", port]) == 1
    assert f"Cổng {port} đang có chương trình khác dùng" in said(capsys)
