"""``thidua check-docx``: our own documents pass, and each fault of a bad one is named with its place and its rule."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from thidua import cli
from thidua.documents.charts import BarChart
from thidua.documents.check import MOST, check_document
from thidua.documents.decree import DECREE_30_2020, Allowed
from thidua.documents.layout import ND30
from thidua.documents.letter import Issuer, OfficialLetter, Signer, letter
from thidua.documents.nomination import Nominee, SubmissionLetter, nominee_list
from thidua.documents.report import Figure, ReportPaper, report_document
from thidua.documents.tables import Column, Table

ISSUER = Issuer("Ủy ban nhân dân xã Gia Lâm", "Trường Tiểu học Hoa Sen", "THHS", "Gia Lâm")
LONG = (
    "Trường Tiểu học Hoa Sen kính trình Ủy ban nhân dân xã Gia Lâm xem xét, khen thưởng 03 cá nhân đã có thành tích "
    "trong phong trào thi đua “Dạy tốt – Học tốt” năm học 2025-2026, cụ thể như sau:"
)
LETTER = OfficialLetter(
    issuer=ISSUER,
    kind="TỜ TRÌNH",
    number="5",
    date=date(2026, 2, 5),
    subject="Về việc đề nghị khen thưởng",
    recipients=("Ủy ban nhân dân xã Gia Lâm",),
    grounds=("Căn cứ Luật Thi đua, khen thưởng ngày 15 tháng 6 năm 2022",),
    body=[LONG, "Kính đề nghị xem xét, quyết định"],
    signer=Signer("HIỆU TRƯỞNG", "Nguyễn Văn An", "KT."),
    copies=("Như trên",),
)
NARROW = (Column("a", "Đơn vị", width=60), Column("b", "Số hồ sơ", "number", 20))
WIDE = tuple(Column(f"c{n}", f"Cột {n}", width=30) for n in range(9))


@cache
def plain_letter() -> bytes:
    """The letter as we write it; every test that puts a fault into one begins with the same bytes."""
    return letter(LETTER)


def report(rows: int, **more: object) -> bytes:
    lines = [{column.key: "Nguyễn Thị Hoà" for column in WIDE} for _ in range(rows)]
    summary = Table("Theo trường", NARROW, [{"a": "Trường Hoa Sen", "b": rows}] if rows else [])
    chart = BarChart("Theo trường: Số hồ sơ", ("Trường Hoa Sen",), (rows,)) if rows else None  # type: ignore[arg-type]
    facts = {"number": "12", "day": date(2026, 3, 15), "note": "Số liệu tính đến 08:00 ngày 15/03/2026."} | more
    return report_document(
        ReportPaper(
            title="Bảng tổng hợp kết quả",
            issuer=ISSUER,
            figures=[Figure(summary, chart), Figure(Table("Danh sách", WIDE, lines, numbered=True))],
            signers=[Signer("NGƯỜI LẬP BIỂU", "Lê Văn Lập"), Signer("CHỦ TỊCH", "Trần Thị Ký", "TM. Ủy ban nhân dân")],
            copies=("Sở Giáo dục và Đào tạo",),
            **facts,  # type: ignore[arg-type]
        )
    )


def roster() -> bytes:
    """The list of one nominee that goes with a letter."""
    one = Nominee(
        title="Bà",
        name="Nguyễn Thị Hoà",
        position="Giáo viên",
        proposal="Dạy tốt",
        summary="Chủ nhiệm lớp 5A",
        code="HS-2026-000001",
        sha256="0123456789abcdef" * 4,
        born=date(1985, 2, 5),
    )
    letter_of = SubmissionLetter(
        issuer=ISSUER,
        number="5",
        date=date(2026, 2, 5),
        movement="phong trào thi đua “Dạy tốt – Học tốt”",
        period="năm học 2025-2026",
        authority="Ủy ban nhân dân xã Gia Lâm",
        grounds=("Căn cứ Luật Thi đua, khen thưởng",),
        nominees=[one],
        signer=Signer("Hiệu trưởng", "Lê Thu Hà"),
    )
    return nominee_list(letter_of)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "van-ban.docx"


@pytest.mark.parametrize("rows", [0, 1, 120])
def test_our_reports_pass(file: Path, rows: int) -> None:
    file.write_bytes(report(rows))
    assert [str(finding) for finding in check_document(file)] == []


def test_our_letters_pass_and_blanks_to_be_filled_by_hand_too(file: Path) -> None:
    file.write_bytes(plain_letter())
    assert [str(finding) for finding in check_document(file)] == []
    file.write_bytes(report(3, number="", day=None))
    assert [str(finding) for finding in check_document(file)] == []


def test_a_list_that_goes_with_a_letter_needs_no_number_kind_and_recipients_of_its_own(file: Path) -> None:
    file.write_bytes(roster())
    assert [str(finding) for finding in check_document(file)] == []
    document = Document(str(file))
    write(document, "(Kèm theo", "(Kèm theo hồ sơ)")  # of what document?
    document.save(str(file))
    missing = [finding.part for finding in check_document(file)]
    assert missing == ["docx-reference", "docx-title", "docx-copies"]


# --- a fault each ---------------------------------------------------------------------------------------


def find(document: Document, start: str) -> Paragraph:
    paragraphs = [Paragraph(p, document) for p in document.element.body.iter(qn("w:p"))]
    return next(one for one in paragraphs if one.text.startswith(start))


def write(document: Document, start: str, text: str) -> None:
    paragraph = find(document, start)
    for run in paragraph.runs[1:]:
        run.text = ""
    paragraph.runs[0].text = text


def drop(document: Document, start: str) -> None:
    element = find(document, start)._p
    element.getparent().remove(element)


def style(start: str, **look: object) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        for run in find(document, start).runs:
            for name, value in look.items():
                setattr(run.font, name, value)

    return change


def page(**sides: object) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        for name, value in sides.items():
            setattr(document.sections[0], name, value)

    return change


def number_below(document: Document) -> None:
    section = document.sections[0]
    held = section.header.paragraphs[0]._p
    section.footer.is_linked_to_previous = False
    section.footer.paragraphs[0]._p.addnext(held)


def no_number(document: Document) -> None:
    paragraph = document.sections[0].header.paragraphs[0]._p
    paragraph.getparent().replace(paragraph, document.element.body.makeelement(qn("w:p"), {}))


def number_left(document: Document) -> None:
    document.sections[0].header.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.LEFT


def themed(document: Document) -> None:
    """The font comes from a style and not from the run."""
    document.styles["Normal"].element.rPr.rFonts.set(qn("w:ascii"), "Calibri")


FAULTS: dict[str, tuple[Callable[[Document], None], str, str]] = {
    "page": (page(page_width=Mm(216), page_height=Mm(279)), "I.1", "Phần (section) 1: khổ giấy 216 × 279 mm"),
    "top": (page(top_margin=Mm(15)), "I.3", "Phần (section) 1: lề trên 15 mm, cần 20–25 mm"),
    "bottom": (page(bottom_margin=Mm(26)), "I.3", "Phần (section) 1: lề dưới 26 mm, cần 20–25 mm"),
    "left": (page(left_margin=Mm(25.4)), "I.3", "Phần (section) 1: lề trái 25,4 mm, cần 30–35 mm"),
    "right": (page(right_margin=Mm(25)), "I.3", "Phần (section) 1: lề phải 25 mm, cần 15–20 mm"),
    "number none": (no_number, "I.7", "Phần (section) 1: thiếu số trang"),
    "number below": (number_below, "I.7", "Phần (section) 1: số trang nằm ở chân trang"),
    "number first": (page(different_first_page_header_footer=False), "I.7", "Phần (section) 1: số trang hiện cả"),
    "number left": (number_left, "I.7", "Phần (section) 1: số trang chưa canh giữa"),
    "font": (
        style("Kính đề nghị", name="Arial"),
        "I.4",
        "Đoạn 15 “Kính đề nghị xem xét, quyết định./.”: phông chữ Arial",
    ),
    "size": (style("Kính đề nghị", size=Pt(12)), "II.6", "Đoạn 15 “Kính đề nghị xem xét, quyết định./.”: cỡ chữ 12"),
    "align": (lambda d: setattr(find(d, "Trường Tiểu học"), "alignment", 0), "II.6", "Đoạn 14 "),
    "nation none": (lambda d: drop(d, "CỘNG HÒA"), "II.1", "Toàn văn bản: thiếu Quốc hiệu"),
    "nation size": (style("CỘNG HÒA", size=Pt(14)), "II.1", "cỡ 14, cần cỡ 12–13"),
    "nation bold": (style("CỘNG HÒA", bold=False), "II.1", "Quốc hiệu chưa in đậm"),
    "motto none": (lambda d: drop(d, "Độc lập"), "II.1", "Toàn văn bản: thiếu Tiêu ngữ"),
    "motto wording": (lambda d: write(d, "Độc lập", "Độc lập – Tự do – Hạnh phúc"), "II.1", "Tiêu ngữ ghi “Độc lập –"),
    "issuer case": (
        lambda d: write(d, "TRƯỜNG", "Trường Hoa Sen"),
        "II.2",
        "tên cơ quan ban hành ghi “Trường Hoa Sen”, cần “TRƯỜNG HOA SEN”",
    ),
    "issuer size": (style("TRƯỜNG", size=Pt(14)), "II.2", "tên cơ quan ban hành cỡ 14"),
    "reference none": (lambda d: drop(d, "Số:"), "II.3", "Toàn văn bản: thiếu số, ký hiệu"),
    "reference zero": (lambda d: write(d, "Số:", "Số: 5/TTr-THHS"), "II.3", "cần thêm số 0: “05”"),
    "reference form": (lambda d: write(d, "Số:", "Số: 05-TTr"), "II.3", "cần theo mẫu “Số: 05/TTr-THHS”"),
    "reference colon": (lambda d: write(d, "Số:", "Số 05-TTr THHS"), "II.3", "ghi “Số 05-TTr THHS”, cần theo mẫu"),
    "about size": (style("Về việc", size=Pt(16)), "II.5", "trích yếu nội dung cỡ 16, cần cỡ 13–14"),
    "reference blank": (lambda d: write(d, "Số:", "Số: 05/TTr - THHS"), "II.3", "bỏ khoảng trắng"),
    "day none": (lambda d: drop(d, "Gia Lâm"), "II.4", "Toàn văn bản: thiếu địa danh"),
    "day zero": (lambda d: write(d, "Gia Lâm", "Gia Lâm, ngày 5 tháng 2 năm 2026"), "II.4", "đang ghi 5/2"),
    "day italic": (style("Gia Lâm", italic=False), "II.4", "chưa in nghiêng"),
    "title none": (lambda d: drop(d, "TỜ TRÌNH"), "II.5", "Toàn văn bản: thiếu tên loại văn bản"),
    "title size": (style("TỜ TRÌNH", size=Pt(16)), "II.5", "tên loại văn bản cỡ 16"),
    "about none": (lambda d: drop(d, "Về việc"), "II.5", "thiếu trích yếu nội dung"),
    "about bold": (style("Về việc", bold=False), "II.5", "thiếu trích yếu nội dung"),
    "copies none": (lambda d: drop(d, "Nơi nhận"), "II.9", "Toàn văn bản: thiếu Nơi nhận"),
    "copies italic": (style("Nơi nhận", italic=False), "II.9", "Nơi nhận chưa in nghiêng"),
    "copies size": (style("- Như trên", size=Pt(14)), "II.9", "dòng nơi nhận cỡ 14"),
    "copies kept": (lambda d: drop(d, "- Lưu"), "II.9", "thiếu dòng “Lưu: …”"),
    "signer none": (lambda d: (drop(d, "HIỆU TRƯỞNG"), drop(d, "KT.")), "II.7", "thiếu chức vụ, họ tên người ký"),
    "signer name": (lambda d: drop(d, "Nguyễn Văn An"), "II.7", "dưới chức vụ thiếu họ tên người ký"),
    "signer bold": (style("Nguyễn Văn An", bold=False), "II.7", "chưa in đậm"),
}
FAULTS["color"] = (
    lambda d: setattr(find(d, "Kính đề nghị").runs[0].font.color, "rgb", RGBColor(255, 0, 0)),
    "I.4",
    "chữ màu FF0000",
)
FAULTS["indent"] = (
    lambda d: setattr(find(d, "Trường Tiểu học").paragraph_format, "first_line_indent", Mm(0)),
    "II.6.e",
    "dòng đầu lùi 0 mm",
)


def spaced(start: str, **spacing: object) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        for name, value in spacing.items():
            setattr(find(document, start).paragraph_format, name, value)

    return change


def near(document: Document) -> None:
    """Only Word's box “no space between paragraphs of the same style” is ticked."""
    for start in ("Trường Tiểu học", "Kính đề nghị"):
        shape = find(document, start)._p.pPr
        shape.find(qn("w:spacing")).addnext(shape.makeelement(qn("w:contextualSpacing"), {}))


