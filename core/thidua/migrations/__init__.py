"""The schema's history. :func:`upgrade` brings a database to the newest revision.

Authors of a change: edit the models, then ``python -m thidua.migrations "what changed"``
writes the revision file beside the others; read it before you commit it.
"""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from thidua.errors import Refused
from thidua.models import Database


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def head() -> str | None:
    """The newest revision that this program knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def current(database: Database) -> str | None:
    """The revision the database stands at; None for an empty one."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def knows(revision: str) -> bool:
    """Whether ``revision`` is of this program's history; one it does not know is a later program's."""
    return any(one.revision == revision for one in ScriptDirectory.from_config(_config()).walk_revisions())


def upgrade(database: Database, to: str = "head") -> None:
    """Bring the database to the revision ``to``; does nothing when it is at :func:`head` already.

    Raises ``Refused`` (``database-newer``) for one that a later program has upgraded: there is no way back.
    """
    standing = current(database)
    if standing == head():
        return
    if standing is not None and not knows(standing):
        raise Refused("database-newer", revision=standing)
    config = _config()
    with database.engine.connect().execution_options(thidua_write=True) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)
        connection.commit()


def write_revision(message: str) -> None:
    """Compare the models with the migrations so far and write the next revision file."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "scratch.sqlite")
        upgrade(database)
        config = _config()
        with database.engine.connect() as connection:
            config.attributes["connection"] = connection
            command.revision(config, message, autogenerate=True, rev_id=secrets.token_hex(6))
        database.close()
