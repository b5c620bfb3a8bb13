"""FILE-1, FILE-3, FILE-4: received by stream, kept whole or not at all, named by the bytes."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from thidua.errors import BadFile, NoRoom, NotFound, TooLarge
from thidua.files.limits import MB
from thidua.files.store import BlobStore

ABC = hashlib.sha256(b"abc").hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


def keep(store: BlobStore, data: bytes) -> str:
    with store.receive(io.BytesIO(data), name="a.txt", limit=len(data), expected=len(data)) as incoming:
        store.keep(incoming)
    return incoming.sha256


def files_below(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_keep_stores_the_bytes_under_their_hash_and_leaves_no_temporary(store):
    assert keep(store, b"abc") == ABC
    assert files_below(store.root) == [f"{ABC[:2]}/{ABC[2:]}"]
    with store.open(ABC) as file:
        assert file.read() == b"abc"


def test_receive_reports_hash_and_size_and_is_forgotten_unless_kept(store):
    data = os.urandom(2 * MB + 17)
    with store.receive(io.BytesIO(data), name="a", limit=3 * MB) as incoming:
        assert (incoming.sha256, incoming.size) == (hashlib.sha256(data).hexdigest(), len(data))
        assert incoming.path.read_bytes() == data
    assert files_below(store.root) == []
    assert list(store.all()) == []


@pytest.mark.parametrize("limit", [1, 10, MB, MB + 1, 2 * MB])
def test_receive_accepts_the_limit_and_refuses_one_byte_over(store, limit):
    with store.receive(io.BytesIO(b"x" * limit), name="a", limit=limit) as incoming:
        assert incoming.size == limit
    with pytest.raises(TooLarge):
        store.receive(io.BytesIO(b"x" * (limit + 1)), name="a", limit=limit)
    assert files_below(store.root) == []


def test_receive_stops_reading_one_byte_after_the_limit(store):
    stream = io.BytesIO(b"x" * 10 * MB)
    with pytest.raises(TooLarge) as refused:
        store.receive(stream, name="ảnh.png", limit=3 * MB + MB // 2)
    assert stream.tell() == 3 * MB + MB // 2 + 1
    assert str(refused.value).startswith("Tệp “ảnh.png” vượt giới hạn 3,5 MB")


def test_receive_refuses_an_announced_size_over_the_limit_unread(store):
    stream = io.BytesIO(b"x")
    with pytest.raises(TooLarge):
        store.receive(stream, name="a", limit=10, expected=11)
    assert stream.tell() == 0
    assert not store.root.exists()


@pytest.mark.parametrize(
    ("data", "expected", "code"), [(b"", None, "file-empty"), (b"", 0, "file-empty"), (b"abc", 4, "file-cut-short")]
)
def test_receive_refuses_empty_and_cut_short_streams(store, data, expected, code):
    with pytest.raises(BadFile) as refused:
        store.receive(io.BytesIO(data), name="a", limit=10, expected=expected)
    assert refused.value.code == code
    assert files_below(store.root) == []


def test_receive_leaves_nothing_when_the_stream_breaks(store):
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise ConnectionResetError
            return super().read(2)

    with pytest.raises(ConnectionResetError):
        store.receive(Broken(b"abc"), name="a", limit=10)
    assert files_below(store.root) == []


def test_keep_leaves_an_existing_blob_alone(store):
    keep(store, b"abc")
    before = store.path(ABC).stat()
    keep(store, b"abc")
    after = store.path(ABC).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert files_below(store.root) == [f"{ABC[:2]}/{ABC[2:]}"]


def test_keep_mends_a_damaged_blob_and_sets_the_damaged_bytes_aside(store):
    keep(store, b"abc")
    store.path(ABC).write_bytes(b"abX")
    assert (store.exists(ABC), store.verify(ABC)) == (True, False)
    keep(store, b"abc")
    assert store.verify(ABC)
    assert list(store.all()) == [ABC]
    (aside,) = (path for path in store.path(ABC).parent.iterdir() if "damaged" in path.name)
    assert aside.read_bytes() == b"abX"


def test_a_missing_blob_is_not_found_and_does_not_verify(store):
    assert (store.exists(ABC), store.verify(ABC)) == (False, False)
    with pytest.raises(NotFound) as refused:
        store.open(ABC)
    assert refused.value.code == "blob-missing"


@pytest.mark.parametrize("name", ["", "../../etc/passwd", ABC.upper(), ABC[:-1], ABC + "0", ABC + "\n", "g" * 64])
def test_only_a_hash_becomes_a_path(store, name):
    for method in (store.path, store.open, store.exists, store.verify):
        with pytest.raises(ValueError, match="not a SHA-256"):
            method(name)


def test_all_lists_every_blob_in_order_and_nothing_else(store):
    kept = sorted(keep(store, bytes([n])) for n in range(20))
    (store.root / "zz").mkdir()
    (store.root / "zz" / "note.txt").write_text("x")
    (store.root / "ab").mkdir(exist_ok=True)
    (store.root / "README").write_text("x")
    assert list(store.all()) == kept


def test_sweep_removes_only_what_is_older(store):
    old = store.receive(io.BytesIO(b"old"), name="a", limit=9)
    new = store.receive(io.BytesIO(b"new"), name="a", limit=9)
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    os.utime(old.path, (hour_ago.timestamp(), hour_ago.timestamp()))
    assert store.sweep_tmp(hour_ago + timedelta(minutes=1)) == 1
    assert (old.path.exists(), new.path.exists()) == (False, True)
    with pytest.raises(ValueError, match="naive"):
        store.sweep_tmp(datetime(2026, 1, 1))


def test_a_store_never_used_is_empty(store):
    assert store.sweep_tmp(datetime.now(UTC)) == 0
    assert list(store.all()) == []


@pytest.mark.parametrize("already", [False, True])
def test_keep_works_where_the_file_system_has_no_links(store, monkeypatch, already):
    def link(*_paths: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    if already:
        keep(store, b"abc")
        inode = store.path(ABC).stat().st_ino
    monkeypatch.setattr(os, "link", link)
    keep(store, b"abc")
    assert store.verify(ABC)
    assert files_below(store.root) == [f"{ABC[:2]}/{ABC[2:]}"]
    assert not already or store.path(ABC).stat().st_ino == inode


@pytest.mark.parametrize(("number", "error"), [(errno.EDQUOT, NoRoom), (errno.EIO, OSError)])
def test_keep_tells_no_room_from_a_broken_disk_and_leaves_nothing(store, monkeypatch, number, error):
    def fsync(_handle: int) -> None:
        raise OSError(number, "from the disk")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(error):
        keep(store, b"abc")
    assert files_below(store.root) == []


def test_keep_passes_on_what_linking_cannot_mean(store, monkeypatch):
    def link(*_paths: object) -> None:
        raise OSError(errno.EIO, "from the disk")

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(OSError, match="from the disk"):
        keep(store, b"abc")
    assert files_below(store.root) == []


def run(script: str, *arguments: str, before: list[str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [*(before or []), sys.executable, "-W", "error", "-c", script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


MEMORY = """
import resource, sys
from pathlib import Path
from thidua.files.store import BlobStore

