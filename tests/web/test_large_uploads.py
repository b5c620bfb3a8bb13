"""Large bodies through the server itself: written once, where they stay, and nothing left of what does not arrive."""

from __future__ import annotations

import hashlib
import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from answering import answering
from small_world import World
from thidua.commands.running import listen
from thidua.errors import NoRoom
from thidua.files.arrival import Arrival
from thidua.files.limits import MB
from thidua.files.store import BlobStore
from thidua.models import AttachmentRevision
from thidua.services.site import Site
from web_desk import TOKENS, signed_in, start

TEXT = "Kho học liệu số.\n".encode() * 180_000  # about 4 MB


@pytest.fixture
def clerk(app: Flask) -> FlaskClient:
    return signed_in(app, "vanthu1")


@pytest.fixture
def port(site: Site, app: Flask) -> Iterator[int]:
    server = listen(site, "127.0.0.1", 0, app=app)
    with answering(server):
        yield server.effective_port


def headers(client: FlaskClient, size: int) -> dict[str, str]:
    cookie = client.get_cookie("thidua")
    assert cookie is not None
    sent = {"Cookie": f"thidua={cookie.value}", "X-CSRFToken": TOKENS[client], "Accept": "application/json"}
    return {**sent, "Content-Type": "application/octet-stream", "Content-Length": str(size)}


def left(site: Site) -> list[str]:
    return [file.name for file in site.store.tmp.iterdir()] if site.store.tmp.exists() else []


def kept(site: Site) -> list[tuple[str, int]]:
    with site.database.reading() as session:
        return [(row.sha256, row.size) for row in session.scalars(select(AttachmentRevision))]


def put(port: int, path: str, body: bytes, sent: dict[str, str]) -> tuple[int, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("PUT", path, body=body, headers=sent)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


@pytest.mark.parametrize("size", [17, 512 * 1024 - 1, 512 * 1024, len(TEXT)])
def test_body_of_any_size_is_kept_byte_for_byte(
    site: Site, world: World, clerk: FlaskClient, port: int, size: int
) -> None:
    body = TEXT[:size]
    address = f"{start(clerk, world)}/tep/bao_cao?ten=a.txt"
    assert put(port, address, body, headers(clerk, size))[0] == 201
    sha256 = hashlib.sha256(body).hexdigest()
    assert (kept(site), site.store.verify(sha256), left(site)) == ([(sha256, size)], True, [])


def test_large_body_that_is_refused_leaves_nothing(site: Site, world: World, clerk: FlaskClient, port: int) -> None:
    dossier = start(clerk, world)
    for path, body, status in (
        (f"{dossier}/tep/bao_cao?ten=a.docx", TEXT, 415),
        (f"{dossier}/tep/bao_cao?ten=a.txt", TEXT * 2, 413),
        ("/ho-so/" + "0" * 24 + "/tep/bao_cao?ten=a.txt", TEXT, 404),
        ("/khong-co", TEXT, 404),
    ):
        assert put(port, path, body, headers(clerk, len(body)))[0] == status, path
    until(lambda: left(site) == [])  # an answer is on its way before its body is put away
    assert (kept(site), list(site.store.all())) == ([], [])


def test_connection_that_breaks_in_the_middle_leaves_nothing(
    site: Site, world: World, clerk: FlaskClient, port: int
) -> None:
    lines = [f"PUT {start(clerk, world)}/tep/bao_cao?ten=a.txt HTTP/1.1", "Host: x"]
    lines += [f"{key}: {value}" for key, value in headers(clerk, len(TEXT)).items()]
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + TEXT[: 2 * MB])
        until(lambda: len(left(site)) == 1)
    until(lambda: left(site) == [])
    assert kept(site) == []


def until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("never came true")


def test_arrival_is_taken_over_without_a_copy(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    arrival = Arrival(store.tmp)
    arrival.append(TEXT)
    node = arrival.path.stat().st_ino
    with store.receive(arrival, name="a.txt", limit=len(TEXT), expected=len(TEXT)) as incoming:  # type: ignore[arg-type]
        store.keep(incoming)
    arrival.close()
    assert store.path(incoming.sha256).stat().st_ino == node
    assert list(store.tmp.iterdir()) == []


def test_arrival_that_somebody_has_begun_to_read_is_copied_on(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    with Arrival(store.tmp) as arrival:
        arrival.append(b"abc")
        assert arrival.read(1) == b"a"
        with store.receive(arrival, name="a", limit=9) as incoming:  # type: ignore[arg-type]
            assert incoming.path.read_bytes() == b"bc"
    assert list(store.tmp.iterdir()) == []


FULL = """
import json, subprocess, sys
from pathlib import Path
from thidua.errors import NoRoom
from thidua.files.arrival import Arrival
from thidua.files.store import BlobStore

root = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(root)], check=True)
store, said = BlobStore(root), ""
arrival = Arrival(store.tmp)
for _ in range(20):
    arrival.append(bytes(100_000))
left = len(list(store.tmp.iterdir()))
try:
    store.receive(arrival, name="a", limit=10**7, expected=2_000_000)
except NoRoom as refused:
    said = refused.code
print(json.dumps([said, left, len(list(store.tmp.iterdir()))]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a small file system is mounted the Linux way")
def test_disk_that_fills_while_a_body_arrives_is_told_and_given_back_at_once(tmp_path: Path) -> None:
    command = ["unshare", "-r", "-m", sys.executable, "-c", FULL, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode and ("unshare" in done.stderr or "mount" in done.stderr):
        pytest.skip("this machine permits no mount, so there is no full disk to try")
    assert done.stdout == f'["{NoRoom("disk-full").code}", 0, 0]\n'


MEMORY = """
import resource, sys
from pathlib import Path
from waitress.server import create_server
from thidua.commands.arriving import channel_into
from thidua.commands.running import RECEIVE
from thidua.files.store import BlobStore

store = BlobStore(Path(sys.argv[1]))

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

before = peak()

def app(environ, start):
    size = int(environ["CONTENT_LENGTH"])
    with store.receive(environ["wsgi.input"], name="a", limit=2**40, expected=size) as incoming:
        store.keep(incoming)
    start("200 OK", [])
    return [f"{incoming.size} {(peak() - before) // 1024}".encode()]

server = create_server(app, host="127.0.0.1", port=0, recv_bytes=RECEIVE, max_request_body_size=300 * 1024**2)
server.channel_class = channel_into(store)
print(server.effective_port, flush=True)
server.run()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss in kB is Linux")
def test_200_mb_through_the_server_do_not_grow_memory(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MEMORY, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            body = bytes(200 * MB)
            _, said = put(int(server.stdout.readline()), "/", body, {"Content-Length": str(len(body))})
        finally:
            server.kill()
    size, grown_mb = map(int, said.split())
    assert size == 200 * MB
    assert grown_mb < 30
