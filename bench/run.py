"""The speed of the whole, as ratios within one run.

    python bench/run.py [--many 10000] [--few 100] [--cache FOLDER] [--no-search]

Prints one table; the last column says whether the bound held. Search has its own
measurement (bench/search.py), called at the end.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from flask.testing import FlaskClient
from office import CAMPAIGN, TRACK, make, open_office
from sqlalchemy import select

from thidua.app import create_app
from thidua.commands.running import listen
from thidua.demo import PASSWORD
from thidua.models import Call, Grant, User
from thidua.permissions import Actor
from thidua.services import dossiers
from thidua.services.dossiers import Nominee
from thidua.services.site import MB, Site
from thidua.times import utc_now

HERE = Path(__file__).parent
UPLOAD = 100 * MB
ROUNDS = 7
PAGES = {
    "office home": ("thamdinh", "/"),
    "office inbox of 20 rows": ("thamdinh", "/tham-dinh"),
    "the whole inbox": ("thamdinh", "/tham-dinh?xem=tat-ca"),
    "school home": ("vanthu", "/"),
    "school list of 20 rows": ("vanthu", "/ho-so"),
}
IMPORTS = "import flask, sqlalchemy, whoosh.index, docx"
FIRST = "from thidua.app import open_site, create_app; from thidua.config import load; from pathlib import Path; \
print(create_app(open_site(load(Path({folder!r})))).test_client().get('/dang-nhap').status_code)"
SEND = """
import socket, sys, time
port, head, path = sys.argv[1:]
with socket.create_connection(("127.0.0.1", int(port))) as connection, open(path, "rb") as file:
    start = time.perf_counter()
    connection.sendall(head.encode())
    connection.sendfile(file)
    answer = connection.recv(200)
    print(time.perf_counter() - start, answer.split(b"\\r\\n")[0].decode())
"""
REST = "import re; print(re.search(r'VmRSS:\\s+(\\d+)', open('/proc/self/status').read())[1])"


def line(what: str, value: float, unit: str, beside: float = 0, bound: float = 0, *, faster: bool = False) -> None:
    """One row; ``bound`` is the most that value / beside may be, the least where ``faster`` is better."""
    ratio = value / beside if beside else 0
    good = ratio >= bound if faster else ratio <= bound
    compared = f"{beside:11.2f} {ratio:7.2f}" if beside else " " * 19
    verdict = f"  {'≥' if faster else '≤'} {bound:<5} {'ok' if good else 'MISSED'}" if bound else ""
    print(f"{what:60}{value:10.2f} {unit:4}{compared}{verdict}", flush=True)


def in_turns(*works: Callable[[], object], times: int = 60) -> list[float]:
    """Milliseconds of processor time at best, of each, after two runs to warm up.

    They take turns, so that other work on the machine slows all of them or none.
    """
    best = [float("inf")] * len(works)
    for turn in range(times + 2):
        for place, work in enumerate(works):
            start = time.process_time()
            work()
            if turn >= 2:
                best[place] = min(best[place], (time.process_time() - start) * 1000)
    return best


def signed_in(site: Site, login: str) -> FlaskClient:
    client = create_app(site).test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/dang-nhap").text)
    assert token is not None
    fields = {"csrf_token": token[1], "login": login, "password": PASSWORD}
    assert client.post("/dang-nhap", data=fields).status_code == 302
    return client


def get(client: FlaskClient, path: str) -> Callable[[], object]:
    def work() -> None:
        assert client.get(path).status_code == 200, path

    return work


def pages(few: Site, many: Site) -> None:
    for what, (login, path) in PAGES.items():
        small, large = signed_in(few, login), signed_in(many, login)
        a, b, whoami = in_turns(get(small, path), get(large, path), get(large, "/whoami"))
        line(f"{what} ({path}): many beside few dossiers", b, "ms", a, 1.5)
        if path != "/":
            line(f"{what} beside /whoami", b, "ms", whoami, 4)


def upload(site: Site) -> None:
    """The server that ``thidua serve`` runs, a sender in a process of its own, in turns with plain Python."""
    client = signed_in(site, "vanthu")
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/").text)
    cookie = "; ".join(f"{c.key}={c.value}" for c in client._cookies.values())
    server = listen(site, "127.0.0.1", 0)
    threading.Thread(target=server.run, daemon=True).start()  # type: ignore[attr-defined]
    speeds, ratios = [], []
    for _ in range(ROUNDS):
        data = b"%PDF-1.4\n" + os.urandom(UPLOAD) + b"\n%%EOF\n"
        lines = [f"PUT /ho-so/{_draft(site)}/tep/tep?ten=to.pdf HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {cookie}"]
        lines += [f"X-CSRFToken: {token[1] if token else ''}", "Sec-Fetch-Site: same-origin"]
        lines += [f"Content-Length: {len(data)}", "Connection: close", "", ""]
        plain = _plain(data)
        ours = _sent(server.effective_port, "\r\n".join(lines), data)
        speeds.append(len(data) / MB / ours)
        ratios.append(plain / ours)
        site.store.path(hashlib.sha256(data).hexdigest()).unlink()
    speed, ratio = statistics.median(speeds), statistics.median(ratios)
    what = f"raw upload of 100 MB; plain write, hash, fsync ({ROUNDS} turns)"
    line(what, speed, "MB/s", speed / ratio, 0.5, faster=True)


def _sent(port: int, head: str, data: bytes) -> float:
    """Seconds from the first byte sent to the answer, as the sender sees them."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        command = [sys.executable, "-c", SEND, str(port), head, file.name]
        seconds, answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split(maxsplit=1)
    if " 201 " not in answer:
        raise SystemExit(f"upload refused: {answer}")
    return float(seconds)


