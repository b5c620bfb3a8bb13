"""The first page."""

from __future__ import annotations

from flask import Blueprint, render_template

from thidua.web.security import needs

pages = Blueprint("home", __name__)


@pages.get("/")
@needs("login")
def home() -> str:
    """Where one starts."""
    return render_template("home.html")
