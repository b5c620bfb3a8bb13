"""Who may call a route, sessions that end, tokens against forged posts, and the headers.

Default deny: every route says who may call it with :func:`needs` or :func:`public`;
:func:`refuse_undeclared` stops the start when one does not.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

import flask_login  # type: ignore[import-untyped]  # ships no annotations
from flask import Flask, Response, current_app, redirect, request, url_for
from flask import session as cookie
from flask_wtf.csrf import CSRFProtect  # type: ignore[import-untyped]  # ships no annotations
from werkzeug.exceptions import RequestURITooLarge
from werkzeug.routing import IntegerConverter
from werkzeug.wrappers import Response as AnyResponse

from thidua import logs
from thidua.config import Settings
from thidua.errors import BadFile, NotAllowed, NotSignedIn
from thidua.models import Role
from thidua.services import signing_in
from thidua.services.signing_in import Account
from thidua.web.context import current_account, current_scope, now, read, site, wants_json

P = ParamSpec("P")
R = TypeVar("R")
Need = frozenset[Role] | Literal["login", "public"]

FORM_BYTES = 4 * 1024**2
ADDRESS_BYTES = 16 * 1024  # of the query: room for 200 chosen dossiers, or for the longest name of a file
PAGES = frozenset({"text/html", "application/json"})
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
SEEN_EVERY = 60  # seconds: how often the time of the last request is written into the cookie
FILES_OF_LIBRARIES = frozenset({"static", "bootstrap.static"})
FREE_WHILE_CHANGING = frozenset({"auth.change_password", "auth.sign_out", "auth.whoami"})

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class ShortIntegerConverter(IntegerConverter):
    """``<int:…>`` of at most nine digits: what is longer is no address, and the database could not hold it."""

    regex = r"\d{1,9}"


def needs(*wanted: Role | Literal["login"]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Say who may call the view: ``@needs("login")`` anybody signed in, ``@needs(Role.ADMIN, …)`` one of the roles."""
    roles = frozenset(one for one in wanted if isinstance(one, Role))
    return _mark("login" if "login" in wanted else roles)


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Say that visitors may call the view."""
    return _mark("public")(view)


def takes_files(view: Callable[P, R]) -> Callable[P, R]:
    """Let the view take a body as large as the site's limit for files; all others take forms only."""
    view.thidua_takes_files = True  # type: ignore[attr-defined]
    return view


def _mark(need: Need) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.thidua_needs = need  # type: ignore[attr-defined]
        return view

    return mark


def need_of(app: Flask, endpoint: str) -> Need | None:
    """What the route asks of its caller; None when nobody has said so."""
    if endpoint in FILES_OF_LIBRARIES:
        return "public"
    return cast("Need | None", getattr(app.view_functions[endpoint], "thidua_needs", None))


def refuse_undeclared(app: Flask) -> None:
    """Raise ``RuntimeError`` naming every route without a declaration."""
    silent = sorted({rule.endpoint for rule in app.url_map.iter_rules() if need_of(app, rule.endpoint) is None})
    if silent:
        raise RuntimeError(f"these routes do not say who may call them (@needs or @public): {', '.join(silent)}")


