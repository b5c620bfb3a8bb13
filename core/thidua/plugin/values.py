"""Typed answers as Python values: what a check reads."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal

from thidua.plugin.field import Field
from thidua.plugin.fields import Date, Number, Period, Rows
from thidua.plugin.shape import Shape
from thidua.plugin.snapshots import CellValue, PeriodValue, Ref, Value


def python_value(field: Field, typed: object) -> Value:
    """The Python value of a canonical JSON value: ``Decimal``, ``date``, ``PeriodValue``, :class:`Ref`, rows …

    >>> from thidua.plugin import Number
    >>> python_value(Number("diem", "Điểm", decimals=1), "9.5")
    Decimal('9.5')
    """
    if isinstance(field, Rows):
        rows = [row for row in typed if isinstance(row, Mapping)] if isinstance(typed, list) else []
        return tuple({column.key: _cell(column, row.get(column.key)) for column in field.columns} for row in rows)
    if isinstance(typed, list):
        return tuple(str(value) for value in typed)
    return _cell(field, typed)


def python_values(shape: Shape, typed: Mapping[str, object]) -> dict[str, Value]:
    """Every field of the form: its value, ``None`` (a table: ``()``) when it is not answered.

    >>> from thidua.plugin import Number, Section
    >>> form = (Section("chung", "Chung", (Number("so", "Số"), Number("khac", "Khác"))),)
    >>> python_values(Shape(slug="vo-sach", edition="2024", campaign_title="Vở sạch", basis=(), track="lop",
    ...     title="Lớp", subject="collective", sections=form), {"so": "4"})
    {'so': Decimal('4'), 'khac': None}
    """
    return {field.key: python_value(field, typed.get(field.key)) for field in shape.fields}


def _cell(field: Field, typed: object) -> CellValue:
    if isinstance(typed, bool) or typed is None:
        return typed
    if isinstance(typed, Mapping):
        return Ref(str(typed.get("id", "")), str(typed.get("name", "")))
    text = str(typed)
    if isinstance(field, Number):
        return Decimal(text)
    if isinstance(field, Date):
        return datetime.date.fromisoformat(text)
    return PeriodValue.from_code(text) if isinstance(field, Period) else text
