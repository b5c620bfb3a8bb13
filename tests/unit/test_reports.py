"""Reports of a call: what their tables say, issued as Word and Excel by the worker, compared with the issue before."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from docx import Document as read_docx
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

import closing_desk
from conftest import refused
from judging_round import CAMPAIGN, TRACKS, Round
from small_world import add_user
from thidua.documents.tables import Table, page_rows, page_totals
from thidua.errors import NotFound
from thidua.models import (
    Blob,
    Call,
    Conflict,
    ConflictKind,
    Dossier,
    IssuedReport,
    Outbox,
    Role,
    State,
    User,
)
from thidua.outbox import Worker
from thidua.permissions import Actor, scope_of
from thidua.plugin import Column, Field, Number, Report, Section, shape_of
from thidua.plugin import Date as Day
from thidua.services import assigning, closing, reports
from thidua.services.indexing import handlers
from thidua.services.report_rows import Row
from thidua.services.report_tables import COVERS, USUAL, BuiltReport, arrange, build, reports_of
from thidua.services.reports import Facts
from thidua.services.tally import Decision
from thidua.times import local_day

FACTS = Facts(number="7", day=date(2026, 3, 5), signers=("Lê Văn Lập", "Trần Thị Hiệu"), copies=("UBND xã", "Lưu"))


def judge(table: Round, made: list[str], *scores: tuple[str, str]) -> None:
    with table.site.database.writing() as session:
        chosen = [table.judges["gk1"], table.judges["gk2"]]
        plan = assigning.plan_by_hand(session, dossiers=made, judges=chosen, by=table.manager, now=table.clock())
        assigning.carry_out(session, plan, by=table.manager, now=table.clock())
    for dossier, (content, form) in zip(made, scores, strict=True):
        table.sheet(dossier, "gk1", content, form)
        table.sheet(dossier, "gk2", content, form)
    closing.close(table.site, call=table.call_id, track="bai-viet", by=table.manager, now=table.clock())


@pytest.fixture
def closed(table: Round) -> Round:
    """Three entries of one school and one of another, closed: 90 Nhất, 84.5 Nhì, 60 Nhì, 20."""
    made = table.dossiers(3) + table.dossiers(1, unit="truong2")
    judge(table, made, ("50", "40"), ("20", "40"), ("45.5", "39"), ("10", "10"))
    return table


def built(table: Round, key: str, by: Actor | None = None, cover: str = USUAL) -> BuiltReport:
    with table.site.database.reading() as session:
        call = session.get_one(Call, table.call_id)
        scope = scope_of(session, by or table.manager, local_day(table.clock()))
        return build(session, scope, call, reports_of(session, call)[key], cover)


def shown(table: Table) -> list[list[str]]:
    return [[column.label for column in table.shown_columns], *page_rows(table), page_totals(table)]


def ask(table: Round, key: str = "tong_hop", facts: Facts = FACTS, by: Actor | None = None) -> str:
    with table.site.database.writing() as session:
        row = reports.ask(
            session, call=table.call_public_id, report=key, facts=facts, by=by or table.manager, now=table.clock()
        )
        return row.public_id


def work(table: Round) -> None:
    Worker(table.site.database, handlers(table.site, table.clock), clock=table.clock).drain()


def issued(table: Round, public_id: str) -> IssuedReport:
    with table.site.database.reading() as session:
        return session.scalars(select(IssuedReport).where(IssuedReport.public_id == public_id)).one()


def bytes_of(table: Round, sha256: str | None) -> bytes:
    assert sha256 is not None
    return table.site.store.path(sha256).read_bytes()


def test_report_counts_shares_and_lists(closed: Round) -> None:
    by_school, by_class, listed = (figure.table for figure in built(closed, "tong_hop").figures)
    second, first = (row[1] for row in page_rows(by_school))  # in alphabetical order
    assert shown(by_school) == [
        ["Stt", "Đơn vị", "Số bài", "Loại A", "Loại B", "Loại C", "Điểm bình quân"],
        ["1", second, "1", "0", "0", "1", "20"],
        ["2", first, "3", "2", "1", "0", "78,17"],
        ["", "Cộng", "4", "2", "1", "1", "63,63"],
    ]
    assert shown(by_class) == [
        ["Stt", "Xếp loại", "Số bài", "Đạt giải (%)"],
        ["1", "Loại A", "2", "100"],
        ["2", "Loại B", "1", "100"],
        ["3", "Loại C", "1", "0"],
        ["", "Cộng", "4", "75"],
    ]
    assert shown(listed) == [
        ["Stt", "Tác giả", "Trường", "Nội dung", "Tổng", "Xếp loại", "Giải"],
        ["1", "Nguyễn Thị An", first, "50", "90", "Loại A", "Giải Nhất"],
        ["2", "Nguyễn Thị Cúc", first, "45,5", "84,5", "Loại A", "Giải Nhì"],
        ["3", "Nguyễn Thị Bình", first, "20", "60", "Loại B", "Giải Nhì"],
        ["4", "Nguyễn Thị Dung", second, "10", "20", "Loại C", ""],
        [],
    ]


def test_chart_draws_the_measure_that_was_named(closed: Round) -> None:
    chart = built(closed, "tong_hop").figures[1].chart
    assert chart is not None
    assert (chart.title, chart.labels, chart.values) == (
        "Theo xếp loại: Số bài",
        ("Loại A", "Loại B", "Loại C"),
        (Decimal(2), Decimal(1), Decimal(1)),
    )


def test_report_keeps_the_dossiers_that_meet_its_conditions(closed: Round) -> None:
    (figure,) = built(closed, "giai").figures
    assert page_rows(figure.table) == [
        ["1", "Nguyễn Thị An", "Giải Nhất"],
        ["2", "Nguyễn Thị Cúc", "Giải Nhì"],
        ["3", "Nguyễn Thị Bình", "Giải Nhì"],
    ]


def test_before_closing_there_are_dossiers_but_no_points(table: Round) -> None:
    table.dossiers(1)
    assert page_rows(built(table, "tong_hop").figures[2].table)[0][3:] == ["", "", "", ""]
    assert page_rows(built(table, "giai").figures[0].table) == []


def test_reopened_result_is_in_no_report(closed: Round) -> None:
    with closed.site.database.writing() as session:
        first = session.scalars(select(Dossier.public_id).where(Dossier.title == "Nguyễn Thị An")).one()
        closing.reopen(session, dossiers=[first], reason="Nhập sai.", by=closed.manager, now=closed.clock())
    assert [row[1] for row in page_rows(built(closed, "giai").figures[0].table)] == [
        "Nguyễn Thị Cúc",
        "Nguyễn Thị Bình",
    ]


def test_report_costs_the_same_statements_for_one_dossier_and_for_many(table: Round, count_queries: object) -> None:
    made = table.dossiers(1)
    with count_queries() as few:  # type: ignore[operator]
        built(table, "tong_hop")
    table.dossiers(25)
    with count_queries() as many:  # type: ignore[operator]
        assert built(table, "tong_hop").count == 26
    assert (len(made), len(few)) == (1, len(many))


def test_issued_report_is_kept_as_word_and_excel_with_the_hash_of_its_data(closed: Round) -> None:
    row = issued(closed, ask(closed))
    assert (row.n, row.done_at, row.progress) == (1, None, 0)
    work(closed)
    row = issued(closed, row.public_id)
    assert (row.progress, row.error, row.data_sha256) == (100, "", built(closed, "tong_hop").sha256)
    paper = read_docx(io.BytesIO(bytes_of(closed, row.word_sha256)))
    text = "\n".join(cell.text for t in paper.tables for line in t.rows for cell in line.cells)
    assert "Số: 07/BC-" in text
    assert "ngày 05 tháng 3 năm 2026" in text
    assert ("Lê Văn Lập" in text, "Trần Thị Hiệu" in text, "- Lưu: VT." in text) == (True, True, True)
    book = CalamineWorkbook.from_filelike(io.BytesIO(bytes_of(closed, row.excel_sha256)))
    assert book.sheet_names == ["1. Theo trường", "2. Theo xếp loại", "3. Tổng hợp kết quả"]
    assert book.get_sheet_by_index(2).to_python()[3:5] == [
        [1.0, "Nguyễn Thị An", *book.get_sheet_by_index(2).to_python()[3][2:3], 50.0, 90.0, "Loại A", "Giải Nhất"],
        [2.0, "Nguyễn Thị Cúc", *book.get_sheet_by_index(2).to_python()[4][2:3], 45.5, 84.5, "Loại A", "Giải Nhì"],
    ]


def test_issuing_again_makes_the_next_version_and_says_what_differs(closed: Round) -> None:
    first = ask(closed, "giai")
    work(closed)
    with closed.site.database.writing() as session:
        session.execute(update(Dossier).where(Dossier.title == "Nguyễn Thị An").values(title="Nguyễn Thị Ân"))
    second = ask(closed, "giai")
    work(closed)
    old, new = issued(closed, first), issued(closed, second)
    assert (old.n, new.n, old.word_sha256 == new.word_sha256) == (1, 2, False)
    with closed.site.database.reading() as session:
        row = session.scalars(select(IssuedReport).where(IssuedReport.public_id == second)).one()
        changed = reports.changes(session, row)
    assert changed is not None
    assert (changed.before, changed.came, changed.went) == (
        1,
        ("1 | Nguyễn Thị Ân | Giải Nhất",),
        ("1 | Nguyễn Thị An | Giải Nhất",),
    )


def test_job_done_twice_leaves_what_was_issued(closed: Round) -> None:
    public_id = ask(closed)
    work(closed)
    before = issued(closed, public_id)
    with closed.site.database.writing() as session:
        session.execute(update(Dossier).values(title="Tên khác"))
        session.add(Outbox(key=f"again:{public_id}", kind=reports.REPORT, subject=public_id, due=closed.clock()))
    work(closed)
    after = issued(closed, public_id)
    assert (after.data_sha256, after.word_sha256, after.done_at) == (
        before.data_sha256,
        before.word_sha256,
        before.done_at,
    )


def test_report_of_nothing_is_a_paper_that_says_so(table: Round) -> None:
    public_id = ask(table, "giai", Facts())
    work(table)
    row = issued(table, public_id)
    paper = read_docx(io.BytesIO(bytes_of(table, row.word_sha256)))
    assert "Không có hồ sơ nào." in [paragraph.text for paragraph in paper.paragraphs]
    book = CalamineWorkbook.from_filelike(io.BytesIO(bytes_of(table, row.excel_sha256)))
    assert book.get_sheet_by_index(0).to_python()[2:] == [["Hạng", "Tác giả", "Giải"]]


def test_hostile_names_stay_text(closed: Round) -> None:
    names = ["=1+1", "Nguyễn & <Thị> \x07 " + "Hoà " * 50]
    with closed.site.database.writing() as session:
        for old, new in zip(["Nguyễn Thị An", "Nguyễn Thị Cúc"], names, strict=True):
            session.execute(update(Dossier).where(Dossier.title == old).values(title=new))
    public_id = ask(closed, "giai")
    work(closed)
    row = issued(closed, public_id)
    paper = read_docx(io.BytesIO(bytes_of(closed, row.word_sha256)))
    cells = [[cell.text for cell in line.cells] for t in paper.tables for line in t.rows]
    assert ["1", "=1+1", "Giải Nhất"] in cells
    assert any(line[1].startswith("Nguyễn & <Thị>") for line in cells if len(line) == 3)
    book = CalamineWorkbook.from_filelike(io.BytesIO(bytes_of(closed, row.excel_sha256)))
    assert book.get_sheet_by_index(0).to_python()[3][1] == "=1+1"


@pytest.mark.parametrize("login", ["thamdinh1", "vanthu1", "giamkhao1"])
def test_report_of_another_office_does_not_exist(closed: Round, login: str) -> None:
    by = closed.world.actor(login)
    with closed.site.database.writing() as session, refused("not-found"):
        reports.ask(session, call=closed.call_public_id, report="giai", facts=FACTS, by=by, now=closed.clock())
    with closed.site.database.reading() as session:
        assert session.scalars(select(IssuedReport)).all() == []


def test_line_that_no_paper_could_bear_is_refused(closed: Round) -> None:
    with closed.site.database.writing() as session, refused("report-facts"):
        facts = Facts(signers=("x" * 301,))
        reports.ask(
            session, call=closed.call_public_id, report="giai", facts=facts, by=closed.manager, now=closed.clock()
        )


def test_issued_files_are_blobs_in_use(closed: Round) -> None:
    public_id = ask(closed)
    work(closed)
    row = issued(closed, public_id)
    with closed.site.database.reading() as session:
        kept = set(session.scalars(select(Blob.sha256)))
    assert {row.word_sha256, row.excel_sha256} <= kept


# --- what is covered, and whose eyes -------------------------------------------------------------------


def test_cover_says_which_dossiers_and_what_is_with_a_school_is_in_none(closed: Round) -> None:
    for state in (State.ELIGIBLE, State.INELIGIBLE, State.RETURNED):
        closed.dossiers(1, state=state)
    counted = {cover: built(closed, "tong_hop", cover=cover).count for cover in COVERS}
    assert counted == {"du-dieu-kien": 5, "co-ket-qua": 4, "da-cong-bo": 0, "da-nop": 6}
    wanted = ask(closed, facts=Facts(cover="da-nop"))
    work(closed)
    said = [one.text for one in read_docx(io.BytesIO(bytes_of(closed, issued(closed, wanted).word_sha256))).paragraphs]
    assert "Báo cáo gồm 6 hồ sơ (mọi hồ sơ đang ở cơ quan, kể cả không đủ điều kiện)." in said


def test_groups_have_headings_on_paper_and_a_column_in_excel(closed: Round) -> None:
    (figure,) = built(closed, "giai").figures
    assert figure.table.headings == {0: "Giải Nhất", 1: "Giải Nhì"}
    wanted = ask(closed, "giai")
    work(closed)
    row = issued(closed, wanted)
    (data,) = (one for one in read_docx(io.BytesIO(bytes_of(closed, row.word_sha256))).tables if len(one.rows) == 6)
    assert [len(line.tc_lst) for line in data._tbl.tr_lst] == [3, 1, 3, 1, 3, 3]
    with CalamineWorkbook.from_filelike(io.BytesIO(bytes_of(closed, row.excel_sha256))) as book:
        lines = book.get_sheet_by_index(0).to_python()
    assert [line[-1] for line in lines[2:]] == ["Giải", "Giải Nhất", "Giải Nhì", "Giải Nhì"]


def second_manager(table: Round, *hidden: str) -> Actor:
    """Somebody else who runs calls at the office, from whom these dossiers (codes) are hidden."""
    with table.site.database.writing() as session:
        user = add_user(session, "phutrach9", (Role.MANAGER, table.world.units["xa1"]), password_hash="x")
        for row in session.scalars(select(Dossier).where(Dossier.code.in_(hidden))):
            noted = {"noted_by": user.id, "noted_at": table.clock()}
            session.add(Conflict(dossier_id=row.id, user_id=user.id, kind=ConflictKind.DECLARED, **noted))
        return Actor(user.id)


def test_dossier_that_a_conflict_hides_is_in_nothing_that_the_asker_gets(closed: Round) -> None:
    whole = ask(closed)
    work(closed)
    other = second_manager(closed, "HS-2026-900001")
    assert built(closed, "tong_hop", by=other).count == 3
    own = ask(closed, by=other)
    work(closed)
    paper = read_docx(io.BytesIO(bytes_of(closed, issued(closed, own).word_sha256)))
    assert "Báo cáo không gồm một số hồ sơ cùng phạm vi" in " ".join(one.text for one in paper.paragraphs)
    with closed.site.database.reading() as session:
        call = session.get_one(Call, closed.call_id)
        day = local_day(closed.clock())
        theirs, mine = scope_of(session, other, day), scope_of(session, closed.manager, day)
        assert [one.public_id for one in reports.issues(session, theirs, call, "tong_hop")[0]] == [own]
        assert {one.public_id for one in reports.issues(session, mine, call, "tong_hop")[0]} == {own, whole}
        assert reports.find_issue(session, theirs, own)[1].n == 2
        assert reports.find_issue(session, mine, own)[1].n == 2
        with pytest.raises(NotFound):
            reports.find_issue(session, theirs, whole)
        assert reports.changes(session, issued(closed, own)) is None  # what came before saw more


def test_right_that_was_lost_meanwhile_issues_nothing(closed: Round) -> None:
    wanted = ask(closed)
    with closed.site.database.writing() as session:
        session.get_one(User, closed.manager.user_id).disabled_at = closed.clock()
    work(closed)
    row = issued(closed, wanted)
    assert (row.word_sha256, row.excel_sha256, row.done_at) == (None, None, closed.clock())
    assert row.error.startswith("Tài khoản của bạn không có quyền")


@pytest.mark.parametrize(
    ("asked", "given", "kind"), [(Number("so", "Số đo"), "12.5", "number"), (Day("so", "Số đo"), "2026-03-05", "date")]
)
def test_a_column_is_of_numbers_or_days_whichever_form_comes_first(asked: Field, given: str, kind: str) -> None:
    text, other = TRACKS[2], replace(TRACKS[2], key="so-do", form=(Section("do", "Đo", (asked,)),))
    campaign = replace(CAMPAIGN, tracks=(TRACKS[0], text, other), reports=())
    said = ((text, {"ten": "Bài"}), (other, {"so": given}))
    rows = [
        Row(code, code, "An", 1, "Trường", shape_of(campaign, track), State.ELIGIBLE, date(2026, 3, 1), answers, None)
        for code, (track, answers) in zip("ab", said, strict=True)
    ]
    columns = (Column("field:so", "Số đo"), Column("nominee", "Tên"), Column("submitted", "Nộp"))
    report = Report("do", "Đo", columns=columns)
    tables = [arrange(report, found).figures[0].table for found in (rows, rows[::-1])]
    kinds = [[column.kind for column in table.columns] for table in tables]
    assert kinds == [[kind, "text", "date"]] * 2


CHOSEN = "Phụ trách đợt quyết định thứ tự giữa các hồ sơ bằng điểm: {}. Lý do: Bài thứ hai có sức lan tỏa hơn."


def test_a_list_of_prizes_says_why_equals_stand_in_their_order(table: Round) -> None:
    first, second = closing_desk.judged(table, ("50", "40"), ("50", "40"))
    closing_desk.close(table, Decision((second, first), "Bài thứ hai có sức lan tỏa hơn."))
    names = [f"Nguyễn Thị Bình ({table.code(second)})", f"Nguyễn Thị An ({table.code(first)})"]
    note = CHOSEN.format(", ".join(names))
    by_school, by_class, listed = (figure.table for figure in built(table, "tong_hop").figures)
    assert (by_school.notes, by_class.notes, listed.notes) == ((), (), (note,))
    closing_desk.publish(table, second)
    (alone,) = (figure.table for figure in built(table, "giai", cover="da-cong-bo").figures)
    assert (page_rows(alone)[0][1:], alone.notes) == (
        ["Nguyễn Thị Bình", "Giải Nhất"],
        (CHOSEN.format(names[0]),),  # of the other nothing is said before it is published
    )
    row = issued(table, ask(table, "giai"))
    work(table)
    row = issued(table, row.public_id)
    word = read_docx(io.BytesIO(bytes_of(table, row.word_sha256)))
    assert [one.text for one in word.paragraphs if one.text.startswith("Phụ trách")] == [note]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(bytes_of(table, row.excel_sha256))).get_sheet_by_index(0)
    assert sheet.to_python()[-2:] == [["", "", ""], [note, "", ""]]


def test_another_reason_of_a_choice_is_another_report(table: Round) -> None:
    first, second = closing_desk.judged(table, ("50", "40"), ("50", "40"))
    closing_desk.close(table, Decision((second, first), "Bài thứ hai có sức lan tỏa hơn."))
    before = ask(table, "giai")
    work(table)
    closing_desk.reopen(table, first, second)
    closing_desk.close(table, Decision((second, first), "Bài thứ hai mới hơn."))
    after = ask(table, "giai")
    work(table)
    with table.site.database.reading() as session:
        row = session.scalars(select(IssuedReport).where(IssuedReport.public_id == after)).one()
        changed = reports.changes(session, row)
    assert issued(table, before).data_sha256 != issued(table, after).data_sha256
    assert changed is not None
    assert [[line.partition("Lý do: ")[2] for line in lines] for lines in (changed.came, changed.went)] == [
        ["Bài thứ hai mới hơn."],
        ["Bài thứ hai có sức lan tỏa hơn."],
    ]
