"""All the blueprints of the site; a new one is added here."""

from __future__ import annotations

from flask import Blueprint

from thidua.web import auth, home

BLUEPRINTS: tuple[Blueprint, ...] = (
    auth.pages,
    home.pages,
)
