"""The audit (nhật ký): one line per thing done, in the transaction that does it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from thidua.models import Event
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
