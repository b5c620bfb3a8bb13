from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thidua.search.fold import Vocabulary, counts, folded_text, term_of, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ý thức an toàn", ["y", "thuc", "an", "toan"]),
        ("cán cần tổ thể ôn ít bé in may", ["can", "can", "to", "the", "on", "it", "be", "in", "may"]),
        ("y tế, ở, ờ", ["y", "te", "o", "o"]),
        ("Đang ĐÁNG Ðường", ["dang", "dang", "duong"]),
        (unicodedata.normalize("NFD", "Tiếng Việt"), ["tieng", "viet"]),
        ("", []),
        ("___ --- 5_6", ["5", "6"]),
        ("12/TTr-THHS", ["12", "ttr", "thhs", "12/ttr", "12/ttr/thhs", "ttr/thhs"]),
        ("15/08/2024", ["15", "08", "2024", "15/08", "15/08/2024", "08/2024"]),
        ("2023–2024", ["2023", "2024", "2023/2024"]),
        ("GD&ĐT", ["gd", "dt", "gd/dt"]),
        ("Dạy tốt – Học tốt", ["day", "tot", "hoc", "tot"]),
        ("a-b-c-d-e-f-g", ["a", "b", "c", "d", "e", "f", "g"]),
    ],
)
def test_words_are_folded_syllables_and_whole_numbers(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@settings(max_examples=200)
@given(st.text(alphabet=st.sampled_from("aàáạăằâđĐÝyưở /-&–.,_1\n\u0301"), max_size=40))
def test_words_are_the_same_however_the_text_is_composed(text: str) -> None:
    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_every_single_word_is_in_the_folded_text(text: str) -> None:
    folded = folded_text(text)
    assert [word for word in words(text) if "/" not in word] == folded.split()


def test_a_very_long_word_is_cut_alike_in_text_and_query() -> None:
    assert words("x" * 130) == ["x" * 64, "x" * 64, "xx"]


VOCABULARY = Vocabulary(
    {"CSTĐCS": "chiến sĩ thi đua cơ sở", "GD&ĐT": "giáo dục và đào tạo", "SGD": "giáo dục và đào tạo"},
    frozenset({"thi đua"}),
)


def test_counts_index_an_abbreviation_and_its_long_form_as_a_pair() -> None:
    short, long = counts("CSTĐCS, CSTĐCS", VOCABULARY), counts("chiến sĩ thi đua cơ sở", VOCABULARY)
    assert (short["cstdcs"], short["chien si thi dua co so"], short["chien"]) == (2, 2, 0)
    assert (long["cstdcs"], long["chien si thi dua co so"], long["thi dua"]) == (1, 1, 1)


def test_counts_give_two_short_forms_of_one_long_form_to_each_other() -> None:
    assert {"gd/dt", "sgd", "giao duc va dao tao"} <= counts("SGD", VOCABULARY).keys()


def test_counts_leave_out_words_that_do_not_stand_together() -> None:
    assert counts("thi rồi đua, đua thi", VOCABULARY)["thi dua"] == 0


def test_counts_without_vocabulary_are_the_words() -> None:
    assert counts("thi đua thi đua 1/2") == {"thi": 2, "dua": 2, "1": 1, "2": 1, "1/2": 1}


def test_term_of_a_number_has_slashes_and_of_words_blanks() -> None:
    assert (term_of(" GD&ĐT "), term_of("thi  đua")) == ("gd/dt", "thi dua")
