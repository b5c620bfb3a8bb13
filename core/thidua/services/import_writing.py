"""What an import writes, made ready before the write lock is taken: rows for one statement a table, ids included.

A reading session works everything out; :func:`prepare` turns it into rows. The write transaction asks
:func:`untouched` and writes them; where somebody was quicker, the import is worked out anew in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from thidua.models import (
    Event,
    Grant,
    Membership,
    Person,
    PersonName,
    Unit,
    UnitName,
    UnitRelation,
    User,
    table_of,
)
from thidua.services import audit
from thidua.services.import_rows import Run
from thidua.services.moves import reindex

TABLES: tuple[type[Any], ...] = (Unit, UnitName, Person, PersonName, User, UnitRelation, Membership, Grant)
"""What is written, each after what it points to."""
KINDS = ("unit", "unit_event", "person", "user")
HARMLESS = ("sign-in", "sign-in-failed", "sign-out")
"""What the audit tells of accounts and changes nothing that a row can meet."""


@dataclass(frozen=True)
class Mark:
    """Where the tables stood: the newest event, and the newest id by table."""

    event: int
    ids: Mapping[type[Any], int]


@dataclass(frozen=True)
class Prepared:
    """Rows to insert by table, loaded objects that were changed, those that go, and the ids of renamed units."""

    rows: Sequence[tuple[type[Any], Sequence[Mapping[str, object]]]]
    changed: Sequence[object]
    gone: Sequence[object]
    renamed: Sequence[int]

    def write(self, session: Session, now: datetime) -> None:
        """Write it all, a statement a table, in a transaction that has asked :func:`untouched`."""
        for table, rows in self.rows:
            if rows:
                session.execute(insert(table_of(table)), rows)
        session.add_all(self.changed)
        for row in self.gone:
            session.delete(row)
        session.flush()
        if self.renamed:
            reindex(session, owners=self.renamed, now=now)


def mark(session: Session) -> Mark:
    """Where the tables stand now; ask for it first."""
    newest = [select(func.coalesce(func.max(table.id), 0)).scalar_subquery() for table in TABLES]
    return Mark(audit.newest(session), dict(zip(TABLES, session.execute(select(*newest)).one(), strict=True)))


def untouched(session: Session, before: Mark) -> bool:
    """Whether nobody has changed a unit, a person or an account since."""
    return not audit.told(session, before.event, KINDS, HARMLESS) and mark(session).ids == before.ids


def prepare(run: Run, at: Mark) -> Prepared:
    """The rows of what ``run`` worked out; what it loaded leaves its session."""
    session = run.session
    with session.no_autoflush:
        renamed = [row for row in session.new if isinstance(row, UnitName)]  # they go with their units
        named: list[UnitName | PersonName] = [
            name for row in run.fresh if isinstance(row, Unit | Person) for name in row.names
        ]
        by_table: dict[type[Any], list[Any]] = {table: [] for table in TABLES}
        for row in (*run.fresh, *named):
            by_table[type(row)].append(row)
        for table, rows in by_table.items():
            _number(rows, at.ids[table] + 1)
        _number(renamed, at.ids[UnitName] + 1 + len(by_table[UnitName]))
        for step in run.after:
            step()
        _own_names(run.fresh)
        changed = [row for row in session.dirty if session.is_modified(row)]
        session.expunge_all()
    rows = [(table, alike) for table, listed in by_table.items() for alike in _alike(listed)]
    return Prepared([*rows, (Event, run.events)], changed, run.gone, [unit.id for unit in run.renamed])


def _number(rows: Sequence[Any], start: int) -> None:
    for number, row in enumerate(rows, start=start):
        row.id = number


def _own_names(fresh: Sequence[object]) -> None:
    for row in fresh:
        if isinstance(row, Unit):
            for name in row.names:
                name.unit_id = row.id
        elif isinstance(row, Person):
            for called in row.names:
                called.person_id = row.id


_COLUMNS: Mapping[type[Any], frozenset[str]] = {table: frozenset(table_of(table).c.keys()) for table in TABLES}


def _alike(rows: Sequence[object]) -> list[list[dict[str, object]]]:
    """The columns that were given a value, rows with the same ones together; the others have their defaults."""
    found: dict[frozenset[str], list[dict[str, object]]] = defaultdict(list)
    for row in rows:
        columns = _COLUMNS[type(row)]
        values = {key: value for key, value in vars(row).items() if key in columns}
        found[frozenset(values)].append(values)
    return list(found.values())
