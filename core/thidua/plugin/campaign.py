"""A campaign and its tracks: frozen data, checked when built."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterable
from dataclasses import KW_ONLY, dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeAlias

from thidua.plugin.classes import Class, check_classes
from thidua.plugin.combine import Trimmed, plain_of
from thidua.plugin.documents import Document
from thidua.plugin.field import Field
from thidua.plugin.fields import Choice, LongText, Rows, Section, YesNo
from thidua.plugin.judging import Judging, Originality
from thidua.plugin.params import bearers, keys_of, with_values
from thidua.plugin.prizes import Prize
from thidua.plugin.problems import (
    ContractError,
    Exact,
    Problem,
    check_distinct,
    check_flags,
    check_key,
    check_slug,
    check_text,
    check_tuple,
    check_words,
    did_you_mean,
    exact,
    named,
)
from thidua.plugin.report import Is, Report
from thidua.plugin.rubric import Group, Item, Node, walk
from thidua.plugin.samples import Sample
from thidua.plugin.snapshots import DossierSnapshot, Past

Subject: TypeAlias = Literal["person", "collective"]
Check: TypeAlias = Callable[[DossierSnapshot, Past], Iterable[Problem]]


@dataclass(frozen=True)
class Basis:
    """The plan or decree a campaign stands on, as printed: number, day, issuer.

    A letter reads the type from the sign ("Kế hoạch số 258/KH-UBND"); a number that begins with words is kept as it is.

    >>> Basis("258/KH-UBND", datetime.date(2023, 8, 30), "UBND quận Long Biên").number
    '258/KH-UBND'
    """

    number: str
    date: datetime.date
    issuer: str

    def __post_init__(self) -> None:
        check_words("basis", "number", self.number)
        check_words(f"basis {self.number!r}", "issuer", self.issuer)
        # An instant counts as a day, and could not be read back from what is stored of it.
        if not isinstance(self.date, datetime.date) or isinstance(self.date, datetime.datetime):
            raise ContractError(f"basis {self.number!r}: date is {named(self.date)}; write date(2023, 8, 30)")


@dataclass(frozen=True)
class Parameter:
    """A number that each call may set for itself, between ``minimum`` and ``maximum``.

    Checks read it as ``dossier.parameters[key]``; :class:`Param` puts it where a number stands.

    >>> Parameter("so_tu", "Số chữ nhiều nhất", default=1500, minimum=300, maximum=5000).default
    Decimal('1500')
    """

    key: str
    label: str
    _: KW_ONLY
    default: Exact
    minimum: Exact
    maximum: Exact

    def __post_init__(self) -> None:
        check_key("parameter", self.key)
        place = f"parameter {self.key!r}"
        check_words(place, "label", self.label)
        for name in ("default", "minimum", "maximum"):
            object.__setattr__(self, name, exact(f"{place}: {name}", getattr(self, name)))
        if not Fraction(self.minimum) <= Fraction(self.default) <= Fraction(self.maximum):
            raise ContractError(f"{place}: {self.default} does not lie between {self.minimum} and {self.maximum}")


@dataclass(frozen=True)
class Track:
    """One kind of dossier within a campaign.

    ``subject`` is ``"person"`` or ``"collective"``. ``checks`` are functions
    ``check(dossier, past)`` that yield :class:`Problem` objects; ``sample(rng)`` makes a
    dossier for demonstrations and tests. ``prizes``, best first, are given
    down the ranking when a call is closed. ``awards`` are catalogue codes that may be proposed.
    ``self_scored``: the school fills in the rubric as well (phiếu tự chấm), before it hands over; without
    ``judging`` the office then scores the same sheet beside it, and that sheet is the result::

        PERSON = Track("ca-nhan", "Cá nhân", subject="person", form=SECTIONS, documents=DOCUMENTS, sample=sample)

    >>> from thidua.plugin import Section, Text
    >>> form = (Section("chung", "Chung", (Text("ten", "Tên"),)),)
    >>> Track("ca-nhan", "Cá nhân", subject="person", form=form, sample=lambda rng: None).fields[0].key
    'ten'
    """

    key: str
    title: str
    _: KW_ONLY
    subject: Subject
    form: tuple[Section, ...]
    sample: Callable[[random.Random], Sample]
    documents: tuple[Document, ...] = ()
    rubric: Group | None = None
    classes: tuple[Class, ...] = ()
    tie_breaks: tuple[str, ...] = ()
    judging: Judging | None = None
    self_scored: bool = False
    prizes: tuple[Prize, ...] = ()
    checks: tuple[Check, ...] = ()
    awards: tuple[str, ...] = ()
    originality: tuple[Originality, ...] = ()
    help: str = ""

    def __post_init__(self) -> None:
        """Check that the parts fit together."""
        check_slug("track", self.key)
        place = f"track {self.key!r}"
        check_words(place, "title", self.title)
        if self.subject not in ("person", "collective"):
            raise ContractError(f"{place}: subject is {self.subject!r}; write 'person' or 'collective'")
        for name, kinds in (
            ("form", Section),
            ("documents", Document),
            ("classes", Class),
            ("tie_breaks", str),
            ("prizes", Prize),
            ("awards", str),
            ("originality", Originality),
        ):
            check_tuple(place, name, getattr(self, name), kinds)
        if not self.form:
            raise ContractError(f"{place}: a form has at least one section")
        check_flags(self, place, "self_scored")
        check_text(self, place, "help")
        if self.judging is not None and not isinstance(self.judging, Judging):
            raise ContractError(f"{place}: judging is {named(self.judging)}; write Judging(judges=2)")
        check_distinct(place, "section", [section.key for section in self.form])
        check_distinct(place, "field", [field.key for field in self.fields])
        check_distinct(place, "document", [document.key for document in self.documents])
        self._check_code(place)
        self._check_rubric(place)
        self._check_originality(place)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every field of the form, section by section."""
        return tuple(field for section in self.form for field in section.fields)

    def _check_code(self, place: str) -> None:
        if not isinstance(self.checks, tuple) or not all(callable(check) for check in self.checks):
            raise ContractError(f"{place}: checks is a tuple of functions check(dossier, past)")
        if not callable(self.sample):
            raise ContractError(f"{place}: sample is a function of a random.Random that gives a Sample")

    def _check_rubric(self, place: str) -> None:
        if self.rubric is None:
            if self.classes or self.tie_breaks or self.judging or self.prizes or self.self_scored:
                raise ContractError(f"{place}: classes, tie_breaks, judging, prizes and self_scored need a rubric")
            return
        if not isinstance(self.rubric, Group):
            raise ContractError(f"{place}: rubric is {named(self.rubric)}; its root is a Group")
        nodes = list(walk(self.rubric))
        check_distinct(place, "rubric node", [node.key for node in nodes])
        self._check_evidence(place, nodes)
        try:
            check_classes(self.rubric, self.classes)
        except ContractError as error:
            raise ContractError(f"{place}: {error}") from error
        for key in self.tie_breaks:
            if key not in {node.key for node in nodes}:
                hint = did_you_mean(key, [node.key for node in nodes])
                raise ContractError(f"{place}: tie_breaks names {key!r}, not a node of the rubric{hint}")
        check_distinct(place, "tie-break", list(self.tie_breaks))
        self._check_prizes(place)
        self._check_monotone(place, self.rubric)

    def _check_prizes(self, place: str) -> None:
        check_distinct(place, "prize", [prize.key for prize in self.prizes])
        known = [one.key for one in self.classes]
        for prize in self.prizes:
            for key in prize.classes:
                if key not in known:
                    raise ContractError(
                        f"{place}: prize {prize.key!r} goes to class {key!r}, not one of the track's classes"
                        f"{did_you_mean(key, known)}"
                    )

    def _check_monotone(self, place: str, rubric: Group) -> None:
        """Refuse the one mixture in which more points could give a lower class.

        One point more can make a sheet the highest; it is dropped then, and what it had in one area with it.
        """
        if self.judging is None or not isinstance(plain_of(self.judging.combine), Trimmed):
            return
        for one in self.classes:
            for need in one.needs:
                if need.node != rubric.key:
                    raise ContractError(
                        f"{place}: class {one.key!r}: judging drops whole sheets by their total, so more points "
                        f"could give a lower class; let it look at {rubric.key!r} alone, not {need.node!r}, "
                        "or judge by Mean()"
                    )

    def _check_evidence(self, place: str, nodes: list[Node]) -> None:
        known = {field.key for field in self.fields} | {document.key for document in self.documents}
        for node in nodes:
            for key in () if isinstance(node, Group) else node.evidence:
                if key not in known:
                    raise ContractError(
                        f"{place}: rubric {node.key!r}: evidence {key!r} is neither a field nor a document"
                    )

    def _check_originality(self, place: str) -> None:
        texts = {field.key for field in self.fields if isinstance(field, LongText)}
        texts |= {document.key for document in self.documents}
        for one in self.originality:
            if one.field not in texts:
                raise ContractError(f"{place}: originality names {one.field!r}, neither a LongText nor a document")


