"""Somebody else's code, called for a bounded time, whatever it does.

A thread cannot be killed. One that is too late is asked to end, which stops a loop and not a
wait; its caller goes on either way, and :func:`call` says where it was.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Generic, TypeVar

Thing = TypeVar("Thing")
_raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc


GRACE = 0.5
"""Seconds in which a thread that is too late may end when asked to; then the request is withdrawn."""


class TooSlow(Exception):
    """It had not come back in time; the traceback shows where it was then."""


class _End(BaseException):
    """Raised within a thread that is too late; passes ``except Exception``."""


@dataclass
class Outcome(Generic[Thing]):
    """What came of a call: ``value``, or ``error``, whatever was raised (``SystemExit`` included).

    ``thread`` may still be running after :class:`TooSlow`.
    """

    thread: threading.Thread
    value: Thing | None = None
    error: BaseException | None = None

    def get(self) -> Thing:
        """The value; raises what was raised, ``RuntimeError`` in place of what would end the program."""
        if isinstance(self.error, Exception):
            raise self.error
        if self.error is not None:
            raise RuntimeError(f"it left with {type(self.error).__name__}") from self.error
        return self.value  # type: ignore[return-value]  # without an error it came back


def call(function: Callable[[], Thing], seconds: float) -> Outcome[Thing]:
    """Call ``function`` in a thread of its own and wait at most ``seconds`` for it. Never raises.

    >>> call(lambda: 6 * 7, 5).value
    42
    >>> call(lambda: sys.exit("away"), 5).error
    SystemExit('away')
    """

    def work() -> None:
        try:
            value = function()
        except BaseException as error:
            found.error = error
        else:
            found.value = value
        finally:
            ended.release()

    ended = threading.Lock()
    ended.acquire()
    thread = threading.Thread(target=work, name="thidua-plugin", daemon=True)
    kept: Outcome[Thing] = Outcome(thread)
    found: Outcome[Thing] = Outcome(thread)
    thread.start()
    thread.join(seconds)
    if not thread.is_alive():
        return found
    kept.error = TooSlow(f"it took more than {seconds:g} seconds").with_traceback(_where(thread))
    _ask_to_end(thread, ended)
    return kept


def _where(thread: threading.Thread) -> TracebackType | None:
    """Where ``thread`` is, as if an exception had just been raised there."""
    frame: FrameType | None = sys._current_frames().get(thread.ident or 0)
    found: TracebackType | None = None
    while frame is not None:
        found = TracebackType(found, frame, frame.f_lasti, frame.f_lineno)
        frame = frame.f_back
    return found


def _ask_to_end(thread: threading.Thread, ended: threading.Lock) -> None:
    """Raise :class:`_End` in ``thread`` if it runs code within :data:`GRACE`; a wait is left alone.

    A request that nobody takes makes every thread of the program stop to look for it at each
    step, and CPython 3.11 never comes past the start of a function so while a debugger or a
    coverage tool traces it. Hence nothing but calls into C stands between asking and
    withdrawing; and since only a thread that takes a request takes the mark away that there is
    one, the caller ends with a request to itself.
    """
    if thread.ident is None or not thread.is_alive():
        return
    asked, late, own = _raise_in, ctypes.c_ulong(thread.ident), ctypes.c_ulong(threading.get_ident())
    request, nothing = ctypes.py_object(_End), ctypes.py_object()
    asked(late, request)
    if ended.acquire(timeout=GRACE):
        return
    asked(late, nothing)
    try:
        asked(own, request)
        for _ in range(100):  # it is taken here at the latest
            pass
    except _End:
        pass
