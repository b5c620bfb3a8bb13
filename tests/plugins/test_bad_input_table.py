"""What is put in wrong, a line each in ``bad_input.csv``: the test that reads its sentence, place and mend."""

from __future__ import annotations

import ast
import csv
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
LINES = list(csv.DictReader((TESTS / "plugins" / "bad_input.csv").read_text("utf-8").splitlines()))
PROMISED = (
    "Two plugins with one slug and edition",
    "A form changed under the same edition",
    "Classes that overlap",
    "Classes that cannot be reached",
    "A report column that is not a field",
    "Shares that add to 99",
    "A share of −5",
    "2,001 words typed or attached",
    "An attached entry without text",
    "A judge who is an author",
    "The third judge equal to the first",
    "An Excel form of another edition",
    "A paste of 10.000 rows",
)


def test_every_line_has_a_test() -> None:
    assert list(dict.fromkeys(line["what"] for line in LINES)) == list(PROMISED)


def reached(module: ast.Module, name: str) -> list[ast.AST]:
    """All that the test ``name`` is made of: itself, its marks, and what it uses of its own file."""
    there: dict[str, ast.stmt] = {}
    for part in module.body:
        if isinstance(part, ast.FunctionDef | ast.ClassDef):
            there[part.name] = part
        elif isinstance(part, ast.Assign):
            there |= {target.id: part for target in part.targets if isinstance(target, ast.Name)}
    todo, seen = [name], dict[str, list[ast.AST]]()
    while todo:
        if (one := todo.pop()) in there and one not in seen:
            seen[one] = list(ast.walk(there[one]))
            todo += [node.id for node in seen[one] if isinstance(node, ast.Name)]
            todo += [node.arg for node in seen[one] if isinstance(node, ast.arg)]  # fixtures
    return [node for nodes in seen.values() for node in nodes]


def texts(nodes: list[ast.AST]) -> list[str]:
    """Every text written in them."""
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line['what']}-{line['test'].partition('/')[0]}")
def test_the_test_reads_the_sentence_with_place_and_mend(line: dict[str, str]) -> None:
    file, _, name = line["test"].partition("::")
    module = ast.parse((TESTS / file).read_text("utf-8"))
    named = [part for part in module.body if isinstance(part, ast.FunctionDef) and part.name == name]
    assert len(named) == 1
    marks = {
        node.attr for mark in named[0].decorator_list for node in ast.walk(mark) if isinstance(node, ast.Attribute)
    }
    assert marks & {"skip", "skipif", "xfail"} == set()
    assert any(isinstance(node, ast.Assert) for node in ast.walk(named[0]))
    written = texts(reached(module, name))
    for part in ("place", "mend"):
        assert line[part]
        assert [text for text in written if line[part] in text] != [], part


def test_a_text_of_another_test_does_not_count() -> None:
    module = ast.parse("A = 'mine'\ndef test_a(b): assert A\ndef b(): 'lent'\ndef test_c(): assert 'theirs'\n")
    assert sorted(texts(reached(module, "test_a"))) == ["lent", "mine"]
