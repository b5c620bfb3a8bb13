"""The nginx sample of the deployment page before ``thidua serve``: https, addresses, sizes, as the page promises."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from small_world import PASSWORD, World, make_world
from thidua import config, migrations
from thidua.files.limits import MB
from thidua.models import AttachmentRevision, Call, Database, LoginTry
from thidua.times import utc_now

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "docs" / "deploy"
HOST = "localhost"
LARGE = 150 * MB
pytestmark = pytest.mark.packaging

PLUGIN = '''
"""The tiny campaign with a place for a very large file."""
from dataclasses import replace
import tiny_campaign
from thidua.plugin import Document, hookimpl

PLACE = Document("bao_cao", "Báo cáo thành tích", required=True, accept=(".pdf",), max_mb=200)

@hookimpl
def thidua_campaigns():
    campaign = tiny_campaign.CAMPAIGN
    return [replace(campaign, tracks=tuple(replace(t, documents=(PLACE,)) for t in campaign.tracks))]
'''


def needs(program: str) -> str:
    found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if found is None:
        if os.environ.get("THIDUA_CI") == "1":
            pytest.fail(f"{program} is missing, and nothing may be skipped here")
        pytest.skip(f"{program} is not installed: apt-get install {program}")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Behind:
    """A site behind nginx: ``https`` and ``http`` are nginx's ports, ``direct`` the site's own."""

    instance: Path
    world: World
    https: int
    http: int
    direct: int
    trust: ssl.SSLContext
    log: Path

    def browser(self, address: str = "127.0.0.1") -> Browser:
        return Browser(self, address)


@dataclass
class Browser:
    """Just enough of one; it connects from ``address``, so that the site can tell people apart."""

    site: Behind
    address: str
    jar: SimpleCookie = field(default_factory=SimpleCookie)

    def ask(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Message, str]:
        line = http.client.HTTPSConnection(
            HOST, self.site.https, context=self.site.trust, source_address=(self.address, 0), timeout=300
        )
        sent = {"Referer": f"https://{HOST}:{self.site.https}/", **(headers or {})}
        if self.jar:
            sent["Cookie"] = "; ".join(f"{one.key}={one.value}" for one in self.jar.values())
        line.request(method, path, body=body, headers=sent)  # type: ignore[arg-type]
        answer = line.getresponse()
        for value in answer.headers.get_all("Set-Cookie") or ():
            self.jar.load(value)
        text = answer.read().decode("utf-8", "replace")
        line.close()
        return answer.status, answer.headers, text

    def token(self, path: str) -> str:
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.ask("GET", path)[2])
        assert found is not None
        return found[1]

    def post(self, path: str, data: dict[str, str], token_of: str, **headers: str) -> tuple[int, Message, str]:
        form = urlencode({"csrf_token": self.token(token_of), **data})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, form, kind | {key.replace("_", "-"): value for key, value in headers.items()})

    def sign_in(self, login: str, password: str = PASSWORD, **headers: str) -> int:
        return self.post("/dang-nhap", {"login": login, "password": password}, "/dang-nhap", **headers)[0]


def make_site(instance: Path, plugin: Path, https: int) -> World:
    """A site with the small world, and the campaign with the large place installed beside it."""
    info = plugin / "large-1.0.dist-info"
    info.mkdir(parents=True)
    (plugin / "large_campaign.py").write_text(PLUGIN, "utf-8")
    shutil.copy(ROOT / "tests" / "tiny_campaign.py", plugin)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: large\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[thidua]\nlarge = large_campaign\n")
    values = {"address": f"https://{HOST}:{https}", "trusted_proxies": 1, "log_format": "json"}
    config.write_new(instance, values=values | {"password_cost": 1, "password_memory_kib": 64})
    database = Database(instance / "thidua.sqlite")
    migrations.upgrade(database)
    world = make_world(config.load(instance), database)
    with database.writing() as session:
        call = session.get_one(Call, world.call_id)
        call.closes = utc_now().replace(year=utc_now().year + 1)
    database.close()
    return world


def sample(folder: Path, ports: dict[str, int]) -> Path:
    """The sample as it stands in the docs, with this machine's ports, name and certificate."""
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    for old, new, times in (
        ("127.0.0.1:8080", f"127.0.0.1:{ports['direct']}", 2),
        ("listen 80;", f"listen 127.0.0.1:{ports['http']};", 1),
        ("listen 443 ssl;", f"listen 127.0.0.1:{ports['https']} ssl;", 1),
        ("thidua.example.vn", HOST, 2),
        ("/etc/ssl/thidua/", f"{folder}/", 2),
    ):
        assert text.count(old) == times, (old, text.count(old))
        text = text.replace(old, new)
    (folder / "thidua.conf").write_text(text)
    temporary = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {temporary}\n include {folder}/thidua.conf; }}\n"
    )
    return folder / "nginx.conf"


def until_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, f"{process.args} ended with {process.returncode}"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"nothing listens at {port}")


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    nginx, openssl = needs("nginx"), needs("openssl")
    folder = tmp_path_factory.mktemp("nginx")
    ports = {name: free_port() for name in ("direct", "http", "https")}
    instance, plugin = folder / "site", folder / "plugin"
    world = make_site(instance, plugin, ports["https"])
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
    files = ["-addext", f"subjectAltName=DNS:{HOST}", "-keyout", "privkey.pem", "-out", "fullchain.pem"]
    subprocess.run([openssl, *made, *files], cwd=folder, check=True, capture_output=True)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("COV", "THIDUA"))}
    log = folder / "thidua.log"
    with log.open("wb") as errors:
        site = subprocess.Popen(
            [sys.executable, "-m", "thidua", "--instance", instance, "serve", "--port", str(ports["direct"])],
            env=environment | {"PYTHONPATH": str(plugin)},
            stderr=errors,
            stdout=subprocess.DEVNULL,
        )
    proxy = subprocess.Popen([nginx, "-p", folder, "-c", sample(folder, ports)], stderr=subprocess.DEVNULL)
    try:
        until_listening(ports["direct"], site)
        until_listening(ports["https"], proxy)
        trust = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
        yield Behind(instance, world, ports["https"], ports["http"], ports["direct"], trust, log)
    finally:
        for process in (proxy, site):
            process.send_signal(signal.SIGTERM)
        assert [process.wait(60) for process in (proxy, site)] == [0, 0]


