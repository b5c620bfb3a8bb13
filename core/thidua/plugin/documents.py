"""The papers a dossier must or may carry."""

from __future__ import annotations

import re
from dataclasses import KW_ONLY, dataclass

from thidua.plugin.problems import (
    ContractError,
    check_distinct,
    check_flags,
    check_key,
    check_text,
    check_tuple,
    check_whole,
    check_words,
)

_EXTENSION = re.compile(r"\.[a-z0-9]{1,8}")
MOST_MEGABYTES = 1024
MOST_FILES = 50


@dataclass(frozen=True)
class Document:
    """A slot for files. ``accept`` are lower-case extensions with their dot; limits count per file and per slot.

    ``identifying`` files are hidden from blind judges.

    >>> Document("bao_cao", "Báo cáo thành tích", required=True, accept=(".docx", ".pdf")).max_files
    1
    """

    key: str
    label: str
    _: KW_ONLY
    required: bool = False
    accept: tuple[str, ...] = (".pdf", ".docx")
    max_mb: int = 25
    max_files: int = 1
    identifying: bool = False
    help: str = ""

    def __post_init__(self) -> None:
        """Check the key, the extensions and the limits."""
        check_key("document", self.key)
        place = f"document {self.key!r}"
        check_words(place, "label", self.label)
        check_text(self, place, "help")
        check_flags(self, place, "required", "identifying")
        check_tuple(place, "accept", self.accept, str)
        check_distinct(place, "extension", list(self.accept))
        if not self.accept:
            raise ContractError(f'{place}: accept names no file type; write (".pdf", ".docx")')
        for extension in self.accept:
            if not _EXTENSION.fullmatch(extension):
                raise ContractError(f"{place}: {extension!r} is no extension; write it as '.pdf'")
        check_whole(self, place, "max_mb", 1, MOST_MEGABYTES)
        check_whole(self, place, "max_files", 1, MOST_FILES)
