"""The school's own sheet: typed with the dossier, filed with it, and the office's beside it, which is the result."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import select

import self_scored_campaign
from crawling import fresh_site
from desk import Desk, refused, word_file
from self_scored_campaign import SCHOOL, TITLED
from small_world import Clock, World
from thidua.errors import NotAllowed, NotFound
from thidua.forms import fingerprint
from thidua.models import Action, Call, Dossier, Scoresheet, Stage, State, Verdict, Version
from thidua.permissions import find_dossier, scope_of
from thidua.services import checking, closing, self_sheets, sheets, working
from thidua.services.checking import CheckFailed
from thidua.services.report_rows import rows_of
from thidua.services.reviews import Finding
from thidua.services.sheet_texts import Contested, as_texts
from thidua.services.site import Site
from thidua.services.submissions import content_sha256
from thidua.times import local_day

FULL = {"quy_che": "1", "lms": "6.5", "phan_mem": "7"}
OFFICE = {"quy_che": "1", "lms": "5", "phan_mem": "8"}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, _migrated: Path) -> Iterator[tuple[Site, World]]:
    """A site in which schools score themselves."""
    with fresh_site(tmp_path_factory.mktemp("self"), _migrated, self_scored_campaign) as (site, world):
        yield site, world


class People:
    """The school's and the office's people."""

    def __init__(self, town: tuple[Site, World]) -> None:
        self.site, self.world = town
        self.clerk, self.head, self.office, self.manager = (
            Desk(self.site, self.world, Clock(), login, unit)
            for login, unit in (
                ("vanthu1", "truong1"),
                ("hieutruong1", "truong1"),
                ("thamdinh1", "xa1"),
                ("phutrach1", "xa1"),
            )
        )

    def draft(self, track: str = SCHOOL) -> str:
        dossier = self.clerk.start("hoa", track=track)
        self.clerk.save(dossier, "thong_tin", {"chuc_vu": "Giáo viên"})
        self.clerk.save(dossier, "thanh_tich_chung", {"thanh_tich": "Dạy tốt."})
        return dossier

    def score(self, dossier: str, typed: dict[str, str], *, base: dict[str, str] | None = None, **more: object):
        with self.site.database.writing() as session:
            texts = {place: text for place, text in as_texts(typed, **more).items() if text or place != "comment"}
            return self_sheets.save_own(
                session, dossier=dossier, texts=texts, base=base or {}, by=self.clerk.actor, now=Clock()()
            )

    def filed(self, typed: dict[str, str] = FULL) -> str:
        dossier = self.draft()
        self.send_off(dossier, typed)
        return dossier

    def send_off(self, dossier: str, typed: dict[str, str] = FULL) -> None:
        self.score(dossier, typed, comments={"lms": "Dùng hằng tuần"})
        self.clerk.attach(dossier, word_file("Báo cáo"))
        self.clerk.hand_over(dossier)
        self.head.submit(dossier, key=dossier)

    def office_sheet(self, dossier: str, typed: dict[str, str], *, final: bool = True, by: Desk | None = None):
        desk = by or self.office
        with self.site.database.writing() as session:
            return sheets.save_sheet(
                session,
                dossier=dossier,
                texts=as_texts(typed, {"lms": "Chỉ thấy hai lớp"}),
                final=final,
                by=desk.actor,
                now=Clock()(),
                stage=Stage.OFFICE,
            )

    def accept(self, dossier: str) -> None:
        passed = {f"section__{key}": Finding(Verdict.PASSED) for key in ("thong_tin", "thanh_tich_chung")}
        self.office.end(dossier, Action.ACCEPT, **passed)

    def beside(self, dossier: str, desk: Desk) -> self_sheets.SideBySide | None:
        with self.site.database.reading() as session:
            scope = scope_of(session, desk.actor, local_day(Clock()()))
            return self_sheets.side_by_side(session, scope, find_dossier(session, scope, dossier))


@pytest.fixture
def people(town: tuple[Site, World]) -> People:
    return People(town)


def problems(people: People, dossier: str) -> list[tuple[str, str, str]]:
    with people.site.database.reading() as session:
        scope = scope_of(session, people.clerk.actor, local_day(Clock()()))
        found = checking.check(session, people.site.registry, scope, find_dossier(session, scope, dossier)).problems
    return [(one.field, one.level, one.message) for one in found]


def test_what_the_school_types_stays_as_typed_and_is_a_line_of_the_task_list(people: People) -> None:
    dossier = people.draft()
    kept = people.score(dossier, {"lms": "11", "phan_mem": "sáu"}, comment="Còn thiếu máy")
    assert (kept.rev, [one.field for one in kept.reckoned.problems]) == (1, ["point:lms", "point:phan_mem"])
    with people.site.database.reading() as session:
        row = session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one()
        held = self_sheets.own_sheet(row)
        assert held.texts == {"point:lms": "11", "point:phan_mem": "sáu", "comment": "Còn thiếu máy"}
        line = working.progress(held.form, row)[-1]
        assert (line.key, line.title, line.done, line.started, line.problems) == (
            "tu-cham",
            "Phiếu tự chấm",
            False,
            True,
            3,
        )
        assert working.raw_values(row) == {"chuc_vu": "Giáo viên", "thanh_tich": "Dạy tốt."}
    assert people.score(dossier, {"lms": "11"}).rev == 1
    assert people.score(dossier, {"lms": ""}).rev == 2


def test_two_people_of_a_school_merge_and_contest_single_points(people: People) -> None:
    dossier = people.draft()
    empty = {f"point:{leaf}": fingerprint("") for leaf in FULL}
    people.score(dossier, {"lms": "6"}, base=empty)
    other = people.score(dossier, {"lms": "8", "phan_mem": "7"}, base=empty)
    assert other.contested == {"point:lms": Contested("8", "6")}
    assert other.reckoned.valued.points == {"lms": 12, "phan_mem": 7}


def test_an_incomplete_sheet_is_not_handed_over_and_points_want_their_evidence(people: People) -> None:
    dossier = people.draft()
    people.score(dossier, {"lms": "6,3", "phan_mem": "7"})
    assert problems(people, dossier) == [
        ("tu-cham:quy_che", "error", "“Có quy chế” chưa được xác nhận. Hãy chọn “Đạt” hoặc “Không đạt”."),
        ("tu-cham:lms", "error", "“Hệ thống học tập”: 6,3 không theo bước 0,5 điểm. Hãy nhập 6 hoặc 6,5."),
    ]
    with pytest.raises(CheckFailed):
        people.clerk.hand_over(dossier)
    people.score(dossier, FULL)
    assert problems(people, dossier) == [
        (
            "tu-cham:lms",
            "warning",
            "“Hệ thống học tập” đã được cho điểm nhưng hồ sơ chưa có “Báo cáo” làm minh chứng. "
            "Hãy kiểm tra lại điểm, hoặc đề nghị bổ sung minh chứng.",
        )
    ]
    people.clerk.hand_over(dossier)
    assert people.clerk.state(dossier) is State.AWAITING
    with refused("wrong-state"):
        people.score(dossier, {"lms": "9"})


def test_filing_freezes_the_sheet_in_the_version_under_its_hash_and_as_a_sheet(people: People) -> None:
    dossier = people.filed()
    with people.site.database.reading() as session:
        row = session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one()
        version = session.scalars(select(Version).where(Version.dossier_id == row.id)).one()
        assert version.content["self"] == {
            "point:quy_che": "1",
            "point:lms": "6,5",
            "comment:lms": "Dùng hằng tuần",
            "point:phan_mem": "7",
        }
        assert version.sha256 == content_sha256(version.content)
        changed = {**version.content, "self": {**version.content["self"], "point:lms": "7"}}
        assert content_sha256(changed) != version.sha256
        sheet = session.scalars(select(Scoresheet).where(Scoresheet.version_id == version.id)).one()
        assert (sheet.stage, sheet.final_at is not None) == (Stage.SELF, True)
        assert {(one.node, one.points, one.comment) for one in sheet.scores} == {
            ("quy_che", "1", ""),
            ("lms", "6,5", "Dùng hằng tuần"),
            ("phan_mem", "7", ""),
        }


def test_a_track_without_self_scoring_has_no_sheet_and_no_trace_of_one(people: People) -> None:
    dossier = people.draft(TITLED)
    with pytest.raises(NotFound):
        people.score(dossier, FULL)
    people.clerk.hand_over(dossier)
    people.head.submit(dossier, key=dossier)
    with people.site.database.reading() as session:
        row = session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one()
        assert "self" not in session.scalars(select(Version).where(Version.dossier_id == row.id)).one().content
    with pytest.raises(NotFound):
        people.clerk.save(people.draft(), "tu-cham", {"point:lms": "5"})


def test_the_office_scores_beside_the_school_before_it_accepts(people: People) -> None:
    dossier = people.filed()
    people.office.take_up(dossier)
    with refused("office-sheet-missing"):
        people.accept(dossier)
    assert people.office_sheet(dossier, {"lms": "5"}, final=True).state is sheets.SheetState.DRAFT
    with refused("office-sheet-missing"):
        people.accept(dossier)
    saved = people.office_sheet(dossier, OFFICE, by=people.manager)  # one sheet, whoever of the office writes it
    assert (saved.state, saved.reckoned.valued.total) == (sheets.SheetState.FINAL, 5)
    people.accept(dossier)
    assert people.office.state(dossier) is State.ELIGIBLE
    with people.site.database.reading() as session:
        row = session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one()
        found = session.scalars(select(Scoresheet).join(Version).where(Version.dossier_id == row.id))
        assert sorted(one.stage for one in found) == [Stage.OFFICE, Stage.SELF]


def test_sheets_stand_side_by_side_and_the_school_sees_its_own_until_the_result_is_out(people: People) -> None:
    dossier = people.filed()
    people.office.take_up(dossier)
    people.office_sheet(dossier, OFFICE)
    both = people.beside(dossier, people.office)
    assert both is not None
    assert both.columns == ("Trường tự chấm", "Cơ quan chấm")
    assert [(row.key, row.values, row.differs) for row in both.rows] == [
        ("tong", (Fraction("6.5"), 5), True),
        ("day_hoc", (Fraction("6.5"), 5), True),
        ("quy_che", (1, 1), False),
        ("lms", (Fraction("6.5"), 5), True),
        ("quan_tri", (7, 8), True),
        ("phan_mem", (7, 8), True),
    ]
    assert both.levels == ({"day_hoc": "Mức 2", "quan_tri": "Mức 2"}, {"day_hoc": "Mức 2", "quan_tri": "Mức 2"})
    assert both.classes == ("Mức 2", "Mức 2")
    assert both.comments == {"lms": ("Dùng hằng tuần", "Chỉ thấy hai lớp")}
    own = people.beside(dossier, people.head)
    assert own is not None
    assert (own.columns, own.comments) == (("Trường tự chấm",), {"lms": ("Dùng hằng tuần",)})


def test_closing_takes_the_office_sheet_and_publishing_shows_it_without_its_words(people: People) -> None:
    dossier = people.filed({"quy_che": "1", "lms": "10", "phan_mem": "10"})
    people.office.take_up(dossier)
    people.office_sheet(dossier, OFFICE | {"phan_mem": "4"})
    people.accept(dossier)
    with people.site.database.writing() as session:
        call = session.scalars(select(Call)).one()
        call.unit_id = people.world.units["xa1"]
        number = call.id
    closing.close(
        people.site, call=number, track=SCHOOL, leaving=True, by=people.manager.actor, now=people.manager.clock()
    )
    with people.site.database.writing() as session:
        closing.publish(session, dossiers=[dossier], by=people.manager.actor, now=people.manager.clock())
    with people.site.database.reading() as session:
        row = session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one()
        result = closing.results_of(session, [row.id])[-1]
        assert (result.total, result.class_key) == ("4", "muc_1")
        scope = scope_of(session, people.manager.actor, local_day(Clock()()))
        sources = ("node:day_hoc", "level:day_hoc", "level:quan_tri", "self:tong", "office:tong", "office:quy_che")
        reported = rows_of(
            session, scope, session.get_one(Call, number), states=frozenset({State.PUBLISHED}), sources=sources
        )
        assert [[one.value(source) for source in sources] for one in reported if one.public_id == dossier] == [
            [5, "Mức 2", "Mức 1", 10, 4, 0]
        ]
    school = people.beside(dossier, people.clerk)
    assert school is not None
    assert (school.columns, school.comments) == (
        ("Trường tự chấm", "Cơ quan chấm"),
        {"lms": ("Dùng hằng tuần", "")},
    )


def test_nobody_but_the_office_writes_its_sheet_and_nobody_else_the_schools(people: People) -> None:
    dossier = people.filed()
    people.office.take_up(dossier)
    with pytest.raises(NotAllowed):
        people.office_sheet(dossier, OFFICE, by=people.head)
    other = Desk(people.site, people.world, Clock(), "thamdinh2", "xa2")
    with pytest.raises(NotFound):
        people.office_sheet(dossier, OFFICE, by=other)
    with people.site.database.writing() as session, pytest.raises(NotFound):
        sheets.save_sheet(session, dossier=dossier, texts={}, by=people.office.actor, now=Clock()(), stage=Stage.SELF)
