"""Files going out: always as a download, or shown inside a page that can do nothing."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, render_template, send_file, url_for
from werkzeug.wrappers import Response

from thidua.errors import NotFound
from thidua.files.limits import MB
from thidua.files.preview import Preview, preview
from thidua.models import AttachmentRevision, Dossier
from thidua.names import content_disposition
from thidua.permissions import find_revision, require
from thidua.services import audit
from thidua.services.definitions import shape
from thidua.web.context import current_actor, current_scope, now, page_number, read, site, write
from thidua.web.security import needs
from thidua.web.viewer import viewer

pages = Blueprint("files", __name__, url_prefix="/tep")
SAFE = "default-src 'none'; sandbox"
SHOWN = {".pdf": "application/pdf", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}


@pages.get("/<revision>")
@needs("login")
def download(revision: str) -> Response:
    """The file as a download."""
    row, found = _found(revision)
    response = _send(found, "application/octet-stream")
    with write() as session:
        details = {"sha256": found.sha256, "revision": found.public_id}
        audit.record(session, "download", by=current_actor(), now=now(), subject=("dossier", row.id), details=details)
    return response


@pages.get("/<revision>/xem")
@needs("login")
def look(revision: str) -> str:
    """A page around the preview, for those who do not want to save the file."""
    row, found = _found(revision)
    if found.extension.lower() not in SHOWN:
        raise NotFound
    seen = viewer(_pictures(found, page_number()) if found.extension.lower() == ".pdf" else None)
    return render_template(
        "dossiers/preview.html",
        row=row,
        file=found,
        seen=seen,
        addresses=[url_for(".page_image", revision=revision, n=n) for n in seen.pages],
    )


@pages.get("/<revision>/trang/<int:n>.png")
@needs("login")
def page_image(revision: str, n: int) -> Response:
    """A page of a PDF as a picture."""
    _, found = _found(revision)
    if found.extension.lower() != ".pdf" or n not in _pictures(found, n).pages:
        raise NotFound
    return send_page(_folder(found), n, etag=found.sha256)


def _folder(found: AttachmentRevision) -> Path:
    return site().settings.instance / "previews" / found.sha256


def _pictures(found: AttachmentRevision, page: int) -> Preview:
    if not site().store.exists(found.sha256):
        raise NotFound("blob-missing")
    read().close()  # drawing takes seconds: nobody's reading is held open meanwhile
    return pictures_of(site().store.path(found.sha256), _folder(found), page)


def pictures_of(path: Path, folder: Path, page: int) -> Preview:
    """The block of pictures in which ``page`` stands, kept in ``folder`` within the room of the settings."""
    return preview(path, folder, page=page, room=site().settings.previews_mb * MB)


@pages.get("/<revision>/trong-khung")
@needs("login")
def framed(revision: str) -> Response:
    """The bytes of an image for the sandboxed frame of our own pages."""
    _, found = _found(revision)
    kind = SHOWN.get(found.extension.lower())
    if kind is None or not kind.startswith("image/"):
        raise NotFound
    return send_framed(_send(found, kind, inline=True))


def _found(revision: str) -> tuple[Dossier, AttachmentRevision]:
    row, found, slot = find_revision(read(), current_scope(), revision)
    require(current_scope(), "see:files", row)
    documents = {d.key: d for d in shape(row.definition).documents}
    if slot not in documents or documents[slot].identifying:
        require(current_scope(), "see:identifying", row)
    return row, found


def _send(found: AttachmentRevision, kind: str, *, inline: bool = False) -> Response:
    if not site().store.exists(found.sha256):
        raise NotFound("blob-missing")
    return send(site().store.path(found.sha256), found.name, kind, etag=found.sha256, inline=inline)


def send(path: Path, name: str, kind: str, *, etag: str, inline: bool = False, dated: bool = True) -> Response:
    """A file of the store, or a copy of one, so that no browser does anything with it but save or show it.

    Without ``dated`` the answer does not say when the file came to be.
    """
    at = None if dated else 0
    try:
        response = send_file(path, mimetype=kind, max_age=0, etag=etag, conditional=True, last_modified=at)
    except FileNotFoundError as error:  # a copy that made room for others a moment ago
        raise NotFound("blob-missing") from error
    response.headers["Content-Disposition"] = content_disposition(name, inline=inline)
    return _guarded(response)


def send_page(folder: Path, n: int, *, etag: str, dated: bool = True) -> Response:
    """A page of a PDF as a picture."""
    at = None if dated else 0
    picture = folder / f"{n}.png"
    if not picture.exists():  # made room for others a moment ago
        raise NotFound
    return _guarded(send_file(picture, mimetype="image/png", max_age=0, etag=f"{etag}-{n}", last_modified=at))


def _guarded(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = SAFE
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def send_framed(response: Response) -> Response:
    """Let our own pages show ``response`` in a frame that can do nothing."""
    response.headers["Content-Security-Policy"] = f"{SAFE}; img-src 'self'; frame-ancestors 'self'"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
