"""How the demo's calls are judged: by the same services, with judges who are kind, strict, and sometimes apart.

A past call is judged, closed and published; of the open one two dossiers are with the judges, one of them
with sheets too far apart, and what else is eligible waits for judges.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction

from sqlalchemy.orm import Session

from thidua.demo import points
from thidua.demo.units import OFFICERS, SCHOOLS, World
from thidua.demo.words import REMARKS
from thidua.models import Call, Role, Stage, State, Unit
from thidua.permissions import Actor
from thidua.services import assigning, calls, closing, rounds, sheets, tally
from thidua.services.assigning import Rule
from thidua.services.rounds import Round, Wanted
from thidua.services.site import Site
from thidua.services.standing import Standing
from thidua.services.tally import Decision, View

APPRAISED = timedelta(days=45)  # after a call has closed: no dossier of it is with the appraisers any more
CHOICE = "Ban Tổ chức thống nhất chọn hồ sơ có sức lan tỏa trong nhà trường rõ hơn."
JUDGES = sum(any(role is Role.JUDGE for role, *_ in grants) for _, _, grants in OFFICERS)
TO_JUDGE = frozenset({State.ELIGIBLE, State.JUDGING})


@dataclass
class Jury:
    """The judging of one call; yields the instant of each next step."""

    site: Site
    world: World
    call: str
    now: datetime

    def __post_init__(self) -> None:
        self.manager = Actor(self.world.users["phutrach"], self.world.units["SO"])
        self.rng = random.Random(self.call)

    def past(self, closes: datetime) -> Iterator[datetime]:
        """Judged whole, closed and published."""
        at = closes + APPRAISED
        if at + timedelta(days=30) > self.now:
            return
        yield at
        self._assign(at)
        yield (at := at + timedelta(days=12))
        self._score(at)
        self._by_office(at)
        yield (at := at + timedelta(days=5))
        self._call_thirds(at)
        yield (at := at + timedelta(days=9))
        self._close(at)
        yield (at := at + timedelta(days=3))
        self._publish(at)

    def under_way(self) -> Iterator[datetime]:
        """The first with final sheets too far apart, the second half done by one judge, the rest not given yet."""
        yield (at := self.now - timedelta(days=4))
        self._assign(at, most=2)
        yield (at := self.now - timedelta(days=1))
        for number, one in enumerate(self._standings(at)[:2]):
            for place, seat in enumerate(one.active):
                if number == 0:
                    self._sheet(one, seat.judge_id, at, strict=place == 1)
                elif place == 0:
                    self._sheet(one, seat.judge_id, at, final=False)

    # -- the office ------------------------------------------------------------------------

    def _call(self, session: Session, at: datetime) -> Call:
        return calls.find_managed(session, self.call, by=self.manager, now=at)

    def _round(self, at: datetime) -> Round | None:
        with self.site.database.reading() as session:
            call = self._call(session, at)
            if rounds.page(session, call, Wanted(), by=self.manager, now=at).total == 0:
                return None
            return rounds.find(session, self.call, by=self.manager, now=at)

    def _assign(self, at: datetime, *, most: int | None = None) -> None:
        with self.site.database.writing() as session:
            plan = assigning.plan_by_rule(session, self._call(session, at), Rule(), by=self.manager, now=at)
            plan = replace(plan, given=plan.given[:most])
            if plan.given:
                assigning.carry_out(session, plan, by=self.manager, now=at)

    def _standings(self, at: datetime) -> list[Standing]:
        wanted = Wanted(states=TO_JUDGE)
        with self.site.database.reading() as session:
            return list(rounds.page(session, self._call(session, at), wanted, by=self.manager, now=at, size=500).rows)

    def _call_thirds(self, at: datetime) -> None:
        for one in self._standings(at):
            if one.wants_third:
                with self.site.database.writing() as session:
                    _, judge = assigning.call_third(session, dossier=_id(one), by=self.manager, now=at)
                self._sheet(one, judge.id, at)

    def _close(self, at: datetime) -> None:
        found = self._round(at)
        for track in found.tracks if found else ():
            seen = self._view(found, track.key, at) if found else None
            if seen is None or seen.blocks or seen.waiting:
                continue
            closing.close(
                self.site,
                call=seen.call.id,
                track=track.key,
                decisions=[Decision(tuple(str(line.dossier.public_id) for line in tie), CHOICE) for tie in seen.ties],
                leaving=True,
                by=self.manager,
                now=at,
            )

    def _view(self, found: Round, track: str, at: datetime) -> View:
        with self.site.database.reading() as session:
            return tally.view(session, self._call(session, at), track, by=self.manager, now=at)

    def _publish(self, at: datetime) -> None:
        found = self._round(at)
        for track in found.tracks if found else ():
            with self.site.database.writing() as session:
                call = self._call(session, at)
                closed = closing.closed_in(session, call, track.key, by=self.manager, now=at)
                if closed:
                    closing.publish(session, dossiers=closed, by=self.manager, now=at)

    # -- sheets ----------------------------------------------------------------------------

    def _score(self, at: datetime) -> None:
        for one in self._standings(at):
            strict = self.rng.random() < 0.12
            for place, seat in enumerate(one.active):
                self._sheet(one, seat.judge_id, at, strict=strict and place == 1)

    def _by_office(self, at: datetime) -> None:
        """Tracks without judges: the sheet of who appraises for the office, where there is none yet."""
        for one in self._standings(at):
            if one.judging is None and one.form.rubric is not None and one.combined is None:
                self._save(one, self._appraiser(one, at), at, stage=Stage.OFFICE)

    def _appraiser(self, one: Standing, at: datetime) -> Actor:
        with self.site.database.reading() as session:
            code = session.get_one(Unit, one.dossier.owner_unit_id).code
        school = next(school for school in SCHOOLS if school.code == code)
        return self.world.appraiser(school, at.date())

    def _sheet(self, one: Standing, judge_id: int, at: datetime, *, strict: bool = False, final: bool = True) -> None:
        alike = len(one.active) >= JUDGES  # nobody is left who could be called where they differ
        self._save(one, Actor(judge_id), at, strict=strict and not alike, final=final, alike=alike)

    def _save(
        self,
        one: Standing,
        by: Actor,
        at: datetime,
        *,
        stage: Stage = Stage.JUDGE,
        strict: bool = False,
        final: bool = True,
        alike: bool = False,
    ) -> None:
        if one.form.rubric is None:
            return
        rng = random.Random(str(one.dossier.code) if alike else f"{one.dossier.code} {by.user_id}")
        good = Fraction(random.Random(str(one.dossier.code)).randint(72, 97), 100)
        typed = points.given(one.form.rubric, points.near(good, rng, strict=strict))
        if not final:
            typed = dict(list(typed.items())[: len(typed) // 2])
        remark = rng.choice(REMARKS) if final else ""
        with self.site.database.writing() as session:
            sheets.save_sheet(
                session,
                dossier=_id(one),
                texts=sheets.as_texts(typed, {}, remark),
                final=final,
                by=by,
                now=at,
                stage=stage,
            )


def _id(one: Standing) -> str:
    return str(one.dossier.public_id)
