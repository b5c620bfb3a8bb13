"""People (cá nhân): registered once, never merged on the name alone, listed by unit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from thidua.errors import Invalid, NotAllowed, NotFound, Refused
from thidua.models import Membership, Person, PersonName, Role, Unit
from thidua.permissions import Actor, scope_of
from thidua.services import audit
from thidua.services.unit_names import unit_name
from thidua.text import clean_line, fold, name_order
from thidua.times import local_day, show_date

MOST_CODE = 40
_Columns = Select[int, str, str, date | None, str | None, str, str | None, date, date | None]


@dataclass(frozen=True)
class PersonLine:
    """Somebody on the staff of a unit."""

    id: int
    public_id: str
    name: str
    birth: date | None
    staff_code: str | None
    position: str
    unit: str
    since: date
    until: date | None
    """The first day on which they are no longer there; None while no end is known."""


def register(
    session: Session,
    *,
    name: str,
    birth: date | None,
    unit_id: int,
    staff_code: str = "",
    position: str = "",
    since: date,
    apart: bool = False,
    by: Actor | None,
    now: datetime,
) -> Person:
    """A new person on the staff of ``unit_id``. ``by`` is None only for the shell.

    Somebody of the same name and birth is a question, not an answer: refused with
    ``person-maybe-known`` unless ``apart`` says that it is another one
    (:func:`same_as` lists them). A staff code belongs to one person only.
    """
    _require_keeper(session, unit_id, by, now)
    person = draft(name=name, birth=birth, staff_code=staff_code, now=now)
    if not apart and same_as(session, name=person.name, birth=birth, on=since):
        raise Refused("person-maybe-known", name=person.name)
    code = person.staff_code
    if code and session.scalar(select(Person.id).where(Person.staff_code == code)) is not None:
        raise Refused("staff-code-taken", staff_code=code)
    session.add(person)
    session.flush()
    _join(session, person.id, unit_id, position, since)
    audit.record(session, "person-registered", by=by, now=now, subject=("person", person.id), unit_id=unit_id)
    return person


def draft(*, name: str, birth: date | None, staff_code: str = "", now: datetime) -> Person:
    """A person with a name, every value looked at but in no session yet. Raises :class:`Invalid`."""
    shown = clean_line(name)
    if not shown or len(shown) > 200:
        raise Invalid("name-missing")
    if birth is not None and not date(1900, 1, 1) < birth < local_day(now):
        raise Invalid("birth-unlikely")
    named = PersonName(text=shown, folded=fold(shown), sort_key=name_order(shown)[:500])
    return Person(birth=birth, staff_code=staff_code_of(staff_code), names=[named])


def staff_code_of(text: str) -> str | None:
    """A staff code as it is stored, None for none; :class:`Invalid` ``staff-code-long``."""
    code = clean_line(text)
    if len(code) > MOST_CODE:
        raise Invalid("staff-code-long", limit=MOST_CODE)
    return code or None


def position_of(text: str) -> str:
    """A position (chức vụ) as it is stored."""
    return clean_line(text)[:200]


def join(
    session: Session, person: Person, *, unit_id: int, position: str = "", since: date, by: Actor | None, now: datetime
) -> None:
    """Put a known person on the staff of ``unit_id``; nothing happens when they are there already."""
    _require_keeper(session, unit_id, by, now)
    there = select(Membership.id).where(
        Membership.person_id == person.id, Membership.unit_id == unit_id, _present(local_day(now))
    )
    if session.scalar(there) is None:
        _join(session, person.id, unit_id, position, since)
        audit.record(session, "person-joined", by=by, now=now, subject=("person", person.id), unit_id=unit_id)


def _join(session: Session, person_id: int, unit_id: int, position: str, since: date) -> None:
    text = position_of(position)
    begun = select(Membership).where(
        Membership.person_id == person_id, Membership.unit_id == unit_id, Membership.valid_from == since
    )
    membership = session.scalar(begun)
    if membership is None:
        session.add(Membership(person_id=person_id, unit_id=unit_id, position=text, valid_from=since))
    else:  # ended on the very day it began, by mistake: it goes on
        membership.valid_to, membership.position = None, text
    session.flush()


def join_known(
    session: Session,
    public_id: str,
    *,
    name: str,
    birth: date,
    unit_id: int,
    position: str = "",
    since: date,
    by: Actor,
    now: datetime,
) -> Person:
    """Put somebody who is known elsewhere on the staff of ``unit_id``.

    Only those who bear ``name`` and ``birth`` can be chosen (:func:`same_as`); anybody
    else is ``NotFound``, so that nobody is reached by an id alone.
    """
    if public_id not in {line.public_id for line in same_as(session, name=name, birth=birth, on=since)}:
        raise NotFound
    person = find(session, public_id)
    join(session, person, unit_id=unit_id, position=position, since=since, by=by, now=now)
    return person


def leave(session: Session, public_id: str, *, unit_id: int, last_day: date, by: Actor, now: datetime) -> str:
    """End somebody's work at ``unit_id`` with ``last_day``, a day to come included; their name.

    Their dossiers and their work elsewhere stay as they are. Saying it again corrects the
    day; the day before they began takes back an entry made by mistake. ``NotFound`` when
    they do not work there today, ``leave-early`` when it would end before it began.
    """
    _require_keeper(session, unit_id, by, now)
    person = find(session, public_id)
    held = select(Membership).where(
        Membership.person_id == person.id, Membership.unit_id == unit_id, _present(local_day(now))
    )
    memberships = list(session.scalars(held))
    if not memberships:
        raise NotFound
    end = last_day + timedelta(days=1)
    for membership in memberships:
        if end < membership.valid_from:
            raise Refused("leave-early", since=show_date(membership.valid_from))
        membership.valid_to = end
    details = {"last_day": last_day.isoformat()}
    audit.record(
        session, "person-left", by=by, now=now, subject=("person", person.id), unit_id=unit_id, details=details
    )
    return person.name


def _require_keeper(session: Session, unit_id: int, by: Actor | None, now: datetime) -> None:
    if by is None:
        return
    scope = scope_of(session, by, local_day(now))
    if not (scope.has(Role.CLERK, unit_id) or scope.has(Role.HEAD, unit_id) or scope.has(Role.ADMIN)):
        raise NotAllowed


def _present(on: date) -> ColumnElement[bool]:
    return (Membership.valid_from <= on) & or_(Membership.valid_to.is_(None), Membership.valid_to > on)


def _latest_name() -> ColumnElement[bool]:
    newest = select(func.max(PersonName.id)).where(PersonName.person_id == Person.id).correlate(Person)
    return PersonName.id == newest.scalar_subquery()


def _lines(on: date) -> _Columns:
    return (
        select(
            Person.id,
            Person.public_id,
            PersonName.text,
            Person.birth,
            Person.staff_code,
            Membership.position,
            unit_name(on),
            Membership.valid_from,
            Membership.valid_to,
        )
        .join(PersonName, _latest_name())
        .join(Membership, Membership.person_id == Person.id)
        .join(Unit, Unit.id == Membership.unit_id)
    )


def _found(session: Session, query: _Columns) -> list[PersonLine]:
    return [
        PersonLine(number, public_id, name, birth, code, position, unit or "", since, until)
        for number, public_id, name, birth, code, position, unit, since, until in session.execute(query)
    ]


def same_as(session: Session, *, name: str, birth: date | None, on: date) -> list[PersonLine]:
    """Those who bear this name, marks aside, and this birth date; nobody without a birth date."""
    if birth is None:
        return []
    bearers = select(PersonName.person_id).where(PersonName.folded == fold(clean_line(name)))
    query = _lines(on).where(Person.id.in_(bearers), Person.birth == birth).order_by(Person.id, Membership.id.desc())
    lines = _found(session, query)
    return list({line.id: line for line in reversed(lines)}.values())


def find(session: Session, public_id: str) -> Person:
    """The person at this address, or :class:`NotFound`."""
    person = session.scalar(select(Person).where(Person.public_id == public_id))
    if person is None:
        raise NotFound
    return person


def staff(
    session: Session, unit_ids: Collection[int], on: date, *, text: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[PersonLine], int]:
    """Those who work in the units on that day, by tên, and their number.

    ``text``, marks aside, narrows. Two statements.
    """
    conditions = [Membership.unit_id.in_(unit_ids), _present(on), *_having(text)]
    query = _lines(on).where(*conditions).order_by(PersonName.sort_key, Person.id)
    total = session.scalar(select(func.count()).select_from(_lines(on).where(*conditions).subquery())) or 0
    return _found(session, query.offset(offset).limit(limit)), total


def suggest(
    session: Session, unit_ids: Collection[int] | None, text: str, on: date, *, limit: int = 8
) -> list[PersonLine]:
    """Those of the units' staff (None: of every unit's) whose name holds all words of ``text``, or whose staff code
    begins with it.
    """
    if not fold(text).split():
        return []
    code = Person.staff_code.startswith(clean_line(text)[: MOST_CODE + 1], autoescape=True)
    conditions = [_present(on)] if unit_ids is None else [Membership.unit_id.in_(unit_ids), _present(on)]
    query = _lines(on).where(*conditions, or_(code, and_(*_having(text))))
    return _found(session, query.order_by(PersonName.sort_key, Person.id).limit(limit))


def _having(text: str) -> list[ColumnElement[bool]]:
    words = (word[:100] for word in fold(text).split()[:8])  # SQLite refuses patterns of tens of thousands of letters
    return [PersonName.folded.contains(word, autoescape=True) for word in words]


def working(session: Session, person_id: int, on: date) -> list[PersonLine]:
    """A person, with a line for each unit at which they work on that day, or where they worked last."""
    lines = _found(session, _lines(on).where(Person.id == person_id).order_by(Membership.id))
    present = [line for line in lines if line.since <= on and (line.until is None or line.until > on)]
    return present or lines[-1:]


def names_of(session: Session, public_id: str) -> frozenset[str]:
    """Every name recorded for a person; empty when the id is nobody's."""
    query = select(PersonName.text).join(Person, Person.id == PersonName.person_id)
    return frozenset(session.scalars(query.where(Person.public_id == public_id)))
