"""What becomes of the demo's dossiers: about sixty, in every state that a dossier can reach today."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from thidua.demo.units import SCHOOLS, School
from thidua.models import State
from thidua.times import Period, local_day, start_of_day

FIRST_YEAR, SCHOOL_YEARS = 2023, 3
OPEN_SINCE, OPEN_FOR = timedelta(days=38), timedelta(days=24)


class Fate(enum.Enum):
    """How far a dossier gets."""

    EMPTY = "empty"  # opened, nothing written yet
    PART = "part"  # some parts written
    GIVEN_BACK = "given back"  # by the head, with a reason
    AWAITING = "awaiting"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    APPRAISING = "appraising"
    RETURNED = "returned"
    REWORKED = "reworked"  # returned, corrected, waiting for the head again
    RESUBMITTED = "resubmitted"
    INELIGIBLE = "ineligible"
    ELIGIBLE = "eligible"
    SECOND_TRY = "second try"  # returned, corrected, eligible


STATE_OF = {
    Fate.EMPTY: State.DRAFT,
    Fate.PART: State.DRAFT,
    Fate.GIVEN_BACK: State.DRAFT,
    Fate.AWAITING: State.AWAITING,
    Fate.SUBMITTED: State.SUBMITTED,
    Fate.WITHDRAWN: State.DRAFT,
    Fate.APPRAISING: State.APPRAISING,
    Fate.RETURNED: State.RETURNED,
    Fate.REWORKED: State.AWAITING,
    Fate.RESUBMITTED: State.SUBMITTED,
    Fate.INELIGIBLE: State.INELIGIBLE,
    Fate.ELIGIBLE: State.ELIGIBLE,
    Fate.SECOND_TRY: State.ELIGIBLE,
}

_PAST = (
    *[Fate.ELIGIBLE] * 4,
    Fate.SECOND_TRY,
    *[Fate.ELIGIBLE] * 4,
    Fate.INELIGIBLE,
    *[Fate.ELIGIBLE] * 3,
    Fate.SECOND_TRY,
    *[Fate.ELIGIBLE] * 2,
    Fate.INELIGIBLE,
)
_OPEN = (
    (0, Fate.RETURNED),
    (0, Fate.PART),
    (0, Fate.AWAITING),
    (0, Fate.APPRAISING),
    (2, Fate.ELIGIBLE),
    (3, Fate.ELIGIBLE),
    (0, Fate.ELIGIBLE),
    (1, Fate.SUBMITTED),
    (4, Fate.APPRAISING),
    (0, Fate.SUBMITTED),
    (5, Fate.RETURNED),
    (6, Fate.ELIGIBLE),
    (0, Fate.GIVEN_BACK),
    (3, Fate.INELIGIBLE),
    (1, Fate.ELIGIBLE),
    (2, Fate.SECOND_TRY),
    (7, Fate.EMPTY),
    (0, Fate.RESUBMITTED),
    (1, Fate.ELIGIBLE),
    (3, Fate.APPRAISING),
    (4, Fate.WITHDRAWN),
    (2, Fate.PART),
    (5, Fate.REWORKED),
    (6, Fate.PART),
    (0, Fate.AWAITING),
    (7, Fate.ELIGIBLE),
)


@dataclass(frozen=True)
class Window:
    """A call's school year and its instants; ``closes`` is exclusive."""

    period: Period
    opens: datetime
    closes: datetime


@dataclass(frozen=True)
class Destiny:
    """One dossier to be: whose it is, how far it gets, and which sample it is made from."""

    number: int
    school: School
    fate: Fate
    collective: bool
    seed: str


def windows(now: datetime) -> tuple[Window, Window, Window]:
    """Three school years: two that closed in their own June, and 2025-2026, open around ``now``."""
    today = local_day(now)
    return (
        Window(Period("school_year", 2023), start_of_day(date(2024, 5, 6)), start_of_day(date(2024, 6, 17))),
        Window(Period("school_year", 2024), start_of_day(date(2025, 5, 12)), start_of_day(date(2025, 7, 1))),
        Window(Period("school_year", 2025), start_of_day(today - OPEN_SINCE), start_of_day(today + OPEN_FOR)),
    )


def destinies(year: int, campaign: int, campaigns: int) -> Iterator[Destiny]:
    """The dossiers of the ``year``-th call (0, 1, 2) of one of ``campaigns`` campaigns, which share the sixty."""
    if year < SCHOOL_YEARS - 1:
        plan = [(number % len(SCHOOLS), fate) for number, fate in enumerate(_PAST)]
    else:
        plan = list(_OPEN)
    for number, (school, fate) in enumerate(plan):
        if number % campaigns != campaign:
            continue
        turn = number if campaigns % 2 else number // campaigns  # every fourth of each campaign, however many there are
        # The same teacher comes again in another year where the place in the list is the same.
        again = "" if turn % 4 == 0 and year < SCHOOL_YEARS - 1 else f"-{year}"
        collective = turn % 4 == 3
        yield Destiny(number, SCHOOLS[school], fate, collective, f"{campaign}-{SCHOOLS[school].code}-{number}{again}")
