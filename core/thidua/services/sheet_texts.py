"""What can be typed into a score sheet: its places, what they come to, and how two windows come together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from thidua.errors import NotFound, say
from thidua.forms import fingerprint
from thidua.plugin import Group, Problem, Shape
from thidua.scoring import Classified, Valued, classify, evaluate, read_sheet, show_points
from thidua.text import clean, clean_line

POINT, COMMENT = "point:", "comment:"
WHOLE = "comment"
MAX_TYPED = 40
MAX_COMMENT = 4000


@dataclass(frozen=True)
class Reckoned:
    """What typed points come to now: the tree with its values, the class, and what is wrong, by place."""

    valued: Valued
    given: Classified | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Contested:
    """One place typed in two windows: what this one sent and what stands."""

    mine: str
    theirs: str


def cover_of(dossier: str) -> str:
    """The số phách of a dossier (its public id): what a blind judge and the office call it, and nobody can trace.

    Long enough that no two of a call of thousands are called the same.

    >>> cover_of("k3mP9")
    '13F4-12E4'
    """
    digits = sha256(f"phach:{dossier}".encode()).hexdigest().upper()
    return f"{digits[:4]}-{digits[4:8]}"


def as_texts(typed: Mapping[str, str], comments: Mapping[str, str] | None = None, comment: str = "") -> dict[str, str]:
    """Points and comments by leaf, and the comment on the whole, as places of a sheet.

    >>> as_texts({"a": "6,5"}, {"a": "Khá"})
    {'point:a': '6,5', 'comment:a': 'Khá', 'comment': ''}
    """
    points = {POINT + node: text for node, text in typed.items()}
    return points | {COMMENT + node: text for node, text in (comments or {}).items()} | {WHOLE: comment}


def mark(text: str) -> str:
    """The fingerprint of what stands in a place: what a page carries to tell later what it showed."""
    return fingerprint(text)


def places(rubric: Group) -> tuple[str, ...]:
    """Everything that can be typed into a sheet of this rubric, in its order; the comment on the whole last."""
    return (*(prefix + key for key in rubric.leaves for prefix in (POINT, COMMENT)), WHOLE)


def reckon(form: Shape, texts: Mapping[str, str], *, final: bool = False) -> Reckoned:
    """What the points among ``texts`` come to; what cannot be read counts as not scored and is a problem."""
    rubric = rubric_of(form)
    typed = {place.removeprefix(POINT): text for place, text in texts.items() if place.startswith(POINT)}
    sheet = read_sheet(rubric, typed, final=final)
    long = [
        Problem(place, say("sheet-comment-long", limit=MAX_COMMENT))
        for place, text in texts.items()
        if not place.startswith(POINT) and len(text) > MAX_COMMENT
    ]
    valued = evaluate(rubric, sheet)
    given = classify(form.classes, valued) if form.classes else None
    points = [Problem(POINT + problem.field, problem.message) for problem in sheet.problems]
    return Reckoned(valued, given, (*points, *long))


def rubric_of(form: Shape) -> Group:
    """The rubric; ``NotFound`` for a form without one, of which there is no sheet."""
    if form.rubric is None:
        raise NotFound
    return form.rubric


def merge(
    form: Shape, held: Mapping[str, str], texts: Mapping[str, str], base: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, Contested]]:
    """What stands after ``texts`` were typed over what ``base`` says the page showed, and the contested places."""
    merged, contested = dict(held), {}
    for place in places(rubric_of(form)):
        if place not in texts:
            continue
        mine, theirs = _tidy(place, texts[place]), held.get(place, "")
        if fingerprint(mine) in (fingerprint(theirs), base.get(place)):
            continue
        if place in base and base[place] != fingerprint(theirs):
            contested[place] = Contested(mine, theirs)
        else:
            merged[place] = mine
    return {place: text for place, text in merged.items() if text}, contested


def _tidy(place: str, text: str) -> str:
    return clean_line(text)[:MAX_TYPED] if place.startswith(POINT) else clean(text).strip()


def settled(form: Shape, texts: Mapping[str, str]) -> dict[str, str]:
    """``texts`` with every point that could be read written in one way: "9.5" is "9,5"."""
    valued = reckon(form, texts).valued
    leaves = valued.rubric.leaves
    return {**texts, **{POINT + key: show_points(leaves[key], steps) for key, steps in valued.points.items()}}


def marks_of(form: Shape, texts: Mapping[str, str]) -> dict[str, str]:
    """The fingerprint of every place."""
    return {place: fingerprint(texts.get(place)) for place in places(rubric_of(form))}
