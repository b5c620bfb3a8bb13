"""The start-up: :func:`open_site` gathers what a site runs on, :func:`create_app` puts the pages over it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from thidua.loading import unsearched

with unsearched(for_good=True):
    from flask import Flask
    from werkzeug.middleware.proxy_fix import ProxyFix

    from thidua import migrations
    from thidua.config import ENGINE, Settings
    from thidua.files.store import BlobStore
    from thidua.models import Database
    from thidua.plugin import ContractError
    from thidua.registry import Registry
    from thidua.search.engine import Engine
    from thidua.services import definitions
    from thidua.services.site import Site
    from thidua.times import utc_now
    from thidua.web import context, errors, filters, late, look, navigation, security, tracing
    from thidua.web.blueprints import BLUEPRINTS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@unsearched()
def open_site(settings: Settings) -> Site:
    """Open the site that ``settings`` describe: newest schema, plugins loaded, definitions settled.

    Raises :class:`~thidua.plugin.ContractError` for a broken plugin when
    ``settings.plugins_strict``; otherwise the plugin is left out.
    """
    database = Database(settings.database_path)
    migrations.upgrade(database)
    registry = Registry.load(off=settings.plugins_off, strict=settings.plugins_strict)
    with database.writing() as session:
        definitions.settle(session, registry, utc_now())
    return Site(settings, database, registry, BlobStore(settings.blobs_path), open_engine(registry, settings))


def open_engine(registry: Registry, settings: Settings) -> Engine:
    """The search engine that the settings name, over its index; it comes through the hook and knows the abbreviations.

    Raises :class:`~thidua.plugin.ContractError` when no plugin in use brings it.
    """
    name = settings.search_engine
    if name not in registry.engines:
        there = f"there is {', '.join(sorted(registry.engines))}" if registry.engines else "there is none"
        mend = "take 'included' out of plugins.off" if name == ENGINE else "install its plugin, or mend search_engine"
        faults = "".join(f"; {one.name}: {one.fault}" for one in registry.broken.values())
        raise ContractError(f"no plugin brings the search engine {name!r} ({there}): {mend}{faults}")
    return cast("Engine", registry.engines[name].open(settings.index_path, registry.abbreviations))


@unsearched()
def create_app(site: Site, *, clock: Callable[[], datetime] = utc_now) -> Flask:
    """The web application of ``site``; ``clock`` gives the present instant, aware.

    Fails when a route does not say who may call it.
    """
    app = Flask(
        "thidua",
        instance_path=str(site.settings.instance.resolve()),
        static_folder=str(Path(__file__).parent / "static"),
        template_folder=str(template_folder()),
    )
    app.extensions["thidua"] = site
    late.install(app, site.settings.instance)
    app.wsgi_app = behind_proxy(app.wsgi_app, site.settings)  # type: ignore[method-assign, assignment]
    context.install(app, clock)
    tracing.install(app)
    security.install(app, site.settings)
    look.install(app, site.settings)
    filters.install(app)
    navigation.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    errors.install(app)
    security.refuse_undeclared(app)
    return app


def behind_proxy(app: WSGIApplication, settings: Settings) -> WSGIApplication:
    """Believe ``X-Forwarded-*`` of the configured proxy, and of nobody else who reaches the port."""
    hops = settings.trusted_proxies
    if not hops:
        return app
    fixed = ProxyFix(app, x_for=hops, x_proto=hops, x_host=hops)

    def choose(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        return (fixed if environ.get("REMOTE_ADDR") == settings.proxy_address else app)(environ, start)

    return choose


def template_folder() -> Path:
    """Where the templates lie: beside the package in a wheel, at the root of a checkout otherwise."""
    here = Path(__file__).parent
    beside = here / "templates"
    return beside if beside.is_dir() else here.parents[1] / "templates"
