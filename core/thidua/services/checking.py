"""Kiểm tra: everything wrong with a dossier at once: form, documents, the campaign's own checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy.orm import Session

from thidua.errors import Refused, say
from thidua.forms import whole_form
from thidua.models import Dossier
from thidua.permissions import Scope
from thidua.plugin import DossierSnapshot, Problem, Ref, Section, Shape, Value, python_values
from thidua.registry import Registry
from thidua.services.attachments import current_files
from thidua.services.definitions import shape
from thidua.services.dossiers import typed_values
from thidua.services.past import RecordedPast, refs


class CheckFailed(Refused):
    """A dossier has errors; ``problems`` lists them all, by the dossier's public id."""

    status = 422

    def __init__(self, problems: Mapping[str, list[Problem]]) -> None:
        self.problems = problems
        count = sum(1 for listed in problems.values() for p in listed if p.level == "error")
        super().__init__("check-found", count=count)


@dataclass(frozen=True)
class Checked:
    """The outcome for one dossier: typed answers by key, and problems in the order of the form."""

    answers: Mapping[str, object]
    problems: list[Problem] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        """Those that stop a submission."""
        return [p for p in self.problems if p.level == "error"]


@dataclass(frozen=True)
class PartProgress:
    """One line of the task list: how a part of the dossier stands."""

    key: str
    title: str
    done: bool
    started: bool
    problems: int


def check(session: Session, registry: Registry, scope: Scope, dossier: Dossier) -> Checked:
    """Check the working copy of ``dossier``. Runs plugin code: never call it in a write transaction."""
    form = shape(dossier.definition)
    typed, problems = whole_form(form, typed_values(dossier))
    problems += document_problems(form, dossier)
    snapshot = _snapshot(form, dossier, python_values(form, typed))
    problems += registry.check(snapshot, RecordedPast(session, scope, dossier))
    return Checked(answers=typed, problems=problems)


def document_problems(form: Shape, dossier: Dossier) -> list[Problem]:
    """Required documents that are missing; the field is ``document:<slot>``."""
    held = current_files(dossier)
    return [
        Problem(f"document:{d.key}", say("document-missing", label=d.label))
        for d in form.documents
        if d.required and not held.get(d.key)
    ]


def progress(form: Shape, dossier: Dossier) -> list[PartProgress]:
    """The task list: each section, then the documents. "3/6 phần xong" counts the done ones."""
    raw = typed_values(dossier)
    by_section = _problems_by_section(form, raw)
    lines = []
    for section in form.sections:
        started = any(raw.get(f.key) not in (None, "", [], {}) for f in section.fields)
        count = by_section[section.key]
        lines.append(PartProgress(section.key, section.title, started and not count, started, count))
    missing = len(document_problems(form, dossier))
    started = bool(current_files(dossier))
    if form.documents:
        lines.append(PartProgress("documents", "Tài liệu kèm theo", not missing and started, started, missing))
    return lines


def _problems_by_section(form: Shape, raw: Mapping[str, object]) -> dict[str, int]:
    owner = {f.key: s.key for s in form.sections for f in s.fields}
    counts = dict.fromkeys((s.key for s in form.sections), 0)
    for problem in whole_form(form, raw)[1]:
        key = owner.get(problem.field.partition(".")[0])
        if key and problem.level == "error":
            counts[key] += 1
    return counts


def section_of(form: Shape, place: str) -> Section | None:
    """The section a problem's field stands in; None for documents and the dossier as a whole."""
    key = place.partition(".")[0]
    return next((s for s in form.sections for f in s.fields if f.key == key), None)


def _snapshot(form: Shape, dossier: Dossier, values: Mapping[str, Value]) -> DossierSnapshot:
    call = dossier.call
    parameters = {p.key: Decimal(str(p.default)) for p in form.parameters}
    parameters |= {key: Decimal(str(value)) for key, value in call.parameters.items()}
    return DossierSnapshot(
        slug=form.slug,
        edition=form.edition,
        track=form.track,
        call=call.public_id,
        call_period=call.period,
        nominees=refs(dossier),
        unit=Ref(id=dossier.owner_unit.public_id, name=dossier.owner_unit.name),
        answers=values,
        documents={slot: tuple(a.current.name for a in held) for slot, held in current_files(dossier).items()},
        parameters=parameters,
    )
