"""Every hook, with what it promises. Hooks are only the door: behaviour hangs on what passes through.

An implementation is a module-level function marked with ``thidua.plugin.hookimpl``;
the package is found by its entry point in the group ``thidua``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from thidua.plugin.hooks import hookspec

if TYPE_CHECKING:
    from thidua.plugin import Campaign, DossierChange, SearchEngine, TextExtractor


@hookspec
def thidua_campaigns() -> list[Campaign]:  # type: ignore[empty-body]
    """The campaigns that this package offers, every edition of them.

    Called once, when the application starts. Two packages that offer one
    (slug, edition) are both left out. Example::

        @hookimpl
        def thidua_campaigns() -> list[Campaign]:
            return [EDITION_2023, EDITION_2025]
    """


@hookspec
def thidua_text_extractors() -> list[TextExtractor]:  # type: ignore[empty-body]
    """Readers that turn a kind of file into text for the search.

    Called once, when the application starts. One reader per extension: a later
    package that brings a second one is left out. Example::

        @hookimpl
        def thidua_text_extractors() -> list[TextExtractor]:
            return [TextExtractor(name="odt", extensions=(".odt",), extract=read_odt)]
    """


@hookspec
def thidua_search_engines() -> list[SearchEngine]:  # type: ignore[empty-body]
    """Search engines; a site chooses one by its name, with ``search_engine`` in its settings.

    Called once, when the application starts; the chosen one is opened later. Example::

        @hookimpl
        def thidua_search_engines() -> list[SearchEngine]:
            return [SearchEngine(name="tantivy", open=open_index)]
    """


@hookspec
def thidua_abbreviations() -> dict[str, str]:  # type: ignore[empty-body]
    """Short forms and what they stand for; a search for one finds the other.

    Called once, when the application starts. Where two packages differ, the
    first by name is believed. Example::

        @hookimpl
        def thidua_abbreviations() -> dict[str, str]:
            return {"CSTĐCS": "Chiến sĩ thi đua cơ sở"}
    """


@hookspec
def thidua_dossier_changed(change: DossierChange) -> None:
    """Told after the commit that a dossier has changed its state.

    May listen, cannot stop: an exception is logged with the package's name and
    the change stands. Do nothing slow here. Example::

        @hookimpl
        def thidua_dossier_changed(change: DossierChange) -> None:
            if change.after == "submitted":
                log.info("%s has been filed", change.code)
    """
