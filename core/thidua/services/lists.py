"""Lists of dossiers: columns, not entities; paged; the same number of statements for 1 row and for 10,000."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from thidua.models import Call, Dossier, Role, State, Unit, rows
from thidua.permissions import REMEMBERED, Scope, dossiers, in_few, inbox
from thidua.services.definitions import track_titles
from thidua.services.unit_names import unit_name
from thidua.text import fold
from thidua.times import Period

PER_PAGE = 20
COLUMNS = (
    Dossier.id,
    Dossier.public_id,
    Dossier.code,
    Dossier.title,
    Dossier.state,
    Dossier.filed,
    Dossier.changed_at,
    Dossier.owner_unit_id,
    Dossier.call_id,
    Dossier.definition_sha256,
    Dossier.done_parts,
    Dossier.all_parts,
)
Group = tuple[State, int, int, int, str, str, Period, datetime, str | None]
"""State, call, unit and number of a group; of its call the address, title, period and opening; the unit's name."""
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


class Row(NamedTuple):  # twenty to a page, and a tuple is made in a fifth of the time
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
    done: tuple[int, int]  # parts done, and of how many


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


@lru_cache(maxsize=REMEMBERED)
def own_dossiers(scope: Scope) -> Select[Any]:
    """The dossiers of the user's own schools, in every state."""
    return dossiers(scope, Dossier.id).where(in_few(Dossier.owner_unit_id, scope.own))


@lru_cache(maxsize=REMEMBERED)
def awaiting(scope: Scope) -> Select[Any]:
    """What waits for the head's signature at the schools the user heads."""
    heads = scope.units_with(Role.HEAD)
    return dossiers(scope, Dossier.id).where(in_few(Dossier.owner_unit_id, heads), Dossier.state == State.AWAITING)


@lru_cache(maxsize=REMEMBERED)
def office_inbox(scope: Scope) -> Select[Any]:
    """What lies with the offices at which the user appraises."""
    return inbox(scope, Dossier.id)


