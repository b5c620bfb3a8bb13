"""Is a Word file an official document as Nghị định 30/2020/NĐ-CP wants it? Each finding names its place and its rule.

Only what the decree fixes and a file can show is looked at: page, margins, page numbers, font, sizes, the parts that
a document must have and how they are written. What is in tables of data is the author's, but for its font.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from ..errors import say
from ..text import fold
from .decree import Allowed, Decree
from .layout import ND30, Format
from .seen import Paragraph, Seen, look_at

MOST = 10  # findings of one kind: the rest is counted
_SLACK = 0.6  # millimetres that rounding may cost
_LINE_SLACK = 0.03  # of a single spacing: Word has it in 240ths, and in whole points where it is fixed
_NUMBER = re.compile(r"Số\s*:\s*(?P<number>\d*|[.…\s]+)\s*/(?P<sign>.*)\Z", re.IGNORECASE | re.DOTALL)
_NUMBERED = re.compile(r"Số\s*[:\d.…]")
_DAY = re.compile(r",\s*ngày\s*(?P<day>\d*|[.…\s]+)\s*tháng\s*(?P<month>\d*|[.…\s]+)\s*năm\s*(?:\d{4}|[.…\s]+)\Z")
_ANNEXED = re.compile(r"\(?kem theo [^/]{0,80}\bso\b[^/]{0,20}/")  # "(Kèm theo Tờ trình số 05/TTr-THHS ngày …)"
_LONG = 120  # letters: a paragraph of the text, not a line of its own


@dataclass(frozen=True)
class Finding:
    """What is not as it should be: ``code`` says what, ``place`` where, ``item`` which one of the decree wants it.

    ``source`` is the decree; ``part`` names the part of a document that it is about, where it is about one.
    """

    code: str
    place: str
    item: str
    found: str = ""
    wanted: str = ""
    part: str = ""
    source: str = ""

    def __str__(self) -> str:
        said = say(self.code, found=self.found, wanted=self.wanted, part=say(self.part) if self.part else "")
        return f"{self.place}: {said} ({self.source}{self.item})"


def check_document(path: Path, style: Format = ND30) -> list[Finding]:
    """Every finding on the .docx at ``path``, none for a right one; ``ValueError`` for what is no Word document."""
    seen, law = look_at(path), style.decree
    found = [*_pages(seen, law), *_numbers(seen, law), *_fonts(seen, law), *_head(seen, law)]
    found += [*_title(seen, law), *_text(seen, law), *_spacing(seen, law), *_end(seen, law)]
    return [replace(one, source=law.source) for one in _shortened(found)]


def _shortened(found: list[Finding]) -> list[Finding]:
    """At most :data:`MOST` of a kind; then one that counts the others."""
    kept: list[Finding] = []
    for code in dict.fromkeys(one.code for one in found):
        same = [one for one in found if one.code == code]
        kept += same[:MOST]
        if len(same) > MOST:
            kept.append(Finding("docx-more", same[MOST].place, same[MOST].item, str(len(same) - MOST)))
    return kept


# --- pages ----------------------------------------------------------------------------------------------


def _pages(seen: Seen, law: Decree) -> Iterator[Finding]:
    for n, section in enumerate(seen.sections, start=1):
        place = say("docx-place-section", n=n)
        short, long = sorted((section.width, section.height))
        if not (law.width.holds(short, _SLACK) and law.height.holds(long, _SLACK)):
            wanted = f"{law.width.said} × {law.height.said}"
            yield Finding("docx-page", place, law.width.item, f"{section.width:.0f} × {section.height:.0f}", wanted)
        margins = (
            ("docx-margin-top", section.top, law.top),
            ("docx-margin-bottom", section.bottom, law.bottom),
            ("docx-margin-left", section.left, law.left),
            ("docx-margin-right", section.right, law.right),
        )
        for code, held, allowed in margins:
            if not allowed.holds(held, _SLACK):
                yield Finding(code, place, allowed.item, _said(held), allowed.said)


def _numbers(seen: Seen, law: Decree) -> Iterator[Finding]:
    if not seen.sections:
        return
    allowed = law.page_number
    place, first = say("docx-place-section", n=1), seen.sections[0]
    shown = _page_numbers(first.headers.get("default", ()))
    if not shown:
        below = _page_numbers(first.footers.get("default", ()))
        yield Finding("docx-number-below" if below else "docx-number-none", place, allowed.item)
        return
    if not first.first_differs or _page_numbers(first.headers.get("first", ())):
        yield Finding("docx-number-first", place, allowed.item)
    if shown[0].align != "center":
        yield Finding("docx-number-align", place, allowed.item, shown[0].align)
    sizes = {run.size for run in shown[0].written}
    if any(not allowed.holds(size) for size in sizes):
        yield Finding("docx-number-size", place, allowed.item, _sizes(sizes), allowed.said)


def _page_numbers(paragraphs: tuple[Paragraph, ...]) -> list[Paragraph]:
    return [one for one in paragraphs if re.search(r"\bPAGE\b", one.fields)]


# --- letters --------------------------------------------------------------------------------------------


def _fonts(seen: Seen, law: Decree) -> Iterator[Finding]:
    for one in seen.paragraphs:
        fonts = {run.font for run in one.written if run.font != law.font}
        if fonts:
            yield Finding("docx-font", _place(one), law.font_item, ", ".join(sorted(fonts)), law.font)
        colors = {run.color for run in one.written if run.color not in ("auto", "000000")}
        if colors:
            yield Finding("docx-color", _place(one), law.font_item, ", ".join(sorted(colors)))


def _text(seen: Seen, law: Decree) -> Iterator[Finding]:
    for one in _texts(seen, law):
        sizes = {run.size for run in one.written}
        if any(not law.body.holds(size) for size in sizes):
            yield Finding("docx-size", _place(one), law.body.item, _sizes(sizes), law.body.said)
        if len(one.text) > _LONG and one.align != "center":
            if one.align not in ("both", "distribute"):
                yield Finding("docx-align", _place(one), law.body.item, one.align)
            if not law.first_line.holds(one.first_mm, _SLACK):
                yield Finding("docx-indent", _place(one), law.first_line.item, _said(one.first_mm), law.first_line.said)


def _spacing(seen: Seen, law: Decree) -> Iterator[Finding]:
    """How far apart the lines and the paragraphs of the text stand; lists of short lines are addresses as often."""
    text = _texts(seen, law)
    for one in text:
        if not law.line.holds(one.line, _LINE_SLACK):
            yield Finding("docx-line", _place(one), law.line.item, f"{one.line:.2g}".replace(".", ","), law.line.said)
    for one, following in pairwise(text):
        if following.n != one.n + 1 or "center" in (one.align, following.align):
            continue
        if max(len(one.text), len(following.text)) > _LONG and not law.after.holds(gap := one.gap(following), 0.05):
            yield Finding("docx-gap", _place(following), law.after.item, _said(gap), law.after.said)


def _texts(seen: Seen, law: Decree) -> list[Paragraph]:
    """The paragraphs of the text itself: outside of tables, before the recipients."""
    copies = _index(seen, _is_copies)
    last = seen.paragraphs[copies].n if copies is not None and not seen.paragraphs[copies].table else None
    title = _index(seen, lambda one: _is_title(one, law))
    about = next((n for n, one in enumerate(seen.paragraphs) if title is not None and n > title and one.text), None)
    return [
        one
        for place, one in enumerate(seen.paragraphs)
        if one.text and not one.table and place not in (title, about) and (last is None or one.n < last)
    ]


# --- parts ----------------------------------------------------------------------------------------------


def _head(seen: Seen, law: Decree) -> Iterator[Finding]:
    nation = _index(seen, lambda one: fold(one.text) == fold(law.nation_words))
    motto = _index(seen, lambda one: fold(one.text).startswith("doc lap") and "hanh phuc" in fold(one.text))
    yield from _part(seen, nation, "docx-nation", law.nation, wording=law.nation_words)
    yield from _part(seen, motto, "docx-motto", law.motto, wording=law.motto_words)
    before = seen.paragraphs[: nation if nation is not None else 0]
    names = [one for one in before if one.text]
    if nation is not None and not names:
        yield Finding("docx-part-none", _place(seen.paragraphs[nation]), law.issuer.item, part="docx-issuer")
    for one in names[-1:]:
        yield from _look("docx-issuer", one, law.issuer)
        if one.text != (wanted := one.text.upper()):
            yield Finding("docx-part-wording", _place(one), law.issuer.item, one.text[:60], wanted[:60], "docx-issuer")
    yield from _reference(seen, law)
    yield from _day(seen, law)


def _reference(seen: Seen, law: Decree) -> Iterator[Finding]:
    index = _index(seen, lambda one: _NUMBERED.match(one.text) is not None and not one.bordered)
    if index is None and _is_annex(seen):
        return
    yield from _part(seen, index, "docx-reference", law.reference)
    if index is None:
        return
    one, item = seen.paragraphs[index], law.reference.item
    match = _NUMBER.fullmatch(_spaced_once(one))
    if match is None or not match["sign"].strip():
        yield Finding("docx-reference-form", _place(one), item, one.text[:60], "Số: 05/TTr-THHS")
        return
    number, sign = match["number"], match["sign"]
    if number != law.number(number) and len(number) < 2:
        yield Finding("docx-reference-zero", _place(one), item, number, law.number(number))
    if re.search(r"\s[-–]|[-–]\s", sign):
        yield Finding("docx-reference-blank", _place(one), item, sign.strip())


def _day(seen: Seen, law: Decree) -> Iterator[Finding]:
    index = _index(seen, lambda one: _DAY.search(_spaced_once(one)) is not None and not one.bordered)
    yield from _part(seen, index, "docx-day", law.day)
    match = _DAY.search(_spaced_once(seen.paragraphs[index])) if index is not None else None
    if match is None or index is None:
        return
    day, month = match["day"], match["month"]
    if (len(day) < 2 and day != law.number(day)) or (len(month) < 2 and month in map(str, law.zero_months)):
        yield Finding("docx-day-zero", _place(seen.paragraphs[index]), law.day.item, f"{day}/{month}")


def _spaced_once(one: Paragraph) -> str:
    """The text with one blank where several stand: lines of blanks would be tried in every way."""
    return " ".join(one.text.split())


def _title(seen: Seen, law: Decree) -> Iterator[Finding]:
    index = _index(seen, lambda one: _is_title(one, law))
    if index is None:
        if _index(seen, lambda one: fold(one.text).startswith("v/v")) is None and not _is_annex(seen):
            yield Finding("docx-part-none", say("docx-place-whole"), law.title.item, part="docx-title")
        return
    yield from _look("docx-title", seen.paragraphs[index], law.title)
    about = next((one for one in seen.paragraphs[index + 1 :] if one.text), None)
    if about is None or about.align != "center" or not all(run.bold for run in about.written):
        yield Finding("docx-part-none", _place(seen.paragraphs[index]), law.about.item, part="docx-about")
    else:
        yield from _look("docx-about", about, law.about)


def _end(seen: Seen, law: Decree) -> Iterator[Finding]:
    copies = _index(seen, _is_copies)
    if copies is not None or not _is_annex(seen):
        yield from _part(seen, copies, "docx-copies", law.copies_title)
    if copies is not None:
        lines = [one for one in seen.paragraphs[copies + 1 :] if one.text.startswith(("-", "–"))]
        for one in lines:
            sizes = {run.size for run in one.written}
            if not all(map(law.copies.holds, sizes)):
                yield Finding("docx-copies-line", _place(one), law.copies.item, _sizes(sizes), law.copies.said)
        if not any("luu" in fold(one.text) for one in lines):
            yield Finding("docx-copies-kept", _place(seen.paragraphs[copies]), law.copies.item)
    yield from _signature(seen, law)


def _signature(seen: Seen, law: Decree) -> Iterator[Finding]:
    """The post in capitals and, under it, a name: below the text, beside or above the recipients."""
    title = _index(seen, lambda one: _is_title(one, law)) or 0
    posts = [
        n
        for n, one in enumerate(seen.paragraphs)
        if n > title + 1 and not one.bordered and one.align == "center" and _is_post(one.text)
    ]
    if not posts:
        yield Finding("docx-part-none", say("docx-place-whole"), law.signer.item, part="docx-signer")
        return
    laid_out = [n for n in posts if seen.paragraphs[n].table]  # an annex has headings in capitals too
    last = (laid_out or posts)[-1]
    post = seen.paragraphs[last]
    yield from _look("docx-signer", post, law.signer)
    after = [one for one in seen.paragraphs[last + 1 :] if one.text and one.table == post.table]
    name = next((one for one in after if _is_name(one.text)), None)
    if name is None:
        yield Finding("docx-signer-name", _place(post), law.signer.item)
    else:
        yield from _look("docx-signer", name, law.signer)


def _is_post(text: str) -> bool:
    return len(text) > 4 and text == text.upper() and any(letter.isalpha() for letter in text) and "SỐ:" not in text


def _is_name(text: str) -> bool:
    words = text.split()
    return len(words) >= 2 and all(word[0].isupper() for word in words) and text != text.upper()


def _is_title(one: Paragraph, law: Decree) -> bool:
    return one.text == one.text.upper() and not one.bordered and fold(one.text) in map(fold, law.kinds)


def _is_annex(seen: Seen) -> bool:
    """Whether it goes with another document, which has the number, the kind and the recipients."""
    return _index(seen, lambda one: _ANNEXED.match(fold(one.text)) is not None and not one.bordered) is not None


def _is_copies(one: Paragraph) -> bool:
    return fold(one.text).startswith("noi nhan") and not one.bordered


# --- shared ---------------------------------------------------------------------------------------------


def _index(seen: Seen, fits: Callable[[Paragraph], bool]) -> int | None:
    return next((n for n, one in enumerate(seen.paragraphs) if one.text and fits(one)), None)


def _part(seen: Seen, index: int | None, code: str, allowed: Allowed, wording: str = "") -> Iterator[Finding]:
    if index is None:
        yield Finding("docx-part-none", say("docx-place-whole"), allowed.item, part=code)
        return
    one = seen.paragraphs[index]
    if wording and one.text != wording:
        yield Finding("docx-part-wording", _place(one), allowed.item, one.text[:60], wording, code)
    yield from _look(code, one, allowed)


def _look(code: str, one: Paragraph, allowed: Allowed) -> Iterator[Finding]:
    held = {run.size for run in one.written}
    if not all(map(allowed.holds, held)):
        yield Finding("docx-part-size", _place(one), allowed.item, _sizes(held), allowed.said, code)
    if allowed.bold and not all(run.bold for run in one.written):
        yield Finding("docx-part-bold", _place(one), allowed.item, part=code)
    if allowed.italic and not all(run.italic for run in one.written):
        yield Finding("docx-part-italic", _place(one), allowed.item, part=code)


def _place(one: Paragraph) -> str:
    text = " ".join(one.text.split())
    return say("docx-place", n=one.n, text=text if len(text) <= 40 else text[:39].rstrip() + "…")


def _said(millimetres: float) -> str:
    return f"{millimetres:.1f}".removesuffix(".0").replace(".", ",")


def _sizes(sizes: set[float]) -> str:
    return ", ".join(f"{size:g}".replace(".", ",") for size in sorted(sizes))
