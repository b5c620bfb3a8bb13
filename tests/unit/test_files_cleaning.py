"""ACL-6: a cleaned copy says nothing of who made it, and everything of what was made."""

from __future__ import annotations

import io
import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree
from pypdf import PdfReader

import files_corpus as corpus
import marked_files
from crawling import contents
from thidua.files import sandbox
from thidua.files.caches import ROOM
from thidua.files.clean_office import clean_office
from thidua.files.clean_pdf import clean_pdf
from thidua.files.clean_pictures import clean_jpeg, clean_jpx, clean_metafile, clean_picture
from thidua.files.cleaning import CLEANERS, FAILED, LIMITS, RETRY, cleaned, place
from thidua.files.kinds import KINDS
from thidua.files.limits import Limits
from thidua.files.text import extract

WHO = "ZqTranVanDucZq"
SHA256 = "ab" * 32
PICTURES = (".jpg", ".png")


def clean(
    tmp_path: Path, data: bytes, extension: str, limits: Limits = LIMITS, room: int = ROOM, sha256: str = SHA256
) -> Path | None:
    original = tmp_path / "goc"
    original.write_bytes(data)
    copy = cleaned(original, sha256, extension, tmp_path / "ban-sach", limits=limits, room=room)
    assert original.read_bytes() == data
    return copy


def clean_here(tmp_path: Path, data: bytes, extension: str) -> Path | None:
    """What the cleaning process would write, without a process for each of many files."""
    original, copy = tmp_path / "goc", tmp_path / "ban-sach"
    original.write_bytes(data)
    status, cleaned = sandbox.read(CLEANERS[extension], str(original), LIMITS.characters)
    if status != "ok":
        return None
    assert isinstance(cleaned, bytes)
    copy.write_bytes(cleaned)
    return copy


def read_here(path: Path, extension: str) -> str:
    return extract(path, KINDS[extension], apart=False).text


@pytest.mark.parametrize("extension", sorted(marked_files.ALL))
def test_copy_does_not_say_who_made_it_and_its_text_stays_as_it_was(tmp_path: Path, extension: str) -> None:
    """A judge reads what was read of the original beside the copy."""
    data = marked_files.ALL[extension](WHO)
    assert WHO.encode() in contents(data)  # there is something to be taken out
    copy = clean(tmp_path, data, extension)
    assert copy is not None
    assert WHO.encode().lower() not in contents(copy.read_bytes()).lower()
    text = read_here(copy, extension)
    assert text == read_here(tmp_path / "goc", extension)
    assert (text == "") == (extension in PICTURES)


@pytest.mark.parametrize(("extension", "make"), marked_files.OTHERS)
def test_copy_does_not_say_it_in_rarer_places(tmp_path: Path, extension: str, make: Callable[[str], bytes]) -> None:
    data = make(WHO)
    assert WHO.encode() in contents(data)
    copy = clean_here(tmp_path, data, extension)
    assert copy is not None
    assert WHO.encode().lower() not in contents(copy.read_bytes()).lower()
    assert WHO.encode().hex().encode() not in copy.read_bytes().lower()
    text = read_here(copy, extension)
    assert marked_files.BODY in text
    assert text == read_here(tmp_path / "goc", extension)


def test_every_kind_of_file_that_is_taken_can_be_cleaned() -> None:
    assert set(CLEANERS) == set(KINDS)


def test_nothing_leads_to_what_was_left_out() -> None:
    with zipfile.ZipFile(io.BytesIO(clean_office(marked_files.docx(WHO)))) as archive:
        names = archive.namelist()
        assert names == [
            "[Content_Types].xml",
            "_rels/.rels",
            "word/_rels/document.xml.rels",
            "word/_rels/settings.xml.rels",
            "word/comments.xml",
            "word/document.xml",
            "word/media/image1.jpg",
            "word/settings.xml",
        ]
        listed = [one.get("PartName") for one in etree.fromstring(archive.read("[Content_Types].xml"))]
        assert [name for name in listed if name] == ["/word/document.xml", "/word/comments.xml", "/word/settings.xml"]
        targets = {
            name: [one.get("Target") for one in etree.fromstring(archive.read(name))]
            for name in names
            if name.endswith(".rels")
        }
        assert targets == {
            "_rels/.rels": ["word/document.xml"],
            "word/_rels/document.xml.rels": ["comments.xml", "settings.xml", "about:blank"],
            "word/_rels/settings.xml.rels": [],
        }
        assert b"Ng\xc6\xb0\xe1\xbb\x9di vi\xe1\xba\xbft" in archive.read("word/comments.xml")


