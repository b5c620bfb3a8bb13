"""Viết về gương điển hình: forms, rubrics, checks and samples of both editions."""

from __future__ import annotations

import dataclasses
import random
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from thidua.forms import whole_form
from thidua.plugin import (
    Campaign,
    DossierSnapshot,
    PastAward,
    PastDossier,
    PeriodValue,
    Problem,
    Ref,
    Shape,
    Similar,
    Track,
    Value,
    count_words,
    python_values,
    shape_of,
    walk,
)
from thidua.testing import CampaignContract
from thidua.testing.editions import kept
from thidua_guong_dien_hinh.campaign import EDITION_2024, EDITION_2025

EDITIONS = (EDITION_2024, EDITION_2025)
TRACKS = [(campaign, track) for campaign in EDITIONS for track in campaign.tracks]
IDS = [f"{campaign.edition}-{track.key}" for campaign, track in TRACKS]
SCHOOL = Ref("u1", "Trường THCS Hoa Sen")
REFERENCES = ("tac_gia_2", "tac_gia_3", "tac_gia_4", "nhan_vat_can_bo")
LY = Ref("p1", "Đoàn Thị Lý")
HELD = {"giay_xac_nhan": ("xac-nhan.pdf",), "anh_chan_dung": ("chan-dung.jpg",)}


@dataclass
class Records:
    """A past in which these dossiers answer these values, and these persons officiate."""

    found: Sequence[tuple[str, str, PastDossier]] = ()
    held: Sequence[PastDossier] = ()
    officials: Sequence[str] = ()

    def dossiers(self, slug: str, *, person: str | None = None, unit: str | None = None) -> Sequence[PastDossier]:
        return list(self.held)

    def answered(self, slug: str, *, field: str, text: str) -> Sequence[PastDossier]:
        return [one for key, answer, one in self.found if (key, answer) == (field, text)]

    def officiates(self, person: str) -> bool:
        return person in self.officials

    def similar(self, text: str, *, field: str, least: int) -> Sequence[Similar]:
        return []

    def titled(self, text: str, *, least: int) -> Sequence[Similar]:
        return []

    def awards(self, person: str) -> Sequence[PastAward]:
        return []


def answers_of(track: Track, campaign: Campaign, seed: int = 1) -> dict[str, Value]:
    shape = shape_of(campaign, track).under({})
    typed, _ = whole_form(shape, dict(track.sample(random.Random(seed)).answers))
    return python_values(shape, typed)


def snapshot(track: Track, campaign: Campaign, answers: Mapping[str, Value], **changes: object) -> DossierSnapshot:
    made = DossierSnapshot(
        slug=campaign.slug,
        edition=campaign.edition,
        track=track.key,
        call="dot-1",
        call_period=PeriodValue("school_year", 2025),
        nominees=(LY if track.subject == "person" else Ref("", "Công đoàn"),),
        unit=SCHOOL,
        answers=answers,
        documents=HELD,
        parameters=shape_of(campaign, track).values({}),
    )
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


PLAIN: dict[str, Value] = {
    "hinh_thuc": "ca-nhan",
    **dict.fromkeys(REFERENCES),
    "dien_thoai": "0912 345 678",
    "bai_viet": "Bài viết về cô Nhài.",
    "la_bao_chi": False,
    "loai_hinh": None,
    "ngay_dang": None,
    "duong_dan": None,
    "nhan_vat_ten": "Nguyễn Thị Nhài",
    "nhan_vat_don_vi": "Thôn Bãi Giữa",
    "nguoi_that": True,
    "chua_du_thi": True,
}


def check(past: Records | None = None, changes: Mapping[str, object] | None = None, **answers: Value) -> list[Problem]:
    track = EDITION_2025.track("bai-viet")
    dossier = snapshot(track, EDITION_2025, answers_of(track, EDITION_2025) | PLAIN | answers, **(changes or {}))
    return [problem for one in track.checks for problem in one(dossier, past or Records())]


def places(found: Sequence[Problem]) -> list[tuple[str, str]]:
    return [(problem.field, problem.level) for problem in found]


