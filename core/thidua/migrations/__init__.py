"""The schema's history. :func:`upgrade` brings a database to the newest revision.

Authors of a change: edit the models, then ``python -m thidua.migrations "what changed"``
writes the revision file beside the others; read it before you commit it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from thidua.errors import Refused
from thidua.models import Database

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

# Alembic is imported where something is to be done: it takes a fifth of the start, and most starts find all done.
VERSIONS = Path(__file__).parent / "versions"


def _config() -> Config:
    from alembic.config import Config  # noqa: PLC0415 -- slow import

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _history() -> ScriptDirectory:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 -- slow import

    return ScriptDirectory.from_config(_config())


def head() -> str:
    """The newest revision that this program knows. Revisions are numbered, and their files begin with the number."""
    return max(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*_*.py"))


def current(database: Database) -> str | None:
    """The revision the database stands at; None for an empty one."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        standing: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return standing


def knows(revision: str) -> bool:
    """Whether ``revision`` is of this program's history; one it does not know is a later program's."""
    return any(one.revision == revision for one in _history().walk_revisions())


def upgrade(database: Database, to: str = "head") -> None:
    """Bring the database to the revision ``to``; does nothing when it is at :func:`head` already.

    Raises ``Refused`` (``database-newer``) for one that a later program has upgraded: there is no way back.
    """
    standing = current(database)
    if standing == head():
        return
    if standing is not None and not knows(standing):
        raise Refused("database-newer", revision=standing)
    from alembic import command  # noqa: PLC0415 -- slow import

    config = _config()
    with database.engine.connect().execution_options(thidua_write=True) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)
        connection.commit()


def write_revision(message: str) -> None:
    """Compare the models with the migrations so far and write the next revision file."""
    from alembic import command  # noqa: PLC0415 -- slow import

    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "scratch.sqlite")
        upgrade(database)
        config = _config()
        with database.engine.connect() as connection:
            config.attributes["connection"] = connection
            command.revision(config, message, autogenerate=True, rev_id=f"{int(head()) + 1:012}")
        database.close()
