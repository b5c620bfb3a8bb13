"""FILE-1, FILE-3, FILE-4 through the service: refused or kept whole, never half."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from desk import Desk, filled, refused
from small_world import NOW, Clock, World
from thidua.errors import NoRoom, Refused, TooLarge
from thidua.files.store import BlobStore
from thidua.models import Attachment, AttachmentRevision, Blob, BlobText, Dossier, Outbox
from thidua.services import attachments
from thidua.services.site import Site
from thidua.services.working import current_files

MB = 1024 * 1024
TABLES = (Attachment, AttachmentRevision, Blob, BlobText, Outbox)


class Counted(io.BytesIO):
    """A body that knows how much of it was read."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        chunk = super().read(size)
        self.taken += len(chunk)
        return chunk


def state_of(site: Site) -> tuple[object, ...]:
    """Rows of every table that an upload writes, the dossier's revision, and every file of the store."""
    with site.database.reading() as session:
        counts = tuple(session.scalar(select(func.count()).select_from(table)) for table in TABLES)
        revs = tuple(session.scalars(select(Dossier.rev)))
    files = sorted(str(p.relative_to(site.store.root)) for p in site.store.root.rglob("*") if p.is_file())
    return counts, revs, files


def send(desk: Desk, dossier: str, stream: io.BytesIO, expected: int | None, site: Site | None = None) -> object:
    return attachments.receive(
        site or desk.site,
        dossier=dossier,
        slot="minh_chung",
        name="ghi-chep.txt",
        stream=stream,
        expected=expected,
        by=desk.actor,
        now=NOW,
    )


def text(size: int) -> bytes:
    return b"a" * size


def test_limit_is_exact_to_the_byte(clerk: Desk, site: Site) -> None:
    """5 MB is taken; one byte more is refused, announced or not, and leaves nothing."""
    dossier = clerk.start()
    limit = 5 * MB
    send(clerk, dossier, io.BytesIO(text(limit)), limit)
    before = state_of(site)
    for expected in (limit + 1, None, limit):
        with pytest.raises(TooLarge) as caught:
            send(clerk, dossier, io.BytesIO(b"b" * (limit + 1)), expected)
        assert caught.value.code == "file-too-large"
    assert state_of(site) == before


def test_announced_size_over_the_limit_is_refused_before_a_byte_is_read(clerk: Desk) -> None:
    dossier = clerk.start()
    stream = Counted(b"a" * 100)
    with pytest.raises(TooLarge):
        send(clerk, dossier, stream, 6 * MB)
    assert stream.taken == 0


def test_body_is_read_no_further_than_the_limit(clerk: Desk) -> None:
    dossier = clerk.start()
    stream = Counted(text(8 * MB))
    with pytest.raises(TooLarge):
        send(clerk, dossier, stream, None)
    assert stream.taken == 5 * MB + 1


def test_site_limit_counts_when_it_is_the_smaller(clerk: Desk, site: Site) -> None:
    dossier = clerk.start()
    small = replace(site, settings=replace(site.settings, max_upload_mb=1))
    with pytest.raises(TooLarge):
        send(clerk, dossier, io.BytesIO(text(MB + 1)), MB + 1, small)


@pytest.mark.parametrize("announced", [True, False])
def test_quota_of_the_unit_is_exact_whether_the_size_was_announced_or_not(
    clerk: Desk, site: Site, announced: bool
) -> None:
    dossier = clerk.start()
    small = replace(site, settings=replace(site.settings, unit_quota_mb=2))
    for n in (1, 2):
        data = bytes([64 + n]) * MB
        send(clerk, dossier, io.BytesIO(data), MB, small)
    before = state_of(site)
    with pytest.raises(TooLarge) as caught:
        send(clerk, dossier, io.BytesIO(b"x"), 1 if announced else None, small)
    assert caught.value.code == "unit-quota"
    rows = state_of(site)
    assert rows[:2] == before[:2]


def test_quota_is_each_unit_s_own(clerk: Desk, site: Site, world: World, clock: Clock) -> None:
    small = replace(site, settings=replace(site.settings, unit_quota_mb=1))
    send(clerk, clerk.start(), io.BytesIO(text(MB)), MB, small)
    other = Desk(site, world, clock, "vanthu2", "truong2")
    send(other, other.start("thuy"), io.BytesIO(text(MB)), MB, small)
    with site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AttachmentRevision)) == 2
        assert session.scalar(select(func.count()).select_from(Blob)) == 1


def test_slot_full_is_refused_before_the_bytes(clerk: Desk) -> None:
    dossier = clerk.start()
    for n in range(5):
        send(clerk, dossier, io.BytesIO(f"tệp {n}".encode()), None)
    stream = Counted(b"a")
    with refused("slot-full"):
        send(clerk, dossier, stream, 1)
    assert stream.taken == 0


def test_last_place_of_a_slot_is_given_once(clerk: Desk, site: Site) -> None:
    """Two uploads pass the first check; the second one to write is told."""
    dossier = clerk.start()
    for n in range(4):
        send(clerk, dossier, io.BytesIO(f"tệp {n}".encode()), None)

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            chunk = super().read(size)
            if chunk:
                send(clerk, dossier, io.BytesIO(b"came first"), None)
            return chunk

    with refused("slot-full"):
        send(clerk, dossier, Slow(b"came second"), None)
    with site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Attachment)) == 5


def test_dossier_handed_over_while_the_file_arrives_is_left_alone(clerk: Desk, site: Site) -> None:
    dossier = filled(clerk)

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            chunk = super().read(size)
            if chunk:
                clerk.hand_over(dossier)
            return chunk

    with refused("wrong-state"):
        send(clerk, dossier, Slow(b"too late"), None)
    with site.database.reading() as session:
        assert len(session.scalars(select(Dossier)).one().attachments) == 1


