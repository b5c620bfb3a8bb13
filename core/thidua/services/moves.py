"""The one place where a dossier changes its state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from thidua import outbox
from thidua.errors import Invalid, Refused
from thidua.models import EDITABLE, Action, Dossier, Event, Outbox, State, table_of, transition
from thidua.permissions import Actor, DossierFacts, Scope, require
from thidua.services import audit
from thidua.services.definitions import form_of
from thidua.services.working import progress
from thidua.text import clean

INDEX = "index"
NOTIFY = "notify"
ORIGINALITY = "originality"
CLEAN = "clean"
MAX_REASON = 4000
STANDS_ANEW = frozenset({Action.SUBMIT, Action.WITHDRAW})
"""After these another version stands, or none: its texts are compared with others'."""


class Standing(DossierFacts, Protocol):
    """The facts of a dossier that moving it needs."""

    @property
    def rev(self) -> int:
        """How often the dossier has been changed; what was read before the last change is stale."""


def move(
    session: Session,
    dossier: Dossier,
    action: Action,
    *,
    scope: Scope,
    by: Actor,
    now: datetime,
    reason: str = "",
    unit_id: int | None = None,
) -> None:
    """Take ``dossier`` along ``action``: rights and table checked, event and follow-ups written.

    ``unit_id`` is the unit in whose name it is done (default: the owner's for schools).
    Raises ``NotFound``, ``NotAllowed`` or ``Refused`` (``wrong-state``, ``reason-missing``).
    """
    require(scope, action, dossier)
    row = transition(dossier.state, action)
    if row is None:
        raise Refused("wrong-state", state=dossier.state.label)
    reason = checked_reason(reason, required=row.reason)
    before, dossier.state = dossier.state, row.to
    dossier.note = reason if row.to in (State.DRAFT, State.RETURNED, State.INELIGIBLE) else ""
    touch(session, dossier, now)
    audit.record(
        session,
        action,
        by=by,
        now=now,
        subject=("dossier", dossier.id),
        unit_id=unit_id if unit_id is not None else dossier.owner_unit_id,
        details={"before": before, "after": row.to, "filed": dossier.filed},
    )
    details = {"action": action, "before": before, "after": row.to, "at": now.isoformat(), "by": by.user_id}
    key = f"{NOTIFY}:{dossier.id}:{dossier.rev}"
    outbox.put(session, kind=NOTIFY, subject=str(dossier.id), details=details, unique=key, now=now)
    if action in STANDS_ANEW:
        outbox.put(session, kind=ORIGINALITY, subject=str(dossier.id), now=now)
    judging = form_of(dossier).judging
    if action == Action.SUBMIT and judging is not None and judging.blind:
        outbox.put(session, kind=CLEAN, subject=str(dossier.id), now=now)


def move_many(
    session: Session,
    dossiers: Sequence[Standing],
    action: Action,
    *,
    scope: Scope,
    by: Actor,
    now: datetime,
    reason: str = "",
) -> None:
    """:func:`move` for many dossiers of an office at once: all of them or none.

    The statements do not grow with the dossiers; each is moved in the name of the unit that has custody of it.
    ``Dossier`` objects that the session holds already are read anew.
    """
    moved: dict[State, list[Standing]] = {}
    for dossier in dossiers:
        moved.setdefault(_target(dossier, action, scope, reason), []).append(dossier)
    for to, rows in moved.items():
        for start in range(0, len(rows), 1000):
            _write(session, rows[start : start + 1000], action, to, scope=scope, by=by, now=now)
    session.expire_all()


def _target(dossier: Standing, action: Action, scope: Scope, reason: str) -> State:
    require(scope, action, dossier)
    row = transition(dossier.state, action)
    if row is None or row.to in EDITABLE:
        raise Refused("wrong-state", state=dossier.state.label)
    checked_reason(reason, required=row.reason)
    return row.to


def checked_reason(text: str, *, required: bool = True) -> str:
    """``text`` cleaned; :class:`Invalid` ``reason-missing`` or ``reason-too-long``."""
    reason = clean(text).strip()
    if required and not reason:
        raise Invalid("reason-missing")
    if len(reason) > MAX_REASON:
        raise Invalid("reason-too-long", limit=MAX_REASON)
    return reason


def _write(
    session: Session, rows: Sequence[Standing], action: Action, to: State, *, scope: Scope, by: Actor, now: datetime
) -> None:
    values = {"state": to, "note": "", "rev": Dossier.rev + 1, "changed_at": now}
    moved = update(Dossier).where(Dossier.id.in_([row.id for row in rows])).values(values)
    session.execute(moved.execution_options(synchronize_session=False))
    events, wishes = [], []
    for row in rows:
        unit_id = scope.custodian(row.receiving_unit_id, row.owner_unit_id)
        details = {"before": row.state, "after": to, "filed": row.filed}
        events.append(audit.line(action, by=by, now=now, subject=("dossier", row.id), unit_id=unit_id, details=details))
        told = {"action": action, "before": row.state, "after": to, "at": now.isoformat(), "by": by.user_id}
        wishes.append({"key": f"{NOTIFY}:{row.id}:{row.rev + 1}", "subject": str(row.id), "details": told})
    session.execute(insert(table_of(Event)), events)
    session.execute(insert(table_of(Outbox)), [{"kind": NOTIFY, "due": now, **wish} for wish in wishes])
    outbox.put_many(session, kind=INDEX, subjects=[str(row.id) for row in rows], now=now)


def touch(session: Session, dossier: Dossier, now: datetime) -> None:
    """Count a change of ``dossier``, note how far its working copy has come, and have it indexed."""
    dossier.rev += 1
    dossier.changed_at = now
    session.flush()
    if dossier.state in EDITABLE:
        session.expire(dossier, ["parts", "attachments"])
        lines = progress(form_of(dossier), dossier)
        dossier.done_parts, dossier.all_parts = sum(line.done for line in lines), len(lines)
    outbox.put(session, kind=INDEX, subject=str(dossier.id), now=now)
