"""The package that is tried: where it is, what it offers, where its editions are kept."""

from __future__ import annotations

import json
import logging
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import Distribution, EntryPoint, PackageNotFoundError, distribution, entry_points
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

from thidua.plugin import Campaign, ContractError, Shape, Track, shape_of
from thidua.plugin.problems import did_you_mean
from thidua.registry import GROUP, Registry

EDITIONS = "editions"


@dataclass(frozen=True)
class Tried:
    """One track of one edition, and how a fault in it begins."""

    campaign: Campaign
    track: Track

    @cached_property
    def shape(self) -> Shape:
        """The form as it is stored."""
        return shape_of(self.campaign, self.track)

    @cached_property
    def plain(self) -> Shape:
        """The form with the default of every parameter."""
        return self.shape.under({})

    @property
    def place(self) -> str:
        """``vo-sach-chu-dep 2026 track 'lop'``."""
        return f"{self.campaign.slug} {self.campaign.edition} track {self.track.key!r}"


@dataclass(frozen=True)
class Subject:
    """A plugin to be tried: the entry point's ``name`` and the importable ``package``.

    ``editions`` is the folder of its stored forms (``None``: there is no project around it);
    ``write``: store what is new there in place of finding it wanting.
    """

    name: str
    package: str
    editions: Path | None = None
    write: bool = False

    @cached_property
    def registry(self) -> Registry:
        """The plugin alone, loaded as a site loads it."""
        registry = Registry()
        with unlogged():
            registry.add_entry(EntryPoint(self.name, self.package, GROUP))
        return registry

    @property
    def loads(self) -> bool:
        """Whether there is anything to look at."""
        return not self.registry.broken

    @cached_property
    def tracks(self) -> tuple[Tried, ...]:
        """Every track of every edition."""
        return tuple(Tried(campaign, track) for campaign in self.registry.campaigns for track in campaign.tracks)

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """The Python files of the package."""
        try:
            spec = find_spec(self.package)
        except Exception:
            return ()
        if spec is None or spec.origin is None:
            return ()
        folders = spec.submodule_search_locations
        return tuple(sorted(Path(folders[0]).rglob("*.py"))) if folders else (Path(spec.origin),)


def subjects_of(name: str, editions: Path | None = None, *, write: bool = False) -> list[Subject]:
    """The plugins meant by ``name``: a distribution, an entry point, an import package or a project's folder.

    Raises :class:`ContractError` when there is nothing of that name.
    """
    folder = Path(name)
    if (folder / "pyproject.toml").is_file():
        found = [(one, _beside(folder)) for one in _of_project(folder)]
    else:
        found = [(one, _beside(_project(one.dist))) for one in _installed(name)]
    if not found:
        known = sorted({one.name for one in entry_points(group=GROUP)})
        raise ContractError(
            f"no plugin {name!r} is installed here{did_you_mean(name, known)}; name a distribution, one of "
            f"{', '.join(known)}, or a folder with a pyproject.toml"
        )
    return [Subject(one.name, one.module, editions or kept, write) for one, kept in found]


def _installed(name: str) -> list[EntryPoint]:
    entries = sorted(entry_points(group=GROUP), key=lambda one: one.name)
    try:
        of_dist = [one for one in distribution(name).entry_points if one.group == GROUP]
    except (PackageNotFoundError, ValueError):
        of_dist = []
    named = {one.name for one in of_dist}
    return [one for one in entries if one.name in named or name in (one.name, one.module)]


def _of_project(folder: Path) -> list[EntryPoint]:
    """The entry points that a project declares, importable from its folder."""
    try:
        table = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContractError(f"{folder / 'pyproject.toml'}: {error}") from error
    declared = table.get("project", {}).get("entry-points", {}).get(GROUP, {})
    for root in (folder / "src", folder):
        if str(root.resolve()) not in sys.path:
            sys.path.insert(0, str(root.resolve()))
    return [EntryPoint(name, module, GROUP) for name, module in sorted(declared.items())]


def _project(found: Distribution | None) -> Path | None:
    """The folder a distribution was installed from, if it still tells."""
    text = found.read_text("direct_url.json") if found else None
    address = urlsplit(json.loads(text)["url"]) if text else None
    return Path(unquote(address.path)) if address and address.scheme == "file" else None


def _beside(project: Path | None) -> Path | None:
    if project is None or not project.is_dir():
        return None
    kept = [project / "tests" / EDITIONS, project / "tests" / "plugins" / EDITIONS]
    return next((folder for folder in kept if folder.is_dir()), project / EDITIONS)


@contextmanager
def unlogged() -> Iterator[None]:
    """Faults that are told to the author are not logged to the same terminal as well."""
    logger, handler = logging.getLogger("thidua.registry"), logging.NullHandler()
    before, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = before
