"""Closing (chốt): the sheets of a call's dossiers become results, all of a track at once; publishing, reopening.

What comes out is worked out on a reading session (:mod:`thidua.services.tally`); one short write transaction
then sees that nothing has changed and freezes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from thidua.errors import Invalid, NotAllowed, NotFound, Refused
from thidua.models import Action, Call, Dossier, Result, State, User, among, table_of
from thidua.permissions import FACTS, Actor, Scope, filed_in, panels, require, results_of, scope_of, times_frozen
from thidua.permissions import dossiers as dossiers_of
from thidua.scoring import Scribe, rubric_sha256
from thidua.services import conflicts
from thidua.services.moves import checked_reason, move_many
from thidua.services.recusals import CONFLICT, leave
from thidua.services.site import Site
from thidua.services.tally import CLOSED, Decision, Line, View, marks_of, view
from thidua.times import local_day


@dataclass(frozen=True)
class Prepared:
    """Everything that closing writes, and the marks of what it was worked out from."""

    view: View
    rows: tuple[Mapping[str, object], ...]


def close(
    site: Site,
    *,
    call: int,
    track: str,
    decisions: Sequence[Decision] = (),
    leaving: bool = False,
    by: Actor,
    now: datetime,
) -> int:
    """Freeze the result of every dossier of a call (row id) and track; how many there were. All or none.

    ``decisions`` tell ties over a boundary apart. Dossiers whose appraisal has not ended are refused
    (``closing-unfinished``) unless they are left out knowingly, with ``leaving``.
    """
    with site.database.reading() as session:
        found = session.get_one(Call, call)
        seen = view(session, found, track, decisions=decisions, by=by, now=now)
        if seen.lines and not seen.to_close:
            _refuse_changed(session, [line.dossier for line in seen.lines])
        prepared = prepare(seen, leaving=leaving)
    with site.database.writing() as session:
        return freeze(session, prepared, by=by, now=now)


def prepare(seen: View, *, leaving: bool = False) -> Prepared:
    """The rows to write. Raises ``Refused`` with the first thing that is in the way."""
    if seen.blocks:
        raise Refused("closing-blocked", why=seen.blocks[0])
    if seen.waiting:
        first = seen.waiting[0]
        why = first.standing.blocks[0]
        raise Refused("closing-not-ready", count=len(seen.waiting), dossier=first.dossier.code, why=why)
    if seen.ties:
        raise Refused("closing-tied", codes=", ".join(str(line.dossier.code) for line in seen.ties[0]))
    if seen.unfinished and not leaving:
        raise Refused("closing-unfinished", count=seen.unfinished)
    scribes: dict[int, Scribe] = {}
    return Prepared(seen, tuple(_row(line, _scribe(line, scribes), seen.decisions) for line in seen.to_close))


def _scribe(line: Line, known: dict[int, Scribe]) -> Scribe | None:
    """Who writes the calculation of this line: one for each form, None where the track has no rubric."""
    form, scored = line.standing.form, line.scored
    if form.rubric is None or scored is None:
        return None
    if id(form) not in known:
        known[id(form)] = Scribe(form.rubric, scored.judging, form.classes, sha256=rubric_sha256(form.rubric))
    return known[id(form)]


def _row(line: Line, scribe: Scribe | None, decisions: Sequence[Decision]) -> dict[str, object]:
    given = line.classified.given if line.classified else None
    return {
        "dossier_id": line.dossier.id,
        "version_id": line.standing.version_id,
        "total": str(line.scored.total) if line.scored else "",
        "class_key": given.key if given else "",
        "class_label": given.label if given else "",
        "place": line.ranked.rank if line.ranked else None,
        "prize": line.prize.key if line.prize else "",
        "prize_label": line.prize.label if line.prize else "",
        "tie": _tie(line, decisions),
        "calculation": scribe.text(line.scored, line.classified) if scribe and line.scored else "",
        "rubric_sha256": scribe.sha256 if scribe else "",
    }


def _tie(line: Line, decisions: Sequence[Decision]) -> dict[str, object]:
    if line.ranked is None:
        return {}
    said: dict[str, object] = {"by": line.ranked.broken_by, "said": line.ranked.reason}
    for one in decisions:
        if line.dossier.public_id in one.order:
            said["choice"] = one.stored()
    return said


def freeze(session: Session, prepared: Prepared, *, by: Actor, now: datetime) -> int:
    """Write what was prepared. ``Refused`` when it has been closed (``closing-done``) or changed meanwhile."""
    seen = prepared.view
    scope = scope_of(session, by, local_day(now))
    if seen.call.unit_id not in scope.running:
        raise NotAllowed
    found = session.execute(filed_in(scope, seen.call.id, seen.track)).all()
    ids = {line.dossier.id for line in seen.to_close}
    mine = [row for row in found if row.id in ids]
    if marks_of(session, session.get_one(Call, seen.call.id), found) != seen.marks:
        _refuse_changed(session, mine)
    _end_conflicts(session, scope, seen, mine, by=by, now=now)
    n = times_frozen(session, sorted(ids))
    frozen = {"frozen_by": by.user_id, "frozen_at": now}
    rows = [{**row, **frozen, "n": n.get(_int(row["dossier_id"]), 0) + 1} for row in prepared.rows]
    session.execute(insert(table_of(Result)), rows)
    move_many(session, mine, Action.CLOSE, scope=scope, by=by, now=now)
    return len(ids)


def _int(value: object) -> int:
    assert isinstance(value, int)  # noqa: S101 -- narrows the type
    return value


def _refuse_changed(session: Session, rows: Sequence[Any]) -> None:
    closed = [row.id for row in rows if row.state in CLOSED]
    if closed:
        last = results_of(session, closed)[-1]
        raise Refused("closing-done", who=session.get_one(User, last.frozen_by).name)
    raise Refused("closing-changed")


def _end_conflicts(
    session: Session, scope: Scope, seen: View, rows: Sequence[Any], *, by: Actor, now: datetime
) -> None:
    """Judges who sit where they must not any more: their sheets did not count, and now they leave."""
    sitting = {
        (line.dossier.id, seat.judge_id): seat
        for line in seen.to_close
        for seat in line.standing.seats
        if not seat.ended
    }
    barred = conflicts.between(session, rows, {judge for _, judge in sitting}, local_day(now))
    barred = {pair: found for pair, found in barred.items() if pair in sitting}
    if barred.keys() != {pair for pair, seat in sitting.items() if seat.conflict}:
        raise Refused("closing-changed")
    for one in panels(session, sorted({dossier_id for dossier_id, _ in barred})):
        if (found := barred.get((one.dossier_id, one.judge_id))) and one.ended_at is None:
            dossier = next(row for row in rows if row.id == one.dossier_id)
            leave(session, scope, dossier, one, why=CONFLICT, reason=str(found), by=by, now=now)
            conflicts.note(session, one.dossier_id, one.judge_id, found, by=by, now=now)


# --- afterwards ------------------------------------------------------------------------------------


def publish(session: Session, *, dossiers: Sequence[str], by: Actor, now: datetime) -> int:
    """Công bố: the schools and the readers see these results (public ids) from now on. All or none."""
    scope, rows = _closed(session, dossiers, by=by, now=now)
    for row in rows:
        require(scope, Action.PUBLISH, row)
    _mark(session, rows, published_by=by.user_id, published_at=now)
    move_many(session, rows, Action.PUBLISH, scope=scope, by=by, now=now)
    return len(rows)


def closed_in(session: Session, call: Call, track: str, *, by: Actor, now: datetime) -> list[str]:
    """The public ids of the dossiers of a call and track that have a result which is not published yet."""
    scope = scope_of(session, by, local_day(now))
    rows = session.execute(filed_in(scope, call.id, track)).all()
    return [row.public_id for row in rows if row.state == State.SCORED]


def reopen(session: Session, *, dossiers: Sequence[str], reason: str, by: Actor, now: datetime) -> int:
    """Mở lại: judging goes on, with a reason; the results stay on record as they were. All or none."""
    scope, rows = _closed(session, dossiers, by=by, now=now)
    why = checked_reason(reason)
    for row in rows:
        require(scope, Action.REOPEN, row)
    _mark(session, rows, reopened_by=by.user_id, reopened_at=now, reopened_why=why)
    move_many(session, rows, Action.REOPEN, scope=scope, by=by, now=now, reason=why)
    return len(rows)


def _closed(session: Session, public_ids: Sequence[str], *, by: Actor, now: datetime) -> tuple[Scope, Sequence[Any]]:
    if not public_ids:
        raise Invalid("nothing-chosen")
    scope = scope_of(session, by, local_day(now))
    rows = session.execute(dossiers_of(scope, *FACTS).where(among(Dossier.public_id, public_ids))).all()
    if len(rows) != len(set(public_ids)):
        raise NotFound
    for call_id in {row.call_id for row in rows}:
        if session.get_one(Call, call_id).unit_id not in scope.running:
            raise NotAllowed
    return scope, rows


def _mark(session: Session, rows: Sequence[Any], **values: object) -> None:
    ids = [row.id for row in rows]
    change = update(Result).where(among(Result.dossier_id, ids), Result.reopened_at.is_(None)).values(**values)
    session.execute(change.execution_options(synchronize_session=False))