def near_by_style(document: Document) -> None:
    """The paragraph says nothing itself: its style does."""
    document.styles["Normal"].paragraph_format.line_spacing = 2.0
    spacing = find(document, "Kính đề nghị")._p.pPr.find(qn("w:spacing"))
    del spacing.attrib[qn("w:line")], spacing.attrib[qn("w:lineRule")]


FAULTS |= {
    "line wide": (
        spaced("Kính đề nghị", line_spacing=1.6),
        "II.6.e",
        "Đoạn 15 “Kính đề nghị xem xét, quyết định./.”: các ",
    ),
    "line fixed": (spaced("Kính đề nghị", line_spacing=Pt(14)), "II.6.e", "cách nhau 0,87 lần dòng đơn, cần 1–1,5"),
    "line by style": (near_by_style, "II.6.e", "các dòng cách nhau 2 lần dòng đơn, cần 1–1,5"),
    "gap": (
        spaced("Trường Tiểu học", space_after=Pt(3)),
        "II.6.e",
        "Đoạn 15 “Kính đề nghị xem xét, quyết định./.”: cách",
    ),
    "gap none": (spaced("Trường Tiểu học", space_after=Pt(0)), "II.6.e", "cách đoạn trước 0 pt, cần ít nhất 6 pt"),
}


