"""Files that tell who made them, in every place where a file can."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import files_corpus as corpus

BODY = "Noi dung bai viet"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"


def docx(who: str) -> bytes:
    """Properties, tracked change, comment, people, custom parts, settings, names of pictures, rsids, template."""
    office = "application/vnd.openxmlformats-officedocument"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    picture = (
        f'<w:p><w:r><w:drawing><wp:inline xmlns:wp="{DRAWING}">'
        f'<wp:docPr id="7" name="{who}.jpg" descr="C:\\Users\\{who}\\anh.jpg" title="{who}"/>'
        "</wp:inline></w:drawing></w:r></w:p>"
    )
    body = (
        f'<w:p w:rsidR="{who}" w:rsidRPr="00AA"><w:r><w:t>{BODY}</w:t></w:r>'
        f'<w:ins w:id="1" w:author="{who}" w:date="2026-03-01T08:00:00Z"><w:r><w:t> them</w:t></w:r></w:ins></w:p>'
        f'<w:p><w:hyperlink xmlns:r="{rel}" r:id="rId3"><w:r><w:t>Lien he</w:t></w:r></w:hyperlink></w:p>{picture}'
    )
    comment = f'<w:comment w:id="0" w:author="{who}" w:initials="{who}">{corpus.paragraph("Gop y")}</w:comment>'
    settings = (
        f'<w:rsids><w:rsid w:val="{who}"/></w:rsids><w:attachedTemplate xmlns:r="{rel}" r:id="rId1"/>'
        f'<w:docVars><w:docVar w:name="a" w:val="{who}"/></w:docVars>'
    )
    types = corpus.content_types(
        document="document.main", comments="comments", settings="settings", people="people"
    ).replace(
        "</Types>",
        '<Default Extension="jpg" ContentType="image/jpeg"/>'
        f'<Override PartName="/docProps/core.xml" ContentType="{CORE_TYPE}"/>'
        f'<Override PartName="/docProps/custom.xml" ContentType="{office}.custom-properties+xml"/></Types>',
    )
    return corpus.zipped(
        {
            "[Content_Types].xml": types,
            "_rels/.rels": relations(
                ("rId1", f"{rel}/officeDocument", "word/document.xml"),
                (
                    "rId2",
                    "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
                    "docProps/core.xml",
                ),
                (
                    "rId4",
                    "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail",
                    "docProps/thumbnail.jpeg",
                ),
            ),
            "word/document.xml": corpus.part("document", f"<w:body>{body}</w:body>").replace(
                "<w:document", f"<!-- {who} --><w:document", 1
            ),
            "word/_rels/document.xml.rels": relations(
                ("rId1", f"{rel}/comments", "comments.xml"),
                ("rId2", f"{rel}/settings", "settings.xml"),
                ("rId3", f"{rel}/hyperlink", f"mailto:{who}@truong.edu.vn"),
                ("rId5", "http://schemas.microsoft.com/office/2011/relationships/people", "people.xml"),
                ("rId6", f"{rel}/customXml", "../customXml/item1.xml"),
            ),
            "word/comments.xml": corpus.part("comments", comment),
            "word/settings.xml": corpus.part("settings", settings),
            "word/_rels/settings.xml.rels": relations(
                ("rId1", f"{rel}/attachedTemplate", f"file:///C:/Users/{who}/mau.dotx")
            ),
            "word/people.xml": f'{corpus.HEAD}<p:people xmlns:p="urn:p"><p:person p:author="{who}"/></p:people>',
            "word/media/image1.jpg": jpeg(who),
            "customXml/item1.xml": f"{corpus.HEAD}<a>{who}</a>",
            "docProps/core.xml": f'{corpus.HEAD}<cp:coreProperties xmlns:cp="{CORE}" xmlns:dc="urn:dc">'
            f"<dc:creator>{who}</dc:creator><cp:lastModifiedBy>{who}</cp:lastModifiedBy></cp:coreProperties>",
            "docProps/app.xml": f'{corpus.HEAD}<Properties xmlns="urn:p"><Company>{who}</Company></Properties>',
            "docProps/custom.xml": f"{corpus.HEAD}<Properties>{who}</Properties>",
            "docProps/thumbnail.jpeg": jpeg(who),
        }
    )


def relations(*listed: tuple[str, str, str]) -> str:
    """A part of relations: id, kind, target; a target with a colon stands outside."""
    outside = ' TargetMode="External"'
    rows = "".join(
        f'<Relationship Id="{key}" Type="{kind}" Target="{target}"{outside if ":" in target else ""}/>'
        for key, kind, target in listed
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'{corpus.HEAD}<Relationships xmlns="{space}">{rows}</Relationships>'


def xlsx(who: str) -> bytes:
    """Properties, an author of a comment who stands in its text too, a printer, the path of the file."""
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"author": who, "company": who, "manager": who, "comments": who})
        book.set_custom_property("Truong", who)
        page = book.add_worksheet("Bang")
        page.write(0, 0, BODY)
        page.write_comment(0, 0, f"{who}: xem lai", {"author": who})
        page.insert_image(2, 2, f"{who}.png", {"image_data": io.BytesIO(png(who)), "description": who})
    return buffer.getvalue()


def pdf(who: str) -> bytes:
    """Properties, XMP of the file and of a picture, a comment with its author, an attached file, private data."""
    name = who.encode()
    xmp = b"<x:xmpmeta><dc:creator>" + name + b"</dc:creator></x:xmpmeta>"
    picture = jpeg(who)
    stream = b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%s\nendstream"
    text = b"BT /F1 12 Tf 50 700 Td (%s) Tj ET q 100 0 0 100 50 500 cm /Im1 Do Q" % BODY.encode()
    return corpus.pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R /Metadata 6 0 R /Names << /EmbeddedFiles << /Names [(%s) 10 0 R] >> >> >>"
            % name,
            b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Annots [7 0 R 11 0 R 12 0 R] "
            b"/PieceInfo << /Word << /Private (%s) >> >> "
            b"/Resources << /Font << /F1 3 0 R >> /XObject << /Im1 8 0 R >> >> >>" % name,
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
            stream % (len(xmp), xmp),
            b"<< /Type /Annot /Subtype /Text /Rect [10 10 20 20] /Contents (Gop y) /T (%s) /NM (%s) >>" % (name, name),
            b"<< /Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8 "
            b"/Metadata 6 0 R /Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream" % (len(picture), picture),
            b"<< /Author (%s) /Creator (%s) /Title (%s) >>" % (name, name, name),
            b"<< /Type /Filespec /F (%s.txt) >>" % name,
            b"<< /Type /Annot /Subtype /Link /Rect [1 1 2 2] /A << /S /URI /URI (mailto:%s@truong.vn) >> >>" % name,
            b"<< /Type /Annot /Subtype /Link /Rect [3 3 4 4] /A << /S /URI /URI (https://vidu.vn/bai) >> >>",
        ],
        b"/Info 9 0 R",
    )


def exif(who: str, turned: int) -> bytes:
    """EXIF of a phone: the way up, and the artist."""
    artist = who.encode() + b"\0"
    head = struct.pack("<2sHIH", b"II", 42, 8, 2)
    entries = struct.pack("<HHIHH", 0x0112, 3, 1, turned, 0) + struct.pack("<HHII", 0x013B, 2, len(artist), 38)
    return b"Exif\0\0" + head + entries + bytes(4) + artist


def jpeg(who: str, turned: int = 6) -> bytes:
    """EXIF, XMP, IPTC, a comment, and a second picture behind the end."""
    plain = corpus.jpeg(comment=who.encode())
    extra = [
        (0xE1, exif(who, turned)),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + who.encode()),
        (0xED, b"Photoshop 3.0\x008BIM" + who.encode()),
        (0xE2, b"ICC_PROFILE\0" + who.encode()),
    ]
    segments = b"".join(struct.pack(">BBH", 0xFF, kind, len(data) + 2) + data for kind, data in extra)
    return plain[:2] + segments + plain[2:] + who.encode()


def png(who: str) -> bytes:
    """Text of every kind, EXIF, a profile, and something behind the end."""
    plain = corpus.png()

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    name = who.encode()
    extra = chunk(b"tEXt", b"Author\0" + name) + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + name)
    extra += chunk(b"eXIf", exif(who, 3)[6:]) + chunk(b"prVt", name)
    return plain[:33] + extra + plain[33:] + name


def docx_of_other_programs(who: str) -> bytes:
    """Properties under another name, an editor's permission, paths in field codes and drawings, what was deleted."""
    metadata = "http://schemas.openxmlformats.org/package/2006/relationships/metadata"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    deleted = f'<w:del w:id="9" w:author="{who}"><w:r><w:delText>{who}</w:delText></w:r></w:del>'
    moved = f'<w:moveFrom w:id="8" w:author="{who}"><w:r><w:t>{who}</w:t></w:r></w:moveFrom>'
    gone = f'<w:tr><w:trPr><w:del w:id="7" w:author="{who}"/></w:trPr><w:tc>{corpus.paragraph(who)}</w:tc></w:tr>'
    code = f'<w:r><w:instrText>INCLUDEPICTURE "C:\\Users\\{who}\\a.png" \\d</w:instrText></w:r>'
    mail = (
        f'<w:fldSimple w:instr=" HYPERLINK &quot;mailto:{who}@truong.vn&quot; "><w:r><w:t>thu</w:t></w:r></w:fldSimple>'
    )
    drawing = f'<w:r><w:pict><v:shape alt="{who}"><v:imagedata title="{who}.jpg"/></v:shape></w:pict></w:r>'
    body = (
        f'<w:p><w:permStart w:id="1" w:ed="{who}"/><w:r><w:t>{BODY}</w:t></w:r><w:permEnd w:id="1"/>'
        f"{deleted}{moved}{code}{mail}{drawing}</w:p><w:tbl>{gone}<w:tr><w:tc>{corpus.paragraph('O')}</w:tc></w:tr></w:tbl>"
    )
    types = corpus.content_types(document="document.main").replace(
        "</Types>",
        f'<Default Extension="psmdcp" ContentType="{CORE_TYPE}"/>'
        '<Override PartName="/tinh.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/>'
        "</Types>",
    )
    return corpus.zipped(
        {
            "[Content_Types].xml": types,
            "_rels/.rels": relations(
                ("rId1", f"{office}/officeDocument", "word/document.xml"),
                ("rId2", f"{metadata}/core-properties", "/package/services/metadata/core-properties/1.psmdcp"),
                ("rId3", f"{metadata}/thumbnail", "nho.jpeg"),
                ("rId4", f"{office}/custom-properties", "rieng.xml"),
            ),
            "word/document.xml": corpus.part("document", f"<w:body>{body}</w:body>"),
            "package/services/metadata/core-properties/1.psmdcp": f"{corpus.HEAD}<core>{who}</core>",
            "tinh.xml": f"{corpus.HEAD}<Properties><Company>{who}</Company></Properties>",
            "rieng.xml": f"{corpus.HEAD}<Properties>{who}</Properties>",
            "nho.jpeg": jpeg(who),
        }
    )


