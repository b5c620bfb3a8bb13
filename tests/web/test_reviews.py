"""The appraiser's pages: inbox, checklist, endings."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from conftest import counting
from kept import once
from office_files import docx
from small_world import World
from thidua.errors import say
from thidua.models import Dossier, Review, State
from thidua.services.site import Site
from web_desk import attach, fill, page_fields, post, signed_in, start, submit, text_of


@pytest.fixture
def review(app: Flask, site: Site, world: World) -> str:
    """The address of a submitted dossier's appraisal."""
    return once(site, "review", lambda: filed(app, world))


@pytest.fixture
def office(app: Flask, review: str) -> FlaskClient:
    """The appraiser, who has taken the dossier up."""
    client = signed_in(app, "thamdinh1")
    assert post(client, f"{review}/tiep-nhan").status_code == 302
    return client


def filed(app: Flask, world: World, times: int = 1) -> str:
    """So many dossiers submitted; the address of the last one's appraisal."""
    clerk, head = signed_in(app, "vanthu1"), signed_in(app, "hieutruong1")
    dossier = ""
    for _ in range(times):
        dossier = start(clerk, world)
        fill(clerk, dossier)
        attach(clerk, dossier, "a.docx", docx("Kho học liệu số."))
        assert post(clerk, f"{dossier}/trinh").status_code == 302
        submit(head, dossier[-24:])
    return dossier.replace("/ho-so/", "/tham-dinh/")


def state_of(site: Site) -> State:
    """The state of the one dossier."""
    with site.database.reading() as session:
        return session.scalars(select(Dossier.state)).one()


@pytest.mark.parametrize(("ending", "words"), [("return", "Chưa ghi lý do"), ("refuse", "Chưa ghi lý do")])
def test_ending_without_a_reason_keeps_what_was_typed(
    office: FlaskClient, review: str, site: Site, ending: str, words: str
) -> None:
    answer = post(office, review, {"verdict-section:thong_tin": "passed", "_do": ending})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert 'name="verdict-section:thong_tin" value="passed" checked' in page
    assert state_of(site) == State.APPRAISING


def test_the_reason_is_kept_with_the_rest_and_two_appraisers_keep_both(office: FlaskClient, review: str) -> None:
    first = page_fields(text_of(office, review))
    post(office, review, {**first, "reason": "Đang viết dở.", "_do": "save"})
    post(office, review, {**first, "reason": "", "_do": "rest"})  # a colleague's page, opened before
    assert ">Đang viết dở.</textarea>" in text_of(office, review)
    post(office, review, {**first, "reason": "Của đồng nghiệp.", "_do": "save"})
    assert ">Đang viết dở.\n\nCủa đồng nghiệp.</textarea>" in text_of(office, review)
    page = page_fields(text_of(office, review))
    post(office, review, {**page, "reason": "Thiếu minh chứng.", "_do": "save"})
    assert ">Thiếu minh chứng.</textarea>" in text_of(office, review)


def test_accepting_names_what_has_not_been_looked_at(office: FlaskClient, review: str, site: Site) -> None:
    answer = post(office, review, {"verdict-section:thong_tin": "passed", "_do": "accept"})
    assert answer.status_code == 409
    assert "còn mục chưa xem: Thành tích; Báo cáo thành tích" in answer.get_data(as_text=True)
    assert state_of(site) == State.APPRAISING


def test_rest_passed_keeps_what_was_said_before(office: FlaskClient, review: str) -> None:
    post(office, review, {"verdict-section:thong_tin": "failed", "note-section:thong_tin": "Sai.", "_do": "rest"})
    page = text_of(office, review)
    assert 'name="verdict-section:thong_tin" value="failed" checked' in page
    assert 'name="verdict-section:thanh_tich_chung" value="passed" checked' in page


def test_save_with_unknown_places_and_verdicts_ignores_them(office: FlaskClient, review: str) -> None:
    data = {"verdict-field:khong_co": "passed", "verdict-section:thong_tin": "tuyet-voi", "_do": "save"}
    assert post(office, review, data).status_code == 302


