"""What units are called on a day: the official name, for lists and beside records."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import BindParameter, ColumnElement, bindparam, select
from sqlalchemy.orm import Session

from thidua.models import Unit, UnitName, rows

# Built once, as every list asks it.
_NAMES = (
    select(UnitName.unit_id, UnitName.text)
    .where(UnitName.unit_id.in_(bindparam("ids", expanding=True)))
    .order_by(UnitName.valid_from <= bindparam("on"), UnitName.valid_from)
)


def names_of(session: Session, ids: Collection[int], on: date) -> dict[int, str]:
    """The official names of units on that day, by id; of one that is still to come its first. One statement."""
    return dict(rows(session, _NAMES, {"ids": sorted(ids), "on": on}))


def unit_name(on: date | BindParameter[date]) -> ColumnElement[str | None]:
    """The official name of ``Unit`` on that day, as a column."""
    named = select(UnitName.text).where(UnitName.unit_id == Unit.id)
    newest = named.order_by((UnitName.valid_from <= on).desc(), UnitName.valid_from.desc()).limit(1)
    return newest.correlate(Unit).scalar_subquery()
