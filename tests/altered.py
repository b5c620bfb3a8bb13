"""A site whose tiny campaign is another one: for tests of what a track may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import cast

from small_world import NOW
from thidua.config import Settings
from thidua.files.store import BlobStore
from thidua.models import Database
from thidua.plugin import Campaign, hookimpl
from thidua.registry import Registry
from thidua.search.engine import Engine
from thidua.services import definitions
from thidua.services.site import Site


@contextmanager
def altered_site(settings: Settings, database: Database, campaign: Campaign) -> Iterator[Site]:
    """The site, with ``campaign`` in the place of the tiny one."""

    @hookimpl
    def thidua_campaigns() -> list[Campaign]:
        return [campaign]

    registry = Registry.load(strict=True)
    registry.add(SimpleNamespace(thidua_campaigns=thidua_campaigns), "tiny")
    with database.writing() as session:
        definitions.settle(session, registry, NOW)
    engine = cast("Engine", registry.engines["whoosh"].open(settings.index_path, registry.abbreviations))
    try:
        yield Site(settings, database, registry, BlobStore(settings.blobs_path), engine)
    finally:
        engine.close()
