"""What several commands share: the instance and the site opened for as long as a command runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from thidua import config
from thidua.app import open_site
from thidua.config import Settings
from thidua.files.store import BlobStore
from thidua.models import Database
from thidua.services.site import Site

instance_folder = click.make_pass_decorator(Path)
"""Gives a command the instance folder as its first argument."""


def settings_of(instance: Path) -> Settings:
    """The settings of the site in ``instance``; a sentence when there is none."""
    if not (instance / config.FILE_NAME).exists():
        raise click.ClickException(
            f"Thư mục “{instance}” chưa có trang nào. Hãy chạy “thidua init” để lập trang mới, "
            "“thidua demo” để xem thử, hoặc chỉ đúng thư mục bằng --instance."
        )
    return config.load(instance)


@contextmanager
def as_it_is(settings: Settings) -> Iterator[tuple[Database, BlobStore]]:
    """Database and files of the site, closed again at the end: nothing is upgraded, nothing is written.

    What looks after a site must work where the disk is full, and before an upgrade.
    """
    database = Database(settings.database_path)
    try:
        yield database, BlobStore(settings.blobs_path)
    finally:
        database.close()


@contextmanager
def opened(settings: Settings) -> Iterator[Site]:
    """The site that ``settings`` describe, closed again at the end."""
    site = open_site(settings)
    try:
        yield site
    finally:
        site.engine.close()
        site.database.close()
