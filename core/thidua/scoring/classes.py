"""Classes (xếp loại) and ranks, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from math import lcm

from thidua.plugin import Above, AtLeast, Class, settled
from thidua.scoring import wording
from thidua.scoring.valued import Scored


@dataclass(frozen=True)
class Classified:
    """The class given, and why not the next better one. ``place`` counts from 0, the best."""

    given: Class
    place: int
    reason: str


def classify(classes: Sequence[Class], scored: Scored) -> Classified:
    """The first class whose bars are all reached; after a failed gate only the last remains.

    Bars only ask for points, never forbid them, so more points never give a lower class.
    ``ValueError`` without classes.
    """
    if not classes:
        raise ValueError("no classes to choose from")
    last = len(classes) - 1
    place = next((n for n, one in enumerate(classes[:last]) if not scored.failed and _reached(one, scored)), last)
    return Classified(classes[place], place, _reason(classes, place, scored))


def _reached(one: Class, scored: Scored) -> bool:
    return all(_met(need, scored) for need in one.needs)


def _met(need: AtLeast, scored: Scored) -> bool:
    bar = need.bar(scored.rubric.nodes[need.node].highest)
    return need.reached(scored.units[need.node] * bar.denominator, bar.numerator * scored.scale)


def _reason(classes: Sequence[Class], place: int, scored: Scored) -> str:
    given = f"Xếp loại {classes[place].label}"
    if place == 0:
        return f"{given}: đạt mọi điều kiện."
    if scored.failed:
        said = [wording.gate_sentence(scored.rubric.leaves[key]) for key in scored.failed]
        return f"{given} vì {'; '.join(said)}."
    better = classes[place - 1]
    short = [_short(need, scored) for need in better.needs if not _met(need, scored)]
    return f"{given}; chưa đạt {better.label} vì {'; '.join(short)}."


def _short(need: AtLeast, scored: Scored) -> str:
    node = scored.rubric.nodes[need.node]
    asked = "trên" if isinstance(need, Above) else "ít nhất"
    percent = settled(need.percent)
    share = f" ({wording.number(Fraction(percent))} %)" if percent is not None else ""
    value, bar = scored.value(node.key), need.bar(node.highest)
    return f"“{node.label}” được {wording.readable(value)}, cần {asked} {wording.number(bar)}{share}"


@dataclass(frozen=True)
class Ranked:
    """One entry's place: 1, 2, 2, 4. ``tied`` are the others on the same place.

    ``broken_by`` is what put it behind an entry of the same total: a node's key, or
    ``"choice"`` for a choice made by people; ``""`` where nothing had to be broken.
    """

    key: str
    rank: int
    tied: tuple[str, ...]
    broken_by: str
    reason: str


@dataclass(frozen=True)
class _Entry:
    key: str
    scored: Scored
    order: tuple[int, ...]
    """Gates hold, total, tie-breaks, choice; less is better."""


def rank(
    entries: Sequence[tuple[str, Scored]], tie_breaks: Sequence[str], *, choice: Sequence[str] = ()
) -> tuple[Ranked, ...]:
    """Entries by total, the highest first; equal totals by the nodes of ``tie_breaks`` in turn.

    Who failed a gate stands behind everybody who did not. What is equal in all of it shares
    a rank, until ``choice`` (keys of entries, first the better one) tells them apart; entries that
    it does not name stay behind those it does. Equal ranks keep the order of ``entries``.
    """
    orders = _orders([scored for _, scored in entries], tie_breaks)
    chosen = {key: place for place, key in enumerate(dict.fromkeys(choice))}
    made = [
        _Entry(key, scored, (*order, chosen.get(key, len(chosen))))
        for (key, scored), order in zip(entries, orders, strict=True)
    ]
    places = [list(same) for _, same in groupby(sorted(made, key=lambda one: one.order), key=lambda one: one.order)]
    ranked: list[Ranked] = []
    ahead: _Entry | None = None
    for same in places:
        number = len(ranked) + 1
        for entry in same:
            tied = tuple(other.key for other in same if other is not entry)
            by = _broken_by(ahead, entry, tie_breaks)
            ranked.append(Ranked(entry.key, number, tied, by, _said(ahead, entry, by, tied)))
        ahead = same[-1]
    return tuple(ranked)


def _orders(entries: Sequence[Scored], tie_breaks: Sequence[str]) -> list[tuple[int, ...]]:
    """Per entry: whether gates hold, then total and tie-breaks, in whole numbers of one scale; less is better."""
    scale = lcm(*{scored.scale for scored in entries})
    return [
        (
            int(bool(scored.failed)),
            *(-scored.units[node] * (scale // scored.scale) for node in (scored.rubric.key, *tie_breaks)),
        )
        for scored in entries
    ]


def _broken_by(ahead: _Entry | None, entry: _Entry, tie_breaks: Sequence[str]) -> str:
    if ahead is None or ahead.order[:2] != entry.order[:2]:
        return ""
    apart = (ahead.order[2 + n] != entry.order[2 + n] for n in range(len(tie_breaks)))
    return next((node for node, differs in zip(tie_breaks, apart, strict=True) if differs), "choice")


def _said(ahead: _Entry | None, entry: _Entry, by: str, tied: Sequence[str]) -> str:
    parts = [f"Tổng {wording.readable(entry.scored.value(entry.scored.rubric.key))}"]
    if ahead and by == "choice":
        parts.append("bằng điểm ở mọi tiêu chí phụ với hồ sơ xếp trước, xếp sau theo lựa chọn có ghi lý do")
    elif ahead and by:
        less, more = (wording.readable(one.scored.value(by)) for one in (entry, ahead))
        parts.append(f"xếp sau vì “{entry.scored.rubric.nodes[by].label}” được {less}, hồ sơ xếp trước được {more}")
    if tied:
        parts.append(f"cùng hạng với {len(tied)} hồ sơ khác, bằng điểm ở mọi tiêu chí phụ")
    return "; ".join(parts) + "."
