"""A judge's way to the files of a dossier: on a blind track to the copies that do not say who made them."""

from __future__ import annotations

import hmac
from pathlib import Path

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from thidua.errors import NotFound
from thidua.files.cleaning import WAY
from thidua.models import Role
from thidua.permissions import own_assignment
from thidua.services import audit, judge_reading
from thidua.services.judge_reading import Paper, Reading
from thidua.services.sheets import OpenSheet
from thidua.web.context import current_actor, now, page_number, read, site, write
from thidua.web.files import SHOWN, pictures_of, send, send_framed, send_page
from thidua.web.judge import opened
from thidua.web.security import needs
from thidua.web.viewer import viewer

pages = Blueprint("judge_papers", __name__, url_prefix="/cham/<assignment>")
LONGEST = 100
TEXT_SHOWN = 200_000  # characters of a file's text on one page


@pages.get("/tep/<int:n>/xem")
@needs(Role.JUDGE)
def look(assignment: str, n: int) -> str:
    """A file beside the sheet: its pages or the picture, and what was read of it."""
    sheet, _, paper = _found(assignment, n)
    text = judge_reading.text_of(read(), paper)
    path, pictures = _bytes(paper), None
    if path is not None and paper.is_pdf:
        pictures = pictures_of(path, _folder(paper), page_number())
    seen = viewer(pictures)
    return render_template(
        "judge/paper.html",
        assignment=assignment,
        sheet=sheet,
        paper=paper,
        there=path is not None,
        seen=seen,
        addresses=[url_for(".page_image", assignment=assignment, n=n, page=page) for page in seen.pages],
        text=text,
        most=TEXT_SHOWN,
    )


@pages.get("/tep/<int:n>")
@needs(Role.JUDGE)
def download(assignment: str, n: int) -> Response:
    """The file, or its copy, as a download."""
    given = own_assignment(read(), current_actor().user_id, public_id=assignment)
    _, _, paper = _found(assignment, n)
    path = _bytes(paper)
    if path is None or given is None:
        raise NotFound("no-clean-copy")
    response = send(path, paper.name, "application/octet-stream", etag=_mark(path), dated=not paper.blind)
    with write() as session:
        details = {"n": n, "copy": paper.blind}
        subject = ("assignment", given.id)  # not the dossier: its history is read by the school
        audit.record(session, "judge-download", by=current_actor(), now=now(), subject=subject, details=details)
    return response


@pages.get("/tep/<int:n>/trang/<int:page>.png")
@needs(Role.JUDGE)
def page_image(assignment: str, n: int, page: int) -> Response:
    """A page of a PDF as a picture."""
    paper = _found(assignment, n)[2]
    path = _bytes(paper)
    if path is None or not paper.is_pdf or page not in pictures_of(path, _folder(paper), page).pages:
        raise NotFound
    return send_page(_folder(paper), page, etag=_mark(path), dated=not paper.blind)


@pages.get("/tep/<int:n>/khung")
@needs(Role.JUDGE)
def framed(assignment: str, n: int) -> Response:
    """The bytes of a picture for the frame of our own pages."""
    paper = _found(assignment, n)[2]
    path = _bytes(paper)
    if path is None or not paper.is_picture:
        raise NotFound
    kind = SHOWN[paper.extension]
    return send_framed(send(path, paper.name, kind, etag=_mark(path), inline=True, dated=not paper.blind))


@pages.get("/tim")
@needs(Role.JUDGE)
def find(assignment: str) -> str:
    """Where words stand in the answers and files of this dossier."""
    sheet, seen = opened(assignment)
    words = request.args.get("tim", "")[:LONGEST]
    found = judge_reading.find(read(), seen, words)
    apart = len(words.split()) > 1 and not any(one.snippet.together for one in found)
    return render_template("judge/find.html", assignment=assignment, sheet=sheet, words=words, found=found, apart=apart)


def _found(assignment: str, n: int) -> tuple[OpenSheet, Reading, Paper]:
    sheet, seen = opened(assignment)
    return sheet, seen, seen.paper(n)


def _bytes(paper: Paper) -> Path | None:
    read().close()  # making a copy or drawing takes seconds: nobody's reading is held open meanwhile
    return judge_reading.bytes_of(site(), paper)


def _mark(path: Path) -> str:
    """What tells a browser that a file is the same, and nobody of which original it is the copy."""
    return hmac.new(site().settings.secret_key.encode(), path.name.encode(), "sha256").hexdigest()[:32]


def _folder(paper: Paper) -> Path:
    return site().settings.instance / "previews" / (paper.sha256 + (f"-sach{WAY}" if paper.blind else ""))
