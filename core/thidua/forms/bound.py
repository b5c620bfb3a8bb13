"""The WTForms side: one form class per section, and what its fields say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from wtforms import Field as WtField  # type: ignore[import-untyped]
from wtforms import (
    FieldList,
    FormField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[import-untyped]
from wtforms.form import BaseForm  # type: ignore[import-untyped]
from wtforms.meta import DefaultMeta  # type: ignore[import-untyped]
from wtforms.utils import unset_value  # type: ignore[import-untyped]

from thidua.errors import say
from thidua.forms.raw import admit
from thidua.forms.values import MOST_NAME, Malformed, parse
from thidua.plugin import (
    Choice,
    Date,
    Field,
    JsonValue,
    Link,
    LongText,
    MultiChoice,
    Number,
    Period,
    PersonRef,
    Problem,
    Rows,
    Section,
    Shape,
    Text,
    UnitRef,
    YesNo,
)
from thidua.text import clean_line
from thidua.times import show_number

SPARE_ROWS = 20
"""Rows beyond a table's limit that are still shown again, so that nobody has to type them twice."""

MOST_ID = 100
"""Letters of the id of a person or unit; ours are far shorter."""

ANSWERS = {"yes": "Có", "no": "Không"}


@dataclass(frozen=True, kw_only=True)
class BoundSection:
    """A section with what was typed into it.

    ``fields``: WTForms fields by key, each with ``.spec`` (ours) and ``.errors``, cells of tables and
    the ``id`` and ``name`` of references included. ``raw``: what was typed, cleaned, known keys only.
    ``typed``: the canonical values. ``unknown``: keys and columns that this section does not have.
    """

    section: Section
    fields: dict[str, WtField]
    raw: dict[str, JsonValue]
    typed: dict[str, JsonValue]
    problems: list[Problem]
    hidden: frozenset[str]
    unknown: tuple[str, ...] = ()

    def errors(self, place: str) -> list[str]:
        """The messages at one place: a key, or a cell such as ``ket_qua.2.chi_so``."""
        return [problem.message for problem in self.problems if problem.field == place]


def section_form(section: Section, raw: Mapping[str, object], *, complete: bool = False) -> BoundSection:
    """Validate what was typed into ``section``.

    A draft (``complete=False``) is told only what is malformed; ``complete=True`` also what is missing.

    >>> part = Section("chung", "Chung", (Number("so_lop", "Số lớp", required=True, minimum=1),))
    >>> section_form(part, {"so_lop": " 1.200 "}).typed, section_form(part, {}, complete=True).problems[0].message
    ({'so_lop': '1200'}, '“Số lớp” chưa được nhập. Hãy nhập mục này.')
    """
    admitted, problems, unknown = admit(section, raw)
    form = form_class(section)(_Formdata(_names(section, admitted)))
    hidden = frozenset(field.key for field in section.fields if not asked(section, field, admitted))
    typed: dict[str, JsonValue] = {}
    broken = {problem.field for problem in problems}
    for spec in section.fields:
        if spec.key not in hidden and spec.key not in broken:
            found = _Check(complete).field(spec, form[spec.key], admitted.get(spec.key))
            problems += found.problems
            if found.value is not None:
                typed[spec.key] = found.value
    return BoundSection(
        section=section,
        fields={spec.key: form[spec.key] for spec in section.fields},
        raw=admitted,
        typed=typed,
        problems=[problem for problem in problems if problem.field not in hidden],
        hidden=hidden,
        unknown=unknown,
    )


def problems(section: Section, raw: Mapping[str, object], *, complete: bool = False) -> list[Problem]:
    """Only the problems of :func:`section_form`."""
    return section_form(section, raw, complete=complete).problems


def whole_form(
    shape: Shape, raw: Mapping[str, object], *, complete: bool = True
) -> tuple[dict[str, JsonValue], list[Problem]]:
    """The typed values and the problems of a whole dossier; ``raw`` holds all sections' answers by field key."""
    typed: dict[str, JsonValue] = {}
    found: list[Problem] = []
    for section in shape.sections:
        keys = {field.key for field in section.fields}
        bound = section_form(section, {key: raw[key] for key in raw if key in keys}, complete=complete)
        typed |= bound.typed
        found += bound.problems
    return typed, found


