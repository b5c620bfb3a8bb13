"""What people type → a tree that every engine translates; never an error.

=====================  =====================================================
``hoa sen``            both words, anywhere
``"hoa sen"``          the words in this order
``-hoa``, ``-"hoa sen"``  without
``hoa OR sen``         one or both; ``HOẶC`` and ``|`` say the same
``nam:2023``           a field: see :data:`FIELDS`; ``nam:2023..2025`` is a range
=====================  =====================================================

OR binds its two neighbours: ``a b OR c`` is a and (b or c). What cannot be
understood is a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from thidua.search.fold import NO_VOCABULARY, RUN, WORD, Vocabulary, stretches, term_of
from thidua.text import fold

LONGEST: Final = 400
MOST_TERMS: Final = 24


@dataclass(frozen=True)
class Word:
    """One index term; ``typed`` is how it was written, for highlighting."""

    term: str
    typed: str = field(default="", compare=False)


@dataclass(frozen=True)
class Phrase:
    """Folded words that must stand side by side, in this order."""

    words: tuple[str, ...]
    typed: str = field(default="", compare=False)


@dataclass(frozen=True)
class FieldEquals:
    """A field of :data:`FIELDS` and what was typed for it; :func:`resolve` gives it a meaning."""

    field: str
    value: str


@dataclass(frozen=True)
class YearRange:
    """Years from ``first`` to ``last``, both included."""

    first: int
    last: int


@dataclass(frozen=True)
class AnyToken:
    """Documents that carry at least one of these tokens; none if there are none."""

    tokens: frozenset[str]


@dataclass(frozen=True)
class Not:
    """Whatever ``node`` does not find."""

    node: Node


@dataclass(frozen=True)
class And:
    """All of them; without any, every document."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class Or:
    """Any of them."""

    nodes: tuple[Node, ...]


Node: TypeAlias = Word | Phrase | FieldEquals | YearRange | AnyToken | Not | And | Or

FIELDS: Final[Mapping[str, str]] = {
    "nam": "year",
    "namhoc": "year",
    "donvi": "unit",
    "truong": "unit",
    "phongtrao": "campaign",
    "cuocthi": "campaign",
    "trangthai": "state",
    "ma": "code",
    "mahoso": "code",
    "nguoi": "person",
    "ten": "person",
}
"""Folded name without blanks → field. Written with or without marks and blanks: ``Đơn vị:``, ``donvi:``."""

_FIELD = re.compile(r"((?:[^\W\d_]+[ ]){0,2}[^\W\d_]+)[ ]?:[ ]?(\"[^\"]*\"|[^\s\"]+)")
_ATOM = re.compile(r"[^\s\"]+")
_RANGE = re.compile(r"(\d{4})?\.\.(\d{4})?")
_EITHER = {"OR", "HOẶC", "HOAC", "|"}
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


def parse(text: str, vocabulary: Vocabulary = NO_VOCABULARY) -> Node:
    """The tree of ``text``; an empty text asks for everything.

    >>> parse('kho "học liệu" -cũ')
    And(nodes=(Word(term='kho', typed='kho'), Phrase(words=('hoc', 'lieu'), typed='học liệu'), \
Not(node=Word(term='cu', typed='cũ'))))
    >>> parse("năm: 2023..2025")
    YearRange(first=2023, last=2025)
    """
    plain = unicodedata.normalize("NFC", _UNPRINTED.sub(" ", text[:LONGEST]))[:LONGEST].translate(_QUOTES)
    return _Parser(plain, vocabulary).tree()


