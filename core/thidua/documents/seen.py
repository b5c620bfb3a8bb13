"""A .docx as a reader sees it: paragraphs with the look they really have, sections, headers. No Word needed.

Looks are looked up as Word does: the run, its style, the paragraph's style and what that is based on, the
document's defaults, the theme's fonts. The file is anybody's: it is checked as a ZIP before it comes here.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lxml import etree  # type: ignore[import-untyped]  # ships no annotations

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_OFF = ("0", "false", "off")
_MM = 25.4 / 1440
_TEXTS = {f"{_W}t": None, f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}

_SINGLE = 1.15  # of the size of the letters: a line of Times New Roman in single spacing
_AUTO = 14.0  # points that Word leaves where spacing is left to it

# A look is what is set, as text: font, size (half points), bold, italic, color; align, first, before, after (twips),
# line (240ths of single spacing, or twips by rule), rule, close (no space between paragraphs of one style).


@dataclass(frozen=True)
class Run:
    """A stretch of text with the look it has; ``size`` in points."""

    text: str
    font: str
    size: float
    bold: bool
    italic: bool
    color: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph: the ``n``-th of the document from 1, ``table`` the number of the one it stands in, 0 outside.

    ``bordered`` tables hold data, others lay out the head and the signatures. ``align`` is Word's word for it,
    ``first_mm`` the indent of its first line. ``line`` is in single spacings; ``before`` and ``after`` are points, left
    out beside a paragraph of the same ``style`` where ``close`` says so.
    """

    n: int
    runs: tuple[Run, ...]
    align: str = "left"
    first_mm: float = 0
    table: int = 0
    bordered: bool = False
    fields: str = ""
    line: float = 1
    before: float = 0
    after: float = 0
    style: str = ""
    close: bool = False

    def gap(self, following: Paragraph) -> float:
        """Points between this paragraph and the one after it, at most."""
        same = self.style == following.style
        return (0 if same and self.close else self.after) + (0 if same and following.close else following.before)

    @property
    def text(self) -> str:
        """All of it, without white space around it."""
        return "".join(run.text for run in self.runs).strip()

    @property
    def written(self) -> tuple[Run, ...]:
        """The runs that show something."""
        return tuple(run for run in self.runs if run.text.strip())


@dataclass(frozen=True)
class Section:
    """A section's page in millimetres; ``first_differs``: its first page has a header of its own."""

    width: float
    height: float
    top: float
    bottom: float
    left: float
    right: float
    first_differs: bool
    headers: Mapping[str, tuple[Paragraph, ...]]
    footers: Mapping[str, tuple[Paragraph, ...]]


@dataclass(frozen=True)
class Seen:
    """What a document shows: paragraphs in reading order, and its sections."""

    paragraphs: tuple[Paragraph, ...]
    sections: tuple[Section, ...]


