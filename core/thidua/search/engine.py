"""What every search engine promises: a protocol of five methods and its data.

Engines know neither the database nor the web. Who may see what is said in
*tokens*: each document carries tokens of stable facts (owner unit ``own12``, filed by
``from12``, filed with ``to3``, ``public``) and of filters (``y:NH2025``,
``s:submitted``, ``k:<slug>``, ``d:12``); a search says which of them open the door. That is decided before anything is
ranked, counted or cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol, TypeAlias

from thidua.search.query import Node

EVERYTHING: Final = "*"
"""The token of those who may see every document; no document carries it."""

Order: TypeAlias = Literal["relevance", "newest"]
State: TypeAlias = Literal["ready", "rebuilding"]
NO_FILTERS: Final[Mapping[str, frozenset[str]]] = {}


class IndexBusy(Exception):
    """Another process or thread is writing the index; nothing was changed. Try again later."""


class IndexDamaged(Exception):
    """There is no index that can be written to: rebuild it."""


@dataclass(frozen=True)
class IndexDocument:
    """One dossier as it is searched: ``text`` is everything (answers, names, files), NFC, with its marks.

    ``sort_date``: any number that grows with time (seconds, ordinal days).
    ``year``: the year that ``nam:`` compares with.
    """

    id: int
    text: str
    tokens: frozenset[str]
    sort_date: int
    year: int


@dataclass(frozen=True)
class Hits:
    """A page of results.

    ``total`` counts what the asker may see; with ``exact`` False there are at least
    that many ("hơn N"). ``facets``: prefix → token → how many of the hits carry it.
    ``state`` is "rebuilding" when there is no usable index: then nothing is found.
    """

    total: int = 0
    exact: bool = True
    ids: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    state: State = "ready"


@dataclass(frozen=True)
class Health:
    """``documents`` and ``segments`` are 0 unless ``state`` is "ready"; ``writing``: somebody writes just now."""

    state: State
    documents: int
    segments: int
    bytes: int
    writing: bool


class Engine(Protocol):
    """One index over the dossiers of a site. Safe to use from several threads."""

    def search(
        self,
        tree: Node,
        *,
        allowed: frozenset[str] | None,
        without: frozenset[int] = frozenset(),
        only: frozenset[int] | None = None,
        filters: Mapping[str, frozenset[str]] = NO_FILTERS,
        order: Order = "relevance",
        offset: int = 0,
        limit: int = 20,
        facets: Sequence[str] = (),
    ) -> Hits:
        """Find documents. Never raises on damage: the answer is empty and says "rebuilding".

        ``allowed``: a document is visible if it carries one of these tokens; with
        :data:`EVERYTHING` all are, with None or an empty set none is.
        ``without``: ids that are invisible all the same (conflicts of interest).
        ``only``: nothing but these ids. ``filters``: for each name, one of its
        tokens must be carried. Equal ranks: newest first, then the highest id.
        Phrases are found as the AND of their words: see :mod:`thidua.search.phrases`.
        """

    def update(self, documents: Iterable[IndexDocument] = (), deleted: Iterable[int] = ()) -> None:
        """Add or replace documents and remove others, all at once.

        Raises :class:`IndexBusy` or :class:`IndexDamaged`.
        """

    def rebuild(self, documents: Iterable[IndexDocument]) -> int:
        """Build a new index and put it in the place of the old, which serves until then.

        Returns the number of documents. Raises :class:`IndexBusy`; an exception of
        ``documents`` leaves the old index as it was.
        """

    def health(self) -> Health:
        """What there is to say about the index; never raises."""

    def close(self) -> None:
        """Give back all open files. The engine cannot be used any more."""
