"""Handing over (trình), submitting as one tờ trình (nộp), withdrawing (rút).

Checks run first, on a reading session; then one short write transaction checks again
what may have changed meanwhile (state, revision, deadline) and writes everything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from thidua.errors import Invalid, NotAllowed, Refused
from thidua.files.checks import check_upload
from thidua.files.limits import MB
from thidua.models import (
    Action,
    Call,
    Dossier,
    DossierParty,
    PartyRole,
    Person,
    Role,
    Submission,
    Unit,
    Version,
    VersionFile,
    canonical_json,
)
from thidua.names import display_name, extension
from thidua.permissions import (
    Actor,
    Scope,
    find_dossier,
    find_dossiers,
    find_submission,
    require,
    reviewed_versions,
    scope_of,
    submission_by_key,
)
from thidua.services import audit, calls, self_sheets, units
from thidua.services.attachments import add_blob
from thidua.services.checking import Checked, CheckFailed, check
from thidua.services.definitions import form_of
from thidua.services.moves import move
from thidua.services.named_people import named_in
from thidua.services.site import Site
from thidua.services.succession import heirs_of
from thidua.services.working import current_files, raw_values
from thidua.text import clean_line
from thidua.times import local_day, show_date

CONTENT_FORMAT = 1
SCAN_MB = 50
MAX_LINE = 200
MAX_TITLE = 100


@dataclass(frozen=True)
class Letter:
    """The facts of a tờ trình: số/ký hiệu, ngày, người ký and their title (chức vụ)."""

    number: str
    day: date
    signer: str
    title: str = Role.HEAD.label


def hand_over(site: Site, *, dossier: str, by: Actor, now: datetime) -> Dossier:
    """Trình hiệu trưởng: complete dossiers only. Raises :class:`CheckFailed` with everything wrong."""
    with site.database.reading() as session:
        scope = scope_of(session, by, local_day(now))
        row = find_dossier(session, scope, dossier)
        require(scope, Action.HAND_OVER, row)
        _require_clean({dossier: check(session, site.registry, scope, row)})
        rev = row.rev
    with site.database.writing() as session:
        scope = scope_of(session, by, local_day(now))
        row = find_dossier(session, scope, dossier)
        _require_same(row, rev)
        move(session, row, Action.HAND_OVER, scope=scope, by=by, now=now)
        return row


def submit(site: Site, *, dossiers: Sequence[str], letter: Letter, key: str, by: Actor, now: datetime) -> Submission:
    """Nộp: one or many dossiers of one call under one tờ trình. The head's act.

    ``key`` is the page's own key: the same key again (a double click, a retry) gives
    the submission already made. All or nothing: a problem in one stops them all.
    """
    letter = _checked_letter(letter, now)
    if not dossiers:
        raise Invalid("nothing-chosen")
    with site.database.reading() as session:
        if (made := submission_by_key(session, key)) is not None:
            return _same_actor(made, by)
        scope = scope_of(session, by, local_day(now))
        rows = find_dossiers(session, scope, dossiers)
        for row in rows:
            require(scope, Action.SUBMIT, row)
        checked = {row.public_id: check(session, site.registry, scope, row) for row in rows}
        _require_clean(checked)
        revs = {row.public_id: row.rev for row in rows}
    with site.database.writing() as session:
        if (made := submission_by_key(session, key)) is not None:
            return _same_actor(made, by)
        scope = scope_of(session, by, local_day(now))
        rows = find_dossiers(session, scope, dossiers)
        for row in rows:
            _require_same(row, revs[row.public_id])
        submission = _open_submission(session, rows, letter=letter, key=key, by=by, now=now)
        for row in rows:
            _file(session, row, checked[row.public_id], submission, scope=scope, by=by, now=now)
        return submission


def withdraw(session: Session, *, dossier: str, by: Actor, now: datetime) -> Dossier:
    """Rút: until the office has taken it up, back to a draft; the version stays on record."""
    scope = scope_of(session, by, local_day(now))
    row = find_dossier(session, scope, dossier)
    move(session, row, Action.WITHDRAW, scope=scope, by=by, now=now)
    for version in row.versions:
        if version.n == row.filed:
            version.withdrawn_at = now
    row.filed = max(reviewed_versions(session, row), default=0)
    session.flush()
    return row


def attach_scan(
    site: Site, *, submission: str, name: str, stream: BinaryIO, expected: int | None, by: Actor, now: datetime
) -> Submission:
    """Attach the signed and sealed scan of a tờ trình (.pdf, .jpg, .png); a later one replaces it."""
    name = display_name(name)
    with site.database.reading() as session:
        _own_submission(session, submission, by, now)
    with site.store.receive(stream, name=name, limit=SCAN_MB * MB, expected=expected) as incoming:
        check_upload(incoming.path, name, (".pdf", ".jpg", ".jpeg", ".png"))
        site.store.keep(incoming)
        sha256, size = incoming.sha256, incoming.size
    with site.database.writing() as session:
        row = _own_submission(session, submission, by, now)
        add_blob(session, sha256=sha256, size=size, ext=extension(name), now=now)
        row.scan_sha256, row.scan_name = sha256, name
        details = {"sha256": sha256}
        audit.record(session, "attach-scan", by=by, now=now, subject=("submission", row.id), details=details)
        return row


def content_of(dossier: Dossier, answers: Mapping[str, object], on: date) -> dict[str, object]:
    """What a version filed on that day says, ready for :func:`canonical_json`; quotes every file's SHA-256."""
    return {
        "format": CONTENT_FORMAT,
        "code": dossier.code,
        "call": dossier.call.public_id,
        "track": dossier.track,
        "unit": {"id": dossier.owner_unit.public_id, "name": dossier.owner_unit.name_on(on)},
        "definition": dossier.definition_sha256,
        "title": dossier.title,
        "parties": [{"role": p.role, "name": p.name_as_printed, "share": p.share} for p in dossier.parties],
        "answers": dict(answers),
        "raw": raw_values(dossier),
        **({"self": own} if (own := self_sheets.filed_texts(dossier)) else {}),
        "files": [
            {"slot": slot, "name": a.current.name, "sha256": a.current.sha256, "size": a.current.size}
            for slot, held in sorted(current_files(dossier).items())
            for a in held
        ],
    }


