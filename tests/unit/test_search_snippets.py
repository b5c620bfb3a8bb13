from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thidua.search.fold import folded_text
from thidua.search.snippets import (
    _LIGHT,
    _SPELLINGS,
    _VIETNAMESE,
    Snippet,
    _as_typed,
    _needles,
    _pattern,
    _written_so,
    first_together,
    rerank,
    snippets,
)


def marked(text: str, *words: str, **more: int) -> list[str]:
    return [part for each in snippets(text, words, **more) for part, mark in each.parts if mark]


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("Trường Tiểu học Hoa Sen, hoa.", ["hoa"], ["Hoa", "hoa"]),
        ("Nguyễn Thị HOÀ", ["nguyen", "hoa"], ["Nguyễn", "HOÀ"]),
        ("toàn an ban Bán", ["an"], ["an"]),
        ("Ý, y tế, yên", ["y"], ["Ý", "y"]),
        ("Đáng đang Dàng dan", ["dang"], ["Đáng", "đang", "Dàng"]),
        ("Kế hoạch 258/KH-UBND, 258 kh", ["258/KH-UBND"], ["258/KH-UBND"]),
        ("học liệu, liệu học, học\nliệu", ["học liệu"], ["học liệu", "học liệu"]),
        ("Hoà Hòa Hoa Hóa", ["Hoà"], ["Hoà", "Hòa"]),
        ("Hoa Hóa", ["Hoà"], ["Hoa", "Hóa"]),
        ("an toàn an toan", ["an", "toàn"], ["an", "toàn", "an"]),
        ("a_b a.b* (a)", ["a"], ["a", "a", "a"]),
        ("khong có", ["zz", "..."], []),
        ("thi đua", [], []),
    ],
)
def test_snippets_mark_whole_syllables_with_or_without_marks(text: str, words: list[str], expected: list[str]) -> None:
    assert marked(text, *words) == expected


def test_letters_of_other_languages_are_marked_too_where_nothing_vietnamese_is() -> None:
    """Vietnamese letters have an expression of their own, which is compiled sooner; both say what folding says."""
    for folded, expression in _LIGHT.items():
        found = [letter for letters in _SPELLINGS.values() for letter in letters if re.fullmatch(expression, letter)]
        assert found == [letter for letter in _SPELLINGS[folded] if ord(letter) in _VIETNAMESE]
    assert {ord(letter) for letter in "ẮẰẲẴẶắằẳẵặẤẦẨẪẬấầẩẫậĐđỸỹỴỵƯưỰựƠơỢợĨĩŨũ"} <= _VIETNAMESE
    marked = [str(one) for one in snippets("Thầy Škoda", ["skoda"]) if one.marked]
    assert (marked, first_together("Cô Marie Škoda", ["marie skoda"])) == (["Thầy Škoda"], 3)
    assert first_together("Cô Marie Škoda", ["marie skola"]) is None


@settings(max_examples=100)
@given(
    st.lists(
        st.sampled_from(
            ["hoà", "Hòa", "HOÀ", "hoa", "thoà", "hoàn", "hoà_", "số", "Số", "so", "thị", "Thị,", "thi", "–", "1"]
        ),
        max_size=40,
    ),
    st.lists(st.sampled_from(["hoà", "HÒA", "số", "Thị"]), min_size=1, max_size=2, unique=True),
)
def test_words_as_typed_are_found_where_the_expression_finds_them(written: list[str], words: list[str]) -> None:
    text, typed = " ".join(written[:12]), tuple(words)
    found = _as_typed(text, _needles(typed), 0)
    expression = _pattern(typed, light=True)
    assert expression is not None
    wanted = [(m.start(), m.end(), m[0]) for m in expression.finditer(text) if _written_so(m[0], typed)]
    if found is not None:
        assert found == wanted


def test_snippets_show_the_passage_with_the_most_words() -> None:
    text = "hoa " + "lá cành " * 100 + "hoa sen trong đầm " + "lá cành " * 100 + "sen"
    (only,) = snippets(text, ["hoa", "sen"], most=1, width=60)
    assert [part for part, mark in only.parts if mark] == ["hoa", "sen"]
    assert (str(only)[:2], str(only)[-2:]) == ("… ", " …")
    assert len(str(only)) < 70


