"""A site: its settings and the five things that everything runs on."""

from __future__ import annotations

from dataclasses import dataclass

from thidua.config import Settings
from thidua.files.limits import MB, Limits
from thidua.files.store import BlobStore
from thidua.models import Database
from thidua.registry import Registry
from thidua.search.engine import Engine


@dataclass(frozen=True)
class Site:
    """What ``create_app``, the worker and the shell all start from.

    Services that only touch rows take a session; those that also need files, plugins
    or the index take the site.
    """

    settings: Settings
    database: Database
    registry: Registry
    store: BlobStore
    engine: Engine

    @property
    def extractors(self) -> dict[str, str]:
        """Extension → ``module:function`` of its reader: called by name, in a process of its own."""
        readers = {extension: one.extract for extension, one in self.registry.extractors.items()}
        return {extension: f"{read.__module__}:{read.__qualname__}" for extension, read in readers.items()}

    @property
    def extract_limits(self) -> Limits:
        """Time and memory that reading one file may take, from the settings."""
        return Limits(wall=float(self.settings.extract_seconds), memory=self.settings.extract_memory_mb * MB)
