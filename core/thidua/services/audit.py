"""The audit (nhật ký): one line per thing done, in the transaction that does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, insert, literal, select
from sqlalchemy.orm import Session

from thidua.models import Event, listed, table_of
from thidua.permissions import Actor


def record(
    session: Session,
    action: str,
    *,
    by: Actor | None,
    now: datetime,
    subject: tuple[str, int | None] = ("site", None),
    unit_id: int | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    """Add an :class:`~thidua.models.Event`.

    ``subject`` is a kind (``dossier``, ``user``, ``call``, …) and the row's id;
    ``unit_id`` the unit in whose name it was done (default: the actor's). ``details``
    are codes and ids, never passwords, answers or contents of files.
    """
    session.add(Event(**line(action, by=by, now=now, subject=subject, unit_id=unit_id, details=details)))


def line(
    action: str,
    *,
    by: Actor | None,
    now: datetime,
    subject: tuple[str, int | None] = ("site", None),
    unit_id: int | None = None,
    details: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """The values of an event, for whoever writes many of them in one statement."""
    return {
        "at": now,
        "user_id": by.user_id if by else None,
        "unit_id": unit_id if unit_id is not None else (by.unit_id if by else None),
        "action": action,
        "subject_kind": subject[0],
        "subject_id": subject[1],
        "details": dict(details or {}),
    }


def record_many(
    session: Session,
    action: str,
    *,
    by: Actor,
    now: datetime,
    subjects: tuple[str, Sequence[int]],
    unit_id: int | None,
    details: Mapping[str, object],
) -> None:
    """A line for each of many rows of one kind that are alike in everything else, in one statement."""
    kind, ids = subjects
    same = line(action, by=by, now=now, subject=(kind, None), unit_id=unit_id, details=details)
    events = table_of(Event)
    values = [listed(ids) if name == "subject_id" else literal(same[name], events.c[name].type) for name in same]
    session.execute(insert(events).from_select(list(same), select(*values)))


def newest(session: Session) -> int:
    """The id of the last line; 0 without any."""
    return session.scalar(select(func.max(Event.id))) or 0


def told(session: Session, after: int, kinds: Sequence[str], beside: Sequence[str]) -> bool:
    """Whether a line about these kinds of subjects came after the one of that id, actions of ``beside`` left out."""
    query = select(Event.id).where(Event.id > after, Event.subject_kind.in_(kinds), Event.action.not_in(beside))
    return session.scalar(query.limit(1)) is not None
