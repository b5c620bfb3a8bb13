"""What comparing one entry with all others costs: fingerprints in the table against every pair read through.

    python bench/originality.py [--entries 3000] [--words 1500] [--folder FOLDER]

Both sides give the same answer for the texts that share a passage; the bound is 1/20 of the pairwise time.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from office import DEFINITION, TRACK, open_office
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from thidua import config
from thidua.demo import PASSWORD, units
from thidua.demo.units import FOUNDING, SCHOOLS, World
from thidua.models import Call, Dossier, State, Submission, Version
from thidua.models.base import new_public_id
from thidua.originality import Reading, shared
from thidua.permissions import Actor, Scope, find_dossier, scope_of
from thidua.services import originality
from thidua.services.passwords import Passwords
from thidua.services.site import Site
from thidua.times import Period, local_day, utc_now

BOUND = 1 / 20
COPIES = 5
CONSONANTS = ("b", "c", "d", "g", "h", "k", "l", "m", "n", "th", "tr", "ph")
SYLLABLES = [a + b + c for a in CONSONANTS for b in "aăâeêioôơuưyàáảạắếệíọốộờợúứự" for c in ("", "n", "ng", "t")]


def main() -> None:
    """Fill, compare, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, default=3000)
    options.add_argument("--words", type=int, default=1500)
    options.add_argument("--folder", type=Path)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = (asked.folder or Path(scratch)) / f"originality-{asked.entries}-{asked.words}"
        site, world, texts = made(folder, asked.entries, asked.words)
        started = time.perf_counter()
        originality.rebuild(site)
        built = time.perf_counter() - started
        print(f"{asked.entries} entries of {asked.words} words: fingerprints made in {built:.1f} s")
        compare(site, world, texts)
        site.engine.close()
        site.database.close()


def made(folder: Path, count: int, words: int) -> tuple[Site, World, dict[int, str]]:
    """A site with so many filed entries; every so-many-th copies a passage from the first."""
    folder.mkdir(parents=True)
    config.write_new(folder, values={"demo": True})
    site, rng = open_office(folder), random.Random(count)
    with site.database.writing() as session:
        world = units.found(session, Passwords(site.settings).hash(PASSWORD), FOUNDING)
    # As in prose, few syllables are most of the text.
    weights = [1 / (rank + 10) for rank in range(len(SYLLABLES))]
    texts = {n: " ".join(rng.choices(SYLLABLES, weights, k=words)) for n in range(1, count + 1)}
    passage = " ".join(texts[1].split()[100:300])
    for n in range(2, count + 1, max(1, count // COPIES)):
        texts[n] = f"{texts[n][:2000]} {passage} {texts[n][2000:]}"
    _fill(site, world, texts)
    return site, world, texts


def _fill(site: Site, world: World, texts: dict[int, str]) -> None:
    at = utc_now()
    with site.database.writing() as session:
        call = Call(
            slug="do-toc-do", edition="1", title="Đo", unit_id=world.units["SO"], period=Period("school_year", 2025),
            opens=at - timedelta(days=30), closes=at + timedelta(days=30),
        )  # fmt: skip
        session.add(call)
        session.flush()
        for n, text in texts.items():
            _file(session, world, n, text, call=call.id, at=at)


def _file(session: Session, world: World, n: int, text: str, *, call: int, at: datetime) -> None:
    school = SCHOOLS[n % len(SCHOOLS)]
    owner, office, head = world.units[school.code], world.units["SO"], world.head(school).user_id
    title = f"Bài {n}"
    session.execute(insert(Dossier).values(
        id=n, public_id=new_public_id(), code=f"HS-2025-{n:06}", call_id=call, track=TRACK.key, title=title,
        title_key=title, title_folded=title, owner_unit_id=owner, receiving_unit_id=office, state=State.SUBMITTED,
        filed=1, rev=2, definition_sha256=DEFINITION, created_by=head, created_at=at, changed_at=at, note="",
    ))  # fmt: skip
    session.execute(insert(Submission).values(
        id=n, public_id=new_public_id(), key=f"o{n}", unit_id=owner, receiving_unit_id=office, call_id=call,
        number=f"{n}/TTr", day=at.date(), signer=school.head, submitted_by=head, submitted_at=at,
    ))  # fmt: skip
    session.execute(insert(Version).values(
        id=n, dossier_id=n, n=1, submission_id=n, definition_sha256=DEFINITION,
        content={"answers": {"noi_dung": text}}, sha256="0" * 64, submitted_at=at,
    ))  # fmt: skip


def compare(site: Site, world: World, texts: dict[int, str]) -> None:
    """One text, both ways; the same dossiers must come out."""
    with site.database.reading() as session:
        scope: Scope = scope_of(session, Actor(world.users["phutrach"], world.units["SO"]), local_day(utc_now()))
        seen = set(session.scalars(select(Dossier.id).where(Dossier.receiving_unit_id.in_(scope.offices))))
        first = find_dossier(session, scope, session.get_one(Dossier, 1).public_id)

        def asked() -> dict[int, int]:
            found = originality.alike(session, scope, texts[1], but=first, least=5)
            return {one.dossier.id: one.percent for one in found}

        asked()
        times = []
        for _ in range(5):
            started = time.perf_counter()
            found = asked()
            times.append(time.perf_counter() - started)
    started = time.perf_counter()
    ours = Reading(texts[1])
    pairs = {n: shared(ours, Reading(text)).percent for n, text in texts.items() if n != 1 and n in seen}
    pairwise = time.perf_counter() - started
    print(f"{len(seen)} entries in the scope; by fingerprints {len(found)} found, pairwise the same: "
          f"{found == {n: percent for n, percent in pairs.items() if percent >= 5}}")  # fmt: skip
    quick = statistics.median(times)
    verdict = "ok" if quick <= pairwise * BOUND else "MISSED"
    print(f"fingerprints {quick * 1000:.0f} ms, pairwise {pairwise * 1000:.0f} ms, ratio 1/{pairwise / quick:.0f}  "
          f"≤ 1/{1 / BOUND:.0f} {verdict}")  # fmt: skip


if __name__ == "__main__":
    main()
