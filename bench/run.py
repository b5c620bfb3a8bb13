"""The speed of the whole, as ratios within one run.

    python bench/run.py [--many 10000] [--few 100] [--cache FOLDER] [--no-search]

Prints one table; the last column says whether the bound held. Search has its own
measurement (bench/search.py), called at the end.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import io
import os
import re
import resource
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
from waitress.server import create_server

from thidua.app import create_app
from thidua.commands.running import RECEIVE
from thidua.demo import PASSWORD
from thidua.models import Call, Grant, User
from thidua.permissions import Actor
from thidua.services import dossiers
from thidua.services.dossiers import Nominee
from thidua.services.site import MB, Site
from thidua.times import utc_now

HERE = Path(__file__).parent
UPLOAD = 100 * MB
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
    data = b"%PDF-1.4\n" + os.urandom(UPLOAD) + b"\n%%EOF\n"
    dossier, client = _draft(site), signed_in(site, "vanthu")
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/").text)
    cookie = "; ".join(f"{c.key}={c.value}" for c in client._cookies.values())
    server = create_server(
        client.application, host="127.0.0.1", port=0, recv_bytes=RECEIVE, max_request_body_size=300 * MB
    )
    threading.Thread(target=server.run, daemon=True).start()
    headers = {"Cookie": cookie, "X-CSRFToken": token[1] if token else "", "Sec-Fetch-Site": "same-origin"}
    start = time.perf_counter()
    # Blocks as browsers send them: the client shares this process, and with 8 KB each it would be what is measured.
    connection = http.client.HTTPConnection("127.0.0.1", server.effective_port, blocksize=MB)
    connection.request(
        "PUT",
        f"/ho-so/{dossier}/tep/tep?ten=to.pdf",
        body=io.BytesIO(data),
        headers=headers | {"Content-Length": str(len(data))},
    )
    answer = connection.getresponse()
    said = answer.read()
    ours = time.perf_counter() - start
    if answer.status not in (200, 201):
        print(f"upload refused: {answer.status} {said[:200]!r}")
        return
    plain = min(_plain(data) for _ in range(3))
    speed = len(data) / MB
    line("raw upload of 100 MB; plain write + fsync + hash", speed / ours, "MB/s", speed / plain, 0.5, faster=True)


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
