"""The parts of Whoosh 2.7.4 that are used here, and nothing else of it.

Whoosh is older than Python's warning about ``"\\w"`` in plain strings, which comes
once, when its files are compiled; where warnings are errors that would be fatal.
"""

# mypy: disable-error-code="import-untyped"
from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh.codec.whoosh3 import W3Codec
    from whoosh.columns import NumericColumn
    from whoosh.fields import COLUMN, FieldType, Schema
    from whoosh.filedb.filestore import FileStorage
    from whoosh.filedb.structfile import StructFile
    from whoosh.formats import Existence
    from whoosh.index import TOC, FileIndex
    from whoosh.reading import IndexReader, SegmentReader, TermNotFound
    from whoosh.util.filelock import FileLock, try_for
    from whoosh.util.numeric import byte_to_length
    from whoosh.writing import SegmentWriter

__all__ = [
    "COLUMN",
    "TOC",
    "Existence",
    "FieldType",
    "FileIndex",
    "FileLock",
    "FileStorage",
    "IndexReader",
    "NumericColumn",
    "Schema",
    "SegmentReader",
    "SegmentWriter",
    "StructFile",
    "TermNotFound",
    "W3Codec",
    "byte_to_length",
    "try_for",
]
