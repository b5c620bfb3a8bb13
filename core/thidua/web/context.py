"""What a view may lean on during a request: the site, the time, the sessions, the actor.

One reading session per request, opened when first needed. Changes go through
``with write() as session``: it commits at the end of the block, so a view writes once.
Never open it before the body of the request has been read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import cast

import flask_login  # type: ignore[import-untyped]  # ships no annotations
from flask import Flask, current_app, g, request
from flask import session as cookie
from sqlalchemy.orm import Session

from thidua.permissions import Actor, Scope, scope_of
from thidua.services.lists import Listing
from thidua.services.signing_in import Account
from thidua.services.site import Site
from thidua.times import local_day

Clock = Callable[[], datetime]


def install(app: Flask, clock: Clock) -> None:
    """Give ``app`` its clock, and close what requests open."""
    app.extensions["thidua.clock"] = clock
    app.teardown_appcontext(_close)


def site() -> Site:
    """The site that is being served."""
    return cast("Site", current_app.extensions["thidua"])


def now() -> datetime:
    """The instant of this request: the same one wherever it is asked for."""
    if "now" not in g:
        g.now = cast("Clock", current_app.extensions["thidua.clock"])()
    return cast("datetime", g.now)


def today() -> date:
    """The day of this request in Việt Nam."""
    return local_day(now())


def read() -> Session:
    """The reading session of this request."""
    if "reader" not in g:
        g.reader = site().database.reader()
    return cast("Session", g.reader)


@contextmanager
def write() -> Iterator[Session]:
    """A write transaction; reading afterwards sees what it changed."""
    with site().database.writing() as session:
        yield session
    g.pop("scope", None)
    g.pop("inbox", None)
    if "reader" in g:
        g.reader.rollback()


def current_account() -> Account | None:
    """Who is signed in; None for a visitor."""
    user = flask_login.current_user._get_current_object()
    return cast("Account", user) if user.is_authenticated else None


def current_actor() -> Actor:
    """Who acts, in the name of the chosen unit. Only for pages that need somebody signed in."""
    account = current_account()
    if account is None:
        raise RuntimeError("this page is open to visitors: it has no actor")
    return Actor(account.id, cast("int | None", cookie.get("unit")))


def current_scope() -> Scope:
    """What the actor may see today; computed once per request."""
    if "scope" not in g:
        g.scope = scope_of(read(), current_actor(), today())
    return cast("Scope", g.scope)


def office_inbox() -> Listing:
    """What lies with the actor's offices; counted once per request, for the page and for the menu."""
    if "inbox" not in g:
        g.inbox = Listing.of_inbox(read(), current_scope())
    return cast("Listing", g.inbox)


def wants_json() -> bool:
    """Whether the answer goes to a script rather than to a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json" or request.headers.get("X-Requested-With") == "fetch"


def page_number() -> int:
    """``?trang=`` as a number from 1 on; anything else is page 1."""
    text = request.args.get("trang", "1")
    return max(1, int(text)) if len(text) <= 7 and text.isascii() and text.isdecimal() else 1


def stands_at(path: str) -> None:
    """Say which page is shown, where forms are posted to an address of their own: its links lead to ``path``."""
    g.page_path = path


def _close(_error: BaseException | None) -> None:
    reader = g.pop("reader", None)
    if reader is not None:
        reader.close()