@dataclass(frozen=True)
class Campaign:
    """A campaign type in one edition. The edition is the version of the form, not the year.

    ``basis`` quotes the plans it stands on; ``parameters`` are what a call may set for itself.

    >>> from datetime import date
    >>> from thidua.plugin import Section, Text
    >>> form = (Section("chung", "Thông tin chung", (Text("ly_do", "Lý do"),)),)
    >>> track = Track("ca-nhan", "Cá nhân", subject="person", form=form, sample=lambda rng: None)
    >>> basis = (Basis("258/KH-UBND", date(2023, 10, 4), "UBND quận"),)
    >>> Campaign("vo-sach", "2024", "Vở sạch chữ đẹp", basis=basis, tracks=(track,)).track("ca-nhan").title
    'Cá nhân'
    """

    slug: str
    edition: str
    title: str
    _: KW_ONLY
    basis: tuple[Basis, ...]
    tracks: tuple[Track, ...]
    reports: tuple[Report, ...] = ()
    parameters: tuple[Parameter, ...] = ()

    def __post_init__(self) -> None:
        """Check the whole, and say in whose name whatever is wrong."""
        check_slug("campaign", self.slug)
        check_slug(f"campaign {self.slug!r}: edition", self.edition)
        place = f"campaign {self.slug!r} edition {self.edition!r}"
        check_words(place, "title", self.title)
        for name, kinds in (("basis", Basis), ("tracks", Track), ("reports", Report), ("parameters", Parameter)):
            check_tuple(place, name, getattr(self, name), kinds)
        if not self.basis:
            raise ContractError(f"{place}: quote the plan it stands on: basis=(Basis(number, date, issuer),)")
        if not self.tracks:
            raise ContractError(f"{place}: a campaign has at least one track")
        check_distinct(place, "track", [track.key for track in self.tracks])
        check_distinct(place, "report", [report.key for report in self.reports])
        check_distinct(place, "parameter", [parameter.key for parameter in self.parameters])
        for report in self.reports:
            self._check_report(place, report)
        for track in self.tracks:
            self._check_params(place, track)

    def track(self, key: str) -> Track:
        """The track of that key; ``KeyError`` when there is none."""
        return {track.key: track for track in self.tracks}[key]

    def _check_params(self, place: str, track: Track) -> None:
        """Every number that a call sets is a parameter, and possible wherever it may be put."""
        known = {one.key: one for one in self.parameters}
        bearing = bearers(track)
        used = sorted(keys_of(bearing))
        for key in used:
            if key not in known:
                raise ContractError(
                    f"{place}: track {track.key!r}: Param({key!r}) is none of the campaign's parameters"
                    f"{did_you_mean(key, known)}; write parameters=(Parameter({key!r}, …),)"
                )
        defaults = {key: Decimal(known[key].default) for key in used}
        tried: list[dict[str, Decimal]] = []  # all at their defaults is the same form for every key
        for key in used:
            for name in ("default", "minimum", "maximum"):
                values = defaults | {key: Decimal(getattr(known[key], name))}
                if values in tried:
                    continue
                tried.append(values)
                try:
                    with_values(track, values, bearing)
                except ContractError as error:
                    raise ContractError(f"{place}: with {key!r} at its {name} {values[key]}: {error}") from error

    def _check_report(self, place: str, report: Report) -> None:
        known = {track.key: track for track in self.tracks}
        for key in report.tracks:
            if key not in known:
                raise ContractError(
                    f"{place}: report {report.key!r} covers {key!r}, not one of its tracks"
                    f"{did_you_mean(key, known) or '; it has ' + ', '.join(sorted(known))}"
                )
        for keys, sources, conditions in report.reads():
            for key in keys:
                if key not in known:
                    said = f"a summary covers {key!r}, not one of its tracks{did_you_mean(key, known)}"
                    raise ContractError(f"{place}: report {report.key!r}: {said}")
            covered = [known[key] for key in keys] or list(self.tracks)
            for track in covered:
                self._check_sources(f"{place}: report {report.key!r}", track, sources)
            for need in conditions:
                _check_condition(f"{place}: report {report.key!r}", need, covered)

    def _check_sources(self, place: str, track: Track, sources: tuple[str, ...]) -> None:
        there = _sources(track)
        for source in sources:
            if ":" in source and source not in there:
                raise ContractError(
                    f"{place}: {source!r} is no field or rubric node of track {track.key!r}{self._mend(source, there)}"
                )

    def _mend(self, source: str, sources: set[str]) -> str:
        """What to write in place of a column that one track lacks."""
        having = tuple(track.key for track in self.tracks if source in _sources(track))
        if having:
            return f"; write tracks={having} in the report, or take the column out"
        start = source.partition(":")[0] + ":"
        keys = [known.removeprefix(start) for known in sources if known.startswith(start)]
        alike = did_you_mean(source.removeprefix(start), keys).replace("'", f"'{start}", 1)
        return alike or "; write the key of one of its fields (field:…) or nodes (node:…)"


