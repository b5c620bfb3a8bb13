"""The site itself: how it is, its plugins, and the audit."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from thidua.models import Role
from thidua.services import doctor, journal
from thidua.web.context import current_actor, now, page_number, read, site
from thidua.web.security import needs

plugins = Blueprint("admin_plugins", __name__, url_prefix="/quan-tri/phong-trao")
health = Blueprint("admin_health", __name__, url_prefix="/quan-tri/tinh-trang")
audits = Blueprint("admin_audit", __name__, url_prefix="/quan-tri/nhat-ky")
SIZE = 50


@plugins.get("/")
@needs(Role.ADMIN)
def index() -> str:
    """Campaigns in use, plugins left out and why, forms kept."""
    registry = site().registry
    broken = sorted(registry.broken.values(), key=lambda one: one.name)
    off = sorted(site().settings.plugins_off)
    missteps = registry.conduct.missteps
    failing = {one.plugin for one in missteps}
    stored = journal.definitions(read(), by=current_actor(), now=now())
    return render_template(
        "admin/plugins.html",
        registry=registry,
        broken=broken,
        off=off,
        stored=stored,
        missteps=missteps,
        failing=failing,
    )


@health.get("/", endpoint="index")
@needs(Role.ADMIN)
def health_index() -> str:
    """What ``thidua doctor`` says, green or red, each with the command that mends it."""
    findings = list(doctor.look(doctor.of_site(site(), now())))
    return render_template("admin/health.html", findings=findings, red=[one for one in findings if not one.ok])


@audits.get("/", endpoint="index")
@needs(Role.ADMIN)
def audit_index() -> str:
    """Who did what, the newest first; filters stand in the address."""
    number = page_number()
    action, login = request.args.get("viec", ""), request.args.get("ai", "")[:60]
    lines, total = journal.events(
        read(), by=current_actor(), now=now(), action=action, login=login, offset=(number - 1) * SIZE, limit=SIZE
    )
    return render_template(
        "admin/audit.html",
        lines=lines,
        total=total,
        number=number,
        size=SIZE,
        actions=journal.ACTIONS,
        action=action,
        login=login,
    )
