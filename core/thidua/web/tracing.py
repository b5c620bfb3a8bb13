"""Each request has an id: on its answer, on every line logged while it runs, on the page of an unexpected fault."""

from __future__ import annotations

import logging
import re
import secrets
import time

from flask import Flask, Response, g, request

from thidua import logs

HEADER = "X-Request-ID"
GIVEN = re.compile(r"[0-9A-Za-z-]{8,64}")

log = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Name requests and log their ends. Comes first, so that what other doors refuse has its id too."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_forget)


def _begin() -> None:
    given = request.headers.get(HEADER, "")
    # Only the proxy in front may name a request: its own log then has the same name.
    believed = "werkzeug.proxy_fix.orig" in request.environ and GIVEN.fullmatch(given)
    g.request_id = given if believed else secrets.token_hex(8)
    g.begun = time.perf_counter()
    pattern = request.url_rule.rule if request.url_rule else "-"
    logs.begin(request=g.request_id, method=request.method, route=pattern)


def _end(response: Response) -> Response:
    if "request_id" in g:
        response.headers[HEADER] = g.request_id
        taken = round((time.perf_counter() - g.begun) * 1000, 1)
        log.info("request", extra={"facts": {"status": response.status_code, "ms": taken}})
    return response


def _forget(_error: BaseException | None) -> None:
    logs.end()
