"""People whom answers name: in fields of their own, where they are picked, and in tables, where they are typed.

Who a typed name is, is looked up in the register when the dossier is checked; the filed version keeps the id and the
name as printed, as it does for those who were picked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from thidua.errors import say
from thidua.models import Membership, Person, PersonName
from thidua.plugin import PersonRef, Problem, Rows, Shape
from thidua.text import canonical_tone, clean_line, fold

_WITH_CODE = re.compile(r"(?P<name>.*\S)\s*\((?P<code>[^()]{1,40})\)")


@dataclass(frozen=True)
class Named:
    """Somebody whom an answer names: ``place`` of the answer, the field or column, id (empty: not known) and name."""

    place: str
    label: str
    spec: PersonRef
    id: str
    name: str


@dataclass(frozen=True)
class _Known:
    """A bearer of a name: whether on the staff of the dossier's own unit, now or before."""

    public_id: str
    name: str
    staff_code: str
    own: bool


def named_in(form: Shape, answers: Mapping[str, object]) -> Iterator[Named]:
    """Everybody whom canonical ``answers`` name in a ``PersonRef``, in the order of the form."""
    for spec in form.fields:
        answer = answers.get(spec.key)
        if isinstance(spec, PersonRef) and isinstance(answer, Mapping):
            yield Named(spec.key, spec.label, spec, str(answer.get("id", "")), str(answer.get("name", "")))
        elif isinstance(spec, Rows) and isinstance(answer, list):
            yield from _in_lines(spec, answer)


def _in_lines(spec: Rows, lines: Sequence[object]) -> Iterator[Named]:
    for index, line in enumerate(lines):
        for column in spec.columns:
            cell = line.get(column.key) if isinstance(line, Mapping) else None
            if isinstance(column, PersonRef) and isinstance(cell, Mapping):
                label = f"{spec.label} – dòng {index + 1} – {column.label}"
                place = f"{spec.key}.{index}.{column.key}"
                yield Named(place, label, column, str(cell.get("id", "")), str(cell.get("name", "")))


def look_up(
    session: Session, form: Shape, answers: Mapping[str, object], unit_ids: Collection[int]
) -> tuple[dict[str, object], list[Problem]]:
    """``answers`` with everybody named in a table found in the register, and a problem for each who is not.

    A name alone is somebody of the staff of ``unit_ids``; with a staff code in brackets it is whoever has that code
    and bears that name. One statement.
    """
    typed = [one for one in named_in(form, answers) if one.place != one.spec.key and not one.id]
    if not typed:
        return dict(answers), []
    bearers = _bearers(session, [one.name for one in typed], unit_ids)
    found: dict[str, Mapping[str, str]] = {}
    problems = []
    for one in typed:
        name, code = _split(one.name)
        fitting = {b.public_id: b for b in bearers if _same(b.name, name) and _fits(b, code)}
        if len(fitting) == 1:
            found[one.place] = {"id": next(iter(fitting)), "name": name}
        else:
            problems.append(_problem(one, name, list(fitting.values())))
    return {spec.key: _settled(spec.key, answers[spec.key], found) for spec in form.fields if spec.key in answers}, (
        problems
    )


def _settled(key: str, answer: object, found: Mapping[str, Mapping[str, str]]) -> object:
    if not isinstance(answer, list):
        return answer
    return [
        {column: found.get(f"{key}.{index}.{column}", cell) for column, cell in line.items()}
        if isinstance(line, Mapping)
        else line
        for index, line in enumerate(answer)
    ]


def _bearers(session: Session, names: Sequence[str], unit_ids: Collection[int]) -> list[_Known]:
    folded = {fold(clean_line(_split(name)[0])) for name in names}
    codes = {code for name in names if (code := _split(name)[1])}
    own = select(Membership.person_id).where(Membership.unit_id.in_(unit_ids))
    query = (
        select(Person.public_id, PersonName.text, Person.staff_code, Person.id.in_(own))
        .join(PersonName, PersonName.person_id == Person.id)
        .where(PersonName.folded.in_(folded), or_(Person.id.in_(own), Person.staff_code.in_(codes)))
        .order_by(Person.id)
    )
    return [_Known(public_id, name, code or "", bool(ours)) for public_id, name, code, ours in session.execute(query)]


def _split(text: str) -> tuple[str, str]:
    """The name and the staff code behind it: ``Nguyễn Thị Hoà (GV-105)``."""
    found = _WITH_CODE.fullmatch(text)
    return (found["name"], found["code"].strip()) if found else (text, "")


def _same(known: str, typed: str) -> bool:
    return canonical_tone(known).casefold() == canonical_tone(clean_line(typed)).casefold()


def _fits(bearer: _Known, code: str) -> bool:
    return bearer.staff_code == code if code else bearer.own


def _problem(one: Named, name: str, fitting: Sequence[_Known]) -> Problem:
    if not fitting:
        return Problem(one.place, say("person-line-unknown", label=one.label, name=one.name, bare=name))
    codes = ", ".join(f"{name} ({bearer.staff_code})" for bearer in fitting if bearer.staff_code)
    shown = codes or f"{name} (GV-105)"
    return Problem(one.place, say("person-line-many", label=one.label, name=name, count=len(fitting), codes=shown))
