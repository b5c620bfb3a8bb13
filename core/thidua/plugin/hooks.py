"""The door: markers for hooks, and what passes through it besides campaigns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pluggy

from thidua.plugin.problems import ContractError, check_tuple

PROJECT = "thidua"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True, kw_only=True)
class DossierChange:
    """What happened to a dossier, told after the commit.

    ``dossier`` is the public id, ``code`` what people read (``HS-2026-000123``);
    ``action`` the name of the action (``submit``), ``before`` and ``after`` the states;
    ``at`` an aware UTC instant; ``by`` the login of who acted.

    >>> from datetime import UTC
    >>> DossierChange(dossier="ab12", code="HS-2026-000123", slug="vo-sach", edition="2026", track="lop",
    ...     action="submit", before="ready", after="submitted", at=datetime(2026, 6, 1, tzinfo=UTC), by="head").after
    'submitted'
    """

    dossier: str
    code: str
    slug: str
    edition: str
    track: str
    action: str
    before: str
    after: str
    at: datetime
    by: str


@dataclass(frozen=True, kw_only=True)
class TextExtractor:
    """Reads the text of a kind of file, in a process of its own with limits on time and memory.

    ``extract`` is a module-level function from a path to the text in reading order, a
    line per paragraph, a form feed after each page where it knows pages; it raises any
    exception when the file cannot be read.

    >>> from thidua.text import clean
    >>> TextExtractor(name="odt", extensions=(".odt",), extract=clean).extensions
    ('.odt',)
    """

    name: str
    extensions: tuple[str, ...]
    extract: Callable[[str], str]

    def __post_init__(self) -> None:
        """A process finds the function again by its name, so it has to have one."""
        check_tuple(f"text extractor {self.name!r}", "extensions", self.extensions, str)
        if not self.extensions or any(not extension.startswith(".") for extension in self.extensions):
            raise ContractError(f"text extractor {self.name!r}: write extensions as ('.docx',)")
        if "<" in getattr(self.extract, "__qualname__", "<"):
            raise ContractError(f"text extractor {self.name!r}: extract must be a function at the top of a module")


@dataclass(frozen=True, kw_only=True)
class SearchEngine:
    """A search engine that a site may choose by ``name``: ``search_engine`` in its settings.

    ``open`` gets the directory of its index and the abbreviations in use (short form →
    long form); what it returns keeps the protocol of ``thidua.search.engine``.

    >>> SearchEngine(name="mau", open=lambda folder, abbreviations: folder).name
    'mau'
    """

    name: str
    open: Callable[[Path, Mapping[str, str]], object]
