"""The school's own sheet (phiếu tự chấm): typed in the working copy, filed with the version, beside the office's.

It is a part of the dossier as every section is: saved as it is typed, merged by what the page showed, complete
before the dossier is handed over. Filing freezes it twice: in the version's content, under its SHA-256, and as a
score sheet of the stage ``SELF``, which stands beside the office's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from thidua.errors import NotFound
from thidua.models import Dossier, Part, Score, Scoresheet, Stage, State, Version
from thidua.permissions import Actor, Scope, final_sheets, latest_version, may
from thidua.plugin import Gate, Problem, Shape
from thidua.scoring import Beside, Sheet, beside, missing_evidence
from thidua.services.definitions import form_of
from thidua.services.dossiers import open_for_edit
from thidua.services.moves import touch
from thidua.services.sheet_texts import (
    COMMENT,
    POINT,
    WHOLE,
    Contested,
    Reckoned,
    marks_of,
    merge,
    reckon,
    settled,
)
from thidua.services.sheets import texts_of
from thidua.services.working import SELF_PART, current_files, self_texts


@dataclass(frozen=True)
class OwnSheet:
    """The school's sheet in the working copy: texts by place, their marks, what they come to; ``rev`` 0: untouched."""

    form: Shape
    texts: Mapping[str, str]
    reckoned: Reckoned
    rev: int
    changed_at: datetime | None

    @property
    def marks(self) -> dict[str, str]:
        """The fingerprint of every place, for the next save."""
        return marks_of(self.form, self.texts)


@dataclass(frozen=True)
class Kept:
    """The outcome of a save: revision, when, what it comes to, the places left as they stood, and every mark now."""

    rev: int
    at: datetime
    reckoned: Reckoned
    contested: Mapping[str, Contested]
    marks: Mapping[str, str]


@dataclass(frozen=True)
class SideBySide:
    """Self and office next to each other: ``columns`` are the labels, ``rows`` a line per node, parents first.

    ``levels`` are, by column, the bands (mức) of the nodes that have some, and ``classes`` what each sheet gives.
    ``gates`` are the keys that are met or not; ``comments`` the words beside points, by node, in the columns' order.
    """

    columns: tuple[str, ...]
    rows: tuple[Beside, ...]
    levels: tuple[Mapping[str, str], ...]
    classes: tuple[str, ...]
    gates: frozenset[str]
    comments: Mapping[str, tuple[str, ...]]


def own_sheet(dossier: Dossier) -> OwnSheet:
    """The school's sheet as it stands in the working copy; ``NotFound`` in a track without one."""
    form = form_of(dossier)
    if not form.self_scored:
        raise NotFound
    part = _part(dossier)
    texts = self_texts(dossier)
    return OwnSheet(form, texts, reckon(form, texts), part.rev if part else 0, part.changed_at if part else None)


def save_own(
    session: Session, *, dossier: str, texts: Mapping[str, str], base: Mapping[str, str], by: Actor, now: datetime
) -> Kept:
    """Keep what the school typed, complete or not, read or not.

    ``texts`` maps places (``point:<leaf>`` …) to what was typed, any subset; ``base`` to the fingerprints of what
    the page showed. Raises ``NotFound``, ``NotAllowed``, ``Refused`` (``wrong-state``) as every part does.
    """
    row, _ = open_for_edit(session, dossier, by=by, now=now)
    held = own_sheet(row)
    merged, contested = merge(held.form, held.texts, texts, base)
    part = _part(row)
    if merged != held.texts:
        if part is None:
            part = Part(dossier_id=row.id, key=SELF_PART, raw={}, rev=0, changed_at=now, changed_by=by.user_id)
            session.add(part)
        part.raw = dict(merged)
        part.rev += 1
        part.changed_at, part.changed_by = now, by.user_id
        touch(session, row, now)
    return Kept(part.rev if part else 0, now, reckon(held.form, merged), contested, marks_of(held.form, merged))


