"""Permissions, filters, facets, order and pages: what the protocol promises."""

from __future__ import annotations

import random
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thidua.search import phrases
from thidua.search.engine import EVERYTHING, Health, Hits, IndexDocument
from thidua.search.fold import folded_text, words
from thidua.search.query import And, AnyToken, Not, Or, Word, YearRange, parse
from thidua.search.whoosh_engine import WhooshEngine

ALL = frozenset({EVERYTHING})
RNG = random.Random(5)
TEXTS = {
    each: " ".join(RNG.choices(["an", "bàn", "cô", "dì", "em", "gà", "hoa", "inh"], k=RNG.randint(1, 30)))
    for each in range(400)
}


def document(each: int, text: str = "", date: int | None = None) -> IndexDocument:
    tokens = {f"o{each % 7}", f"y:NH{2020 + each % 3}", "s:new" if each % 2 else "s:old", *(["k:x", "k:y"][: each % 3])}
    return IndexDocument(each, text or TEXTS[each], frozenset(tokens), each if date is None else date, 2020 + each % 3)


DOCUMENTS = {each: document(each) for each in TEXTS}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhooshEngine]:
    built = WhooshEngine(tmp_path_factory.mktemp("index"))
    built.rebuild(document(each, "cũ kỹ") for each in range(300))
    for start in range(0, 400, 80):
        built.update(DOCUMENTS[each] for each in range(start, start + 80))
    yield built
    built.close()


def having(term: str) -> set[int]:
    return {each for each, text in TEXTS.items() if term in words(text)}


def found(engine: WhooshEngine, text: str, **more: object) -> set[int]:
    hits = engine.search(parse(text), allowed=ALL, limit=1000, **more)  # type: ignore[arg-type]
    assert (hits.total, hits.exact, hits.state) == (len(hits.ids), True, "ready")
    assert hits.scores == sorted(hits.scores, reverse=True)
    return set(hits.ids)


def test_search_finds_what_plain_sets_find(engine: WhooshEngine) -> None:
    an, ban, co = having("an"), having("ban"), having("co")
    assert found(engine, "an") == an
    assert found(engine, "bàn an") == an & ban
    assert found(engine, "an -ban") == an - ban
    assert found(engine, "an OR ban co") == (an | ban) & co
    assert found(engine, "-an") == set(TEXTS) - an
    assert found(engine, "an nam:2021") == {each for each in an if each % 3 == 1}
    assert found(engine, "an -nam:2021..2022") == {each for each in an if each % 3 == 0}
    assert found(engine, "cũ") == set()
    assert (
        set(engine.search(Or((AnyToken(frozenset({"o1"})), Word("an"))), allowed=ALL, limit=999).ids)
        == {each for each in TEXTS if each % 7 == 1} | an
    )
    assert engine.search(And((AnyToken(frozenset()), Word("an"))), allowed=ALL).total == 0


def test_search_shows_only_what_a_token_opens(engine: WhooshEngine) -> None:
    hits = engine.search(parse("an"), allowed=frozenset({"o1", "o2", "o99"}), limit=1000, facets=["o", "y:"])
    visible = {each for each in having("an") if each % 7 in (1, 2)}
    assert (set(hits.ids), hits.total) == (visible, len(visible))
    assert hits.facets["o"] == Counter(f"o{each % 7}" for each in visible)
    assert hits.facets["y:"] == Counter(f"y:NH{2020 + each % 3}" for each in visible)


@pytest.mark.parametrize("allowed", [None, frozenset(), frozenset({"o99"})])
def test_search_without_rights_finds_and_counts_nothing(engine: WhooshEngine, allowed: frozenset[str] | None) -> None:
    assert engine.search(And(()), allowed=allowed, facets=["o"]) == Hits(facets={"o": {}})


def test_search_leaves_conflicts_out_of_hits_totals_and_facets(engine: WhooshEngine) -> None:
    conflicts = frozenset(sorted(having("an"))[::2])
    for allowed in (ALL, frozenset(f"o{unit}" for unit in range(7))):
        hits = engine.search(parse("an"), allowed=allowed, without=conflicts | {9999}, limit=1000, facets=["o"])
        left = having("an") - conflicts
        assert (set(hits.ids), hits.total, sum(hits.facets["o"].values())) == (left, len(left), len(left))


