"""When the steps of a demo dossier happen: office hours, inside its call, never after the present."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta

from thidua.demo.plan import Destiny, Fate, Window
from thidua.times import VIETNAM, local

_MARGIN = timedelta(hours=1)
_LONG = frozenset({Fate.RETURNED, Fate.REWORKED, Fate.RESUBMITTED, Fate.SECOND_TRY, Fate.ELIGIBLE, Fate.INELIGIBLE})


class Clock:
    """Gives the instants of one dossier's steps, each later than the one before."""

    def __init__(self, window: Window, destiny: Destiny, now: datetime, rng: random.Random) -> None:
        self.window = window
        self.fate = destiny.fate
        self.number = destiny.number
        self.now = now
        self.rng = rng
        self.at = window.opens

    @property
    def past(self) -> bool:
        """Whether the call closed before the demo was made."""
        return self.window.closes <= self.now

    def start(self) -> datetime:
        """When the draft is opened: early for those that get far."""
        days = self.rng.randint(3, 9) if self.fate in _LONG else self.rng.randint(10, 24)
        return self._set(self.window.opens + timedelta(days=days))

    def later(self, *, hours: int) -> datetime:
        """Some working time after the last step."""
        return self._set(self.at + timedelta(hours=hours, minutes=self.rng.randint(5, 50)))

    def submitting(self) -> datetime:
        """Past calls see most come in the last days; the first ones of the year 2025 on the last evening but one."""
        if not self.past:
            return self.later(hours=20)
        last = self.window.closes - timedelta(days=2 + self.number % 5)
        return self._set(max(self.at + timedelta(hours=20), last - (timedelta(days=14) if self.early else timedelta())))

    @property
    def early(self) -> bool:
        """Those that come back need the time before the call closes."""
        return self.fate is Fate.SECOND_TRY

    def taking_up(self) -> datetime:
        """In past calls not before it closed, except for those that will come back."""
        if self.past and not self.early:
            return self._set(max(self.at + timedelta(hours=20), self.window.closes + timedelta(days=1, hours=9)))
        return self.later(hours=22)

    def _set(self, wanted: datetime) -> datetime:
        there = local(max(wanted, self.at + timedelta(minutes=3)))
        if there.hour < 8:
            there = datetime.combine(there.date(), time(8, self.rng.randint(0, 59)), VIETNAM)
        elif there.hour >= 17:
            there = datetime.combine(there.date() + timedelta(days=1), time(8, self.rng.randint(0, 59)), VIETNAM)
        self.at = min(max(there, self.at + timedelta(minutes=3)), self.now - timedelta(minutes=1))
        return self.at
