"""Time, periods and numbers as the office writes them: the one place that parses and prints them.

Instants are aware UTC ``datetime`` objects inside the program; people see
Asia/Ho_Chi_Minh. Deadlines are exclusive instants: ``closes`` of 17/06 00:00
local time is said as "hết ngày 16/06".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

_DATE = re.compile(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*")
_ISO = re.compile(r"\s*(\d{4})-(\d{2})-(\d{2})\s*")
_PERIOD = re.compile(r"(\d{4})(?:\s*[-–]\s*(\d{4}))?")
_GROUPED = r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+"
_NUMBER = re.compile(rf"(?:{_GROUPED}|[+-]?\d+)(?:,\d+)?|[+-]?\d+\.\d+")
MAX_NUMBER_LENGTH = 40
FIRST_YEAR, LAST_YEAR = 1900, 2200  # beyond lie slips of the finger


def utc_now() -> datetime:
    """The present instant, aware, in UTC. Services are given it; only edges call this."""
    return datetime.now(UTC)


def local(instant: datetime) -> datetime:
    """``instant`` on a wall clock in Việt Nam. Naive values are refused with ``ValueError``."""
    if instant.tzinfo is None:
        raise ValueError("naive datetime: every instant carries its zone")
    return instant.astimezone(VIETNAM)


def local_day(instant: datetime) -> date:
    """The calendar day in Việt Nam on which ``instant`` falls."""
    return local(instant).date()


def start_of_day(day: date) -> datetime:
    """The first instant of ``day`` in Việt Nam, as UTC.

    >>> start_of_day(date(2026, 6, 17)).isoformat()
    '2026-06-16T17:00:00+00:00'
    """
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)


def parse_date(text: str) -> date:
    """Read ``17/06/2026`` (also ``17-6-2026``, ``17.6.2026``, ISO ``2026-06-17``).

    Raises ``ValueError`` for anything else, days that do not exist and years before
    1900 or after 2200 included.

    >>> parse_date("5/2/2019"), parse_date("2026-06-17")
    (datetime.date(2019, 2, 5), datetime.date(2026, 6, 17))
    """
    if match := _DATE.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
    elif match := _ISO.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    else:
        raise ValueError("not a date")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError("not a year of our time")
    return date(year, month, day)


def parse_instant(text: str) -> datetime:
    """Read ``17/06/2026`` or ``17/06/2026 14:30`` (Việt Nam time) as a UTC instant; ``ValueError`` otherwise.

    >>> parse_instant("17/06/2026 00:30").isoformat()
    '2026-06-16T17:30:00+00:00'
    """
    day, clock = _apart(text)
    at = time.fromisoformat(clock) if clock else time()
    return datetime.combine(parse_date(day), at, VIETNAM).astimezone(UTC)


def _apart(text: str) -> tuple[str, str]:
    """The day and the time of day as they are written; empty where there is none."""
    day, _, clock = text.strip().replace("T", " ").partition(" ")
    return day, clock.strip()


def parse_closing(text: str) -> datetime:
    """Read an exclusive closing instant as :func:`parse_instant` does; a day alone is meant to its end.

    >>> parse_closing("16/06/2026") == parse_closing("17/06/2026 00:00")
    True
    """
    instant = parse_instant(text)
    return instant if _apart(text)[1] else start_of_day(local_day(instant) + timedelta(days=1))


def show_date(day: date) -> str:
    """``17/06/2026``."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def show_instant(instant: datetime) -> str:
    """``17/06/2026 14:30`` in Việt Nam."""
    there = local(instant)
    return f"{show_date(there.date())} {there.hour:02d}:{there.minute:02d}"


def show_deadline(closes: datetime) -> str:
    """An exclusive closing instant in words: midnight is the end of the day before.

    >>> show_deadline(start_of_day(date(2026, 6, 17)))
    'hết ngày 16/06/2026'
    """
    there = local(closes)
    if there.time() == time():
        return f"hết ngày {show_date(there.date() - timedelta(days=1))}"
    return f"{there.hour:02d}:{there.minute:02d} ngày {show_date(there.date())}"


