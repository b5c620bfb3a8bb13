"""Pages of a PDF as pictures, a block at a time: browsers refuse to show a PDF inside a sandboxed frame.

Rendered in the reading process, kept beside the blobs as a cache that may be lost at any moment. The cache is bounded:
what was looked at longest ago is deleted whenever something is added.
"""

from __future__ import annotations

import base64
import secrets
import struct
import time
import zlib
from dataclasses import dataclass
from pathlib import Path

from thidua.files.apart import run_apart, turn
from thidua.files.caches import ROOM, trim, used
from thidua.files.limits import MB, Limits

WIDTH = 1200
BLOCK = 8
MOST_BYTES = 2 * MB
FAILED = b"0 0"
RETRY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Preview:
    """``count`` pages in the file, of which ``shown`` from ``first`` on are pictures ``1.png``, ``2.png``, …"""

    count: int = 0
    shown: int = 0
    first: int = 1

    @property
    def pages(self) -> range:
        """The numbers of the pages that are pictures.

        >>> Preview(20, 8, 9).pages
        range(9, 17)
        """
        return range(self.first, self.first + self.shown)

    @property
    def starts(self) -> range:
        """The first page of every block.

        >>> list(Preview(20, 8).starts)
        [1, 9, 17]
        """
        return range(1, self.count + 1, BLOCK)


def preview(path: Path, folder: Path, *, page: int = 1, limits: Limits | None = None, room: int = ROOM) -> Preview:
    """The block of pictures of the PDF at ``path`` in which ``page`` stands, made in ``folder`` when it is not there.

    A page beyond the last is the last; nothing is shown of what cannot be read. Making a block takes up to twenty
    seconds. That it cannot be made is kept too, for :data:`RETRY` seconds: the machine may only have been busy.
    ``room``: bytes that all files' pictures beside ``folder`` may take after that.

    Raises :class:`~thidua.errors.Busy` when it has to be made and too many others are.
    """
    start = _block(path, folder, 1, limits, room)
    first = max(0, min(page, start.count) - 1) // BLOCK * BLOCK + 1
    if first == 1:
        return start
    return Preview(start.count, _block(path, folder, first, limits, room).shown, first)


def marker(folder: Path, first: int = 1) -> Path:
    """The file that says what came of the block from page ``first`` on."""
    return folder / f"tu-{first}.txt"


def _block(path: Path, folder: Path, first: int, limits: Limits | None, room: int) -> Preview:
    kept = marker(folder, first)
    if _to_be_made(kept):
        with turn():
            if _to_be_made(kept):  # by nobody else meanwhile
                _make(path, folder, first, limits)
                trim([each for each in folder.parent.iterdir() if each.is_dir()], room)  # a file there is somebody's
    else:
        used(folder)
    count, shown = kept.read_text("ascii").split()
    return Preview(int(count), int(shown), first)


def _to_be_made(kept: Path) -> bool:
    return not kept.exists() or (kept.read_bytes() == FAILED and time.time() - kept.stat().st_mtime > RETRY)


def _make(path: Path, folder: Path, first: int, limits: Limits | None) -> None:
    bounds = limits or Limits(wall=20, seconds=15, characters=(BLOCK + 1) * MOST_BYTES)
    outcome = run_apart("thidua.files.preview:pictures", path, bounds, more=str(first))
    count, *pages = outcome.text.splitlines() if outcome.status == "ok" else ["0"]
    folder.mkdir(parents=True, exist_ok=True)
    for n, page in enumerate(pages, first):
        _put(folder / f"{n}.png", base64.b64decode(page))
    _put(marker(folder, first), f"{count} {len(pages)}".encode())


def _put(path: Path, data: bytes) -> None:
    """Write ``path`` whole or not at all: two readers may ask for one file at the same moment."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    fresh.write_bytes(data)
    fresh.replace(path)


def pictures(path: str, first: str = "1") -> str:
    """In the reading process: how many pages there are, then those of a block as PNG in base64, a line each.

    A page that would be too heavy (a photograph) is drawn smaller.
    """
    import pypdfium2  # type: ignore[import-untyped]  # noqa: PLC0415 -- a parser

    document = pypdfium2.PdfDocument(path)
    lines = [str(len(document))]
    for number in range(int(first) - 1, min(len(document), int(first) - 1 + BLOCK)):
        page = document[number]
        scale, picture = min(3.0, WIDTH / max(1.0, page.get_width())), ""
        while not picture or len(picture) > MOST_BYTES:
            bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)
            drawn = png(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, bitmap.n_channels)
            picture, scale = base64.b64encode(drawn).decode("ascii"), scale * 0.7
            bitmap.close()
        lines.append(picture)
        page.close()
    document.close()
    return "\n".join(lines)


def png(pixels: bytes, width: int, height: int, stride: int, channels: int) -> bytes:
    """A PNG file of 8-bit ``pixels``: grey (1 channel), RGB (3) or RGBA (4)."""
    colour = {1: 0, 3: 2, 4: 6}[channels]
    rows = b"".join(b"\0" + pixels[y * stride : y * stride + width * channels] for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