def _draft(site: Site) -> str:
    with site.database.writing() as session:
        user = session.scalars(select(User).where(User.login == "vanthu")).one()
        call = session.scalars(select(Call).where(Call.slug == CAMPAIGN.slug)).one()
        unit = session.scalars(select(Grant.unit_id).where(Grant.user_id == user.id)).one()
        nominee = Nominee(group_name=f"Tổ đo {time.time()}")
        by = Actor(user.id, unit)
        row = dossiers.start(
            session, registry=site.registry, call=call.public_id, track=TRACK.key, nominee=nominee, by=by, now=utc_now()
        )
        return row.public_id


def _plain(data: bytes) -> float:
    with tempfile.NamedTemporaryFile() as file:
        start, digest = time.perf_counter(), hashlib.sha256()
        for at in range(0, len(data), MB):
            file.write(data[at : at + MB])
            digest.update(data[at : at + MB])
        file.flush()
        os.fsync(file.fileno())
        return time.perf_counter() - start


def _run(code: str) -> tuple[float, str]:
    """Processor seconds, and what was printed; byte code is kept, as it is where a program is installed."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=kept)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def start_up(folder: Path) -> None:
    first = FIRST.format(folder=str(folder))
    ours, imports = (min(_run(code)[0] for _ in range(6)) for code in (first, IMPORTS))
    line("start to first answered request; importing four libraries", ours, "s", imports, 2)
    line("memory at rest after it", int(_run(f"{first}; {REST}")[1].split()[-1]) / 1024, "MB")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--many", type=int, default=10_000)
    parser.add_argument("--few", type=int, default=100)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "thidua-bench")
    parser.add_argument("--no-search", action="store_true")
    asked = parser.parse_args()
    folders = {count: asked.cache / f"v1-{count}" for count in (asked.few, asked.many)}
    for count, folder in folders.items():
        start = time.perf_counter()
        make(folder, count)
        print(f"{count} dossiers with {3 * count} texts in {folder} ({time.perf_counter() - start:.0f} s)")
    few, many = (open_office(folder) for folder in folders.values())
    print(f"\n{'':60}{'ours':>10}     {'beside':>11} {'ratio':>7}  bound")
    pages(few, many)
    upload(many)
    for site in (few, many):
        site.engine.close()
        site.database.close()
    start_up(folders[asked.many])
    if not asked.no_search:
        sys.stdout.flush()
        subprocess.run([sys.executable, HERE / "search.py", "--dossiers", str(asked.many)], check=True)


if __name__ == "__main__":
    main()
