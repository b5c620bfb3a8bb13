"""What a campaign gives for demonstrations and for the conformance kit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass

from thidua.plugin.problems import JsonValue


@dataclass(frozen=True)
class SampleFile:
    """The text of a file to be made for a document slot.

    ``title`` becomes the heading, ``rows`` (the first one the header) a table.
    """

    slot: str
    title: str
    _: KW_ONLY
    paragraphs: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A dossier as somebody might have typed it.

    ``nominee`` is the name of the person or collective, ``born`` the birth date as typed
    (persons only). ``answers`` are raw values by field key, in the forms ``thidua.forms``
    takes: text for one-line fields, lists for ``MultiChoice``, lists of mappings for ``Rows``.
    ``suits`` names school levels in which it reads true (``mam-non``, ``tieu-hoc``, ``thcs``, ``thpt``).
    """

    nominee: str
    born: str = ""
    answers: Mapping[str, JsonValue]
    files: tuple[SampleFile, ...] = ()
    suits: tuple[str, ...] = ()
