"""Accounts and their roles."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from thidua.models import Role, User
from thidua.services import accounts, holders, passwords, units
from thidua.times import show_date
from thidua.web.admin import SIZE, Typed
from thidua.web.auth import hasher
from thidua.web.context import current_actor, now, page_number, read, today, write
from thidua.web.security import needs

pages = Blueprint("admin_users", __name__, url_prefix="/quan-tri/tai-khoan")
Answer = str | Response | tuple[str, int]


@pages.get("/")
@needs(Role.ADMIN)
def index() -> str:
    """All accounts, to be searched by name without marks."""
    text, number = request.args.get("tim", ""), page_number()
    lines, total = accounts.list_users(
        read(), by=current_actor(), now=now(), text=text, offset=(number - 1) * SIZE, limit=SIZE
    )
    return render_template("admin/users.html", lines=lines, total=total, number=number, size=SIZE, text=text)


@pages.route("/them", methods=["GET", "POST"])
@needs(Role.ADMIN)
def create() -> Answer:
    """A new account with its first role; the one-time password is shown once."""
    form = Typed()
    if request.method != "POST":
        form.values["since"] = show_date(today())
        return _create_page(form)
    role = form.choice("role", {r.value: r for r in Role}, "vai trò")
    unit = form.choice("unit", dict(_units_by_id()), "đơn vị")
    since = form.day("since")
    secret = passwords.one_time()
    hashed = hasher().hash(secret)
    if not form.errors and role is not None and unit is not None:
        with form.doing(), write() as session:
            user = accounts.create_user(
                session,
                login=form.line("login"),
                name=form.line("name"),
                password_hash=hashed,
                by=current_actor(),
                now=now(),
            )
            accounts.grant(session, user, role=role, unit_id=unit, valid_from=since, by=current_actor(), now=now())
        if not form.errors:
            return _secret_page(user.public_id, user.login, user.name, secret, "Đã tạo tài khoản")
    return _create_page(form)


def _units_by_id() -> dict[str, int]:
    return {public_id: units.find(read(), public_id).id for public_id in [request.form.get("unit", "")] if public_id}


def _create_page(form: Typed) -> tuple[str, int]:
    page = render_template(
        "admin/user_new.html",
        values=form.values,
        errors=form.errors,
        roles=[(r.value, r.label) for r in Role],
        units=units.choices(read(), today()),
    )
    return page, form.status


def _secret_page(public_id: str, login: str, name: str, secret: str, title: str) -> Response:
    page = render_template(
        "admin/user_secret.html", public_id=public_id, login=login, name=name, secret=secret, title=title
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.get("/<public_id>")
@needs(Role.ADMIN)
def show(public_id: str) -> Answer:
    """One account: facts, roles with their dates, what can be done."""
    form = Typed()
    form.values["since"] = show_date(today())
    return _user_page(accounts.find_user(read(), public_id), form)


def _user_page(user: User, form: Typed) -> tuple[str, int]:
    text = request.args.get("nguoi", user.name)
    page = render_template(
        "admin/user.html",
        user=user,
        grants=accounts.grants_of(read(), user),
        holder=holders.holder(read(), user, today()),
        text=text,
        candidates=holders.candidates(read(), text, by=current_actor(), now=now()),
        values=form.values,
        errors=form.errors,
        roles=[(r.value, r.label) for r in Role],
        units=units.choices(read(), today()),
        day=today(),
    )
    return page, form.status


@pages.post("/<public_id>/vai-tro")
@needs(Role.ADMIN)
def grant(public_id: str) -> Answer:
    """Give a role with its dates."""
    form = Typed()
    role = form.choice("role", {r.value: r for r in Role}, "vai trò")
    unit = form.choice("unit", dict(_units_by_id()), "đơn vị")
    since, until = form.day("since"), form.day_or_none("until")
    if not form.errors and role is not None and unit is not None:
        with form.doing(), write() as session:
            user = accounts.find_user(session, public_id)
            after = None if until is None else until + timedelta(days=1)
            accounts.grant(
                session, user, role=role, unit_id=unit, valid_from=since, valid_to=after, by=current_actor(), now=now()
            )
        if not form.errors:
            flash(f"Đã giao vai trò {role.label}.", "success")
            return redirect(url_for(".show", public_id=public_id))
    return _user_page(accounts.find_user(read(), public_id), form)


@pages.post("/<public_id>/vai-tro/<int:grant_id>/ket-thuc")
@needs(Role.ADMIN)
def end_grant(public_id: str, grant_id: int) -> Response:
    """End a role after today, or after yesterday when it shall not hold any more at once."""
    with write() as session:
        user = accounts.find_user(session, public_id)
        yesterday = date.fromordinal(today().toordinal() - 1)
        accounts.end_grant(session, user, grant_id, last_day=yesterday, by=current_actor(), now=now())
    flash("Đã kết thúc vai trò.", "success")
    return redirect(url_for(".show", public_id=public_id))


@pages.post("/<public_id>/nguoi")
@needs(Role.ADMIN)
def link(public_id: str) -> Answer:
    """Say who of the register holds the account, or that it is nobody of it."""
    form = Typed()
    form.values["since"] = show_date(today())
    with form.doing(), write() as session:
        user = accounts.find_user(session, public_id)
        holders.link(session, user, request.form.get("person", ""), by=current_actor(), now=now())
    if form.errors:
        return _user_page(accounts.find_user(read(), public_id), form)
    flash("Đã ghi người giữ tài khoản.", "success")
    return redirect(url_for(".show", public_id=public_id))


@pages.post("/<public_id>/mat-khau")
@needs(Role.ADMIN)
def reset(public_id: str) -> Response:
    """A one-time password, shown once."""
    secret = passwords.one_time()
    hashed = hasher().hash(secret)
    with write() as session:
        user = accounts.find_user(session, public_id)
        accounts.reset_password(session, user, password_hash=hashed, by=current_actor(), now=now())
    return _secret_page(user.public_id, user.login, user.name, secret, "Đã cấp mật khẩu dùng một lần")


@pages.post("/<public_id>/khoa")
@needs(Role.ADMIN)
def disable(public_id: str) -> Response:
    """Shut the account."""
    with write() as session:
        user = accounts.find_user(session, public_id)
        accounts.disable(session, user, by=current_actor(), now=now())
    flash(f"Đã khóa tài khoản {user.login}; các phiên đang mở đã kết thúc.", "success")
    return redirect(url_for(".show", public_id=public_id))


@pages.post("/<public_id>/mo-khoa")
@needs(Role.ADMIN)
def enable(public_id: str) -> Response:
    """Open it again."""
    with write() as session:
        user = accounts.find_user(session, public_id)
        accounts.enable(session, user, by=current_actor(), now=now())
    flash(f"Đã mở khóa tài khoản {user.login}.", "success")
    return redirect(url_for(".show", public_id=public_id))