class Stream:
    def __init__(self, size):
        self.left, self.block = size, bytes(1024 * 1024)
    def read(self, size):
        size = min(size, self.left, len(self.block))
        self.left -= size
        return self.block[:size]

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

store = BlobStore(Path(sys.argv[1]))
before = peak()
with store.receive(Stream(200 * 1024 * 1024), name="a", limit=2**40, expected=200 * 1024 * 1024) as incoming:
    pass
print(incoming.size, (peak() - before) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss in kB is Linux")
def test_receive_of_200_mb_does_not_grow_memory(tmp_path):
    done = run(MEMORY, str(tmp_path))
    size, grown_mb = map(int, done.stdout.split())
    assert size == 200 * MB
    assert grown_mb < 30


FULL = """
import io, json, os, subprocess, sys
from pathlib import Path
from thidua.errors import NoRoom
from thidua.files.store import BlobStore

root = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", f"size=1m,nr_inodes={sys.argv[2]}", "tmpfs", str(root)], check=True)
store, answers = BlobStore(root), []
for size in json.loads(sys.argv[3]):
    try:
        with store.receive(io.BytesIO(os.urandom(size)), name="a", limit=size) as incoming:
            store.keep(incoming)
        answers.append("kept")
    except NoRoom as error:
        answers.append(error.code)
print(json.dumps([answers, [store.verify(blob) for blob in store.all()], len(list(store.tmp.iterdir()))]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a small file system is mounted the Linux way")
@pytest.mark.parametrize(
    ("inodes", "sizes", "answers"),
    [
        ("100", [100_000, 2_000_000, 100_000], ["kept", "disk-full", "kept"]),
        # Root, tmp, a folder, an arriving file and its name: the next folder has no room.
        ("5", [10, 10], ["kept", "disk-full"]),
    ],
)
def test_a_full_disk_refuses_cleanly_and_keeps_what_was_kept(tmp_path, inodes, sizes, answers):
    done = run(FULL, str(tmp_path), inodes, json.dumps(sizes), before=["unshare", "-r", "-m"])
    if done.returncode and ("unshare" in done.stderr or "mount" in done.stderr):
        pytest.skip("this machine permits no mount, so there is no full disk to try")
    assert json.loads(done.stdout) == [answers, [True] * answers.count("kept"), 0]


KILLED = """
import hashlib, io, json, os, signal, sys
from datetime import datetime, timedelta, UTC
from pathlib import Path
from thidua.files.store import BlobStore

data = os.urandom(1_100_000)
sha256 = hashlib.sha256(data).hexdigest()

def work(store, step, acknowledge):
    left = [step]
    def profile(frame, event, function):
        if event == "c_call":
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.setprofile(profile)
    with store.receive(io.BytesIO(data), name="a", limit=len(data)) as incoming:
        store.keep(incoming)
        sys.setprofile(None)
        os.write(acknowledge, b"kept")
    os._exit(0)

step, stride, wrong, left_behind, outcomes, ended = 0, int(sys.argv[2]), [], 0, [], 0
wanted = ((0, False), (1, False), (1, True))
# A thread writes beside the one whose calls are counted, so that their number differs a little from run to run.
while ended < 50 and not (ended and all(one in outcomes for one in wanted)):
    step += stride
    store = BlobStore(Path(sys.argv[1]) / str(step))
    store.root.mkdir()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        work(store, step, writing)
    os.close(writing)
    said = os.read(reading, 9)
    os.close(reading)
    status = os.waitpid(child, 0)[1]
    found = list(store.all())
    if not all(store.verify(blob) for blob in found) or (said and found != [sha256]):
        wrong.append(step)
    left_behind += store.sweep_tmp(datetime.now(UTC) + timedelta(hours=1))
    with store.receive(io.BytesIO(data), name="a", limit=len(data)) as again:
        store.keep(again)
    if list(store.all()) != [sha256] or not store.verify(sha256) or list(store.tmp.iterdir()):
        wrong.append(step)
    outcomes.append((len(found), bool(said)))
    ended += status == 0
seen = [one in outcomes for one in wanted]
print(json.dumps([wrong, left_behind > 0, seen, step > 20]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
@pytest.mark.parametrize("stride", [3, pytest.param(1, marks=pytest.mark.slow)])
def test_a_kill_at_any_step_leaves_whole_blobs_or_none(tmp_path, stride):
    """Killed before each call into C in turn: at least once before, and once after the name was given."""
    done = run(KILLED, str(tmp_path), str(stride))
    assert json.loads(done.stdout or f'"{done.stderr}"') == [[], True, [True, True, True], True]
