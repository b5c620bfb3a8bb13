"""How a file is looked at in the page: which block of its pages, and how large. Works by links alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request

from thidua.files.preview import Preview

ZOOMS = (100, 150, 200)


@dataclass(frozen=True)
class Viewer:
    """What the page shows of a file: ``pictures`` None for what has no pages; ``zoom`` in percent, one of ``zooms``."""

    pictures: Preview | None
    zoom: int
    zooms: Sequence[int] = ZOOMS

    @property
    def pages(self) -> range:
        """The pages that are shown."""
        return self.pictures.pages if self.pictures else range(0)

    @property
    def before(self) -> int | None:
        """The first page of the block before; None at the beginning."""
        return max((first for first in self._starts if self.pictures and first < self.pictures.first), default=None)

    @property
    def after(self) -> int | None:
        """The first page of the next block; None at the end."""
        here = self.pictures.first if self.pictures else 1
        return next((first for first in self._starts if first > here), None)

    @property
    def _starts(self) -> range:
        return self.pictures.starts if self.pictures else range(0)


def viewer(pictures: Preview | None) -> Viewer:
    """The file as the address asks for it: ``?phong=150`` makes it half as large again."""
    wanted = request.args.get("phong", "")
    return Viewer(pictures, next((zoom for zoom in ZOOMS if str(zoom) == wanted), ZOOMS[0]))
