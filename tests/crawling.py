"""A site of its own for a whole module, and every GET address of it with the ids of everything in it."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from conftest import open_database
from desk import SECTION
from small_world import NOW, World, make_world
from thidua.config import Settings
from thidua.files.store import BlobStore
from thidua.models import Assignment, AttachmentRevision, Call, Dossier, Submission, Unit, User
from thidua.registry import Registry
from thidua.search.whoosh_engine import WhooshEngine
from thidua.services import definitions
from thidua.services.site import Site

SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"
UNKNOWN = "zzzzzzzzzzzzzzzzzzzzzz"


@contextmanager
def fresh_site(folder: Path, migrated: Path, plugin: object) -> Iterator[tuple[Site, World]]:
    """A site in ``folder`` with one campaign and the small world."""
    settings = Settings(instance=folder, secret_key=SECRET, password_cost=1, password_memory_kib=64)
    shutil.copy(migrated, settings.database_path)
    database = open_database(settings.database_path)
    registry = Registry.load(strict=True)
    registry.add(plugin, "tiny")
    with database.writing() as session:
        definitions.settle(session, registry, NOW)
    engine = WhooshEngine(settings.index_path)
    try:
        yield Site(settings, database, registry, BlobStore(settings.blobs_path), engine), make_world(settings, database)
    finally:
        engine.close()
        database.close()


def ids_of(site: Site) -> dict[str, list[str]]:
    """Whatever may stand in an address, by the name it has in the rules."""
    with site.database.reading() as session:
        found = {
            "dossier": list(session.scalars(select(Dossier.public_id))),
            "revision": list(session.scalars(select(AttachmentRevision.public_id))),
            "submission": list(session.scalars(select(Submission.public_id))),
            "call": list(session.scalars(select(Call.public_id))),
            "unit": list(session.scalars(select(Unit.public_id))),
            "user": list(session.scalars(select(User.public_id))),
            "assignment": list(session.scalars(select(Assignment.public_id))) or [UNKNOWN],
        }
    sections = [SECTION, "thanh_tich_chung"]
    fixed = {"n": ["1", "2"], "old": ["1"], "new": ["2"], "key": sections, "filename": ["thidua.css"], "name": ["x"]}
    fixed["track"] = ["ca-nhan", "tap-the"]
    fixed |= {"report": ["danh_sach_ho_so"], "kind": ["word", "excel"]}
    fixed["page"] = ["1"]
    return found | fixed


_PUBLIC_IDS = {"admin_units": "unit", "unit_events": "unit", "admin_users": "user", "admin_calls": "call"}


def kind_of(rule: Rule, argument: str) -> str:
    """What an argument of a rule stands for."""
    return _PUBLIC_IDS[rule.endpoint.partition(".")[0]] if argument == "public_id" else argument


def readable(app: Flask) -> list[Rule]:
    """The rules that answer GET."""
    return [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]


def addresses(
    app: Flask, ids: Mapping[str, list[str]], queries: Mapping[str, tuple[str, ...]] | None = None
) -> Iterator[str]:
    """Every GET address; an argument that nobody knows here is a ``KeyError``, so none is left out.

    ``queries`` are by endpoint what its address is asked with, where nothing alone is not enough.
    """
    with app.test_request_context():
        adapter = app.url_map.bind("")
        for rule in readable(app):
            names = sorted(rule.arguments)
            for values in product(*(ids[kind_of(rule, name)] for name in names)):
                filled = {n: int(v) if v.isdecimal() else v for n, v in zip(names, values, strict=True)}
                for query in (queries or {}).get(rule.endpoint, ("",)):
                    yield adapter.build(rule.endpoint, filled) + query


def contents(data: bytes) -> bytes:
    """The bytes, with everything inside of ZIP files (Word and Excel files are such) laid open."""
    if data[:2] != b"PK":
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = "\n".join(archive.namelist()).encode()
        return b"\n".join([names, *(contents(archive.read(name)) for name in archive.namelist())])


_CHANGING = re.compile(r'(?:name="csrf-token" content|name="csrf_token"[^>]*value)="[^"]*"')


def same_every_time(page: bytes) -> str:
    """A page without the token that differs from answer to answer."""
    return _CHANGING.sub("", page.decode("utf-8", "replace"))
