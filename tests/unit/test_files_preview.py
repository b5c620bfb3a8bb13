"""The first pages of a PDF as pictures: made once, remembered when they cannot be made."""

from __future__ import annotations

import os
import struct
from contextlib import ExitStack
from pathlib import Path

import pytest

import files_corpus as corpus
from thidua.errors import Busy
from thidua.files import apart
from thidua.files import preview as previews
from thidua.files.caches import ROOM
from thidua.files.limits import Limits
from thidua.files.preview import BLOCK, RETRY, WIDTH, Preview, marker, png, preview

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
    assert inside(folder) == ["1.png", "2.png", "tu-1.txt"]
    assert size(folder / "1.png")[0] == WIDTH


def test_pages_are_drawn_a_block_at_a_time(tmp_path: Path, folder: Path) -> None:
    path = kept(tmp_path, corpus.pdf(*(f"Trang {n}" for n in range(BLOCK + 3))))
    assert preview(path, folder, limits=LIMITS) == Preview(BLOCK + 3, BLOCK)
    assert inside(folder) == sorted([*(f"{n}.png" for n in range(1, BLOCK + 1)), "tu-1.txt"])
    for page in (BLOCK + 1, BLOCK + 3, 99_999):  # beyond the end is the end
        assert preview(path, folder, page=page, limits=LIMITS) == Preview(BLOCK + 3, 3, BLOCK + 1)
    assert inside(folder) == sorted([*(f"{n}.png" for n in range(1, BLOCK + 4)), "tu-1.txt", f"tu-{BLOCK + 1}.txt"])


def test_heavy_pages_are_drawn_smaller_and_all_of_them(tmp_path: Path, folder: Path) -> None:
    path = kept(tmp_path, corpus.pdf("Mot", "Hai"))
    bounds = Limits(wall=20, seconds=15)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(previews, "MOST_BYTES", 4_000)
        lines = previews.pictures(str(path)).splitlines()
    assert (lines[0], [len(line) <= 4_000 for line in lines[1:]]) == ("2", [True, True])
    assert preview(path, folder, limits=bounds) == Preview(2, 2)


def test_pages_wait_for_few_files_at_a_time(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight who open a heavy file would hold every thread of the site otherwise."""
    monkeypatch.setattr(apart, "PATIENCE", 0.01)
    path, there = kept(tmp_path, corpus.pdf("Mot")), tmp_path / "co-roi"
    assert preview(path, there, limits=LIMITS) == Preview(1, 1)
    with ExitStack() as others:
        for _ in range(apart.AT_ONCE):
            others.enter_context(apart.turn())
        with pytest.raises(Busy, match="sau ít giây"):
            preview(path, folder, limits=LIMITS)
        assert preview(path, there, limits=LIMITS) == Preview(1, 1)  # nothing to be made: nothing to wait for
    assert not folder.exists()
    assert preview(path, folder, limits=LIMITS) == Preview(1, 1)


def test_made_pictures_are_not_made_again(tmp_path: Path, folder: Path) -> None:
    path = kept(tmp_path, corpus.pdf("Mot"))
    first = preview(path, folder, limits=LIMITS)
    path.unlink()
    assert preview(path, folder, limits=LIMITS) == first == Preview(1, 1)


def looked_at(tmp_path: Path, *names: str, room: int = ROOM) -> list[str]:
    """Have somebody look at each of these files, a day after the one before; what is kept then, of all."""
    root = tmp_path / "previews"
    for name in names:
        for folder in root.iterdir() if root.exists() else ():
            os.utime(folder, (folder.stat().st_mtime - 86_400,) * 2)
        assert preview(kept(tmp_path, corpus.pdf("Mot")), root / name, limits=LIMITS, room=room) == Preview(1, 1)
    return inside(root)


def test_what_was_looked_at_longest_ago_makes_room(tmp_path: Path) -> None:
    assert looked_at(tmp_path, "a", "b", "c") == ["a", "b", "c"]
    one = sum(file.stat().st_size for file in (tmp_path / "previews" / "a").iterdir())
    assert looked_at(tmp_path, "a", "d", room=3 * one) == ["a", "c", "d"]  # to look again counts
    assert looked_at(tmp_path, "e", room=3 * one - 1) == ["d", "e"]
    assert looked_at(tmp_path, "f", room=1) == ["f"]  # what is being looked at stays


def test_making_room_meets_nothing_that_it_cannot_delete(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "previews" / ".bo-1").mkdir(parents=True)  # a program was killed while it deleted
    (tmp_path / "previews" / "ghi-chu.txt").write_text("của người quản trị")
    assert preview(kept(tmp_path, corpus.pdf("Mot")), folder, limits=LIMITS) == Preview(1, 1)
    assert inside(tmp_path / "previews") == ["ab", "ghi-chu.txt"]


@pytest.mark.parametrize("data", [b"%PDF-1.7 broken", corpus.encrypted_pdf("Kin")])
def test_what_cannot_be_shown_is_tried_once(tmp_path: Path, folder: Path, data: bytes) -> None:
    path = kept(tmp_path, data)
    assert preview(path, folder, limits=LIMITS) == Preview()
    assert inside(folder) == ["tu-1.txt"]
    path.write_bytes(corpus.pdf("Mot"))  # were it tried again, it would be shown
    assert preview(path, folder, limits=LIMITS) == Preview()


def test_too_slow_is_tried_again_another_day(tmp_path: Path, folder: Path) -> None:
    path = kept(tmp_path, corpus.pdf("Mot"))
    assert preview(path, folder, limits=Limits(wall=0.001)) == Preview()
    assert preview(path, folder, limits=LIMITS) == Preview()
    before = marker(folder).stat().st_mtime - RETRY - 1
    os.utime(marker(folder), (before, before))
    assert preview(path, folder, limits=LIMITS) == Preview(1, 1)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_png_drops_the_padding_of_rows(channels: int) -> None:
    row = bytes(range(2 * channels))
    data = png((row + b"\xff\xff") * 3, 2, 3, len(row) + 2, channels)
    assert struct.unpack(">IIBB", data[16:26]) == (2, 3, 8, {1: 0, 3: 2, 4: 6}[channels])
    assert png(row * 3, 2, 3, len(row), channels) == data