def test_taking_up_twice_says_where_it_stands(office: FlaskClient, review: str) -> None:
    answer = post(office, f"{review}/tiep-nhan")
    assert answer.status_code == 409
    assert "Đang thẩm định" in answer.get_data(as_text=True)


def test_head_cannot_withdraw_what_was_taken_up(app: Flask, office: FlaskClient, review: str, site: Site) -> None:
    head = signed_in(app, "hieutruong1")
    assert post(head, review.replace("/tham-dinh/", "/ho-so/") + "/rut").status_code == 409
    assert state_of(site) == State.APPRAISING


def test_schools_do_not_open_the_pages_of_appraisal(app: Flask, review: str) -> None:
    clerk = signed_in(app, "vanthu1")
    for path in ("/tham-dinh", review):
        assert clerk.get(path).status_code == 403


def test_other_offices_do_not_see_it(app: Flask, review: str) -> None:
    other = signed_in(app, "thamdinh2")
    assert review not in text_of(other, "/tham-dinh")
    assert other.get(review).status_code == 404


def test_inbox_narrows_by_what_the_address_says(app: Flask, review: str) -> None:
    office = signed_in(app, "thamdinh1")
    assert review in text_of(office, "/tham-dinh?loc=hoa&trangthai=submitted&xep=name")
    assert review not in text_of(office, "/tham-dinh?loc=duc")
    assert review not in text_of(office, "/tham-dinh?trangthai=appraising")
    assert review in text_of(office, "/tham-dinh?trangthai=nham&donvi=x&trang=-1&xep=x&dot=")


LISTS = {"thamdinh1": ("/", "/tham-dinh"), "vanthu1": ("/", "/ho-so"), "hieutruong1": ("/", "/to-trinh")}


def cost(site: Site, readers: dict[str, FlaskClient]) -> dict[tuple[str, str], int]:
    """How many statements each list takes."""
    found = {}
    for login, paths in LISTS.items():
        for path in paths:
            text_of(readers[login], path)
            with counting(site.database) as statements:
                text_of(readers[login], path)
            found[login, path] = len(statements)
    return found


def test_lists_cost_the_same_for_one_row_and_for_four(app: Flask, world: World, site: Site) -> None:
    filed(app, world)
    readers = {login: signed_in(app, login) for login in LISTS}
    before = cost(site, readers)
    filed(app, world, times=3)
    assert cost(site, readers) == before


def listed(office: FlaskClient, query: str) -> set[str]:
    """The dossiers that the inbox shows."""
    return set(re.findall(r'href="(/tham-dinh/[0-9a-f]{24})"', text_of(office, "/tham-dinh" + query)))


def test_inbox_opens_on_what_is_to_be_done_and_keeps_its_view_in_the_address(app: Flask, world: World) -> None:
    returned, new, taken = (filed(app, world) for _ in range(3))
    office = signed_in(app, "thamdinh1")
    for path in (returned, taken):
        post(office, f"{path}/tiep-nhan")
    post(office, returned, {"_do": "return", "reason": "Thiếu số liệu."})
    assert listed(office, "") == listed(office, "?xem=x") == {new, taken}
    assert listed(office, "?xem=can-tiep-nhan") == {new}
    assert listed(office, "?xem=dang-tham-dinh") == {taken}
    assert listed(office, "?xem=da-tra") == listed(office, "?trangthai=returned") == {returned}
    assert listed(office, "?xem=da-ket-luan") == set()
    assert listed(office, "?xem=tat-ca") == {returned, new, taken}
    page = text_of(office, "/tham-dinh?xem=da-tra&loc=hoa")
    counts = re.findall(r'xem=([a-z-]+)"(?: aria-current="page")?>[^<]+<span class="pill-count">(\d+)<', page)
    assert counts == [
        ("can-lam", "2"),
        ("can-tiep-nhan", "1"),
        ("dang-tham-dinh", "1"),
        ("da-tra", "1"),
        ("da-ket-luan", "0"),
        ("tat-ca", "3"),
    ]
    assert '<input type="hidden" name="xem" value="da-tra">' in page


