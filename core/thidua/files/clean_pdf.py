"""PDF without properties, history and the names of those who wrote comments on it.

A new file is made of the pages alone, so what hangs on the old one and not on a page (properties, attached files,
scripts, earlier states) does not come along; what hangs on the pages is then gone through.
"""

from __future__ import annotations

import io

from pypdf import PdfReader, PdfWriter
from pypdf.filters import FlateDecode
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from thidua.files.clean_pictures import clean_jpeg, clean_jpx

# Properties, private data of programs, dates, attached files, actions, threads of articles with their authors.
_TRACES = (
    *("/Metadata", "/PieceInfo", "/LastModified", "/AF", "/AA", "/B", "/SpiderInfo", "/StructParents", "/Thumb"),
    *("/OPI", "/Ref", "/PA", "/Author", "/Creator", "/Producer"),
    *("/PTEX.FileName", "/PTEX.InfoDict"),  # TeX: where an included picture was, and what it says of itself
)
# All that a page needs; a program may write there what it likes.
_OF_A_PAGE = {
    *("/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Contents"),
    *("/Rotate", "/Group", "/Annots", "/Tabs", "/UserUnit"),
}
# Of a comment: who, when, its id, its rich text (which repeats the name), what it answers.
_TRACES_OF_NOTES = ("/T", "/NM", "/M", "/CreationDate", "/RC", "/Subj", "/IRT", "/Popup", "/TU", "/TM")
_NAMES_OF_FIELDS = ("/T", "/TU", "/TM")
_DROPPED_NOTES = {"/FileAttachment", "/Sound", "/Movie", "/Screen", "/RichMedia", "/Popup"}


def clean_pdf(data: bytes) -> bytes:
    """The pages as they look. Whatever pypdf raises for a file that it cannot read."""
    writer = PdfWriter()
    for page in PdfReader(io.BytesIO(data)).pages:
        writer.add_page(page)
    for held in list(writer._objects):
        _clean(held)
    writer.metadata = None
    _forget_unreachable(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _forget_unreachable(writer: PdfWriter) -> None:
    """What was cut off would be written all the same, though nothing leads to it."""
    seen: set[int] = set()
    waiting: list[PdfObject | None] = [writer.root_object.indirect_reference]
    while waiting:
        held = waiting.pop()
        if isinstance(held, IndirectObject):
            if held.idnum in seen:
                continue
            seen.add(held.idnum)
            held = held.get_object()
        if isinstance(held, DictionaryObject):
            waiting += held.values()
        elif isinstance(held, ArrayObject):
            waiting += held
    for n in range(len(writer._objects)):
        if n + 1 not in seen:
            writer._objects[n] = None


def _clean(held: PdfObject | None) -> None:
    """Clean one object and what is written inside it; references lead to objects that have their own turn."""
    if isinstance(held, ArrayObject):
        for one in held:
            _clean(one if not isinstance(one, IndirectObject) else None)
    if not isinstance(held, DictionaryObject):
        return
    for key in _TRACES:
        held.pop(NameObject(key), None)
    for key in held.keys() - _OF_A_PAGE if _said(held, "/Type") == "/Page" else ():
        del held[key]
    if _said(held, "/Type") == "/OCG":
        held[NameObject("/Name")] = TextStringObject("Lop")
        held.pop(NameObject("/Usage"), None)
    if "/FT" in held or "/Kids" in held:
        for key in _NAMES_OF_FIELDS:
            held.pop(NameObject(key), None)
    if "/Annots" in held:
        held[NameObject("/Annots")] = _clean_notes(held["/Annots"])
    if isinstance(held, StreamObject):
        held.pop(NameObject("/F"), None)  # of a stream: the file that its bytes would be in
        _clean_picture(held)
    for value in list(held.values()):
        if not isinstance(value, IndirectObject):
            _clean(value)


def _clean_notes(notes: PdfObject) -> ArrayObject:
    kept = ArrayObject()
    listed = notes.get_object()
    for one in listed if isinstance(listed, ArrayObject) else ():
        note = one.get_object()
        if not isinstance(note, DictionaryObject) or _said(note, "/Subtype") in _DROPPED_NOTES or _is_signature(note):
            continue
        for key in _TRACES_OF_NOTES:
            note.pop(NameObject(key), None)
        address = _page_of_the_web(note.pop(NameObject("/A"), None))
        if address:
            action = {NameObject("/S"): NameObject("/URI"), NameObject("/URI"): TextStringObject(address)}
            note[NameObject("/A")] = DictionaryObject(action)
        kept.append(one)
    return kept


def _is_signature(note: DictionaryObject) -> bool:
    """A field signed by hand of a machine: its picture names the signer, as its value and certificates do."""
    above = _said(note, "/Parent")
    kinds = [_said(note, "/FT"), _said(above, "/FT") if isinstance(above, DictionaryObject) else None]
    return "/Sig" in kinds


def _said(held: DictionaryObject, key: str) -> object:
    """What stands under a key, wherever it is written."""
    value: PdfObject | None = held.get(key)
    return value.get_object() if value is not None else None


def _page_of_the_web(action: PdfObject | None) -> str:
    """Where an action leads: not to a mail address, not to a file on the author's machine, and to nothing after it."""
    what = action.get_object() if action is not None else None
    address = str(_said(what, "/URI") or "") if isinstance(what, DictionaryObject) else ""
    return address if address.startswith(("http://", "https://")) else ""


def _clean_picture(stream: StreamObject) -> None:
    packed = _said(stream, "/Filter")
    names = [one.get_object() for one in packed] if isinstance(packed, ArrayObject) else [packed]
    if "/JPXDecode" in names:
        if len(names) > 1:
            raise ValueError("a picture that cannot be cleaned")
        stream._data = clean_jpx(stream._data)
    if not {"/DCTDecode", "/DCT"} & set(names):
        return
    if names == ["/FlateDecode", "/DCTDecode"] and "/DecodeParms" not in stream:
        stream._data = FlateDecode.decode(stream._data)
        stream[NameObject("/Filter")] = NameObject("/DCTDecode")
    elif len(names) > 1:
        raise ValueError("a picture that cannot be cleaned")
    if stream._data.startswith(b"\xff\xd8"):
        stream._data = clean_jpeg(stream._data)
