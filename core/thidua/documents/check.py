"""Is a Word file an official document as Nghị định 30/2020/NĐ-CP wants it? Each finding names its place and its rule.

Only what the decree fixes and a file can show is looked at: page, margins, page numbers, font, sizes, the parts that
a document must have and how they are written. What is in tables of data is the author's, but for its font.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import say
from ..text import fold
from .layout import ND30, Format
from .letter import MOTTO, NATION
from .seen import Paragraph, Seen, look_at

SOURCE = "NĐ 30/2020/NĐ-CP, Phụ lục I, Phần I, mục "
MOST = 10  # findings of one kind: the rest is counted
_SLACK = 0.6  # millimetres that rounding may cost
_KINDS = frozenset(
    fold(kind)
    for kind in (
        "Nghị quyết", "Quyết định", "Chỉ thị", "Quy chế", "Quy định", "Thông cáo", "Thông báo", "Hướng dẫn",
        "Chương trình", "Kế hoạch", "Phương án", "Đề án", "Dự án", "Báo cáo", "Biên bản", "Tờ trình", "Hợp đồng",
        "Công điện", "Bản ghi nhớ", "Bản thỏa thuận", "Giấy ủy quyền", "Giấy mời", "Giấy giới thiệu",
        "Giấy nghỉ phép", "Phiếu gửi", "Phiếu chuyển", "Phiếu báo",
    )
)  # fmt: skip
_NUMBER = re.compile(r"Số\s*:\s*(?P<number>\d*|[.…\s]+)\s*/(?P<sign>.*)\Z", re.IGNORECASE | re.DOTALL)
_DAY = re.compile(r",\s*ngày\s*(?P<day>\d*|[.…\s]+)\s*tháng\s*(?P<month>\d*|[.…\s]+)\s*năm\s*(?:\d{4}|[.…\s]+)\Z")
_LONG = 120  # letters: a paragraph of the text, not a line of its own


@dataclass(frozen=True)
class Finding:
    """What is not as it should be: ``code`` says what, ``place`` where, ``rule`` which item of the decree wants it.

    ``part`` names the part of a document that it is about, where it is about one.
    """

    code: str
    place: str
    rule: str
    found: str = ""
    wanted: str = ""
    part: str = ""

    def __str__(self) -> str:
        said = say(self.code, found=self.found, wanted=self.wanted, part=say(self.part) if self.part else "")
        return f"{self.place}: {said} ({SOURCE}{self.rule})"


def check_document(path: Path, style: Format = ND30) -> list[Finding]:
    """Every finding on the .docx at ``path``, none for a right one; ``ValueError`` for what is no Word document."""
    seen = look_at(path)
    found = [*_pages(seen, style), *_numbers(seen), *_fonts(seen, style), *_head(seen)]
    found += [*_title(seen), *_text(seen), *_end(seen)]
    return _shortened(found)


def _shortened(found: list[Finding]) -> list[Finding]:
    """At most :data:`MOST` of a kind; then one that counts the others."""
    kept: list[Finding] = []
    for code in dict.fromkeys(one.code for one in found):
        same = [one for one in found if one.code == code]
        kept += same[:MOST]
        if len(same) > MOST:
            kept.append(Finding("docx-more", same[MOST].place, same[MOST].rule, str(len(same) - MOST)))
    return kept


# --- pages ----------------------------------------------------------------------------------------------


def _pages(seen: Seen, style: Format) -> Iterator[Finding]:
    for n, section in enumerate(seen.sections, start=1):
        place = say("docx-place-section", n=n)
        sides = sorted((section.width, section.height))
        if abs(sides[0] - style.width) > _SLACK or abs(sides[1] - style.height) > _SLACK:
            yield Finding("docx-page", place, "I.1", f"{section.width:.0f} × {section.height:.0f}", "210 × 297")
        bounds = (
            ("docx-margin-top", section.top, 20, 25),
            ("docx-margin-bottom", section.bottom, 20, 25),
            ("docx-margin-left", section.left, 30, 35),
            ("docx-margin-right", section.right, 15, 20),
        )
        for code, held, least, most in bounds:
            if not least - _SLACK <= held <= most + _SLACK:
                yield Finding(code, place, "I.3", _said(held), f"{least}–{most}")


def _numbers(seen: Seen) -> Iterator[Finding]:
    if not seen.sections:
        return
    place, first = say("docx-place-section", n=1), seen.sections[0]
    shown = _page_numbers(first.headers.get("default", ()))
    if not shown:
        below = _page_numbers(first.footers.get("default", ()))
        yield Finding("docx-number-below" if below else "docx-number-none", place, "I.7")
        return
    if not first.first_differs or _page_numbers(first.headers.get("first", ())):
        yield Finding("docx-number-first", place, "I.7")
    if shown[0].align != "center":
        yield Finding("docx-number-align", place, "I.7", shown[0].align)
    sizes = {run.size for run in shown[0].written}
    if any(not 13 <= size <= 14 for size in sizes):
        yield Finding("docx-number-size", place, "I.7", _sizes(sizes), "13–14")


def _page_numbers(paragraphs: tuple[Paragraph, ...]) -> list[Paragraph]:
    return [one for one in paragraphs if re.search(r"\bPAGE\b", one.fields)]


# --- letters --------------------------------------------------------------------------------------------


def _fonts(seen: Seen, style: Format) -> Iterator[Finding]:
    for one in seen.paragraphs:
        fonts = {run.font for run in one.written if run.font != style.font}
        if fonts:
            yield Finding("docx-font", _place(one), "I.4", ", ".join(sorted(fonts)), style.font)
        colors = {run.color for run in one.written if run.color not in ("auto", "000000")}
        if colors:
            yield Finding("docx-color", _place(one), "I.4", ", ".join(sorted(colors)))


def _text(seen: Seen) -> Iterator[Finding]:
    """The paragraphs of the text itself: outside of tables, before the recipients."""
    copies = _index(seen, _is_copies)
    last = seen.paragraphs[copies].n if copies is not None and not seen.paragraphs[copies].table else None
    title = _index(seen, _is_title)
    for place, one in enumerate(seen.paragraphs):
        if one.table or not one.text or place == title or (last is not None and one.n >= last):
            continue
        sizes = {run.size for run in one.written}
        if any(not 13 <= size <= 14 for size in sizes):
            yield Finding("docx-size", _place(one), "II.6", _sizes(sizes), "13–14")
        if len(one.text) > _LONG and one.align != "center":
            if one.align not in ("both", "distribute"):
                yield Finding("docx-align", _place(one), "II.6", one.align)
            if not 10 - _SLACK <= one.first_mm <= 12.7 + _SLACK:
                yield Finding("docx-indent", _place(one), "II.6", _said(one.first_mm), "10–12,7")


# --- parts ----------------------------------------------------------------------------------------------


def _head(seen: Seen) -> Iterator[Finding]:
    nation = _index(seen, lambda one: fold(one.text) == fold(NATION))
    motto = _index(seen, lambda one: fold(one.text).startswith("doc lap") and "hanh phuc" in fold(one.text))
    yield from _part(seen, nation, "docx-nation", "II.1", (12, 13), bold=True, wording=NATION)
    yield from _part(seen, motto, "docx-motto", "II.1", (13, 14), bold=True, wording=MOTTO)
    before = seen.paragraphs[: nation if nation is not None else 0]
    names = [one for one in before if one.text]
    if nation is not None and not names:
        yield Finding("docx-part-none", _place(seen.paragraphs[nation]), "II.2", part="docx-issuer")
    for one in names[-1:]:
        yield from _look("docx-issuer", one, "II.2", (12, 13), bold=True)
        if one.text != one.text.upper():
            yield Finding("docx-part-wording", _place(one), "II.2", one.text[:60], one.text.upper()[:60], "docx-issuer")
    yield from _reference(seen)
    yield from _day(seen)


def _reference(seen: Seen) -> Iterator[Finding]:
    index = _index(seen, lambda one: one.text.startswith("Số") and ":" in one.text[:6] and not one.bordered)
    yield from _part(seen, index, "docx-reference", "II.3", (13, 13))
    if index is None:
        return
    one = seen.paragraphs[index]
    match = _NUMBER.fullmatch(one.text)
    if match is None or not match["sign"].strip():
        yield Finding("docx-reference-form", _place(one), "II.3", one.text[:60], "Số: 05/TTr-THHS")
        return
    number, sign = match["number"], match["sign"]
    if number.isdecimal() and len(number) < 2:
        yield Finding("docx-reference-zero", _place(one), "II.3", number, number.zfill(2))
    if re.search(r"\s[-–]|[-–]\s", sign):
        yield Finding("docx-reference-blank", _place(one), "II.3", sign.strip())


def _day(seen: Seen) -> Iterator[Finding]:
    index = _index(seen, lambda one: _DAY.search(one.text) is not None and not one.bordered)
    yield from _part(seen, index, "docx-day", "II.4", (13, 14), italic=True)
    match = _DAY.search(seen.paragraphs[index].text) if index is not None else None
    if match is None or index is None:
        return
    day, month = match["day"], match["month"]
    if (day.isdecimal() and len(day) < 2) or (month in ("1", "2")):
        yield Finding("docx-day-zero", _place(seen.paragraphs[index]), "II.4", f"{day}/{month}")


def _title(seen: Seen) -> Iterator[Finding]:
    index = _index(seen, _is_title)
    if index is None:
        if _index(seen, lambda one: fold(one.text).startswith("v/v")) is None:
            yield Finding("docx-part-none", say("docx-place-whole"), "II.5", part="docx-title")
        return
    yield from _look("docx-title", seen.paragraphs[index], "II.5", (13, 14), bold=True)
    about = next((one for one in seen.paragraphs[index + 1 :] if one.text), None)
    if about is None or about.align != "center" or not all(run.bold for run in about.written):
        yield Finding("docx-part-none", _place(seen.paragraphs[index]), "II.5", part="docx-about")
    else:
        yield from _look("docx-about", about, "II.5", (13, 14), bold=True)


def _end(seen: Seen) -> Iterator[Finding]:
    copies = _index(seen, _is_copies)
    yield from _part(seen, copies, "docx-copies", "II.9", (12, 12), bold=True, italic=True)
    if copies is not None:
        lines = [one for one in seen.paragraphs[copies + 1 :] if one.text.startswith(("-", "–"))]
        for one in lines:
            sizes = {run.size for run in one.written}
            if sizes != {11.0}:
                yield Finding("docx-copies-line", _place(one), "II.9", _sizes(sizes), "11")
        if not any("luu" in fold(one.text) for one in lines):
            yield Finding("docx-copies-kept", _place(seen.paragraphs[copies]), "II.9")
    yield from _signature(seen)


def _signature(seen: Seen) -> Iterator[Finding]:
    """The post in capitals and, under it, a name: below the text, beside or above the recipients."""
    title = _index(seen, _is_title) or 0
    posts = [
        n
        for n, one in enumerate(seen.paragraphs)
        if n > title + 1 and not one.bordered and one.align == "center" and _is_post(one.text)
    ]
    if not posts:
        yield Finding("docx-part-none", say("docx-place-whole"), "II.7", part="docx-signer")
        return
    laid_out = [n for n in posts if seen.paragraphs[n].table]  # an annex has headings in capitals too
    last = (laid_out or posts)[-1]
    post = seen.paragraphs[last]
    yield from _look("docx-signer", post, "II.7", (13, 14), bold=True)
    after = [one for one in seen.paragraphs[last + 1 :] if one.text and one.table == post.table]
    name = next((one for one in after if _is_name(one.text)), None)
    if name is None:
        yield Finding("docx-signer-name", _place(post), "II.7")
    else:
        yield from _look("docx-signer", name, "II.7", (13, 14), bold=True)


def _is_post(text: str) -> bool:
    return len(text) > 4 and text == text.upper() and any(letter.isalpha() for letter in text) and "SỐ:" not in text


def _is_name(text: str) -> bool:
    words = text.split()
    return len(words) >= 2 and all(word[0].isupper() for word in words) and text != text.upper()


def _is_title(one: Paragraph) -> bool:
    return fold(one.text) in _KINDS and one.text == one.text.upper() and not one.bordered


def _is_copies(one: Paragraph) -> bool:
    return fold(one.text).startswith("noi nhan") and not one.bordered


# --- shared ---------------------------------------------------------------------------------------------


def _index(seen: Seen, fits: Callable[[Paragraph], bool]) -> int | None:
    return next((n for n, one in enumerate(seen.paragraphs) if one.text and fits(one)), None)


def _part(
    seen: Seen,
    index: int | None,
    code: str,
    rule: str,
    sizes: tuple[int, int],
    *,
    bold: bool = False,
    italic: bool = False,
    wording: str = "",
) -> Iterator[Finding]:
    if index is None:
        yield Finding("docx-part-none", say("docx-place-whole"), rule, part=code)
        return
    one = seen.paragraphs[index]
    if wording and one.text != wording:
        yield Finding("docx-part-wording", _place(one), rule, one.text[:60], wording, code)
    yield from _look(code, one, rule, sizes, bold=bold, italic=italic)


def _look(
    code: str, one: Paragraph, rule: str, sizes: tuple[int, int], *, bold: bool = False, italic: bool = False
) -> Iterator[Finding]:
    held = {run.size for run in one.written}
    if any(not sizes[0] <= size <= sizes[1] for size in held):
        wanted = str(sizes[0]) if sizes[0] == sizes[1] else f"{sizes[0]}–{sizes[1]}"
        yield Finding("docx-part-size", _place(one), rule, _sizes(held), wanted, code)
    if bold and not all(run.bold for run in one.written):
        yield Finding("docx-part-bold", _place(one), rule, part=code)
    if italic and not all(run.italic for run in one.written):
        yield Finding("docx-part-italic", _place(one), rule, part=code)


def _place(one: Paragraph) -> str:
    text = " ".join(one.text.split())
    return say("docx-place", n=one.n, text=text if len(text) <= 40 else text[:39].rstrip() + "…")


def _said(millimetres: float) -> str:
    return f"{millimetres:.1f}".removesuffix(".0").replace(".", ",")


def _sizes(sizes: set[float]) -> str:
    return ", ".join(f"{size:g}".replace(".", ",") for size in sorted(sizes))
