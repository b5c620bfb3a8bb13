"""Units, staff and accounts from one Excel file: choose, look, take."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, render_template, request

from thidua.errors import Invalid, Refused
from thidua.models import Role
from thidua.names import archive_name, display_name
from thidua.services import imports
from thidua.web.auth import hasher
from thidua.web.context import current_actor, now, site
from thidua.web.security import needs

pages = Blueprint("admin_imports", __name__, url_prefix="/quan-tri/nhap")
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/")
@needs(Role.ADMIN)
def index() -> str:
    """The first step: the empty form, and a file to choose."""
    return render_template("admin/import.html", lines=None, errors={})


@pages.get("/mau.xlsx")
@needs(Role.ADMIN)
def template() -> Response:
    """The empty form."""
    response = Response(imports.template(), mimetype=EXCEL)
    response.headers["Content-Disposition"] = 'attachment; filename="mau-nhap.xlsx"'
    return response


@pages.post("/kiem-tra")
@needs(Role.ADMIN)
def look() -> tuple[str, int]:
    """The second step: what the file would do, row by row."""
    upload = request.files.get("file")
    try:
        if upload is None or not upload.filename:
            raise Invalid("file-missing")
        with TemporaryDirectory(dir=_folder()) as folder:  # two looks at once do not meet
            fresh = Path(folder) / archive_name(display_name(upload.filename), set())
            upload.save(fresh)
            lines = imports.look(site().database, imports.read_book(fresh), by=current_actor(), now=now())
            sha256 = hashlib.sha256(fresh.read_bytes()).hexdigest()
            _forget(but=sha256)
            os.replace(fresh, _kept(sha256))
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        return render_template("admin/import.html", lines=None, errors={"file": str(refused)}), refused.status
    wrong = [line for line in lines if line.outcome == imports.WRONG]
    page = render_template(
        "admin/import.html",
        lines=lines,
        wrong=wrong,
        summary=imports.summary(lines),
        errors={},
        name=upload.filename,
        sha256=sha256,
    )
    return page, 422 if wrong else 200


@pages.post("/nhap")
@needs(Role.ADMIN)
def take() -> Response | tuple[str, int]:
    """The third step: take the very file that was looked at; new accounts' passwords are shown once."""
    try:
        kept = _kept(request.form.get("sha256", ""))
        with _claimed(kept) as mine:
            book = imports.read_book(mine)
            taken = imports.take(site().database, book, hasher=hasher(), by=current_actor(), now=now())
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        return render_template("admin/import.html", lines=None, errors={"file": str(refused)}), refused.status
    page = render_template("admin/import_done.html", taken=taken, summary=imports.summary(taken.lines))
    response = Response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _folder() -> Path:
    folder = site().settings.instance / "imports"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _kept(sha256: str) -> Path:
    """Where the file of this user waits between the look and the taking, named by what it holds."""
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        raise Refused("import-gone")
    return _folder() / f"{current_actor().user_id}.{sha256}.xlsx"


@contextmanager
def _claimed(kept: Path) -> Iterator[Path]:
    """The file for the first who asks, gone afterwards; where it was refused it waits again."""
    mine = kept.with_name(f"{current_actor().user_id}.{secrets.token_hex(8)}.xlsx")
    try:
        kept.rename(mine)
    except FileNotFoundError as error:
        raise Refused("import-gone") from error
    try:
        yield mine
    except Refused:
        mine.replace(kept)
        raise
    finally:
        mine.unlink(missing_ok=True)


def _forget(*, but: str) -> None:
    """Only the file that was looked at last can be taken."""
    for old in _folder().glob(f"{current_actor().user_id}.{'[0-9a-f]' * 64}.xlsx"):
        if old != _kept(but):
            old.unlink(missing_ok=True)