@pytest.mark.parametrize("slot", ["khong_co", "", "../bao_cao", "bao_cao\x00"])
def test_unknown_slot_is_not_found(clerk: Desk, slot: str) -> None:
    dossier = clerk.start()
    with refused("not-found"):
        clerk.attach(dossier, b"a", name="a.txt", slot=slot)


def test_replacing_what_is_not_there_is_not_found(clerk: Desk, site: Site) -> None:
    first, second = filled(clerk), filled(clerk, "duc")
    with site.database.reading() as session:
        other = session.scalars(select(Attachment.public_id).order_by(Attachment.id.desc())).first()
    for replaces in ("x" * 24, other):
        with refused("not-found"):
            clerk.attach(first, b"a", name="a.txt", replaces=replaces)
    assert first != second


def test_removed_file_is_restored_where_there_is_room(clerk: Desk, site: Site) -> None:
    dossier = clerk.start()
    ids = []
    for n in range(5):
        send(clerk, dossier, io.BytesIO(f"tệp {n}".encode()), None)
    with site.database.writing() as session:
        ids = list(session.scalars(select(Attachment.public_id).order_by(Attachment.id)))
        attachments.remove(session, attachment=ids[0], by=clerk.actor, now=NOW)
    with site.database.writing() as session:
        rev = session.scalars(select(Dossier.rev)).one()
        attachments.remove(session, attachment=ids[0], by=clerk.actor, now=NOW)  # twice is once
        assert session.scalars(select(Dossier.rev)).one() == rev
    send(clerk, dossier, io.BytesIO(b"in its place"), None)
    with refused("slot-full"), site.database.writing() as session:
        attachments.restore(session, attachment=ids[0], by=clerk.actor, now=NOW)
    with site.database.writing() as session:
        attachments.remove(session, attachment=ids[1], by=clerk.actor, now=NOW)
        attachments.restore(session, attachment=ids[0], by=clerk.actor, now=NOW)
        rev = session.scalars(select(Dossier.rev)).one()
        attachments.restore(session, attachment=ids[0], by=clerk.actor, now=NOW)  # it stands already
        row = session.scalars(select(Dossier)).one()
        assert (row.rev, len(current_files(row)["minh_chung"])) == (rev, 5)


# --- FILE-3: a full disk ------------------------------------------------------------------------------


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small file system can only be mounted by root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_full_disk_is_said_and_leaves_nothing(clerk: Desk, site: Site, tiny_disk: Path) -> None:
    dossier = clerk.start()
    small = replace(site, store=BlobStore(tiny_disk / "blobs"))
    send(clerk, dossier, io.BytesIO(text(600_000)), None, small)
    before = state_of(small)
    with pytest.raises(NoRoom) as caught:
        send(clerk, dossier, io.BytesIO(b"b" * 600_000), None, small)
    assert (caught.value.code, caught.value.status) == ("disk-full", 507)
    assert state_of(small) == before
    send(clerk, dossier, io.BytesIO(b"c" * 1_000), None, small)
    with site.database.reading() as session:
        kept = session.scalars(select(AttachmentRevision.sha256)).all()
    assert [small.store.verify(sha256) for sha256 in kept] == [True, True]


# --- FILE-4: killed between the bytes and the rows ----------------------------------------------------

KILLED = """
import io, os, signal, sys
from datetime import datetime
from pathlib import Path
import thidua.services.attachments as attachments
from thidua.config import Settings
from thidua.files.store import BlobStore
from thidua.models import Database
from thidua.permissions import Actor
from thidua.registry import Registry
from thidua.search.whoosh_engine import WhooshEngine
from thidua.services.site import Site

where, folder, user, unit, dossier, now = sys.argv[1:]

class Dying(BlobStore):
    def keep(self, incoming):
        if where == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        super().keep(incoming)
        os.kill(os.getpid(), signal.SIGKILL)

settings = Settings(instance=Path(folder), secret_key="0123456789abcdefghijklmnopqrstuvwxyz")
database = Database(settings.database_path)
site = Site(settings, database, Registry(), Dying(settings.blobs_path), WhooshEngine(settings.index_path))
attachments.receive(site, dossier=dossier, slot="minh_chung", name="a.txt", stream=io.BytesIO(b"sudden end"),
                    expected=10, by=Actor(int(user), int(unit)), now=datetime.fromisoformat(now))
"""


@pytest.mark.parametrize(("where", "orphans", "leftovers"), [("before", 0, 1), ("after", 1, 0)])
def test_kill_leaves_an_orphan_and_no_broken_row(
    clerk: Desk, site: Site, where: str, orphans: int, leftovers: int
) -> None:
    dossier = clerk.start()
    (rows, revs, _) = state_of(site)
    arguments = [where, str(site.settings.instance), str(clerk.actor.user_id), str(clerk.actor.unit_id), dossier]
    done = subprocess.run([sys.executable, "-c", KILLED, *arguments, NOW.isoformat()], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (-signal.SIGKILL, b"")
    assert state_of(site)[:2] == (rows, revs)
    assert len(list(site.store.all())) == orphans
    assert site.store.sweep_tmp(datetime.now(UTC) + timedelta(minutes=1)) == leftovers
    send(clerk, dossier, io.BytesIO(b"sudden end"), 10)  # the same file once more, and it is there
    with site.database.reading() as session:
        row = session.scalars(select(AttachmentRevision)).one()
        assert (site.store.verify(row.sha256), row.size) == (True, 10)


def test_refusals_have_sentences_that_name_the_file(clerk: Desk) -> None:
    dossier = clerk.start()
    with pytest.raises(Refused) as caught:
        send(clerk, dossier, io.BytesIO(b""), 0)
    assert "“ghi-chep.txt”" in str(caught.value)
