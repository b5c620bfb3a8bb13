"""Which texts share fingerprints: found within a scope, counted over everything."""

from __future__ import annotations

import json
from collections.abc import Set
from typing import NamedTuple

from sqlalchemy import Text, bindparam, distinct, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from thidua.models import BlobText, Dossier, Fingerprint, StandingText, Version
from thidua.permissions.scope import Scope
from thidua.permissions.selects import dossiers

FEW = 10
"""What stands in so many dossiers is never common, however few there are."""
COMMON_PERCENT = 2
"""Above :data:`FEW`, a fingerprint is common when it stands in more dossiers than so many per cent of all texts."""

# One bound text for any number of hashes: the statement stays the same, and no limit of variables is met.
_ASKED = func.json_each(bindparam("hashes")).table_valued("value")
_HOLDING = (
    select(Fingerprint.hash, Fingerprint.text_id)
    .select_from(_ASKED)
    .join(Fingerprint, Fingerprint.hash == _ASKED.c.value)
)


class AlikeText(NamedTuple):
    """A text that shares so many (``held``) of the fingerprints asked for."""

    id: int
    dossier_id: int
    field: str
    n: int
    held: int


def common_fingerprints(session: Session, hashes: Set[int]) -> frozenset[int]:
    """Those of ``hashes`` that so many dossiers hold, hidden ones too, that they are nobody's own."""
    texts = session.scalar(select(func.count()).select_from(StandingText)) or 0
    limit = max(FEW, texts * COMMON_PERCENT // 100)
    held = _HOLDING.subquery()
    many = (
        select(held.c.hash)
        .join(StandingText, StandingText.id == held.c.text_id)
        .group_by(held.c.hash)
        .having(func.count(distinct(StandingText.dossier_id)) > limit)
    )
    return frozenset(session.scalars(many, {"hashes": json.dumps(sorted(hashes))}))


def alike_texts(
    session: Session, scope: Scope, hashes: Set[int], *, but: int, field: str | None, limit: int
) -> list[AlikeText]:
    """The visible texts that share most of ``hashes``, not those of dossier ``but``; of one field, or of any."""
    held = _HOLDING.subquery()
    counted = select(held.c.text_id, func.count().label("count")).group_by(held.c.text_id).subquery()
    query = (
        dossiers(scope, StandingText.id, StandingText.dossier_id, StandingText.field, StandingText.n, counted.c.count)
        .join(StandingText, StandingText.dossier_id == Dossier.id)
        .join(counted, counted.c.text_id == StandingText.id)
        .where(Dossier.id != but, Dossier.filed > 0)
        .order_by(counted.c.count.desc(), StandingText.id.desc())
        .limit(limit)
    )
    if field is not None:
        query = query.where(StandingText.field == field)
    rows = session.execute(query, {"hashes": json.dumps(sorted(hashes))})
    return [AlikeText(*row) for row in rows]


def standing_bodies(session: Session, scope: Scope, ids: Set[int]) -> dict[int, str]:
    """By id of a standing text: the text itself, out of the version or the file that it was made from."""
    place = literal('$.answers."') + StandingText.field + literal('"')
    answer = func.json_extract(type_coerce(Version.content, Text), place)
    query = (
        dossiers(scope, StandingText.id, func.coalesce(BlobText.text, answer))
        .join(StandingText, StandingText.dossier_id == Dossier.id)
        .join(Version, Version.id == StandingText.version_id)
        .outerjoin(BlobText, BlobText.sha256 == StandingText.sha256)
        .where(StandingText.id.in_(ids))
    )
    return {found: text for found, text in session.execute(query) if isinstance(text, str)}


def filed_ids_after(session: Session, last: int, limit: int) -> list[int]:
    """The next ids of dossiers with a standing version, for the worker."""
    query = select(Dossier.id).where(Dossier.id > last, Dossier.filed > 0).order_by(Dossier.id).limit(limit)
    return list(session.scalars(query))


def unfiled_with_texts(session: Session) -> list[int]:
    """The ids of dossiers whose texts are still kept although nothing of theirs stands any more, for the worker."""
    query = select(StandingText.dossier_id).join(Dossier, Dossier.id == StandingText.dossier_id)
    return list(session.scalars(query.where(Dossier.filed == 0).distinct()))


def has_standing_texts(session: Session) -> bool:
    """Whether fingerprints are there at all, or nothing is filed: otherwise they were lost."""
    held = session.scalar(select(StandingText.id).limit(1))
    return held is not None or not filed_ids_after(session, 0, 1)
