"""PDF without properties, history and the names of those who wrote comments on it.

A new file is made of the pages alone, so what hangs on the old one and not on a page (properties, attached files,
scripts, earlier states) does not come along; what hangs on the pages is then gone through.
"""

from __future__ import annotations

import io

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from thidua.files.clean_pictures import clean_jpeg

# Properties, private data of programs, dates, attached files, actions, threads of articles with their authors.
_TRACES = ("/Metadata", "/PieceInfo", "/LastModified", "/AF", "/AA", "/B", "/SpiderInfo", "/StructParents", "/Thumb")
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
    if held.get("/Type") == "/OCG":
        held[NameObject("/Name")] = TextStringObject("Lop")
    if "/FT" in held or "/Kids" in held:
        for key in _NAMES_OF_FIELDS:
            held.pop(NameObject(key), None)
    if "/Annots" in held:
        held[NameObject("/Annots")] = _clean_notes(held["/Annots"])
    if isinstance(held, StreamObject) and _is_jpeg(held):
        held._data = clean_jpeg(held._data)
    for value in list(held.values()):
        if not isinstance(value, IndirectObject):
            _clean(value)


def _clean_notes(notes: PdfObject) -> ArrayObject:
    kept = ArrayObject()
    listed = notes.get_object()
    for one in listed if isinstance(listed, ArrayObject) else ():
        note = one.get_object()
        if not isinstance(note, DictionaryObject) or note.get("/Subtype") in _DROPPED_NOTES:
            continue
        for key in _TRACES_OF_NOTES:
            note.pop(NameObject(key), None)
        if not _leads_to_a_page_of_the_web(note.get("/A")):
            note.pop(NameObject("/A"), None)
        kept.append(one)
    return kept


def _leads_to_a_page_of_the_web(action: PdfObject | None) -> bool:
    """Not to a mail address, and not to a file on the author's machine."""
    what = action.get_object() if action is not None else None
    return isinstance(what, DictionaryObject) and str(what.get("/URI", "")).startswith(("http://", "https://"))


def _is_jpeg(stream: StreamObject) -> bool:
    packed = stream.get("/Filter")
    names = [packed] if not isinstance(packed, ArrayObject) else list(packed)
    if "/JPXDecode" in names and (b"<x:xmpmeta" in stream._data or b"Exif" in stream._data):
        raise ValueError("a picture that cannot be cleaned")
    return names == ["/DCTDecode"] and stream._data.startswith(b"\xff\xd8")
