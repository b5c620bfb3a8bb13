"""Shared passages of texts: fingerprints that find who shares, and the passages themselves.

Winnowing after Schleimer, Wilkerson, Aiken, "Winnowing: Local Algorithms for Document
Fingerprinting", SIGMOD 2003: of every :data:`WINDOW` neighbouring runs of :data:`RUN`
syllables the one with the least hash is kept, so that two texts that share
:data:`GUARANTEE` syllables in a row always share a fingerprint.

Not compared: what is quoted, headings (lines in capitals), and lines that name the plans a
text stands on. Fingerprints that stand in many dossiers are nobody's own: the caller says which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from thidua.text import fold

RUN = 4
WINDOW = 4
GUARANTEE = RUN + WINDOW - 1
"""A shared passage has at least so many syllables; in a text shorter than :data:`SHORT`, :data:`RUN`."""
SHORT = 30
LONGEST_LINE = 60
"""A longer line is no heading, and a longer quotation is compared: otherwise either would hide a whole text."""
MOST_PLACES = 16
"""What stands oftener in a text (the cells of a table: "Đạt Đạt Đạt …") is followed from so many places only."""
MOST_QUOTED = 3
"""Where more than one syllable in so many is quoted, quotations are compared like everything else."""

_WORD = re.compile(r"[^\W_]+")
_LINE = re.compile(r"[^\n]+")
_QUOTED = re.compile(r"“[^“”\n]*”|«[^«»\n]*»|\"[^\"\n]*\"")
_FORMAL = re.compile(
    r"\s*(?:[-–+*•]\s*)?(?:can cu|kinh gui|thuc hien (?:ke hoach|cong van|chi thi|quyet dinh)|"
    r"(?:ke hoach|cong van|quyet dinh|nghi dinh|thong tu|chi thi) so)\b"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of words that two texts share: where it stands in the one and in the other, in characters."""

    start: int
    end: int
    other_start: int
    other_end: int


@dataclass(frozen=True, slots=True)
class Shared:
    """What a text has in common with another: per cent of its own words, and the passages in its own order."""

    percent: int
    passages: tuple[Passage, ...]


class Reading:
    """A text cut into folded syllables, with the places where each stands.

    >>> reading = Reading("Căn cứ Kế hoạch số 05/KH-BTC\\nCô giáo Hoa dạy chữ cho học sinh vùng bãi.")
    >>> reading.counted, reading.words[reading.runs[0][0]]
    (10, 'co')
    """

    __slots__ = ("counted", "runs", "spans", "words")

    def __init__(self, text: str) -> None:
        self.words: list[str] = []
        self.spans: list[tuple[int, int]] = []
        for found in _WORD.finditer(text):
            self.words.append(_folded(found[0]))
            self.spans.append(found.span())
        left_out = _left_out(text, self.spans)
        self.runs = _runs(left_out)
        self.counted = len(left_out) - sum(left_out)

    @property
    def least(self) -> int:
        """How many syllables in a row make a shared passage of this text."""
        return GUARANTEE if self.counted >= SHORT else RUN


def fingerprints(reading: Reading) -> frozenset[int]:
    """The fingerprints of a text, each a signed number of 64 bits; of a short text every run's.

    >>> fingerprints(Reading("Kho học liệu số")) == fingerprints(Reading("KHO HOC LIEU SO dùng chung"))
    False
    >>> len(fingerprints(Reading("kho học liệu số"))), len(fingerprints(Reading("học liệu")))
    (1, 0)
    """
    window = WINDOW if reading.counted >= SHORT else 1
    runs = (_hashes(reading.words, run) for run in reading.runs)
    return frozenset(number for hashes in runs for number in _winnowed(hashes, window))


