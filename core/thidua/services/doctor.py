"""What is wrong with a site, one finding per check, each with the command that mends it.

One list of checks for the shell and for the page of the administrator. They look only:
nothing is changed, not even the schema. A check that cannot be made because an earlier
one failed is left out.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from thidua import config, migrations, outbox
from thidua.config import Settings, SettingsError
from thidua.files.limits import MB
from thidua.files.store import BlobStore
from thidua.models import Blob, Database, Event
from thidua.permissions.whole import how_many
from thidua.registry import Registry
from thidua.search.engine import Engine
from thidua.services.attachments import TEXT
from thidua.services.backup import KEPT
from thidua.services.indexing import REINDEX
from thidua.services.moves import INDEX, MOVED
from thidua.services.site import Site

LEAST_FREE = 1024**3
OLDEST = timedelta(minutes=15)
OLDEST_BACKUP = timedelta(hours=50)  # a nightly one may miss a night's hour or two, not a night
LARGEST_WAL = 256 * MB
FONT = "BeVietnamPro-Regular.ttf"
RESTORE = "thidua --instance THƯ-MỤC-MỚI restore BẢN-SAO-LƯU"


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, whether it is well, what was seen, and what to do (empty when well)."""

    name: str
    ok: bool
    seen: str
    mend: str = ""


@dataclass(frozen=True)
class Place:
    """What is looked at. ``engine`` is opened only when its turn comes: it may be what is broken."""

    settings: Settings
    database: Database
    store: BlobStore
    registry: Registry
    engine: Callable[[], Engine]
    now: datetime
    full: bool = False


def examine(
    instance: Path, *, engine_of: Callable[[Registry, Settings], Engine], now: datetime, full: bool = False
) -> Iterator[Finding]:
    """Look at the site in ``instance`` from outside. ``full`` reads every stored file again."""
    try:
        settings = config.load(instance)
    except SettingsError as error:
        yield Finding("Cài đặt", False, str(error), "thidua init (trang mới), hoặc sửa thidua.toml theo câu trên")
        return
    registry = Registry.load(off=settings.plugins_off)
    opened: list[Engine] = []

    def engine() -> Engine:
        opened.append(engine_of(registry, settings))
        return opened[0]

    database = Database(settings.database_path)
    try:
        yield from look(Place(settings, database, BlobStore(settings.blobs_path), registry, engine, now, full))
    finally:
        database.close()
        for one in opened:
            one.close()


def of_site(site: Site, now: datetime) -> Place:
    """A site that is being served, as a place to look at."""
    return Place(site.settings, site.database, site.store, site.registry, lambda: site.engine, now)


def look(place: Place) -> Iterator[Finding]:
    """Every check, in the order in which its finding is shown."""
    for check in (_settings, _disk):
        yield check(place)
    if place.settings.database_path.exists():
        try:
            for ask in (_sound, _journal, _tables, _blobs, _outbox, _lag, _backup):
                yield ask(place)
        except DatabaseError as error:
            yield Finding("Cơ sở dữ liệu", False, f"không đọc được: {error.orig}", RESTORE)
    else:
        yield Finding("Cơ sở dữ liệu", False, f"không có {place.settings.database_path}", RESTORE)
    yield from _plugins(place.registry)
    yield _index(place)
    yield _fonts()


def alive(site: Site) -> bool:
    """Whether the database answers and the store takes a file: what a watcher asks every few seconds.

    A store in which none of the first files is left is another folder than the site's: a disk that is not mounted.
    """
    try:
        with site.database.reading() as session:
            session.scalar(text("SELECT version_num FROM alembic_version"))
            first = session.scalars(select(Blob.sha256).order_by(Blob.sha256).limit(3)).all()
    except DatabaseError:
        return False
    return site.store.takes() and (not first or any(site.store.exists(sha256) for sha256 in first))


