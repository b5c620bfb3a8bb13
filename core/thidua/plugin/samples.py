"""What a campaign gives for demonstrations and tests: made-up dossiers as people type them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass

from thidua.plugin.problems import JsonValue

SCHOOL_LEVELS = ("mam-non", "tieu-hoc", "thcs", "thpt")


@dataclass(frozen=True)
class SampleFile:
    """The text of a file to be made for a document slot.

    ``title`` becomes the heading, ``rows`` (the first one the header) a table.

    >>> SampleFile("bao_cao", "Báo cáo", rows=(("Năm", "Kết quả"), ("2025-2026", "Tốt"))).slot
    'bao_cao'
    """

    slot: str
    title: str
    _: KW_ONLY
    paragraphs: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A dossier as somebody might have typed it, complete enough to be handed over.

    ``nominee`` is the name of the person or collective, ``born`` the birth date as typed
    (persons only). ``answers`` are raw values by field key, everything as text: ``"9,25"``,
    ``"05/09/2025"``, ``"2025-2026"``, an option's value; ``"yes"`` or ``"no"`` for ``YesNo``; a
    list of option values for ``MultiChoice``; a list of mappings for ``Rows``. For a
    ``PersonRef`` or ``UnitRef`` write a name: the demo takes the person of that name at the
    school (registered if need be), the unit of that name or else the school itself.

    ``suits`` names the school levels in which it reads true (``mam-non``, ``tieu-hoc``,
    ``thcs``, ``thpt``; ``()``: all of them). The demo files it at schools of those levels only.
    The demo moves school years and dates, all by as many years, to the year of each call.

    >>> Sample(nominee="Trần Gia Bảo", born="12/04/2016", answers={"lop": "4A1"}, suits=("tieu-hoc",)).files
    ()
    """

    nominee: str
    born: str = ""
    answers: Mapping[str, JsonValue]
    files: tuple[SampleFile, ...] = ()
    suits: tuple[str, ...] = ()
