"""Reading whole posting blocks of a Whoosh 2.7.4 index.

Whoosh walks one posting at a time through four layers of method calls. Here the
posting list of a term is read at once. It leans on the block format of
``whoosh.codec.whoosh3``: that is why Whoosh is pinned, why it stands in this file
alone, and why a test compares what is found with Whoosh's own searcher.
"""

from __future__ import annotations

import pickle
import struct
import sys
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import accumulate, repeat
from typing import Final, Protocol, TypeAlias

from thidua.search.whoosh_api import SegmentReader, TermNotFound

TEXT: Final = "text"
TOKENS: Final = "token"
ID: Final = "id"
DATE: Final = "date"
YEAR: Final = "year"
_LENGTHS: Final = "_text_len"
BLOCK: Final = 512
"""Postings in a block, four times Whoosh's own: fewer to unpack, and still small enough to leave some out."""
_KEPT: Final = 1_000_000  # postings of a segment kept unpacked, 8 bytes each
_MAGIC = b"W3Bl"
# A block's pickled head, a tuple, ends so. Its numbers cannot contain these four bytes:
# as a document number they would say 771 million, and no single-precision weight has them.
_HEAD_END = b"tq\x00."
_SIZE = struct.Struct("!i")

Scores: TypeAlias = dict[int, float]
Weights: TypeAlias = Sequence[float]
Postings: TypeAlias = tuple[Sequence[int], Weights]
"""Document numbers, ascending, and how often the term stands in each."""


class TermInfo(Protocol):
    """What is used of Whoosh's own term info."""

    def extent(self) -> tuple[int, int | tuple[int]]:
        """Where the postings begin in their file, and how many bytes they take."""

    def doc_frequency(self) -> int:
        """How many documents carry the term."""


@dataclass(frozen=True)
class Columns:
    """What never changes in a segment, read once and shared by the threads."""

    ids: array[int]
    dates: array[int]
    years: array[int]
    lengths: bytes
    facets: dict[str, Facet]
    unpacked: dict[str, tuple[array[int], array[float]]]
    marked: dict[str, array[int]]  # what each token stands at: a few numbers a document, were all of them asked for
    carriers: dict[frozenset[str], Set[int]]

    @classmethod
    def read(cls, reader: SegmentReader) -> Columns:
        """The columns of the segment that ``reader`` has open."""
        storage, segment, count = reader.storage(), reader.segment(), reader.doc_count_all()

        def column(name: str, code: str) -> array[int]:
            values: array[int] = array(code)
            path = segment.make_filename(f".{name}.col")
            if storage.file_exists(path):
                with storage.open_file(path) as file:
                    values.frombytes(file.read())
                if sys.byteorder == "little":
                    values.byteswap()
            # Whoosh leaves out defaults at the end of a column.
            values.extend(repeat(0, count - len(values)))
            return values

        return cls(
            column(ID, "q"), column(DATE, "q"), column(YEAR, "i"), column(_LENGTHS, "B").tobytes(), {}, {}, {}, {}
        )


