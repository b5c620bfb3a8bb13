"""The kinds of file that the system takes, and what a browser is told about each."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind: ``extension`` with its dot, the ``label`` people read, the ``media_type`` it is served with.

    ``inline`` says whether the page may show it in its sandboxed viewer.
    """

    extension: str
    label: str
    media_type: str
    inline: bool = False


KINDS: Mapping[str, FileKind] = MappingProxyType(
    {
        kind.extension: kind
        for kind in (
            FileKind(".docx", "Word", f"{_OFFICE}.wordprocessingml.document"),
            FileKind(".xlsx", "Excel", f"{_OFFICE}.spreadsheetml.sheet"),
            FileKind(".pdf", "PDF", "application/pdf", inline=True),
            FileKind(".txt", "Văn bản thuần", "text/plain; charset=utf-8"),
            FileKind(".jpg", "Ảnh JPEG", "image/jpeg", inline=True),
            FileKind(".jpeg", "Ảnh JPEG", "image/jpeg", inline=True),
            FileKind(".png", "Ảnh PNG", "image/png", inline=True),
        )
    }
)


def safe_inline(kind: FileKind) -> bool:
    """Whether ``kind`` may be shown inside the page; everything else is only ever a download.

    >>> safe_inline(KINDS[".pdf"]), safe_inline(KINDS[".docx"])
    (True, False)
    """
    return kind.inline


def text_encodings(head: bytes) -> tuple[str, ...]:
    """The encodings in which a text file beginning with ``head`` may be, the first that fits wins.

    >>> text_encodings(b"abc"), text_encodings(codecs.BOM_UTF16_LE)
    (('utf-8-sig', 'cp1258'), ('utf-16',))
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    return ("utf-8-sig", "cp1258")
