"""Files made by code: sound ones of every kind, and one for each way a file can be bad."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from functools import cache
from xml.sax.saxutils import escape

import xlsxwriter
from docx import Document

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def paragraph(*runs: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:t>{escape(run)}</w:t></w:r>" for run in runs) + "</w:p>"


def table(*rows: list[str]) -> str:
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def text_box(inside: str) -> str:
    """A text box as Word writes it: the new drawing, and the same text again for old versions."""
    box = f"<w:txbxContent>{paragraph(inside)}</w:txbxContent>"
    return (
        "<w:p><w:r><w:t>Neo</w:t></w:r><w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><wps:txbx>{box}</wps:txbx></mc:Choice>'
        f"<mc:Fallback><v:textbox>{box}</v:textbox></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )


def part(kind: str, body: str) -> str:
    return f"{HEAD}<w:{kind} {NAMESPACES}>{body}</w:{kind}>"


def content_types(**overrides: str) -> str:
    """``document="document.main"`` → an Override of word/document.xml."""
    listed = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{kind if "/" in kind else f"{WORD}.{kind}+xml"}"/>'
        for name, kind in overrides.items()
    )
    return (
        f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    )


def zipped(members: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def docx_members(body: str = "") -> dict[str, str | bytes]:
    return {
        "[Content_Types].xml": content_types(document="document.main"),
        "word/document.xml": part("document", f"<w:body>{body or paragraph('Báo cáo thành tích')}</w:body>"),
    }


def docx(body: str = "", **extra: str | bytes) -> bytes:
    """A Word file; ``extra`` members by their name."""
    return zipped(docx_members(body) | extra)


def docx_everywhere() -> bytes:
    """Text in the header, table, text box, footnote and footer, each in its own part."""
    body = paragraph("Đơn ", "đề nghị") + table(["Họ tên", "Điểm"], ["Hoà", "95"]) + text_box("Trong khung")
    return zipped(
        {
            "[Content_Types].xml": content_types(
                document="document.main", header1="header", footer1="footer", footnotes="footnotes"
            ),
            "word/document.xml": part("document", f"<w:body>{body}</w:body>"),
            "word/header1.xml": part("hdr", paragraph("Đầu trang")),
            "word/footer1.xml": part("ftr", paragraph("Chân trang")),
            "word/footnotes.xml": part("footnotes", f"<w:footnote>{paragraph('Chú thích')}</w:footnote>"),
        }
    )


@cache
def docx_bomb(megabytes: int = 82) -> bytes:
    """A few hundred kilobytes that unpack to ``megabytes`` of valid XML, unlike enough to compress 300:1."""
    body = io.BytesIO()
    line = 0
    while body.tell() < megabytes * 1_000_000:
        body.write((paragraph(f"{line:x}") + paragraph("a" * 900) * 80).encode())
        line += 1
    return docx(body.getvalue().decode())


def docx_with_dtd(encoding: str = "utf-8") -> bytes:
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE d [<!ENTITY a "aaaa">]><d>&a;</d>'
    return docx(**{"word/settings.xml": text.encode(encoding)})


def docx_with_macros() -> bytes:
    """What Word saves as .docm, under the other name."""
    members = docx_members()
    members["[Content_Types].xml"] = content_types(
        document="application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    return zipped(members)


def library_docx(text: str) -> bytes:
    """As python-docx writes it, with its template's styles, thumbnail and custom XML."""
    buffer = io.BytesIO()
    document = Document()
    document.add_paragraph(text)
    document.add_picture(io.BytesIO(png()))
    document.save(buffer)
    return buffer.getvalue()


