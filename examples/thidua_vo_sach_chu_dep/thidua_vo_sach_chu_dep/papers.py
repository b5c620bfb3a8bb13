"""The Word file of the report, with a certificate for every prize behind it."""

from __future__ import annotations

import io

from thidua.plugin import ReportData


def with_certificates(data: ReportData) -> bytes:
    """The paper as thidua makes it, then a page for each pupil with a prize."""
    from docx import Document  # loaded when a report is issued, not when a site starts
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    document, table = Document(io.BytesIO(data.word)), data.tables[-1]
    name, school, prize = (table.columns.index(label) for label in ("Học sinh", "Trường", "Giải"))
    for row in table.rows:
        if row[prize] in ("Nhất", "Nhì"):
            document.add_page_break()
            for text in ("GIẤY KHEN", row[name], row[school], f"Đạt giải {row[prize]} – {data.call}"):
                document.add_paragraph(text).alignment = WD_ALIGN_PARAGRAPH.CENTER
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()
