"""Fields, sections and documents: what is refused, and in which words."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal

import pytest

from thidua.plugin import (
    Choice,
    ContractError,
    Date,
    Document,
    Equals,
    Field,
    Link,
    LongText,
    MultiChoice,
    Number,
    Option,
    Percent,
    Period,
    PersonRef,
    Problem,
    Rows,
    Section,
    Text,
    TextExtractor,
    UnitRef,
    YesNo,
)

YN = YesNo("co", "Có?")
MAYBE = Choice("cap", "Cấp", options=(Option("truong", "Trường"), Option("tp", "Thành phố")))


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: Field("a", "A"), "field 'a': Field has no kind; use Text, Number, Choice or another kind"),
        (
            lambda: Text("Họ", "A"),
            "field 'Họ': a key is a-z, 0-9 and _, starts with a letter, at most 60 letters",
        ),
        (lambda: Text("a", " "), "field 'a': write a label; people read it"),
        (lambda: LongText("a", "A", facet=True), "field 'a': LongText cannot be a facet; take facet=True away"),
        (
            lambda: Text("a", "A", show_if="co"),  # type: ignore[arg-type]
            "field 'a': show_if is 'co'; write Equals('field', 'value')",
        ),
        *(
            (
                lambda name=name: Text("a", "A", **{name: "no"}),
                f"field 'a': {name} is 'no'; write True or False",
            )
            for name in ("required", "identifying", "facet")
        ),
        (lambda: Text("a", "A", max_chars=0), "field 'a': max_chars is 0; write a whole number from 1 on"),
        (lambda: LongText("a", "A", max_words=True), "field 'a': max_words is True; write a whole number from 1 on"),
        (lambda: Number("a", "A", minimum=3, maximum=2), "field 'a': minimum 3 lies above maximum 2"),
        (lambda: Number("a", "A", decimals=7), "field 'a': decimals is 7; write 0 to 6"),
        (lambda: Number("a", "A", decimals=1.0), "field 'a': decimals is 1.0; write 0 to 6"),  # type: ignore[arg-type]
        (lambda: Equals(["a"], "yes"), "Equals(['a'], 'yes'): field is a list; write a text"),  # type: ignore[arg-type]
        (lambda: Equals("a", True), "Equals('a', True): value is True; write a text"),  # type: ignore[arg-type]
        (
            lambda: Number("a", "A", minimum=0.5),  # type: ignore[arg-type]
            "field 'a': minimum: 0.5 is not exact; write an int, or text such as '0.25'",
        ),
        (
            lambda: Number("a", "A", maximum="mười"),
            "field 'a': maximum: 'mười' is not a number; write an int, or text such as '0.25'",
        ),
        (lambda: Number("a", "A", maximum="Infinity"), "field 'a': maximum: 'Infinity' is not a finite number"),
        (lambda: Choice("a", "A", options=()), "field 'a': offer at least one option"),
        (
            lambda: Choice("a", "A", options=[Option("x", "X")]),  # type: ignore[arg-type]
            "field 'a': options is a list; write a tuple",
        ),
        (
            lambda: Choice("a", "A", options=("x",)),  # type: ignore[arg-type]
            "field 'a': options holds 'x', which does not belong there",
        ),
        (
            lambda: MultiChoice("a", "A", options=(Option("x", "X"), Option("x", "Y"))),
            "field 'a': option 'x' stands twice; give each its own key",
        ),
        (lambda: Option("X Y", "X"), "option 'X Y': a value is a-z, 0-9, _ and -, at most 60 letters"),
        (lambda: Option("x", ""), "option 'x': write a label; people read it"),
        (
            lambda: Period("a", "A", of="month"),  # type: ignore[arg-type]
            "field 'a': of is 'month'; write 'school_year', 'year' or 'any'",
        ),
        (lambda: Rows("a", "A", columns=()), "field 'a': a table has at least one column"),
        (
            lambda: Rows("a", "A", columns=(UnitRef("b", "B"),)),
            "field 'a': column 'b' is a UnitRef; it needs a place of its own",
        ),
        (
            lambda: Rows("a", "A", columns=(Text("b", "B", show_if=Equals("c", "yes")),)),
            "field 'a': column 'b' has show_if; show the whole table or none of it",
        ),
        (
            lambda: Rows("a", "A", columns=(YN,), min_rows=3, max_rows=2),
            "field 'a': 3 to 2 rows; write 0 ≤ min ≤ max ≤ 500",
        ),
        (lambda: Section("s", "S", ()), "section 's': a section asks at least one thing"),
        (lambda: Section("s", "S", (YN, YN)), "section 's': field 'co' stands twice; give each its own key"),
        (
            lambda: Section("s", "S", (Text("a", "A", show_if=Equals("b", "yes")),)),
            "field 'a': show_if asks for 'b', not a field of section 's'",
        ),
        (
            lambda: Section("s", "S", (Text("a", "A"), Text("b", "B", show_if=Equals("a", "yes")))),
            "field 'b': show_if asks for 'a', a Text; use a choice or a YesNo",
        ),
        (
            lambda: Section("s", "S", (MAYBE, Text("b", "B", show_if=Equals("cap", "huyen")))),
            "field 'b': 'huyen' is no answer of 'cap'; it has tp, truong",
        ),
        (
            lambda: Section(
                "s",
                "S",
                (YesNo("a", "A", show_if=Equals("b", "yes")), YesNo("b", "B", show_if=Equals("a", "yes"))),
            ),
            "field 'a': show_if runs in a circle: a → b → a",
        ),
        (lambda: Document("d", "D", accept=()), 'document \'d\': accept names no file type; write (".pdf", ".docx")'),
        (lambda: Document("d", "D", accept=("PDF",)), "document 'd': 'PDF' is no extension; write it as '.pdf'"),
        (lambda: Document("d", "D", max_mb=0), "document 'd': max_mb is 0; write a whole number from 1 to 1024"),
        (lambda: Document("d", "D", max_files=51), "document 'd': max_files is 51; write a whole number from 1 to 50"),
        (
            lambda: Problem("a", "Sai.", "fatal"),  # type: ignore[arg-type]
            "problem at 'a': level 'fatal' is neither 'error' nor 'warning'",
        ),
        (lambda: Problem("a", " "), "problem at 'a': write a message that says what is wrong and what to do"),
        (
            lambda: TextExtractor(name="odt", extensions=("odt",), extract=lambda path: [str(path)]),
            "text extractor 'odt': write extensions as ('.docx',)",
        ),
        (
            lambda: TextExtractor(name="odt", extensions=(".odt",), extract=lambda path: [str(path)]),
            "text extractor 'odt': extract must be a function at the top of a module",
        ),
    ],
)
def test_contract_refuses_with_place_and_mend(build: Callable[[], object], said: str) -> None:
    with pytest.raises(ContractError) as refused:
        build()
    assert str(refused.value) == said


def test_fields_of_every_kind_build_and_compare_by_value() -> None:
    columns = (Period("nam", "Năm"), Date("ngay", "Ngày"), Percent("tl", "Tỉ lệ"), Link("url", "Đường dẫn"))
    table = Rows("ket_qua", "Kết quả", columns=columns)
    section = Section("s", "S", (table, UnitRef("dv", "Đơn vị"), PersonRef("ng", "Người")), help="Giúp")
    assert section == Section("s", "S", (table, UnitRef("dv", "Đơn vị"), PersonRef("ng", "Người")), help="Giúp")
    assert (section.field("dv").kind, table.column("tl").kind) == ("UnitRef", "Percent")
    assert hash(section) == hash(
        Section("s", "S", (table, UnitRef("dv", "Đơn vị"), PersonRef("ng", "Người")), help="Giúp")
    )


def test_number_bounds_are_exact_and_equal_in_every_spelling() -> None:
    assert Number("a", "A", minimum="0.50") == Number("a", "A", minimum=Decimal("0.5"))
    assert (Percent("a", "A").low, Percent("a", "A").high, Number("a", "A").low) == (Decimal(0), Decimal(100), None)


def test_show_if_chains_are_allowed() -> None:
    chain = (YN, YesNo("b", "B", show_if=Equals("co", "yes")), Text("c", "C", show_if=Equals("b", "no")))
    assert [field.key for field in Section("s", "S", chain).fields] == ["co", "b", "c"]


def test_importing_the_public_module_loads_no_framework() -> None:
    heavy = ("flask", "sqlalchemy", "whoosh", "wtforms", "lxml", "jinja2", "docx")
    code = f"import sys, thidua.plugin; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
