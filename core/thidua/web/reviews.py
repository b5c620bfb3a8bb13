"""Thẩm định: the inbox, the dossier with its checklist, and the three endings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from thidua.errors import NotAllowed, NotFound, Refused, say
from thidua.forms import fingerprint
from thidua.models import Action, Role, State, Verdict, Version
from thidua.permissions import current_review, find_version, require, reviews_of
from thidua.services import checking, lists, reviews, self_sheets
from thidua.services.blinding import NameSeen
from thidua.services.lists import Listing
from thidua.services.reviews import Contested, Finding, mark
from thidua.web.context import current_actor, current_scope, now, office_inbox, read, write
from thidua.web.dossier_page import Opened, opened, reading
from thidua.web.filters import address_of
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
NAMED = "Đã ghi các chỗ nêu tên vào phiếu. Bấm “Trả lại bổ sung” để trường sửa; chỗ nào không cần thì xóa ghi chú."
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


@dataclass(frozen=True)
class Typed:
    """What the page shows over what stands: what was typed and not kept, what it was typed over, and why."""

    findings: Mapping[str, Finding | None] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    contested: Mapping[str, Contested] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    stale: bool = False  # all that was typed is kept: the page shows what stands


@pages.get("")
@needs(Role.APPRAISER, Role.MANAGER)
def index() -> str:
    """The inbox: a saved view, what is to be done first."""
    first, *_ = VIEWS
    view = request.args.get("xem", first if not request.args.get("trangthai") else "tat-ca")
    view = view if view in VIEWS else first
    states = VIEWS[view][1]
    whole = office_inbox()
    listing = replace(whole, groups=[group for group in whole.groups if group[0] in states])
    asked = wanted(order="oldest" if view != "tat-ca" else "newest", states=states)
    groups = pills(listing.choices, asked, units=True)
    if view == first and not asked.states:
        groups.pop("Trạng thái", None)  # the next two tabs say the same
    shown = asked if asked.states else replace(asked, states=states)  # all of them named: its index needs them
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
    held = whole.states
    return [
        Tab(label, address_of("reviews.index", xem=key), sum(held.get(s, 0) for s in states), key == view)
        for key, (label, states) in VIEWS.items()
    ]


@pages.get("/<dossier>")
@needs(Role.APPRAISER, Role.MANAGER)
def appraise(dossier: str) -> Answer:
    """The dossier as filed, with the checklist beside it."""
    return _page(opened(dossier), Typed(), 200)


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
    findings = _findings(page)
    if do == "names":
        findings |= _named(page, findings)
    base = {place: request.form[f"base-{place}"] for place in (*findings, "reason") if f"base-{place}" in request.form}
    try:
        with write() as session:
            by, at = current_actor(), now()
            saved = reviews.record(
                session,
                dossier=dossier,
                findings=findings,
                base=base,
                rest_passed=do == "rest",
                reason=reason,
                by=by,
                now=at,
            )
            if do in ENDINGS and not saved.contested and not saved.reason_met:
                reviews.end(session, dossier=dossier, action=ENDINGS[do], reason=reason, by=by, now=at)
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        place = "reason" if refused.code.startswith("reason") else "danh-muc"
        changed = {p: finding for p, finding in findings.items() if mark(finding) != base.get(p)}
        return _page(opened(dossier), Typed(changed, base, errors={place: str(refused)}), refused.status)
    if saved.contested:
        mine = {place: both.mine for place, both in saved.contested.items()}
        return _page(opened(dossier), Typed(mine, contested=saved.contested), 409)
    if do in ENDINGS and saved.reason_met:
        return _page(opened(dossier), Typed(errors={"reason": say("reason-met")}, stale=True), 409)
    if do in ENDINGS:
        flash(SAID[ENDINGS[do]].format(code=page.row.code), "success")
        return _go_on(page)
    flash(NAMED if do == "names" else "Đã lưu phiếu thẩm định.", "success")
    return _go_on(page) if do == "next" else redirect(url_for("reviews.appraise", dossier=dossier))


def _go_on(page: Opened) -> Response:
    following = lists.next_in_inbox(read(), current_scope(), page.row)
    if following is None:
        return redirect(url_for("reviews.index"))
    return redirect(url_for("reviews.appraise", dossier=following))


def _page(page: Opened, typed: Typed, status: int) -> Answer:
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
    named = reviews.places(page.form)
    reason, posted = under_way.reason if under_way else "", {} if typed.stale else request.form
    writable = "review" in page.can
    text = render_template(
        "reviews/appraise.html",
        page=page,
        reading=seen,
        places=reviews.checklist(page.form),
        labels=named,
        held=held | dict(typed.findings) if writable else held,
        lost=[] if writable else _said(named, typed.findings, posted.get("reason", "")),
        marks={place: mark(held.get(place)) for place in named}
        | {place: typed.marks[place] for place in typed.findings if place in typed.marks},
        review=shown,
        named=_names_seen(page, seen.version) if seen.version else [],
        both=self_sheets.side_by_side(read(), page.scope, page.row),
        earlier=[r for r in past if shown is None or r.id != shown.id],
        verdicts=list(Verdict),
        errors={**typed.errors, **{place: _contest(named[place], both) for place, both in typed.contested.items()}},
        reason=posted.get("reason", reason),
        reason_mark=posted.get("base-reason", fingerprint(reason)),
    )
    return text, status


def _said(labels: Mapping[str, str], findings: Mapping[str, Finding | None], reason: str) -> list[tuple[str, str]]:
    """What was typed over a checklist that takes nothing more, to be read and copied: (label, text)."""
    said = [
        (labels[place], ": ".join(filter(None, (one.verdict.label, one.note))))
        for place, one in findings.items()
        if one is not None
    ]
    return [*said, ("Lý do, nhận xét chung", reason)] if reason.strip() else said


def _names_seen(page: Opened, version: Version) -> list[tuple[str, NameSeen]]:
    """Where names stand in what is judged without them, by the place of the checklist or the field."""
    found = checking.names_seen_in(read(), page.row, version)
    return [(one.field if ":" in one.field else f"field:{one.field}", one) for one in found]


def _named(page: Opened, findings: Mapping[str, Finding | None]) -> dict[str, Finding | None]:
    """What was typed, with a sentence at every place that names the author or the school."""
    _, version = find_version(read(), page.scope, page.row.public_id, page.row.filed)
    wanted: dict[str, Finding | None] = {}
    for place, one in _names_seen(page, version):
        held = wanted.get(place, findings.get(place))
        note = held.note if held else ""
        if one.message not in note:
            wanted[place] = Finding(Verdict.MORE, "\n".join(filter(None, [note, one.message])))
    return wanted


def _contest(label: str, both: Contested) -> str:
    theirs = both.theirs
    words = ": ".join(filter(None, (theirs.verdict.label, theirs.note))) if theirs else "chưa xem"
    return say("place-contested", label=label, theirs=words)


def _findings(page: Opened) -> dict[str, Finding | None]:
    """What was posted, by place; a place with neither verdict nor note is taken back."""
    findings: dict[str, Finding | None] = {}
    known = set(reviews.places(page.form))
    for name in request.form:
        kind, _, place = name.partition("-")
        if kind not in ("verdict", "note") or place not in known or place in findings:
            continue
        said = request.form.get(f"verdict-{place}", "")
        note = request.form.get(f"note-{place}", "")
        verdict = Verdict(said) if said in set(Verdict) else Verdict.MORE if note.strip() else None
        finding = Finding(verdict, note) if verdict is not None else None
        emptied = place.startswith("field:") and not note.strip()  # a pin is its note: there is no verdict to unset
        if emptied and mark(finding) != request.form.get(f"base-{place}"):
            finding = None
        findings[place] = finding
    return findings
