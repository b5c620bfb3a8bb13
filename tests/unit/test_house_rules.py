"""The rules of the house, read from the syntax trees: whoever breaks one sees where."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

import thidua
import thidua.plugin
from thidua import hookspecs
from thidua.config import Settings
from thidua.models.base import Base
from thidua.permissions import PROTECTED
from trees import nodes, tree

ROOT = Path(__file__).parents[2]
CORE, PLUGINS, TEMPLATES = ROOT / "core" / "thidua", ROOT / "plugins", ROOT / "templates"
MODULES = sorted(path for path in CORE.rglob("*.py") if "versions" not in path.parts)
WITHOUT_FLASK = ("services", "search", "files", "documents", "forms", "permissions", "models", "plugin", "scoring")
LONGEST = 400
TOO_LONG: frozenset[str] = frozenset()
WEB = {"flask", "flask_login", "flask_wtf", "werkzeug", "jinja2"}


def name_of(path: Path) -> str:
    parts = path.relative_to(CORE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the last part of what is called."""
    for node in nodes(path):
        if isinstance(node, ast.Call):
            func = node.func
            yield (
                (func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""),
                node,
            )


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


# --- floors ------------------------------------------------------------------------------------------


def below_the_web() -> list[Path]:
    kept = [p for p in MODULES if p.relative_to(CORE).parts[0] in WITHOUT_FLASK]
    leaves = ("outbox", "registry", "errors", "times", "text", "config", "hookspecs")
    return kept + [CORE / f"{name}.py" for name in leaves]


def test_nothing_below_the_web_names_flask() -> None:
    found = {p: {m for m in imported(p) if m.split(".")[0] in WEB} for p in below_the_web()}
    assert {str(p): names for p, names in found.items() if names} == {}


def test_everything_below_the_web_is_imported_without_flask() -> None:
    code = f"""
import importlib, sys
for name in {[name_of(p) for p in below_the_web()]!r}:
    importlib.import_module(name)
print(sorted(m for m in sys.modules if m.split(".")[0] in {WEB!r}))
"""
    done = python(code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


def test_public_module_brings_no_library_of_the_core() -> None:
    code = """
import sys, thidua.plugin
heavy = {"flask", "sqlalchemy", "whoosh", "wtforms", "docx", "lxml"}
print(sorted(heavy & {m.split(".")[0] for m in sys.modules}))
"""
    done = python(code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


def test_plugins_import_the_public_module_alone() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in PLUGINS.rglob("*.py")
        for name in imported(path)
        if name.split(".")[0] == "thidua" and name != "thidua.plugin"
    }
    assert found == set()


# --- protected tables --------------------------------------------------------------------------------

READS = {"select", "exists", "get", "get_one", "query", "aliased", "select_from", "text"}
PROTECTED_NAMES = {table.__name__ for table in PROTECTED}


def protected_reads(path: Path) -> set[str]:
    found = set()
    for name, node in calls(path):
        if name in READS and not (name.startswith("get") and "session" not in ast.unparse(node.func)):
            words = {n.id for arg in node.args for n in ast.walk(arg) if isinstance(n, ast.Name)}
            found |= {f"{where(path, node)} {word}" for word in words & PROTECTED_NAMES}
    return found


def test_only_permissions_select_from_protected_tables() -> None:
    outside = [p for p in MODULES if p.relative_to(CORE).parts[0] not in ("permissions", "models", "demo")]
    assert set().union(*(protected_reads(p) for p in outside)) == set()


def test_protected_reads_are_noticed() -> None:
    """The rule above can fail: the module that may read them is full of what it looks for."""
    found = {line.rsplit(" ", 1)[1] for line in protected_reads(CORE / "permissions" / "selects.py")}
    assert {"Dossier", "Review", "Submission", "Version", "Attachment"} <= found


def test_every_table_about_a_dossier_is_protected() -> None:
    """A table that leads to a dossier by foreign keys is protected, whatever is added later."""
    reaching = {"dossier"}
    while True:
        more = {
            t.name
            for t in Base.metadata.tables.values()
            if t.name not in reaching and any(key.column.table.name in reaching for key in t.foreign_keys)
        }
        if not more:
            break
        reaching |= more
    wanted = {m.class_.__name__ for m in Base.registry.mappers if m.local_table.name in reaching}
    assert wanted - PROTECTED_NAMES == set()


# --- injection ---------------------------------------------------------------------------------------


def test_nothing_is_evaluated() -> None:
    found = {
        where(path, node)
        for path in [*MODULES, *PLUGINS.rglob("*.py")]
        for name, node in calls(path)
        if name in {"eval", "exec", "compile", "__import__", "from_string", "render_template_string"}
        and not (isinstance(node.func, ast.Attribute) and ast.unparse(node.func) == "re.compile")
    }
    assert found == set()


def test_sql_is_never_put_together_from_strings() -> None:
    found = set()
    for path in MODULES:
        for name, node in calls(path):
            if name in {"text", "exec_driver_sql", "execute", "executescript", "literal_column"} and node.args:
                first = node.args[0]
                made = (ast.JoinedStr, ast.BinOp)
                formatted = isinstance(first, ast.Call) and ast.unparse(first.func).endswith(".format")
                if formatted or isinstance(first, made):
                    found.add(where(path, node))
    assert found == set()


def test_no_subprocess_goes_through_a_shell() -> None:
    found = {
        where(path, node)
        for path in MODULES
        for name, node in calls(path)
        if name == "system" or any(k.arg == "shell" for k in node.keywords)
    }
    assert found == set()


def test_core_asks_no_other_machine() -> None:
    """INJ-7: there is no client in the house, so no address that somebody typed is ever fetched."""
    clients = {"requests", "httpx", "aiohttp", "urllib.request", "http.client", "smtplib", "ftplib", "xmlrpc.client"}
    found = {f"{name_of(p)}: {m}" for p in [*MODULES, *PLUGINS.rglob("*.py")] for m in imported(p) & clients}
    assert found == set()


def templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


FORBIDDEN = {
    "the safe filter": re.compile(r"\|\s*safe\b"),
    "autoescape switched off": re.compile(r"autoescape\s+false"),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.I),
    "an inline style": re.compile(r"<style\b|\sstyle\s*=", re.I),
    "an inline handler": re.compile(r"<[^>{]*\son[a-z]+\s*=", re.I),
    "a javascript address": re.compile(r"javascript:", re.I),
    "somebody else's server": re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", re.I),
    "an attribute without quotes": re.compile(r"\s[\w-]+=\{\{"),
}