def install(app: Flask, settings: Settings) -> None:
    """Set cookies, limits, sign-in, the guard, tokens and headers. The guard comes before the tokens."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-thidua" if settings.secure else "thidua",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        MAX_CONTENT_LENGTH=FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,
        MAX_FORM_PARTS=5_000,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session it is bound to
        WTF_CSRF_CHECK_DEFAULT=True,
    )
    app.url_map.converters["int"] = ShortIntegerConverter
    manager = flask_login.LoginManager(app)
    manager.session_protection = None  # schools change addresses behind their provider
    manager.user_loader(_load)
    app.before_request(_guard)
    CSRFProtect(app)
    app.after_request(_headers)
    app.after_request(_stay)


def begin_session(account: Account, unit_id: int | None, at: datetime) -> None:
    """Start a session with nothing of the old one in it."""
    cookie.clear()
    flask_login.login_user(account)
    cookie["since"] = cookie["seen"] = int(at.timestamp())
    cookie["unit"] = unit_id


def end_session() -> None:
    """Forget everything about the visitor."""
    flask_login.logout_user()
    cookie.clear()


def _load(token: str) -> Account | None:
    settings, moment = site().settings, int(now().timestamp())
    since, seen = cookie.get("since"), cookie.get("seen")
    if not isinstance(since, int) or not isinstance(seen, int):
        return None
    idle = settings.idle_minutes * 60
    # As far ahead as behind: a cookie from before the clock was set back would otherwise outlast its time.
    if abs(moment - seen) >= idle or moment - since >= settings.session_hours * 3600 or since - moment >= idle:
        return None
    account = signing_in.signed_in(read(), token)
    if account is not None:
        logs.add(user=account.public_id)
        if abs(moment - seen) >= SEEN_EVERY:
            cookie["seen"] = moment
    return account


def _guard() -> AnyResponse | None:
    """Let the request pass, send it to sign in or to change the password, or refuse it."""
    _forget_odd_referrer()
    if len(request.query_string) > ADDRESS_BYTES:
        raise RequestURITooLarge
    if request.endpoint is None:
        return None
    view = current_app.view_functions[request.endpoint]
    if getattr(view, "thidua_takes_files", False):
        request.max_content_length = (site().settings.max_upload_mb + 1) * 1024**2
    need = need_of(current_app, request.endpoint)
    if need == "public":
        return None
    account = current_account()
    if account is None:
        return _ask_to_sign_in()
    if account.must_change and request.endpoint not in FREE_WHILE_CHANGING:
        if wants_json():
            raise NotAllowed("password-must-change")
        return redirect(url_for("auth.change_password"))
    if need != "login" and not any(current_scope().has(role) for role in cast("frozenset[Role]", need)):
        raise NotAllowed
    if request.method == "PUT" and request.mimetype in FORMS:  # before anybody looks for a token in it
        raise BadFile("file-as-form")
    return None


def _forget_odd_referrer() -> None:
    """A Referer that is no address says nothing; whoever reads it later need not know that there are such."""
    try:
        urlsplit(request.referrer or "")
    except ValueError:
        del request.environ["HTTP_REFERER"]


def _ask_to_sign_in() -> AnyResponse:
    if wants_json() or request.method not in ("GET", "HEAD", "POST"):
        raise NotSignedIn
    # A form that was posted cannot be posted again after signing in: the page it stood on is what to go back to.
    where = (
        request.full_path.rstrip("?") if request.method != "POST" else own_path(urlsplit(request.referrer or "").path)
    )
    return redirect(url_for("auth.sign_in", next=where) if where != "/" else url_for("auth.sign_in"))


def own_path(target: str | None) -> str:
    r"""``target`` when it is a path of this site, else ``/``: redirects lead nowhere else.

    >>> own_path("/ho-so?trang=2"), own_path("//ac.vn"), own_path("/\\ac.vn"), own_path("https://ac.vn")
    ('/ho-so?trang=2', '/', '/', '/')
    """
    if not target or not target.startswith("/") or target[1:2] in ("/", "\\"):
        return "/"
    if any(ord(character) < 33 or character in "\\\x7f" for character in target):
        return "/"
    parts = urlsplit(target)
    return "/" if parts.scheme or parts.netloc else target


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if site().settings.secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if response.mimetype in PAGES:  # on a computer that others use after, nothing is left of them
        response.headers.setdefault("Cache-Control", "no-store")
    elif request.endpoint is not None and need_of(current_app, request.endpoint) != "public":
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


def _stay(response: Response) -> Response:
    """Flask builds the address with the missing last slash from whatever name the request gave this machine."""
    leads = urlsplit(response.location or "")
    if leads.netloc:
        response.location = own_path(leads._replace(scheme="", netloc="").geturl())
        response.set_data(b"")
    return response
