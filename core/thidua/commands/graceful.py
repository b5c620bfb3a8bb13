"""Serving until told to stop, and then ending what is under way: waitress itself cuts answers and uploads short."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any, Protocol

PATIENCE = 30.0  # seconds that uploads and downloads under way are given
PAUSE = 0.5  # seconds after which a signal is noticed at the latest
SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Channel(Protocol):
    """A connection, as far as waitress shows how busy it is."""

    requests: list[object]  # waiting for a thread or with one
    request: object | None  # still arriving
    total_outbufs_len: int  # still leaving


class Server(Protocol):
    """What we use of waitress."""

    effective_port: int
    channel_class: type[object]  # of every connection
    asyncore: Any  # its loop
    adj: Any  # its settings
    socket: Any
    task_dispatcher: Any
    active_channels: Mapping[int, Channel]
    _map: dict[int, object]

    def del_channel(self) -> None:
        """Take no more connections."""

    def close(self) -> None:
        """Give the port back."""


def run(server: Server, *, patience: float = PATIENCE) -> None:
    """Serve until SIGTERM or SIGINT; then close the port, let requests end for ``patience`` seconds, and return.

    A second signal ends it at once.
    """
    with _asked() as stopping:
        while not stopping.is_set():
            _turn(server)
    server.del_channel()
    server.socket.close()
    until = time.monotonic() + patience
    while _busy(server) and time.monotonic() < until:
        _turn(server)
    server.task_dispatcher.shutdown()
    for channel in list(server.active_channels.values()):
        channel.handle_close()  # type: ignore[attr-defined]
    server.close()


def _turn(server: Server) -> None:
    server.asyncore.loop(timeout=PAUSE, map=server._map, use_poll=server.adj.asyncore_use_poll, count=1)


def _busy(server: Server) -> bool:
    channels = list(server.active_channels.values())
    return any(one.requests or one.request is not None or one.total_outbufs_len for one in channels)


@contextmanager
def _asked() -> Iterator[threading.Event]:
    """An event that the next signal sets; afterwards signals mean what they meant before."""
    stopping = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    before = {each: signal.signal(each, ask) for each in SIGNALS}
    try:
        yield stopping
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