def docx_padded(padding: bytes) -> bytes:
    """A stored member, and one whose packed bytes go on for ``padding`` after the end of the packing."""
    packer = zlib.compressobj(wbits=-15)
    xml = b"<a/>"
    packed = packer.compress(xml) + packer.flush() + padding
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in docx_members().items():
            archive.writestr(name, data)
        archive.writestr("word/a.xml", packed)
        entry = archive.filelist[-1]
        entry.compress_type, entry.file_size, entry.CRC = zipfile.ZIP_DEFLATED, len(xml), zlib.crc32(xml)
    return buffer.getvalue()


def docx_with_symlink() -> bytes:
    buffer = io.BytesIO(docx())
    with zipfile.ZipFile(buffer, "a") as archive:
        link = zipfile.ZipInfo("word/media/image1.png")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return buffer.getvalue()


def docx_lying_about_size() -> bytes:
    """A member that says it unpacks to 10 bytes and unpacks to 30 million."""
    data = bytearray(docx(**{"word/media/big.xml": b"<a>" + b" " * 30_000_000 + b"</a>"}))
    entry = data.rindex(b"word/media/big.xml") - 46
    data[entry + 24 : entry + 28] = struct.pack("<I", 10)
    return bytes(data)


def encrypted_docx() -> bytes:
    """The outside of what Word writes for a file with a password: an OLE file with this stream in it."""
    return OLE_MAGIC + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(512)


def xlsx(rows: list[list[object]], sheet: str = "Danh sách") -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "dd/mm/yyyy"}) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return buffer.getvalue()


def pdf_of(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of numbered objects; the first is the catalogue."""
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(out)


def _page_objects(contents: list[bytes]) -> list[bytes]:
    kids = b" ".join(b"%d 0 R" % (4 + 2 * n) for n in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(contents)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, content in enumerate(contents):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (5 + 2 * number)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    return objects


def _shown(text: str) -> bytes:
    return b"BT /F1 12 Tf 50 700 Td (%s) Tj ET" % text.encode("ascii")


def pdf(*pages: str) -> bytes:
    """Pages with a text layer (ASCII), one line each."""
    return pdf_of(_page_objects([_shown(page) for page in pages]))


def scanned_pdf(pages: int = 3) -> bytes:
    """Pages of nothing but a grey image, as a scanner makes them."""
    image = b"q 500 0 0 700 50 50 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q"
    return pdf_of(_page_objects([image] * pages))


def encrypted_pdf(text: str, password: bytes = b"bi mat") -> bytes:
    """Standard security handler, revision 2; with an empty password anybody can open it."""
    padding = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
    file_id, permissions = b"0123456789abcdef", -4
    owner = _rc4(hashlib.md5((b"chu so huu" + padding)[:32]).digest()[:5], (password + padding)[:32])
    material = (password + padding)[:32] + owner + struct.pack("<i", permissions) + file_id
    key = hashlib.md5(material).digest()[:5]
    user = _rc4(key, padding)
    object_key = hashlib.md5(key + b"\x05\x00\x00\x00\x00").digest()[:10]
    objects = _page_objects([_rc4(object_key, _shown(text))])
    objects.append(
        b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P %d >>"
        % (owner.hex().encode(), user.hex().encode(), permissions)
    )
    identity = file_id.hex().encode()
    return pdf_of(objects, b"/Encrypt %d 0 R /ID [<%s> <%s>]" % (len(objects), identity, identity))


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def png(width: int = 2, height: int = 2) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\x00" + b"\x80" * min(width, 9)) * min(height, 9))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int = 8, height: int = 8, comment: bytes = b"") -> bytes:
    """A grey square: every block has DC difference 0 and no AC, one bit each."""

    def segment(marker: int, data: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data

    one_code = b"\x01" + bytes(15) + b"\x00"
    return (
        b"\xff\xd8"
        + (segment(0xFE, comment) if comment else b"")
        + segment(0xDB, b"\x00" + b"\x01" * 64)
        + segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00")
        + segment(0xC4, b"\x00" + one_code)
        + segment(0xC4, b"\x10" + one_code)
        + segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")
        + b"\x3f\xff\xd9"
    )
