"""Which campaigns there are: plugins loaded one by one, and the broken ones left out by name.

A fault has one name on it: every plugin lives in a manager of its own and is called
alone. In tests and debug (``strict``) a fault stops the start with :class:`ContractError`;
when serving, the plugin is left out, whole, and ``Registry.broken`` says why.
"""

from __future__ import annotations

import inspect
import logging
import os
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from importlib.metadata import EntryPoint, entry_points
from itertools import islice
from types import ModuleType
from typing import TypeAlias, TypeVar

import pluggy

from thidua import bounded, hookspecs, trace
from thidua.conduct import LOAD_SECONDS, Conduct, Lent, name_of
from thidua.errors import say
from thidua.plugin import (
    Campaign,
    Check,
    ContractError,
    DossierChange,
    DossierSnapshot,
    Past,
    Problem,
    SearchEngine,
    Shape,
    TextExtractor,
    Track,
    shape_of,
)
from thidua.plugin.faults import own_frame
from thidua.plugin.hooks import PROJECT
from thidua.plugin.problems import did_you_mean, named

GROUP = "thidua"
MOST_PROBLEMS = 200
log = logging.getLogger(__name__)

Identity: TypeAlias = tuple[str, str, str]
Offer = TypeVar("Offer")


@dataclass(frozen=True)
class BrokenPlugin:
    """A plugin that was left out: its entry point's name, the fault in a sentence, where it happened.

    ``fault`` does not repeat the name, and ends with the last line of the plugin's own code where that is
    known: ``field 'lop': required is 'no'; write True or False (thidua_vo_sach/form.py:12)``.
    """

    name: str
    fault: str
    traceback: str = ""


@dataclass
class _Loaded:
    name: str
    manager: pluggy.PluginManager
    campaigns: tuple[Campaign, ...] = ()
    extractors: tuple[TextExtractor, ...] = ()
    engines: tuple[SearchEngine, ...] = ()
    abbreviations: dict[str, str] = field(default_factory=dict)

    @cached_property
    def shapes(self) -> dict[Identity, Shape]:
        """The shape of every track."""
        shapes = [shape_of(campaign, track) for campaign in self.campaigns for track in campaign.tracks]
        return {shape.identity: shape for shape in shapes}


