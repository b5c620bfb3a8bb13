"""Drafts: starting a dossier, saving its parts as they are typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from thidua.errors import Invalid, NotAllowed, NotFound, Refused
from thidua.forms import admit, fingerprint
from thidua.models import (
    Action,
    CodeCounter,
    Definition,
    Dossier,
    DossierParty,
    Membership,
    Part,
    PartyRole,
    Person,
    Role,
    State,
)
from thidua.permissions import Actor, Scope, dossiers, find_dossier, require, scope_of
from thidua.plugin import Shape, shape_of
from thidua.registry import Registry
from thidua.services import audit, calls
from thidua.services.definitions import shape
from thidua.services.moves import move, touch
from thidua.services.working import OUR_PARTS
from thidua.text import clean_line, fold, name_order
from thidua.times import local, local_day

MAX_NAME = 300


@dataclass(frozen=True)
class Nominee:
    """Whom or what a new dossier is about: a registered person, or a collective by its name."""

    person: str = ""  # public id of a person on the unit's staff
    group_name: str = ""


@dataclass(frozen=True)
class Conflict:
    """The same field changed twice: what this user typed and what stands now."""

    mine: object
    theirs: object


@dataclass(frozen=True)
class Saved:
    """The outcome of a save: the part's revision, when, and the fields left as they stood."""

    rev: int
    at: datetime
    conflicts: Mapping[str, Conflict] = field(default_factory=dict)
    fingerprints: Mapping[str, str] = field(default_factory=dict)


def next_code(session: Session, now: datetime) -> str:
    """The next short code of this calendar year, ``HS-2026-000123``; gaps are allowed."""
    year = local(now).year
    counter = session.get(CodeCounter, year)
    if counter is None:
        counter = CodeCounter(year=year, last=0)
        session.add(counter)
    counter.last += 1
    return f"HS-{year}-{counter.last:06d}"


def start(
    session: Session, *, registry: Registry, call: str, track: str, nominee: Nominee, by: Actor, now: datetime
) -> Dossier:
    """Open a draft in ``call`` (public id) for ``track`` in the name of the acting unit.

    Raises ``NotFound`` for a call the unit is not invited to, ``NotAllowed`` without the
    clerk's role there, ``Refused`` when the call is not open or its plugin is out.
    """
    unit_id = by.unit_id
    scope = scope_of(session, by, local_day(now))
    if unit_id is None or not scope.has(Role.CLERK, unit_id):
        raise NotAllowed
    row = calls.find_for_unit(session, call, unit_id, now)
    calls.require_open(session, row, unit_id, now)
    campaign = registry.campaign(row.slug, row.edition)
    tracks = {t.key: t for t in campaign.tracks} if campaign else {}
    if campaign is None:
        raise Refused("campaign-out", campaign=row.title)
    if track not in tracks:
        raise NotFound
    definition = session.get_one(Definition, shape_of(campaign, tracks[track]).sha256)
    party = _party(session, shape(definition), nominee, unit_id, now)
    code = next_code(session, now)
    dossier = Dossier(
        code=code,
        call_id=row.id,
        track=track,
        title=party.name_as_printed,
        title_key=name_order(party.name_as_printed),
        title_folded=fold(f"{party.name_as_printed} {code}"),
        owner_unit_id=unit_id,
        state=State.DRAFT,
        definition_sha256=definition.sha256,
        created_by=by.user_id,
        created_at=now,
        changed_at=now,
        parties=[party],
    )
    session.add(dossier)
    session.flush()
    for section in shape(definition).sections:
        session.add(Part(dossier_id=dossier.id, key=section.key, raw={}, changed_at=now, changed_by=by.user_id))
    touch(session, dossier, now)
    audit.record(session, "start", by=by, now=now, subject=("dossier", dossier.id), unit_id=unit_id)
    return dossier


