"""What is wrong with a site, one finding per check, each with the command that mends it.

Looks only: nothing is changed, not even the schema. A check that cannot be made because
an earlier one failed is left out.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from thidua import config, migrations, outbox
from thidua.config import Settings, SettingsError
from thidua.files.store import BlobStore
from thidua.models import Blob, Database
from thidua.registry import Registry
from thidua.search.engine import Engine

LEAST_FREE = 1024**3
OLDEST = timedelta(minutes=15)
FONT = "BeVietnamPro-Regular.ttf"
RESTORE = "thidua --instance THƯ-MỤC-MỚI restore BẢN-SAO-LƯU"


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, whether it is well, what was seen, and what to do (empty when well)."""

    name: str
    ok: bool
    seen: str
    mend: str = ""


def examine(
    instance: Path, *, engine_of: Callable[[Registry, Path], Engine], now: datetime, full: bool = False
) -> Iterator[Finding]:
    """Look at everything the site in ``instance`` stands on. ``full`` reads every stored file again."""
    try:
        settings = config.load(instance)
    except SettingsError as error:
        yield Finding("Cài đặt", False, str(error), "thidua init (trang mới), hoặc sửa thidua.toml theo câu trên")
        return
    yield _settings(settings)
    yield _disk(instance)
    yield from _database(settings, now, full=full)
    registry = Registry.load(off=settings.plugins_off)
    yield from _plugins(registry)
    yield _index(settings, registry, engine_of)
    yield _fonts()


def _settings(settings: Settings) -> Finding:
    path = settings.instance / config.FILE_NAME
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        return Finding("Cài đặt", False, f"{path} ai cũng đọc được (quyền {mode:o})", f"chmod 600 {path}")
    return Finding("Cài đặt", True, f"{path}, địa chỉ {settings.address}")


def _disk(instance: Path) -> Finding:
    usage = shutil.disk_usage(instance)
    seen = f"còn trống {usage.free / 1024**3:.1f} GB".replace(".", ",")
    if usage.free < LEAST_FREE:
        return Finding("Ổ đĩa", False, seen, "dọn ổ đĩa, hoặc chuyển trang: thidua backup THƯ-MỤC rồi thidua restore")
    return Finding("Ổ đĩa", True, seen)


def _database(settings: Settings, now: datetime, *, full: bool) -> Iterator[Finding]:
    path = settings.database_path
    if not path.exists():
        yield Finding("Cơ sở dữ liệu", False, f"không có {path}", RESTORE)
        return
    database = Database(path)
    try:
        yield from _tables(database)
        yield _blobs(database, BlobStore(settings.blobs_path), full=full)
        yield _outbox(database, now)
    except DatabaseError as error:
        yield Finding("Cơ sở dữ liệu", False, f"không đọc được: {error.orig}", RESTORE)
    finally:
        database.close()


def _tables(database: Database) -> Iterator[Finding]:
    with database.reading() as session:
        said = session.scalars(text("PRAGMA quick_check(5)")).all()
        orphans = session.execute(text("PRAGMA foreign_key_check")).all()
    if list(said) != ["ok"] or orphans:
        seen = "; ".join(said) if list(said) != ["ok"] else f"{len(orphans)} dòng trỏ vào chỗ không có"
        yield Finding("Cơ sở dữ liệu", False, seen, RESTORE)
    else:
        yield Finding("Cơ sở dữ liệu", True, "nguyên vẹn")
    current, head = migrations.current(database), migrations.head()
    if current != head:
        seen = f"đang ở {current or 'không có'}, chương trình cần {head}"
        yield Finding("Cấu trúc bảng", False, seen, "sao lưu rồi chạy lại: thidua backup THƯ-MỤC && thidua serve")
    else:
        yield Finding("Cấu trúc bảng", True, f"mới nhất ({head})")


def _blobs(database: Database, store: BlobStore, *, full: bool) -> Finding:
    with database.reading() as session:
        known = session.execute(select(Blob.sha256, Blob.size)).all()
    bad = [sha256 for sha256, size in known if not _is_whole(store, sha256, size, full=full)]
    how = "đã đọc lại từng tệp" if full else "đã so dung lượng; đọc lại từng tệp: thidua doctor --full"
    if bad:
        shown = ", ".join(sha256[:12] for sha256 in bad[:5])
        return Finding("Kho tệp", False, f"{len(bad)}/{len(known)} tệp thiếu hoặc hỏng: {shown}", RESTORE)
    return Finding("Kho tệp", True, f"{len(known)} tệp ({how})")


def _is_whole(store: BlobStore, sha256: str, size: int, *, full: bool) -> bool:
    if full:
        return store.verify(sha256)
    try:
        return store.path(sha256).stat().st_size == size
    except OSError:
        return False


def _outbox(database: Database, now: datetime) -> Finding:
    with database.reading() as session:
        waiting, failed, oldest = outbox.waiting(session, now)
    seen = f"{waiting} việc chờ, {failed} việc hỏng"
    if failed:
        return Finding("Việc nền", False, seen, "thidua reindex (làm lại từ đầu), rồi xem nhật ký của bộ xử lý nền")
    if oldest is not None and now - oldest > OLDEST:
        minutes = int((now - oldest).total_seconds()) // 60
        return Finding("Việc nền", False, f"{seen}, lâu nhất {minutes} phút", "thidua serve, hoặc thidua worker")
    return Finding("Việc nền", True, seen)


def _plugins(registry: Registry) -> Iterator[Finding]:
    for name, broken in sorted(registry.broken.items()):
        mend = f'cài bản sửa lỗi, hoặc tắt trong thidua.toml: [plugins] off = ["{name}"]'
        yield Finding("Phong trào", False, f"{name}: {broken.fault}", mend)
    if not registry.broken:
        yield Finding("Phong trào", True, ", ".join(registry.plugins) or "chưa cài phong trào nào")


def _index(settings: Settings, registry: Registry, engine_of: Callable[[Registry, Path], Engine]) -> Finding:
    try:
        engine = engine_of(registry, settings.index_path)
        health = engine.health()
        engine.close()
    except Exception as error:
        return Finding("Chỉ mục tìm kiếm", False, f"{type(error).__name__}: {error}", "thidua reindex")
    if health.state != "ready":
        return Finding("Chỉ mục tìm kiếm", False, "thiếu hoặc hỏng", "thidua reindex")
    return Finding("Chỉ mục tìm kiếm", True, f"{health.documents} hồ sơ, {health.bytes / 1024**2:.1f} MB")


def _fonts() -> Finding:
    if (files("fontpkg_be_vietnam_pro") / "files" / FONT).is_file():
        return Finding("Phông chữ", True, "Be Vietnam Pro")
    return Finding(
        "Phông chữ", False, f"thiếu {FONT}", "python -m pip install --force-reinstall fontpkg-be-vietnam-pro"
    )
