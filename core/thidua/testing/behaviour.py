"""Checks of a campaign under everything that can come: blanks, hostile answers, a full past."""

from __future__ import annotations

import itertools
import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from thidua import bounded
from thidua.conduct import name_of
from thidua.forms import section_form
from thidua.plugin import (
    Check,
    DossierSnapshot,
    Field,
    JsonValue,
    MultiChoice,
    PersonRef,
    Problem,
    Ref,
    Rows,
    Shape,
    UnitRef,
    Value,
    params_in,
    python_value,
    python_values,
)
from thidua.plugin.faults import own_frame
from thidua.plugin.problems import did_you_mean, named
from thidua.registry import MOST_PROBLEMS
from thidua.testing.samples import Drawn, covering, drawn
from thidua.testing.subject import Subject, Tried
from thidua.testing.texts import text_faults, word_faults
from thidua.testing.watched import Asked, Full, Notes, Nothing, Watched, watched
from thidua.times import Period

ONE_SECONDS = 3.0
ALL_SECONDS = 60.0
MOST_SAID = 5
MOST_TOGETHER = 9
"""So many answers that a check reads are tried in every combination of missing ones."""

HOSTILE: Mapping[str, str] = {
    "markup": "<x-thidua onmouseover=alert(1)>\"'&amp;</x-thidua><script>alert(1)</script>",
    "a tag": "<b>x</b>",
    "NUL": "a\x00b",
    "5,000 digits": "9" * 5_000,
    "loose marks": unicodedata.normalize("NFD", "Nguyễn Thị Hoà"),
    "right to left": "\u202etxt.exe\u202c",
    "a formula": "=1+1",
    "a template": "{{7*7}}{%s}",
    "a negative number": "-5",
    "infinity": "1e400",
    "not a number": "NaN",
    "other digits": "١٢٣",
    "half a letter": "\ud800",
    "a wrong day": "31/02/2026",
    "a wrong year": "2025-2027",
    "the last year": "9998-9999",
    "a path": "../../etc/passwd",
    "blanks": " \t\n\u00a0",
    "a long word": "à" * 5_000,
}


@dataclass(frozen=True)
class Answered:
    """A dossier to check, and how it came about, for the sentence of a fault."""

    snapshot: DossierSnapshot
    how: str


def snapshot(one: Tried, each: Drawn, answers: Mapping[str, Value], notes: Notes) -> Watched:
    """What a check is given for a sample, with these answers."""
    parameters = one.shape.values({})
    return Watched(
        slug=one.shape.slug,
        edition=one.shape.edition,
        track=one.shape.track,
        call="call",
        call_period=Period("school_year", 2025),
        nominees=(Ref("person" if one.shape.subject == "person" else "", each.sample.nominee),),
        unit=Ref("school", "Trường Tiểu học Hoa Sen"),
        answers=watched(one.shape, answers, notes),
        documents=notes.documents({slot.key: ("a.pdf",) for slot in one.shape.documents}),
        texts={slot.key: (_text_of(each, slot.key),) for slot in one.shape.documents},
        parameters=notes.parameters(parameters),
    )


def dossier_of(package: str, track: str = "", edition: str = "", **answers: JsonValue) -> DossierSnapshot:
    """The first sample of ``package`` as a check is given it, with raw ``answers`` in place of its own.

    Without ``track`` and ``edition`` the first of each is meant. Raises ``LookupError`` when there is none,
    and for an answer to what is no field of it.
    """
    for one in Subject(package, package).tracks:
        if track in ("", one.track.key) and edition in ("", one.campaign.edition):
            fields = [field.key for field in one.shape.fields]
            for key in answers:
                if key not in fields:
                    raise LookupError(f"{one.place} has no field {key!r}{did_you_mean(key, fields)}")
            for each in drawn(one, 1):
                raw = each.raw | answers
                return snapshot(one, Drawn(each.sample, raw), typed(one, raw), Notes(one.shape))
    raise LookupError(f"{package} offers no track {track!r} in edition {edition!r} with a sample")


