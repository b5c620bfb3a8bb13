"""Drafts at the service: what comes in is looked at there, whichever way it comes; what is not asked is not shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from all_kinds import CAMPAIGN
from conftest import refused
from desk import Desk
from small_world import Clock, World
from thidua.models import Dossier, Part
from thidua.plugin import shape_of
from thidua.services import dossiers
from thidua.services.display import show
from thidua.services.dossiers import Nominee
from thidua.services.site import Site
from thidua.services.working import OUR_PARTS, set_aside


def kept(site: Site, part: str = "thong_tin") -> tuple[object, int]:
    with site.database.reading() as session:
        row = session.scalars(select(Part).where(Part.key == part)).one()
        return row.raw, row.rev


@pytest.mark.parametrize("value", [["Giáo viên"], {"id": "1"}, 7, True])
def test_what_has_not_the_build_of_its_field_is_refused_and_nothing_saved(
    clerk: Desk, site: Site, value: object
) -> None:
    dossier = clerk.start()
    clerk.save(dossier, "thong_tin", {"chuc_vu": "Giáo viên"})
    before = kept(site)
    with refused("form-unreadable"):
        clerk.save(dossier, "thong_tin", {"nam_cong_tac": "12", "chuc_vu": value})
    assert kept(site) == before


def test_what_belongs_to_no_field_is_left_out_and_text_is_cleaned(clerk: Desk, site: Site) -> None:
    dossier = clerk.start()
    clerk.save(dossier, "thong_tin", {"chuc_vu": "Gia\u0301o vie\u0302n", "la": "x", "thanh_tich": "phần khác"})
    assert kept(site) == ({"chuc_vu": "Giáo viên"}, 2)


def test_saving_what_stands_changes_no_revision(clerk: Desk, site: Site) -> None:
    dossier = clerk.start()
    marks = clerk.save(dossier, "thong_tin", {"chuc_vu": "Giáo viên"}).fingerprints
    assert clerk.save(dossier, "thong_tin", {"chuc_vu": "Giáo viên"}, marks).rev == 2
    assert kept(site)[1] == 2


def test_an_unknown_part_is_not_found(clerk: Desk) -> None:
    with refused("not-found"):
        clerk.save(clerk.start(), "khong_co", {})


def starting(site: Site, world: World, clock: Clock, **changes: object) -> Callable[[], None]:
    facts = {
        "registry": site.registry,
        "call": world.call_public_id,
        "track": "tap-the",
        "nominee": Nominee(group_name="Tổ Toán – Tin"),
        "by": world.actor("vanthu1", "truong1"),
        "now": clock(),
    }

    def start() -> None:
        with site.database.writing() as session:
            dossiers.start(session, **(facts | changes))  # type: ignore[arg-type]

    return start


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"nominee": Nominee()}, "group-missing"),
        ({"nominee": Nominee(group_name="a" * 301)}, "name-too-long"),
        ({"track": "khong-co"}, "not-found"),
        ({"track": "ca-nhan", "nominee": Nominee(person="0" * 24)}, "nominee-missing"),
    ],
)
def test_a_dossier_is_not_started_with(
    site: Site, world: World, clock: Clock, changes: dict[str, object], code: str
) -> None:
    with refused(code):
        starting(site, world, clock, **changes)()
    with site.database.reading() as session:
        assert session.scalars(select(Part.id)).all() == []


def test_a_dossier_is_started_by_who_acts_for_a_unit(site: Site, world: World, clock: Clock) -> None:
    for by in (world.actor("vanthu1"), world.actor("vanthu1", "truong2"), world.actor("hieutruong1", "truong1")):
        with refused("not-allowed"):
            starting(site, world, clock, by=by)()


def test_without_its_plugin_no_dossier_is_started(site: Site, world: World, clock: Clock) -> None:
    from thidua.registry import Registry

    with refused("campaign-out"):
        starting(site, world, clock, registry=Registry.load())()


def labels(answers: dict[str, object]) -> list[str]:
    form = shape_of(CAMPAIGN, CAMPAIGN.tracks[0])
    return [answer.label for section in show(form, answers) for answer in section.answers]


@pytest.mark.parametrize("yes", [True, "yes"])
def test_what_another_answer_hides_is_not_shown_at_all(yes: object) -> None:
    hidden, conditional = labels({}), {"Việc nhận thêm", "Vì sao chọn màu đỏ"}
    assert conditional & set(hidden) == set()
    assert set(labels({"co_khong": yes})) - set(hidden) == {"Việc nhận thêm"}
    assert set(labels({"co_khong": yes, "mot": "do"})) - set(hidden) == conditional
    assert labels({"viec": "còn lại từ trước", "co_khong": False}) == hidden


def test_parts_of_ours_are_not_saved_as_a_section(site: Site, world: World, clock: Clock) -> None:
    clerk = Desk(site, world, clock, "vanthu1", "truong1")
    dossier = clerk.start()
    with site.database.writing() as session:
        row = session.scalars(select(Dossier)).one()
        for part in sorted(OUR_PARTS):
            set_aside(session, row, part, {"a": "b"}, by=clerk.actor.user_id, now=clock())
    for part in (*sorted(OUR_PARTS), "khong-co"):
        with refused("not-found"):
            clerk.save(dossier, part, {"a": "c"})