def _settings(place: Place) -> Finding:
    path = place.settings.instance / config.FILE_NAME
    try:
        mode = path.stat().st_mode & 0o777
    except FileNotFoundError:
        return Finding("Cài đặt", False, f"không còn {path}", "thidua restore một bản sao có kèm cài đặt")
    if mode & 0o077:
        return Finding("Cài đặt", False, f"{path} ai cũng đọc được (quyền {mode:o})", f"chmod 600 {path}")
    return Finding("Cài đặt", True, f"{path}, địa chỉ {place.settings.address}")


def _disk(place: Place) -> Finding:
    usage = shutil.disk_usage(place.settings.instance)
    seen = f"còn trống {usage.free / 1024**3:.1f} GB".replace(".", ",")
    if usage.free < LEAST_FREE:
        return Finding("Ổ đĩa", False, seen, "dọn ổ đĩa, hoặc chuyển trang: thidua backup THƯ-MỤC rồi thidua restore")
    return Finding("Ổ đĩa", True, seen)


def _sound(place: Place) -> Finding:
    with place.database.reading() as session:
        said = session.scalars(text("PRAGMA quick_check(5)")).all()
        orphans = session.execute(text("PRAGMA foreign_key_check")).all()
    if list(said) != ["ok"] or orphans:
        seen = "; ".join(said) if list(said) != ["ok"] else f"{len(orphans)} dòng trỏ vào chỗ không có"
        return Finding("Cơ sở dữ liệu", False, seen, RESTORE)
    return Finding("Cơ sở dữ liệu", True, "nguyên vẹn")


def _journal(place: Place) -> Finding:
    with place.database.reading() as session:
        mode = session.scalar(text("PRAGMA journal_mode"))
    log = Path(f"{place.database.path}-wal")
    size = log.stat().st_size if log.exists() else 0
    seen = f"{str(mode).upper()}, {size / MB:.1f} MB chưa gộp".replace(".", ",")
    if mode != "wal":
        return Finding("Nhật ký ghi (WAL)", False, seen, "chuyển thư mục của trang sang ổ đĩa của chính máy này")
    if size > LARGEST_WAL:
        return Finding("Nhật ký ghi (WAL)", False, seen, "systemctl restart thidua thidua-worker")
    return Finding("Nhật ký ghi (WAL)", True, seen)


def _tables(place: Place) -> Finding:
    current, head = migrations.current(place.database), migrations.head()
    if current == head:
        return Finding("Cấu trúc bảng", True, f"mới nhất ({head})")
    seen = f"đang ở {current or 'không có'}, chương trình cần {head}"
    if current is not None and not migrations.knows(current):
        return Finding("Cấu trúc bảng", False, seen, "cài lại bản thidua mới hơn đã dùng trước đây")
    return Finding("Cấu trúc bảng", False, seen, "sao lưu rồi chạy lại: thidua backup THƯ-MỤC && thidua serve")


def _blobs(place: Place) -> Finding:
    total, bad = 0, []
    with place.database.reading() as session:
        for sha256, size in session.execute(select(Blob.sha256, Blob.size).execution_options(yield_per=1000)):
            total += 1
            if not _is_whole(place.store, sha256, size, full=place.full):
                bad.append(sha256)
    how = "đã đọc lại từng tệp" if place.full else "đã so dung lượng; đọc lại từng tệp: thidua verify"
    if bad:
        shown = ", ".join(sha256[:12] for sha256 in bad[:5])
        return Finding("Kho tệp", False, f"{len(bad)}/{total} tệp thiếu hoặc hỏng: {shown}", RESTORE)
    return Finding("Kho tệp", True, f"{total} tệp ({how})")


def _is_whole(store: BlobStore, sha256: str, size: int, *, full: bool) -> bool:
    if full:
        return store.verify(sha256)
    try:
        return store.path(sha256).stat().st_size == size
    except OSError:
        return False


def _outbox(place: Place) -> Finding:
    with place.database.reading() as session:
        waiting, failed, oldest = outbox.waiting(session, place.now)
        errors = outbox.failures(session)
    seen = f"{waiting} việc chờ, {failed} việc hỏng"
    if failed:
        told = "; ".join(f"{kind} × {count}: {error or 'không rõ'}" for kind, error, count in errors)
        return Finding("Việc nền", False, f"{seen} ({told})", "thidua retry")
    if oldest is not None and place.now - oldest > OLDEST:
        return Finding("Việc nền", False, f"{seen}, lâu nhất {_ago(place, oldest)}", "thidua serve, hoặc thidua worker")
    return Finding("Việc nền", True, seen)


