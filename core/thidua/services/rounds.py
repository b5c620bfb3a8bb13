"""Calls that are being judged, as the office that runs them sees them: numbers, lists, and what lies ahead."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from thidua.errors import NotFound
from thidua.models import Call, Dossier, State
from thidua.permissions import FACTS, Actor, Scope, judged, lying_apart, scope_of
from thidua.services.definitions import track_titles
from thidua.services.standing import Standing, standings
from thidua.services.unit_names import names_of
from thidua.text import fold
from thidua.times import local_day

PER_PAGE = 20


@dataclass(frozen=True)
class Track:
    """A track of a call with its dossiers by state; ``key`` is empty in a sum over tracks."""

    key: str
    title: str
    states: Mapping[State, int]

    @property
    def total(self) -> int:
        """How many dossiers passed the appraisal."""
        return sum(self.states.values())

    def of(self, *states: State) -> int:
        """How many stand in one of these states."""
        return sum(self.states.get(state, 0) for state in states)


@dataclass(frozen=True)
class Round:
    """A call with the tracks that have something to judge, and the schools they come from (id, name)."""

    call: Call
    tracks: tuple[Track, ...]
    units: tuple[tuple[int, str], ...] = ()

    def track(self, key: str) -> Track:
        """The track of that key; :class:`NotFound` when it has nothing to judge."""
        found = next((track for track in self.tracks if track.key == key), None)
        if found is None:
            raise NotFound
        return found

    @property
    def all(self) -> Track:
        """Every track together."""
        states: dict[State, int] = {}
        for track in self.tracks:
            for state, count in track.states.items():
                states[state] = states.get(state, 0) + count
        return Track("", "", states)


@dataclass(frozen=True)
class Wanted:
    """What the list of a call is narrowed to: a track's key, a school's id, states; empty for all."""

    track: str = ""
    unit: int | None = None
    states: frozenset[State] = frozenset()
    text: str = ""
    page: int = 1


@dataclass(frozen=True)
class Page:
    """A page of dossiers with how their judging stands, and the names of their schools."""

    rows: tuple[Standing, ...]
    units: Mapping[int, str] = field(default_factory=dict)
    total: int = 0
    page: int = 1


def rounds(session: Session, scope: Scope) -> list[Round]:
    """The calls in which the user has something to judge, the latest first. Four statements."""
    # As the index stands; it also says which dossier of a track is the first, whose form names the track.
    by = (Dossier.receiving_unit_id, Dossier.call_id, Dossier.track, Dossier.state)
    groups = session.execute(judged(scope, *by, func.min(Dossier.id), func.count()).group_by(*by).order_by(*by)).all()
    named = judged(scope, Dossier.id, Dossier.definition_sha256).where(Dossier.id.in_({row[4] for row in groups}))
    forms: dict[int, str] = dict(session.execute(named).all())
    calls = session.scalars(
        select(Call).where(Call.id.in_({row[1] for row in groups})).order_by(Call.closes.desc(), Call.id.desc())
    )
    titled = track_titles(session, set(forms.values()))
    titles = {number: titled[sha256] for number, sha256 in forms.items()}
    return [Round(call, _tracks([row for row in groups if row[1] == call.id], titles)) for call in calls]


def _tracks(groups: Collection[Any], titles: Mapping[int, str]) -> tuple[Track, ...]:
    states: dict[str, dict[State, int]] = {}
    names: dict[str, str] = {}
    for _, _, track, state, first, count in sorted(groups, key=itemgetter(2)):
        held = states.setdefault(track, {})
        held[state] = held.get(state, 0) + count
        names.setdefault(track, titles[first])
    return tuple(Track(key, names[key], held) for key, held in states.items())


def find(session: Session, public_id: str, *, by: Actor, now: datetime) -> Round:
    """The call at this address with what the actor runs of it; :class:`NotFound` when that is nothing."""
    scope = scope_of(session, by, local_day(now))
    found = next((one for one in rounds(session, scope) if one.call.public_id == public_id), None)
    if found is None:
        raise NotFound
    units = session.scalars(judged(scope, Dossier.owner_unit_id).where(Dossier.call_id == found.call.id).distinct())
    named = sorted(names_of(session, list(units), scope.on).items(), key=lambda one: fold(one[1]))
    return Round(found.call, found.tracks, tuple(named))


def page(session: Session, call: Call, wanted: Wanted, *, by: Actor, now: datetime, size: int = PER_PAGE) -> Page:
    """One page of a call's dossiers, by code. The statements do not grow with the rows."""
    scope = scope_of(session, by, local_day(now))
    query = _narrowed(judged(scope, *FACTS).where(Dossier.call_id == call.id), wanted)
    total = session.scalar(query.with_only_columns(func.count())) or 0
    number = min(max(1, wanted.page), max(1, -(-total // size)))
    rows: Sequence[Any] = session.execute(query.order_by(Dossier.code).limit(size).offset((number - 1) * size)).all()
    found = standings(session, call, rows, local_day(now))
    return Page(tuple(found), names_of(session, {row.owner_unit_id for row in rows}, scope.on), total, number)


def _narrowed(query: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.track:
        query = query.where(Dossier.track == wanted.track)
    if wanted.unit is not None:
        query = query.where(Dossier.owner_unit_id == wanted.unit)
    if wanted.states:
        query = query.where(Dossier.state.in_(wanted.states))
    for word in fold(wanted.text).split()[:10]:
        query = query.where(Dossier.title_folded.contains(word, autoescape=True))
    return query


def wanting_third(session: Session, call: Call, *, by: Actor, now: datetime, most: int = PER_PAGE) -> list[Standing]:
    """The dossiers of a call whose sheets are too far apart, by code; of many the first ``most``.

    Read are those in which a sheet lay apart when it was handed in, a page at a time: a third judge may have been
    called since, or one of the two taken off.
    """
    scope = scope_of(session, by, local_day(now))
    rows = session.execute(lying_apart(scope, call.id).order_by(Dossier.code)).all()
    found: list[Standing] = []
    for start in range(0, len(rows), most):
        part = standings(session, call, rows[start : start + most], local_day(now))
        found += [one for one in part if one.wants_third]
        if len(found) >= most:
            break
    return found[:most]


def waiting(session: Session, scope: Scope, _now: datetime) -> int:
    """How many dossiers wait to be given to judges: the number beside the entry of the menu."""
    query = judged(scope, func.count()).where(Dossier.state == State.ELIGIBLE)
    return session.scalar(query) or 0
