"""Source files as syntax trees, read once in a process: a dozen rules look at each."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path


@cache
def tree(path: Path) -> ast.Module:
    """The module at ``path``."""
    return ast.parse(path.read_text("utf-8"), str(path))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of the module at ``path``, in the order of ``ast.walk``, but no ``Load`` and ``Store``.

    Walking costs more than parsing, so it is done once, and without the generators of ``ast``.
    """
    found: list[ast.AST] = [tree(path)]
    for node in found:  # which grows while it is gone through
        for name in node._fields:
            value = getattr(node, name, None)
            if type(value) is list:
                found += [one for one in value if isinstance(one, ast.AST)]
            elif isinstance(value, ast.AST) and name != "ctx":
                found.append(value)
    return tuple(found)