def test_http_leads_to_https(behind: Behind) -> None:
    line = http.client.HTTPConnection("127.0.0.1", behind.http)
    line.request("GET", "/ho-so?trang=2", headers={"Host": HOST})
    answer = line.getresponse()
    line.close()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/ho-so?trang=2")


def test_scheme_and_address_are_seen_right(behind: Behind) -> None:
    """A sign-in over https stands and falls with them: the token is refused for another host or scheme."""
    browser = behind.browser()
    status, headers, _ = browser.ask("GET", "/")
    assert (status, headers["Location"]) == (302, "/dang-nhap")
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert browser.sign_in("vanthu1") == 302
    (cookie,) = browser.jar.values()
    assert (cookie.key, cookie["secure"], cookie["httponly"]) == ("__Host-thidua", True, True)
    assert browser.ask("GET", "/")[0] == 200


def test_proxy_and_site_name_a_request_alike(behind: Behind) -> None:
    sent = {"X-Request-ID": "chosen-by-the-visitor"}
    _, headers, _ = behind.browser().ask("GET", "/healthz", headers=sent)
    lines = [json.loads(line) for line in behind.log.read_text("utf-8").splitlines()]
    named = [line["route"] for line in lines if line.get("request") == headers["X-Request-ID"]]
    assert re.fullmatch("[0-9a-f]{32}", headers["X-Request-ID"])
    assert named == ["/healthz"]


def rows(behind: Behind, what: object) -> int:
    database = Database(behind.instance / "thidua.sqlite")
    try:
        with database.reading() as session:
            return session.scalar(select(func.count()).select_from(what)) or 0  # type: ignore[arg-type]
    finally:
        database.close()


@pytest.fixture(scope="module")
def dossier(behind: Behind) -> tuple[Browser, str]:
    """A clerk at work, and the address of a draft."""
    clerk = behind.browser()
    assert clerk.sign_in("vanthu1") == 302
    where = f"/ho-so/moi?dot={behind.world.call_public_id}&loai=ca-nhan&tim=hoa"
    person = re.search(r'name="nguoi" value="([0-9a-f]{24})"', clerk.ask("GET", where)[2])
    assert person is not None
    chosen = {"dot": behind.world.call_public_id, "loai": "ca-nhan", "nguoi": person[1]}
    status, headers, _ = clerk.post("/ho-so/moi", chosen, where)
    assert status == 302
    return clerk, headers["Location"]


def test_a_file_of_150_megabytes_arrives_whole(dossier: tuple[Browser, str], tmp_path: Path) -> None:
    clerk, address = dossier
    path = tmp_path / "lon.pdf"
    with path.open("wb") as file:
        file.write(b"%PDF-1.4\n")
        for n in range(LARGE // MB):
            file.write(bytes([37, n]) * (MB // 2))
        file.write(b"\n%%EOF\n")
    expected = hashlib.sha256(path.read_bytes()).hexdigest()
    token = clerk.token("/")
    with path.open("rb") as body:
        length = {"Content-Length": str(path.stat().st_size), "X-CSRFToken": token, "Accept": "application/json"}
        status, _, text = clerk.ask("PUT", f"{address}/tep/bao_cao?ten=lon.pdf", body, length)
    assert (status, json.loads(text)["sha256"]) == (201, expected)
    stored = clerk.site.instance / "blobs" / expected[:2] / expected[2:]
    assert stored.stat().st_size == path.stat().st_size


@pytest.mark.parametrize(("where", "size"), [("/tep/bao_cao?ten=x.pdf", 202 * MB), ("/phan/thong_tin", 6 * MB)])
def test_what_is_too_large_is_refused_before_it_is_sent(dossier: tuple[Browser, str], where: str, size: int) -> None:
    """Only the head is sent: nginx answers without a byte of the body, and the site never hears of it."""
    clerk, address = dossier
    before = rows(clerk.site, AttachmentRevision)
    with (
        socket.create_connection(("127.0.0.1", clerk.site.https)) as plain,
        clerk.site.trust.wrap_socket(plain, server_hostname=HOST) as line,
    ):
        head = f"PUT {address}{where} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {size}\r\n\r\n"
        line.sendall(head.encode())
        said = line.recv(200).decode()
    assert said.startswith("HTTP/1.1 413 ")
    assert rows(clerk.site, AttachmentRevision) == before


def test_the_real_address_is_throttled_whatever_a_visitor_claims(behind: Behind) -> None:
    near, far = behind.browser("127.0.0.2"), behind.browser("127.0.0.3")
    tries = config.load(behind.instance).sign_in_tries
    claimed = [near.sign_in("hieutruong1", "sai", X_Forwarded_For=f"203.0.113.{n}") for n in range(tries + 1)]
    assert claimed == [401] * tries + [429]
    assert rows(behind, LoginTry) >= tries
    assert far.sign_in("hieutruong1") == 302
