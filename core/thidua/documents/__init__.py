"""Documents people print, sign and exchange: pure functions from frozen data to bytes.

* ``decree``      what Nghị định 30/2020/NĐ-CP fixes, as dated data with its items
* ``layout``      the official page: what we chose within it
* ``word``        paragraphs and tables as WordprocessingML; nothing else writes XML
* ``letter``      an official letter with its header, body and signature block
* ``nomination``  the tờ trình and the danh sách trích ngang
* ``answers``     what a dossier says, as one readable file
* ``seen``        a .docx as a reader sees it; ``check``: is it an official document
* ``tables``      one table description → page, .docx, .xlsx
* ``sheets``      reading Excel forms, and making the empty ones
* ``sheet_guard`` what an Excel file may cost its reader
* ``percents``    which cells of an Excel file are shown in per cent
* ``archive``     a dossier as a ZIP that can be verified years later
"""
