"""The way of a sent dossier with its days, and its history.

For lists: a fixed number of statements, however many dossiers are asked about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from thidua.models import (
    Action,
    Dossier,
    Event,
    State,
    User,
)
from thidua.permissions import Scope, require
from thidua.services.unit_names import names_of


@dataclass(frozen=True)
class Step:
    """A station on the way of a sent dossier; ``at`` is None while it has not been reached."""

    label: str
    at: datetime | None = None
    state: State | None = None


@dataclass(frozen=True)
class Line:
    """One line of a dossier's history."""

    at: datetime
    action: str
    who: str
    unit: str
    before: str = ""
    after: str = ""


def ways(session: Session, ids: Mapping[int, State]) -> dict[int, list[Step]]:
    """By dossier: the strip nộp → thẩm định → kết luận with the day of each step."""
    wanted = [Action.SUBMIT, Action.TAKE_UP, Action.RETURN, Action.REFUSE, Action.ACCEPT]
    query = (
        select(Event.subject_id, Event.action, func.max(Event.at))
        .where(Event.subject_kind == "dossier", Event.subject_id.in_(ids), Event.action.in_(wanted))
        .group_by(Event.subject_id, Event.action)
    )
    when: dict[int, dict[str, datetime]] = {}
    for dossier_id, action, at in session.execute(query):
        when.setdefault(dossier_id or 0, {})[action] = at
    return {dossier_id: _way(when.get(dossier_id, {}), state) for dossier_id, state in ids.items()}


def _way(when: Mapping[str, datetime], state: State) -> list[Step]:
    sent = when.get(Action.SUBMIT)
    taken = when.get(Action.TAKE_UP)
    taken = taken if taken and sent and taken >= sent else None
    endings = [when[a] for a in (Action.RETURN, Action.REFUSE, Action.ACCEPT) if a in when]
    ended = max(endings) if endings and taken and max(endings) >= taken else None
    over = state not in (State.SUBMITTED, State.APPRAISING)
    last = Step(state.label, ended, state) if over else Step("Kết luận")
    return [Step("Nộp", sent, State.SUBMITTED), Step("Thẩm định", taken, State.APPRAISING), last]


def history(session: Session, scope: Scope, dossier: Dossier, limit: int = 200) -> list[Line]:
    """Who did what and when, newest first. Others' units are named, their people are not."""
    require(scope, "see:history", dossier)
    query = (
        select(Event, User.name)
        .outerjoin(User, User.id == Event.user_id)
        .where(Event.subject_kind == "dossier", Event.subject_id == dossier.id)
        .order_by(Event.id.desc())
        .limit(limit)
    )
    rows = session.execute(query).all()
    names = names_of(session, {event.unit_id for event, _ in rows if event.unit_id})
    mine = scope.own | scope.offices
    return [
        Line(
            at=event.at,
            action=event.action,
            who=name or "" if event.unit_id in mine else "",
            unit=names.get(event.unit_id or 0, ""),
            before=_label(event.details.get("before")),
            after=_label(event.details.get("after")),
        )
        for event, name in rows
    ]


def _label(state: object) -> str:
    return State(state).label if isinstance(state, str) and state in set(State) else ""
