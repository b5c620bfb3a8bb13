"""Closing while judges hand in, take back and decline and the office removes them: over HTTP, all at once.

Whatever comes first, what was frozen is what the sheets that stand afterwards come to.
"""

from __future__ import annotations

import random
import threading
import urllib.error
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

import pytest
from sqlalchemy import func, select

from answering import answering
from conftest import serve
from http_desk import Browser
from judging_round import Round
from small_world import PASSWORD, Clock, World
from thidua.commands.running import listen
from thidua.errors import Refused
from thidua.models import Assignment, Call, Dossier, Result, State, User
from thidua.scoring import from_text
from thidua.services import closing, tally
from thidua.services.site import Site
from thidua.services.tally import Line

DOSSIERS, ROUNDS = 4, 6
SETTLED = {200, 302, 403, 404, 409, 422, 503}
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
Work = Callable[[], None]


class Hall:
    """A round served over HTTP, its people signed in, and every answer that they got."""

    def __init__(self, table: Round, site: str) -> None:
        self.table = table
        self.manager = Browser(site, "phutrach1", PASSWORD)
        self.judges = {name: Browser(site, name, PASSWORD) for name in table.judges}
        self.answers: list[int] = []

    def post(self, who: Browser, path: str, **data: str) -> None:
        try:
            who.post(path, data)
            self.answers.append(200)
        except urllib.error.HTTPError as error:
            error.close()
            self.answers.append(error.code)

    def seats(self) -> list[tuple[str, str, str]]:
        """Dossier, assignment and judge of every seat that is taken."""
        with self.table.site.database.reading() as session:
            query = (
                select(Dossier.public_id, Assignment.public_id, User.login)
                .join(Assignment, Assignment.dossier_id == Dossier.id)
                .join(User, User.id == Assignment.judge_id)
            )
            query = query.where(Assignment.ended_at.is_(None), Dossier.state == State.JUDGING)
            return [tuple(row) for row in session.execute(query.order_by(Assignment.id))]

    def hand_in(self, seat: tuple[str, str, str], content: int, form: int) -> Work:
        typed = {"point:noi_dung": str(content), "point:trinh_bay": str(form), "point:co_that": "1", "_do": "send"}
        return lambda: self.post(self.judges[seat[2]], f"/cham/{seat[1]}", **typed)

    def take_back(self, seat: tuple[str, str, str]) -> Work:
        return lambda: self.post(self.judges[seat[2]], f"/cham/{seat[1]}/sua-lai")

    def decline(self, seat: tuple[str, str, str]) -> Work:
        return lambda: self.post(self.judges[seat[2]], f"/cham/{seat[1]}/tu-choi", reason="Bận việc gia đình")

    def remove(self, seat: tuple[str, str, str]) -> Work:
        path = f"/ket-qua/ho-so/{seat[0]}/thoi-cham/{seat[1]}"
        return lambda: self.post(self.manager, path, reason="Đi công tác dài ngày")

    def close(self) -> None:
        self.post(self.manager, f"/ket-qua/dot/{self.table.call_public_id}/chot/bai-viet")


@pytest.fixture
def hall(site: Site, world: World, clock: Clock) -> Iterator[Hall]:
    server = listen(site, "127.0.0.1", 0, app=serve(site, clock))
    with answering(server) as address:
        yield Hall(Round(site, world, clock), address)


def at_once(works: Sequence[Work]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def frozen(table: Round) -> dict[str, tuple[str, str, int | None, str, list[dict[str, object]]]]:
    """Total, class, place, prize and sheets of every result that stands, by dossier."""
    query = select(Dossier.public_id, Result).join(Result, Result.dossier_id == Dossier.id)
    with table.site.database.reading() as session:
        rows = session.execute(query.where(Result.reopened_at.is_(None))).all()
        return {
            key: (one.total, one.class_key, one.place, one.prize, sheets_of(from_text(one.calculation).sheets))
            for key, one in rows
        }


def sheets_of(sheets: Sequence[object]) -> list[dict[str, object]]:
    return sorted((dict(one) for one in sheets), key=str)  # type: ignore[call-overload]


def computed(table: Round) -> dict[str, tuple[str, str, int | None, str]]:
    """The same, worked out anew from the sheets that stand, once everything is open again."""
    with table.site.database.reading() as session:
        call = session.get_one(Call, table.call_id)
        seen = tally.view(session, call, "bai-viet", by=table.manager, now=table.clock())
        return {str(line.dossier.public_id): _line(line) for line in seen.lines}


def _line(line: Line) -> tuple[str, str, int | None, str]:
    assert line.scored is not None, line.standing.blocks
    given = line.classified.given.key if line.classified else ""
    place = line.ranked.rank if line.ranked else None
    return str(line.scored.total), given, place, line.prize.key if line.prize else ""


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_what_is_frozen_is_what_the_sheets_come_to(hall: Hall, seed: int) -> None:
    chance, table = random.Random(seed), hall.table
    ids = table.dossiers(DOSSIERS)
    table.seat(ids, "gk1", "gk2")
    for n, dossier in enumerate(ids):
        for judge in ("gk1", "gk2"):
            table.hand_in(dossier, judge, str(20 + 7 * n), str(10 + chance.randrange(8)))
    closed = False
    for turn in range(8):
        seats = hall.seats()
        works: list[Work] = [hall.close, hall.close]
        for seat in chance.sample(seats, min(3, len(seats))):
            gone = () if turn else (hall.decline, hall.remove)  # later there would soon be nobody left to ask
            act = chance.choice((hall.take_back, hall.take_back, *gone))
            works.append(act(seat))
            if act is hall.take_back:
                works.append(hall.hand_in(seat, chance.randrange(20, 60), chance.randrange(40)))
        chance.shuffle(works)
        at_once(works)
        if closed := table.states() == [State.SCORED] * DOSSIERS:
            break
        _mend(hall)
    if not closed:
        hall.close()
    assert set(hall.answers) <= SETTLED
    before = frozen(table)
    assert sorted(before) == sorted(ids)
    with table.site.database.writing() as session:
        count = session.scalar(select(func.count()).select_from(Result).where(Result.reopened_at.is_(None)))
        closing.reopen(session, dossiers=ids, reason="Để tính lại", by=table.manager, now=table.clock())
    assert (count, computed(table)) == (DOSSIERS, {key: row[:4] for key, row in before.items()})


def _mend(hall: Hall) -> None:
    """Every seat taken again and every sheet handed in, so that the next closing may come through."""
    table = hall.table
    with table.site.database.reading() as session:
        dossiers = session.scalars(select(Dossier.public_id).where(Dossier.call_id == table.call_id)).all()
    sitting = hall.seats()
    for dossier in dossiers:
        there = {judge for key, _, judge in sitting if key == dossier}
        for judge in [name for name in sorted(table.judges) if name not in there]:
            with suppress(Refused):  # who has given it back is not asked again
                if len(there) < 2 and table.seat([dossier], judge).given:
                    there.add(judge)
    for seat in hall.seats():
        hall.hand_in(seat, 20 + 7 * dossiers.index(seat[0]), 20)()  # no two alike: no tie to be decided