def beside(subject: Subject, one: Tried) -> list[Shape]:
    """The other tracks of the same edition: checks may be shared."""
    return [each.shape for each in subject.tracks if each.campaign is one.campaign]


def _text_of(each: Drawn, slot: str) -> str:
    return "\n".join("\n".join((file.title, *file.paragraphs)) for file in each.sample.files if file.slot == slot)


def typed(one: Tried, raw: Mapping[str, JsonValue]) -> dict[str, Value]:
    """The answers as a check reads them, through the real form."""
    values: dict[str, JsonValue] = {}
    for section in one.plain.sections:
        own = {field.key: raw[field.key] for field in section.fields if field.key in raw}
        values |= section_form(section, own, complete=False).typed
    return python_values(one.shape, values)


def typed_alone(one: Tried, raw: Mapping[str, JsonValue], key: str, given: JsonValue) -> dict[str, Value]:
    """The answers of the one section in which ``key`` was given ``given``."""
    section = next(each for each in one.plain.sections if any(field.key == key for field in each.fields))
    shown = {field.show_if.field for field in section.fields if field.show_if}
    own = {field.key: raw[field.key] for field in section.fields if field.key in raw and field.key in shown}
    bound = section_form(section, own | {key: given}, complete=True)
    spec = section.field(key)
    return {key: python_value(spec, bound.typed.get(key)) if key in bound.typed else _none(spec)}


def _none(spec: Field) -> Value:
    return () if isinstance(spec, Rows) else None


def blanks(subject: Subject) -> Iterator[str]:
    """Every combination of missing answers, of cells and of files; parameters at their bounds; a full past."""
    for one in subject.tracks:
        notes, found = Notes(one.shape, beside(subject, one)), covering(one, 4)
        for check in one.track.checks:
            where = f"{one.place}: check {name_of(check)!r}"
            yield from _tried(subject, where, check, lambda n=notes, f=found, o=one: _with_blanks(o, f, n))  # type: ignore[misc]
            yield from (f"{where}: {note}" for note in notes.taken())


def _with_blanks(one: Tried, found: list[Drawn], notes: Notes) -> Iterator[Answered]:
    none: dict[str, Value] = python_values(one.shape, {})
    for number, each in enumerate(found):
        full = typed(one, each.raw)
        base = snapshot(one, each, full, notes)
        yield Answered(base, f"on the sample of seed {number}")
        yield Answered(snapshot(one, each, none, notes), "on a blank form")
        for key in full:
            yield Answered(snapshot(one, each, full | {key: none[key]}, notes), f"without {key!r}")
            yield Answered(snapshot(one, each, none | {key: full[key]}, notes), f"with {key!r} alone")
        for answers, how in _blank_cells(full):
            yield Answered(snapshot(one, each, answers, notes), how)
        yield Answered(replace(base, documents={}, texts={}), "without files")
        for text, how in ((None, "with files not read yet"), ("", "with files without text")):
            yield Answered(replace(base, texts={slot.key: (text,) for slot in one.shape.documents}), how)
        empty: dict[str, tuple[str, ...]] = {slot.key: () for slot in one.shape.documents}
        yield Answered(replace(base, documents=empty, texts={}), "with empty slots")
        for parameter in one.shape.parameters:
            for bound in (parameter.minimum, parameter.maximum):
                values = one.shape.values({}) | {parameter.key: Decimal(str(bound))}
                yield Answered(replace(base, parameters=notes.parameters(values)), f"with {parameter.key!r} = {bound}")
    for each in found[:2]:
        full = typed(one, each.raw)
        read = sorted(notes.read & set(full))[:MOST_TOGETHER]
        for size in range(2, len(read) + 1):
            for missing in itertools.combinations(read, size):
                answers = full | {key: none[key] for key in missing}
                yield Answered(snapshot(one, each, answers, notes), f"without {', '.join(missing)}")


