"""Read-only views on dossiers, as checks see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeAlias

from thidua.times import Period


@dataclass(frozen=True)
class Ref:
    """A person or unit of the register: its id, and the name as it is printed in this dossier.

    >>> Ref("p1", "Nguyễn Thị Hoà").name
    'Nguyễn Thị Hoà'
    """

    id: str
    name: str


PeriodValue: TypeAlias = Period
CellValue: TypeAlias = "bool | str | Decimal | date | PeriodValue | Ref | None"
RowValue: TypeAlias = Mapping[str, CellValue]
Value: TypeAlias = "CellValue | tuple[str, ...] | tuple[RowValue, ...]"


@dataclass(frozen=True, kw_only=True)
class DossierSnapshot:
    """A dossier at the moment of checking.

    ``call`` is the public code of the call, ``call_period`` its period; ``nominees`` the
    persons (``subject="person"``) or the collective. ``answers`` maps each field key to its
    typed value: ``str``, ``Decimal``, ``date``, ``PeriodValue``, ``bool``, :class:`Ref`, a tuple
    of option values, a tuple of rows, or ``None`` when not answered or not shown.
    ``documents`` maps each slot to the names of its files; ``texts`` maps it to what was read of each of them:
    ``""`` where there is no text (a scan), ``None`` while it has not been read yet. ``parameters`` holds the
    call's values.

    >>> DossierSnapshot(slug="vo-sach", edition="2026", track="lop", call="c1", nominees=(),
    ...     call_period=Period("school_year", 2025), unit=Ref("u1", "Trường"), answers={"so": Decimal(4)}).number("so")
    Decimal('4')
    """

    slug: str
    edition: str
    track: str
    call: str
    call_period: PeriodValue
    nominees: tuple[Ref, ...]
    unit: Ref
    answers: Mapping[str, Value]
    documents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parameters: Mapping[str, Decimal] = field(default_factory=dict)
    texts: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)

    def text(self, key: str) -> str:
        """The answer of a text or choice field, ``""`` when there is none."""
        value = self.answers.get(key)
        return value if isinstance(value, str) else ""

    def number(self, key: str) -> Decimal | None:
        """The answer of a number field."""
        value = self.answers.get(key)
        return value if isinstance(value, Decimal) else None

    def document_text(self, slot: str) -> str | None:
        """What the files of ``slot`` say, ``""`` when nothing is attached; ``None`` while one is being read."""
        texts = self.texts.get(slot, ())
        return None if None in texts else "\n".join(text for text in texts if text)

    def rows(self, key: str) -> tuple[RowValue, ...]:
        """The lines of a table, empty when there are none."""
        value = self.answers.get(key)
        return tuple(row for row in value if isinstance(row, Mapping)) if isinstance(value, tuple) else ()


@dataclass(frozen=True, kw_only=True)
class PastDossier:
    """Another dossier that the asking unit may know of; never the checked one itself.

    ``state`` is the word people read, as it stands within a sentence: ``đã nộp``;
    ``result`` what was published for it: its prize (``Giải Nhì``), else its class, ``""`` before that.

    >>> PastDossier(code="HS-2025-000001", slug="vo-sach", edition="2024", track="lop", call="c0", state="đã nộp",
    ...     call_period=Period("school_year", 2024), nominees=(Ref("", "Lớp 3A"),), unit=Ref("u1", "Trường")).result
    ''
    """

    code: str
    slug: str
    edition: str
    track: str
    call: str
    call_period: PeriodValue
    nominees: tuple[Ref, ...]
    unit: Ref
    state: str
    result: str = ""


@dataclass(frozen=True, kw_only=True)
class Similar:
    """A text of another dossier, and how much of ours stands in it, 0 to 100.

    >>> old = PastDossier(code="HS-2025-000001", slug="vo-sach", edition="2024", track="lop", call="c0", state="đã nộp",
    ...     call_period=Period("school_year", 2024), nominees=(), unit=Ref("u1", "Trường Hoa Sen"))
    >>> Similar(dossier=old, field="cam_nghi", percent=80).percent
    80
    """

    dossier: PastDossier
    field: str
    percent: int


@dataclass(frozen=True, kw_only=True)
class PastAward:
    """An award on record: ``award`` is its catalogue code, ``decision`` as printed.

    >>> PastAward(award="GK", period=Period("year", 2025), decision="12/QĐ-UBND", issuer="UBND xã").award
    'GK'
    """

    award: str
    period: PeriodValue
    decision: str
    issuer: str


class Past(Protocol):
    """What is on record, scoped to what the dossier's unit may know, read-only.

    >>> def twice(dossier: DossierSnapshot, past: Past) -> bool:
    ...     return any(past.dossiers(dossier.slug, person=one.id) for one in dossier.nominees)
    """

    def dossiers(self, slug: str, *, person: str | None = None, unit: str | None = None) -> Sequence[PastDossier]:
        """Dossiers of a campaign type, over all editions and calls, newest call first.

        What was never handed over, or was withdrawn, is a draft and on no record: two drafts block neither one.
        ``person`` and ``unit`` are ids (:attr:`Ref.id`) and narrow the answer.
        """
        ...

    def similar(self, text: str, *, field: str, least: int) -> Sequence[Similar]:
        """Texts of that field of which at least ``least`` per cent of ``text`` consists, most alike first.

        Any ``Text`` or ``LongText`` that identifies nobody, and documents named in ``originality``.
        """
        ...

    def answered(self, slug: str, *, field: str, text: str) -> Sequence[PastDossier]:
        """Filed dossiers of a campaign type that answer ``field`` with ``text``, marks and case aside."""
        ...

    def officiates(self, person: str) -> bool:
        """Whether a person (by id) runs the dossier's call or judges in it."""
        ...

    def titled(self, text: str, *, least: int) -> Sequence[Similar]:
        """Titles that are the same as ``text`` or nearly: fields marked ``title=True``, in every campaign.

        ``least`` is a percentage; 100 is the same words, without regard to case, marks and punctuation. One answer
        per dossier, its nearest title, most alike first; ``field`` is that title's key (``sang_kien.ten`` in a table).
        """
        ...

    def awards(self, person: str) -> Sequence[PastAward]:
        """The awards of a person (by id), newest period first; none as long as the site records no decisions."""
        ...
