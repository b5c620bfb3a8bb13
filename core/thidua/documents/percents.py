"""Which cells of an Excel file are shown in per cent: 95 % is held as 0.95, and its look alone tells it from that."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

_BUILT_IN = ("9", "10")  # 0% and 0.00%
_SAID = re.compile(r'"[^"]*"|\\.|_.')  # of a number format what is shown as it stands, and room
_STYLES, _BOOK, _RELATIONS = "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


def percent_cells(path: Path) -> dict[str, set[str]]:
    """References (``C5``) of the filled ones by the name of their sheet, of a file whose cells were counted before.

    Raises ``ValueError`` for what cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            looks = _percent_looks(archive) if {_STYLES, _BOOK, _RELATIONS} <= names else set()
            sheets = _sheets(archive) if looks else {}
            return {name: _cells(archive, part, looks) for name, part in sheets.items() if part in names}
    except (zipfile.BadZipFile, expat.ExpatError) as error:
        raise ValueError("no Excel file") from error


def _each(archive: zipfile.ZipFile, part: str, heard: Callable[[str, dict[str, str]], None]) -> None:
    """Say each element of a part, by its bare name; no tree is kept."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: heard(tag.rpartition(":")[2], attributes)
    parser.Parse(archive.read(part), True)


def _percent_looks(archive: zipfile.ZipFile) -> set[str]:
    """The numbers of the looks of cells that show per cent."""
    formats, looks, within = set(_BUILT_IN), list[str](), ""

    def heard(tag: str, attributes: dict[str, str]) -> None:
        nonlocal within
        if tag == "numFmt" and "%" in _SAID.sub("", attributes.get("formatCode", "")):
            formats.add(attributes.get("numFmtId", ""))
        elif tag == "xf" and within == "cellXfs":
            looks.append(attributes.get("numFmtId", ""))
        elif tag in ("cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
            within = tag

    _each(archive, _STYLES, heard)
    return {str(number) for number, look in enumerate(looks) if look in formats}


def _sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """The part of each sheet by its name."""
    parts: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def related(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            parts[attributes.get("Id", "")] = posixpath.join("/xl", attributes.get("Target", "")).lstrip("/")

    def named(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            ident = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            sheets[attributes.get("name", "")] = parts.get(ident, "")

    _each(archive, _RELATIONS, related)
    _each(archive, _BOOK, named)
    return sheets


def _cells(archive: zipfile.ZipFile, part: str, looks: set[str]) -> set[str]:
    found: set[str] = set()
    cell = ""

    def heard(tag: str, attributes: dict[str, str]) -> None:
        nonlocal cell
        if tag == "c":
            cell = attributes.get("r", "") if attributes.get("s") in looks else ""
        elif tag == "v" and cell:  # whole columns of empty ones may have the look
            found.add(cell)

    _each(archive, part, heard)
    return found
