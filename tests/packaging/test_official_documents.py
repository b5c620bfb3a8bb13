"""Our Word files through LibreOffice: what the decree fixes is read back from the PDF, not from what we wrote."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from thidua.documents.letter import Issuer, OfficialLetter, Signer, letter
from thidua.documents.report import Figure, ReportPaper, report_document
from thidua.documents.tables import Column, Table

pytestmark = pytest.mark.packaging
MM = 25.4 / 72
ISSUER = Issuer("Ủy ban nhân dân xã Gia Lâm", "Phòng Văn hóa – Xã hội", "PVHXH", "Gia Lâm")
NARROW = (Column("a", "Đơn vị", width=60), Column("b", "Số hồ sơ", "number", 20))
WIDE = tuple(Column(f"c{n}", label, width=30) for n, label in enumerate(("Mã hồ sơ", *("Họ và tên",) * 8)))
ROWS = 200
HOSTILE = ("=1+1", "A & <B> ]]>", "Nguyễn " + "Thị " * 48 + "Hoà")

DEBIAN = "(Debian: apt-get install libreoffice-writer-nogui fonts-liberation2)"
NO_OFFICE = f"soffice is missing: install LibreOffice Writer {DEBIAN}"
NO_LETTERS = f"no Vietnamese Times New Roman, nor what stands for it {DEBIAN}"


def missing() -> str | None:
    """What this machine cannot print a letter without."""
    if not (shutil.which("soffice") and shutil.which("fc-match")):
        return NO_OFFICE
    command = ["fc-match", "--format", "%{family}", "Times New Roman:lang=vi"]
    family = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return None if family in ("Times New Roman", "Liberation Serif") else NO_LETTERS


def pages_of(data: bytes, folder: Path) -> Path:
    """The file as LibreOffice prints it."""
    if reason := missing():
        if os.environ.get("THIDUA_CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    word = folder / "van-ban.docx"
    word.write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder), str(word)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return folder / "van-ban.pdf"


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, pypdfium2.PdfDocument]]:
    """A report with a narrow table and a wide one of many pages."""
    lines = [
        {column.key: f"HS-{n:04}" if column.key == "c0" else "Nguyễn Thị Hoà" for column in WIDE} for n in range(ROWS)
    ]
    for n, name in enumerate(HOSTILE):
        lines[n]["c1"] = name
    paper = ReportPaper(
        title="Bảng tổng hợp kết quả",
        issuer=ISSUER,
        number="5",
        day=date(2026, 2, 5),
        figures=[
            Figure(Table("Theo trường", NARROW, [{"a": "Trường Tiểu học Hoa Sen", "b": ROWS}])),
            Figure(Table("Danh sách", WIDE, lines, numbered=True, headings={0: "Nhóm một", 100: "Nhóm hai"})),
        ],
        signers=[Signer("NGƯỜI LẬP BIỂU", "Lê Văn Lập"), Signer("TRƯỞNG PHÒNG", "Trần Thị Ký")],
        opening=["Báo cáo gồm 200 hồ sơ."],
        copies=("Sở Giáo dục và Đào tạo",),
    )
    path = pages_of(report_document(paper), tmp_path_factory.mktemp("report"))
    document = pypdfium2.PdfDocument(path)
    yield path, document
    document.close()


def boxes(page: pypdfium2.PdfPage) -> list[tuple[str, float, float, float, float]]:
    """Every piece of text with its distances in millimetres: from the left, right, top, bottom."""
    width, height = page.get_size()
    text = page.get_textpage()
    found = []
    for n in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(n)
        said = text.get_text_bounded(left, bottom, right, top)
        found.append((said, left * MM, (width - right) * MM, (height - top) * MM, bottom * MM))
    text.close()
    return found


def text_of(page: pypdfium2.PdfPage) -> str:
    text = page.get_textpage()
    said = text.get_text_bounded()
    text.close()
    return said


def test_pages_are_a4_and_the_wide_list_lies_down(printed: tuple[Path, pypdfium2.PdfDocument]) -> None:
    _, document = printed
    sizes = [tuple(round(side * MM) for side in page.get_size()) for page in document]
    assert sizes[0] == (210, 297)
    assert set(sizes[1:]) == {(297, 210)}
    assert len(sizes) > 5


def test_text_stands_within_the_margins(printed: tuple[Path, pypdfium2.PdfDocument]) -> None:
    _, document = printed
    for page in document:
        shown = boxes(page)
        body = [box for box in shown if not box[0].strip().isdecimal() or box[3] > 20]
        assert min(box[1] for box in body) >= 30 - 0.5
        assert min(box[2] for box in body) >= 15 - 0.5
        assert min(box[3] for box in body) >= 20 - 0.5
        assert min(box[4] for box in body) >= 20 - 0.5


def test_page_numbers_stand_in_the_middle_of_the_top_margin_from_the_second_page_on(
    printed: tuple[Path, pypdfium2.PdfDocument],
) -> None:
    _, document = printed
    found = []
    for page in document:
        above = [box for box in boxes(page) if box[3] < 20]
        found.append([box[0].strip() for box in above])
        assert all(abs((box[1] - 30) - (box[2] - 15)) < 2 for box in above)  # the middle of what is written
    assert found == [[], *([str(n)] for n in range(2, len(document) + 1))]


def test_fonts_are_times_or_what_stands_for_it_here(printed: tuple[Path, pypdfium2.PdfDocument]) -> None:
    path, _ = printed
    listed = subprocess.run(["pdffonts", str(path)], check=True, capture_output=True, text=True).stdout.splitlines()[2:]
    names = {re.sub(r"^[A-Z]{6}\+", "", line.split()[0]) for line in listed}
    families = {re.split(r"[-,]|PS", name)[0] for name in names}
    assert families <= {"TimesNewRoman", "LiberationSerif"}, names


def test_header_is_repeated_rows_stay_whole_and_nothing_is_lost(printed: tuple[Path, pypdfium2.PdfDocument]) -> None:
    _, document = printed
    texts = [text_of(page) for page in document]
    listed = [text for text in texts if "HS-0" in text]
    assert all("Mã hồ sơ" in text for text in listed)
    codes = re.findall(r"HS-\d{4}", "".join(texts))
    assert codes == [f"HS-{n:04}" for n in range(ROWS)]
    plain = " ".join("".join(texts).split())
    assert all(name in plain for name in HOSTILE[:2])
    assert plain.count("Thị") >= 48
    first = " ".join(texts[0].split())
    for said in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Số: 05/BC-PVHXH",
        "Gia Lâm, ngày 05 tháng 02 năm 2026",
        "BÁO CÁO",
    ):
        assert said in first
    last = " ".join(texts[-1].split())
    assert "Nơi nhận:" in last
    assert "Trần Thị Ký" in last


def test_report_of_nothing_is_one_right_page(tmp_path: Path) -> None:
    paper = ReportPaper(
        "Bảng tổng hợp", ISSUER, "", None, [Figure(Table("Theo trường", NARROW, []))], [Signer("TRƯỞNG PHÒNG", "")]
    )
    with pypdfium2.PdfDocument(pages_of(report_document(paper), tmp_path)) as document:
        assert len(document) == 1
        said = " ".join(text_of(document[0]).split())
    assert "Không có hồ sơ nào." in said
    assert "Số: ...../BC-PVHXH" in said


def test_letter_is_one_page_with_the_signature_on_it(tmp_path: Path) -> None:
    data = OfficialLetter(
        issuer=ISSUER,
        kind="TỜ TRÌNH",
        number="5",
        date=date(2026, 2, 5),
        subject="Về việc đề nghị khen thưởng",
        recipients=("Ủy ban nhân dân xã Gia Lâm",),
        grounds=("Căn cứ Luật Thi đua, khen thưởng",),
        body=["Kính đề nghị xem xét"],
        signer=Signer("TRƯỞNG PHÒNG", "Trần Thị Ký"),
        copies=("Như trên",),
    )
    with pypdfium2.PdfDocument(pages_of(letter(data), tmp_path)) as document:
        assert len(document) == 1
        said = " ".join(text_of(document[0]).split())
        assert min(box[1] for box in boxes(document[0])) >= 29.5
    assert "Kính đề nghị xem xét./." in said
    assert "Trần Thị Ký" in said
