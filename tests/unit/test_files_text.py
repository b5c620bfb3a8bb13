"""FILE-6: text is read in a process of its own; what a file does there stays there."""

from __future__ import annotations

import codecs
import errno
import io
import json
import os
import subprocess
import sys
import tempfile
import unicodedata
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from docx import Document

import files_corpus as corpus
from thidua.errors import say
from thidua.files import readers, sandbox
from thidua.files.kinds import KINDS
from thidua.files.limits import MB, Limits
from thidua.files.text import BUILTIN_EXTRACTORS, Extracted, extract
from thidua.text import count_words

QUICK = Limits(seconds=1, wall=20, memory=256 * MB, characters=10_000)
LONG_LINE = "Bao cao thanh tich nam hoc 2025-2026"


def read(tmp_path: Path, data: bytes, ending: str, limits: Limits = Limits()) -> Extracted:  # noqa: B008 -- frozen
    path = tmp_path / "blob"
    path.write_bytes(data)
    return extract(path, KINDS[ending], limits=limits)


def text(ending: str, written: str) -> Extracted:
    return Extracted("text", written, BUILTIN_EXTRACTORS[ending], "")


def test_docx_text_comes_from_every_place_in_reading_order(tmp_path):
    lines = ["Đầu trang", "Đơn đề nghị", "Họ tên", "Điểm", "Hoà", "95", "Neo", "Trong khung", "Chú thích", "Chân trang"]
    assert read(tmp_path, corpus.docx_everywhere(), ".docx") == text(".docx", "\n".join(lines))


def test_an_attached_entry_has_as_many_words_as_one_that_is_typed(tmp_path):
    cases = json.loads((Path(__file__).parents[1] / "word_counts.json").read_text("utf-8"))
    lines = [case for case in cases if case["words"] and not set(case["text"]) & set("\n\r\x00\x0b\x0c\x1f")]
    assert len(lines) > 8
    made, out = Document(), io.BytesIO()
    for case in lines:
        made.add_paragraph(case["text"])
    made.save(out)
    found = read(tmp_path, out.getvalue(), ".docx").text.split("\n")
    assert [count_words(line) for line in found] == [case["words"] for case in lines]


def test_xlsx_text_has_sheet_names_rows_numbers_and_dates(tmp_path):
    rows = [["Họ tên", "Điểm", "Ngày"], ["Hoà", 9.5, date(2026, 6, 17)], [], ["Hà", 10, datetime(2026, 6, 17, 8, 30)]]
    expected = "Danh sách\nHọ tên\tĐiểm\tNgày\nHoà\t9,5\t17/06/2026\nHà\t10\t17/06/2026 08:30"
    assert read(tmp_path, corpus.xlsx(rows), ".xlsx") == text(".xlsx", expected)


def test_pdf_text_has_a_line_a_page(tmp_path):
    assert read(tmp_path, corpus.pdf(LONG_LINE, LONG_LINE + " (2)"), ".pdf") == text(
        ".pdf", f"{LONG_LINE}\n{LONG_LINE} (2)"
    )


def test_a_scan_without_a_text_layer_is_said_to_be_one(tmp_path):
    found = read(tmp_path, corpus.scanned_pdf(), ".pdf")
    assert found == Extracted("no_text", "", BUILTIN_EXTRACTORS[".pdf"], say("text-none"))


def test_a_scan_with_page_numbers_only_is_no_text_and_keeps_them(tmp_path):
    found = read(tmp_path, corpus.pdf("Trang 1", "Trang 2"), ".pdf")
    assert (found.state, found.text) == ("no_text", "Trang 1\nTrang 2")


@pytest.mark.parametrize("ending", [".png", ".jpg", ".jpeg"])
def test_images_have_no_text_and_are_not_opened(ending):
    assert extract(Path("nowhere"), KINDS[ending]) == Extracted("no_text", "", "", say("text-none"))


