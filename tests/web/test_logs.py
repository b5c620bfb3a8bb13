"""LOG-2: what is logged names requests and accounts by codes, and nothing that somebody typed."""

from __future__ import annotations

import io
import json
import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from conftest import serve, set_user, sign_in
from small_world import PASSWORD, Clock, World
from thidua import logs
from thidua.config import Settings
from thidua.models import Event
from thidua.services.site import Site
from thidua.web.security import public
from web_desk import post, signed_in, start

CANARY = "Chim Hoàng Yến"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What a site with ``log_format = "json"`` writes."""
    root, ours = logging.getLogger(), logging.getLogger("thidua")
    before = (root.handlers[:], root.level, ours.level)
    root.handlers.clear()
    stream = io.StringIO()
    logs.start("json", stream)
    yield stream
    root.handlers[:], root.level, ours.level = before[0], before[1], before[2]


def told(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_request_is_one_line_with_the_pattern_of_its_route(
    client: FlaskClient, world: World, lines: io.StringIO
) -> None:
    sign_in(client, "phutrach1")
    lines.truncate(0)
    lines.seek(0)
    answer = client.get(f"/quan-tri/dot/{world.call_public_id}?tim={CANARY}")
    (line,) = told(lines)
    assert datetime.fromisoformat(str(line.pop("at"))).tzinfo == UTC
    assert isinstance(line.pop("ms"), float)
    assert line == {
        "level": "info",
        "logger": "thidua.web.tracing",
        "message": "request",
        "request": answer.headers["X-Request-ID"],
        "method": "GET",
        "route": "/quan-tri/dot/<public_id>",
        "user": world.user_ids["phutrach1"],
        "status": answer.status_code,
    }


def test_nothing_personal_reaches_the_log(site: Site, clock: Clock, world: World, lines: io.StringIO) -> None:
    """Typed everywhere, shown nowhere: sign-in, names, answers, searches, file names, faults of all kinds."""
    set_user(site, world.users["vanthu1"], name=CANARY)
    app = serve(site, clock)

    @public
    def fail(kind: str) -> str:
        if kind == "value":
            raise ValueError(CANARY)
        if kind == "chained":
            try:
                {}[CANARY]
            except KeyError as error:
                raise RuntimeError(f"no {CANARY}") from error
        if kind == "file":
            Path(f"/{CANARY}/x").read_bytes()
        with site.database.writing() as session:
            session.add(Event(at=clock(), action=CANARY, subject_kind="site", details={}, user_id=999_999))
        return ""

    app.add_url_rule("/hong/<kind>", "fail", fail)
    app.test_client().post("/dang-nhap", data={"login": CANARY, "password": CANARY})
    client = signed_in(app, "vanthu1")
    address = start(client, world)
    post(client, f"{address}/phan/thanh_tich_chung", {"thanh_tich": CANARY})
    client.get("/tim", query_string={"q": CANARY})
    client.get(f"/khong-co/{CANARY}")
    faults = {kind: client.get(f"/hong/{kind}?tim={CANARY}") for kind in ("value", "chained", "file", "database")}
    assert {answer.status_code for answer in faults.values()} == {500}
    text = lines.getvalue()
    secrets = (*CANARY.split(), CANARY.lower(), "vanthu1", PASSWORD, address.split("/")[2], "Hoà")
    assert [word for word in secrets if word in text] == []
    failed = [line for line in told(lines) if "fault" in line]
    assert [line["route"] for line in failed] == ["/hong/<kind>"] * 4
    ends = [str(line["fault"]).rsplit("\n", 1)[1] for line in failed]
    assert ends == ["ValueError", "RuntimeError", "FileNotFoundError: ENOENT", "IntegrityError"]
    assert "IntegrityError: FOREIGN KEY constraint failed" in str(failed[3]["fault"])
    assert "KeyError" in str(failed[1]["fault"])
    assert all("test_logs.py" in str(line["fault"]) for line in failed)


def test_the_page_of_a_fault_names_the_request_that_the_log_names(site: Site, clock: Clock, lines: io.StringIO) -> None:
    app = serve(site, clock)

    @public
    def fail() -> str:
        raise ValueError

    app.add_url_rule("/hong", "fail", fail)
    answer = app.test_client().get("/hong")
    number = answer.headers["X-Request-ID"]
    assert f"mã {number}" in answer.get_data(as_text=True)
    assert [line["request"] for line in told(lines)] == [number, number]


def test_only_the_proxy_may_name_a_request(settings: Settings, site: Site, clock: Clock) -> None:
    named = {"X-Request-ID": "a1b2c3d4e5f6a7b8", "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    behind = serve(replace(site, settings=replace(settings, trusted_proxies=1)), clock)
    seen = []
    for address in ("127.0.0.1", "198.51.100.7"):
        answer = behind.test_client().get("/healthz", headers=named, environ_base={"REMOTE_ADDR": address})
        seen.append(answer.headers["X-Request-ID"] == named["X-Request-ID"])
    direct = serve(site, clock).test_client().get("/healthz", headers=named)
    assert (seen, direct.headers["X-Request-ID"] == named["X-Request-ID"]) == ([True, False], False)


def test_line_ends_cannot_forge_a_line(lines: io.StringIO) -> None:
    logging.getLogger("thidua.test").warning("one\ntwo %s", "x\r\ny")
    assert [line["message"] for line in told(lines)] == ["one\\ntwo x\\r\\ny"]
    record = logging.LogRecord("thidua.test", logging.WARNING, __file__, 1, "one\n2026 ERROR", (), None)
    assert "\n" not in logs.TextLines().format(record)


def test_libraries_are_logged_without_what_they_put_in(lines: io.StringIO) -> None:
    logger = logging.getLogger("waitress")
    logger.warning("Exception while serving /ho-so/%s" % CANARY)  # noqa: UP031 -- as waitress does it
    logger.warning("queue depth is %d for %s", 3, CANARY)
    assert [line["message"] for line in told(lines)] == ["Exception while serving", "queue depth is %d for %s"]


def test_a_trace_may_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    fault = sqlite3.OperationalError("no such table: person")
    assert (logs.said(ValueError(CANARY)), logs.said(fault)) == (
        "ValueError",
        "OperationalError: no such table: person",
    )
    monkeypatch.setenv("THIDUA_TRACE", "1")
    assert logs.said(ValueError(CANARY)) == f"ValueError: {CANARY}"


def test_text_lines_say_what_they_are_about() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.TextLines())
    logger = logging.getLogger("thidua.test.text")
    logger.addHandler(handler)
    try:
        with logs.about(request="ab12"):
            try:
                raise ValueError(CANARY)
            except ValueError:
                logger.exception("failed")
        logger.error("after")
    finally:
        logger.removeHandler(handler)
    first, *frames, last = stream.getvalue().splitlines()
    assert first.endswith("ERROR thidua.test.text: failed [request=ab12]")
    assert (frames[-1], CANARY in stream.getvalue()) == ("ValueError", False)
    assert last.endswith("ERROR thidua.test.text: after")
