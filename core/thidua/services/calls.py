"""Calls (đợt): opening and closing, what each may set for itself, more time for one unit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, or_, select, true
from sqlalchemy.orm import Session, selectinload

from thidua.errors import Invalid, NotAllowed, NotFound, Refused
from thidua.models import Call, Extension, Role, Unit
from thidua.permissions import Actor, Scope, scope_of, scored_in
from thidua.plugin import Campaign, params_in
from thidua.plugin.problems import plain
from thidua.registry import Registry
from thidua.services import audit
from thidua.services.definitions import forms_of_edition
from thidua.services.moves import checked_reason, reindex
from thidua.services.succession import superiors
from thidua.services.units import named
from thidua.text import clean_line
from thidua.times import Period, local_day, parse_number, show_deadline, show_instant, show_number

ASKERS = frozenset({Role.CLERK, Role.HEAD})


@dataclass(frozen=True)
class Deadline:
    """Until when a unit may submit in a call; all three are exclusive instants."""

    closes: datetime
    grace_until: datetime | None = None
    extended_until: datetime | None = None

    @property
    def last(self) -> datetime:
        """The first instant at which nothing is taken any more."""
        return max(at for at in (self.closes, self.grace_until, self.extended_until) if at is not None)


@dataclass(frozen=True)
class OpenCall:
    """A call that ``unit_id`` may file in now."""

    call: Call
    unit_id: int
    deadline: Deadline


@dataclass(frozen=True)
class FilingTime:
    """How a unit stands to a call's end: the last instant, whether it is over, and its newest request or grant."""

    last: datetime
    over: bool
    asked: Extension | None


@dataclass(frozen=True)
class CallForm:
    """What is set of a call. ``parameters`` as typed, by key."""

    title: str
    period: Period
    opens: datetime
    closes: datetime
    grace_until: datetime | None
    parameters: Mapping[str, str]


# --- for schools -----------------------------------------------------------------------------------


def deadline_for(session: Session, call: Call, unit_id: int) -> Deadline:
    """The deadline of ``call`` for one unit, the latest extension granted to it included."""
    return _deadlines(session, [call], [unit_id])[call.id, unit_id]


def is_open(session: Session, call: Call, unit_id: int, now: datetime) -> bool:
    """Whether ``unit_id`` may submit now."""
    return call.opens <= now < deadline_for(session, call, unit_id).last


def require_open(session: Session, call: Call, unit_id: int, now: datetime) -> Deadline:
    """The deadline; :class:`Refused` ``call-not-yet`` or ``deadline-passed`` when nothing is taken now."""
    deadline = deadline_for(session, call, unit_id)
    if now < call.opens:
        raise Refused("call-not-yet", call=call.title, opens=show_instant(call.opens))
    if now >= deadline.last:
        raise Refused("deadline-passed", call=call.title, closes=show_deadline(deadline.last))
    return deadline


def find_for_unit(session: Session, public_id: str, unit_id: int, now: datetime) -> Call:
    """The call at this address if a unit above ``unit_id`` organises it, or one that such a unit took over from.

    :class:`NotFound` otherwise.
    """
    call = session.scalar(select(Call).where(Call.public_id == public_id))
    if call is None or not _files_in(session, call, unit_id, now):
        raise NotFound
    return call


def open_calls_for(session: Session, unit_ids: Collection[int], now: datetime) -> list[OpenCall]:
    """The calls in which the units may file now, nearest deadline first. Five statements at most."""
    above = superiors(session, unit_ids, local_day(now))
    organisers = frozenset(unit for units in above.values() for unit in units)
    query = select(Call).where(Call.unit_id.in_(organisers), Call.opens <= now)
    calls = session.scalars(query.order_by(Call.closes, Call.id)).all()
    deadlines = _deadlines(session, calls, unit_ids)
    found = [
        OpenCall(call, unit_id, deadlines[call.id, unit_id])
        for call in calls
        for unit_id in sorted(unit_ids)
        if call.unit_id in above[unit_id] and now < deadlines[call.id, unit_id].last
    ]
    return sorted(found, key=lambda one: (one.deadline.last, one.call.id))


