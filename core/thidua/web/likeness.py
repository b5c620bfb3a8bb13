"""What a dossier's texts share with others, side by side: for its school and for its office, each in its scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, render_template

from thidua.models import EDITABLE, State
from thidua.permissions import find_version, require
from thidua.plugin import Problem
from thidua.services import checking, originality
from thidua.services.working import answers_so_far, files_now
from thidua.web.context import read, site
from thidua.web.dossier_page import Opened, by_heading, opened
from thidua.web.security import needs

pages = Blueprint("likeness", __name__, url_prefix="/ho-so")
SHOWN = 20
"""So many passages of one other dossier are shown."""


@pages.get("/<dossier>/trung-lap")
@needs("login")
def show(dossier: str) -> str:
    """Shared passages, and what the campaign's checks say within the office's scope."""
    page = opened(dossier)
    require(page.scope, "see:identifying", page.row)
    own = page.own and (page.row.state in EDITABLE or page.row.state == State.AWAITING or page.row.filed == 0)
    answers, files, said = _working(page) if own else _filed(page)
    texts = originality.own_texts(read(), page.form, answers, files)
    return render_template(
        "dossiers/likeness.html",
        page=page,
        compared=originality.compared(read(), page.scope, page.row, texts),
        said=by_heading(page, said),
        shown=SHOWN,
    )


def _working(page: Opened) -> tuple[Mapping[str, object], Mapping[str, Sequence[str]], list[Problem]]:
    return answers_so_far(page.form, page.row), files_now(page.row), []


def _filed(page: Opened) -> tuple[Mapping[str, object], Mapping[str, Sequence[str]], list[Problem]]:
    _, version = find_version(read(), page.scope, page.row.public_id, page.row.filed)
    files: dict[str, list[str]] = {}
    for file in version.files:
        files.setdefault(file.slot, []).append(file.sha256)
    said = [] if page.own else checking.check_filed(read(), site().registry, page.scope, page.row, version)
    return version.answers, files, said
