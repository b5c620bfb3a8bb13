"""What a file may cost before and while it is read; one place for every number."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1024 * 1024
NO_ROOM = 173  # the code with which the reading process says that the disk of its answer is full


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the upload checks and of the reading process.

    The defaults let through what Word, Excel, scanners and phones make in a school
    and refuse the known bombs: a 277 KB ``.docx`` holding 82 MB of XML stops at
    ``ratio``. Raise one for a test or a site as ``Limits(seconds=5)``.

    * ``entries``: members of a zip-based file; ``directory``: bytes of its directory,
      which is held in memory before the members can be counted.
    * ``expanded``: bytes all members together may unpack to, embedded workbooks included.
    * ``ratio``: how many times the file's own size it may unpack to, looked at only
      beyond ``ratio_from`` bytes, because small honest files compress well.
    * ``prolog``: bytes in which an XML part must reach its first element.
    * ``embedded``: bytes of one workbook or document embedded for a chart.
    * ``pixels``: width × height of an image; the browser has to unpack it.
    * ``seconds``: processor time of the reading process; ``wall``: seconds of real time until it is killed.
    * ``memory``: bytes of address space of the reading process.
    * ``characters``: length of the text kept of one file; the rest is cut off.
    """

    entries: int = 4_000
    directory: int = 1 * MB
    expanded: int = 200 * MB
    ratio: int = 100
    ratio_from: int = 10 * MB
    prolog: int = 64 * 1024
    embedded: int = 20 * MB
    pixels: int = 200_000_000
    seconds: int = 30
    wall: float = 60.0
    memory: int = 768 * MB
    characters: int = 5_000_000


DEFAULT_LIMITS = Limits()
