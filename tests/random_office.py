"""Random work on a site, and a brute-force reading of what its search must then say."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk import COMPLETE, Desk
from kept import copy_database
from small_world import Clock, World
from thidua.errors import Refused
from thidua.models import Action, BlobText, Database, Dossier, Outbox, State, Verdict
from thidua.outbox import Worker
from thidua.permissions import dossiers, scope_of
from thidua.services import submissions
from thidua.services.indexing import ask_rebuild, handlers
from thidua.services.moves import touch
from thidua.services.reviews import Finding
from thidua.services.searching import Question, search
from thidua.services.site import Site
from thidua.text import fold
from thidua.times import local_day

PLACES = {
    "clerk": ("vanthu1", "truong1"),
    "clerk2": ("vanthu2", "truong2"),
    "clerk3": ("vanthu3", "truong3"),
    "head": ("hieutruong1", "truong1"),
    "head2": ("hieutruong2", "truong2"),
    "head3": ("hieutruong3", "truong3"),
    "office": ("thamdinh1", "xa1"),
    "office2": ("thamdinh2", "xa2"),
    "reader": ("tracuu", "so"),
}
WORDS = ("hoc lieu so", "sang kien", "bao cao", "ban do", "thuc nghiem", "an toan", "y te")
TEXTS = ("Kho học liệu số", "Sáng kiến giảng dạy", "Bản đồ tư duy", "Thực nghiệm ở lớp", "An toàn trường học", "Y tế")
USERS = ("clerk", "head", "clerk2", "clerk3", "office", "office2", "reader")
ACTORS = (
    ("clerk", "head", "office", "hoa"),
    ("clerk2", "head2", "office", "thuy"),
    ("clerk3", "head3", "office2", "anh"),
)
OPERATIONS = ("start", "save", "attach", "hand_over", "submit", "withdraw", "take_up", "return", "accept", "publish")
CARE = ("work", "one_step", "reindex", "die")
STEPS = st.lists(
    st.tuples(st.sampled_from((*OPERATIONS, *OPERATIONS, *CARE)), st.integers(0, 2), st.integers(0, 5)),
    min_size=5,
    max_size=30,
)


class Office:
    """Random operations on a site; what is refused is refused and the next one follows."""

    def __init__(self, site: Site, desks: dict[str, Desk], clock: Clock) -> None:
        self.site, self.desks, self.clock = site, desks, clock
        self.mine: dict[int, list[str]] = {0: [], 1: [], 2: []}
        self.worker = Worker(site.database, handlers(site, clock), clock=self._later)
        self.keys = 0

    def _later(self) -> datetime:
        return self.clock() + timedelta(minutes=1)

    def do(self, operation: str, school: int, n: int) -> None:
        clerk, head, office, person = ACTORS[school]
        held = self.mine[school]
        dossier = held[n % len(held)] if held else ""
        self.clock.forward(seconds=1)
        try:
            self._do(operation, (self.desks[clerk], self.desks[head], self.desks[office]), school, dossier, n, person)
        except Refused:
            return

    def _do(self, operation: str, desks: tuple[Desk, ...], school: int, dossier: str, n: int, person: str) -> None:
        clerk, head, office = desks
        if operation == "start":
            self.mine[school].append(clerk.start(person))
        elif operation == "save":
            text = TEXTS[n]
            clerk.save(dossier, "thong_tin", {"chuc_vu": text})
            clerk.save(dossier, "thanh_tich_chung", {"thanh_tich": f"{text} và {TEXTS[n - 1]}"})
        elif operation == "attach":
            clerk.attach(dossier, f"Tệp về {TEXTS[n]}".encode(), name=f"tep{n}.txt")
        elif operation == "hand_over":
            clerk.hand_over(dossier)
        elif operation == "submit":
            self.keys += 1
            head.submit(dossier, key=f"k{self.keys}-{self.clock().timestamp()}")
        elif operation == "withdraw":
            with self.site.database.writing() as session:
                submissions.withdraw(session, dossier=dossier, by=head.actor, now=self.clock())
        elif operation == "take_up":
            office.take_up(dossier)
        elif operation == "return":
            office.end(dossier, Action.RETURN, "Bổ sung")
        elif operation == "accept":
            passed = {f"section__{s}": Finding(Verdict.PASSED) for s in COMPLETE}
            office.end(dossier, Action.ACCEPT, document__bao_cao=Finding(Verdict.PASSED), **passed)
        elif operation == "publish":
            self._publish(dossier)
        else:
            self._care(operation)

    def _publish(self, dossier: str) -> None:
        """The services for judging come later; the state and its index row are what matters here."""
        with self.site.database.writing() as session:
            row = session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one_or_none()
            if row is not None and row.state is State.ELIGIBLE:
                row.state = State.PUBLISHED
                touch(session, row, self.clock())

    def _care(self, operation: str) -> None:
        if operation == "work":
            self.worker.drain()
        elif operation == "one_step":
            self.worker.step()
        elif operation == "reindex":
            with self.site.database.writing() as session:
                ask_rebuild(session, self.clock())
        else:
            self._die()

    def _die(self) -> None:
        """A worker takes jobs and is never heard of again; the lease runs out."""
        Worker(self.site.database, handlers(self.site, self.clock), clock=self._later)._take()
        self.clock.forward(minutes=5)

    def drain(self) -> None:
        self.clock.forward(minutes=10)
        self.worker.drain()


def brute_force(session: Session, desk: Desk) -> dict[str, set[str]]:
    """Dossiers the policy allows this user, each with every word of its standing texts."""
    scope = scope_of(session, desk.actor, local_day(desk.clock()))
    held: dict[str, set[str]] = {}
    for row in session.scalars(dossiers(scope)):
        texts = [
            row.title,
            row.code,
            *(name.text for name in row.owner_unit.names),
            row.call.title,
            row.call.period.label,
        ]
        version = next((v for v in row.versions if v.n == row.filed), None)
        if version is not None:
            texts += _values(version.content["answers"])
            files = [f.revision for f in version.files]
            texts += [f.name for f in version.files]
        else:
            texts += [v for part in row.parts for v in _values(part.raw)]
            files = [a.current for a in row.attachments if a.removed_at is None]
            texts += [f.name for f in files]
        for revision in files:
            kept = session.get(BlobText, revision.sha256)
            texts.append(kept.text if kept else "")
        held[row.public_id] = set(fold(" \n ".join(texts)).replace("-", " ").replace(".", " ").split())
    return held


def _values(answers: object) -> list[str]:
    return [str(v) for v in answers.values() if v] if isinstance(answers, dict) else []


def assert_search_equals_the_database(office: Office) -> None:
    found, wanted = {}, {}
    with office.site.database.reading() as session:
        waits = session.scalar(select(func.count()).select_from(Outbox))
        for user in USERS:
            desk = office.desks[user]
            scope = scope_of(session, desk.actor, local_day(office.clock()))
            allowed = brute_force(session, desk)
            for words in WORDS:
                results = search(office.site, session, scope, Question(text=words))
                found[user, words] = {hit.id for hit in results.hits}
                wanted[user, words] = {id for id, held in allowed.items() if set(words.split()) <= held}
                assert results.total == len(results.hits)
    assert waits == 0
    assert found == wanted


def all_desks(site: Site, world: World, clock: Clock) -> dict[str, Desk]:
    """Everybody of the small world at their desks."""
    return {name: Desk(site, world, clock, *place) for name, place in PLACES.items()}


def snapshot(database: Database, path: Path) -> Path:
    """A copy of the database, taken while it is open."""
    copy_database(database.path, path)
    return path


def restore(site: Site, fresh: Path) -> None:
    """The database as it was, and an empty index."""
    copy_database(fresh, site.database.path)
    site.engine.rebuild([])
