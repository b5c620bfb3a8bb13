"""Dossiers on judges' desks: brought as far as they go by the services, then given to judges."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from desk import COMPLETE, Desk
from judged_campaign import BLIND
from small_world import Clock, World, add_user
from thidua.models import Action, Assignment, Dossier, Role, State, User, Verdict
from thidua.permissions import scope_of
from thidua.services import judge_queue, sheets
from thidua.services.reviews import Finding
from thidua.services.site import Site
from thidua.times import local_day

FULL = {"dung_the": "1", "y_tuong": "8,5", "trinh_bay": "7", "muon": "0,5"}  # 8.5 + 7 + (2 − 0.5) = 17


def accepted(site: Site, world: World, clock: Clock, *, track: str = BLIND, key: str = "hoa", **more: object) -> str:
    """A dossier of the first school that the office has found eligible; ``attach`` are (name, bytes, slot)."""
    clerk, head = Desk(site, world, clock, "vanthu1", "truong1"), Desk(site, world, clock, "hieutruong1", "truong1")
    office = Desk(site, world, clock, "thamdinh1", "xa1")
    dossier = clerk.start(key, track=track)
    answers: Mapping[str, Mapping[str, object]] = more.get("answers") or COMPLETE  # type: ignore[assignment]
    for part, raw in answers.items():
        clerk.save(dossier, part, raw)
    for name, data, slot in more.get("attach", ()):  # type: ignore[attr-defined]
        clerk.attach(dossier, data, name=name, slot=slot)
    clerk.hand_over(dossier)
    head.submit(dossier, key=dossier)
    office.take_up(dossier)
    passed = {f"section__{s}": Finding(Verdict.PASSED) for s in answers}
    office.end(dossier, Action.ACCEPT, **passed)
    return dossier


def hire(site: Site, world: World, *logins: str, role: Role = Role.JUDGE, unit: str = "xa1") -> None:
    """More judges at the first office, or others elsewhere."""
    with site.database.writing() as session:
        password = session.get_one(User, world.users["giamkhao1"]).password_hash
        for login in logins:
            user = add_user(session, login, (role, world.units[unit]), password_hash=password)
            world.users[login] = user.id
            world.user_ids[login] = user.public_id


def give(site: Site, world: World, clock: Clock, dossier: str, *judges: str, blind: bool = True) -> None:
    """Give a dossier to judges."""
    with site.database.writing() as session:
        row = session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one()
        row.state = State.JUDGING
        places = session.scalar(select(func.count()).where(Assignment.dossier_id == row.id)) or 0
        for place, login in enumerate(judges, start=places + 1):
            session.add(
                Assignment(
                    dossier_id=row.id,
                    judge_id=world.users[login],
                    place=place,
                    blind=blind,
                    assigned_by=world.users["phutrach1"],
                    assigned_at=clock(),
                )
            )


class Judge:
    """A judge at work through the services."""

    def __init__(self, site: Site, world: World, clock: Clock, login: str = "giamkhao1") -> None:
        self.site, self.clock, self.actor = site, clock, world.actor(login, "xa1")

    def save(
        self,
        dossier: str,
        typed: Mapping[str, str] | None = None,
        *,
        final: bool = False,
        comments: Mapping[str, str] | None = None,
        comment: str | None = None,
        base: Mapping[str, str] | None = None,
    ) -> sheets.Saved:
        texts = {k: t for k, t in sheets.as_texts(typed or {}, comments, comment or "").items() if t or k != "comment"}
        with self.site.database.writing() as session:
            return sheets.save_sheet(
                session, dossier=dossier, texts=texts, base=base, final=final, by=self.actor, now=self.clock()
            )

    def take_back(self, dossier: str) -> None:
        with self.site.database.writing() as session:
            sheets.take_back(session, dossier=dossier, by=self.actor, now=self.clock())

    def open(self, dossier: str) -> sheets.OpenSheet:
        with self.site.database.reading() as session:
            return sheets.open_sheet(session, dossier=dossier, by=self.actor, now=self.clock())

    def queue(self, **asked: object) -> judge_queue.Queue:
        with self.site.database.reading() as session:
            return judge_queue.queue(session, by=self.actor, now=self.clock(), **asked)  # type: ignore[arg-type]

    def next(self, dossier: str) -> str | None:
        with self.site.database.reading() as session:
            scope = scope_of(session, self.actor, local_day(self.clock()))
            row = session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one()
            return judge_queue.next_in_queue(session, scope, row)
