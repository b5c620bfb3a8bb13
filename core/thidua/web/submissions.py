"""Tờ trình: what waits for the head's signature, submitting one or many, the receipt and its papers."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import BinaryIO, cast

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from thidua.errors import Invalid, NotFound, Refused, say
from thidua.models import Dossier, Role, Submission
from thidua.names import content_disposition, display_name
from thidua.permissions import find_dossiers, find_submission
from thidua.services import audit, checking, exports, letters, lists, submissions
from thidua.services.checking import CheckFailed
from thidua.services.lists import Listing, Wanted
from thidua.services.submissions import Letter
from thidua.times import parse_date, show_date
from thidua.web.context import current_account, current_actor, current_scope, now, page_number, read, site, today, write
from thidua.web.dossier_page import by_heading, opened
from thidua.web.dossiers import WORD, download
from thidua.web.security import needs, takes_files

pages = Blueprint("submissions", __name__, url_prefix="/to-trinh")
FIELDS = {"letter-number": "number", "letter-day-ahead": "day", "letter-signer": "signer", "letter-title": "title"}
Answer = str | Response | tuple[str, int]
MOST_AT_ONCE = 200
NOTICED = 20  # dossiers whose check is shown beside the letter: each costs what its own check page costs


@pages.get("")
@needs(Role.CLERK, Role.HEAD)
def index() -> str:
    """What waits, and what has been submitted."""
    scope = current_scope()
    waiting = Listing.of(read(), lists.awaiting(scope), scope.on).page(Wanted(order="oldest"), MOST_AT_ONCE)
    sent = letters.sent_letters(read(), scope, page_number())
    return render_template("submissions/index.html", waiting=waiting, sent=sent, is_head=scope.has(Role.HEAD))


@pages.route("/moi", methods=["GET", "POST"])
@needs(Role.HEAD)
def new() -> Answer:
    """The form of a tờ trình over the chosen dossiers."""
    if request.method != "POST":
        return _form(request.args.getlist("hoso"), {}, 200)
    chosen = request.form.getlist("hoso")[:MOST_AT_ONCE]
    try:
        day = parse_date(request.form.get("day", ""))
    except ValueError:
        return _form(chosen, {"day": say("letter-day")}, 422)
    letter = Letter(
        number=request.form.get("number", ""),
        day=day,
        signer=request.form.get("signer", ""),
        title=request.form.get("title", Role.HEAD.label),
    )
    try:
        made = submissions.submit(
            site(),
            dossiers=chosen,
            letter=letter,
            key=request.form.get("key", "")[:64] or secrets.token_hex(16),
            by=current_actor(),
            now=now(),
        )
    except CheckFailed as failed:
        wrong = {}
        for public_id, problems in failed.problems.items():
            page = opened(public_id)
            wrong[page.row] = by_heading(page, [p for p in problems if p.level == "error"])
        rest = [one for one in chosen if one not in failed.problems]
        text = render_template(
            "submissions/refused.html", wrong=wrong, sentence=str(failed), rest=rest, typed=request.form
        )
        return text, failed.status
    except NotFound:
        raise
    except Refused as refused:
        field = FIELDS.get(refused.code, "")
        return _form(chosen, {field: str(refused)}, refused.status, late=refused.code == "deadline-passed")
    alike = letters.of_same_number(read(), current_scope(), made)
    if alike:
        days = ", ".join(f"ngày {show_date(one.day)}" for one in alike)
        flash(f"Số {made.number} đã có ở tờ trình {days}. Nếu ghi nhầm số, hãy rút hồ sơ rồi nộp lại.", "warning")
    return redirect(url_for("submissions.receipt", submission=made.public_id))


def _form(chosen: list[str], errors: dict[str, str], status: int, *, late: bool = False) -> Answer:
    rows = find_dossiers(read(), current_scope(), chosen[:MOST_AT_ONCE]) if chosen else []
    if not rows:
        flash(str(Invalid("nothing-chosen")), "error")
        return redirect(url_for("submissions.index"))
    account = current_account()
    typed = {
        "number": request.values.get("number", ""),
        "day": request.values.get("day", show_date(today())),
        "signer": request.values.get("signer", account.name if account else ""),
        "title": request.values.get("title", letters.last_title(read(), current_scope()) or Role.HEAD.label),
        "key": request.form.get("key", "") or secrets.token_hex(16),
    }
    noticed = _noticed(rows)
    text = render_template(
        "submissions/new.html", rows=rows, errors=errors, typed=typed, late=late, noticed=noticed, unread=rows[NOTICED:]
    )
    return text, status


def _noticed(rows: Sequence[Dossier]) -> dict[Dossier, list[str]]:
    """What the check warns of, by dossier: whoever signs should have read it; it stops nobody."""
    found = {row: checking.check(read(), site().registry, current_scope(), row).problems for row in rows[:NOTICED]}
    warned = {row: [one.message for one in problems if one.level != "error"] for row, problems in found.items()}
    return {row: messages for row, messages in warned.items() if messages}


@pages.get("/<submission>")
@needs("login")
def receipt(submission: str) -> str:
    """The receipt: codes, time, and the SHA-256 of each submitted version."""
    row, versions = _found(submission)
    return render_template("submissions/receipt.html", submission=row, versions=versions, may_attach=_own(row))


@pages.get("/<submission>/to-trinh.docx")
@needs("login")
def letter(submission: str) -> Response:
    """The tờ trình as Word."""
    row = letters.load_letter(read(), current_scope(), submission)
    return download(exports.letter_document(row), f"To-trinh-{row.number.replace('/', '-')}.docx", WORD)


@pages.get("/<submission>/danh-sach.docx")
@needs("login")
def nominees(submission: str) -> Response:
    """Its list of nominees as Word."""
    row = letters.load_letter(read(), current_scope(), submission)
    return download(exports.list_document(row), f"Danh-sach-{row.number.replace('/', '-')}.docx", WORD)


@pages.post("/<submission>/ban-ky")
@needs("login")
@takes_files
def attach_scan(submission: str) -> Answer:
    """Attach the signed and sealed scan."""
    file = request.files.get("tep")
    row, versions = _found(submission)
    try:
        if file is None or not file.filename:
            raise Invalid("scan-missing")
        submissions.attach_scan(
            site(),
            submission=submission,
            name=display_name(file.filename[:1000]),
            stream=cast("BinaryIO", file.stream),
            expected=None,
            by=current_actor(),
            now=now(),
        )
    except NotFound:
        raise
    except Refused as refused:
        text = render_template(
            "submissions/receipt.html", submission=row, versions=versions, may_attach=_own(row), error=str(refused)
        )
        return text, refused.status
    flash("Đã đính kèm bản ký, đóng dấu.", "success")
    return redirect(url_for("submissions.receipt", submission=submission))


@pages.get("/<submission>/ban-ky")
@needs("login")
def scan(submission: str) -> Response:
    """The signed scan as a download."""
    row, _ = _found(submission)
    if row.scan_sha256 is None:
        raise NotFound
    if not site().store.exists(row.scan_sha256):
        raise NotFound("blob-missing")
    path = site().store.path(row.scan_sha256)
    response = send_file(path, mimetype="application/octet-stream", max_age=0, etag=row.scan_sha256)
    response.headers["Content-Disposition"] = content_disposition(row.scan_name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    with write() as session:
        details = {"sha256": row.scan_sha256}
        audit.record(
            session, "download", by=current_actor(), now=now(), subject=("submission", row.id), details=details
        )
    return response


def _found(public_id: str) -> tuple[Submission, list[tuple[Dossier, int, str]]]:
    """The tờ trình and the dossiers under it that the actor sees: dossier, version, SHA-256."""
    row = find_submission(read(), current_scope(), public_id)
    return row, letters.under_letter(read(), current_scope(), row)


def _own(row: Submission) -> bool:
    scope = current_scope()
    return scope.has(Role.HEAD, row.unit_id) or scope.has(Role.CLERK, row.unit_id)
