"""The index is a cache: whatever happens to its files, the site goes on and it can be rebuilt."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from thidua.search import whoosh_files as files
from thidua.search.engine import EVERYTHING, Health, Hits, IndexBusy, IndexDamaged, IndexDocument
from thidua.search.query import parse
from thidua.search.whoosh_engine import WhooshEngine

ALL = frozenset({EVERYTHING})
NOTHING = Hits(exact=False, state="rebuilding")
BROKEN = Health("rebuilding", 0, 0, 0, False)
DOCUMENTS = [IndexDocument(each, f"hoa sen {each}", frozenset({"o1"}), each, 2020) for each in range(1, 40)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    engine = WhooshEngine(tmp_path)
    engine.rebuild(DOCUMENTS)
    engine.update(DOCUMENTS[:1])
    engine.close()
    return tmp_path


def current(root: Path) -> Path:
    pointer = files.read_pointer(root)
    assert pointer is not None
    return pointer


def the(root: Path, pattern: str) -> Path:
    return max(current(root).glob(pattern), key=lambda path: path.stat().st_size)


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 255
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


DAMAGES: dict[str, Callable[[Path], object]] = {
    "zero-byte table of contents": lambda root: the(root, "*.toc").write_bytes(b""),
    "garbage table of contents": lambda root: the(root, "*.toc").write_bytes(os.urandom(500)),
    "table of contents cut short": lambda root: cut(the(root, "*.toc")),
    "no table of contents": lambda root: the(root, "*.toc").unlink(),
    "postings cut short": lambda root: cut(the(root, "*.pst")),
    "a bit of the postings": lambda root: flipped(the(root, "*.pst")),
    "a bit of the terms": lambda root: flipped(the(root, "*.trm")),
    "empty column": lambda root: the(root, "*.col").write_bytes(b""),
    "deleted segment file": lambda root: the(root, "*.trm").unlink(),
    "no seal": lambda root: the(root, "seal_*").unlink(),
    "a seal of another format": lambda root: the(root, "seal_*").write_text('{"format": 0, "files": {}}'),
    "a seal that is no seal": lambda root: the(root, "seal_*").write_text("[1"),
    "deleted directory": lambda root: shutil.rmtree(current(root)),
    "empty pointer": lambda root: (root / "current").write_text(""),
    "binary pointer": lambda root: (root / "current").write_bytes(b"\xff\x00"),
    "pointer elsewhere": lambda root: (root / "current").write_text("index-1-x/../../.."),
    "pointer to another format": lambda root: (root / "current").write_text("index-0-abc"),
    "pointer to nowhere": lambda root: (root / "current").write_text("index-1-abc"),
    "nothing left": lambda root: [shutil.rmtree(root), root.mkdir()],
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_index_opens_says_so_and_is_rebuilt_while_serving(
    root: Path, damage: Callable[[Path], object]
) -> None:
    damage(root)
    engine = WhooshEngine(root)
    assert engine.search(parse("hoa"), allowed=ALL) == NOTHING
    assert engine.health() == BROKEN
    with pytest.raises(IndexDamaged):
        engine.update(DOCUMENTS[:1])
    seen = []

    def documents() -> Iterator[IndexDocument]:
        yield from DOCUMENTS
        seen.append((engine.search(parse("hoa"), allowed=ALL), engine.health()))

    assert engine.rebuild(documents()) == len(DOCUMENTS)
    assert seen == [(NOTHING, Health("rebuilding", 0, 0, 0, True))]
    assert engine.search(parse("hoa"), allowed=ALL).total == len(DOCUMENTS)
    engine.update(deleted=[1])
    assert engine.health().documents == len(DOCUMENTS) - 1
    engine.close()


def test_damage_in_a_running_engine_is_seen_when_it_hurts(root: Path) -> None:
    engine = WhooshEngine(root)
    assert engine.search(parse("hoa"), allowed=ALL).total == len(DOCUMENTS)
    path = the(root, "*.pst")
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
    with ThreadPoolExecutor(1) as another:  # what this thread has read already is right
        assert another.submit(engine.search, parse("hoa"), allowed=ALL).result() == NOTHING
    assert engine.search(parse("hoa"), allowed=ALL) == NOTHING
    assert engine.health() == BROKEN
    engine.close()


def test_a_deleted_folder_in_a_running_engine_is_made_again(root: Path) -> None:
    engine = WhooshEngine(root)
    assert engine.health().state == "ready"
    shutil.rmtree(root)
    assert engine.search(parse("hoa"), allowed=ALL) == NOTHING
    with pytest.raises(IndexDamaged):
        engine.update(DOCUMENTS[:1])
    assert (engine.rebuild(DOCUMENTS), engine.health().documents) == (len(DOCUMENTS), len(DOCUMENTS))
    engine.close()


def test_the_old_index_serves_until_the_new_one_is_whole(root: Path) -> None:
    engine, other = WhooshEngine(root), WhooshEngine(root)
    totals = []

    def documents() -> Iterator[IndexDocument]:
        for document in DOCUMENTS[:5]:
            totals.append(other.search(parse("hoa"), allowed=ALL).total)
            yield document

    engine.rebuild(documents())
    assert totals == [len(DOCUMENTS)] * 5
    assert other.search(parse("hoa"), allowed=ALL).total == 5
    assert [entry.name for entry in root.iterdir() if entry.is_dir()] == [current(root).name]
    engine.close()
    other.close()


def test_a_rebuild_that_fails_leaves_the_old_index(root: Path) -> None:
    engine = WhooshEngine(root)

    def documents() -> Iterator[IndexDocument]:
        yield DOCUMENTS[0]
        raise LookupError("database gone")

    with pytest.raises(LookupError):
        engine.rebuild(documents())
    assert engine.search(parse("hoa"), allowed=ALL).total == len(DOCUMENTS)
    assert [entry.name for entry in root.iterdir() if entry.is_dir()] == [current(root).name]
    engine.close()


def test_an_update_that_fails_changes_nothing(root: Path) -> None:
    engine = WhooshEngine(root)
    wrong = IndexDocument(5, "mai", frozenset(), "not a number", 2020)  # type: ignore[arg-type]
    with pytest.raises(Exception, match=r"argument|integer|required"):
        engine.update([IndexDocument(4, "mai", frozenset(), 1, 2020), wrong])
    assert engine.search(parse("mai"), allowed=ALL).total == 0
    engine.update([IndexDocument(4, "mai", frozenset(), 1, 2020)])
    assert engine.search(parse("mai"), allowed=ALL).ids == [4]
    engine.close()


def test_a_second_writer_is_told_to_wait(root: Path) -> None:
    engine, other = WhooshEngine(root, wait=0), WhooshEngine(root, wait=0)

    def documents() -> Iterator[IndexDocument]:
        assert other.health().writing is True
        with pytest.raises(IndexBusy):
            other.update(DOCUMENTS[:1])
        with pytest.raises(IndexBusy):
            other.rebuild([])
        yield DOCUMENTS[0]

    assert engine.rebuild(documents()) == 1
    assert engine.health().writing is False
    engine.close()
    other.close()


WRITER = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from thidua.search.engine import IndexDocument
    from thidua.search.whoosh_engine import WhooshEngine

    engine = WhooshEngine(Path(sys.argv[1]))
    print("ready", flush=True)
    turn = int(sys.argv[2])
    while True:
        turn += 1
        both = [IndexDocument(each, f"hoa lan{turn}", frozenset({"o1"}), turn, 2020) for each in (1, 2)]
        if turn % 5:
            engine.update(both)
        else:
            engine.rebuild(both)
    """
)


@pytest.mark.parametrize("kills", [4, pytest.param(60, marks=pytest.mark.slow)])
def test_a_killed_writer_leaves_a_whole_index(root: Path, kills: int) -> None:
    rng = random.Random(3)
    engine = WhooshEngine(root)
    engine.rebuild([])
    for turn in range(kills):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(root), str(turn * 1000)], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.05 + rng.random() / 8)
            process.send_signal(signal.SIGKILL)
        reopened = WhooshEngine(root)
        health = reopened.health()
        pair = reopened.search(parse("hoa"), allowed=ALL)
        assert (health.state, health.writing) == ("ready", False)
        assert sorted(pair.ids) in ([1, 2], [])
        assert engine.search(parse("hoa"), allowed=ALL) == pair
        reopened.close()
    engine.update([IndexDocument(9, "mai", frozenset(), 1, 2020)])
    assert engine.search(parse("mai"), allowed=ALL).ids == [9]
    names = {entry.name for entry in current(root).iterdir()}
    assert not [name for name in names if name.endswith((".tmp", ".new")) or ".toc." in name]
    engine.close()