def look_at(path: Path) -> Seen:
    """The document at ``path``; ``ValueError`` for what has no readable body."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _Reader(archive).seen()
    except (KeyError, zipfile.BadZipFile, etree.XMLSyntaxError, AttributeError) as error:
        raise ValueError("not a Word document") from error


class _Reader:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.names = set(archive.namelist())
        self.main = self._main_part()
        folder = str(PurePosixPath(self.main).parent)
        self.related = self._relations(folder)
        self.fonts = self._theme_fonts()
        styles = self._part(self._kind("/styles"))
        self.defaults = self._defaults(styles) if styles is not None else {}
        self.styles: dict[str, tuple[str, dict[str, str]]] = {}
        self.default_style = ""
        for style in styles.iterfind(f"{_W}style") if styles is not None else ():
            self._keep_style(style)

    def seen(self) -> Seen:
        body = self._part(self.main).find(f"{_W}body")
        paragraphs = tuple(self._paragraphs(body))
        sections: list[Section] = []
        headers: dict[str, tuple[Paragraph, ...]] = {}
        footers: dict[str, tuple[Paragraph, ...]] = {}
        for properties in body.iter(f"{_W}sectPr"):
            headers = headers | self._margins_of(properties, "headerReference")
            footers = footers | self._margins_of(properties, "footerReference")
            sections.append(_section(properties, headers, footers))
        return Seen(paragraphs, tuple(sections))

    def _main_part(self) -> str:
        relations = self._part("_rels/.rels")
        for one in relations if relations is not None else ():
            if str(one.get("Type", "")).endswith("/officeDocument"):
                return str(one.get("Target")).lstrip("/")
        raise KeyError("officeDocument")

    def _relations(self, folder: str) -> dict[str, tuple[str, str]]:
        name = PurePosixPath(self.main)
        relations = self._part(f"{folder}/_rels/{name.name}.rels")
        found = {}
        for one in relations if relations is not None else ():
            target = str(one.get("Target", ""))
            full = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
            found[str(one.get("Id"))] = (str(one.get("Type", "")), full)
        return found

    def _kind(self, ending: str) -> str:
        return next((target for kind, target in self.related.values() if kind.endswith(ending)), "")

    def _part(self, name: str) -> etree._Element:
        if name not in self.names:
            return None
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            return etree.fromstring(self.archive.read(name), parser)
        except (
            OSError,
            zlib.error,
            RuntimeError,
            EOFError,
        ) as error:  # damaged within, locked, packed as no Word packs
            raise ValueError("unreadable part") from error

    def _theme_fonts(self) -> dict[str, str]:
        theme = self._part(self._kind("/theme"))
        found = {}
        for kind in ("major", "minor"):
            latin = theme.find(f".//{_A}{kind}Font/{_A}latin") if theme is not None else None
            if latin is not None:
                found[kind] = str(latin.get("typeface", ""))
        return found

    def _defaults(self, styles: etree._Element) -> dict[str, str]:
        given = styles.find(f"{_W}docDefaults")
        if given is None:
            return {}
        look = _look(given.find(f"{_W}rPrDefault/{_W}rPr"), self.fonts)
        return look | _shape(given.find(f"{_W}pPrDefault/{_W}pPr"))

    def _keep_style(self, style: etree._Element) -> None:
        key = str(style.get(f"{_W}styleId"))
        based = style.find(f"{_W}basedOn")
        look = _look(style.find(f"{_W}rPr"), self.fonts) | _shape(style.find(f"{_W}pPr"))
        self.styles[key] = (str(based.get(f"{_W}val")) if based is not None else "", look)
        if style.get(f"{_W}type") == "paragraph" and style.get(f"{_W}default") in ("1", "true"):
            self.default_style = key

    def _styled(self, key: str) -> dict[str, str]:
        """What a style gives, what it is based on included."""
        chain: list[str] = []
        look: dict[str, str] = {}
        while key in self.styles and key not in chain:
            chain.append(key)
            key = self.styles[key][0]
        for one in reversed(chain):
            look |= self.styles[one][1]
        return look

    def _paragraphs(self, root: etree._Element) -> Iterator[Paragraph]:
        tables = list(root.iter(f"{_W}tbl"))  # held, so that each stays the same object
        places = {id(table): n for n, table in enumerate(tables, start=1)}
        framed = {id(table): _bordered(table) for table in tables}
        for n, paragraph in enumerate(root.iter(f"{_W}p"), start=1):
            table = next(paragraph.iterancestors(f"{_W}tbl"), None)
            yield self._paragraph(
                paragraph, n, places.get(id(table), 0), bordered=table is not None and framed[id(table)]
            )

    def _paragraph(self, paragraph: etree._Element, n: int, table: int = 0, *, bordered: bool = False) -> Paragraph:
        properties = paragraph.find(f"{_W}pPr")
        style = properties.find(f"{_W}pStyle") if properties is not None else None
        key = str(style.get(f"{_W}val")) if style is not None else self.default_style
        base = self.defaults | self._styled(key)
        shape = base | _shape(properties)
        runs = tuple(self._run(run, base) for run in paragraph.iter(f"{_W}r"))
        fields = [str(one.get(f"{_W}instr", "")) for one in paragraph.iter(f"{_W}fldSimple")]
        fields += [one.text or "" for one in paragraph.iter(f"{_W}instrText")]
        return Paragraph(
            n,
            runs,
            align=shape.get("align", "left"),
            first_mm=float(shape.get("first", 0)) * _MM,
            table=table,
            bordered=bordered,
            fields=" ".join(fields),
            line=_line(shape, max((run.size for run in runs if run.text.strip()), default=0)),
            before=float(shape.get("before", 0)) / 20,
            after=float(shape.get("after", 0)) / 20,
            style=key,
            close=shape.get("close") == "1",
        )

    def _run(self, run: etree._Element, base: dict[str, str]) -> Run:
        properties = run.find(f"{_W}rPr")
        style = properties.find(f"{_W}rStyle") if properties is not None else None
        named = self._styled(str(style.get(f"{_W}val"))) if style is not None else {}
        look = base | named | _look(properties, self.fonts)
        text = "".join(_TEXTS[part.tag] or part.text or "" for part in run if part.tag in _TEXTS)
        return Run(
            text=text,
            font=look.get("font", "Times New Roman"),
            size=float(look.get("size", 20)) / 2,
            bold=look.get("bold") == "1",
            italic=look.get("italic") == "1",
            color=look.get("color", "auto"),
        )

    def _margins_of(self, properties: etree._Element, kind: str) -> dict[str, tuple[Paragraph, ...]]:
        found = {}
        for reference in properties.iterfind(f"{_W}{kind}"):
            _, target = self.related.get(str(reference.get(f"{_R}id")), ("", ""))
            part = self._part(target)
            if part is not None:
                found[str(reference.get(f"{_W}type"))] = tuple(self._paragraphs(part))
        return found


def _look(properties: etree._Element | None, theme: Mapping[str, str]) -> dict[str, str]:
    if properties is None:
        return {}
    look = {}
    fonts = properties.find(f"{_W}rFonts")
    if fonts is not None:
        themed = theme.get(str(fonts.get(f"{_W}asciiTheme", ""))[:5], "")
        if font := themed or fonts.get(f"{_W}ascii") or fonts.get(f"{_W}hAnsi"):
            look["font"] = str(font)
    for name, key in (("sz", "size"), ("color", "color")):
        found = properties.find(f"{_W}{name}")
        if found is not None and found.get(f"{_W}val"):
            look[key] = str(found.get(f"{_W}val"))
    for name, key in (("b", "bold"), ("i", "italic")):
        found = properties.find(f"{_W}{name}")
        if found is not None:
            look[key] = "0" if found.get(f"{_W}val") in _OFF else "1"
    return look


def _shape(properties: etree._Element | None) -> dict[str, str]:
    if properties is None:
        return {}
    shape = {}
    align, indent = properties.find(f"{_W}jc"), properties.find(f"{_W}ind")
    if align is not None:
        shape["align"] = str(align.get(f"{_W}val"))
    if indent is not None and indent.get(f"{_W}firstLine"):
        shape["first"] = str(indent.get(f"{_W}firstLine"))
    close, spacing = properties.find(f"{_W}contextualSpacing"), properties.find(f"{_W}spacing")
    if close is not None:
        shape["close"] = "0" if close.get(f"{_W}val") in _OFF else "1"
    return shape | (_spacing(spacing) if spacing is not None else {})


def _spacing(spacing: etree._Element) -> dict[str, str]:
    given = {
        name: str(spacing.get(f"{_W}{key}"))
        for name, key in (("before", "before"), ("after", "after"), ("line", "line"), ("rule", "lineRule"))
        if spacing.get(f"{_W}{key}")
    }
    for name in ("before", "after"):
        if spacing.get(f"{_W}{name}Autospacing", "0") not in _OFF:
            given[name] = str(_AUTO * 20)
    return given


def _line(shape: Mapping[str, str], size: float) -> float:
    """How far apart the lines of letters of ``size`` points stand, in single spacings."""
    given, rule = float(shape.get("line", 240)), shape.get("rule", "auto")
    if rule == "auto" or not size:
        return given / 240
    fixed = given / 20 / (size * _SINGLE)
    return fixed if rule == "exact" else max(1.0, fixed)


def _bordered(table: etree._Element) -> bool:
    """Whether a table shows lines of its own; one that takes them from a style counts as one that does."""
    borders = table.find(f"{_W}tblPr/{_W}tblBorders")
    if borders is None:
        style = table.find(f"{_W}tblPr/{_W}tblStyle")
        return style is not None and str(style.get(f"{_W}val")) not in ("TableNormal", "a1")
    return any(one.get(f"{_W}val") not in ("nil", "none") for one in borders)


def _section(
    properties: etree._Element,
    headers: Mapping[str, tuple[Paragraph, ...]],
    footers: Mapping[str, tuple[Paragraph, ...]],
) -> Section:
    size, margins = properties.find(f"{_W}pgSz"), properties.find(f"{_W}pgMar")
    first = properties.find(f"{_W}titlePg")

    def millimetres(element: etree._Element | None, name: str) -> float:
        text = str(element.get(f"{_W}{name}", "0")) if element is not None else "0"
        return abs(float(text)) * _MM

    return Section(
        width=millimetres(size, "w"),
        height=millimetres(size, "h"),
        top=millimetres(margins, "top"),
        bottom=millimetres(margins, "bottom"),
        left=millimetres(margins, "left"),
        right=millimetres(margins, "right"),
        first_differs=first is not None and first.get(f"{_W}val") not in _OFF,
        headers=headers,
        footers=footers,
    )
