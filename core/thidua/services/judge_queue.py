"""What lies with a judge: the queue with its progress, the next one, and the spread of the judge's own totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, case, func, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from thidua.models import Assignment, Call, Dossier, Role, Scoresheet, State
from thidua.permissions import (
    Actor,
    Scope,
    finished,
    given_with_own,
    own_final_points,
    own_points,
    scope_of,
)
from thidua.plugin import Group
from thidua.scoring import Valued, evaluate, read_sheet
from thidua.services.definitions import form_of, shapes
from thidua.services.sheets import SheetState, cover_of
from thidua.services.unit_names import names_of
from thidua.times import Period, local_day

PER_PAGE = 20
MOST_TOTALS = 200
VIEWS = ("todo", "sent", "closed")
"""``todo``: to be scored, or a draft; ``sent``: the judge's sheet is final; ``closed``: the office has closed."""


@dataclass(frozen=True)
class QueueRow:
    """One dossier of a judge, at the address of its assignment. On a blind track ``title``, ``unit`` and ``code`` are
    empty, and only the ``cover`` (số phách) tells it from others.

    ``total`` is what the judge's own sheet comes to so far, ``highest`` the most it can come to; None without a sheet.
    """

    assignment: str
    dossier: str
    cover: str
    code: str
    title: str
    unit: str
    call: str
    period: Period
    track: str
    blind: bool
    state: State
    mine: SheetState
    total: Fraction | None
    highest: Fraction


@dataclass(frozen=True)
class Queue:
    """A page of the queue, and how far the judge has come: ``done`` final sheets of ``all`` that are being judged.

    ``counts`` says how many dossiers stand in each of :data:`VIEWS`.
    """

    rows: tuple[QueueRow, ...]
    view: str
    page: int
    pages: int
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """Final sheets of dossiers that are being judged."""
        return self.counts["sent"]

    @property
    def all(self) -> int:
        """Dossiers of this judge that are being judged."""
        return self.counts["sent"] + self.counts["todo"]

    @property
    def total(self) -> int:
        """Rows of this view over all pages."""
        return self.counts[self.view]


def queue(session: Session, *, by: Actor, now: datetime, view: str = "todo", page: int = 1) -> Queue:
    """The dossiers assigned to ``by``: those with the fewest final sheets first, among equals in an order that every
    judge has to themselves and keeps. Six statements beside those of the scope, for 1 row and for 10,000.

    A dossier that is not assigned, or in conflict, is neither listed nor counted.
    """
    scope = scope_of(session, by, local_day(now))
    bucket = _bucket()
    counted: dict[str, int] = dict(session.execute(given_with_own(scope, bucket, func.count()).group_by(bucket)).all())
    counts = {name: counted.get(name, 0) for name in VIEWS}
    pages = max(1, -(-counts[view] // PER_PAGE))
    page = min(max(1, page), pages)
    query = given_with_own(scope, *_COLUMNS).join(Call, Call.id == Dossier.call_id).where(bucket == view)
    query = query.order_by(*_order()).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    return Queue(_rows(session, scope, session.execute(query).all()), view, page, pages, counts)


def next_in_queue(session: Session, scope: Scope, after: Dossier) -> str | None:
    """The address of the assignment that comes after that of ``after`` in the judge's order, the first one again at
    the end; None when no other is to be scored.
    """
    order = _order()
    todo = given_with_own(scope, Assignment.public_id).where(_bucket() == "todo", Dossier.id != after.id)
    here = session.execute(given_with_own(scope, *order).where(Dossier.id == after.id)).one_or_none()
    behind = todo.where(tuple_(*order) > tuple_(*here)) if here is not None else todo
    found: str | None = session.scalar(behind.order_by(*order).limit(1))
    return found if found is not None else session.scalar(todo.order_by(*order).limit(1))


def waiting_for_judge(session: Session, scope: Scope, _now: datetime) -> int:
    """How many dossiers wait for a final sheet of this judge; the number beside Chấm điểm."""
    if not scope.has(Role.JUDGE):
        return 0
    return session.scalar(given_with_own(scope, func.count()).where(_bucket() == "todo")) or 0


def own_totals(session: Session, scope: Scope, dossier: Dossier) -> list[Fraction]:
    """The totals of the judge's latest final sheets in this call and form, the lowest first: to notice a drift."""
    rubric = form_of(dossier).rubric
    if rubric is None:
        return []
    sheets: dict[int, dict[str, str]] = {}
    for sheet, node, points in own_final_points(session, scope, dossier, MOST_TOTALS):
        sheets.setdefault(sheet, {})[node] = points
    return sorted(_valued(rubric, typed).total for typed in sheets.values())


_COLUMNS: Sequence[Any] = (
    Dossier.id,
    Dossier.public_id,
    Dossier.code,
    Dossier.title,
    Dossier.state,
    Dossier.owner_unit_id,
    Dossier.definition_sha256,
    Assignment.public_id.label("assignment"),
    Assignment.blind,
    Call.title.label("call"),
    Call.period,
    Scoresheet.id.label("sheet"),
    Scoresheet.final_at,
)


def _bucket() -> ColumnElement[str]:
    final = Scoresheet.final_at.is_not(None)
    return case((Dossier.state != State.JUDGING, "closed"), (final, "sent"), else_="todo")


def _order() -> tuple[ColumnElement[int], InstrumentedAttribute[str]]:
    """Among equals by the address of the assignment, which is random: anything made of a dossier's number could be
    worked out, and would tell a blind judge which came in first.
    """
    return (finished(), Assignment.public_id)


def _rows(session: Session, scope: Scope, found: Sequence[Any]) -> tuple[QueueRow, ...]:
    forms = shapes(session, {row.definition_sha256 for row in found})
    units = names_of(session, {row.owner_unit_id for row in found if not row.blind}, scope.on)
    typed: dict[int, dict[str, str]] = {}
    for dossier_id, node, points in own_points(session, scope, [row.id for row in found]):
        typed.setdefault(dossier_id, {})[node] = points
    made = []
    for row in found:
        form = forms[row.definition_sha256]
        rubric = form.rubric
        made.append(
            QueueRow(
                assignment=row.assignment,
                dossier=row.public_id,
                cover=cover_of(row.public_id),
                code="" if row.blind else row.code,
                title="" if row.blind else row.title,
                unit="" if row.blind else units.get(row.owner_unit_id, ""),
                call=row.call,
                period=row.period,
                track=form.title,
                blind=row.blind,
                state=row.state,
                mine=_mine(row),
                total=_valued(rubric, typed.get(row.id, {})).total if rubric and row.sheet else None,
                highest=rubric.highest if rubric else Fraction(0),
            )
        )
    return tuple(made)


def _mine(row: Any) -> SheetState:  # noqa: ANN401 -- a row of _COLUMNS
    if row.sheet is None:
        return SheetState.NONE
    return SheetState.DRAFT if row.final_at is None else SheetState.FINAL


def _valued(rubric: Group, typed: Mapping[str, str]) -> Valued:
    return evaluate(rubric, read_sheet(rubric, typed, final=False))