def earlier(code: str = "HS-2025-000012", *, result: str = "", track: str = "bai-viet") -> PastDossier:
    return PastDossier(
        code=code,
        slug="guong-dien-hinh",
        edition="2024",
        track=track,
        call="dot-0",
        call_period=PeriodValue("school_year", 2024),
        nominees=(Ref("p7", "Lê Hữu Phước"),),
        unit=Ref("u2", "Trường THCS Đa Tốn"),
        state="đã công bố",
        result=result,
    )


# --- what each edition is ---------------------------------------------------------------------------


@pytest.mark.parametrize(("campaign", "track"), TRACKS, ids=IDS)
def test_the_shape_reads_back(campaign: Campaign, track: Track) -> None:
    shape = shape_of(campaign, track)
    assert Shape.from_json(shape.to_json()) == shape


def test_the_editions_differ_in_the_words_allowed_and_the_place_of_the_subject() -> None:
    sooner, later = (shape_of(campaign, campaign.track("bai-viet")) for campaign in EDITIONS)
    assert sooner.differences(later) == [
        "field 'nhan_vat_quan_huyen' is gone",
        "field 'nhan_vat_xa_phuong' is new",
    ]
    assert [form.under({}).field("bai_viet").max_words for form in (sooner, later)] == [1500, 2000]
    assert later.under({"so_tu": "1800"}).field("bai_viet").max_words == 1800
    assert [one.number for one in EDITION_2024.basis] == ["06/2022/QH15", "05/KH-BTC"]


def test_the_rubric_has_one_hundred_points_and_a_gate() -> None:
    rubric = EDITION_2025.track("bai-viet").rubric
    assert rubric is not None
    assert {node.key: node.highest for node in walk(rubric)} == {
        "tong": 100,
        "xac_nhan": 0,
        "chan_thuc": 20,
        "phat_hien": 20,
        "lan_toa": 25,
        "bo_cuc": 20,
        "chinh_ta": 5,
        "anh_tu_lieu": 10,
    }


def test_prizes_and_judging_are_numbers_of_the_call() -> None:
    shape = shape_of(EDITION_2025, EDITION_2025.track("bai-viet"))
    usual, own = shape.under({}), shape.under({"so_ba": "4", "chenh_lech": "10", "diem_xet_giai": "70"})
    assert [(prize.key, prize.count) for prize in usual.prizes] == [
        ("nhat", 1),
        ("nhi", 2),
        ("ba", 3),
        ("khuyen_khich", 5),
    ]
    assert (own.prizes[2].count, own.judging and own.judging.gap, own.classes[0].needs[0].points) == (4, 10, 70)
    assert usual.judging is not None
    assert (usual.judging.judges, usual.judging.blind, usual.judging.gap) == (2, True, 15)
    assert shape.tie_breaks == ("lan_toa", "chan_thuc")


def test_nothing_that_names_an_author_is_shown_to_a_blind_judge() -> None:
    track = EDITION_2025.track("bai-viet")
    hidden = {field.key for field in track.fields if field.identifying}
    assert hidden == {
        *("tac_gia_2", "tac_gia_3", "tac_gia_4", "but_danh", "dien_thoai", "dia_chi", "thu_dien_tu"),
        *("noi_dang", "duong_dan", "nhan_vat_can_bo"),
    }
    assert {document.key for document in track.documents if document.identifying} == {"ban_bao_chi"}


@pytest.mark.slow
class TestContract(CampaignContract):
    """The whole conformance kit."""

    package = "thidua_guong_dien_hinh"


def test_the_editions_are_those_that_were_stored() -> None:
    assert list(kept(TestContract.subject())) == []


