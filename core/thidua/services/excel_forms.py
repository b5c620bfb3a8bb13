"""A dossier's form as an Excel file (mẫu Excel): downloaded with what stands, filled in, taken back.

The file enters by :func:`~thidua.services.dossiers.save_part`, as a page does: the same rights, the same merging.
What nobody changed in the file is left as it stands; what was changed both in the file and on the page since comes
back as a conflict. A file that was sent, mended and sent again is taken again. The file is read before any write
begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from sqlalchemy.orm import Session

from thidua.documents.form_book import Filled, Stamp, form_book, normal, read_book, read_form, stamp_of
from thidua.errors import Invalid
from thidua.forms import SPARE_ROWS, fingerprint, section_form
from thidua.models import Database, Dossier
from thidua.permissions import Actor
from thidua.plugin import JsonValue, Rows, Section, Shape
from thidua.services.definitions import form_of
from thidua.services.dossiers import open_for_edit, save_part
from thidua.services.working import EXCEL_PART, raw_values, set_aside


@dataclass(frozen=True)
class Wrong:
    """What is wrong in the file: where, as people find it, and what; ``place`` is the field of the form."""

    cell: str
    message: str
    place: str


@dataclass(frozen=True)
class Taken:
    """What a file did: labels of the fields it changed, what of it is not yet right, and what was left as it stood
    because it was changed on the page after the file had been downloaded.
    """

    changed: tuple[str, ...]
    wrong: tuple[Wrong, ...]
    contested: tuple[Wrong, ...]


def download(session: Session, *, dossier: str, by: Actor, now: datetime) -> tuple[str, bytes]:
    """The name and the bytes of the form of ``dossier``, for whoever may fill it in now."""
    row, _ = open_for_edit(session, dossier, by=by, now=now)
    form, raw = form_of(row), _raw(row)
    marks = {spec.key: fingerprint(normal(spec, raw.get(spec.key))) for spec in form.fields}
    return f"{row.code}.xlsx", form_book(form, raw, _stamp(form, row), marks)


def take(database: Database, *, dossier: str, path: Path, by: Actor, now: datetime) -> Taken:
    """Take a filled file into the working copy.

    Refused, with nothing changed: a file that is no .xlsx (``BadFile``), one that is no form of ours, or of another
    edition, track or dossier, and a table far longer than it may be (``Invalid``), and as every part is.
    """
    with database.reading() as session:
        row, _ = open_for_edit(session, dossier, by=by, now=now)
        form, stands = form_of(row), _raw(row)
        own = _stamp(form, row)
        grids = read_book(path)
        _require_same(own, stamp_of(grids), form)
        filled = read_form(grids, form)
    for spec in form.fields:
        _require_few(spec, filled)
    with database.writing() as session:
        return _save(session, form, filled, stands, dossier=dossier, by=by, now=now)


def _save(
    session: Session,
    form: Shape,
    filled: Filled,
    stands: Mapping[str, JsonValue],
    *,
    dossier: str,
    by: Actor,
    now: datetime,
) -> Taken:
    row, _ = open_for_edit(session, dossier, by=by, now=now)
    sent = _sent_before(row, by)
    changed: list[str] = []
    wrong: list[Wrong] = []
    contested: list[Wrong] = []
    for section in form.sections:
        raw, base = _moved(section, filled, stands, sent)
        if not raw:
            continue
        saved = save_part(session, dossier=dossier, part=section.key, raw=raw, base=base, by=by, now=now)
        for spec in section.fields:
            if spec.key in saved.conflicts:
                contested.append(Wrong(filled.cells.get(spec.key, ""), spec.label, spec.key))
            elif spec.key in raw:
                sent[spec.key] = [_before(filled, spec.key), saved.fingerprints[spec.key]]
                if fingerprint(raw[spec.key]) != fingerprint(stands.get(spec.key)):
                    changed.append(spec.label)
        found = section_form(section, {**_only(section.fields, stands), **raw}).problems
        wrong += [_wrong(filled, one.field, one.message) for one in found if one.field.partition(".")[0] in raw]
    if changed:
        set_aside(session, row, EXCEL_PART, {**_aside(row), str(by.user_id): dict(sent)}, by=by.user_id, now=now)
    return Taken(tuple(changed), tuple(wrong), tuple(contested))


def _moved(
    section: Section, filled: Filled, stands: Mapping[str, JsonValue], sent: Mapping[str, JsonValue]
) -> tuple[dict[str, JsonValue], dict[str, str]]:
    """What of a section was changed in the file, and the fingerprint of what stands where nobody else changed it.

    What stands because this user's file of the same download wrote it was changed by nobody else: people mend what
    was named and send the same file again.
    """
    raw: dict[str, JsonValue] = {}
    base: dict[str, str] = {}
    for spec in section.fields:
        if spec.key not in filled.raw:
            continue
        before, standing = _before(filled, spec.key), fingerprint(stands.get(spec.key))
        again = sent.get(spec.key) == [before, standing]
        if fingerprint(filled.raw[spec.key]) == before and not again:
            continue
        same = again or before == fingerprint(normal(spec, stands.get(spec.key)))
        raw[spec.key] = filled.raw[spec.key]
        base[spec.key] = standing if same else before
    return raw, base


def _before(filled: Filled, key: str) -> str:
    return filled.stood[key].mark if key in filled.stood else ""


def _aside(row: Dossier) -> dict[str, JsonValue]:
    held = next((part.raw for part in row.parts if part.key == EXCEL_PART), {})
    return cast("dict[str, JsonValue]", dict(held))


def _sent_before(row: Dossier, by: Actor) -> dict[str, JsonValue]:
    """By field: what stood at the download and what this user's last file wrote, as fingerprints."""
    sent = _aside(row).get(str(by.user_id))
    return dict(sent) if isinstance(sent, Mapping) else {}


def _only(fields: object, raw: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    keys = {spec.key for spec in fields} if isinstance(fields, tuple) else set()
    return {key: value for key, value in raw.items() if key in keys}


def _wrong(filled: Filled, place: str, message: str) -> Wrong:
    return Wrong(filled.cells.get(place) or filled.cells.get(place.partition(".")[0], ""), message, place)


def _stamp(form: Shape, row: Dossier) -> Stamp:
    return Stamp(form.slug, form.edition, form.track, row.definition_sha256, row.public_id, row.code)


def _require_same(own: Stamp, given: Stamp, form: Shape) -> None:
    if (given.slug, given.track) != (own.slug, own.track):
        raise Invalid("form-book-other-track", campaign=form.campaign_title, track=form.title)
    if given.edition != own.edition:
        raise Invalid("form-book-other-edition", given=given.edition, own=own.edition)
    if given.dossier != own.dossier:
        raise Invalid("form-book-other-dossier", given=given.code, own=own.code)


def _require_few(spec: object, filled: Filled) -> None:
    if isinstance(spec, Rows):
        lines = filled.raw.get(spec.key)
        if isinstance(lines, list) and len(lines) > spec.max_rows + SPARE_ROWS:
            raise Invalid("form-rows-many", label=spec.label, count=len(lines), limit=spec.max_rows)


def _raw(row: Dossier) -> dict[str, JsonValue]:
    return cast("dict[str, JsonValue]", raw_values(row))
