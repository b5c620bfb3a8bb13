"""The settings of a site: ``thidua.toml`` in the instance folder, then ``THIDUA_*`` variables.

Every setting is a field of :class:`Settings` with its meaning; unknown keys are
refused, so a misspelt one is found at start-up and not in June.
"""

from __future__ import annotations

import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from .wording import SETTINGS

MIN_SECRET = 32
ENGINE = "whoosh"
FILE_NAME = "thidua.toml"
_ENGINE_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
# Variables of ours that steer a command or the tests, not a site.
NOT_SETTINGS = frozenset({"THIDUA_TRACE", "THIDUA_INSTANCE", "THIDUA_CI", "THIDUA_SHOTS", "THIDUA_SHOTS_GUIDE"})


class SettingsError(Exception):
    """A settings file or variable that cannot be used; the text says which key and what to do."""


def _fault(code: str, **params: object) -> SettingsError:
    return SettingsError(SETTINGS[code].format_map(params))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings of a site. Paths are resolved against the instance folder.

    ``address`` is the site's public address (``https://thidua.example.vn``): Secure
    cookies and HSTS follow its scheme. ``password_cost`` is the Argon2 time cost
    (memory in KiB beside it); lower values belong in tests only.
    """

    instance: Path
    secret_key: str
    address: str = "http://127.0.0.1:8080"
    site_name: str = "Thi đua – Khen thưởng"
    emblem: str = ""  # file name of an SVG or PNG in the instance folder; empty: ours
    colour: str = "#9B1C1C"
    max_upload_mb: int = 200
    unit_quota_mb: int = 20_000
    idle_minutes: int = 30
    session_hours: int = 12
    password_cost: int = 2
    password_memory_kib: int = 19_456
    sign_in_tries: int = 8
    sign_in_window_minutes: int = 10
    previews_mb: int = 1_000  # of pictures of pages kept on the disk, and of copies for blind judges
    extract_seconds: int = 60
    extract_memory_mb: int = 1_024
    trusted_proxies: int = 0
    proxy_address: str = "127.0.0.1"  # whose X-Forwarded headers are believed
    search_engine: str = ENGINE  # the name of one that a plugin brings
    log_format: str = "text"  # "text" for people, "json" for machines
    plugins_off: frozenset[str] = field(default_factory=frozenset)
    plugins_strict: bool = False
    demo: bool = False

    def __post_init__(self) -> None:
        if len(self.secret_key) < MIN_SECRET or len(set(self.secret_key)) < 10:
            raise _fault("secret", least=MIN_SECRET)
        if not self.address.startswith(("http://", "https://")):
            raise _fault("address", value=self.address)
        if not _is_colour(self.colour):
            raise _fault("colour", value=self.colour)
        if self.log_format not in ("text", "json"):
            raise _fault("log-format", value=self.log_format)
        if not _ENGINE_NAME.fullmatch(self.search_engine):
            raise _fault("search-engine", value=self.search_engine)
        for name, kind in _TYPES.items():
            if kind == "int" and (value := getattr(self, name)) < (least := _LEAST.get(name, 1)):
                raise _fault("least", name=name, least=least, value=value)

    @property
    def database_path(self) -> Path:
        """The SQLite file."""
        return self.instance / "thidua.sqlite"

    @property
    def blobs_path(self) -> Path:
        """The folder of the blob store."""
        return self.instance / "blobs"

    @property
    def index_path(self) -> Path:
        """The folder of the search index, a cache: each engine has one of its own."""
        return self.instance / ("index" if self.search_engine == ENGINE else f"index-{self.search_engine}")

    @property
    def secure(self) -> bool:
        """Whether people reach the site over https."""
        return self.address.startswith("https://")


def _is_colour(text: str) -> bool:
    return len(text) == 7 and text[0] == "#" and all(c in "0123456789abcdefABCDEF" for c in text[1:])


def load(instance: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of the site in ``instance``.

    Raises :class:`SettingsError` when the file is missing or holds an unknown key
    or a value of the wrong type.
    """
    path = instance / FILE_NAME
    if not path.exists():
        raise _fault("none", file=FILE_NAME, folder=instance)
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _fault("toml", path=path, why=error) from error
    plugins = table.pop("plugins", {})
    if not isinstance(plugins, dict):
        raise _fault("plugins", path=path)
    table |= {f"plugins_{key}": value for key, value in plugins.items()}
    values = {key: _checked(key, value, str(path)) for key, value in table.items()}
    env = os.environ if environ is None else environ
    for key, text in env.items():
        if key.startswith("THIDUA_") and key not in NOT_SETTINGS:
            name = key.removeprefix("THIDUA_").lower()
            values[name] = _checked(name, _from_text(name, text), SETTINGS["variable"].format(name=key))
    values.setdefault("secret_key", "")  # refused in words
    return Settings(instance=instance, **values)  # type: ignore[arg-type]  # checked one by one above


_TYPES = {f.name: str(f.type) for f in fields(Settings) if f.name != "instance"}
_LEAST = {"trusted_proxies": 0, "password_memory_kib": 8, "previews_mb": 100}  # of numbers; 1 for all others


def _checked(name: str, value: object, where: str) -> object:
    kind = _TYPES.get(name)
    if kind is None:
        raise _fault("unknown", where=where, name=name, known=", ".join(sorted(_TYPES)))
    if kind == "frozenset[str]" and isinstance(value, list) and all(isinstance(v, str) for v in value):
        return frozenset(value)
    wanted = {"str": str, "int": int, "bool": bool}.get(kind)
    if wanted is None or type(value) is not wanted:
        raise _fault("kind", where=where, name=name, kind=SETTINGS[kind], value=repr(value))
    return value


def _from_text(name: str, text: str) -> object:
    kind = _TYPES.get(name)
    if kind == "int":
        try:
            return int(text)
        except ValueError:
            return text
    if kind == "bool":
        return {"true": True, "1": True, "false": False, "0": False}.get(text.lower(), text)
    if kind == "frozenset[str]":
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def write_new(instance: Path, *, values: Mapping[str, str | bool | int]) -> Path:
    """Make ``thidua.toml`` with a fresh secret key, readable by the owner only (mode 0600).

    Raises ``FileExistsError`` when there is one already.
    """
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    lines = [f'secret_key = "{secrets.token_urlsafe(48)}"']
    for key, value in values.items():
        shown = str(value).lower() if isinstance(value, bool) else value if isinstance(value, int) else _quoted(value)
        lines.append(f"{key} = {shown}")
    path = instance / FILE_NAME
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")
    return path


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