@dataclass(frozen=True)
class Listing:
    """The dossiers that ``base`` (a select of ids) allows: counted once, then paged and filtered.

    ``groups`` are (state, call id, unit id, count), some of them in several parts: totals and
    filters are sums of them, so a page costs the same few statements for 1 row and for 10,000.
    """

    session: Session
    base: Select[Any]
    groups: Sequence[tuple[State, int, int, int]]
    calls: Mapping[int, tuple[str, str, Period, datetime]]
    names: Mapping[int, str]

    @classmethod
    def of(cls, session: Session, base: Select[Any], on: date) -> Listing:
        """One statement: the groups with their calls, and their units as they are called on that day."""
        return cls._of(session, base, on)

    @classmethod
    def of_inbox(cls, session: Session, scope: Scope) -> Listing:
        """What lies with the offices at which the user appraises; counted in the order of its index."""
        return cls._of(session, office_inbox(scope), scope.on, by_receiver=True)

    @classmethod
    def _of(cls, session: Session, base: Select[Any], on: date, *, by_receiver: bool = False) -> Listing:
        found = rows(session, _grouped(base, by_receiver), {"on": on})
        groups = [(state, call, unit, n) for state, call, unit, n, *_ in found]
        calls = {call: (public_id, title, period, opens) for _, call, _, _, public_id, title, period, opens, _ in found}
        return cls(session, base, groups, calls, {unit: name or "" for _, _, unit, *_, name in found})

    @cached_property
    def states(self) -> Mapping[State, int]:
        """How many dossiers stand in each state, those in which none does left out."""
        held = Counter[State]()
        for state, _, _, n in self.groups:
            held[state] += n
        return held

    @cached_property
    def choices(self) -> Choices:
        """The filters on offer, with counts."""
        calls, units = Counter[int](), Counter[int]()
        for _, call, unit, n in self.groups:
            calls[call] += n
            units[unit] += n
        newest = sorted(calls, key=lambda call: self.calls[call][3], reverse=True)
        return Choices(
            states=self.states,
            calls=[(*self.calls[call][:2], calls[call]) for call in newest],
            units=sorted(((u, self.names.get(u, ""), n) for u, n in units.items()), key=lambda one: fold(one[1])),
        )

    def total(self, wanted: Wanted) -> int:
        """How many dossiers match; a statement of its own only where words narrow the list."""
        if wanted.text:
            return count(self.session, _with_words(self._picked(wanted), wanted.text))
        return sum(n for state, call, unit, n in self.groups if self._fits(wanted, state, call, unit))

    def page(self, wanted: Wanted, per_page: int = PER_PAGE) -> Page:
        """One page: one statement, and the count where words narrow the list."""
        total = self.total(wanted)
        pages = max(1, -(-total // per_page))
        page = min(max(1, wanted.page), pages)
        query = _with_words(_paged(self._picked(wanted), wanted.order), wanted.text)
        found = rows(self.session, query, {"size": per_page, "skipped": (page - 1) * per_page})
        tracks = track_titles(self.session, {row.definition_sha256 for row in found})
        shown = tuple(self._row(row, tracks) for row in found)
        return Page(rows=shown, total=total, page=page, pages=pages)

    def _fits(self, wanted: Wanted, state: State, call: int, unit: int) -> bool:
        return (
            (not wanted.states or state in wanted.states)
            and (not wanted.call or self.calls[call][0] == wanted.call)
            and (wanted.unit is None or wanted.unit == unit)
        )

    def _picked(self, wanted: Wanted) -> Select[Any]:
        calls = frozenset(i for i, call in self.calls.items() if call[0] == wanted.call)
        return _picked(self.base, wanted.states, calls if wanted.call else None, wanted.unit)

    def _row(self, found: Any, tracks: Mapping[str, str]) -> Row:  # noqa: ANN401 -- a row of COLUMNS
        number, public_id, code, title, state, filed, changed_at, unit, call, definition, done, of = found
        _, called, period, _ = self.calls[call]
        name, track = self.names[unit], tracks.get(definition, "")
        return Row(
            number, public_id, code, title, state, filed, changed_at, unit, name, called, period, track, (done, of)
        )


# Kept by what they are made of, rights included: building such a statement and naming it to SQLAlchemy's own
# cache takes longer than most of them run. ``base`` is the same object for the same scope, see ``own_dossiers``.
@lru_cache(maxsize=REMEMBERED)
def _grouped(base: Select[Any], by_receiver: bool) -> Select[*Group]:
    counted = base.with_only_columns(Dossier.state, Dossier.call_id, Dossier.owner_unit_id, func.count().label("held"))
    first = (Dossier.receiving_unit_id,) if by_receiver else ()
    in_order = counted.group_by(*first, Dossier.owner_unit_id, Dossier.state, Dossier.call_id)  # as the indexes stand
    group = in_order.subquery()
    return (
        select(*group.c, Call.public_id, Call.title, Call.period, Call.opens, unit_name(bindparam("on")))
        .join(Call, Call.id == group.c.call_id)
        .join(Unit, Unit.id == group.c.owner_unit_id)
    )


@lru_cache(maxsize=4 * REMEMBERED)
def _picked(base: Select[Any], states: frozenset[State], calls: frozenset[int] | None, unit: int | None) -> Select[Any]:
    """The dossiers of ``base`` that the filters leave: no ``states`` means all; None does not narrow."""
    if states:
        base = base.where(in_few(Dossier.state, states))
    if calls is not None:
        base = base.where(in_few(Dossier.call_id, calls))
    return base if unit is None else base.where(Dossier.owner_unit_id == unit)


@lru_cache(maxsize=4 * REMEMBERED)
def _paged(picked: Select[Any], order: str) -> Select[Any]:
    query: Select[Any] = picked.with_only_columns(*COLUMNS)  # type: ignore[assignment]  # as many as there are columns
    return query.order_by(*_order(order)).limit(bindparam("size")).offset(bindparam("skipped"))


def _with_words(query: Select[Any], text: str) -> Select[Any]:
    for word in fold(text).split()[:10]:
        query = query.where(Dossier.title_folded.contains(word, autoescape=True))
    return query


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


def _order(order: str) -> tuple[Any, ...]:
    by_name = (Dossier.title_key, Dossier.id)
    return {
        "oldest": (Dossier.changed_at, Dossier.id),
        "name": by_name,
        "code": (Dossier.code,),
    }.get(order, (Dossier.changed_at.desc(), Dossier.id.desc()))


def next_in_inbox(session: Session, scope: Scope, after: Dossier) -> str | None:
    """The public id of the dossier that has waited longest in the appraiser's inbox, other than ``after``."""
    query = (
        inbox(scope, Dossier.public_id)
        .where(Dossier.state.in_((State.SUBMITTED, State.APPRAISING)), Dossier.id != after.id)
        .order_by(Dossier.state == State.APPRAISING, Dossier.changed_at, Dossier.id)
        .limit(1)
    )
    following: str | None = session.scalar(query)
    return following
