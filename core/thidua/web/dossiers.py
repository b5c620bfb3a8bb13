"""A dossier at its school: the list, starting one, the task list, checking and handing over, reading."""

from __future__ import annotations

import tempfile
from collections import Counter

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from thidua.errors import NotAllowed, NotFound, Refused
from thidua.models import EDITABLE, Role, State
from thidua.names import content_disposition
from thidua.permissions import find_version, recalled_result, require, standing_result
from thidua.plugin import Problem
from thidua.services import (
    audit,
    calls,
    checking,
    compare,
    dossiers,
    exports,
    journal,
    lists,
    remarks,
    reuse,
    self_sheets,
    submissions,
    timeline,
    working,
)
from thidua.services.checking import CheckFailed
from thidua.services.lists import Listing
from thidua.web.context import current_actor, current_scope, now, read, site, write
from thidua.web.dossier_page import Opened, by_heading, opened, place_url, reading
from thidua.web.narrowing import ORDER_LABELS, pills, wanted
from thidua.web.security import needs

pages = Blueprint("dossiers", __name__, url_prefix="/ho-so")
Answer = str | Response | tuple[str, int]
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pages.get("")
@needs(Role.CLERK, Role.HEAD)
def index() -> str:
    """The dossiers of one's own schools."""
    scope, asked = current_scope(), wanted()
    listing = Listing.of(read(), lists.own_dossiers(scope), scope.on)
    page = listing.page(asked)
    return render_template(
        "dossiers/index.html",
        page=page,
        asked=asked,
        groups=pills(listing.choices, asked),
        orders=ORDER_LABELS,
        may_start=_may_start(),
        done={r.id: r.done for r in page.rows if r.state in EDITABLE},
    )


def _may_start() -> bool:
    unit_id = current_actor().unit_id
    return unit_id is not None and current_scope().has(Role.CLERK, unit_id)


@pages.get("/<dossier>")
@needs("login")
def hub(dossier: str) -> Answer:
    """The task list of a dossier; whoever has no working copy reads what was filed."""
    page = opened(dossier)
    if not page.own:
        return redirect(url_for("dossiers.look", dossier=dossier))
    notes = remarks.notes(read(), page.scope, page.row)
    return render_template(
        "dossiers/hub.html",
        page=page,
        lines=working.progress(page.form, page.row),
        notes=notes,
        source=reuse.source(read(), page.scope, page.row) if "edit" in page.can and not page.row.filed else None,
        time=_time(page),
        unmended=_unmended(page, notes),
        carried=_carried(page),
        note_urls={place: place_url(page, place) for place in notes.items},
        labels=_labels(page),
        result=standing_result(read(), page.scope, page.row),
        recalled=recalled_result(read(), page.scope, page.row) if page.row.filed else None,
        way=timeline.ways(read(), {page.row.id: page.row.state})[page.row.id] if page.row.filed else [],
    )


def _time(page: Opened) -> calls.FilingTime | None:
    """Until when it may be filed; nothing once it is, nor for whoever cannot ask for more."""
    unit_id = current_actor().unit_id
    if page.row.state not in EDITABLE | {State.AWAITING} or unit_id not in page.scope.own:
        return None
    return calls.filing_time(read(), page.row.call, {page.row.owner_unit_id, unit_id}, now())


@pages.get("/<dossier>/xem")
@needs("login")
def look(dossier: str) -> Answer:
    """Everything, read-only: as the office will read it."""
    page = opened(dossier)
    result = standing_result(read(), page.scope, page.row)
    both = self_sheets.side_by_side(read(), page.scope, page.row)
    return render_template("dossiers/look.html", page=page, reading=reading(page), result=result, both=both)


@pages.get("/<dossier>/ban/<int:n>")
@needs("login")
def version(dossier: str, n: int) -> Answer:
    """A filed version as it was."""
    page = opened(dossier)
    return render_template("dossiers/look.html", page=page, reading=reading(page, n))


@pages.get("/<dossier>/so-sanh/<int:old>/<int:new>")
@needs("login")
def changes(dossier: str, old: int, new: int) -> Answer:
    """What changed between two filed versions."""
    page = opened(dossier)
    require(page.scope, "see:identifying", page.row)
    before = find_version(read(), page.scope, dossier, old)[1]
    after = find_version(read(), page.scope, dossier, new)[1]
    found = compare.compare(before, after)
    return render_template("dossiers/changes.html", page=page, before=before, after=after, changes=found)


@pages.get("/<dossier>/lich-su")
@needs("login")
def history(dossier: str) -> Answer:
    """Who did what, and when."""
    page = opened(dossier)
    lines = timeline.history(read(), page.scope, page.row)
    return render_template("dossiers/history.html", page=page, lines=lines, words=journal.ACTIONS)


@pages.get("/<dossier>/kiem-tra")
@needs("login")
def check(dossier: str) -> Answer:
    """All that is wrong at once, and the button to hand over."""
    page = opened(dossier)
    require(page.scope, "see:working", page.row)
    found = checking.check(read(), site().registry, page.scope, page.row)
    return _check_page(page, found.problems, 200)


