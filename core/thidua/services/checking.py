"""Kiểm tra: everything wrong with a dossier at once: form, documents, the campaign's own checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from sqlalchemy.orm import Session

from thidua.errors import Refused, say
from thidua.forms import whole_form
from thidua.models import Dossier, Version
from thidua.permissions import Scope
from thidua.plugin import DossierSnapshot, PersonRef, Problem, Ref, Section, Shape, UnitRef, Value, python_values
from thidua.registry import Registry
from thidua.services import blinding, named_people, originality, remarks, reuse, self_sheets, units
from thidua.services.blinding import Held, NameSeen
from thidua.services.definitions import form_of
from thidua.services.past import RecordedPast, refs
from thidua.services.people import names_of as person_names
from thidua.services.succession import heirs_of
from thidua.services.working import current_files, document_problems, files_now, raw_values
from thidua.text import clean_line


class CheckFailed(Refused):
    """A dossier has errors; ``problems`` lists them all, by the dossier's public id."""

    status = 422

    def __init__(self, problems: Mapping[str, list[Problem]]) -> None:
        self.problems = problems
        count = sum(1 for listed in problems.values() for p in listed if p.level == "error")
        super().__init__("check-found", count=count)


@dataclass(frozen=True)
class Checked:
    """The outcome for one dossier: typed answers by key, and problems, those of the form first."""

    answers: Mapping[str, object]
    problems: list[Problem] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        """Those that stop a submission."""
        return [p for p in self.problems if p.level == "error"]


def check(session: Session, registry: Registry, scope: Scope, dossier: Dossier) -> Checked:
    """Check the working copy of ``dossier``. Runs plugin code: never call it in a write transaction."""
    form = form_of(dossier)
    typed, problems = whole_form(form, raw_values(dossier))
    homes = {dossier.owner_unit_id, *heirs_of(session, [dossier.owner_unit_id], scope.on).values()}
    answers, nobody = named_people.look_up(session, form, typed, homes)
    problems += document_problems(form, dossier)
    problems += self_sheets.problems(form, dossier, answers)
    problems += _unknown_references(session, form, answers)
    if registry.track(*form.identity) is None:
        problems.append(Problem("", say("campaign-out-now", campaign=form.campaign_title)))
    held = files_now(dossier)
    names = {slot: tuple(a.current.name for a in listed) for slot, listed in current_files(dossier).items()}
    values, unit = python_values(form, answers), _unit(scope, dossier)
    snapshot = _snapshot(form, dossier, values, names, _texts(session, held), unit=unit)
    unread = {p.field.partition(".")[0] for p in problems if p.field}
    said = registry.check(snapshot, RecordedPast(session, scope, dossier))
    problems += [p for p in said if p.field.partition(".")[0] not in unread]  # the check saw no answer there
    texts = originality.own_texts(session, form, answers, held)
    problems += nobody
    problems += originality.problems(session, scope, dossier, texts)
    problems += blinding.name_warnings(session, form, dossier, answers, _held(dossier))
    problems += remarks.unmended(session, scope, dossier)
    problems += reuse.unchanged(form, dossier)
    return Checked(answers=answers, problems=problems)


def check_filed(
    session: Session, registry: Registry, scope: Scope, dossier: Dossier, version: Version
) -> list[Problem]:
    """What the campaign's checks say of a filed version within ``scope``: an office knows of more than a school.

    Runs plugin code: never call it in a write transaction.
    """
    form = form_of(dossier)
    names: dict[str, tuple[str, ...]] = {}
    held: dict[str, list[str]] = {}
    for file in version.files:
        names[file.slot] = (*names.get(file.slot, ()), file.name)
        held.setdefault(file.slot, []).append(file.sha256)
    values = python_values(form, version.answers)
    snapshot = _snapshot(form, dossier, values, names, _texts(session, held), unit=_unit(scope, dossier))
    problems = registry.check(snapshot, RecordedPast(session, scope, dossier))
    return problems + [Problem(one.field, one.message, "warning") for one in names_seen_in(session, dossier, version)]


def names_seen_in(session: Session, dossier: Dossier, version: Version) -> list[NameSeen]:
    """Where a filed version names its author or school, in a track that is judged blind."""
    filed = [Held(file.slot, file.name, file.sha256) for file in version.files]
    return blinding.names_seen(session, form_of(dossier), dossier, version.answers, filed)


def _held(dossier: Dossier) -> list[Held]:
    listed = [(slot, one.current) for slot, held in current_files(dossier).items() for one in held]
    return [Held(slot, one.name, one.sha256) for slot, one in listed]


def _unknown_references(session: Session, form: Shape, typed: Mapping[str, object]) -> list[Problem]:
    """References that name nobody of the register: an id typed by hand, or a name that was never that one's."""
    problems = []
    for spec in form.fields:
        given = typed.get(spec.key)
        if isinstance(spec, PersonRef | UnitRef) and isinstance(given, Mapping):
            public_id, name = str(given.get("id", "")), clean_line(str(given.get("name", "")))
            names = (
                person_names(session, public_id)
                if isinstance(spec, PersonRef)
                else units.official_names(session, public_id)
            )
            if name not in names:
                problems.append(Problem(spec.key, say("reference-unknown", label=spec.label, name=name)))
    return problems


def section_of(form: Shape, place: str) -> Section | None:
    """The section a problem's field stands in; None for documents and the dossier as a whole."""
    key = place.partition(".")[0]
    return next((s for s in form.sections for f in s.fields if f.key == key), None)


def _texts(session: Session, held: Mapping[str, Sequence[str]]) -> dict[str, tuple[str | None, ...]]:
    read = originality.texts_of_files(session, [sha256 for slot in held.values() for sha256 in slot])
    return {slot: tuple(read.get(sha256) for sha256 in listed) for slot, listed in held.items()}


def _unit(scope: Scope, dossier: Dossier) -> Ref:
    return Ref(id=dossier.owner_unit.public_id, name=dossier.owner_unit.name_on(scope.on))


def _snapshot(
    form: Shape,
    dossier: Dossier,
    values: Mapping[str, Value],
    documents: Mapping[str, tuple[str, ...]],
    texts: Mapping[str, tuple[str | None, ...]],
    *,
    unit: Ref,
) -> DossierSnapshot:
    call = dossier.call
    return DossierSnapshot(
        slug=form.slug,
        edition=form.edition,
        track=form.track,
        call=call.public_id,
        call_period=call.period,
        nominees=refs(dossier),
        unit=unit,
        answers=MappingProxyType(values),
        documents=documents,
        parameters=form.values(call.parameters),
        texts=texts,
    )
