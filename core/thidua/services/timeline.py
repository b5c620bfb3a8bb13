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
from thidua.permissions import Scope, may, require
from thidua.services.unit_names import names_of

OF_JUDGES = (
    "judge-assigned",
    "judge-third",
    "judge-removed",
    "judge-abstained",
    "judge-conflict",
    "conflict-noted",
)

_ENDINGS = (Action.RETURN, Action.REFUSE, Action.ACCEPT)
_LATE = {
    State.JUDGING: (Action.ASSIGN, Action.REOPEN),
    State.SCORED: (Action.CLOSE,),
    State.PUBLISHED: (Action.PUBLISH,),
}


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
    """By dossier: the strip nộp → thẩm định → kết luận (→ kết quả) with the day of each step."""
    wanted = [*_ENDINGS, Action.SUBMIT, Action.TAKE_UP, *(action for late in _LATE.values() for action in late)]
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
    endings = [when[a] for a in _ENDINGS if a in when]
    ended = max(endings) if endings and taken and max(endings) >= taken else None
    begun = [Step("Nộp", sent, State.SUBMITTED), Step("Thẩm định", taken, State.APPRAISING)]
    if state in _LATE:
        reached = max((when[action] for action in _LATE[state] if action in when), default=None)
        accepted = Step(State.ELIGIBLE.label, ended, State.ELIGIBLE)
        return [*begun, accepted, Step(state.label, reached, state)]
    over = state not in (State.SUBMITTED, State.APPRAISING)
    last = Step(state.label, ended, state) if over else Step("Kết luận")
    return [*begun, last]


def history(session: Session, scope: Scope, dossier: Dossier, limit: int = 200) -> list[Line]:
    """Who did what and when, newest first. Others' units are named, their people are not.

    What concerns single judges is for those who see their sheets.
    """
    require(scope, "see:history", dossier)
    query = (
        select(Event, User.name)
        .outerjoin(User, User.id == Event.user_id)
        .where(Event.subject_kind == "dossier", Event.subject_id == dossier.id)
        .order_by(Event.id.desc())
        .limit(limit)
    )
    if not may(scope, "see:sheets", dossier):
        query = query.where(Event.action.not_in(OF_JUDGES))
    rows = session.execute(query).all()
    names = names_of(session, {event.unit_id for event, _ in rows if event.unit_id}, scope.on)
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