@pytest.mark.parametrize(
    "spacing",
    [
        {"line_spacing": Pt(16)},  # single, as near as whole points come
        {"line_spacing": 1.5},
        {"space_after": Pt(0), "space_before": Pt(6)},  # the one before it leaves six already
    ],
)
def test_spacing_within_the_decree_has_no_finding(file: Path, spacing: dict[str, object]) -> None:
    document = Document(io.BytesIO(plain_letter()))
    spaced("Kính đề nghị", **spacing)(document)
    document.save(str(file))
    assert [str(one) for one in check_document(file)] == []


@pytest.mark.parametrize(("value", "codes"), [("1", []), ("0", ["docx-gap"])])
def test_spacing_left_to_word_is_wide_enough(file: Path, value: str, codes: list[str]) -> None:
    document = Document(io.BytesIO(plain_letter()))
    spaced("Trường Tiểu học", space_after=Pt(0))(document)
    paragraph = next(one for one in document.paragraphs if one.text.startswith("Trường Tiểu học"))
    paragraph._p.pPr.find(qn("w:spacing")).set(qn("w:afterAutospacing"), value)
    document.save(str(file))
    assert [one.code for one in check_document(file)] == codes


def test_paragraphs_that_word_draws_together_are_too_near(file: Path) -> None:
    document = Document(io.BytesIO(plain_letter()))
    near(document)
    document.save(str(file))
    # the ground before them keeps its own six points
    assert [(one.code, one.found) for one in check_document(file)] == [("docx-gap", "0")]


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_named_with_place_and_rule(file: Path, fault: str) -> None:
    change, rule, said = FAULTS[fault]
    document = Document(io.BytesIO(plain_letter()))
    change(document)
    document.save(str(file))
    (finding,) = check_document(file)
    assert said in str(finding)
    assert str(finding).endswith(f"({DECREE_30_2020.source}{rule})")