def asked(section: Section, field: Field, answers: Mapping[str, object]) -> bool:
    """Whether ``field`` is asked at all, given the other answers, raw or canonical."""
    if field.show_if is None:
        return True
    answer = answers.get(field.show_if.field)
    given = answer if isinstance(answer, list) else [answer]
    words = [{True: "yes", False: "no"}.get(one, one) if isinstance(one, bool) else one for one in given]
    return field.show_if.value in words and asked(section, section.field(field.show_if.field), answers)


def _names(section: Section, raw: Mapping[str, JsonValue]) -> dict[str, list[str]]:
    """``raw`` under the names a page would have sent it."""
    names: dict[str, list[str]] = {}
    for spec in section.fields:
        match raw.get(spec.key):
            case str(text):
                names[spec.key] = [text]
            case list(rows) if isinstance(spec, Rows):
                for index, row in enumerate(rows[: spec.max_rows + SPARE_ROWS]):
                    cells = row if isinstance(row, dict) else {}
                    for column in spec.columns:
                        names[f"{spec.key}-{index}-{column.key}"] = [str(cells.get(column.key, ""))]
            case list(values):
                names[spec.key] = [str(value) for value in values]
            case dict(parts):
                names |= {f"{spec.key}-{part}": [str(text)] for part, text in parts.items()}
    return names


class _Formdata(dict[str, list[str]]):
    def getlist(self, name: str) -> list[str]:
        return self.get(name, [])


# the WTForms side ------------------------------------------------------------


class SectionForm(BaseForm):  # type: ignore[misc]
    """A form of ``specs``. Not ``wtforms.Form``: there a field called ``data`` or ``errors`` hides an attribute."""

    specs: ClassVar[tuple[Field, ...]] = ()
    unbound: ClassVar[dict[str, WtField]] = {}

    def __init__(
        self,
        formdata: _Formdata | None = None,
        obj: object = None,
        prefix: str = "",
        meta: dict[str, object] | None = None,
    ) -> None:
        settings = DefaultMeta()
        settings.update_values(meta or {})
        super().__init__(self.unbound, prefix, settings)
        for spec in self.specs:
            self[spec.key].spec = spec
        self.process(formdata, obj)


class _RowList(FieldList):  # type: ignore[misc]
    """A table that reads only its own names: WTForms would take ``hs_1`` for a line of ``hs``."""

    def process(self, formdata: _Formdata | None, data: object = unset_value, extra_filters: object = None) -> None:
        start = f"{self.name}-"
        own = {name: values for name, values in (formdata or {}).items() if name.startswith(start)}
        super().process(_Formdata(own), data, extra_filters)


@lru_cache(maxsize=512)
def form_class(section: Section) -> type[SectionForm]:
    """The WTForms class of a section, built once."""
    return _class_of(section.fields)


def _class_of(specs: tuple[Field, ...], *, in_rows: bool = False) -> type[SectionForm]:
    unbound = {spec.key: _line(spec) if in_rows and isinstance(spec, PersonRef) else _unbound(spec) for spec in specs}
    return type("SectionForm", (SectionForm,), {"specs": specs, "unbound": unbound})


_REFERENCE = Section("reference", "Tham chiếu", (Text("id", "Mã"), Text("name", "Họ tên hoặc tên đơn vị")))


def _line(spec: Field) -> WtField:
    return StringField(render_kw=_hints(spec), label=spec.label, description=spec.help)


def _unbound(spec: Field) -> WtField:
    words = {"label": spec.label, "description": spec.help}
    match spec:
        case MultiChoice():
            return SelectMultipleField(choices=_choices(spec.labels), validate_choice=False, **words)
        case Choice():
            return SelectField(choices=_choices({"": "— Chọn —"} | spec.labels), validate_choice=False, **words)
        case YesNo():
            return RadioField(choices=_choices(ANSWERS), validate_choice=False, **words)
        case Rows():
            return _RowList(FormField(_class_of(spec.columns, in_rows=True)), **words)
        case PersonRef() | UnitRef():
            return FormField(form_class(_REFERENCE), **words)
    kind = TextAreaField if isinstance(spec, LongText) else StringField
    return kind(render_kw=_hints(spec), **words)


def _choices(labels: Mapping[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value=value, label=label) for value, label in labels.items()]


