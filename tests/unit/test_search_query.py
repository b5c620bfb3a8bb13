from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thidua.search.fold import Vocabulary
from thidua.search.query import (
    LONGEST,
    MOST_TERMS,
    And,
    AnyToken,
    FieldEquals,
    Node,
    Not,
    Or,
    Phrase,
    Word,
    YearRange,
    candidates,
    has_phrase,
    highlights,
    is_marked,
    parse,
    resolve,
)

A, B, C, D = Word("a"), Word("b"), Word("c"), Word("d")
VOCABULARY = Vocabulary({"SKKN": "sáng kiến kinh nghiệm"}, frozenset({"học liệu"}))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", And(())),
        ("  \x00 -- ,; \n", And(())),
        ("a", A),
        ("Á b", And((A, B))),
        ("a -b", And((A, Not(B)))),
        ("-a", Not(A)),
        ("a - b", And((A, B))),
        ('"a b" c', And((Phrase(("a", "b")), C))),
        ("“a b” c", And((Phrase(("a", "b")), C))),
        ('-"a b"', Not(Phrase(("a", "b")))),
        ('"a"', A),
        ('a "b c', And((A, B, C))),
        ('a""b', And((A, B))),
        ("a OR b", Or((A, B))),
        ("a b OR c d", And((A, Or((B, C)), D))),
        ("a HOẶC b | c", Or((A, B, C))),
        ("a or b", And((A, Word("or"), B))),
        ("OR a", And((Word("or"), A))),
        ("a OR", And((A, Word("or")))),
        ("a OR OR b", And((A, Word("or"), Word("or"), B))),
        ("a OR -b", Or((A, Not(B)))),
        ("a,b OR c", Or((And((A, B)), C))),
        ("nam:2023", YearRange(2023, 2023)),
        ("Năm: 2023..2025", YearRange(2023, 2025)),
        ("năm:2023..", YearRange(2023, 9999)),
        ("năm:..2023", YearRange(0, 2023)),
        ("-nam:2023", Not(YearRange(2023, 2023))),
        ("năm học:2023-2024", FieldEquals("year", "2023-2024")),
        ('a đơn vị:"Hoa Sen" b', And((A, FieldEquals("unit", "Hoa Sen"), B))),
        ("phongtrao:x", FieldEquals("campaign", "x")),
        ("Trạng thái: nộp", FieldEquals("state", "nộp")),
        ("mã:HS-2026-000123", FieldEquals("code", "HS-2026-000123")),
        ("lạ:a", And((Word("la"), A))),
        ("nam:", Word("nam")),
        ("nam: -- a", And((Word("nam"), A))),
        ("258/KH-UBND", Word("258/kh/ubnd")),
        ("tốt-học", Or((Word("tot/hoc"), And((Word("tot"), Word("hoc")))))),
        ("x:258/a", And((Word("x"), Word("258/a")))),
    ],
)
def test_parse_reads_the_grammar(text: str, tree: Node) -> None:
    assert parse(text) == tree


def test_parse_finds_the_short_form_of_words_typed_in_full() -> None:
    four = And((Word("sang"), Word("kien"), Word("kinh"), Word("nghiem")))
    assert parse("a sáng kiến kinh nghiệm", VOCABULARY) == And((A, Or((four, Word("sang kien kinh nghiem")))))


def test_parse_takes_a_known_compound_in_quotes_as_one_word() -> None:
    assert parse('"học liệu"', VOCABULARY) == Word("hoc lieu")


def test_parse_reads_no_more_than_its_limits() -> None:
    assert parse("a " * LONGEST) == And((A,) * MOST_TERMS)
    assert parse(" " * LONGEST + "a") == And(())


def leaves(tree: Node) -> int:
    match tree:
        case Not(node):
            return leaves(node)
        case And(nodes) | Or(nodes):
            return sum(map(leaves, nodes))
        case Phrase(words):
            return len(words)
    return 1


PIECES = st.sampled_from(
    ["a", "b ", '"', "-", " OR ", "HOẶC", ":", "nam:", "2023", "..", "đơn vị", "/", "&", "(", "\\", "*"]
)


@settings(max_examples=200)
@given(st.lists(PIECES | st.text(max_size=5), max_size=60).map("".join))
def test_parse_never_fails_and_stays_small(text: str) -> None:
    tree = parse(text, VOCABULARY)
    assert leaves(tree) <= 4 * MOST_TERMS
    assert not has_phrase(candidates(tree))
    assert all(isinstance(each, str) for each in highlights(tree, VOCABULARY))


def test_resolve_puts_tokens_for_fields_and_words_for_what_is_none() -> None:
    meanings = {"Hoa": frozenset({"o1"}), "Lạ": None, "Không": frozenset()}
    tree = resolve(parse("a truong:Hoa OR truong:Lạ -truong:Không"), lambda field: meanings[field.value])
    either = Or((AnyToken(frozenset({"o1"})), Word("la")))
    assert tree == And((A, either, Not(AnyToken(frozenset()))))


def test_candidates_find_no_less_than_the_phrases() -> None:
    assert candidates(parse('"a b a" -"c d"')) == And((And((A, B)), And(())))
    assert candidates(FieldEquals("unit", "B a")) == And((B, A))


def test_highlights_are_what_was_typed_and_its_other_form() -> None:
    assert highlights(parse('Hoà "thi đua" OR SKKN -cũ nam:2023')) == ["Hoà", "thi đua", "SKKN"]
    assert highlights(parse("SKKN", VOCABULARY), VOCABULARY) == ["SKKN", "sáng kiến kinh nghiệm"]
    assert highlights(FieldEquals("unit", "Hoa Sen")) == ["Hoa Sen"]


@pytest.mark.parametrize(("text", "marked"), [("hoa Sen", False), ("đ", True), ("hòa", True), ("258/KH", False)])
def test_is_marked_sees_marks_not_capitals(text: str, marked: bool) -> None:
    assert is_marked(text) is marked
