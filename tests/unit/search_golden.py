"""Judged queries: what a search for them must find, whichever engine answers."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from thidua.search.engine import EVERYTHING, IndexDocument
from thidua.search.fold import Vocabulary

VOCABULARY = Vocabulary(
    abbreviations={
        "CSTĐCS": "chiến sĩ thi đua cơ sở",
        "LĐTT": "lao động tiên tiến",
        "SKKN": "sáng kiến kinh nghiệm",
        "CNTT": "công nghệ thông tin",
        "GD&ĐT": "giáo dục và đào tạo",
        "UBND": "ủy ban nhân dân",
    },
    compounds=frozenset({"học liệu", "thi đua", "an toàn"}),
)

TEXTS = {
    1: "Nguyễn Thị Hoà, giáo viên Trường Tiểu học Hoa Sen. Danh hiệu CSTĐCS năm 2023.",
    2: "Nguyễn Thị Hoa, giáo viên Trường Mầm non Bình Minh. Danh hiệu lao động tiên tiến 2023.",
    3: "Trần Văn Hòa. Nguyễn Thị Đáng dự giờ. Chiến sĩ thi đua cơ sở năm học 2022-2023.",
    4: "Kế hoạch số 258/KH-UBND ngày 15/08/2024 về phong trào Dạy tốt – Học tốt.",
    5: "Công văn 258 của Sở; kế hoạch KH khác; UBND phường.",
    6: "Kho học liệu số dùng chung của tổ Toán: bài giảng, đề thi, hình vẽ.",
    7: "Số kho sách: 12. Tài liệu dạy học cho học sinh.",
    8: "Ý thức an toàn giao thông; y tế học đường ở bán trú.",
    9: "Bà An dạy toàn khối; cán bộ tổ chức thể thao, ôn bài ít, bé vui.",
    10: "Cô Dang và thầy Đang dự thi. Ủy ban nhân dân tổ chức.",
    11: unicodedata.normalize("NFD", "Sáng kiến kinh nghiệm: đổi mới cách đánh giá, ứng dụng công nghệ thông tin"),
    12: "SKKN về chuyển đổi số. Phòng GD&ĐT công nhận.",
    13: "Nháp của cô Nguyễn Thị Hoà, chưa nộp.",
}
TOKENS = {
    **{number: frozenset({"o1", "s:submitted"}) for number in (1, 4, 6, 8)},
    **{number: frozenset({"o2", "s:submitted"}) for number in (2, 3, 5, 7)},
    **{number: frozenset({"o3", "s:accepted", "pub"}) for number in (9, 10, 11, 12)},
    13: frozenset({"u:7", "s:draft"}),
}
DOCUMENTS = [
    IndexDocument(number, text, TOKENS[number], sort_date=20_000 + number, year=2020 + number % 5)
    for number, text in TEXTS.items()
]


@dataclass(frozen=True)
class Judged:
    """``ids`` exactly; ``first`` those that must lead, in order, once re-ranked by the exact text."""

    query: str
    ids: frozenset[int]
    first: tuple[int, ...] = ()
    allowed: frozenset[str] = frozenset({EVERYTHING})


def judged(query: str, *ids: int, first: tuple[int, ...] = (), allowed: str = EVERYTHING) -> Judged:
    return Judged(query, frozenset(ids), first, frozenset(allowed.split()))


GOLDEN = [
    judged("nguyen thi hoa", 1, 2, 3, 13),
    judged("NGUYỄN THỊ HOÀ", 1, 2, 3, 13, first=(13, 1)),
    judged("Nguyễn Thị Hòa", 1, 2, 3, 13, first=(13, 1)),
    judged("Nguyễn Thị Hoa", 1, 2, 3, 13, first=(2, 1)),
    judged('"nguyen thi hoa"', 1, 2, 13),
    judged("CSTĐCS 2023", 1, 3),
    judged("cstdcs", 1, 3),
    judged("chiến sĩ thi đua cơ sở", 1, 3),
    judged('"chiến sĩ thi đua cơ sở"', 1, 3),
    judged("LĐTT", 2),
    judged("258/KH-UBND", 4),
    judged("258/KH", 4),
    judged("258 KH UBND", 4, 5),
    judged("08/2024", 4),
    judged("2022-2023", 3),
    judged("Dạy tốt-Học tốt", 4),
    judged("kho hoc lieu so", 6, 7, first=(6, 7)),
    judged('"kho hoc lieu so"', 6),
    judged('"học liệu"', 6),
    judged("ý", 8),
    judged("y", 8),
    judged("y tế", 8),
    judged("ở", 8),
    judged("an toàn", 8, 9, first=(8,)),
    judged('"an toàn"', 8),
    judged("can to the", 9),
    judged("it be on", 9),
    judged("đáng", 3, 10, first=(3,)),
    judged("dang", 3, 10),
    judged("đang", 3, 10, first=(10,)),
    judged(unicodedata.normalize("NFD", "đổi mới đánh giá"), 11),
    judged("đổi mới đánh giá", 11),
    judged("SKKN", 11, 12),
    judged("sáng kiến kinh nghiệm", 11, 12),
    judged("CNTT", 11),
    judged("GD&ĐT", 12),
    judged("gd đt", 12),
    judged("giáo dục và đào tạo", 12),
    judged("ủy ban nhân dân", 4, 5, 10),
    judged("hoa -nguyễn"),
    judged("kho -số"),
    judged('kho -"học liệu"', 7),
    judged("học OR SKKN", 1, 3, 4, 6, 7, 8, 11, 12),
    judged("skkn HOẶC lđtt", 2, 11, 12),
    judged('"bai giang" OR "tài liệu"', 6, 7),
    judged("hoa nam:2021", 1),
    judged("hoa năm: 2021..2022", 1, 2),
    judged("nguyễn -đơnvị:x", 1, 2, 3, 13),
    judged("", *TEXTS),
    judged("-hoa", *(set(TEXTS) - {1, 2, 3, 13})),
    judged("nguyen thi hoa", 1, allowed="o1"),
    judged("nguyen thi hoa", 1, 13, allowed="o1 u:7"),
    judged("nguyen thi hoa", allowed="pub"),
    judged("", 9, 10, 11, 12, allowed="pub"),
    judged("không có từ này"),
]
