"""Carrying answers over (lấy lại từ hồ sơ trước): a draft filled in from the unit's last dossier of the campaign.

What is carried over is marked: a part of its own keeps the fingerprint of each field as it was filled in, and the
mark holds until somebody changes the field. Files are never carried over: they prove another year. Neither is a
required yes or no that stands for itself: it is mostly a pledge. From a dossier about somebody else nothing
identifying is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from thidua.errors import Refused, say
from thidua.forms import asked as is_asked
from thidua.forms import fingerprint
from thidua.models import Dossier, Part, PartyRole
from thidua.permissions import Actor, Scope, last_filed_like
from thidua.plugin import Choice, Field, JsonValue, Problem, Rows, Shape, YesNo
from thidua.services.definitions import form_of
from thidua.services.dossiers import open_for_edit, save_part
from thidua.services.working import PREFILLED_PART, raw_values, set_aside
from thidua.text import fold


@dataclass(frozen=True)
class Source:
    """The dossier that would be carried over: code, whom it is about, its call; ``fields``: how many answers.

    ``same``: it is about the same person or collective.
    """

    code: str
    title: str
    call: str
    fields: int
    same: bool


def source(session: Session, scope: Scope, dossier: Dossier) -> Source | None:
    """What could be carried over into ``dossier``; None when there is nothing, or nothing more."""
    found = last_filed_like(session, scope, dossier)
    if found is None or prefilled(dossier):
        return None
    fields = sum(len(raw) for raw in _fitting(form_of(dossier), dossier, found).values())
    return Source(found.code, found.title, found.call.title, fields, _same(dossier, found)) if fields else None


def carry_over(session: Session, *, dossier: str, by: Actor, now: datetime) -> tuple[str, int]:
    """Fill the empty fields of a draft from the unit's last dossier of the same campaign and track.

    Only fields with the same key and kind, of tables the columns that are the same, of choices the options that
    are still offered. The dossier about the same person comes first, then the newest. Returns the code of the
    other dossier and how many fields were filled in. Raises as :func:`~thidua.services.dossiers.save_part`, and
    ``Refused`` ``reuse-nothing``.
    """
    row, scope = open_for_edit(session, dossier, by=by, now=now)
    found = last_filed_like(session, scope, row)
    fitting = _fitting(form_of(row), row, found) if found else {}
    if found is None or not any(fitting.values()):
        raise Refused("reuse-nothing")
    marks: dict[str, str] = {}
    for part, raw in fitting.items():
        if raw:
            save_part(session, dossier=dossier, part=part, raw=raw, base={}, by=by, now=now)
            marks |= {key: fingerprint(value) for key, value in raw.items()}
    held = next((part for part in row.parts if part.key == PREFILLED_PART), None)
    known = _marks(held) if held else {}
    set_aside(session, row, PREFILLED_PART, {"code": found.code, "marks": {**known, **marks}}, by=by.user_id, now=now)
    return found.code, len(marks)


def prefilled(dossier: Dossier) -> dict[str, str]:
    """The fields that still hold what was carried over, with the code of the dossier it came from."""
    held = next((part for part in dossier.parts if part.key == PREFILLED_PART), None)
    if held is None:
        return {}
    raw, code = raw_values(dossier), str(held.raw.get("code", ""))
    return {key: code for key, mark in _marks(held).items() if fingerprint(raw.get(key)) == mark}


def unchanged(form: Shape, dossier: Dossier) -> list[Problem]:
    """A warning for each section with answers that stand as they were carried over."""
    held = prefilled(dossier)
    warnings = []
    for section in form.sections:
        fields = [spec for spec in section.fields if spec.key in held]
        if fields:
            labels = "; ".join(f"“{spec.label}”" for spec in fields)
            sentence = say("reuse-unchanged", dossier=held[fields[0].key], labels=labels)
            warnings.append(Problem(fields[0].key, sentence, "warning"))
    return warnings


def _same(dossier: Dossier, other: Dossier) -> bool:
    nominees = ([p for p in one.parties if p.role == PartyRole.NOMINEE] for one in (dossier, other))
    mine, theirs = ({p.person_id or fold(p.group_name or "") for p in listed} for listed in nominees)
    return bool(mine & theirs)


def _marks(part: Part) -> dict[str, str]:
    marks = part.raw.get("marks")
    return {key: str(mark) for key, mark in marks.items()} if isinstance(marks, dict) else {}


def _fitting(form: Shape, dossier: Dossier, other: Dossier) -> dict[str, dict[str, JsonValue]]:
    """By section: what of ``other`` fits into fields of ``dossier`` that are empty."""
    theirs, before = form_of(other), cast("Mapping[str, JsonValue]", raw_values(other))
    known, held = {spec.key: spec for spec in theirs.fields}, raw_values(dossier)
    same, asked = _same(dossier, other), {spec.show_if.field for spec in form.fields if spec.show_if}
    fitting: dict[str, dict[str, JsonValue]] = {}
    for section in form.sections:
        fitting[section.key] = {}
        for spec in section.fields:
            old = known.get(spec.key)
            if (spec.identifying and not same) or (isinstance(spec, YesNo) and spec.required and spec.key not in asked):
                continue
            value = _fits(spec, old, before.get(spec.key)) if old is not None else None
            if value and not held.get(spec.key):
                fitting[section.key][spec.key] = value
        answers = {**held, **fitting[section.key]}
        for spec in section.fields:
            if not is_asked(section, spec, answers):  # nobody could look at it on the page
                fitting[section.key].pop(spec.key, None)
    return fitting


def _fits(spec: Field, old: Field, value: JsonValue) -> JsonValue:
    """``value`` of the field ``old`` as far as ``spec`` can hold it; None when it cannot."""
    if spec.kind != old.kind:
        return None
    if isinstance(spec, Rows) and isinstance(old, Rows):
        kinds = {column.key: column.kind for column in old.columns}
        same = [column for column in spec.columns if kinds.get(column.key) == column.kind]
        lines = [line for line in value if isinstance(line, Mapping)] if isinstance(value, list) else []
        rows: list[JsonValue] = []
        for line in lines:
            row: dict[str, JsonValue] = {c.key: _fits(c, old.column(c.key), line.get(c.key)) or "" for c in same}
            if any(row.values()):
                rows.append(row)
        return rows[: spec.max_rows]
    if isinstance(spec, Choice):
        if isinstance(value, list):
            return [one for one in value if one in spec.labels]
        return value if value in spec.labels else None
    return value