def _lag(place: Place) -> Finding:
    """How far search is behind: dossiers whose change it has not heard of."""
    with place.database.reading() as session:
        waiting, oldest = outbox.behind(session, (TEXT, MOVED, INDEX))
    if not waiting:
        return Finding("Độ trễ tìm kiếm", True, "không hồ sơ nào chờ vào chỉ mục")
    seen = f"{waiting} việc chờ vào chỉ mục, lâu nhất {_ago(place, oldest or place.now)}"
    if oldest is not None and place.now - oldest > OLDEST:
        return Finding("Độ trễ tìm kiếm", False, seen, "thidua worker (bộ xử lý nền không chạy hoặc chạy không kịp)")
    return Finding("Độ trễ tìm kiếm", True, seen)


def _backup(place: Place) -> Finding:
    with place.database.reading() as session:
        last = session.scalar(select(func.max(Event.at)).where(Event.action.in_(KEPT)))
        first = session.scalar(select(func.min(Event.at)))
    if place.settings.demo:
        return Finding("Sao lưu", True, "dữ liệu mẫu, không cần sao lưu")
    mend = "thidua backup THƯ-MỤC (hằng đêm: xem docs/deployment.md)"
    since = last or first
    if since is None or place.now - since <= OLDEST_BACKUP:
        return Finding("Sao lưu", True, f"gần nhất cách đây {_ago(place, last)}" if last else "trang mới, chưa có")
    seen = f"gần nhất cách đây {_ago(place, last)}" if last else "chưa sao lưu lần nào"
    return Finding("Sao lưu", False, seen, mend)


def _ago(place: Place, then: datetime) -> str:
    minutes = max(0, int((place.now - then).total_seconds()) // 60)
    if minutes < 120:
        return f"{minutes} phút"
    return f"{minutes // 60} giờ" if minutes < 48 * 60 else f"{minutes // 1440} ngày"


def _plugins(registry: Registry) -> Iterator[Finding]:
    for name, broken in sorted(registry.broken.items()):
        mend = f'cài bản sửa lỗi, hoặc tắt trong thidua.toml: [plugins] off = ["{name}"]'
        yield Finding("Phong trào", False, f"{name}: {broken.fault}", mend)
    if not registry.broken:
        yield Finding("Phong trào", True, ", ".join(registry.plugins) or "chưa cài phong trào nào")


def _index(place: Place) -> Finding:
    try:
        health = place.engine().health()
    except Exception as error:
        return Finding("Chỉ mục tìm kiếm", False, f"{type(error).__name__}: {error}", "thidua reindex")
    if health.state != "ready":
        return Finding("Chỉ mục tìm kiếm", False, "thiếu hoặc hỏng", "thidua reindex")
    if lacking := _not_indexed(place, health.documents):
        return Finding("Chỉ mục tìm kiếm", False, lacking, "thidua reindex")
    return Finding("Chỉ mục tìm kiếm", True, f"{health.documents} hồ sơ, {health.bytes / MB:.1f} MB".replace(".", ","))


def _not_indexed(place: Place, documents: int) -> str:
    """What the index lacks (or has too much) although nothing waits to get there; empty: nothing."""
    try:
        with place.database.reading() as session:
            dossiers, (waiting, _) = how_many(session), outbox.behind(session, (MOVED, INDEX, REINDEX))
    except DatabaseError:
        return ""  # said in its own line
    return "" if waiting or dossiers == documents else f"{documents} hồ sơ trong chỉ mục, {dossiers} trong dữ liệu"


def _fonts() -> Finding:
    if (files("fontpkg_be_vietnam_pro") / "files" / FONT).is_file():
        return Finding("Phông chữ", True, "Be Vietnam Pro")
    return Finding(
        "Phông chữ", False, f"thiếu {FONT}", "python -m pip install --force-reinstall fontpkg-be-vietnam-pro"
    )
