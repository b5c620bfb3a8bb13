"""Reports of a call: looked at, issued as a job, kept as they were issued.

Data flow: ``ask`` writes an :class:`IssuedReport` and an outbox row → the worker builds the tables in the asker's
scope, renders Word and Excel, keeps both as blobs → the row is done. What was issued never changes; issuing again
makes the next version, and ``changes`` says what differs.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session, undefer

from thidua import outbox
from thidua.documents.letter import Issuer, Signer
from thidua.documents.report import ReportPaper, report_document, report_workbook
from thidua.errors import Invalid, NotAllowed, NotFound, Refused, say
from thidua.files.limits import MB
from thidua.models import Blob, Call, IssuedReport, Role, State, Unit
from thidua.outbox import Job
from thidua.permissions import Actor, Scope, any_hidden, scope_of
from thidua.plugin import Report
from thidua.plugin.codec import canonical
from thidua.services import audit
from thidua.services.report_builds import data_of, own_word
from thidua.services.report_tables import COVERS, USUAL, BuiltReport, build, reports_of
from thidua.services.site import Site
from thidua.services.units import receiver_of
from thidua.text import clean, clean_line
from thidua.times import local_day, show_instant

REPORT = "report"
LIMIT = 200 * MB
MAX_LINE, MAX_LINES = 300, 20
PER_PAGE, LATEST = 20, 3

Lines: TypeAlias = list[list[list[str]]]


@dataclass(frozen=True)
class Facts:
    """What is typed when a report is issued: number and day of the paper, who signs, who is sent a copy.

    ``number`` and ``day`` may be missing; ``signers`` are names in the order of the report's signers; ``cover``
    says which dossiers, a key of :data:`~thidua.services.report_tables.COVERS`.
    """

    number: str = ""
    day: date | None = None
    signers: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    cover: str = USUAL

    def stored(self) -> dict[str, object]:
        """As JSON."""
        day = self.day.isoformat() if self.day else ""
        lines = {"signers": list(self.signers), "copies": list(self.copies)}
        return {"number": self.number, "day": day, "cover": self.cover, **lines}

    @classmethod
    def read(cls, stored: Mapping[str, object]) -> Facts:
        """The inverse of :meth:`stored`."""
        day = str(stored.get("day") or "")
        return cls(
            number=str(stored.get("number", "")),
            day=date.fromisoformat(day) if day else None,
            signers=_texts(stored.get("signers")),
            copies=_texts(stored.get("copies")),
            cover=str(stored.get("cover", USUAL)),
        )


@dataclass(frozen=True)
class Changed:
    """What an issue says otherwise than the one before it: lines of its tables that came, and that went."""

    before: int
    came: tuple[str, ...]
    went: tuple[str, ...]


def calls_of(session: Session, scope: Scope) -> list[Call]:
    """The calls whose reports this user may see, the latest first."""
    query = select(Call).where(Call.unit_id.in_(scope.running)).order_by(Call.closes.desc(), Call.id.desc())
    return list(session.scalars(query))


def find_call(session: Session, scope: Scope, public_id: str) -> Call:
    """The call at this address, for those who run it; ``NotFound`` for everybody else."""
    call = session.scalar(select(Call).where(Call.public_id == public_id))
    if call is None or call.unit_id not in scope.running:
        raise NotFound
    return call


def find_report(session: Session, call: Call, key: str) -> Report:
    """The report of that key; ``NotFound``."""
    found = reports_of(session, call).get(key)
    if found is None:
        raise NotFound
    return found


def issues(
    session: Session, scope: Scope, call: Call, key: str, *, first: int = 0, limit: int = PER_PAGE
) -> tuple[list[IssuedReport], int]:
    """What was issued of one report of a call, the latest first: at most ``limit`` from ``first`` on, and how many.

    All of it for those who see every dossier of the call; others, from whom a conflict hides one, see their own.
    """
    query = _issued(session, scope, call).where(IssuedReport.report == key)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return list(session.scalars(query.order_by(IssuedReport.id.desc()).offset(first).limit(limit))), total


def latest_issues(session: Session, scope: Scope, call: Call) -> dict[str, tuple[list[IssuedReport], int]]:
    """By report of a call: the :data:`LATEST` issues, the latest first, and how many there are."""
    seen = _issued(session, scope, call).with_only_columns(IssuedReport.id, IssuedReport.report)
    place = func.row_number().over(partition_by=IssuedReport.report, order_by=IssuedReport.id.desc())
    total = func.count().over(partition_by=IssuedReport.report)
    ranked = seen.add_columns(place.label("place"), total.label("total")).subquery()
    query = select(IssuedReport, ranked.c.total).join(ranked, ranked.c.id == IssuedReport.id)
    found: dict[str, tuple[list[IssuedReport], int]] = {}
    for row, count in session.execute(query.where(ranked.c.place <= LATEST).order_by(IssuedReport.id.desc())):
        found.setdefault(row.report, ([], count))[0].append(row)
    return found


def _issued(session: Session, scope: Scope, call: Call) -> Select[IssuedReport]:
    query = select(IssuedReport).where(IssuedReport.call_id == call.id)
    if any_hidden(session, scope, call.id, frozenset(State)):
        query = query.where(IssuedReport.asked_by == scope.user_id)
    return query


def find_issue(session: Session, scope: Scope, public_id: str) -> tuple[Call, IssuedReport]:
    """An issued report with its call, for those who run it and may see all that is in it.

    ``NotFound`` for everybody else.
    """
    row = session.scalar(select(IssuedReport).where(IssuedReport.public_id == public_id))
    call = session.get(Call, row.call_id) if row is not None else None
    if row is None or call is None or call.unit_id not in scope.running:
        raise NotFound
    if row.asked_by != scope.user_id and any_hidden(session, scope, call.id, frozenset(State)):
        raise NotFound
    return call, row


def ask(session: Session, *, call: str, report: str, facts: Facts, by: Actor, now: datetime) -> IssuedReport:
    """Have ``report`` (its key) of ``call`` (public id) issued in the background, as its next version.

    Raises ``NotFound``, or ``Invalid`` (``report-facts``) for a line that no paper could bear.
    """
    scope = scope_of(session, by, local_day(now))
    row = find_call(session, scope, call)
    found = find_report(session, row, report)
    last = session.scalar(
        select(func.max(IssuedReport.n)).where(IssuedReport.call_id == row.id, IssuedReport.report == found.key)
    )
    issued = IssuedReport(
        call_id=row.id,
        report=found.key,
        n=(last or 0) + 1,
        unit_id=_issuer(scope, row, by),
        asked_by=by.user_id,
        asked_at=now,
        facts=_checked(facts, found).stored(),
    )
    session.add(issued)
    session.flush()
    outbox.put(session, kind=REPORT, subject=issued.public_id, now=now)
    audit.record(
        session, "report-issued", by=by, now=now, subject=("call", row.id), details={"report": found.key, "n": issued.n}
    )
    return issued


def _issuer(scope: Scope, call: Call, by: Actor) -> int:
    """The office that a report is issued by: the call's own, or after its end the one that took over from it."""
    offices = scope.units_with(Role.MANAGER)
    if call.unit_id in offices:
        return call.unit_id
    if by.unit_id is not None and by.unit_id in offices:
        return by.unit_id
    return min(heir for (office, _), heir in scope.inherited.items() if office == call.unit_id and heir in offices)


