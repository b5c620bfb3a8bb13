"""Viết về gương điển hình: an entry's way to its judges, through the services."""

from __future__ import annotations

import random
from datetime import date

import pytest
from sqlalchemy import select

from desk import Desk, word_file
from files_corpus import scanned_pdf
from small_world import NOW, add_user
from thidua.errors import Refused, say
from thidua.models import Action, Call, Dossier, Role, Score, Scoresheet, Stage, User, Version
from thidua.outbox import Worker
from thidua.permissions import find_dossier, scope_of
from thidua.services import assigning, checking, reviews
from thidua.services.indexing import handlers
from thidua.times import Period, local_day, start_of_day
from thidua_guong_dien_hinh.campaign import EDITION_2025

REFERENCES = ("tac_gia_2", "tac_gia_3", "tac_gia_4", "nhan_vat_can_bo")


class Contest(Desk):
    """A clerk at a school that takes part in a call of the commune."""

    call = ""

    def enter(self, **entry: object) -> str:
        dossier = self.start("hoa", "bai-viet")
        sample = EDITION_2025.track("bai-viet").sample(random.Random(1)).answers
        plain = {
            "hinh_thuc": "ca-nhan",
            **dict.fromkeys(REFERENCES),
            "nhan_vat_loai": "ca-nhan",
            "nhan_vat_ten": "Nguyễn Thị Nhài",
            "la_bao_chi": "no",
            "bai_viet": "Bài viết.",
        }
        answers = {**sample, **plain, **entry}
        for section in EDITION_2025.track("bai-viet").form:
            raw = {f.key: answers[f.key] for f in section.fields if answers.get(f.key)}
            self.save(dossier, section.key, raw)
        return dossier

    def problems(self, dossier: str) -> list[tuple[str, str]]:
        Worker(self.site.database, handlers(self.site), clock=self.clock).drain()
        with self.site.database.reading() as session:
            scope = scope_of(session, self.actor, local_day(self.clock()))
            found = checking.check(session, self.site.registry, scope, find_dossier(session, scope, dossier))
            return [(p.field, p.message) for p in found.errors]


@pytest.fixture
def contest(site, world, clock) -> Contest:
    with site.database.writing() as session:
        call = Call(
            slug="guong-dien-hinh",
            edition="2025",
            title="Cuộc thi viết 2025-2026",
            unit_id=world.units["xa1"],
            period=Period("school_year", 2025),
            opens=start_of_day(date(2026, 1, 5)),
            closes=start_of_day(date(2026, 4, 1)),
        )
        session.add(call)
        session.flush()
        world.call_public_id = call.public_id
        password = session.get_one(User, world.users["admin"]).password_hash
        for login in ("gk1", "gk2"):
            user = add_user(session, login, (Role.JUDGE, world.units["xa1"]), password_hash=password)
            world.users[login], world.user_ids[login] = user.id, user.public_id
    return Contest(site, world, clock, "vanthu1", "truong1")


def test_two_thousand_and_one_words_are_refused_typed_or_attached_and_so_is_a_scan(contest: Contest) -> None:
    typed = contest.enter(bai_viet="chữ " * 2001)
    limit = say("form-too-long", label="Bài viết", count="2.001", limit="2.000", what="chữ")
    assert contest.problems(typed) == [("bai_viet", limit)]
    attached = contest.enter(bai_viet="")
    contest.attach(attached, word_file("chữ " * 2001), slot="tep_bai")
    assert contest.problems(attached) == [
        (
            "document:tep_bai",
            "Bài đính kèm có 2.001 chữ, vượt giới hạn 2.000 chữ của đợt này. Hãy rút gọn bài rồi thay tệp.",
        )
    ]
    scan = contest.enter(bai_viet="")
    contest.attach(scan, scanned_pdf(), name="bai.pdf", slot="tep_bai")
    assert contest.problems(scan) == [
        (
            "document:tep_bai",
            "Tệp “bai.pdf” không có lớp chữ (bản chụp, bản quét hoặc có mật khẩu) nên không đếm chữ và "
            "đối chiếu được. Hãy đính kèm tệp Word, tệp PDF xuất từ Word, hoặc gõ bài vào biểu mẫu.",
        )
    ]


def test_a_judge_is_no_author_and_the_third_judge_is_not_the_first(contest: Contest, site, world, clock) -> None:
    dossier = contest.enter()
    with site.database.writing() as session:
        session.get_one(User, world.users["gk1"]).person_id = world.people["hoa"]
    barred = "Nguyễn Thị Hoà thuộc ban tổ chức hoặc ban giám khảo của đợt này nên không được dự thi. "
    assert contest.problems(dossier) == [("", barred + "Hãy bỏ tên khỏi nhóm tác giả, hoặc để người khác dự thi.")]
    with site.database.writing() as session:
        session.get_one(User, world.users["gk1"]).person_id = None
    assert contest.problems(dossier) == []
    assert contest.find("nguyen thi nhai") == [dossier]
    contest.hand_over(dossier)
    Desk(site, world, clock, "hieutruong1", "truong1").submit(dossier)
    office = Desk(site, world, clock, "thamdinh1", "xa1")
    office.take_up(dossier)
    with site.database.writing() as session:
        reviews.record(session, dossier=dossier, findings={}, rest_passed=True, by=office.actor, now=clock())
    office.end(dossier, Action.ACCEPT)
    manager = world.actor("phutrach1", "xa1")
    with site.database.writing() as session:
        chosen = [world.user_ids["gk1"], world.user_ids["gk2"]]
        plan = assigning.plan_by_hand(session, dossiers=[dossier], judges=chosen, by=manager, now=clock())
        assigning.carry_out(session, plan, by=manager, now=clock())
    for login, points in (("gk1", "25"), ("gk2", "9,5")):
        _sheet(site, world, dossier, login, points)
    with site.database.writing() as session:
        with pytest.raises(Refused) as again:
            assigning.call_third(session, dossier=dossier, judge=chosen[0], by=manager, now=clock())
        assert str(again.value) == (
            "Người được chọn đã chấm hồ sơ này hoặc có xung đột lợi ích. Hãy chọn người khác, hoặc không chọn ai "
            "để mời người đang chấm ít hồ sơ nhất."
        )
        _, third = assigning.call_third(session, dossier=dossier, by=manager, now=clock())
    assert third.login == "giamkhao1"


def _sheet(site, world, dossier: str, judge: str, spread: str) -> None:
    """A final sheet; the two differ in one node, by 15,5 points."""
    typed = {"xac_nhan": "1", "chan_thuc": "18", "phat_hien": "15", "lan_toa": spread, "bo_cuc": "16"}
    with site.database.writing() as session:
        query = select(Version).join(Dossier, Dossier.id == Version.dossier_id).where(Dossier.public_id == dossier)
        sheet = Scoresheet(
            version_id=session.scalars(query).one().id,
            stage=Stage.JUDGE,
            scorer_id=world.users[judge],
            changed_at=NOW,
            final_at=NOW,
        )
        sheet.scores = [
            Score(node=node, points=points) for node, points in {**typed, "chinh_ta": "5", "anh_tu_lieu": "8"}.items()
        ]
        session.add(sheet)
