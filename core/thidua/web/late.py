"""What a start need not do: build the makers of addresses, compile templates; and what a page need not do."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

FOLDER = "templates"


def install(app: Flask, instance: Path) -> None:
    """Have ``app`` keep compiled templates in the ``instance`` folder; before any route is added."""
    app.url_rule_class = LateRule
    app.jinja_environment = SharedNames
    app.jinja_env.bytecode_cache = Compiled(instance / FOLDER)


class SharedNames(Environment):
    """Templates that share one dictionary of what every template may call, as none of ours has names of its own.

    Jinja lays an empty one over it for each, and every page and every import then goes through both in Python,
    name by name.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The common names; with ``d`` laid over them where a template is given some."""
        return self.globals if d is None else super().make_globals(d)


class LateRule(Rule):
    """A route that compiles the functions which make its address when one is first asked for.

    Werkzeug compiles two for each of 120 routes at the start; a page asks for a score of addresses.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        def first(rule: LateRule, **values: Any) -> tuple[str, str]:  # noqa: ANN401 -- as the address needs them
            made: Callable[..., tuple[str, str]] = Rule._compile_builder(rule, append_unknown).__get__(rule, None)
            setattr(rule, "_build_unknown" if append_unknown else "_build", made)
            return made(**values)

        return first


class Compiled(FileSystemBytecodeCache):
    """Templates as compiled before, in a folder that may be lost at any time, and that nobody else may write to.

    A full or read-only disk and damaged files cost their time again and nothing else.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), "%s.cache")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take one template from the folder, if it is there and whole."""
        try:
            super().load_bytecode(bucket)
        except Exception:  # a file damaged by a lost power supply raises whatever pickle and marshal raise
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep one template."""
        try:
            Path(self.directory).mkdir(mode=0o700, exist_ok=True)
            super().dump_bytecode(bucket)
        except OSError:
            return
