"""The whole life of a dossier through the pages alone, as a browser without scripts sees them."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import select, update

from office_files import docx
from small_world import NOW, World
from thidua.models import Attachment, Dossier, State
from thidua.outbox import Worker
from thidua.services import indexing
from thidua.services.site import Site
from web_desk import attach, fill, post, signed_in, start, submit, text_of


def test_story_from_first_draft_to_search(app: Flask, site: Site, world: World) -> None:
    clerk, head, office = (signed_in(app, name) for name in ("vanthu1", "hieutruong1", "thamdinh1"))
    dossier = start(clerk, world)
    assert "0/3 phần xong" in text_of(clerk, "/")
    fill(clerk, dossier)
    assert attach(clerk, dossier, "Báo cáo.docx", docx("Mô hình vườn rau thuỷ canh của lớp 4A.")) == 302
    assert "3/3 phần xong" in text_of(clerk, dossier)
    assert "không còn điểm nào phải sửa" in text_of(clerk, f"{dossier}/kiem-tra")
    assert post(clerk, f"{dossier}/trinh").status_code == 302

    public_id = dossier.rpartition("/")[2]
    assert "Nguyễn Thị Hoà" in text_of(head, "/to-trinh")
    assert "Dạy tốt, học tốt." in text_of(head, f"{dossier}/xem")
    assert "Nên xem lại" not in to_sign(head, public_id)
    receipt = submit(head, public_id)
    versions = re.findall(r'class="code hash">([0-9a-f]{64})<', text_of(head, receipt))
    assert len(versions) == 1

    review = f"/tham-dinh/{public_id}"
    assert public_id in text_of(office, "/tham-dinh")
    assert post(office, f"{review}/tiep-nhan").status_code == 302
    returned = post(
        office,
        review,
        {
            "verdict-section:thong_tin": "passed",
            "note-field:thanh_tich": "Nêu rõ số liệu.",
            "reason": "Thiếu số liệu.",
            "_do": "return",
        },
    )
    assert returned.status_code == 302
    assert "1 ghi chú" in text_of(clerk, "/")
    assert "Nêu rõ số liệu." in text_of(clerk, dossier)
    assert "1 ghi chú cần sửa" in text_of(clerk, dossier)
    assert post(clerk, f"{dossier}/trinh").status_code == 302  # nothing mended: told again to whoever signs
    told = re.search(
        r"<h2>[^<]*<svg.*?</svg>Nên xem lại trước khi ký.*?</section>", to_sign(head, public_id), re.DOTALL
    )
    assert told
    assert f"{dossier}/kiem-tra" in told.group()
    assert "Nêu rõ số liệu." in told.group()
    assert post(head, f"{dossier}/tra-ve", {"reason": "Chưa sửa."}).status_code == 302

    part = text_of(clerk, f"{dossier}/phan/thanh_tich_chung")
    assert "Nêu rõ số liệu." in part
    assert "đã sửa" not in part
    fill(clerk, dossier, "Dạy tốt: 35/35 học sinh đạt.")
    assert "đã sửa" in text_of(clerk, f"{dossier}/phan/thanh_tich_chung")
    assert "ghi chú cần sửa" not in text_of(clerk, dossier)

    assert post(clerk, f"{dossier}/trinh").status_code == 302
    submit(head, public_id)
    changed = text_of(office, f"{dossier}/so-sanh/1/2")
    assert "Dạy tốt, học tốt." in changed
    assert "35/35 học sinh" in changed
    assert post(office, f"{review}/tiep-nhan").status_code == 302
    assert post(office, review, {"_do": "rest"}).status_code == 302
    assert post(office, review, {"_do": "accept"}).status_code == 302
    assert "Đủ điều kiện" in text_of(clerk, dossier)

    Worker(site.database, indexing.handlers(site)).drain()
    for reader in (office, clerk):
        found = text_of(reader, "/tim?q=vuon+rau+thuy+canh")
        assert "Báo cáo.docx" in found
        assert "<mark>vườn rau thuỷ canh</mark>" in found
    assert "Không có kết quả" in text_of(signed_in(app, "vanthu2"), "/tim?q=vuon+rau+thuy+canh")


def to_sign(head: FlaskClient, public_id: str) -> str:
    """The page on which the head signs."""
    return text_of(head, f"/to-trinh/moi?hoso={public_id}")


def test_the_clerk_sees_what_waits_for_the_head(app: Flask, world: World) -> None:
    clerk, head = signed_in(app, "vanthu1"), signed_in(app, "hieutruong1")
    dossier = start(clerk, world)
    fill(clerk, dossier)
    attach(clerk, dossier, "a.docx", docx("Kho học liệu số."))
    assert "chờ hiệu trưởng nộp" not in text_of(clerk, "/")
    assert post(clerk, f"{dossier}/trinh").status_code == 302
    block = re.search(r"<h2>Đã trình, chờ hiệu trưởng nộp .*?</section>", text_of(clerk, "/"), re.DOTALL)
    assert block
    assert re.findall(r'href="([^"]+)"', block.group()) == [dossier]
    assert "Đã trình, chờ" not in text_of(head, "/")


def test_a_second_dossier_of_somebody_in_a_call_is_told_at_once(app: Flask, world: World) -> None:
    clerk = signed_in(app, "vanthu1")
    first = start(clerk, world)
    assert "trong đợt này" not in text_of(clerk, first)
    code = re.search(r"HS-2026-\d{6}", text_of(clerk, first))
    assert code
    assert f"Nguyễn Thị Hoà đã có hồ sơ {code.group()} trong đợt này." in text_of(clerk, start(clerk, world))


def test_the_audit_tells_facts_in_words(app: Flask, world: World) -> None:
    clerk, admin = signed_in(app, "vanthu1"), signed_in(app, "admin")
    dossier = start(clerk, world)
    fill(clerk, dossier)
    attach(clerk, dossier, "a.docx", docx("Kho học liệu số."))
    assert post(clerk, f"{dossier}/trinh").status_code == 302
    rows = re.findall(
        r'<td data-label="Việc">([^<]+)</td>.*?small quiet">([^<]*)</td>', text_of(admin, "/quan-tri/nhat-ky/")
    )
    assert ("Trình hiệu trưởng", "từ: Nháp; sang: Chờ nộp; bản đã nộp: 0") in rows
    told = [word.partition(": ")[0] for _, details in rows for word in details.split("; ") if word]
    assert {key for key in told if key.isascii() and key != "SHA-256"} <= {"sang"}
    assert "thay tệp cũ: không" in dict(rows)["Đính kèm tệp"]


def test_the_rest_of_a_refused_letter_is_submitted_without_typing_it_again(
    app: Flask, site: Site, world: World
) -> None:
    clerk, head, ids = signed_in(app, "vanthu1"), signed_in(app, "hieutruong1"), []
    for _ in range(2):
        dossier = start(clerk, world)
        fill(clerk, dossier)
        attach(clerk, dossier, "a.docx", docx("Kho học liệu số."))
        assert post(clerk, f"{dossier}/trinh").status_code == 302
        ids.append(dossier[-24:])
    with site.database.writing() as session:  # as if it had been found damaged and taken away
        wrong = session.scalars(select(Dossier).where(Dossier.public_id == ids[0])).one()
        session.execute(update(Attachment).where(Attachment.dossier_id == wrong.id).values(removed_at=NOW))
    typed = {"number": "7/TTr-X", "day": "09/03/2026", "signer": "Ai <Ký>", "title": "Phó hiệu trưởng"}
    refused = post(head, "/to-trinh/moi", {"hoso": ids, **typed})
    page = refused.get_data(as_text=True)
    assert (refused.status_code, f"/ho-so/{ids[0]}/xem" in page, f"/ho-so/{ids[1]}/xem" in page) == (422, True, False)
    held = re.findall(r'<input type="hidden" name="(hoso|number|day|signer|title)" value="([^"]*)">', page)
    assert held == [("hoso", ids[1]), *((name, escape(text)) for name, text in typed.items())]
    form = head.get("/to-trinh/moi", query_string={"hoso": ids[1], **typed}).get_data(as_text=True)
    kept = dict(re.findall(r'name="(number|day|signer|title|key|hoso)" type="\w+" value="([^"]*)"', form))
    assert kept == {name: escape(text) for name, text in typed.items()}
    (key,) = re.findall(r'name="key" value="([0-9a-f]+)"', form)
    assert post(head, "/to-trinh/moi", {"hoso": ids[1], **typed, "key": key}).status_code == 302
    with site.database.reading() as session:
        states = dict(session.execute(select(Dossier.public_id, Dossier.state)).all())
    assert states == {ids[0]: State.AWAITING, ids[1]: State.SUBMITTED}