def test_element_that_calls_a_part_left_out_goes_and_a_page_loses_its_printer() -> None:
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    sheet = (
        f'<worksheet xmlns:r="{rel}"><pageSetup orientation="portrait" r:id="rId1"/>'
        '<customProperties><customPr r:id="rId2"/></customProperties></worksheet>'
    )
    listed = marked_files.relations(
        ("rId1", f"{rel}/printerSettings", "../printerSettings/printerSettings1.bin"),
        ("rId2", f"{rel}/customProperty", "../customProperty1.bin"),
    )
    data = corpus.docx(
        **{
            "xl/worksheets/sheet1.xml": sheet,
            "xl/worksheets/_rels/sheet1.xml.rels": listed,
            "xl/printerSettings/printerSettings1.bin": WHO,
            "xl/customProperty1.bin": WHO,
        }
    )
    with zipfile.ZipFile(io.BytesIO(clean_office(data))) as archive:
        kept = archive.read("xl/worksheets/sheet1.xml").decode()
    assert 'orientation="portrait"' in kept
    assert "r:id" not in kept.replace("xmlns:r=", "")


@pytest.mark.parametrize(
    "part",
    [
        {"word/media/a.gif": b"GIF89a"},
        {"word/media/a.jpg": b"\xff\xd8broken"},
        {"word/embeddings/oleObject1.bin": "SummaryInformation".encode("utf-16-le")},
        {"word/embeddings/oleObject1.bin": corpus.OLE_MAGIC + "Ole10Native".encode("utf-16-le") + b"C:\\Users\\Hoa"},
        {"word/media/phim.mp4": b"\0\0\0\x18ftypmp42"},
        {"word/media/hinh.emf": bytes(40) + b" EMF" + bytes(60) + b"Exif\0\0"},
    ],
    ids=[
        "a kind that nobody can clean",
        "a broken picture",
        "an object with properties of its own",
        "an object with the path of its file",
        "a film",
        "a drawing around a photograph",
    ],
)
def test_file_with_a_part_that_cannot_be_cleaned_has_no_copy(tmp_path: Path, part: dict[str, bytes]) -> None:
    assert clean_here(tmp_path, corpus.docx(**part), ".docx") is None


def test_embedded_files_are_cleaned_too() -> None:
    slides = {"docProps/core.xml": f"<a>{WHO}</a>", "ppt/commentAuthors.xml": f'<cmAuthor name="{WHO}"/>'}
    data = corpus.docx(
        **{
            "word/embeddings/bang.xlsx": marked_files.xlsx(WHO),
            "word/embeddings/trang.pptx": corpus.docx(**slides, **{"ppt/authors.xml": f'<author name="{WHO}"/>'}),
        }
    )
    assert WHO.encode() not in contents(clean_office(data))


def test_equations_and_fonts_stay() -> None:
    equation = corpus.OLE_MAGIC + "Equation Native".encode("utf-16-le")
    data = corpus.docx(**{"word/embeddings/oleObject1.bin": equation, "word/fonts/font1.odttf": b"\x01\x02"})
    with zipfile.ZipFile(io.BytesIO(clean_office(data))) as archive:
        kept = [archive.read(name) for name in ("word/embeddings/oleObject1.bin", "word/fonts/font1.odttf")]
    assert kept == [equation, b"\x01\x02"]


def test_comment_of_a_spreadsheet_forgets_the_name_it_begins_with() -> None:
    with zipfile.ZipFile(io.BytesIO(clean_office(marked_files.xlsx(WHO)))) as archive:
        said = "".join(etree.fromstring(archive.read("xl/comments1.xml")).itertext())
    assert said == "Người viếtNgười viết: xem lai"


def test_pdf_keeps_what_is_on_its_pages() -> None:
    copy = clean_pdf(marked_files.pdf(WHO))
    assert copy.count(b"/Type /Annot") == 3
    assert (b"(Gop y)" in copy, b"vidu\\056vn" in copy, b"mailto" in copy) == (True, True, False)
    reader = PdfReader(io.BytesIO(copy))
    objects = [str(reader.get_object(n)) for n in range(2, 15) if n in reader.xref[0]]
    assert len(objects) == 9
    assert WHO not in " ".join(objects)  # escaped or not, no string says it
    for key in (b"/Info", b"/Metadata", b"/PieceInfo", b"/EmbeddedFiles", b"/Author"):
        assert key not in copy


def test_picture_keeps_its_way_up_and_its_pixels() -> None:
    plain = corpus.jpeg()
    turned = clean_jpeg(marked_files.jpeg(WHO, turned=6))
    head = b"\xff\xd8\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    assert turned == head + plain[2:]
    assert clean_jpeg(marked_files.jpeg(WHO, turned=1)) == plain
    png = clean_picture(marked_files.png(WHO))
    assert (b"eXIf" in png, png.endswith(corpus.png()[33:])) == (True, True)


