"""The official documents, read back with python-docx."""

import io
from datetime import date

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from thidua.documents.layout import add, add_section, open_document, to_bytes
from thidua.documents.letter import Issuer, OfficialLetter, Signer, closed, document_sign, letter, long_date
from thidua.documents.nomination import Nominee, SubmissionLetter, nominee_list, submission_letter
from thidua.documents.tables import Column, Table
from thidua.documents.word import Para

ISSUER = Issuer("Ủy ban nhân dân xã Gia Lâm", "Trường Tiểu học Hoa Sen", "THHS", "Gia Lâm")
NASTY = "A & <B> ]]> =cmd \"x\" 'y' {ns} " + "Ngưỡng" * 34


def make_letter(**changes):
    fields = {
        "issuer": ISSUER,
        "kind": "TỜ TRÌNH",
        "number": "5",
        "date": date(2026, 2, 5),
        "subject": "Về việc đề nghị khen thưởng",
        "recipients": ("Ủy ban nhân dân xã Gia Lâm",),
        "grounds": ("Căn cứ Luật Thi đua, khen thưởng;", "Căn cứ Kế hoạch số 258/KH-UBND"),
        "body": ("Đoạn thứ nhất.", "Đoạn cuối."),
        "signer": Signer("Phó Hiệu trưởng", "Lê Thu Hà", "KT. Hiệu trưởng"),
        "copies": ("Như kính gửi",),
    }
    return OfficialLetter(**(fields | changes))


def nominee(number, name="Nguyễn Thị Hoà", title="Bà"):
    return Nominee(
        title=title,
        name=name,
        position="Giáo viên",
        proposal="Dạy tốt",
        summary="Chủ nhiệm lớp 5A",
        code=f"HS-2026-{number:06d}",
        sha256="0123456789abcdef" * 4,
        born=None if title == "Tập thể" else date(1985, 2, 5),
    )


def make_submission(nominees, **changes):
    fields = {
        "issuer": ISSUER,
        "number": "5",
        "date": date(2026, 2, 5),
        "movement": "phong trào thi đua “Dạy tốt – Học tốt”",
        "period": "năm học 2025-2026",
        "authority": "Ủy ban nhân dân xã Gia Lâm",
        "grounds": ("Căn cứ Luật Thi đua, khen thưởng",),
        "nominees": nominees,
        "signer": Signer("Hiệu trưởng", "Lê Thu Hà"),
    }
    return SubmissionLetter(**(fields | changes))


def read(data):
    return Document(io.BytesIO(data))


def cell_texts(table):
    return [[cell.text for cell in row.cells] for row in table.rows]


def paragraphs(document):
    return [paragraph.text for paragraph in document.paragraphs if paragraph.text]


def test_letter_says_all_its_parts_in_order():
    document = read(letter(make_letter()))
    assert paragraphs(document) == [
        "TỜ TRÌNH",
        "Về việc đề nghị khen thưởng",
        "Kính gửi: Ủy ban nhân dân xã Gia Lâm",
        "Căn cứ Luật Thi đua, khen thưởng;",
        "Căn cứ Kế hoạch số 258/KH-UBND.",
        "Đoạn thứ nhất.",
        "Đoạn cuối./.",
    ]
    head, foot = document.tables
    assert cell_texts(head) == [
        [
            "ỦY BAN NHÂN DÂN XÃ GIA LÂM\nTRƯỜNG TIỂU HỌC HOA SEN\n",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n",
        ],
        ["Số: 05/TTr-THHS", "Gia Lâm, ngày 05 tháng 02 năm 2026"],
    ]
    assert cell_texts(foot) == [
        ["Nơi nhận:\n- Như kính gửi;\n- Lưu: VT.", "KT. HIỆU TRƯỞNG\nPHÓ HIỆU TRƯỞNG\nLê Thu Hà"]
    ]


def test_letter_page_follows_the_decree():
    document = read(letter(make_letter()))
    (section,) = document.sections
    lengths = (section.page_width, section.page_height, section.top_margin, section.bottom_margin)
    assert [round(value.mm) for value in lengths] == [210, 297, 20, 20]
    assert [round(value.mm) for value in (section.left_margin, section.right_margin)] == [30, 15]
    assert section.orientation == WD_ORIENT.PORTRAIT
    normal = document.styles["Normal"]
    assert (normal.font.name, normal.font.size) == ("Times New Roman", Pt(14))
    fonts = normal.element.rPr.rFonts
    assert {fonts.get(qn(f"w:{kind}")) for kind in ("ascii", "hAnsi", "cs", "eastAsia")} == {"Times New Roman"}


