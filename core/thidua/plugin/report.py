"""Reports: tables over the dossiers of a call, described once, rendered by the core."""

from __future__ import annotations

import re
from dataclasses import KW_ONLY, dataclass

from thidua.plugin.problems import ContractError, check_distinct, check_key, check_tuple, check_words, did_you_mean

FACTS = ("number", "code", "nominee", "unit", "state", "total", "class", "prize", "submitted")
_SOURCE = re.compile(r"(field|node):([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)")


@dataclass(frozen=True)
class Column:
    """A column of a report.

    ``source`` is a fact of the dossier (``number`` counts the lines, ``code``, ``nominee``,
    ``unit``, ``state``, ``total``, ``class``, ``prize``, ``submitted``), ``field:<key>`` or ``node:<key>``.
    """

    source: str
    label: str

    def __post_init__(self) -> None:
        """Check the form of the source; the campaign checks that it exists."""
        check_words(f"column {self.source!r}", "label", self.label)
        _check_source("column", self.source)

    @property
    def field(self) -> str:
        """The field's key, ``""`` when the source is something else."""
        match = _SOURCE.fullmatch(self.source)
        return match[2] if match and match[1] == "field" else ""

    @property
    def node(self) -> str:
        """The rubric node's key, ``""`` when the source is something else."""
        match = _SOURCE.fullmatch(self.source)
        return match[2] if match and match[1] == "node" else ""


def _check_source(place: str, source: str) -> None:
    if source not in FACTS and not _SOURCE.fullmatch(source):
        facts = ", ".join(FACTS) + did_you_mean(source, FACTS)
        raise ContractError(f"{place} {source!r}: write field:<key>, node:<key> or one of {facts}")


@dataclass(frozen=True)
class Report:
    """A table over a call's dossiers.

    ``tracks`` names the tracks it covers (``()``: all of them); ``group_by`` is a source
    or ``""``; ``order`` are sources, with ``-`` before one that counts down; ``signers``
    are the titles over the signatures, left to right.

    >>> Report("tong_hop", "Danh sách", columns=(Column("nominee", "Họ và tên"),)).order
    ('unit', 'nominee')
    """

    key: str
    title: str
    _: KW_ONLY
    columns: tuple[Column, ...]
    tracks: tuple[str, ...] = ()
    group_by: str = ""
    order: tuple[str, ...] = ("unit", "nominee")
    signers: tuple[str, ...] = ("NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG ĐƠN VỊ")

    def __post_init__(self) -> None:
        """Check what can be known of the report alone."""
        check_key("report", self.key)
        place = f"report {self.key!r}"
        check_words(place, "title", self.title)
        check_tuple(place, "columns", self.columns, Column)
        if not self.columns:
            raise ContractError(f"{place}: a report has at least one column")
        check_distinct(place, "column", [column.source for column in self.columns])
        for name, value in (("tracks", self.tracks), ("order", self.order), ("signers", self.signers)):
            check_tuple(place, name, value, str)
        for source in (*((self.group_by,) if self.group_by else ()), *(part.removeprefix("-") for part in self.order)):
            _check_source(f"{place}: source", source)

    @property
    def sources(self) -> tuple[str, ...]:
        """Every source the report reads, each once, in order of first use."""
        used = [column.source for column in self.columns] + [part.removeprefix("-") for part in self.order]
        return tuple(dict.fromkeys([*used, *((self.group_by,) if self.group_by else ())]))
