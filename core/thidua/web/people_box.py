"""Finding people and units for fields that name them: as choices on the page, as suggestions for scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from flask import Blueprint, Response, jsonify, request

from thidua.plugin import PersonRef, Section
from thidua.services import people, units
from thidua.text import fold
from thidua.times import show_date
from thidua.web.context import current_scope, read, today
from thidua.web.security import needs

pages = Blueprint("people_box", __name__, url_prefix="/goi-y")
MOST = 8


@dataclass(frozen=True)
class Found:
    """Somebody or some unit to choose: its public id, its name as printed, and what tells it from others."""

    id: str
    name: str
    about: str


def persons(text: str) -> list[Found]:
    """Staff of the actor's schools whose name or code fits ``text``, marks aside."""
    found = people.suggest(read(), current_scope().own, text[:200], today(), limit=MOST)
    return [
        Found(
            p.public_id,
            p.name,
            " · ".join(filter(None, [show_date(p.birth) if p.birth else "", p.position, p.staff_code or "", p.unit])),
        )
        for p in found
    ]


def unit_names(text: str) -> list[Found]:
    """Units whose name fits ``text``, marks aside."""
    words = fold(text[:200]).split()
    fitting = ((key, name) for key, name in units.choices(read(), today()) if all(w in fold(name) for w in words))
    return [Found(key, name, "") for key, name in islice(fitting, MOST)] if words else []


def found_for(section: Section, key: str, raw: Mapping[str, object]) -> list[Found]:
    """The choices for what was typed into the reference ``key`` of ``section``."""
    spec = next((f for f in section.fields if f.key == key), None)
    value = raw.get(key)
    text = str(value.get("name", "")) if isinstance(value, Mapping) else ""
    if spec is None or not text.strip():
        return []
    return persons(text) if isinstance(spec, PersonRef) else unit_names(text)


@pages.get("/nguoi")
@needs("login")
def suggest_persons() -> Response:
    """People for a box with suggestions."""
    return _as_json(persons(request.args.get("q", "")))


@pages.get("/don-vi")
@needs("login")
def suggest_units() -> Response:
    """Units for a box with suggestions."""
    return _as_json(unit_names(request.args.get("q", "")))


def _as_json(found: list[Found]) -> Response:
    return jsonify([{"id": f.id, "name": f.name, "about": f.about} for f in found])
