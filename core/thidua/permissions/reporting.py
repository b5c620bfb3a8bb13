"""What a report reads: the filed dossiers of a call that one may see, what stands of each, and their results."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import Session

from thidua.models import Dossier, Result, State, Version, VersionFile
from thidua.permissions.rights import may
from thidua.permissions.scope import Scope, visible_to
from thidua.permissions.selects import dossiers

_DECIDED = (State.SCORED, State.PUBLISHED)


def reported(scope: Scope, call_id: int, states: Collection[State]) -> Select[Any]:
    """The visible dossiers of a call that stand with an office in these states, each with its standing version."""
    return (
        dossiers(
            scope,
            Dossier.id,
            Dossier.public_id,
            Dossier.code,
            Dossier.title,
            Dossier.track,
            Dossier.state,
            Dossier.owner_unit_id,
            Dossier.receiving_unit_id,
            Dossier.filed,
            Version.id.label("version_id"),
            func.json_extract(Version.content, "$.answers").label("answers"),
            Version.submitted_at,
            Version.definition_sha256,
        )
        .join(Version, and_(Version.dossier_id == Dossier.id, Version.n == Dossier.filed))
        .where(Dossier.call_id == call_id, Dossier.filed > 0, Dossier.state.in_(states))
        .order_by(Dossier.id)
    )


def any_hidden(session: Session, scope: Scope, call_id: int, states: Collection[State]) -> bool:
    """Whether a call has filed dossiers in these states that ``scope`` does not see: a fact for rules, not a number."""
    filed = (Dossier.call_id == call_id, Dossier.filed > 0, Dossier.state.in_(states))
    return bool(session.scalar(select(exists().where(*filed, ~visible_to(scope)))))


def standing_results(session: Session, scope: Scope, rows: Sequence[Any]) -> dict[int, Any]:
    """By dossier: total, class, prize, place, tie and calculation of the result that stands, where one may see it."""
    ids = [row.id for row in rows if row.state in _DECIDED and may(scope, "see:result", row)]
    facts = (Result.total, Result.class_key, Result.class_label, Result.prize, Result.prize_label, Result.place)
    query = select(Result.dossier_id, *facts, Result.tie, Result.calculation)
    query = query.where(Result.dossier_id.in_(ids), Result.reopened_at.is_(None)).order_by(Result.n)
    return {row.dossier_id: row for row in session.execute(query)}


def files_filed(session: Session, version_ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """By version: slot and name of every file in it, in the order of the form."""
    found: dict[int, list[tuple[str, str]]] = {version_id: [] for version_id in version_ids}
    query = select(VersionFile.version_id, VersionFile.slot, VersionFile.name)
    for version_id, slot, name in session.execute(
        query.where(VersionFile.version_id.in_(version_ids)).order_by(VersionFile.id)
    ):
        found[version_id].append((slot, name))
    return found
