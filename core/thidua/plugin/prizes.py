"""Prizes (giải): given down the ranking of a call's dossiers of one track."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from thidua.plugin.params import Param
from thidua.plugin.problems import ContractError, check_key, check_tuple, check_words


@dataclass(frozen=True)
class Prize:
    """``count`` dossiers of a call get this prize: the best that have none yet, in the order of the ranking.

    A track lists its prizes best first. ``classes`` are the keys of the classes that may have it;
    ``()`` means every class. A prize that nobody deserves is not given.

    >>> Prize("nhat", "Giải Nhất", count=1).classes
    ()
    """

    key: str
    label: str
    _: KW_ONLY
    count: int | Param
    classes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a count that is none."""
        check_key("prize", self.key)
        place = f"prize {self.key!r}"
        check_words(place, "label", self.label)
        check_tuple(place, "classes", self.classes, str)
        if not isinstance(self.count, Param) and (
            isinstance(self.count, bool) or not isinstance(self.count, int) or self.count < 0
        ):
            raise ContractError(f"{place}: count is {self.count!r}; write a whole number from 0 on, or Param('key')")
