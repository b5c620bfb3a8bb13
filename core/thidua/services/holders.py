"""Who holds an account: the person of the register (danh bạ) behind it.

Conflicts of interest rest on it. Only of an account with a person it is known at which school its holder works, and
in which dossiers they are named; without one, conflicts have to be declared by hand.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from thidua.errors import Refused
from thidua.models import User
from thidua.permissions import Actor
from thidua.services import audit, people
from thidua.services.accounts import require_admin
from thidua.services.people import PersonLine
from thidua.times import local_day

MOST_FOUND = 20


def holder(session: Session, user: User, on: date) -> list[PersonLine]:
    """The person behind ``user``, a line for each unit they work at on that day; empty when nobody is known."""
    return people.working(session, user.person_id, on) if user.person_id is not None else []


def candidates(session: Session, text: str, *, by: Actor, now: datetime) -> list[PersonLine]:
    """Those of all units whose name holds every word of ``text``, marks aside, or whose staff code begins with it.

    At most :data:`MOST_FOUND`. Raises :class:`NotAllowed` unless the actor is an administrator.
    """
    require_admin(session, by, now)
    return people.suggest(session, None, text, local_day(now), limit=MOST_FOUND)


def link(session: Session, user: User, person: str, *, by: Actor, now: datetime) -> None:
    """Say that the person at the address ``person`` holds ``user``; empty takes back what was said.

    From then on what the person has a part in does not exist for them as a judge, what they scored before included.
    Raises :class:`NotAllowed`, :class:`NotFound`, or ``person-has-account`` when another account is theirs.
    """
    require_admin(session, by, now)
    found = people.find(session, person) if person else None
    if found is not None:
        theirs = select(User.login).where(User.person_id == found.id, User.id != user.id)
        login = session.scalar(theirs)
        if login is not None:
            raise Refused("person-has-account", name=found.name, login=login)
    if user.person_id == (found.id if found else None):
        return
    user.person_id = found.id if found else None
    details = {"person": found.id if found else None}
    audit.record(session, "user-linked", by=by, now=now, subject=("user", user.id), details=details)