def _blank_cells(full: Mapping[str, Value]) -> Iterator[tuple[dict[str, Value], str]]:
    for key, value in full.items():
        rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, tuple) else []
        if not rows:
            continue
        for column in rows[0]:
            blank = tuple({**row, column: None} for row in rows)
            yield {**full, key: blank}, f"with blank cells {key}.{column}"
        yield {**full, key: tuple(dict.fromkeys(row) for row in rows)}, f"with blank lines in {key!r}"
        yield {**full, key: tuple(rows * 20)}, f"with many lines in {key!r}"


def hostile(subject: Subject) -> Iterator[str]:
    """Whatever is typed, the form answers in words, and what it lets through every check bears."""
    for one in subject.tracks:
        notes, found = Notes(one.shape, beside(subject, one)), drawn(one, 1)
        attacks: list[Answered] = []
        for each in found:
            full = typed(one, each.raw)
            for key, raw, how in _attacks(one):
                try:
                    answers = full | typed_alone(one, each.raw, key, raw)
                except Exception as error:
                    yield f"{one.place}: field {key!r}: the form raised {type(error).__name__} on {how}: {error}"
                    continue
                attacks.append(Answered(snapshot(one, each, answers, notes), f"with {how} in {key!r}"))
                if how in ("markup", "a tag"):  # once more where checks have something to say
                    odd = replace(attacks[-1].snapshot, call_period=Period("school_year", 2019))
                    attacks.append(Answered(odd, f"in a call of 2019-2020, with {how} in {key!r}"))
            attacks += _strangers(one, each, notes)
        for check in one.track.checks:
            where = f"{one.place}: check {name_of(check)!r}"
            yield from _tried(subject, where, check, lambda a=attacks: iter(a), clean=False)  # type: ignore[misc]


def _strangers(one: Tried, each: Drawn, notes: Notes) -> Iterator[Answered]:
    base = snapshot(one, each, typed(one, each.raw), notes)
    for how, text in HOSTILE.items():
        ref = Ref(text[:300], text[:300])
        yield Answered(replace(base, nominees=(ref, ref), unit=ref), f"with {how} as a name")
        files = {slot.key: (f"{text[:200]}.pdf",) * 3 for slot in one.shape.documents}
        texts = {slot.key: (text, None) for slot in one.shape.documents}
        yield Answered(replace(base, texts=texts), f"with {how} in the text of a file")
        yield Answered(replace(base, documents=files), f"with {how} as the name of a file")
    yield Answered(replace(base, nominees=()), "without a nominee")
    yield Answered(replace(base, call_period=Period("year", 2026)), "in a call of a calendar year")


def _attacks(one: Tried) -> Iterator[tuple[str, JsonValue, str]]:
    for field in one.shape.fields:
        for how, text in HOSTILE.items():
            if isinstance(field, Rows):
                yield field.key, [{column.key: text for column in field.columns}] * 3, how
            elif isinstance(field, PersonRef | UnitRef):
                yield field.key, {"id": text[:90], "name": text[:290]}, how
            elif isinstance(field, MultiChoice):
                yield field.key, [text, text], how
            else:
                yield field.key, text, how
        yield field.key, {"id": ["x"]}, "something of another build"
        yield field.key, [["x"]], "a list of lists"


def _tried(
    subject: Subject, where: str, check: Check, dossiers: Callable[[], Iterable[Answered]], *, clean: bool = True
) -> Iterator[str]:
    """What is wrong with one check over all these dossiers; the first fault of each kind."""
    first = next(iter(dossiers()), None)
    if first is None:
        return
    alone = bounded.call(lambda: _one(check, first, Nothing()), ONE_SECONDS)
    if isinstance(alone.error, bounded.TooSlow):
        place = own_frame(alone.error, subject.package)
        yield f"{where}: {alone.error}{f' ({place})' if place else ''}; a check answers at once"
        return
    outcome = bounded.call(lambda: list(_over(subject, where, check, dossiers(), clean)), ALL_SECONDS)
    if outcome.error is not None:
        yield f"{where}: over all dossiers of the trial: {type(outcome.error).__name__}: {outcome.error}"
    yield from outcome.value or ()


