"""The guides of schools, offices and judges say what the pages say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from thidua.models import State, TextState

ROOT = Path(__file__).parents[2]
GUIDES = ("huong-dan-nha-truong.md", "huong-dan-giam-khao.md", "huong-dan-phong-so.md")
GUIDE = "\n".join((ROOT / "docs" / name).read_text("utf-8") for name in GUIDES)
PAGES = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "templates").rglob("*.html")))
MENU = "".join((ROOT / "core/thidua/web" / name).read_text("utf-8") for name in ("navigation.py", "judge.py"))
WORDS = {*(s.label for s in State), *(s.label for s in TextState)}


@pytest.mark.parametrize("words", sorted(set(re.findall(r"\*\*([^*]+)\*\*", re.sub(r"\s+", " ", GUIDE)))))
def test_guide_names_what_the_pages_show(words: str) -> None:
    shown = (words, words.replace("&", "&amp;"))
    assert any(text in PAGES for text in shown) or words in WORDS or f'"{words}"' in MENU


@pytest.mark.parametrize("name", [*(f"docs/{name}" for name in GUIDES), "README.md"])
def test_pictures_of_a_page_are_there_and_small(name: str) -> None:
    page = ROOT / name
    pictures = [page.parent / path for path in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page.read_text("utf-8"))]
    assert [path.name for path in pictures if not 0 < path.stat().st_size < 250_000] == []
