"""The form and rubric in force, without code: what a ``Definition`` row keeps.

Records outlive plugins: pages, search and exports of filed dossiers read a
:class:`Shape`, never the installed package.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cached_property

from thidua.plugin.campaign import Basis, Campaign, Parameter, Subject, Track
from thidua.plugin.classes import Class
from thidua.plugin.codec import canonical, decode, encode
from thidua.plugin.documents import Document
from thidua.plugin.field import Field
from thidua.plugin.fields import Choice, Rows, Section
from thidua.plugin.judging import Judging, Originality
from thidua.plugin.params import with_values
from thidua.plugin.prizes import Prize
from thidua.plugin.problems import ContractError, JsonValue
from thidua.plugin.report import Report
from thidua.plugin.rubric import Gate, Group, Item, Node, walk

FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One track of one campaign, as data only.

    >>> from thidua.plugin import Section, Text
    >>> form = (Section("chung", "Thông tin", (Text("ly_do", "Lý do"),)),)
    >>> shape = Shape(slug="vo-sach", edition="2024", campaign_title="Vở sạch", basis=(), track="ca-nhan",
    ...               title="Cá nhân", subject="person", sections=form)
    >>> Shape.from_json(shape.to_json()) == shape, shape.field("ly_do").label
    (True, 'Lý do')
    """

    slug: str
    edition: str
    campaign_title: str
    basis: tuple[Basis, ...]
    track: str
    title: str
    subject: Subject
    sections: tuple[Section, ...]
    documents: tuple[Document, ...] = ()
    rubric: Group | None = None
    classes: tuple[Class, ...] = ()
    tie_breaks: tuple[str, ...] = ()
    judging: Judging | None = None
    self_scored: bool = False
    prizes: tuple[Prize, ...] = ()
    reports: tuple[Report, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    awards: tuple[str, ...] = ()
    originality: tuple[Originality, ...] = ()
    help: str = ""

    def to_json(self) -> str:
        """The canonical JSON: keys sorted, no blanks, NFC; :class:`ContractError` for what cannot be stored."""
        parts = {field.name: encode(getattr(self, field.name)) for field in fields(self)}
        text = canonical({"format": FORMAT, **parts})
        try:
            text.encode()
        except UnicodeEncodeError as error:
            half = text[error.start : error.end]
            raise ContractError(
                f"{self.slug} {self.edition} track {self.track!r}: {half!r} is half a letter"
            ) from error
        return text

    @classmethod
    def from_json(cls, text: str) -> Shape:
        """The inverse of :meth:`to_json`; :class:`ContractError` for anything else."""
        try:
            stored: JsonValue = json.loads(text)
        except ValueError as error:
            raise ContractError(f"stored form: not JSON: {error}") from error
        if not isinstance(stored, dict) or stored.pop("format", None) != FORMAT:
            raise ContractError(f"stored form: not format {FORMAT}; it needs another version of thidua")
        try:
            return cls(**{key: decode(value) for key, value in stored.items()})  # type: ignore[arg-type]
        except (TypeError, ValueError) as error:
            raise ContractError(f"stored form: {error}") from error

    @cached_property  # a report asks it of the form of each of its rows
    def sha256(self) -> str:
        """The SHA-256 of :meth:`to_json`, 64 hexadecimal digits: the key of its ``Definition`` row."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    @property
    def identity(self) -> tuple[str, str, str]:
        """Slug, edition, track."""
        return (self.slug, self.edition, self.track)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every field of the form, section by section."""
        return tuple(field for section in self.sections for field in section.fields)

    def values(self, given: Mapping[str, object]) -> dict[str, Decimal]:
        """Every parameter's value, with what a call gives (decimal text by key) in place of the default."""
        return {one.key: Decimal(str(given.get(one.key, one.default))) for one in self.parameters}

    def under(self, given: Mapping[str, object]) -> Shape:
        """This shape with a number for every :class:`Param`, as a call with the parameters ``given`` has it.

        >>> from thidua.plugin import LongText, Param, Parameter, Section
        >>> form = (Section("bai", "Bài viết", (LongText("bai_viet", "Bài viết", max_words=Param("so_tu")),)),)
        >>> shape = Shape(slug="viet", edition="2024", campaign_title="Thi viết", basis=(), track="ca-nhan",
        ...     title="Cá nhân", subject="person", sections=form,
        ...     parameters=(Parameter("so_tu", "Số chữ", default=1500, minimum=300, maximum=5000),))
        >>> shape.under({"so_tu": "2000"}).field("bai_viet").max_words, shape.under({}).field("bai_viet").max_words
        (2000, 1500)
        """
        return with_values(self, self.values(given))

    def section(self, key: str) -> Section:
        """The section of that key; ``KeyError`` when there is none."""
        return {section.key: section for section in self.sections}[key]

    def field(self, key: str) -> Field:
        """The field of that key; ``KeyError`` when there is none."""
        return {field.key: field for field in self.fields}[key]

    def document(self, key: str) -> Document:
        """The document slot of that key; ``KeyError`` when there is none."""
        return {document.key: document for document in self.documents}[key]

    def node(self, key: str) -> Node:
        """The rubric node of that key; ``KeyError`` when there is none."""
        return {node.key: node for node in (walk(self.rubric) if self.rubric else ())}[key]

    def frozen_part(self) -> dict[str, dict[str, JsonValue]]:
        """What may not change within an edition: by place, the facts that count.

        Keys, kinds, required marks and conditions, options' values, points and how they
        combine, classes, tie-breaks. Labels, help, limits and guidance are not in it.
        """
        frozen: dict[str, dict[str, JsonValue]] = {"track": {"subject": self.subject}}
        if self.self_scored:
            frozen["track"]["self_scored"] = True
        for section in self.sections:
            frozen[f"section {section.key!r}"] = {}
            for field in section.fields:
                frozen |= _frozen_field(field, f"field {field.key!r}", section=section.key)
        for document in self.documents:
            frozen[f"document {document.key!r}"] = {"required": document.required}
        for node, parent in _with_parents(self.rubric):
            frozen[f"rubric {node.key!r}"] = _frozen_node(node, parent)
        for place, one in enumerate(self.classes, start=1):
            frozen[f"class {one.key!r}"] = {"place": place, "needs": encode(one.needs)}
        if self.tie_breaks:
            frozen["tie_breaks"] = {"order": encode(self.tie_breaks)}
        for place, prize in enumerate(self.prizes, start=1):
            frozen[f"prize {prize.key!r}"] = {"place": place, "classes": encode(prize.classes)}
        return frozen

    def differences(self, other: Shape) -> list[str]:
        """How ``other`` (the later one) breaks the edition of this one, one sentence each; ``[]``: not at all."""
        ours, theirs = self.frozen_part(), other.frozen_part()
        said = [f"{place} is gone" for place in ours if place not in theirs]
        said += [f"{place} is new" for place in theirs if place not in ours]
        for place in ours:
            for fact in sorted({*ours[place], *theirs.get(place, {})} if place in theirs else ()):
                was, now = ours[place].get(fact), theirs[place].get(fact)
                if was != now:
                    said.append(f"{place}: {fact} was {canonical(was)}, is {canonical(now)}")
        return said


def _frozen_field(field: Field, place: str, **where: str) -> dict[str, dict[str, JsonValue]]:
    facts: dict[str, JsonValue] = {"kind": field.kind, "required": field.required, **where}
    if field.show_if:
        facts["shown if"] = f"{field.show_if.field} = {field.show_if.value}"
    if isinstance(field, Choice):
        facts["options"] = list[JsonValue](sorted(option.value for option in field.options))
    frozen = {place: facts}
    if isinstance(field, Rows):
        for column in field.columns:
            frozen |= _frozen_field(column, f"field '{field.key}.{column.key}'")
    return frozen


def _with_parents(node: Node | None, parent: str = "") -> Iterator[tuple[Node, str]]:
    if node is None:
        return
    yield node, parent
    for child in node.children if isinstance(node, Group) else ():
        yield from _with_parents(child, node.key)


def _frozen_node(node: Node, parent: str) -> dict[str, JsonValue]:
    names: tuple[str, ...]
    if isinstance(node, Group):
        names = ("combine", "start", "floor", "cap")
    elif isinstance(node, Item):
        names = ("max", "step", "gate")
    elif isinstance(node, Gate):
        names = ()
    else:
        names = ("max", "step")
    facts = {name: encode(getattr(node, name)) for name in names}
    return {"kind": type(node).__name__, "under": parent, **facts}


def shape_of(campaign: Campaign, track: Track) -> Shape:
    """The shape of ``track`` within ``campaign``, with the reports that cover it.

    >>> from thidua.plugin import Section, Text
    >>> form = (Section("chung", "Chung", (Text("ten", "Tên"),)),)
    >>> track = Track("lop", "Lớp", subject="collective", form=form, sample=lambda rng: None)
    >>> basis = (Basis("1/KH", __import__("datetime").date(2025, 9, 1), "UBND xã"),)
    >>> shape_of(Campaign("vo-sach", "2026", "Vở sạch", basis=basis, tracks=(track,)), track).identity
    ('vo-sach', '2026', 'lop')
    """
    return Shape(
        slug=campaign.slug,
        edition=campaign.edition,
        campaign_title=campaign.title,
        basis=campaign.basis,
        track=track.key,
        title=track.title,
        subject=track.subject,
        sections=track.form,
        documents=track.documents,
        rubric=track.rubric,
        classes=track.classes,
        tie_breaks=track.tie_breaks,
        judging=track.judging,
        self_scored=track.self_scored,
        prizes=track.prizes,
        reports=tuple(report for report in campaign.reports if not report.tracks or track.key in report.tracks),
        parameters=campaign.parameters,
        awards=track.awards,
        originality=track.originality,
        help=track.help,
    )