@pytest.mark.parametrize(
    "data",
    [
        "Hoà Đặng".encode(),
        codecs.BOM_UTF8 + "Hoà Đặng".encode(),
        "Hoà Đặng".encode("utf-16"),
        "Hoa\u0300 Đă\u0323ng".encode("cp1258"),
    ],
    ids=["utf-8", "mark", "utf-16", "cp1258"],
)
def test_txt_is_decoded_and_normalised(tmp_path, data):
    assert read(tmp_path, data, ".txt") == text(".txt", "Hoà Đặng")


def test_text_is_cleaned(tmp_path):
    raw = unicodedata.normalize("NFD", "Hoà\u202e Đặng") + "  \r\n\x07\u00a0kết\f"
    assert read(tmp_path, raw.encode(), ".txt").text == "Hoà Đặng\nkết"


@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0"])
def test_a_run_of_blanks_costs_no_more_than_its_length(tmp_path, blank):
    """With a pattern that looks at each place of the run anew, this one would take an hour."""
    run = blank * 1_000_000
    assert read(tmp_path, f"a{run}\n{run}b{run}c".encode(), ".txt").text == f"a\nb{run}c"


def test_a_short_document_is_text_and_a_blank_one_is_not(tmp_path):
    assert read(tmp_path, corpus.docx(corpus.paragraph("Ý")), ".docx").state == "text"
    assert read(tmp_path, corpus.docx(corpus.paragraph(" -- ")), ".docx").state == "no_text"


def test_long_text_is_cut_and_said_to_be(tmp_path):
    found = read(tmp_path, ("ệ" * 10_001).encode(), ".txt", QUICK)
    assert found == Extracted("text", "ệ" * 10_000, BUILTIN_EXTRACTORS[".txt"], say("text-cut", characters=10_000))


@pytest.mark.parametrize("ending", BUILTIN_EXTRACTORS)
def test_garbage_fails_with_a_note(tmp_path, ending):
    found = read(tmp_path, b"\x8d\x81 garbage", ending)
    assert (found.state, found.text, found.note) == ("failed", "", say("text-failed"))


def test_a_password_is_named(tmp_path):
    found = read(tmp_path, corpus.encrypted_pdf(LONG_LINE), ".pdf")
    assert (found.state, found.note) == ("failed", say("text-encrypted"))
    open_to_all = corpus.encrypted_pdf(LONG_LINE, password=b"")
    assert read(tmp_path, open_to_all, ".pdf") == text(".pdf", LONG_LINE)


def test_a_bomb_is_stopped_by_memory(tmp_path):
    found = read(tmp_path, corpus.docx_bomb(), ".docx", Limits(memory=128 * MB))
    assert (found.state, found.text) == ("failed", "")


def test_entities_are_not_expanded(tmp_path):
    body = "<w:p><w:r><w:t>x&a;</w:t></w:r></w:p>"
    document = f'<!DOCTYPE d [<!ENTITY a "bi mat">]><w:document xmlns:w="{corpus.W}">{body}</w:document>'
    found = read(tmp_path, corpus.docx(**{"word/document.xml": document}), ".docx")
    assert (found.state, found.text) == ("text", "x")


def evaluate(expression: str, limits: Limits = QUICK) -> Extracted:
    """Let the reading process run an expression: the path is handed to ``eval`` as if it were a reader."""
    return extract(Path(expression), KINDS[".txt"], limits=limits, extractors={".txt": "builtins:eval"})


def test_a_reader_of_ones_own_is_called_by_its_name():
    assert evaluate("'Hoà'") == Extracted("text", "Hoà", "builtins:eval", "")


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("__import__('os')._exit(0)", "text-failed"),
        ("__import__('os').abort()", "text-failed"),
        ("__import__('ctypes').string_at(0)", "text-failed"),
        ("__import__('sys').exit(3)", "text-failed"),
        ("None", "text-failed"),
        ("bytearray(10**9)", "text-too-heavy"),
        ("[0 for _ in iter(int, 1)]", "text-too-heavy"),
    ],
    ids=["leaves", "aborts", "crashes", "exits", "no-text", "memory", "spins"],
)
def test_a_reader_that_dies_or_bloats_is_a_note(expression, code):
    assert evaluate(expression) == Extracted("failed", "", "builtins:eval", say(code))


