"""What closing a track of a call would come to: scores, classes, places, prizes, and what is in the way.

Worked out for the closing page and, the same way, when it is closed: nothing is written here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from thidua.errors import Invalid, NotAllowed, say
from thidua.models import Action, Call, Result, State
from thidua.permissions import Actor, filed_count, filed_in, may, panel_marks, results_of, scope_of, sheet_marks
from thidua.plugin import Prize, Shape
from thidua.scoring import Classified, Combined, Ranked, Sheet, award, classify, combine, evaluate, from_text, rank
from thidua.services.moves import checked_reason
from thidua.services.standing import Standing, standings
from thidua.times import local_day

TO_CLOSE = (State.ELIGIBLE, State.JUDGING)
CLOSED = (State.SCORED, State.PUBLISHED)


@dataclass(frozen=True)
class Decision:
    """Equal dossiers put in an order by people: public ids, the better one first, why, and who chose (account id)."""

    order: tuple[str, ...]
    reason: str
    by: int = 0

    @classmethod
    def read(cls, tie: Mapping[str, object]) -> Decision | None:
        """The choice that a result keeps in its ``tie``; None where people had nothing to choose."""
        choice = tie.get("choice")
        if not isinstance(choice, dict):
            return None
        return cls(tuple(choice["order"]), str(choice["why"]), int(choice["by"]))

    def stored(self) -> dict[str, object]:
        """As JSON; the inverse of :meth:`read` is ``{"choice": decision.stored()}``."""
        return {"order": list(self.order), "why": self.reason, "by": self.by}


@dataclass(frozen=True)
class Line:
    """A dossier of the closing page; ``frozen`` is its result where it has one already.

    ``ranked`` and ``prize`` are None in a track that does not rank, and while the dossier has no score.
    """

    standing: Standing
    frozen: Result | None = None
    scored: Combined | None = None
    classified: Classified | None = None
    ranked: Ranked | None = None
    prize: Prize | None = None

    @property
    def dossier(self) -> Any:  # noqa: ANN401 -- the row the view was made from
        """The dossier's facts."""
        return self.standing.dossier


@dataclass(frozen=True)
class View:
    """A call and track before closing: the lines in the order of the ranking, and what is in the way.

    ``unfinished`` counts the dossiers whose appraisal has not ended; ``ties`` are the groups of equals that
    must be told apart, ``equals`` all there are; ``marks`` tell later whether anything has changed.
    """

    call: Call
    track: str
    form: Shape | None
    lines: tuple[Line, ...] = ()
    blocks: tuple[str, ...] = ()
    unfinished: int = 0
    ties: tuple[tuple[Line, ...], ...] = ()
    marks: tuple[object, ...] = ()
    decisions: tuple[Decision, ...] = field(default=())

    @property
    def to_close(self) -> tuple[Line, ...]:
        """The dossiers that closing would freeze."""
        return tuple(line for line in self.lines if line.frozen is None)

    @property
    def waiting(self) -> tuple[Line, ...]:
        """Those of them that are not ready."""
        return tuple(line for line in self.to_close if line.standing.blocks)

    @property
    def ready(self) -> bool:
        """Whether nothing but people's wish is wanting."""
        return bool(self.to_close) and not self.blocks and not self.waiting and not self.ties


def view(
    session: Session, call: Call, track: str, *, decisions: Sequence[Decision] = (), by: Actor, now: datetime
) -> View:
    """What closing ``track`` of ``call`` now would freeze. For those who run it."""
    scope = scope_of(session, by, local_day(now))
    if call.unit_id not in scope.running:
        raise NotAllowed
    rows = session.execute(filed_in(scope, call.id, track)).all()
    mine = [row for row in rows if row.state in (*TO_CLOSE, *CLOSED)]
    found = standings(session, call, mine, local_day(now))
    results = {
        result.dossier_id: result for result in results_of(session, [row.id for row in mine if row.state in CLOSED])
    }
    kept = {row.id: results[row.id] for row in mine if row.state in CLOSED and row.id in results}
    lines = [_scored(one, kept.get(one.dossier.id)) for one in found]
    form = max(found, key=lambda one: one.version_id).form if found else None
    lines, ties = _ranked(lines, form, _earlier(kept.values()), decisions)
    chosen = tuple(Decision(one.order, checked_reason(one.reason), by.user_id) for one in decisions)
    hidden = filed_count(session, call.id, track, TO_CLOSE) - sum(may(scope, Action.CLOSE, row) for row in mine)
    return View(
        call=call,
        track=track,
        form=form,
        lines=tuple(lines),
        blocks=tuple(_blocks(lines, hidden)),
        unfinished=sum(row.state not in (*TO_CLOSE, *CLOSED, State.INELIGIBLE) for row in rows),
        ties=ties,
        marks=marks_of(session, call, rows),
        decisions=chosen,
    )


