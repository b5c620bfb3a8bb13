"""Accounts as an administrator keeps them: made and shut, roles with their dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from thidua.errors import Invalid, NotAllowed, NotFound, Refused
from thidua.models import Grant, Role, Unit, User
from thidua.permissions import Actor, scope_of
from thidua.services import audit
from thidua.services.unit_names import unit_name
from thidua.text import clean_line, fold
from thidua.times import local_day

_LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,58}[a-z0-9])?")


def normal_login(text: str) -> str:
    """A login as it is stored: lower case, no blanks around."""
    return clean_line(text).lower()


def require_admin(session: Session, by: Actor, now: datetime) -> None:
    """Raise :class:`NotAllowed` unless the actor is an administrator today."""
    if not scope_of(session, by, local_day(now)).has(Role.ADMIN):
        raise NotAllowed


def create_user(
    session: Session,
    *,
    login: str,
    name: str,
    password_hash: str,
    must_change: bool = True,
    person_id: int | None = None,
    by: Actor | None,
    now: datetime,
) -> User:
    """A new account without any role. ``by`` is None only for the shell that sets a site up.

    ``login``: a-z, 0-9, dot, dash, underscore, at most 60. Raises :class:`Invalid`, or
    :class:`Refused` ``login-taken``.
    """
    if by is not None:
        require_admin(session, by, now)
    user = draft(
        login=login, name=name, password_hash=password_hash, must_change=must_change, person_id=person_id, now=now
    )
    if session.scalar(select(User.id).where(User.login == user.login)) is not None:
        raise Refused("login-taken", login=user.login)
    session.add(user)
    session.flush()
    audit.record(session, "user-created", by=by, now=now, subject=("user", user.id))
    return user


def draft(
    *,
    login: str,
    name: str,
    password_hash: str,
    must_change: bool = True,
    person_id: int | None = None,
    now: datetime,
) -> User:
    """An account, every value looked at but in no session yet. Raises :class:`Invalid`."""
    wanted, shown = normal_login(login), clean_line(name)
    if not _LOGIN.fullmatch(wanted):
        raise Invalid("login-unfit", login=wanted[:60])
    if not shown or len(shown) > 200:
        raise Invalid("name-missing")
    return User(
        login=wanted,
        name=shown,
        person_id=person_id,
        password_hash=password_hash,
        must_change=must_change,
        created_at=now,
    )


def find_user(session: Session, public_id: str) -> User:
    """The account at this address, or :class:`NotFound`."""
    user = session.scalar(select(User).where(User.public_id == public_id))
    if user is None:
        raise NotFound
    return user


def reset_password(session: Session, user: User, *, password_hash: str, by: Actor | None, now: datetime) -> None:
    """Give ``user`` a password for one sign-in (the caller prints it once) and end their sessions."""
    if by is not None:
        require_admin(session, by, now)
    user.password_hash, user.must_change, user.epoch = password_hash, True, user.epoch + 1
    audit.record(session, "password-reset", by=by, now=now, subject=("user", user.id))


def disable(session: Session, user: User, *, by: Actor, now: datetime) -> None:
    """Shut the account and end its sessions; nobody shuts their own."""
    require_admin(session, by, now)
    if user.id == by.user_id:
        raise Refused("user-self")
    if user.disabled_at is None:
        user.disabled_at, user.epoch = now, user.epoch + 1
        audit.record(session, "user-disabled", by=by, now=now, subject=("user", user.id))


def enable(session: Session, user: User, *, by: Actor, now: datetime) -> None:
    """Open a shut account again."""
    require_admin(session, by, now)
    if user.disabled_at is not None:
        user.disabled_at = None
        audit.record(session, "user-enabled", by=by, now=now, subject=("user", user.id))


def grant(
    session: Session,
    user: User,
    *,
    role: Role,
    unit_id: int,
    valid_from: date,
    valid_to: date | None = None,
    by: Actor | None,
    now: datetime,
) -> Grant:
    """Give ``user`` a role at a unit; ``valid_to`` is the first day without it.

    A grant that overlaps one of the same role and unit is refused.
    """
    if by is not None:
        require_admin(session, by, now)
    if valid_to is not None and valid_to <= valid_from:
        raise Invalid("dates-reversed")
    same = select(Grant).where(Grant.user_id == user.id, Grant.role == role, Grant.unit_id == unit_id)
    if any(other.overlaps(valid_from, valid_to) for other in session.scalars(same)):
        raise Refused("grant-held", role=role.label)
    given = Grant(user_id=user.id, role=role, unit_id=unit_id, valid_from=valid_from, valid_to=valid_to)
    session.add(given)
    session.flush()
    details = {"role": role.value, "unit": unit_id}
    audit.record(session, "granted", by=by, now=now, subject=("user", user.id), details=details)
    return given


def end_grant(session: Session, user: User, grant_id: int, *, last_day: date, by: Actor, now: datetime) -> None:
    """End a role after ``last_day``, unless it ends before; it is never deleted. Nobody ends their own of an admin."""
    require_admin(session, by, now)
    given = session.get(Grant, grant_id)
    if given is None or given.user_id != user.id:
        raise NotFound
    if user.id == by.user_id and given.role is Role.ADMIN:
        raise Refused("user-self")
    end = max(given.valid_from, last_day + timedelta(days=1))
    if given.valid_to is not None and given.valid_to <= end:
        return
    given.valid_to = end
    details = {"role": given.role.value, "unit": given.unit_id}
    audit.record(session, "grant-ended", by=by, now=now, subject=("user", user.id), details=details)


@dataclass(frozen=True)
class UserLine:
    """A row of the list of accounts; ``roles`` are those held today."""

    public_id: str
    login: str
    name: str
    disabled: bool
    last_seen_at: datetime | None
    roles: tuple[tuple[Role, str], ...] = ()


def list_users(
    session: Session, *, by: Actor, now: datetime, text: str = "", offset: int = 0, limit: int = 20
) -> tuple[list[UserLine], int]:
    """Accounts by login and their number; ``text`` is looked for in name and login without marks.

    Three statements, whatever the number of rows.
    """
    require_admin(session, by, now)
    rows = session.execute(
        select(User.id, User.public_id, User.login, User.name, User.disabled_at, User.last_seen_at).order_by(User.login)
    ).all()
    words = fold(text).split()
    # SQLite cannot fold Vietnamese; a site has hundreds of accounts, not millions.
    found = [row for row in rows if all(word in fold(f"{row.name} {row.login}") for word in words)]
    shown = found[offset : offset + limit]
    roles = _roles_of(session, [row.id for row in shown], local_day(now))
    lines = [
        UserLine(r.public_id, r.login, r.name, r.disabled_at is not None, r.last_seen_at, tuple(roles.get(r.id, ())))
        for r in shown
    ]
    return lines, len(found)


def _roles_of(session: Session, user_ids: Sequence[int], on: date) -> dict[int, list[tuple[Role, str]]]:
    rows = session.execute(
        select(Grant.user_id, Grant.role, unit_name(on))
        .join(Unit, Unit.id == Grant.unit_id)
        .where(Grant.user_id.in_(user_ids), Grant.valid_from <= on)
        .where(or_(Grant.valid_to.is_(None), Grant.valid_to > on))
        .order_by(Grant.id)
    )
    found: dict[int, list[tuple[Role, str]]] = {}
    for user_id, role, name in rows:
        found.setdefault(user_id, []).append((role, name or ""))
    return found


def grants_of(session: Session, user: User) -> list[tuple[Grant, Unit]]:
    """Every grant of ``user``, ended ones included, the newest first."""
    rows = session.execute(
        select(Grant, Unit)
        .join(Unit, Unit.id == Grant.unit_id)
        .where(Grant.user_id == user.id)
        .order_by(Grant.valid_from.desc(), Grant.id.desc())
    )
    return [(given, unit) for given, unit in rows]
