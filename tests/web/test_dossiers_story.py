"""The whole life of a dossier through the pages alone, as a browser without scripts sees them."""

from __future__ import annotations

import io
import re

from flask import Flask
from flask.testing import FlaskClient

from conftest import World, post, sign_in
from office_files import docx
from thidua.outbox import Worker
from thidua.services import indexing
from thidua.services.site import Site


def signed_in(app: Flask, login: str) -> FlaskClient:
    """A browser of its own for ``login``."""
    client = app.test_client()
    assert sign_in(client, login).status_code == 302
    return client


def text_of(client: FlaskClient, path: str) -> str:
    """The page at ``path``, which must be there."""
    response = client.get(path)
    assert response.status_code == 200, f"{path}: {response.status_code}"
    return response.get_data(as_text=True)


def page_fields(html: str) -> dict[str, str]:
    """The hidden base marks of a part's page."""
    return dict(re.findall(r'name="(base-[a-z_0-9]+)" value="([0-9a-f]*)"', html))


def start(client: FlaskClient, world: World, person: str = "Nguyễn Thị Hoà") -> str:
    """Start a dossier for somebody on the staff; return its address."""
    choose = text_of(client, f"/ho-so/moi?dot={world.call_public_id}&loai=ca-nhan&tim=hoa")
    match = re.search(r'name="nguoi" value="([0-9a-f]{24})"><span class="person-name">' + person, choose)
    assert match is not None
    made = post(client, "/ho-so/moi", {"dot": world.call_public_id, "loai": "ca-nhan", "nguoi": match[1]})
    assert made.status_code == 302
    return made.headers["Location"]


def fill(client: FlaskClient, dossier: str, words: str = "Dạy tốt, học tốt.") -> None:
    """Fill both parts and attach the report."""
    for key, typed in (
        ("thong_tin", {"chuc_vu": "Giáo viên", "nam_cong_tac": "12", "mon": "toan"}),
        ("thanh_tich_chung", {"thanh_tich": words}),
    ):
        path = f"{dossier}/phan/{key}"
        saved = post(client, path, {**page_fields(text_of(client, path)), **typed, "_do": "next"})
        assert saved.status_code == 302, saved.get_data(as_text=True)


def attach(client: FlaskClient, dossier: str, name: str, body: bytes, slot: str = "bao_cao", **more: str) -> int:
    """Attach a file as a plain form does; return the status."""
    data = {"tep": (io.BytesIO(body), name), **more}
    return post(client, f"{dossier}/tep/{slot}", data, content_type="multipart/form-data").status_code


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
    part = text_of(clerk, f"{dossier}/phan/thanh_tich_chung")
    assert "Nêu rõ số liệu." in part
    assert "đã sửa" not in part
    fill(clerk, dossier, "Dạy tốt: 35/35 học sinh đạt.")
    assert "đã sửa" in text_of(clerk, f"{dossier}/phan/thanh_tich_chung")

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
        assert "<mark>vườn</mark>" in found
    assert "Không có kết quả" in text_of(signed_in(app, "vanthu2"), "/tim?q=vuon+rau+thuy+canh")


def submit(head: FlaskClient, public_id: str, number: str = "05/TTr-TRUONG1") -> str:
    """Submit through the form of the tờ trình; return the address of the receipt."""
    form = text_of(head, f"/to-trinh/moi?hoso={public_id}")
    key = re.search(r'name="key" value="([0-9a-f]+)"', form)
    assert key is not None
    data = {"hoso": public_id, "number": number, "day": "10/03/2026", "signer": "Nguyễn Văn An", "key": key[1]}
    made = post(head, "/to-trinh/moi", data)
    assert made.status_code == 302, made.get_data(as_text=True)
    return made.headers["Location"]