class Registry:
    """The campaigns, readers, engines and abbreviations of one application.

    >>> registry = Registry()
    >>> registry.campaigns, registry.campaign("khong-co", "2024"), registry.broken
    ((), None, {})
    """

    def __init__(self, *, strict: bool = False) -> None:
        self.strict = strict
        self.broken: dict[str, BrokenPlugin] = {}
        self.conduct = Conduct()
        self.entries: dict[str, EntryPoint] = {}
        self._loaded: dict[str, _Loaded] = {}
        self._offered: dict[tuple[str, str], set[str]] = {}

    @classmethod
    def load(cls, off: Iterable[str] = frozenset(), strict: bool = False) -> Registry:
        """Everything installed in the entry-point group ``thidua``, sorted by name, without the names in ``off``.

        Raises :class:`ContractError` at the first fault when ``strict``.
        """
        registry = cls(strict=strict)
        left_out = frozenset(off)
        for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
            if entry.name not in left_out:
                registry.add_entry(entry)
        return registry

    def add_entry(self, entry: EntryPoint) -> None:
        """Import what ``entry`` names, and :meth:`add` it."""
        self.entries[entry.name] = entry
        outcome = bounded.call(entry.load, LOAD_SECONDS)
        if outcome.error is not None:
            self._leave_out(entry.name, outcome.error, _package_of(entry.module))
            return
        self.add(outcome.value, entry.name)

    def add(self, plugin: object, name: str) -> None:
        """Register a plugin (a module or any object with marked functions) under ``name``.

        Whatever is wrong with it goes to :attr:`broken`, or is raised as
        :class:`ContractError` when the registry is strict.
        """
        if name in self._loaded or name in self.broken:
            self._leave_out(name, ContractError("two plugins bear this name; rename one entry point"))
            return
        outcome = bounded.call(lambda: self._collect(plugin, name), LOAD_SECONDS)
        loaded, error = outcome.value, outcome.error
        if error is not None or loaded is None:
            home = plugin.__name__ if isinstance(plugin, ModuleType) else type(plugin).__module__
            self._leave_out(name, error or RuntimeError("nothing came of it"), _package_of(home))
            return
        self._loaded[name] = loaded
        self._check_identities(loaded)

    @property
    def plugins(self) -> tuple[str, ...]:
        """The names of the plugins in use, sorted."""
        return tuple(sorted(self._loaded))

    @property
    def campaigns(self) -> tuple[Campaign, ...]:
        """Every campaign in use, sorted by slug and edition."""
        found = [campaign for loaded in self._loaded.values() for campaign in loaded.campaigns]
        return tuple(sorted(found, key=lambda campaign: (campaign.slug, campaign.edition)))

    def campaign(self, slug: str, edition: str) -> Campaign | None:
        """The campaign, or ``None`` when no plugin in use offers it."""
        return next((one for one in self.campaigns if (one.slug, one.edition) == (slug, edition)), None)

    def track(self, slug: str, edition: str, key: str) -> Track | None:
        """The track, or ``None``."""
        campaign = self.campaign(slug, edition)
        return next((track for track in campaign.tracks if track.key == key), None) if campaign else None

    @property
    def shapes(self) -> dict[Identity, Shape]:
        """The shape of every track in use, by (slug, edition, track)."""
        return {identity: shape for loaded in self._loaded.values() for identity, shape in loaded.shapes.items()}

    def shape(self, slug: str, edition: str, track: str) -> Shape | None:
        """The shape of a track as its plugin has it today, or ``None``."""
        return self.shapes.get((slug, edition, track))

    @property
    def extractors(self) -> dict[str, TextExtractor]:
        """The reader of each file extension (``.docx``)."""
        found = [one for loaded in self._loaded.values() for one in loaded.extractors]
        return {extension: one for one in found for extension in one.extensions}

    @property
    def engines(self) -> dict[str, SearchEngine]:
        """The search engines by name."""
        return {engine.name: engine for loaded in self._loaded.values() for engine in loaded.engines}

    @property
    def abbreviations(self) -> dict[str, str]:
        """Short forms and what they stand for; the first plugin by name is believed."""
        merged: dict[str, str] = {}
        for name in reversed(self.plugins):
            merged |= self._loaded[name].abbreviations
        return merged

    def owner(self, slug: str, edition: str) -> str:
        """The name of the plugin that offers the campaign, ``""`` when none in use does."""
        for name, loaded in self._loaded.items():
            if any((one.slug, one.edition) == (slug, edition) for one in loaded.campaigns):
                return name
        return ""

    def notify(self, change: DossierChange) -> dict[str, BaseException]:
        """Tell every plugin, each for a bounded time; one that fails is remembered, and the others still hear.

        Returns what was raised, by the name of the plugin.
        """
        failed: dict[str, BaseException] = {}
        for name in self.plugins:
            hook = self._loaded[name].manager.hook.thidua_dossier_changed
            if hook.get_hookimpls():
                said = f"plugin {name} failed at thidua_dossier_changed of {change.code}"
                _, error = self.conduct.ask(name, "thidua_dossier_changed", partial(hook, change=change), said)
                if error is not None:
                    failed[name] = error
        return failed

    def check(self, dossier: DossierSnapshot, past: Past) -> list[Problem]:
        """What the track's own checks say. Call it outside of any write transaction.

        A check that raises, takes too long or never ends is remembered and said as a warning: a
        fault of a plugin does not stop a school from filing. No plugin in use: ``[]``.
        """
        track = self.track(dossier.slug, dossier.edition, dossier.track)
        owner = self.owner(dossier.slug, dossier.edition)
        problems: list[Problem] = []
        for check in track.checks if track else ():
            name, lent = name_of(check), Lent(past)
            said = f"check {name} of {dossier.slug} {dossier.edition} failed"
            found, error = self.conduct.ask(owner, f"check {name}", partial(_problems, check, dossier, lent), said)
            lent.close()
            if error is None:
                problems += found or []
            else:
                code = "check-slow" if isinstance(error, bounded.TooSlow) else "check-failed"
                problems.append(Problem("", say(code, check=name), "warning"))
        return problems

    def compare(self, stored: Mapping[Identity, Shape]) -> None:
        """Leave out each plugin that changed the frozen part of a stored shape under its edition.

        ``stored`` are the forms dossiers were filed with; the fault lists the differences.
        Raises :class:`ContractError` when strict.
        """
        for name in self.plugins:
            loaded = self._loaded[name]
            offered = {(campaign.slug, campaign.edition) for campaign in loaded.campaigns}
            faults: list[str] = []
            for identity in sorted(key for key in stored if key[:2] in offered):
                now = loaded.shapes.get(identity)
                changes = stored[identity].differences(now) if now else ["the track is gone"]
                if changes:
                    slug, edition, track = identity
                    place = f"edition {edition}" if slug == name else f"{slug} {edition}"
                    faults.append(f"{place} track {track!r}: {'; '.join(changes)}")
            if faults:
                self._leave_out(name, ContractError(f"{' | '.join(faults)}. Raise the edition"))

    def _collect(self, plugin: object, name: str) -> _Loaded:
        manager = pluggy.PluginManager(PROJECT)
        manager.add_hookspecs(hookspecs)
        if os.environ.get("THIDUA_TRACE") == "1":
            trace.watch(manager, name)
        _check_hooks(manager, plugin)
        manager.register(plugin, name)
        manager.check_pending()
        loaded = _Loaded(
            name,
            manager,
            campaigns=_offers(manager, "thidua_campaigns", Campaign),
            extractors=_offers(manager, "thidua_text_extractors", TextExtractor),
            engines=_offers(manager, "thidua_search_engines", SearchEngine),
            abbreviations=_abbreviations(manager),
        )
        self._check_unique(loaded)
        # What cannot be stored is a fault now, and not a page's when its first dossier is begun; settling asks again.
        _ = [shape.sha256 for shape in loaded.shapes.values()]
        return loaded

    def _check_unique(self, loaded: _Loaded) -> None:
        identities = [(campaign.slug, campaign.edition) for campaign in loaded.campaigns]
        for identity in identities:
            if identities.count(identity) > 1:
                raise ContractError(f"it offers {' '.join(identity)} twice; give each its own edition")
        readers, engines = self.extractors, self.engines
        for extractor in loaded.extractors:
            for extension in extractor.extensions:
                if extension in readers:
                    other = readers[extension].name
                    raise ContractError(f"{extension} is read by {other!r} already; turn one of them off")
        for engine in loaded.engines:
            if engine.name in engines:
                raise ContractError(f"a search engine {engine.name!r} is there already; turn one of them off")

    def _check_identities(self, loaded: _Loaded) -> None:
        """Of plugins with one identity none is used: nobody could say which form was meant."""
        for campaign in loaded.campaigns:
            self._offered.setdefault((campaign.slug, campaign.edition), set()).add(loaded.name)
        for identity in [(campaign.slug, campaign.edition) for campaign in loaded.campaigns]:
            names = sorted(self._offered[identity])
            if len(names) > 1:
                for name in names:
                    others = [other for other in names if other != name]
                    verb = "offers" if len(others) == 1 else "offer"
                    listed = ", ".join(f'"{other}"' for other in others)
                    fault = ContractError(
                        f"{' and '.join(others)} {verb} {' '.join(identity)} as well; to use {name!r}, "
                        f"write [plugins] off = [{listed}] in thidua.toml"
                    )
                    self._leave_out(name, fault)

    def _leave_out(self, name: str, error: BaseException, package: str = "") -> None:
        fault = str(error) if isinstance(error, ContractError) else f"{type(error).__name__}: {_told(error)}"
        place = own_frame(error, package)
        fault += f" ({place})" if place else ""
        if self.strict:
            raise ContractError(f"{name}: {fault}") from error
        shown = "".join(traceback.format_exception(error))
        self._loaded.pop(name, None)
        self.broken[name] = BrokenPlugin(name, fault, shown)
        log.error("plugin %s is left out: %s", name, fault)