@pytest.mark.parametrize("rule", FORBIDDEN)
def test_templates_have_none_of(rule: str) -> None:
    found = {}
    for path in templates():
        text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.S)
        if hits := [m.group(0) for m in FORBIDDEN[rule].finditer(text)]:
            found[str(path.relative_to(ROOT))] = hits
    assert found == {}


def test_markup_is_made_in_few_places() -> None:
    """``Markup`` says "this is safe": a new place for it is looked at by somebody."""
    users = {name_of(p) for p in MODULES if any(n == "Markup" for n, _ in calls(p))}
    assert users <= {"thidua.web.filters", "thidua.web.look"}


# --- the core names no campaign ----------------------------------------------------------------------


def campaign_words() -> set[str]:
    """Packages, slugs and titles of the campaigns in this repository."""
    words: set[str] = set()
    for folder in PLUGINS.iterdir():
        if not (folder / "__init__.py").exists():
            continue
        words.add(folder.name)
        for campaign in importlib.import_module(folder.name).thidua_campaigns():
            words |= {campaign.slug, campaign.title}
    return words


def test_core_and_templates_name_no_campaign() -> None:
    words = campaign_words()
    assert words
    found = {
        f"{path.relative_to(ROOT)}: {word}"
        for path in [*CORE.rglob("*.py"), *templates(), *CORE.rglob("*.js"), *CORE.rglob("*.css")]
        for word in words
        if word.casefold() in path.read_text("utf-8").casefold()
    }
    assert found == set()


# --- shape of the code -------------------------------------------------------------------------------


def test_modules_stay_short() -> None:
    found = {name_of(p): n for p in MODULES if (n := len(p.read_text("utf-8").splitlines())) > LONGEST}
    assert found.keys() == TOO_LONG


def test_functions_are_annotated() -> None:
    found = set()
    for path in [*MODULES, *PLUGINS.rglob("*.py")]:
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                a = node.args
                named = [*a.posonlyargs, *a.args, *a.kwonlyargs, *filter(None, (a.vararg, a.kwarg))]
                bare = [arg.arg for arg in named if arg.annotation is None and arg.arg not in ("self", "cls")]
                if bare or node.returns is None:
                    found.add(f"{where(path, node)} {node.name} {bare}")
    assert found == set()


