"""The declarative base and the column types that every table shares."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any, ClassVar, cast

from sqlalchemy import ColumnElement, DateTime, Dialect, MetaData, String, Table, Text, func, select, tuple_
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute
from sqlalchemy.types import TypeDecorator

from thidua.times import Period

Json = Any  # JSON text decoded: dict, list, str, int, bool or None


# Made once: json.dumps would make one for every value.
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical_json(value: object) -> str:
    """The one spelling of ``value`` as JSON: sorted keys, no spaces, Unicode as it is.

    >>> canonical_json({"b": 1, "a": "Hòa"})
    '{"a":"Hòa","b":1}'
    """
    return _ENCODER.encode(value)


def new_public_id() -> str:
    """An unguessable address part: 96 random bits as 24 hexadecimal digits."""
    return secrets.token_hex(12)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Refuses naive values; stores UTC; gives back aware UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware in any zone → naive UTC as SQLite keeps it; ``ValueError`` for naive values."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: every instant carries its zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Back to aware UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class PeriodType(TypeDecorator[Period]):
    """A :class:`thidua.times.Period`, stored as its code (``NH2025``)."""

    impl = String(8)
    cache_ok = True

    def process_bind_param(self, value: Period | None, dialect: Dialect) -> str | None:
        """The period's code."""
        return None if value is None else value.code

    def process_result_value(self, value: str | None, dialect: Dialect) -> Period | None:
        """The period of a code."""
        return None if value is None else Period.from_code(value)


class JsonText(TypeDecorator[Any]):
    """JSON stored as its canonical text, so that equal values are equal bytes.

    Values are replaced, never changed in place: SQLAlchemy does not watch them.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        """Canonical JSON text."""
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ANN401 -- JSON is any shape
        """The value of the text."""
        return None if value is None else json.loads(value)


class Base(DeclarativeBase):
    """All tables, with one naming convention for constraints (Alembic needs the names)."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime, Period: PeriodType}


def table_of(model: type[Base]) -> Table:
    """The table of a model, for statements that write many rows at once and need no objects."""
    return cast("Table", model.__table__)


def among(column: ColumnElement[Any] | InstrumentedAttribute[Any], values: Iterable[int | str]) -> ColumnElement[bool]:
    """``column IN values`` with one parameter, however many values there are.

    For lists that grow with a call: ``in_`` writes a mark per value, works longer at it than the database at
    the rows, and the database takes 32,766 marks at most.
    """
    return column.in_(select(listed(values)))


def pair_among(
    first: InstrumentedAttribute[Any], second: InstrumentedAttribute[Any], pairs: Collection[tuple[int, int]]
) -> ColumnElement[bool]:
    """``(first, second) IN pairs`` with one parameter: SQLAlchemy writes its own IN anew each time that it is sent."""
    pair = func.json_each(json.dumps(sorted(pairs))).table_valued("value").c.value
    return tuple_(first, second).in_(select(func.json_extract(pair, "$[0]"), func.json_extract(pair, "$[1]")))


def listed(values: Iterable[int | str]) -> ColumnElement[Any]:
    """The column of a table made of these values, sent as one parameter: to select from."""
    return func.json_each(json.dumps(list(values))).table_valued("value").c.value
