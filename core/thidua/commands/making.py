"""A new campaign's package, written from the skeleton: complete, and passing its own tests as written."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points, version
from importlib.util import find_spec
from pathlib import Path
from string import Template

from thidua.plugin import ContractError
from thidua.plugin.problems import check_slug
from thidua.registry import GROUP, Registry
from thidua.testing import subjects_of, try_all

SKELETON = Path(__file__).parent / "skeleton"
KINDS: dict[str, dict[str, str]] = {
    "person": {
        "track": "ca-nhan",
        "track_title": "Cá nhân",
        "nominee": "Họ và tên",
        "names": '"Nguyễn Minh Anh", "Trần Gia Bảo", "Lê Khánh Chi", "Phạm Tuệ Lâm", "Đỗ Hà My", "Vũ Đức Nam"',
        "born": 'f"12/04/{1996 - whole}"',
        "about": "chuc_vu",
        "about_label": "Chức vụ, nhiệm vụ được giao",
        "about_short": "Chức vụ",
        "about_said": '"Giáo viên", "Tổ trưởng chuyên môn", "Tổng phụ trách Đội"',
        "whole": "nam_cong_tac",
        "whole_label": "Số năm công tác",
        "part": "nam_giu_chuc_vu",
        "part_label": "Số năm giữ chức vụ này",
        "most": "45",
        "check": "years_add_up",
        "check_says": "Nobody holds a post for longer than they have worked.",
        "check_words": "Số năm giữ chức vụ ({some}) lớn hơn số năm công tác ({whole})",
        "promise": "nobody_holds_a_post_longer_than_they_worked",
    },
    "collective": {
        "track": "tap-the",
        "track_title": "Tập thể",
        "nominee": "Tập thể",
        "names": '"Tổ Toán – Tin", "Tổ Ngữ văn", "Tổ Khoa học tự nhiên", "Khối lớp 4", "Khối lớp 5", "Tổ Văn phòng"',
        "born": '""',
        "about": "nhiem_vu",
        "about_label": "Chức năng, nhiệm vụ được giao",
        "about_short": "Nhiệm vụ",
        "about_said": '"Dạy học, sinh hoạt chuyên môn", "Bồi dưỡng, phụ đạo học sinh", "Phục vụ dạy và học"',
        "whole": "so_thanh_vien",
        "whole_label": "Số thành viên",
        "part": "so_tham_gia",
        "part_label": "Số thành viên trực tiếp tham gia",
        "most": "500",
        "check": "members_add_up",
        "check_says": "No more take part than belong to the collective.",
        "check_words": "Số thành viên tham gia ({some}) lớn hơn số thành viên của tập thể ({whole})",
        "promise": "no_more_take_part_than_belong_to_it",
    },
}
"""The skeleton's words for a dossier of a person and of a collective."""


@dataclass(frozen=True)
class Wanted:
    """What a new campaign is: its ``slug``, ``title``, ``edition``; ``subject`` is ``person`` or ``collective``."""

    slug: str
    title: str
    edition: str
    subject: str = "person"

    @property
    def package(self) -> str:
        """The import name."""
        return f"thidua_{self.slug.replace('-', '_')}"

    @property
    def dist(self) -> str:
        """The name it is installed by, and of its folder."""
        return f"thidua-{self.slug}"

    @property
    def words(self) -> dict[str, str]:
        """What stands in the skeleton's blanks."""
        major, minor = version("thidua").split(".")[:2]
        return {
            "slug": self.slug,
            "title": self.title,
            "edition": self.edition,
            "edition_name": self.edition.replace("-", "_").upper(),
            "package": self.package,
            "dist": self.dist,
            "needs": f">={major}.{minor},<{major}.{int(minor) + 1}",
            "subject": self.subject,
            **KINDS[self.subject],
        }


def check_name(slug: str, into: Path) -> None:
    """Raise :class:`ContractError` for a name that cannot be one, or that is taken here."""
    check_slug("campaign", slug)
    wanted = Wanted(slug, "", "")
    if not wanted.package.isidentifier():
        raise ContractError(f"campaign {slug!r}: {wanted.package} is no name for a Python package")
    if slug in {one.name for one in entry_points(group=GROUP)}:
        raise ContractError(f"campaign {slug!r}: a plugin of this name is installed here; choose another name")
    if slug in {campaign.slug for campaign in Registry.load().campaigns}:
        raise ContractError(f"campaign {slug!r}: an installed plugin offers it; choose another name")
    if find_spec(wanted.package) is not None:
        raise ContractError(f"campaign {slug!r}: there is a package {wanted.package} here; choose another name")
    if (into / wanted.dist).exists():
        raise ContractError(f"{into / wanted.dist} is there already; choose another name or folder")


def write(wanted: Wanted, into: Path) -> list[Path]:
    """Write the package below ``into``, store its edition, and say which files were written.

    Raises :class:`ContractError` for a name that is taken or words that cannot stand in the files.
    """
    check_name(wanted.slug, into)
    check_slug("edition", wanted.edition)
    if any(letter in wanted.title for letter in '"\\\n$') or not wanted.title.strip():
        raise ContractError(f"title {wanted.title!r}: write plain words, without quotation marks")
    folder = into / wanted.dist
    made: list[Path] = []
    for source, name in _files():
        target = folder / name.replace("package/", f"{wanted.package}/")
        target.parent.mkdir(parents=True, exist_ok=True)
        text = Template(source.read_text("utf-8")).substitute(wanted.words)
        target.write_text(text, "utf-8")
        made.append(target)
    return made + _store(folder, wanted.package)


def _files() -> Iterator[tuple[Path, str]]:
    for path in sorted(SKELETON.rglob("*.txt")):
        yield path, path.relative_to(SKELETON).as_posix().removesuffix(".txt")


def _store(folder: Path, package: str) -> list[Path]:
    before = list(sys.path)
    try:
        for subject in subjects_of(str(folder), folder / "tests" / "editions", write=True):
            for outcome in try_all(subject, ["loads", "editions", "said"]):
                if outcome.faults:
                    raise ContractError("; ".join(outcome.faults))
    finally:
        sys.path[:] = before
        for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
            del sys.modules[name]
    return sorted((folder / "tests" / "editions").glob("*.json"))
