"""The words of the field that belong together; the same for the index and for what is asked."""

from __future__ import annotations

from collections.abc import Mapping

from thidua.search.fold import Vocabulary

# Searched as phrases again and again; each is one term, so its phrase costs as little as a word.
COMPOUNDS = (
    "báo cáo",
    "chuyển đổi số",
    "dạy tốt",
    "đổi mới",
    "giáo viên",
    "hiệu quả",
    "học liệu",
    "học liệu số",
    "học sinh",
    "học tốt",
    "khen thưởng",
    "năm học",
    "nhà trường",
    "phong trào",
    "sáng kiến",
    "sáng tạo",
    "thành tích",
    "thi đua",
    "trường học",
)


def field_vocabulary(abbreviations: Mapping[str, str]) -> Vocabulary:
    """The vocabulary of a site whose plugins bring these abbreviations (short form → long form)."""
    return Vocabulary(abbreviations=abbreviations, compounds=COMPOUNDS)