def test_search_filters_are_all_of_any(engine: WhooshEngine) -> None:
    filters = {"unit": frozenset({"o1", "o3"}), "state": frozenset({"s:new"})}
    expected = {each for each in having("an") if each % 7 in (1, 3) and each % 2}
    assert found(engine, "an", filters=filters) == expected
    assert found(engine, "an", filters={"unit": frozenset()}) == set()
    some = frozenset(sorted(having("an"))[:9])
    assert found(engine, "an", only=some | {9999}) == some


def test_facets_count_every_token_of_a_dossier(engine: WhooshEngine) -> None:
    hits = engine.search(And(()), allowed=ALL, limit=0, facets=["k:", "none:"])
    expected = {"k:x": sum(each % 3 > 0 for each in TEXTS), "k:y": sum(each % 3 > 1 for each in TEXTS)}
    assert (hits.facets, hits.ids, hits.total) == ({"k:": expected, "none:": {}}, [], 400)


def test_newest_first_is_the_order_asked_for_and_of_queries_that_rank_nothing(engine: WhooshEngine) -> None:
    newest = sorted(having("an"), reverse=True)
    assert engine.search(parse("an"), allowed=ALL, order="newest", limit=1000).ids == newest
    assert (
        engine.search(parse("nam:2021 -an"), allowed=ALL, limit=3).ids
        == [each for each in sorted(TEXTS, reverse=True) if each % 3 == 1 and each not in having("an")][:3]
    )


def test_pages_put_together_are_the_whole_list(engine: WhooshEngine) -> None:
    whole = engine.search(parse("an bàn"), allowed=ALL, limit=1000)
    pages = [engine.search(parse("an bàn"), allowed=ALL, offset=start, limit=20) for start in range(0, 420, 20)]
    assert [each for page in pages for each in page.ids] == whole.ids
    assert {page.total for page in pages} == {whole.total}


def test_equal_ranks_are_newest_first_then_by_id(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path)
    engine.rebuild([document(1, "hoa", 5), document(2, "hoa", 9), document(3, "hoa", 5)])
    assert engine.search(parse("hoa"), allowed=ALL).ids == [2, 3, 1]
    engine.close()


def test_update_replaces_adds_and_removes_at_once(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path)
    assert engine.rebuild([document(1, "hoa"), document(2, "hoa"), document(3, "hoa")]) == 3
    engine.update([document(1, "mai"), document(4, "đầu"), document(4, "mai")], deleted=[2, 77])
    assert sorted(engine.search(parse("hoa OR mai OR đầu"), allowed=ALL).ids) == [1, 3, 4]
    assert sorted(engine.search(parse("mai"), allowed=ALL).ids) == [1, 4]
    engine.update()
    assert (engine.health().documents, engine.health().state) == (3, "ready")
    engine.close()


def test_many_updates_keep_few_segments_and_right_answers(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path)
    engine.rebuild(document(each, "hoa") for each in range(20))
    for turn in range(24):
        engine.update([document(turn % 20, f"mai {turn}")], deleted=[19 - turn % 20] if turn % 8 == 0 else [])
        engine.update([document(19 - turn % 20, "lan")])
    lan = set(engine.search(parse("lan"), allowed=ALL, limit=99).ids)
    mai = set(engine.search(parse("mai"), allowed=ALL, limit=99).ids)
    assert (lan | mai, lan & mai, engine.health().documents) == (set(range(20)), set(), 20)
    assert engine.health().segments < 12
    engine.close()


def test_every_thread_sees_the_latest_commit(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path)
    engine.rebuild([document(1, "hoa")])
    seen: list[list[int]] = []
    step = threading.Barrier(2, timeout=20)

    def look() -> None:
        for _ in range(3):
            step.wait()
            seen.append(engine.search(parse("hoa"), allowed=ALL).ids)
            step.wait()

    thread = threading.Thread(target=look)
    thread.start()
    for each in (2, 3, 4):
        step.wait()
        step.wait()
        if each < 4:
            engine.update([document(each, "hoa")])
    thread.join()
    assert seen == [[1], [2, 1], [3, 2, 1]]
    engine.close()


def test_an_engine_can_be_closed_and_used_by_another(tmp_path: Path) -> None:
    first = WhooshEngine(tmp_path)
    first.rebuild([document(1, "hoa")])
    first.close()
    second = WhooshEngine(tmp_path)
    assert second.search(parse("hoa"), allowed=ALL).ids == [1]
    health = second.health()
    assert health == Health("ready", 1, 1, health.bytes, False)
    second.close()


