"""The sheets of school and office: what the school gives itself, and the office's points beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from thidua.errors import NotAllowed, NotFound, NotSignedIn, Refused
from thidua.models import Role, Stage
from thidua.permissions import may
from thidua.plugin import Gate, Shape
from thidua.scoring import NodeValue
from thidua.services import self_sheets, sheets
from thidua.services.checking import section_of
from thidua.services.sheet_texts import COMMENT, POINT, WHOLE, Contested, Reckoned, marks_of, places
from thidua.services.working import SELF_PART
from thidua.web.context import current_actor, now, read, wants_json, write
from thidua.web.dossier_page import Opened, opened, place_url
from thidua.web.filters import clock, points, so_far
from thidua.web.security import needs

pages = Blueprint("scoring", __name__)
Answer = str | Response | tuple[str, int] | tuple[Response, int]


@dataclass(frozen=True)
class Evidence:
    """Where the evidence of a leaf is found."""

    label: str
    url: str


@dataclass(frozen=True)
class Line:
    """A node of the rubric on the page; ``leaf`` None for a group. ``beside`` is what the other sheet says there."""

    node: NodeValue
    leaf: object | None
    gate: bool
    evidence: tuple[Evidence, ...]
    beside: str
    beside_comment: str


@dataclass(frozen=True)
class Sheet:
    """What the page shows: texts by place with the marks of what stands, and what is wrong by place."""

    lines: tuple[Line, ...]
    texts: Mapping[str, str]
    marks: Mapping[str, str]
    reckoned: Reckoned
    writable: bool
    problems: Mapping[str, str] = field(default_factory=dict)
    contested: Mapping[str, Contested] = field(default_factory=dict)
    changed_at: datetime | None = None

    @property
    def anchored(self) -> dict[str, str]:
        """What is wrong by the id of its control, for the summary."""
        contested = dict.fromkeys(self.contested, "Mục này vừa được người khác sửa.")
        return {place.replace(":", "-"): message for place, message in {**contested, **self.problems}.items()}


@pages.get("/ho-so/<dossier>/tu-cham")
@needs("login")
def own(dossier: str) -> Answer:
    """The school's own sheet, as it is typed."""
    page = _working(dossier)
    if "edit" not in page.can:
        return redirect(url_for("dossiers.look", dossier=dossier))
    held = self_sheets.own_sheet(page.row)
    wrong = _wrong(self_sheets.problems(held.form, page.row, ())) if "kiem" in request.args else {}
    wrong = _wrong(held.reckoned.problems) | wrong
    sheet = _sheet(page, held.texts, held.marks, held.reckoned, problems=wrong, changed_at=held.changed_at)
    return _own_page(page, sheet, 200)


@pages.post("/ho-so/<dossier>/tu-cham")
@needs("login")
def save_own(dossier: str) -> Answer:
    """Keep what was typed, complete or not."""
    page = _working(dossier)
    texts, base = _posted(page.form)
    try:
        with write() as session:
            kept = self_sheets.save_own(session, dossier=dossier, texts=texts, base=base, by=current_actor(), now=now())
    except Refused as refused:
        if wants_json() or isinstance(refused, NotFound | NotAllowed | NotSignedIn):
            raise
        held = self_sheets.own_sheet(page.row)
        typed = {**held.texts, **texts}
        sheet = _sheet(page, typed, {**held.marks, **base}, held.reckoned, problems={"": str(refused)})
        return _own_page(page, sheet, refused.status)
    if wants_json():
        return _as_json(page.form, kept)
    page = _working(dossier)
    held, wrong = self_sheets.own_sheet(page.row), _wrong(kept.reckoned.problems)
    if kept.contested or wrong:
        shown = {**held.texts, **{place: both.mine for place, both in kept.contested.items()}}
        sheet = _sheet(page, shown, held.marks, held.reckoned, problems=wrong, contested=kept.contested)
        return _own_page(page, sheet, 409 if kept.contested else 422)
    flash(f"Đã lưu phiếu tự chấm lúc {clock(kept.at)}.", "success")
    return redirect(url_for("dossiers.hub" if request.form.get("_do") == "hub" else "scoring.own", dossier=dossier))


@pages.get("/tham-dinh/<dossier>/cham")
@needs(Role.APPRAISER, Role.MANAGER)
def office(dossier: str) -> Answer:
    """The office's sheet with the school's beside it."""
    return _office_page(dossier, {}, {}, {}, 200)


@pages.post("/tham-dinh/<dossier>/cham")
@needs(Role.APPRAISER, Role.MANAGER)
def save_office(dossier: str) -> Answer:
    """Keep the office's points; hand the sheet in, or take it back to change it."""
    page, do = opened(dossier), request.form.get("_do", "save")
    if do == "back":
        with write() as session:
            sheets.take_back(session, dossier=dossier, by=current_actor(), now=now(), stage=Stage.OFFICE)
        flash("Phiếu của cơ quan đã mở lại để sửa.", "success")
        return redirect(url_for("scoring.office", dossier=dossier))
    texts, base = _posted(page.form)
    try:
        with write() as session:
            saved = sheets.save_sheet(
                session,
                dossier=dossier,
                texts=texts,
                base=base,
                final=do == "send",
                by=current_actor(),
                now=now(),
                stage=Stage.OFFICE,
            )
    except Refused as refused:
        if wants_json() or isinstance(refused, NotFound | NotAllowed | NotSignedIn):
            raise
        return _office_page(dossier, texts, {"": str(refused)}, {}, refused.status)
    if wants_json():
        return _as_json(page.form, saved)
    wrong = _wrong(saved.reckoned.problems)
    if saved.contested or wrong:  # all else is kept, beside what another window has saved meanwhile
        mine = {place: both.mine for place, both in saved.contested.items()}
        return _office_page(dossier, mine, wrong, saved.contested, 409 if saved.contested else 422)
    if do == "send":
        flash("Đã gửi phiếu của cơ quan.", "success")
        return redirect(url_for("reviews.appraise", dossier=dossier))
    flash("Đã lưu nháp phiếu của cơ quan.", "success")
    return redirect(url_for("scoring.office", dossier=dossier))


