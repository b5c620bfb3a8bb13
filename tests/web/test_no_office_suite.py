"""LibreOffice missing: the product never asks for it, nor for any other program of the machine.

It stands here and in CI only to look at what we write from outside. With nothing on the PATH, files are read,
previewed, cleaned and archived, and reports are issued, exactly as with it.
"""

from __future__ import annotations

import ast
import io
import re
import shutil
from pathlib import Path

import pytest
from docx import Document
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import select

import files_corpus
import thidua
from desk import Desk, filled
from judging_round import Round
from small_world import Clock, World
from thidua.documents.check import check_document
from thidua.files import cleaning
from thidua.models import BlobText, TextState
from thidua.outbox import Worker
from thidua.services.indexing import handlers
from thidua.services.site import Site
from trees import nodes
from web_desk import post, signed_in, text_of

CORE = Path(thidua.__file__).parent
SHELVES = (CORE, *CORE.parent.parent.joinpath("plugins").glob("thidua_*"))
STARTERS = ("Popen", "run", "call", "check_call", "check_output", "system", "popen", "execv", "execvp", "spawnv")
MODULES = ("subprocess", "os")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which no program is found by its name."""
    monkeypatch.setenv("PATH", str(tmp_path / "nothing-here"))
    assert [name for name in ("soffice", "libreoffice", "pdftoppm", "antiword", "sh") if shutil.which(name)] == []


def started(path: Path) -> list[str]:
    """What the calls of ``subprocess`` and ``os`` in the module at ``path`` start."""
    found = []
    for node in nodes(path):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = node.func.value
        if node.func.attr in STARTERS and isinstance(owner, ast.Name) and owner.id in MODULES:
            first = node.args[0] if node.args else ast.Constant(None)
            found.append(ast.unparse(first.elts[0] if isinstance(first, ast.List) and first.elts else first))
    return found


def test_nothing_but_python_is_ever_started() -> None:
    found = {path.name: names for shelf in SHELVES for path in sorted(shelf.rglob("*.py")) if (names := started(path))}
    assert found == {"apart.py": ["command"], "dev.py": ["sys.executable"], "package.py": ["command"]}
    for module in ("files/apart.py", "testing/package.py"):
        (command,) = re.findall(r"command = \[([^,]+),", CORE.joinpath(module).read_text("utf-8"))
        assert command == "sys.executable"


def test_a_started_program_is_noticed(tmp_path: Path) -> None:
    module = tmp_path / "x.py"
    module.write_text("subprocess.run(['soffice', '--convert-to'])\nos.system('soffice')")
    assert started(module) == ["'soffice'", "'soffice'"]


@pytest.mark.usefixtures("bare")
def test_files_are_read_previewed_cleaned_and_archived(app: Flask, site: Site, world: World, clock: Clock) -> None:
    clerk = Desk(site, world, clock, "vanthu1", "truong1")
    dossier = filled(clerk, text="Kho hoc lieu so dung chung")
    paper = clerk.attach(
        dossier, files_corpus.pdf("Ban do tu duy cua hoc sinh lop 5A, tu lam trong gio hoc"), name="so-do.pdf"
    )
    clerk.hand_over(dossier)
    Desk(site, world, clock, "hieutruong1", "truong1").submit(dossier)
    Worker(site.database, handlers(site, clock), clock=clock).drain()
    with site.database.reading() as session:
        assert list(session.scalars(select(BlobText.state))) == [TextState.TEXT] * 2
    assert clerk.find("ban do tu duy") == clerk.find("kho hoc lieu so") == [dossier]
    client = signed_in(app, "vanthu1")
    revision = re.search(r'href="/tep/([0-9a-f]+)"[^>]*>[^<]*so-do\.pdf', text_of(client, f"/ho-so/{dossier}/xem"))
    assert revision is not None, paper
    with client.get(f"/tep/{revision[1]}/trang/1.png") as picture:
        assert (picture.status_code, picture.data[:8]) == (200, b"\x89PNG\r\n\x1a\n")
    for sha256, extension in _kept(site):
        clean = cleaning.cleaned(site.store.path(sha256), sha256, extension, site.settings.instance / "cleaned")
        assert clean is not None, extension
    with client.get(f"/ho-so/{dossier}/ban/1/zip") as archive:
        assert (archive.status_code, archive.data[:2]) == (200, b"PK")


def _kept(site: Site) -> list[tuple[str, str]]:
    with site.database.reading() as session:
        return [(row.sha256, row.blob.extension) for row in session.scalars(select(BlobText))]


@pytest.mark.usefixtures("bare")
def test_a_report_is_issued_and_is_right(app: Flask, site: Site, world: World, clock: Clock, tmp_path: Path) -> None:
    table = Round(site, world, clock)
    table.dossiers(12)
    manager = signed_in(app, "phutrach1")
    facts = {"so": "7", "ngay": "02/04/2026", "nguoi_ky": ["Lê Văn Lập", "Trần Thị Ký"], "pham-vi": "du-dieu-kien"}
    issued = post(manager, f"/bao-cao/dot/{table.call_public_id}/tong_hop", facts).headers["Location"]
    Worker(site.database, handlers(site, clock), clock=clock).drain()
    with manager.get(f"{issued}/tep.docx") as word, manager.get(f"{issued}/tep.xlsx") as excel:
        assert max(len(one.rows) for one in Document(io.BytesIO(word.data)).tables) == 12 + 1
        tmp_path.joinpath("bao-cao.docx").write_bytes(word.data)
        assert CalamineWorkbook.from_filelike(io.BytesIO(excel.data)).sheet_names == [
            "1. Theo trường",
            "2. Theo xếp loại",
            "3. Tổng hợp kết quả",
        ]
    assert [str(one) for one in check_document(tmp_path / "bao-cao.docx")] == []
