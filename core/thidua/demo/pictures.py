"""Pictures without a picture library: PNG through zlib, JPEG written block by block.

The JPEG encoder never sees pixels: a landscape of smooth colours is told to it as one
mean and two slopes per block of 8 × 8, which is what the first three coefficients of a
JPEG block are.
"""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import TypeAlias

Colour: TypeAlias = tuple[float, float, float]
Scene: TypeAlias = Callable[[float, float], Colour]

_QUANTUM = 4  # every coefficient is a multiple of this
_DC_CODE_BITS, _AC_CODE_BITS = 4, 5
_AC_SYMBOLS = (0x00, *range(0x01, 0x0A), *range(0x11, 0x1A))


def png(width: int, height: int, grey: bytes) -> bytes:
    """A greyscale PNG of ``width`` × ``height`` pixels, one byte each."""
    rows = b"".join(b"\0" + grey[start : start + width] for start in range(0, width * height, width))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in parts)


def photo(rng: random.Random, *, width: int = 480, height: int = 320) -> bytes:
    """A JPEG of a school yard as a child would paint it: sky, sun, a roof, a wall with windows, grass.

    Width and height are multiples of eight.
    """
    return _jpeg(width, height, _yard(rng, width, height))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _yard(rng: random.Random, width: int, height: int) -> Scene:
    ground, eaves = height * rng.uniform(0.66, 0.76), height * rng.uniform(0.34, 0.42)
    left, right = width * rng.uniform(0.12, 0.22), width * rng.uniform(0.72, 0.9)
    sun = (width * rng.uniform(0.75, 0.95), height * rng.uniform(0.08, 0.2))
    wall: Colour = rng.choice(((236, 205, 140), (240, 226, 190), (222, 188, 150)))
    ridge = eaves - height * 0.12

    def colour(x: float, y: float) -> Colour:
        if y > ground:
            return _mix((120, 160, 80), (70, 110, 50), (y - ground) / (height - ground))
        if left < x < right and y > eaves:
            column, row = (x - left) / (right - left) * 9 % 1, (y - eaves) / (ground - eaves) * 2 % 1
            window = 0.3 < column < 0.75 and 0.25 < row < 0.7
            return (96, 120, 140) if window else _mix(wall, (150, 120, 90), (y - eaves) / (ground - eaves) * 0.4)
        if ridge < y <= eaves and abs(x - (left + right) / 2) < (right - left) / 2 * (0.75 + 0.3 * (y - ridge) / 80):
            return (158, 60, 48)
        if (x - sun[0]) ** 2 + (y - sun[1]) ** 2 < (height * 0.06) ** 2:
            return (255, 232, 150)
        return _mix((120, 170, 220), (214, 230, 240), y / ground)

    return colour


def _mix(a: Colour, b: Colour, share: float) -> Colour:
    share = min(1.0, max(0.0, share))
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)


class _Bits:
    """Entropy-coded data: bits packed from the left, a zero byte stuffed after each FF."""

    def __init__(self) -> None:
        self._out = bytearray()
        self._held = self._count = 0

    def put(self, value: int, bits: int) -> None:
        self._held = self._held << bits | value
        self._count += bits
        while self._count >= 8:
            self._count -= 8
            byte = self._held >> self._count & 0xFF
            self._out += b"\xff\0" if byte == 0xFF else bytes((byte,))
            self._held &= (1 << self._count) - 1

    def done(self) -> bytes:
        if self._count:
            self.put((1 << 8 - self._count) - 1, 8 - self._count)
        return bytes(self._out)


def _jpeg(width: int, height: int, scene: Scene) -> bytes:
    bits, last = _Bits(), [0, 0, 0]
    for corners in _blocks(width, height, scene):
        for channel in range(3):
            _put_block(bits, last, channel, [corner[channel] for corner in corners])
    frame = struct.pack(">BHHB", 8, height, width, 3) + b"\x01\x11\0\x02\x11\0\x03\x11\0"
    markers = (
        (0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
        (0xDB, b"\0" + bytes((_QUANTUM,)) * 64),
        (0xC0, frame),
        (0xC4, _table(0x00, _DC_CODE_BITS, tuple(range(12)))),
        (0xC4, _table(0x10, _AC_CODE_BITS, _AC_SYMBOLS)),
        (0xDA, b"\x03\x01\0\x02\0\x03\0\0\x3f\0"),
    )
    head = b"".join(struct.pack(">BBH", 0xFF, mark, len(body) + 2) + body for mark, body in markers)
    return b"\xff\xd8" + head + bits.done() + b"\xff\xd9"


def _table(name: int, length: int, symbols: tuple[int, ...]) -> bytes:
    counts = bytes(len(symbols) if bits == length else 0 for bits in range(1, 17))
    return bytes((name,)) + counts + bytes(symbols)


def _blocks(width: int, height: int, scene: Scene) -> Iterator[list[Colour]]:
    """For each block the colours left, right, above and below its middle, as Y, Cb, Cr around zero."""
    for y in range(0, height, 8):
        for x in range(0, width, 8):
            points = ((x + 2, y + 4), (x + 6, y + 4), (x + 4, y + 2), (x + 4, y + 6))
            yield [_ycc(scene(px, py)) for px, py in points]


def _ycc(colour: Colour) -> Colour:
    r, g, b = colour
    y = 0.299 * r + 0.587 * g + 0.114 * b
    return (y - 128, (b - y) * 0.564, (r - y) * 0.713)


def _put_block(bits: _Bits, last: list[int], channel: int, values: list[float]) -> None:
    left, right, above, below = values
    mean = round(sum(values) / 4 * 8 / _QUANTUM)
    across, down = (round((a - b) * 5 / _QUANTUM) for a, b in ((left, right), (above, below)))
    difference, last[channel] = mean - last[channel], mean
    size = abs(difference).bit_length()
    bits.put(size, _DC_CODE_BITS)
    _put_value(bits, difference, size)
    run = 0
    for value in (across, down):
        if value == 0:
            run += 1
            continue
        size = abs(value).bit_length()
        bits.put(_AC_SYMBOLS.index(run << 4 | size), _AC_CODE_BITS)
        _put_value(bits, value, size)
        run = 0
    bits.put(0, _AC_CODE_BITS)


def _put_value(bits: _Bits, value: int, size: int) -> None:
    if size:
        bits.put(value if value > 0 else value + (1 << size) - 1, size)