def _deadlines(session: Session, calls: Collection[Call], unit_ids: Collection[int]) -> dict[tuple[int, int], Deadline]:
    rows = session.execute(
        select(Extension.call_id, Extension.unit_id, Extension.until)
        .where(Extension.call_id.in_([call.id for call in calls]), Extension.unit_id.in_(unit_ids))
        .where(Extension.until.is_not(None))
        .order_by(Extension.until)
    )
    until = {(call_id, unit_id): at for call_id, unit_id, at in rows}
    return {
        (call.id, unit_id): Deadline(call.closes, call.grace_until, until.get((call.id, unit_id)))
        for call in calls
        for unit_id in unit_ids
    }


def ask_extension(session: Session, call: Call, *, unit_id: int, reason: str, by: Actor, now: datetime) -> Extension:
    """A school asks for more time (văn thư or hiệu trưởng); one request at a time."""
    scope = scope_of(session, by, local_day(now))
    if not any(scope.has(role, unit_id) for role in ASKERS):
        raise NotAllowed
    waiting = select(Extension.id).where(
        Extension.call_id == call.id, Extension.unit_id == unit_id, Extension.decided_at.is_(None)
    )
    if session.scalar(waiting) is not None:
        raise Refused("extension-waiting")
    row = Extension(call_id=call.id, unit_id=unit_id, reason=checked_reason(reason), asked_by=by.user_id, asked_at=now)
    return _kept(session, row, "extension-asked", by, now)


def extensions_of(session: Session, call: Call, unit_id: int) -> list[Extension]:
    """What a unit asked and was granted in a call, the newest first."""
    query = select(Extension).where(Extension.call_id == call.id, Extension.unit_id == unit_id)
    return list(session.scalars(query.order_by(Extension.asked_at.desc(), Extension.id.desc())))


def filing_time(session: Session, call: Call, unit_ids: Collection[int], now: datetime) -> FilingTime:
    """How any of ``unit_ids`` may still file in ``call``. One statement."""
    query = select(Extension).where(Extension.call_id == call.id, Extension.unit_id.in_(unit_ids))
    rows = session.scalars(query.order_by(Extension.asked_at.desc(), Extension.id.desc())).all()
    granted = max((row.until for row in rows if row.until is not None), default=None)
    last = Deadline(call.closes, call.grace_until, granted).last
    return FilingTime(last, now >= last, rows[0] if rows else None)


def answers_for(session: Session, unit_id: int, since: datetime, most: int) -> list[tuple[Extension, Call]]:
    """What a unit asked for and waits for, or was told or given since an instant, the newest first."""
    rows = session.execute(
        select(Extension, Call)
        .join(Call, Call.id == Extension.call_id)
        .where(Extension.unit_id == unit_id, or_(Extension.decided_at.is_(None), Extension.decided_at >= since))
        .order_by(Extension.asked_at.desc(), Extension.id.desc())
        .limit(most)
    )
    return [(row, call) for row, call in rows]


# --- for the office --------------------------------------------------------------------------------


def manages(scope: Scope, unit_id: int) -> bool:
    """Whether this user may open calls in the name of ``unit_id``."""
    return scope.has(Role.ADMIN) or scope.has(Role.MANAGER, unit_id)


def _require_run(session: Session, call: Call, by: Actor, now: datetime) -> None:
    if not runs(scope_of(session, by, local_day(now)), call):
        raise NotAllowed


def runs(scope: Scope, call: Call) -> bool:
    """Whether this call is this user's to change: as :func:`manages`, also where its unit has ended and theirs took
    over.
    """
    return scope.has(Role.ADMIN) or call.unit_id in scope.running


def organisers(session: Session, scope: Scope, on: date) -> dict[str, tuple[int, str]]:
    """Public id → (id, name) of the units of that day in whose name this user may open calls, in alphabetical order."""
    query = select(Unit.id).where(or_(Unit.ended.is_(None), Unit.ended > on))
    mine = [unit_id for unit_id in session.scalars(query) if manages(scope, unit_id)]
    return {public_id: (unit_id, name) for unit_id, public_id, name in named(session, mine, on)}


