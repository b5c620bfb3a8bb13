"""Loading code: what that makes stays as long as the process, so nobody should search it for garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unsearched(*, for_good: bool = False) -> Iterator[None]:
    """Look for no garbage in the block; ``for_good``: nor ever again in what stands when it ends.

    A start makes a hundred thousand objects, and searching them over and over was a fifth of it.
    Leaving is quicker, too. ``for_good`` is for what happens once in a process: it keeps whatever
    garbage there is. Also a decorator.

    >>> with unsearched():
    ...     gc.isenabled()
    False
    """
    wanted = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if for_good:
            gc.freeze()
        if wanted:
            gc.enable()
