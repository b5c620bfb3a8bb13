"""JPEG and PNG without what cameras and programs write beside the picture.

Only what the picture needs is copied, bit for bit: nothing is decoded and nothing gets worse. The way up, which phones
write into EXIF, is the one thing that is kept of it.
"""

from __future__ import annotations

import re
import struct

_JPEG, _PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
_START_OF_SCAN, _END = 0xDA, 0xD9
_KEPT = {0xC4, 0xDB, 0xDD, 0xDC, *range(0xC0, 0xD0)} - {0xC8}  # tables, frames, intervals
_SCAN_END = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])")
_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"sRGB", b"cHRM", b"pHYs", b"sBIT"}
_BOXES = {b"jP  ", b"ftyp", b"rreq", b"jp2h", b"jp2c"}
_EXIF = b"Exif\0\0"
_ORIENTATION = 0x0112


def clean_picture(data: bytes) -> bytes:
    """The picture alone. ``ValueError`` for what is neither a JPEG nor a PNG, or is broken."""
    if data.startswith(_PNG):
        return _clean_png(data)
    if data.startswith(_JPEG):
        return clean_jpeg(data)
    raise ValueError("neither JPEG nor PNG")


def clean_jpeg(data: bytes) -> bytes:
    """Tables, frames and scans; of the application segments the density, Adobe's colour transform, the way up.

    What follows the end of the picture (thumbnails, other pictures, whole films) is left out.
    """
    kept, turned = [], 1
    at = 2
    while True:
        if at + 2 > len(data) or data[at] != 0xFF:
            raise ValueError("broken JPEG")
        marker = data[at + 1]
        if marker == 0xFF:  # filling
            at += 1
            continue
        if marker == _END:
            break
        if at + 4 > len(data):
            raise ValueError("broken JPEG")
        (length,) = struct.unpack_from(">H", data, at + 2)
        segment = data[at : at + 2 + length]
        body = segment[4:]
        at += 2 + length
        if marker == 0xE0 and body.startswith(b"JFIF\0") and len(body) >= 14:
            kept.append(b"\xff\xe0\x00\x10" + body[:12] + b"\0\0")  # without its thumbnail
        elif marker == 0xE1 and body.startswith(_EXIF):
            turned = _way_up(body[6:])
        elif marker == 0xEE and body.startswith(b"Adobe") and len(body) >= 12:
            kept.append(b"\xff\xee\x00\x0e" + body[:12])
        elif marker in _KEPT:
            kept.append(segment)
        elif marker == _START_OF_SCAN:
            end = _SCAN_END.search(data, at)
            if end is None:
                raise ValueError("broken JPEG")
            kept.append(segment + data[at : end.start()])
            at = end.start(1) - 1
    exif = _exif(turned)
    head = b"\xff\xe1" + struct.pack(">H", len(exif) + 8) + _EXIF + exif if turned != 1 else b""
    return _JPEG + head + b"".join(kept) + b"\xff\xd9"


def clean_jpx(data: bytes) -> bytes:
    """A JPEG 2000, which only PDFs hold here: its header and its code, without boxes of words. ``ValueError``."""
    if data.startswith(b"\xff\x4f\xff\x51"):  # the code alone
        return data
    kept, at = [], 0
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if length == 1 and at + 16 <= len(data):
            (length,) = struct.unpack_from(">Q", data, at + 8)
        if length == 0:  # to the end
            length = len(data) - at
        if length < 8:
            raise ValueError("broken JPEG 2000")
        if kind in _BOXES:
            kept.append(data[at : at + length])
        at += length
    return b"".join(kept)


def clean_metafile(data: bytes) -> bytes:
    """An EMF without its description: the program and the title of the drawing."""
    if len(data) < 88 or data[40:44] != b" EMF":
        return data
    length, start = struct.unpack_from("<II", data, 60)
    end = min(len(data), start + 2 * length)
    return data[:start] + bytes(max(0, end - start)) + data[end:] if start >= 88 else data


def _clean_png(data: bytes) -> bytes:
    kept, at = [], len(_PNG)
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        chunk = data[at : at + 12 + length]
        at += 12 + length
        if kind in _CHUNKS:
            kept.append(chunk)
        elif kind == b"eXIf" and (turned := _way_up(chunk[8:-4])) != 1:
            kept.append(_chunk(b"eXIf", _exif(turned)))
        if kind == b"IEND":
            return _PNG + b"".join(kept)
    raise ValueError("broken PNG")


def _chunk(kind: bytes, body: bytes) -> bytes:
    import zlib  # noqa: PLC0415 -- for its checksum, and only where a picture is turned

    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _way_up(tiff: bytes) -> int:
    """The orientation, 1 to 8, that an EXIF block says; 1 where it says none that can be read."""
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, start)
        for n in range(min(count, 200)):
            tag, kind, _, value = struct.unpack_from(order + "HHIH", tiff, start + 2 + 12 * n)
            if tag == _ORIENTATION and kind == 3 and 1 <= value <= 8:
                return int(value)
    except (KeyError, struct.error):
        pass
    return 1


def _exif(turned: int) -> bytes:
    """An EXIF block that says the way up and nothing else."""
    return struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, turned, 0, 0)
