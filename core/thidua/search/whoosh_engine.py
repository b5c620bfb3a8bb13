"""The embedded engine: Whoosh 2.7.4 behind :class:`thidua.search.engine.Engine`."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest
from itertools import chain
from pathlib import Path
from weakref import WeakSet

from thidua.search import whoosh_files as files
from thidua.search.engine import (
    EVERYTHING,
    NO_FILTERS,
    Health,
    Hits,
    IndexDamaged,
    IndexDocument,
    Order,
)
from thidua.search.fold import NO_VOCABULARY, Vocabulary, counts
from thidua.search.query import And, AnyToken, Node, Not, Or, YearRange
from thidua.search.whoosh_api import SegmentWriter
from thidua.search.whoosh_blocks import DATE, ID, TEXT, TOKENS, YEAR, Columns, Leaf, Scores
from thidua.search.whoosh_ranking import Door, Ranking

log = logging.getLogger(__name__)

# Whoosh's estimate of what it holds before it spills: 256 took twice the memory and the same time.
_REBUILD_MB = 64
_UPDATE_MB = 32


class WhooshEngine:
    """An index in ``directory``, which must be as trusted as code: Whoosh unpickles its files.

    The index is a cache. Whatever has become of it (never made, deleted, cut short,
    of an older format), the engine opens: searches find nothing and say
    "rebuilding", and :meth:`rebuild` mends it, in this or another process.

    ``wait``: seconds to wait for another writer before :class:`IndexBusy`.
    """

    def __init__(self, directory: Path, vocabulary: Vocabulary = NO_VOCABULARY, *, wait: float = 5.0) -> None:
        self._root = directory
        self._vocabulary = vocabulary
        self._wait = wait
        self._root.mkdir(parents=True, exist_ok=True)
        self._mine = threading.local()
        self._handles: WeakSet[files.Opened] = WeakSet()
        self._guard = threading.Lock()
        self._shared: dict[str, Columns] = {}
        self._checked: Path | None = None
        self._damaged: Path | None = None
        self._current()

    # -- which index serves ------------------------------------------------------------

    def _current(self) -> Path | None:
        """The directory to read, verified once; None while there is none that can be used."""
        for _ in range(3):
            folder = files.read_pointer(self._root)
            if folder is None or folder == self._damaged:
                return None
            if folder == self._checked:
                return folder
            with self._guard:
                if folder == self._checked or self._verify(folder):
                    return folder
            # Not whole, or another one has been put in its place just now: look again.
        return None

    def _verify(self, folder: Path) -> bool:
        try:
            files.verify(folder)
        except files.Damaged as damage:
            log.warning("search index %s must be rebuilt: %s", folder.name, damage)
            self._damaged = folder
            return False
        self._checked = folder
        return True

    def _open(self) -> files.Opened | None:
        """This thread's handle on the latest commit."""
        folder = self._current()
        if folder is None:
            return None
        handle: files.Opened | None = getattr(self._mine, "handle", None)
        if handle is not None and handle.folder == folder and handle.is_latest():
            return handle
        self._drop()
        handle = files.Opened(folder, self._shared)
        self._mine.handle = handle
        with self._guard:
            self._handles.add(handle)
            alive = {id(leaf.columns) for each in self._handles for leaf in each.leaves}
            for name in [name for name, columns in list(self._shared.items()) if id(columns) not in alive]:
                del self._shared[name]
        return handle

    def _drop(self) -> None:
        handle: files.Opened | None = getattr(self._mine, "handle", None)
        if handle is None:
            return
        del self._mine.handle
        handle.close()
        with self._guard:
            self._handles.discard(handle)

    def _broken(self) -> bool:
        """After a failure: whether the files are to blame."""
        self._drop()
        folder = files.read_pointer(self._root)
        if folder is None:
            return True
        with self._guard:
            return not self._verify(folder)

    # -- searching ---------------------------------------------------------------------

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
        """See :meth:`thidua.search.engine.Engine.search`."""
        if not allowed:
            return Hits(facets={prefix: {} for prefix in facets})
        door = Door(None if EVERYTHING in allowed else allowed, without, only, tuple(filters.values()))
        for attempt in (1, 2):
            try:
                handle = self._open()
                if handle is None:
                    break
                ranking = Ranking(handle.leaves, tree, door)
                return _page(ranking, order, slice(offset, offset + limit), facets)
            except Exception:
                # A writer of another process may have removed files just now: look again once.
                if attempt == 2 and not self._broken():
                    raise
                self._drop()
        return Hits(exact=False, facets={prefix: {} for prefix in facets}, state="rebuilding")

    # -- writing -----------------------------------------------------------------------

    def update(self, documents: Iterable[IndexDocument] = (), deleted: Iterable[int] = ()) -> None:
        """See :meth:`thidua.search.engine.Engine.update`."""
        latest = {document.id: document for document in documents}
        gone = latest.keys() | set(deleted)
        if not gone:
            return
        with files.locked(self._root, self._wait):
            try:
                handle = self._open()
                if handle is None:
                    raise IndexDamaged("there is no usable index")
                numbers = [leaf.offset + number for leaf in handle.leaves for number in leaf.numbers(gone)]
                with files.writer(handle.folder, _UPDATE_MB) as writer:
                    for number in numbers:
                        writer.delete_document(number)
                    for document in latest.values():
                        self._add(writer, document)
            except IndexDamaged:
                raise
            except Exception as error:
                if self._broken():
                    raise IndexDamaged(str(error)) from error
                raise

    def rebuild(self, documents: Iterable[IndexDocument]) -> int:
        """See :meth:`thidua.search.engine.Engine.rebuild`."""
        with files.locked(self._root, self._wait):
            folder = files.create(self._root)
            number = 0
            try:
                with files.writer(folder, _REBUILD_MB) as writer:
                    for document in documents:
                        self._add(writer, document)
                        number += 1
            except BaseException:
                files.discard(folder)
                raise
            files.swap(self._root, folder)
        return number

    def _add(self, writer: SegmentWriter, document: IndexDocument) -> None:
        writer.add_document(
            **{
                ID: document.id,
                TEXT: counts(document.text, self._vocabulary),
                TOKENS: dict.fromkeys(document.tokens, 1),
                DATE: document.sort_date,
                YEAR: document.year,
            }
        )

    # -- the rest ----------------------------------------------------------------------

    def health(self) -> Health:
        """See :meth:`thidua.search.engine.Engine.health`."""
        writing = files.is_locked(self._root)
        try:
            handle = self._open()
        except Exception:
            log.exception("search index could not be opened")
            handle = None
        if handle is None:
            return Health("rebuilding", 0, 0, 0, writing)
        documents = sum(leaf.count - len(leaf.deleted) for leaf in handle.leaves)
        return Health("ready", documents, len(handle.leaves), files.size(handle.folder), writing)

    def close(self) -> None:
        """See :meth:`thidua.search.engine.Engine.close`."""
        with self._guard:
            for handle in list(self._handles):
                handle.close()
            self._handles = WeakSet()
            self._shared.clear()
        self._mine = threading.local()


