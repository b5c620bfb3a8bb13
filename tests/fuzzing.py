"""Texts that people, paste and attackers put into boxes."""

from __future__ import annotations

import random
from collections.abc import Iterator

PIECES = (
    *("nguyễn", "thi", "hoà", "HOÀ", "kho học liệu số", "258/KH-UBND", "HS-2026-000001", "2025-2026", "CSTĐCS", "số"),
    *(
        '"',
        '""',
        '"a',
        "(",
        ")",
        "))",
        "((",
        "-",
        "--",
        "- -",
        "OR",
        "AND",
        "NOT",
        "OR OR",
        "*",
        "?",
        "~",
        "^2",
        "[",
        "]",
    ),
    *("{", "}", "{{7*7}}", "${7*7}", "<img src=x onerror=alert(1)>", "=cmd|' /C calc'!A0", "'; DROP TABLE dossier;--"),
    *(":", "::", "nam:", "nam:2024", "nam:2024..2026", "nam:..", "nam:9" + "9" * 40, "đơn vị:", "don-vi:hoa", "ma:HS"),
    *(
        "trạng thái:nháp",
        "trang-thai:x",
        "phong trào:",
        "tokens:own1",
        "id:1",
        "text:hoa",
        "\\",
        "\\\\",
        "%",
        "_",
        "%%",
    ),
    *(
        "\x00",
        "\x0b",
        "\r\n",
        "\t",
        "\u202e",
        "\u200b",
        "\ufeff",
        "\U0001f600",
        "\u0301",
        "\u0301" * 50,
        "ﬁ",
        "İ",
        "ß",
    ),
    *(
        "a" * 300,
        "a " * 300,
        "-a " * 40,
        '"a b" ' * 40,
        "Ð",
        "đ",
        "Đ",
        "đ\u0300",
        "١٢٣",
        "中文",
        "\U0010ffff",
        "..",
        "/",
        "//",
    ),
)


def queries(count: int, seed: int) -> Iterator[str]:
    """``count`` random queries, the same for the same ``seed``."""
    chance = random.Random(seed)
    yield from ("", " ", *PIECES)
    for _ in range(count - len(PIECES) - 2):
        parts = (chance.choice(PIECES) for _ in range(chance.randint(1, 6)))
        text = chance.choice(["", " ", " "]).join(parts)
        if chance.random() < 0.2:
            text += "".join(chr(chance.randint(1, 0xD7FF)) for _ in range(chance.randint(1, 20)))
        yield text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")[: chance.choice([20, 200, 5000])]
