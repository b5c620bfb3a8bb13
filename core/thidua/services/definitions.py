"""Definitions: the form in force is stored, and a filed dossier is read with the one it was filed in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from typing import cast

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from thidua.models import Definition, Dossier
from thidua.plugin import Shape
from thidua.registry import Registry


@lru_cache(maxsize=256)
def read(json: str) -> Shape:
    """The shape of a definition's stored text."""
    return Shape.from_json(json)


def shape(definition: Definition) -> Shape:
    """The form, documents and rubric that ``definition`` keeps."""
    return read(definition.json)


def form_of(dossier: Dossier) -> Shape:
    """The form of ``dossier`` with the numbers that its call sets: limits, judges, gap, bounds, prizes."""
    return under(dossier.definition.json, dossier.call.parameters)


def under(json: str, parameters: Mapping[str, object]) -> Shape:
    """The form of a definition's stored text with the numbers that a call sets."""
    return _under(json, tuple(sorted((key, str(value)) for key, value in parameters.items())))


def forms(session: Session, sha256s: Collection[str], parameters: Mapping[str, object]) -> dict[str, Shape]:
    """Forms by the hash of their definition, with the numbers that a call sets."""
    query = select(Definition.sha256, Definition.json).where(Definition.sha256.in_(sha256s))
    return {sha256: under(json, parameters) for sha256, json in session.execute(query)}


@lru_cache(maxsize=256)
def _under(json: str, parameters: tuple[tuple[str, str], ...]) -> Shape:
    return read(json).under(dict(parameters))


def shapes(session: Session, sha256s: Collection[str]) -> dict[str, Shape]:
    """Definitions by their hash, without the numbers of a call. One statement."""
    query = select(Definition.sha256, Definition.json).where(Definition.sha256.in_(sha256s))
    return {sha256: read(json) for sha256, json in session.execute(query)}


def forms_of_edition(session: Session, slug: str, edition: str) -> list[Shape]:
    """Every form that was ever in force in an edition, its plugin installed or not."""
    query = select(Definition.json).where(Definition.slug == slug, Definition.edition == edition)
    return [read(json) for json in session.scalars(query.order_by(Definition.seen_at))]


def all_shapes(session: Session) -> dict[str, Shape]:
    """Every definition that was ever in force here, by its hash, without the numbers of a call. One statement."""
    return {sha256: read(json) for sha256, json in session.execute(select(Definition.sha256, Definition.json))}


_titles: dict[str, tuple[str, str]] = {}  # of the campaign and of the track, by the hash of the definition


def track_titles(session: Session, sha256s: set[str]) -> dict[str, str]:
    """The titles of the tracks that definitions belong to; a definition never changes, so each is read once."""
    _read_titles(session, sha256s)
    return {sha256: _titles.get(sha256, ("", ""))[1] for sha256 in sha256s}


def campaign_titles(session: Session) -> dict[str, str]:
    """The latest title of every campaign that was ever in force here, by slug, its plugin installed or not."""
    latest = dict(session.execute(select(Definition.slug, Definition.sha256).order_by(Definition.seen_at)).all())
    _read_titles(session, set(latest.values()))
    return {slug: _titles[sha256][0] for slug, sha256 in latest.items()}


def _read_titles(session: Session, sha256s: set[str]) -> None:
    missing = sha256s - _titles.keys()
    if missing:
        found = shapes(session, missing)
        _titles.update({sha256: (form.campaign_title, form.title) for sha256, form in found.items()})


def settle(session: Session, registry: Registry, now: datetime) -> None:
    """Bring the registry and the stored definitions together at start-up.

    A plugin whose keys, kinds, points or classes changed under the same edition is
    left out by the registry, with the differences; new wordings are stored.
    """
    # Past the classes: they would have every relation of every table worked out before the site answers.
    table = cast("Table", Definition.__table__)
    column = table.c
    kept = session.execute(
        select(column.slug, column.edition, column.track, column.sha256).order_by(column.seen_at)
    ).all()
    known = {sha256 for *_, sha256 in kept}
    latest = {(slug, edition, track): sha256 for slug, edition, track, sha256 in kept}
    live = {identity: form.sha256 for identity, form in registry.shapes.items()}
    offered = {(slug, edition) for slug, edition, _ in live}
    # What is word for word as it was needs no reading, nor what nobody offers any more.
    changed = {key: sha256 for key, sha256 in latest.items() if key[:2] in offered and live.get(key) != sha256}
    before = shapes(session, set(changed.values())) if changed else {}
    registry.compare({identity: before[sha256] for identity, sha256 in changed.items()})
    there = {live[identity] for identity in registry.shapes} & known
    session.execute(update(table).where(column.sha256.in_(there)).values(seen_at=now))
    for (slug, edition, track), form in registry.shapes.items():
        sha256 = live[slug, edition, track]
        if sha256 not in known:
            new = Definition(sha256=sha256, slug=slug, edition=edition, track=track, json=form.to_json(), seen_at=now)
            session.add(new)
    session.flush()
