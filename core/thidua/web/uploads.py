"""The documents of a dossier: one file per request with its raw body, or a plain form without scripts."""

from __future__ import annotations

from typing import BinaryIO, cast

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from thidua.errors import Invalid, NotFound, Refused, say
from thidua.files.arrival import Arrival
from thidua.models import Attachment
from thidua.names import display_name
from thidua.services import attachments, remarks
from thidua.services.working import current_files
from thidua.web.context import current_actor, now, read, site, write
from thidua.web.dossier_page import opened
from thidua.web.security import needs, takes_files

pages = Blueprint("uploads", __name__, url_prefix="/ho-so/<dossier>")
Answer = str | Response | tuple[str, int] | tuple[Response, int]
MOST_AT_ONCE = 50  # files of one plain form: each is written, synced and looked into while the browser waits


@pages.get("/tai-lieu")
@needs("login")
def documents(dossier: str) -> Answer:
    """The slots with their files."""
    return _page(dossier, {}, 200)


@pages.put("/tep/<slot>")
@needs("login")
@takes_files
def put(dossier: str, slot: str) -> Answer:
    """Take one file: its bytes are the body, ``?ten=`` its name, ``?thay=`` the attachment it replaces."""
    if request.content_length is None and "Transfer-Encoding" in request.headers:
        raise Invalid("file-length-unknown")
    revision = attachments.receive(
        site(),
        dossier=dossier,
        slot=slot,
        name=request.args.get("ten", "")[:1000],
        stream=_body(),
        expected=request.content_length or 0,
        by=current_actor(),
        now=now(),
        replaces=request.args.get("thay") or None,
    )
    return jsonify(name=revision.name, size=revision.size, sha256=revision.sha256), 201


def _body() -> BinaryIO:
    limited = request.stream  # refuses what announces too much
    came = request.environ["wsgi.input"]
    return cast("BinaryIO", came if isinstance(came, Arrival) else limited)


@pages.post("/tep/<slot>")
@needs("login")
@takes_files
def post(dossier: str, slot: str) -> Answer:
    """Take the files of a plain form; each stands or falls by itself."""
    sent = [f for f in request.files.getlist("tep") if f.filename]
    replaces = request.form.get("thay") or None
    if not sent:
        return _page(dossier, {slot: [say("file-not-chosen")]}, 422)
    if len(sent) > MOST_AT_ONCE:
        return _page(dossier, {slot: [say("files-too-many", count=len(sent), limit=MOST_AT_ONCE)]}, 422)
    errors: list[str] = []
    status = 200
    for file in sent[: 1 if replaces else None]:
        name = display_name((file.filename or "")[:1000])
        try:
            attachments.receive(
                site(),
                dossier=dossier,
                slot=slot,
                name=name,
                stream=cast("BinaryIO", file.stream),
                expected=None,
                by=current_actor(),
                now=now(),
                replaces=replaces,
            )
            flash(f"Đã nhận tệp “{name}”.", "success")
        except NotFound:
            raise
        except Refused as refused:
            errors.append(str(refused))
            status = refused.status
    if errors:
        return _page(dossier, {slot: errors}, status)
    return redirect(url_for("uploads.documents", dossier=dossier) + f"#muc-{slot}")


@pages.post("/tep/bo")
@needs("login")
def remove(dossier: str) -> Response:
    """Take an attachment out; the page offers to put it back."""
    return _change(dossier, put_back=False)


@pages.post("/tep/khoi-phuc")
@needs("login")
def restore(dossier: str) -> Response:
    """Put an attachment back that was taken out."""
    return _change(dossier, put_back=True)


def _change(dossier: str, *, put_back: bool) -> Response:
    change = attachments.restore if put_back else attachments.remove
    with write() as session:
        row = change(session, attachment=request.form.get("tep", ""), by=current_actor(), now=now())
        if row.public_id != dossier:
            raise NotFound
    flash("Đã khôi phục tệp." if put_back else "Đã bỏ tệp; có thể khôi phục ở cuối mục.", "success")
    return redirect(url_for("uploads.documents", dossier=dossier, _anchor=f"muc-{request.form.get('muc', '')[:60]}"))


def _page(dossier: str, errors: dict[str, list[str]], status: int) -> Answer:
    page = opened(dossier)
    if not page.own:
        raise NotFound
    if "edit" not in page.can and not errors:
        return redirect(url_for("dossiers.look", dossier=dossier))
    gone: dict[str, list[Attachment]] = {}
    for attachment in page.row.attachments:
        if attachment.removed_at is not None:
            gone.setdefault(attachment.slot, []).append(attachment)
    notes = remarks.notes(read(), page.scope, page.row)
    text = render_template(
        "dossiers/documents.html",
        page=page,
        held=current_files(page.row),
        gone=gone,
        errors=errors,
        notes={place.partition(":")[2]: n for place, n in notes.items.items() if place.startswith("document:")},
        most=site().settings.max_upload_mb,
    )
    return text, status
