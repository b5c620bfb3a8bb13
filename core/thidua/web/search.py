"""The search page."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from thidua.models import Role, State
from thidua.services import searching
from thidua.services.searching import Question, Results
from thidua.web.context import current_scope, page_number, read, site
from thidua.web.dossier_page import opened
from thidua.web.narrowing import Pill, toggled
from thidua.web.security import needs

pages = Blueprint("search", __name__, url_prefix="/tim")
LONGEST = 400
EXAMPLES = (
    "nguyen thi hoa",
    "“kho học liệu số”",
    "CSTĐCS 2023",
    "258/KH-UBND",
    "năm:2023..2025 sáng kiến",
    "toán -tin",
)
FILTERS = (
    ("y:", "nam", "Năm học"),
    ("u:", "donvi", "Đơn vị"),
    ("k:", "phongtrao", "Phong trào"),
    ("s:", "trangthai", "Trạng thái"),
)
MOST_PILLS = 12
MOST_VALUES = 20


@pages.get("")
@needs("login")
def index() -> str:
    """Find dossiers, with their attachments, in what one may see."""
    question = _question()
    asked = bool(question.text.strip() or _narrowed(question))
    results = searching.search(site(), read(), current_scope(), question) if asked else Results()
    return render_template(
        "search/index.html",
        question=question,
        asked=asked,
        results=results,
        groups=_groups(results) if asked else {},
        chosen=_chosen(results) if asked else [],
        examples=EXAMPLES,
        per_page=searching.PER_PAGE,
    )


def _question() -> Question:
    states = {s.value for s in State}
    return Question(
        text=request.args.get("q", "")[:LONGEST],
        years=frozenset(v for v in _values("nam") if v.isalnum() and v.isascii() and len(v) < 9),
        units=frozenset(v for v in _values("donvi") if v.isascii() and v.isdecimal() and len(v) < 10),
        campaigns=frozenset(v for v in _values("phongtrao") if v.replace("-", "").isalnum()),
        states=frozenset(v for v in _values("trangthai") if v in states),
        order="newest" if request.args.get("xep") == "newest" else "relevance",
        page=page_number(),
    )


def _values(name: str) -> list[str]:
    """The values of a filter in the address; beyond the first few, each would cost a pill that repeats them all."""
    return request.args.getlist(name)[:MOST_VALUES]


def _narrowed(question: Question) -> bool:
    return bool(question.years or question.units or question.campaigns or question.states)


def _groups(results: Results) -> dict[str, list[Pill]]:
    """The filters still to choose, with counts."""
    groups = {}
    for prefix, name, heading in FILTERS:
        on = set(_values(name))
        values = [v for v in results.facets.get(prefix, ()) if v.value not in on]
        if values:
            groups[heading] = [Pill(v.label, toggled(name, v.value), count=v.count) for v in values[:MOST_PILLS]]
    return groups


def _chosen(results: Results) -> list[Pill]:
    """The filters that are on, each with the address that takes it away."""
    chosen = []
    for prefix, name, _ in FILTERS:
        labels = {v.value: v.label for v in results.facets.get(prefix, ())}
        chosen += [Pill(labels.get(v, _name_of(prefix, v)), toggled(name, v), on=True) for v in _values(name)]
    return chosen


def _name_of(prefix: str, value: str) -> str:
    if prefix == "s:" and value in {s.value for s in State}:
        return State(value).label
    return value[:60]


@pages.get("/<dossier>")
@needs("login")
def open_hit(dossier: str) -> Response:
    """A hit leads each reader to the page that is theirs: the school's, the office's, or plain reading."""
    page = opened(dossier)
    office = current_scope().has(Role.APPRAISER) or current_scope().has(Role.MANAGER)
    if not page.own and office and "see:checklist" in page.can:
        return redirect(url_for("reviews.appraise", dossier=dossier))
    return redirect(url_for("dossiers.hub", dossier=dossier))
