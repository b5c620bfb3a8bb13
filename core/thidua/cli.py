"""The ``thidua`` command: calls go to the modules of :mod:`thidua.commands`, faults become sentences."""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from thidua.config import SettingsError
from thidua.errors import Refused
from thidua.plugin import ContractError

COMMANDS = {
    **dict.fromkeys(("demo", "serve", "worker"), "running"),
    **dict.fromkeys(("doctor", "verify", "backup", "restore", "reindex", "retry"), "care"),
    **dict.fromkeys(("search", "check-docx"), "lookup"),
    **dict.fromkeys(("plugins", "plugin"), "authoring"),
    "init": "setup",
    "dev": "dev",
}
"""The module of each command; a command starts without what only the others need."""

NO_ROOM = "Ổ đĩa đã hết chỗ nên chưa làm được; những gì đã lưu vẫn còn nguyên. Hãy dọn ổ đĩa rồi chạy lại."


class Commands(click.Group):
    """All commands; the module of one is imported when it is called or listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every name, in alphabetical order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name; None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        offered: Sequence[click.Command] = import_module(f"thidua.commands.{COMMANDS[cmd_name]}").COMMANDS
        return next(one for one in offered if one.name == cmd_name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--instance",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="THIDUA_INSTANCE",
    default=Path("instance"),
    show_default=True,
    help="Thư mục của trang: cài đặt, cơ sở dữ liệu, tệp, chỉ mục. Cũng đặt được bằng biến THIDUA_INSTANCE.",
)
@click.version_option(package_name="thidua", message="thidua %(version)s")
@click.pass_context
def cli(context: click.Context, instance: Path) -> None:
    """Hồ sơ thi đua, khen thưởng: lập, nộp, thẩm định, tra cứu.

    Bắt đầu nhanh nhất: thidua demo
    """
    context.obj = instance
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def main() -> None:
    """Run the command line and leave with its code: 0 done, 1 refused or failed, 2 called wrongly."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal without Vietnamese letters must not stop the work
            stream.reconfigure(errors="replace")
    gc.disable()  # until the command is loaded: what that makes stays, and looking for garbage in it costs a tenth
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Do what ``arguments`` say and return the exit code; never raises for what a user can cause.

    With ``THIDUA_TRACE=1`` an unexpected fault is raised as it is.
    """
    try:
        code = cli.main(list(arguments), prog_name="thidua", standalone_mode=False)
    except click.ClickException as error:
        if isinstance(error, click.UsageError):
            error.show()
        else:
            click.echo(error.format_message(), err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Đã dừng theo yêu cầu.", err=True)
        return 130
    except Exception as error:
        if os.environ.get("THIDUA_TRACE") == "1":
            raise
        click.echo(_sentence(error), err=True)
        return 1
    return code if isinstance(code, int) else 0


def _sentence(error: Exception) -> str:
    import sqlite3  # noqa: PLC0415 -- a command that had such a fault has brought both

    from sqlalchemy.exc import DatabaseError  # noqa: PLC0415 -- slow import

    match error:
        case Refused() | ContractError():
            return str(error)
        case SettingsError():
            return f"Cài đặt chưa dùng được: {error}"
        case DatabaseError() | sqlite3.DatabaseError():
            return _of_database(str(getattr(error, "orig", error)))
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return NO_ROOM
        case OSError():
            place = f" ({error.filename})" if error.filename else ""
            reason = error.strerror or error
            return f"Máy tính báo lỗi: {reason}{place}. Hãy kiểm tra đường dẫn, quyền ghi và chỗ trống."
    fault = f"{type(error).__name__}: {error}"
    return f"Lỗi ngoài dự kiến ({fault}). Đặt THIDUA_TRACE=1 rồi chạy lại để xem chi tiết."


def _of_database(fault: str) -> str:
    if "is full" in fault:
        return NO_ROOM
    return f"Cơ sở dữ liệu báo lỗi: {fault}. Hãy chạy “thidua doctor” để biết cần làm gì."
