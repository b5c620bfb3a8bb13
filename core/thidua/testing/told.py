"""The words of checks: what is ill written in them, and one wording of each kind to be stored."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from thidua.conduct import name_of
from thidua.plugin import Check, Problem
from thidua.testing.texts import text_faults

MOST_WORDINGS = 4
"""So many kinds of sentences of one check, place and level are stored."""
_VALUES = re.compile(r"\d+|“[^”]*”")

Words = dict[str, dict[str, str]]
"""By change, then by check, place and level: what people are told."""


@dataclass(frozen=True)
class Told:
    """The words of all checks about one dossier: ``faults`` by check, ``words`` by change."""

    faults: dict[str, str] = field(default_factory=dict)
    words: Words = field(default_factory=dict)

    def at(self, how: str) -> Callable[[Check, Problem], None]:
        """What takes the problems that are found after a change."""

        def tell(check: Check, problem: Problem) -> None:
            own, place = self.words.setdefault(how, {}), short(check, problem)
            own[place] = f"{own[place]} {problem.message}" if place in own else problem.message
            for fault in text_faults(problem.message):
                self.faults.setdefault(name_of(check), f"check {name_of(check)!r} says {fault}")

        return tell

    def kinds(self) -> Words:
        """The first of each kind: the same sentence with other numbers and quotations is no other kind."""
        kept: Words = {}
        seen: set[tuple[str, str]] = set()
        count: Counter[str] = Counter()
        for how, own in self.words.items():
            for place, message in own.items():
                kind = (place, _VALUES.sub("#", message))
                if kind not in seen and count[place] < MOST_WORDINGS:
                    kept.setdefault(how, {})[place] = message
                    count[place] += 1
                seen.add(kind)
        return kept


def short(check: Check, problem: Problem) -> str:
    """``enough_notebooks so_vo warning``, with the basis where there is one."""
    basis = f" ({problem.basis})" if problem.basis else ""
    return f"{name_of(check)} {problem.field or 'dossier'} {problem.level}{basis}"
