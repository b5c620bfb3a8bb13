"""A real server in a thread of the test, which ends as its own loop wants it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any


@contextmanager
def answering(server: Any) -> Iterator[str]:
    """Waitress's ``server`` answers within the block, at this address.

    Its connections are closed by the loop that waits for them: closed from another thread, they would be asked about
    once more when they are no files any longer.
    """
    server.adj.asyncore_loop_timeout = 0.05
    loop = threading.Thread(target=server.run, daemon=True)
    loop.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        with suppress(OSError):  # somebody else's pull may have it done, and the trigger closed, before ours is written
            server.trigger.pull_trigger(partial(server.asyncore.close_all, server._map, ignore_all=True))
        loop.join(10)
        server.task_dispatcher.shutdown()
    assert not loop.is_alive()
