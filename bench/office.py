"""A site with many filed dossiers, written straight into the tables, and a campaign that takes large files."""

from __future__ import annotations

import hashlib
import random
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

from sqlalchemy import insert

from thidua import config
from thidua.app import open_site
from thidua.demo import PASSWORD, units
from thidua.demo.units import FOUNDING, SCHOOLS, World
from thidua.models import (
    Attachment,
    AttachmentRevision,
    Blob,
    BlobText,
    Call,
    Dossier,
    DossierParty,
    Part,
    PartyRole,
    State,
    Submission,
    TextState,
    Version,
    VersionFile,
)
from thidua.models.base import new_public_id
from thidua.plugin import Basis, Campaign, Document, LongText, Sample, Section, Track, hookimpl, shape_of
from thidua.services import definitions, indexing
from thidua.services.passwords import Passwords
from thidua.services.site import Site
from thidua.text import fold, name_order
from thidua.times import Period, utc_now

FILES_PER_DOSSIER = 3
MADE = utc_now()
FORM = (Section("chung", "Nội dung", (LongText("noi_dung", "Nội dung", required=True),)),)
SLOT = Document("tep", "Tệp", accept=(".pdf", ".txt"), max_mb=200, max_files=10)
TRACK = Track(
    "ca-nhan",
    "Cá nhân",
    subject="collective",
    form=FORM,
    documents=(SLOT,),
    sample=lambda _: Sample(nominee="Tổ", answers={}),
)
CAMPAIGN = Campaign("do-toc-do", "1", "Đo tốc độ", basis=(Basis("1/KH", date(2025, 9, 1), "Sở"),), tracks=(TRACK,))
TEXT = "giáo viên học sinh trường lớp sáng kiến kinh nghiệm đổi mới phương pháp dạy tốt kho học liệu số thi đua"
SYLLABLES = TEXT.split()
STATES = (State.SUBMITTED, State.APPRAISING, State.ELIGIBLE, State.ELIGIBLE, State.RETURNED)
DEFINITION = shape_of(CAMPAIGN, TRACK).sha256


@hookimpl
def thidua_campaigns() -> list[Campaign]:
    return [CAMPAIGN]


def open_office(folder: Path) -> Site:
    """The site in ``folder`` with the campaign of the measurement in it."""
    site = open_site(config.load(folder))
    site.registry.add(SimpleNamespace(thidua_campaigns=thidua_campaigns), "bench")
    with site.database.writing() as session:
        definitions.settle(session, site.registry, utc_now())
    return site


def make(folder: Path, count: int) -> None:
    """Fill ``folder`` with ``count`` dossiers unless that was done before."""
    if (folder / "done").exists():
        return
    config.write_new(folder, values={"demo": True})
    site = open_office(folder)
    with site.database.writing() as session:
        world = units.found(session, Passwords(site.settings).hash(PASSWORD), FOUNDING)
    with site.database.writing() as session:
        units.change(session, world, FOUNDING)
    _fill(site, world, count)
    indexing.rebuild(site)
    site.engine.close()
    site.database.close()
    (folder / "done").touch()


def _fill(site: Site, world: World, count: int) -> None:
    rng, now = random.Random(count), utc_now()
    with site.database.writing() as session:
        call = Call(
            slug="do-toc-do",
            edition="1",
            title="Đo tốc độ",
            unit_id=world.units["SO"],
            period=Period("school_year", 2025),
            opens=now - timedelta(days=300),
            closes=now + timedelta(days=30),
        )
        session.add(call)
        session.flush()
        call_id = call.id
    for start in range(1, count + 1, 1000):
        ids = range(start, min(count, start + 999) + 1)
        tables: dict[type, list[dict[str, object]]] = {}
        for number in ids:
            _rows(tables, world, call_id, number, rng)
        with site.database.writing() as session:
            for table, rows in tables.items():
                session.execute(insert(table), rows)


def _rows(
    tables: dict[type, list[dict[str, object]]], world: World, call_id: int, number: int, rng: random.Random
) -> None:
    definition, at = DEFINITION, MADE - timedelta(minutes=number)
    school, state = SCHOOLS[number % len(SCHOOLS)], STATES[number % len(STATES)]
    owner = world.units[school.code]
    receiver = world.units[school.commune or "SO"]
    clerk, head = world.clerk(school).user_id, world.head(school).user_id
    title, code = f"Tổ chuyên môn {number}", f"HS-2025-{number:06d}"
    answers = {"noi_dung": " ".join(rng.choices(SYLLABLES, k=80))}

    def add(table: type, **values: object) -> None:
        tables.setdefault(table, []).append(values)

    add(
        Dossier, id=number, public_id=new_public_id(), code=code, call_id=call_id, track=TRACK.key, title=title,
        title_key=name_order(title), title_folded=fold(f"{title} {code}"), owner_unit_id=owner,
        receiving_unit_id=receiver, state=state, filed=1, rev=3, definition_sha256=definition,
        created_by=clerk, created_at=at, changed_at=at, note="",
    )  # fmt: skip
    add(DossierParty, dossier_id=number, role=PartyRole.NOMINEE, unit_id=owner, group_name=title, name_as_printed=title)
    add(Part, dossier_id=number, key="chung", raw=answers, rev=1, changed_at=at, changed_by=clerk)
    add(
        Submission, id=number, public_id=new_public_id(), key=f"b{number}", unit_id=owner, receiving_unit_id=receiver,
        call_id=call_id, number=f"{number}/TTr", day=at.date(), signer=school.head, submitted_by=head, submitted_at=at,
    )  # fmt: skip
    add(
        Version, id=number, dossier_id=number, n=1, submission_id=number, definition_sha256=definition,
        content={"answers": answers}, sha256="0" * 64, submitted_at=at,
    )  # fmt: skip
    for place in range(FILES_PER_DOSSIER):
        one, text = number * FILES_PER_DOSSIER + place, " ".join(rng.choices(SYLLABLES, k=200)) + f" {number}"
        blob, name = hashlib.sha256(f"{one}".encode()).hexdigest(), f"minh-chung-{place}.txt"
        add(Blob, sha256=blob, size=len(text), extension=".txt", created_at=at)
        add(BlobText, sha256=blob, state=TextState.TEXT, text=text, folded=fold(text), changed_at=at)
        add(Attachment, id=one, public_id=new_public_id(), dossier_id=number, slot="tep")
        add(
            AttachmentRevision, id=one, public_id=new_public_id(), attachment_id=one, n=1, sha256=blob, name=name,
            extension=".txt", size=len(text), uploaded_by=clerk, uploaded_at=at,
        )  # fmt: skip
        add(VersionFile, version_id=number, revision_id=one, slot="tep", name=name, sha256=blob, size=len(text))