def content_sha256(content: Mapping[str, object]) -> str:
    """The SHA-256 that a version is known by: over the canonical JSON of its content."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def _require_clean(checked: Mapping[str, Checked]) -> None:
    if any(one.errors for one in checked.values()):
        raise CheckFailed({public_id: one.problems for public_id, one in checked.items() if one.errors})


def _require_same(row: Dossier, rev: int) -> None:
    if row.rev != rev:
        raise Refused("changed-meanwhile", dossier=row.code)


def _same_actor(made: Submission, by: Actor) -> Submission:
    if made.submitted_by != by.user_id:
        raise NotAllowed
    return made


def _checked_letter(letter: Letter, now: datetime) -> Letter:
    number, signer = clean_line(letter.number), clean_line(letter.signer)
    if not number or len(number) > 60:
        raise Invalid("letter-number")
    if not signer or len(signer) > MAX_LINE:
        raise Invalid("letter-signer")
    title = clean_line(letter.title)
    if not title or len(title) > MAX_TITLE:
        raise Invalid("letter-title")
    if letter.day > local_day(now):
        raise Invalid("letter-day-ahead", today=show_date(local_day(now)))
    return Letter(number=number, day=letter.day, signer=signer, title=title)


def _open_submission(
    session: Session, rows: Sequence[Dossier], *, letter: Letter, key: str, by: Actor, now: datetime
) -> Submission:
    first = rows[0]
    filing = heirs_of(session, {row.owner_unit_id for row in rows}, local_day(now))
    if len({(row.call_id, filing[row.owner_unit_id]) for row in rows}) != 1:
        raise Invalid("mixed-calls")
    unit_id = filing[first.owner_unit_id]
    deadline = _require_open(session, first.call, {row.owner_unit_id for row in rows}, unit_id, now)
    receiving = units.receiver_of(session, unit_id, local_day(now))
    if receiving is None:
        raise Refused("no-receiving-unit")
    submission = Submission(
        key=key,
        unit_id=unit_id,
        receiving_unit_id=receiving,
        call_id=first.call_id,
        number=letter.number,
        day=letter.day,
        signer=letter.signer,
        signer_title=letter.title,
        submitted_by=by.user_id,
        submitted_at=now,
        late=now >= deadline.closes,
    )
    session.add(submission)
    session.flush()
    return submission


def _require_open(session: Session, call: Call, owners: Collection[int], filing: int, now: datetime) -> calls.Deadline:
    """The deadline of who files; time that a school was granted before it ended holds for what it had begun."""
    if all(calls.is_open(session, call, owner, now) for owner in owners):
        return calls.deadline_for(session, call, filing)
    return calls.require_open(session, call, filing, now)


def _file(
    session: Session,
    row: Dossier,
    checked: Checked,
    submission: Submission,
    *,
    scope: Scope,
    by: Actor,
    now: datetime,
) -> None:
    _name_parties(session, row, checked.answers)
    if row.owner_unit_id != submission.unit_id:  # its school has ended: who files it owns it from now on
        row.owner_unit = session.get_one(Unit, submission.unit_id)
    content = content_of(row, checked.answers, local_day(now))
    version = Version(
        dossier_id=row.id,
        n=max((v.n for v in row.versions), default=0) + 1,
        submission_id=submission.id,
        definition_sha256=row.definition_sha256,
        content=content,
        sha256=content_sha256(content),
        submitted_at=now,
        files=[
            VersionFile(
                revision_id=a.current.id, slot=slot, name=a.current.name, sha256=a.current.sha256, size=a.current.size
            )
            for slot, held in sorted(current_files(row).items())
            for a in held
        ],
    )
    session.add(version)
    session.flush()
    self_sheets.freeze(session, row, version, by=by, now=now)
    row.filed = version.n
    row.receiving_unit_id = submission.receiving_unit_id
    move(session, row, Action.SUBMIT, scope=scope, by=by, now=now)


def _name_parties(session: Session, row: Dossier, answers: Mapping[str, object]) -> None:
    """Those whom the answers name as authors, members or subjects become parties of the dossier."""
    given = [one for one in named_in(form_of(row), answers) if one.spec.role]
    named = {(one.id, PartyRole(one.spec.role)): one.name for one in given}
    for party in [one for one in row.parties if one.role != PartyRole.NOMINEE]:
        session.delete(party)
    session.flush()
    found = select(Person.public_id, Person.id).where(Person.public_id.in_({person for person, _ in named}))
    nominees = {party.person_id for party in row.parties if party.role == PartyRole.NOMINEE}
    ids = {person: number for person, number in session.execute(found) if number not in nominees}
    session.add_all(
        DossierParty(dossier_id=row.id, role=role, person_id=ids[person], name_as_printed=name)
        for (person, role), name in named.items()
        if person in ids
    )
    session.flush()
    session.expire(row, ["parties"])


def _own_submission(session: Session, public_id: str, by: Actor, now: datetime) -> Submission:
    scope = scope_of(session, by, local_day(now))
    row = find_submission(session, scope, public_id)
    if not scope.has(Role.HEAD, row.unit_id) and not scope.has(Role.CLERK, row.unit_id):
        raise NotAllowed
    return row