def test_snippets_are_in_the_order_of_the_text_and_do_not_overlap() -> None:
    text = "sen " + "lá cành " * 100 + "hoa sen " + "lá cành " * 100
    assert [str(each).split()[0] for each in snippets(text, ["hoa", "sen"], width=40)] == ["sen", "…"]


def test_of_one_word_the_first_two_passages_are_shown_with_all_that_stands_in_them() -> None:
    text = "sen lá sen " + "cành " * 30 + "một sen, hai sen " + "cành " * 30 + "ba sen"
    first, second = snippets(text, ["sen"], width=40)
    assert [part for part, mark in (*first.parts, *second.parts) if mark] == ["sen"] * 4
    assert str(second).startswith("… cành một sen, hai sen")


@pytest.mark.parametrize("blank", ["\n", "\t", "\u00a0", "\u2003", "  "])
def test_blanks_of_every_kind_are_shown_as_one(blank: str) -> None:
    (only,) = snippets(f"lá{blank}sen{blank}trong đầm", ["sen"])
    assert only.parts == (("lá ", False), ("sen", True), (" trong đầm", False))


def test_snippets_without_a_hit_show_the_beginning() -> None:
    assert snippets("Một hai ba bốn", ["năm"], width=8) == [Snippet((("Một hai", False), (" …", False)))]
    assert snippets("  \n", ["năm"]) == []
    assert snippets("Một", ["năm"], most=0) == []


def test_snippets_leave_escaping_to_the_template() -> None:
    assert snippets("<img onerror=alert(1)> hoa", ["hoa"])[0].parts == (
        ("<img onerror=alert(1)> ", False),
        ("hoa", True),
    )


@settings(max_examples=200)
@given(st.text(max_size=300), st.lists(st.text(max_size=8), max_size=4), st.integers(1, 80))
def test_snippets_are_parts_of_the_text(text: str, words: list[str], width: int) -> None:
    plain = re.sub(r"\s+", " ", text)
    for each in snippets(text, words, width=width):
        shown = str(each).removeprefix("… ").removesuffix(" …")
        assert shown in plain
        assert all(folded_text(part) in {folded_text(word) for word in words} for part, mark in each.parts if mark)


ROWS = [(1, 3.0, "Nguyễn Thị Hoa"), (2, 2.0, "Bà Hòa họ Nguyễn, ông Thị"), (3, 1.0, "NGUYỄN THỊ HOÀ"), (4, 0.5, "Thi")]


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("Nguyễn Thị Hoà", [3, 2, 1, 4]),
        ("nguyễn thị hòa", [3, 2, 1, 4]),
        ("Nguyễn Thị Hoa", [1, 2, 3, 4]),
        ("nguyen thi hoa", [1, 3, 2, 4]),
        ("hoa", [1, 2, 3, 4]),
        ("Thi đ", [4, 1, 2, 3]),
    ],
)
def test_rerank_puts_the_text_as_typed_first(query: str, order: list[int]) -> None:
    assert [row[0] for row in rerank(ROWS, query)] == order


def test_rerank_leaves_what_is_far_behind_where_it_is() -> None:
    rows = [(each, 1.0, "hoa") for each in range(200)] + [(200, 1.0, "hoà")]
    assert rerank(rows, "hoà") == rows


def test_words_that_stand_together_go_before_words_apart() -> None:
    apart = "Thi đua, hoa và nguyên liệu. " * 40
    shown = snippets(
        apart + "Người viết là Nguyễn Thị Hoà, tổ Văn.", ["nguyen", "thi", "hoa", "nguyen thi hoa"], most=1
    )
    assert [text for text, marked in shown[0].parts if marked][-1] == "Nguyễn Thị Hoà"
    alone = snippets(apart, ["nguyen", "thi", "hoa", "nguyen thi hoa"], most=1)
    assert {text for text, marked in alone[0].parts if marked} == {"Thi", "hoa", "nguyên"}