def _over(subject: Subject, where: str, check: Check, dossiers: Iterable[Answered], clean: bool) -> Iterator[str]:
    said: set[str] = set()
    begin: tuple[Answered, Nothing | Full, list[Problem]] | None = None
    for number, each in enumerate(dossiers):
        past = Full(each.snapshot) if number % 3 == 1 else Nothing()
        try:
            found = _one(check, each, past)
            begin = begin or (each, past, found)
            faults = list(_ill_said(each.snapshot, found, clean))
            if number % 5 == 0 and _one(check, each, past) != found:
                faults.append("says something else when asked again; it goes by the dossier and the past alone")
        except BaseException as error:
            place = own_frame(error, subject.package)
            faults = [f"raised {type(error).__name__}: {error}{f' ({place})' if place else ''}"]
        for fault in faults:
            if fault.partition(":")[0] not in said and len(said) < MOST_SAID:
                said.add(fault.partition(":")[0])
                yield f"{where}: {each.how}: {fault}"
    if begin is not None and _one(check, begin[0], begin[1]) != begin[2]:
        yield f"{where}: {begin[0].how}: {_REMEMBERS}"


_REMEMBERS = "says something else after other dossiers; it goes by the dossier and the past alone, and keeps nothing"


def _one(check: Check, each: Answered, past: Nothing | Full) -> list[Problem]:
    notes = getattr(each.snapshot.answers, "_notes", None)
    given = check(each.snapshot, Asked(past, notes, each.snapshot) if isinstance(notes, Notes) else past)
    if not isinstance(given, Iterable):
        raise TypeError(f"it gave {named(given)}; yield its problems, or return a list of them")
    found = list(itertools.islice(given, MOST_PROBLEMS + 1))
    if len(found) > MOST_PROBLEMS:
        raise RuntimeError(f"it yields more than {MOST_PROBLEMS} problems; say each thing once")
    return found


def _ill_said(dossier: DossierSnapshot, found: list[Problem], clean: bool) -> Iterator[str]:
    keys, slots = set(dossier.answers), set(dossier.documents)
    for problem in found:
        if not isinstance(problem, Problem):
            yield f"gave {named(problem)}; yield Problem(field, message)"
            continue
        place, _, rest = problem.field.partition(".")
        if problem.field.startswith("document:"):
            slot = problem.field.removeprefix("document:")
            if slots and slot not in slots:
                yield f"points at document {slot!r}, which is no document{did_you_mean(slot, slots)}"
        elif place and place not in keys:
            yield f"points at {problem.field!r}, which is no field{did_you_mean(place, keys)}"
        elif rest and (
            not rest.partition(".")[0].isdecimal() or int(rest.partition(".")[0]) >= len(dossier.rows(place))
        ):
            yield f"points at {problem.field!r}, a line that is not there; lines count from 0"
        if re.search(r"\bNone\b", problem.message):
            yield "says None to people; ask whether there is an answer first"
        if clean:
            yield from (f"says {fault}" for fault in (*text_faults(problem.message), *word_faults(problem.message)))
        elif "&lt;" in problem.message:
            yield "says &lt; to people; write texts as they are, pages escape them"


def parameters_used(subject: Subject) -> Iterator[str]:
    """A parameter is read by a check or stands in the form; else a call would set it for nothing."""
    for campaign in subject.registry.campaigns:
        used: set[str] = set()
        for one in (each for each in subject.tracks if each.campaign is campaign):
            notes = Notes(one.shape)
            used |= params_in(one.shape)
            rng = random.Random(0)
            for each in drawn(one, 8):
                for raw in (each.raw, {key: each.raw[key] for key in each.raw if rng.random() < 0.7}):
                    given = Answered(snapshot(one, each, typed(one, raw), notes), "")
                    for check in one.track.checks:
                        bounded.call(lambda c=check, g=given: _one(c, g, Full(g.snapshot)), ONE_SECONDS)  # type: ignore[misc]
            used |= notes.asked
        for parameter in campaign.parameters:
            if parameter.key not in used:
                yield (
                    f"{campaign.slug} {campaign.edition}: parameter {parameter.key!r} changes nothing; write "
                    f"Param({parameter.key!r}) where the number stands, read it in a check, or take it away"
                )