def problems(form: Shape, dossier: Dossier, answered: Collection[str]) -> list[Problem]:
    """What keeps the school's sheet from being filed, and the points without evidence; nothing in other tracks.

    ``answered`` are the keys of the fields with an answer. Places read ``tu-cham:<leaf>``.
    """
    if not form.self_scored:
        return []
    reckoned = reckon(form, self_texts(dossier), final=True)
    present = {*answered, *current_files(dossier)}
    wrong = [Problem(_place(one.field), one.message) for one in reckoned.problems]
    wanting = missing_evidence(form, Sheet(reckoned.valued.points), present)
    return [*wrong, *(Problem(_place(one.field), one.message, "warning") for one in wanting)]


def filed_texts(dossier: Dossier) -> dict[str, str]:
    """The school's sheet as a version keeps it: every point written in one way; empty in other tracks."""
    form = form_of(dossier)
    return settled(form, self_texts(dossier)) if form.self_scored else {}


def filed_with(session: Session, version: Version) -> dict[str, str]:
    """What the school gave itself in ``version``, by place; empty in other tracks."""
    return texts_of(next((sheet for _, sheet in final_sheets(session, version, Stage.SELF)), None))


def freeze(session: Session, dossier: Dossier, version: Version, *, by: Actor, now: datetime) -> None:
    """File the school's sheet with ``version``, as the sheet of the stage ``SELF``."""
    texts = filed_texts(dossier)
    if not texts:
        return
    nodes = dict.fromkeys(place.partition(":")[2] for place in texts if place != WHOLE)
    scores = [Score(node=n, points=texts.get(POINT + n, ""), comment=texts.get(COMMENT + n, "")) for n in nodes]
    session.add(
        Scoresheet(
            version_id=version.id,
            stage=Stage.SELF,
            scorer_id=by.user_id,
            comment=texts.get(WHOLE, ""),
            changed_at=now,
            final_at=now,
            scores=scores,
        )
    )
    session.flush()


def side_by_side(session: Session, scope: Scope, dossier: Dossier) -> SideBySide | None:
    """The sheets of school and office on what stands, as far as ``scope`` may see them; None without any.

    The school sees its own, and the office's once the result is published; so do readers then.
    """
    form = form_of(dossier)
    if form.rubric is None or form.judging is not None or not may(scope, "see:answers", dossier):
        return None
    version = latest_version(session, dossier)
    if version is None:
        return None
    office = may(scope, "see:checklist", dossier) and dossier.owner_unit_id not in scope.own
    stages = [Stage.SELF] if form.self_scored else []
    if office or (dossier.state == State.PUBLISHED and may(scope, "see:result", dossier)):
        stages.append(Stage.OFFICE)
    held = {stage: texts_of(next((s for _, s in final_sheets(session, version, stage)), None)) for stage in stages}
    read = {stage: reckon(form, texts) for stage, texts in held.items() if texts}
    if not read:
        return None
    sheets = {_LABELS[stage]: Sheet(one.valued.points) for stage, one in read.items()}
    worded = [held[stage] if office or stage is Stage.SELF else {} for stage in read]
    return SideBySide(
        tuple(sheets),
        beside(form.rubric, sheets),
        tuple({node.key: node.band for node in one.valued.tree() if node.band} for one in read.values()),
        tuple(one.given.given.label if one.given else "" for one in read.values()),
        frozenset(key for key, leaf in form.rubric.leaves.items() if isinstance(leaf, Gate)),
        {
            leaf: tuple(texts.get(COMMENT + leaf, "") for texts in worded)
            for leaf in form.rubric.leaves
            if any(texts.get(COMMENT + leaf) for texts in worded)
        },
    )


_LABELS = {Stage.SELF: "Trường tự chấm", Stage.OFFICE: "Cơ quan chấm"}


def _part(dossier: Dossier) -> Part | None:
    return next((part for part in dossier.parts if part.key == SELF_PART), None)


def _place(field: str) -> str:
    return f"{SELF_PART}:{field.partition(':')[2] or field}"
