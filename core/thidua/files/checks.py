"""Is the upload what its name says, whole, readable without a password, and harmless to open?"""

from __future__ import annotations

import codecs
import mmap
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Never

import filetype  # type: ignore[import-untyped]

from thidua.errors import BadFile
from thidua.files.apart import run_apart
from thidua.files.kinds import KINDS, FileKind, text_encodings
from thidua.files.limits import DEFAULT_LIMITS, MB, Limits
from thidua.files.ooxml import OLE_MAGIC, Package
from thidua.names import display_name, extension

_MACRO_EXTENSIONS = {".docm", ".dotm", ".xlsm", ".xltm", ".xlam", ".xlsb", ".pptm"}
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_ENCRYPT = re.compile(rb"/Encrypt\s*(\d+\s+\d+\s+R|<<)")
_ZIP_END = b"PK\x05\x06"
_PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
_TEXT_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_JPEG_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def check_upload(path: Path, name: str, accept: Sequence[str], *, limits: Limits = DEFAULT_LIMITS) -> FileKind:
    """Return the kind of the file at ``path``, called ``name`` by the sender, or raise ``BadFile``.

    ``accept`` lists the extensions of this place (``[".docx", ".pdf"]``), each a key of ``KINDS``.
    Codes: file-empty, file-macros, file-type-refused, file-type-mismatch, file-truncated,
    file-encrypted, file-bomb, file-nested. The file is never parsed in this process; only a PDF
    that mentions encryption is opened, in the reading process, to see if it asks for a password.

    >>> check_upload(Path(__file__), "checks.py", [".docx", ".pdf"])
    Traceback (most recent call last):
    ...
    thidua.errors.BadFile: Mục này không nhận tệp loại “.py”. Các loại được nhận: .docx, .pdf.
    """
    ending = extension(name)
    upload = _Upload(path, display_name(name), ending, limits)
    if ending not in accept or ending not in KINDS:
        if ending in _MACRO_EXTENSIONS:
            upload.refuse("file-macros")
        raise BadFile("file-type-refused", extension=ending or "không rõ", accepted=", ".join(accept))
    if path.stat().st_size == 0:
        upload.refuse("file-empty")
    _CHECKS[ending](upload)
    return KINDS[ending]


@dataclass(frozen=True, slots=True)
class _Upload:
    path: Path
    name: str
    ending: str
    limits: Limits

    def refuse(self, code: str) -> Never:
        raise BadFile(code, name=self.name, extension=self.ending)


def _check_office(upload: _Upload) -> None:
    with upload.path.open("rb") as file:
        head = file.read(8)
        if head == OLE_MAGIC:
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                encrypted = data.find(_ENCRYPTED_PACKAGE) >= 0
            upload.refuse("file-encrypted" if encrypted else "file-type-mismatch")
        if not head.startswith(b"PK\x03\x04"):
            upload.refuse("file-type-mismatch")
        size = upload.path.stat().st_size
        Package(file, size, name=upload.name, kind=upload.ending, limits=upload.limits).check()


def _check_pdf(upload: _Upload) -> None:
    with upload.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data[:5] != b"%PDF-":
            upload.refuse("file-type-mismatch")
        _refuse_zip_tail(upload, data)
        if b"%%EOF" not in data[-1024:].rstrip(b"\x00"):
            upload.refuse("file-truncated")
        mentions_encryption = _ENCRYPT.search(data) is not None
    if (
        mentions_encryption
        and run_apart("thidua.files.readers:opens", upload.path, upload.limits).status == "encrypted"
    ):
        upload.refuse("file-encrypted")


def _check_png(upload: _Upload) -> None:
    with upload.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data[:8] != _PNG_MAGIC:
            upload.refuse("file-type-mismatch")
        at, kind = 8, b""
        while kind != b"IEND":
            if at + 12 > len(data):
                upload.refuse("file-truncated")
            length, kind = struct.unpack(">I4s", data[at : at + 8])
            if at == 8:
                if kind != b"IHDR" or length != 13:
                    upload.refuse("file-type-mismatch")
                if at + 12 + length > len(data):
                    upload.refuse("file-truncated")
                _check_pixels(upload, *struct.unpack(">II", data[16:24]))
            at += 12 + length
        if at > len(data):
            upload.refuse("file-truncated")
        _refuse_zip_tail(upload, data)


def _check_jpeg(upload: _Upload) -> None:
    with upload.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data[:3] != b"\xff\xd8\xff":
            upload.refuse("file-type-mismatch")
        _walk_jpeg(upload, data)
        _refuse_zip_tail(upload, data)


def _walk_jpeg(upload: _Upload, data: mmap.mmap) -> None:
    """Follow the segments to the end mark; a thumbnail's own end mark lies inside a segment."""
    at = 2
    while at + 2 <= len(data):
        marker = data[at + 1]
        if data[at] != 0xFF:
            upload.refuse("file-truncated")
        if marker == 0xD9:
            return
        if marker == 0xFF:
            at += 1
            continue
        if at + 9 > len(data):
            break
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            _check_pixels(upload, width, height)
        at += 2 + length
        if marker == 0xDA:
            end = _JPEG_SCAN_END.search(data, at)
            at = end.start() if end else len(data)
    upload.refuse("file-truncated")


def _check_pixels(upload: _Upload, width: int, height: int) -> None:
    if width * height > upload.limits.pixels:
        upload.refuse("file-bomb")


def _refuse_zip_tail(upload: _Upload, data: mmap.mmap) -> None:
    """A file that is also an archive: its directory stands at the end."""
    if data.rfind(_ZIP_END, max(0, len(data) - 65_557)) >= 0:
        upload.refuse("file-type-mismatch")


def _check_text(upload: _Upload) -> None:
    with upload.path.open("rb") as file:
        head = file.read(8192)
    if filetype.guess(head) is not None or b"%PDF-" in head[:1024] or head.startswith(OLE_MAGIC):
        upload.refuse("file-type-mismatch")
    if not any(_is_text(upload.path, encoding) for encoding in text_encodings(head)):
        upload.refuse("file-type-mismatch")


def _is_text(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(MB):
                if _TEXT_CONTROL.search(decoder.decode(chunk)):
                    return False
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
    return True


_CHECKS = {
    ".docx": _check_office,
    ".xlsx": _check_office,
    ".pdf": _check_pdf,
    ".txt": _check_text,
    ".jpg": _check_jpeg,
    ".jpeg": _check_jpeg,
    ".png": _check_png,
}
