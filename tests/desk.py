"""People at work through the services alone: what the story and the safety tests share."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cache

import pytest
from docx import Document as WordDocument
from sqlalchemy import select

from small_world import Clock, World
from thidua.errors import Refused
from thidua.models import Action, Dossier, Person, State, Submission
from thidua.permissions import Actor, scope_of
from thidua.services import attachments, dossiers, reviews, submissions
from thidua.services.dossiers import Nominee
from thidua.services.reviews import Finding
from thidua.services.searching import Question, search
from thidua.services.site import Site
from thidua.services.submissions import Letter
from thidua.times import local_day

TRACK, SECTION = "ca-nhan", "thong_tin"
FIELD, OTHER_FIELD, FIELD_LABEL = "chuc_vu", "nam_cong_tac", "Chức vụ"
COMPLETE = {"thong_tin": {"chuc_vu": "Giáo viên"}, "thanh_tich_chung": {"thanh_tich": "Dạy tốt, học tốt."}}
LETTER = Letter(number="05/TTr-THHS", day=date(2026, 3, 10), signer="Trần Thị Hiệu")
PHRASE = "Kho học liệu số dùng chung của tổ chuyên môn"


@cache
def word_file(*paragraphs: str) -> bytes:
    document = WordDocument()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@contextmanager
def refused(code: str) -> Iterator[None]:
    """The block is refused for this reason."""
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.code == code


class Desk:
    """One user at work, with the clock of the test."""

    def __init__(self, site: Site, world: World, clock: Clock, login: str, unit: str | None = None) -> None:
        self.site, self.clock, self.world = site, clock, world
        self.actor: Actor = world.actor(login, unit)

    def start(self, key: str = "hoa", track: str = TRACK) -> str:
        with self.site.database.writing() as session:
            person = session.get_one(Person, self.world.people[key]).public_id
            row = dossiers.start(
                session,
                registry=self.site.registry,
                call=self.world.call_public_id,
                track=track,
                nominee=Nominee(person=person),
                by=self.actor,
                now=self.clock(),
            )
            return row.public_id

    def save(self, dossier: str, part: str, raw: Mapping[str, object], base: Mapping[str, str] | None = None):
        with self.site.database.writing() as session:
            return dossiers.save_part(
                session, dossier=dossier, part=part, raw=raw, base=base or {}, by=self.actor, now=self.clock()
            )

    def attach(self, dossier: str, data: bytes, name: str = "bao-cao.docx", slot: str = "bao_cao", **more: str):
        return attachments.receive(
            self.site,
            dossier=dossier,
            slot=slot,
            name=name,
            stream=io.BytesIO(data),
            expected=len(data),
            by=self.actor,
            now=self.clock(),
            **more,
        )

    def hand_over(self, dossier: str) -> Dossier:
        return submissions.hand_over(self.site, dossier=dossier, by=self.actor, now=self.clock())

    def submit(self, *ids: str, key: str = "k1") -> Submission:
        return submissions.submit(self.site, dossiers=ids, letter=LETTER, key=key, by=self.actor, now=self.clock())

    def take_up(self, dossier: str) -> None:
        with self.site.database.writing() as session:
            reviews.take_up(session, dossier=dossier, by=self.actor, now=self.clock())

    def end(self, dossier: str, action: Action, reason: str = "", **findings: Finding) -> None:
        places = {place.replace("__", ":"): finding for place, finding in findings.items()}
        with self.site.database.writing() as session:
            reviews.end(
                session, dossier=dossier, action=action, reason=reason, findings=places, by=self.actor, now=self.clock()
            )

    def state(self, dossier: str) -> State:
        with self.site.database.reading() as session:
            return session.scalars(select(Dossier.state).where(Dossier.public_id == dossier)).one()

    def find(self, text: str, **narrowed: object) -> list[str]:
        with self.site.database.reading() as session:
            scope = scope_of(session, self.actor, local_day(self.clock()))
            return [hit.id for hit in search(self.site, session, scope, Question(text=text, **narrowed)).hits]


def filled(clerk: Desk, key: str = "hoa", text: str = PHRASE) -> str:
    """A complete draft."""
    dossier = clerk.start(key)
    for part, raw in COMPLETE.items():
        clerk.save(dossier, part, raw)
    clerk.attach(dossier, word_file("Báo cáo thành tích", text))
    return dossier
