"""All the blueprints of the site; a new one is added here."""

from __future__ import annotations

from flask import Blueprint

from thidua.web import (
    admin_calls,
    admin_imports,
    admin_site,
    admin_units,
    admin_users,
    auth,
    closing,
    dossiers,
    files,
    home,
    judge,
    judge_papers,
    judging,
    likeness,
    parts,
    people_box,
    reviews,
    scoring,
    search,
    staff,
    starting,
    submissions,
    uploads,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    auth.pages,
    home.pages,
    starting.pages,
    dossiers.pages,
    likeness.pages,
    parts.pages,
    uploads.pages,
    people_box.pages,
    staff.pages,
    submissions.pages,
    reviews.pages,
    judging.pages,
    closing.pages,
    judge.pages,
    judge_papers.pages,
    scoring.pages,
    search.pages,
    files.pages,
    admin_users.pages,
    admin_units.pages,
    admin_calls.pages,
    admin_imports.pages,
    admin_site.health,
    admin_site.plugins,
    admin_site.audits,
)