def test_fonts_are_looked_up_as_word_does(file: Path) -> None:
    document = Document(io.BytesIO(plain_letter()))
    themed(document)
    document.save(str(file))
    found = check_document(file)
    assert {one.code for one in found} == {"docx-font", "docx-more"}
    assert (len(found), found[0].found) == (MOST + 1, "Calibri")


def test_document_that_nobody_thought_of_as_official_has_a_finding_for_every_part(file: Path) -> None:
    document = Document()
    document.add_paragraph("Kính gửi anh chị, em xin báo cáo.")
    document.save(str(file))
    found = check_document(file)
    missing = {finding.part.removeprefix("docx-") for finding in found if finding.code == "docx-part-none"}
    assert missing == {"nation", "motto", "reference", "day", "title", "copies", "signer"}
    codes = {finding.code for finding in found}
    assert {"docx-page", "docx-margin-right", "docx-number-none", "docx-font"} <= codes


# --- the decree -----------------------------------------------------------------------------------------

# As Phụ lục I of the decree has them: item, least, most. Type in points, lengths in millimetres.
ITEMS = {
    "width": ("I.1", 210, 210),
    "height": ("I.1", 297, 297),
    "top": ("I.3", 20, 25),
    "bottom": ("I.3", 20, 25),
    "left": ("I.3", 30, 35),
    "right": ("I.3", 15, 20),
    "page_number": ("I.7", 13, 14),
    "nation": ("II.1", 12, 13),
    "motto": ("II.1", 13, 14),
    "issuer": ("II.2", 12, 13),
    "reference": ("II.3", 13, 13),
    "day": ("II.4", 13, 14),
    "title": ("II.5", 13, 14),
    "about": ("II.5", 13, 14),
    "body": ("II.6", 13, 14),
    "first_line": ("II.6.e", 10, 12.7),
    "after": ("II.6.e", 6, float("inf")),
    "line": ("II.6.e", 1, 1.5),
    "signer": ("II.7", 13, 14),
    "copies_title": ("II.9", 12, 12),
    "copies": ("II.9", 11, 11),
}


