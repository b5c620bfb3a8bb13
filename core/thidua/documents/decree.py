"""What a decree on official documents fixes, as dated data: every number with the item that it stands in.

The writer chooses within it (:class:`~thidua.documents.layout.Format` refuses to be built outside of it) and the
checker measures by it. A later decree is a second :class:`Decree`, not a changed number: documents of the past are
measured by what was in force when they were signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from types import MappingProxyType


@dataclass(frozen=True)
class Allowed:
    """From ``least`` to ``most``, both included, as ``item`` of the decree says: millimetres, points, or a multiple.

    ``most`` is infinite where only a least is asked for. ``bold`` and ``italic`` say how it must be set where the
    decree says so; False where it may not or need not be.

    >>> Allowed("I.3", 30, 35).said, Allowed("II.3", 13, 13).said, Allowed("II.6", 10, 12.7).holds(12.7)
    ('30–35', '13', True)
    """

    item: str
    least: float
    most: float
    bold: bool = False
    italic: bool = False

    def holds(self, value: float, slack: float = 0) -> bool:
        """Whether ``value`` is allowed; ``slack`` is what measuring may have cost."""
        return self.least - slack <= value <= self.most + slack

    @property
    def said(self) -> str:
        """As a finding says it: ``20–25``, or the one value: the only one, or the least."""
        ends = [end for end in dict.fromkeys((self.least, self.most)) if isfinite(end)]
        return "–".join(f"{end:g}".replace(".", ",") for end in ends)


@dataclass(frozen=True)
class Decree:
    """The rules of one decree. ``basis`` is its full name, ``source`` what a finding puts before the item.

    ``valid_from`` is the first day it is in force, ``valid_to`` the last, None while it is. ``kinds`` are the names of
    documents in capitals with the letters that stand for them in a number's sign. A number below ``zero_below`` gets a
    zero in front, in dates a day likewise, and a month that is one of ``zero_months``.
    """

    basis: str
    source: str
    valid_from: date
    paper: str
    width: Allowed
    height: Allowed
    top: Allowed
    bottom: Allowed
    left: Allowed
    right: Allowed
    font_item: str
    font: str
    page_number: Allowed
    nation: Allowed
    nation_words: str
    motto: Allowed
    motto_words: str
    issuer: Allowed
    reference: Allowed
    day: Allowed
    title: Allowed
    about: Allowed
    body: Allowed
    first_line: Allowed
    after: Allowed
    line: Allowed
    signer: Allowed
    copies_title: Allowed
    copies: Allowed
    kinds_item: str
    kinds: Mapping[str, str]
    zero_below: int
    zero_months: frozenset[int]
    valid_to: date | None = None

    def sign(self, kind: str) -> str:
        """The letters of a kind of document; ``KeyError`` for a kind that the decree does not know.

        >>> DECREE_30_2020.sign("TỜ TRÌNH")
        'TTr'
        """
        return self.kinds[kind]

    def number(self, number: str) -> str:
        """The number of a document with the zero that it needs.

        >>> DECREE_30_2020.number("5"), DECREE_30_2020.number("12")
        ('05', '12')
        """
        return number.zfill(len(str(self.zero_below))) if number.isdecimal() else number

    def month(self, month: int) -> str:
        """A month with the zero that it needs.

        >>> DECREE_30_2020.month(2), DECREE_30_2020.month(3)
        ('02', '3')
        """
        return f"{month:02d}" if month in self.zero_months else str(month)


# Phụ lục I, Phần I: "I.n" is mục I (quy định chung), "II.n" mục II (các thành phần thể thức chính), a letter its điểm;
# kinds: Phụ lục III. Items and numbers were compared with the annex as law portals and offices print it, the sizes of
# II.7 and II.9 with summaries of it only. Of the indent the decree names two values, 1 cm or 1,27 cm; what lies between
# them is let pass.
DECREE_30_2020 = Decree(
    basis="Nghị định số 30/2020/NĐ-CP ngày 05/3/2020 của Chính phủ về công tác văn thư, Phụ lục I",
    source="NĐ 30/2020/NĐ-CP, Phụ lục I, Phần I, mục ",
    valid_from=date(2020, 3, 5),
    paper="A4",
    width=Allowed("I.1", 210, 210),
    height=Allowed("I.1", 297, 297),
    top=Allowed("I.3", 20, 25),
    bottom=Allowed("I.3", 20, 25),
    left=Allowed("I.3", 30, 35),
    right=Allowed("I.3", 15, 20),
    font_item="I.4",
    font="Times New Roman",
    page_number=Allowed("I.7", 13, 14),
    nation=Allowed("II.1", 12, 13, bold=True),
    nation_words="CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    motto=Allowed("II.1", 13, 14, bold=True),
    motto_words="Độc lập - Tự do - Hạnh phúc",
    issuer=Allowed("II.2", 12, 13, bold=True),
    reference=Allowed("II.3", 13, 13),
    day=Allowed("II.4", 13, 14, italic=True),
    title=Allowed("II.5", 13, 14, bold=True),
    about=Allowed("II.5", 13, 14, bold=True),
    body=Allowed("II.6", 13, 14),
    first_line=Allowed("II.6.e", 10, 12.7),
    after=Allowed("II.6.e", 6, float("inf")),
    line=Allowed("II.6.e", 1, 1.5),
    signer=Allowed("II.7", 13, 14, bold=True),
    copies_title=Allowed("II.9", 12, 12, bold=True, italic=True),
    copies=Allowed("II.9", 11, 11),
    kinds_item="Phụ lục III, mục I",
    kinds=MappingProxyType(
        {
            "NGHỊ QUYẾT": "NQ",
            "QUYẾT ĐỊNH": "QĐ",
            "CHỈ THỊ": "CT",
            "QUY CHẾ": "QC",
            "QUY ĐỊNH": "QyĐ",
            "THÔNG CÁO": "TC",
            "THÔNG BÁO": "TB",
            "HƯỚNG DẪN": "HD",
            "CHƯƠNG TRÌNH": "CTr",
            "KẾ HOẠCH": "KH",
            "PHƯƠNG ÁN": "PA",
            "ĐỀ ÁN": "ĐA",
            "DỰ ÁN": "DA",
            "BÁO CÁO": "BC",
            "BIÊN BẢN": "BB",
            "TỜ TRÌNH": "TTr",
            "HỢP ĐỒNG": "HĐ",
            "CÔNG ĐIỆN": "CĐ",
            "BẢN GHI NHỚ": "BGN",
            "BẢN THỎA THUẬN": "BTT",
            "GIẤY ỦY QUYỀN": "GUQ",
            "GIẤY MỜI": "GM",
            "GIẤY GIỚI THIỆU": "GGT",
            "GIẤY NGHỈ PHÉP": "GNP",
            "PHIẾU GỬI": "PG",
            "PHIẾU CHUYỂN": "PC",
            "PHIẾU BÁO": "PB",
        }
    ),
    zero_below=10,
    zero_months=frozenset({1, 2}),
)
