"""Prizes down a ranking, and the ties that people must decide before they can be given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thidua.plugin import Prize, settled
from thidua.scoring.classes import Ranked


@dataclass(frozen=True)
class Awarded:
    """Who gets which prize, by the entry's key; and the groups of equals of whom only some would get one.

    While ``undecided`` is not empty nothing may be given: its groups come in the order of the ranking.
    """

    prizes: Mapping[str, Prize]
    undecided: tuple[tuple[str, ...], ...] = ()


def award(prizes: Sequence[Prize], ranked: Sequence[Ranked], classes: Mapping[str, str | None]) -> Awarded:
    """Give ``prizes``, the best first, down the ranking; each entry gets one at most.

    ``classes`` holds the key of each entry's class, ``""`` in a track without classes; ``None`` bars an
    entry from every prize (a required condition was not met). What nobody may have is not given.

    >>> first, second = (Ranked(key, 1, (other,), "", "") for key, other in (("a", "b"), ("b", "a")))
    >>> award([Prize("nhat", "Giải Nhất", count=1)], [first, second], {"a": "", "b": ""}).undecided
    (('a', 'b'),)
    """
    groups = {one.key: (one.key, *one.tied) for one in ranked}
    order = [one.key for one in ranked]
    given: dict[str, Prize] = {}
    undecided: list[tuple[str, ...]] = []
    for prize in prizes:
        count = settled(prize.count)
        fit = [key for key in order if key not in given and _fits(prize, classes.get(key))]
        if 0 < count < len(fit) and fit[count] in groups[fit[count - 1]]:
            equals = set(groups[fit[count]])
            undecided.append(tuple(key for key in order if key in equals))
        given |= dict.fromkeys(fit[:count], prize)
    return Awarded(given, tuple(dict.fromkeys(undecided)))


def _fits(prize: Prize, given: str | None) -> bool:
    return given is not None and (not prize.classes or given in prize.classes)
