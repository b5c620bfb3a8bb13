"""Requests per second of a list page under load, beside the bare page of plain.py, and memory at rest.

    python bench/load.py [--dossiers 10000] [--cache FOLDER] [--seconds 1] [--rounds 15]

Eight connections that are kept open ask one page as fast as it comes. The servers take short turns,
so that a machine that is slow for a while is slow for both; each turn of ours is compared with the
bare page's turns before and after it, and the median of these shares counts. Both run in waitress with
eight threads; ours is ``thidua serve``, worker included.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import mean, median
from urllib.parse import urlencode

from office import make

from thidua.demo import PASSWORD

HERE = Path(__file__).parent
CONNECTIONS = 8
PAGES = {"thamdinh": "/tham-dinh", "vanthu": "/ho-so"}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(command: list[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server, once it answers."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _listens(port):
            assert process.poll() is None, f"{command} ended with {process.returncode}"
            time.sleep(0.1)
        yield process
    finally:
        process.kill()
        process.wait()


def sign_in(port: int, login: str) -> str:
    """The cookie of a session."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/dang-nhap")
    answer = connection.getresponse()
    cookie, page = str(answer.getheader("Set-Cookie")).partition(";")[0], answer.read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    body = urlencode({"csrf_token": token[1], "login": login, "password": PASSWORD})
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    connection.request("POST", "/dang-nhap", body, kind)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 302, answer.status
    return str(answer.getheader("Set-Cookie")).partition(";")[0]


def _cookie(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    return str(connection.getresponse().getheader("Set-Cookie")).partition(";")[0]


def settle(folder: Path) -> None:
    """Wait until the worker has done what the data and the other measurements left it: at rest nothing waits."""
    until = time.monotonic() + 600
    with closing(sqlite3.connect(folder / "thidua.sqlite")) as database:
        while database.execute("SELECT count(*) FROM outbox WHERE tries < 8").fetchone() != (0,):
            assert time.monotonic() < until, "the worker is still at work"
            time.sleep(1)
    time.sleep(2)


def load(port: int, path: str, cookie: str, seconds: float) -> float:
    """Requests per second over eight connections."""
    counts, until = [0] * CONNECTIONS, time.perf_counter() + seconds

    def ask(mine: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while time.perf_counter() < until:
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, (path, answer.status)
            counts[mine] += 1

    threads = [threading.Thread(target=ask, args=(mine,)) for mine in range(CONNECTIONS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - start)


def memory(process: subprocess.Popen[bytes]) -> float:
    """Megabytes in memory now."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--dossiers", type=int, default=10_000)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "thidua-bench")
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    folder = asked.cache / f"v1-{asked.dossiers}"
    make(folder, asked.dossiers)
    plain, ours = free_port(), free_port()
    least_command = [sys.executable, str(HERE / "plain.py"), str(folder / "thidua.sqlite"), str(plain)]
    our_command = [sys.executable, "-m", "thidua", "--instance", str(folder), "serve", "--port", str(ours)]
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as installed: with byte code
    with running(our_command, ours):
        settle(folder)
    with running(our_command, ours) as product, running(least_command, plain) as least:
        cookies = {login: sign_in(ours, login) for login in PAGES}
        cookie = _cookie(plain, "/sign-in/1")
        load(plain, "/", cookie, 0.5)
        settle(folder)
        print(f"at rest: {memory(product):.0f} MB; the bare page: {memory(least):.0f} MB (bound: + 30)")
        bare = [load(plain, "/", cookie, asked.seconds)]
        found: dict[str, list[tuple[float, float]]] = {login: [] for login in PAGES}
        for _ in range(asked.rounds):
            for login, path in PAGES.items():
                mine = load(ours, path, cookies[login], asked.seconds)
                bare.append(load(plain, "/", cookie, asked.seconds))
                found[login].append((mine / mean(bare[-2:]), mine))
        for login, path in PAGES.items():
            shares, rates = zip(*found[login], strict=True)
            verdict = "ok" if median(shares) >= 0.5 else "MISSED"
            spread = f"{min(shares):.2f} to {max(shares):.2f}"
            print(f"{path}: {median(rates):.0f} requests/s beside {median(bare):.0f}:", end=" ")
            print(f"{median(shares):.2f} ({spread})  ≥ 0.5 {verdict}")


if __name__ == "__main__":
    main()