def _party(session: Session, form: Shape, nominee: Nominee, unit_id: int, now: datetime) -> DossierParty:
    if form.subject == "person":
        today = local_day(now)
        person = session.scalar(
            select(Person)
            .join(Membership, Membership.person_id == Person.id)
            .where(Person.public_id == nominee.person, Membership.unit_id == unit_id)
            .where(Membership.valid_from <= today, Membership.valid_to.is_(None) | (Membership.valid_to > today))
        )
        if person is None:
            raise Invalid("nominee-missing")
        return DossierParty(role=PartyRole.NOMINEE, person_id=person.id, name_as_printed=person.name)
    name = clean_line(nominee.group_name)
    if not name:
        raise Invalid("group-missing")
    if len(name) > MAX_NAME:
        raise Invalid("name-too-long", limit=MAX_NAME)
    return DossierParty(role=PartyRole.NOMINEE, unit_id=unit_id, group_name=name, name_as_printed=name)


def open_for_edit(session: Session, public_id: str, *, by: Actor, now: datetime) -> tuple[Dossier, Scope]:
    """The dossier, if ``by`` may change it now; refused otherwise."""
    scope = scope_of(session, by, local_day(now))
    dossier = find_dossier(session, scope, public_id)
    require(scope, "edit", dossier)
    return dossier, scope


def save_part(
    session: Session,
    *,
    dossier: str,
    part: str,
    raw: Mapping[str, object],
    base: Mapping[str, str],
    by: Actor,
    now: datetime,
) -> Saved:
    """Save typed values of one part.

    ``raw`` maps field keys to values as typed (any subset of the part's fields);
    ``base`` maps them to the fingerprint of what the page showed before. A field that
    nobody else changed since is taken; different fields of two people merge; where both
    changed the same field, what stands stays and both texts come back as a conflict.

    What belongs to no field is left out. What has not the build of its field (a list for a
    line, a number for a text) raises :class:`Invalid` ``form-unreadable``, and nothing is saved.
    """
    row, _ = open_for_edit(session, dossier, by=by, now=now)
    stored = next((p for p in row.parts if p.key == part), None)
    if stored is None or part in OUR_PARTS:
        raise NotFound
    section = shape(row.definition).section(part)
    known = [f.key for f in section.fields]
    admitted, misbuilt, _ = admit(section, raw)
    if misbuilt:
        raise Invalid("form-unreadable", label=section.field(misbuilt[0].field).label)
    merged, conflicts = dict(stored.raw), {}
    for key in (key for key in known if key in raw):
        typed = admitted.get(key)
        theirs = stored.raw.get(key)
        mine_mark, theirs_mark = fingerprint(typed), fingerprint(theirs)
        if mine_mark == theirs_mark or mine_mark == base.get(key):
            continue
        if key in base and base[key] != theirs_mark:
            conflicts[key] = Conflict(mine=typed, theirs=theirs)
        else:
            merged[key] = typed
    if merged != stored.raw:
        stored.raw = merged
        stored.rev += 1
        stored.changed_at, stored.changed_by = now, by.user_id
        touch(session, row, now)
    marks = {key: fingerprint(merged.get(key)) for key in known}
    return Saved(rev=stored.rev, at=now, conflicts=conflicts, fingerprints=marks)


def twins(session: Session, scope: Scope, dossier: Dossier) -> list[str]:
    """The codes of the unit's other dossiers about the same person in the same call and track."""
    people = [party.person_id for party in dossier.parties if party.role == PartyRole.NOMINEE]
    query = (
        dossiers(scope, Dossier.code)
        .join(DossierParty, DossierParty.dossier_id == Dossier.id)
        .where(DossierParty.role == PartyRole.NOMINEE, DossierParty.person_id.in_([one for one in people if one]))
        .where(Dossier.call_id == dossier.call_id, Dossier.track == dossier.track, Dossier.id != dossier.id)
        .where(Dossier.owner_unit_id == dossier.owner_unit_id)
        .order_by(Dossier.id)
    )
    return list(session.scalars(query))


def give_back(session: Session, *, dossier: str, reason: str, by: Actor, now: datetime) -> Dossier:
    """Trả về: the head gives a dossier that waits back to the clerk, with a reason."""
    scope = scope_of(session, by, local_day(now))
    row = find_dossier(session, scope, dossier)
    move(session, row, Action.GIVE_BACK, scope=scope, by=by, now=now, reason=reason)
    return row
