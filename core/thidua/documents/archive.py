"""A dossier as a ZIP that can be verified years later, without this program's database.

The archive is written front to back (a response being sent will do), its
``manifest.json`` last: an archive cut short has none and is recognised.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from ..errors import BadFile, say
from ..names import archive_name

FORMAT = 1
MANIFEST = "manifest.json"
MAX_ENTRIES = 5_000
MAX_BYTES = 8 * 1024**3
MAX_MANIFEST = 16 * 1024**2

_STAMP = (1980, 1, 1, 0, 0, 0)
_CHUNK = 256 * 1024
_PACKED = frozenset({"docx", "xlsx", "pptx", "odt", "ods", "pdf", "jpg", "jpeg", "png", "zip", "mp4"})
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_SHA256 = re.compile(r"[0-9a-f]{64}")

Json = str | int | bool | None | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True)
class ZipEntry:
    """One file to put in: its path inside (``/`` between folders), where it is, and what it must be."""

    name: str
    source: bytes | Path
    sha256: str
    size: int


@dataclass(frozen=True)
class ZipReport:
    """What :func:`verify_zip` found: sentences for people (none: all is well), and the files that are right."""

    problems: list[str] = field(default_factory=list)
    files: int = 0


def write_zip(out: BinaryIO, entries: Iterable[ZipEntry], manifest: Mapping[str, Json]) -> list[str]:
    """Write the archive to ``out``, which need not be seekable; return the paths used inside.

    ``manifest`` is added to ``manifest.json`` beside ``format`` and ``files``,
    which may not be among its keys (``ValueError``). Names are made harmless
    and unique. The same input gives the same bytes. A source that is not of
    the stated size and hash raises :class:`~thidua.errors.BadFile`
    (``blob-damaged``), and what was written until then is no valid archive.
    """
    if {"format", "files"} & manifest.keys():
        raise ValueError("the keys format and files belong to the archive itself")
    taken = {MANIFEST}
    lines: list[Json] = []
    # Not a with block: leaving it after an error would write a valid end of the archive.
    archive = zipfile.ZipFile(out, "w")
    try:
        for entry in entries:
            name = archive_name(entry.name, taken)
            _write_entry(archive, name, entry)
            lines.append({"path": name, "size": entry.size, "sha256": entry.sha256})
        content: dict[str, Json] = {**manifest, "format": FORMAT, "files": lines}
        text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
        archive.writestr(_info(MANIFEST), text.encode())
    except BaseException:
        archive.fp = None  # forget the stream unfinished
        raise
    archive.close()
    return [str(line["path"]) for line in lines if isinstance(line, dict)]


def verify_zip(path: Path, *, max_entries: int = MAX_ENTRIES, max_bytes: int = MAX_BYTES) -> ZipReport:
    """Recompute size and SHA-256 of everything in the archive against its manifest.

    Nothing is written to disk, and of no entry more is read than it should
    hold. Never raises for a bad archive: every fault is a sentence in the
    report. It finds damage and mistakes; it is no signature against someone
    who also rewrites the manifest.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _verify(archive, max_entries, max_bytes)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        return ZipReport([say("zip-unreadable", name=path.name)])