def _page(ranking: Ranking, order: Order, page: slice, facets: Sequence[str]) -> Hits:
    leaves = ranking.leaves
    found = [(leaf, ranking.scores(leaf)) for leaf in leaves]
    counted: dict[str, dict[str, int]] = {prefix: {} for prefix in facets}
    for leaf, scores in found:
        for prefix in facets if scores else ():
            leaf.facet(prefix).count(scores, counted[prefix])
    total = sum(len(scores) for _, scores in found)
    by_date = order == "newest" or not _ranks(ranking.tree)
    best = _best(found, page.stop, by_date=by_date)[page]
    return Hits(total, True, [each for *_, each in best], [score for _, _, score, _ in best], counted)


def _best(found: Sequence[tuple[Leaf, Scores]], most: int, *, by_date: bool) -> list[tuple[float, int, float, int]]:
    """The first ``most`` as (rank, date, score, id), the best first."""

    def ranks(leaf: Leaf, scores: Scores) -> Iterable[float]:
        return map(leaf.columns.dates.__getitem__, scores) if by_date else scores.values()

    top = nlargest(most, chain.from_iterable(ranks(leaf, scores) for leaf, scores in found))
    if not top:
        return []
    least = top[-1]
    rows = []
    for leaf, scores in found:
        dates, ids = leaf.columns.dates, leaf.columns.ids
        for number, rank in zip(scores, ranks(leaf, scores), strict=True):
            if rank >= least:
                rows.append((rank, dates[number], scores[number], ids[number]))
    rows.sort(key=lambda row: (row[0], row[1], row[3]), reverse=True)
    return rows[:most]


def _ranks(tree: Node) -> bool:
    """Whether the tree says anything about relevance; "everything of 2024" does not."""
    match tree:
        case Not() | YearRange() | AnyToken():
            return False
        case And(nodes) | Or(nodes):
            return any(_ranks(node) for node in nodes)
    return True
