"""What leaves the system as a file: the tờ trình and its list, a dossier as Word, a dossier as ZIP."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import BinaryIO

from thidua.documents.answers import Answer, AnswerTable, FileLine, dossier_document
from thidua.documents.answers import Section as WordSection
from thidua.documents.archive import ZipEntry, write_zip
from thidua.documents.letter import Issuer, Signer
from thidua.documents.nomination import Nominee, SubmissionLetter, ground, nominee_list, submission_letter
from thidua.models import PartyRole, Submission, Version
from thidua.plugin import LongText, Shape
from thidua.services.definitions import shape
from thidua.services.display import Shown, ShownSection, plain_text, show
from thidua.services.site import Site
from thidua.times import local_day, show_instant

SUMMARY = 300
SUMMARY_WORDS = range(100, 151)
"""A long text of at most so many words is the summary that the list of nominees prints (mẫu M5: 150 words)."""


def letter_of(submission: Submission) -> SubmissionLetter:
    """The facts of a tờ trình (mẫu M1) and of its list (M5), from what was submitted."""
    unit = submission.unit
    first = submission.versions[0]
    return SubmissionLetter(
        issuer=Issuer(
            parent=submission.receiving_unit.name_on(submission.day),
            name=unit.name_on(submission.day),
            abbreviation=unit.abbreviation,
            place=unit.place,
        ),
        number=submission.number,
        date=submission.day,
        movement=submission.call.title,
        period=submission.call.period_apart,
        authority=submission.receiving_unit.name_on(submission.day),
        grounds=[ground(b.number, b.date, b.issuer) for b in shape(first.definition).basis],
        nominees=[_nominee(version) for version in submission.versions],
        signer=Signer(position=submission.signer_title.upper(), name=submission.signer),
        copies=["Như trên"],
    )


def letter_document(submission: Submission) -> bytes:
    """The tờ trình as a .docx in the format of Nghị định 30/2020/NĐ-CP."""
    return submission_letter(letter_of(submission))


def list_document(submission: Submission) -> bytes:
    """The danh sách trích ngang as a landscape .docx."""
    return nominee_list(letter_of(submission))


def answers_document(version: Version, *, identifying: bool = True) -> bytes:
    """A filed version's answers and list of files as a .docx."""
    dossier = version.dossier
    form = shape(version.definition)
    facts = [
        ("Mã hồ sơ", dossier.code),
        ("Đề nghị cho", dossier.title),
        ("Đơn vị", dossier.owner_unit.name_on(local_day(version.submitted_at))),
        ("Phong trào", ", ".join(filter(None, (dossier.call.title, dossier.call.period_apart)))),
        ("Phiên bản", f"{version.n}, nộp lúc {show_instant(version.submitted_at)}"),
        ("SHA-256", version.sha256),
    ]
    labels = {d.key: d.label for d in form.documents}
    files = [
        FileLine(slot=labels.get(f.slot, f.slot), name=f.name, size=f.size, sha256=f.sha256) for f in version.files
    ]
    sections = [_word_section(s) for s in show(form, version.answers, identifying=identifying)]
    return dossier_document(f"{form.title}: {dossier.title}", facts, sections, files)


def write_dossier_zip(site: Site, version: Version, out: BinaryIO) -> None:
    """A filed version as ZIP: answers.docx, the attachments by slot, and a manifest with every SHA-256."""
    dossier = version.dossier
    document = answers_document(version)
    digest = hashlib.sha256(document).hexdigest()
    entries = [ZipEntry(name=f"{dossier.code}.docx", source=document, sha256=digest, size=len(document))]
    entries += [
        ZipEntry(name=f"{f.slot}/{f.name}", source=site.store.path(f.sha256), sha256=f.sha256, size=f.size)
        for f in version.files
    ]
    manifest = {
        "code": dossier.code,
        "version": version.n,
        "version_sha256": version.sha256,
        "submitted_at": version.submitted_at.isoformat(),
        "content": version.content,
        "definition": version.definition.json,
    }
    write_zip(out, entries, manifest)  # type: ignore[arg-type]  # content is JSON as stored


def _nominee(version: Version) -> Nominee:
    dossier = version.dossier
    form = shape(version.definition)
    person = next((p.person for p in dossier.parties if p.role == PartyRole.NOMINEE and p.person), None)
    day = local_day(version.submitted_at)
    position = person.position_in(dossier.owner_unit_id, day) if person else ""
    return Nominee(
        title="Ông/Bà" if form.subject == "person" else "Tập thể",
        name=dossier.title,
        position=", ".join(filter(None, (position, dossier.owner_unit.name_on(day)))),
        proposal=f"{dossier.call.title} – {form.title}",
        summary=summary_of(form, version.answers).replace("\n", "; "),
        code=dossier.code,
        sha256=version.sha256,
        born=person.birth if person else None,
    )


def summary_of(form: Shape, answers: Mapping[str, object]) -> str:
    """What a nominee has done: the summary that the form asks for, whole; else the beginning of the long answers;
    where a form has none, of all that do not say who it is.
    """
    long = [f for section in form.sections for f in section.fields if isinstance(f, LongText)]
    asked = next(
        (str(answers[f.key]) for f in long if f.key in answers and f.max_words in SUMMARY_WORDS and not f.identifying),
        "",
    )
    if asked:
        return asked
    written = {f.key for f in long}
    sections = show(form, answers, identifying=False)
    told = [replace(s, answers=tuple(a for a in s.answers if a.key in written)) for s in sections]
    text = plain_text(told) or plain_text(sections)
    return text if len(text) <= SUMMARY else text[:SUMMARY].rsplit(" ", 1)[0] + " …"


def _word_section(section: ShownSection) -> WordSection:
    return WordSection(title=section.title, rows=[Answer(label=a.label, value=_value(a)) for a in section.answers])


def _value(shown: Shown) -> str | AnswerTable:
    return AnswerTable(header=shown.header, rows=shown.rows) if shown.rows else shown.text
