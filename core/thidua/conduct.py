"""How plugins behave while they are used: asked for a bounded time, their faults remembered.

Nothing here stops a page: whoever asks is told what went wrong and goes on. The administration's
page shows what was remembered since the program started.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from thidua import bounded
from thidua.bounded import TooSlow
from thidua.plugin import Past, PastAward, PastDossier, Similar
from thidua.plugin.faults import own_frame
from thidua.times import utc_now

SECONDS = 5.0
"""How long a check, a report or a listener may take; then whoever asked goes on without it."""

LOAD_SECONDS = 20.0
log = logging.getLogger("thidua.registry")
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Misstep:
    """A fault of a plugin in use: ``where`` it lies (``check years``), how often, and when last."""

    plugin: str
    where: str
    fault: str
    traceback: str
    at: datetime
    count: int = 1


class Conduct:
    """What became of the code of plugins in use; safe from several threads.

    >>> conduct = Conduct()
    >>> conduct.ask("vo-sach", "check year", lambda: 1 / 0)
    (None, ZeroDivisionError('division by zero'))
    >>> [(one.plugin, one.where, one.count) for one in conduct.missteps]
    [('vo-sach', 'check year', 1)]
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._found: dict[tuple[str, str], Misstep] = {}
        self._stuck: dict[tuple[str, str], threading.Thread] = {}
        self._lock = threading.Lock()

    @property
    def missteps(self) -> tuple[Misstep, ...]:
        """What is remembered, by plugin and place."""
        with self._lock:
            return tuple(sorted(self._found.values(), key=lambda one: (one.plugin, one.where)))

    def ask(
        self, plugin: str, where: str, function: Callable[[], Thing], said: str = ""
    ) -> tuple[Thing, None] | tuple[None, BaseException]:
        """What ``function`` of ``plugin`` gives, or why nothing came of it; never raises.

        One that did not come back in time is not asked again until it has ended, so that
        it holds one thread and not all of them. ``said`` stands in the log.
        """
        with self._lock:
            stuck = self._stuck.get((plugin, where))
            if stuck is not None and stuck.is_alive():
                return None, TooSlow("the call before has not ended yet")
        outcome = bounded.call(function, self.seconds)
        if outcome.error is None:
            return outcome.value, None  # type: ignore[return-value]  # without an error it came back
        if isinstance(outcome.error, TooSlow):
            with self._lock:
                self._stuck[plugin, where] = outcome.thread
        self.remember(plugin, where, outcome.error, said)
        return None, outcome.error

    def remember(self, plugin: str, where: str, error: BaseException, said: str = "") -> None:
        """Log a fault of ``plugin``, and keep it for the administration."""
        shown = "".join(traceback.format_exception(error))
        place = own_frame(error)
        told = str(error)
        if told.startswith("Traceback "):  # of a process of its own: the last line is the fault
            fault = told.splitlines()[-1]
        else:
            fault = f"{type(error).__name__}: {told}" + (f" ({place})" if place else "")
        log.error("%s", said or f"plugin {plugin} failed at {where}", exc_info=error)
        now = utc_now()
        with self._lock:
            known = self._found.get((plugin, where))
            count = known.count + 1 if known else 1
            made = Misstep(plugin, where, fault, shown, now)
            self._found[plugin, where] = replace(made, count=count)


@dataclass
class Lent:
    """A past that is taken back: after :meth:`close` a check that is still running learns nothing more."""

    past: Past

    def __post_init__(self) -> None:
        self._lock, self._open = threading.Lock(), True

    def close(self) -> None:
        """Wait for a question under way; refuse all later ones."""
        with self._lock:
            self._open = False

    def dossiers(self, slug: str, *, person: str | None = None, unit: str | None = None) -> Sequence[PastDossier]:
        """See :meth:`thidua.plugin.Past.dossiers`."""
        return self._asked(lambda: self.past.dossiers(slug, person=person, unit=unit))

    def similar(self, text: str, *, field: str, least: int) -> Sequence[Similar]:
        """See :meth:`thidua.plugin.Past.similar`."""
        return self._asked(lambda: self.past.similar(text, field=field, least=least))

    def titled(self, text: str, *, least: int) -> Sequence[Similar]:
        """See :meth:`thidua.plugin.Past.titled`."""
        return self._asked(lambda: self.past.titled(text, least=least))

    def awards(self, person: str) -> Sequence[PastAward]:
        """See :meth:`thidua.plugin.Past.awards`."""
        return self._asked(lambda: self.past.awards(person))

    def answered(self, slug: str, *, field: str, text: str) -> Sequence[PastDossier]:
        """See :meth:`thidua.plugin.Past.answered`."""
        return self._asked(lambda: self.past.answered(slug, field=field, text=text))

    def officiates(self, person: str) -> bool:
        """See :meth:`thidua.plugin.Past.officiates`."""
        return self._asked(lambda: self.past.officiates(person))

    def _asked(self, question: Callable[[], Thing]) -> Thing:
        with self._lock:
            if not self._open:
                raise TooSlow("the check is over")
            return question()


def name_of(function: Hashable) -> str:
    """What a function is called in messages."""
    name = getattr(function, "__name__", None)
    return name if isinstance(name, str) else type(function).__name__