def test_links_to_pages_of_the_web_and_codes_that_name_nobody_stay() -> None:
    codes = ['DATE \\@ "dd/MM/yyyy"', " \\* MERGEFORMAT"]
    body = "".join(f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in codes)
    with zipfile.ZipFile(io.BytesIO(clean_office(corpus.docx(f"<w:p>{body}</w:p>")))) as archive:
        kept = [one.text for one in etree.fromstring(archive.read("word/document.xml")).iter("{*}instrText")]
    assert kept == codes
    with zipfile.ZipFile(io.BytesIO(clean_office(marked_files.docx_linked(WHO)))) as archive:
        leads = [one.get("Target") for one in etree.fromstring(archive.read("word/_rels/document.xml.rels"))]
        formula = "".join(etree.fromstring(archive.read("word/charts/chart1.xml")).itertext())
        assert [name for name in archive.namelist() if not name.startswith(("word/", "_rels/", "["))] == []
    assert (leads, formula) == (["https://vidu.vn/bai", "about:blank"], "'Bang'!$A$1")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("../word/media/a.png", corpus.png()),
        (
            "word/media/a.svg",
            b'<svg xmlns="http://www.w3.org/2000/svg"><image href="data:image/jpeg,A"/></svg>',
        ),
    ],
    ids=["a name that leads out of the file", "a drawing around a photograph"],
)
def test_part_that_may_tell_anything_leaves_no_copy(tmp_path: Path, name: str, data: bytes) -> None:
    assert clean_here(tmp_path, corpus.docx(**{name: data}), ".docx") is None


def test_jpeg_2000_keeps_what_the_picture_needs() -> None:
    head, words, code = b"\0\0\0\x0cjP  \r\n\x87\n", b"\0\0\0\x0cxml abcd", b"\0\0\0\x01jp2c" + b"\0\0\0\0\0\0\0\x13xyz"
    assert clean_jpx(head + words + code + words) == head + code
    assert clean_jpx(head + words + b"\0\0\0\0jp2cxyz") == head + b"\0\0\0\0jp2cxyz"
    assert clean_jpx(b"\xff\x4f\xff\x51code") == b"\xff\x4f\xff\x51code"
    with pytest.raises(ValueError, match="2000"):
        clean_jpx(head + b"\0\0\0\x03xml abcd")


def test_metafile_loses_its_title() -> None:
    title = WHO.encode("utf-16-le")
    head = bytearray(88)
    head[40:44] = b" EMF"
    head[60:68] = len(WHO).to_bytes(4, "little") + (88).to_bytes(4, "little")
    assert clean_metafile(bytes(head) + title + b"rest") == bytes(head) + bytes(len(title)) + b"rest"
    assert clean_metafile(b"short") == b"short"


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"\xff\xd8", b"\xff\xd8\xff\xda", b"\xff\xd8ab", b"\x89PNG\r\n\x1a\n"]
)
def test_what_is_no_picture_is_no_picture(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"JPEG|PNG"):
        clean_picture(data)


def asked_for(tmp_path: Path, *names: str, room: int = ROOM) -> list[str]:
    """Have somebody ask for these copies, each of 100 bytes, a day after the one before; what is kept then, of all."""
    folder = tmp_path / "ban-sach"
    for name in names:
        for copy in folder.iterdir() if folder.exists() else ():
            os.utime(copy, (copy.stat().st_mtime - 86_400,) * 2)
        assert clean(tmp_path, b"x" * 100, ".txt", room=room, sha256=name) == place(name, ".txt", folder)
    return sorted(path.name.partition("-")[0] for path in folder.iterdir())


def test_what_was_asked_for_longest_ago_makes_room(tmp_path: Path) -> None:
    assert asked_for(tmp_path, "a", "b", "c") == ["a", "b", "c"]
    assert asked_for(tmp_path, "a", "d", room=300) == ["a", "c", "d"]  # to ask again counts
    assert asked_for(tmp_path, "e", room=299) == ["d", "e"]
    assert asked_for(tmp_path, "f", room=1) == ["f"]  # what is being asked for stays


def test_copy_that_another_process_is_making_stays_and_what_a_killed_one_left_goes(tmp_path: Path) -> None:
    folder = tmp_path / "ban-sach"
    folder.mkdir()
    for name in ("moi", "cu"):
        (folder / f"{name}.pdf.0123abcd").write_bytes(b"x" * 100)
    os.utime(folder / "cu.pdf.0123abcd", (time.time() - 86_400,) * 2)
    copy = clean(tmp_path, b"x" * 100, ".txt", room=100)
    assert {path.name for path in folder.iterdir()} == {copy.name, "moi.pdf.0123abcd"}


def test_copy_is_made_once_and_a_failure_is_remembered_for_a_day(tmp_path: Path) -> None:
    copy = clean(tmp_path, marked_files.docx(WHO), ".docx")
    assert copy == place(SHA256, ".docx", tmp_path / "ban-sach")
    copy.write_bytes(b"kept")
    assert clean(tmp_path, marked_files.docx(WHO), ".docx").read_bytes() == b"kept"
    copy.unlink()
    assert clean(tmp_path, corpus.docx(**{"word/a.gif": b"GIF"}), ".docx") is None
    assert clean(tmp_path, marked_files.docx(WHO), ".docx") is None
    failed = copy.with_name(copy.name + FAILED)
    os.utime(failed, (time.time() - RETRY - 1,) * 2)
    assert clean(tmp_path, marked_files.docx(WHO), ".docx") == copy
    assert sorted(path.name for path in copy.parent.iterdir()) == [copy.name, failed.name]
    assert clean(tmp_path, b"abc", ".exe") is None