def shown(client: FlaskClient, path: str, **said: str) -> dict[str, str]:
    """What a browser posts back of the page: its marks, the verdicts and notes shown, then what was typed."""
    page = text_of(client, path)
    fields = dict(re.findall(r'name="(base-[^"]+|verdict-field:[^"]+)" value="([^"]*)"', page))
    fields |= dict(re.findall(r'name="(verdict-[^"]+)" value="([^"]+)" checked', page))
    fields |= dict(re.findall(r'name="(note-[^"]+)"[^>]*>([^<]*)</textarea>', page))
    return fields | {key.replace("__", "-", 1).replace("__", ":"): value for key, value in said.items()}


def standing(client: FlaskClient, path: str) -> dict[str, str]:
    """The verdicts and notes that the page shows, those that say something."""
    fields = shown(client, path)
    return {key: value for key, value in fields.items() if value and not key.startswith("base-")}


def test_two_appraisers_with_stale_pages_keep_both_judgements(app: Flask, office: FlaskClient, review: str) -> None:
    other = signed_in(app, "thamdinh1")
    first = shown(office, review, verdict__section__thong_tin="failed", note__section__thong_tin="Sai.", _do="save")
    second = shown(other, review, verdict__section__thanh_tich_chung="passed", note__field__chuc_vu="Xem lại.")
    assert post(office, review, first).status_code == 302
    assert post(other, review, second | {"_do": "save"}).status_code == 302
    assert standing(office, review) == {
        "verdict-section:thong_tin": "failed",
        "note-section:thong_tin": "Sai.",
        "verdict-section:thanh_tich_chung": "passed",
        "verdict-field:chuc_vu": "more",
        "note-field:chuc_vu": "Xem lại.",
    }


