"""Search, measured beside "Whoosh as tutorials show it", in one run.

    python bench/search.py [--dossiers 10000] [--seed 1]

Prints a table of medians in milliseconds and the ratios that matter. No word is searched twice by the same engine, so
that nothing kept of an earlier search helps.
"""

# ruff: noqa: SIM905 -- three lists in the shape they are read in
from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

from thidua.search import whoosh_api  # noqa: F401 -- first: it keeps Whoosh's compile warnings quiet
from thidua.search.engine import EVERYTHING, IndexDocument
from thidua.search.fold import Vocabulary
from thidua.search.query import highlights, parse
from thidua.search.snippets import snippets
from thidua.search.whoosh_engine import WhooshEngine

ALL = frozenset({EVERYTHING})
FACETS = ("y:", "o", "k:", "s:")
VOCABULARY = Vocabulary(
    {"CSTĐCS": "chiến sĩ thi đua cơ sở", "SKKN": "sáng kiến kinh nghiệm", "CNTT": "công nghệ thông tin"},
    frozenset({"thi đua", "học liệu", "sáng kiến", "giáo viên", "học sinh"}),
)
COMMON = (
    "và của các trong học giáo viên sinh là được có cho năm với trường thi đua dạy tốt đã những theo về công tác "
    "sáng kiến kinh nghiệm đổi mới phương pháp chất lượng hiệu quả nhà lớp môn toán văn tiếng việt anh khoa hoạt "
    "động tổ chức thực hiện kế hoạch số liệu kho bài giảng điện tử phụ huynh cha mẹ an toàn y tế ý thức kỷ luật "
).split()
ONSETS = "b c ch d đ g gh gi h k kh l m n ng nh ph q r s t th tr v x".split()
RIMES = (
    "a á à ả ạ an án àn ang áng anh ành ao áo ăn ăng âm ấn âu e é en eo ê ến ệt i ìn ích iên iếu iệu o ó òa ong "
    "óng oi ô ồ ông ốt ơ ời ơn u ú ung úc ư ứ ưng ươi ương ước y "
).split()


def vocabulary(rng: random.Random) -> tuple[list[str], list[float]]:
    """Syllables and names by rank, with Zipf's weights."""
    made = sorted({onset + rime for onset in ONSETS for rime in RIMES} - set(COMMON))
    rng.shuffle(made)
    usual = [*COMMON, *made]
    rare = [f"từhiếm{number}" for number in range(4000)]
    weights = [*(1 / (rank + 2.7) for rank in range(len(usual))), *(0.00003 for _ in rare)]
    return [*usual, *rare], list(accumulate(weights))


def dossiers(number: int, seed: int) -> Iterator[IndexDocument]:
    """Dossiers with answers and the texts of about three attachments: 150 to 1,500 syllables."""
    rng = random.Random(seed)
    words, weights = vocabulary(rng)
    for each in range(1, number + 1):
        text = rng.choices(words, cum_weights=weights, k=int(150 + 1350 * rng.random() ** 2))
        for start in range(0, len(text), 17):
            text[start] = text[start].capitalize() if start else f"{each}/TTr-THHS {text[start]}"
        year = 2016 + each % 10
        tokens = {f"o{each % 100}", f"y:NH{year}", f"k:phong-trao-{each % 3}", f"s:{each % 4}"}
        yield IndexDocument(each, " ".join(text), frozenset(tokens), 700_000 + each, year)


class Tutorial:
    """Whoosh as tutorials show it: analyzed stored fields, a searcher per query, its highlighter."""

    def __init__(self, folder: str, documents: list[IndexDocument]) -> None:
        from whoosh import fields, index

        schema = fields.Schema(id=fields.ID(stored=True, unique=True), unit=fields.ID, text=fields.TEXT(stored=True))
        self.index = index.create_in(folder, schema)
        writer = self.index.writer(limitmb=256)
        for document in documents:
            writer.add_document(id=str(document.id), unit=f"o{document.id % 100}", text=document.text)
        writer.commit()

    def search(self, text: str, unit: str = "", *, marks: bool = True) -> int:
        from whoosh.qparser import QueryParser
        from whoosh.query import Term

        with self.index.searcher() as searcher:
            query = QueryParser("text", self.index.schema).parse(text)
            hits = searcher.search(query, limit=20, filter=Term("unit", unit) if unit else None)
            return len(hits) + sum(len(hit.highlights("text")) for hit in hits if marks)

    def update(self, document: IndexDocument) -> None:
        writer = self.index.writer()
        writer.update_document(id=str(document.id), unit="o1", text=document.text)
        writer.commit()