def test_letter_numbers_pages_centred_in_the_header_from_page_two():
    (section,) = read(letter(make_letter())).sections
    assert section.different_first_page_header_footer is True
    (paragraph,) = section.header.paragraphs
    (field,) = paragraph._p.iter(qn("w:fldSimple"))
    assert (field.get(qn("w:instr")), paragraph.alignment) == ("PAGE", WD_ALIGN_PARAGRAPH.CENTER)
    assert section.first_page_header.paragraphs[0].text == ""


def test_letter_body_is_justified_with_an_indented_first_line():
    document = read(letter(make_letter()))
    body = next(paragraph for paragraph in document.paragraphs if paragraph.text == "Đoạn thứ nhất.")
    assert body.alignment == WD_ALIGN_PARAGRAPH.JUSTIFY
    assert round(body.paragraph_format.first_line_indent.mm, 1) == 12.7
    assert body.paragraph_format.space_after == Pt(6)


def test_letter_header_table_has_no_borders_and_fixed_widths():
    head = read(letter(make_letter())).tables[0]
    borders = head._tbl.tblPr.find(qn("w:tblBorders"))
    assert {border.get(qn("w:val")) for border in borders} == {"nil"}
    assert head.autofit is False
    assert [round(column.width.mm) for column in head.columns] == [70, 95]


def test_letter_motto_line_is_as_long_as_the_motto():
    cell = read(letter(make_letter())).tables[0].cell(0, 1)
    line = cell.paragraphs[2].paragraph_format
    assert round(95 - line.left_indent.mm - line.right_indent.mm) == 56  # of 95 mm; measured in a bold Times face


def test_letter_signature_is_kept_with_the_last_paragraph():
    document = read(letter(make_letter()))
    last = [paragraph.text for paragraph in document.paragraphs].index("Đoạn cuối./.")
    assert [p.paragraph_format.keep_with_next for p in document.paragraphs[last : last + 2]] == [True, True]


def test_letter_table_as_last_part_still_ends_with_the_mark():
    table = Table("t", (Column("a", "Cột"),), [{"a": "x"}])
    document = read(letter(make_letter(body=("Danh sách:", table))))
    assert paragraphs(document)[-2:] == ["Danh sách:", "./."]
    assert cell_texts(document.tables[1]) == [["Cột"], ["x"]]


def test_letter_many_recipients_get_a_line_each():
    document = read(letter(make_letter(recipients=("Trường A", "Trường B"))))
    assert cell_texts(document.tables[1]) == [["Kính gửi: ", "- Trường A;\n- Trường B."]]


def test_letter_without_number_and_date_leaves_room():
    document = read(letter(make_letter(number="", date=None, issuer=Issuer("", "Phòng A", "PA", "Gia Lâm"))))
    assert cell_texts(document.tables[0])[1] == ["Số: ...../TTr-PA", "Gia Lâm, ngày ..... tháng ..... năm ....."]
    assert cell_texts(document.tables[0])[0][0] == "PHÒNG A\n"


def test_letter_of_a_unit_without_abbreviation_and_place_leaves_room():
    document = read(letter(make_letter(number="5", date=date(2026, 2, 5), issuer=Issuer("", "Phòng A", "", ""))))
    assert cell_texts(document.tables[0])[1] == ["Số: 05/TTr-.....", "....., ngày 05 tháng 02 năm 2026"]


def test_letter_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="CÔNG LỆNH"):
        make_letter(kind="CÔNG LỆNH")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("5", "05/TTr-THHS"),
        ("12", "12/TTr-THHS"),
        (" 7a ", "7a/TTr-THHS"),
        ("9/TTr-X", "9/TTr-X"),
        ("", "...../TTr-THHS"),
    ],
)
def test_document_sign_forms(number, shown):
    assert document_sign(number, "TỜ TRÌNH", ISSUER) == shown


def test_long_date_zeroes_days_below_ten_and_two_months():
    days = (date(2026, 1, 31), date(2026, 2, 9), date(2026, 3, 10), date(2026, 12, 1))
    assert [long_date(day) for day in days] == [
        "ngày 31 tháng 01 năm 2026",
        "ngày 09 tháng 02 năm 2026",
        "ngày 10 tháng 3 năm 2026",
        "ngày 01 tháng 12 năm 2026",
    ]


def test_closed_of_nothing_is_nothing():
    assert (closed([]), closed(["A."]), closed(["A", "B ;"])) == ([], ["A."], ["A;", "B."])


