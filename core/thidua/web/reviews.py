"""Thẩm định: the inbox, the dossier with its checklist, and the three endings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from thidua.errors import NotAllowed, NotFound, Refused
from thidua.models import Action, Role, State, Verdict
from thidua.permissions import current_review, require, reviews_of
from thidua.services import lists, reviews, tasks
from thidua.services.lists import Listing
from thidua.services.reviews import Finding
from thidua.web.context import current_actor, current_scope, now, read, write
from thidua.web.dossier_page import Opened, opened, reading
from thidua.web.narrowing import ORDER_LABELS, pills, wanted
from thidua.web.security import needs

pages = Blueprint("reviews", __name__, url_prefix="/tham-dinh")
Answer = str | Response | tuple[str, int]
ENDINGS = {"return": Action.RETURN, "refuse": Action.REFUSE, "accept": Action.ACCEPT}
SAID = {
    Action.RETURN: "Đã trả hồ sơ {code} để bổ sung.",
    Action.REFUSE: "Đã kết luận hồ sơ {code} không đủ điều kiện.",
    Action.ACCEPT: "Đã kết luận hồ sơ {code} đủ điều kiện.",
}
_BACK = frozenset({State.RETURNED, State.DRAFT, State.AWAITING})  # once filed, and with the school again
VIEWS: dict[str, tuple[str, frozenset[State]]] = {
    "can-lam": ("Cần làm", frozenset({State.SUBMITTED, State.APPRAISING})),
    "can-tiep-nhan": ("Cần tiếp nhận", frozenset({State.SUBMITTED})),
    "dang-tham-dinh": ("Đang thẩm định", frozenset({State.APPRAISING})),
    "da-tra": ("Đã trả", _BACK),
    "da-ket-luan": ("Đã kết luận", frozenset(State) - _BACK - {State.SUBMITTED, State.APPRAISING}),
    "tat-ca": ("Tất cả", frozenset(State)),
}
"""The saved views of the inbox by their word in the address, the first one where it opens."""


@dataclass(frozen=True)
class Tab:
    """A saved view with how many dossiers are in it."""

    label: str
    url: str
    count: int
    current: bool


@pages.get("")
@needs(Role.APPRAISER, Role.MANAGER)
def index() -> str:
    """The inbox: a saved view, what is to be done first."""
    first, *_ = VIEWS
    view = request.args.get("xem", first if not request.args.get("trangthai") else "tat-ca")
    view = view if view in VIEWS else first
    states = VIEWS[view][1]
    whole = Listing.of(read(), lists.office_inbox(current_scope()))
    listing = replace(whole, groups=[group for group in whole.groups if group[0] in states])
    asked = wanted(order="oldest" if view != "tat-ca" else "newest", states=states)
    groups = pills(listing.choices, asked, units=True)
    if view == first and not asked.states:
        groups.pop("Trạng thái", None)  # the next two tabs say the same
    shown = asked if asked.states or view == "tat-ca" else replace(asked, states=states)
    return render_template(
        "reviews/index.html",
        page=listing.page(shown),
        asked=asked,
        view=view,
        tabs=_tabs(whole, view),
        groups=groups,
        orders=ORDER_LABELS,
    )


def _tabs(whole: Listing, view: str) -> list[Tab]:
    held = whole.choices.states
    return [
        Tab(label, url_for("reviews.index", xem=key), sum(held.get(s, 0) for s in states), key == view)
        for key, (label, states) in VIEWS.items()
    ]


@pages.get("/<dossier>")
@needs(Role.APPRAISER, Role.MANAGER)
def appraise(dossier: str) -> Answer:
    """The dossier as filed, with the checklist beside it."""
    return _page(opened(dossier), {}, {}, 200)


@pages.post("/<dossier>/tiep-nhan")
@needs(Role.APPRAISER)
def take_up(dossier: str) -> Response:
    """Tiếp nhận."""
    with write() as session:
        reviews.take_up(session, dossier=dossier, by=current_actor(), now=now())
    flash("Đã tiếp nhận hồ sơ; nhà trường không rút lại được nữa.", "success")
    return redirect(url_for("reviews.appraise", dossier=dossier))


@pages.post("/<dossier>")
@needs(Role.APPRAISER)
def save(dossier: str) -> Answer:
    """Save the checklist, and end the appraisal when an ending was pressed."""
    page = opened(dossier)
    do = request.form.get("_do", "save")
    reason = request.form.get("reason", "")
    findings = _findings(page, rest_passed=do == "rest")
    try:
        with write() as session:
            if do in ENDINGS:
                reviews.end(
                    session,
                    dossier=dossier,
                    action=ENDINGS[do],
                    reason=reason,
                    findings=findings,
                    by=current_actor(),
                    now=now(),
                )
            else:
                reviews.record(session, dossier=dossier, findings=findings, by=current_actor(), now=now())
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        place = "reason" if refused.code.startswith("reason") else "danh-muc"
        return _page(opened(dossier), findings, {place: str(refused)}, refused.status)
    if do in ENDINGS:
        flash(SAID[ENDINGS[do]].format(code=page.row.code), "success")
        return _go_on(page)
    flash("Đã lưu phiếu thẩm định.", "success")
    return _go_on(page) if do == "next" else redirect(url_for("reviews.appraise", dossier=dossier))


def _go_on(page: Opened) -> Response:
    following = tasks.next_in_inbox(read(), current_scope(), page.row)
    if following is None:
        return redirect(url_for("reviews.index"))
    return redirect(url_for("reviews.appraise", dossier=following))


def _page(page: Opened, typed: Mapping[str, Finding | None], errors: dict[str, str], status: int) -> Answer:
    if page.row.filed == 0:
        raise NotFound
    require(page.scope, "see:checklist", page.row)
    seen = reading(page, page.row.filed)
    under_way = current_review(read(), page.row) if page.row.state == State.APPRAISING else None
    past = reviews_of(read(), page.scope, page.row)
    shown = under_way or (past[-1] if past and past[-1].version.n == page.row.filed else None)
    held: dict[str, Finding | None] = (
        {item.place: Finding(item.verdict, item.note) for item in shown.items} if shown else {}
    )
    text = render_template(
        "reviews/appraise.html",
        page=page,
        reading=seen,
        places=reviews.checklist(page.form),
        held=held | dict(typed),
        review=shown,
        earlier=[r for r in past if shown is None or r.id != shown.id],
        verdicts=list(Verdict),
        errors=errors,
        reason=request.form.get("reason", ""),
    )
    return text, status


def _findings(page: Opened, *, rest_passed: bool) -> dict[str, Finding | None]:
    """What was posted, by place; a place with neither verdict nor note is taken back."""
    findings: dict[str, Finding | None] = {}
    known = set(reviews.places(page.form))
    checked = {p.place for p in reviews.checklist(page.form)}
    for name in request.form:
        kind, _, place = name.partition("-")
        if kind not in ("verdict", "note") or place not in known or place in findings:
            continue
        said = request.form.get(f"verdict-{place}", "")
        note = request.form.get(f"note-{place}", "")
        verdict = Verdict(said) if said in set(Verdict) else None
        if verdict is None and note.strip():
            verdict = Verdict.MORE
        findings[place] = Finding(verdict, note) if verdict is not None else None
    if rest_passed:
        findings |= {place: Finding(Verdict.PASSED) for place in checked if findings.get(place) is None}
    return findings