def test_a_document_without_words_is_found_by_its_filters(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path)
    engine.rebuild([document(1, "..."), document(2, "hoa")])
    assert engine.search(And(()), allowed=ALL).ids == [2, 1]
    assert engine.search(Not(YearRange(2022, 2022)), allowed=ALL).ids == [1]
    engine.close()


# -- phrases -------------------------------------------------------------------------


def texts(ids: list[int]) -> dict[int, str]:
    return {each: folded_text(TEXTS[each]) for each in ids}


def test_phrases_are_verified_counted_and_paged(engine: WhooshEngine) -> None:
    right = {each for each in TEXTS if " an ban " in folded_text(TEXTS[each])}
    hits = phrases.search(engine, parse('"an bàn"'), texts, allowed=ALL, limit=400, facets=["o"])
    assert (set(hits.ids), hits.total, hits.exact) == (right, len(right), True)
    assert hits.facets["o"] == Counter(f"o{each % 7}" for each in right)
    second = phrases.search(engine, parse('"an bàn"'), texts, allowed=ALL, limit=5, offset=5)
    assert (second.ids, second.total) == (hits.ids[5:10], len(right))
    assert phrases.search(engine, parse('an -"an bàn"'), texts, allowed=ALL).total == len(having("an") - right)


def test_phrases_beyond_the_first_candidates_are_more_than_counted(engine: WhooshEngine) -> None:
    hits = phrases.search(engine, parse('"an bàn"'), texts, allowed=ALL, first=20, limit=50)
    assert hits.exact is False
    assert hits.total == len(hits.ids) < 21


def test_phrases_ask_only_for_texts_that_may_be_seen(engine: WhooshEngine) -> None:
    asked: list[int] = []

    def text_of(ids: list[int]) -> dict[int, str]:
        asked.extend(ids)
        return texts(ids)

    phrases.search(engine, parse('"an bàn"'), text_of, allowed=frozenset({"o1"}), without=frozenset({8}))
    assert {each % 7 for each in asked} == {1}
    assert 8 not in asked


def test_a_hit_whose_text_is_gone_is_none(engine: WhooshEngine) -> None:
    assert phrases.search(engine, parse('"an bàn"'), lambda _: {}, allowed=ALL).ids == []


# -- anything typed, anything done -----------------------------------------------------

SIGNS = ["an", "bàn ", '"', "-", " OR ", "nam:", "2021", "..", "đơn vị:", "/", "&", "(", "*", "\\", "\x00", "hoa inh"]


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(SIGNS) | st.text(max_size=4), max_size=20).map("".join))
def test_no_query_fails_or_finds_what_is_hidden(engine: WhooshEngine, text: str) -> None:
    hits = phrases.search(engine, parse(text), texts, allowed=frozenset({"o1"}), limit=1000, facets=["o"])
    assert {each % 7 for each in hits.ids} <= {1}
    assert hits.facets["o"] == ({"o1": hits.total} if hits.total else {})
    assert (len(hits.ids), hits.state) == (hits.total, "ready")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["update", "update", "delete", "rebuild", "reopen", "damage"]),
        st.frozensets(st.integers(0, 11), max_size=4),
        st.sampled_from(["an", "bàn", "an bàn"]),
    ),
    max_size=12,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_the_index_is_what_was_put_into_it(steps: list[tuple[str, frozenset[int], str]]) -> None:
    model: dict[int, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        engine = WhooshEngine(Path(folder))
        engine.rebuild([])
        for action, ids, text in steps:
            if action == "update":
                model |= dict.fromkeys(ids, text)
                engine.update(document(each, text) for each in ids)
            elif action == "delete":
                model = {each: text for each, text in model.items() if each not in ids}
                engine.update(deleted=ids)
            else:
                engine.close()
                if action == "damage":
                    (Path(folder) / "current").write_bytes(b"")
                engine = WhooshEngine(Path(folder))
                if action != "reopen":
                    engine.rebuild(document(each, text) for each, text in model.items())
            for word in ("an", "bàn"):
                expected = {each for each, text in model.items() if word in text.split()}
                assert set(engine.search(parse(word), allowed=ALL).ids) == expected
            assert engine.health().documents == len(model)
        engine.close()
