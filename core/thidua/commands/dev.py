"""``thidua dev``: the demo for authors, started again whenever a file of a plugin, a page or the core changes.

The site is the very one of ``thidua demo``, on this machine only and without any debugger; only the
process around it is new. A started program never sees half a change: it is ended cleanly first.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from types import FrameType

import click

from thidua import demo as demo_data
from thidua.app import template_folder
from thidua.commands.running import bound
from thidua.commands.shared import instance_folder
from thidua.registry import GROUP

PAUSE = 0.5
STOP_SECONDS = 40
WATCHED = {".py", ".html", ".css", ".js", ".svg"}
Seen = dict[Path, int]


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Cổng; mặc định là cổng trống đầu tiên từ 8080.")
@click.option("--fresh", is_flag=True, help="Bỏ dữ liệu mẫu cũ, lập lại từ đầu (khi khóa của biểu mẫu đã đổi).")
@instance_folder
def dev(instance: Path, port: int | None, fresh: bool) -> None:
    """Cho tác giả: chạy dữ liệu mẫu trên máy này, tự nạp lại khi tệp của phong trào hay trang thay đổi."""
    if demo_data.exists(instance) and fresh:
        shutil.rmtree(instance)
    with bound("127.0.0.1", port) as free:
        chosen = int(free.getsockname()[1])
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        _keep_running(instance, chosen)
    except (KeyboardInterrupt, SystemExit):
        click.echo("Đã dừng.")
    finally:
        signal.signal(signal.SIGTERM, before)


def _keep_running(instance: Path, port: int) -> None:
    while True:
        seen = look()
        _thidua(instance, "plugins").wait()
        with _thidua(instance, "demo", "--port", str(port)) as running:
            try:
                changed = _changed(seen, running)
            finally:
                _end(running)
        click.echo(f"\nĐã đổi: {', '.join(changed)}. Nạp lại…")


def _changed(seen: Seen, running: subprocess.Popen[bytes]) -> list[str]:
    """Wait until a watched file is another; what is left of a program that ended by itself waits as well."""
    said = False
    while (now := look()) == seen:
        if running.poll() is not None and not said:
            click.echo("Chương trình đã dừng; sửa tệp thì tự chạy lại.", err=True)
            said = True
        time.sleep(PAUSE)
    return sorted({path.name for path, _ in seen.items() ^ now.items()})


def look() -> Seen:
    """The watched files and when each was changed last, in nanoseconds."""
    found: Seen = {}
    for folder in folders():
        for path in folder.rglob("*"):
            if path.suffix in WATCHED:
                try:
                    found[path] = path.stat().st_mtime_ns
                except FileNotFoundError:  # an editor writes beside and renames
                    continue
    return found


def folders() -> Iterator[Path]:
    """Where files are watched: the core, the pages, and every installed plugin, broken ones included."""
    yield Path(demo_data.__file__).parents[1]
    yield template_folder()
    for entry in entry_points(group=GROUP):
        spec = find_spec(entry.module.partition(".")[0])
        if spec is not None and spec.submodule_search_locations and not entry.module.startswith("thidua."):
            yield Path(spec.submodule_search_locations[0])


def _thidua(instance: Path, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "thidua", "--instance", str(instance), *arguments])  # noqa: S603 -- our own program with our own arguments


def _end(running: subprocess.Popen[bytes]) -> None:
    if running.poll() is None:
        running.terminate()
    try:
        running.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        running.kill()


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


COMMANDS = (dev,)
