"""What is left of an answer when no name may be read."""

from __future__ import annotations

import pytest

from thidua.models import Database, Dossier, Unit, UnitName
from thidua.plugin import Group, Item, Judging, LongText, PersonRef, Rows, Section, Shape, Text, UnitRef
from thidua.services.blinding import is_blind, names_seen
from thidua.services.display import plain_text, show

FORM = Shape(
    slug="thu",
    edition="2025",
    campaign_title="Thử",
    basis=(),
    track="bai-viet",
    title="Bài viết",
    subject="person",
    sections=(
        Section(
            "bai",
            "Bài viết",
            (
                Text("ten_bai", "Tên bài"),
                Text("noi_o", "Nơi ở", identifying=True),
                PersonRef("nhan_vat", "Nhân vật"),
                UnitRef("don_vi", "Đơn vị"),
                Rows(
                    "qua_trinh",
                    "Quá trình",
                    columns=(Text("viec", "Việc"), Text("truong", "Trường", identifying=True)),
                ),
                Rows("nguoi_than", "Người thân", columns=(Text("ten", "Họ tên", identifying=True),)),
            ),
        ),
        Section("lien_he", "Liên hệ", (LongText("dia_chi", "Địa chỉ", identifying=True),)),
    ),
    rubric=Group("tong", "Tổng", (Item("a", "A", max=10),)),
    judging=Judging(judges=2, blind=True),
)
ANSWERS: dict[str, object] = {
    "ten_bai": "Người gieo chữ",
    "noi_o": "Zq1",
    "nhan_vat": {"id": "x", "name": "Zq2"},
    "don_vi": {"id": "y", "name": "Zq3"},
    "qua_trinh": [{"viec": "Dạy học", "truong": "Zq4"}],
    "nguoi_than": [{"ten": "Zq5"}],
    "dia_chi": "Zq6",
}


def test_blind_reading_has_no_name_in_any_kind_of_answer() -> None:
    assert plain_text(show(FORM, ANSWERS, blind=True)) == "Tên bài: Người gieo chữ\nQuá trình: Dạy học"
    assert [section.key for section in show(FORM, ANSWERS, blind=True)] == ["bai"]


def test_readers_without_identifying_answers_read_the_rest_as_before() -> None:
    said = plain_text(show(FORM, ANSWERS, identifying=False))
    assert [name for name in ("Zq1", "Zq2", "Zq3", "Zq4", "Zq5", "Zq6") if name in said] == ["Zq2", "Zq3", "Zq4", "Zq5"]


def test_track_without_judging_is_not_blind() -> None:
    assert (is_blind(FORM), is_blind(Shape(**{**FORM.__dict__, "judging": None}))) == (True, False)


@pytest.mark.parametrize("unit", ["Ủy ban nhân dân xã Mới Tinh", "Uỷ ban nhân dân xã Mới Tinh", "Trường Mới Tinh"])
def test_a_unit_is_noticed_without_the_word_for_what_it_is(database: Database, unit: str) -> None:
    dossier = Dossier(owner_unit=Unit(names=[UnitName(text=unit)]), parties=[])
    with database.reading() as session:
        (found,) = names_seen(session, FORM, dossier, {"ten_bai": "Chuyện kể ở xã Mới Tinh"}, [])
    assert found.field == "ten_bai"
