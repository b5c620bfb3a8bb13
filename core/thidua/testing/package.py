"""The package itself: does it load, what does it import, is it the same in every process."""

from __future__ import annotations

import ast
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import thidua.plugin
from thidua import bounded
from thidua.plugin import DossierChange
from thidua.plugin.faults import own_frame
from thidua.plugin.problems import did_you_mean
from thidua.registry import GROUP, Registry
from thidua.testing.reach import CLOCKS, going_outside
from thidua.testing.subject import Subject, unlogged
from thidua.testing.texts import text_faults

HEAVY = ("flask", "werkzeug", "jinja2", "sqlalchemy", "alembic", "whoosh", "wtforms")
BULKY = ("numpy", "pandas", "scipy", "matplotlib", "PIL", "lxml", "docx", "openpyxl", "pypdf", "requests", "httpx")
"""What takes long to load: fine within a function, not for every start of a site."""
_ENVIRONMENT = dict(os.environ)  # as it was before a plugin was loaded here
_ENVIRON = "reads the environment; a campaign is the same on every site, numbers of a call are a Parameter"
ALONE_SECONDS = 60
LISTEN_SECONDS = 3
_CALLING_OUT = {"socket", "sqlite3", "subprocess", "urllib.request", "http.client", "ftplib", "smtplib"}
_CALLING_OUT |= {"requests", "httpx", "aiohttp", "urllib3"}
_TERMINAL = {"print", "input", "breakpoint", "builtins.print", "pdb.set_trace"}

# Run with the package in a process of its own; ``argv``: the package, then modules that must not come with it.
PROBE = r"""
import decimal, gc, hashlib, importlib, io, json, locale, logging, os, pkgutil, random, signal, sys, threading
said, did = io.StringIO(), set()
real, errors, sys.stdout = sys.stdout, sys.stderr, said
def state():
    return {
        "os.environ": dict(os.environ), "the working directory": os.getcwd(), "sys.path": list(sys.path),
        "the locale": locale.setlocale(locale.LC_ALL), "the decimal context": str(decimal.getcontext()),
        "the recursion limit": sys.getrecursionlimit(), "garbage collection": gc.isenabled(),
        "the random state": random.getstate(), "logging": (logging.root.level, len(logging.root.handlers)),
        "signals": [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)],
    }
def note(event, args):
    if event in ("socket.connect", "socket.bind", "subprocess.Popen", "os.system"):
        did.add(event)
    elif event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        if "__pycache__" not in str(args[0]):
            did.add("writing " + str(args[0]))
    elif event == "open" and isinstance(args[0], str) and not os.path.abspath(args[0]).startswith(ours):
        did.add("reading " + args[0])
import thidua.plugin
ours = tuple({os.path.abspath(one) for one in (*sys.path, sys.prefix, sys.base_prefix, "/usr") if one})
sys.addaudithook(note)
before, sys.stderr = state(), said
package = importlib.import_module(sys.argv[1])
for found in pkgutil.walk_packages(getattr(package, "__path__", ()), sys.argv[1] + "."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
offer = getattr(package, "thidua_campaigns", None)
shapes = {
    f"{one.slug} {one.edition} track {track.key!r}": thidua.plugin.shape_of(one, track).sha256
    for one in (offer() if offer else ()) for track in one.tracks
}
after = state()
did |= {"changing " + name for name in before if before[name] != after[name]}
told = {"shapes": shapes, "heavy": sorted(set(sys.argv[2:]) & set(sys.modules)), "did": sorted(did),
        "said": said.getvalue()[:80], "threads": threading.active_count() - 1, "samples": {}}
def drawn(track):
    try:
        return repr([track.sample(random.Random(seed)) for seed in range(6)])
    except BaseException:
        return ""
for one in offer() if offer else ():
    for track in one.tracks:
        place = f"{one.slug} {one.edition} track {track.key!r}"
        told["samples"][place] = hashlib.sha256(drawn(track).encode("utf-8", "replace")).hexdigest()
sys.stdout, sys.stderr = real, errors
print(json.dumps(told))
"""