def show_remaining(closes: datetime, now: datetime) -> str:
    """How long until ``closes``: ``còn 3 ngày``, ``còn 5 giờ``, ``còn 12 phút``, ``đã hết hạn``.

    >>> at = start_of_day(date(2026, 6, 17))
    >>> show_remaining(at, at - timedelta(days=3, hours=2))
    'còn 3 ngày'
    """
    left = closes - now
    if left <= timedelta():
        return "đã hết hạn"
    if left >= timedelta(days=1):
        return f"còn {left.days} ngày"
    if left >= timedelta(hours=1):
        return f"còn {left.seconds // 3600} giờ"
    return f"còn {max(1, left.seconds // 60)} phút"


def parse_number(text: str) -> Decimal:
    """Read a number as people here type it: ``9,5`` · ``9.5`` · ``1.234,5`` · ``1.234`` (= 1234).

    A single dot followed by exactly three digits groups thousands, unless a zero stands
    before it; any other single dot is a decimal point. A minus may be a hyphen or, as our
    own sentences write it, the sign itself. Raises ``ValueError`` otherwise.

    >>> [str(parse_number(t)) for t in ("9,5", "9.5", "1.234,5", "1.234", "0.125", "-3", "−3")]
    ['9.5', '9.5', '1234.5', '1234', '0.125', '-3', '-3']
    """
    cleaned = text.strip().replace("\u00a0", "").replace(" ", "").replace("\u2212", "-")
    if len(cleaned) > MAX_NUMBER_LENGTH or not _NUMBER.fullmatch(cleaned):
        raise ValueError("not a number")
    if "," in cleaned or re.fullmatch(_GROUPED, cleaned):
        cleaned = cleaned.replace(".", "").replace(",", ".")
    return Decimal(cleaned)


def show_number(value: Decimal | int) -> str:
    """``1234.5`` as ``1.234,5``: dots group thousands, a comma divides.

    >>> show_number(Decimal("1234.50"))
    '1.234,5'
    """
    number = Decimal(value)
    plain = f"{number:f}"
    whole, _, rest = plain.lstrip("-").partition(".")
    rest = rest.rstrip("0")
    grouped = f"{int(whole):,}".replace(",", ".")
    return ("-" if number < 0 else "") + grouped + (f",{rest}" if rest else "")


@dataclass(frozen=True, order=True)
class Period:
    """A school year (``năm học``) or a calendar year (``năm``).

    ``kind`` is ``"school_year"`` or ``"year"``; ``start`` is the first calendar
    year of it. "2025-2026" is display; the stored form is ``NH2025`` / ``N2025``.

    >>> str(Period("school_year", 2025)), Period("school_year", 2025).code
    ('2025-2026', 'NH2025')
    """

    kind: Literal["school_year", "year"]
    start: int

    def __post_init__(self) -> None:
        if self.kind not in ("school_year", "year"):
            raise ValueError("a period is a school_year or a year")
        if not FIRST_YEAR <= self.start <= LAST_YEAR:
            raise ValueError(f"the year of a period lies between {FIRST_YEAR} and {LAST_YEAR}")

    def __str__(self) -> str:
        return f"{self.start}-{self.start + 1}" if self.kind == "school_year" else str(self.start)

    @property
    def code(self) -> str:
        """The stored form, ``NH2025`` or ``N2025``."""
        return ("NH" if self.kind == "school_year" else "N") + str(self.start)

    @property
    def label(self) -> str:
        """With its word: ``năm học 2025-2026`` or ``năm 2025``."""
        return ("năm học " if self.kind == "school_year" else "năm ") + str(self)

    @classmethod
    @lru_cache(maxsize=256)  # a list reads the same few in every row
    def from_code(cls, code: str) -> Period:
        """The inverse of :attr:`code`; ``ValueError`` for anything else."""
        if code.startswith("NH") and code[2:].isdecimal():
            return cls("school_year", int(code[2:]))
        if code.startswith("N") and code[1:].isdecimal():
            return cls("year", int(code[1:]))
        raise ValueError("not a period code")

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``2025-2026`` (a school year) or ``2025`` (a year); ``ValueError`` otherwise.

        >>> Period.parse("2025 - 2026").code
        'NH2025'
        """
        match = _PERIOD.fullmatch(text.strip())
        if not match:
            raise ValueError("not a period")
        first = int(match[1])
        if match[2] is None:
            return cls("year", first)
        if int(match[2]) != first + 1:
            raise ValueError("a school year ends in the year after it starts")
        return cls("school_year", first)
