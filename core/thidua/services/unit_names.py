"""What units are called now: the latest official name, for lists and beside records."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import Session

from thidua.models import Unit, UnitName, rows

# Built once, as every list asks it.
_NAMES = (
    select(UnitName.unit_id, UnitName.text)
    .where(UnitName.unit_id.in_(bindparam("ids", expanding=True)))
    .order_by(UnitName.valid_from)
)


def names_of(session: Session, ids: Collection[int]) -> dict[int, str]:
    """The latest official names of units, by id. One statement."""
    return dict(rows(session, _NAMES, {"ids": sorted(ids)}))


def unit_name() -> ColumnElement[str | None]:
    """The latest official name of ``Unit``, as a column."""
    named = select(UnitName.text).where(UnitName.unit_id == Unit.id).order_by(UnitName.valid_from.desc()).limit(1)
    return named.correlate(Unit).scalar_subquery()