def _hints(spec: Field) -> dict[str, str]:
    """No ``maxlength``: browsers cut pasted text at it without a word."""
    match spec:
        case LongText():
            return {"rows": "6"}
        case Number():
            return {"inputmode": "decimal", "autocomplete": "off"}
        case Date():
            return {"inputmode": "numeric", "placeholder": "17/06/2026", "autocomplete": "off"}
        case Period():
            return {
                "inputmode": "numeric",
                "placeholder": "2025" if spec.of == "year" else "2025-2026",
                "autocomplete": "off",
            }
        case Link():
            return {"inputmode": "url", "autocomplete": "off"}
    return {"autocomplete": "off"}


# what comes out --------------------------------------------------------------


@dataclass(frozen=True)
class _Found:
    value: JsonValue = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class _Check:
    """Reads bound fields; writes each message to its field, so that pages show it there."""

    complete: bool

    def field(self, spec: Field, bound: WtField, raw: JsonValue) -> _Found:
        """The typed value of one field of a section, ``None`` when there is none."""
        if isinstance(spec, Rows):
            return self.rows(spec, bound, _filled(raw))
        if isinstance(spec, PersonRef | UnitRef):
            return self.reference(spec, bound)
        return self.leaf(spec, bound, spec.key, spec.label)

    def leaf(self, spec: Field, bound: WtField, place: str, label: str) -> _Found:
        """A field with one value, or one set of options."""
        given = bound.data or ""
        if not (given if isinstance(given, list) else clean_line(given)):
            choosing = isinstance(spec, Choice | YesNo)
            return self.missing(spec, bound, place, label, "form-not-chosen" if choosing else "form-missing")
        try:
            return _Found(parse(spec, given, label))
        except Malformed as error:
            return _refused(bound, place, str(error))

    def missing(self, spec: Field, bound: WtField, place: str, label: str, code: str) -> _Found:
        """Nothing was answered: wrong only where an answer is due, in a dossier that is to be complete."""
        return _refused(bound, place, say(code, label=label)) if spec.required and self.complete else _Found()

    def reference(self, spec: Field, bound: WtField) -> _Found:
        """A name without an id is a typed name that nobody picked yet."""
        ident, name = clean_line(bound.form["id"].data or ""), clean_line(bound.form["name"].data or "")
        if len(ident) > MOST_ID:  # nobody types it
            return _refused(bound.form["name"], spec.key, say("form-unreadable", label=spec.label))
        if len(name) > MOST_NAME:
            count = show_number(len(name))
            message = say("form-too-long", label=spec.label, count=count, limit=MOST_NAME, what="ký tự")
            return _refused(bound.form["name"], spec.key, message)
        if ident and name:
            return _Found({"id": ident, "name": name})
        if name and self.complete:
            return _refused(bound.form["name"], spec.key, say("form-not-picked", label=spec.label, name=name))
        return self.missing(spec, bound.form["name"], spec.key, spec.label, "form-not-chosen")

    def rows(self, spec: Rows, bound: WtField, filled: int) -> _Found:
        """Empty lines do not count; a required column is due in every line that is not empty."""
        lines: list[JsonValue] = []
        found: list[Problem] = []
        for index, entry in enumerate(bound.entries):
            if any(clean_line(cell.data or "") for cell in entry.form):
                line: dict[str, JsonValue] = {}
                for column in spec.columns:
                    label = f"{spec.label} – dòng {index + 1} – {column.label}"
                    cell = self.leaf(column, entry.form[column.key], f"{spec.key}.{index}.{column.key}", label)
                    found += cell.problems
                    line |= {} if cell.value is None else {column.key: cell.value}
                lines.append(line)
        return _Found(lines or None, (*self.count(spec, bound, filled), *found))

    def count(self, spec: Rows, bound: WtField, lines: int) -> tuple[Problem, ...]:
        """Too many lines, too few, or none where some are due."""
        facts = {"label": spec.label, "count": lines}
        if lines > spec.max_rows:
            return _refused(bound, spec.key, say("form-rows-many", limit=spec.max_rows, **facts)).problems
        if lines == 0:
            return self.missing(spec, bound, spec.key, spec.label, "form-rows-none").problems
        if lines < spec.min_rows and self.complete:
            return _refused(bound, spec.key, say("form-rows-few", limit=spec.min_rows, **facts)).problems
        return ()


def _filled(raw: JsonValue) -> int:
    """How many lines of a table hold anything, those too many to be shown included."""
    rows = raw if isinstance(raw, list) else []
    return sum(any(clean_line(str(cell)) for cell in row.values()) for row in rows if isinstance(row, dict))


def _refused(bound: WtField, place: str, message: str) -> _Found:
    bound.errors = [message]
    return _Found(None, (Problem(place, message),))
