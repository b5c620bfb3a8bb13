"""Reports: tables over the dossiers of a call, described once, rendered by the core."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import KW_ONLY, dataclass, field
from datetime import date
from typing import TypeAlias

from thidua.plugin.problems import (
    ContractError,
    check_distinct,
    check_key,
    check_text,
    check_tuple,
    check_words,
    did_you_mean,
    named,
)

FACTS = (
    "number",
    "code",
    "nominee",
    "unit",
    "track",
    "state",
    "submitted",
    "total",
    "class",
    "prize",
    "place",
    "evidence",
)
"""What a column may show of any dossier; ``evidence`` lists its files by the documents that they were filed as."""
_SOURCE = re.compile(r"(field|node|level|self|office):([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)")
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_GROUPS = ("unit", "track", "state", "class", "prize")
_AVERAGES = ("total", "node", "self", "office")


@dataclass(frozen=True)
class Column:
    """A column of a report.

    ``source`` is a fact of the dossier (``number`` counts the lines, ``code``, ``nominee``, ``unit``, ``track``,
    ``state``, ``submitted``, ``total``, ``class``, ``prize``, ``place``, ``evidence``), ``field:<key>`` (of a table
    also ``field:<key>.<column>``), ``node:<key>`` for what a rubric node came to, ``level:<key>`` for the band it lies
    in, ``self:<key>`` and ``office:<key>`` for what the school's own and the office's sheet give it.

    >>> Column("node:a", "Phẩm chất").node, Column("self:a", "Tự chấm").sheet
    ('a', ('self', 'a'))
    """

    source: str
    label: str

    def __post_init__(self) -> None:
        """Check the form of the source; the campaign checks that it exists."""
        check_words(f"column {self.source!r}", "label", self.label)
        if isinstance(self.label, str) and (self.label in FACTS or _SOURCE.fullmatch(self.label)):
            raise ContractError(f"column {self.source!r}: {self.label!r} is a source; write the source, then the label")
        _check_source("column", self.source)

    @property
    def field(self) -> str:
        """The field's key, ``""`` when the source is something else."""
        return _key_of(self.source, "field")

    @property
    def node(self) -> str:
        """The rubric node's key, ``""`` when the source is something else."""
        return _key_of(self.source, "node")

    @property
    def sheet(self) -> tuple[str, str]:
        """``("self" | "office", node key)``, or two empty texts."""
        return next(((kind, key) for kind in ("self", "office") if (key := _key_of(self.source, kind))), ("", ""))


@dataclass(frozen=True)
class Is:
    """A condition on a dossier: its ``source`` has the value, or one of the ``others``.

    ``source`` is ``unit``, ``track``, ``state``, ``class``, ``prize`` or the field of a choice; ``value`` is the key
    that is stored (``"yes"`` and ``"no"`` of a ``YesNo``), ``"*"`` for any.

    >>> Is("prize", "*").values, Is("field:loai", "to", others=("khoi",)).values
    (('*',), ('to', 'khoi'))
    """

    source: str
    value: str
    _: KW_ONLY
    others: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        place = f"condition on {self.source!r}"
        check_words(place, "value", self.value)
        check_tuple(place, "others", self.others, str)
        check_distinct(place, "value", list(self.values))
        _check_group("condition", self.source)

    @property
    def values(self) -> tuple[str, ...]:
        """Every value that fits."""
        return (self.value, *self.others)


@dataclass(frozen=True)
class Count:
    """A column of a summary: how many dossiers of the line there are, those that meet every condition of ``where``.

    >>> Count("Số hồ sơ").where
    ()
    """

    label: str
    where: tuple[Is, ...] = ()

    def __post_init__(self) -> None:
        _check_measure(self, self.label, self.where)


@dataclass(frozen=True)
class Share:
    """A column of a summary: what part, in per cent, of the dossiers that meet ``of`` also meet ``where``.

    Rounded half up to one decimal; empty where no dossier meets ``of``.

    >>> Share("Tỷ lệ đạt giải (%)", where=(Is("prize", "*"),)).of
    ()
    """

    label: str
    _: KW_ONLY
    where: tuple[Is, ...]
    of: tuple[Is, ...] = ()

    def __post_init__(self) -> None:
        _check_measure(self, self.label, self.where)
        check_tuple(f"measure {self.label!r}", "of", self.of, Is)
        if not self.where:
            raise ContractError(f"measure {self.label!r}: a share needs where=(Is(…),); without it all is 100 %")


