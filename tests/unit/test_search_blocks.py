"""Whole posting blocks against Whoosh's own searcher: the same hits, scores and totals."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from thidua.search import whoosh_files as files
from thidua.search.engine import EVERYTHING, IndexDocument
from thidua.search.query import And, AnyToken, Node, Or, Word, parse
from thidua.search.whoosh_blocks import BLOCK
from thidua.search.whoosh_engine import WhooshEngine

SYLLABLES = [f"t{number}" for number in range(60)]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[WhooshEngine, Path]]:
    rng = random.Random(11)
    weights = [1 / (rank + 1) for rank in range(60)]

    def document(each: int) -> IndexDocument:
        text = " ".join(rng.choices(SYLLABLES, weights, k=rng.randint(3, 60)))
        return IndexDocument(each, text, frozenset({f"o{each % 100}", f"h{each % 2}"}), each, 2020)

    root = tmp_path_factory.mktemp("blocks")
    engine = WhooshEngine(root)
    engine.rebuild(document(each) for each in range(1500))
    engine.update((document(each) for each in range(0, 1000, 7)), deleted=range(3, 900, 31))
    engine.update([document(2)])
    yield engine, root
    engine.close()


def stock(root: Path, tree: Node, tokens: frozenset[str]) -> dict[int, float]:
    """Id → score as Whoosh itself gives them."""
    from whoosh import query

    def translated(node: Node) -> query.Query:
        match node:
            case Word(term):
                return query.Term("text", term)
            case And(nodes):
                return query.And([translated(each) for each in nodes])
            case Or(nodes):
                return query.Or([translated(each) for each in nodes])
            case AnyToken(some):
                return query.Or([query.Term("token", each, boost=0.0) for each in some])
        raise AssertionError(node)

    pointer = files.read_pointer(root)
    assert pointer is not None
    opened = files.Opened(pointer, {})
    try:
        asked = translated(tree)
        if EVERYTHING not in tokens:
            asked = query.And([asked, translated(AnyToken(tokens))])
        searcher = opened.index.searcher()
        ids = [opened_id for leaf in opened.leaves for opened_id in leaf.columns.ids]
        hits = {ids[number]: score for score, number in searcher.search(asked, limit=None, optimize=False).top_n}
        searcher.close()
        return hits
    finally:
        opened.close()


@pytest.mark.parametrize("text", ["t0", "t7", "t59", "t0 t1", "t3 t30 t9", "t40 OR t50", "t2 t8 OR t9", "zz"])
@pytest.mark.parametrize("tokens", [frozenset({EVERYTHING}), frozenset({"o2"}), frozenset({"h1", "o4"})], ids=len)
def test_blocks_rank_as_the_stock_searcher_does(
    index: tuple[WhooshEngine, Path], text: str, tokens: frozenset[str]
) -> None:
    engine, root = index
    expected = stock(root, parse(text), tokens)
    hits = engine.search(parse(text), allowed=tokens, limit=20)
    assert hits.total == len(expected)
    best = sorted(((round(score, 6), each) for each, score in expected.items()), reverse=True)[:20]
    assert [(round(score, 6), each) for score, each in zip(hits.scores, hits.ids, strict=True)] == best


def test_blocks_without_a_wanted_document_are_left_out(index: tuple[WhooshEngine, Path]) -> None:
    _, root = index
    pointer = files.read_pointer(root)
    assert pointer is not None
    opened = files.Opened(pointer, {})
    leaf = max(opened.leaves, key=lambda leaf: leaf.count)
    info = leaf.info("text", "t0")
    assert info is not None
    whole, weights = leaf.postings("t0", info)
    assert (len(whole), len(weights), list(whole)) == (info.doc_frequency(), len(whole), sorted(set(whole)))
    absent = next(number for number in range(leaf.count) if number not in whole)
    wanted = sorted([whole[0], whole[7], absent, whole[-1]])
    chosen = [whole[0], whole[7], whole[-1]], [weights[0], weights[7], weights[-1]]
    assert leaf.picked("t0", info, wanted) == chosen  # from the list that is kept
    leaf.columns.unpacked.clear()
    assert leaf.picked("t0", info, wanted) == chosen
    assert [numbers[0] for numbers, _ in leaf._blocks(info, [whole[0], whole[-1]])] == [whole[0], whole[2 * BLOCK]]
    assert leaf.columns.unpacked == {}
    opened.close()
