"""File names: as people read them, in a ZIP, and in a header. Never as a path on the server."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from thidua.text import clean_line, fold

DISPLAY_LENGTH = 120
ARCHIVE_BYTES = 200
NAMELESS = "tệp"

_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}\Z")
_ILLEGAL = re.compile(r'[<>:"/\\|?*]')
_NOT_TOKEN = re.compile(r"[^A-Za-z0-9 ._()+-]")
_RESERVED = re.compile(r"(con|prn|aux|nul|clock\$|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?\Z", re.IGNORECASE)


def display_name(raw: str) -> str:
    r"""What is stored and shown of the name a browser sent: one line of at most 120 characters.

    NFC; directories, control, direction and invisible characters are gone; the extension survives
    the cutting. Quotes stay: pages escape them, and so does :func:`content_disposition`.

    >>> display_name("C:\\Users\\Hoa\\..\\Ba\u0301o ca\u0301o\u202excod.docx")
    'Báo cáoxcod.docx'
    >>> display_name("../../")
    'tệp'
    """
    visible = "".join(" " if unicodedata.category(c) in ("Zl", "Zp") else c for c in raw)
    visible = "".join(c for c in visible if unicodedata.category(c)[0] != "C" or c in "\t\n\r")
    last = clean_line(visible.replace("\\", "/").rstrip("/").rpartition("/")[2])
    stem, ending = _split(last)
    if not stem.strip(". "):
        stem = NAMELESS
    return _cut(stem, DISPLAY_LENGTH - len(ending)) + ending


def extension(name: str) -> str:
    """The lower-case extension with its dot, or an empty string.

    >>> extension("Đơn.đề nghị.DOCX"), extension("README")
    ('.docx', '')
    """
    return _split(display_name(name))[1].lower()


def archive_name(path: str, taken: set[str]) -> str:
    r"""A path for a member of a ZIP that Windows, macOS and Linux can all unpack, unique in ``taken``.

    There is no way out of the folder in it. ``taken`` holds the comparison keys of the paths given
    so far and is added to; start with an empty set. Every part is cut to 200 bytes: Vietnamese
    letters take up to three, and file systems stop at 255.

    >>> taken: set[str] = set()
    >>> [archive_name(n, taken) for n in ("Đơn.docx", "ĐƠN.docx", "nul.txt", '../Mẫu/../a "b".txt.')]
    ['Đơn.docx', 'ĐƠN (2).docx', '_nul.txt', 'Mẫu/a _b_.txt']
    """
    *folders, last = [part for part in map(_portable, path.replace("\\", "/").split("/")) if part] or [NAMELESS]
    folder = "".join(f"{part}/" for part in folders)
    stem, ending = _split(last)
    number = 1
    while True:
        suffix = (f" ({number})" if number > 1 else "") + ending
        candidate = folder + _cut_bytes(stem, ARCHIVE_BYTES - len(suffix)) + suffix
        key = unicodedata.normalize("NFC", candidate.casefold())
        if key not in taken:
            taken.add(key)
            return candidate
        number += 1


def _portable(part: str) -> str:
    if not part.strip(". "):
        return ""
    plain = _ILLEGAL.sub("_", display_name(part)).strip(". ") or NAMELESS
    if _RESERVED.match(plain):
        plain = "_" + plain
    stem, ending = _split(plain)
    return _cut_bytes(stem, ARCHIVE_BYTES - len(ending)) + ending


def content_disposition(name: str, *, inline: bool = False) -> str:
    """The value of a Content-Disposition header (RFC 6266, RFC 8187) for ``name``: ASCII only, one line.

    >>> content_disposition("Đơn “A”.pdf", inline=True)
    'inline; filename="Don _A_.pdf"; filename*=UTF-8\\'\\'%C4%90%C6%A1n%20%E2%80%9CA%E2%80%9D.pdf'
    """
    shown = display_name(name)
    plain = _NOT_TOKEN.sub("_", _ascii(shown))
    value = f'{"inline" if inline else "attachment"}; filename="{plain}"'
    if plain != shown:
        value += f"; filename*=UTF-8''{quote(shown, safe='')}"
    return value


def _ascii(text: str) -> str:
    """``text`` without marks; fold() lowers, so a capital is put back where it stood."""
    return "".join(fold(c).upper() if c.isupper() else fold(c) for c in text)


def _split(name: str) -> tuple[str, str]:
    match = _EXTENSION.search(name)
    return (name[: match.start()], match.group()) if match else (name, "")


def _cut(stem: str, length: int) -> str:
    """The first ``length`` characters, never parting a letter from its combining marks."""
    if len(stem) <= length:
        return stem
    while length > 0 and unicodedata.combining(stem[length]):
        length -= 1
    return stem[:length].rstrip(". ")


def _cut_bytes(stem: str, length: int) -> str:
    return stem.encode("utf-8")[:length].decode("utf-8", "ignore").rstrip(". ")
