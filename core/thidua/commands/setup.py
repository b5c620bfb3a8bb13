"""``thidua init``: a new site with its first unit and first administrator."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from thidua import config
from thidua.commands.shared import instance_folder, opened
from thidua.errors import Refused
from thidua.models import Role
from thidua.services import accounts, passwords, units
from thidua.services.passwords import Passwords
from thidua.services.site import Site
from thidua.text import clean_line, initials
from thidua.times import local_day, utc_now


@click.command()
@click.option("--address", default="", help="Địa chỉ công khai của trang, ví dụ https://thidua.example.vn.")
@instance_folder
def init(instance: Path, address: str) -> None:
    """Lập trang mới: hỏi đơn vị đầu tiên và tài khoản quản trị. Không có mật khẩu mặc định."""
    if (instance / config.FILE_NAME).exists():
        raise click.ClickException(f"Thư mục “{instance}” đã có một trang. Hãy chọn thư mục khác bằng --instance.")
    click.echo(f"Lập trang mới trong “{instance}”. Bỏ dở lúc nào cũng được: Ctrl+C.")
    unit = _ask("Tên đơn vị quản trị trang (ví dụ Sở Giáo dục và Đào tạo …)")
    name = _ask("Họ và tên người quản trị")
    login = _until_it_fits(
        lambda: _ask("Tên đăng nhập", default="admin"),
        lambda typed: accounts.draft(login=typed, name=name, password_hash="", now=utc_now()),
    )
    password = _until_it_fits(_ask_password, lambda typed: passwords.check(typed, words=(unit, name, login)))
    config.write_new(instance, values={"address": address} if address else {})
    try:
        with opened(config.load(instance)) as site:
            _fill(site, unit=unit, name=name, login=login, password=password)
    except BaseException:
        # Half a site would neither start nor let itself be made again.
        for path in (instance / config.FILE_NAME, *instance.glob("thidua.sqlite*")):
            path.unlink(missing_ok=True)
        raise
    click.echo(f"\nXong. Cài đặt: {instance / config.FILE_NAME}\nChạy trang: thidua --instance {instance} serve")


def _fill(site: Site, *, unit: str, name: str, login: str, password: str) -> None:
    hashed, now = Passwords(site.settings).hash(password), utc_now()
    with site.database.writing() as session:
        office = units.create(
            session,
            code=initials(unit)[:40] or "DV",
            name=unit,
            kind="cơ quan",
            abbreviation=initials(unit),
            started=local_day(now),
            by=None,
            now=now,
        )
        user = accounts.create_user(
            session, login=login, name=name, password_hash=hashed, must_change=False, by=None, now=now
        )
        accounts.grant(session, user, role=Role.ADMIN, unit_id=office.id, valid_from=local_day(now), by=None, now=now)


def _ask(question: str, default: str | None = None) -> str:
    while True:
        answer = clean_line(str(click.prompt(question, default=default)))
        if answer:
            return answer


def _ask_password() -> str:
    question = f"Mật khẩu (ít nhất {passwords.LEAST} ký tự, nên từ {passwords.ADVISED})"
    return str(click.prompt(question, hide_input=True, confirmation_prompt="Nhập lại mật khẩu"))


def _until_it_fits(ask: Callable[[], str], check: Callable[[str], object]) -> str:
    """What was typed and ``check`` does not refuse; a pipe gets one chance, a person as many as needed."""
    while True:
        typed = ask()
        try:
            check(typed)
        except Refused as error:
            if not sys.stdin.isatty():
                raise
            click.echo(str(error), err=True)
        else:
            return typed


COMMANDS = (init,)
