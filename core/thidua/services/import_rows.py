"""What one row of an import does to what is known.

Everything the rows may meet is loaded before the first of them, in a number of statements that
does not grow with them; then each row changes the loaded objects and notes what is to be written.
A look drops it all, a taking writes it in one go: :mod:`thidua.services.import_writing`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from thidua.errors import Invalid, Refused
from thidua.models import (
    Grant,
    Membership,
    Person,
    PersonName,
    RelationKind,
    Role,
    Unit,
    UnitRelation,
    User,
)
from thidua.permissions import Actor
from thidua.services import accounts, audit, people, units
from thidua.services.cells import Cells
from thidua.text import clean_line, fold
from thidua.times import local_day, parse_date

NEW, CHANGED, SAME = "thêm", "sửa", "không đổi"
BATCH = 5_000
"""Values in one statement; the most rows a sheet may have, and a sixth of what SQLite takes."""

T = TypeVar("T")
Values = Mapping[str, str]


@dataclass
class Known:
    """What is on record, and what the rows before have made of it."""

    on: date
    units: dict[str, Unit] = field(default_factory=dict)
    above: dict[Unit, list[tuple[UnitRelation, Unit]]] = field(default_factory=lambda: defaultdict(list))
    coded: dict[str, Person] = field(default_factory=dict)
    born: dict[tuple[str, date | None], list[Person]] = field(default_factory=lambda: defaultdict(list))
    staff: dict[tuple[Person, Unit], list[Membership]] = field(default_factory=lambda: defaultdict(list))
    users: dict[str, User] = field(default_factory=dict)
    holders: dict[Person, User] = field(default_factory=dict)
    grants: dict[tuple[User, Role, Unit], list[Grant]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def load(cls, session: Session, *, staff: Sequence[Values], users: Sequence[Values], now: datetime) -> Known:
        """All units; of people and accounts those the rows name."""
        known = cls(local_day(now))
        by_id = {unit.id: unit for unit in session.scalars(select(Unit))}
        known.units = {unit.code: unit for unit in by_id.values()}
        for relation in session.scalars(select(UnitRelation).order_by(UnitRelation.id)):
            known.above[by_id[relation.child_id]].append((relation, by_id[relation.parent_id]))
        persons = known._load_people(session, staff, {clean_line(row["staff_code"]) for row in users})
        for part in _batches(persons):
            for held in session.scalars(select(Membership).where(Membership.person_id.in_(part))):
                known.staff[persons[held.person_id], by_id[held.unit_id]].append(held)
        for wanted in _batches({accounts.normal_login(row["login"]) for row in users}):
            known.users |= {user.login: user for user in session.scalars(select(User).where(User.login.in_(wanted)))}
        for part in _batches(persons):
            for user in session.scalars(select(User).where(User.person_id.in_(part))):
                known.holders[persons[user.person_id or 0]] = user
        owners = {user.id: user for user in known.users.values()}
        for part in _batches(owners):
            for given in session.scalars(select(Grant).where(Grant.user_id.in_(part))):
                known.grants[owners[given.user_id], given.role, by_id[given.unit_id]].append(given)
        return known

    def _load_people(self, session: Session, rows: Sequence[Values], codes: Set[str]) -> dict[int, Person]:
        """Who bears a name or a staff code of ``rows``, or one of ``codes``."""
        found: dict[int, Person] = {}
        codes = (codes | {clean_line(row["staff_code"]) for row in rows}) - {""}
        for part in _batches(codes):
            found |= {p.id: p for p in session.scalars(select(Person).where(Person.staff_code.in_(part)))}
        for part in _batches({fold(clean_line(row["name"])) for row in rows}):
            bearers = select(PersonName.person_id).where(PersonName.folded.in_(part))
            found |= {p.id: p for p in session.scalars(select(Person).where(Person.id.in_(bearers)))}
        for number in sorted(found):
            self.add_person(found[number])
        return found

    def add_person(self, person: Person) -> None:
        """Let the rows to come find ``person``."""
        if person.staff_code:
            self.coded[person.staff_code] = person
        for folded in {name.folded for name in person.names}:
            self.born[folded, person.birth].append(person)

    def unit(self, code: str) -> Unit:
        """The unit of a code, or :class:`Invalid`."""
        found = self.units.get(clean_line(code))
        if found is None:
            raise Invalid("unit-code-unknown", unit_code=clean_line(code)[:40])
        return found

    def parents(self, unit: Unit, on: date) -> set[Unit]:
        """What manages ``unit`` on that day."""
        return {parent for relation, parent in self.above[unit] if _managing(relation) and _valid(relation, on)}

    def over(self, unit: Unit, on: date) -> set[Unit]:
        """Every unit above ``unit`` on that day, by any relation."""
        found: set[Unit] = set()
        waiting = [unit]
        while waiting:
            fresh = {p for relation, p in self.above[waiting.pop()] if _valid(relation, on)} - found
            found |= fresh
            waiting.extend(fresh)
        return found

    def there(self, name: str, birth: date | None, unit: Unit) -> Person | None:
        """Who of this name, marks aside, and this birth works at ``unit`` today."""
        for person in self.born.get((fold(name), birth), ()):
            held = self.staff.get((person, unit), ())
            if fold(person.name) == fold(name) and any(_valid(m, self.on) for m in held):
                return person
        return None


@dataclass
class Run:
    """One pass over a file. ``hashes`` are the password hashes of new accounts, none while only looking."""

    session: Session
    known: Known
    by: Actor
    now: datetime
    hashes: Mapping[str, str] = field(default_factory=dict)
    fresh: list[Unit | Person | User | UnitRelation | Membership | Grant] = field(default_factory=list)
    gone: list[UnitRelation] = field(default_factory=list)
    events: list[Mapping[str, object]] = field(default_factory=list)
    after: list[Callable[[], None]] = field(default_factory=list)
    renamed: list[Unit] = field(default_factory=list)

    def then(self, step: Callable[[], None]) -> None:
        """Have ``step`` done once everything new has its id."""
        self.after.append(step)

    def audit(self, action: str, subject: Unit | Person | User, *, at: Unit | None = None, **details: object) -> None:
        """Note what was done to ``subject`` at a unit; units and people among the details are written as their ids."""
        kind = {Unit: "unit", Person: "person", User: "user"}[type(subject)]
        self.then(
            lambda: self.events.append(
                audit.line(
                    action,
                    by=self.by,
                    now=self.now,
                    subject=(kind, subject.id),
                    unit_id=at.id if at is not None else None,
                    details={
                        key: value.id if isinstance(value, Unit | Person) else value for key, value in details.items()
                    },
                )
            )
        )


Step = Callable[[Run, Values], str]


def take_unit(run: Run, values: Values) -> str:
    """A row of :data:`~thidua.services.imports.UNITS`."""
    known, cells = run.known, Cells()
    since = cells.read(lambda: _day(values["since"])) or known.on
    parent = cells.read(lambda: known.unit(values["parent"])) if values["parent"] else None
    facts = {key: values[key] for key in ("kind", "level", "abbreviation", "place")}
    unit = known.units.get(clean_line(values["code"]))
    if unit is None:
        fresh = cells.read(lambda: units.draft(code=values["code"], name=values["name"], started=since, **facts))
        cells.settle()
        assert fresh is not None  # noqa: S101 -- narrows the type
        unit = fresh
        run.fresh.append(unit)
        known.units[unit.code] = unit
        run.audit("unit-created", unit)
        if parent is not None:
            _relate(run, unit, parent, since)
        return NEW
    cells.settle()
    changed = units.correct(unit, **facts)
    if changed:
        run.audit("unit-corrected", unit, changed=changed)
    renamed = clean_line(values["name"]) != unit.names[-1].text
    if renamed:
        units.call(unit, values["name"], since)
        run.renamed.append(unit)
        run.audit("unit-renamed", unit)
    moved = parent is not None and parent not in known.parents(unit, since)
    if moved and parent is not None:
        _relate(run, unit, parent, since)
    return CHANGED if changed or renamed or moved else SAME


def _relate(run: Run, unit: Unit, parent: Unit, since: date) -> None:
    """What :func:`thidua.services.units.relate` does, on what is loaded."""
    known = run.known
    if parent is unit or unit in known.over(parent, since):
        raise Refused("unit-circle")
    for pair in list(known.above[unit]):
        relation = pair[0]
        still = relation.valid_to is None or relation.valid_to > since
        if _managing(relation) and still and units.never_begins(relation, since):
            known.above[unit].remove(pair)
            run.gone.append(relation)
    made = UnitRelation(kind=RelationKind.MANAGED_BY, valid_from=since)
    known.above[unit].append((made, parent))

    def write() -> None:
        made.child_id, made.parent_id = unit.id, parent.id

    run.fresh.append(made)
    run.then(write)
    run.audit("unit-related", unit, parent=parent, kind=made.kind.value)


def take_member(run: Run, values: Values) -> str:
    """A row of :data:`~thidua.services.imports.STAFF`."""
    known, cells, name = run.known, Cells(), clean_line(values["name"])
    unit = cells.read(lambda: known.unit(values["unit"]))
    birth = cells.read(lambda: _day(values["birth"]))
    code = cells.read(lambda: people.staff_code_of(values["staff_code"]))
    fresh = cells.read(lambda: people.draft(name=name, birth=birth, staff_code=code or "", now=run.now))
    cells.settle()
    assert unit is not None  # noqa: S101 -- narrows the types
    assert fresh is not None  # noqa: S101 -- narrows the type
    person = known.coded.get(code) if code else None
    if person is not None and fold(name) not in {named.folded for named in person.names}:
        raise Refused("staff-code-taken", staff_code=code)
    if person is None:
        there = known.there(name, birth, unit)
        person = there if there is not None and (not code or there.staff_code is None) else None
    if person is not None:
        return _update(run, person, unit, code, values["position"])
    person = fresh
    if birth is not None and known.born.get((fold(name), birth)):
        raise Refused("person-maybe-known", name=name)
    run.fresh.append(person)
    known.add_person(person)
    _join(run, person, unit, values["position"])
    run.audit("person-registered", person, at=unit)
    return NEW


def _update(run: Run, person: Person, unit: Unit, code: str | None, position: str) -> str:
    known = run.known
    changed = []
    if code is not None and person.staff_code != code:
        person.staff_code = code
        known.coded[code] = person
        changed.append("staff_code")
    held = max(known.staff.get((person, unit), ()), key=lambda m: m.valid_from, default=None)
    joins = held is None or (held.valid_to is not None and held.valid_to <= known.on)
    wanted = people.position_of(position)
    if held is not None and not joins and wanted and held.position != wanted:
        held.position = wanted
        changed.append("position")
    if changed:
        run.audit("person-corrected", person, at=unit, changed=changed)
    if joins:
        _join(run, person, unit, position)
        run.audit("person-joined", person, at=unit)
    return CHANGED if changed or joins else SAME


def _join(run: Run, person: Person, unit: Unit, position: str) -> None:
    """What :func:`thidua.services.people.join` does, on what is loaded."""
    known, text = run.known, people.position_of(position)
    begun = next((m for m in known.staff.get((person, unit), ()) if m.valid_from == known.on), None)
    if begun is not None:
        begun.valid_to, begun.position = None, text
        return
    made = Membership(position=text, valid_from=known.on)
    known.staff[person, unit].append(made)

    def write() -> None:
        made.person_id, made.unit_id = person.id, unit.id

    run.fresh.append(made)
    run.then(write)


def take_user(run: Run, values: Values) -> str:
    """A row of :data:`~thidua.services.imports.USERS`."""
    known, cells = run.known, Cells()
    login = accounts.normal_login(values["login"])
    user, stored = known.users.get(login), run.hashes.get(login, "!")  # a look needs no password
    unit = cells.read(lambda: known.unit(values["unit"]))
    role = cells.read(lambda: _role(values["role"]))
    since = cells.read(lambda: _day(values["since"])) or known.on
    draft = partial(accounts.draft, login=login, name=values["name"], password_hash=stored, now=run.now)
    fresh = user or cells.read(draft)
    person = cells.read(lambda: _holder(known, values))
    cells.settle()
    assert unit is not None  # noqa: S101 -- narrows the types
    assert role is not None  # noqa: S101 -- narrows the type
    assert fresh is not None  # noqa: S101 -- narrows the type
    outcome = CHANGED if user is not None else NEW
    if user is None:
        user = fresh
        known.users[login] = user
        run.fresh.append(user)
        run.audit("user-created", user)
    linked = person is not None and _hold(run, user, person)
    held = known.grants[user, role, unit]
    if any(g.valid_from <= since and g.overlaps(since) for g in held):
        return CHANGED if linked else SAME
    if any(g.overlaps(since) for g in held):
        raise Refused("grant-held", role=role.label)
    made = Grant(role=role, valid_from=since)
    held.append(made)

    def write(user: User = user) -> None:
        made.user_id, made.unit_id = user.id, unit.id

    run.fresh.append(made)
    run.then(write)
    run.audit("granted", user, role=role.value, unit=unit)
    return outcome


def _role(text: str) -> Role:
    found = next((role for role in Role if fold(text) in (fold(role.label), role.value)), None)
    if found is None:
        raise Invalid("role-unknown", role=text[:40], known=", ".join(role.label for role in Role))
    return found


def _holder(known: Known, values: Values) -> Person | None:
    """The person of the row's staff code; None without one, which leaves what is known.

    The names have to agree, for a slip in a code would hide conflicts.
    """
    code = clean_line(values["staff_code"])
    if not code:
        return None
    person = known.coded.get(code)
    if person is None:
        raise Invalid("staff-code-unknown", staff_code=code[:40])
    if fold(clean_line(values["name"])) not in {named.folded for named in person.names}:
        raise Invalid("staff-code-taken", staff_code=code)
    return person


def _hold(run: Run, user: User, person: Person) -> bool:
    """What :func:`thidua.services.holders.link` does; whether it is new."""
    known = run.known
    other = known.holders.get(person)
    if other is user:
        return False
    if other is not None:
        raise Refused("person-has-account", name=person.name, login=other.login)
    for before in [one for one, held_by in known.holders.items() if held_by is user]:
        del known.holders[before]
    known.holders[person] = user

    def write() -> None:
        user.person_id = person.id

    run.then(write)
    run.audit("user-linked", user, person=person)
    return True


def _managing(relation: UnitRelation) -> bool:
    return relation.kind is RelationKind.MANAGED_BY


def _valid(row: UnitRelation | Membership, on: date) -> bool:
    return row.valid_from <= on and (row.valid_to is None or row.valid_to > on)


def _batches(values: Iterable[T]) -> Iterator[list[T]]:
    listed = list(values)
    for start in range(0, len(listed), BATCH):
        yield listed[start : start + BATCH]


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text.strip() else None
    except ValueError as error:
        raise Invalid("date-unreadable", text=text[:40]) from error
