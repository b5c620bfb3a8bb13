"""Alembic's entry: migrates the connection that the caller put into the configuration."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from thidua.models import Base


def plain_type(kind: str, item: Any, _context: object) -> str | Literal[False]:  # noqa: ANN401 -- Alembic's signature
    """Write our own column types as what they are stored as: a migration must outlive the models."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, render_item=plain_type)
with context.begin_transaction():
    context.run_migrations()
