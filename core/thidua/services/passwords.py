"""Passwords: how they are kept, which are refused, and the ones used once."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from thidua.config import Settings
from thidua.errors import Invalid
from thidua.services.common_passwords import is_common
from thidua.text import few_marks, fold

LEAST, ADVISED, MOST = 8, 15, 256
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are mixed up on paper


class Passwords:
    """Argon2id at the cost that the settings say.

    Hashing is slow on purpose: call it outside of transactions.
    """

    def __init__(self, settings: Settings) -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.password_cost, memory_cost=settings.password_memory_kib, parallelism=1
        )
        self._nobody = self._hasher.hash(secrets.token_urlsafe(16))

    def hash(self, password: str) -> str:
        """What is stored of ``password``."""
        return self._hasher.hash(_normal(password))

    def fits(self, stored: str | None, password: str) -> bool:
        """Whether ``password`` is the stored one. For None the same work is done, and the answer is no."""
        try:
            self._hasher.verify(stored or self._nobody, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether ``stored`` was made at another cost and should be made anew."""
        return self._hasher.check_needs_rehash(stored)


def check(password: str, *, words: Iterable[str] = ()) -> None:
    """Raise :class:`~thidua.errors.Invalid` when ``password`` should not be chosen.

    At least eight characters of any kind, no rule of composition; not a common one, and
    not made of ``words`` (login, names, the school) with only digits or signs around them.
    """
    plain = _normal(password)
    if len(plain) < LEAST:
        raise Invalid("password-short", least=LEAST)
    if len(plain) > MOST:
        raise Invalid("password-long", most=MOST)
    if len(set(plain)) < 3 or is_common(fold(plain), _bare(plain)):
        raise Invalid("password-common")
    known = {_bare(word) for word in (*words, "thidua", "khen thưởng", "trường", "Gia Lâm")} - {""}
    if _bare(plain) in known or fold(plain) in {fold(word) for word in words}:
        raise Invalid("password-context")


def one_time() -> str:
    """A password to be printed once: three groups of four, 59 bits, no letters that are mixed up.

    >>> len(one_time())
    14
    """
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def _normal(password: str) -> str:
    # Two keyboards may type one letter as different code points: the same word must open the door.
    return unicodedata.normalize("NFC", few_marks(password))


def _bare(text: str) -> str:
    """Only the letters, folded: what remains when digits and signs are taken from around a word."""
    return "".join(character for character in fold(text) if character.isalpha())
