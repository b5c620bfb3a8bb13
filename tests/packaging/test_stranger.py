"""A stranger's campaign: wheels of the core and of the example, installed, tried, a dossier filed in it by the web."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from http_desk import Browser, running

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "thidua_vo_sach_chu_dep"
PASSWORD = "hoa-sen-2026"
ANSWERS = {
    "hoc_sinh": {"lop": "3A2", "khoi": "3"},
    "chu_viet": {"ky_xet": "2025-2026", "so_vo": "3", "cam_nghi": "Trăng ơi từ đâu đến", "co_giai": "no"},
}
SHEET = {"chu_net": "5,5", "chu_chinh_ta": "3,5", "vo_sach": "9,5", "vo_that": "1", "tru_muon": "0"}
WEAKER = SHEET | {"vo_sach": "5"}
RESULT = "18,5/20 điểm · Nhất"
pytestmark = pytest.mark.packaging


def call(*command: str | Path, cwd: Path) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "THIDUA"))}
    words = [str(part) for part in command]
    done = subprocess.run(
        words, cwd=cwd, env=environment | {"PYTHONUTF8": "1"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own with the wheels of the core and of the example, and pytest."""
    home = tmp_path_factory.mktemp("stranger")
    call("git", "archive", "--format=zip", "-o", home / "source.zip", "HEAD", cwd=ROOT)
    with zipfile.ZipFile(home / "source.zip") as files:
        files.extractall(home / "source")
    for source in (home / "source", home / "source" / "examples" / EXAMPLE.name):
        call(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", home / "wheels", source, cwd=home)
    call(sys.executable, "-m", "venv", home / "venv", cwd=home)
    wheels = sorted((home / "wheels").glob("*.whl"))
    assert len(wheels) == 2
    python = home / "venv/bin/python"
    call(python, "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt", *wheels, "pytest", cwd=home)
    return home


def test_the_installed_example_is_listed_and_passes_the_kit(home: Path) -> None:
    program = home / "venv/bin/thidua"
    assert "vo-sach-chu-dep 2026: Vở sạch – Chữ đẹp (Học sinh) – thidua-vo-sach-chu-dep 0.1.0" in call(
        program, "plugins", cwd=home
    )
    lines = call(program, "plugin", "check", "vo-sach-chu-dep", cwd=home).splitlines()
    assert [line for line in lines if "HỎNG" in line] == []
    assert sum("TỐT" in line for line in lines) == 22
    own = home / "source" / "examples" / EXAMPLE.name
    assert "23 passed" in call(home / "venv/bin/python", "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=own)


def test_a_new_campaign_installs_and_passes_as_written(home: Path) -> None:
    program, python = home / "venv/bin/thidua", home / "venv/bin/python"
    call(program, "plugin", "new", "gvdg", "--yes", "--subject", "collective", "--into", home, cwd=home)
    folder = home / "thidua-gvdg"
    call(python, "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt", "-e", f"{folder}[test]", cwd=home)
    assert "23 passed" in call(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=folder)
    lines = call(program, "plugin", "check", "thidua-gvdg", cwd=home).splitlines()
    assert [line for line in lines if "HỎNG" in line] == []
    call(python, "-m", "pip", "uninstall", "-q", "-y", "thidua-gvdg", cwd=home)


@pytest.fixture(scope="module")
def site(home: Path) -> Iterator[str]:
    """The demo of the installed program."""
    with running(home / "venv/bin/thidua", "demo", "--instance", home / "site", "--port", "0", cwd=home) as address:
        yield address


def person(site: str, login: str) -> Browser:
    return Browser(site, login, PASSWORD)


def test_a_dossier_is_filed_and_judged_in_the_strangers_campaign_by_the_web(home: Path, site: str) -> None:
    clerk, head = person(site, "vanthu"), person(site, "hieutruong")
    dossier = _start(clerk)
    clerk.fill(dossier, ANSWERS)
    clerk.attach(f"{dossier}/tep/bai_viet", "bai-viet.pdf", _pdf(home))
    assert "Hồ sơ đã đủ" in clerk.get(f"{dossier}/kiem-tra")
    clerk.post(f"{dossier}/trinh", {})
    assert "99/TTr-HS" in head.submit(dossier, "99/TTr-HS", "Nguyễn Văn An")
    assert "Trăng ơi từ đâu đến" in head.get(f"{dossier}/xem")

    public_id = dossier.rpartition("/")[2]
    (home / "filed").write_text(public_id, "utf-8")
    office = person(site, "thamdinh")
    office.post(f"/tham-dinh/{public_id}/tiep-nhan", {})
    office.post(f"/tham-dinh/{public_id}", {"_do": "rest"})
    office.post(f"/tham-dinh/{public_id}", {"_do": "accept"})
    assert "Đủ điều kiện" in office.get(f"/tham-dinh/{public_id}")
    _judge(site, public_id)
    assert RESULT not in clerk.get(f"{dossier}/xem")
    _conclude(site, public_id)
    assert RESULT in _words(clerk.get(f"{dossier}/xem"))


def _judge(site: str, dossier: str) -> None:
    """Two judges are given the dossier and hand in their sheets, without a name in sight."""
    manager = person(site, "phutrach")
    call = _call_of(manager)
    page = manager.get(f"{call}/phan-cong?hoso={dossier}")
    judges = list(dict.fromkeys(re.findall(r'name="giamkhao" value="([0-9a-f]{24})"', page)))[:2]
    manager.post(f"{call}/phan-cong", {"hoso": dossier, "giamkhao": judges})
    assert len(_seats(manager, dossier)) == 2
    for one in dict.fromkeys(re.findall(r"/ket-qua/ho-so/([0-9a-f]{24})", manager.get(call))):
        if "mời giám khảo thứ ba" in manager.get(f"/ket-qua/ho-so/{one}"):
            manager.post(f"/ket-qua/ho-so/{one}/giam-khao", {"_do": "third"})
    ours = _seats(manager, dossier)
    handed_in = [_score(person(site, f"giamkhao{n}"), ours) for n in (1, 2, 3)]
    assert sum(handed_in) == 2


def _seats(manager: Browser, dossier: str) -> set[str]:
    return set(re.findall(r"/thoi-cham/([0-9a-f]{24})", manager.get(f"/ket-qua/ho-so/{dossier}")))


def _score(judge: Browser, ours: set[str]) -> int:
    """Hand in every sheet of the campaign that is due; how many of them were for our dossier."""
    handed_in = 0
    for assignment in dict.fromkeys(re.findall(r'href="/cham/([0-9a-f]{24})', judge.get("/cham"))):
        room = judge.get(f"/cham/{assignment}")
        if "point:chu_net" not in room:
            continue  # of another campaign
        mine = assignment in ours
        assert ("Trăng ơi từ đâu đến" in room) is mine
        assert "Hoa Sen" not in room.partition("<main")[2]
        points = {f"point:{leaf}": typed for leaf, typed in (SHEET if mine else WEAKER).items()}
        assert "Đã gửi phiếu chấm" in judge.post(f"/cham/{assignment}", {**points, "_do": "send"})
        handed_in += mine
    return handed_in


def _conclude(site: str, dossier: str) -> None:
    """The track is closed, what is not ready left out, and its results are published."""
    manager = person(site, "phutrach")
    call = _call_of(manager)
    manager.post(f"{call}/chot/hoc-sinh", {"leaving": "1"})
    manager.post(f"{call}/ket-luan/hoc-sinh", {"_do": "publish", "hoso": dossier})


def _call_of(manager: Browser) -> str:
    page = manager.get("/ket-qua")
    calls = dict.fromkeys(re.findall(r'href="(/ket-qua/dot/[0-9a-f]{24})"', page))
    return next(call for call in calls if "Chữ đẹp năm học 2025-2026" in manager.get(call))


def _words(page: str) -> str:
    return " ".join(page.split())


def _start(clerk: Browser) -> str:
    chosen = next(path for path in _links(clerk.get("/ho-so/moi"), "dot=") if "Chữ đẹp" in clerk.get(path))
    page = clerk.get(chosen)
    call_id = re.search(r"dot=([0-9a-f]{24})", chosen)
    nominee = re.search(r'name="nguoi" value="([0-9a-f]{24})"', page)
    assert call_id is not None
    assert nominee is not None
    clerk.post("/ho-so/moi", {"dot": call_id[1], "loai": "hoc-sinh", "nguoi": nominee[1]})
    return clerk.at


def _links(page: str, having: str) -> list[str]:
    return [link for link in re.findall(r'href="(/ho-so/moi[^"]*)"', page) if having in link]


def _pdf(home: Path) -> bytes:
    code = "import sys; from thidua.demo.pdfs import text_pdf; sys.stdout.buffer.write(text_pdf('Bài', ['Trăng'], ()))"
    made = subprocess.run([home / "venv/bin/python", "-c", code], capture_output=True, check=True, cwd=home)
    assert made.stdout.startswith(b"%PDF")
    return made.stdout


def test_the_strangers_dossier_goes_on_when_the_package_is_uninstalled(home: Path, site: str) -> None:
    """Last in this file: the program is asked again after the package has gone."""
    call(home / "venv/bin/python", "-m", "pip", "uninstall", "-q", "-y", "thidua-vo-sach-chu-dep", cwd=home)
    program = home / "venv/bin/thidua"
    assert "vo-sach-chu-dep" not in call(program, "plugins", cwd=home)
    # Its abbreviations have gone with it, and with them the index that knew them; serving builds another by itself.
    call(program, "--instance", home / "site", "reindex", cwd=home)
    found = call(
        program, "--instance", home / "site", "search", "trang oi tu dau den", "--user", "vanthu", "--json", cwd=home
    )
    assert json.loads(found)["total"] >= 1
    with running(program, "serve", "--port", "0", cwd=home, THIDUA_INSTANCE=str(home / "site")) as address:
        clerk, manager = person(address, "vanthu"), person(address, "phutrach")
        public_id = (home / "filed").read_text("utf-8")
        page = _words(clerk.get(f"/ho-so/{public_id}/xem"))
        assert "Trăng ơi từ đâu đến" in page
        assert RESULT in page
        sheets = _words(manager.get(f"/ket-qua/ho-so/{public_id}"))
        assert "Đúng mẫu, nét đều" in sheets
        assert "18,5" in sheets
