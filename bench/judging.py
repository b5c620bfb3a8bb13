"""The pages of judging at 10,000 dossiers beside the same pages at 100: every one of them is being judged.

    python bench/judging.py [--many 10000] [--few 100]

A judge's own load is the same in both, a hundred dossiers, half of the sheets drafts; other judges have the others.
Processor time, the least of many runs.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import closing
import run
from flask.testing import FlaskClient
from sqlalchemy import select, update

from thidua import config
from thidua.app import open_site
from thidua.demo import PASSWORD
from thidua.models import Assignment, Call, Dossier, Grant, Role, Score, Scoresheet, User
from thidua.services.passwords import Passwords
from thidua.services.site import Site

BOUND, RUNS, LOAD = 1.5, 10, 100
APART = 33  # in one dossier of so many the judges lie too far apart


def site_with(folder: Path, dossiers: int) -> Site:
    """A site in which one call is being judged."""
    config.write_new(folder, values={"demo": True})
    site = open_site(config.load(folder))
    closing.fill(site.database, dossiers, Passwords(site.settings).hash(PASSWORD))
    with site.database.writing() as session:
        for judge in (4, 5):  # who judge all but the first dossiers
            name, hashed = f"Người {judge}", Passwords(site.settings).hash(PASSWORD)
            session.add(User(id=judge, login=f"u{judge}", name=name, password_hash=hashed, created_at=closing.NOW))
            session.flush()
            session.add(Grant(user_id=judge, role=Role.JUDGE, unit_id=1, valid_from=closing.SINCE))
        session.flush()
        seats = update(Assignment).where(Assignment.dossier_id > LOAD).values(judge_id=Assignment.judge_id + 2)
        session.execute(seats)
        sheets = update(Scoresheet).where(Scoresheet.version_id > LOAD).values(scorer_id=Scoresheet.scorer_id + 2)
        session.execute(sheets)
        low = select(Scoresheet.id).where(Scoresheet.version_id % APART == 0, Scoresheet.id % 2 == 0)
        session.execute(update(Score).where(Score.sheet_id.in_(low)).values(points="0"))
        session.execute(update(Scoresheet).where(Scoresheet.id.in_(low)).values(apart=True))
        open_ones = update(Scoresheet).where(Scoresheet.scorer_id == 2, Scoresheet.version_id % 2 == 0)
        session.execute(open_ones.values(final_at=None))
    return site


def pages(site: Site) -> dict[str, tuple[str, str]]:
    """What is measured: who opens which page."""
    with site.database.reading() as session:
        call = session.get_one(Call, 1).public_id
        seat = select(Assignment.public_id, Dossier.public_id).join(Dossier, Dossier.id == Assignment.dossier_id)
        mine, dossier = session.execute(seat.where(Assignment.judge_id == 2, Dossier.id == 50)).one()
    return {
        "judge's queue": ("u2", "/cham"),
        "judge's sent sheets": ("u2", "/cham?xem=da-gui"),
        "scoring page": ("u2", f"/cham/{mine}"),
        "calls under way": ("u1", "/ket-qua"),
        "progress of a call": ("u1", f"/ket-qua/dot/{call}"),
        "panel of a dossier": ("u1", f"/ket-qua/ho-so/{dossier}"),
    }


def main() -> None:
    """Make, measure, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--many", type=int, default=10_000)
    options.add_argument("--few", type=int, default=100)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        few, many = site_with(Path(one), asked.few), site_with(Path(two), asked.many)
        clients: dict[tuple[int, str], FlaskClient] = {}
        for what in pages(few):
            works = []
            for site in (few, many):
                login, path = pages(site)[what]
                if (id(site), login) not in clients:
                    clients[id(site), login] = run.signed_in(site, login)
                works.append(run.get(clients[id(site), login], path))
            small, large = run.in_turns(*works, times=RUNS)
            run.line(f"{what}: many beside few dossiers", large, "ms", small, BOUND)


if __name__ == "__main__":
    main()
