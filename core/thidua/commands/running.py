"""Commands that keep running: ``demo``, ``serve``, ``worker``."""

from __future__ import annotations

import ctypes
import errno
import gc
import ipaddress
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import FrameType
from wsgiref.types import WSGIApplication

import click
from waitress.server import create_server  # type: ignore[import-untyped]  # ships no annotations

from thidua import logs
from thidua.app import create_app
from thidua.commands import graceful
from thidua.commands.arriving import channel_into
from thidua.commands.graceful import Server
from thidua.commands.shared import instance_folder, opened, settings_of
from thidua.commands.turns import Turns
from thidua.files.limits import MB
from thidua.outbox import Worker
from thidua.services import indexing, originality
from thidua.services.site import Site
from thidua.times import utc_now

FIRST_PORT, PORTS = 8080, 100
THREADS = 8
RECEIVE = 256 * 1024  # bytes taken from a connection at once: waitress's own 8 KB make large uploads slow
LEFTOVER = timedelta(hours=24)
LARGE = 1024**2  # bytes
_M_MMAP_THRESHOLD = -3  # its number in glibc's malloc.h


def _tell_faults(faults: tuple[str, ...]) -> None:
    for fault in faults:
        click.echo(f"{click.style('HỎNG', fg='red', bold=True)} {fault}", err=True)
    if faults:
        click.echo(
            "Phong trào có hồ sơ mẫu hỏng không có (hoặc thiếu hồ sơ) trong dữ liệu mẫu; "
            "tác giả sửa và thử lại bằng “thidua plugins --check”.",
            err=True,
        )


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Cổng; mặc định là cổng trống đầu tiên từ 8080.")
@click.option("--instance", "own", type=click.Path(file_okay=False, path_type=Path), help="Thư mục chứa dữ liệu mẫu.")
@instance_folder
def demo(instance: Path, port: int | None, own: Path | None) -> None:
    """Xem thử với dữ liệu mẫu trên máy này (127.0.0.1)."""
    from thidua import demo as demo_data  # noqa: PLC0415 -- slow import

    folder = own or instance
    if demo_data.exists(folder):
        click.echo(f"Dùng lại dữ liệu mẫu trong “{folder}”.")
    else:
        click.echo(f"Đang lập dữ liệu mẫu trong “{folder}” (dưới một phút)…")
        started = time.monotonic()
        summary = demo_data.build(folder, now=utc_now())
        click.echo(f"Xong sau {time.monotonic() - started:.0f} giây: {summary}.")
        _tell_faults(summary.faults)
    with _stoppable(), opened(settings_of(folder)) as site, _worker(site):
        server = listen(site, "127.0.0.1", port)
        click.echo(f"\nMở trình duyệt tại  http://127.0.0.1:{server.effective_port}/\n")
        for line in demo_data.accounts(site):
            click.echo(f"  {line}")
        click.echo(f"\nMật khẩu chung: {demo_data.PASSWORD}\nDừng: Ctrl+C")
        graceful.run(server)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Địa chỉ lắng nghe.")
@click.option("--port", type=click.IntRange(0, 65535), default=FIRST_PORT, show_default=True)
@instance_folder
def serve(instance: Path, host: str, port: int) -> None:
    """Chạy trang thật (waitress), kèm bộ xử lý nền."""
    settings = settings_of(instance)
    if not _is_loopback(host):
        if settings.demo:
            raise click.ClickException(
                "Trang này là dữ liệu mẫu với mật khẩu ai cũng biết nên chỉ chạy trên 127.0.0.1. "
                "Hãy lập trang thật bằng “thidua init”."
            )
        if not settings.secure:
            click.echo(
                "CẢNH BÁO: trang nhận kết nối ngoài máy này qua http không mã hóa; mật khẩu có thể bị đọc trộm. "
                'Hãy đặt máy chủ https phía trước và ghi address = "https://…" trong thidua.toml.',
                err=True,
            )
    with _stoppable(), opened(settings) as site, _worker(site):
        server = listen(site, host, port)
        click.echo(f"Đang chạy tại {_address(host, server.effective_port)} (dừng: Ctrl+C)")
        graceful.run(server)


@click.command()
@instance_folder
def worker(instance: Path) -> None:
    """Chạy riêng bộ xử lý nền: đọc chữ trong tệp, cập nhật chỉ mục."""
    with _stoppable(), opened(settings_of(instance)) as site, _worker(site):
        click.echo("Bộ xử lý nền đang chạy (dừng: Ctrl+C)")
        never = threading.Event()
        while not never.wait(1):  # a signal that comes just before a wait without end is not heard in it
            pass


def give_back_large_blocks() -> None:
    """Have the system take back every block of :data:`LARGE` bytes or more as soon as it is freed.

    glibc learns from the first one of the nineteen megabytes that checking a password takes to keep them
    for the next, in every thread that has signed somebody in.
    """
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "mallopt"):  # it is glibc's own habit
        library.mallopt(_M_MMAP_THRESHOLD, LARGE)


def _ready(site: Site) -> None:
    """Have a lost index rebuilt while the site serves, and clear what broken uploads left behind."""
    logs.start(site.settings.log_format)
    give_back_large_blocks()
    now = utc_now()
    indexing.heal(site, now)
    originality.heal(site, now)
    site.store.sweep_tmp(now - LEFTOVER)


@contextmanager
def _worker(site: Site) -> Iterator[None]:
    _ready(site)
    handlers = indexing.handlers(site)
    ours = {kind: handler for kind, handler in handlers.items() if kind not in indexing.PLUGINS}
    theirs = {kind: handler for kind, handler in handlers.items() if kind in indexing.PLUGINS}
    # A loop of their own: a slow listener keeps nobody's files from being read.
    workers = (
        Worker(site.database, ours, watch=lambda: indexing.heal(site, utc_now())),
        Worker(site.database, theirs),
    )
    for each in workers:
        each.start()
    try:
        yield
    finally:
        for each in workers:
            each.stop()


def listen(site: Site, host: str, port: int | None, *, app: WSGIApplication | None = None) -> Server:
    """The site at ``port``, or at the first free one from 8080 on; it answers once it is run."""
    app = app or create_app(site)
    # What start-up made lives as long as the program: collecting it again and again costs large answers a third.
    gc.collect()
    gc.freeze()
    server: Server = create_server(
        Turns(app),
        sockets=[bound(host, port)],
        threads=THREADS,
        ident="thidua",
        recv_bytes=RECEIVE,
        max_request_body_size=(site.settings.max_upload_mb + 1) * MB,
        clear_untrusted_proxy_headers=not site.settings.trusted_proxies,
    )
    server.channel_class = channel_into(site.store)
    return server


def bound(host: str, port: int | None) -> socket.socket:
    """A socket at ``port``, or at the first free one from 8080 on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for each in range(FIRST_PORT, FIRST_PORT + PORTS) if port is None else (port,):
        made = socket.socket(family, socket.SOCK_STREAM)
        if sys.platform != "win32":  # there the option would let two programs share a port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind((host, each))
            made.listen()
        except OSError as error:
            made.close()
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return made
    tried = f"Cổng {port}" if port is not None else f"Các cổng {FIRST_PORT}–{FIRST_PORT + PORTS - 1}"
    raise click.ClickException(f"{tried} đang có chương trình khác dùng. Hãy chọn cổng khác bằng --port.")


@contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM ends the program as Ctrl+C does; also where a shell started it in the background, deaf to Ctrl+C."""
    before = {each: signal.signal(each, _leave) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    except SystemExit:
        pass
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    click.echo("Đã dừng.")


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


COMMANDS = (demo, serve, worker)
