"""Pages are made one at a time, as long as that is quick: at once they would only be in each other's way."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATIENCE = 0.05


class Turns:
    """``app``, with whoever comes while a page is being made waiting for it, ``patience`` seconds at most.

    Python runs one thread at a time, and SQLite gives that place away at every row: eight pages made at once take
    a third more time than one after the other. Whoever has waited long enough goes ahead, so what is slow (a check
    that hangs, a password, a lock of the database) holds up nobody for longer than that.

    >>> def app(environ, start_response):
    ...     return [environ["PATH_INFO"].encode()]
    >>> Turns(app)({"PATH_INFO": "/ho-so"}, None)
    [b'/ho-so']
    """

    def __init__(self, app: WSGIApplication, patience: float = PATIENCE) -> None:
        self._app = app
        self._patience = patience
        self._turn = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The answer's beginning is made in turn; a long body is handed out without one."""
        mine = self._turn.acquire(timeout=self._patience)
        try:
            return self._app(environ, start_response)
        finally:
            if mine:
                self._turn.release()
