"""Lists of dossiers: columns, not entities; paged; the same number of statements for 1 row and for 10,000."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from thidua.models import Call, Definition, Dossier, Role, State, UnitName
from thidua.permissions import Scope, dossiers, inbox
from thidua.services.definitions import read
from thidua.text import fold
from thidua.times import Period

PER_PAGE = 20
ORDERS = ("newest", "oldest", "name", "code")


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to; the address holds exactly this.

    ``states`` empty means all; ``call`` and ``unit`` are public id and unit id; ``text``
    is compared with title and code without marks. ``order`` is one of :data:`ORDERS`.
    """

    states: frozenset[State] = frozenset()
    call: str = ""
    unit: int | None = None
    text: str = ""
    order: str = "newest"
    page: int = 1


@dataclass(frozen=True)
class Row:
    """One line of a list."""

    id: int
    public_id: str
    code: str
    title: str
    state: State
    filed: int
    changed_at: datetime
    unit_id: int
    unit: str
    call: str
    period: Period
    track: str


@dataclass(frozen=True)
class Page:
    """A page of rows; ``total`` counts all that match; ``page`` and ``pages`` start at 1."""

    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class Choices:
    """What the filters of a list offer, with counts: states, calls (public id, title), units (id, name)."""

    states: Mapping[State, int] = field(default_factory=dict)
    calls: Sequence[tuple[str, str, int]] = ()
    units: Sequence[tuple[int, str, int]] = ()


def own_dossiers(scope: Scope) -> Select[Any]:
    """The dossiers of the user's own schools, in every state."""
    return dossiers(scope, Dossier.id).where(Dossier.owner_unit_id.in_(scope.own))


def awaiting(scope: Scope) -> Select[Any]:
    """What waits for the head's signature at the schools the user heads."""
    heads = scope.units_with(Role.HEAD)
    return dossiers(scope, Dossier.id).where(Dossier.owner_unit_id.in_(heads), Dossier.state == State.AWAITING)


def office_inbox(scope: Scope) -> Select[Any]:
    """What lies with the offices at which the user appraises."""
    return inbox(scope, Dossier.id)


def page_of(session: Session, base: Select[Any], wanted: Wanted, per_page: int = PER_PAGE) -> Page:
    """One page of the dossiers that ``base`` (a select of ids) allows. Three statements."""
    ids = _narrowed(base, wanted)
    total = session.scalar(select(func.count()).select_from(ids.subquery())) or 0
    pages = max(1, -(-total // per_page))
    page = min(max(1, wanted.page), pages)
    query = (
        ids.with_only_columns(
            Dossier.id,
            Dossier.public_id,
            Dossier.code,
            Dossier.title,
            Dossier.state,
            Dossier.filed,
            Dossier.changed_at,
            Dossier.owner_unit_id,
            Dossier.definition_sha256,
            Call.title.label("call"),
            Call.period,
        )
        .order_by(*_order(wanted.order))
        .limit(per_page)
        .offset((page - 1) * per_page)
    )
    found = session.execute(query).all()
    names = unit_names(session, {row.owner_unit_id for row in found})
    tracks = track_titles(session, {row.definition_sha256 for row in found})
    rows = tuple(
        Row(
            id=r.id,
            public_id=r.public_id,
            code=r.code,
            title=r.title,
            state=r.state,
            filed=r.filed,
            changed_at=r.changed_at,
            unit_id=r.owner_unit_id,
            unit=names.get(r.owner_unit_id, ""),
            call=r.call,
            period=r.period,
            track=tracks.get(r.definition_sha256, ""),
        )
        for r in found
    )
    return Page(rows=rows, total=total, page=page, pages=pages)


def choices(session: Session, base: Select[Any]) -> Choices:
    """The filters that ``base`` offers, with counts. Four statements."""
    ids = base.join(Call, Call.id == Dossier.call_id)
    states = ids.with_only_columns(Dossier.state, func.count()).group_by(Dossier.state)
    calls = (
        ids.with_only_columns(Call.public_id, Call.title, func.count()).group_by(Call.id).order_by(Call.opens.desc())
    )
    by_unit = ids.with_only_columns(Dossier.owner_unit_id, func.count()).group_by(Dossier.owner_unit_id)
    counts = dict(session.execute(by_unit).all())
    names = unit_names(session, set(counts))
    return Choices(
        states=dict(session.execute(states).all()),
        calls=[(public_id, title, count) for public_id, title, count in session.execute(calls)],
        units=sorted(((u, names.get(u, ""), n) for u, n in counts.items()), key=lambda one: fold(one[1])),
    )


def count(session: Session, base: Select[Any]) -> int:
    """How many dossiers ``base`` allows; for the numbers beside menu items."""
    return session.scalar(select(func.count()).select_from(base.subquery())) or 0


def waiting_for_head(session: Session, scope: Scope, _now: datetime) -> int:
    """How many dossiers wait for the head's signature; the number beside Tờ trình."""
    return count(session, awaiting(scope)) if scope.has(Role.HEAD) else 0


def waiting_for_office(session: Session, scope: Scope, _now: datetime) -> int:
    """How many dossiers an office has not taken up yet; the number beside Thẩm định."""
    if not scope.has(Role.APPRAISER):
        return 0
    return count(session, office_inbox(scope).where(Dossier.state == State.SUBMITTED))


def unit_names(session: Session, ids: set[int]) -> dict[int, str]:
    """The latest official names of units."""
    query = select(UnitName.unit_id, UnitName.text).where(UnitName.unit_id.in_(ids)).order_by(UnitName.valid_from)
    return dict(session.execute(query).all())


def track_titles(session: Session, sha256s: set[str]) -> dict[str, str]:
    """The titles of the tracks that definitions belong to."""
    query = select(Definition.sha256, Definition.json).where(Definition.sha256.in_(sha256s))
    return {sha256: read(json).title for sha256, json in session.execute(query)}


def _narrowed(base: Select[Any], wanted: Wanted) -> Select[Any]:
    query = base.join(Call, Call.id == Dossier.call_id)
    if wanted.states:
        query = query.where(Dossier.state.in_(wanted.states))
    if wanted.call:
        query = query.where(Call.public_id == wanted.call)
    if wanted.unit is not None:
        query = query.where(Dossier.owner_unit_id == wanted.unit)
    for word in fold(wanted.text).split()[:10]:
        query = query.where(Dossier.title_folded.contains(word, autoescape=True))
    return query


def _order(order: str) -> tuple[Any, ...]:
    by_name = (Dossier.title_key, Dossier.id)
    return {
        "oldest": (Dossier.changed_at, Dossier.id),
        "name": by_name,
        "code": (Dossier.code,),
    }.get(order, (Dossier.changed_at.desc(), Dossier.id.desc()))
