"""Cán bộ: who works at the school; adding somebody, and writing down that somebody has left."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from thidua.errors import Invalid, NotAllowed, NotFound, Refused, say
from thidua.models import Role
from thidua.services import people
from thidua.services.people import PersonLine
from thidua.text import clean_line
from thidua.times import parse_date, show_date
from thidua.web.context import current_actor, current_scope, now, page_number, read, stands_at, today, write
from thidua.web.security import needs

pages = Blueprint("staff", __name__, url_prefix="/can-bo")
Answer = str | Response | tuple[str, int]
PER_PAGE = 20
FIELDS = {
    "name-missing": "name",
    "person-maybe-known": "known-0",
    "birth-unlikely": "birth",
    "staff-code-taken": "staff_code",
    "staff-code-long": "staff_code",
    "date-unreadable": "since",
}
"""Where on the form of a person a refusal belongs."""


@pages.get("")
@needs(Role.CLERK, Role.HEAD)
def index() -> Answer:
    """Those who work at the school, by tên; narrowed without marks."""
    return _page({}, 200)


@pages.post("")
@needs(Role.CLERK, Role.HEAD)
def add() -> Answer:
    """Somebody new, or somebody known elsewhere who works here too."""
    try:
        with write() as session:
            add_person(session, own_unit())
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        return _page({FIELDS.get(refused.code, ""): str(refused)}, refused.status)
    name = clean_line(request.form.get("name", ""))
    flash(f"Đã thêm {name} vào danh sách.", "success")
    doubt_name(name)
    return redirect(url_for("staff.index", tim=name))


@pages.post("/thoi-cong-tac")
@needs(Role.CLERK, Role.HEAD)
def leave() -> Answer:
    """The last day of somebody's work here."""
    person = request.form.get("nguoi", "")[:24]
    try:
        day = _day("last_day")
        with write() as session:
            name = people.leave(session, person, unit_id=own_unit(), last_day=day, by=current_actor(), now=now())
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        return _page({f"thoi-{person}": str(refused)}, refused.status)
    flash(f"Đã ghi {name} thôi công tác, hết ngày {show_date(day)}. Các hồ sơ cũ vẫn giữ nguyên.", "success")
    return redirect(url_for("staff.index"))


def add_person(session: Session, unit_id: int) -> str:
    """Put the person of the posted form on the staff of ``unit_id``; the person's public id.

    ``known`` is the public id of one who bears the same name and birth date, or ``apart``: it is none of them.
    """
    form, by, at = request.form, current_actor(), now()
    name, birth, known = form.get("name", ""), _birth(), form.get("known", "")
    position, since = form.get("position", ""), _day("since") if form.get("since", "").strip() else today()
    if known and known != "apart":
        person = people.join_known(
            session, known[:24], name=name, birth=birth, unit_id=unit_id, position=position, since=since, by=by, now=at
        )
    else:
        person = people.register(
            session,
            name=name,
            birth=birth,
            unit_id=unit_id,
            staff_code=form.get("staff_code", ""),
            position=position,
            since=since,
            apart=known == "apart",
            by=by,
            now=at,
        )
    return person.public_id


def doubt_name(name: str) -> None:
    """A notice where a name looks typed in haste; there are people of one name, so it stops nobody."""
    if " " not in name or name.islower():
        flash(say("name-odd", name=name), "warning")


def maybe_known() -> list[PersonLine]:
    """Those whom the posted form may mean: the same name, marks aside, and the same birth date."""
    try:
        return people.same_as(read(), name=request.form.get("name", ""), birth=_birth(), on=today())
    except Invalid:
        return []


def own_unit() -> int:
    """The school whose staff the actor keeps."""
    unit_id, scope = current_actor().unit_id, current_scope()
    if unit_id is None or not (scope.has(Role.CLERK, unit_id) or scope.has(Role.HEAD, unit_id)):
        raise NotAllowed
    return unit_id


def _birth() -> date:
    try:
        return parse_date(request.form.get("birth", ""))
    except ValueError:
        raise Invalid("birth-unlikely") from None


def _day(name: str) -> date:
    text = request.form.get(name, "")
    try:
        return parse_date(text)
    except ValueError:
        raise Invalid("date-unreadable", text=text[:40]) from None


def _page(errors: dict[str, str], status: int) -> Answer:
    stands_at(url_for("staff.index"))
    text, number = request.args.get("tim", "")[:200], page_number()
    lines, total = people.staff(
        read(), [own_unit()], today(), text=text, offset=(number - 1) * PER_PAGE, limit=PER_PAGE
    )
    page = render_template(
        "staff/index.html",
        lines=lines,
        total=total,
        number=number,
        per_page=PER_PAGE,
        text=text,
        errors=errors,
        typed=request.form,
        known=maybe_known() if "known-0" in errors else [],
        today=show_date(today()),
    )
    return page, status