class _Parser:
    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.at = 0
        self.room = MOST_TERMS

    def tree(self) -> Node:
        atoms = list(self.atoms())
        nodes: list[Node] = []
        index = 0
        while index < len(atoms):
            node = atoms[index]
            either = [node]
            while (
                not isinstance(node, str)
                and index + 2 < len(atoms)
                and isinstance(atoms[index + 1], str)
                and not isinstance(atoms[index + 2], str)
            ):
                either.append(atoms[index + 2])
                index += 2
            kept = [self.atom(each) for each in either]
            nodes.extend([Or(tuple(_join(each) for each in kept))] if len(kept) > 1 else kept[0])
            index += 1
        return _join(self.long_forms(nodes))

    def atom(self, atom: str | list[Node]) -> list[Node]:
        return self.words(atom) if isinstance(atom, str) else atom

    def atoms(self) -> Iterator[str | list[Node]]:
        """Lists of nodes, and a string for each OR."""
        while self.at < len(self.text) and self.room > 0:
            if self.text[self.at].isspace():
                self.at += 1
                continue
            minus = self.text[self.at] == "-" and (self.at == 0 or self.text[self.at - 1].isspace())
            self.at += minus
            nodes = self.field() or self.quoted()
            if nodes is None:
                raw = self.raw()
                if raw in _EITHER and not minus:
                    yield raw
                    continue
                nodes = self.words(raw)
            if nodes:
                yield [Not(_join(nodes))] if minus else nodes

    def raw(self) -> str:
        match = _ATOM.match(self.text, self.at)
        self.at = match.end() if match else self.at + 1
        return match[0] if match else ""

    def field(self) -> list[Node] | None:
        match = _FIELD.match(self.text, self.at)
        if match is None:
            return None
        name = FIELDS.get(fold(match[1]).replace(" ", ""))
        value = match[2].strip('"').strip()
        if name is None or not WORD.search(value):
            return None
        years = _RANGE.fullmatch(value)
        self.at = match.end()
        self.room -= 1
        if name == "year" and years:
            return [YearRange(int(years[1] or 0), int(years[2] or 9999))]
        if name == "year" and re.fullmatch(r"\d{4}", value):
            return [YearRange(int(value), int(value))]
        return [FieldEquals(name, value)]

    def quoted(self) -> list[Node] | None:
        if self.text[self.at : self.at + 1] != '"':
            return None
        end = self.text.find('"', self.at + 1)
        if end < 0:
            return None
        typed = self.text[self.at + 1 : end].strip()
        self.at = end + 1
        words = tuple(WORD.findall(fold(typed))[: self.room])
        self.room -= len(words)
        if len(words) < 2:
            return [Word(word, typed) for word in words]
        together = " ".join(words)
        return [Word(together, typed) if together in self.vocabulary.sequences else Phrase(words, typed)]

    def words(self, raw: str) -> list[Node]:
        """The words of one typed chunk; a document number is one word, other joined words are either."""
        nodes: list[Node] = []
        folded = fold(raw)
        same_length = len(folded) == len(raw)
        at = 0
        while self.room > 0 and (match := RUN.search(folded, at) or WORD.search(folded, at)):
            first = WORD.search(folded, at)
            match = first if first and first.start() < match.start() else match
            at = match.end()
            typed = raw[match.start() : at] if same_length else match[0]
            nodes.append(self.chunk(match[0], typed))
            self.room -= 1
        return nodes

    def chunk(self, folded: str, typed: str) -> Node:
        parts = WORD.findall(folded)
        if len(parts) == 1:
            return Word(folded, typed)
        self.room -= len(parts) - 1
        apart = And(tuple(Word(part, part) for part in parts[:MOST_TERMS]))
        whole = "/".join(parts)
        if whole not in stretches(parts):
            return apart
        number = "/" in folded and any(character.isdigit() for character in folded)
        return Word(whole, typed) if number else Or((Word(whole, typed), apart))

    def long_forms(self, nodes: list[Node]) -> list[Node]:
        """Words that spell out an abbreviation also find it; those of a compound rank higher together."""
        for term, sequence in self.vocabulary.sequences.items():
            size = len(sequence)
            for start in range(len(nodes) - size + 1):
                part = nodes[start : start + size]
                if all(isinstance(node, Word) and node.term == word for node, word in zip(part, sequence, strict=True)):
                    nodes = [*nodes[:start], Or((And(tuple(part)), Word(term))), *nodes[start + size :]]
                    break
        return nodes


def _join(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else And(tuple(nodes))


def resolve(tree: Node, meaning: Callable[[FieldEquals], frozenset[str] | None]) -> Node:
    """Put tokens in the place of fields.

    ``meaning`` returns the tokens that the field's value stands for: an empty set
    finds nothing, None says that it is no such value, and its words are searched.
    """
    match tree:
        case FieldEquals():
            tokens = meaning(tree)
            return AnyToken(tokens) if tokens is not None else as_words(tree)
        case Not(node):
            return Not(resolve(node, meaning))
        case And(nodes):
            return And(tuple(resolve(node, meaning) for node in nodes))
        case Or(nodes):
            return Or(tuple(resolve(node, meaning) for node in nodes))
    return tree


def as_words(node: FieldEquals) -> Node:
    """A field that nobody resolved: the words of its value."""
    return _join([Word(word, word) for word in WORD.findall(fold(node.value))])


def has_phrase(tree: Node) -> bool:
    """Whether hits must be checked against the text: see :mod:`thidua.search.phrases`."""
    match tree:
        case Phrase():
            return True
        case Not(node):
            return has_phrase(node)
        case And(nodes) | Or(nodes):
            return any(has_phrase(node) for node in nodes)
    return False


def candidates(tree: Node) -> Node:
    """The tree for an engine that keeps no positions: it finds every hit, and may find more.

    A phrase becomes the AND of its words; what must not contain a phrase is left
    to the check of the text.
    """
    match tree:
        case Phrase(words):
            return And(tuple(Word(word) for word in dict.fromkeys(words)))
        case FieldEquals():
            return as_words(tree)
        case Not(node):
            return And(()) if has_phrase(node) else Not(candidates(node))
        case And(nodes):
            return And(tuple(candidates(node) for node in nodes))
        case Or(nodes):
            return Or(tuple(candidates(node) for node in nodes))
    return tree


def highlights(tree: Node, vocabulary: Vocabulary = NO_VOCABULARY) -> list[str]:
    """What to mark in the texts of the hits: words and phrases as typed, and their other forms.

    >>> highlights(parse('"học liệu" số -cũ'))
    ['học liệu', 'số']
    """
    match tree:
        case Word(term, typed):
            others = sorted(vocabulary.same.get(term, frozenset()) - {term})
            return list(dict.fromkeys([typed or term, *(vocabulary.spelled.get(other, other) for other in others)]))
        case Phrase(words, typed):
            return [typed or " ".join(words)]
        case FieldEquals(value=value):
            return [value]
        case And(nodes) | Or(nodes):
            return list(dict.fromkeys(each for node in nodes for each in highlights(node, vocabulary)))
    return []


def is_marked(text: str) -> bool:
    """Whether ``text`` was typed with Vietnamese marks.

    >>> is_marked("Hoà"), is_marked("hoa"), is_marked("Đ")
    (True, False, True)
    """
    return fold(text) != unicodedata.normalize("NFC", text).lower()


__all__ = [
    "FIELDS",
    "And",
    "AnyToken",
    "FieldEquals",
    "Node",
    "Not",
    "Or",
    "Phrase",
    "Word",
    "YearRange",
    "candidates",
    "has_phrase",
    "highlights",
    "is_marked",
    "parse",
    "resolve",
    "term_of",
]
