"""One achievement, one reward: titles that were filed before, in any campaign (tên sáng kiến, tên bài viết).

Titles are short, so they are compared by their runs of three letters: words moved, added or misspelt change few
of them. What is compared is what the fields marked ``title=True`` of every stored form hold in the version that
stands with the office.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy.orm import Session

from thidua.models import Dossier
from thidua.permissions import Scope, standing_titles
from thidua.plugin import Rows, Shape, Text
from thidua.services.definitions import all_shapes
from thidua.text import folded_words

RUN = 3
MOST_COMPARED = 5_000
"""Titles per field that are looked at, the newest first."""


@dataclass(frozen=True)
class Titled:
    """A dossier (row id) with the title in it that is most alike: its field, and how alike in percent."""

    dossier: int
    field: str
    percent: int


def titled(session: Session, scope: Scope, text: str, *, least: int, but: Dossier) -> list[Titled]:
    """The dossiers in ``scope`` with a title at least ``least`` per cent like ``text``, most alike first."""
    ours = runs(text)
    best: dict[int, Titled] = {}
    for dossier, field, title in _titles(session, scope) if ours else ():
        percent = alike(ours, runs(title))
        held = best.get(dossier)
        if percent >= least and dossier != but.id and (held is None or percent > held.percent):
            best[dossier] = Titled(dossier, field, percent)
    return sorted(best.values(), key=lambda one: (-one.percent, one.dossier))


@lru_cache(maxsize=20_000)
def runs(title: str) -> frozenset[str]:
    """The runs of three letters of a title, its words folded and one blank between them.

    >>> sorted(runs("Số hoá"))
    [' ho', ' so', 'hoa', 'o h', 'oa ', 'so ']
    """
    words = folded_words(title)
    padded = f" {' '.join(words)} " if words else ""
    return frozenset(padded[at : at + RUN] for at in range(len(padded) - RUN + 1))


def alike(ours: frozenset[str], theirs: frozenset[str]) -> int:
    """How much two titles have in common, 0 to 100 per cent, rounded down: twice the shared runs over all runs.

    >>> alike(runs("Kho học liệu số môn Tin học"), runs("KHO HỌC LIỆU SỐ, môn tin học"))
    100
    >>> alike(runs("Kho học liệu số môn Tin học"), runs("Kho học liệu số môn Tin học lớp 8"))
    90
    """
    return 200 * len(ours & theirs) // (len(ours) + len(theirs)) if ours and theirs else 0


def title_fields(form: Shape) -> list[tuple[str, str]]:
    """The fields of a form that hold titles: field key and column key, ``""`` for a field of its own."""
    found = []
    for field in form.fields:
        if isinstance(field, Text) and field.title:
            found.append((field.key, ""))
        if isinstance(field, Rows):
            found += [(field.key, column.key) for column in field.columns if isinstance(column, Text) and column.title]
    return found


def _titles(session: Session, scope: Scope) -> Iterator[tuple[int, str, str]]:
    """Dossier, field and title of everything on record: a statement per kind of field, however many dossiers."""
    holders: dict[tuple[str, str], list[str]] = {}
    for sha256, form in all_shapes(session).items():
        for place in title_fields(form):
            holders.setdefault(place, []).append(sha256)
    for (key, column), definitions in holders.items():
        for dossier, given in standing_titles(session, scope, definitions, key, limit=MOST_COMPARED):
            if not column:
                yield dossier, key, str(given)
                continue
            for row in json.loads(given):
                if row.get(column):
                    yield dossier, f"{key}.{column}", str(row[column])