def _working(dossier: str) -> Opened:
    page = opened(dossier)
    if not page.own or not page.form.self_scored:
        raise NotFound
    return page


def _posted(form: Shape) -> tuple[dict[str, str], dict[str, str]]:
    """What was typed and what the page showed of it, by place."""
    known = places(form.rubric) if form.rubric else ()
    texts = {place: request.form[place] for place in known if place in request.form}
    return texts, {place: request.form[f"base-{place}"] for place in known if f"base-{place}" in request.form}


def _wrong(problems: object) -> dict[str, str]:
    """Problems by place; those of a final check are given by ``tu-cham:<leaf>``."""
    found: dict[str, str] = {}
    for one in problems if isinstance(problems, list | tuple) else ():
        if one.level == "error":
            prefix = f"{SELF_PART}:"
            place = POINT + one.field.removeprefix(prefix) if one.field.startswith(prefix) else one.field
            found.setdefault(place, one.message)
    return found


def _sheet(
    page: Opened,
    texts: Mapping[str, str],
    marks: Mapping[str, str],
    reckoned: Reckoned,
    *,
    writable: bool = True,
    problems: Mapping[str, str] | None = None,
    contested: Mapping[str, Contested] | None = None,
    other: Mapping[str, str] | None = None,
    changed_at: datetime | None = None,
) -> Sheet:
    lines = tuple(_line(page, node, other or {}) for node in reckoned.valued.tree())
    return Sheet(lines, texts, marks, reckoned, writable, problems or {}, contested or {}, changed_at)


def _line(page: Opened, node: NodeValue, other: Mapping[str, str]) -> Line:
    leaf = page.form.rubric.leaves.get(node.key) if page.form.rubric else None
    said, gate = other.get(f"{POINT}{node.key}", ""), isinstance(leaf, Gate)
    if gate and said:
        said = "Đạt" if said == "1" else "Không đạt"
    return Line(node, leaf, gate, _evidence(page, leaf), said, other.get(f"comment:{node.key}", ""))


def _evidence(page: Opened, leaf: object | None) -> tuple[Evidence, ...]:
    fields = {one.key: one.label for one in page.form.fields}
    documents = {one.key: one.label for one in page.form.documents}
    found = []
    for key in getattr(leaf, "evidence", ()):
        document = key in documents
        if page.own:
            url = place_url(page, f"document:{key}" if document else key)
        else:
            section = section_of(page.form, key)
            anchor = f"#doc-{section.key}" if section else f"#muc-{key}"
            url = url_for("reviews.appraise", dossier=page.row.public_id) + anchor
        found.append(Evidence(documents[key] if document else fields[key], url))
    return tuple(found)


def _own_page(page: Opened, sheet: Sheet, status: int) -> tuple[str, int]:
    return render_template("scoring/own.html", page=page, sheet=sheet), status


def _office_page(
    dossier: str,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
    contested: Mapping[str, Contested],
    status: int,
) -> Answer:
    page = opened(dossier)
    if not may(page.scope, "see:checklist", page.row) or page.own:
        raise NotFound
    held = sheets.open_sheet(read(), dossier=dossier, by=current_actor(), now=now(), stage=Stage.OFFICE)
    sheet = _sheet(
        page,
        {**held.texts, **typed} if held.writable else held.texts,
        marks_of(held.form, held.texts),
        held.reckoned,
        writable=held.writable,
        problems=wrong,
        contested=contested,
        other=self_sheets.filed_with(read(), held.version),
        changed_at=held.changed_at,
    )
    lost = [] if held.writable else _said(held.form, typed, held.texts)
    return render_template("scoring/office.html", page=page, sheet=sheet, held=held, lost=lost), status


def _said(form: Shape, typed: Mapping[str, str], held: Mapping[str, str]) -> list[tuple[str, str]]:
    """What was typed over a sheet that takes nothing more, to be read and copied: (label, text)."""
    labels = _labels(form)
    return [(labels[place], text) for place, text in typed.items() if text and text != held.get(place)]


def _labels(form: Shape) -> dict[str, str]:
    leaves = form.rubric.leaves if form.rubric else {}
    points = {POINT + key: leaf.label for key, leaf in leaves.items()}
    return (
        points | {COMMENT + key: f"{leaf.label} – nhận xét" for key, leaf in leaves.items()} | {WHOLE: "Nhận xét chung"}
    )


def _as_json(form: Shape, kept: self_sheets.Kept | sheets.Saved) -> tuple[Response, int]:
    labels = _labels(form)
    body = {
        "saved": clock(kept.at),
        "marks": {place: mark for place, mark in kept.marks.items() if place not in kept.contested},
        "conflicts": {
            place: {"label": labels[place], "theirs": both.theirs, "mark": sheets.mark(both.theirs)}
            for place, both in kept.contested.items()
        },
        "problems": _wrong(kept.reckoned.problems),
        "sums": {key: points(value) for key, value in kept.reckoned.valued.values.items()},
        "bands": {node.key: node.band for node in kept.reckoned.valued.tree() if node.band},
        "class": so_far(kept.reckoned),
    }
    return jsonify(body), 409 if kept.contested else 200