def test_every_number_of_the_decree_has_its_item() -> None:
    held = {name: value for name, value in vars(DECREE_30_2020).items() if isinstance(value, Allowed)}
    assert {name: (one.item, one.least, one.most) for name, one in held.items()} == ITEMS
    assert (DECREE_30_2020.valid_from, DECREE_30_2020.valid_to) == (date(2020, 3, 5), None)


@pytest.mark.parametrize("name", sorted(ITEMS))
def test_our_page_cannot_be_laid_out_against_the_decree(name: str) -> None:
    item, least, _ = ITEMS[name]
    with pytest.raises(ValueError, match=f"^{name} .* is not within .*{item}") as refused:
        replace(ND30, **{name: least - 1})  # type: ignore[arg-type]  # a name of each value
    assert DECREE_30_2020.source in str(refused.value)


def test_checker_measures_by_the_decree_that_it_is_given(file: Path) -> None:
    file.write_bytes(plain_letter())
    later = replace(DECREE_30_2020, source="NĐ mới, mục ", left=Allowed("3", 20, 25), copies=Allowed("9", 10, 11))
    assert [str(one) for one in check_document(file, replace(ND30, decree=later, left=25))] == [
        "Phần (section) 1: lề trái 30 mm, cần 20–25 mm (NĐ mới, mục 3)"
    ]


# --- the command ----------------------------------------------------------------------------------------


def checked(file: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = cli.run(["check-docx", str(file)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_command_says_what_is_wrong_and_ends_so(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(plain_letter())
    assert checked(file, capsys) == (0, "“van-ban.docx”: đúng thể thức ở mọi điểm soát được.\n", "")
    document = Document(io.BytesIO(plain_letter()))
    write(document, "Số:", "Số: 5/TTr-THHS")
    document.save(str(file))
    code, out, err = checked(file, capsys)
    assert (code, err) == (1, "")
    assert out.splitlines() == [
        "van-ban.docx: Đoạn 7 “Số: 5/TTr-THHS”: số nhỏ hơn 10 ghi “5”, cần thêm số 0: “05” "
        "(NĐ 30/2020/NĐ-CP, Phụ lục I, Phần I, mục II.3)",
        "“van-ban.docx”: 1 chỗ chưa đúng thể thức.",
    ]


def test_what_is_no_word_file_is_refused_before_it_is_read(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(b"%PDF-1.7 not a document")
    code, out, err = checked(file, capsys)
    assert (code, out) == (1, "")
    assert err.startswith("Nội dung của “van-ban.docx” không phải là tệp .docx.")


def test_lines_of_blanks_are_looked_at_once(tmp_path: Path) -> None:
    document = Document()
    for text in (f"Số:{' ' * 20_000}x", f"Gia Lâm, ngày{' ' * 20_000}x"):
        document.add_paragraph(text)
    document.save(str(tmp_path / "trong.docx"))
    codes = {one.code for one in check_document(tmp_path / "trong.docx")}
    assert "docx-reference-form" in codes


def test_a_number_without_end_is_only_a_number(file: Path) -> None:
    file.write_bytes(letter(replace(LETTER, number="9" * 5_000)))
    assert check_document(file) == []


def damaged(file: Path, part: str, change: Callable[[bytes], bytes] | None) -> None:
    """The letter with one part changed, or without it."""
    with zipfile.ZipFile(io.BytesIO(plain_letter())) as source, zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            if name != part:
                target.writestr(name, source.read(name))
            elif change is not None:
                target.writestr(name, change(source.read(name)))


@pytest.mark.parametrize("part", ["_rels/.rels", "word/document.xml"])
def test_a_document_without_what_every_one_has_is_none(file: Path, part: str) -> None:
    damaged(file, part, None)
    with pytest.raises(ValueError, match="not a Word document"):
        check_document(file)


@pytest.mark.parametrize("where", ["head", "content"])
def test_a_damaged_part_makes_it_none(file: Path, where: str) -> None:
    """The bytes of a part, or where it begins, are not what the list at the end says."""
    file.write_bytes(plain_letter())
    with zipfile.ZipFile(file) as archive:
        at = archive.getinfo("word/document.xml").header_offset
    data = bytearray(plain_letter())
    if where == "head":
        data[at : at + 4] = b"none"
    else:
        data[at + 80 : at + 200] = b"\xff" * 120
    file.write_bytes(data)
    with pytest.raises(ValueError, match=r"Word document|unreadable part"):
        check_document(file)
