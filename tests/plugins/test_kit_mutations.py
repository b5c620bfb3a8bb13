"""Faults put into the example one at a time: the conformance kit finds each of them, and says where."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kit_faults import Fault, copy_of_the_example, tried
from thidua.testing import CHECKS

CAMPAIGN, CHECK, SAMPLE, INIT, PAPERS = "campaign.py", "checks.py", "sample.py", "__init__.py", "papers.py"
IMPORT, COUNT, ORDER = "from thidua.plugin import", "count, least = ", 'order=("-total", "unit")'
LEVELS = 'rng.choice(("truong", "xa", "tinh"))'
BY = 'summaries=(td.Summary("Theo", by="{}", measures=(td.{},)),)'
FORGETS = """seen = vars(enough_notebooks).setdefault("seen", set())
    seen.add(dossier.text("lop"))
    if len(seen) > 5:
        yield Problem("so_vo", "Đã xem năm lớp. Hãy nghỉ.", "warning")"""
ASKS_THE_DAY = "late = _day()\n\n\ndef _day() -> object:\n    from datetime import date\n\n    return date.today()"
LISTENER = '''

from thidua.plugin import DossierChange


@hookimpl
def thidua_dossier_changed(change: DossierChange) -> None:
    """Listen."""
    raise ValueError(change.code)
'''


FAULTS = (
    # keys
    Fault("keys", CHECK, 'answers.get("ky_xet")', 'answers.get("ky_xett")', "blanks", "did you mean 'ky_xet'?"),
    Fault("keys", CHECK, 'Problem("so_vo"', 'Problem("so_voo"', "blanks", "'so_voo', which is no field"),
    Fault("keys", CHECK, 'dossier.number("so_vo")', 'dossier.number("lop")', "blanks", "but that is a Text"),
    Fault("keys", CAMPAIGN, 'td.Text("lop"', 'td.Text("lop_hoc"', "samples", "answers 'lop', which is no field"),
    Fault("keys", CAMPAIGN, 'td.Text("lop"', 'td.Text("lop_hoc"', "editions", "field 'lop' is gone"),
    Fault("keys", CAMPAIGN, 'evidence=("bai_viet",)', 'evidence=("bai",)', "loads", "'bai' is neither a field"),
    Fault("keys", CAMPAIGN, 'td.Number("so_vo"', 'td.Number("khoi"', "loads", "field 'khoi' stands twice"),
    Fault("keys", CAMPAIGN, 'td.Section("chu_viet"', 'td.Section("chu_viet2"', "editions", 'section was "chu_viet"'),
    # required marks
    Fault(
        "required",
        CAMPAIGN,
        'LongText("cam_nghi", "Em tự viết về việc rèn chữ", required=True',
        'LongText("cam_nghi", "Em tự viết về việc rèn chữ"',
        "editions",
        "required was true, is false",
    ),
    Fault("required", CAMPAIGN, ", required=True", "", "fields", "an empty form could be handed over"),
    Fault(
        "required",
        CAMPAIGN,
        '"Năm học", required=True), td.Choice("cap", "Cấp", required=True',
        '"Năm học"), td.Choice("cap", "Cấp"',
        "fields",
        "no column is required",
    ),
    Fault("required", CAMPAIGN, "required=True, max_chars=20", 'required="no", max_chars=20', "loads", "True or False"),
    Fault(
        "required", CAMPAIGN, 'Giáo viên chủ nhiệm"', 'Giáo viên chủ nhiệm", required=True', "editions", "required was"
    ),
    Fault("required", SAMPLE, '        "khoi": str(grade),\n', "", "samples", "“Khối” chưa được chọn"),
    # a report's own document
    Fault("build", PAPERS, '"Giải")', '"Giai")', "reports", "build with 0 dossiers: ValueError: "),
    Fault("build", PAPERS, "return made.getvalue()", "return b''", "reports", "gave bytes, not the bytes of a .docx"),
    Fault("build", CAMPAIGN, "build=with_certificates", "build=lambda data: data.word", "loads", "no lambda"),
    # gates
    Fault("gates", CAMPAIGN, ", gate=1", "", "editions", 'gate was "1", is null'),
    Fault("gates", CAMPAIGN, ", gate=1", ', gate="0.1"', "gates", "gate 0.1 lies between two steps"),
    Fault("gates", CAMPAIGN, ", gate=1", ", gate=5", "loads", "gate 5 must lie above 0 and not above 4"),
    Fault("gates", CAMPAIGN, "    classes=CLASSES,\n", "", "gates", "no classes it could close"),
    Fault("gates", CAMPAIGN, "(CLEAN, OWN), max=10)", "(CLEAN,), max=10)", "editions", "rubric 'vo_that' is gone"),
    # floors and caps
    Fault("floors", CAMPAIGN, "floor=0, max=20", "max=20", "bounds", "can fall to -2 points; write floor=0"),
    Fault("floors", CAMPAIGN, "floor=0, max=20", "floor=5, max=20", "bounds", "gives points to a sheet without any"),
    Fault("floors", CAMPAIGN, "floor=0, max=20", "floor=-5, max=20", "bounds", "floor -5 is never reached"),
    Fault("floors", CAMPAIGN, "floor=0, max=20", "floor=0, cap=30, max=20", "bounds", "cap 30 is never reached"),
    Fault("floors", CAMPAIGN, "floor=0, max=20", "floor=0, cap=18, max=20", "loads", "come to 18 points, not 20"),
    Fault("floors", CAMPAIGN, "floor=0, max=20", "floor=0", "rubric", "write max=20"),
    # class bounds
    Fault(
        "classes",
        CAMPAIGN,
        'Above("tong", points=15)',
        'Above("tong", points=19)',
        "classes",
        "no sheet gets it, whoever reaches its bars is given a better class; lower them or take the class away",
    ),
    Fault("classes", CAMPAIGN, "points=18", "points=21", "loads", "21 are out of reach"),
    Fault(
        "classes",
        CAMPAIGN,
        'td.AtLeast("tong", points=18), td.AtLeast("chu", percent=90)',
        'td.AtLeast("tong", points=12),',
        "loads",
        "order best first",
    ),
    Fault("classes", CAMPAIGN, "percent=90", "percent=900", "loads", "out of reach"),
    Fault("classes", CAMPAIGN, "points=18", "points=17", "editions", "class 'nhat'"),
    Fault(
        "classes",
        CAMPAIGN,
        '    td.Class("khong_xep", "Không xếp giải"),\n',
        "",
        "loads",
        "the last class has no needs",
    ),
    # rounding
    Fault(
        "rounding",
        CAMPAIGN,
        "judges=2, gap",
        "judges=2, combine=td.Rounded(td.Mean(), to=3), gap",
        "bounds",
        "rounding to 3 does not divide 20",
    ),
    Fault(
        "rounding",
        CAMPAIGN,
        "judges=2, gap",
        "judges=2, combine=td.Rounded(td.Mean(), to=2), gap",
        "bounds",
        "begins at 15, which no total rounded to 2 is",
    ),
    Fault(
        "rounding",
        CAMPAIGN,
        "AREAS, floor=0, max=20",
        "AREAS, combine=td.Rounded(td.Sum(), to=3), floor=0, max=21",
        "bounds",
        "rounding to 3 gives 21 of 20 points",
    ),
    Fault("rounding", CAMPAIGN, 'max=6, step="0.25"', "max=6, step=0.25", "loads", "0.25 is not exact"),
    Fault("rounding", CAMPAIGN, 'max=6, step="0.25"', 'max=6, step="0.5"', "editions", 'step was "0.25", is "0.5"'),
    # checks
    Fault("blanks", CHECK, "count is not None and ", "", "blanks", "raised TypeError"),
    Fault("blanks", CHECK, "year is not None and ", "", "blanks", "says None to people"),
    Fault(
        "blanks",
        CHECK,
        "if year is not None and year != dossier.call_period:",
        "if year.start < 2000:",
        "blanks",
        "raised AttributeError",
    ),
    Fault("blanks", CHECK, 'parameters["so_vo_it_nhat"]', 'parameters["so_vo"]', "blanks", "none of the campaign's"),
    Fault(
        "blanks",
        CHECK,
        "    count, least",
        "    while True:\n        yield Problem('', 'Sai.')\n    count, least",
        "blanks",
        "yields more than 200 problems",
    ),
    Fault(
        "blanks",
        CHECK,
        "    count, least",
        "    import time; time.sleep(9)\n    count, least",
        "blanks",
        "it took more than 3 seconds",
    ),
    Fault("blanks", CHECK, "    count, least", "    raise SystemExit\n    count, least", "blanks", "raised SystemExit"),
    Fault(
        "blanks",
        CHECK,
        "    count, least",
        "    dossier.answers['x'] = 1\n    count, least",
        "blanks",
        "raised TypeError",
    ),
    Fault(
        "blanks",
        CHECK,
        "    count, least",
        "    int(dossier.text('lop')[0])\n    count, least",
        "blanks",
        "raised IndexError",
    ),
    # reports
    Fault("reports", CAMPAIGN, '"field:khoi"', '"field:khoii"', "loads", "did you mean 'field:khoi'?"),
    Fault("reports", CAMPAIGN, '"node:chu"', '"node:chux"', "loads", "did you mean 'node:chu'?"),
    Fault(
        "reports",
        CAMPAIGN,
        'Column("class", "Giải")',
        'Column("prize", "Giải")',
        "reports",
        "always empty without prizes",
    ),
    Fault(
        "reports",
        CAMPAIGN,
        '        td.Column("nominee", "Học sinh"),\n',
        "",
        "reports",
        "nobody could tell whose line",
    ),
    Fault(
        "reports", CAMPAIGN, 'Column("node:chu", "Chữ")', 'Column("node:chu", "Tổng")', "texts", "'tổng' stands 2 times"
    ),
    Fault(
        "reports",
        CAMPAIGN,
        'order=("-total", "unit")',
        'order=("field:cam_nghi",)',
        "reports",
        "sort by a short answer",
    ),
    Fault("reports", CAMPAIGN, '"node:chu", "Chữ"', '"node:vo", "Chữ"', "editions", 'was "node:chu", is "node:vo"'),
    # escaping
    Fault("escaping", CAMPAIGN, 'help="Ví dụ: 3A2."', 'help="Ví dụ: <b>3A2</b>."', "texts", "holds markup"),
    Fault(
        "escaping",
        CAMPAIGN,
        'td.Text("lop", "Lớp"',
        'td.Text("lop", __import__("markupsafe").Markup("Lớp")',
        "texts",
        "is a Markup; write a plain text",
    ),
    Fault("escaping", CHECK, 'f"Đợt này cần', 'f"<b>Đợt</b> này cần', "blanks", "holds markup"),
    Fault(
        "escaping",
        CHECK,
        'Problem("ky_xet", f"',
        'Problem("ky_xet", __import__("html").escape(dossier.text("lop")) + f"',
        "hostile",
        "says &lt; to people",
    ),
    Fault("escaping", CHECK, "Năm học {year}", "Năm học {year!r}", "said", "holds a value as Python writes it"),
    # editions
    Fault(
        "editions",
        CAMPAIGN,
        '"2026",\n',
        '"2027",\n',
        "editions",
        "vo-sach-chu-dep-2026-hoc-sinh.json: this edition is",
    ),
    Fault("editions", CAMPAIGN, "range(1, 6)", "range(1, 5)", "editions", "field 'khoi': options was"),
    Fault("editions", CAMPAIGN, "max_rows=10", "max_rows=9", "editions", "max_rows was 10, is 9"),
    Fault("editions", CAMPAIGN, 'td.LongText("cam_nghi"', 'td.Text("cam_nghi"', "loads", "max_words"),
    Fault(
        "editions",
        CAMPAIGN,
        "GRADES = tuple(",
        "import random\nGRADES = tuple(td.Option(str(random.random())[2:], 'x') for _ in (1, 2)) + tuple(",
        "alone",
        "differs from process to process",
    ),
    # imports
    Fault(
        "imports",
        CHECK,
        "from thidua.plugin import",
        "import thidua.models\nfrom thidua.plugin import",
        "imports",
        "imports thidua.models; of thidua only thidua.plugin is promised",
    ),
    Fault(
        "imports",
        CHECK,
        "from thidua.plugin import",
        "import flask\nfrom thidua.plugin import",
        "alone",
        "importing it loads flask",
    ),
    Fault(
        "imports",
        CAMPAIGN,
        "import thidua.plugin as td",
        "import thidua.plugin as td\nfrom thidua.plugin.rubric import walk",
        "imports",
        "imports thidua.plugin.rubric",
    ),
    Fault(
        "imports", CHECK, "    count, least", "    __import__('thidua.app')\n    count, least", "imports", "thidua.app"
    ),
    Fault("imports", CAMPAIGN, "GRADES =", "td.codec\nGRADES =", "imports", "takes 'codec' from thidua.plugin"),
    Fault("imports", CAMPAIGN, "GRADES =", "print('xin chao')\nGRADES =", "alone", "prints 'xin chao"),
    Fault("imports", CAMPAIGN, "date(2002, 6, 14)", "date.today()", "imports", "would make another form each day"),
    # samples
    Fault(
        "samples", SAMPLE, "rng.choice(PUPILS)", "random.choice(PUPILS)", "samples", "gives another dossier each time"
    ),
    Fault("samples", SAMPLE, "rng.choice(PUPILS)", "PUPILS[0]", "samples", "1 different nominees"),
    Fault("samples", SAMPLE, "files=(file,)", "files=()", "samples", "give a SampleFile"),
    Fault("samples", SAMPLE, '"ky_xet": "2025-2026"', '"ky_xet": "2025-2027"', "samples", "field 'ky_xet'"),
    Fault(
        "samples",
        SAMPLE,
        'suits=("tieu-hoc",)',
        'suits=("tieu_hoc",)',
        "samples",
        "suits 'tieu_hoc', which is no level",
    ),
    Fault(
        "samples", SAMPLE, "    name, grade", "    raise SystemExit\n    name, grade", "samples", "raised SystemExit"
    ),
    Fault("samples", SAMPLE, '        "giao_vien": "Trần Thị Mai",\n', "", "samples", "'giao_vien' is never answered"),
    # what else an author gets wrong
    Fault("blind", CAMPAIGN, '".jpg"), identifying=True', '".jpg")', "samples", "names the nominee to blind judges"),
    Fault(
        "blind", CAMPAIGN, 'Giáo viên chủ nhiệm", identifying=True', 'Giáo viên chủ nhiệm"', "fields", "to blind judges"
    ),
    Fault(
        "parameters", CHECK, 'dossier.parameters["so_vo_it_nhat"]', "2", "parameters", "'so_vo_it_nhat' changes nothing"
    ),
    Fault("parameters", CAMPAIGN, 'td.Param("chenh_lech")', "3", "parameters", "'chenh_lech' changes nothing"),
    Fault(
        "parameters",
        CAMPAIGN,
        'td.Param("chenh_lech")',
        'td.Param("chenh")',
        "loads",
        "none of the campaign's parameters",
    ),
    Fault("judging", CAMPAIGN, 'tie_breaks=("chu", "vo")', 'tie_breaks=("tong",)', "judging", "is the total itself"),
    Fault("judging", CAMPAIGN, 'gap=td.Param("chenh_lech")', "gap=25", "judging", "never calls another judge"),
    Fault("files", CAMPAIGN, '(".pdf", ".jpg")', '(".pdf", ".heic")', "fields", "'.heic', which thidua does not take"),
    Fault(
        "texts", CAMPAIGN, '"Lớp", required', unicodedata.normalize("NFD", '"Lớp", required'), "texts", "loose marks"
    ),
    Fault("texts", CAMPAIGN, '"Học sinh", PUPIL', '"Học sinh ", PUPIL', "texts", "begins or ends with a blank"),
    Fault("limits", CAMPAIGN, "max_words=300", "max_words=9000", "fields", "9000 words do not fit into 20000 letters"),
    Fault("limits", CAMPAIGN, "maximum=20)", 'maximum="20.5")', "fields", "can never be typed with 0 decimals"),
    Fault("hooks", INIT, "", LISTENER, "hooks", "raised ValueError: HS-2026-000001"),
    Fault(
        "hooks",
        INIT,
        '"VSCĐ": "vở sạch chữ đẹp"',
        '"vở sạch chữ đẹp": "VSCĐ"',
        "hooks",
        "the short form, then the long",
    ),
    Fault("hooks", INIT, "def thidua_campaigns", "def thidua_campaign", "loads", "did you mean `thidua_campaigns`?"),
    Fault("hooks", INIT, "[EDITION_2026]", "[EDITION_2026, EDITION_2026]", "loads", "twice; give each its own edition"),
    # slips of a newcomer that say nothing until somebody is hurt by them
    Fault("blanks", CHECK, COUNT, 'for row in dossier.rows("giai"):\n        row["cap"].upper()', "blanks", "giai.cap"),
    Fault("keys", CHECK, COUNT, 'for row in dossier.rows("giai"):\n        row.get("capp")', "blanks", "mean 'cap'?"),
    Fault("keys", CHECK, COUNT, 'dossier.documents.get("bai_viett")', "blanks", "did you mean 'bai_viet'?"),
    Fault("keys", CHECK, COUNT, 'dossier.document_text("bai_viett")', "blanks", "did you mean 'bai_viet'?"),
    Fault("past", CHECK, COUNT, '_past.similar("a", field="camnghi", least=50)', "blanks", "past of field 'camnghi'"),
    Fault("past", CHECK, COUNT, '_past.dossiers("vo-sach-chu-dp")', "blanks", "did you mean 'vo-sach-chu-dep'?"),
    Fault("past", CHECK, COUNT, "_past.awards(dossier.nominees[0].name)", "blanks", "a name; ask by its id"),
    Fault("past", CHECK, COUNT, '_past.answered(dossier.slug, field="lopp", text="a")', "blanks", "of field 'lopp'"),
    Fault("blanks", CHECK, COUNT, FORGETS, "blanks", "says something else after other dossiers"),
    Fault("blanks", CHECK, "yield Problem", "return Problem", "blanks", "it gave None; yield its problems"),
    Fault("blanks", CHECK, COUNT, 'print(dossier.text("lop"))', "imports", "calls print(); a site has no terminal"),
    Fault(
        "texts",
        CHECK,
        "Đợt này cần ít nhất {least} quyển. Hãy bổ sung vở.",
        "Please add more notebooks.",
        "blanks",
        "has no Vietnamese mark",
    ),
    Fault("texts", CAMPAIGN, '"Số quyển vở dự xét"', '"Number of notebooks"', "texts", "has no Vietnamese mark"),
    Fault("texts", CAMPAIGN, '"Số quyển vở dự xét"', '"so_vo"', "texts", "is a key"),
    Fault("texts", CAMPAIGN, '"Số quyển vở dự xét"', '"TODO"', "texts", "was left unfinished"),
    Fault("texts", CAMPAIGN, '"Số quyển vở dự xét"', '"Số vở {{ so_vo }}"', "texts", "was left unfinished"),
    Fault("texts", CAMPAIGN, '"Số quyển vở dự xét"', '"Số quyển vở\\ndự xét"', "texts", "holds a line break"),
    Fault("texts", CAMPAIGN, '"Số quyển vở dự xét"', '"Số quyển  vở dự xét"', "texts", "two blanks together"),
    Fault("texts", CAMPAIGN, '"Cấp trường"', '"Cấp xã, phường"', "texts", "column 'cap': options"),
    Fault("escaping", INIT, '"vở sạch chữ đẹp"', '"<b>vở sạch</b> chữ đẹp"', "hooks", "holds markup"),
    Fault("classes", CAMPAIGN, '("chu", percent=90)', '("tru", percent=90)', "classes", "'tru', which has no points"),
    Fault("reports", CAMPAIGN, '"node:chu", "Chữ"', '"self:chu", "Chữ"', "reports", "write self_scored=True"),
    Fault("reports", CAMPAIGN, '"node:chu", "Chữ"', '"office:chu", "Chữ"', "reports", "write node:chu"),
    Fault("reports", CAMPAIGN, '"node:chu", "Chữ"', '"Chữ", "node:chu"', "loads", "write the source, then the label"),
    Fault("reports", CAMPAIGN, '"field:khoi"', '"khoi"', "loads", "a field is written 'field:khoi'"),
    Fault("reports", CAMPAIGN, ORDER, 'order=("number",)', "reports", "order by what people look for"),
    Fault("reports", CAMPAIGN, ORDER, 'only=(td.Is("state", "xong"),)', "reports", "keep no dossier of the samples"),
    Fault("reports", CAMPAIGN, ORDER, BY.format("field:so_vo", 'Count("Số")'), "reports", "'field:so_vo', a Number"),
    Fault("reports", CAMPAIGN, ORDER, BY.format("field:khoi", "EachPrize()"), "reports", "but the track has none"),
    Fault("reports", CAMPAIGN, ORDER, BY.format("prize", 'Count("Số")'), "reports", "but the track has none"),
    Fault("editions", CAMPAIGN, '        td.Column("total", "Tổng"),\n', "", "editions", "had 7 parts, has 6"),
    Fault("keys", CAMPAIGN, "required=True, max_chars=20", 'required=True, max_chars="20"', "loads", "whole number"),
    Fault("judging", CAMPAIGN, "judging=td.Judging(", "judging=dict(", "loads", "write Judging(judges=2)"),
    Fault("samples", SAMPLE, 'rng.choice(("yes", "no"))', '"no"', "samples", "'giai' is never answered"),
    Fault("samples", SAMPLE, '"so_vo": "4"', '"so_vo": 4', "samples", "with 4; write it as people type it, '4'"),
    Fault("samples", SAMPLE, '"co_giai": rng.choice(("yes", "no"))', '"co_giai": True', "samples", "type it, 'yes'"),
    Fault("imports", CHECK, IMPORT, "import sys\nsys.stderr.write('xong')\n" + IMPORT, "alone", "prints 'xong'"),
    Fault("imports", CHECK, IMPORT, "import os\nos.environ['TZ'] = 'UTC+1'\n" + IMPORT, "alone", "changing os.environ"),
    Fault("imports", CHECK, IMPORT, "import random\nrandom.seed(1)\n" + IMPORT, "alone", "changing the random state"),
    Fault("hooks", INIT, "return [EDITION_2026]", "return []", "loads", "gives no campaign"),
    Fault("imports", CHECK, IMPORT, "import docx\n" + IMPORT, "alone", "importing it loads docx"),
    Fault("imports", CHECK, IMPORT, "DATA = open('truong.csv').read()\n" + IMPORT, "loads", "'truong.csv' (thidua_vo"),
    Fault("imports", CHECK, IMPORT, "import thidua_doi_moi_so\n" + IMPORT, "imports", "another campaign, which may be"),
    Fault("clock", CHECK, COUNT, ASKS_THE_DAY, "imports", "date.today() in a check or a sample changes with the day"),
    Fault(
        "clock",
        SAMPLE,
        "    name, grade",
        "    import time\n    time.time()\n    name, grade",
        "imports",
        "in a check or a",
    ),
    Fault("imports", CHECK, IMPORT, "import os\nA = os.environ.get('A')\n" + IMPORT, "imports", "the environment"),
    Fault(
        "imports",
        CHECK,
        COUNT,
        "open('/dev/null', 'w').close()",
        "imports",
        "open() in a check or a sample",
    ),
    Fault("imports", CHECK, COUNT, "import sqlite3; sqlite3.connect(':memory:')", "imports", "touches nothing outside"),
    Fault("samples", SAMPLE, "{2019 - grade}", "{1919 - grade}", "samples", "nobody at school is so old"),
    Fault("samples", SAMPLE, 'f"Bài viết của {name}"', '""', "samples", "'bai_viet' has a file without a title"),
    Fault("samples", SAMPLE, "rng.choice(PUPILS)", "rng.choice([*set(PUPILS)])", "alone", "differs from process to"),
    Fault("keys", CAMPAIGN, '"2026",\n', "2026,\n", "loads", "edition 2026 is a number; write it as text, '2026'"),
    Fault("keys", CAMPAIGN, 'tie_breaks=("chu", "vo")', 'tie_breaks=("chuu",)', "loads", "did you mean 'chu'?"),
    Fault("keys", CAMPAIGN, 'AtLeast("chu", percent', 'AtLeast("chuu", percent', "loads", "did you mean 'chu'?"),
    # words that are wrong and well formed, samples that show nothing else
    Fault("texts", CHECK, "ít nhất", "nhiều nhất", "said", "now 'Đợt này cần nhiều nhất 2 quyển. Hãy bổ sung vở.'"),
    Fault("texts", CHECK, "({dossier.call_period})", "({year})", "said", "they said 'Năm học 2024-2025 không phải năm"),
    Fault("texts", CHECK, " Hãy bổ sung vở.", "", "said", "enough_notebooks so_vo warning: they said"),
    Fault("samples", SAMPLE, "rng.randint(1, 5)", "3", "samples", "field 'khoi' is always '3'; let rng choose"),
    Fault("samples", SAMPLE, LEVELS, '"truong"', "samples", "column 'giai.cap' is always 'truong'"),
    Fault("samples", SAMPLE, 'rng.choice(("yes", "no"))', '"yes"', "samples", "table 'giai' always has one line"),
    Fault("samples", SAMPLE, "{2019 - grade}", "2014", "samples", "every nominee is born on 12/04/2014"),
    Fault("samples", SAMPLE, '"Nguyễn Minh Anh"', '"nguyễn minh anh"', "samples", "is no name as it is printed"),
    Fault("samples", SAMPLE, "Trăng ơi từ đâu đến", " ", "samples", "document 'bai_viet' says ' ' begins"),
    Fault("samples", SAMPLE, "Mỗi tối em viết", "TODO: viết", "samples", "field 'cam_nghi' says 'TODO: viết"),
    Fault("escaping", SAMPLE, "Mỗi tối", "<p>Mỗi</p> tối", "samples", "field 'cam_nghi' says '<p>Mỗi</p> tối"),
    # a report's own document, held against what was stored of it
    Fault("build", PAPERS, "row[name], row[school]", "row[school], row[name]", "reports", "build makes"),
    Fault("build", PAPERS, '"Nhất", "Nhì"', '"Nhất",', "reports", "build makes nothing where"),
    Fault("build", PAPERS, "table.rows", "table.rows[:3]", "reports", "If that is meant, THIDUA_WRITE_EDITIONS=1"),
    Fault("build", PAPERS, "document.add_page_break()", "pass", "reports", "build makes nothing where ['+ — trang mới"),
    Fault("build", PAPERS, "io.BytesIO(data.word)", "", "reports", "build makes ['- "),
    Fault("build", PAPERS, '"GIẤY KHEN"', "str(date.today())", "imports", "date.today() in a report's build changes"),
    Fault("imports", CHECK, IMPORT, "import urllib.request\n" + IMPORT, "imports", "and asks nobody outside"),
    Fault(
        "imports",
        CHECK,
        IMPORT,
        "import pathlib\npathlib.Path('/etc/hostname').read_text()\n" + IMPORT,
        "alone",
        "reading /etc/hostname",
    ),
)


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Path]:
    """The example's folder, importable in place of the real one."""
    with copy_of_the_example(tmp_path / "example") as folder:
        yield folder