def test_a_reader_that_hangs_is_killed():
    found = evaluate("__import__('time').sleep(60)", Limits(wall=0.5))
    assert found == Extracted("failed", "", "builtins:eval", say("text-too-heavy"))


FORBIDDEN = {
    "socket": "socket.socket()",
    "address": "socket.getaddrinfo('127.0.0.1', 80)",
    "program": "subprocess.run(['true'])",
    "shell": "os.system('true')",
    "fork": "os.fork()",
    "kill": "os.kill(os.getpid(), 0)",
    "write": "open('written', 'w')",
    "append": "open('written', 'ab')",
    "folder": "os.mkdir('made')",
}
TRY_ALL = f"""
import os, socket, subprocess
said = []
for name, code in {FORBIDDEN!r}.items():
    try:
        eval(code)
        said.append(name + ' done')
    except PermissionError:
        said.append(name + ' refused')
"""


def test_a_reader_has_no_network_no_programs_and_cannot_write():
    found = evaluate(f"(lambda space: exec({TRY_ALL!r}, space) or repr(space['said']))({{}})").text
    assert found == repr([f"{name} refused" for name in FORBIDDEN])


@pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are Linux")
def test_a_reader_sees_no_network_interface_but_its_own():
    if subprocess.run(["unshare", "-r", "-n", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this kernel lets no process leave its network")
    found = evaluate("open('/proc/self/net/dev').read()").text
    assert [line.split(":")[0].strip() for line in found.splitlines() if ":" in line] == ["lo"]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_reader_sees_no_settings_and_is_bounded(monkeypatch):
    monkeypatch.setenv("THIDUA_SECRET_KEY", "canary")
    expression = "repr(dict(__import__('os').environ)) + open('/proc/self/limits').read()"
    found = evaluate(expression).text
    assert "canary" not in found
    bounds = {line[:25].strip(): line[26:].split()[0] for line in found.splitlines() if line.startswith("Max ")}
    assert [bounds[f"Max {name}"] for name in ("cpu time", "address space", "file size", "open files")] == [
        "1",
        str(256 * MB),
        str(4 * 10_000 + 200),
        "32",
    ]


def test_a_full_disk_is_no_fault_of_the_file(tmp_path, monkeypatch):
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small file system can only be mounted by root")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    try:
        assert evaluate("'đủ chỗ ' * 4").text == "đủ chỗ đủ chỗ đủ chỗ đủ chỗ"
        with pytest.raises(OSError, match="No space left") as told:
            evaluate("'dài ' * 100_000")
        assert told.value.errno == errno.ENOSPC
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_an_interpreter_that_cannot_start_is_a_note_and_a_line_in_the_log(monkeypatch, caplog):
    monkeypatch.setattr(sys, "executable", os.devnull)
    assert evaluate("'x'") == Extracted("failed", "", "builtins:eval", say("text-failed"))
    assert [record.msg for record in caplog.records] == ["the reading process did not start: %s"]


@pytest.mark.parametrize(
    ("event", "arguments"),
    [("socket.connect", ()), ("subprocess.Popen", ()), ("open", ("f", "w", os.O_WRONLY | os.O_CREAT))],
)
def test_the_audit_hook_refuses(event, arguments):
    with pytest.raises(PermissionError, match=event):
        sandbox.refuse_event(event, arguments)


@pytest.mark.parametrize(
    ("event", "arguments"), [("open", ("f", "r", os.O_RDONLY)), ("open", ("f", "r", None)), ("import", ())]
)
def test_the_audit_hook_lets_reading_pass(event, arguments):
    sandbox.refuse_event(event, arguments)
    assert arguments[:1] in (("f",), ())


@pytest.mark.parametrize(
    ("reader", "path", "answer"),
    [
        ("builtins:str", "abcd", ("cut", "abc")),
        ("builtins:str", "abc", ("ok", "abc")),
        ("no.such:reader", "x", ("error", "ModuleNotFoundError")),
        ("builtins:eval", "bytearray(10**15)", ("memory", "")),
    ],
)
def test_every_end_of_a_reading_has_a_status(reader, path, answer):
    assert sandbox.read(reader, path, 3) == answer


@pytest.fixture
def path(tmp_path: Path):
    def write(data: bytes) -> str:
        (tmp_path / "blob").write_bytes(data)
        return str(tmp_path / "blob")

    return write


# The readers themselves, in this process, where coverage and a debugger can see them.


def test_docx_reader_keeps_tabs_breaks_and_hyphens_and_leaves_deleted_text_out(path):
    body = (
        "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t>"
        "<w:noBreakHyphen/><w:t/></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><!-- note -->"
        "<w:ins><w:r><w:t>d</w:t></w:r></w:ins><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
    )
    assert readers.docx(path(corpus.docx(body))) == "a\tb\nc-d"


def test_docx_reader_leaves_out_what_was_moved_away_and_rows_that_were_deleted(path):
    gone = f'<w:tr><w:trPr><w:del w:id="1" w:author="x"/></w:trPr><w:tc>{corpus.paragraph("gone")}</w:tc></w:tr>'
    kept = f"<w:tr><w:trPr><w:ins/></w:trPr><w:tc>{corpus.paragraph('row')}</w:tc></w:tr>"
    moved = "<w:moveFrom><w:r><w:t>gone</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>moved</w:t></w:r></w:moveTo>"
    assert readers.docx(path(corpus.docx(f"<w:p>{moved}</w:p><w:tbl>{gone}{kept}</w:tbl>"))) == "moved\nrow"


def test_docx_reader_gives_every_place_once_in_order(path):
    assert readers.docx(path(corpus.docx_everywhere())).split("\n")[4:8] == ["Hoà", "95", "Neo", "Trong khung"]
    assert readers.docx(path(corpus.library_docx("Báo cáo"))) == "Báo cáo"


def test_docx_reader_needs_a_main_document(path):
    with pytest.raises(ValueError, match="no main document"):
        readers.docx(path(corpus.docx_with_macros()))


def test_pdf_reader_ends_each_page_with_a_form_feed(path):
    assert readers.pdf(path(corpus.pdf("a", "b"))) == "a\fb\f"


def test_pdf_reader_tells_a_password_from_damage(path):
    assert readers.opens(path(corpus.pdf("a"))) == ""
    with pytest.raises(readers.Encrypted):
        readers.opens(path(corpus.encrypted_pdf("a")))
    with pytest.raises(RuntimeError) as damaged:
        readers.opens(path(b"%PDF-1.4 nothing %%EOF"))
    assert type(damaged.value).__name__ == "PdfiumError"


def test_xlsx_reader_prints_numbers_as_people_write_them(path):
    rows = [[True, 1e20, 0.1, -3, "a\nb"], [timedelta(hours=1), time(7, 30)]]
    assert (
        readers.xlsx(path(corpus.xlsx(rows, "Điểm"))) == "Điểm\n100000000000000000000\t0,1\t-3\ta b\n01:00:00\t07:30:00"
    )


def test_txt_reader_knows_its_encodings(path):
    assert readers.txt(path("Hoà".encode("utf-16"))) == "Hoà"
    assert readers.txt(path(b"\xd0\xfd")) == "Đư"
    with pytest.raises(ValueError, match="no known encoding"):
        readers.txt(path(b"\x8d\x81"))