def median(*works: Callable[[int], object], times: int = 15) -> list[float]:
    """Milliseconds of processor time of each, which take turns; the first one of all is not counted."""
    taken: list[list[float]] = [[] for _ in works]
    for turn in range(times + 1):
        for place, work in enumerate(works):
            start = time.process_time()
            work(turn)
            taken[place].append((time.process_time() - start) * 1000)
    return [statistics.median(each[1:]) for each in taken]


def resident() -> float:
    with Path("/proc/self/statm").open() as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


class Ours:
    def __init__(self, folder: Path, documents: list[IndexDocument]) -> None:
        self.texts = {document.id: document.text for document in documents}
        self.folder = folder
        self.engine = WhooshEngine(folder, VOCABULARY)
        self.engine.rebuild(documents)

    def search(self, text: str, allowed: frozenset[str] = ALL, *, marks: bool = True, facets: bool = True) -> int:
        tree = parse(text, VOCABULARY)
        hits = self.engine.search(tree, allowed=allowed, facets=FACETS if facets else ())
        if marks:
            shown = highlights(tree, VOCABULARY)
            for each in hits.ids:
                snippets(self.texts[each], shown)
        return hits.total

    def found(self, text: str) -> tuple[list[str], tuple[str, ...]]:
        """The texts of a first page, and what to highlight in them."""
        tree = parse(text, VOCABULARY)
        ids = self.engine.search(tree, allowed=ALL).ids
        return [self.texts[each] for each in ids], highlights(tree, VOCABULARY)

    def changed(self, document: IndexDocument, word: str) -> None:
        """Its text now ends in ``word``, and by that it is found."""
        self.engine.update([replace(document, text=f"{document.text} {word}")])
        assert self.engine.search(parse(word), allowed=document.tokens).ids == [document.id]

    def forget(self) -> None:
        """Nothing is kept of earlier searches, not even the open index, as in a program just started."""
        self.engine.close()
        self.engine = WhooshEngine(self.folder, VOCABULARY)


def line(what: str, ours: float, theirs: float | None, bound: str, good: bool) -> None:
    beside = f"{theirs:10.2f} {ours / theirs:8.4f}" if theirs else f"{'':10} {'':8}"
    print(f"{what:52}{ours:10.2f}{beside}  {bound:22} {'ok' if good else 'MISSED'}")


def measure(ours: Ours, theirs: Tutorial, documents: list[IndexDocument]) -> None:
    """Every search is for a word that was not searched before, most in the name of another user."""
    common, rare = words_of(documents)
    print(f"\n{len(common)} common words, each in a tenth of the dossiers or more; {len(rare)} rare ones, in 5 to 40")
    print(f"{'median ms of processor time, a new word each time':52}{'ours':>10}{'tutorial':>10} {'ratio':>8}  bound")
    against(ours, theirs, common, rare)
    restricted(ours, common, rare)
    passages(ours, common)
    rng = random.Random(3)
    picked = rng.sample(documents, 41)
    again = [replace(one, text=" ".join(rng.sample(one.text.split(), k=len(one.text.split())))) for one in picked]
    (a,) = median(lambda turn: ours.changed(again[turn], f"lầnđổi{turn}"), times=40)
    (b,) = median(lambda turn: theirs.update(again[turn]), times=5)
    line("one changed dossier, another each time, visible", a, b, "≤ 50 ms", a <= 50)
    (a,) = median(lambda turn: (ours.forget(), ours.search(common[turn])))
    line("the first search after a start, 20 snippets, 4 facets", a, None, "", True)


def words_of(documents: list[IndexDocument]) -> tuple[list[str], list[str]]:
    """Common words and rare ones, as the texts have them, in an order without meaning."""
    found = Counter(word for document in documents for word in set(document.text.lower().split()))
    common = sorted(word for word, times in found.items() if times >= len(documents) / 10)
    rare = sorted(word for word, times in found.items() if 5 <= times <= 40 and word.isalnum())
    for words in (common, rare):
        random.Random(2).shuffle(words)
    return common, rare


