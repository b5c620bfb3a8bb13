"""Judging: who scores and how sheets come together; and which texts are compared for originality."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from thidua.plugin.combine import Mean, Rounded, Trimmed, misfit, plain_of
from thidua.plugin.params import Param
from thidua.plugin.problems import ContractError, Exact, check_flags, exact, named

Sheets: TypeAlias = Literal["never", "after_own", "always"]


@dataclass(frozen=True, kw_only=True)
class Judging:
    """Who scores, and how the sheets come together.

    ``judges`` sheets per dossier; ``blind``: without names; ``combine``: how the sheets
    make one: ``Mean()`` of all, ``Trimmed()``: of those left when the sheets with the highest
    and the lowest total are dropped, or one of the two ``Rounded`` in its total; ``gap``: points
    between two totals beyond which one more judge is called (``None``: never);
    ``sheets_visible``: when a judge sees others'.

    >>> Judging(judges=2, gap="2.5", blind=True).gap
    Decimal('2.5')
    """

    judges: int | Param = 2
    blind: bool = False
    combine: Mean | Trimmed | Rounded = Mean()  # noqa: RUF009 -- frozen and without state
    gap: Exact | Param | None = None
    sheets_visible: Sheets = "after_own"

    def __post_init__(self) -> None:
        judges = 15 if isinstance(self.judges, Param) else self.judges
        if isinstance(judges, bool) or not isinstance(judges, int) or not 1 <= judges <= 15:
            raise ContractError(f"judging: {judges!r} judges; write 1 to 15")
        check_flags(self, "judging", "blind")
        if not isinstance(self.combine, Mean | Trimmed | Rounded):
            raise ContractError(f"judging: combine is {named(self.combine)}; write Mean(), Trimmed() or Rounded(…)")
        plain = plain_of(self.combine)
        if not isinstance(plain, Mean | Trimmed):
            raise ContractError(f"judging: sheets combine by Mean() or Trimmed(), not {plain!r}")
        if isinstance(plain, Trimmed) and misfit(plain, ["sheet"] * judges):
            raise ContractError(f"judging: Trimmed({plain.drop}) leaves no sheet of {judges}")
        if self.sheets_visible not in ("never", "after_own", "always"):
            raise ContractError(f"judging: sheets_visible is {self.sheets_visible!r}; write never, after_own or always")
        if self.gap is not None and judges < 2:
            raise ContractError("judging: a gap needs two judges at least")
        if self.gap is not None and not isinstance(self.gap, Param):
            object.__setattr__(self, "gap", exact("judging: gap", self.gap))
            if Fraction(self.gap) <= 0:
                raise ContractError(f"judging: a gap of {self.gap}; it lies above 0")


@dataclass(frozen=True)
class Originality:
    """A text compared across editions and calls; noted from ``least`` per cent on.

    >>> Originality("noi_dung", 40).least
    40
    """

    field: str
    least: int = 30

    def __post_init__(self) -> None:
        if isinstance(self.least, bool) or not isinstance(self.least, int) or not 1 <= self.least <= 100:
            raise ContractError(f"originality of {self.field!r}: least is {self.least!r}; write 1 to 100")