def xlsx_shared(who: str) -> bytes:
    """A shared workbook: personal views, who refreshed a pivot table, who made a scenario, where it was published."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = (
        f'<worksheet xmlns="{main}"><sheetData/><protectedRanges><protectedRange securityDescriptor="{who}"/>'
        f'</protectedRanges><scenarios><scenario name="A" user="{who}" comment="Created by {who}"/></scenarios>'
        f'<webPublishItems><webPublishItem destinationFile="C:\\Users\\{who}\\a.htm"/></webPublishItems></worksheet>'
    )
    with zipfile.ZipFile(io.BytesIO(corpus.xlsx([[BODY]]))) as archive:
        members: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    book = archive_text(members["xl/workbook.xml"])
    views = f'<customWorkbookViews><customWorkbookView name="{who} - Personal View"/></customWorkbookViews></workbook>'
    return corpus.zipped(
        members
        | {
            "xl/workbook.xml": book.replace("</workbook>", views),
            "xl/worksheets/sheet9.xml": sheet,
            "xl/pivotCache/pivotCacheDefinition1.xml": f'<pivotCacheDefinition xmlns="{main}" refreshedBy="{who}"/>',
        }
    )


def archive_text(data: str | bytes) -> str:
    """A part of a package as text."""
    return data if isinstance(data, str) else data.decode()


def pdf_signed(who: str) -> bytes:
    """A digital signature, the maker of a layer, a link that goes on to a file, a picture packed twice."""
    name, picture = who.encode(), zlib.compress(jpeg(who))
    text = b"BT /F1 12 Tf 50 700 Td (%s) Tj ET /OC /L1 BDC EMC" % BODY.encode()
    return corpus.pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /SigFlags 3 /Fields [7 0 R] >> >>",
            b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Annots [7 0 R 11 0 R] "
            b"/Resources << /Font << /F1 3 0 R >> /XObject << /Im1 8 0 R /Fm1 9 0 R >> "
            b"/Properties << /L1 10 0 R >> >> >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
            b"<< /Type /Sig /Filter /Adobe.PPKLite /Name (%s) /Reason (%s) /Contents <%s> /ByteRange [0 1 2 3] >>"
            % (name, name, name.hex().encode()),
            b"<< /Type /Annot /Subtype /Widget /FT /Sig /Rect [10 10 90 40] /V 6 0 R /AP << /N 9 0 R >> >>",
            b"<< /Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8 "
            b"/Filter [/FlateDecode 12 0 R] /Length %d >>\nstream\n%s\nendstream" % (len(picture), picture),
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /OPI << /2.0 << /F (%s.tif) >> >> /Length 1 >>\n"
            b"stream\nq\nendstream" % name,
            b"<< /Type /OCG /Name (%s) /Usage << /CreatorInfo << /Creator (%s) /Subtype /Artwork >> >> >>"
            % (name, name),
            b"<< /Type /Annot /Subtype /Link /Rect [3 3 4 4] /PA << /S /URI /URI (file:%s) >> /A << /S /URI "
            b"/URI (https://vidu.vn/bai) /Next << /S /Launch /F (%s.exe) >> >> >>" % (name, name),
            b"/DCTDecode",
        ]
    )


def docx_linked(who: str) -> bytes:
    """Codes of fields in pieces and without quotation marks, pictures kept elsewhere, charts of a file, tables and
    drawings with descriptions, paths in settings, entries with backslashes, a part that only its program knows."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    codes = [f'HYPERLINK "mailto:{who}', '@truong.vn" \\o "x"'], [f"INCLUDETEXT C:\\\\Users\\\\{who}\\\\a.docx"]
    codes += [f"HYPERLINK mailto:{who}@truong.vn"], [f"HYPERLINK “file:///C:/{who}”"], [f"TO {who}@truong.vn \\h"]
    fields = "".join(
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        + "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        for pieces in codes
    )
    link = f'<w:hyperlink xmlns:r="{office}" r:id="rId1" w:tooltip="{who}"><w:r><w:t>bai</w:t></w:r></w:hyperlink>'
    shape = (
        f'<w:r><w:pict><v:shape title="{who}" href="file:///C:/{who}"><v:imagedata title="x"/></v:shape></w:pict></w:r>'
    )
    table = f'<w:tbl><w:tblPr><w:tblCaption w:val="{who}"/><w:tblDescription w:val="{who}"/></w:tblPr></w:tbl>'
    chart = "http://schemas.openxmlformats.org/drawingml/2006/chart"
    members = {
        "[Content_Types].xml": corpus.content_types(document="document.main"),
        "_rels/.rels": relations(("rId1", f"{office}/officeDocument", "word/document.xml")),
        "word/document.xml": corpus.part(
            "document", f"<w:body><w:p><w:r><w:t>{BODY}</w:t></w:r>{fields}{link}{shape}</w:p>{table}</w:body>"
        ),
        "word/_rels/document.xml.rels": relations(
            ("rId1", f"{office}/hyperlink", "https://vidu.vn/bai"),
            ("rId2", f"{office}/image", f"https://vidu.sharepoint.com/personal/{who}/anh.png"),
        ),
        "word/settings.xml": corpus.part("settings", f'<w:attachedSchema w:val="file:///C:/{who}.xsd"/>'),
        "word/media/hinh.svg": f'<svg xmlns="http://www.w3.org/2000/svg"><title>{who}</title><desc>{who}</desc></svg>',
        "word/charts/chart1.xml": f"<c:s xmlns:c=\"{chart}\"><c:f>'C:\\{who}\\[{who}.xlsx]Bang'!$A$1</c:f></c:s>",
        "docProps\\core.xml": f"{corpus.HEAD}<core>{who}</core>",
        "rieng/ghi.xml": f"{corpus.HEAD}<ghi>{who}</ghi>",
    }
    return corpus.zipped(members)