@pytest.mark.parametrize("do", ["save", "accept", "return"])
def test_the_same_place_twice_shows_both_and_loses_nothing(
    app: Flask, office: FlaskClient, review: str, site: Site, do: str
) -> None:
    other = signed_in(app, "thamdinh1")
    stale = shown(other, review, verdict__section__thong_tin="passed", note__section__thong_tin="Tôi thấy đủ.")
    post(office, review, shown(office, review, verdict__section__thong_tin="failed", note__section__thong_tin="Sai."))
    answer = post(other, review, stale | {"_do": do, "reason": "Nhận xét chung"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "“Thông tin”: người khác vừa ghi “Không đạt: Sai.”" in page
    assert ">Tôi thấy đủ.</textarea>" in page
    assert ">Nhận xét chung</textarea>" in page
    assert state_of(site) == State.APPRAISING
    assert standing(office, review) == {"verdict-section:thong_tin": "failed", "note-section:thong_tin": "Sai."}
    again = dict(re.findall(r'name="(base-[^"]+)" value="([^"]*)"', page))
    assert post(other, review, stale | again | {"_do": "save"}).status_code == 302
    assert standing(office, review) == {
        "verdict-section:thong_tin": "passed",
        "note-section:thong_tin": "Tôi thấy đủ.",
    }


def test_refused_ending_does_not_hide_what_a_colleague_wrote(app: Flask, office: FlaskClient, review: str) -> None:
    other = signed_in(app, "thamdinh1")
    stale = shown(other, review, verdict__section__thanh_tich_chung="passed")
    post(office, review, shown(office, review, verdict__section__thong_tin="failed", note__section__thong_tin="Sai."))
    refused = post(other, review, stale | {"_do": "refuse"})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert 'name="verdict-section:thong_tin" value="failed" checked' in page
    assert 'name="verdict-section:thanh_tich_chung" value="passed" checked' in page


def test_what_was_typed_over_an_ended_checklist_can_be_copied_and_is_not_shown_as_kept(
    app: Flask, office: FlaskClient, review: str
) -> None:
    other = signed_in(app, "thamdinh1")
    typed = shown(other, review, verdict__section__thong_tin="failed", note__section__thong_tin="Sai <năm>.")
    ended = {**page_fields(text_of(office, review)), "reason": "Thiếu minh chứng.", "_do": "return"}
    assert post(office, review, ended).status_code == 302
    late = post(other, review, {**typed, "reason": "Sai mẫu.", "_do": "refuse"})
    page = late.get_data(as_text=True)
    lost = page.partition("Nội dung bạn vừa nhập, chưa được lưu</h2>")[2].partition("</section>")[0]
    assert re.findall(r"<dt>([^<]+)</dt><dd[^>]*>([^<]+)</dd>", lost) == [
        ("Thông tin", "Không đạt: Sai &lt;năm&gt;."),
        ("Lý do, nhận xét chung", "Sai mẫu."),
    ]
    assert (late.status_code, page.count("Sai &lt;năm&gt;.")) == (409, 1)


def test_nothing_is_ended_over_a_reason_that_a_colleague_wrote_meanwhile(
    app: Flask, office: FlaskClient, review: str, site: Site
) -> None:
    other = signed_in(app, "thamdinh1")
    stale = page_fields(text_of(other, review))
    post(office, review, {**page_fields(text_of(office, review)), "reason": "Thiếu minh chứng.", "_do": "save"})
    answer = post(other, review, {**stale, "reason": "Sai mẫu.", "_do": "return"})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, state_of(site)) == (409, State.APPRAISING)
    assert ">Thiếu minh chứng.\n\nSai mẫu.</textarea>" in page
    assert say("reason-met") in page
    both = {**page_fields(page), "reason": "Thiếu minh chứng.\r\n\r\nSai mẫu."}
    assert post(other, review, {**both, "_do": "return"}).status_code == 302
    with site.database.reading() as session:
        assert session.scalars(select(Review.reason)).one() == "Thiếu minh chứng.\n\nSai mẫu."


def test_emptied_pin_is_taken_back(office: FlaskClient, review: str) -> None:
    post(office, review, shown(office, review, note__field__chuc_vu="Xem lại."))
    assert standing(office, review) == {"verdict-field:chuc_vu": "more", "note-field:chuc_vu": "Xem lại."}
    post(office, review, shown(office, review, note__field__chuc_vu=""))
    assert standing(office, review) == {}


def test_what_was_asked_of_the_version_before_stands_beside_the_next_one(
    app: Flask, office: FlaskClient, review: str
) -> None:
    asked = {"verdict-section:thong_tin": "more", "note-section:thong_tin": "Ghi rõ chức vụ.", "reason": "Thiếu."}
    assert post(office, review, {**asked, "_do": "return"}).status_code == 302
    clerk, head = signed_in(app, "vanthu1"), signed_in(app, "hieutruong1")
    dossier = review.replace("/tham-dinh/", "/ho-so/")
    assert post(clerk, f"{dossier}/trinh").status_code == 302
    submit(head, dossier[-24:])
    page = text_of(office, review)
    earlier = page[page.index("Lần thẩm định bản 1") :].partition("</details>")[0]
    assert re.findall(r"<li><strong>([^<]+)</strong>: ([^<]+)</li>", earlier) == [
        ("Thông tin", "Cần bổ sung. Ghi rõ chức vụ.")
    ]


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        ("http://localhost{page}?phong=150", "{page}?phong=150"),
        ("http://localhost{page}/tiep-nhan", ""),  # only forms are sent there
        ("http://localhost//evil.example", ""),
        ("https://evil.example{page}", ""),
        ("http://localhost/", ""),
        ("", ""),
    ],
)
def test_a_refused_button_leads_back_to_its_page(office: FlaskClient, review: str, came_from: str, back: str) -> None:
    answer = post(office, f"{review}/tiep-nhan", headers={"Referer": came_from.format(page=review)})
    links = re.findall(r'<a class="btn btn-(\w+)" href="([^"]*)">', answer.get_data(as_text=True))
    home = ("secondary", "/") if back else ("primary", "/")
    assert answer.status_code == 409
    assert links == ([("primary", back.format(page=review))] if back else []) + [home]


def test_what_one_may_not_see_says_nothing_of_the_page_before(office: FlaskClient, review: str) -> None:
    hidden = post(office, "/tham-dinh/" + "0" * 24 + "/tiep-nhan", headers={"Referer": f"http://localhost{review}"})
    assert (hidden.status_code, review in hidden.get_data(as_text=True)) == (404, False)
