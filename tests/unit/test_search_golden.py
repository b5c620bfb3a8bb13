"""One golden set of judged queries, against every engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from thidua.search import phrases
from thidua.search.engine import Engine, Hits
from thidua.search.fold import folded_text
from thidua.search.query import parse, resolve
from thidua.search.snippets import rerank
from thidua.search.whoosh_engine import WhooshEngine
from unit.search_golden import DOCUMENTS, GOLDEN, TEXTS, VOCABULARY, Judged

ENGINES = {"whoosh": lambda path: WhooshEngine(path, VOCABULARY)}


@pytest.fixture(scope="module", params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder: Path = tmp_path_factory.mktemp("golden")
    built: Engine = ENGINES[request.param](folder)
    built.rebuild(DOCUMENTS[:9])
    built.update(DOCUMENTS[9:])  # two segments: ranks must not depend on where a document lies
    yield built
    built.close()


def texts(ids: Sequence[int]) -> dict[int, str]:
    return {each: folded_text(TEXTS[each]) for each in ids}


def ask(engine: Engine, case: Judged) -> Hits:
    tree = resolve(parse(case.query, VOCABULARY), lambda _: frozenset())
    return phrases.search(engine, tree, texts, allowed=case.allowed, limit=50, vocabulary=VOCABULARY)


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: f"{case.query}|{' '.join(sorted(case.allowed))}")
def test_golden_query_finds_exactly_the_judged_dossiers(engine: Engine, case: Judged) -> None:
    hits = ask(engine, case)
    assert (sorted(hits.ids), hits.total, hits.exact) == (sorted(case.ids), len(case.ids), True)


@pytest.mark.parametrize("case", [case for case in GOLDEN if case.first], ids=lambda case: case.query)
def test_golden_query_puts_the_exact_text_first(engine: Engine, case: Judged) -> None:
    hits = ask(engine, case)
    rows = [(each, score, TEXTS[each]) for each, score in zip(hits.ids, hits.scores, strict=True)]
    assert tuple(row[0] for row in rerank(rows, case.query))[: len(case.first)] == case.first