def make(site: Site, jobs: Sequence[Job], *, clock: Callable[[], datetime]) -> None:
    """Build, render and keep the reports that were asked for. Done once; done again, nothing changes.

    What people must mend first (a right that was lost) ends with its sentence; anything else is tried again.
    """
    for job in jobs:
        try:
            _make(site, job.subject, clock())
        except Refused as refused:
            with site.database.writing() as session:
                _note(session, job.subject, error=str(refused)[:500], done_at=clock())
        except Exception:
            with site.database.writing() as session:
                _note(session, job.subject, error=say("report-failed"))
            raise


def _make(site: Site, public_id: str, now: datetime) -> None:
    with site.database.reading() as session:
        row = session.scalar(select(IssuedReport).where(IssuedReport.public_id == public_id))
        if row is None or row.done_at is not None:
            return
        call = session.get_one(Call, row.call_id)
        facts = Facts.read(row.facts)
        scope = scope_of(session, Actor(row.asked_by, row.unit_id), local_day(now))
        if call.unit_id not in scope.running:
            raise NotAllowed
        built = build(session, scope, call, find_report(session, call, row.report), facts.cover)
        hidden = partly(session, scope, call, facts.cover)
        paper = paper_of(session, call, built, facts, now, issuer=row.unit_id, partly=hidden)
        title, identity = call.title, (call.slug, call.edition)
    _advance(site, public_id, 20)
    common = data_of(paper, title=built.report.title, call=title, word=report_document(paper))
    word, fault = own_word(site.registry, identity, built.report.key, common, shut=site.settings.instance)
    _advance(site, public_id, 60)
    excel = report_workbook(paper)
    kept = {"word_sha256": _keep(site, word, ".docx", now), "excel_sha256": _keep(site, excel, ".xlsx", now)}
    with site.database.writing() as session:
        data = {"data_sha256": built.sha256, "data": canonical(built.lines())}  # type: ignore[arg-type]  # texts
        _note(session, public_id, progress=100, done_at=now, error=fault, **kept, **data)