def loads(subject: Subject) -> Iterator[str]:
    """It loads as a site loads it, and nobody else here offers the same."""
    if not subject.loads:
        yield from (f"{name}: {broken.fault}" for name, broken in subject.registry.broken.items())
        return
    if not subject.registry.campaigns and hasattr(importlib.import_module(subject.package), "thidua_campaigns"):
        yield f"{subject.name}: thidua_campaigns gives no campaign; return every edition there is"
    with unlogged():
        together = Registry.load(off={subject.name})
        together.add_entry(EntryPoint(subject.name, subject.package, GROUP))
    if subject.name in together.broken:
        yield f"{subject.name}: beside the other plugins here: {together.broken[subject.name].fault}"


def imports(subject: Subject) -> Iterator[str]:
    """Of ours only what ``thidua.plugin`` exports, nothing that belongs to pages or tables, and no clock."""
    modules: dict[str, ast.Module] = {}
    for path in subject.files:
        try:
            tree = ast.parse(path.read_text("utf-8"), str(path))
        except (SyntaxError, ValueError) as error:
            yield f"{_short(path)}: {error}"
            continue
        modules[_short(path)], aliases = tree, _aliases(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.getenv"):
                yield f"{_short(path)}:{node.lineno}: {_ENVIRON}"
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) in aliases:
                yield from (f"{_short(path)}:{node.lineno}: {fault}" for fault in _unpromised(node.attr))
            faults = (*_wrong(node), *_of_another(node, subject.package))
            yield from (f"{_short(path)}:{getattr(node, 'lineno', 0)}: {fault}" for fault in faults)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in _TERMINAL:
                called = ast.unparse(node.func)
                yield f"{_short(path)}:{node.lineno}: calls {called}(); a site has no terminal, take it away"
        for node in _at_import(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in CLOCKS:
                yield (
                    f"{_short(path)}:{node.lineno}: {ast.unparse(node.func)}() while importing would make another form "
                    "each day; write the day out"
                )
    if subject.loads:
        yield from going_outside(subject.tracks, modules)


def _short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _wrong(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names):
            for alias in names:
                yield from _module(alias.name)
        case ast.ImportFrom(str(module), names, 0):
            yield from _module(module, [alias.name for alias in names])
        case ast.Call(func, [ast.Constant(str(module)), *_]) if ast.unparse(func).endswith("import_module"):
            yield from _module(module)
        case ast.Call(ast.Name("__import__"), [ast.Constant(str(module)), *_]):
            yield from _module(module)


def _of_another(node: ast.AST, package: str) -> Iterator[str]:
    """Another campaign may be taken out any day."""
    own = package.partition(".")[0]
    match node:
        case ast.Import(names):
            named = [alias.name for alias in names]
        case ast.ImportFrom(str(module), _, 0):
            named = [module]
        case _:
            return
    others = {entry.module.partition(".")[0] for entry in entry_points(group=GROUP)} - {own, "thidua"}
    for name in named:
        if name.partition(".")[0] in others:
            yield f"imports {name}, another campaign, which may be taken out any day; write what you need into your own"


def _module(module: str, names: list[str] | None = None) -> Iterator[str]:
    top = module.partition(".")[0]
    if top in HEAVY:
        yield f"imports {module}; a campaign has no pages and no tables, take it out"
    if module in _CALLING_OUT or top in _CALLING_OUT:
        yield f"imports {module}; a campaign goes by what it is given, and asks nobody outside"
    if top != "thidua":
        return
    if module == "thidua" and names is not None and set(names) <= {"plugin"}:
        return
    if module != "thidua.plugin":
        yield f"imports {module}; of thidua only thidua.plugin is promised, write from thidua.plugin import …"
        return
    for name in names or ():
        yield from _unpromised(name)


def _unpromised(name: str) -> Iterator[str]:
    if name not in thidua.plugin.__all__ and name != "*":
        hint = did_you_mean(name, thidua.plugin.__all__)
        yield f"takes {name!r} from thidua.plugin, which does not promise it{hint}"


def _aliases(tree: ast.Module) -> set[str]:
    """What the module calls ``thidua.plugin``."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.asname or alias.name for alias in node.names if alias.name == "thidua.plugin"}
        elif isinstance(node, ast.ImportFrom) and node.module == "thidua":
            found |= {alias.asname or alias.name for alias in node.names if alias.name == "plugin"}
    return found


def _at_import(tree: ast.Module) -> Iterator[ast.AST]:
    """What runs while the module is imported: everything outside of functions."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node
            waiting += ast.iter_child_nodes(node)


def alone(subject: Subject) -> Iterator[str]:
    """Imported in processes of its own: light, silent, without effects, and the same form every time."""
    told = []
    for seed in ("1", "2"):
        answer = _probe(subject, seed)
        if isinstance(answer, str):
            yield f"{subject.package}: {answer}"
            return
        told.append(answer)
    first, second = told
    if first["heavy"]:
        yield f"{subject.package}: importing it loads {', '.join(first['heavy'])}; import that inside the function"
    for did in first["did"]:
        yield f"{subject.package}: importing it does {did}; a module only defines things"
    if first["said"]:
        yield f"{subject.package}: importing it prints {first['said']!r}; take the print away"
    if first["threads"]:
        yield f"{subject.package}: importing it starts a thread; a module only defines things"
    for place in first["shapes"]:
        if first["shapes"][place] != second["shapes"].get(place):
            yield (
                f"{place}: the form differs from process to process; build it from tuples, not from sets, "
                "and without random or the clock"
            )
    for place in first["samples"]:
        if first["samples"][place] != second["samples"].get(place):
            yield f"{place}: the sample of one seed differs from process to process; choose from tuples, not from sets"


def _probe(subject: Subject, seed: str) -> dict[str, dict[str, str]] | str:
    roots = [str(path.parents[subject.package.count(".") + 1]) for path in subject.files[:1]]
    environment = _ENVIRONMENT | {
        "PYTHONHASHSEED": seed,
        "PYTHONPATH": os.pathsep.join([*roots, str(Path(thidua.plugin.__file__).parents[2])]),
        "PYTHONUTF8": "1",
    }
    command = [sys.executable, "-c", PROBE, subject.package, *HEAVY, *BULKY]
    try:
        done = subprocess.run(  # noqa: S603 -- our own interpreter and text
            command, env=environment, capture_output=True, text=True, check=False, timeout=ALONE_SECONDS
        )
    except subprocess.TimeoutExpired:
        return f"importing it takes more than {ALONE_SECONDS} seconds; do nothing slow while importing"
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        return f"cannot be imported in a process of its own: {last}"
    found: dict[str, dict[str, str]] = json.loads(done.stdout.splitlines()[-1])
    return found


def hooks(subject: Subject) -> Iterator[str]:
    """Abbreviations say something, and the listener bears any change."""
    for short, long in subject.registry.abbreviations.items():
        if not short.strip() or not long.strip() or short.strip() != short or len(long) <= len(short):
            yield f"{subject.name}: abbreviation {short!r} stands for {long!r}; write the short form, then the long one"
        for fault in text_faults(long):
            yield f"{subject.name}: abbreviation {short!r}: {fault}"
    for campaign, track in ((one.campaign, one.track) for one in subject.tracks):
        heard = bounded.call(lambda c=campaign, t=track.key: subject.registry.notify(_change(c.slug, c.edition, t)), 30)  # type: ignore[misc]
        for name, error in (heard.value or {}).items():
            place = own_frame(error, subject.package)
            yield (
                f"{name}: thidua_dossier_changed raised {type(error).__name__}: {error}"
                f"{f' ({place})' if place else ''}; a listener bears every change"
            )


def _change(slug: str, edition: str, track: str) -> DossierChange:
    return DossierChange(
        dossier="0" * 24,
        code="HS-2026-000001",
        slug=slug,
        edition=edition,
        track=track,
        action="submit",
        before="awaiting",
        after="submitted",
        at=datetime(2026, 6, 1, tzinfo=UTC),
        by="hieutruong",
    )
