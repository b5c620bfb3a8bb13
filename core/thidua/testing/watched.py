"""Dossiers and a past that take notes of what a check asks them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from thidua.plugin import (
    Choice,
    DossierSnapshot,
    Field,
    Link,
    LongText,
    MultiChoice,
    Number,
    PastAward,
    PastDossier,
    Ref,
    Rows,
    RowValue,
    Shape,
    Similar,
    Text,
    Value,
)
from thidua.plugin.problems import did_you_mean
from thidua.times import Period

Kept = TypeVar("Kept")
_TEXTS = (Text, LongText, Choice, Link)


class Notes:
    """What a check read, and what it asked for that is not there.

    Checks may be shared by tracks: a field of one of them (``beside``) is known.
    """

    def __init__(self, shape: Shape, beside: Iterable[Shape] = ()) -> None:
        self.shape = shape
        self.shapes = (*beside, shape)
        self.fields = {field.key: field for each in self.shapes for field in each.fields}
        self.read: set[str] = set()
        self.asked: set[str] = set()
        self._found: list[str] = []

    def note(self, sentence: str) -> None:
        """Keep a fault, once."""
        if sentence not in self._found:
            self._found.append(sentence)

    def taken(self) -> list[str]:
        """The faults since the last time."""
        found, self._found = self._found, []
        return found

    def documents(self, files: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        """The names of the files by slot, watched."""
        return _Watch(files, set(), self, "document", "no document of the track")

    def parameters(self, values: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
        """The parameters of a call, watched."""
        return _Watch(values, self.asked, self, "parameter", "none of the campaign's parameters")


class _Watch(Mapping[str, Kept]):
    """A mapping that cannot be written to and remembers what was asked of it."""

    def __init__(self, values: Mapping[str, Kept], read: set[str], notes: Notes, what: str, not_there: str) -> None:
        self._values, self._read, self._notes, self._what, self._not_there = values, read, notes, what, not_there

    def __getitem__(self, key: str) -> Kept:
        self._read.add(key)
        if key not in self._values and not (self._what == "answer" and key in self._notes.fields):
            hint = did_you_mean(str(key), self._values)
            self._notes.note(f"reads {self._what} {key!r}, which is {self._not_there}{hint}")
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(dict(self._values))


def watched(shape: Shape, answers: Mapping[str, Value], notes: Notes) -> Mapping[str, Value]:
    """``answers`` with tables whose lines are watched too."""
    values: dict[str, Value] = dict(answers)
    for field in shape.fields:
        value = values.get(field.key)
        if isinstance(field, Rows) and isinstance(value, tuple):
            place = f"a column of {field.key!r}"
            rows: list[RowValue] = [
                _Watch(row, set(), notes, "cell", f"not {place}") for row in value if isinstance(row, Mapping)
            ]
            values[field.key] = tuple(rows)
    return _Watch(values, notes.read, notes, "answer", "no field of the campaign")


@dataclass(frozen=True, kw_only=True)
class Watched(DossierSnapshot):
    """A dossier that notices being asked for a text where a number stands."""

    def text(self, key: str) -> str:
        """See :meth:`DossierSnapshot.text`."""
        self._kind(key, "text", _TEXTS)
        return super().text(key)

    def number(self, key: str) -> Decimal | None:
        """See :meth:`DossierSnapshot.number`."""
        self._kind(key, "number", (Number,))
        return super().number(key)

    def rows(self, key: str) -> tuple[RowValue, ...]:
        """See :meth:`DossierSnapshot.rows`."""
        self._kind(key, "rows", (Rows,))
        return super().rows(key)

    def document_text(self, slot: str) -> str | None:
        """See :meth:`DossierSnapshot.document_text`."""
        notes = getattr(self.answers, "_notes", None)
        if isinstance(notes, Notes):
            known = [document.key for shape in notes.shapes for document in shape.documents]
            if slot not in known:
                notes.note(f"reads document {slot!r}, which is no document of the track{did_you_mean(slot, known)}")
        return super().document_text(slot)

    def _kind(self, key: str, method: str, kinds: tuple[type[Field], ...]) -> None:
        notes = getattr(self.answers, "_notes", None)
        if not isinstance(notes, Notes):
            return
        known = notes.fields
        field = known.get(key)
        if field is None:
            notes.note(f"reads answer {key!r}, which is no field of the campaign{did_you_mean(key, known)}")
        elif not isinstance(field, kinds) or isinstance(field, MultiChoice):
            notes.note(f"asks .{method}({key!r}), but that is a {field.kind} and never gives one; read it as it is")


class Nothing:
    """A past with nothing in it: the first dossier of a new site."""

    def dossiers(self, slug: str, *, person: str | None = None, unit: str | None = None) -> Sequence[PastDossier]:
        """None."""
        return ()

    def similar(self, text: str, *, field: str, least: int) -> Sequence[Similar]:
        """None."""
        return ()

    def titled(self, text: str, *, least: int) -> Sequence[Similar]:
        """None."""
        return ()

    def awards(self, person: str) -> Sequence[PastAward]:
        """None."""
        return ()

    def answered(self, slug: str, *, field: str, text: str) -> Sequence[PastDossier]:
        """None."""
        return ()

    def officiates(self, person: str) -> bool:
        """Nobody does."""
        return False


@dataclass(frozen=True)
class Full:
    """A past in which everything was there before: the same call, person, unit and text."""

    dossier: DossierSnapshot

    def dossiers(self, slug: str, *, person: str | None = None, unit: str | None = None) -> Sequence[PastDossier]:
        """One of this call by the same nominees, one of long ago by others."""
        own = self.dossier
        now = PastDossier(
            code="HS-2026-000001",
            slug=slug,
            edition=own.edition,
            track=own.track,
            call=own.call,
            call_period=own.call_period,
            nominees=own.nominees,
            unit=own.unit,
            state="đã nộp",
        )
        before = PastDossier(
            code="HS-2019-000002",
            slug=slug,
            edition="1",
            track="khac",
            call="old",
            call_period=Period("year", 2019),
            nominees=(Ref("", "Tổ Toán"),),
            unit=Ref("other", "Trường khác"),
            state="đã công bố",
        )
        return (now, before)

    def similar(self, text: str, *, field: str, least: int) -> Sequence[Similar]:
        """The whole text, in both."""
        return tuple(Similar(dossier=one, field=field, percent=100) for one in self.dossiers(self.dossier.slug))

    def titled(self, text: str, *, least: int) -> Sequence[Similar]:
        """The same title, in both."""
        return self.similar(text, field="ten", least=least)

    def awards(self, person: str) -> Sequence[PastAward]:
        """Two, one of them long ago."""
        return tuple(
            PastAward(award=code, period=Period("school_year", year), decision="12/QĐ-UBND", issuer="UBND xã")
            for code, year in (("GK", 2024), ("LDTT", 2019))
        )

    def answered(self, slug: str, *, field: str, text: str) -> Sequence[PastDossier]:
        """Both answered just that."""
        return self.dossiers(slug)

    def officiates(self, person: str) -> bool:
        """Everybody does."""
        return True


@dataclass(frozen=True)
class Asked:
    """A past that notices being asked for what nobody can have answered."""

    past: Nothing | Full
    notes: Notes
    dossier: DossierSnapshot

    def dossiers(self, slug: str, *, person: str | None = None, unit: str | None = None) -> Sequence[PastDossier]:
        """See :meth:`thidua.plugin.Past.dossiers`."""
        self._slug(slug)
        self._id("person", person, self.dossier.nominees)
        self._id("unit", unit, (self.dossier.unit,))
        return self.past.dossiers(slug, person=person, unit=unit)

    def similar(self, text: str, *, field: str, least: int) -> Sequence[Similar]:
        """See :meth:`thidua.plugin.Past.similar`."""
        self._field(field)
        return self.past.similar(text, field=field, least=least)

    def titled(self, text: str, *, least: int) -> Sequence[Similar]:
        """See :meth:`thidua.plugin.Past.titled`."""
        return self.past.titled(text, least=least)

    def awards(self, person: str) -> Sequence[PastAward]:
        """See :meth:`thidua.plugin.Past.awards`."""
        self._id("person", person, self.dossier.nominees)
        return self.past.awards(person)

    def answered(self, slug: str, *, field: str, text: str) -> Sequence[PastDossier]:
        """See :meth:`thidua.plugin.Past.answered`."""
        self._slug(slug)
        if slug == self.dossier.slug:
            self._field(field)
        return self.past.answered(slug, field=field, text=text)

    def officiates(self, person: str) -> bool:
        """See :meth:`thidua.plugin.Past.officiates`."""
        self._id("person", person, self.dossier.nominees)
        return self.past.officiates(person)

    def _slug(self, slug: str) -> None:
        """A slug that is nearly the campaign's own is a slip; another campaign's is not known here."""
        if slug != self.dossier.slug and (hint := did_you_mean(slug, (self.dossier.slug,))):
            self.notes.note(f"asks the past of campaign {slug!r}{hint}")

    def _field(self, key: str) -> None:
        known = {*self.notes.fields, *(slot.key for shape in self.notes.shapes for slot in shape.documents)}
        if key not in known:
            self.notes.note(f"asks the past of field {key!r}, which is no field{did_you_mean(key, known)}")

    def _id(self, what: str, given: str | None, refs: Iterable[Ref]) -> None:
        named = next((ref for ref in refs if ref.name == given and ref.id != given), None)
        if named is not None:
            self.notes.note(f"asks the past of {what} {given!r}, a name; ask by its id, as in dossier.nominees[0].id")
