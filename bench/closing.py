"""Closing a call of 1,000 dossiers × 2 judges × 20 items, against reading the same score rows by plain SQL.

Reading means: one statement, every row a tuple, its points a number. What fetching alone takes is printed too.

Run: python -m bench.closing [dossiers]
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from sqlalchemy import insert, text

from thidua import migrations
from thidua.config import Settings
from thidua.files.store import BlobStore
from thidua.models import (
    Assignment,
    Call,
    Database,
    Definition,
    Dossier,
    Grant,
    RelationKind,
    Role,
    Score,
    Scoresheet,
    Stage,
    State,
    Submission,
    Unit,
    UnitName,
    UnitRelation,
    User,
    Version,
)
from thidua.models.base import new_public_id
from thidua.permissions import Actor
from thidua.plugin import AtLeast, Basis, Class, Group, Item, Judging, Mean, Prize, Section, Shape, Text
from thidua.registry import Registry
from thidua.services import closing
from thidua.services.site import Site
from thidua.text import alphabetical, fold, name_order
from thidua.times import Period

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SINCE = date(2020, 1, 1)
LIMIT = 5.0
ITEMS, JUDGES, GAP = 20, 2, 40  # no two sheets of chance lie so far apart
BESIDE = 3  # how often the rows are read before it, and after it
WARM = 3  # dossiers of another call, closed before: as in a process that has been serving
RUBRIC = Group(
    "tong",
    "Tổng",
    tuple(
        Group(f"g{n}", f"Nhóm {n}", tuple(Item(f"g{n}_{m}", f"Tiêu chí {n}.{m}", max=5, step="0.25") for m in range(5)))
        for n in range(ITEMS // 5)
    ),
)
SHAPE = Shape(
    slug="do-toc-do",
    edition="2026",
    campaign_title="Đo tốc độ",
    basis=(Basis("1/KH", date(2026, 1, 1), "UBND"),),
    track="ca-nhan",
    title="Cá nhân",
    subject="person",
    sections=(Section("chung", "Thông tin", (Text("ten", "Tên"),)),),
    rubric=RUBRIC,
    classes=(
        Class("a", "A", (AtLeast("tong", points=80),)),
        Class("b", "B", (AtLeast("tong", points=50),)),
        Class("c", "C"),
    ),
    tie_breaks=("g0", "g1", "g2", "g3"),
    judging=Judging(judges=JUDGES, combine=Mean(), gap=GAP),
    prizes=(Prize("nhat", "Nhất", count=1),),
)
READ = text(
    "SELECT score.sheet_id, score.node, score.points FROM score JOIN scoresheet ON scoresheet.id = score.sheet_id "
    "JOIN version ON version.id = scoresheet.version_id JOIN dossier ON dossier.id = version.dossier_id "
    "WHERE dossier.call_id = 1"
)


def site_with(folder: Path, dossiers: int) -> Site:
    """A site with one judged call, laid down in bulk."""
    settings = Settings(instance=folder, secret_key="0123456789abcdefghijklmnopqrstuvwxyz-bench")
    database = Database(settings.database_path)
    migrations.upgrade(database)
    fill(database, dossiers)
    return Site(settings, database, Registry(), BlobStore(settings.blobs_path), None)  # type: ignore[arg-type]


def fill(database: Database, dossiers: int, password_hash: str = "") -> None:
    """The rows of the call: every sheet is final. User 1 runs the calls, 2 and 3 judge all dossiers."""
    with database.writing() as session:
        for n, name in ((1, "Sở"), (2, "Trường")):
            session.add(Unit(id=n, code=f"u{n}", kind="", place="", abbreviation="", started=SINCE))
            session.flush()
            named = {"text": name, "folded": fold(name), "sort_key": alphabetical(name)}
            session.add(UnitName(unit_id=n, valid_from=SINCE, **named))
        session.add(UnitRelation(child_id=2, parent_id=1, kind=RelationKind.MANAGED_BY, valid_from=SINCE))
        for n, role in ((1, Role.MANAGER), (2, Role.JUDGE), (3, Role.JUDGE)):
            session.add(
                User(
                    id=n,
                    login=f"u{n}",
                    name=f"Người {n}",
                    password_hash=password_hash,
                    must_change=False,
                    created_at=NOW,
                )
            )
            session.flush()
            session.add(Grant(user_id=n, role=role, unit_id=1, valid_from=SINCE))
        identity = {"slug": SHAPE.slug, "edition": SHAPE.edition, "track": SHAPE.track}
        session.add(Definition(sha256=SHAPE.sha256, json=SHAPE.to_json(), seen_at=NOW, **identity))
        session.add_all([_call(1), _call(2)])
        session.flush()
        session.add(
            Submission(
                id=1,
                key="k",
                unit_id=1,
                receiving_unit_id=1,
                call_id=1,
                number="1",
                day=NOW.date(),
                signer="A",
                submitted_by=1,
                submitted_at=NOW,
            )
        )
        session.flush()
        rng, dossiers = Random(7), dossiers + WARM
        session.execute(insert(Dossier), [_dossier(n, 2 if n <= WARM else 1) for n in range(1, dossiers + 1)])
        session.execute(insert(Version), [_version(n) for n in range(1, dossiers + 1)])
        session.execute(insert(Assignment), [_assignment(n, j) for n in range(1, dossiers + 1) for j in (1, 2)])
        session.execute(insert(Scoresheet), [_sheet(n, j) for n in range(1, dossiers + 1) for j in (1, 2)])
        session.execute(insert(Score), [row for n in range(1, 2 * dossiers + 1) for row in _scores(n, rng)])


def _call(n: int) -> Call:
    return Call(
        id=n,
        slug=SHAPE.slug,
        edition=SHAPE.edition,
        title=f"Đợt {n}",
        unit_id=1,
        period=Period("year", 2026),
        opens=NOW - timedelta(days=90),
        closes=NOW - timedelta(days=30),
    )


def _dossier(n: int, call: int) -> dict[str, object]:
    title = f"Nguyễn Thị Hoà {n}"
    return {
        "id": n,
        "public_id": new_public_id(),
        "code": f"HS-2026-{n:06}",
        "call_id": call,
        "track": SHAPE.track,
        "title": title,
        "title_key": name_order(title),
        "title_folded": fold(title),
        "owner_unit_id": 2,
        "receiving_unit_id": 1,
        "state": State.JUDGING,
        "filed": 1,
        "definition_sha256": SHAPE.sha256,
        "created_by": 1,
        "created_at": NOW,
        "changed_at": NOW,
    }


def _version(n: int) -> dict[str, object]:
    return {
        "id": n,
        "dossier_id": n,
        "n": 1,
        "submission_id": 1,
        "definition_sha256": SHAPE.sha256,
        "content": {"answers": {}},
        "sha256": f"{n:064}",
        "submitted_at": NOW,
    }


def _assignment(n: int, judge: int) -> dict[str, object]:
    return {
        "public_id": new_public_id(),
        "dossier_id": n,
        "judge_id": judge + 1,
        "place": judge,
        "blind": False,
        "assigned_by": 1,
        "assigned_at": NOW,
    }


def _sheet(n: int, judge: int) -> dict[str, object]:
    return {
        "id": 2 * n - 2 + judge,
        "version_id": n,
        "stage": Stage.JUDGE,
        "scorer_id": judge + 1,
        "rev": 3,
        "changed_at": NOW,
        "final_at": NOW,
    }


def _scores(sheet: int, rng: Random) -> list[dict[str, object]]:
    return [
        {"sheet_id": sheet, "node": key, "points": f"{rng.randint(0, 20) / 4:g}".replace(".", ",")}
        for key in RUBRIC.leaves
    ]


def timed(what: Callable[[], object]) -> float:
    """Seconds of the processor that ``what`` takes: a machine that is busy with others makes it no longer."""
    start = time.process_time()
    what()
    return time.process_time() - start


def rows(site: Site) -> Sequence[Any]:
    """All score rows of the call as the database gives them, points as text."""
    with site.database.reading() as session:
        return session.execute(READ).all()


def plain(site: Site) -> tuple[Sequence[Any], list[Decimal]]:
    """The yardstick: the same rows and their points as numbers, as whoever reckons with them needs them."""
    found = rows(site)
    return found, [Decimal(points.replace(",", ".")) for _, _, points in found]


def measured(site: Site) -> tuple[float, float, float]:
    """Seconds of fetching the rows, of the yardstick and of closing, which happens once: so the others' middle."""
    plain(site)
    gc.collect()
    gc.freeze()  # as serving does
    by, now = Actor(1, 1), NOW + timedelta(days=1)
    closing.close(site, call=2, track=SHAPE.track, by=by, now=now)
    gc.collect()
    gc.freeze()
    fetched, read = [], []
    for turn in range(2 * BESIDE):
        fetched.append(timed(lambda: rows(site)))
        read.append(timed(lambda: plain(site)))
        if turn == BESIDE - 1:
            close = timed(lambda: closing.close(site, call=1, track=SHAPE.track, by=by, now=now))
    site.database.close()
    gc.unfreeze()
    return median(fetched), median(read), close


def main(dossiers: int) -> float:
    """Print the times and their ratio, which is the middle one of five rounds."""
    ratios = []
    for _ in range(5):
        with tempfile.TemporaryDirectory() as folder:
            fetch, read, close = measured(site_with(Path(folder), dossiers))
        ratios.append(close / read)
        said = f"rows fetched in {fetch * 1000:.0f} ms, read as numbers in {read * 1000:.0f} ms"
        print(f"{dossiers} dossiers: {said}, closed in {close * 1000:.0f} ms: {ratios[-1]:.2f} ×")
    return median(ratios)


if __name__ == "__main__":
    ratio = main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
    print(f"{ratio:.2f} × (at most {LIMIT:g})")
    sys.exit(ratio > LIMIT)
