"""What a report may say of each dossier of a call: facts, answers, points, files, by the name of a source.

Data flow: scoped selects → :class:`Row` (a fixed number of statements, however many dossiers) → ``value`` for a
cell, ``keys`` for grouping and conditions. Everything is read from what was filed and frozen, never from a plugin.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from thidua.documents.workbook import Cell
from thidua.models import Call, Stage, State
from thidua.permissions import Scope, files_filed, points_on, reported, sheets_of, standing_results
from thidua.plugin import Choice, Date, Group, Is, Leaf, Number, Rows, Shape, YesNo
from thidua.scoring import evaluate, read_sheet
from thidua.scoring.valued import band_of
from thidua.services.definitions import forms
from thidua.services.display import show_field
from thidua.services.tally import Decision
from thidua.services.unit_names import names_of
from thidua.text import alphabetical, name_order
from thidua.times import local_day, parse_date

_SHEETS = {"self": Stage.SELF, "office": Stage.OFFICE}


@dataclass(frozen=True)
class Outcome:
    """What a dossier came to: keys for counting, labels for reading, exact points by node.

    ``choice`` is how people put it in an order with its equals.
    """

    total: Fraction | None
    class_key: str
    class_label: str
    prize: str
    prize_label: str
    place: int | None
    nodes: Mapping[str, Fraction]
    sheets: tuple[Mapping[str, int], ...] = ()
    choice: Decision | None = None

    def holds(self, leaf: Leaf, key: str) -> bool:
        """Whether a gate holds: more than half of the sheets say so."""
        against = sum(not leaf.holds(sheet.get(key, 0)) for sheet in self.sheets)
        return 2 * against < len(self.sheets) or not self.sheets


@dataclass(frozen=True)
class Row:
    """A dossier as reports read it. ``outcome`` is None while it has none, or one may not see it."""

    public_id: str
    code: str
    nominee: str
    unit_id: int
    unit: str
    form: Shape
    state: State
    submitted: date
    answers: Mapping[str, object]
    outcome: Outcome | None
    sheets: Mapping[str, Mapping[str, Fraction]] = field(default_factory=dict)
    files: tuple[tuple[str, str], ...] = ()

    def value(self, source: str) -> Cell:
        """The cell of a column; None where the dossier has nothing there, its form no such question."""
        kind, _, key = source.partition(":")
        if kind == "field":
            return self._answer(key)
        if kind in _SHEETS:
            return _decimal(self.sheets.get(kind, {}).get(key))
        if kind == "level":
            return self._level(key)
        if kind == "node":
            return _decimal(self.outcome.nodes.get(key)) if self.outcome else None
        return self._fact(source)

    def points(self, source: str) -> Fraction | None:
        """The exact points that an average is taken of."""
        kind, _, key = source.partition(":")
        if kind in _SHEETS:
            return self.sheets.get(kind, {}).get(key)
        if self.outcome is None:
            return None
        return self.outcome.total if source == "total" else self.outcome.nodes.get(key)

    def keys(self, source: str) -> tuple[str, ...]:
        """The values it counts under: one, or one for each option chosen; ``()`` where there is none."""
        if source.startswith("field:"):
            return _chosen(self.answers.get(source.removeprefix("field:")))
        found = {"unit": str(self.unit_id), "track": self.form.track, "state": self.state.value}
        if self.outcome is not None:
            found |= {"class": self.outcome.class_key, "prize": self.outcome.prize}
        value = found.get(source, "")
        return (value,) if value else ()

    def meets(self, needs: Sequence[Is]) -> bool:
        """Whether every condition holds."""
        return all(self._meets(need) for need in needs)

    def _meets(self, need: Is) -> bool:
        held = self.keys(need.source)
        return bool(held) if need.value == "*" else any(value in held for value in need.values)

    def _level(self, key: str) -> str | None:
        """The band (mức) that a node of the result lies in."""
        value = self.outcome.nodes.get(key) if self.outcome else None
        node = self.form.rubric.nodes.get(key) if self.form.rubric else None
        if self.outcome is None or value is None or node is None:
            return None
        leaves = node.leaves if isinstance(node, Group) else {}
        failed = [leaf for leaf in leaves if not self.outcome.holds(leaves[leaf], leaf)]
        return band_of(node, value, failed)

    def _fact(self, source: str) -> Cell:
        of = self.outcome
        if source == "evidence":
            labels = {document.key: document.label for document in self.form.documents}
            return "\n".join(f"{labels.get(slot, slot)}: {name}" for slot, name in self.files)
        facts: dict[str, Cell] = {
            "code": self.code,
            "nominee": self.nominee,
            "unit": self.unit,
            "track": self.form.title,
            "state": self.state.label,
            "submitted": self.submitted,
            "total": _decimal(of.total) if of else None,
            "class": of.class_label if of else None,
            "prize": of.prize_label if of else None,
            "place": of.place if of else None,
        }
        return facts.get(source)

    def _answer(self, key: str) -> Cell:
        head, _, column = key.partition(".")
        spec = next((one for one in self.form.fields if one.key == head), None)
        value = self.answers.get(head)
        if spec is None or value in (None, "", []):
            return None
        if isinstance(spec, Rows) and column:
            shown = show_field(spec, value)
            place = [one.key for one in spec.columns].index(column)
            return "\n".join(row[place] for row in shown.rows)
        if isinstance(spec, Number):
            return Decimal(str(value))
        if isinstance(spec, Date):
            return parse_date(str(value))
        return show_field(spec, value).plain

    def order_key(self, source: str) -> tuple[bool, str | Decimal]:
        """What it is sorted by: empty ones last, people by tên, classes and prizes best first."""
        value = self.value(source)
        if source in ("class", "prize"):
            ranks = [one.key for one in (self.form.classes if source == "class" else self.form.prizes)]
            held = self.keys(source)
            place = ranks.index(held[0]) if held and held[0] in ranks else len(ranks)
            return (not held, Decimal(place))
        if value is None or value == "":
            return (True, Decimal(0))
        if isinstance(value, int | Decimal):
            return (False, Decimal(value))
        if isinstance(value, date):
            return (False, Decimal(value.toordinal()))
        return (False, name_order(value) if source == "nominee" else alphabetical(value))


def rows_of(
    session: Session, scope: Scope, call: Call, *, states: Collection[State], sources: Sequence[str] = ()
) -> list[Row]:
    """The filed dossiers of ``call`` in ``states`` that ``scope`` may see, by id.

    ``sources`` say which further tables are read.
    """
    found = session.execute(reported(scope, call.id, states)).all()
    shapes = forms(session, {row.definition_sha256 for row in found}, call.parameters)
    units = names_of(session, {row.owner_unit_id for row in found}, scope.on)
    results = standing_results(session, scope, found)
    versions = [row.version_id for row in found]
    files = files_filed(session, versions) if "evidence" in sources else {}
    form_by_version = {row.version_id: shapes[row.definition_sha256] for row in found}
    kinds = {source.partition(":")[0] for source in sources}
    sheets = {kind: _sheets(session, form_by_version, stage) for kind, stage in _SHEETS.items() if kind in kinds}
    return [
        Row(
            public_id=row.public_id,
            code=row.code,
            nominee=row.title,
            unit_id=row.owner_unit_id,
            unit=units[row.owner_unit_id],
            form=form_by_version[row.version_id],
            state=row.state,
            submitted=local_day(row.submitted_at),
            answers=json.loads(row.answers or "{}"),
            outcome=_outcome(results.get(row.id)),
            sheets={kind: by_version.get(row.version_id, {}) for kind, by_version in sheets.items()},
            files=tuple(files.get(row.version_id, ())),
        )
        for row in found
    ]


def _outcome(result: Any) -> Outcome | None:  # noqa: ANN401 -- a row of the select
    if result is None:
        return None
    stored = json.loads(result.calculation or "{}")
    return Outcome(
        total=Fraction(result.total) if result.total else None,
        class_key=result.class_key,
        class_label=result.class_label,
        prize=result.prize,
        prize_label=result.prize_label,
        place=result.place,
        nodes={key: Fraction(value) for key, value in stored.get("values", {}).items()},
        sheets=tuple(stored.get("sheets", ())),
        choice=Decision.read(result.tie or {}),
    )


def _sheets(session: Session, form_by_version: Mapping[int, Shape], stage: Stage) -> dict[int, dict[str, Fraction]]:
    """By version: what the final sheet of that stage gives every node."""
    found: dict[int, dict[str, Fraction]] = {}
    rows = [row for row in sheets_of(session, list(form_by_version), stage) if row.final]
    typed = points_on(session, [row.id for row in rows])
    for row in rows:
        rubric = form_by_version[row.version_id].rubric
        if rubric is None:
            continue
        leaves, texts = typed.get(row.id, ((), []))
        valued = evaluate(rubric, read_sheet(rubric, dict(zip(leaves, texts, strict=True)), final=False))
        found[row.version_id] = {key: valued.value(key) for key in rubric.nodes}
    return found


def _chosen(value: object) -> tuple[str, ...]:
    if value in (None, "", []):
        return ()
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    if isinstance(value, list):
        return tuple(str(one) for one in value if not isinstance(one, Mapping))
    if isinstance(value, Mapping):
        return (str(value.get("name", "")),)
    return (str(value),)


def _decimal(points: Fraction | None) -> Decimal | None:
    """Exact where it can be written down, else rounded half up to two decimals.

    >>> _decimal(Fraction(35, 2)), _decimal(Fraction(100, 3)), _decimal(None)
    (Decimal('17.5'), Decimal('33.33'), None)
    """
    if points is None:
        return None
    exact = Decimal(points.numerator) / Decimal(points.denominator)
    return exact if Fraction(exact) == points else rounded(points, 2)


def rounded(value: Fraction, decimals: int) -> Decimal:
    """Rounded half up, without trailing zeros.

    >>> rounded(Fraction(1, 3), 1), rounded(Fraction(5, 2), 1)
    (Decimal('0.3'), Decimal('2.5'))
    """
    number = Decimal(value.numerator) / Decimal(value.denominator)
    cut = number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return cut.quantize(Decimal(1)) if cut == cut.to_integral_value() else cut.normalize()


def is_number(form: Shape, source: str) -> bool:
    """Whether a source's cells are numbers."""
    if source.startswith("field:"):
        spec = next((one for one in form.fields if f"field:{one.key}" == source), None)
        return isinstance(spec, Number)
    return source in ("number", "total", "place") or source.startswith(("node:", "self:", "office:"))


