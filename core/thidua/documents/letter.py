"""An official letter (văn bản hành chính có tên loại): header, body, signature, recipients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ..text import clean_line
from .layout import ND30, Format, add, open_document, to_bytes
from .tables import Table, table_grid
from .word import Block, Grid, Para, Run, bold_width_mm

_LEFT_SHARE = 70 / 165
_GAP = "....."  # room to write what is not known yet


@dataclass(frozen=True)
class Issuer:
    """Who writes. ``parent`` is the superior body or empty; ``abbreviation`` stands in document signs.

    Where ``abbreviation`` or ``place`` (địa danh) is empty, room is left to write it.

    >>> Issuer("Ủy ban nhân dân xã Gia Lâm", "Trường Tiểu học Hoa Sen", "THHS", "Gia Lâm").abbreviation
    'THHS'
    """

    parent: str
    name: str
    abbreviation: str
    place: str


@dataclass(frozen=True)
class Signer:
    """Who signs: ``authority`` as ``KT. HIỆU TRƯỞNG`` or empty, then position and full name."""

    position: str
    name: str
    authority: str = ""


@dataclass(frozen=True)
class OfficialLetter:
    """Everything a letter says, as fields; :func:`letter` lays it out.

    ``kind`` is a key of the ``kinds`` of the decree ("TỜ TRÌNH"). ``number`` is what the office gives
    (``"5"``; ``""`` leaves room to write it by hand); ``date`` ``None`` leaves
    room likewise. ``body`` is paragraphs and tables in their order; the end
    mark ``./.`` is added. ``grounds`` are whole sentences ("Căn cứ Luật …")
    without end marks. ``copies`` are lines of *Nơi nhận* without hyphens;
    the archive line is added.
    """

    issuer: Issuer
    kind: str
    number: str
    date: date | None
    subject: str
    recipients: Sequence[str]
    grounds: Sequence[str]
    body: Sequence[str | Table]
    signer: Signer
    copies: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.kind not in (kinds := ND30.decree.kinds):
            raise ValueError(f"kind {self.kind!r} is not one of {', '.join(kinds)}")


def letter(data: OfficialLetter, style: Format = ND30) -> bytes:
    """The letter as a .docx file."""
    sign = document_sign(data.number, data.kind, data.issuer, style)
    document = open_document(f"{data.kind} {data.subject}", style=style)
    add(document, header_grid(data.issuer, data.date, sign=sign, style=style))
    add(document, *title_blocks(data.kind, data.subject, style=style))
    add(document, *_recipient_blocks(data.recipients, style))
    add(document, *(_ground(text, style) for text in closed(data.grounds)))
    add(document, *_body_blocks(data.body, style))
    # Kept with the last paragraph: a signature alone on a page signs nothing.
    add(document, Para("", size=6, keep_next=True), signature_grid(data.signer, data.copies, style=style))
    add(document, Para("", size=2))
    return to_bytes(document)


def document_sign(number: str, kind: str, issuer: Issuer, style: Format = ND30) -> str:
    """Number and sign of a document; below 10 a leading zero, a gap where there is no number yet.

    A number that already carries its sign is kept.

    >>> issuer = Issuer("", "Trường Tiểu học Hoa Sen", "THHS", "Gia Lâm")
    >>> document_sign("5", "TỜ TRÌNH", issuer), document_sign("12/TTr-HS", "TỜ TRÌNH", issuer)
    ('05/TTr-THHS', '12/TTr-HS')
    """
    number = clean_line(number)
    if "/" in number:
        return number
    return f"{style.decree.number(number) or _GAP}/{style.decree.sign(kind)}-{issuer.abbreviation or _GAP}"


def long_date(day: date | None, style: Format = ND30) -> str:
    """``ngày 05 tháng 02 năm 2026``: a zero before days below 10 and before the first two months.

    >>> long_date(date(2026, 2, 5)), long_date(date(2026, 3, 15)), long_date(None)
    ('ngày 05 tháng 02 năm 2026', 'ngày 15 tháng 3 năm 2026', 'ngày ..... tháng ..... năm .....')
    """
    if day is None:
        return f"ngày {_GAP} tháng {_GAP} năm {_GAP}"
    law = style.decree
    return f"ngày {law.number(str(day.day))} tháng {law.month(day.month)} năm {day.year}"


def closed(lines: Sequence[str]) -> list[str]:
    """Lines of a list with their end marks: ``;`` after each, ``.`` after the last.

    >>> closed(["Căn cứ A;", "Căn cứ B"])
    ['Căn cứ A;', 'Căn cứ B.']
    """
    bare = [clean_line(line).rstrip(" ;.") for line in lines]
    return [f"{line}{'.' if index == len(bare) - 1 else ';'}" for index, line in enumerate(bare)]


def header_grid(
    issuer: Issuer, day: date | None, *, sign: str | None, landscape: bool = False, style: Format = ND30
) -> Grid:
    """The borderless head: issuer and number on the left; country, motto, place and date on the right.

    ``sign`` ``None`` leaves the number out (an attached list has none of its own).
    """
    width = style.text_width(landscape=landscape)
    left, right = width * _LEFT_SHARE, width * (1 - _LEFT_SHARE)
    name, motto = issuer.name.upper(), style.decree.motto_words
    own = [Para(issuer.parent.upper(), align="center", size=style.issuer)] if issuer.parent else []
    own.append(Para(name, align="center", bold=True, size=style.issuer))
    own.append(_rule(min(bold_width_mm(name, style.issuer), left) * 0.4, left))
    state = [
        Para(style.decree.nation_words, align="center", bold=True, size=style.nation),
        Para(motto, align="center", bold=True, size=style.motto),
        _rule(bold_width_mm(motto, style.motto), right),
    ]
    number = [Para(f"Số: {sign}", align="center", size=style.reference)] if sign else [Para("")]
    place = [Para(f"{issuer.place or _GAP}, {long_date(day, style)}", align="center", italic=True, size=style.day)]
    return Grid([[own, state], [number, place]], (left, right), borders=False, padding_mm=0)


def title_blocks(kind: str, subject: str, *, landscape: bool = False, style: Format = ND30) -> list[Block]:
    """The name of the document and what it is about, with the short line under them."""
    width = style.text_width(landscape=landscape)
    return [
        Para(kind, align="center", bold=True, size=style.title, before=14, keep_next=True),
        Para(subject, align="center", bold=True, size=style.about, keep_next=True),
        _rule(min(bold_width_mm(subject, style.about), width) * 0.35, width, after=10),
    ]


def signature_grid(signer: Signer, copies: Sequence[str], *, landscape: bool = False, style: Format = ND30) -> Grid:
    """Recipients on the left, authority, position, room to sign and the name on the right."""
    width = style.text_width(landscape=landscape)
    left: list[Para] = []
    if copies:
        left.append(Para("Nơi nhận:", bold=True, italic=True, size=style.copies_title))
        left.extend(Para(f"- {line}", size=style.copies) for line in closed([*copies, "Lưu: VT"]))
    right = [
        Para(text.upper(), align="center", bold=True, size=style.signer)
        for text in (signer.authority, signer.position)
        if text
    ]
    right.append(Para(signer.name, align="center", bold=True, size=style.signer, before=62))
    return Grid([[left, right]], (width / 2, width / 2), borders=False, padding_mm=0)


def _rule(length: float, width: float, *, after: float = 6) -> Para:
    side = max(0.0, (width - length) / 2)
    return Para("", rule=True, left_mm=side, right_mm=side, before=2, after=after)


def _recipient_blocks(recipients: Sequence[str], style: Format) -> list[Block]:
    if not recipients:
        return []
    if len(recipients) == 1:
        return [Para(f"Kính gửi: {clean_line(recipients[0])}", align="center", before=4, after=10)]
    lines = [Para(f"- {line}", after=2) for line in closed(recipients)]
    width = style.text_width()
    grid = Grid([[[Para("Kính gửi: ", align="right")], lines]], (width * 0.3, width * 0.7), borders=False, padding_mm=1)
    return [grid, Para("", size=6)]


def _ground(text: str, style: Format) -> Para:
    return Para(text, align="both", italic=True, first_line_mm=style.first_line, after=style.after, line=style.line)


def _body_blocks(body: Sequence[str | Table], style: Format) -> list[Block]:
    blocks: list[Block] = []
    parts = list(body)
    if not parts or not isinstance(parts[-1], str):
        parts.append("")
    for index, part in enumerate(parts):
        if isinstance(part, str):
            last = index == len(parts) - 1
            text = part.rstrip(" ./;") + "./." if last else part
            blocks.append(
                Para(
                    (Run(text),),
                    align="both",
                    first_line_mm=style.first_line,
                    after=style.after,
                    line=style.line,
                    keep_next=last,
                )
            )
        else:
            blocks.extend((table_grid(part, style.text_width(), style=style), Para("", size=8)))
    return blocks
