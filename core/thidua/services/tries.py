"""How often a password may be tried within a time: counted before it is looked at, forgotten when it was right."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from thidua.config import Settings
from thidua.errors import Throttled
from thidua.models import LoginTry


def key_of(*parts: str) -> str:
    """What tries are counted by; it tells nothing of its parts.

    >>> key_of("sign-in", "vanthu", "127.0.0.1") == key_of("sign-in", "vanthu", "127.0.0.2")
    False
    """
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def count(session: Session, key: str, refusal: str, settings: Settings, now: datetime) -> None:
    """Count one more; :class:`Throttled` ``refusal`` after ``settings.sign_in_tries`` in the window."""
    window = timedelta(minutes=settings.sign_in_window_minutes)
    # What lies beyond the window to come was counted by a clock that has been set back since.
    session.execute(delete(LoginTry).where(or_(LoginTry.at <= now - window, LoginTry.at > now + window)))
    made = session.scalars(select(LoginTry.at).where(LoginTry.key == key).order_by(LoginTry.at)).all()
    if len(made) >= settings.sign_in_tries:
        left = made[0] + window - now
        raise Throttled(refusal, minutes=max(1, -(-int(left.total_seconds()) // 60)))
    session.add(LoginTry(key=key, at=now))


def forget(session: Session, key: str) -> None:
    """The password was right: what was tried before counts no more."""
    session.execute(delete(LoginTry).where(LoginTry.key == key))
