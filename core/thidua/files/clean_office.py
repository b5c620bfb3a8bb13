"""Word and Excel files without properties, authors of changes and comments, and traces of the machine.

The package is written anew, part by part: some parts are left out with everything that points at them, XML parts are
gone through, pictures and embedded files are cleaned as files of their own; of other parts only the kinds that are
known to say nothing come along. The text stays as it is; what was deleted from it is none.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping

from lxml import etree  # type: ignore[import-untyped]

from thidua.files.clean_pictures import clean_metafile, clean_picture

SOMEBODY = "Người viết"
_LEFT_OUT = re.compile(
    r"docProps/|customXml/|docMetadata/|word/people\.xml|word/comments(Ids|Extensible|Extended)\.xml|word/glossary/"
    r"|xl/persons/|xl/threadedComments/|xl/revisions/|xl/connections\.xml|xl/queryTables/|xl/customProperty"
    r"|.*printerSettings|_xmlsignatures/|.*/activeX/|ppt/(commentAuthors\.xml|authors\.xml|comments/)"
    r"|\[trash\]/|__MACOSX/|.*\.DS_Store"
    r"|(?!word/|xl/|ppt/|_rels/|\[Content_Types\]\.xml).*\.(xml|rels|vml)\Z",  # a program's own, beside the document
    re.IGNORECASE,
)
# The same by what a part is and by what leads to it: names of parts are free, and programs choose their own.
_KINDS_LEFT_OUT = re.compile(r"(core|extended|custom)-?properties|digital-signature|customXml", re.IGNORECASE)
_LED_LEFT_OUT = re.compile(
    r"/(((core|extended|custom)-properties)|thumbnail|customXml(Props)?|origin|signature)\Z", re.IGNORECASE
)
_PICTURE = re.compile(r"\.(jpe?g|png)\Z", re.IGNORECASE)
_EMBEDDED = re.compile(r"\.(docx|xlsx|pptx)\Z", re.IGNORECASE)
_RELATIONS_PART = re.compile(r"\.rels\Z", re.IGNORECASE)
_XML = re.compile(r"\.(xml|rels|vml|svg)\Z", re.IGNORECASE)
_SAYS_NOTHING = re.compile(r"\.(emf|wmf|odttf|fntdata|ttf)\Z", re.IGNORECASE)
_PHOTOGRAPH = re.compile(rb"Exif\0\0|<x:xmpmeta")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_PROPERTIES = "SummaryInformation".encode("utf-16-le")
_OLE_PACKAGE = "Ole10Native".encode("utf-16-le")
_OLE_EQUATION = "Equation Native".encode("utf-16-le")
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PICTURE_STARTS = (b"\xff\xd8", b"\x89PNG")
_EPOCH = (1980, 1, 1, 0, 0, 0)

# By local name, in whatever namespace: attributes that say who, when, or on which machine.
_ATTRIBUTES = re.compile(
    r"rsid\w*|initials|paraId|textId|durableId|descr|alt|ed|userId|userName|providerId|refreshedBy|securityDescriptor"
    r"|docname|export-filename"
)
_AUTHORS = {"author", "lastModifiedBy"}
_DATES = {"date", "dateUtc"}
_PICTURE_NAMES = {"docPr", "cNvPr"}
_DATED = re.compile(r"ins|del|move\w+|comment|\w+Change|cell(Ins|Del|Merge)")
# Elements that go, with all that is in them.
_ELEMENTS = re.compile(
    r"rsids|docId|docVars|attachedTemplate|fileSharing|absPath|mailMerge|metadata|revisionPtr|customWorkbookViews"
    r"|customSheetViews|scenarios|webPublishItems|moveFrom|tblCaption|tblDescription|smartTagPr|customXmlPr"
    r"|attachedSchema|saveThroughXslt"
)
_SVG = "{http://www.w3.org/2000/svg}"
_NAMES_OF_DRAWINGS = {f"{_SVG}title", f"{_SVG}desc"}
_NAMED_SHAPES = {"imagedata", "shape"}
_SHOWN_OF_LINKS = {"tooltip", "display"}
# In the code of a field: a path, or an address that somebody is written to at, between quotation marks or not.
_NAMING = re.compile(
    r"[\"“”][^\"“”]*(mailto:|file:|\\|@)[^\"“”]*[\"“”]"
    r"|(?<![\w\\])(mailto:|file:|[a-z]:[\\/]|\\\\\w)[^\s\"]*|[^\s\"\\]+@[^\s\"]+",
    re.IGNORECASE,
)
_WORKBOOK_OF_A_CHART = re.compile(r"[^'!,(]*\[[^\]]*\]")


def clean_office(data: bytes, depth: int = 0) -> bytes:
    """The document alone. Raises whatever zipfile and lxml raise for a broken one; ``ValueError`` when files are
    embedded in embedded files.
    """
    if depth > 2:
        raise ValueError("embedded too deep")
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target,
    ):
        held = {_named(info.filename): info for info in source.infolist() if not info.is_dir()}
        marked = _marked(source, held)
        kept = [name for name in sorted(held, key=_order) if not _LEFT_OUT.match(name) and name not in marked]
        package = _Package(source, held, held.keys() - set(kept), depth)
        for name in kept:
            target.writestr(_entry(name), package.part(name))
    return out.getvalue()


def _named(entry: str) -> str:
    """The name of a part, however its program wrote it into the archive."""
    name = posixpath.normpath(entry.replace("\\", "/")).lstrip("/")
    if name.startswith(".."):
        raise ValueError("a part that cannot be cleaned")
    return name


def _marked(source: zipfile.ZipFile, held: Mapping[str, zipfile.ZipInfo]) -> set[str]:
    """The parts that are left out for their kind, or for the relation that leads to them."""
    found = set()
    listed = list(_parsed(source.read(held["[Content_Types].xml"])))
    named = {one.get("PartName", "").lstrip("/") for one in listed}
    for one in listed:
        if _KINDS_LEFT_OUT.search(one.get("ContentType", "")):
            ending = "." + one.get("Extension", "\0").lower()
            found |= {name for name in held.keys() - named if name.lower().endswith(ending)}
            found.add(one.get("PartName", "").lstrip("/"))
    for name in held:
        if _RELATIONS_PART.search(name):
            listed = _parsed(source.read(held[name]))
            found |= {_target(one, name) for one in listed if _LED_LEFT_OUT.search(one.get("Type", ""))}
    return found


def _target(one: etree._Element, name: str) -> str:
    """The part that a relation of the listing ``name`` leads to."""
    folder = posixpath.dirname(posixpath.dirname(name))
    return posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/")


def _order(name: str) -> tuple[bool, str]:
    """The listing of types comes first, as programs expect it."""
    return (name != "[Content_Types].xml", name)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


class _Package:
    """One file: its parts, those that are left out, and the relations that led to them."""

    def __init__(
        self, source: zipfile.ZipFile, held: Mapping[str, zipfile.ZipInfo], gone: set[str], depth: int
    ) -> None:
        self.source, self.held, self.gone, self.depth = source, held, gone, depth

    def part(self, name: str) -> bytes:
        data = self.source.read(self.held[name])
        if _PICTURE.search(name) or data.startswith(_PICTURE_STARTS):
            return clean_picture(data)
        if _EMBEDDED.search(name):
            return clean_office(data, self.depth + 1)
        if not _XML.search(name):
            return _plain(name, data)
        root = _parsed(data)
        if name == "[Content_Types].xml":
            _drop(one for one in root if one.get("PartName", "").lstrip("/") in self.gone)
        elif _RELATIONS_PART.search(name):
            self._clean_relations(root, name)
        else:
            _clean_content(root, self._cut_off(name))
        return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))

    def _cut_off(self, name: str) -> set[str]:
        """The ids by which the part ``name`` calls what is left out."""
        folder, _, last = name.rpartition("/")
        relations = f"{folder}/_rels/{last}.rels".lstrip("/")
        if relations not in self.held:
            return set()
        root = _parsed(self.source.read(self.held[relations]))
        return {one.get("Id", "") for one in root if self._leads_nowhere(one, relations)}

    def _leads_nowhere(self, one: etree._Element, name: str) -> bool:
        if one.get("TargetMode") == "External":
            return bool(one.get("Type", "").endswith("/attachedTemplate"))
        return _target(one, name) in self.gone

    def _clean_relations(self, root: etree._Element, name: str) -> None:
        """What leads to a part that is left out goes; outside, links to pages of the web alone lead anywhere."""
        _drop(one for one in list(root) if self._leads_nowhere(one, name))
        for one in root:
            outside = one.get("TargetMode") == "External"
            page = one.get("Target", "").lower().startswith(("http://", "https://"))
            if outside and not (page and one.get("Type", "").endswith("/hyperlink")):
                one.set("Target", "about:blank")


def _plain(name: str, data: bytes) -> bytes:
    """A part that is neither XML nor a picture: an equation, a drawing, a font. ``ValueError`` for every other."""
    telling = _OLE_PROPERTIES in data or _OLE_PACKAGE in data
    equation = data.startswith(_OLE) and _OLE_EQUATION in data and not telling
    if not equation and (not _SAYS_NOTHING.search(name) or _PHOTOGRAPH.search(data)):
        raise ValueError("a part that cannot be cleaned")
    return clean_metafile(data)


def _parsed(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    return etree.fromstring(data, parser)


def _drop(elements: Iterator[etree._Element]) -> None:
    for element in list(elements):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)


def _clean_content(root: etree._Element, cut_off: set[str]) -> None:
    _clean_codes(root)
    authors: set[str] = set()
    for element in list(root.iter(etree.Element)):
        local = etree.QName(element).localname
        called = [key for key in element.attrib if str(key).startswith(_RELATIONS) and element.attrib[key] in cut_off]
        if local == "del":
            _forget_deleted(element)
            continue
        if _ELEMENTS.fullmatch(local) or element.tag in _NAMES_OF_DRAWINGS or (called and local != "pageSetup"):
            _drop(iter([element]))
            continue
        if local == "f" and str(etree.QName(element).namespace).endswith("/chart"):
            element.text = _WORKBOOK_OF_A_CHART.sub("", element.text or "")
        for key in called:
            del element.attrib[key]
        if local == "author" and element.text:  # of comments in Excel
            authors.add(element.text)
            element.text = SOMEBODY
        _clean_attributes(element, local, authors)
    names = sorted((name for name in authors if len(name) > 1), key=len, reverse=True)
    if names and etree.QName(root).localname == "comments":
        _forget(root, names)


def _clean_codes(root: etree._Element) -> None:
    """Word breaks the code of a field into pieces wherever it likes: they are read together."""
    pieces: list[etree._Element] = []
    for element in root.iter(etree.Element):
        local = etree.QName(element).localname
        if local == "instrText":
            pieces.append(element)
        elif local in ("fldChar", "p"):
            _clean_code(pieces)
            pieces = []
    _clean_code(pieces)


def _clean_code(pieces: list[etree._Element]) -> None:
    code = "".join(piece.text or "" for piece in pieces)
    if _NAMING.search(code):
        for piece in pieces:
            piece.text = ""
        pieces[0].text = _NAMING.sub('""', code)


def _forget_deleted(element: etree._Element) -> None:
    """What was deleted goes with the mark that says so: words, or the row of a table that the mark stands in."""
    parent = element.getparent()
    of_a_row = parent is not None and etree.QName(parent).localname == "trPr"
    _drop(iter([parent.getparent() if of_a_row else element]))


def _clean_attributes(element: etree._Element, local: str, authors: set[str]) -> None:
    for key in list(element.attrib):
        plain = etree.QName(key).localname
        if plain in _AUTHORS and local != "style":
            authors.add(str(element.attrib[key]))
            element.attrib[key] = SOMEBODY
        elif _ATTRIBUTES.fullmatch(plain) or (plain in _DATES and _DATED.fullmatch(local)):
            del element.attrib[key]
        elif plain == "instr":
            element.attrib[key] = _NAMING.sub('""', str(element.attrib[key]))
        elif (local in _NAMED_SHAPES and plain == "title") or (local == "hyperlink" and plain in _SHOWN_OF_LINKS):
            del element.attrib[key]
        elif plain == "href":
            _clean_link(element, key)
        elif local in _PICTURE_NAMES and plain in ("name", "title"):
            element.attrib[key] = f"Hình {element.get('id', '')}" if plain == "name" else ""


def _clean_link(element: etree._Element, key: str) -> None:
    """Of a drawing. A picture that is written into the link may tell anything."""
    leads = str(element.attrib[key]).lower()
    if leads.startswith("data:"):
        raise ValueError("a part that cannot be cleaned")
    if not leads.startswith(("#", "http://", "https://")):
        del element.attrib[key]


def _forget(root: etree._Element, names: list[str]) -> None:
    """Excel begins a comment with the name of its author: there too it is somebody."""
    for element in root.iter(etree.Element):
        for name in names:
            if element.text and name in element.text:
                element.text = element.text.replace(name, SOMEBODY)
