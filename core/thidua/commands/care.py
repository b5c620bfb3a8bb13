"""Commands that look after a site: ``doctor``, ``backup``, ``restore``, ``reindex``, ``plugins``."""

from __future__ import annotations

from pathlib import Path

import click

from thidua import config
from thidua.app import open_engine
from thidua.commands.shared import instance_folder, opened, settings_of
from thidua.registry import Registry
from thidua.services import backup as backups
from thidua.services import doctor as doctors
from thidua.services import indexing
from thidua.services.site import MB
from thidua.times import utc_now

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--full", is_flag=True, help="Đọc lại từng tệp trong kho và so mã SHA-256.")
@instance_folder
def doctor(instance: Path, full: bool) -> int:
    """Khám trang: mỗi dòng một mục, xanh hoặc đỏ, kèm lệnh để sửa. Mã thoát 1 khi có mục đỏ."""
    well = True
    for finding in doctors.examine(instance, engine_of=open_engine, now=utc_now(), full=full):
        well = well and finding.ok
        mark = click.style("  TỐT" if finding.ok else "  HỎNG", fg="green" if finding.ok else "red", bold=True)
        click.echo(f"{mark:<8}  {finding.name}: {finding.seen}")
        if finding.mend:
            click.echo(f"          → {finding.mend}")
    return 0 if well else 1


@click.command()
@click.argument("folder", type=FOLDER, metavar="THƯ-MỤC")
@click.option("--with-settings", is_flag=True, help="Kèm thidua.toml, trong đó có khóa bí mật: cất nơi an toàn.")
@instance_folder
def backup(instance: Path, folder: Path, with_settings: bool) -> None:
    """Sao lưu cơ sở dữ liệu và mọi tệp vào THƯ-MỤC, khi trang vẫn chạy."""
    settings = settings_of(instance)
    with opened(settings) as site:
        file = instance / config.FILE_NAME if with_settings else None
        made = backups.backup(site.database, site.store, folder, now=utc_now(), settings=file)
    kept = "kèm cài đặt" if made.settings else "không kèm cài đặt"
    click.echo(f"Đã sao lưu {made.blobs} tệp và cơ sở dữ liệu ({made.size / MB:.1f} MB, {kept}) vào “{folder}”.")


@click.command()
@click.argument("folder", type=FOLDER, metavar="BẢN-SAO")
@instance_folder
def restore(instance: Path, folder: Path) -> None:
    """Khôi phục BẢN-SAO vào một thư mục trống (--instance), so từng mã SHA-256, lập lại chỉ mục."""
    made = backups.restore(folder, instance)
    with opened(config.load(instance)) as site:
        count = indexing.rebuild(site)
    click.echo(f"Đã khôi phục {made.blobs} tệp và cơ sở dữ liệu, lập chỉ mục {count} hồ sơ trong “{instance}”.")
    if not made.settings:
        click.echo("Bản sao không kèm cài đặt: đã tạo thidua.toml mới với khóa mới; hãy xem lại địa chỉ và tên trang.")


@click.command()
@instance_folder
def reindex(instance: Path) -> None:
    """Lập lại toàn bộ chỉ mục tìm kiếm từ cơ sở dữ liệu; trang vẫn chạy trong lúc đó."""
    with opened(settings_of(instance)) as site:
        count = indexing.rebuild(site)
    click.echo(f"Đã lập lại chỉ mục: {count} hồ sơ.")


@click.command()
@instance_folder
def plugins(instance: Path) -> int:
    """Liệt kê các phong trào đã cài, và phong trào nào hỏng, vì sao."""
    path = instance / config.FILE_NAME
    off = config.load(instance).plugins_off if path.exists() else frozenset[str]()
    registry = Registry.load(off=off)
    for campaign in registry.campaigns:
        tracks = ", ".join(track.title for track in campaign.tracks)
        click.echo(f"{campaign.slug} {campaign.edition}: {campaign.title} ({tracks})")
    for name in sorted(off):
        click.echo(f"{name}: đã tắt trong cài đặt")
    for name, broken in sorted(registry.broken.items()):
        click.echo(f"{click.style('HỎNG', fg='red', bold=True)} {name}: {broken.fault}")
    return 1 if registry.broken else 0


COMMANDS = (doctor, backup, restore, reindex, plugins)
