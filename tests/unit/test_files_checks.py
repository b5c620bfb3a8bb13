"""FILE-2: name and content agree, and the file is whole, open and harmless; each way to be bad has its sentence."""

from __future__ import annotations

import codecs
import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import files_corpus as corpus
from thidua.errors import BadFile
from thidua.files.checks import check_upload
from thidua.files.kinds import KINDS, safe_inline
from thidua.files.limits import Limits

ALL = list(KINDS)
BIG_XML = "<a>" + "x" * 300_000 + "</a>"


@pytest.fixture
def outcome(tmp_path: Path):
    """The label of the kind, or the code of the refusal with what it names."""

    def run(data: bytes, name: str, accept: list[str] = ALL, **limits: int) -> str:
        path = tmp_path / "upload"
        path.write_bytes(data)
        try:
            return check_upload(path, name, accept, limits=Limits(**limits)).label
        except BadFile as refused:
            return f"{refused.code} {refused.params.get('what') or ''}".strip()

    return run


@pytest.mark.parametrize(
    ("name", "data", "label"),
    [
        ("a.docx", corpus.docx(), "Word"),
        ("Đơn.DOCX", corpus.docx_everywhere(), "Word"),
        ("a.docx", corpus.docx(**{"word/": b"", "word/media/image1.png": corpus.png()}), "Word"),
        ("a.docx", corpus.docx(**{"word/media/image1.emz": b"\x1f\x8b\x08" + bytes(9)}), "Word"),
        ("biểu đồ.docx", corpus.docx(**{"word/embeddings/Sheet1.xlsx": corpus.xlsx([[1]])}), "Word"),
        ("công thức.docx", corpus.docx(**{"word/embeddings/oleObject1.bin": corpus.OLE_MAGIC + bytes(999)}), "Word"),
        ("thư viện.docx", corpus.library_docx("Hoà"), "Word"),
        ("a.xlsx", corpus.xlsx([["Hoà", 9.5]]), "Excel"),
        ("a.pdf", corpus.pdf("Noi dung"), "PDF"),
        ("a.pdf", corpus.scanned_pdf(), "PDF"),
        ("chỉ mật khẩu chủ.pdf", corpus.encrypted_pdf("ai cung doc duoc", password=b""), "PDF"),
        ("a.png", corpus.png(), "Ảnh PNG"),
        ("a.jpg", corpus.jpeg(), "Ảnh JPEG"),
        ("a.jpeg", corpus.jpeg(comment=b"\xff\xd9 a thumbnail ends here"), "Ảnh JPEG"),
        ("điện thoại.jpg", corpus.jpeg() + b"SEFT" + bytes(40), "Ảnh JPEG"),
        ("a.txt", "Xin chào\r\n\tcác bạn\f".encode(), "Văn bản thuần"),
        ("a.txt", codecs.BOM_UTF8 + b"abc", "Văn bản thuần"),
        ("a.txt", codecs.BOM_UTF16_LE + "Xin chào".encode("utf-16-le"), "Văn bản thuần"),
        ("a.txt", "Trường học, Đơn".encode("cp1258", "ignore"), "Văn bản thuần"),
    ],
)
def test_sound_files_are_accepted(outcome, name, data, label):
    assert outcome(data, name) == label


@pytest.mark.parametrize("ending", ALL)
def test_empty_files_are_refused(outcome, ending):
    assert outcome(b"", "a" + ending) == "file-empty"


@pytest.mark.parametrize("name", ["a.exe", "a", "a.html", "a.svg", "a.zip", "a.doc", "a.pdf.js"])
def test_other_extensions_are_refused_and_the_accepted_ones_named(tmp_path, name):
    (tmp_path / "a").write_bytes(b"x")
    with pytest.raises(BadFile) as refused:
        check_upload(tmp_path / "a", name, [".docx", ".pdf"])
    assert (refused.value.code, refused.value.params["accepted"]) == ("file-type-refused", ".docx, .pdf")


def test_a_known_kind_is_refused_where_it_is_not_accepted(outcome):
    assert outcome(corpus.pdf("a"), "a.pdf", [".docx"]) == "file-type-refused"