def test_modules_say_what_they_are() -> None:
    found = {name_of(p) for p in MODULES if p.read_text("utf-8").strip() and not ast.get_docstring(tree(p))}
    assert found == set()


def test_public_functions_and_classes_say_what_they_are() -> None:
    silent = set()
    for path in MODULES:
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                silent |= set() if ast.get_docstring(node) else {f"{where(path, node)} {node.name}"}
    assert silent == set()


def test_services_take_the_time_and_never_ask_for_it() -> None:
    """``utc_now`` is a default of loops and of rebuilding; the rules of the work are given their instant."""
    allowed = {"thidua.services.indexing"}
    found = {
        name_of(p)
        for p in MODULES
        if p.relative_to(CORE).parts[0] in ("services", "permissions", "forms", "models")
        for name, node in calls(p)
        if name == "utc_now" or (name in ("now", "today", "utcnow") and ast.unparse(node.func).startswith("date"))
    }
    assert found <= allowed


def test_views_commit_and_services_do_not() -> None:
    found = {
        where(p, node)
        for p in MODULES
        if p.relative_to(CORE).parts[0] == "services"
        for name, node in calls(p)
        if name in ("commit", "rollback")
    }
    assert found == set()


def test_no_money_of_floats_in_tables() -> None:
    kinds = {type(c.type).__name__ for t in Base.metadata.tables.values() for c in t.columns}
    assert kinds & {"Float", "Numeric", "DOUBLE", "REAL"} == set()


# --- what is promised is written down ----------------------------------------------------------------


def test_every_table_says_what_it_is() -> None:
    silent = {m.class_.__name__ for m in Base.registry.mappers if not ast_doc(m.class_)}
    assert silent == set()


def ast_doc(kind: type) -> str | None:
    """The docstring written in the class, not one that it inherits or a dataclass makes."""
    return kind.__doc__ if inspect.isfunction(kind) else kind.__dict__.get("__doc__")


PUBLIC = [getattr(thidua.plugin, name) for name in thidua.plugin.__all__]
SHAPED = {"Check", "Combine", "Node", "Level", "Exact", "JsonValue", "Value", "RowValue", "Subject", "Field", "Past"}


def test_everything_public_is_documented() -> None:
    classes = [one for one in PUBLIC if inspect.isclass(one) or inspect.isfunction(one)]
    assert [one.__name__ for one in classes if not ast_doc(one)] == []  # type: ignore[arg-type]


def test_everything_public_has_an_example_that_runs() -> None:
    """Which run, with all others, in ``test_examples_run``."""
    built = [one for one in PUBLIC if inspect.isclass(one) or inspect.isfunction(one)]
    assert [one.__name__ for one in built if ">>> " not in (ast_doc(one) or "")] == []  # type: ignore[arg-type]


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "running.md").read_text("utf-8")
    missing = {f.name for f in fields(Settings) if f.name != "instance" and f.name not in text}
    # [plugins] off and strict are written as a table in the file
    assert {name for name in missing if name.removeprefix("plugins_") not in text} == set()


HOOKS = [name for name in vars(hookspecs) if name.startswith("thidua_")]


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_user_and_a_test(hook: str) -> None:
    used = [p for p in [*MODULES, *PLUGINS.rglob("*.py")] if defines(p, hook)]
    tested = [p for p in (ROOT / "tests" / "unit").glob("test_*.py") if p != Path(__file__) and hook in p.read_text()]
    assert used
    assert tested


def defines(path: Path, name: str) -> bool:
    return path.name != "hookspecs.py" and any(
        isinstance(node, ast.FunctionDef) and node.name == name for node in nodes(path)
    )


def doctested() -> list[str]:
    names = [m.name for m in pkgutil.walk_packages(thidua.__path__, "thidua.")]
    skipped = ("thidua.migrations", "thidua.__main__")
    with_examples = {name_of(p) for p in MODULES if ">>> " in p.read_text("utf-8")}
    return [name for name in names if name in with_examples and not name.startswith(skipped)]


@pytest.mark.parametrize("name", doctested())
def test_examples_run(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0
    assert result.attempted > 0


# --- the tests themselves ----------------------------------------------------------------------------


def test_tests_mock_nothing_of_ours() -> None:
    found = {
        str(p.relative_to(ROOT))
        for p in (ROOT / "tests").rglob("*.py")
        if {m for m in imported(p) if m.split(".")[0] in ("mock", "pytest_mock") or m == "unittest.mock"}
    }
    assert found == set()
