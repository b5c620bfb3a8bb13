"""Points as people give them: for the sheets that schools, offices and judges of the demo fill in."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias

from thidua.plugin import Deduction, Gate, Group
from thidua.scoring import show_points

Share: TypeAlias = Callable[[], Fraction]


def given(rubric: Group, share: Share) -> dict[str, str]:
    """A complete sheet by leaf: gates met, of each item the share that is asked for anew, nothing taken away."""
    typed = {}
    for key, leaf in rubric.leaves.items():
        if isinstance(leaf, Gate):
            steps = 1
        elif isinstance(leaf, Deduction):
            steps = 0
        else:
            steps = int(share() * leaf.steps + Fraction(1, 2))
        typed[key] = show_points(leaf, steps)
    return typed


def between(rng: random.Random, least: int) -> Share:
    """From ``least`` per cent to all of the points."""
    return lambda: Fraction(rng.randint(least, 100), 100)


def near(good: Fraction, rng: random.Random, *, strict: bool) -> Share:
    """Near to how good the dossier is; a third less by a strict judge."""
    part = Fraction(2, 3) if strict else Fraction(1)
    return lambda: min(Fraction(1), good + Fraction(rng.randint(-4, 4), 100)) * part