@dataclass(frozen=True)
class Average:
    """A column of a summary: the mean of ``total``, ``node:<key>``, ``self:<key>`` or ``office:<key>``.

    Over the dossiers that have one, rounded half up to two decimals.

    >>> Average("Điểm trung bình", "total").source
    'total'
    """

    label: str
    source: str = "total"

    def __post_init__(self) -> None:
        _check_measure(self, self.label, ())
        _check_source(f"measure {self.label!r}: source", self.source)
        if self.source.partition(":")[0] not in _AVERAGES:
            raise ContractError(f"measure {self.label!r}: {self.source!r} has no points; write total or node:<key>")


@dataclass(frozen=True)
class EachClass:
    """A column of a summary for every class of the tracks, best first: how many dossiers were given it.

    >>> EachClass()
    EachClass()
    """


@dataclass(frozen=True)
class EachPrize:
    """A column of a summary for every prize of the tracks, best first: how many dossiers were given it.

    >>> EachPrize()
    EachPrize()
    """


Measure: TypeAlias = Count | Share | Average | EachClass | EachPrize


@dataclass(frozen=True)
class Summary:
    """A table of statistics: a line for each value of ``by``, a column for each measure, and a line for all.

    ``by`` is ``unit``, ``track``, ``state``, ``class``, ``prize`` or ``field:<key>`` (a dossier that chose
    several options counts in each). ``chart`` is the label of the measure that is drawn as bars, ``""`` for none.

    >>> by_school = Summary("Theo trường", by="unit", measures=(Count("Số hồ sơ"), EachClass()), chart="Số hồ sơ")
    >>> by_school.tracks
    ()
    """

    title: str
    _: KW_ONLY
    by: str
    measures: tuple[Measure, ...]
    tracks: tuple[str, ...] = ()
    chart: str = ""

    def __post_init__(self) -> None:
        """Check what can be known of the table alone."""
        place = f"summary {self.title!r}"
        check_words("summary", "title", self.title)
        _check_group(f"{place}: by", self.by)
        check_tuple(place, "measures", self.measures, (Count, Share, Average, EachClass, EachPrize))
        check_tuple(place, "tracks", self.tracks, str)
        check_text(self, place, "chart")
        if not self.measures:
            raise ContractError(f"{place}: a summary has at least one measure, such as Count('Số hồ sơ')")
        labels = [one.label for one in self.measures if isinstance(one, Count | Share | Average)]
        check_distinct(place, "measure", labels)
        if self.chart and self.chart not in labels:
            mend = did_you_mean(self.chart, labels)
            raise ContractError(f"{place}: chart {self.chart!r} is the label of none of its measures{mend}")

    @property
    def conditions(self) -> tuple[Is, ...]:
        """Every condition of its measures."""
        counts = [one for one in self.measures if isinstance(one, Count | Share)]
        return tuple(need for one in counts for need in (*one.where, *(one.of if isinstance(one, Share) else ())))

    @property
    def sources(self) -> tuple[str, ...]:
        """Every source it reads, each once."""
        means = [one.source for one in self.measures if isinstance(one, Average)]
        return tuple(dict.fromkeys([self.by, *(need.source for need in self.conditions), *means]))


