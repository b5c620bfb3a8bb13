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


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line['what']}-{line['test'].partition('/')[0]}")
def test_the_test_reads_the_sentence_with_place_and_mend(line: dict[str, str]) -> None:
    file, _, name = line["test"].partition("::")
    nodes = list(ast.walk(ast.parse((TESTS / file).read_text("utf-8"))))
    assert name in {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    written = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    for part in ("place", "mend"):
        assert line[part]
        assert [text for text in written if line[part] in text] != [], part
