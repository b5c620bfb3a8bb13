"""The first pages of a PDF as pictures: made once, remembered when they cannot be made."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

import files_corpus as corpus
from thidua.files.limits import Limits
from thidua.files.preview import COUNT, MOST_PAGES, RETRY, Preview, png, preview

LIMITS = Limits(wall=20, seconds=15)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the pictures are kept."""
    return tmp_path / "previews" / "ab"


def kept(tmp_path: Path, data: bytes) -> Path:
    """A file in the store."""
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    return path


def inside(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def size(path: Path) -> tuple[int, int]:
    """Width and height as the head of a PNG says them."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def test_each_page_becomes_a_picture(tmp_path: Path, folder: Path) -> None:
    assert preview(kept(tmp_path, corpus.pdf("Mot", "Hai")), folder, limits=LIMITS) == Preview(2, 2)
    assert inside(folder) == ["1.png", "2.png", "trang.txt"]
    assert size(folder / "1.png")[0] == 1000


def test_only_the_first_pages_are_shown_and_all_counted(tmp_path: Path, folder: Path) -> None:
    pages = [f"Trang {n}" for n in range(MOST_PAGES + 3)]
    assert preview(kept(tmp_path, corpus.pdf(*pages)), folder, limits=LIMITS) == Preview(MOST_PAGES + 3, MOST_PAGES)


def test_made_pictures_are_not_made_again(tmp_path: Path, folder: Path) -> None:
    path = kept(tmp_path, corpus.pdf("Mot"))
    first = preview(path, folder, limits=LIMITS)
    path.unlink()
    assert preview(path, folder, limits=LIMITS) == first == Preview(1, 1)


@pytest.mark.parametrize("data", [b"%PDF-1.7 broken", corpus.encrypted_pdf("Kin")])
def test_what_cannot_be_shown_is_tried_once(tmp_path: Path, folder: Path, data: bytes) -> None:
    path = kept(tmp_path, data)
    assert preview(path, folder, limits=LIMITS) == Preview()
    assert inside(folder) == ["trang.txt"]
    path.write_bytes(corpus.pdf("Mot"))  # were it tried again, it would be shown
    assert preview(path, folder, limits=LIMITS) == Preview()


def test_too_slow_is_tried_again_another_day(tmp_path: Path, folder: Path) -> None:
    path = kept(tmp_path, corpus.pdf("Mot"))
    assert preview(path, folder, limits=Limits(wall=0.001)) == Preview()
    assert preview(path, folder, limits=LIMITS) == Preview()
    before = (folder / COUNT).stat().st_mtime - RETRY - 1
    os.utime(folder / COUNT, (before, before))
    assert preview(path, folder, limits=LIMITS) == Preview(1, 1)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_png_drops_the_padding_of_rows(channels: int) -> None:
    row = bytes(range(2 * channels))
    data = png((row + b"\xff\xff") * 3, 2, 3, len(row) + 2, channels)
    assert struct.unpack(">IIBB", data[16:26]) == (2, 3, 8, {1: 0, 3: 2, 4: 6}[channels])
    assert png(row * 3, 2, 3, len(row), channels) == data
