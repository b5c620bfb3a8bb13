"""The checks of Word and Excel files, made on the ZIP itself before any parser opens it.

The directory is measured before it is read, every member is unpacked into nothing while its real
bytes are counted, and XML is looked at only up to its first element. Sizes that a file claims are
never believed.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from itertools import chain
from tempfile import TemporaryFile
from typing import BinaryIO, Never
from xml.parsers import expat

from thidua.errors import BadFile
from thidua.files.limits import MB, Limits

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAIN_PARTS = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
}
CONTENT_TYPES = "[Content_Types].xml"

_MACROS = re.compile(r"macroenabled|vbaproject|macrosheet", re.IGNORECASE)
_XML_NAME = re.compile(r"\.(xml|rels|vml)\Z", re.IGNORECASE)
_EMBEDDED_OFFICE = re.compile(r"/embeddings/[^/]*(\.docx|\.xlsx|\.pptx)\Z", re.IGNORECASE)
_EMBEDDED_OLE = re.compile(r"/(embeddings|activeX)/[^/]*\.(bin|doc|xls|ppt)\Z", re.IGNORECASE)
# Packed metafiles are gzip by nature; the first bytes of a hidden font are random.
_PACKED_PICTURE = re.compile(r"\.(emz|wmz|svgz|odttf)\Z", re.IGNORECASE)
_UNSAFE_NAME = re.compile(r"\A[/\\]|\A[A-Za-z]:|\\|\x00|(\A|/)\.\.(/|\Z)")
_PROGRAMS = re.compile(
    r"\.(exe|dll|scr|com|bat|cmd|ps1|js|jse|vbs|vbe|wsf|hta|msi|lnk|jar|sh|zip|rar|7z|gz|cab|iso)\Z", re.IGNORECASE
)
# A packaged object names its file; equations and pasted pictures are OLE files too and stay welcome.
_PACKAGED = re.compile(rb"\.(exe|dll|scr|com|bat|cmd|ps1|js|jse|vbs|vbe|wsf|hta|msi|lnk|jar)\x00", re.IGNORECASE)
_STRANGERS = (
    b"PK\x03\x04",
    b"Rar!\x1a",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b\x08",
    b"BZh",
    b"\xfd7zXZ",
    b"MSCF",
    b"MZ",
    b"\x7fELF",
    b"#!",
    OLE_MAGIC,
)
_OLE_PACKAGE = "Ole10Native".encode("utf-16-le")
_TAIL = 22 + 65_535


class Package:
    """One zip-based file under examination; ``name`` and ``kind`` (``.docx``) are for the sentences."""

    def __init__(self, file: BinaryIO, size: int, *, name: str, kind: str, limits: Limits, depth: int = 0) -> None:
        self.file, self.size, self.name, self.kind, self.limits, self.depth = file, size, name, kind, limits, depth
        self.expanded = 0
        self.budget = min(limits.expanded, max(limits.ratio_from, limits.ratio * size))

    def check(self) -> None:
        """Raise ``BadFile`` for the first thing that is wrong; return None for a sound file."""
        self._measure_directory()
        members = self._members()
        self._check_names(members)
        declared = self._content_types(members)
        for member in members:
            self._check_member(member)
        if _MACROS.search(" ".join(declared)):
            self._refuse("file-macros")
        part = declared.get(MAIN_PARTS[self.kind])
        if part is None or not part.endswith(".xml") or part.lstrip("/") not in {m.filename for m in members}:
            self._refuse("file-type-mismatch")

    def _refuse(self, code: str, what: str = "") -> Never:
        raise BadFile(code, name=self.name, extension=self.kind, what=what)

    def _measure_directory(self) -> None:
        """Bound the directory by its own end record: zipfile would read all of it to count it."""
        self.file.seek(max(0, self.size - _TAIL))
        tail = self.file.read(_TAIL)
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) - at < 22:
            self._refuse("file-truncated")
        _, _, _, _, count, length, _, comment = struct.unpack("<4s4H2LH", tail[at : at + 22])
        if len(tail) - at - 22 != comment or tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
            self._refuse("file-type-mismatch")
        if count > self.limits.entries or length > self.limits.directory:
            self._refuse("file-bomb")

    def _members(self) -> list[zipfile.ZipInfo]:
        try:
            with zipfile.ZipFile(self.file) as archive:
                members = archive.infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error):
            self._refuse("file-truncated")
        if len(members) > self.limits.entries or sum(member.compress_size for member in members) > self.size:
            self._refuse("file-bomb")
        if min((member.header_offset for member in members), default=1) != 0:
            self._refuse("file-type-mismatch")
        return members

    def _check_names(self, members: list[zipfile.ZipInfo]) -> None:
        seen: set[str] = set()
        for member in members:
            if member.flag_bits & 1:
                self._refuse("file-encrypted")
            if _MACROS.search(member.filename):
                self._refuse("file-macros")
            if _UNSAFE_NAME.search(member.orig_filename) or member.filename.lower() in seen:
                self._refuse("file-nested", "đường dẫn không hợp lệ")
            if member.create_system == 3 and (member.external_attr >> 28) not in (0, 0o4, 0o10):
                self._refuse("file-nested", "liên kết hoặc tệp đặc biệt")
            if _PROGRAMS.search(member.filename):
                self._refuse("file-nested", "tệp nén hoặc chương trình")
            seen.add(member.filename.lower())

    def _content_types(self, members: list[zipfile.ZipInfo]) -> dict[str, str]:
        """Content type → a part that has it (an extension, for a default)."""
        listing = next((member for member in members if member.filename == CONTENT_TYPES), None)
        if listing is None:
            self._refuse("file-type-mismatch")
        declared: dict[str, str] = {}

        def element(tag: str, attributes: dict[str, str]) -> None:
            if tag.rpartition(":")[2] in ("Override", "Default"):
                declared[attributes.get("ContentType", "")] = attributes.get("PartName", "")

        parser = self._parser()
        parser.StartElementHandler = element
        spent = self.expanded
        for chunk in self._unpack(listing):
            self._feed(parser, chunk)
            if self.expanded - spent > MB:
                self._refuse("file-bomb")
        self.expanded = spent
        return declared

    def _check_member(self, member: zipfile.ZipInfo) -> None:
        chunks = self._unpack(member)
        head = next(chunks, b"")
        if _XML_NAME.search(member.filename):
            self._check_prolog(head, chunks)
        elif _EMBEDDED_OFFICE.search(member.filename) and not head.startswith(OLE_MAGIC):
            self._check_embedded(member, head, chunks)
        elif _EMBEDDED_OLE.search(member.filename) and head.startswith(OLE_MAGIC):
            self._check_ole(head, chunks)
        elif head.startswith(_STRANGERS) and not _PACKED_PICTURE.search(member.filename):
            self._refuse("file-nested", "tệp nén hoặc chương trình")
        for _ in chunks:
            pass

    def _check_prolog(self, head: bytes, chunks: Iterator[bytes]) -> None:
        """A document type can only stand before the first element, in whatever encoding."""
        reached = False

        def element(_tag: str, _attributes: dict[str, str]) -> None:
            nonlocal reached
            reached = True

        parser = self._parser()
        parser.StartElementHandler = element
        seen, chunk = 0, head
        while chunk and not reached:
            for start in range(0, len(chunk), 1024):
                self._feed(parser, chunk[start : start + 1024])
                seen += 1024
                if reached:
                    return
                if seen > self.limits.prolog:
                    self._refuse("file-nested", "phần mở đầu XML quá dài")
            chunk = next(chunks, b"")
        if seen:
            self._refuse("file-truncated")

    def _parser(self) -> expat.XMLParserType:
        def doctype(*_parts: object) -> None:
            self._refuse("file-nested", "khai báo DTD trong XML")

        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = doctype
        return parser

    def _feed(self, parser: expat.XMLParserType, data: bytes) -> None:
        try:
            parser.Parse(data, False)
        except (expat.ExpatError, ValueError, LookupError):
            self._refuse("file-truncated")

    def _check_embedded(self, member: zipfile.ZipInfo, head: bytes, chunks: Iterator[bytes]) -> None:
        """The workbook behind a chart: the same checks, one level deep, out of the same budget."""
        if self.depth or not head.startswith(b"PK\x03\x04"):
            self._refuse("file-nested", "tệp nén hoặc chương trình")
        with TemporaryFile() as copy:
            for chunk in chain((head,), chunks):
                copy.write(chunk)
                if copy.tell() > self.limits.embedded:
                    self._refuse("file-bomb")
            kind = "." + member.filename.rpartition(".")[2].lower()
            inner = Package(copy, copy.tell(), name=self.name, kind=kind, limits=self.limits, depth=1)
            inner.budget = min(inner.budget, self.budget - self.expanded)
            inner.check()
            self.expanded += inner.expanded

    def _check_ole(self, head: bytes, chunks: Iterator[bytes]) -> None:
        package = program = False
        window = head
        while True:
            package = package or _OLE_PACKAGE in window
            program = program or _PACKAGED.search(window) is not None
            chunk = next(chunks, b"")
            if not chunk:
                break
            window = window[-32:] + chunk
        if package and program:
            self._refuse("file-nested", "tệp nén hoặc chương trình")

    def _unpack(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        """The member's bytes in pieces, counted as they come; lengths and checksum must then be true."""
        rest, size, checksum, pending = self._seek(member), 0, 0, b""
        inflater = zlib.decompressobj(-15) if member.compress_type == zipfile.ZIP_DEFLATED else None
        at = self.file.tell()
        while not (inflater and inflater.eof):
            if not pending and rest:
                self.file.seek(at)
                pending = self.file.read(min(rest, 64 * 1024))
                at, rest = at + len(pending), rest - len(pending)
            try:
                piece = inflater.decompress(pending, MB) if inflater else pending
            except zlib.error:
                self._refuse("file-truncated")
            pending = inflater.unconsumed_tail if inflater else b""
            size, checksum = size + len(piece), zlib.crc32(piece, checksum)
            self._count(len(piece))
            if piece:
                yield piece
            elif not pending and (not rest or at >= self.size):
                break
        if inflater and (not inflater.eof or inflater.unused_data or rest):
            self._refuse("file-truncated")
        if size != member.file_size or checksum != member.CRC:
            self._refuse("file-truncated")

    def _count(self, size: int) -> None:
        self.expanded += size
        if self.expanded > self.budget:
            self._refuse("file-bomb")

    def _seek(self, member: zipfile.ZipInfo) -> int:
        """Go to the member's data by its local header, which must agree; returns the packed length."""
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            self._refuse("file-type-mismatch")
        self.file.seek(member.header_offset)
        header = self.file.read(30)
        if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
            self._refuse("file-truncated")
        name_length, extra_length = struct.unpack("<2H", header[26:30])
        encoding = "utf-8" if member.flag_bits & 0x800 else "cp437"
        if self.file.read(name_length).decode(encoding, "replace") != member.orig_filename:
            self._refuse("file-truncated")
        self.file.seek(extra_length, 1)
        return member.compress_size