def first_of_each_kind_at_once() -> Iterator[object]:
    """All of them in the long run; of every kind the first in the short one."""
    seen: set[str] = set()
    for number, fault in enumerate(FAULTS):
        marks = pytest.mark.slow if fault.kind in seen else ()
        seen.add(fault.kind)
        yield pytest.param(fault, id=f"{fault.kind}-{number}", marks=marks)


@pytest.mark.parametrize("fault", list(first_of_each_kind_at_once()))
def test_the_kit_finds(copy: Path, fault: Fault) -> None:
    (replace(fault, new=f"{fault.new}\n    {COUNT}") if fault.old == COUNT else fault).put_into(copy)
    found = tried(copy, fault.check)
    assert fault.says in found[fault.check]


def test_every_class_of_faults_has_two_at_least() -> None:
    wanted = ("keys", "required", "gates", "floors", "classes", "rounding", "blanks", "reports", "escaping", "editions")
    kinds = [fault.kind for fault in FAULTS]
    assert {kind: kinds.count(kind) for kind in (*wanted, "imports", "samples") if kinds.count(kind) < 2} == {}


def test_the_kit_finds_nothing_in_the_example_itself(copy: Path) -> None:
    quick = [check.key for check in CHECKS if check.key not in ("pages", "search", "without")]
    assert {key: said for key, said in tried(copy, *quick).items() if said} == {}