def _problems(check: Check, dossier: DossierSnapshot, past: Past) -> list[Problem]:
    """What one check yields; one that would never stop is cut off."""
    found = _all_of("check", list(islice(check(dossier, past), MOST_PROBLEMS + 1)), Problem)
    if len(found) > MOST_PROBLEMS:
        raise ContractError(f"check {name_of(check)!r} yields more than {MOST_PROBLEMS} problems; say each thing once")
    return found


def _all_of(what: str, given: object, kind: type[Offer]) -> list[Offer]:
    if not isinstance(given, list | tuple):
        raise ContractError(f"{what} gave {named(given)}; return a list of {kind.__name__}")
    for one in given:
        if not isinstance(one, kind):
            raise ContractError(f"{what} gave {named(one)} in its list, not a {kind.__name__}")
    return list(given)


def _call(manager: pluggy.PluginManager, hook: str) -> list[object]:
    """What each function of this plugin returned for ``hook``; nothing for a hook it does not have."""
    caller: pluggy.HookCaller = getattr(manager.hook, hook)
    results: list[object] = caller()
    if len(results) < len(caller.get_hookimpls()):
        raise ContractError(f"{hook} gave None; return what it promises, or take the function away")
    return results


def _offers(manager: pluggy.PluginManager, hook: str, kind: type[Offer]) -> tuple[Offer, ...]:
    return tuple(one for result in _call(manager, hook) for one in _all_of(hook, result, kind))


