"""Where a fault lies: the last frame of a plugin's own code in a traceback."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

_OURS = {"thidua", "pluggy", "importlib"}


def own_frame(error: BaseException, package: str = "") -> str:
    """``package/file.py:12``: where the code of ``package`` was when ``error`` was raised; ``""``: nowhere in it.

    A file that Python cannot read is itself the place. Without frames of ``package`` the last one
    counts that is neither ours nor Python's own.
    """
    if isinstance(error, SyntaxError) and error.filename:
        return f"{Path(error.filename).parent.name}/{Path(error.filename).name}:{error.lineno}"
    frames = list(_frames(error))
    own = [place for name, place in frames if package and (name == package or name.startswith(f"{package}."))]
    others = [place for name, place in frames if not _known(name)]
    return next(reversed(own or others), "")


def _known(module: str) -> bool:
    top = module.partition(".")[0]
    return top in _OURS or top in sys.stdlib_module_names


def _frames(error: BaseException) -> Iterator[tuple[str, str]]:
    """Module and place of every frame with a file, the innermost last."""
    for frame, line in traceback.walk_tb(error.__traceback__):
        file = frame.f_code.co_filename
        if not file.startswith("<"):
            module = str(frame.f_globals.get("__name__", ""))
            yield module, f"{_short(module, file)}:{line}"


def _short(module: str, file: str) -> str:
    """The file from its top package on: a whole path would drown the sentence."""
    path = Path(file)
    depth = module.count(".") + 1 + (path.name == "__init__.py")
    return "/".join(path.parts[-depth:])
