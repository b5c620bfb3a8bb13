"""What checks and samples run: found by name in the text of the package, so that what they must not ask is told."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from thidua.conduct import name_of
from thidua.testing.subject import Tried

CLOCKS = {
    f"{module}{name}"
    for module in ("", "datetime.", "dt.")
    for name in ("date.today", "datetime.now", "datetime.today", "datetime.utcnow")
} | {"time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.strftime", "time.monotonic"}
_OUTSIDE = {"socket", "sqlite3", "subprocess", "urllib", "http", "requests", "httpx", "smtplib", "shutil", "tempfile"}
_WRITING = {"write_text", "write_bytes", "unlink", "rmtree", "mkdir", "touch"}


def going_outside(tracks: Iterable[Tried], modules: Mapping[str, ast.Module]) -> Iterator[str]:
    """Clocks, files, other programs and the network in what checks and samples run, as ``place: sentence``."""
    functions: dict[str, list[tuple[str, ast.AST]]] = {}
    for place, module in modules.items():
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef):
                functions.setdefault(node.name, []).append((place, node))
    for place, node in _reached(_begins(tracks), functions):
        if isinstance(node, ast.Call):
            yield from (f"{place}:{node.lineno}: {fault}" for fault in _called(node))
    builds = {name_of(report.build) for one in tracks for report in one.campaign.reports if report.build is not None}
    for place, node in _reached(builds, functions):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in CLOCKS:
            yield (
                f"{place}:{node.lineno}: {ast.unparse(node.func)}() in a report's build changes with the day; "
                "a paper issued again says the same, its day is data.day"
            )


def _called(node: ast.Call) -> Iterator[str]:
    called = ast.unparse(node.func)
    if called in CLOCKS:
        yield (
            f"{called}() in a check or a sample changes with the day; "
            "a check goes by dossier.call_period, a sample by years as they are written"
        )
    mode = next((one.value for one in node.args[1:2] if isinstance(one, ast.Constant)), "")
    writes = called == "open" and bool(set(str(mode)) & set("wax+"))
    if writes or called.partition(".")[0] in _OUTSIDE or called.rpartition(".")[2] in _WRITING:
        yield f"{called}() in a check or a sample; it goes by what it is given, and touches nothing outside"


def _begins(tracks: Iterable[Tried]) -> set[str]:
    """The names of checks and samples; of one that another function made, the name of that."""
    found: set[str] = set()
    for one in tracks:
        for function in (*one.track.checks, one.track.sample):
            made = getattr(function, "__qualname__", "")
            found |= {name_of(function)} if "." not in made else {made.partition(".")[0]}
    return found


def _reached(names: set[str], functions: Mapping[str, list[tuple[str, ast.AST]]]) -> Iterator[tuple[str, ast.AST]]:
    todo, seen = sorted(names), set[str]()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        for place, function in functions.get(name, ()):
            for node in ast.walk(function):
                yield place, node
                if isinstance(node, ast.Name):
                    todo.append(node.id)
                elif isinstance(node, ast.Attribute):
                    todo.append(node.attr)
