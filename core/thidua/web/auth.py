"""Signing in, signing out, one's own password, and the unit one acts for."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from thidua.errors import Invalid, NotFound, Refused, Throttled, say
from thidua.services import signing_in
from thidua.services.passwords import ADVISED, Passwords
from thidua.text import clean_line
from thidua.web.context import current_account, current_actor, now, read, site, today, write
from thidua.web.security import begin_session, end_session, needs, own_path, public

FIELDS = {"password-wrong": "old", "password-throttled": "old", "password-differs": "again"}
pages = Blueprint("auth", __name__)
Answer = str | Response | tuple[str, int]


def hasher() -> Passwords:
    """The site's password hasher, made once per application."""
    held = current_app.extensions.get("thidua.passwords")
    if held is None:
        held = current_app.extensions["thidua.passwords"] = Passwords(site().settings)
    return cast("Passwords", held)


@pages.route("/dang-nhap", methods=["GET", "POST"])
@public
def sign_in() -> Answer:
    """The page for name and password."""
    target = own_path(request.values.get("next"))
    if request.method != "POST":
        return redirect(target) if current_account() else render_template("auth/sign_in.html", next=target)
    login = request.form.get("login", "")
    try:
        account = signing_in.sign_in(
            site().database,
            settings=site().settings,
            hasher=hasher(),
            login=login,
            password=request.form.get("password", ""),
            address=request.remote_addr or "",
            now=now(),
        )
    except Refused as refused:
        page = render_template("auth/sign_in.html", next=target, login=clean_line(login[:60]), error=str(refused))
        return page, refused.status
    units = signing_in.places(read(), account.id, today())
    begin_session(account, units[0].unit_id if units else None, now())
    return redirect(url_for("auth.change_password", next=target) if account.must_change else target)


@pages.post("/dang-xuat")
@needs("login")
def sign_out() -> Answer:
    """End all sessions of the account."""
    with write() as session:
        signing_in.sign_out(session, by=current_actor(), now=now())
    end_session()
    flash("Bạn đã đăng xuất.", "success")
    return redirect(url_for("auth.sign_in"))


@pages.route("/doi-mat-khau", methods=["GET", "POST"])
@needs("login")
def change_password() -> Answer:
    """One's own password; the first thing after a one-time password."""
    target = own_path(request.values.get("next"))
    if request.method != "POST":
        return _password_page(target, {}, 200)
    new = request.form.get("new", "")
    actor = current_actor()
    words = [place.name for place in signing_in.places(read(), actor.user_id, today())]
    try:
        if new != request.form.get("again", ""):
            raise Invalid("password-differs")
        account = signing_in.change_password(
            site().database,
            settings=site().settings,
            hasher=hasher(),
            old=request.form.get("old", ""),
            new=new,
            words=(*words, site().settings.site_name),
            by=actor,
            now=now(),
        )
    except (Invalid, Throttled) as refused:
        field = FIELDS.get(refused.code, "new")
        return _password_page(target, {field: str(refused)}, refused.status)
    begin_session(account, actor.unit_id, now())
    flash("Đã đổi mật khẩu. Các phiên đăng nhập khác của bạn đã kết thúc.", "success")
    return redirect(target)


def _password_page(target: str, errors: dict[str, str], status: int) -> tuple[str, int]:
    account = current_account()
    must = account is not None and account.must_change
    note = say("password-must-change") if must else ""
    page = render_template("auth/password.html", next=target, errors=errors, note=note, advised=ADVISED)
    return page, status


@pages.post("/don-vi-lam-viec")
@needs("login")
def choose_unit() -> Answer:
    """Act in the name of another of one's units from now on."""
    wanted = request.form.get("unit", "")
    for place in signing_in.places(read(), current_actor().user_id, today()):
        if place.public_id == wanted:
            cookie["unit"] = place.unit_id
            flash(f"Bạn đang làm việc thay mặt {place.name}.", "success")
            return redirect(own_path(request.form.get("next")))
    raise NotFound


@pages.get("/whoami")
@needs("login")
def whoami() -> str:
    """Who is signed in, and nothing else: the least that a page can be."""
    return render_template("auth/whoami.html", account=current_account())
