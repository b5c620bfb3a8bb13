"""The one connection policy to SQLite, shared by pages, worker, shell and tests.

WAL, foreign keys on, ``synchronous=FULL`` (an acknowledged commit survives a
power cut), a busy timeout, and transactions that we begin ourselves: readers
deferred, writers IMMEDIATE, so that no writer discovers a conflict half way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVarTuple

from sqlalchemy import CompoundSelect, Connection, Row, Select, create_engine, event
from sqlalchemy.orm import Session

BUSY_TIMEOUT_MS = 15_000
Columns = TypeVarTuple("Columns")


class Database:
    """A site's database file.

    >>> import tempfile
    >>> from sqlalchemy import text
    >>> database = Database(Path(tempfile.mkdtemp()) / "x.sqlite")
    >>> with database.reading() as session:
    ...     session.scalar(text("PRAGMA foreign_keys"))
    1
    >>> database.close()
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # The driver's timeout is SQLite's busy timeout. Values stay out of errors: logs quote no answer, no hash.
        waiting = {"timeout": BUSY_TIMEOUT_MS / 1000}
        self.engine = create_engine(f"sqlite:///{path}", connect_args=waiting, hide_parameters=True)
        event.listen(self.engine, "connect", _prepare)
        event.listen(self.engine, "begin", _begin)
        self._writer = self.engine.execution_options(thidua_write=True)

    def reader(self) -> Session:
        """A session for reading; the caller closes it. It refuses to flush changes."""
        return _Reader(self.engine, autoflush=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A reading session for a ``with`` block."""
        with self.reader() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A write transaction: begun IMMEDIATE, committed at the end, rolled back on any exception."""
        with Session(self._writer, expire_on_commit=False) as session:
            session.connection()
            yield session
            session.commit()

    def close(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def rows(
    session: Session, statement: Select[*Columns] | CompoundSelect[*Columns], values: Mapping[str, Any]
) -> Sequence[Row[*Columns]]:
    """What ``statement``, one of columns and built once, finds with ``values`` for its parameters.

    For what every page asks: the way through the ORM, which such a statement has no need of, costs more than SQLite.
    """
    return session.connection().execute(statement, values).all()


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("thidua_write", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:  # it locks nothing and cannot fail: every page begins so, and has no need of SQLAlchemy's way to a cursor
        connection.connection.cursor().execute("BEGIN").close()


class _Reader(Session):
    _used: Connection | None = None

    def connection(self, *arguments: Any, **options: Any) -> Connection:  # noqa: ANN401 -- as SQLAlchemy's own
        """The connection of this transaction, kept: a page asks for it with each of its statements."""
        if arguments or options or self._used is None or self._used.closed:
            self._used = super().connection(*arguments, **options)
        return self._used

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        if self.new or self.dirty or self.deleted:
            raise RuntimeError("this session is for reading; open Database.writing() for changes")
        super().flush(objects)