def test_an_accepted_kind_without_a_check_is_refused(outcome):
    assert outcome(b"x", "a.doc", [".doc"]) == "file-type-refused"


@pytest.mark.parametrize("name", ["a.docm", "a.xlsm", "a.dotm"])
def test_macro_extensions_are_refused_as_such(outcome, name):
    assert outcome(corpus.docx(), name) == "file-macros"


@pytest.mark.parametrize("ending", ALL)
@pytest.mark.parametrize(
    "data",
    [
        b"<html><script>alert(1)</script></html>\x00",
        b"\x00" * 100,
        b"GIF89a" + bytes(60),
        b"MZ\x90\x00" + bytes(200),
        b"junk before " + corpus.pdf("a"),
        corpus.zipped({"a.txt": "x"}),
    ],
    ids=["html", "nul", "gif", "exe", "junk-pdf", "zip"],
)
def test_content_of_another_type_is_refused_under_every_name(outcome, ending, data):
    assert outcome(data, "a" + ending) == "file-type-mismatch"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.docx", corpus.xlsx([[1]])),
        ("a.xlsx", corpus.docx()),
        ("a.pdf", corpus.docx()),
        ("a.pdf", corpus.jpeg()),
        ("a.png", corpus.jpeg()),
        ("a.jpg", corpus.png()),
        ("a.txt", corpus.pdf("a")),
        ("a.txt", corpus.png()),
        ("a.docx", corpus.OLE_MAGIC + bytes(999)),
        ("a.docx", b"MZ" + corpus.docx()),
        ("a.docx", corpus.docx() + b"after the end"),
        ("a.pdf", corpus.pdf("a") + corpus.docx()),
        ("a.jpg", corpus.jpeg() + corpus.docx()),
        ("a.png", corpus.png() + corpus.docx()),
        ("a.txt", codecs.BOM_UTF16_LE + b"\x00\xd8"),
        ("a.txt", "Trường\x1b[31m".encode()),
        ("a.docx", corpus.zipped({"word/document.xml": "<a/>"})),
        ("a.png", b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", 13, b"IDAT") + bytes(17)),
        ("a.docx", corpus.zipped({"[Content_Types].xml": corpus.content_types()})),
        ("a.docx", corpus.zipped({"[Content_Types].xml": corpus.content_types(document="document.main")})),
    ],
)
def test_wrong_extensions_and_polyglots_are_refused(outcome, name, data):
    assert outcome(data, name) == "file-type-mismatch"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.docx", corpus.docx()),
        ("a.xlsx", corpus.xlsx([["Hoà", 9.5]])),
        ("a.pdf", corpus.pdf("x" * 1500)),
        ("a.png", corpus.png()),
        ("a.jpg", corpus.jpeg()),
    ],
)
def test_truncated_files_are_refused_wherever_they_end(outcome, name, data):
    ends = [*range(40, len(data) - 8, max(1, len(data) // 60)), len(data) - 8]
    assert {outcome(data[:end], name) for end in ends} == {"file-truncated"}


def test_a_picture_cut_short_within_its_head_is_refused_wherever_it_ends(outcome):
    head = corpus.png()[:40]
    assert {outcome(head[:end], "a.png") for end in range(8, 40)} == {"file-truncated"}


def test_a_jpeg_with_fill_bytes_is_accepted_and_with_junk_between_segments_refused(outcome):
    sound = corpus.jpeg()
    at = sound.index(b"\xff\xc0")
    assert outcome(sound[:at] + b"\xff\xff" + sound[at:], "a.jpg") == "Ảnh JPEG"
    assert outcome(sound[:at] + b"junk" + sound[at:], "a.jpg") == "file-truncated"
    assert outcome(sound[: at + 6], "a.jpg") == "file-truncated"


def test_a_local_header_of_another_name_is_refused(outcome):
    data = corpus.docx().replace(b"word/document.xml", b"word/Document.xml", 1)
    assert outcome(data, "a.docx") == "file-truncated"


def test_stored_members_and_data_after_a_packed_end_are_measured(outcome):
    assert outcome(corpus.docx_padded(b""), "a.docx") == "Word"
    assert outcome(corpus.docx_padded(b"padding"), "a.docx") == "file-truncated"


def test_a_changed_byte_in_a_member_is_found(outcome):
    data = bytearray(corpus.docx(corpus.paragraph("Báo cáo " * 50)))
    data[data.index(b"word/document.xml") + 60] ^= 0xFF
    assert outcome(bytes(data), "a.docx") == "file-truncated"


def test_files_with_a_password_are_refused(outcome):
    assert outcome(corpus.encrypted_docx(), "a.docx") == "file-encrypted"
    assert outcome(corpus.encrypted_pdf("Noi dung"), "a.pdf") == "file-encrypted"
    data = bytearray(corpus.docx())
    data[data.rindex(b"[Content_Types].xml") - 38] |= 1
    assert outcome(bytes(data), "a.docx") == "file-encrypted"


@pytest.mark.parametrize(
    "data",
    [
        corpus.docx_with_macros(),
        corpus.docx(**{"word/vbaProject.bin": corpus.OLE_MAGIC}),
        corpus.docx(**{"xl/macrosheets/sheet1.xml": "<a/>"}),
    ],
)
def test_macros_are_refused_under_an_innocent_name(outcome, data):
    assert outcome(data, "a.docx") == "file-macros"


def test_the_bomb_of_82_megabytes_is_refused(outcome):
    bomb = corpus.docx_bomb()
    assert 200_000 < len(bomb) < 400_000
    assert outcome(bomb, "a.docx") == "file-bomb"


def test_bombs_stop_at_each_limit(outcome):
    sound = corpus.docx(**{"word/a.xml": BIG_XML})
    assert outcome(sound, "a.docx") == "Word"
    assert outcome(sound, "a.docx", expanded=200_000) == "file-bomb"
    assert outcome(sound, "a.docx", ratio=10, ratio_from=100_000) == "file-bomb"
    assert outcome(sound, "a.docx", ratio=10, ratio_from=1_000_000) == "Word"
    assert outcome(sound, "a.docx", entries=2) == "file-bomb"
    assert outcome(sound, "a.docx", entries=3) == "Word"
    assert outcome(sound, "a.docx", directory=50) == "file-bomb"


def test_sizes_that_a_file_claims_are_not_believed(outcome):
    assert outcome(corpus.docx_lying_about_size(), "a.docx") == "file-bomb"


def test_members_that_share_their_bytes_are_refused(outcome):
    """The better zip bomb: a hundred entries, one body."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in corpus.docx_members().items():
            archive.writestr(name, data)
        archive.writestr("word/a.xml", BIG_XML)
        first = archive.filelist[-1]
        for number in range(100):
            again = zipfile.ZipInfo(f"word/{number}.xml")
            again.header_offset, again.CRC = first.header_offset, first.CRC
            again.compress_size, again.file_size = first.compress_size, first.file_size
            archive.filelist.append(again)
    assert outcome(buffer.getvalue(), "a.docx") == "file-bomb"


def test_a_long_list_of_content_types_is_refused(outcome):
    members = corpus.docx_members()
    members["[Content_Types].xml"] = str(members["[Content_Types].xml"]).replace(
        "<Default", " " * 2_000_000 + "<Default"
    )
    assert outcome(corpus.zipped(members), "a.docx") == "file-bomb"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_document_types_are_refused_in_every_encoding(outcome, encoding):
    assert outcome(corpus.docx_with_dtd(encoding), "a.docx") == "file-nested khai báo DTD trong XML"


def test_a_document_type_cannot_hide_behind_a_long_opening(outcome):
    hidden = f"<!--{'x' * 100_000}--><!DOCTYPE d><d/>"
    assert outcome(corpus.docx(**{"word/a.xml": hidden}), "a.docx") == "file-nested phần mở đầu XML quá dài"


@pytest.mark.parametrize("xml", ["not xml", "<?xml version='1.0' encoding='no-such'?><a/>", "\x00<a/>"])
def test_broken_xml_is_refused(outcome, xml):
    assert outcome(corpus.docx(**{"word/a.xml": xml}), "a.docx") == "file-truncated"


@pytest.mark.parametrize(
    ("member", "data"),
    [
        ("word/a.zip", b""),
        ("word/media/image1.png", corpus.zipped({"a": "x"})),
        ("word/a.bin", b"MZ\x90\x00"),
        ("word/a.bin", b"\x7fELF"),
        ("word/a.exe", b"x"),
        ("word/embeddings/Sheet1.xlsx", b"Rar!\x1a"),
        ("word/embeddings/a.docx", corpus.docx(**{"word/embeddings/b.xlsx": corpus.xlsx([[1]])})),
        ("word/embeddings/o.bin", corpus.OLE_MAGIC + "Ole10Native".encode("utf-16-le") + b"virus.EXE\x00"),
    ],
)
def test_nested_archives_and_programs_are_refused(outcome, member, data):
    assert outcome(corpus.docx(**{member: data}), "a.docx") == "file-nested tệp nén hoặc chương trình"


def test_an_embedded_workbook_is_checked_like_a_file(outcome):
    def embedding(inside: bytes) -> bytes:
        return corpus.docx(**{"word/embeddings/b.docx": inside})

    assert outcome(embedding(corpus.docx_with_macros()), "a.docx") == "file-macros"
    assert outcome(embedding(corpus.docx(**{"word/a.xml": BIG_XML})), "a.docx", expanded=250_000) == "file-bomb"
    assert outcome(embedding(corpus.docx()), "a.docx", embedded=100) == "file-bomb"


@pytest.mark.parametrize(
    "member", ["../evil.xml", "/etc/evil.xml", "word/../../evil.xml", "C:evil.xml", "word\\evil.xml"]
)
def test_members_with_paths_that_leave_are_refused(outcome, member):
    assert outcome(corpus.docx(**{member: "<a/>"}), "a.docx") == "file-nested đường dẫn không hợp lệ"


def test_the_same_member_twice_is_refused(outcome):
    data = corpus.docx(**{"word/Document.xml": "<a/>"})
    assert outcome(data, "a.docx") == "file-nested đường dẫn không hợp lệ"


def test_links_are_refused(outcome):
    assert outcome(corpus.docx_with_symlink(), "a.docx") == "file-nested liên kết hoặc tệp đặc biệt"


def test_other_compressions_are_refused(outcome):
    buffer = io.BytesIO(corpus.docx())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("word/a.xml", "<a/>", zipfile.ZIP_BZIP2)
    assert outcome(buffer.getvalue(), "a.docx") == "file-type-mismatch"


def test_a_second_directory_for_huge_files_is_refused(outcome):
    data = corpus.docx()
    end = data.rindex(b"PK\x05\x06")
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, 0, 1)
    assert outcome(data[:end] + locator + data[end:], "a.docx") == "file-type-mismatch"


def test_images_too_large_for_a_browser_are_refused(outcome):
    assert outcome(corpus.png(60_000, 60_000), "a.png") == "file-bomb"
    assert outcome(corpus.jpeg(60_000, 60_000), "a.jpg") == "file-bomb"


def test_only_pdf_and_images_are_shown_in_the_page():
    assert [ending for ending, kind in KINDS.items() if safe_inline(kind)] == [".pdf", ".jpg", ".jpeg", ".png"]


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["a.docx", "a.xlsx", "a.pdf", "a.png", "a.jpg"]),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_damaged_files_are_accepted_or_refused_in_words(tmp_path_factory, name, changes):
    sound = {
        "a.docx": corpus.docx(),
        "a.xlsx": SHEET,
        "a.pdf": corpus.pdf("a"),
        "a.png": corpus.png(),
        "a.jpg": corpus.jpeg(),
    }
    data = bytearray(sound[name])
    for at, value in changes:
        data[at % len(data)] = value
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(data)
    try:
        label = check_upload(path, name, ALL).label
    except BadFile as refused:
        label = str(refused)
    assert label


SHEET = corpus.xlsx([["Hoà", 9.5]])
