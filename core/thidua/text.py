"""Vietnamese text: normalised at the door, folded for search and comparison."""

from __future__ import annotations

import re
import unicodedata

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
# Direction marks, and what pages and word processors put within words and nobody sees. Not the soft hyphen: in the old
# TCVN3 fonts it is the letter "ư".
_UNSEEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_MARKS = re.compile("[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]+")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
MOST_MARKS = 16
"""No letter of any language bears more; putting thousands in order would hold the whole program for minutes."""
_RUN = re.compile(rf"[^\w\s\x00-\x7f]{{{MOST_MARKS + 1},}}")
_HEAP = re.compile(rf"([\u0300-\u036f]{{{MOST_MARKS}}})[\u0300-\u036f]+")
_SHORT = 500  # characters that cost nothing, whatever they are
_OLD_TONE = re.compile(rf"(?<![qQ])([oO])([aAeE])([{_TONES}])(?!\w)|(?<![qQ])([uU])([yY])([{_TONES}])(?!\w)")


def clean(text: str) -> str:
    r"""What is stored of typed text: NFC, ``\n`` line ends, no control, direction or unseen characters.

    >>> clean("Nguye\u0302\u0303n\x00 Hoa\u202e\r\n")
    'Nguyễn Hoa\n'
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = _UNSEEN.sub("", _CONTROL.sub("", plain))
    return unicodedata.normalize("NFC", few_marks(plain))


def few_marks(text: str) -> str:
    """``text`` with at most :data:`MOST_MARKS` combining marks in a row, as it has to be before it is normalised.

    >>> few_marks("Hoà"), len(few_marks("a" + "\\u0301\\u0323" * 10_000))
    ('Hoà', 17)
    """
    return _RUN.sub(_thinned, text) if len(text) > _SHORT else text


def _thinned(match: re.Match[str]) -> str:
    kept, marks = [], 0
    for character in _HEAP.sub(r"\1", match[0]):
        # some that are no mark themselves are taken apart into marks
        marks = marks + 1 if unicodedata.combining(unicodedata.normalize("NFD", character)[0]) else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def clean_line(text: str) -> str:
    """:func:`clean` for a one-line value: trimmed, every run of white space one blank.

    >>> clean_line("  Trường   THCS\\nHoa Sen ")
    'Trường THCS Hoa Sen'
    """
    return " ".join(clean(text).split())


def fold(text: str) -> str:
    """Lower case without marks, đ as d: two spellings people take for the same are equal.

    The result may differ in length from the input only by removed combining
    marks; an NFC input keeps one character per character for Vietnamese letters.

    >>> fold("Nguyễn Thị HOÀ, Đặng")
    'nguyen thi hoa, dang'
    """
    lowered = unicodedata.normalize("NFC", few_marks(text)).lower()
    stripped = _MARKS.sub("", unicodedata.normalize("NFD", lowered))
    return unicodedata.normalize("NFC", stripped.replace("đ", "d").replace("ð", "d"))


def count_words(text: str) -> int:
    """How many words a text has, as the rules of contests count: syllables between white space.

    >>> count_words("Dạy tốt –  Học tốt")
    5
    """
    return len(text.split())


def folded_words(text: str) -> list[str]:
    """The words of a text folded, without punctuation: what two spellings of a title have in common.

    >>> folded_words("“Kho học liệu số” – môn Tin-học")
    ['kho', 'hoc', 'lieu', 'so', 'mon', 'tin', 'hoc']
    """
    return _WORD.findall(fold(text))


def canonical_tone(text: str) -> str:
    """Marks kept, tone placed the old way in open oa, oe, uy: hoà → hòa, thuỷ → thủy.

    Both placements are correct Vietnamese; only this one is compared.

    >>> canonical_tone("Hoà, thuỷ, khoẻ, quý, toàn")
    'Hòa, thủy, khỏe, quý, toàn'
    """
    decomposed = unicodedata.normalize("NFD", few_marks(text))

    def move(match: re.Match[str]) -> str:
        first, second, tone = match.group(1, 2, 3) if match.group(1) else match.group(4, 5, 6)
        return f"{first}{tone}{second}"

    return unicodedata.normalize("NFC", _OLD_TONE.sub(move, decomposed))


def name_order(name: str) -> str:
    """A sort key that puts people by tên, then họ and đệm, in Vietnamese alphabetical order."""
    words = clean_line(name).split()
    return alphabetical(" ".join([*words[-1:], *words[:-1]]))


_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: chr(0x61 + index) for index, letter in enumerate(_LETTERS)}
_TONE_RANK = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


def alphabetical(text: str) -> str:
    """A key that sorts by syllable in the order a ă â b c d đ e ê …, tones last: An Ánh Ăn Ân.

    >>> sorted(["Ân", "Ánh", "An", "Ăn"], key=alphabetical)
    ['An', 'Ánh', 'Ăn', 'Ân']
    """
    syllables = []
    for syllable in unicodedata.normalize("NFC", text).lower().split():
        letters, tones = [], "0"
        for character in syllable:
            base = unicodedata.normalize("NFD", character)
            for mark in base:
                tones = _TONE_RANK.get(mark, tones)
            bare = unicodedata.normalize("NFC", "".join(mark for mark in base if mark not in _TONE_RANK))
            letters.append(_RANK.get(bare, bare))
        syllables.append("".join(letters) + "!" + tones)
    return " ".join(syllables)


def initials(name: str) -> str:
    """The first letters of the words, upper case: ``Hoa Sen`` → ``HS``; for document signs.

    >>> initials("Trường Tiểu học Hoa Sen")
    'TTHHS'
    """
    return "".join(word[0].upper() for word in clean_line(name).split() if word[0].isalnum())