def is_day(form: Shape, source: str) -> bool:
    """Whether a source's cells are days."""
    return source == "submitted" or any(f"field:{one.key}" == source and isinstance(one, Date) for one in form.fields)


def labels(rows: Sequence[Row], source: str) -> dict[str, str]:
    """The values that these dossiers have or may have at ``source``, in their order, with the words people read."""
    if source == "unit":
        units = {str(row.unit_id): row.unit for row in rows}
        return dict(sorted(units.items(), key=lambda one: alphabetical(one[1])))
    forms_here = {row.form.sha256: row.form for row in rows}.values()
    found: dict[str, str] = {}
    for form in forms_here:
        if source == "track":
            found[form.track] = form.title
        elif source == "class":
            found |= {one.key: one.label for one in form.classes if one.key not in found}
        elif source == "prize":
            found |= {one.key: one.label for one in form.prizes if one.key not in found}
        elif source == "state":
            found |= {state.value: state.label for state in State}
        else:
            found |= _options(form, source)
    held = {key for row in rows for key in row.keys(source)}
    if source in ("state", "track"):
        return {key: label for key, label in found.items() if key in held}
    return found | {key: key for key in sorted(held - found.keys(), key=alphabetical)}


def _options(form: Shape, source: str) -> dict[str, str]:
    spec = next((one for one in form.fields if f"field:{one.key}" == source), None)
    if isinstance(spec, YesNo):
        return {"yes": "Có", "no": "Không"}
    return {option.value: option.label for option in spec.options} if isinstance(spec, Choice) else {}
