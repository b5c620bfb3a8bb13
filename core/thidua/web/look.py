"""The look that a site sets for itself, and the files that come with libraries: colour, emblem, type, icons."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

import flask_bootstrap  # type: ignore[import-untyped]  # ships no annotations
import fontpkg_be_vietnam_pro  # type: ignore[import-untyped]  # ships no annotations
from flask import Blueprint, Flask, Response, current_app, request, send_from_directory
from markupsafe import Markup
from werkzeug.utils import secure_filename

from thidua.config import Settings
from thidua.errors import NotFound
from thidua.web.context import site
from thidua.web.filters import address_of
from thidua.web.security import public

files = Blueprint("look", __name__)

FONTS = frozenset({"BeVietnamPro-Regular.ttf", "BeVietnamPro-SemiBold.ttf", "BeVietnamPro-Bold.ttf"})
ICONS = frozenset(
    [
        "archive",
        "arrow-counterclockwise",
        "arrow-left",
        "arrow-right",
        "arrow-repeat",
        "award",
        "bar-chart",
        "box-arrow-right",
        "building",
        "calendar-event",
        "calendar-plus",
        "caret-down-fill",
        "chat-left-text",
        "check",
        "check-circle",
        "check-circle-fill",
        "check-lg",
        "chevron-down",
        "chevron-left",
        "chevron-right",
        "circle",
        "clipboard-check",
        "clock",
        "clock-history",
        "cloud-check",
        "cloud-slash",
        "dash-circle",
        "diagram-3",
        "download",
        "exclamation-circle",
        "exclamation-circle-fill",
        "exclamation-triangle-fill",
        "eye",
        "file-earmark",
        "file-earmark-excel",
        "file-earmark-image",
        "file-earmark-pdf",
        "file-earmark-spreadsheet",
        "file-earmark-text",
        "file-earmark-word",
        "file-earmark-zip",
        "folder2-open",
        "funnel",
        "hourglass-split",
        "heart-pulse",
        "house",
        "inbox",
        "info-circle",
        "info-circle-fill",
        "key",
        "keyboard",
        "list",
        "lock",
        "pencil",
        "pencil-square",
        "people",
        "person",
        "person-badge",
        "person-plus",
        "plus-lg",
        "printer",
        "puzzle",
        "question-circle",
        "reply",
        "search",
        "send",
        "shield-check",
        "shield-exclamation",
        "slash-circle",
        "star-fill",
        "trash",
        "upload",
        "x",
        "x-circle",
        "x-circle-fill",
        "x-lg",
    ]
)
YEAR = 365 * 24 * 3600


def install(app: Flask, settings: Settings) -> None:
    """Serve Bootstrap from here, and the site's own look."""
    app.config.update(BOOTSTRAP_SERVE_LOCAL=True, SEND_FILE_MAX_AGE_DEFAULT=3600)
    flask_bootstrap.Bootstrap5(app)
    app.register_blueprint(files)
    app.jinja_env.globals.update(site_name=settings.site_name, icon_of=icon)


def icon(name: str, label: str = "") -> Markup:
    """The icon ``name`` of :data:`ICONS`; without ``label`` it is for the eye only."""
    if name not in ICONS:
        raise LookupError(f"icon {name} is not in web/look.py")
    return _drawn(name, label, address_of("look.icons"))


@lru_cache(maxsize=512)
def _drawn(name: str, label: str, sheet: str) -> Markup:
    said = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon" {} focusable="false"><use href="{}#{}"></use></svg>').format(said, sheet, name)


@files.get("/site.css")
@public
def site_css() -> Response:
    """The site's colour as variables, apart from the style sheet so that no page needs an inline style."""
    return _cached(Response(_variables(site().settings.colour), mimetype="text/css"), 300)


@files.get("/bieu-trung")
@public
def emblem() -> Response:
    """The site's emblem, or ours."""
    name = site().settings.emblem
    folder: str | Path = site().settings.instance
    if not name or secure_filename(name) != name or not name.endswith((".svg", ".png")):
        folder, name = current_app.static_folder or "", "emblem.svg"
    response = send_from_directory(Path(folder).resolve(), name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


@files.get("/chu/<name>")
@public
def font(name: str) -> Response:
    """A file of the typeface (Be Vietnam Pro, drawn for Vietnamese marks)."""
    if name not in FONTS:
        raise NotFound
    return send_from_directory(Path(fontpkg_be_vietnam_pro.ROOT) / "files", name, max_age=YEAR, mimetype="font/ttf")


@files.get("/icons.svg")
@public
def icons() -> Response:
    """The icons that our pages use, cut out of the megabyte that comes with the library."""
    return _cached(Response(_sprite(), mimetype="image/svg+xml"), 24 * 3600)


def _cached(response: Response, seconds: int) -> Response:
    response.add_etag()
    response.cache_control.max_age = seconds
    response.cache_control.public = True
    response.make_conditional(request)
    return response


@cache
def _sprite() -> str:
    source = Path(flask_bootstrap.__file__).parent / "static/bootstrap5/icons/bootstrap-icons.svg"
    symbols = re.findall(r'<symbol [^>]*?id="([a-z0-9-]+)">.*?</symbol>', text := source.read_text("utf-8"))
    missing = ICONS - set(symbols)
    if missing:
        raise LookupError(f"the icon library has no {sorted(missing)}")
    wanted = [m[0] for m in re.finditer(r'<symbol [^>]*?id="([a-z0-9-]+)">.*?</symbol>', text) if m[1] in ICONS]
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(wanted)}</svg>'


def _variables(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    on = "#ffffff" if _luminance(red, green, blue) < 0.35 else "#1c1917"
    dark = _mixed((red, green, blue), (0, 0, 0), 22)
    tint = _mixed((red, green, blue), (255, 255, 255), 93)
    line = _mixed((red, green, blue), (255, 255, 255), 70)
    return (
        f":root{{--ours:{colour};--ours-rgb:{red},{green},{blue};--ours-dark:{dark};"
        f"--ours-tint:{tint};--ours-line:{line};--on-ours:{on}}}\n"
    )


def _mixed(colour: tuple[int, int, int], other: tuple[int, int, int], percent: int) -> str:
    return "#" + "".join(
        f"{(a * (100 - percent) + b * percent) // 100:02x}" for a, b in zip(colour, other, strict=True)
    )


def _luminance(*channels: int) -> float:
    linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