def test_letter_nasty_text_arrives_whole():
    document = read(letter(make_letter(subject=NASTY, body=(NASTY + "\x0b\x00\ud800", "Hết"))))
    assert paragraphs(document)[1] == NASTY
    assert paragraphs(document)[-2] == NASTY


def test_letter_same_data_gives_same_bytes():
    assert letter(make_letter()) == letter(make_letter())


@pytest.mark.parametrize("count", [0, 1, 300])
def test_nominee_list_has_a_row_each_and_repeats_its_header(count):
    document = read(nominee_list(make_submission([nominee(i) for i in range(count)])))
    table = document.tables[1]
    assert cell_texts(table)[0] == [
        "Stt", "Ông/Bà/ Tập thể", "Họ và tên", "Ngày sinh", "Chức vụ, đơn vị",
        "Phong trào / đề nghị", "Tóm tắt thành tích", "Mã hồ sơ", "SHA-256 rút gọn",
    ]  # fmt: skip
    # row by row through the XML: python-docx's cells are quadratic
    rows = [["".join(t.text for t in tc.iter(qn("w:t"))) for tc in tr.tc_lst] for tr in table._tbl.tr_lst]
    assert rows[1:] == [
        [str(i + 1), "Bà", "Nguyễn Thị Hoà", "05/02/1985", "Giáo viên", "Dạy tốt", "Chủ nhiệm lớp 5A",
         f"HS-2026-{i:06d}", "0123456789abcdef"]
        for i in range(count)
    ]  # fmt: skip
    marks = [
        (tr.trPr.find(qn("w:tblHeader")) is not None, tr.trPr.find(qn("w:cantSplit")) is not None)
        for tr in table._tbl.tr_lst
    ]
    assert marks == [(True, True)] + [(False, True)] * count


def test_nominee_list_is_landscape_and_names_its_letter():
    document = read(nominee_list(make_submission([nominee(1)])))
    (section,) = document.sections
    assert section.orientation == WD_ORIENT.LANDSCAPE
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)
    assert round(sum(column.width.mm for column in document.tables[1].columns)) == 252
    assert paragraphs(document) == [
        "DANH SÁCH TRÍCH NGANG",
        "Đề nghị khen thưởng trong phong trào thi đua “Dạy tốt – Học tốt” năm học 2025-2026",
        "(Kèm theo Tờ trình số 05/TTr-THHS ngày 05 tháng 02 năm 2026 của Trường Tiểu học Hoa Sen)",
        "Danh sách gồm 01 cá nhân.",
    ]


def test_submission_letter_counts_and_lists_the_nominees():
    people = [nominee(1, "Tổ Toán", "Tập thể"), nominee(2), nominee(3, NASTY)]
    document = read(submission_letter(make_submission(people)))
    texts = paragraphs(document)
    assert texts[4] == (
        "Trường Tiểu học Hoa Sen kính trình Ủy ban nhân dân xã Gia Lâm xem xét, khen thưởng 01 tập thể và 02 cá nhân "
        "đã có thành tích trong phong trào thi đua “Dạy tốt – Học tốt” năm học 2025-2026, cụ thể như sau:"
    )
    assert texts[-1] == "Kính đề nghị Ủy ban nhân dân xã Gia Lâm xem xét, quyết định./."
    assert cell_texts(document.tables[1]) == [
        ["Stt", "Họ và tên / Tập thể", "Chức vụ, đơn vị", "Đề nghị", "Mã hồ sơ"],
        ["1", "Tổ Toán", "Giáo viên", "Dạy tốt", "HS-2026-000001"],
        ["2", "Nguyễn Thị Hoà", "Giáo viên", "Dạy tốt", "HS-2026-000002"],
        ["3", NASTY, "Giáo viên", "Dạy tốt", "HS-2026-000003"],
    ]


@pytest.mark.parametrize(
    ("titles", "words"),
    [((), "00 cá nhân"), (("Tập thể",), "01 tập thể"), (("Ông", "Bà"), "02 cá nhân")],
)
def test_submission_counts_leave_out_a_kind_nobody_is_of(titles, words):
    assert make_submission([nominee(1, title=title) for title in titles]).counts == words


def test_landscape_section_follows_a_portrait_one():
    document = open_document("Thử\x0b")
    add(document, Para("một"))
    add_section(document, landscape=True)
    add(document, Para("hai"))
    read_back = read(to_bytes(document))
    assert [section.orientation for section in read_back.sections] == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE]
    assert [section.different_first_page_header_footer for section in read_back.sections] == [True, False]
    assert round(read_back.sections[1].page_width.mm) == 297
    assert (paragraphs(read_back), read_back.core_properties.title) == (["một", "hai"], "Thử")
