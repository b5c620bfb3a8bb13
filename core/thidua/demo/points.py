"""Points as people give them: for the sheets that schools and offices of the demo fill in."""

from __future__ import annotations

import random

from thidua.plugin import Deduction, Gate, Group
from thidua.scoring import show_points
from thidua.services.sheet_texts import POINT


def given(rubric: Group, rng: random.Random, *, least: int = 60) -> dict[str, str]:
    """A complete sheet by place: gates met, items from ``least`` per cent of their points on, nothing taken away."""
    texts = {}
    for key, leaf in rubric.leaves.items():
        if isinstance(leaf, Gate):
            steps = 1
        elif isinstance(leaf, Deduction):
            steps = 0
        else:
            steps = rng.randint(-(-leaf.steps * least // 100), leaf.steps)
        texts[POINT + key] = show_points(leaf, steps)
    return texts
