"""Reading and ranking whole posting blocks of a Whoosh 2.7.4 index.

Whoosh walks one posting at a time through four layers of method calls. Here the
posting list of a term is read at once and scored in bulk, with the same formula
(BM25F, B = 0.75, K1 = 1.2). It leans on the block format of ``whoosh.codec.whoosh3``:
that is why Whoosh is pinned, why it stands in this file alone, and why a test
compares it with Whoosh's own searcher.
"""

from __future__ import annotations

import pickle
import struct
import sys
import zlib
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import accumulate, repeat
from math import log
from operator import itemgetter
from typing import Final, Protocol, TypeAlias

from thidua.search.query import And, AnyToken, FieldEquals, Node, Not, Or, Phrase, Word, YearRange, candidates
from thidua.search.whoosh_api import SegmentReader, TermNotFound, byte_to_length

TEXT: Final = "text"
TOKENS: Final = "token"
ID: Final = "id"
DATE: Final = "date"
YEAR: Final = "year"
_LENGTHS: Final = "_text_len"
_B, _K1 = 0.75, 1.2
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
    unpacked: dict[tuple[str, str], tuple[array[int], array[float]]]
    carriers: dict[frozenset[str], frozenset[int]]

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

        return cls(column(ID, "q"), column(DATE, "q"), column(YEAR, "i"), column(_LENGTHS, "B").tobytes(), {}, {}, {})


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

    def postings(
        self, field: str, term: str, info: TermInfo, wanted: Sequence[int] = ()
    ) -> tuple[Sequence[int], Weights]:
        """Document numbers, ascending, and how often the term stands in each.

        With ``wanted`` (ascending), blocks that contain none of them may be left out;
        whole lists are kept for the next page, the next filter and the next thread.
        """
        kept = self.columns.unpacked
        found = kept.get((field, term))
        if found is not None:
            return found
        if wanted and 2 * len(wanted) * BLOCK < info.doc_frequency():
            return self._unpack(info, wanted)
        ids, weights = self._unpack(info, None)
        if len(ids) >= BLOCK:
            if sum(len(each) for each, _ in list(kept.values())) > _KEPT:
                kept.clear()
            kept[field, term] = array("I", ids), array("f", weights)
        return ids, weights

    def _unpack(self, info: TermInfo, wanted: Sequence[int] | None) -> tuple[list[int], Weights]:
        start, length = info.extent()
        length = length[0] if isinstance(length, tuple) else length  # 2.7.4 forgets to unpack it
        data: bytes = self._terms._postfile.get(start, length)
        if len(data) != length or data[:4] != _MAGIC:
            raise ValueError("posting list cut short")
        ids: list[int] = []
        weights: list[float] = []
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
                ids.extend(accumulate(deltas))
                equal = frequencies is None or isinstance(frequencies, float)
                weights.extend(repeat(frequencies or 1.0, count) if equal else frequencies)
            low = highest + 1
        return ids, weights

    def tokens(self, tokens: frozenset[str]) -> frozenset[int]:
        """The documents that carry one of ``tokens``; kept, since people search again with the same rights."""
        kept = self.columns.carriers
        found = kept.get(tokens)
        if found is None:
            numbers: set[int] = set()
            for token in tokens:
                info = self.info(TOKENS, token)
                if info is not None:
                    numbers.update(self.postings(TOKENS, token, info)[0])
            if sum(map(len, list(kept.values()))) > _KEPT // 8:
                kept.clear()
            found = kept[tokens] = frozenset(numbers)
        return found

    def numbers(self, ids: Iterable[int]) -> set[int]:
        """The document numbers, deleted or not, of our ids."""
        found: set[int] = set()
        for each in ids:
            info = self.info(ID, str(each))
            if info is not None:
                found.update(self.postings(ID, str(each), info)[0])
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


def _places(numbers: Sequence[int], wanted: Iterable[int]) -> list[int]:
    """Where the few ``wanted`` stand among many ``numbers``."""
    found = ((number, bisect_left(numbers, number)) for number in wanted)
    return [at for number, at in found if at < len(numbers) and numbers[at] == number]


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
            info = leaf.info(TOKENS, token)
            for number in leaf.postings(TOKENS, token, info)[0] if info else ():
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


@dataclass(frozen=True)
class Door:
    """Who may see what, and which of it is wanted; no ranking is in it."""

    allowed: frozenset[str] | None
    without: frozenset[int]
    only: frozenset[int] | None
    filters: Sequence[frozenset[str]]

    def opens(self, leaf: Leaf) -> Set[int] | None:
        """The visible and wanted documents of ``leaf``; None stands for all but :meth:`closed`."""
        groups: list[Callable[[], Set[int]]] = []
        if self.only is not None:
            groups.append(partial(leaf.numbers, self.only))
        if self.allowed is not None:
            groups.append(partial(leaf.tokens, self.allowed))
        groups.extend(partial(leaf.tokens, tokens) for tokens in self.filters)
        inside: Set[int] | None = None
        for group in groups:
            inside = group() if inside is None else inside & group()
            if not inside:
                return inside
        return inside

    def closed(self, leaf: Leaf) -> set[int]:
        """The documents of ``leaf`` that are not shown to anybody or not to this search."""
        return leaf.numbers(self.without) | leaf.deleted


