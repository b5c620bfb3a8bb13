"""A part of a dossier: one short page, saved as one types, with or without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from thidua.errors import Invalid, NotAllowed, NotFound, NotSignedIn, Refused, say
from thidua.forms import BoundSection, fingerprint, read_posted, section_form
from thidua.plugin import PersonRef, Rows, Section, UnitRef
from thidua.services import dossiers, pasting, remarks, reuse
from thidua.services.display import Shown, show_field
from thidua.services.dossiers import Saved
from thidua.services.remarks import Note
from thidua.web.context import current_actor, now, read, wants_json, write
from thidua.web.dossier_page import Opened, opened
from thidua.web.filters import clock
from thidua.web.people_box import Found, found_for
from thidua.web.security import needs

pages = Blueprint("parts", __name__, url_prefix="/ho-so/<dossier>/phan")
Answer = str | Response | tuple[str, int] | tuple[Response, int]
OURS = ("csrf_token", "_do")
OUR_PREFIXES = ("base-", "chon-", "dan-", "lay-")


@dataclass(frozen=True)
class Filled:
    """What the page of a part shows beside the form itself."""

    bound: BoundSection
    marks: Mapping[str, str]
    problems: Mapping[str, str] = field(default_factory=dict)
    conflicts: Mapping[str, Shown] = field(default_factory=dict)
    title: str = ""
    spare: str = ""
    found: Mapping[str, list[Found]] = field(default_factory=dict)


@pages.get("/<key>")
@needs("login")
def part(dossier: str, key: str) -> Answer:
    """The page of a part."""
    page, section = _part(dossier, key)
    if "edit" not in page.can:
        return redirect(url_for("dossiers.hub", dossier=dossier))
    raw = _stored(page, key)
    bound = section_form(section, raw, complete="kiem" in request.args)
    filled = Filled(bound, _marks(section, raw), _problems(bound), spare=request.args.get("them", ""))
    return _page(page, section, filled, 200)


@pages.post("/<key>")
@needs("login")
def save(dossier: str, key: str) -> Answer:
    """Save what was typed, complete or not; then go where the button pressed leads."""
    page, section = _part(dossier, key)
    posted = read_posted(section, request.form, ignore=OURS)
    typed = _tidy(section, posted.raw)
    try:
        typed |= _pasted(section, typed)
    except Invalid as refused:
        bound = section_form(section, _stored(page, key) | typed)
        base = {f.key: request.form.get(f"base-{f.key}", "") for f in section.fields}
        filled = Filled(bound, base, {f"dan-{_first_pasted(section)}": str(refused)}, title="Chưa dán được")
        return _page(page, section, filled, refused.status)
    base = {f.key: request.form[f"base-{f.key}"] for f in section.fields if f"base-{f.key}" in request.form}
    wanted = {k: value for k, value in typed.items() if request.form.get(f"lay-{k}") != "theirs"}
    try:
        with write() as session:
            saved = dossiers.save_part(
                session, dossier=dossier, part=key, raw=wanted, base=base, by=current_actor(), now=now()
            )
    except Refused as refused:
        if wants_json() or isinstance(refused, NotFound | NotAllowed | NotSignedIn):
            raise
        bound = section_form(section, _stored(page, key) | typed)
        filled = Filled(bound, base, {"": str(refused)}, title="Chưa lưu được phần này")
        return _page(page, section, filled, refused.status)
    page, section = _part(dossier, key)
    bound = section_form(section, _stored(page, key) | {k: typed[k] for k in saved.conflicts})
    if wants_json():
        return _as_json(bound, saved, typed)
    _mention_unknown([n for n in posted.unknown if not n.startswith(OUR_PREFIXES)])
    return _after(page, section, bound, saved)


def _after(page: Opened, section: Section, bound: BoundSection, saved: Saved) -> Answer:
    do, _, what = request.form.get("_do", "next").partition(":")
    dossier, problems = page.row.public_id, _problems(bound)
    here = url_for("parts.part", dossier=dossier, key=section.key)
    if saved.conflicts:
        fields = {f.key: f for f in section.fields}
        theirs = {k: show_field(fields[k], conflict.theirs) for k, conflict in saved.conflicts.items()}
        words = {k: say("part-conflict", label=fields[k].label) for k in theirs}
        filled = Filled(bound, saved.fingerprints, words | problems, theirs, "Hai người cùng sửa một mục")
        return _page(page, section, filled, 409)
    if do == "find":
        found = {what: found_for(section, what, bound.raw)}
        return _page(page, section, Filled(bound, saved.fingerprints, problems, found=found), 200)
    if do in ("add", "remove", "paste"):
        spare = what if do == "add" else None
        return redirect(url_for("parts.part", dossier=dossier, key=section.key, them=spare, _anchor=what.split(":")[0]))
    if problems:
        filled = Filled(bound, saved.fingerprints, problems, title="Đã lưu nháp; còn mục cần sửa")
        return _page(page, section, filled, 422)
    flash(f"Đã lưu phần “{section.title}” lúc {clock(saved.at)}.", "success")
    if do == "stay":
        return redirect(here)
    return redirect(_next_url(page, section) if do == "next" else url_for("dossiers.hub", dossier=dossier))


def _as_json(bound: BoundSection, saved: Saved, typed: Mapping[str, object]) -> tuple[Response, int]:
    """New marks go only to fields that the page shows as they stand: what somebody else changed meanwhile
    keeps its old mark there, or the next save would take the old text for a change.
    """
    fields = {f.key: f for f in bound.section.fields}
    body = {
        "saved": clock(saved.at),
        "marks": {k: m for k, m in saved.fingerprints.items() if k in typed and fingerprint(typed[k]) == m},
        "conflicts": {
            k: {
                "label": fields[k].label,
                "theirs": show_field(fields[k], c.theirs).plain,
                "mark": saved.fingerprints[k],
            }
            for k, c in saved.conflicts.items()
        },
        "problems": _problems(bound),
    }
    return jsonify(body), 409 if saved.conflicts else 200


def _page(page: Opened, section: Section, filled: Filled, status: int) -> tuple[str, int]:
    notes = remarks.notes(read(), page.scope, page.row)
    keys = [s.key for s in page.form.sections]
    text = render_template(
        "dossiers/part.html",
        page=page,
        section=section,
        filled=filled,
        notes=_notes_here(section, notes.items),
        number=keys.index(section.key) + 1,
        total=len(keys) + bool(page.form.documents),
        next_url=_next_url(page, section),
        saved_at=_changed_at(page, section.key),
        prefilled=reuse.prefilled(page.row),
    )
    return text, status


def _notes_here(section: Section, items: Mapping[str, Note]) -> dict[str, Note]:
    mine = {f"field:{f.key}": f.key for f in section.fields} | {f"section:{section.key}": ""}
    return {mine[place]: note for place, note in items.items() if place in mine}


def _next_url(page: Opened, section: Section) -> str:
    keys = [s.key for s in page.form.sections]
    after = keys[keys.index(section.key) + 1 :]
    if after:
        return url_for("parts.part", dossier=page.row.public_id, key=after[0])
    where = "uploads.documents" if page.form.documents else "dossiers.check"
    return url_for(where, dossier=page.row.public_id)


def _part(dossier: str, key: str) -> tuple[Opened, Section]:
    page = opened(dossier)
    if not page.own:
        raise NotFound
    try:
        return page, page.form.section(key)
    except KeyError as error:
        raise NotFound from error


def _stored(page: Opened, key: str) -> dict[str, object]:
    return next((dict(p.raw) for p in page.row.parts if p.key == key), {})


def _changed_at(page: Opened, key: str) -> datetime | None:
    part = next((p for p in page.row.parts if p.key == key), None)
    return part.changed_at if part is not None and part.rev > 1 else None


def _marks(section: Section, raw: Mapping[str, object]) -> dict[str, str]:
    return {f.key: fingerprint(raw.get(f.key)) for f in section.fields}


def _problems(bound: BoundSection) -> dict[str, str]:
    """By element id: a cell ``ket_qua.2.chi_so`` is ``ket_qua-2-chi_so`` on the page."""
    return {p.field.replace(".", "-"): p.message for p in bound.problems}


def _tidy(section: Section, raw: Mapping[str, object]) -> dict[str, object]:
    """``raw`` without the page's spare rows, the row whose button was pressed, and empty references."""
    do, _, what = request.form.get("_do", "").partition(":")
    tidy: dict[str, object] = dict(raw)
    for spec in section.fields:
        value = tidy.get(spec.key)
        if isinstance(spec, Rows) and isinstance(value, list):
            gone = what.partition(":")[2] if do == "remove" and what.partition(":")[0] == spec.key else ""
            kept = [row for index, row in enumerate(value) if str(index) != gone]
            tidy[spec.key] = [row for row in kept if any(str(cell).strip() for cell in row.values())]
        if isinstance(spec, PersonRef | UnitRef):
            picked, _, name = request.form.get(f"chon-{spec.key}", "").partition("|")
            if picked and name:
                tidy[spec.key] = {"id": picked[:100], "name": name[:300]}
            elif isinstance(value, dict) and not any(value.values()):
                tidy[spec.key] = {}
    return tidy


def _pasted(section: Section, typed: Mapping[str, object]) -> dict[str, object]:
    """The tables that rows were pasted into, those rows at their end. Saving while one types pastes nothing."""
    found: dict[str, object] = {}
    for spec in section.fields if not wants_json() else ():
        text = request.form.get(f"dan-{spec.key}", "")
        if isinstance(spec, Rows) and text.strip():
            value = typed.get(spec.key)
            rows = value if isinstance(value, list) else []
            found[spec.key] = [*rows, *pasting.pasted(spec, text, before=len(rows))]
    return found


def _first_pasted(section: Section) -> str:
    return next((f.key for f in section.fields if request.form.get(f"dan-{f.key}", "").strip()), "")


def _mention_unknown(names: list[str]) -> None:
    if names:
        flash(say("part-unknown", count=len(names)), "error")
