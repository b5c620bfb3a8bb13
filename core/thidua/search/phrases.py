"""Phrases, checked on the stored folded text of the first candidates.

An engine that keeps no positions finds a phrase as the AND of its words. The
text of the best of them decides; beyond the first :data:`FIRST` nobody looks, and
the total reads "hơn N" (``exact`` False).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from thidua.search.engine import NO_FILTERS, Engine, Hits, Order
from thidua.search.fold import NO_VOCABULARY, Vocabulary
from thidua.search.query import And, Node, Not, Or, Phrase, Word, has_phrase

FIRST: Final = 500


def search(
    engine: Engine,
    tree: Node,
    text_of: Callable[[Sequence[int]], Mapping[int, str]],
    *,
    allowed: frozenset[str] | None,
    without: frozenset[int] = frozenset(),
    filters: Mapping[str, frozenset[str]] = NO_FILTERS,
    order: Order = "relevance",
    offset: int = 0,
    limit: int = 20,
    facets: Sequence[str] = (),
    vocabulary: Vocabulary = NO_VOCABULARY,
    first: int = FIRST,
) -> Hits:
    """:meth:`Engine.search`, phrases included.

    ``text_of`` gives the :func:`thidua.search.fold.folded_text` of each id it is
    asked for, at most ``first`` of them; an id without text is no hit. It is only
    asked for what ``allowed`` opens, and not at all if the tree has no phrase.
    Facets count the verified hits.
    """
    if not has_phrase(tree):
        return engine.search(
            tree,
            allowed=allowed,
            without=without,
            filters=filters,
            order=order,
            offset=offset,
            limit=limit,
            facets=facets,
        )
    found = engine.search(tree, allowed=allowed, without=without, filters=filters, order=order, limit=first)
    texts = text_of(found.ids)
    kept = [
        (each, score)
        for each, score in zip(found.ids, found.scores, strict=True)
        if each in texts and holds(tree, texts[each], vocabulary) is not False
    ]
    counted: dict[str, dict[str, int]] = {prefix: {} for prefix in facets}
    if kept and facets:
        only = frozenset(each for each, _ in kept)
        again = engine.search(And(()), allowed=allowed, without=without, only=only, limit=0, facets=facets)
        counted = again.facets
    page = kept[offset : offset + limit]
    return replace(
        found,
        total=len(kept),
        exact=found.exact and found.total <= len(found.ids),
        ids=[each for each, _ in page],
        scores=[score for _, score in page],
        facets=counted,
    )


def holds(tree: Node, folded: str, vocabulary: Vocabulary = NO_VOCABULARY) -> bool | None:
    """Whether the folded text fits; None where the text alone cannot tell (fields, abbreviations).

    >>> from thidua.search.query import parse
    >>> holds(parse('"hoc lieu" -cu'), " kho hoc lieu so ")
    True
    >>> holds(parse('"lieu hoc"'), " kho hoc lieu so ")
    False
    """
    match tree:
        case Phrase(words):
            return f" {' '.join(words)} " in folded
        case Word(term):
            stands = f" {term.replace('/', ' ')} " in folded
            return stands or (None if term in vocabulary.same else False)
        case Not(node):
            inner = holds(node, folded, vocabulary)
            return None if inner is None else not inner
        case And(nodes) | Or(nodes):
            values = {holds(node, folded, vocabulary) for node in nodes}
            decisive = isinstance(tree, Or)
            if decisive in values:
                return decisive
            return None if None in values else not decisive
    return None