def _abbreviations(manager: pluggy.PluginManager) -> dict[str, str]:
    merged: dict[str, str] = {}
    for given in _call(manager, "thidua_abbreviations"):
        if not isinstance(given, dict):
            raise ContractError(f"thidua_abbreviations gave {named(given)}; return a dict of str to str")
        for short, long in given.items():
            if not isinstance(short, str) or not isinstance(long, str):
                raise ContractError(f"thidua_abbreviations gave {named(long)} for {named(short)}; write two texts")
        merged |= given
    return merged


def _check_hooks(manager: pluggy.PluginManager, plugin: object) -> None:
    """Say in our words what pluggy would pass over in silence, or name after itself."""
    specs = {name: spec for name, spec in vars(hookspecs).items() if name.startswith("thidua_")}
    found = False
    for name, function in inspect.getmembers(plugin, inspect.isroutine):
        marks = manager.parse_hookimpl_opts(plugin, name)
        if marks is None:
            if name.startswith("thidua_"):
                raise ContractError(f"{name} is not marked; write @hookimpl above it (from thidua.plugin)")
            continue
        found = True
        hook = marks.get("specname") or name
        if hook not in specs:
            known = did_you_mean(hook, specs).replace("'", "`") or f"; there are {', '.join(sorted(specs))}"
            raise ContractError(f"`{hook}`: no such hook{known}")
        _check_arguments(hook, function, specs[hook])
    if not found:
        raise ContractError("it implements no hook; mark a function thidua_campaigns with @hookimpl")


def _check_arguments(hook: str, function: Callable[..., object], spec: Callable[..., object]) -> None:
    given = list(inspect.signature(spec).parameters)
    for argument in inspect.signature(function).parameters.values():
        if argument.name not in given and argument.default is argument.empty:
            raise ContractError(
                f"`{hook}` asks for {argument.name!r}, which it is never given; write def {hook}({', '.join(given)})"
            )


def _package_of(module: str) -> str:
    """The package whose code is the plugin's own; of what stands in ours, the module alone."""
    top = module.partition(".")[0]
    return module if top == "thidua" else top


def _told(error: BaseException) -> str:
    """What the error says; of a file that cannot be read, without its place, which follows."""
    return error.msg if isinstance(error, SyntaxError) else str(error)
