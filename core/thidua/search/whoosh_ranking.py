"""Ranking in bulk: every posting of a word is scored at once, with Whoosh's own formula (BM25F, B = 0.75, K1 = 1.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache, partial
from math import log
from operator import itemgetter

from thidua.search.query import And, AnyToken, FieldEquals, Node, Not, Or, Phrase, Word, YearRange, candidates
from thidua.search.whoosh_api import byte_to_length
from thidua.search.whoosh_blocks import TEXT, Leaf, Scores, TermInfo

_B, _K1 = 0.75, 1.2


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
        self._infos: dict[str, dict[Leaf, TermInfo]] = {}

    def infos(self, term: str) -> dict[Leaf, TermInfo]:
        """The segments that have ``term``, and where its postings lie there."""
        found = self._infos.get(term)
        if found is None:
            looked_up = ((leaf, leaf.info(TEXT, term)) for leaf in self.leaves)
            found = self._infos[term] = {leaf: info for leaf, info in looked_up if info}
        return found

    def frequency(self, term: str) -> int:
        """How many documents of all segments carry ``term``."""
        return sum(info.doc_frequency() for info in self.infos(term).values())

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
        info = self.infos(term).get(leaf)
        if info is None or (inside is not None and not inside):
            return {}
        idf = log(self.documents / (self.frequency(term) + 1)) + 1
        lengths, norms = leaf.columns.lengths, _norms(self.average)
        few = inside is not None and len(inside) * 16 < info.doc_frequency()
        numbers, weights = leaf.picked(term, info, sorted(inside or ())) if few else leaf.postings(term, info)
        if inside is None:
            codes = itemgetter(*numbers)(lengths) if len(numbers) > 1 else (lengths[numbers[0]],)
            values = [
                idf * ((weight * (_K1 + 1)) / (weight + norms[code]))
                for weight, code in zip(weights, codes, strict=True)
            ]
            return dict(zip(numbers, values, strict=True))
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


@lru_cache(maxsize=16)
def _norms(average: float) -> tuple[float, ...]:
    """The part of BM25 that depends on the length of a document only, by its length byte."""
    lengths = [byte_to_length(code) or 1 for code in range(256)]
    return tuple(_K1 * ((1 - _B) + _B * length / average) for length in lengths)


def _everything(leaf: Leaf) -> set[int]:
    return set(range(leaf.count))