# --- samples ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("campaign", "track"), TRACKS, ids=IDS)
def test_samples_fill_the_form_and_pass_the_checks(campaign: Campaign, track: Track) -> None:
    shape = shape_of(campaign, track).under({})
    for seed in range(40):
        made = track.sample(random.Random(seed))
        raw = dict(made.answers)
        raw |= {key: {"id": f"id-{raw[key]}", "name": raw[key]} for key in REFERENCES if key in raw}
        typed, problems = whole_form(shape, raw)
        slots = {document.key: [f for f in made.files if f.slot == document.key] for document in track.documents}
        dossier = snapshot(
            track,
            campaign,
            python_values(shape, typed),
            documents={key: tuple(f.title for f in files) for key, files in slots.items() if files},
            texts={key: tuple("\n".join(f.paragraphs) for f in files) for key, files in slots.items()},
        )
        problems += [p for one in track.checks for p in one(dossier, Records()) if p.level == "error"]
        assert problems == []
        assert set(made.answers) <= {field.key for field in track.fields}
        assert unicodedata.is_normalized("NFC", repr(made))


def test_entries_are_whole_essays_that_differ() -> None:
    made = [EDITION_2025.track("bai-viet").sample(random.Random(seed)) for seed in range(60)]
    typed = [str(one.answers["bai_viet"]) for one in made if "bai_viet" in one.answers]
    assert len(set(typed)) == len(typed)
    assert 30 < len(typed) < 55
    assert all(400 < count_words(text) < 1500 and text.count("\n\n") >= 7 for text in typed)
    assert not any("{" in text for text in typed)


# --- checks -----------------------------------------------------------------------------------------


def test_an_entry_that_is_well_has_no_problem() -> None:
    assert check() == []


@pytest.mark.parametrize(
    ("answers", "documents", "expected"),
    [
        ({}, {"tep_bai": ("bai.docx",)}, [("document:tep_bai", "error")]),
        ({"bai_viet": None}, {}, [("bai_viet", "error")]),
        ({"bai_viet": None, "loai_hinh": "truyen-hinh", "duong_dan": "https://a.vn/1"}, {}, []),
        ({"bai_viet": None, "loai_hinh": "truyen-hinh"}, {}, [("bai_viet", "error")]),
        ({"dien_thoai": "gọi cho tôi"}, {}, [("dien_thoai", "error")]),
        ({"dien_thoai": "0912.345"}, {}, [("dien_thoai", "error")]),
        ({"dien_thoai": "+84 912-345-678"}, {}, []),
        ({"tac_gia_2": LY}, {}, [("tac_gia_2", "error")]),
        ({"nguoi_that": False, "chua_du_thi": False}, {}, [("nguoi_that", "error"), ("chua_du_thi", "error")]),
        ({"ngay_dang": date(2023, 3, 1)}, {}, [("ngay_dang", "warning")]),
        ({"ngay_dang": date(2026, 3, 1)}, {}, []),
        ({"thoi_luong": Decimal("7.5")}, {}, [("thoi_luong", "error")]),
        ({"thoi_luong": Decimal(7)}, {}, []),
        ({"loai_hinh": "bao-dien-tu"}, {}, [("duong_dan", "error")]),
    ],
)
def test_checks_point_at_what_is_wrong(answers, documents, expected) -> None:
    texts = {slot: tuple("Bài viết." for _ in names) for slot, names in documents.items()}
    assert places(check(changes={"documents": HELD | documents, "texts": texts}, **answers)) == expected


def test_a_contest_of_a_calendar_year_ends_with_it() -> None:
    year = {"call_period": PeriodValue("year", 2025)}
    assert places(check(changes=year, ngay_dang=date(2025, 12, 31))) == []
    assert places(check(changes=year, ngay_dang=date(2026, 1, 1))) == [("ngay_dang", "warning")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chữ " * 2000, []),
        (
            "chữ " * 2001,
            [
                (
                    "error",
                    "Bài đính kèm có 2.001 chữ, vượt giới hạn 2.000 chữ của đợt này. Hãy rút gọn bài rồi thay tệp.",
                )
            ],
        ),
        (
            "",
            [
                (
                    "error",
                    "Tệp “bai.pdf” không có lớp chữ (bản chụp, bản quét hoặc có mật khẩu) nên không đếm chữ và "
                    "đối chiếu được. Hãy đính kèm tệp Word, tệp PDF xuất từ Word, hoặc gõ bài vào biểu mẫu.",
                )
            ],
        ),
        (
            None,
            [
                (
                    "warning",
                    "Tệp “bai.pdf” đang được đọc nên chưa đếm được số chữ. Hãy kiểm tra lại sau ít phút.",
                )
            ],
        ),
    ],
)
def test_an_attached_entry_is_counted_as_a_typed_one(text: str | None, expected: list[tuple[str, str]]) -> None:
    changes = {"documents": HELD | {"tep_bai": ("bai.pdf",)}, "texts": {"tep_bai": (text,)}}
    assert [(p.level, p.message) for p in check(changes=changes, bai_viet=None)] == expected


