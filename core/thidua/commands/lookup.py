"""Commands that look things up: ``search`` as a user would, ``check-docx`` for the form of an official document."""

from __future__ import annotations

import json
from pathlib import Path

import click
from sqlalchemy import select

from thidua.commands.shared import instance_folder, opened, settings_of
from thidua.errors import Refused, say
from thidua.files.checks import check_upload
from thidua.models import User
from thidua.permissions import Actor, scope_of
from thidua.services.accounts import normal_login
from thidua.services.searching import Question, Results
from thidua.services.searching import search as find
from thidua.times import local_day, utc_now


@click.command()
@click.argument("query", nargs=-1, metavar="TỪ-KHÓA")
@click.option("--user", required=True, metavar="TÊN", help="Tìm đúng như người này thấy.")
@click.option("--json", "as_json", is_flag=True, help='In {"total": n, "hits": [{kind, id, title, snippet, score}]}.')
@click.option("--page", type=click.IntRange(1, 50), default=1, show_default=True)
@instance_folder
def search(instance: Path, query: tuple[str, ...], user: str, as_json: bool, page: int) -> None:
    """Tìm hồ sơ theo đúng quyền của một tài khoản; gõ có dấu hay không dấu đều được."""
    with opened(settings_of(instance)) as site, site.database.reading() as session:
        login = normal_login(user)
        user_id = session.scalar(select(User.id).where(User.login == login, User.disabled_at.is_(None)))
        if user_id is None:
            raise click.ClickException(f"Không có tài khoản “{login}” đang dùng. Hãy kiểm tra lại tên đăng nhập.")
        scope = scope_of(session, Actor(user_id), local_day(utc_now()))
        found = find(site, session, scope, Question(text=" ".join(query), page=page))
    if found.rebuilding:
        click.echo(
            "Chỉ mục đang được lập lại nên kết quả chưa đủ. Hãy chạy “thidua reindex” hoặc thử lại sau.", err=True
        )
    click.echo(_as_json(found) if as_json else _as_text(found))


def _as_json(found: Results) -> str:
    hits = [
        {"kind": hit.kind, "id": hit.id, "title": hit.title, "snippet": hit.snippet, "score": hit.score}
        for hit in found.hits
    ]
    return json.dumps({"total": found.total, "hits": hits}, ensure_ascii=False, indent=1)


def _as_text(found: Results) -> str:
    lines = [f"{found.total} kết quả" if found.exact else f"hơn {found.total} kết quả"]
    for hit in found.hits:
        lines += [f"\n{hit.code}  {hit.title} – {hit.unit} ({hit.call}; {hit.state.label})"]
        lines += [f"    {hit.snippet}"] if hit.snippet else []
    return "\n".join(lines)


@click.command("check-docx")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check_docx(files: tuple[Path, ...]) -> int:
    """Soát thể thức văn bản Word theo Nghị định 30/2020/NĐ-CP. Mã thoát 1 khi có chỗ sai hoặc tệp không đọc được."""
    from thidua.documents.check import check_document  # noqa: PLC0415 -- slow import

    right = True
    for path in files:
        try:
            check_upload(path, path.name, (".docx",))
            found = check_document(path)
        except Refused as refused:
            right = False
            click.echo(str(refused), err=True)
            continue
        except ValueError:
            right = False
            click.echo(say("docx-unreadable", name=path.name), err=True)
            continue
        for finding in found:
            click.echo(f"{path.name}: {finding}")
        right = right and not found
        click.echo(say("docx-wrong", name=path.name, count=len(found)) if found else say("docx-right", name=path.name))
    return 0 if right else 1


COMMANDS = (search, check_docx)
