"""What is wrong: with a dossier (:class:`Problem`), or with a campaign (:class:`ContractError`)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Literal, TypeAlias

Level: TypeAlias = Literal["error", "warning"]
Exact: TypeAlias = int | str | Decimal
JsonValue: TypeAlias = "bool | int | str | list[JsonValue] | dict[str, JsonValue] | None"

MOST_DIGITS = 30
"""Far more than points have; a number of a million digits would be reckoned with for minutes."""
_SHOWN = 60
_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


class ContractError(Exception):
    """A campaign, or the package that offers it, does not keep the contract.

    Read by authors and administrators: one sentence that names the place and
    the mend, such as ``field 'nam_sinh': minimum 2010 lies above maximum 1990``.

    >>> raise ContractError("field 'lop': required is 'no'; write True or False")
    Traceback (most recent call last):
    thidua.plugin.problems.ContractError: field 'lop': required is 'no'; write True or False
    """


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one place of a dossier, said to the person at the form.

    ``field`` is a field key (``ho_ten``), a cell (``ket_qua.2.chi_so``, rows counted
    from 0), a document slot (``document:bao_cao``) or ``""`` for the dossier as a whole.
    ``message`` is Vietnamese: what is wrong, and what to do. An ``"error"`` stops the
    submission, a ``"warning"`` does not. ``basis`` quotes the rule it rests on.

    >>> Problem("nam_vao_nganh", "Năm vào ngành sau năm nay. Hãy xem lại năm vào ngành.").level
    'error'
    """

    field: str
    message: str
    level: Level = "error"
    basis: str = ""

    def __post_init__(self) -> None:
        """Refuse a problem that says nothing."""
        if self.level not in ("error", "warning"):
            raise ContractError(f"problem at {self.field!r}: level {self.level!r} is neither 'error' nor 'warning'")
        for name in ("field", "message", "basis"):
            text: object = getattr(self, name)
            if not isinstance(text, str):
                raise ContractError(f"problem at {named(self.field)}: {name} is {named(text)}; write a text")
            object.__setattr__(self, name, "".join(text))  # what calls itself markup would be shown as such
        if not self.message.strip():
            raise ContractError(f"problem at {self.field!r}: write a message that says what is wrong and what to do")


