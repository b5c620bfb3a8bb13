"""Pasts in which one thing is another each time, and what a check asks of them and by what."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from thidua.plugin import DossierSnapshot, PastDossier, PersonRef, Ref, Shape, Similar, Value
from thidua.testing.watched import Full

EVERYTHING = "everything"
ASKED_BY = ("person", "unit", "text")
SHORT = 40


@dataclass(frozen=True)
class One(Full):
    """A past with one dossier in it, found as a site finds it: by its people and its own unit.

    Somebody else's dossier is found by anybody: each may be an author or the subject of it.
    """

    changed: Mapping[str, object] = field(default_factory=dict)

    def dossiers(self, slug: str, *, person: str | None = None, unit: str | None = None) -> Sequence[PastDossier]:
        """The dossier itself with ``changed``, where it is asked for."""
        now = replace(super().dossiers(slug)[0], **self.changed)  # type: ignore[arg-type]
        people = {nominee.id for nominee in now.nominees}
        known = "nominees" in self.changed or person in (None, *people)
        return (now,) if known and unit in (None, now.unit.id) else ()

    def similar(self, text: str, *, field: str, least: int) -> Sequence[Similar]:
        """Only the very same dossier."""
        return () if self.changed else super().similar(text, field=field, least=least)

    def answered(self, slug: str, *, field: str, text: str) -> Sequence[PastDossier]:
        """Only the very same dossier."""
        return () if self.changed else super().answered(slug, field=field, text=text)

    def officiates(self, person: str) -> bool:
        """Nobody does."""
        return False


@dataclass(frozen=True)
class Near(One):
    """A past with one dossier that is nearly like this one."""

    def similar(self, text: str, *, field: str, least: int) -> Sequence[Similar]:
        """The other one, a little more alike than was asked for."""
        return tuple(
            replace(one, percent=min(99, least + 5)) for one in Full.similar(self, text, field=field, least=least)
        )


def pasts(dossier: DossierSnapshot) -> Iterator[tuple[str, Full]]:
    """All there was, then the dossier itself with one of its facts another: what a check must tell apart."""
    yield EVERYTHING, Full(dossier)
    yield "the same", One(dossier)
    yield "one nearly alike", Near(dossier)
    yield "the same in another call", One(dossier, {"call": "old"})
    yield "the same in another track", One(dossier, {"track": "khac"})
    yield "the same in another call and track", One(dossier, {"call": "old", "track": "khac"})
    yield "the same of another edition", One(dossier, {"edition": "1"})
    yield "the same of somebody else", One(dossier, {"nominees": (Ref("other", "Người khác"),)})
    yield "the same of another unit", One(dossier, {"unit": Ref("other", "Trường khác")})


def told_apart(answers: Mapping[str, Value]) -> dict[str, Value]:
    """``answers`` in which everybody who was picked has an id of their own."""
    return {key: Ref(key, value.name) if isinstance(value, Ref) else value for key, value in answers.items()}


def peopled(shape: Shape, dossier: DossierSnapshot) -> DossierSnapshot:
    """The dossier with somebody in every place for a person, so that each is asked about."""
    some = {field.key: Ref(field.key, "Người khác") for field in shape.fields if isinstance(field, PersonRef)}
    given = {key: value for key, value in dossier.answers.items() if value is not None}
    return replace(dossier, answers={**dossier.answers, **some, **given})


class Heard:
    """A past that keeps how it was asked: the question, and where in the dossier each part of it stands."""

    def __init__(self, past: Full, dossier: DossierSnapshot) -> None:
        self._past, self._dossier, self.asked = past, dossier, list[str]()

    def __getattr__(self, name: str) -> Callable[..., object]:
        answer: Callable[..., object] = getattr(self._past, name)

        def ask(*given: object, **narrowed: object) -> object:
            bound = inspect.signature(answer).bind(*given, **narrowed).arguments
            by = sorted(f"{key}={self._place(key, value)}" for key, value in bound.items() if value is not None)
            self.asked.append(f"{name}({', '.join(by)})")
            return answer(*given, **narrowed)

        return ask

    def _place(self, key: str, value: object) -> str:
        """Where a text or an id stands in the dossier; a short one that stands nowhere is itself."""
        found = list(self._places(value)) if key in ASKED_BY else []
        return " or ".join(found) or (str(value) if len(str(value)) <= SHORT else "a text of its own")

    def _places(self, value: object) -> Iterator[str]:
        own = self._dossier
        yield from (key for key, each in own.answers.items() if each and value in (each, _id(each)))
        yield from (f"file {slot}" for slot, texts in own.texts.items() if value and texts and value == texts[0])
        if value in {part for one in own.nominees for part in (one.id, one.name)}:
            yield "nominee"
        if value in (own.unit.id, own.unit.name):
            yield "unit"


def _id(value: Value) -> str | None:
    return value.id if isinstance(value, Ref) else None
