"""Every refusal has its sentence, every sentence its use, and both name the same facts."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

import thidua.errors
from thidua.errors import WORDING, Refused, say
from trees import nodes

CORE = Path(thidua.errors.__file__).parent
RAISERS = {
    name for name, value in vars(thidua.errors).items() if isinstance(value, type) and issubclass(value, Refused)
}
SAYERS = {*RAISERS, "say"}


@cache
def said() -> list[tuple[str, str, frozenset[str] | None]]:
    """Every place that says a literal code: where, which, with which facts (None where ``**facts`` hides them)."""
    found = []
    for path in sorted(CORE.rglob("*.py")):
        for node in nodes(path):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in SAYERS and isinstance(node.args[0].value, str):
                names = [keyword.arg for keyword in node.keywords]
                facts = None if None in names else frozenset(n for n in names if n)
                found.append((f"{path.relative_to(CORE)}:{node.lineno}", node.args[0].value, facts))
    return found


def facts_of(code: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(WORDING[code]) if name)


def test_every_code_that_is_said_has_its_sentence() -> None:
    assert [(where, code) for where, code, _ in said() if code not in WORDING] == []


def test_every_sentence_gets_exactly_its_facts() -> None:
    wrong = [(w, c, f ^ facts_of(c)) for w, c, f in said() if c in WORDING and f is not None and f != facts_of(c)]
    assert wrong == []


def test_no_sentence_stands_twice_or_unused() -> None:
    source = (CORE / "errors.py").read_text("utf-8")
    keys = Counter(re.findall(r'^    "([a-z][a-z0-9-]+)":', source, re.MULTILINE))
    assert [key for key, count in keys.items() if count > 1] == []
    everything = "\n".join(p.read_text("utf-8") for p in CORE.rglob("*.py") if p != CORE / "errors.py")
    inside = source.partition("WORDING |=")[0]
    assert [key for key in WORDING if f'"{key}"' not in everything and f'"{key}"' not in inside] == []


def test_refusal_reads_as_its_sentence() -> None:
    assert str(Refused("wrong-state", state="Nháp")) == say("wrong-state", state="Nháp")
    with pytest.raises(KeyError):
        str(Refused("no-such-code"))
