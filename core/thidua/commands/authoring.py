"""Commands for authors of campaigns: ``plugins``, ``plugin new``, ``plugin check``, ``dev``."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from thidua import config, migrations
from thidua.commands import making
from thidua.commands.making import Wanted
from thidua.commands.shared import instance_folder
from thidua.config import Settings
from thidua.models import Database, Definition
from thidua.plugin import Shape
from thidua.registry import Identity, Registry
from thidua.services import definitions
from thidua.testing import CHECKS, Subject, subjects_of, try_all
from thidua.testing.subject import unlogged
from thidua.times import local_day, utc_now

FOLDER = click.Path(file_okay=False, path_type=Path)
BAD, GOOD = click.style("HỎNG", fg="red", bold=True), click.style("TỐT ", fg="green", bold=True)

STILL_WRITTEN = (
    "Bản mẫu này chưa trang thật nào dùng? Lập lại dữ liệu mẫu: thidua --instance {instance} dev --fresh; xóa tệp của "
    "bản này trong tests/editions rồi lưu lại: thidua plugin check {name} --write"
)


@click.command()
@click.option("--check", is_flag=True, help="Cho tác giả: thử từng phong trào bằng cả bộ kiểm tra, như “plugin check”.")
@instance_folder
def plugins(instance: Path, check: bool) -> int:
    """Liệt kê các gói đã cài, phiên bản, phong trào của gói, và gói nào hỏng, vì sao. Mã thoát 1 khi có chỗ hỏng.

    Trang đã có dữ liệu thì so cả với biểu mẫu đã lưu, như khi trang khởi động.
    """
    settings = config.load(instance) if (instance / config.FILE_NAME).exists() else None
    off = settings.plugins_off if settings else frozenset[str]()
    with unlogged():
        registry = Registry.load(off=off)
        unsound = set(registry.broken)
        registry.compare(_stored(settings) if settings else {})
    for campaign in registry.campaigns:
        tracks = ", ".join(track.title for track in campaign.tracks)
        origin = _origin(registry, registry.owner(campaign.slug, campaign.edition))
        click.echo(f"{campaign.slug} {campaign.edition}: {campaign.title} ({tracks}){origin}")
    for name in sorted(off):
        click.echo(f"{name}: đã tắt trong cài đặt")
    for name, broken in sorted(registry.broken.items()):
        click.echo(f"{BAD} {name}: {broken.fault}{_origin(registry, name)}")
        if settings and settings.demo and name not in unsound:
            click.echo(f"       → {STILL_WRITTEN.format(instance=instance, name=name)}")
    well = not registry.broken
    for name in registry.plugins if check else ():
        entry = registry.entries[name]
        subject = Subject(name, entry.module)
        if subject.tracks:
            well = _checked(subject) and well
    return 0 if well else 1


def _origin(registry: Registry, name: str) -> str:
    """Which package brought it: `` – thidua-vo-sach 0.1.0``."""
    entry = registry.entries.get(name)
    return f" – {entry.dist.name} {entry.dist.version}" if entry is not None and entry.dist is not None else ""


@click.group()
def plugin() -> None:
    """Cho tác giả phong trào: lập gói mới, kiểm tra một gói."""


@plugin.command()
@click.argument("slug", metavar="TÊN")
@click.option("--into", type=FOLDER, default=Path(), help="Thư mục sẽ chứa gói mới; mặc định là thư mục này.")
@click.option("--title", help="Tên phong trào.")
@click.option("--edition", help="Bản mẫu.")
@click.option("--subject", type=click.Choice(["person", "collective"]), help="Hồ sơ của cá nhân hay của tập thể.")
@click.option("--yes", is_flag=True, help="Không hỏi, dùng các giá trị mặc định.")
def new(slug: str, into: Path, yes: bool, **said: str | None) -> None:
    """Lập một gói phong trào mới, đủ biểu mẫu, thang điểm, báo cáo, kiểm thử; chạy được ngay."""
    making.check_name(slug, into)
    year = str(local_day(utc_now()).year)
    wanted = Wanted(
        slug=slug,
        title=said["title"] or _answer("Tên phong trào", f"Phong trào {slug}", yes),
        edition=said["edition"] or _answer("Bản mẫu (thường là năm)", year, yes),
        subject=said["subject"]
        or _answer("Hồ sơ của cá nhân (person) hay tập thể (collective)", "person", yes, *making.KINDS),
    )
    for path in making.write(wanted, into):
        click.echo(f"  {path}")
    folder = into / wanted.dist
    click.echo(
        f"\nXong. Bước tiếp theo:\n  python -m pip install -e '{folder}[test]'\n  python -m pytest {folder}\n"
        f"  thidua plugin check {slug}\n  thidua --instance xem dev"
    )


def _answer(question: str, default: str, yes: bool, *among: str) -> str:
    if yes:
        return default
    return str(click.prompt(question, default=default, type=click.Choice(among) if among else str))


@plugin.command()
@click.argument("dist", metavar="GÓI")
@click.option("--only", multiple=True, type=click.Choice([one.key for one in CHECKS]), help="Chỉ thử những mục này.")
@click.option("--editions", type=FOLDER, help="Thư mục giữ mẫu của các phiên bản; mặc định: editions trong dự án.")
@click.option("--write", is_flag=True, help="Lưu mẫu của phiên bản mới và câu chữ mới.")
def check(dist: str, only: tuple[str, ...], editions: Path | None, write: bool) -> int:
    """Thử GÓI (tên gói đã cài, tên phong trào, hoặc thư mục dự án) bằng cả bộ kiểm tra, mỗi mục một dòng.

    Mục hỏng kèm chỗ sai và cách sửa. Mã thoát 1 khi có mục hỏng.
    """
    well = True
    tried = [one for one in subjects_of(dist, editions, write=write) if one.tracks or not one.loads]
    for subject in tried:
        well = _checked(subject, only) and well
    if not tried:
        click.echo(f"{dist}: không có phong trào nào để thử.")
    return 0 if well else 1


def _checked(subject: Subject, only: tuple[str, ...] = ()) -> bool:
    """Print a line for each check; whether all is well."""
    well = True
    click.echo(f"\n{subject.name} ({subject.package})")
    for outcome in try_all(subject, only):
        mark = (BAD if outcome.faults else GOOD) if outcome.tried else "–   "
        click.echo(f"{mark} {outcome.check.key:<11} {outcome.check.title}")
        for fault in outcome.faults:
            click.echo(f"       → {fault}")
        well = well and not outcome.faults and outcome.tried
    return well


def _stored(settings: Settings) -> dict[Identity, Shape]:
    """The forms that this site keeps, the latest wording of each; read only: listing settles nothing."""
    if not settings.database_path.exists():
        return {}
    database = Database(settings.database_path)
    try:
        if migrations.current(database) is None:
            return {}
        with database.reading() as session:
            kept = session.scalars(select(Definition).order_by(Definition.seen_at))
            return {(one.slug, one.edition, one.track): definitions.shape(one) for one in kept}
    finally:
        database.close()


COMMANDS = (plugins, plugin)
