"""What every field has, and the two small things that fields are made of."""

from __future__ import annotations

import re
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from thidua.plugin.params import Param
from thidua.plugin.problems import ContractError, check_flags, check_key, check_text, check_words, named

_OPTION = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,58}[a-z0-9])?")


@dataclass(frozen=True)
class Equals:
    """Show a field only while another of the same section has this answer.

    ``field`` is the key of a ``Choice``, ``MultiChoice`` (then: one of those chosen)
    or ``YesNo``; ``value`` is an option's value, or ``"yes"`` / ``"no"``.
    A field whose own condition field is hidden is hidden too.

    >>> from thidua.plugin import Text
    >>> Text("so_qd", "Số quyết định", show_if=Equals("da_cong_nhan", "yes")).show_if.value
    'yes'
    """

    field: str
    value: str

    def __post_init__(self) -> None:
        check_text(self, f"Equals({self.field!r}, {self.value!r})", "field", "value")


@dataclass(frozen=True)
class Option:
    """One answer of a choice: ``value`` is stored (a-z, 0-9, ``_``, ``-``), ``label`` is read.

    >>> Option("xuat-sac", "Xuất sắc").value
    'xuat-sac'
    """

    value: str
    label: str

    def __post_init__(self) -> None:
        """Refuse values that could not stand in an address or a column of a report."""
        if not isinstance(self.value, str) or not _OPTION.fullmatch(self.value):
            raise ContractError(f"option {self.value!r}: a value is a-z, 0-9, _ and -, at most 60 letters")
        check_words(f"option {self.value!r}", "label", self.label)


@dataclass(frozen=True)
class Field:
    """What every field has. Use one of the kinds below, never this class itself.

    ``key`` is stored and must not change within an edition; ``label`` and ``help``
    are read by people. ``required`` holds only while the field is shown.
    ``identifying`` answers are hidden from blind judges; ``facet`` offers the
    answer as a filter in search.

    >>> Field("ten", "Tên")
    Traceback (most recent call last):
    thidua.plugin.problems.ContractError: field 'ten': Field has no kind; use Text, Number, Choice or another kind
    """

    kind: ClassVar[str] = ""
    in_rows: ClassVar[bool] = True
    can_facet: ClassVar[bool] = True

    key: str
    label: str
    _: KW_ONLY
    help: str = ""
    required: bool = False
    show_if: Equals | None = None
    identifying: bool = False
    facet: bool = False

    @property
    def place(self) -> str:
        """How an error names this field."""
        return f"field {self.key!r}"

    def __post_init__(self) -> None:
        """Check what can be known of one field alone."""
        if not self.kind:
            raise ContractError(f"field {self.key!r}: Field has no kind; use Text, Number, Choice or another kind")
        check_key("field", self.key)
        check_words(self.place, "label", self.label)
        check_text(self, self.place, "help")
        check_flags(self, self.place, "required", "identifying", "facet")
        if self.facet and not self.can_facet:
            raise ContractError(f"{self.place}: {self.kind} cannot be a facet; take facet=True away")
        if self.show_if is not None and not isinstance(self.show_if, Equals):
            raise ContractError(f"{self.place}: show_if is {named(self.show_if)}; write Equals('field', 'value')")


def positive(place: str, what: str, value: int | Param | None) -> None:
    """Refuse what is no whole number from 1 on; ``None`` and a number that a call sets are let through."""
    if isinstance(value, Param):
        return
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise ContractError(f"{place}: {what} is {value!r}; write a whole number from 1 on")
