"""A dossier's answers as people read them: one list for page, Word file, comparison and index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from thidua.forms import asked
from thidua.plugin import (
    Choice,
    Date,
    Field,
    MultiChoice,
    Number,
    Percent,
    PersonRef,
    Rows,
    Section,
    Shape,
    UnitRef,
    YesNo,
)
from thidua.plugin import Period as PeriodField
from thidua.times import Period, parse_date, show_date, show_number


@dataclass(frozen=True)
class Shown:
    """One answer: ``text``, or for a table ``header`` and ``rows``; empty when not answered."""

    key: str
    label: str
    text: str = ""
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    identifying: bool = False
    long: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing was answered."""
        return not self.text and not self.rows

    @property
    def plain(self) -> str:
        """All of it as text, a line per row."""
        return self.text or "\n".join(" | ".join(cell for cell in row if cell) for row in self.rows)


@dataclass(frozen=True)
class ShownSection:
    """The answers under one heading."""

    key: str
    title: str
    answers: tuple[Shown, ...]


def show(
    form: Shape, answers: Mapping[str, object], *, identifying: bool = True, blind: bool = False
) -> list[ShownSection]:
    """``answers``, canonical ones above all, in the order of ``form``.

    What is no canonical answer is shown as it was typed; what was not asked, because another answer hides it, is left
    out. With ``identifying`` False identifying fields are left out altogether; ``blind`` leaves out identifying
    columns and everybody's and every unit's name besides, and sections of which nothing remains.
    """
    shown = [_section(section, answers, identifying and not blind, blind) for section in form.sections]
    return [section for section in shown if section.answers or not blind]


def _section(section: Section, answers: Mapping[str, object], identifying: bool, blind: bool) -> ShownSection:
    open_to_all = [f for f in section.fields if identifying or not f.identifying]
    wanted = [f for f in open_to_all if asked(section, f, answers)]
    if blind:
        wanted = [named for f in wanted if (named := _without_names(f)) is not None]
    return ShownSection(section.key, section.title, tuple(show_field(f, answers.get(f.key)) for f in wanted))


def _without_names(field: Field) -> Field | None:
    if isinstance(field, PersonRef | UnitRef):
        return None
    if isinstance(field, Rows):
        columns = tuple(c for c in field.columns if not c.identifying and not isinstance(c, PersonRef))
        return replace(field, columns=columns) if columns else None
    return field


def show_field(field: Field, value: object) -> Shown:
    """One field's answer."""
    if isinstance(field, Rows):
        columns = field.columns
        lines = value if isinstance(value, list) else []
        rows = tuple(tuple(_cell(c, line.get(c.key)) for c in columns) for line in lines if isinstance(line, Mapping))
        header = tuple(c.label for c in columns)
        return Shown(field.key, field.label, header=header, rows=rows, identifying=field.identifying)
    text = _cell(field, value)
    return Shown(field.key, field.label, text=text, identifying=field.identifying, long=len(text) > 80 or "\n" in text)


def _cell(field: Field, value: object) -> str:
    if value in (None, "", []):
        return ""
    if isinstance(value, Mapping):
        return str(value.get("name", ""))
    if isinstance(field, MultiChoice):
        chosen: Sequence[object] = value if isinstance(value, list) else [value]
        return "; ".join(_option(field, str(v)) for v in chosen)
    if isinstance(field, Choice):
        return _option(field, str(value))
    if isinstance(field, YesNo):
        return "Có" if value in (True, "true", "1", "yes", "co", "on") else "Không"
    return _scalar(field, str(value))


def _scalar(field: Field, text: str) -> str:
    try:
        if isinstance(field, Number):
            return show_number(Decimal(text)) + (" %" if isinstance(field, Percent) else "")
        if isinstance(field, Date):
            return show_date(parse_date(text))
        if isinstance(field, PeriodField):
            return str(Period.from_code(text))
    except (ValueError, InvalidOperation):
        return text
    return text


def _option(field: Choice, value: str) -> str:
    return next((o.label for o in field.options if o.value == value), value)


def plain_text(sections: Sequence[ShownSection]) -> str:
    """Everything as lines ``label: answer``, for the index and its snippets."""
    lines = []
    for section in sections:
        lines += [f"{a.label}: {a.plain}" for a in section.answers if not a.empty]
    return "\n".join(lines)