def shared(ours: Reading, theirs: Reading, common: Set[int] = frozenset()) -> Shared:
    """The passages of ``ours`` that stand in ``theirs``; those all of whose fingerprints are ``common`` do not count.

    >>> told = "Mỗi tối cô lội bộ ba cây số vào xóm bãi"
    >>> found = shared(Reading(f"{told}. Tôi kể lại."), Reading(f"Chuyện rằng: {told.lower()}, ai cũng quý."))
    >>> found.percent, [f"{told}. Tôi kể lại."[p.start : p.end] for p in found.passages] == [told]
    (78, True)
    """
    passages, count = [], 0
    for at, other, length in _tiles(ours, theirs, _places(theirs, ours.least)):
        if common and _common(ours, (at, at + length), common):
            continue
        count += length
        first, last = ours.spans[at], ours.spans[at + length - 1]
        there, then = theirs.spans[other], theirs.spans[other + length - 1]
        passages.append(Passage(first[0], last[1], there[0], then[1]))
    return Shared(100 * count // ours.counted if ours.counted else 0, tuple(passages))


Places = dict[tuple[str, ...], list[tuple[int, int]]]


def _places(theirs: Reading, least: int) -> Places:
    """Where so many words stand in a row, the first :data:`MOST_PLACES` of each."""
    places: Places = {}
    for start, end in theirs.runs:
        for at in range(start, end - least + 1):
            held = places.setdefault(tuple(theirs.words[at : at + least]), [])
            if len(held) < MOST_PLACES:
                held.append((at, end))
    return places


def _tiles(ours: Reading, theirs: Reading, places: Places) -> Iterator[tuple[int, int, int]]:
    """Where a shared passage begins in each of the two, and its length in syllables; they do not overlap in ours."""
    least = ours.least
    for start, end in ours.runs:
        at = start
        while at + least <= end:
            length, other = 0, 0
            for there, limit in places.get(tuple(ours.words[at : at + least]), ()):
                long = _alike(ours, (at, end), theirs, (there, limit))
                if long > length:
                    length, other = long, there
            if length:
                yield at, other, length
            at += length or 1


def _alike(ours: Reading, run: tuple[int, int], theirs: Reading, other: tuple[int, int]) -> int:
    """How many words from the beginning of both stretches on are the same."""
    (at, end), (there, limit) = run, other
    length = ours.least
    while at + length < end and there + length < limit and ours.words[at + length] == theirs.words[there + length]:
        length += 1
    return length


def _common(reading: Reading, run: tuple[int, int], common: Set[int]) -> bool:
    kept = set(_winnowed(_hashes(reading.words, run), WINDOW))
    return bool(kept) and kept <= common


def _runs(left_out: Sequence[bool]) -> list[tuple[int, int]]:
    """The stretches of words that count, as (first, past the last)."""
    runs, start = [], None
    for at, out in enumerate([*left_out, True]):
        if not out and start is None:
            start = at
        elif out and start is not None:
            runs.append((start, at))
            start = None
    return runs


def _hashes(words: Sequence[str], run: tuple[int, int]) -> list[int]:
    start, end = run
    return [_hash(" ".join(words[at : at + RUN])) for at in range(start, end - RUN + 1)]


def _winnowed(hashes: Sequence[int], window: int) -> Iterator[int]:
    """The least of each window, the rightmost of equal ones; each place once."""
    least = -1  # where the least of the window before stands
    for first in range(max(1, len(hashes) - window + 1) if hashes else 0):
        newest = min(first + window, len(hashes)) - 1
        if least >= first and hashes[newest] > hashes[least]:
            continue
        window_now = range(first, newest + 1)
        least = newest if least >= first else min(window_now, key=lambda at: (hashes[at], -at))
        yield hashes[least]


@lru_cache(maxsize=65_536)
def _hash(run: str) -> int:
    return int.from_bytes(blake2b(run.encode(), digest_size=8).digest(), "big", signed=True)


@lru_cache(maxsize=65_536)
def _folded(word: str) -> str:
    return fold(word)


def _left_out(text: str, spans: Sequence[tuple[int, int]]) -> list[bool]:
    """By word: whether it is quoted, or stands in a heading or a formal line."""
    quoted = _covered(spans, [m.span() for m in _QUOTED.finditer(text)])
    if sum(quoted) * MOST_QUOTED > len(spans):
        quoted = [False] * len(spans)
    formal = _covered(spans, [m.span() for m in _LINE.finditer(text) if _is_heading(m[0])])
    return [one or other for one, other in zip(quoted, formal, strict=True)]


def _is_heading(line: str) -> bool:
    return (line.isupper() and len(line.split()) > 1) or _FORMAL.match(fold(line)) is not None


def _covered(spans: Sequence[tuple[int, int]], covers: Sequence[tuple[int, int]]) -> list[bool]:
    """By word: whether it lies in one of the covers, those of more than :data:`LONGEST_LINE` words apart."""
    found, at = [False] * len(spans), 0
    for start, end in covers:
        while at < len(spans) and spans[at][0] < start:
            at += 1
        first = at
        while at < len(spans) and spans[at][1] <= end:
            at += 1
        if at - first <= LONGEST_LINE:
            found[first:at] = [True] * (at - first)
    return found
