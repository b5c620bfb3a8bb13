"""What a school sends with its dossiers: the tờ trình and the danh sách trích ngang."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ..times import show_date
from .layout import ND30, Format, add, open_document, to_bytes
from .letter import (
    Issuer,
    OfficialLetter,
    Signer,
    document_sign,
    header_grid,
    letter,
    long_date,
    signature_grid,
    title_blocks,
)
from .tables import Column, Table, table_grid
from .word import Para

SHORT_HASH = 16
KIND = "TỜ TRÌNH"
_KINDS = {
    "BB": "Biên bản",
    "BC": "Báo cáo",
    "CT": "Chỉ thị",
    "CTr": "Chương trình",
    "HD": "Hướng dẫn",
    "KH": "Kế hoạch",
    "NQ": "Nghị quyết",
    "NĐ": "Nghị định",
    "PL": "Pháp lệnh",
    "QyĐ": "Quy định",
    "QĐ": "Quyết định",
    "TB": "Thông báo",
    "TT": "Thông tư",
    "TTLT": "Thông tư liên tịch",
    "TTr": "Tờ trình",
    "VBHN": "Văn bản hợp nhất",
    "ĐA": "Đề án",
}
"""What the first letters of a document's sign say; a sign without them is that of a công văn."""


@dataclass(frozen=True)
class Nominee:
    """One nominated person or collective.

    ``title`` is ``Ông``, ``Bà`` or ``Tập thể``; ``born`` is ``None`` for a
    collective. ``proposal`` says for what: movement, title or award.
    ``sha256`` is the hash of the submitted version, in hexadecimal.
    """

    title: str
    name: str
    position: str
    proposal: str
    summary: str
    code: str
    sha256: str
    born: date | None = None

    @property
    def collective(self) -> bool:
        """Whether a collective is nominated rather than a person."""
        return self.title == "Tập thể"


@dataclass(frozen=True)
class SubmissionLetter:
    """What stands in a tờ trình and in the list that goes with it.

    ``movement`` is the call as people say it ("phong trào thi đua “Dạy tốt –
    Học tốt”"), ``period`` its label ("năm học 2025-2026"), ``authority`` the
    body that is asked to commend, as it is addressed. ``number`` and ``date``
    may be missing (``""``, ``None``) in a draft.
    """

    issuer: Issuer
    number: str
    date: date | None
    movement: str
    period: str
    authority: str
    grounds: Sequence[str]
    nominees: Sequence[Nominee]
    signer: Signer
    copies: Sequence[str] = ()

    @property
    def counts(self) -> str:
        """``02 tập thể và 07 cá nhân``; a kind that nobody is of is left out."""
        collectives = sum(nominee.collective for nominee in self.nominees)
        people = len(self.nominees) - collectives
        parts = [f"{collectives:02d} tập thể"] if collectives else []
        if people or not collectives:
            parts.append(f"{people:02d} cá nhân")
        return " và ".join(parts)


def ground(number: str, day: date, issuer: str) -> str:
    """A line of *căn cứ*. The type of the document is read from its sign; a number that begins with words says it.

    >>> ground("3282/BGDĐT-TĐKT", date(2017, 7, 28), "Bộ Giáo dục và Đào tạo")
    'Căn cứ Công văn số 3282/BGDĐT-TĐKT ngày 28 tháng 7 năm 2017 của Bộ Giáo dục và Đào tạo'
    >>> ground("06/2022/QH15", date(2022, 6, 15), "Quốc hội")
    'Căn cứ Luật số 06/2022/QH15 ngày 15 tháng 6 năm 2022 của Quốc hội'
    """
    sign = number.rpartition("/")[2]
    kind = "Luật" if re.fullmatch(r"QH\d+", sign) else _KINDS.get(sign.partition("-")[0], "Công văn")
    named = f"{kind} số {number}" if number[:1].isdigit() else number
    return f"Căn cứ {named} {long_date(day)} của {issuer}"