class Ranking:
    """The scores of one search over all segments."""

    def __init__(self, leaves: Sequence[Leaf], tree: Node, door: Door) -> None:
        self.leaves = leaves
        self.tree = candidates(tree)
        self.door = door
        self.documents = sum(leaf.count for leaf in leaves)
        self.average = sum(leaf.length for leaf in leaves) / (self.documents or 1) or 1
        self.frequencies: dict[str, int] = {}

    @cached_property
    def norms(self) -> list[float]:
        """The part of BM25 that depends on the length of a document only, by its length byte."""
        lengths = [byte_to_length(code) or 1 for code in range(256)]
        return [_K1 * ((1 - _B) + _B * length / self.average) for length in lengths]

    def frequency(self, term: str) -> int:
        """How many documents of all segments carry ``term``."""
        if term not in self.frequencies:
            found = (leaf.info(TEXT, term) for leaf in self.leaves)
            self.frequencies[term] = sum(info.doc_frequency() for info in found if info)
        return self.frequencies[term]

    def scores(self, leaf: Leaf) -> Scores:
        """The visible documents of ``leaf`` that match, with their scores."""
        inside = self.door.opens(leaf)
        if inside is not None and not inside:
            return {}
        closed = self.door.closed(leaf)
        if inside is not None:
            return self.match(leaf, self.tree, inside - closed if closed else inside)
        found = self.match(leaf, self.tree, None)
        for number in closed if len(closed) < len(found) else closed & found.keys():
            found.pop(number, None)
        return found

    def match(self, leaf: Leaf, node: Node, inside: Set[int] | None) -> Scores:
        """The documents that ``node`` finds, ``inside`` these alone (``None``: everywhere)."""
        match node:
            case Word(term):
                return self.word(leaf, term, inside)
            case And(nodes):
                return self.all_of(leaf, nodes, inside)
            case Or(nodes):
                return self.any_of(leaf, nodes, inside)
            case Not() | YearRange() | AnyToken():
                return dict.fromkeys(self.narrow(leaf, node, _everything(leaf) if inside is None else inside), 0.0)
            case Phrase() | FieldEquals():
                raise TypeError("candidates() leaves none of these")

    def word(self, leaf: Leaf, term: str, inside: Set[int] | None) -> Scores:
        """The documents that carry ``term``, scored by BM25."""
        info = leaf.info(TEXT, term)
        if info is None or (inside is not None and not inside):
            return {}
        few = sorted(inside) if inside is not None and len(inside) * 16 < info.doc_frequency() else []
        numbers, weights = leaf.postings(TEXT, term, info, few)
        idf = log(self.documents / (self.frequency(term) + 1)) + 1
        lengths, norms = leaf.columns.lengths, self.norms
        if inside is None:
            codes = itemgetter(*numbers)(lengths) if len(numbers) > 1 else (lengths[numbers[0]],)
            values = [
                idf * ((weight * (_K1 + 1)) / (weight + norms[code]))
                for weight, code in zip(weights, codes, strict=True)
            ]
            return dict(zip(numbers, values, strict=True))
        if few:
            places = _places(numbers, few)
            numbers, weights = [numbers[at] for at in places], [weights[at] for at in places]
        return {
            number: idf * ((weight * (_K1 + 1)) / (weight + norms[lengths[number]]))
            for number, weight in zip(numbers, weights, strict=True)
            if number in inside
        }

    def all_of(self, leaf: Leaf, nodes: Sequence[Node], inside: Set[int] | None) -> Scores:
        """The documents that every one of ``nodes`` finds; their scores added up."""
        for tokens in (node for node in nodes if isinstance(node, AnyToken)):
            inside = self.narrow(leaf, tokens, _everything(leaf) if inside is None else inside)
        late = [node for node in nodes if isinstance(node, Not | YearRange)]
        found: Scores | None = None
        for node in sorted((n for n in nodes if not isinstance(n, AnyToken | Not | YearRange)), key=self.cost):
            more = self.match(leaf, node, inside if found is None else set(found))
            found = more if found is None else {number: found[number] + score for number, score in more.items()}
            if not found:
                return found
        if found is None:
            found = dict.fromkeys(_everything(leaf) if inside is None else inside, 0.0)
        for check in late:
            kept = self.narrow(leaf, check, set(found))
            found = {number: score for number, score in found.items() if number in kept}
        return found

    def any_of(self, leaf: Leaf, nodes: Sequence[Node], inside: Set[int] | None) -> Scores:
        """The documents that one of ``nodes`` finds; their scores added up."""
        found: Scores = {}
        for node in nodes:
            for number, score in self.match(leaf, node, inside).items():
                found[number] = found.get(number, 0.0) + score
        return found

    def narrow(self, leaf: Leaf, node: Not | YearRange | AnyToken, inside: Set[int]) -> Set[int]:
        """Those ``inside`` that meet a condition without a score."""
        match node:
            case AnyToken(tokens):
                return inside & leaf.tokens(tokens)
            case YearRange(first, last):
                years = leaf.columns.years
                return {number for number in inside if first <= years[number] <= last}
            case Not(inner):
                return inside - self.match(leaf, inner, inside).keys()

    def cost(self, node: Node) -> int:
        """About how many documents a node finds: the rarest goes first."""
        match node:
            case Word(term):
                return self.frequency(term)
            case And(nodes):
                return min(map(self.cost, nodes), default=self.documents)
            case Or(nodes):
                return sum(map(self.cost, nodes))
        return self.documents


def _everything(leaf: Leaf) -> set[int]:
    return set(range(leaf.count))