def partly(session: Session, scope: Scope, call: Call, cover: str) -> bool:
    """Whether dossiers that a report covers are left out of it because its asker may not see them."""
    return any_hidden(session, scope, call.id, COVERS[cover][1])


def paper_of(
    session: Session, call: Call, built: BuiltReport, facts: Facts, now: datetime, *, issuer: int, partly: bool = False
) -> ReportPaper:
    """The built report with everything that an official paper needs around it; ``issuer`` is a unit's id.

    ``partly``: dossiers are left out of it that the asker may not see, and it says so.
    """
    opening = [say("report-count", count=built.count, cover=COVERS[facts.cover][0])]
    day = facts.day or local_day(now)
    unit = session.get_one(Unit, issuer)
    above = receiver_of(session, unit.id, day)
    parent = session.get_one(Unit, above).name_on(day) if above is not None else ""
    names = (*facts.signers, *[""] * len(built.report.signers))
    return ReportPaper(
        title=f"{built.report.title} – {call.title}",
        issuer=Issuer(parent=parent, name=unit.name_on(day), abbreviation=unit.abbreviation, place=unit.place),
        number=facts.number,
        day=facts.day,
        figures=built.figures,
        signers=[Signer(title, name) for title, name in zip(built.report.signers, names, strict=False)],
        copies=facts.copies,
        opening=[*opening, *([say("report-partly")] if partly else [])],
        note=f"Số liệu tính đến {show_instant(now)}.",
    )


def changes(session: Session, row: IssuedReport) -> Changed | None:
    """What ``row`` says otherwise than the issue before it; None for a first one, and while either is not done."""
    if row.word_sha256 is None or row.n == 1:
        return None
    query = (
        select(IssuedReport)
        .where(IssuedReport.call_id == row.call_id, IssuedReport.report == row.report, IssuedReport.n < row.n)
        .where(IssuedReport.word_sha256.is_not(None), IssuedReport.asked_by == row.asked_by)  # who saw the same
        .order_by(IssuedReport.n.desc())
        .options(undefer(IssuedReport.data))
    )
    before = session.scalars(query.limit(1)).first()
    if before is None:
        return None
    old, new = _flat(before.data), _flat(row.data)
    return Changed(
        before=before.n,
        came=tuple(line for line in new if line not in set(old)),
        went=tuple(line for line in old if line not in set(new)),
    )


def _flat(data: str) -> list[str]:
    """The lines of all tables, without the running number in front, which moves with every new one."""
    lines: Lines = json.loads(data or "[]")
    return [" | ".join(cell for cell in _unnumbered(table[0], line) if cell) for table in lines for line in table[1:]]


def _unnumbered(head: Sequence[str], line: Sequence[str]) -> Sequence[str]:
    return line[1:] if head[:1] == ["Stt"] else line


def _advance(site: Site, public_id: str, progress: int) -> None:
    with site.database.writing() as session:
        _note(session, public_id, progress=progress)


def _note(session: Session, public_id: str, **values: object) -> None:
    """Write it down, unless it is issued already: a worker that comes back late changes nothing."""
    open_still = (IssuedReport.public_id == public_id, IssuedReport.done_at.is_(None))
    session.execute(update(IssuedReport).where(*open_still).values(**values))


def _keep(site: Site, body: bytes, ext: str, now: datetime) -> str:
    with site.store.receive(io.BytesIO(body), name=f"bao-cao{ext}", limit=LIMIT, expected=len(body)) as incoming:
        site.store.keep(incoming)
        sha256, size = incoming.sha256, incoming.size
    with site.database.writing() as session:
        if session.get(Blob, sha256) is None:
            session.add(Blob(sha256=sha256, size=size, extension=ext, created_at=now))
    return sha256


def _checked(facts: Facts, report: Report) -> Facts:
    lines = [clean_line(facts.number), *map(clean_line, facts.signers), *map(clean_line, facts.copies)]
    if any(len(line) > MAX_LINE for line in lines) or len(facts.copies) > MAX_LINES:
        raise Invalid("report-facts", limit=MAX_LINE, lines=MAX_LINES)
    if facts.cover not in COVERS:
        raise Invalid("report-cover")
    return Facts(
        cover=facts.cover,
        number=clean_line(facts.number),
        day=facts.day,
        signers=tuple(clean_line(name) for name in facts.signers[: len(report.signers)]),
        copies=tuple(line for one in facts.copies if (line := clean_line(clean(one)))),
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()
