"""Signing in and out, one's own password, and the units in whose names one may act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, case, or_, select, update
from sqlalchemy.orm import Session

from thidua.config import Settings
from thidua.errors import Invalid, NotSignedIn
from thidua.models import Database, Grant, Role, Unit, User, rows
from thidua.permissions import Actor
from thidua.services import audit, passwords, tries
from thidua.services.accounts import normal_login
from thidua.services.passwords import Passwords
from thidua.services.unit_names import unit_name


@dataclass(frozen=True)
class Account:
    """Somebody signed in, as far as every page needs to know. ``get_id`` goes into the session."""

    id: int
    public_id: str
    login: str
    name: str
    must_change: bool
    epoch: int

    is_active = is_authenticated = True
    is_anonymous = False

    def get_id(self) -> str:
        """The id with the session epoch: an old session names an old epoch and is worth nothing."""
        return f"{self.id}|{self.epoch}"


@dataclass(frozen=True)
class Place:
    """A unit in whose name somebody may act."""

    unit_id: int
    public_id: str
    name: str
    roles: tuple[Role, ...]


_ACCOUNT = (User.id, User.public_id, User.login, User.name, User.must_change, User.epoch)
# Built once: every request asks it, and building a statement costs more than sending it.
_SIGNED_IN = select(*_ACCOUNT).where(
    User.id == bindparam("number"), User.epoch == bindparam("epoch"), User.disabled_at.is_(None)
)


def signed_in(session: Session, token: str) -> Account | None:
    """The account of a session; None when it was ended, disabled or never was. One statement."""
    number, _, epoch = token.partition("|")
    if not (number.isdecimal() and epoch.isdecimal()):
        return None
    found = rows(session, _SIGNED_IN, {"number": int(number), "epoch": int(epoch)})
    return Account(*found[0]) if found else None


def sign_in(
    database: Database,
    *,
    settings: Settings,
    hasher: Passwords,
    login: str,
    password: str,
    address: str,
    now: datetime,
) -> Account:
    """The account that ``login`` and ``password`` open.

    Every try is counted before the password is looked at, so that many at once gain nothing.
    Raises :class:`NotSignedIn` in the same words and after the same work whether the
    account is unknown, disabled or the password wrong; :class:`Throttled` after
    ``settings.sign_in_tries`` in the window.
    """
    wanted = normal_login(login)
    key = tries.key_of("sign-in", wanted, address)
    with database.writing() as session:
        tries.count(session, key, "sign-in-throttled", settings, now)
    with database.reading() as session:
        row = session.execute(
            select(User.id, User.password_hash).where(User.login == wanted, User.disabled_at.is_(None))
        ).one_or_none()
    right = hasher.fits(row.password_hash if row else None, password[: passwords.MOST + 1])
    if row is None or not right:
        with database.writing() as session:
            audit.record(session, "sign-in-failed", by=None, now=now, subject=("user", row.id if row else None))
        raise NotSignedIn("sign-in-failed")
    renewed = hasher.hash(password) if hasher.outdated(row.password_hash) else row.password_hash
    with database.writing() as session:
        values = {"last_seen_at": now, "password_hash": renewed}
        if not _still(session, row.id, row.password_hash, values):
            raise NotSignedIn("sign-in-failed")
        tries.forget(session, key)
        audit.record(session, "sign-in", by=Actor(row.id), now=now, subject=("user", row.id))
        return Account(*session.execute(select(*_ACCOUNT).where(User.id == row.id)).one())


def _still(session: Session, user_id: int, stored: str, values: Mapping[str, object]) -> bool:
    """Write ``values``, unless the password was changed or the account shut while the password was compared."""
    unchanged = (User.id == user_id, User.password_hash == stored, User.disabled_at.is_(None))
    return session.scalar(update(User).where(*unchanged).values(**values).returning(User.id)) is not None


def sign_out(session: Session, *, by: Actor, now: datetime) -> None:
    """End every session of the actor."""
    _end_sessions(session, by.user_id)
    audit.record(session, "sign-out", by=by, now=now, subject=("user", by.user_id))


def change_password(
    database: Database,
    *,
    settings: Settings,
    hasher: Passwords,
    old: str,
    new: str,
    words: Sequence[str] = (),
    by: Actor,
    now: datetime,
) -> Account:
    """Set the actor's own password and end their other sessions; the account with its new epoch.

    ``words`` are names that the new password must not consist of. Raises :class:`Invalid`, and
    :class:`Throttled` after as many tries as at the door: whoever finds a page left open learns no password.
    """
    key = tries.key_of("password", str(by.user_id))
    with database.writing() as session:
        tries.count(session, key, "password-throttled", settings, now)
    with database.reading() as session:
        row = session.execute(select(User.password_hash, User.login, User.name).where(User.id == by.user_id)).one()
    if not hasher.fits(row.password_hash, old[: passwords.MOST + 1]):
        raise Invalid("password-wrong")
    with database.writing() as session:
        tries.forget(session, key)  # a new one that will not do is no wrong old one
    passwords.check(new, words=(row.login, row.name, *words))
    if old == new:
        raise Invalid("password-same")
    fresh = hasher.hash(new)
    with database.writing() as session:
        values = {"password_hash": fresh, "must_change": False}
        if not _still(session, by.user_id, row.password_hash, values):
            raise Invalid("password-wrong")
        _end_sessions(session, by.user_id)
        audit.record(session, "password-changed", by=by, now=now, subject=("user", by.user_id))
        return Account(*session.execute(select(*_ACCOUNT).where(User.id == by.user_id)).one())


def _end_sessions(session: Session, user_id: int) -> None:
    session.execute(update(User).where(User.id == user_id).values(epoch=User.epoch + 1))


def end_all_sessions(session: Session, now: datetime) -> None:
    """End every session of every account, those of epochs included that this database does not know.

    For a database that has come back from a backup: cookies may be of later epochs than it holds.
    """
    least = int(now.timestamp())
    session.execute(update(User).values(epoch=case((User.epoch < least, least), else_=User.epoch + 1)))


_PLACES = (
    select(Grant.role, Unit.id, Unit.public_id, unit_name(bindparam("on")))
    .join(Unit, Unit.id == Grant.unit_id)
    .where(Grant.user_id == bindparam("user_id"), Grant.valid_from <= bindparam("on"))
    .where(or_(Grant.valid_to.is_(None), Grant.valid_to > bindparam("on")))
    .order_by(Grant.id)
)


def places(session: Session, user_id: int, on: date) -> list[Place]:
    """The units at which the user holds roles on that day, in the order of their first grant."""
    found: dict[int, Place] = {}
    for role, unit_id, public_id, name in rows(session, _PLACES, {"user_id": user_id, "on": on}):
        roles = found[unit_id].roles if unit_id in found else ()
        found[unit_id] = Place(unit_id, public_id, name or "", tuple(dict.fromkeys((*roles, role))))
    return list(found.values())