def find_managed(session: Session, public_id: str, *, by: Actor, now: datetime) -> Call:
    """The call at this address for those who manage it; :class:`NotFound` for everybody else."""
    call = session.scalar(select(Call).where(Call.public_id == public_id))
    if call is None or not runs(scope_of(session, by, local_day(now)), call):
        raise NotFound
    return call


def managed(session: Session, *, by: Actor, now: datetime, offset: int = 0, limit: int = 20) -> tuple[list[Call], int]:
    """The calls that the actor manages, the latest first, and their number."""
    scope = scope_of(session, by, local_day(now))
    mine = true() if scope.has(Role.ADMIN) else Call.unit_id.in_(scope.running)
    query = select(Call).where(mine).order_by(Call.closes.desc(), Call.id.desc()).offset(offset).limit(limit)
    rows = session.scalars(query.options(selectinload(Call.unit))).all()
    return list(rows), session.scalar(select(func.count(Call.id)).where(mine)) or 0


def create(
    session: Session,
    registry: Registry,
    *,
    slug: str,
    edition: str,
    unit_id: int,
    form: CallForm,
    by: Actor | None,
    now: datetime,
) -> Call:
    """Open a call of a campaign's edition in the name of ``unit_id``. ``by`` is None only for the shell."""
    if by is not None and not manages(scope_of(session, by, local_day(now)), unit_id):
        raise NotAllowed
    campaign = registry.campaign(slug, edition)
    if campaign is None:
        raise Refused("campaign-out", campaign=f"{slug} {edition}")
    values = _checked(form, parameters(campaign, form.parameters))
    call = Call(slug=slug, edition=edition, unit_id=unit_id, **values)
    session.add(call)
    session.flush()
    audit.record(session, "call-created", by=by, now=now, subject=("call", call.id), unit_id=unit_id)
    return call


def edit(session: Session, registry: Registry, call: Call, *, form: CallForm, by: Actor, now: datetime) -> None:
    """Change title, dates and parameters; edition and organiser stay.

    While its plugin is not in use, nothing can say what the parameters may be, and they stay as they are.
    """
    _require_run(session, call, by, now)
    campaign = registry.campaign(call.slug, call.edition)
    values = _checked(form, parameters(campaign, form.parameters) if campaign else call.parameters)
    _refuse_new_rules(session, call, values["parameters"])
    changed = sorted(key for key, value in values.items() if getattr(call, key) != value)
    for key, value in values.items():
        setattr(call, key, value)
    if {"title", "period"} & set(changed):
        reindex(session, calls=[call.id], now=now)
    audit.record(session, "call-changed", by=by, now=now, subject=("call", call.id), details={"changed": changed})


def _refuse_new_rules(session: Session, call: Call, given: object) -> None:
    """Numbers that sheets are judged by stand from the first sheet on."""
    assert isinstance(given, dict)  # noqa: S101 -- narrows the type
    forms = forms_of_edition(session, call.slug, call.edition)
    labels = {one.key: one.label for form in forms for one in form.parameters}
    used = frozenset[str]().union(*(params_in((f.judging, f.classes, f.prizes, f.rubric)) for f in forms))
    was, now = ({k: v for form in forms for k, v in form.values(values).items()} for values in (call.parameters, given))
    changed = sorted(key for key in used if was[key] != now[key])
    if changed and scored_in(session, call.id):
        raise Refused("call-scored", labels=", ".join(f"“{labels[key]}”" for key in changed))


def _checked(form: CallForm, settings: Mapping[str, object]) -> dict[str, object]:
    title = clean_line(form.title)
    if not title or len(title) > 300:
        raise Invalid("title-missing")
    if form.closes <= form.opens:
        raise Invalid("call-dates-reversed")
    if form.grace_until is not None and form.grace_until <= form.closes:
        raise Invalid("call-grace-early")
    return {
        "title": title,
        "period": form.period,
        "opens": form.opens,
        "closes": form.closes,
        "grace_until": form.grace_until,
        "parameters": dict(settings),
    }


