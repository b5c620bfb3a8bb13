"""What a campaign's check may ask of other dossiers."""

from __future__ import annotations

import pytest

from desk import filled
from thidua.outbox import Worker
from thidua.permissions import find_dossier, scope_of
from thidua.services import submissions
from thidua.services.indexing import handlers
from thidua.services.past import RecordedPast
from thidua.times import local_day


@pytest.mark.parametrize("others", [1, 3])
def test_past_is_told_in_few_statements(clerk, head, site, clock, count_queries, others) -> None:
    for key, _ in zip(("duc", "hoa", "duc"), range(others), strict=False):
        clerk.hand_over(filled(clerk, key))
    mine = clerk.start("hoa")
    with site.database.reading() as session:
        scope = scope_of(session, clerk.actor, local_day(clock()))
        past = RecordedPast(session, scope, find_dossier(session, scope, mine))
        with count_queries() as statements:
            found = past.dossiers("tiny")
    assert [p.nominees[0].name for p in found] == ["Trần Văn Đức", "Nguyễn Thị Hoà", "Trần Văn Đức"][-others:]
    assert {(p.state, p.unit.name) for p in found} == {("chờ nộp", "Trường Tiểu học Hoa Sen")}
    assert len(statements) == 5


def test_a_draft_that_was_never_handed_over_is_on_no_record(clerk, head, site, clock) -> None:
    first, second = filled(clerk, "hoa"), filled(clerk, "hoa")

    def told(about: str) -> list[str]:
        with site.database.reading() as session:
            scope = scope_of(session, clerk.actor, local_day(clock()))
            row = find_dossier(session, scope, about)
            return [one.state for one in RecordedPast(session, scope, row).dossiers("tiny")]

    assert (told(first), told(second)) == ([], [])
    clerk.hand_over(first)
    assert (told(first), told(second)) == ([], ["chờ nộp"])
    head.submit(first)
    with site.database.writing() as session:
        submissions.withdraw(session, dossier=first, by=head.actor, now=clock())
    assert told(second) == []  # what was withdrawn is a draft again


def test_similar_texts_are_found_with_their_share(clerk, head, site, clock) -> None:
    filed = filled(clerk, "duc")
    clerk.hand_over(filed)
    head.submit(filed)
    mine = clerk.start("hoa")
    Worker(site.database, handlers(site), clock=clock).drain()
    with site.database.reading() as session:
        scope = scope_of(session, clerk.actor, local_day(clock()))
        past = RecordedPast(session, scope, find_dossier(session, scope, mine))
        same = past.similar("day tot, HỌC TỐT.", field="thanh_tich", least=100)
        most = past.similar("Dạy tốt, học tốt. Nhưng", field="thanh_tich", least=80)
        less = past.similar("Dạy tốt, học tốt. Nhưng", field="thanh_tich", least=81)
        elsewhere = past.similar("day tot, HỌC TỐT.", field="chuc_vu", least=1)
    assert [(s.percent, s.dossier.state) for s in same] == [(100, "đã nộp")]
    assert [s.percent for s in most] == [80]
    assert (less, elsewhere) == ([], [])


@pytest.mark.parametrize("others", [1, 3])
def test_similar_texts_are_told_in_few_statements(clerk, head, site, clock, count_queries, others) -> None:
    for key, number in zip(("duc", "hoa", "duc"), range(others), strict=False):
        filed = filled(clerk, key)
        clerk.hand_over(filed)
        head.submit(filed, key=f"k{number}")
    mine = clerk.start("hoa")
    Worker(site.database, handlers(site), clock=clock).drain()
    with site.database.reading() as session:
        scope = scope_of(session, clerk.actor, local_day(clock()))
        past = RecordedPast(session, scope, find_dossier(session, scope, mine))
        with count_queries() as statements:
            found = past.similar("day tot, HỌC TỐT.", field="thanh_tich", least=100)
        assert past.similar("day tot, HỌC TỐT.", field='x"]', least=0) == []
    assert [s.dossier.nominees[0].name for s in found] == ["Trần Văn Đức", "Nguyễn Thị Hoà", "Trần Văn Đức"][:others]
    assert [s for s in statements if "version.content" in s and "json_extract(version.content" not in s] == []
    assert len(statements) == 9
