"""Chấm điểm: a judge's queue, and the sheet beside the dossier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from thidua.errors import Invalid, NotAllowed, NotFound, NotSignedIn, Refused, say
from thidua.models import Assignment, Role
from thidua.permissions import own_assignment
from thidua.services import judge_queue, judge_reading, recusals, sheets
from thidua.services.definitions import form_of
from thidua.services.judge_reading import Reading
from thidua.services.sheets import POINT, OpenSheet, Saved, SheetState
from thidua.web.context import current_actor, current_scope, now, page_number, read, wants_json, write
from thidua.web.filters import clock, points, so_far
from thidua.web.judge_look import lines, spread
from thidua.web.reviews import Tab
from thidua.web.security import needs

pages = Blueprint("judge", __name__, url_prefix="/cham")
Answer = str | Response | tuple[str, int] | tuple[Response, int]
VIEWS = {"can-cham": ("Cần chấm", "todo"), "da-gui": ("Đã gửi phiếu", "sent"), "da-chot": ("Đã chốt", "closed")}


@dataclass(frozen=True)
class Typed:
    """What the page shows over what stands: what was typed and not kept, over what, and why."""

    texts: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    contested: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    reason: str = ""


@pages.get("")
@needs(Role.JUDGE)
def index() -> str:
    """The queue: how far one has come, and what is next."""
    first, *_ = VIEWS
    view = request.args.get("xem", first)
    view = view if view in VIEWS else first
    queue = judge_queue.queue(read(), by=current_actor(), now=now(), view=VIEWS[view][1], page=page_number())
    tabs = [
        Tab(label, url_for("judge.index", xem=key), queue.counts[name], key == view)
        for key, (label, name) in VIEWS.items()
    ]
    return render_template("judge/index.html", queue=queue, tabs=tabs, view=view, per_page=judge_queue.PER_PAGE)


@pages.get("/<assignment>")
@needs(Role.JUDGE)
def sheet(assignment: str) -> Answer:
    """The dossier on the left, the sheet on the right."""
    return _page(assignment, Typed(), 200)


@pages.post("/<assignment>")
@needs(Role.JUDGE)
def save(assignment: str) -> Answer:
    """Save what was typed; hand it in when that was pressed; then go where the button leads."""
    given = _given(assignment)
    do = request.form.get("_do", "stay")
    final = do in ("send", "send-next")
    rubric = form_of(given.dossier).rubric
    known = sheets.places(rubric) if rubric else ()
    texts = {place: request.form[place] for place in known if place in request.form}
    base = {place: request.form[f"base-{place}"] for place in texts if f"base-{place}" in request.form}
    try:
        with write() as session:
            saved = sheets.save_sheet(
                session,
                dossier=given.dossier.public_id,
                texts=texts,
                base=base,
                final=final,
                by=current_actor(),
                now=now(),
            )
    except Refused as refused:
        if wants_json() or isinstance(refused, NotFound | NotAllowed | NotSignedIn):
            raise
        return _refused(assignment, given, texts, base, refused)
    if wants_json():
        return _as_json(saved)
    return _after(assignment, saved, do)


def _after(assignment: str, saved: Saved, do: str) -> Answer:
    problems = {problem.field: problem.message for problem in saved.reckoned.problems}
    if saved.contested:
        mine = {place: both.mine for place, both in saved.contested.items()}
        theirs = {
            place: say("sheet-contested", theirs=both.theirs or "(để trống)") for place, both in saved.contested.items()
        }
        typed = Typed(mine, contested=theirs, problems=theirs | problems, title="Hai cửa sổ cùng sửa một mục")
        return _page(assignment, typed, 409)
    if problems:
        title = (
            "Chưa gửi được phiếu; phần đã nhập được lưu nháp"
            if do.startswith("send")
            else "Đã lưu nháp; còn mục cần sửa"
        )
        return _page(assignment, Typed(problems=problems, title=title), 422)
    flash("Đã gửi phiếu chấm." if saved.state is SheetState.FINAL else f"Đã lưu nháp lúc {clock(saved.at)}.", "success")
    if do not in ("next", "send-next"):
        return redirect(url_for("judge.sheet", assignment=assignment))
    return _go_on(_given(assignment))


def _go_on(given: Assignment) -> Response:
    following = judge_queue.next_in_queue(read(), current_scope(), given.dossier)
    if following is None:
        flash("Không còn hồ sơ nào khác cần chấm.", "success")
        return redirect(url_for("judge.index"))
    return redirect(url_for("judge.sheet", assignment=following))


def _refused(
    assignment: str, given: Assignment, texts: Mapping[str, str], base: Mapping[str, str], refused: Refused
) -> Answer:
    """Nothing typed is lost: it stays in its fields, or is listed where the dossier is no longer to be seen."""
    if refused.code != "sheet-taken-away":
        title = "Chưa lưu được; phần vừa nhập vẫn còn trong ô"
        return _page(assignment, Typed(texts, base, problems={"": str(refused)}, title=title), refused.status)
    rubric = form_of(given.dossier).rubric
    labels = {key: leaf.label for key, leaf in rubric.leaves.items()} if rubric else {}
    kept = [
        (labels.get(place.partition(":")[2], "Nhận xét chung"), place.startswith(POINT), text)
        for place, text in texts.items()
        if text
    ]
    return render_template("judge/taken_away.html", sentence=str(refused), kept=kept), refused.status


def _as_json(saved: Saved) -> tuple[Response, int]:
    valued = saved.reckoned.valued
    body = {
        "saved": clock(saved.at),
        "marks": saved.marks,
        "conflicts": {
            place: {"theirs": both.theirs, "mark": sheets.mark(both.theirs)} for place, both in saved.contested.items()
        },
        "problems": {problem.field: problem.message for problem in saved.reckoned.problems},
        "sums": {key: points(value) for key, value in valued.values.items()},
        "missing": len(valued.missing),
        "class": so_far(saved.reckoned),
    }
    return jsonify(body), 409 if saved.contested else 200


@pages.post("/<assignment>/sua-lai")
@needs(Role.JUDGE)
def take_back(assignment: str) -> Answer:
    """A final sheet becomes a draft again."""
    given = _given(assignment)
    try:
        with write() as session:
            sheets.take_back(session, dossier=given.dossier.public_id, by=current_actor(), now=now())
    except Refused as refused:
        if refused.code != "sheet-closed":
            raise
        problems = {"": str(refused)}
        return _page(assignment, Typed(problems=problems, title="Chưa sửa lại được"), refused.status)
    flash("Phiếu đã trở lại thành nháp; sửa xong hãy gửi lại.", "success")
    return redirect(url_for("judge.sheet", assignment=assignment))


@pages.post("/<assignment>/bo-qua")
@needs(Role.JUDGE)
def skip(assignment: str) -> Response:
    """On to the next one, without saving."""
    return _go_on(_given(assignment))


@pages.post("/<assignment>/tu-choi")
@needs(Role.JUDGE)
def decline(assignment: str) -> Answer:
    """Give the dossier back: a conflict, or another reason."""
    what, reason = request.form.get("_do", ""), request.form.get("reason", "")
    act = recusals.declare_own if what == "conflict" else recusals.abstain
    try:
        with write() as session:
            act(session, assignment=assignment, reason=reason, by=current_actor(), now=now())
    except Invalid as refused:
        problems = {f"ly-do-{assignment}": str(refused)}
        return _page(assignment, Typed(problems=problems, title="Chưa trả lại được", reason=reason), refused.status)
    flash("Đã trả lại hồ sơ; phụ trách đợt sẽ phân công người khác.", "success")
    return redirect(url_for("judge.index"))


def opened(assignment: str) -> tuple[OpenSheet, Reading]:
    """The sheet and the dossier of an assignment of the judge's, while it lasts; ``NotFound`` otherwise."""
    given = _given(assignment)
    found = sheets.open_sheet(read(), dossier=given.dossier.public_id, by=current_actor(), now=now())
    return found, judge_reading.reading(read(), found)


def _given(assignment: str) -> Assignment:
    given = own_assignment(read(), current_actor().user_id, public_id=assignment)
    if given is None:
        raise NotFound
    return given


def _page(assignment: str, typed: Typed, status: int) -> Answer:
    found, seen = opened(assignment)
    shown = spread(judge_queue.own_totals(read(), current_scope(), found.dossier), found)
    standing = {problem.field: problem.message for problem in found.reckoned.problems} if found.writable else {}
    text = render_template(
        "judge/sheet.html",
        assignment=assignment,
        sheet=found,
        seen=seen,
        lines=lines(found, seen),
        texts={**found.texts, **typed.texts},
        marks={**found.marks, **typed.marks},
        typed=typed,
        problems={**standing, **typed.problems},
        warnings={warning.field: warning.message for warning in found.warnings},
        spread=shown,
        cover=sheets.cover_of(found.dossier.public_id),
    )
    return text, status
