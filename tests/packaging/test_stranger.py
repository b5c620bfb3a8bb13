"""A stranger's campaign: wheels of the core and of the example, installed, tried, a dossier filed in it by the web."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import subprocess
import sys
import urllib.parse
import urllib.request
import uuid
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "thidua_vo_sach_chu_dep"
PASSWORD = "hoa-sen-2026"
pytestmark = pytest.mark.packaging


def call(*command: str | Path, cwd: Path) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "THIDUA"))}
    words = [str(part) for part in command]
    done = subprocess.run(
        words, cwd=cwd, env=environment | {"PYTHONUTF8": "1"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own with the wheels of the core and of the example, and pytest."""
    home = tmp_path_factory.mktemp("stranger")
    call("git", "archive", "--format=zip", "-o", home / "source.zip", "HEAD", cwd=ROOT)
    with zipfile.ZipFile(home / "source.zip") as files:
        files.extractall(home / "source")
    for source in (home / "source", home / "source" / "examples" / EXAMPLE.name):
        call(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", home / "wheels", source, cwd=home)
    call(sys.executable, "-m", "venv", home / "venv", cwd=home)
    wheels = sorted((home / "wheels").glob("*.whl"))
    assert len(wheels) == 2
    python = home / "venv/bin/python"
    call(python, "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt", *wheels, "pytest", cwd=home)
    return home


def test_the_installed_example_is_listed_and_passes_the_kit(home: Path) -> None:
    program = home / "venv/bin/thidua"
    assert "vo-sach-chu-dep 2026: Vở sạch – Chữ đẹp (Học sinh) – thidua-vo-sach-chu-dep 0.1.0" in call(
        program, "plugins", cwd=home
    )
    lines = call(program, "plugin", "check", "vo-sach-chu-dep", cwd=home).splitlines()
    assert [line for line in lines if "HỎNG" in line] == []
    assert sum("TỐT" in line for line in lines) == 21
    own = home / "source" / "examples" / EXAMPLE.name
    assert "22 passed" in call(home / "venv/bin/python", "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=own)


def test_a_new_campaign_installs_and_passes_as_written(home: Path) -> None:
    program, python = home / "venv/bin/thidua", home / "venv/bin/python"
    call(program, "plugin", "new", "gvdg", "--yes", "--subject", "collective", "--into", home, cwd=home)
    folder = home / "thidua-gvdg"
    call(python, "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt", "-e", f"{folder}[test]", cwd=home)
    assert "22 passed" in call(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=folder)
    lines = call(program, "plugin", "check", "thidua-gvdg", cwd=home).splitlines()
    assert [line for line in lines if "HỎNG" in line] == []
    call(python, "-m", "pip", "uninstall", "-q", "-y", "thidua-gvdg", cwd=home)


class Browser:
    """Somebody signed in to the running site, without scripts."""

    def __init__(self, site: str, login: str) -> None:
        self.site = site
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        self.post("/dang-nhap", {"login": login, "password": PASSWORD}, page="/dang-nhap")

    def get(self, path: str) -> str:
        with self.opener.open(self.site + path) as answer:
            self.at = urllib.parse.urlsplit(answer.url).path
            return unescape(answer.read().decode())

    def post(self, path: str, data: dict[str, str], page: str = "/doi-mat-khau") -> str:
        token = re.search(r'name="csrf-token" content="([^"]+)"', self.get(page))
        assert token is not None
        return self._sent(path, urllib.parse.urlencode({"csrf_token": token[1], **data}).encode())

    def attach(self, path: str, name: str, body: bytes) -> str:
        token = re.search(r'name="csrf-token" content="([^"]+)"', self.get("/doi-mat-khau"))
        assert token is not None
        mark = uuid.uuid4().hex
        part = f'--{mark}\r\nContent-Disposition: form-data; name="{{}}"{{}}\r\n\r\n'
        sent = part.format("csrf_token", "").encode() + token[1].encode() + b"\r\n"
        sent += part.format("tep", f'; filename="{name}"').encode() + body + f"\r\n--{mark}--\r\n".encode()
        return self._sent(path, sent, f"multipart/form-data; boundary={mark}")

    def _sent(self, path: str, body: bytes, kind: str = "application/x-www-form-urlencoded") -> str:
        request = urllib.request.Request(self.site + path, body, {"Content-Type": kind, "Referer": self.site + path})
        with self.opener.open(request) as answer:
            self.at = urllib.parse.urlsplit(answer.url).path
            return unescape(answer.read().decode())


@pytest.fixture(scope="module")
def site(home: Path) -> Iterator[str]:
    """The demo of the installed program."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "THIDUA"))}
    with subprocess.Popen(
        [home / "venv/bin/thidua", "demo", "--instance", home / "site", "--port", "0"],
        cwd=home,
        env=environment | {"PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = ""
        while "Ctrl+C" not in lines:
            line = process.stdout.readline()
            assert line, lines
            lines += line
        found = re.search(r"http://127\.0\.0\.1:\d+", lines)
        assert found is not None
        yield found[0]
        process.terminate()
        process.wait(60)


def test_a_dossier_is_filed_in_the_strangers_campaign_by_the_web(home: Path, site: str) -> None:
    clerk, head = Browser(site, "vanthu"), Browser(site, "hieutruong")
    dossier = _start(clerk)
    _fill(clerk, dossier)
    clerk.attach(f"{dossier}/tep/bai_viet", "bai-viet.pdf", _pdf(home))
    assert "Hồ sơ đã đủ" in clerk.get(f"{dossier}/kiem-tra")
    clerk.post(f"{dossier}/trinh", {})
    public_id = dossier.rpartition("/")[2]
    form = head.get(f"/to-trinh/moi?hoso={public_id}")
    key = re.search(r'name="key" value="([0-9a-f]+)"', form)
    assert key is not None
    letter = {"number": "99/TTr-HS", "day": "10/03/2026", "signer": "Nguyễn Văn An"}
    receipt = head.post("/to-trinh/moi", {"hoso": public_id, "key": key[1], **letter})
    assert "99/TTr-HS" in receipt
    assert "Trăng ơi từ đâu đến" in head.get(f"{dossier}/xem")


def _start(clerk: Browser) -> str:
    chosen = next(path for path in _links(clerk.get("/ho-so/moi"), "dot=") if "Chữ đẹp" in clerk.get(path))
    page = clerk.get(chosen)
    call_id = re.search(r"dot=([0-9a-f]{24})", chosen)
    person = re.search(r'name="nguoi" value="([0-9a-f]{24})"', page)
    assert call_id is not None
    assert person is not None
    clerk.post("/ho-so/moi", {"dot": call_id[1], "loai": "hoc-sinh", "nguoi": person[1]})
    return clerk.at


def _links(page: str, having: str) -> list[str]:
    return [link for link in re.findall(r'href="(/ho-so/moi[^"]*)"', page) if having in link]


def _fill(clerk: Browser, dossier: str) -> None:
    answers = {
        "hoc_sinh": {"lop": "3A2", "khoi": "3"},
        "chu_viet": {"ky_xet": "2025-2026", "so_vo": "3", "cam_nghi": "Trăng ơi từ đâu đến", "co_giai": "no"},
    }
    for part, typed in answers.items():
        path = f"{dossier}/phan/{part}"
        marks = dict(re.findall(r'name="(base-[a-z_0-9]+)" value="([0-9a-f]*)"', clerk.get(path)))
        clerk.post(path, {**marks, **typed, "_do": "next"})


def _pdf(home: Path) -> bytes:
    code = "import sys; from thidua.demo.pdfs import text_pdf; sys.stdout.buffer.write(text_pdf('Bài', ['Trăng'], ()))"
    made = subprocess.run([home / "venv/bin/python", "-c", code], capture_output=True, check=True, cwd=home)
    assert made.stdout.startswith(b"%PDF")
    return made.stdout


def test_the_strangers_dossier_goes_on_when_the_package_is_uninstalled(home: Path, site: str) -> None:
    """Last in this file: the program is asked again after the package has gone."""
    call(home / "venv/bin/python", "-m", "pip", "uninstall", "-q", "-y", "thidua-vo-sach-chu-dep", cwd=home)
    program = home / "venv/bin/thidua"
    assert "vo-sach-chu-dep" not in call(program, "plugins", cwd=home)
    # Its abbreviations have gone with it, and with them the index that knew them; serving builds another by itself.
    call(program, "--instance", home / "site", "reindex", cwd=home)
    found = call(
        program, "--instance", home / "site", "search", "trang oi tu dau den", "--user", "vanthu", "--json", cwd=home
    )
    assert json.loads(found)["total"] >= 1
