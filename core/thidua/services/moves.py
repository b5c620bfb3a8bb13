"""The one place where a dossier changes its state."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import update
from sqlalchemy.orm import Session

from thidua import outbox
from thidua.errors import Invalid, Refused
from thidua.models import EDITABLE, Action, Dossier, Role, State, among, transition
from thidua.outbox import Job
from thidua.permissions import Actor, DossierFacts, Scope, ids_of, require
from thidua.services import audit
from thidua.services.blinding import is_blind
from thidua.services.definitions import form_of
from thidua.services.site import Site
from thidua.services.working import progress
from thidua.text import clean

INDEX = "index"
NOTIFY = "notify"
MOVED = "moved"
ORIGINALITY = "originality"
CLEAN = "clean"
MAX_REASON = 4000
PORTION = 200
STANDS_ANEW = frozenset({Action.SUBMIT, Action.WITHDRAW})
"""After these another version stands, or none: its texts are compared with others'."""


class Movable(DossierFacts, Protocol):
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
    if action == Action.SUBMIT and is_blind(form_of(dossier)):
        outbox.put(session, kind=CLEAN, subject=str(dossier.id), now=now)


def move_many(
    session: Session,
    dossiers: Sequence[Movable],
    action: Action,
    *,
    scope: Scope,
    by: Actor,
    now: datetime,
    reason: str = "",
) -> None:
    """:func:`move` for many dossiers of an office at once: all of them or none.

    The statements do not grow with the dossiers, and what follows is one row of the outbox, which the worker
    spreads (:func:`follow_up`); they are moved in the name that :func:`in_whose_name` says.
    ``Dossier`` objects that the session holds already are read anew.
    """
    moved: dict[State, list[Movable]] = {}
    for dossier in dossiers:
        require(scope, action, dossier)
        moved.setdefault(dossier.state, []).append(dossier)
    for before, rows in moved.items():
        to = _target(before, action, reason)
        _write(session, rows, action, before, to, scope=scope, by=by, now=now)
    session.expire_all()


def in_whose_name(scope: Scope, dossier: DossierFacts, by: Actor) -> int | None:
    """The office that one acts for who runs a call: the chosen one where it does, else the one with custody."""
    if by.unit_id is not None and scope.has(Role.MANAGER, by.unit_id):
        return by.unit_id
    return scope.custodian(dossier.receiving_unit_id, dossier.owner_unit_id)


def _target(before: State, action: Action, reason: str) -> State:
    row = transition(before, action)
    if row is None or row.to in EDITABLE:
        raise Refused("wrong-state", state=before.label)
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
    session: Session,
    rows: Sequence[Movable],
    action: Action,
    before: State,
    to: State,
    *,
    scope: Scope,
    by: Actor,
    now: datetime,
) -> None:
    values = {"state": to, "note": "", "rev": Dossier.rev + 1, "changed_at": now}
    moved = update(Dossier).where(among(Dossier.id, (row.id for row in rows))).values(values)
    session.execute(moved.execution_options(synchronize_session=False))
    alike: dict[tuple[int | None, int], list[int]] = {}
    for row in rows:
        alike.setdefault((in_whose_name(scope, row, by), row.filed), []).append(row.id)
    for (unit_id, filed), ids in alike.items():
        said = {"before": before, "after": to, "filed": filed}
        audit.record_many(session, action, by=by, now=now, subjects=("dossier", ids), unit_id=unit_id, details=said)
    change = {"action": action, "before": before, "after": to, "at": now.isoformat(), "by": by.user_id}
    keys = {f"{NOTIFY}:{row.id}:{row.rev + 1}": str(row.id) for row in rows}
    first = next(iter(keys))
    outbox.put(session, kind=MOVED, subject=first, details={"change": change, "keys": keys}, now=now)


def follow_up(site: Site, jobs: Sequence[Job]) -> None:
    """After :func:`move_many`: ask for what follows each dossier, in short transactions that hold nobody up."""
    for job in jobs:
        change, keys = job.details["change"], job.details["keys"]
        assert isinstance(change, dict)  # noqa: S101 -- narrows the type
        assert isinstance(keys, dict)  # noqa: S101 -- narrows the type
        now, wishes = datetime.fromisoformat(change["at"]), list(keys.items())
        for start in range(0, len(wishes), PORTION):
            told = dict(wishes[start : start + PORTION])
            index = {f"{INDEX}:{dossier}": dossier for dossier in told.values()}
            with site.database.writing() as session:
                outbox.put_many(session, kind=NOTIFY, wishes=told, details=change, now=now)
                outbox.put_many(session, kind=INDEX, wishes=index, now=now)


def reindex(session: Session, *, calls: Collection[int] = (), owners: Collection[int] = (), now: datetime) -> None:
    """Have all dossiers of these calls and of these units indexed: something that search knows of them has changed."""
    wishes = {f"{INDEX}:{number}": str(number) for number in ids_of(session, calls=calls, owners=owners)}
    outbox.put_many(session, kind=INDEX, wishes=wishes, now=now)


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
