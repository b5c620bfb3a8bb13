"""What is shown of a hit: passages of the original text with the found words marked.

One regular expression of character classes runs over the text as it was written:
no analyzer, no folding of the text, no offsets to map back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, islice
from typing import Final

from thidua.search.fold import WORD
from thidua.search.query import is_marked
from thidua.text import canonical_tone, fold

RERANKED: Final = 200
_LOOKED_AT: Final = 16
_AROUND: Final = 80  # characters before a phrase in which its words may stand too
_BETWEEN = r"[\W_]{1,3}"


@dataclass(frozen=True)
class Snippet:
    """A passage in parts: (text, whether it is marked). Not escaped: that is the template's work.

    ``together``: a phrase was looked for and stands in it.
    """

    parts: tuple[tuple[str, bool], ...]
    together: bool = False

    @property
    def marked(self) -> bool:
        """Whether anything that was looked for stands in it."""
        return any(mark for _, mark in self.parts)

    def __str__(self) -> str:
        return "".join(text for text, _ in self.parts)


_VIETNAMESE = frozenset((*range(0x41, 0x100), *map(ord, "ĂăĐđĨĩŨũƠơƯư"), *range(0x1EA0, 0x1EFA)))


def _spellings() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code in (*range(0x41, 0x5B), *range(0x61, 0x7B), *range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        letter = chr(code)
        folded = fold(letter)
        if len(folded) == 1 and letter.isalpha():
            found.setdefault(folded, []).append(letter)
    return found


def _light(letters: Iterable[str]) -> str:
    """The Vietnamese ones of ``letters``, as an expression that is compiled ten times as fast as one class of all.

    ``re`` makes a table of 65,536 letters of every class with more than two pieces of which one is not Latin-1; and it
    would make one class of these pieces, were none repeated.
    """
    codes = sorted(code for code in map(ord, letters) if code in _VIETNAMESE)
    near = _ranges(code for code in codes if code < 0x100)
    far = _ranges(code for code in codes if code >= 0x100)
    pieces = [f"[{''.join(near)}]"] if near else []
    pieces += [f"[{''.join(far[at : at + 2])}]{{1}}" for at in range(0, len(far), 2)]
    return pieces[0] if len(pieces) == 1 else f"(?:{'|'.join(pieces)})"


def _ranges(codes: Iterable[int]) -> list[str]:
    runs = (list(run) for _, run in groupby(enumerate(codes), key=lambda each: each[1] - each[0]))
    return [f"{chr(run[0][1])}-{chr(run[-1][1])}" if len(run) > 1 else chr(run[0][1]) for run in runs]


_SPELLINGS = _spellings()
_FULL = {letter: f"[{''.join(letters)}]" for letter, letters in _SPELLINGS.items()}
_LIGHT = {letter: _light(letters) for letter, letters in _SPELLINGS.items() if letter.isascii()}
_UNUSUAL = re.compile(
    f"[{''.join(each for letters in _SPELLINGS.values() for each in letters if ord(each) not in _VIETNAMESE)}]"
)


def _letters(folded: str, classes: Mapping[str, str]) -> list[str]:
    return [classes.get(letter) or _FULL.get(letter) or re.escape(letter) for letter in folded]


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...], *, light: bool) -> re.Pattern[str] | None:
    """Whole syllables, with or without marks; a phrase in one piece. ``light``: in Vietnamese letters only.

    The expression begins with one class of first letters, on which ``re`` skips
    ahead fast; what each alternative begins with is looked up behind it, where they differ in that.
    """
    classes = _LIGHT if light else _FULL
    heads: list[str] = []
    tails: list[tuple[str, str]] = []
    for word in words:
        syllables = WORD.findall(fold(word))
        if syllables:
            letters = _letters(syllables[0], classes)
            rest = [_BETWEEN + "".join(_letters(syllable, classes)) for syllable in syllables[1:]]
            heads.append(syllables[0][0])
            tails.append((letters[0], "".join(letters[1:] + rest)))
    if not tails:
        return None
    first = "".join(re.escape(letter) for head in dict.fromkeys(heads) for letter in _first(head, light=light))
    alike = len(set(heads)) == 1
    found = dict.fromkeys(rest if alike else f"(?<={letter}){rest}" for letter, rest in tails)
    longest_first = "|".join(sorted(found, key=len, reverse=True))
    return re.compile(rf"[{first}](?<![^\W_].)(?:{longest_first})(?![^\W_])", re.DOTALL)


def _first(folded: str, *, light: bool) -> list[str]:
    letters = _SPELLINGS.get(folded, [folded])
    return [each for each in letters if ord(each) in _VIETNAMESE] or letters if light else letters


def _patterns(text: str, words: tuple[str, ...]) -> Iterator[re.Pattern[str]]:
    """What finds ``words`` in ``text``: if not the expression that is soon compiled, then the one of all letters."""
    if (light := _pattern(words, light=True)) is not None:
        yield light
        if (full := _UNUSUAL.search(text) and _pattern(words, light=False)) is not None:
            yield full


def snippets(text: str, words: Sequence[str], *, width: int = 160, most: int = 2) -> list[Snippet]:
    """At most ``most`` passages of the NFC ``text``, of about ``width`` characters that show the most of ``words``.

    ``words``: words and phrases as typed (see :func:`thidua.search.query.highlights`).
    A phrase that stands together goes before its words apart, wherever in the text it is.
    What was typed with marks is shown where it is written so, if it is anywhere;
    both places of a tone mark (hoà, hòa) are the same. Without a hit: the beginning.

    >>> str(snippets("Trường Tiểu học Hoa Sen", ["hoa sen"])[0])
    'Trường Tiểu học Hoa Sen'
    >>> snippets("Ý thức an toàn", ["an"])[0].parts
    (('Ý thức ', False), ('an', True), (' toàn', False))
    """
    looked_for = tuple(words)
    phrase = first_together(text, looked_for) if _phrases(looked_for) else None
    spans = _spans(text, looked_for, max(0, phrase - _AROUND) if phrase is not None else 0)
    if len(looked_for) == 1:
        spans = _near(spans, width)
    if not spans:
        opening = _passage(text, 0, _cut_after(text, 0, width), []) if text.strip() and most else None
        return [opening] if opening else []
    found = [_passage(text, start, end, spans) for start, end in _windows(text, spans, width, most)]
    return found if phrase is None else [replace(one, together=True) for one in found]


Span = tuple[int, int, str]


def _spans(text: str, words: tuple[str, ...], begin: int) -> list[Span]:
    if (as_typed := _as_typed(text, _needles(words), begin)) is not None:
        return as_typed
    for pattern in _patterns(text, words):
        found = [(match.start(), match.end(), match[0]) for match in islice(pattern.finditer(text, begin), _LOOKED_AT)]
        if found:
            break
    else:
        return []
    if not _any_marked(words):
        return found
    return [span for span in found if _written_so(span[2], words)] or found


def _near(spans: list[Span], width: int) -> list[Span]:
    """Of the places of one word those of two passages, for none of the others is worth more."""
    last = None
    for number, (start, *_) in enumerate(spans):
        if last is None and start > spans[0][0] + 2 * width:
            last = start + width
        elif last is not None and start > last:
            return spans[:number]
    return spans


def _as_typed(text: str, needles: Sequence[frozenset[str]], begin: int) -> list[Span] | None:
    """Where words stand just as they were typed, which is found without an expression; None where one does not."""
    found: list[Span] = []
    for spellings in needles:
        before = len(found)
        for needle in spellings:
            found += islice(_whole(text, needle, begin), _LOOKED_AT)
        if len(found) == before:
            return None
    return sorted(set(found))[:_LOOKED_AT] if needles else None


def _whole(text: str, needle: str, begin: int) -> Iterator[Span]:
    at = text.find(needle, begin)
    while at >= 0:
        end = at + len(needle)
        if not (at and text[at - 1].isalnum()) and not (end < len(text) and text[end].isalnum()):
            yield at, end, needle
        at = text.find(needle, at + 1)


@lru_cache(maxsize=256)
def _needles(words: tuple[str, ...]) -> tuple[frozenset[str], ...]:
    """The spellings of each word, if all are single syllables typed with marks; else nothing."""
    if not all(is_marked(word) and WORD.fullmatch(_form(word)) for word in words):
        return ()
    ways = (str.lower, str.capitalize, str.upper)
    return tuple(frozenset(way(form) for form in _variants(_form(word)) for way in ways) for word in words)


def first_together(text: str, words: Sequence[str]) -> int | None:
    """Where the first phrase among ``words`` stands in one piece; ``None``: nowhere, or there is none.

    >>> first_together("Hoà thi, Nguyễn Thị Hoà", ["hoa", "nguyen thi hoa"])
    9
    """
    found = (pattern.search(text) for pattern in _patterns(text, _phrases(tuple(words))))
    return next((match.start() for match in found if match), None)


@lru_cache(maxsize=256)
def _phrases(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if len(WORD.findall(word)) > 1)


@lru_cache(maxsize=256)
def _any_marked(words: tuple[str, ...]) -> bool:
    return any(map(is_marked, words))


@lru_cache(maxsize=4096)
def _written_so(found: str, words: tuple[str, ...]) -> bool:
    """Whether ``found`` has the marks with which it was typed, if it was typed with any."""
    forms = [_form(word) for word in words if is_marked(word) and fold(word) == fold(found)]
    return not forms or _form(found) in forms


def _form(word: str) -> str:
    return canonical_tone(" ".join(WORD.findall(unicodedata.normalize("NFC", word).lower())))


def _windows(text: str, spans: Sequence[Span], width: int, most: int) -> list[tuple[int, int]]:
    """The passages with the most different words, phrases first, in the order of the text, not overlapping."""
    scored = []
    for index, (start, _, _) in enumerate(spans):
        last, different = start, set()
        for _, end, found in spans[index : index + 8]:
            if end > start + width:
                break
            last = end
            different.add(found)
        scored.append((-sum(2 * found.count(" ") + 1 for found in different), start, last))
    scored.sort()
    chosen: list[tuple[int, int]] = []
    for _, start, end in scored:
        margin = max(0, width - (end - start)) // 2
        low, high = _cut(text, start - margin, start), _cut_after(text, end, end + margin)
        if all(high <= other_low or low >= other_high for other_low, other_high in chosen):
            chosen.append((low, high))
        if len(chosen) >= most:
            break
    return sorted(chosen)


def _cut(text: str, low: int, start: int) -> int:
    if low <= 0:
        return 0
    blank = text.find(" ", low, start)
    return blank + 1 if blank >= 0 else low


def _cut_after(text: str, end: int, high: int) -> int:
    if high >= len(text):
        return len(text)
    blank = text.rfind(" ", end, high)
    return blank if blank >= 0 else high


def _passage(text: str, low: int, high: int, spans: Iterable[Span]) -> Snippet:
    parts: list[tuple[str, bool]] = [("… ", False)] if low > 0 else []
    at = low
    for start, end, _ in spans:
        if at <= start and end <= high:
            if at < start:
                parts.append((text[at:start], False))
            parts.append((text[start:end], True))
            at = end
    if at < high:
        parts.append((text[at:high], False))
    if high < len(text):
        parts.append((" …", False))
    shown = text[low:high]
    if "  " in shown or not shown.isprintable():  # line ends, tabs and blanks that do not break are not printable
        parts = [(_SPACES.sub(" ", part), mark) for part, mark in parts]
    return Snippet(tuple(parts))


_SPACES = re.compile(r"\s+")


def rerank(rows: Sequence[tuple[int, float, str]], query_text: str) -> list[tuple[int, float, str]]:
    """The texts that are written as the query is typed come first.

    ``rows``: (id, score, original text, NFC), the best first; the first
    :data:`RERANKED` are ordered anew, equals keep their order. A query with marks
    orders by how many of its words stand there with these very marks, then by
    whether all of them stand together; one without marks, by the latter alone.

    >>> rows = [(1, 2.0, "Nguyễn Thị Hoa"), (2, 1.0, "Nguyễn Thị Hòa")]
    >>> [row[0] for row in rerank(rows, "Nguyễn Thị Hoà")]
    [2, 1]
    """
    if not is_marked(query_text):
        return _together_first(rows, query_text)
    words = together(query_text).split()
    needles = [_variants(" ".join(words)), *(_variants(word) for word in dict.fromkeys(words))]

    def rank(row: tuple[int, float, str]) -> tuple[int, int]:
        lowered = row[2].lower()
        whole, *single = (any(_stands(variant, lowered) for variant in needle) for needle in needles)
        return -sum(single), -whole

    return [*sorted(rows[:RERANKED], key=rank), *rows[RERANKED:]]


def _together_first(rows: Sequence[tuple[int, float, str]], query_text: str) -> list[tuple[int, float, str]]:
    words = (together(query_text),)
    return [*sorted(rows[:RERANKED], key=lambda row: first_together(row[2], words) is None), *rows[RERANKED:]]


def together(query_text: str) -> str:
    """The words of a query in one piece, as a phrase to look for.

    >>> together("Nguyễn  Thị, HOÀ")
    'nguyễn thị hoà'
    """
    return " ".join(WORD.findall(unicodedata.normalize("NFC", query_text).lower()))


_NEW_TONE = re.compile(r"([ou])([\u0300\u0301\u0303\u0309\u0323])([aey])(?!\w)")


def _variants(text: str) -> set[str]:
    """Both places of the tone mark: hòa and hoà."""
    old = canonical_tone(text)
    moved = _NEW_TONE.sub(r"\1\3\2", unicodedata.normalize("NFD", old))
    return {old, unicodedata.normalize("NFC", moved), text}


def _stands(needle: str, text: str) -> bool:
    """Whether ``needle`` is in ``text`` as whole words."""
    return any(_whole(text, needle, 0))
