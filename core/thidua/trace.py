"""``THIDUA_TRACE=1``: each call of a hook on standard error, and what came of it."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import pluggy

from thidua.plugin.problems import named

SHOWN = 10


def watch(manager: pluggy.PluginManager, name: str) -> None:
    """Print what is asked of the plugin ``name``, and what it gives."""

    def before(hook: str, _methods: object, arguments: Mapping[str, object]) -> None:
        shown = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
        _say(f"{name}.{hook}({shown})")

    def after(outcome: pluggy.Result[object], hook: str, _methods: object, _arguments: Mapping[str, object]) -> None:
        if outcome.exception is not None:
            _say(f"{name}.{hook} raised {type(outcome.exception).__name__}: {outcome.exception}")
        else:
            _say(f"{name}.{hook} -> {_shown(outcome.get_result())}")

    manager.add_hookcall_monitoring(before, after)


def _shown(value: object) -> str:
    """Short: campaigns by their slugs and not by their whole forms."""
    if isinstance(value, list | tuple):
        more = f", … {len(value) - SHOWN} more" if len(value) > SHOWN else ""
        return f"[{', '.join(_shown(one) for one in value[:SHOWN])}{more}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key!r}: {named(one)}' for key, one in list(value.items())[:SHOWN])}}}"
    edition = getattr(value, "edition", "")  # a campaign's editions bear one name
    return f"{named(value)} {edition}".rstrip() if isinstance(edition, str) else named(value)


def _say(line: str) -> None:
    print(f"thidua: {line}", file=sys.stderr)
