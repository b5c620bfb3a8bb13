"""Text → index terms: the one chain used by every engine, for documents and queries.

NFC → lower case → no marks (đ, ð → d) → words. No stop list, no stemmer and no
minimum length: "an", "y", "can", "to", "the" are Vietnamese syllables.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from thidua.text import fold

# A longer "word" is the residue of a damaged file; it is cut alike in texts and queries.
WORD = re.compile(r"[^\W_]{1,64}")
RUN = re.compile(r"[^\W_]{1,64}(?:[/&\u2013-][^\W_]{1,64})+")
_JOINT = re.compile(r"[/&\u2013-](?<=[^\W_].)(?=[^\W_])")
_LONGEST_RUN = 6


def words(text: str) -> list[str]:
    """The terms of ``text``: its folded words in order, then its joined ones.

    What is written together with ``/``, ``-``, ``–`` or ``&`` is also kept whole,
    and so is each stretch of it, always joined by ``/``: a document number is
    found by its beginning, a date by its month.

    >>> words("Số 258/KH-UBND")
    ['so', '258', 'kh', 'ubnd', '258/kh', '258/kh/ubnd', 'kh/ubnd']
    >>> words("Y tế Ý An, ÂN")
    ['y', 'te', 'y', 'an', 'an']
    """
    folded = fold(text)
    return [*WORD.findall(folded), *_joined(folded)]


def folded_text(text: str) -> str:
    """What is stored beside the original: folded words, one blank before, between and after each.

    A phrase stands in the text if ``f" {phrase} "`` is in this string.

    >>> folded_text("Trường THCS Hoà-Bình.")
    ' truong thcs hoa binh '
    """
    return f" {' '.join(WORD.findall(fold(text)))} "


def counts(text: str, vocabulary: Vocabulary | None = None) -> Counter[str]:
    """How often each term stands in ``text``, compounds and abbreviations included.

    >>> vocabulary = Vocabulary({"SKKN": "sáng kiến kinh nghiệm"}, {"sáng kiến"})
    >>> sorted(counts("SKKN", vocabulary))
    ['sang kien kinh nghiem', 'skkn']
    >>> counts("Sáng kiến, sáng kiến", vocabulary)["sang kien"]
    2
    """
    folded = fold(text)
    singles = WORD.findall(folded)
    found = Counter(singles)
    found.update(_joined(folded))
    if vocabulary is not None:
        found.update(vocabulary.together(found, singles))
    return found


def _joined(folded: str) -> Iterator[str]:
    done = 0
    for joint in _JOINT.finditer(folded):
        start = joint.start()
        if start < done:
            continue
        while start > done and folded[start - 1].isalnum():
            start -= 1
        run = RUN.match(folded, start)
        if run is None:
            continue
        done = run.end()
        yield from stretches(WORD.findall(run[0]))


def stretches(parts: list[str]) -> Iterator[str]:
    """Every stretch of two or more neighbours, joined by ``/``; none for a very long run."""
    if len(parts) > _LONGEST_RUN:
        return
    for first in range(len(parts) - 1):
        for last in range(first + 2, len(parts) + 1):
            yield "/".join(parts[first:last])


def _apart(words: Iterable[str]) -> str:
    """Each word with blanks of its own, so that neighbours share none when they are counted."""
    return "".join(f" {word} " for word in words)


def term_of(text: str) -> str:
    """The one term by which a compound or an abbreviation is indexed.

    >>> term_of("Chiến sĩ thi đua"), term_of("GD&ĐT"), term_of("CSTĐCS")
    ('chien si thi dua', 'gd/dt', 'cstdcs')
    """
    folded = fold(text)
    joint = "/" if RUN.fullmatch(folded.strip()) else " "
    return joint.join(WORD.findall(folded))


@dataclass(frozen=True)
class Vocabulary:
    """Words that belong together, given by the caller.

    ``abbreviations``: short form → long form; a text with either is found by both.
    ``compounds``: sequences of words that are often searched as phrases; they are
    indexed as one term each, so that their phrase costs as little as a word.
    """

    abbreviations: Mapping[str, str] = field(default_factory=dict)
    compounds: Collection[str] = ()
    same: Mapping[str, frozenset[str]] = field(init=False, repr=False, compare=False)
    sequences: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    spelled: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        groups: dict[str, set[str]] = {}
        for short, long in self.abbreviations.items():
            groups.setdefault(term_of(long), {term_of(long)}).add(term_of(short))
        same: dict[str, frozenset[str]] = {}
        for group in groups.values():
            for term in group:
                same[term] = same.get(term, frozenset()) | group
        several = [*self.compounds, *self.abbreviations.values()]
        sequences = {term_of(each): tuple(WORD.findall(fold(each))) for each in several}
        object.__setattr__(self, "same", same)
        # The longest first: "thi đua" within "chiến sĩ thi đua" must not break it up.
        longest = sorted(
            (term for term, seq in sequences.items() if len(seq) > 1), key=lambda term: -len(sequences[term])
        )
        object.__setattr__(self, "sequences", {term: sequences[term] for term in longest})
        spelled = {term_of(each): each for each in [*self.abbreviations, *several]}
        object.__setattr__(self, "spelled", spelled)

    def together(self, found: Mapping[str, int], singles: list[str]) -> Counter[str]:
        """The terms to add to a text that has ``found`` and, in order, ``singles``."""
        more: Counter[str] = Counter()
        joined = ""
        for term, sequence in self.sequences.items():
            if all(word in found for word in sequence):
                joined = joined or _apart(singles)
                times = joined.count(_apart(sequence))
                if times:
                    more[term] = times
        for term in self.same.keys() & (found.keys() | more.keys()):
            times = found.get(term, 0) or more[term]
            for other in self.same[term] - {term}:
                if other not in found:
                    more[other] = max(more[other], times)
        return more


NO_VOCABULARY = Vocabulary()
