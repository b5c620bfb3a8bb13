"""What thidua itself brings through the hooks: readers, the search engine, the field's abbreviations.

A plugin like any other, found by its entry point. It can be taken out (``plugins.off = ["included"]``)
only where another brings the search engine.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from pathlib import Path

from thidua.files import readers
from thidua.plugin import DossierChange, SearchEngine, TextExtractor, hookimpl
from thidua.search.vocabulary import field_vocabulary
from thidua.search.whoosh_engine import WhooshEngine

log = logging.getLogger(__name__)

# Common in dossiers, Nghị định 98/2023/NĐ-CP and the sector's circulars.
ABBREVIATIONS: Mapping[str, str] = {
    "LĐTT": "lao động tiên tiến",
    "CSTĐ": "chiến sĩ thi đua",
    "CSTĐCS": "chiến sĩ thi đua cơ sở",
    "CSTĐT": "chiến sĩ thi đua cấp tỉnh",
    "CSTĐTQ": "chiến sĩ thi đua toàn quốc",
    "TTLĐTT": "tập thể lao động tiên tiến",
    "TTLĐXS": "tập thể lao động xuất sắc",
    "HTXSNV": "hoàn thành xuất sắc nhiệm vụ",
    "HTTNV": "hoàn thành tốt nhiệm vụ",
    "SKKN": "sáng kiến kinh nghiệm",
    "GVDG": "giáo viên dạy giỏi",
    "GVCN": "giáo viên chủ nhiệm",
    "HSG": "học sinh giỏi",
    "CNTT": "công nghệ thông tin",
    "CĐS": "chuyển đổi số",
    "KHKT": "khoa học kỹ thuật",
    "TDTT": "thể dục thể thao",
    "PPDH": "phương pháp dạy học",
    "TĐKT": "thi đua khen thưởng",
    "GD&ĐT": "giáo dục và đào tạo",
    "UBND": "ủy ban nhân dân",
    "THCS": "trung học cơ sở",
    "THPT": "trung học phổ thông",
}


@hookimpl
def thidua_text_extractors() -> list[TextExtractor]:
    """Word, PDF, Excel and plain text."""
    return [
        TextExtractor(name="word", extensions=(".docx",), extract=readers.docx),
        TextExtractor(name="pdf", extensions=(".pdf",), extract=readers.pdf),
        TextExtractor(name="excel", extensions=(".xlsx",), extract=readers.xlsx),
        TextExtractor(name="text", extensions=(".txt",), extract=readers.txt),
    ]


@hookimpl
def thidua_search_engines() -> list[SearchEngine]:
    """Whoosh, in the site's own process."""
    return [SearchEngine(name="whoosh", open=open_whoosh)]


@hookimpl
def thidua_abbreviations() -> dict[str, str]:
    """The abbreviations of emulation and commendation that everybody writes."""
    return dict(ABBREVIATIONS)


@hookimpl
def thidua_dossier_changed(change: DossierChange) -> None:
    """One line in the log for each step of a dossier: its code, nothing of what it says or who did it."""
    log.info("%s %s: %s -> %s", change.code, change.action, change.before, change.after)


def open_whoosh(folder: Path, abbreviations: Mapping[str, str]) -> WhooshEngine:
    """The index in ``folder``; other abbreviations are another index, so a changed vocabulary is never mixed in."""
    words = field_vocabulary(abbreviations)
    digest = hashlib.sha256(repr((sorted(words.abbreviations.items()), words.compounds)).encode()).hexdigest()
    return WhooshEngine(folder / digest[:12], words)
