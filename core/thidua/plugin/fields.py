"""The fields of a form: what is asked, and what may be answered.

From this one list come the page, its validation, the columns of an Excel import, what a
search finds and narrows by, and the columns of reports. A field is data; ``thidua.forms`` validates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias

from thidua.plugin.field import Field, Option, positive
from thidua.plugin.params import Param
from thidua.plugin.problems import (
    ContractError,
    Exact,
    check_distinct,
    check_flags,
    check_key,
    check_text,
    check_tuple,
    check_whole,
    check_words,
    exact,
)

PartOf: TypeAlias = Literal["", "author", "member", "subject"]


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """One line of text, at most ``max_chars`` letters.

    ``title=True``: it names an achievement; ``past.titled`` compares it with those of all campaigns.

    >>> Text("ten", "Tên sáng kiến", title=True).max_chars
    500
    """

    kind: ClassVar[str] = "Text"
    max_chars: int = 500
    title: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        check_whole(self, self.place, "max_chars", 1)
        check_flags(self, self.place, "title")


@dataclass(frozen=True, kw_only=True)
class LongText(Field):
    """Paragraphs; ``max_words`` counts syllables between spaces, ``None`` for no limit in words.

    ``Param("so_tu")`` in its place leaves the limit to each call. The first one of 100 to 150 words that is not
    identifying is the summary that a school's list of nominees (danh sách trích ngang) prints, whole.

    >>> LongText("thanh_tich", "Thành tích đạt được", max_words=300).max_words
    300
    """

    kind: ClassVar[str] = "LongText"
    can_facet: ClassVar[bool] = False
    max_words: int | Param | None = None
    max_chars: int = 20_000

    def __post_init__(self) -> None:
        super().__post_init__()
        positive(self.place, "max_words", self.max_words)
        check_whole(self, self.place, "max_chars", 1)


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    """A number from ``minimum`` to ``maximum`` (``None``: open) with at most ``decimals`` decimals.

    >>> Number("diem", "Điểm", minimum=0, maximum="9.5", decimals=1).high
    Decimal('9.5')
    """

    kind: ClassVar[str] = "Number"
    minimum: Exact | None = None
    maximum: Exact | None = None
    decimals: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("minimum", "maximum"):
            value: Exact | None = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, exact(f"{self.place}: {name}", value))
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ContractError(f"{self.place}: minimum {self.low} lies above maximum {self.high}")
        if type(self.decimals) is not int or self.decimals not in range(7):  # 1.0 lies in the range too
            raise ContractError(f"{self.place}: decimals is {self.decimals!r}; write 0 to 6")

    @property
    def low(self) -> Decimal | None:
        """``minimum`` as a ``Decimal``."""
        return None if self.minimum is None else Decimal(self.minimum)

    @property
    def high(self) -> Decimal | None:
        """``maximum`` as a ``Decimal``."""
        return None if self.maximum is None else Decimal(self.maximum)


@dataclass(frozen=True, kw_only=True)
class Percent(Number):
    """A share from 0 to 100, two decimals unless said otherwise.

    >>> Percent("ty_le", "Tỷ lệ").maximum
    Decimal('100')
    """

    kind: ClassVar[str] = "Percent"
    minimum: Exact | None = 0
    maximum: Exact | None = 100
    decimals: int = 2


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """Exactly one of ``options``.

    >>> Choice("mon", "Môn", options=(Option("toan", "Toán"), Option("van", "Văn"))).labels["van"]
    'Văn'
    """

    kind: ClassVar[str] = "Choice"
    options: tuple[Option, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        check_tuple(self.place, "options", self.options, Option)
        if not self.options:
            raise ContractError(f"{self.place}: offer at least one option")
        check_distinct(self.place, "option", [option.value for option in self.options])

    @property
    def labels(self) -> dict[str, str]:
        """Label by value, in the order offered."""
        return {option.value: option.label for option in self.options}


@dataclass(frozen=True, kw_only=True)
class MultiChoice(Choice):
    """Any number of ``options``; required means at least one.

    >>> MultiChoice("lop", "Lớp", options=(Option("a", "A"), Option("b", "B"))).in_rows
    False
    """

    kind: ClassVar[str] = "MultiChoice"
    in_rows: ClassVar[bool] = False


@dataclass(frozen=True, kw_only=True)
class YesNo(Field):
    """Có or không; required means that one of the two was chosen.

    >>> YesNo("cam_ket", "Cam kết", required=True).required
    True
    """

    kind: ClassVar[str] = "YesNo"


@dataclass(frozen=True, kw_only=True)
class Date(Field):
    """A day, typed ``17/06/2026``.

    >>> Date("ngay_ky", "Ngày ký", required=True).kind
    'Date'
    """

    kind: ClassVar[str] = "Date"
    can_facet: ClassVar[bool] = False


@dataclass(frozen=True, kw_only=True)
class Period(Field):
    """A school year (``2025-2026``), a calendar year (``2025``), or ``of="any"`` of both.

    >>> Period("nam", "Năm", of="year").of
    'year'
    """

    kind: ClassVar[str] = "Period"
    of: Literal["school_year", "year", "any"] = "school_year"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.of not in ("school_year", "year", "any"):
            raise ContractError(f"{self.place}: of is {self.of!r}; write 'school_year', 'year' or 'any'")


@dataclass(frozen=True, kw_only=True)
class Link(Field):
    """An http or https address.

    >>> Link("duong_dan", "Đường dẫn").max_chars
    2000
    """

    kind: ClassVar[str] = "Link"
    can_facet: ClassVar[bool] = False
    max_chars: int = 2000

    def __post_init__(self) -> None:
        super().__post_init__()
        check_whole(self, self.place, "max_chars", 1)


@dataclass(frozen=True, kw_only=True)
class PersonRef(Field):
    """A person of the register; the answer keeps the id *and* the name as printed.

    ``role`` says what somebody named here is in the dossier, beside the nominee: ``"author"``, ``"member"`` or
    ``"subject"``, the person it tells of. Once filed they are found by ``past.dossiers(slug, person=…)``, and
    authors and members never judge the dossier. ``""``: they are only mentioned.

    As a column of :class:`Rows` it is typed, not picked: a name, with the staff code behind it in brackets where two
    bear the name or somebody is of another unit: ``Nguyễn Thị Hoà (GV-105)``. Who that is, is looked up when the
    dossier is checked; a name that is nobody's or two people's is refused in its line.

    >>> PersonRef("giao_vien", "Giáo viên", identifying=True).identifying
    True
    """

    kind: ClassVar[str] = "PersonRef"
    role: PartOf = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.role not in ("", "author", "member", "subject"):
            raise ContractError(f"{self.place}: role is {self.role!r}; write 'author', 'member', 'subject' or ''")


@dataclass(frozen=True, kw_only=True)
class UnitRef(Field):
    """A unit of the register; the answer keeps the id *and* the name as printed.

    >>> UnitRef("phoi_hop", "Đơn vị phối hợp").kind
    'UnitRef'
    """

    kind: ClassVar[str] = "UnitRef"
    in_rows: ClassVar[bool] = False


@dataclass(frozen=True, kw_only=True)
class Rows(Field):
    """A table people fill line by line, ``min_rows`` to ``max_rows`` lines.

    ``columns`` are fields of any kind except ``MultiChoice``, ``UnitRef`` and ``Rows``, without
    ``show_if``; a required column must be filled in every line that is not empty. Required means
    at least one line.

    >>> columns = (Period("nam_hoc", "Năm học", of="school_year"), Percent("ty_le", "Tỷ lệ học sinh giỏi"))
    >>> [column.key for column in Rows("ket_qua", "Kết quả qua các năm", columns=columns, max_rows=5).columns]
    ['nam_hoc', 'ty_le']
    """

    kind: ClassVar[str] = "Rows"
    in_rows: ClassVar[bool] = False
    can_facet: ClassVar[bool] = False
    columns: tuple[Field, ...]
    min_rows: int = 0
    max_rows: int = 50

    def __post_init__(self) -> None:
        super().__post_init__()
        check_tuple(self.place, "columns", self.columns, Field)
        if not self.columns:
            raise ContractError(f"{self.place}: a table has at least one column")
        check_distinct(self.place, "column", [column.key for column in self.columns])
        for column in self.columns:
            if not column.in_rows:
                raise ContractError(
                    f"{self.place}: column {column.key!r} is a {column.kind}; it needs a place of its own"
                )
            if column.show_if is not None:
                raise ContractError(
                    f"{self.place}: column {column.key!r} has show_if; show the whole table or none of it"
                )
        for name in ("min_rows", "max_rows"):
            check_whole(self, self.place, name, 0)
        if self.max_rows < max(1, self.min_rows) or self.max_rows > 500:
            raise ContractError(f"{self.place}: {self.min_rows} to {self.max_rows} rows; write 0 ≤ min ≤ max ≤ 500")

    def column(self, key: str) -> Field:
        """The column of that key; ``KeyError`` when there is none."""
        return {column.key: column for column in self.columns}[key]


@dataclass(frozen=True)
class Section:
    """A part of the form: one short page, saved on its own, with a revision of its own.

    >>> Section("lien_he", "Liên hệ", (Text("dien_thoai", "Điện thoại"),)).fields[0].kind
    'Text'
    """

    key: str
    title: str
    fields: tuple[Field, ...]
    help: str = ""

    def __post_init__(self) -> None:
        """Check keys and that each ``show_if`` leads to an answer of this section, without circles."""
        check_key("section", self.key)
        place = f"section {self.key!r}"
        check_words(place, "title", self.title)
        check_text(self, place, "help")
        check_tuple(place, "fields", self.fields, Field)
        if not self.fields:
            raise ContractError(f"{place}: a section asks at least one thing")
        check_distinct(place, "field", [field.key for field in self.fields])
        for field in self.fields:
            self._check_condition(field)

    def field(self, key: str) -> Field:
        """The field of that key; ``KeyError`` when there is none."""
        return {field.key: field for field in self.fields}[key]

    def _check_condition(self, field: Field) -> None:
        own = {known.key: known for known in self.fields}
        seen = [field.key]
        while (condition := own[seen[-1]].show_if) is not None:
            source = own.get(condition.field)
            if source is None:
                raise ContractError(
                    f"{field.place}: show_if asks for {condition.field!r}, not a field of section {self.key!r}"
                )
            if condition.field in seen:
                raise ContractError(f"{field.place}: show_if runs in a circle: {' → '.join([*seen, condition.field])}")
            self._check_value(own[seen[-1]], source, condition.value)
            seen.append(condition.field)

    @staticmethod
    def _check_value(field: Field, source: Field, value: str) -> None:
        if isinstance(source, Choice):
            offered = set(source.labels)
        elif isinstance(source, YesNo):
            offered = {"yes", "no"}
        else:
            raise ContractError(
                f"{field.place}: show_if asks for {source.key!r}, a {source.kind}; use a choice or a YesNo"
            )
        if value not in offered:
            raise ContractError(
                f"{field.place}: {value!r} is no answer of {source.key!r}; it has {', '.join(sorted(offered))}"
            )


_ALL = (Text, LongText, Number, Percent, Choice, MultiChoice, YesNo, Date, Period, Link, PersonRef, UnitRef, Rows)
KINDS: Mapping[str, type[Field]] = {kind.kind: kind for kind in _ALL}
