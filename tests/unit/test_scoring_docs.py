"""The page on scoring is run: every example gives what it says."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "scoring.md"


def test_examples_of_the_scoring_page_give_what_they_say() -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    said: list[str] = []
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, PAGE.name, str(PAGE), 0)
    failed, tried = doctest.DocTestRunner().run(test, out=said.append)
    assert (failed, "".join(said)) == (0, "")
    assert tried >= 20
