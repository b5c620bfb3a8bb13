"""The one place where a dossier changes its state."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from thidua import outbox
from thidua.errors import Invalid, Refused
from thidua.models import EDITABLE, Action, Dossier, State, transition
from thidua.permissions import Actor, Scope, require
from thidua.services import audit
from thidua.services.definitions import form_of
from thidua.services.working import progress
from thidua.text import clean

INDEX = "index"
NOTIFY = "notify"
ORIGINALITY = "originality"
MAX_REASON = 4000
STANDS_ANEW = frozenset({Action.SUBMIT, Action.WITHDRAW})
"""After these another version stands, or none: its texts are compared with others'."""


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
    reason = clean(reason).strip()
    if row.reason and not reason:
        raise Invalid("reason-missing")
    if len(reason) > MAX_REASON:
        raise Invalid("reason-too-long", limit=MAX_REASON)
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