def named(value: object) -> str:
    """What ``value`` is, short enough for a sentence: its class, with its slug or key where it has one.

    >>> named({"a": 1}), named("Lớp"), named(None), named(dict)
    ('a dict', "'Lớp'", 'None', 'the class dict')
    """
    if value is None or isinstance(value, bool | int | float | str | Decimal):
        shown = repr(value)
        return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    kind = type(value).__name__
    for name in ("slug", "key", "__name__"):
        own = getattr(value, name, None)
        if isinstance(own, str):
            return f"{kind} {own!r}"
    return f"{'an' if kind[0] in 'aeiouAEIOU' else 'a'} {kind}"


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` for the one of ``known`` that looks most like ``given``, or ``""``.

    >>> did_you_mean("nominees", ["unit", "nominee"]), did_you_mean("xyz", ["unit"])
    ("; did you mean 'nominee'?", '')
    """
    alike = difflib.get_close_matches(given, list(known), n=1, cutoff=0.7)
    return f"; did you mean {alike[0]!r}?" if alike else ""


def check_flags(thing: object, place: str, *names: str) -> None:
    """Refuse flags that are not ``True`` or ``False``: a text such as ``"no"`` would count as yes."""
    for name in names:
        value: object = getattr(thing, name)
        if not isinstance(value, bool):
            raise ContractError(f"{place}: {name} is {named(value)}; write True or False")


def check_key(place: str, key: str) -> None:
    """Refuse a key that is not ``[a-z][a-z0-9_]*`` of at most 60 letters."""
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise ContractError(f"{place} {key!r}: a key is a-z, 0-9 and _, starts with a letter, at most 60 letters")


def check_slug(place: str, slug: str) -> None:
    """Refuse a slug that is not lower-case letters, digits and inner hyphens."""
    if isinstance(slug, int):
        raise ContractError(f"{place} {slug!r} is a number; write it as text, {str(slug)!r}")
    if not isinstance(slug, str) or not _SLUG.fullmatch(slug):
        raise ContractError(f"{place} {slug!r}: use a-z, 0-9 and hyphens inside, at most 60 letters")


def check_words(place: str, what: str, text: str) -> None:
    """Refuse an empty label or title."""
    if not isinstance(text, str) or not text.strip():
        raise ContractError(f"{place}: write a {what}; people read it")


def check_text(thing: object, place: str, *names: str) -> None:
    """Refuse what may be empty but has to be a text, such as a help."""
    for name in names:
        value: object = getattr(thing, name)
        if not isinstance(value, str):
            raise ContractError(f"{place}: {name} is {named(value)}; write a text")


def check_whole(thing: object, place: str, name: str, least: int, most: int | None = None) -> None:
    """Refuse what is no whole number from ``least`` to ``most`` (``None``: open)."""
    value: object = getattr(thing, name)
    if isinstance(value, bool) or not isinstance(value, int) or value < least or (most is not None and value > most):
        bounds = f"from {least} on" if most is None else f"from {least} to {most}"
        raise ContractError(f"{place}: {name} is {named(value)}; write a whole number {bounds}")


def check_distinct(place: str, what: str, keys: list[str]) -> None:
    """Refuse two of one key."""
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise ContractError(f"{place}: {what} {twice[0]!r} stands twice; give each its own key")


def check_tuple(place: str, what: str, value: object, kinds: type | tuple[type, ...]) -> None:
    """Refuse anything but a tuple whose members are of ``kinds`` (lists could change later)."""
    if not isinstance(value, tuple):
        comma = " with a comma, (…,)" if isinstance(value, kinds) else ""
        raise ContractError(f"{place}: {what} is {named(value)}; write a tuple{comma}")
    for member in value:
        if not isinstance(member, kinds):
            raise ContractError(f"{place}: {what} holds {named(member)}, which does not belong there")


def exact(place: str, value: Exact) -> Decimal:
    """``value`` as a ``Decimal`` without trailing zeros; floats and non-numbers are refused.

    >>> exact("step", "0.50"), exact("max", 20)
    (Decimal('0.5'), Decimal('20'))
    """
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise ContractError(f"{place}: {value!r} is not exact; write an int, or text such as '0.25'")
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise ContractError(f"{place}: {value!r} is not a number; write an int, or text such as '0.25'") from error
    if not number.is_finite():
        raise ContractError(f"{place}: {value!r} is not a finite number")
    long = len(number.as_tuple().digits) > MOST_DIGITS
    if long or (number and not -MOST_DIGITS <= number.adjusted() < MOST_DIGITS):
        raise ContractError(f"{place}: {named(str(value))} has more than {MOST_DIGITS} digits")
    return Decimal(plain(number))


def plain(number: Decimal) -> str:
    """The shortest text of a finite number, every digit kept.

    >>> [plain(Decimal(text)) for text in ("9.50", "1E+3", "-0.0")]
    ['9.5', '1000', '0']
    """
    whole, _, rest = f"{number:f}".partition(".")
    text = whole + ("." + rest.rstrip("0")).rstrip(".")
    return "0" if text == "-0" else text


def settle(thing: object, place: str, *names: str) -> None:
    """Make the exact numbers of a frozen dataclass ``Decimal`` objects, so that equal means equal."""
    for name in names:
        value: Exact | None = getattr(thing, name)
        if value is not None:
            object.__setattr__(thing, name, exact(f"{place}: {name}", value))


def show_exact(points: Fraction) -> str:
    """``35/2``, or the whole number."""
    return str(points.numerator) if points.denominator == 1 else f"{points.numerator}/{points.denominator}"
