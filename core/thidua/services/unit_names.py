"""What units are called on a day: the official name, for lists and beside records."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import BindParameter, ColumnElement, bindparam, case, select
from sqlalchemy.orm import Session

from thidua.models import Unit, UnitName, rows


def _given(on: date | BindParameter[date]) -> ColumnElement[bool]:
    return UnitName.valid_from <= on


def _since(on: date | BindParameter[date]) -> ColumnElement[date | None]:
    """When a name was given; nothing for one that is still to come."""
    return case((_given(on), UnitName.valid_from))


# Built once, as every list asks it; of each unit the name that is meant comes last.
_ON: BindParameter[date] = bindparam("on")
_NAMES = (
    select(UnitName.unit_id, UnitName.text)
    .where(UnitName.unit_id.in_(bindparam("ids", expanding=True)))
    .order_by(_given(_ON), _since(_ON), UnitName.valid_from.desc())
)


def names_of(session: Session, ids: Collection[int], on: date) -> dict[int, str]:
    """The official names of units on that day, by id; of one that is still to come its first. One statement."""
    return dict(rows(session, _NAMES, {"ids": sorted(ids), "on": on}))


def unit_name(on: date | BindParameter[date]) -> ColumnElement[str | None]:
    """The official name of ``Unit`` on that day, as a column; as :func:`names_of` and ``Unit.name_on`` say it."""
    named = select(UnitName.text).where(UnitName.unit_id == Unit.id)
    newest = named.order_by(_given(on).desc(), _since(on).desc(), UnitName.valid_from).limit(1)
    return newest.correlate(Unit).scalar_subquery()
