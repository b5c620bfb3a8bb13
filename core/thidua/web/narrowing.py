"""Filters and order of a list, kept in the address: read from it, and offered as pills."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import request

from thidua.models import State
from thidua.services.lists import ORDERS, Choices, Wanted
from thidua.web.context import page_number
from thidua.web.filters import with_query

ORDER_LABELS = {"newest": "Mới thay đổi trước", "oldest": "Chờ lâu trước", "name": "Theo tên", "code": "Theo mã hồ sơ"}


@dataclass(frozen=True)
class Pill:
    """A filter value: what people read, how many, whether it is on, and the address that turns it over."""

    label: str
    url: str
    on: bool = False
    count: int | None = None


def wanted(*, order: str = "newest", states: Collection[State] = ()) -> Wanted:
    """What the address asks for; what it says wrongly is left out. ``states``: all that this list knows."""
    known = {s.value: s for s in (states or State)}
    unit = request.args.get("donvi", "")
    asked = request.args.get("xep", order)
    return Wanted(
        states=frozenset(known[s] for s in request.args.getlist("trangthai") if s in known),
        call=request.args.get("dot", "")[:24],
        unit=int(unit) if unit.isascii() and unit.isdecimal() and len(unit) < 10 else None,
        text=request.args.get("loc", "")[:200],
        order=asked if asked in ORDERS else order,
        page=page_number(),
    )


def toggled(name: str, value: str, *, single: bool = False) -> str:
    """The address of this page with ``value`` of ``name`` turned on or off, from the first page on."""
    asked = list(request.args.items(multi=True))
    kept = [(key, v) for key, v in asked if key != "trang" and (key != name or (not single and v != value))]
    return with_query(kept if (name, value) in asked else [*kept, (name, value)])


def pills(choices: Choices, asked: Wanted, *, units: bool = False) -> dict[str, list[Pill]]:
    """The filters of a list of dossiers by heading."""
    groups = {
        "Trạng thái": [
            Pill(s.label, toggled("trangthai", s.value), s in asked.states, choices.states[s])
            for s in State
            if s in choices.states
        ],
        "Đợt": [
            Pill(title, toggled("dot", public_id, single=True), public_id == asked.call, count)
            for public_id, title, count in choices.calls
        ],
    }
    if units:
        groups["Đơn vị"] = [
            Pill(name, toggled("donvi", str(unit), single=True), unit == asked.unit, count)
            for unit, name, count in choices.units
        ]
    return {heading: listed for heading, listed in groups.items() if len(listed) > 1 or any(p.on for p in listed)}
