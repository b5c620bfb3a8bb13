"""The titles of achievements in filed dossiers, within a scope."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Text, and_, bindparam, func, type_coerce
from sqlalchemy.orm import Session

from thidua.models import Dossier, Version
from thidua.permissions.scope import Scope
from thidua.permissions.selects import dossiers


def standing_titles(
    session: Session, scope: Scope, definitions: Collection[str], key: str, *, limit: int
) -> Iterator[tuple[int, Any]]:
    """Visible dossiers of these definitions (hashes), the newest first, with the answer ``key`` of what stands.

    A table comes as its JSON text. Only that answer leaves the database, and never all of them at once.
    """
    answer = func.json_extract(type_coerce(Version.content, Text), bindparam("path", f'$.answers."{key}"'))
    query = (
        dossiers(scope, Dossier.id, answer)
        .join(Version, and_(Version.dossier_id == Dossier.id, Version.n == Dossier.filed))
        .where(Version.definition_sha256.in_(definitions))
        .order_by(Dossier.id.desc())
        .limit(limit)
    )
    for row_id, given in session.execute(query.execution_options(yield_per=200)):
        if given is not None:
            yield row_id, given
