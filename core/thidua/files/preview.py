"""The first pages of a PDF as pictures: browsers refuse to show a PDF inside a sandboxed frame.

Rendered in the reading process, kept beside the blobs as a cache that may be lost at any moment.
"""

from __future__ import annotations

import base64
import secrets
import struct
import time
import zlib
from dataclasses import dataclass
from pathlib import Path

from thidua.files.apart import run_apart
from thidua.files.limits import MB, Limits

WIDTH = 1000
MOST_PAGES = 12
MOST_BYTES = 3 * MB
COUNT = "trang.txt"
FAILED = b"0 0"
RETRY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Preview:
    """``count`` pages in the file, of which the first ``shown`` are pictures ``1.png``, ``2.png``, …"""

    count: int = 0
    shown: int = 0


def preview(path: Path, folder: Path, *, limits: Limits | None = None) -> Preview:
    """The pictures of the PDF at ``path`` in ``folder``, made when they are not there; none for what cannot be read.

    Making them takes up to twenty seconds. That they cannot be made is kept too, for :data:`RETRY` seconds:
    the machine may only have been busy.
    """
    kept = folder / COUNT
    if not kept.exists() or (kept.read_bytes() == FAILED and time.time() - kept.stat().st_mtime > RETRY):
        outcome = run_apart("thidua.files.preview:pictures", path, limits or Limits(wall=20, seconds=15))
        count, *pages = outcome.text.splitlines() if outcome.status == "ok" else ["0"]
        folder.mkdir(parents=True, exist_ok=True)
        for n, page in enumerate(pages, 1):
            _put(folder / f"{n}.png", base64.b64decode(page))
        _put(kept, f"{count} {len(pages)}".encode())
    count, shown = kept.read_text("ascii").split()
    return Preview(int(count), int(shown))


def _put(path: Path, data: bytes) -> None:
    """Write ``path`` whole or not at all: two readers may ask for one file at the same moment."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    fresh.write_bytes(data)
    fresh.replace(path)


def pictures(path: str) -> str:
    """In the reading process: how many pages there are, then the first ones as PNG in base64, a line each."""
    import pypdfium2  # type: ignore[import-untyped]  # noqa: PLC0415 -- a parser

    document = pypdfium2.PdfDocument(path)
    lines = [str(len(document))]
    size = 0
    for number in range(min(len(document), MOST_PAGES)):
        page = document[number]
        bitmap = page.render(scale=min(3.0, WIDTH / max(1.0, page.get_width())), rev_byteorder=True, prefer_bgrx=False)
        picture = base64.b64encode(
            png(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, bitmap.n_channels)
        ).decode("ascii")
        size += len(picture)
        if size > MOST_BYTES:
            break
        lines.append(picture)
        bitmap.close()
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
