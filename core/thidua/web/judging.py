"""Chấm và kết quả: an office assigns judges, follows their work, closes, publishes and reopens."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from thidua.errors import Invalid, NotAllowed, NotFound, Refused
from thidua.models import Dossier, Role, State
from thidua.permissions import find_dossier, require, results_of
from thidua.plugin import Gate
from thidua.scoring import Sheet, beside, from_text
from thidua.services import assigning, judges, recusals, rounds
from thidua.services.assigning import Plan, Rule
from thidua.services.rounds import Round, Wanted
from thidua.services.sheets import cover_of
from thidua.services.standing import Standing, standing_of
from thidua.services.unit_names import names_of
from thidua.web.context import current_actor, current_scope, now, page_number, read, today, write
from thidua.web.security import needs

pages = Blueprint("judging", __name__, url_prefix="/ket-qua")
Answer = str | Response | tuple[str, int]
STATES = (State.ELIGIBLE, State.JUDGING, State.SCORED, State.PUBLISHED)
MANY = 500  # dossiers chosen by hand on one page


@pages.get("")
@needs(Role.MANAGER)
def index() -> str:
    """The calls with something to judge."""
    found = rounds.rounds(read(), current_scope())
    number, size = page_number(), rounds.PER_PAGE
    shown = found[(number - 1) * size : number * size]
    names = names_of(read(), {one.call.unit_id for one in shown}, today())
    return render_template(
        "judging/index.html", rounds=shown, names=names, total=len(found), number=number, size=size, states=STATES
    )


@pages.get("/dot/<call>")
@needs(Role.MANAGER)
def show(call: str) -> str:
    """A call: how far it is, who is late, which sheets are apart, and its dossiers."""
    found = rounds.find(read(), call, by=current_actor(), now=now())
    wanted = _wanted(found)
    return render_template(
        "judging/call.html",
        round=found,
        wanted=wanted,
        page=rounds.page(read(), found.call, wanted, by=current_actor(), now=now()),
        size=rounds.PER_PAGE,
        workloads=judges.workloads(read(), found.call.id, by=current_actor(), now=now()),
        apart=rounds.wanting_third(read(), found.call, by=current_actor(), now=now()),
        states=STATES,
        state_choices=[(state.value, state.label) for state in STATES],
        track_choices=_track_choices(found),
    )


def _track_choices(found: Round) -> list[tuple[str, str]]:
    return [(track.key, track.title) for track in found.tracks]


def _wanted(found: Round) -> Wanted:
    known = {track.key for track in found.tracks}
    track, unit, state = (request.args.get(name, "") for name in ("loai", "donvi", "trangthai"))
    units = {str(number): number for number, _ in found.units}
    return Wanted(
        track=track if track in known else "",
        unit=units.get(unit),
        states=frozenset({State(state)}) if state in {one.value for one in STATES} else frozenset(),
        text=request.args.get("loc", "")[:200],
        page=page_number(),
    )


# --- assigning -------------------------------------------------------------------------------------


@pages.get("/dot/<call>/phan-cong")
@needs(Role.MANAGER)
def assign(call: str) -> Answer:
    """By rule, or by hand for the dossiers that were chosen; a plan is shown before anything is done."""
    found = rounds.find(read(), call, by=current_actor(), now=now())
    return _assign_page(found, {}, 200)


def _assign_page(found: Round, errors: dict[str, str], status: int) -> Answer:
    chosen = request.values.getlist("hoso")[:MANY]
    plan: Plan | None = None
    if request.values.get("xem") or request.method == "POST":
        try:
            plan = _plan(found)
        except (NotFound, NotAllowed):
            raise
        except Refused as refused:
            errors, status = errors | {"": str(refused)}, refused.status
    scope = current_scope()
    rows = rounds.page(read(), found.call, Wanted(), by=current_actor(), now=now(), size=1).rows
    at_hand = judges.judges_of(read(), scope, [row.dossier for row in rows], today()) if rows else {}
    shown = [*(one.dossier for one in plan.given), *(one.dossier for one in plan.left_out)] if plan else []
    units = names_of(read(), {row.owner_unit_id for row in shown}, today())
    page = render_template(
        "judging/assign.html",
        round=found,
        chosen=chosen,
        plan=plan,
        units=units,
        judges=next(iter(at_hand.values()), []),
        picked=set(request.values.getlist("giamkhao")),
        picked_units=set(request.values.getlist("donvi")),
        track=request.values.get("loai", ""),
        track_choices=_track_choices(found),
        errors=errors,
    )
    return page, status


def _plan(found: Round) -> Plan:
    chosen, picked = request.values.getlist("hoso")[:MANY], request.values.getlist("giamkhao")
    by, at = current_actor(), now()
    if chosen:
        return assigning.plan_by_hand(read(), dossiers=chosen, judges=picked, by=by, now=at)
    return assigning.plan_by_rule(read(), found.call, _rule(found), by=by, now=at)


def _rule(found: Round) -> Rule:
    units = {str(number): number for number, _ in found.units}
    chosen = frozenset(units[one] for one in request.values.getlist("donvi") if one in units)
    track = request.values.get("loai", "")
    track = track if track in {one.key for one in found.tracks} else ""
    return Rule(track=track, units=chosen, judges=frozenset(request.values.getlist("giamkhao")))


@pages.post("/dot/<call>/phan-cong")
@needs(Role.MANAGER)
def carry_out(call: str) -> Answer:
    """Write the plan that the page has shown."""
    found = rounds.find(read(), call, by=current_actor(), now=now())
    chosen, picked = request.form.getlist("hoso")[:MANY], request.form.getlist("giamkhao")
    by, at = current_actor(), now()
    try:
        with write() as session:
            if chosen:
                plan = assigning.plan_by_hand(session, dossiers=chosen, judges=picked, by=by, now=at)
            else:
                plan = assigning.plan_by_rule(session, found.call, _rule(found), by=by, now=at)
            assigning.carry_out(session, plan, by=by, now=at, mark=request.form.get("mark", ""))
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        return _assign_page(found, {"": str(refused)}, refused.status)
    flash(f"Đã phân công {len(plan.given)} hồ sơ.", "success")
    return redirect(url_for("judging.show", call=call))


# --- one dossier -----------------------------------------------------------------------------------


@pages.get("/ho-so/<dossier>")
@needs(Role.MANAGER)
def dossier(dossier: str) -> Answer:
    """The sheets of a dossier side by side, its judges, and its results."""
    return _dossier_page(dossier, {}, 200)


def _dossier_page(public_id: str, errors: dict[str, str], status: int, reason_of: str = "reason") -> Answer:
    """``reason_of`` is the box that a posted reason was typed into."""
    row = find_dossier(read(), current_scope(), public_id)
    require(current_scope(), "see:sheets", row)
    if row.filed == 0 or row.state not in STATES:
        raise NotFound
    one = standing_of(read(), row.call, row, today())
    at_hand = judges.candidates(read(), current_scope(), [row], today())[row.id] if one.judging else []
    page = render_template(
        "judging/dossier.html",
        row=row,
        one=one,
        unit=row.owner_unit.name_on(today()),
        cover=cover_of(row.public_id) if one.judging and one.judging.blind else "",
        rows=_beside(one),
        gates=_gates(one),
        candidates=at_hand,
        results=_results(row),
        errors=errors,
        typed={reason_of: request.form.get("reason", "")},
        picked=request.form.getlist("giamkhao"),
        now_judged=row.state in (State.ELIGIBLE, State.JUDGING),
    )
    return page, status


def _beside(one: Standing) -> object:
    if one.form.rubric is None:
        return None
    seated: dict[str, Sheet | None] = {seat.assignment: seat.sheet for seat in one.seats}
    return beside(one.form.rubric, seated) if seated else None


def _gates(one: Standing) -> list[str]:
    """The keys of conditions: met or not, they have no points."""
    rubric = one.form.rubric
    return [key for key, leaf in rubric.leaves.items() if isinstance(leaf, Gate)] if rubric else []


def _results(row: Dossier) -> list[tuple[object, object]]:
    """Every result with its reckoning, the latest first."""
    found = results_of(read(), [row.id])[::-1]
    return [(one, from_text(one.calculation) if one.calculation else None) for one in found]


@pages.post("/ho-so/<dossier>/giam-khao")
@needs(Role.MANAGER)
def seat(dossier: str) -> Answer:
    """Give one dossier to chosen judges, call a third one, or note a conflict."""
    do, picked, reason = request.form.get("_do", ""), request.form.getlist("giamkhao"), request.form.get("reason", "")
    by, at = current_actor(), now()
    said = ""
    try:
        with write() as session:
            if do == "third":
                _, called = assigning.call_third(
                    session, dossier=dossier, judge=picked[0] if picked else "", by=by, now=at
                )
                said = f"Đã mời {called.name} làm giám khảo thứ ba."
            elif do == "conflict":
                if not picked:
                    raise Invalid("assign-nobody")
                for judge in picked:
                    recusals.declare(session, dossier=dossier, judge=judge, reason=reason, by=by, now=at)
                said = "Đã ghi xung đột lợi ích."
            else:
                plan = assigning.plan_by_hand(session, dossiers=[dossier], judges=picked, by=by, now=at)
                assigning.carry_out(session, plan, by=by, now=at)
                said = "Đã phân công giám khảo."
    except NotAllowed:
        raise
    except Refused as refused:
        field = "reason" if refused.code.startswith("reason") else "giamkhao"
        return _dossier_page(dossier, {field: str(refused)}, refused.status)
    flash(said, "success")
    return redirect(url_for("judging.dossier", dossier=dossier))


@pages.post("/ho-so/<dossier>/thoi-cham/<assignment>")
@needs(Role.MANAGER)
def remove(dossier: str, assignment: str) -> Answer:
    """Take a judge off, with a reason."""
    try:
        with write() as session:
            reason = request.form.get("reason", "")
            recusals.remove(session, assignment=assignment, reason=reason, by=current_actor(), now=now())
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        box = f"reason-{assignment}"
        return _dossier_page(dossier, {box: str(refused)}, refused.status, reason_of=box)
    flash("Đã cho giám khảo thôi chấm hồ sơ này; phiếu được giữ lại và không tính.", "success")
    return redirect(url_for("judging.dossier", dossier=dossier))
