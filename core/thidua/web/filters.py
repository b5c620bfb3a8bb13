"""What templates may call: dates, numbers, states as people read them, and addresses that keep the query."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from urllib.parse import urlencode

from flask import Flask, g, request, url_for
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

from thidua.documents.charts import BarChart, bar_chart_svg
from thidua.models import State, Unit
from thidua.scoring import wording
from thidua.services.sheet_texts import Reckoned
from thidua.times import local, show_date, show_deadline, show_instant, show_number, show_remaining
from thidua.web.context import now, today


@dataclass(frozen=True)
class Look:
    """How a state is shown: an icon and a colour class beside its word."""

    icon: str
    tone: str  # draft, way, back, good, bad, gold


STATES: dict[State, Look] = {
    State.DRAFT: Look("pencil", "draft"),
    State.AWAITING: Look("hourglass-split", "way"),
    State.SUBMITTED: Look("send", "way"),
    State.APPRAISING: Look("clipboard-check", "way"),
    State.RETURNED: Look("reply", "back"),
    State.INELIGIBLE: Look("x-circle", "bad"),
    State.ELIGIBLE: Look("check-circle", "good"),
    State.JUDGING: Look("pencil-square", "way"),
    State.SCORED: Look("award", "gold"),
    State.PUBLISHED: Look("star-fill", "gold"),
}


def install(app: Flask) -> None:
    """Register the filters and functions below."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        day=day,
        named=named,
        last_day=last_day,
        instant=instant,
        clock=clock,
        deadline=show_deadline,
        remaining=remaining,
        number=show_number,
        points=points,
        so_far=so_far,
        bytes=size,
        bars=bars,
    )
    app.jinja_env.globals.update(
        state_look=STATES.__getitem__,
        state_badge=_badges(app),
        address_with=address_with,
        page_window=page_window,
        now=now,
        url_for=address_of,
    )


def named(unit: Unit) -> str:
    """What ``unit`` is called today."""
    return unit.name_on(today())


def address_of(endpoint: str, **values: str | int | None) -> str:
    """``url_for`` for templates, remembered: a page of rows asks for sixty addresses, most of them again and again."""
    return _address(request.script_root, endpoint, tuple(values.items()))


@lru_cache(maxsize=8192)
def _address(_root: str, endpoint: str, values: tuple[tuple[str, str | int | None], ...]) -> str:
    return url_for(endpoint, **dict(values))  # type: ignore[arg-type]  # flask names its own options among them


def _badges(app: Flask) -> Callable[[State], Markup]:
    """The badge of a state; there are ten of them, so each is drawn once."""

    @lru_cache(maxsize=len(State))
    def badge(state: State) -> Markup:
        return Markup(app.jinja_env.get_template("macros/ui.html").module.state(state))  # type: ignore[attr-defined]  # noqa: S704 -- our own template

    return badge


def day(value: date | datetime | None) -> str:
    """``17/06/2026``; an instant by its day in Việt Nam; nothing for None."""
    if value is None:
        return ""
    return show_date(local(value).date() if isinstance(value, datetime) else value)


def last_day(value: date | None) -> str:
    """The day before ``value``: what an exclusive end is called; nothing for None."""
    return "" if value is None else show_date(value - timedelta(days=1))


def instant(value: datetime | None) -> str:
    """``17/06/2026 14:30``; nothing for None."""
    return "" if value is None else show_instant(value)


def clock(value: datetime) -> str:
    """``14:30`` in Việt Nam."""
    return f"{local(value):%H:%M}"


def remaining(closes: datetime) -> str:
    """``còn 3 ngày``, counted from this request."""
    return show_remaining(closes, now())


def size(count: int) -> str:
    """Bytes as people read them.

    >>> size(900), size(1_500_000)
    ('900 byte', '1,4 MB')
    """
    if count < 1024:
        return f"{count} byte"
    for unit, weight in (("KB", 1024), ("MB", 1024**2), ("GB", 1024**3)):
        if count < weight * 1024 or unit == "GB":
            tenths = round(count * 10 / weight)
            return (
                f"{tenths // 10} {unit}"
                if tenths >= 100 or tenths % 10 == 0
                else f"{tenths // 10},{tenths % 10} {unit}"
            )
    raise AssertionError


def so_far(reckoned: Reckoned) -> str:
    """What a sheet comes to: the class once every item is scored, before that how many are not."""
    if reckoned.valued.missing:
        return f"còn {len(reckoned.valued.missing)} mục chưa chấm"
    return reckoned.given.given.label if reckoned.given else ""


def points(value: Fraction | Decimal | int | str) -> str:
    """Points in a table: ``17,5``; what no decimal can say is rounded for reading, and says so.

    >>> points("35/2"), points("535/6")
    ('17,5', '≈ 89,17')
    """
    exact = Fraction(value)
    said = wording.number(exact)
    return f"≈ {wording.nearly(exact)}" if said.startswith("(") else said


def address_with(**changes: object) -> str:
    """The address of this page with some parameters of the query set (or, for None, taken away)."""
    query = MultiDict(request.args)
    for key, value in changes.items():
        query.poplist(key)
        if value is not None:
            query.add(key, str(value))
    return with_query(list(query.items(multi=True)))


def with_query(pairs: Sequence[tuple[str, str]]) -> str:
    """The address of this page (see :func:`~thidua.web.context.stands_at`) with ``pairs`` as its query."""
    path, text = g.get("page_path") or _encoded(request.path), urlencode(pairs)
    return f"{path}?{text}" if text else path


@lru_cache(maxsize=1024)
def _encoded(path: str) -> str:
    return iri_to_uri(path)


def page_window(number: int, last: int) -> list[int | None]:
    """The page numbers to offer, None for a gap.

    >>> page_window(6, 12)
    [1, None, 5, 6, 7, None, 12]
    """
    wanted = sorted({1, last, *(n for n in (number - 1, number, number + 1) if 1 <= n <= last)})
    window: list[int | None] = []
    for n in wanted:
        if window and n - (window[-1] or 0) > 1:
            window.append(n - 1 if n - (window[-1] or 0) == 2 else None)
        window.append(n)
    return window


def bars(chart: BarChart, ident: str) -> Markup:
    """A bar chart as SVG; its texts are escaped where it is drawn."""
    return Markup(bar_chart_svg(chart, ident))  # noqa: S704 -- every text passes the escaping of charts