def _sources(track: Track) -> set[str]:
    sources = {f"field:{field.key}" for field in track.fields}
    for field in track.fields:
        if isinstance(field, Rows):
            sources |= {f"field:{field.key}.{column.key}" for column in field.columns}
    nodes = list(walk(track.rubric)) if track.rubric else []
    sources |= {f"level:{node.key}" for node in nodes if isinstance(node, Item | Group) and node.bands}
    return sources | {f"{kind}:{node.key}" for kind in ("node", "self", "office") for node in nodes}


def _check_condition(place: str, need: Is, tracks: list[Track]) -> None:
    """The value is one that some dossier of these tracks may have."""
    if need.values == ("*",) or need.source in ("unit", "state"):
        return
    known = sorted({value for track in tracks for value in _values(track, need.source)})
    for value in need.values:
        if value not in known:
            raise ContractError(
                f"{place}: {need.source!r} is never {value!r}{did_you_mean(value, known)}"
                f"; it may be {', '.join(known) or 'nothing that is counted: only choices are'}"
            )


def _values(track: Track, source: str) -> list[str]:
    if source == "track":
        return [track.key]
    if source == "class":
        return [one.key for one in track.classes]
    if source == "prize":
        return [one.key for one in track.prizes]
    field = next((one for one in track.fields if f"field:{one.key}" == source), None)
    if isinstance(field, YesNo):
        return ["no", "yes"]
    return [option.value for option in field.options] if isinstance(field, Choice) else []
