"""Settings: each is checked when the site starts, and the sentence names the key."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from thidua import config
from thidua.config import FILE_NAME, Settings, SettingsError

SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"
NUMBERS = {"trusted_proxies": -1, "password_memory_kib": 7, "previews_mb": 99}


@pytest.fixture
def good(tmp_path: Path) -> Settings:
    return Settings(instance=tmp_path, secret_key=SECRET)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *((key, 0) for key, kind in Settings.__annotations__.items() if kind == "int" and key not in NUMBERS),
        *NUMBERS.items(),
        ("secret_key", "short"),
        ("secret_key", "a" * 40),
        ("address", "thidua.example.vn"),
        ("colour", "red"),
        ("search_engine", "../x"),
        ("search_engine", ""),
    ],
)
def test_setting_that_cannot_be_is_refused_by_name(good: Settings, key: str, value: object) -> None:
    with pytest.raises(SettingsError, match=rf"^{key} "):
        replace(good, **{key: value})


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("colur = '#123456'", "không có mục cài đặt tên “colur”"),
        ("max_upload_mb = '5'", "max_upload_mb phải là số nguyên không kèm ngoặc kép"),
        ("demo = 1", "demo phải là true hoặc false"),
        ("plugins = 1", "plugins phải là một bảng"),
        ("= 1", "không đúng cú pháp TOML"),
    ],
)
def test_file_that_cannot_be_read_is_refused(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / FILE_NAME).write_text(f'secret_key = "{SECRET}"\n{line}\n', "utf-8")
    with pytest.raises(SettingsError, match=said):
        config.load(tmp_path, {})


def test_file_without_a_secret_key_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("idle_minutes = 5\n", "utf-8")
    with pytest.raises(SettingsError, match=r"secret_key còn thiếu hoặc quá yếu.*thidua init"):
        config.load(tmp_path, {})


def test_variables_go_before_the_file(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(f'secret_key = "{SECRET}"\nidle_minutes = 5\n[plugins]\noff = ["a"]\n', "utf-8")
    plain = config.load(tmp_path, {"PATH": "x", "THIDUA_TRACE": "1"})
    assert (plain.idle_minutes, plain.demo, plain.plugins_off) == (5, False, frozenset({"a"}))
    env = {"THIDUA_IDLE_MINUTES": "7", "THIDUA_DEMO": "true", "THIDUA_PLUGINS_OFF": "b, c"}
    changed = config.load(tmp_path, env)
    assert (changed.idle_minutes, changed.demo, changed.plugins_off) == (7, True, frozenset({"b", "c"}))


def test_new_settings_are_private_and_read_back(tmp_path: Path) -> None:
    path = config.write_new(tmp_path / "site", values={"site_name": 'Phòng "A"\\B', "demo": True, "idle_minutes": 9})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    read = config.load(tmp_path / "site", {})
    assert (read.site_name, read.demo, read.idle_minutes) == ('Phòng "A"\\B', True, 9)
    with pytest.raises(FileExistsError):
        config.write_new(tmp_path / "site", values={})