def _verify(archive: zipfile.ZipFile, max_entries: int, max_bytes: int) -> ZipReport:
    infos = archive.infolist()
    if len(infos) > max_entries:
        return ZipReport([say("zip-too-many", count=len(infos), limit=max_entries)])
    problems = [say("zip-twice", path=_shown(name)) for name in _repeated(info.filename for info in infos)]
    problems.extend(say("zip-unsafe-path", path=_shown(info.filename)) for info in infos if _leads_out(info.filename))
    present = {info.filename: info for info in infos}
    if MANIFEST not in present:
        return ZipReport([*problems, say("zip-no-manifest", manifest=MANIFEST)])
    try:
        expected = _read_manifest(archive, present.pop(MANIFEST))
    except _ManifestError as error:
        return ZipReport([*problems, str(error)])
    if sum(size for size, _ in expected.values()) > max_bytes:
        return ZipReport([*problems, say("zip-too-large", limit_mb=max_bytes // 1024**2)])
    problems.extend(say("zip-missing", path=_shown(name)) for name in expected if name not in present)
    problems.extend(say("zip-unknown", path=_shown(name)) for name in present if name not in expected)
    right = 0
    for name, (size, sha256) in expected.items():
        if name in present:
            problem = _check_entry(archive, present[name], size, sha256)
            problems.extend([problem] if problem else [])
            right += not problem
    return ZipReport(problems, right)


class _ManifestError(Exception):
    """The manifest cannot be used; the message is a sentence for people."""


def _read_manifest(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> dict[str, tuple[int, str]]:
    try:
        with archive.open(info) as stream:
            raw = stream.read(MAX_MANIFEST + 1)
        content: Json = json.loads(raw) if len(raw) <= MAX_MANIFEST else None
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, lzma.LZMAError, EOFError) as error:
        raise _ManifestError(say("zip-bad-manifest", manifest=MANIFEST)) from error
    if not isinstance(content, dict):
        raise _ManifestError(say("zip-bad-manifest", manifest=MANIFEST))
    if content.get("format") != FORMAT:
        raise _ManifestError(say("zip-newer", format=_shown(str(content.get("format")))[:20], known=FORMAT))
    files = content.get("files")
    expected = dict(_manifest_line(line) for line in files) if isinstance(files, list) else {}
    if not isinstance(files, list) or len(expected) != len(files):
        raise _ManifestError(say("zip-bad-manifest", manifest=MANIFEST))
    return expected


def _manifest_line(line: Json) -> tuple[str, tuple[int, str]]:
    if isinstance(line, dict):
        path, size, sha256 = line.get("path"), line.get("size"), line.get("sha256")
        # `type`, because True is an int too.
        if isinstance(path, str) and type(size) is int and size >= 0 and isinstance(sha256, str):
            return path, (size, sha256)
    raise _ManifestError(say("zip-bad-manifest", manifest=MANIFEST))


def _check_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, size: int, sha256: str) -> str:
    digest, got = hashlib.sha256(), 0
    try:
        with archive.open(info) as stream:
            while got <= size and (block := stream.read(min(_CHUNK, size + 1 - got))):
                digest.update(block)
                got += len(block)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, lzma.LZMAError, EOFError):
        return say("zip-entry-damaged", path=_shown(info.filename))
    if got != size:
        return say("zip-entry-size", path=_shown(info.filename), expected=size)
    return "" if digest.hexdigest() == sha256 else say("zip-entry-damaged", path=_shown(info.filename))


def _write_entry(archive: zipfile.ZipFile, name: str, entry: ZipEntry) -> None:
    if not _SHA256.fullmatch(entry.sha256):
        raise ValueError("sha256 is 64 hexadecimal digits in lower case")
    info = _info(name)
    info.file_size = entry.size  # decides whether the large-file format is needed
    digest, got = hashlib.sha256(), 0
    with archive.open(info, "w") as target:
        for block in _blocks(entry.source):
            got += len(block)
            if got > entry.size:
                break
            digest.update(block)
            target.write(block)
    if got != entry.size or digest.hexdigest() != entry.sha256:
        raise BadFile("blob-damaged")


def _blocks(source: bytes | Path) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    with source.open("rb") as stream:
        while block := stream.read(_CHUNK):
            yield block


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _STAMP)
    packed = name.rpartition(".")[2].lower() in _PACKED
    info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o644 << 16
    return info


def _shown(text: str) -> str:
    """A name out of the archive as a sentence may say it: signs that steer a terminal, or that none prints, are not."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _leads_out(path: str) -> bool:
    return any(part in ("", ".", "..") or _UNSAFE.search(part) for part in path.split("/"))


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]