def test_confirmation_and_portrait_are_asked_for_and_stop_nobody() -> None:
    assert places(check(changes={"documents": {}})) == [
        ("document:giay_xac_nhan", "warning"),
        ("document:anh_chan_dung", "warning"),
    ]


def test_officials_of_the_call_do_not_take_part() -> None:
    found = check(Records(officials=["p1", "p2"]), hinh_thuc="nhom", tac_gia_2=Ref("p2", "Lê Thị Thuý"))
    assert [(p.field, p.level, p.message[:70]) for p in found] == [
        ("", "error", "Đoàn Thị Lý thuộc ban tổ chức hoặc ban giám khảo của đợt này nên không"),
        ("tac_gia_2", "error", "Lê Thị Thuý thuộc ban tổ chức hoặc ban giám khảo của đợt này nên không"),
    ]


def test_somebody_written_about_before_is_named_with_the_earlier_entry() -> None:
    name, unit = ("nhan_vat_ten", "Nguyễn Thị Nhài"), ("nhan_vat_don_vi", "Thôn Bãi Giữa")
    same, other = earlier(result="Đủ điều kiện xếp giải"), earlier("HS-2025-000013")
    found = check(Records(found=[(*name, same), (*unit, same), (*name, other)]))
    rest = "Bài chỉ được xét khi nêu việc làm mới; hãy ghi rõ ở “Việc làm mới kể từ lần biểu dương trước”."
    assert [(p.field, p.level, p.message) for p in found] == [
        (
            "nhan_vat_ten",
            "warning",
            "“Nguyễn Thị Nhài” đã được viết trong hồ sơ HS-2025-000012 (Trường THCS Đa Tốn, năm học 2024-2025, "
            f"đủ điều kiện xếp giải). {rest}",
        ),
        (
            "nhan_vat_ten",
            "warning",
            "“Nguyễn Thị Nhài” trùng tên với nhân vật trong hồ sơ HS-2025-000013 (Trường THCS Đa Tốn, "
            f"năm học 2024-2025). {rest}",
        ),
    ]


def test_a_subject_of_the_register_is_known_under_any_spelling() -> None:
    staff = Ref("p9", "Nguyễn Thị Nhài")
    found = check(Records(held=[earlier()]), nhan_vat_can_bo=staff)
    assert places(found) == [("nhan_vat_ten", "warning")]
    own = dataclasses.replace(earlier(), nominees=(staff,))
    assert check(Records(held=[own]), nhan_vat_can_bo=staff) == []


@pytest.mark.parametrize(
    ("given", "filed", "expected"), [(3, 3, 0), (3, 2, 1), (2, 2, 1), (2, 1, 2), (None, 0, 0), (5, 7, 0)]
)
def test_a_collective_counts_the_entries_it_has_filed(given: int | None, filed: int, expected: int) -> None:
    track = EDITION_2025.track("tap-the")
    answers = answers_of(track, EDITION_2025) | {"so_bai": None if given is None else Decimal(given)}
    past = Records(held=[dataclasses.replace(earlier(f"HS-{n}"), call="dot-1") for n in range(filed)])
    found = [p for one in track.checks for p in one(snapshot(track, EDITION_2025, answers), past)]
    assert places(found) == [("so_bai", "warning")] * expected
