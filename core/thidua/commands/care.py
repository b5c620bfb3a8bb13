"""Commands that look after a site: ``doctor``, ``verify``, ``backup``, ``restore``, ``reindex``, ``retry``, …."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.exc import OperationalError

from thidua import config, migrations, outbox
from thidua.app import open_engine
from thidua.commands.shared import as_it_is, instance_folder, opened, settings_of
from thidua.documents.archive import verify_zip
from thidua.files.limits import MB
from thidua.models import Database
from thidua.services import backup as backups
from thidua.services import doctor as doctors
from thidua.services import indexing, originality
from thidua.services import verify as checks
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
    with as_it_is(settings) as (database, store):
        file = instance / config.FILE_NAME if with_settings else None
        made = backups.backup(database, store, folder, now=utc_now(), settings=file)
        noted = _noted(database, made)
    kept = "kèm cài đặt" if made.settings else "không kèm cài đặt"
    size = f"{made.size / MB:.1f} MB".replace(".", ",")
    click.echo(f"Đã sao lưu {made.blobs} tệp và cơ sở dữ liệu ({size}, {kept}) vào “{folder}”.")
    if not noted:
        click.echo("Bản sao đã đủ, nhưng chưa ghi được ngày sao lưu vào trang (hết chỗ hoặc chỉ đọc).", err=True)


def _noted(database: Database, made: backups.BackedUp) -> bool:
    try:
        backups.note(database, backups.MADE, made, utc_now())
    except OperationalError:
        return False
    return True


@click.command()
@click.argument("folder", type=FOLDER, metavar="BẢN-SAO")
@instance_folder
def restore(instance: Path, folder: Path) -> None:
    """Khôi phục BẢN-SAO vào một thư mục trống (--instance), so từng mã SHA-256, lập lại chỉ mục."""
    made = backups.restore(folder, instance)
    with opened(config.load(instance)) as site:
        backups.note(site.database, backups.CAME_BACK, made, utc_now())
        count = indexing.rebuild(site)
    click.echo(f"Đã khôi phục {made.blobs} tệp và cơ sở dữ liệu, lập chỉ mục {count} hồ sơ trong “{instance}”.")
    if not made.settings:
        click.echo("Bản sao không kèm cài đặt: đã tạo thidua.toml mới với khóa mới; hãy xem lại địa chỉ và tên trang.")


@click.command()
@instance_folder
def reindex(instance: Path) -> None:
    """Lập lại từ cơ sở dữ liệu chỉ mục tìm kiếm và dấu vết để so trùng lặp; trang vẫn chạy trong lúc đó."""
    with opened(settings_of(instance)) as site:
        count = indexing.rebuild(site)
        originality.rebuild(site)
    click.echo(f"Đã lập lại chỉ mục: {count} hồ sơ.")


@click.command()
@instance_folder
def retry(instance: Path) -> None:
    """Làm lại các việc nền đã hỏng (sau khi sửa nguyên nhân); trang hoặc bộ xử lý nền đang chạy sẽ nhận ngay."""
    with opened(settings_of(instance)) as site, site.database.writing() as session:
        count = outbox.retry(session, utc_now())
    click.echo(f"Đã xếp lại {count} việc.")


@click.command()
@click.argument(
    "archive", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="[TỆP-ZIP]", required=False
)
@click.option("--set-aside", is_flag=True, help="Cất riêng các tệp thừa vào blobs/thua; không xóa tệp nào.")
@instance_folder
def verify(instance: Path, archive: Path | None, set_aside: bool) -> int:
    """Tính lại mọi mã SHA-256: của cả trang (tệp, phiên bản đã nộp, kết quả), hoặc của một hồ sơ ZIP.

    Mã thoát 1 khi có tệp thiếu, hỏng, thừa, hoặc nội dung không còn khớp.
    """
    if archive is not None:
        return _verify_zip(archive)
    settings, wrong, looked = settings_of(instance), 0, checks.Looked()
    with as_it_is(settings) as (database, store):
        migrations.upgrade(database)  # the newest schema is what is read
        for fault in checks.verify(database, store, now=utc_now(), looked=looked):
            click.echo(str(fault))
            if set_aside and fault.code == "verify-orphan":
                click.echo(f"  → đã cất vào {store.set_aside(fault.what)}")
            else:
                wrong += not fault.harmless
    seen = f"{looked.blobs} tệp, {looked.versions} phiên bản, {looked.results} kết quả"
    click.echo(f"Đã xem {seen}: {f'{wrong} chỗ sai' if wrong else 'nguyên vẹn'}.")
    return 1 if wrong else 0


def _verify_zip(archive: Path) -> int:
    report = verify_zip(archive)
    for problem in report.problems:
        click.echo(problem)
    if report.problems:
        return 1
    click.echo(f"“{archive.name}” nguyên vẹn: {report.files} tệp khớp mã SHA-256.")
    return 0


COMMANDS = (doctor, verify, backup, restore, reindex, retry)
