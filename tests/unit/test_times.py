"""Days, instants and numbers as the office types them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from thidua.times import (
    Period,
    parse_closing,
    parse_date,
    parse_instant,
    parse_number,
    show_deadline,
    show_number,
    start_of_day,
)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("17/06/2026", date(2026, 6, 17)),
        (" 5-2-2019 ", date(2019, 2, 5)),
        ("5.2.2019", date(2019, 2, 5)),
        ("2026-06-17", date(2026, 6, 17)),
        ("29/02/2024", date(2024, 2, 29)),
        ("01/01/1900", date(1900, 1, 1)),
        ("31/12/2200", date(2200, 12, 31)),
    ],
)
def test_day_is_read_as_people_type_it(typed: str, day: date) -> None:
    assert parse_date(typed) == day


@pytest.mark.parametrize(
    "typed",
    ["", "17/06", "31/02/2026", "29/02/2025", "06/17/2026", "17/06/26", "01/01/0001", "31/12/9999", "31/12/1899"],
)
def test_what_is_no_day_of_our_time_is_refused(typed: str) -> None:
    """Far-off years are slips of the finger, and the first and last of the calendar have no neighbours to count to."""
    for parse in (parse_date, parse_instant):
        with pytest.raises(ValueError, match=r"not a (date|year)|(day|month) (is|must)"):
            parse(typed)


def test_instant_is_read_in_viet_nam() -> None:
    assert parse_instant("17/06/2026 14:30") == datetime(2026, 6, 17, 7, 30, tzinfo=UTC)
    assert parse_instant("17/06/2026") == start_of_day(date(2026, 6, 17))


def test_a_closing_day_is_meant_to_its_end_and_a_closing_hour_is_not() -> None:
    assert parse_closing(" 16/06/2026 ") == start_of_day(date(2026, 6, 17))
    assert parse_closing("16/06/2026 14") == parse_closing("16/06/2026 14:00") == parse_instant("16/06/2026 14:00")


def test_midnight_is_the_end_of_the_day_before() -> None:
    assert show_deadline(parse_instant("17/06/2026")) == "hết ngày 16/06/2026"
    assert show_deadline(parse_instant("17/06/2026 16:30")) == "16:30 ngày 17/06/2026"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("9,5", "9.5"),
        ("9.5", "9.5"),
        ("1.234", "1234"),
        ("1.234,5", "1234.5"),
        ("12.345.678", "12345678"),
        ("1234.567", "1234.567"),
        ("0.125", "0.125"),
        ("-0.125", "-0.125"),
        ("0,125", "0.125"),
        ("1 234", "1234"),
    ],
)
def test_number_is_read_as_people_type_it(typed: str, number: str) -> None:
    assert parse_number(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["", "9,5,1", "1.23.456", "0.123.456", "1,234.5", "1e5", "NaN", "chín", "9" * 41])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        parse_number(typed)


@pytest.mark.parametrize("value", ["0", "-3", "1234.5", "1000000", "0.125", "-1234.05"])
def test_number_that_is_shown_is_read_back(value: str) -> None:
    assert parse_number(show_number(Decimal(value))) == Decimal(value)


def test_minus_may_be_typed_as_our_sentences_write_it() -> None:
    assert [parse_number(typed) for typed in ("−3", "− 1.234,5", "-3")] == [
        Decimal(-3),
        Decimal("-1234.5"),
        Decimal(-3),
    ]


def test_period_is_told_by_its_spelling() -> None:
    assert Period.parse("2025-2026") == Period("school_year", 2025)
    assert Period.parse("2025") == Period("year", 2025)
    with pytest.raises(ValueError, match="a school year ends"):
        Period.parse("2025-2027")


def test_period_among_blanks_is_read_or_refused_at_once() -> None:
    blanks = " " * 200_000
    assert Period.parse(f"{blanks}2025{blanks}") == Period("year", 2025)
    with pytest.raises(ValueError, match="not a period"):
        Period.parse(f"2025{blanks}x")
