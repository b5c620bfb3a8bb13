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
    """Every node of the module at ``path``: walking costs more than parsing."""
    return tuple(ast.walk(tree(path)))
