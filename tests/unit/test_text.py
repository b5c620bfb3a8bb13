"""Text at the door: what would hold the whole program while it is put in order is cut before."""

from __future__ import annotations

import re
import sys
import unicodedata
from pathlib import Path

from flask import Flask

import thidua
from conftest import csrf_of
from thidua.services.passwords import one_time
from thidua.text import MOST_MARKS, canonical_tone, clean, few_marks, fold

LOOSE = "\u0301\u0323" * 100_000  # in the wrong order: Python sorts such a run by insertion


def test_letters_keep_the_marks_that_languages_put_on_them() -> None:
    poem = "Nguyễn Thị Hoà, Đặng Thuỷ – “Tiếng Việt”…………………………………… " * 20
    assert clean(poem) == few_marks(poem) == poem
    assert clean(unicodedata.normalize("NFD", poem)) == poem


def test_what_nobody_sees_is_no_text_and_parts_no_word() -> None:
    assert clean("\u200b\u2060") == ""
    assert clean("Ngu\u200byễn Thị Hoà\u2060") == "Nguyễn Thị Hoà"
    assert clean("khen th\u00adëng") == "khen th\u00adëng"  # "khen thưởng" in the old TCVN3
    assert clean("👩\u200d🏫") == "👩\u200d🏫"  # one picture, held together by what is not seen


def test_heaps_of_marks_are_cut_before_they_are_put_in_order() -> None:
    assert clean(f"a{LOOSE}b") == unicodedata.normalize("NFC", f"a{LOOSE[:MOST_MARKS]}b")
    assert fold(f"A{LOOSE}B") == "ab"
    assert len(unicodedata.normalize("NFD", canonical_tone(f"hoa{LOOSE}"))) == len("hoa") + MOST_MARKS
    tibetan = "\u0f73\u0f75" * 100_000  # no marks themselves, but made of nothing else
    assert len(clean(tibetan)) <= 2 * MOST_MARKS


def test_every_mark_there_is_counts() -> None:
    letter = re.compile(r"[\w\s\x00-\x7f]")
    marks = [
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if unicodedata.combining(unicodedata.normalize("NFD", character)[0])
    ]
    assert len(marks) > 800
    assert [mark for mark in marks if letter.match(mark)] == []


def test_nobody_holds_the_site_from_its_door(app: Flask) -> None:
    client = app.test_client()
    sent = {"login": f"a{LOOSE}", "password": f"{one_time()}{LOOSE}", "csrf_token": csrf_of(client)}
    answer = client.post("/dang-nhap", data=sent)
    assert (answer.status_code, "Tên đăng nhập hoặc mật khẩu" in answer.get_data(as_text=True)) == (401, True)


def test_the_browser_counts_without_what_the_server_does_not_keep() -> None:
    script = (Path(thidua.__file__).parent / "static" / "js" / "part.js").read_text("utf-8")
    (dropped,) = re.findall(r"const NOT_KEPT = /(\[[^\]]+\])/gu;", script)
    letters = [chr(code) for code in range(0x11000)]
    assert [one for one in letters if re.match(dropped, one)] == [
        one for one in letters if not clean(one) and not unicodedata.combining(one)
    ]
