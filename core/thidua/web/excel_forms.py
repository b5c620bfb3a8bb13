"""A dossier's form as an Excel file: down, filled in, up again."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from thidua.errors import Invalid, Refused
from thidua.names import archive_name, content_disposition, display_name
from thidua.permissions import require
from thidua.services import excel_forms
from thidua.services.excel_forms import Taken
from thidua.web.context import current_actor, now, read, site
from thidua.web.dossier_page import Opened, opened, place_url
from thidua.web.security import needs, takes_files

pages = Blueprint("excel_forms", __name__, url_prefix="/ho-so/<dossier>/excel")
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Answer = str | Response | Redirect | tuple[str, int]


@pages.get("")
@needs("login")
def show(dossier: str) -> Answer:
    """How it is done: the form to download, and where to put the filled file."""
    page = opened(dossier)
    require(page.scope, "edit", page.row)
    return _page(page, None, "", 200)


@pages.get("/mau.xlsx")
@needs("login")
def download(dossier: str) -> Response:
    """The form with what stands in it."""
    name, body = excel_forms.download(read(), dossier=dossier, by=current_actor(), now=now())
    response = Response(body, mimetype=EXCEL)
    response.headers["Content-Disposition"] = content_disposition(name)
    return response


@pages.post("")
@needs("login")
@takes_files
def take(dossier: str) -> Answer:
    """Take a filled file; what of it is not right yet is listed by cell."""
    page = opened(dossier)
    require(page.scope, "edit", page.row)
    sent = request.files.get("tep")
    try:
        if sent is None or not sent.filename:
            raise Invalid("file-missing")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / archive_name(display_name(sent.filename), set())
            sent.save(path)
            taken = excel_forms.take(site().database, dossier=dossier, path=path, by=current_actor(), now=now())
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        return _page(page, None, str(refused), refused.status)
    if taken.wrong or taken.contested:
        return _page(opened(dossier), taken, "", 409 if taken.contested else 422)
    said = f"Đã nhận {len(taken.changed)} mục từ Excel." if taken.changed else "Tệp không có gì khác bản đang lưu."
    flash(said, "success")
    return redirect(url_for("dossiers.hub", dossier=dossier))


def _page(page: Opened, taken: Taken | None, error: str, status: int) -> tuple[str, int]:
    wrong = [(one, place_url(page, one.place)) for one in (taken.wrong if taken else ())]
    contested = [(one, place_url(page, one.place)) for one in (taken.contested if taken else ())]
    text = render_template("dossiers/excel.html", page=page, taken=taken, wrong=wrong, contested=contested, error=error)
    return text, status
