"""Whatever an author writes in place of a value, the refusal is a sentence with its place, never Python's own."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import random

import pytest

import thidua.plugin as td

OPTIONS = (td.Option("a", "A"), td.Option("b", "B"))
FORM = (td.Section("chung", "Chung", (td.Text("ten", "Tên"), td.YesNo("co", "Có"))),)
LEAF = td.Item("i", "I", max=10)
RUBRIC = td.Group("tong", "Tổng", (LEAF,), max=10)
CLASSES = (td.Class("a", "A", (td.AtLeast("tong", points=5),)), td.Class("b", "B"))
BASIS = td.Basis("1/KH", datetime.date(2025, 9, 1), "UBND xã")


def no_sample(_rng: random.Random) -> td.Sample:
    return td.Sample(nominee="A", answers={})


TRACK = td.Track(
    "t", "T", subject="person", form=FORM, sample=no_sample, rubric=RUBRIC, classes=CLASSES, judging=td.Judging()
)
GOOD: tuple[object, ...] = (
    *(kind("a", "A") for kind in (td.Text, td.LongText, td.Number, td.Percent, td.YesNo, td.Date, td.Period, td.Link)),
    *(kind("a", "A", options=OPTIONS) for kind in (td.Choice, td.MultiChoice)),
    *(kind("a", "A") for kind in (td.PersonRef, td.UnitRef)),
    td.Rows("a", "A", columns=(td.Text("x", "X"),)),
    FORM[0],
    OPTIONS[0],
    td.Document("a", "A"),
    LEAF,
    td.Deduction("a", "A", max=10),
    td.Gate("a", "A"),
    RUBRIC,
    td.Band("A", 0),
    td.Rounded(td.Mean(), to="0.5"),
    CLASSES[0],
    td.Prize("a", "A", count=1),
    td.Judging(),
    td.Originality("a"),
    td.Parameter("a", "A", default=1, minimum=0, maximum=2),
    td.Column("total", "A"),
    td.Is("class", "a"),
    td.Count("A"),
    td.Share("A", where=(td.Is("class", "a"),)),
    td.Average("A"),
    td.Summary("A", by="unit", measures=(td.Count("S"),)),
    td.Report("a", "A", columns=(td.Column("nominee", "N"),)),
    BASIS,
    TRACK,
    td.Campaign("s", "1", "T", basis=(BASIS,), tracks=(TRACK,)),
    td.TextExtractor(name="a", extensions=(".x",), extract=no_sample),  # type: ignore[arg-type]
)
WRONG = (5, -5, "x", "", None, 1.5, True, [], ["a"], (), (5,), ("a",), {}, object, len, td.Param("z"), LEAF, 10**30)


@pytest.mark.parametrize("good", GOOD, ids=[type(one).__name__ for one in GOOD])
def test_a_wrong_value_is_refused_in_a_sentence_or_taken(good: object) -> None:
    assert dataclasses.is_dataclass(good)
    assert not isinstance(good, type)
    for field in dataclasses.fields(good):
        for wrong in WRONG:
            with contextlib.suppress(td.ContractError):  # any other exception fails the test
                dataclasses.replace(good, **{field.name: wrong})


@pytest.mark.parametrize(
    ("good", "name", "wrong", "said"),
    [
        (td.Text("lop", "Lớp"), "max_chars", "20", "max_chars is '20'; write a whole number from 1 on"),
        (td.Text("lop", "Lớp"), "max_chars", None, "max_chars is None; write a whole number from 1 on"),
        (td.Text("lop", "Lớp"), "help", None, "help is None; write a text"),
        (td.Link("web", "Địa chỉ"), "max_chars", 0, "max_chars is 0; write a whole number from 1 on"),
        (GOOD[12], "min_rows", "1", "min_rows is '1'; write a whole number from 0 on"),
        (GOOD[12], "max_rows", 2.5, "max_rows is 2.5; write a whole number from 0 on"),
        (td.Document("tep", "Tệp"), "help", 5, "help is 5; write a text"),
        (td.Document("tep", "Tệp"), "accept", ".pdf", "accept is '.pdf'; write a tuple with a comma, (…,)"),
        (LEAF, "max", None, "rubric 'i': max is None; write a number"),
        (LEAF, "guide", 5, "rubric 'i': guide is 5; write a text"),
        (RUBRIC, "start", None, "rubric 'tong': start is None; write a number"),
        (RUBRIC, "children", LEAF, "children is Item 'i'; write a tuple with a comma, (…,)"),
        (td.Judging(), "combine", "mean", "combine is 'mean'; write Mean(), Trimmed() or Rounded(…)"),
        (TRACK, "judging", 2, "track 't': judging is 2; write Judging(judges=2)"),
        (td.Column("total", "Tổng"), "source", 5, "column is 5; write a text such as 'total' or 'field:<key>'"),
        (td.Summary("A", by="unit", measures=(td.Count("S"),)), "chart", 5, "summary 'A': chart is 5; write a text"),
    ],
)
def test_the_sentence_names_place_and_mend(good: object, name: str, wrong: object, said: str) -> None:
    assert dataclasses.is_dataclass(good)
    assert not isinstance(good, type)
    with pytest.raises(td.ContractError) as refused:
        dataclasses.replace(good, **{name: wrong})
    assert said in str(refused.value)