def xlsx_linked(who: str) -> bytes:
    """A workbook elsewhere that this one reads, and links with what they show."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(io.BytesIO(corpus.xlsx([[BODY]]))) as archive:
        members: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    links = f'<hyperlinks><hyperlink ref="A1" display="mailto:{who}@truong.vn" tooltip="{who}"/></hyperlinks>'
    members["xl/worksheets/sheet1.xml"] = archive_text(members["xl/worksheets/sheet1.xml"]).replace(
        "</worksheet>", f"{links}</worksheet>"
    )
    listed = relations(("rId1", f"{office}/externalLinkPath", f"https://d.docs.live.net/{who}/diem.xlsx"))
    return corpus.zipped(members | {"xl/externalLinks/_rels/externalLink1.xml.rels": listed})


def pdf_of_tex(who: str) -> bytes:
    """Where an included picture was, what its maker said, a page's private keys, a JPEG 2000 with boxes of words."""
    name = who.encode()
    text = b"BT /F1 12 Tf 50 700 Td (%s) Tj ET" % BODY.encode()
    box = struct.pack(">I", 8 + len(name)) + b"uuid" + name
    picture = b"\0\0\0\x0cjP  \r\n\x87\n" + box + b"\0\0\0\x0cjp2h1234" + b"\0\0\0\0jp2cxyz"
    return corpus.pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /VDAI_User (%s) "
            b"/Resources << /Font << /F1 3 0 R >> /XObject << /Im1 6 0 R /Fm1 7 0 R >> >> >>" % name,
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
            b"<< /Type /XObject /Subtype /Image /Filter /JPXDecode /Length %d >>\nstream\n%s\nendstream"
            % (len(picture), picture),
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /PTEX.FileName (./%s/hinh.pdf) /PTEX.InfoDict 8 0 R "
            b"/Length 1 >>\nstream\nq\nendstream" % name,
            b"<< /Author (%s) >>" % name,
        ]
    )


OTHERS = [(".docx", docx_of_other_programs), (".xlsx", xlsx_shared), (".pdf", pdf_signed)]
OTHERS += [(".docx", docx_linked), (".xlsx", xlsx_linked), (".pdf", pdf_of_tex)]
ALL = {".docx": docx, ".xlsx": xlsx, ".pdf": pdf, ".jpg": jpeg, ".png": png}
