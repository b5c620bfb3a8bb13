"""The whole demo: each campaign in three calls, two judged and published, one under way in every state."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from thidua import config, demo
from thidua.app import open_site
from thidua.models import Call, Dossier, Result, Scoresheet, Stage, State, Version
from thidua.times import utc_now

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
README = Path(__file__).parents[2] / "README.md"
OVER = {State.PUBLISHED, State.INELIGIBLE}
CAMPAIGNS = ["day-tot-hoc-tot", "doi-moi-so", "guong-dien-hinh"]
YEARS = ["NH2023", "NH2024", "NH2025"]


def test_the_demo_has_three_calls_of_each_campaign_judged_and_under_way(tmp_path: Path) -> None:
    summary = demo.build(tmp_path / "demo", now=utc_now())
    said = re.search(r"about sixty dossiers with (\d+) attachments", README.read_text("utf-8"))
    assert said is not None
    assert (summary.faults, summary.calls, summary.dossiers) == ((), 9, 60)
    assert abs(summary.files - int(said[1])) <= 10
    site = open_site(config.load(tmp_path / "demo"))
    with site.database.reading() as session:
        about = select(Call.slug, Call.period, Dossier.state, Dossier.id).join(Call, Call.id == Dossier.call_id)
        states: dict[tuple[str, str], dict[int, State]] = {}
        for slug, period, state, number in session.execute(about):
            states.setdefault((slug, period.code), {})[number] = state
        published = set(session.scalars(select(Result.dossier_id).where(Result.published_at.is_not(None))))
        given = select(Version.dossier_id, Scoresheet.final_at).join(Version, Version.id == Scoresheet.version_id)
        sheets = session.execute(given.where(Scoresheet.stage == Stage.JUDGE)).all()
        texts = site.engine.health()
    site.engine.close()
    site.database.close()
    assert (sorted(states), texts.state) == ([(slug, year) for slug in CAMPAIGNS for year in YEARS], "ready")
    reached = {state for held in states.values() for state in held.values()}
    assert reached == set(State) - {State.SCORED}  # a result that is not published yet is the lead's to make
    for (slug, year), held in states.items():
        if year == YEARS[-1]:
            open_now = {State.DRAFT, State.AWAITING, State.SUBMITTED, State.APPRAISING, State.JUDGING}
            assert set(held.values()) - {State.RETURNED, State.INELIGIBLE, State.ELIGIBLE} == open_now, slug
            mine = [bool(final) for number, final in sheets if number in held]
            assert sorted(mine) == [False, True, True], slug  # two far apart, one begun
        else:
            assert set(held.values()) <= OVER, (slug, year)
            over = {number for number, state in held.items() if state is State.PUBLISHED}
            assert (len(over) >= 5, over - published) == (True, set()), (slug, year)
