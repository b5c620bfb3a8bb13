"""The demo's plan reaches every state, its papers can be read back, and its people are those promised."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from small_demo import copy_of_demo, small_demo
from thidua import config, demo
from thidua.app import open_site
from thidua.demo import papers, pdfs, pictures, plan, samples
from thidua.demo.plan import STATE_OF, Fate
from thidua.demo.units import CHANGE, SCHOOLS
from thidua.errors import Refused
from thidua.files.checks import check_upload
from thidua.files.text import extract
from thidua.models import (
    TRANSITIONS,
    Assignment,
    Attachment,
    AttachmentRevision,
    BlobText,
    Dossier,
    Event,
    State,
    Succession,
    Unit,
    UnitName,
)
from thidua.plugin import Sample, SampleFile
from thidua.services.blinding import hidden_slots
from thidua.services.definitions import shapes
from thidua.text import fold
from thidua.times import Period, utc_now

TEXT = "Nhà giáo Nguyễn Thị Hoà khuyến khích học sinh tự học; Đoàn Văn Đũng giúp đỡ đồng nghiệp sử dụng học liệu số."
JUDGED = {State.JUDGING, State.SCORED, State.PUBLISHED}  # reached by whole calls, not by single fates
FILE = SampleFile(
    "minh_chung",
    "Giấy chứng nhận sáng kiến – Nguyễn Thị Hoà",
    paragraphs=(TEXT, TEXT, TEXT),
    rows=(("STT", "Họ và tên", "Giải"), ("1", "Đỗ Thị Điệp", "Giải Nhì")),
)


def test_plan_reaches_every_state_that_the_table_allows() -> None:
    fates = {d.fate for year in range(3) for d in plan.destinies(year, 0, 1)}
    assert fates == set(Fate)
    assert {STATE_OF[fate] for fate in fates} == {t.to for t in TRANSITIONS} - JUDGED | {State.DRAFT}


def test_the_open_call_of_each_campaign_has_dossiers_in_every_room() -> None:
    rooms = {State.DRAFT, State.AWAITING, State.SUBMITTED, State.APPRAISING, State.ELIGIBLE}
    for campaign in range(3):
        planned = list(plan.destinies(2, campaign, 3))
        states = {STATE_OF[destiny.fate] for destiny in planned}
        assert states - {State.RETURNED, State.INELIGIBLE} == rooms, campaign
        to_judge = [d for d in planned if STATE_OF[d.fate] is State.ELIGIBLE and not d.collective]
        assert len(to_judge) == 2, campaign


def test_plan_is_sixty_dossiers_shared_by_the_campaigns() -> None:
    whole = [d.number for year in range(3) for d in plan.destinies(year, 0, 1)]
    shared = [d.number for year in range(3) for index in range(3) for d in plan.destinies(year, index, 3)]
    assert (len(whole), sorted(shared)) == (60, sorted(whole))


@pytest.mark.parametrize("campaigns", range(1, 7))
def test_every_campaign_has_persons_and_collectives_in_each_call_that_is_over(campaigns: int) -> None:
    for campaign in range(campaigns):
        past = [d.collective for d in plan.destinies(0, campaign, campaigns)]
        both = [d.collective for year in range(3) for d in plan.destinies(year, campaign, campaigns)]
        assert (set(both), True in past or len(past) < 4) == ({True, False}, True)


def test_the_open_call_is_open_for_weeks_from_the_day_the_demo_is_made() -> None:
    now = utc_now()
    first, second, third = plan.windows(now)
    assert [w.period.label for w in (first, second, third)] == [
        "năm học 2023-2024",
        "năm học 2024-2025",
        "năm học 2025-2026",
    ]
    assert third.opens < now < now + timedelta(days=21) < third.closes


def test_schools_are_eight_of_four_levels_in_two_communes() -> None:
    assert (len(SCHOOLS), len({s.level for s in SCHOOLS})) == (8, 4)
    assert {s.commune for s in SCHOOLS} == {"GL", "PĐ", ""}
    assert [s.level for s in SCHOOLS if not s.commune] == ["THPT"]


@pytest.mark.parametrize("kind", [".docx", ".pdf", ".xlsx", ".txt"])
def test_papers_pass_the_upload_check_and_their_vietnamese_is_read_back(tmp_path: Path, kind: str) -> None:
    file = FILE if kind != ".xlsx" else SampleFile(FILE.slot, FILE.title, rows=FILE.rows)
    accept = (kind,) if kind in (".docx", ".pdf") else (".docx", kind)
    rng = random.Random(0)
    made = papers.paper(file, unit="Trường Tiểu học Hoa Sen", accept=accept, rng=rng)
    while not made.name.endswith(kind):
        brief = SampleFile(file.slot, file.title, paragraphs=(TEXT,))
        made = papers.paper(brief, unit="Trường Tiểu học Hoa Sen", accept=accept, rng=rng)
    path = tmp_path / "paper"
    path.write_bytes(made.data)
    kind_found = check_upload(path, made.name, accept)
    found = extract(path, kind_found)
    wanted = "Đỗ Thị Điệp" if kind == ".xlsx" else "khuyến khích học sinh tự học"
    assert found.state == "text"
    assert wanted in " ".join(found.text.split())


def test_papers_that_are_judged_blind_do_not_say_whose_they_are() -> None:
    site = open_site(config.load(small_demo()))
    try:
        with site.database.reading() as session:
            texts = (
                select(Dossier.code, UnitName.text, BlobText.text, Attachment.slot, Dossier.definition_sha256)
                .join(Assignment, Assignment.dossier_id == Dossier.id)
                .join(UnitName, UnitName.unit_id == Dossier.owner_unit_id)
                .join(Attachment, Attachment.dossier_id == Dossier.id)
                .join(AttachmentRevision, AttachmentRevision.attachment_id == Attachment.id)
                .join(BlobText, BlobText.sha256 == AttachmentRevision.sha256)
                .where(Assignment.blind, BlobText.text != "")
            )
            found = [row for row in session.execute(texts) if row.slot not in hidden_documents(session, row)]
    finally:
        site.engine.close()
        site.database.close()
    assert found
    assert {code for code, school, text, *_ in found if fold(school) in fold(text)} == set()


def hidden_documents(session: Session, row: Row[tuple[str, ...]]) -> frozenset[str]:
    """The slots of a dossier that a blind judge is not shown."""
    return hidden_slots(shapes(session, {row.definition_sha256})[row.definition_sha256])


def test_a_scan_has_no_text_layer(tmp_path: Path) -> None:
    (tmp_path / "scan").write_bytes(pdfs.scanned_pdf(FILE.title, FILE.paragraphs))
    kind = check_upload(tmp_path / "scan", "scan.pdf", (".pdf",))
    found = extract(tmp_path / "scan", kind)
    assert (found.state, found.text) == ("no_text", "")


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.jpg", lambda: pictures.photo(random.Random(1), width=64, height=48)),
        ("a.png", lambda: pdfs.scan_png(FILE.title, FILE.paragraphs)),
    ],
)
def test_pictures_pass_the_upload_check(tmp_path: Path, name: str, make: Callable[[], bytes]) -> None:
    (tmp_path / name).write_bytes(make())
    assert check_upload(tmp_path / name, name, (".jpg", ".png")).extension == name[1:]


def test_samples_move_with_their_years() -> None:
    answers = {"a": "Năm học 2024-2025", "b": [{"nam": "2023-2024", "ngay": "05/08/2024"}], "c": True}
    sample = Sample(nominee="Trần Thị Mai", born="01/02/1980", answers=answers, files=(FILE,))
    moved = samples.moved(sample, Period("school_year", 2023))
    assert moved.answers == {"a": "Năm học 2023-2024", "b": [{"nam": "2022-2023", "ngay": "05/08/2023"}], "c": True}
    assert (moved.born, samples.birth_of(moved)) == ("01/02/1980", samples.birth_of(sample))


def test_accounts_are_those_that_the_readme_promises() -> None:
    site = open_site(config.load(small_demo()))
    logins = [line.split()[0] for line in demo.accounts(site)]
    site.engine.close()
    site.database.close()
    promised = ["admin", "thamdinh", "phutrach", "giamkhao1", "giamkhao2", "giamkhao3"]
    promised += ["tracuu", "vanthu", "hieutruong"]
    assert logins[:9] == promised
    assert len([login for login in logins if login.startswith(("vanthu", "hieutruong"))]) == 2 * len(SCHOOLS)


def test_history_is_lived_in_the_order_of_time_and_the_district_has_heirs() -> None:
    site = open_site(config.load(small_demo()))
    with site.database.reading() as session:
        lived = list(session.scalars(select(Event.at).where(Event.subject_kind == "dossier").order_by(Event.id)))
        heirs = session.execute(select(Succession.school_id, Succession.successor_id, Succession.day)).all()
        ended = session.scalars(select(Unit.code).where(Unit.ended == CHANGE)).all()
    site.engine.close()
    site.database.close()
    assert lived == sorted(lived)
    assert (len(heirs), {row.day for row in heirs}, list(ended)) == (7, {CHANGE}, ["PGD"])


def test_a_demo_is_never_put_over_a_real_site(tmp_path: Path) -> None:
    config.write_new(tmp_path, values={})
    with pytest.raises(Refused) as refused:
        demo.exists(tmp_path)
    assert refused.value.code == "demo-over-real"


def test_an_interrupted_demo_is_made_again(tmp_path: Path) -> None:
    (tmp_path / demo.MAKING).mkdir()
    (tmp_path / demo.MAKING / config.FILE_NAME).write_text("half")
    assert demo.exists(tmp_path) is False
    assert demo.exists(copy_of_demo(tmp_path / "whole")) is True