def against(ours: Ours, theirs: Tutorial, common: list[str], rare: list[str]) -> None:
    unit = [frozenset({f"o{number}"}) for number in range(100)]
    ways: list[tuple[str, float, Callable[[int], object], Callable[[int], object]]] = [
        (
            "common word, 20 snippets",
            4,
            lambda n: ours.search(common[n], facets=False),
            lambda n: theirs.search(common[n]),
        ),
        (
            "common word, 20 snippets, 4 facets",
            4,
            lambda n: ours.search(common[n + 20]),
            lambda n: theirs.search(common[n + 20]),
        ),
        ("rare word, snippets", 50, lambda n: ours.search(rare[n], facets=False), lambda n: theirs.search(rare[n])),
        (
            "rare word, another user, snippets, 4 facets",
            50,
            lambda n: ours.search(rare[n + 20], frozenset().union(*unit[n : n + 50])),
            lambda n: theirs.search(rare[n + 20]),
        ),
        (
            "common word filtered to another unit, snippets",
            50,
            lambda n: ours.search(common[n + 40], unit[n], facets=False),
            lambda n: theirs.search(common[n + 40], f"o{n}"),
        ),
        (
            "rare word filtered to another unit, snippets",
            50,
            lambda n: ours.search(rare[n + 40], unit[n + 20], facets=False),
            lambda n: theirs.search(rare[n + 40], f"o{n + 20}"),
        ),
        (
            "four common words, 20 snippets, 4 facets",
            0,
            lambda n: ours.search(" ".join(common[60 + 4 * n : 64 + 4 * n])),
            lambda n: theirs.search(" ".join(common[60 + 4 * n : 64 + 4 * n])),
        ),
    ]
    for what, bound, mine, tutorial in ways:
        a, b = median(mine, tutorial)
        line(what, a, b, f"≤ 1/{bound}" if bound else "", not bound or a <= b / bound)


def restricted(ours: Ours, common: list[str], rare: list[str]) -> None:
    """To 1 % of the dossiers: of two new words, one is searched by somebody who sees all, one by a new user."""
    unit = [frozenset({f"o{number}"}) for number in range(99, 40, -1)]
    phrases = [" ".join(common[at : at + 3]) for at in range(0, 120, 2)]
    for what, words in (("common word", common[130:]), ("three common words", phrases), ("rare word", rare[100:])):
        a, b = median(
            lambda n, words=words: ours.search(words[2 * n], unit[n], marks=False, facets=False),  # type: ignore[misc]
            lambda n, words=words: ours.search(words[2 * n + 1], marks=False, facets=False),  # type: ignore[misc]
            times=25,
        )
        line(f"{what} restricted to 1 %, beside unrestricted", a, b, "≤ unrestricted", a <= b)


def passages(ours: Ours, common: list[str]) -> None:
    phrases = [f"{one} {other}" for one, other in zip(common[::2], common[1::2], strict=False)]
    for what, words in (("common word", common[::-1]), ("two common words", phrases)):
        pages = [ours.found(word) for word in words[:26]]
        (a,) = median(
            lambda n, pages=pages: [snippets(text, pages[n][1]) for text in pages[n][0]],  # type: ignore[misc]
            times=25,
        )
        line(f"snippets of 20 rows, {what}", a, None, "≤ 2 ms", a <= 2)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--dossiers", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    documents = list(dossiers(asked.dossiers, asked.seed))
    syllables = sum(document.text.count(" ") + 1 for document in documents)
    print(f"{len(documents)} dossiers, {syllables / len(documents):.0f} syllables each")
    with tempfile.TemporaryDirectory() as ours_in, tempfile.TemporaryDirectory() as theirs_in:
        before, start = resident(), time.perf_counter()
        ours = Ours(Path(ours_in), documents)
        taken = time.perf_counter() - start
        ours.search("giáo viên")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        print(f"ours: built in {taken:.1f} s, {ours.engine.health().bytes / 1e6:.0f} MB on disk,", end=" ")
        print(f"memory {before:.0f} MB before, {resident():.0f} after, {peak:.0f} at most")
        start = time.perf_counter()
        theirs = Tutorial(theirs_in, documents)
        print(f"tutorial: built in {time.perf_counter() - start:.1f} s")
        measure(ours, theirs, documents)
        ours.engine.close()


if __name__ == "__main__":
    main()
