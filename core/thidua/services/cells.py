"""The cells of one row of an import, each read for itself, so that all that is wrong with it is said at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from thidua.errors import Invalid, Refused

T = TypeVar("T")


class Cells:
    """What was wrong with the cells read so far.

    >>> cells = Cells()
    >>> cells.read(lambda: int("12")), cells.wrong
    (12, [])
    """

    def __init__(self) -> None:
        self.wrong: list[Refused] = []

    def read(self, value_of: Callable[[], T]) -> T | None:
        """What ``value_of`` gives; None where it is refused, which :meth:`settle` tells."""
        try:
            return value_of()
        except Refused as refused:
            self.wrong.append(refused)
            return None

    def settle(self) -> None:
        """Raise what was refused: the one thing, or :class:`Invalid` ``import-row`` with every sentence once."""
        said = list(dict.fromkeys(map(str, self.wrong)))
        if len(said) == 1:
            raise self.wrong[0]
        if said:
            raise Invalid("import-row", said=" ".join(said))