def _check_page(page: Opened, problems: list[Problem], status: int) -> tuple[str, int]:
    errors = [p for p in problems if p.level == "error"]
    text = render_template(
        "dossiers/check.html",
        page=page,
        errors=by_heading(page, errors),
        count=len(errors),
        warnings=by_heading(page, [p for p in problems if p.level != "error"]),
    )
    return text, status


@pages.post("/<dossier>/trinh")
@needs("login")
def hand_over(dossier: str) -> Answer:
    """Trình hiệu trưởng."""
    try:
        row = submissions.hand_over(site(), dossier=dossier, by=current_actor(), now=now())
    except CheckFailed as failed:
        return _check_page(opened(dossier), failed.problems[dossier], failed.status)
    flash(f"Đã trình hiệu trưởng hồ sơ {row.code}.", "success")
    return redirect(url_for("dossiers.hub", dossier=dossier))


@pages.post("/<dossier>/lay-lai")
@needs("login")
def carry_over(dossier: str) -> Answer:
    """Fill the empty fields from the unit's last dossier of the same campaign."""
    with write() as session:
        code, count = reuse.carry_over(session, dossier=dossier, by=current_actor(), now=now())
    flash(f"Đã điền sẵn {count} mục từ hồ sơ {code}. Hãy xem lại từng mục; mục điền sẵn có đánh dấu.", "success")
    return redirect(url_for("dossiers.hub", dossier=dossier))


@pages.post("/<dossier>/tra-ve")
@needs("login")
def give_back(dossier: str) -> Answer:
    """The head gives a dossier back to the clerk."""
    reason = request.form.get("reason", "")
    try:
        with write() as session:
            row = dossiers.give_back(session, dossier=dossier, reason=reason, by=current_actor(), now=now())
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        page = opened(dossier)
        text = render_template(
            "dossiers/look.html", page=page, reading=reading(page), refused=str(refused), reason=reason
        )
        return text, refused.status
    flash(f"Đã trả hồ sơ {row.code} về cho văn thư.", "success")
    return redirect(url_for("submissions.index"))


@pages.post("/<dossier>/rut")
@needs("login")
def withdraw(dossier: str) -> Answer:
    """The head takes a submitted dossier back, as long as the office has not taken it up."""
    with write() as session:
        row = submissions.withdraw(session, dossier=dossier, by=current_actor(), now=now())
    flash(f"Đã rút hồ sơ {row.code}; hồ sơ trở lại trạng thái nháp.", "success")
    return redirect(url_for("dossiers.hub", dossier=dossier))


@pages.get("/<dossier>/ban/<int:n>/docx")
@needs("login")
def as_word(dossier: str, n: int) -> Response:
    """A version's answers as a Word document."""
    page = opened(dossier)
    require(page.scope, "export", page.row)
    found = find_version(read(), page.scope, dossier, n)[1]
    body = exports.answers_document(found, identifying="see:identifying" in page.can)
    _note_export(page, n, "docx")
    return download(body, f"{page.row.code}-ban-{n}.docx", WORD)


@pages.get("/<dossier>/ban/<int:n>/zip")
@needs("login")
def as_zip(dossier: str, n: int) -> Response:
    """A version with its files and a manifest of their SHA-256, as ZIP."""
    page = opened(dossier)
    require(page.scope, "export", page.row)
    require(page.scope, "see:identifying", page.row)
    found = find_version(read(), page.scope, dossier, n)[1]
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- closed with the response
    try:
        exports.write_dossier_zip(site(), found, file)
        file.seek(0)
        _note_export(page, n, "zip")
    except BaseException:
        file.close()
        raise
    response = send_file(file, mimetype="application/zip", max_age=0)
    response.headers["Content-Disposition"] = content_disposition(f"{page.row.code}-ban-{n}.zip")
    return response


def _note_export(page: Opened, n: int, kind: str) -> None:
    with write() as session:
        subject = ("dossier", page.row.id)
        audit.record(session, "export", by=current_actor(), now=now(), subject=subject, details={"n": n, "kind": kind})


def download(body: bytes, name: str, kind: str) -> Response:
    """``body`` as a file to save."""
    response = Response(body, mimetype=kind)
    response.headers["Content-Disposition"] = content_disposition(name)
    return response


def _carried(page: Opened) -> Counter[str]:
    held = reuse.prefilled(page.row)
    return Counter(section.key for section in page.form.sections for spec in section.fields if spec.key in held)


def _unmended(page: Opened, notes: remarks.Notes) -> Counter[str]:
    """By line of the task list: how many notes of the office wait there."""
    waiting: Counter[str] = Counter()
    for place in (place for place, note in notes.items.items() if not note.mended):
        kind, _, key = place.partition(":")
        section = checking.section_of(page.form, key) if kind == "field" else None
        waiting["documents" if kind == "document" else section.key if section else key] += 1
    return waiting


def _labels(page: Opened) -> dict[str, str]:
    labels = {f"section:{s.key}": s.title for s in page.form.sections}
    labels |= {f"field:{f.key}": f.label for f in page.form.fields}
    return labels | {f"document:{d.key}": d.label for d in page.form.documents}