def marks_of(session: Session, call: Call, rows: Iterable[Any]) -> tuple[object, ...]:
    """What tells whether anything has changed that the result depends on."""
    facts = [(row.id, row.state, row.rev) for row in rows]
    ids = [row_id for row_id, state, _ in facts if state in TO_CLOSE]
    return (sorted(facts), panel_marks(session, ids), sheet_marks(session, ids), dict(call.parameters))


def _scored(one: Standing, frozen: Result | None) -> Line:
    if frozen is not None:
        scored = _again(one, frozen)
        return Line(one, frozen, scored, _classified(one.form, scored))
    scored = one.combined if not one.blocks else None
    return Line(one, None, scored, _classified(one.form, scored))


def _again(one: Standing, frozen: Result) -> Combined | None:
    """A frozen result as it was reckoned, from the sheets that it keeps."""
    if one.form.rubric is None or not frozen.calculation:
        return None
    stored = from_text(frozen.calculation)
    return combine(stored.judging, [evaluate(one.form.rubric, Sheet(points)) for points in stored.sheets])


def _classified(form: Shape, scored: Combined | None) -> Classified | None:
    return classify(form.classes, scored) if scored is not None and form.classes else None


def _earlier(kept: Iterable[Result]) -> list[Decision]:
    """The choices by which frozen results were told apart: they still hold."""
    return list(dict.fromkeys(choice for result in kept if (choice := Decision.read(result.tie))))


def _ranked(
    lines: Sequence[Line], form: Shape | None, earlier: Sequence[Decision], decisions: Sequence[Decision]
) -> tuple[list[Line], tuple[tuple[Line, ...], ...]]:
    """The lines in order with places and prizes, and the ties over a boundary; by code where nothing is ranked."""
    by_key = {str(line.dossier.public_id): line for line in lines}
    scored = sorted(
        ((key, line.scored) for key, line in by_key.items() if line.scored is not None),
        key=lambda one: str(by_key[one[0]].dossier.code),
    )
    rest = sorted((line for line in lines if line.scored is None), key=lambda line: str(line.dossier.code))
    if form is None or not ranks(form) or not scored:
        return [by_key[key] for key, _ in scored] + rest, ()
    equal = rank(scored, form.tie_breaks) if earlier or decisions else ()
    _check_orders(decisions, equal)
    choice = [key for one in (*decisions, *earlier) for key in one.order]
    ranked = rank(scored, form.tie_breaks, choice=choice)
    awarded = award(form.prizes, ranked, {key: _class_for_prize(by_key[key]) for key in by_key})
    made = {one.key: replace(by_key[one.key], ranked=one, prize=awarded.prizes.get(one.key)) for one in ranked}
    undecided = [*awarded.undecided, *_half_decided(equal, choice, made)]
    ties = tuple(tuple(made[key] for key in group) for group in undecided)
    return [*made.values(), *rest], ties


def _half_decided(equal: Sequence[Ranked], choice: Collection[str], made: Mapping[str, Line]) -> list[tuple[str, ...]]:
    """Groups of equals with different prizes in which an earlier choice names some and not who has come later."""
    groups, named = dict.fromkeys(frozenset((one.key, *one.tied)) for one in equal if one.tied), frozenset(choice)
    half = [group for group in groups if group & named and not group <= named]
    return [tuple(key for key in made if key in group) for group in half if len({made[key].prize for key in group}) > 1]


def _check_orders(decisions: Sequence[Decision], ranked: Sequence[Ranked]) -> None:
    """Each choice puts one whole group of equals in an order, and nothing else."""
    groups = {frozenset((one.key, *one.tied)) for one in ranked if one.tied}
    for one in decisions:
        if len(set(one.order)) != len(one.order) or frozenset(one.order) not in groups:
            raise Invalid("tie-order")


def ranks(form: Shape) -> bool:
    """Whether the dossiers of a track are put in an order: it gives prizes, or says how ties are broken."""
    return form.rubric is not None and bool(form.prizes or form.tie_breaks)


def _class_for_prize(line: Line) -> str | None:
    if line.scored is None or line.scored.failed:
        return None
    return line.classified.given.key if line.classified else ""


def _blocks(lines: Sequence[Line], hidden: int) -> Iterable[str]:
    if hidden:
        yield say("closing-hidden")
    moved = [str(line.dossier.code) for line in lines if line.frozen is not None and _moved(line, line.frozen)]
    if moved:
        yield say("closing-moves-frozen", codes=", ".join(moved[:10]))
    if not any(line.frozen is None for line in lines):
        yield say("closing-nothing")


def _moved(line: Line, frozen: Result) -> bool:
    place, prize = line.ranked.rank if line.ranked else None, line.prize.key if line.prize else ""
    return line.ranked is not None and (frozen.place, frozen.prize) != (place, prize)