@dataclass(frozen=True)
class ReportTable:
    """A table of a report as texts, each as the paper shows it; ``totals`` is its last line, ``()`` without one.

    ``notes`` are sentences that belong under it, such as why equals stand in their order.

    >>> ReportTable("Danh sách", ("Họ tên", "Tổng"), (("An", "17,5"),)).totals
    ()
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReportData:
    """All that a ``build`` is given: what the paper says, and nothing else of the site.

    ``call`` is the title of the call, ``unit`` who issues, ``number`` and ``day`` may be missing (``""``, ``None``),
    ``signers`` are pairs of title and name, ``note`` says of when the figures are. ``word`` is the .docx file that the
    core would issue: open it with python-docx to go on from there.

    >>> ReportData("Kết quả", call="Đợt 2026", unit="Phòng A", tables=()).signers
    ()
    """

    title: str
    _: KW_ONLY
    call: str
    unit: str
    tables: tuple[ReportTable, ...]
    number: str = ""
    day: date | None = None
    signers: tuple[tuple[str, str], ...] = ()
    copies: tuple[str, ...] = ()
    note: str = ""
    word: bytes = b""


Build: TypeAlias = Callable[[ReportData], bytes]


@dataclass(frozen=True)
class Report:
    """Tables over a call's dossiers: a list with a line per dossier, summaries, or both.

    ``tracks`` names the tracks it covers (``()``: all of them); ``only`` keeps the dossiers that meet every
    condition; ``group_by`` is a source or ``""``; ``order`` are sources, with ``-`` before one that counts down;
    ``summaries`` come before the list; ``signers`` are the titles over the signatures, left to right.

    ``build`` makes the Word file in place of the core's: a function of a module, from :class:`ReportData` to the bytes
    of a .docx. It is code and not stored: without its plugin the core's own file is issued.

    >>> Report("tong_hop", "Danh sách", columns=(Column("nominee", "Họ và tên"),)).order
    ('unit', 'nominee')
    """

    key: str
    title: str
    _: KW_ONLY
    columns: tuple[Column, ...] = ()
    tracks: tuple[str, ...] = ()
    only: tuple[Is, ...] = ()
    group_by: str = ""
    order: tuple[str, ...] = ("unit", "nominee")
    summaries: tuple[Summary, ...] = ()
    signers: tuple[str, ...] = ("NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG ĐƠN VỊ")
    build: Build | None = field(default=None, compare=False, metadata={"stored": False})

    def __post_init__(self) -> None:
        """Check what can be known of the report alone."""
        check_key("report", self.key)
        place = f"report {self.key!r}"
        check_words(place, "title", self.title)
        kinds = (("columns", Column), ("tracks", str), ("only", Is), ("order", str), ("summaries", Summary))
        for name, kind in (*kinds, ("signers", str)):
            check_tuple(place, name, getattr(self, name), kind)
        check_text(self, place, "group_by")
        if not self.columns and not self.summaries:
            raise ContractError(f"{place}: a report has at least one column, or a summary")
        if self.build is not None and not getattr(self.build, "__qualname__", "<").isidentifier():
            raise ContractError(
                f"{place}: build is a function of a module (no lambda, no method): it is called by name"
            )
        check_distinct(place, "column", [column.source for column in self.columns])
        check_distinct(place, "summary", [summary.title for summary in self.summaries])
        for source in (*((self.group_by,) if self.group_by else ()), *(part.removeprefix("-") for part in self.order)):
            _check_source(f"{place}: source", source)
        for summary in self.summaries:
            if extra := sorted(set(summary.tracks) - set(self.tracks)) if self.tracks else []:
                said = f"summary {summary.title!r} covers {extra[0]!r}, which the report does not"
                raise ContractError(f"{place}: {said}")

    @property
    def sources(self) -> tuple[str, ...]:
        """Every source that the list reads, each once, in order of first use; ``()`` without a list."""
        kept = [need.source for need in self.only]
        if not self.columns:
            return tuple(dict.fromkeys(kept))
        used = [column.source for column in self.columns] + [part.removeprefix("-") for part in self.order]
        return tuple(dict.fromkeys([*used, *((self.group_by,) if self.group_by else ()), *kept]))

    def reads(self) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], tuple[Is, ...]]]:
        """Part by part: the tracks it covers, the sources it reads, and its conditions."""
        yield self.tracks, self.sources, self.only
        for summary in self.summaries:
            yield summary.tracks or self.tracks, summary.sources, summary.conditions


def _key_of(source: str, kind: str) -> str:
    match = _SOURCE.fullmatch(source)
    return match[2] if match and match[1] == kind else ""


def _check_source(place: str, source: object) -> None:
    if not isinstance(source, str):
        raise ContractError(f"{place} is {named(source)}; write a text such as 'total' or 'field:<key>'")
    if source not in FACTS and not _SOURCE.fullmatch(source):
        keyed = "field:<key>, node:<key>, level:<key>, self:<key>, office:<key>"
        own = f"; a field is written 'field:{source}'" if _KEY.fullmatch(source) else ""
        hint = did_you_mean(source, FACTS) or own
        raise ContractError(f"{place} {source!r}: write {keyed} or one of {', '.join(FACTS)}{hint}")


def _check_group(place: str, source: object) -> None:
    if not isinstance(source, str):
        raise ContractError(f"{place} is {named(source)}; write a text such as 'unit' or 'field:<key>'")
    if source not in _GROUPS and not _key_of(source, "field"):
        groups = ", ".join(_GROUPS) + did_you_mean(source, _GROUPS)
        raise ContractError(f"{place} {source!r}: write field:<key> or one of {groups}")


def _check_measure(measure: object, label: str, where: tuple[Is, ...]) -> None:
    check_words(type(measure).__name__, "label", label)
    check_tuple(f"measure {label!r}", "where", where, Is)