def parameters(campaign: Campaign, typed: Mapping[str, str]) -> dict[str, object]:
    """What a call sets for itself, as decimal text by key (``"250.5"``); an empty one takes the edition's default.

    Raises :class:`Invalid` ``parameter-unlikely`` for what is no number or beyond the limits.
    """
    values: dict[str, object] = {}
    for one in campaign.parameters:
        text = typed.get(one.key, "").strip()
        if not text:
            continue
        try:
            number = parse_number(text)
        except ValueError:
            number = None
        low, high = Decimal(one.minimum), Decimal(one.maximum)
        if number is None or not low <= number <= high:
            raise Invalid("parameter-unlikely", label=one.label, least=show_number(low), most=show_number(high))
        values[one.key] = plain(number)
    return values


def grant_extension(
    session: Session, call: Call, *, unit_id: int, until: datetime, reason: str, by: Actor, now: datetime
) -> Extension:
    """Give one unit more time without its asking."""
    _require_run(session, call, by, now)
    _require_later(call, until, now)
    if not _files_in(session, call, unit_id, now):
        raise NotFound
    row = Extension(call_id=call.id, unit_id=unit_id, reason=checked_reason(reason), asked_by=by.user_id, asked_at=now)
    row.until, row.decided_by, row.decided_at = until, by.user_id, now
    return _kept(session, row, "extension-granted", by, now)


def decide_extension(
    session: Session, call: Call, extension: str, *, until: datetime | None, answer: str, by: Actor, now: datetime
) -> Extension:
    """Answer a request (public id): granted until an instant, or refused (None) with a reason."""
    _require_run(session, call, by, now)
    if until is not None:
        _require_later(call, until, now)
    row = session.scalar(select(Extension).where(Extension.public_id == extension, Extension.call_id == call.id))
    if row is None:
        raise NotFound
    if row.decided_at is not None:
        raise Refused("extension-decided")
    row.answer = checked_reason(answer, required=until is None)
    row.until, row.decided_by, row.decided_at = until, by.user_id, now
    return _kept(session, row, "extension-granted" if until else "extension-refused", by, now)


def _require_later(call: Call, until: datetime, now: datetime) -> None:
    if until <= call.closes or until <= now:
        raise Invalid("extension-early", closes=show_deadline(call.closes))


def _files_in(session: Session, call: Call, unit_id: int, now: datetime) -> bool:
    return call.unit_id in superiors(session, [unit_id], local_day(now))[unit_id]


def _kept(session: Session, row: Extension, action: str, by: Actor, now: datetime) -> Extension:
    session.add(row)
    session.flush()
    details = {"extension": row.id, "unit": row.unit_id}
    audit.record(session, action, by=by, now=now, subject=("call", row.call_id), details=details)
    return row


def extensions(session: Session, call: Call) -> list[tuple[Extension, Unit]]:
    """All requests and grants of a call with their unit: undecided first, then the newest."""
    rows = session.execute(
        select(Extension, Unit)
        .join(Unit, Unit.id == Extension.unit_id)
        .where(Extension.call_id == call.id)
        .order_by(Extension.decided_at.is_not(None), Extension.asked_at.desc(), Extension.id.desc())
    )
    return [(row, unit) for row, unit in rows]


def waiting(session: Session, scope: Scope) -> int:
    """How many late requests wait for this user's answer."""
    query = select(func.count(Extension.id)).join(Call, Call.id == Extension.call_id)
    query = query.where(Extension.decided_at.is_(None))
    if not scope.has(Role.ADMIN):
        query = query.where(Call.unit_id.in_(scope.running))
    return session.scalar(query) or 0


def waiting_by_call(session: Session, call_ids: Collection[int]) -> dict[int, int]:
    """How many late requests wait in each of the calls; one statement."""
    query = select(Extension.call_id, func.count()).where(
        Extension.call_id.in_(call_ids), Extension.decided_at.is_(None)
    )
    rows = session.execute(query.group_by(Extension.call_id)).all()
    return {row[0]: row[1] for row in rows}
