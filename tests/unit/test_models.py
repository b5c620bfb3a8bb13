"""Column types, the connection policy, and what the database itself refuses."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from thidua import migrations
from thidua.config import Settings
from thidua.models import Base, Database, Event, LoginTry, Unit, User, rows
from thidua.models.base import canonical_json

NOW = datetime(2026, 6, 16, 17, 0, tzinfo=UTC)


def test_instants_come_back_aware_and_equal(database: Database) -> None:
    there = NOW.astimezone(timezone(timedelta(hours=7)))
    with database.writing() as session:
        session.add(LoginTry(key="k", at=there))
    with database.reading() as session:
        found = session.scalars(select(LoginTry.at)).one()
    assert (found, found.tzinfo) == (NOW, UTC)


def test_naive_instants_are_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive datetime"), database.writing() as session:
        session.add(LoginTry(key="k", at=datetime(2026, 6, 16)))
        session.flush()


def test_migrated_schema_is_the_models_schema(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    assert migrations.current(database) == migrations.head() == migrations._history().get_current_head()


def test_connection_keeps_its_promises(settings: Settings) -> None:
    database = Database(settings.database_path)  # as a site opens it, and no test's own
    with database.reading() as session:
        found = {p: session.scalar(text(f"PRAGMA {p}")) for p in ("journal_mode", "synchronous", "foreign_keys")}
    database.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


@pytest.mark.parametrize("statement", ["UPDATE event SET action = 'x'", "DELETE FROM event"])
def test_events_are_append_only(database: Database, statement: str) -> None:
    with database.writing() as session:
        session.add(Event(at=NOW, action="sign-in", subject_kind="user"))
    with pytest.raises(IntegrityError, match="append-only"), database.writing() as session:
        session.execute(text(statement))
    with database.reading() as session:
        assert session.scalars(select(Event.action)).all() == ["sign-in"]


def test_foreign_keys_are_enforced(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing() as session:
        session.execute(text("INSERT INTO unit_name VALUES (1, 99, 'x', 'x', 'x', '2020-01-01', NULL)"))


def test_reading_session_refuses_to_write(database: Database) -> None:
    with pytest.raises(RuntimeError, match="for reading"), database.reading() as session:
        session.add(LoginTry(key="k", at=NOW))
        session.flush()


def test_writers_wait_for_each_other_and_lose_nothing(database: Database) -> None:
    with database.writing() as session:
        session.add(Unit(code="U", kind="x", level="0"))

    def add_ten() -> None:
        for _ in range(10):
            with database.writing() as session:
                unit = session.scalars(select(Unit)).one()
                unit.level = str(int(unit.level) + 1)

    threads = [threading.Thread(target=add_ten) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert session.scalars(select(Unit.level)).one() == "80"


def test_failed_write_leaves_nothing(database: Database) -> None:
    with pytest.raises(OperationalError), database.writing() as session:
        session.add(User(login="a", name="A", password_hash="x", created_at=NOW))
        session.flush()
        session.execute(text("SELECT no_such_function()"))
    with database.reading() as session:
        assert session.scalars(select(User)).all() == []


def test_canonical_json_is_one_spelling() -> None:
    assert canonical_json({"b": [1, None], "a": "Hòa"}) == '{"a":"Hòa","b":[1,null]}'
    with pytest.raises(ValueError, match="Out of range"):
        canonical_json(float("nan"))


def test_a_reader_keeps_its_connection_until_its_transaction_ends(database: Database) -> None:
    count = select(func.count()).select_from(Unit)
    with database.reading() as session:
        kept, before = session.connection(), session.scalar(count)
        assert session.connection() is kept
        with database.writing() as writer:
            writer.add(Unit(code="MOI", kind="truong"))
        assert rows(session, count, {}) == [(before,)]
        session.rollback()
        assert kept.closed
        assert rows(session, count, {}) == [((before or 0) + 1,)]
