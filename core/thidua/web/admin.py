"""What the pages of the administration share: reading small forms, errors beside their fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import TypeVar

from flask import request

from thidua.errors import NotAllowed, NotFound, Refused, say
from thidua.text import clean_line
from thidua.times import Period, parse_closing, parse_date, parse_instant
from thidua.web.context import now, today

T = TypeVar("T")
SIZE = 20

FIELD_OF = {
    "login-unfit": "login",
    "login-taken": "login",
    "name-missing": "name",
    "unit-code-missing": "code",
    "unit-code-taken": "code",
    "unit-kind-missing": "kind",
    "unit-circle": "parent",
    "basis-missing": "document",
    "title-missing": "title",
    "call-dates-reversed": "closes",
    "call-grace-early": "grace",
    "extension-early": "until",
    "reason-missing": "reason",
    "reason-too-long": "reason",
    "grant-held": "role",
    "dates-reversed": "since",
    "unit-later-fact": "since",
    "unit-ended": "since",
    "file-missing": "file",
}

NO_OTHER: Mapping[str, str] = {}


class Typed:
    """The form of this request, read field by field; what cannot be read is in ``errors`` (field → sentence)."""

    def __init__(self) -> None:
        self.values = {key: value for key, value in request.form.items() if key != "csrf_token"}
        self.errors: dict[str, str] = {}

    def line(self, name: str) -> str:
        """One line of text, cleaned."""
        return clean_line(self.values.get(name, ""))

    def day(self, name: str) -> date:
        """A day; today when it cannot be read (``errors`` says so, and nothing is done)."""
        return self._read(name, parse_date, "date-unreadable", today())

    def day_or_none(self, name: str) -> date | None:
        """A day, or None for an empty field."""
        return self.day(name) if self.line(name) else None

    def instant(self, name: str) -> datetime:
        """A day with or without a time, in Việt Nam."""
        return self._read(name, parse_instant, "instant-unreadable", now())

    def closing(self, name: str) -> datetime:
        """When something ends: an instant, or a day to its end, in Việt Nam."""
        return self._read(name, parse_closing, "instant-unreadable", now())

    def closing_or_none(self, name: str) -> datetime | None:
        """When something ends, or None for an empty field."""
        return self.closing(name) if self.line(name) else None

    def period(self, name: str) -> Period:
        """A school year or a year."""
        return self._read(name, Period.parse, "period-unreadable", Period("year", 2000))

    def choice(self, name: str, known: dict[str, T], what: str) -> T | None:
        """One of ``known`` by its key; None (and an error naming ``what``) for anything else."""
        found = known.get(self.values.get(name, ""))
        if found is None:
            self.errors[name] = say("choice-missing", what=what)
        return found

    def _read(self, name: str, parse: Callable[[str], T], code: str, instead: T) -> T:
        text = self.line(name)
        try:
            return parse(text)
        except ValueError:
            self.errors[name] = say(code, text=text[:40])
            return instead

    @contextmanager
    def doing(self, fields: Mapping[str, str] = NO_OTHER) -> Iterator[None]:
        """Put what a service refuses beside its field; hidden and forbidden things pass on.

        ``fields`` says at which field a code is said, where that is another one than usual.
        """
        try:
            yield
        except (NotFound, NotAllowed):
            raise
        except Refused as refused:
            self.errors[fields.get(refused.code, FIELD_OF.get(refused.code, ""))] = str(refused)

    @property
    def status(self) -> int:
        """The status of the page that shows the form again."""
        return 422 if self.errors else 200
