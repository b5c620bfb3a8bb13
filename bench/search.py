"""Search, measured beside "Whoosh as tutorials show it", in one run.

    python bench/search.py [--dossiers 10000] [--seed 1]

Prints a table of medians in milliseconds and the ratios that matter.
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
from collections.abc import Callable, Iterator
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


def median(work: Callable[[], object], times: int = 15) -> float:
    """Milliseconds, after one run to warm up."""
    work()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def resident() -> float:
    with Path("/proc/self/statm").open() as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


class Ours:
    def __init__(self, folder: Path, documents: list[IndexDocument]) -> None:
        self.texts = {document.id: document.text for document in documents}
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

    def snippets(self, text: str) -> Callable[[], object]:
        tree = parse(text, VOCABULARY)
        ids = self.engine.search(tree, allowed=ALL).ids
        shown = highlights(tree, VOCABULARY)
        return lambda: [snippets(self.texts[each], shown) for each in ids]

    def changed(self, document: IndexDocument) -> None:
        self.engine.update([document])
        self.engine.search(parse("thi đua"), allowed=frozenset({"o1"}))


def line(what: str, ours: float, theirs: float | None, bound: str, good: bool) -> None:
    beside = f"{theirs:10.2f} {ours / theirs:8.4f}" if theirs else f"{'':10} {'':8}"
    print(f"{what:44}{ours:10.2f}{beside}  {bound:22} {'ok' if good else 'MISSED'}")


def measure(ours: Ours, theirs: Tutorial, change: IndexDocument) -> None:
    one_percent = frozenset({"o1"})
    print(f"\n{'median ms':44}{'ours':>10}{'tutorial':>10} {'ratio':>8}  bound")
    a, b = median(lambda: ours.search("giáo")), median(lambda: theirs.search("giáo"), 5)
    line("common word, 20 snippets, 4 facets", a, b, "≤ 1/4", a <= b / 4)
    a = median(lambda: ours.search("giáo", facets=False))
    line("common word, 20 snippets", a, b, "≤ 1/4", a <= b / 4)
    fresh = iter(COMMON[:45])
    a = median(lambda: ours.search(next(fresh), facets=False), 40)
    line("another common word each time, 20 snippets", a, b, "≤ 1/4", a <= b / 4)
    rare = "từhiếm77"
    a, b = median(lambda: ours.search(rare, facets=False)), median(lambda: theirs.search(rare), 5)
    line(f"rare word ({ours.search(rare)} hits), snippets", a, b, "≤ 1/50", a <= b / 50)
    a = median(lambda: ours.search(rare))
    line("rare word, snippets, 4 facets", a, b, "≤ 1/50", a <= b / 50)
    fresh = iter(COMMON[45:])
    a, b = median(lambda: ours.search("giáo", one_percent)), median(lambda: theirs.search("giáo", "o1"), 5)
    line("common word filtered to a unit, snippets", a, b, "≤ 1/50", a <= b / 50)
    a = median(lambda: ours.search(next(fresh), one_percent), 25)
    line("another word each time, filtered, snippets", a, b, "", True)
    a, b = median(lambda: ours.search("sang kien doi moi")), median(lambda: theirs.search("sáng kiến đổi mới"), 5)
    line("four common words, 20 snippets, 4 facets", a, b, "", True)
    for text in ("giáo", "sáng kiến đổi mới", rare):
        free = median(lambda text=text: ours.search(text, marks=False))  # type: ignore[misc]
        bound = median(lambda text=text: ours.search(text, one_percent, marks=False))  # type: ignore[misc]
        line(f"{text!r} restricted to 1 %", bound, free, "≤ unrestricted", bound <= free)
    for text in ("giáo", "sáng kiến đổi mới", "học liệu"):
        a = median(ours.snippets(text))
        line(f"snippets of 20 rows, {text!r}", a, None, "≤ 2 ms", a <= 2)
    a, b = median(lambda: ours.changed(change), 40), median(lambda: theirs.update(change), 3)
    line("one changed dossier, visible", a, b, "≤ 50 ms", a <= 50)


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
        measure(ours, theirs, documents[1])
        ours.engine.close()


if __name__ == "__main__":
    main()
