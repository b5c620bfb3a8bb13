"""Search as its users see it: the box's text → tree → engine within the scope → rows with snippets.

Nothing is ranked, counted or shown that the scope does not allow; texts are fetched
only for the rows of the page (and for phrases, of the first candidates).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from thidua.models import Call, Dossier, State, Unit, UnitName
from thidua.permissions import Scope, dossiers, exact_texts, folded_texts, naming, source_texts, terms_of
from thidua.search.engine import Hits, Order
from thidua.search.fold import WORD, Vocabulary, folded_text
from thidua.search.phrases import search as search_phrases
from thidua.search.query import FieldEquals, Node, highlights, is_marked, parse, resolve
from thidua.search.snippets import RERANKED, Snippet, first_together, rerank, snippets, together
from thidua.search.vocabulary import field_vocabulary
from thidua.services.definitions import campaign_titles, track_titles
from thidua.services.site import Site
from thidua.services.unit_names import names_of
from thidua.text import fold
from thidua.times import Period

PER_PAGE = 20
MOST_PAGES = 50
FACETS = ("y:", "u:", "k:", "s:")
SNIPPETS = 2
MOST_NAMED = 500


@dataclass(frozen=True)
class Question:
    """What is asked: the box's text, what it is narrowed to, order and page (from 1).

    ``years`` are period codes, ``units`` unit ids, ``campaigns`` slugs, ``states`` states.
    """

    text: str = ""
    years: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    campaigns: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    order: Order = "relevance"
    page: int = 1


@dataclass(frozen=True)
class Passage:
    """A highlighted snippet; ``file`` names where it stands (empty: the form's answers)."""

    snippet: Snippet
    file: str = ""
    revision: str = ""  # public id of the file's address


@dataclass(frozen=True)
class Hit:
    """A dossier that was found."""

    kind: str
    id: str
    code: str
    title: str
    unit: str
    call: str
    period: Period
    track: str
    state: State
    score: float
    passages: tuple[Passage, ...] = ()

    @property
    def snippet(self) -> str:
        """All passages as plain text."""
        return " ".join(str(p.snippet) for p in self.passages)


@dataclass(frozen=True)
class FacetValue:
    """A value to narrow by: what the address carries, what people read, and how many."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Results:
    """A page of hits; with ``exact`` False there are more than ``total`` ("hơn N")."""

    hits: tuple[Hit, ...] = ()
    total: int = 0
    exact: bool = True
    page: int = 1
    pages: int = 1
    facets: Mapping[str, Sequence[FacetValue]] = field(default_factory=dict)
    rebuilding: bool = False


def search(site: Site, session: Session, scope: Scope, question: Question) -> Results:
    """Find dossiers within ``scope``; never raises for what was typed."""
    words = field_vocabulary(site.registry.abbreviations)
    tree = resolve(parse(question.text, words), partial(_meaning, session, scope))
    found = _ask(site, session, scope, question, tree=tree, words=words)
    pages = min(MOST_PAGES, max(1, -(-found.total // PER_PAGE)))
    page = min(max(1, question.page), pages)
    if page < question.page and not _reranks(question):  # there is no such page: the last one is shown
        found = _ask(site, session, scope, replace(question, page=page), tree=tree, words=words)
    ids, scores = _page(session, scope, question, found, page)
    return Results(
        hits=tuple(_rows(session, scope, ids, scores, [*highlights(tree, words), together(question.text)])),
        total=found.total,
        exact=found.exact,
        page=page,
        pages=pages,
        facets=_facets(session, found, scope.on),
        rebuilding=found.state == "rebuilding",
    )


def _ask(site: Site, session: Session, scope: Scope, question: Question, *, tree: Node, words: Vocabulary) -> Hits:
    page = min(max(1, question.page), MOST_PAGES)
    again = _reranks(question)
    filters = {
        "y:": frozenset(f"y:{v}" for v in question.years),
        "u:": frozenset(f"u:{v}" for v in question.units),
        "k:": frozenset(f"k:{v}" for v in question.campaigns),
        "s:": frozenset(f"s:{v}" for v in question.states),
    }
    return search_phrases(
        site.engine,
        tree,
        partial(_folded_texts, session, scope),
        allowed=terms_of(scope),
        without=scope.conflicts,
        filters={name: tokens for name, tokens in filters.items() if tokens},
        order=question.order,
        offset=0 if again else (page - 1) * PER_PAGE,
        limit=max(RERANKED, page * PER_PAGE) if again else PER_PAGE,
        facets=FACETS,
        vocabulary=words,
    )


def _reranks(question: Question) -> bool:
    several = len(WORD.findall(question.text)) > 1
    return question.order == "relevance" and (several or is_marked(question.text))


def _page(session: Session, scope: Scope, question: Question, found: Hits, page: int) -> tuple[list[int], list[float]]:
    if not _reranks(question):
        return found.ids, found.scores
    heads = exact_texts(session, scope, found.ids[:RERANKED])
    rows = [(i, s, heads.get(i, "")) for i, s in zip(found.ids, found.scores, strict=True)]
    cut = rerank(rows, question.text)[(page - 1) * PER_PAGE : page * PER_PAGE]
    return [row[0] for row in cut], [row[1] for row in cut]


def _folded_texts(session: Session, scope: Scope, ids: Sequence[int]) -> dict[int, str]:
    texts: dict[int, str] = {}
    for dossier_id, label, text in folded_texts(session, scope, ids):
        texts[dossier_id] = texts.get(dossier_id, " ") + f". {folded_text(label)}.{text}"
    return texts


def _rows(
    session: Session, scope: Scope, ids: Sequence[int], scores: Sequence[float], words: Sequence[str]
) -> list[Hit]:
    query = (
        dossiers(
            scope,
            Dossier.id,
            Dossier.public_id,
            Dossier.code,
            Dossier.title,
            Dossier.owner_unit_id,
            Dossier.state,
            Dossier.definition_sha256,
            Call.title.label("call"),
            Call.period,
        )
        .join(Call, Call.id == Dossier.call_id)
        .where(Dossier.id.in_(ids))
    )
    found = {row.id: row for row in session.execute(query)}
    names = names_of(session, {row.owner_unit_id for row in found.values()}, scope.on)
    tracks = track_titles(session, {row.definition_sha256 for row in found.values()})
    passages = _passages(session, scope, list(found), words)
    hits = []
    for dossier_id, score in zip(ids, scores, strict=True):
        row = found.get(dossier_id)
        if row is None:  # the index is older than a change of rights: the database decides
            continue
        hits.append(
            Hit(
                kind="dossier",
                id=row.public_id,
                code=row.code,
                title=row.title,
                unit=names.get(row.owner_unit_id, ""),
                call=row.call,
                period=row.period,
                track=tracks.get(row.definition_sha256, ""),
                state=row.state,
                score=round(score, 4),
                passages=tuple(passages.get(dossier_id, ())),
            )
        )
    return hits


def _passages(session: Session, scope: Scope, ids: Sequence[int], words: Sequence[str]) -> dict[int, list[Passage]]:
    """At most :data:`SNIPPETS` passages by dossier: where the words stand together, else where they stand apart."""
    whole: dict[int, list[Passage]] = {}
    apart: dict[int, list[Passage]] = {}
    for dossier_id, label, revision, text in source_texts(session, scope, ids):
        together, scattered = whole.setdefault(dossier_id, []), apart.setdefault(dossier_id, [])
        if len(together) >= SNIPPETS or (len(scattered) >= SNIPPETS and first_together(text, words) is None):
            continue
        for snippet in snippets(text, words, most=1):
            if snippet.marked:
                passage = Passage(snippet, file=label, revision=revision or "")
                (together if snippet.together else scattered).append(passage)
    return {one: (whole[one] or apart[one])[:SNIPPETS] for one in whole}


def _facets(session: Session, found: Hits, on: date) -> dict[str, list[FacetValue]]:
    counted = {
        prefix: {t.removeprefix(prefix): n for t, n in found.facets.get(prefix, {}).items()} for prefix in FACETS
    }
    names = names_of(session, {int(unit) for unit in counted["u:"]}, on)
    campaigns = campaign_titles(session)
    label: dict[str, Callable[[str], str]] = {
        "y:": lambda v: str(Period.from_code(v)),
        "u:": lambda v: names.get(int(v), v),
        "k:": lambda v: campaigns.get(v, v),
        "s:": lambda v: State(v).label,
    }
    values = {p: [FacetValue(v, label[p](v), n) for v, n in counts.items()] for p, counts in counted.items()}
    values["y:"].sort(key=lambda v: v.value, reverse=True)
    for prefix in ("u:", "k:", "s:"):
        values[prefix].sort(key=lambda v: (-v.count, fold(v.label)))
    return values


def _meaning(session: Session, scope: Scope, node: FieldEquals) -> frozenset[str] | None:
    """What ``đơn vị:…``, ``trạng thái:…`` and the like stand for, as tokens."""
    value = fold(node.value)
    if node.field == "state":
        return frozenset(f"s:{s.value}" for s in State if fold(s.label).startswith(value)) or None
    if node.field == "unit":
        query = select(UnitName.unit_id).join(Unit).where(UnitName.folded.contains(value, autoescape=True))
        return frozenset(f"u:{unit}" for unit in session.scalars(query)) or None
    if node.field == "campaign":
        named = campaign_titles(session).items()
        return frozenset(f"k:{slug}" for slug, title in named if value == slug or value in fold(title)) or None
    if node.field == "person":
        named_so = session.scalars(naming(scope, value).limit(MOST_NAMED + 1)).all()
        # A name that very many bear is no narrowing: its words are searched.
        return frozenset(f"d:{dossier_id}" for dossier_id in named_so) if 0 < len(named_so) <= MOST_NAMED else None
    if node.field == "code":
        found = session.scalars(dossiers(scope, Dossier.id).where(func.lower(Dossier.code) == node.value.lower()))
        return frozenset(f"d:{dossier_id}" for dossier_id in found)
    return None