class Leaf:
    """One open segment: postings on demand, columns, deleted documents. Of one thread."""

    def __init__(self, reader: SegmentReader, columns: Columns, offset: int = 0) -> None:
        self.offset = offset
        self.count: int = reader.doc_count_all()
        self.length: int = reader.field_length(TEXT)
        self.deleted: frozenset[int] = frozenset(reader.segment().deleted_docs())
        self.columns = columns
        self._terms = reader._terms

    def info(self, field: str, term: str) -> TermInfo | None:
        """Where the postings of a term lie; ``None``: the segment has no such term."""
        try:
            found: TermInfo = self._terms.term_info(field, term.encode())
        except TermNotFound:
            return None
        return found

    def postings(self, term: str, info: TermInfo) -> Postings:
        """The documents whose text has ``term``; long lists are kept for the next page, filter and thread."""
        kept = self.columns.unpacked
        found: Postings | None = kept.get(term)
        if found is None:
            found = ids, weights = self._unpack(info)
            if len(ids) >= BLOCK:
                if sum(len(each) for each, _ in list(kept.values())) > _KEPT:
                    kept.clear()
                kept[term] = array("I", ids), array("f", weights)
        return found

    def picked(self, term: str, info: TermInfo, wanted: Sequence[int]) -> Postings:
        """Of :meth:`postings` those that are ``wanted`` (ascending, and few): the blocks between are not unpacked."""
        kept = self.columns.unpacked.get(term)
        ids: list[int] = []
        weights: list[float] = []
        for numbers, found in [kept] if kept else self._blocks(info, wanted):
            low, high = bisect_left(wanted, numbers[0]), bisect_right(wanted, numbers[-1])
            for number in wanted[low:high]:
                at = bisect_left(numbers, number)
                if numbers[at] == number:
                    ids.append(number)
                    weights.append(found[at])
        return ids, weights

    def _unpack(self, info: TermInfo) -> tuple[list[int], list[float]]:
        ids: list[int] = []
        weights: list[float] = []
        for numbers, found in self._blocks(info):
            ids.extend(numbers)
            weights.extend(found)
        return ids, weights

    def _blocks(self, info: TermInfo, wanted: Sequence[int] | None = None) -> Iterator[tuple[list[int], Weights]]:
        """Document numbers, ascending, and weights; without the blocks in which none of ``wanted`` can stand."""
        start, length = info.extent()
        length = length[0] if isinstance(length, tuple) else length  # 2.7.4 forgets to unpack it
        data: bytes = self._terms._postfile.get(start, length)
        if len(data) != length or data[:4] != _MAGIC:
            raise ValueError("posting list cut short")
        at, low, more = 4, 0, True
        while more:
            (size,) = _SIZE.unpack_from(data, at)
            more, size, at = size > 0, abs(size), at + 4
            body = data.index(_HEAD_END, at) + 4
            count, highest, _, packed, *_ = pickle.loads(data[at:body])  # noqa: S301 -- as trusted as code
            at += size
            if wanted is None or _any_between(wanted, low, highest):
                block = data[body:at]
                deltas, frequencies, _ = pickle.loads(zlib.decompress(block) if packed else block)  # noqa: S301 -- likewise
                equal = frequencies is None or isinstance(frequencies, float)
                yield list(accumulate(deltas)), [frequencies or 1.0] * count if equal else frequencies
            low = highest + 1

    def tokens(self, tokens: frozenset[str]) -> Set[int]:
        """The documents that carry one of ``tokens``; kept, since people search again with the same rights."""
        kept = self.columns.carriers
        found = kept.get(tokens)
        if found is None:
            numbers: set[int] = set()
            numbers.update(*map(self.token, tokens))
            if sum(map(len, list(kept.values()))) > _KEPT // 8:
                kept.clear()
            found = kept[tokens] = numbers
        return found

    def token(self, token: str) -> array[int]:
        """The documents that carry ``token``; kept, since people's rights have most tokens in common."""
        found = self.columns.marked.get(token)
        if found is None:
            info = self.info(TOKENS, token)
            found = array("I", self._unpack(info)[0] if info else ())
            if info:
                self.columns.marked[token] = found
        return found

    def numbers(self, ids: Iterable[int]) -> set[int]:
        """The document numbers, deleted or not, of our ids."""
        found: set[int] = set()
        for each in ids:
            info = self.info(ID, str(each))
            if info is not None:
                found.update(self._unpack(info)[0])
        return found

    def facet(self, prefix: str) -> Facet:
        """Which token beginning with ``prefix`` each document carries; kept with the columns."""
        facets = self.columns.facets
        if prefix not in facets:
            facets[prefix] = Facet.read(self, prefix)
        return facets[prefix]

    def terms_from(self, prefix: str) -> list[str]:
        """The tokens that begin with ``prefix``."""
        found = []
        start = prefix.encode()
        for field, term in self._terms.terms_from(TOKENS, start):
            if field != TOKENS or not term.startswith(start):
                break
            found.append(term.decode())
        return found


def _any_between(wanted: Sequence[int], low: int, high: int) -> bool:
    at = bisect_left(wanted, low)
    return at < len(wanted) and wanted[at] <= high


@dataclass(frozen=True)
class Facet:
    """Document → token of one prefix; the few that carry several have the others in ``more``."""

    first: list[str | None]
    more: Mapping[int, tuple[str, ...]]

    @classmethod
    def read(cls, leaf: Leaf, prefix: str) -> Facet:
        """The facet of that prefix, from the postings of its tokens."""
        first: list[str | None] = [None] * leaf.count
        more: dict[int, tuple[str, ...]] = {}
        for token in leaf.terms_from(prefix):
            for number in leaf.token(token):
                if first[number] is None:
                    first[number] = token
                else:
                    more[number] = (*more.get(number, ()), token)
        return cls(first, more)

    def count(self, matched: Scores, into: dict[str, int]) -> None:
        """Add to ``into`` how many of the ``matched`` documents carry each token."""
        for token, times in Counter(map(self.first.__getitem__, matched)).items():
            if token is not None:
                into[token] = into.get(token, 0) + times
        for number in self.more.keys() & matched.keys():
            for token in self.more[number]:
                into[token] = into.get(token, 0) + 1
