"""People at work with a running site, over HTTP and without scripts; and the running site itself."""

from __future__ import annotations

import http.cookiejar
import os
import re
import subprocess
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from pathlib import Path

Data = Mapping[str, str | list[str]]


def plain_environment(**more: str) -> dict[str, str]:
    """The environment without what the tests' own process was told."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "THIDUA"))}
    return kept | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"} | more


@contextmanager
def running(*command: str | Path, cwd: Path, **environment: str) -> Iterator[str]:
    """The address of a site that ``command`` serves; it is ended by its id, and ends well."""
    with subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env=plain_environment(**environment),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield _address(process)
        finally:
            process.terminate()
            code = process.wait(60)
    assert code == 0


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    lines = ""
    while "Ctrl+C" not in lines:
        line = process.stdout.readline()
        assert line, lines
        lines += line
    found = re.search(r"http://127\.0\.0\.1:\d+", lines)
    assert found is not None, lines
    return found[0]


class Browser:
    """Somebody signed in to the running site, without scripts."""

    def __init__(self, site: str, login: str, password: str) -> None:
        self.site = site
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        self.post("/dang-nhap", {"login": login, "password": password}, page="/dang-nhap")
        self.token = self._token("/doi-mat-khau")

    def get(self, path: str) -> str:
        return unescape(self.read(path).decode())

    def read(self, path: str) -> bytes:
        """The bytes of a page or a file."""
        with self.opener.open(self.site + path) as answer:
            self.at = urllib.parse.urlsplit(answer.url).path
            return bytes(answer.read())

    def post(self, path: str, data: Data, page: str = "") -> str:
        token = self._token(page) if page else self.token
        return self._sent(path, urllib.parse.urlencode({"csrf_token": token, **data}, doseq=True).encode())

    def attach(self, path: str, name: str, body: bytes) -> str:
        mark = uuid.uuid4().hex
        part = f'--{mark}\r\nContent-Disposition: form-data; name="{{}}"{{}}\r\n\r\n'
        sent = part.format("csrf_token", "").encode() + self.token.encode() + b"\r\n"
        sent += part.format("tep", f'; filename="{name}"').encode() + body + f"\r\n--{mark}--\r\n".encode()
        return self._sent(path, sent, f"multipart/form-data; boundary={mark}")

    def fill(self, dossier: str, answers: Mapping[str, Mapping[str, str]]) -> None:
        """Save parts of a dossier, each as its page would."""
        for part, typed in answers.items():
            path = f"{dossier}/phan/{part}"
            marks = dict(re.findall(r'name="(base-[a-z_0-9]+)" value="([0-9a-f]*)"', self.get(path)))
            self.post(path, {**marks, **typed, "_do": "next"})

    def submit(self, dossier: str, number: str, signer: str) -> str:
        """As the head: hand in one dossier under a tờ trình; the receipt."""
        public_id = dossier.rpartition("/")[2]
        key = re.search(r'name="key" value="([0-9a-f]+)"', self.get(f"/to-trinh/moi?hoso={public_id}"))
        assert key is not None
        letter = {"number": number, "day": "10/03/2026", "signer": signer}
        return self.post("/to-trinh/moi", {"hoso": public_id, "key": key[1], **letter})

    def _token(self, page: str) -> str:
        token = re.search(r'name="csrf-token" content="([^"]+)"', self.get(page))
        assert token is not None
        return token[1]

    def _sent(self, path: str, body: bytes, kind: str = "application/x-www-form-urlencoded") -> str:
        request = urllib.request.Request(self.site + path, body, {"Content-Type": kind, "Referer": self.site + path})
        with self.opener.open(request) as answer:
            self.at = urllib.parse.urlsplit(answer.url).path
            return unescape(answer.read().decode())
