"""FILE-5 and FILE-7: names as shown, in a ZIP and in a header."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.http import parse_options_header

from thidua.names import archive_name, content_disposition, display_name, extension

RAW = st.text(max_size=140) | st.text(alphabet='.\\/ "\u202e\u0301ệĐCONul1:?*<|', max_size=150)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Báo cáo.docx", "Báo cáo.docx"),
        ("Ba\u0301o ca\u0301o.docx", "Báo cáo.docx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Hoa\\đơn.pdf", "đơn.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\u200b\u2028b\x00\r\nc.txt", "a b c.txt"),
        ('“Giấy” "khen".pdf', '“Giấy” "khen".pdf'),
        ("..", "tệp"),
        ("", "tệp"),
        (".docx", "tệp.docx"),
        ("a/", "a"),
    ],
)
def test_display_name_shows(raw, shown):
    assert display_name(raw) == shown


def test_display_name_cuts_to_120_characters_and_keeps_the_extension():
    assert display_name("ệ" * 300 + ".docx") == "ệ" * 115 + ".docx"
    assert display_name("b\u0323\u0306" * 100 + ".docx") == "\u1e05\u0306" * 57 + ".docx"


@settings(max_examples=200)
@given(RAW)
def test_display_name_is_one_short_visible_normal_line(raw):
    shown = display_name(raw)
    assert display_name(shown) == shown
    assert 1 <= len(shown) <= 120
    assert shown == unicodedata.normalize("NFC", shown).strip()
    assert {c for c in shown if c in "/\\" or unicodedata.category(c)[0] == "C"} == set()


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("a.DOCX", ".docx"),
        ("a", ""),
        ("a.tar.gz", ".gz"),
        ("a.pdf ", ".pdf"),
        ("a.pdf/b", ""),
        ("a.đoc", ""),
        ("a.", ""),
    ],
)
def test_extension_is_the_last_one_in_lower_case(name, found):
    assert extension(name) == found


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("Lpt9 .pdf", "_Lpt9.pdf"),
        ("com¹.txt", "_com¹.txt"),
        ("contact.txt", "contact.txt"),
        ("a. . ", "a"),
        ('a<b>:"|?*.pdf', "a_b______.pdf"),
        ("...", "tệp"),
        (".bashrc", "tệp.bashrc"),
    ],
)
def test_archive_name_is_safe_on_windows(name, packed):
    assert archive_name(name, set()) == packed


@settings(max_examples=200)
@given(st.text(max_size=200))
def test_archive_name_never_leads_out_and_is_stable(name):
    path = archive_name(name, set())
    assert all(part not in ("", ".", "..") and "\\" not in part and ":" not in part for part in path.split("/"))
    assert archive_name(path, set()) == path


def test_archive_name_numbers_what_other_systems_take_for_the_same():
    taken: set[str] = set()
    names = ["Đơn.docx", "ĐƠN.docx", "Đơn.docx", "đơn (2).docx"]
    assert [archive_name(name, taken) for name in names] == [
        "Đơn.docx",
        "ĐƠN (2).docx",
        "Đơn (3).docx",
        "đơn (2) (2).docx",
    ]


@settings(max_examples=200)
@given(st.lists(RAW, max_size=8))
def test_archive_names_are_unique_short_and_free_of_what_windows_refuses(names):
    taken: set[str] = set()
    packed = [archive_name(name, taken) for name in names]
    assert len({unicodedata.normalize("NFC", name.casefold()) for name in packed}) == len(names)
    for part in (part for name in packed for part in name.split("/")):
        assert len(part.encode()) <= 200
        assert part == part.strip(". ")
        assert set('<>:"\\|?*') & set(part) == set()
        assert part.split(".")[0].strip().lower() not in {"", "con", "prn", "aux", "nul", "com1", "lpt1"}


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a.pdf", 'attachment; filename="a.pdf"'),
        ('a"b.pdf', "attachment; filename=\"a_b.pdf\"; filename*=UTF-8''a%22b.pdf"),
        ("Đơn.pdf", "attachment; filename=\"Don.pdf\"; filename*=UTF-8''%C4%90%C6%A1n.pdf"),
        ("a\r\nX: y;.pdf", "attachment; filename=\"a X_ y_.pdf\"; filename*=UTF-8''a%20X%3A%20y%3B.pdf"),
    ],
)
def test_content_disposition_of(name, header):
    assert content_disposition(name) == header


@settings(max_examples=200)
@given(RAW, st.booleans())
def test_content_disposition_is_read_back_as_the_shown_name(name, inline):
    value = content_disposition(name, inline=inline)
    assert value.isascii()
    assert value.isprintable()
    assert parse_options_header(value) == ("inline" if inline else "attachment", {"filename": display_name(name)})