def submission_letter(data: SubmissionLetter, style: Format = ND30) -> bytes:
    """The tờ trình (mẫu 01) as a .docx file, with a short list of the nominees in it."""
    what = f"{data.movement} {data.period}".strip()
    body: list[str | Table] = [
        f"{data.issuer.name} kính trình {data.authority} xem xét, khen thưởng {data.counts} "
        f"đã có thành tích trong {what}, cụ thể như sau:",
        _short_list(data.nominees),
        f"{data.issuer.name} chịu trách nhiệm về tính chính xác của thành tích và các tài liệu trong hồ sơ "
        "đề nghị khen thưởng (có danh sách trích ngang và hồ sơ kèm theo).",
        f"Kính đề nghị {data.authority} xem xét, quyết định",
    ]
    return letter(
        OfficialLetter(
            issuer=data.issuer,
            kind=KIND,
            number=data.number,
            date=data.date,
            subject=f"Về việc đề nghị khen thưởng trong {what}",
            recipients=(data.authority,),
            grounds=data.grounds,
            body=body,
            signer=data.signer,
            copies=data.copies or ("Như kính gửi",),
        ),
        style,
    )


def nominee_list(data: SubmissionLetter, style: Format = ND30) -> bytes:
    """The danh sách trích ngang on landscape pages, one row per nominee, as a .docx file."""
    what = f"{data.movement} {data.period}".strip()
    title = "DANH SÁCH TRÍCH NGANG"
    document = open_document(f"{title} {what}", landscape=True, style=style)
    add(document, header_grid(data.issuer, data.date, sign=None, landscape=True, style=style))
    add(document, *title_blocks(title, f"Đề nghị khen thưởng trong {what}", landscape=True, style=style))
    sign = document_sign(data.number, KIND, data.issuer, style)
    attached = f"(Kèm theo Tờ trình số {sign} {long_date(data.date, style)} của {data.issuer.name})"
    add(document, Para(attached, align="center", italic=True, after=8))
    width, table = style.text_width(landscape=True), _wide_list(data.nominees)
    add(document, table_grid(table, width, size=style.wide_table, style=style))
    total = f"Danh sách gồm {data.counts}."
    add(document, Para(total, before=6, after=6, keep_next=True))
    add(document, signature_grid(data.signer, (), landscape=True, style=style), Para("", size=2))
    return to_bytes(document)


def _short_list(nominees: Sequence[Nominee]) -> Table:
    columns = (
        Column("name", "Họ và tên / Tập thể", width=46),
        Column("position", "Chức vụ, đơn vị", width=46),
        Column("proposal", "Đề nghị", width=34),
        Column("code", "Mã hồ sơ", width=33),
    )
    return Table("Danh sách", columns, [_row(nominee) for nominee in nominees], numbered=True)


def _wide_list(nominees: Sequence[Nominee]) -> Table:
    columns = (
        Column("title", "Ông/Bà/ Tập thể", width=19),
        Column("name", "Họ và tên", width=34),
        Column("born", "Ngày sinh", "date", width=23),
        Column("position", "Chức vụ, đơn vị", width=37),
        Column("proposal", "Phong trào / đề nghị", width=34),
        Column("summary", "Tóm tắt thành tích", width=52),
        Column("code", "Mã hồ sơ", width=31),
        Column("sha256", "SHA-256 rút gọn", width=21),
    )
    return Table("Danh sách trích ngang", columns, [_row(nominee) for nominee in nominees], numbered=True)


def _row(nominee: Nominee) -> dict[str, str]:
    return {
        "title": nominee.title,
        "name": nominee.name,
        "born": show_date(nominee.born) if nominee.born else "",
        "position": nominee.position,
        "proposal": nominee.proposal,
        "summary": nominee.summary,
        "code": nominee.code,
        "sha256": nominee.sha256[:SHORT_HASH],
    }
