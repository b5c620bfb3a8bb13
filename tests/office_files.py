"""Small files as offices make them, for tests of pages."""

from __future__ import annotations

import io

from docx import Document


def docx(*paragraphs: str) -> bytes:
    """A Word file with these paragraphs."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
