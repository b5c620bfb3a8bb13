"""Rows copied in a spreadsheet: what people paste into a table, and what is refused with a sentence."""

from __future__ import annotations

import pytest

import all_kinds
from thidua.errors import Invalid
from thidua.forms import section_form
from thidua.plugin import Rows, Section
from thidua.services.pasting import pasted

SPEC = next(spec for spec in all_kinds.FIELDS if isinstance(spec, Rows))


def row(**cells: str) -> dict[str, str]:
    return {column.key: cells.get(column.key, "") for column in SPEC.columns}


def test_cells_in_the_order_of_the_columns_become_rows_with_values_of_options() -> None:
    text = '2024-2025\tGiỏi\t95\tCó\tXanh lá\t05/02/2026\t"dòng 1\ndòng 2 ""trích"""\r\n\r\n2025-2026\tKhá\t60,5\n'
    assert pasted(SPEC, text) == [
        row(
            nam="2024-2025",
            chi_tieu="Giỏi",
            dat="95",
            vuot="yes",
            mau="xanh",
            luc="05/02/2026",
            ghi='dòng 1\ndòng 2 "trích"',
        ),
        row(nam="2025-2026", chi_tieu="Khá", dat="60,5"),
    ]


def test_a_first_line_of_labels_says_which_column_is_which() -> None:
    text = "STT\tCHỈ TIÊU (*)\tĐạt\n1\tGiỏi\t95\n2\t007\t-5"
    assert pasted(SPEC, text) == [row(chi_tieu="Giỏi", dat="95"), row(chi_tieu="007", dat="-5")]


def test_what_was_pasted_goes_through_the_one_validator() -> None:
    section = Section("s", "S", (SPEC,))
    bound = section_form(section, {SPEC.key: pasted(SPEC, "2024\tGiỏi\t101\tmaybe")})
    assert [problem.field for problem in bound.problems] == ["bang.0.nam", "bang.0.dat", "bang.0.vuot"]


@pytest.mark.parametrize(
    ("text", "before", "sentence"),
    [
        (
            "\n".join("2024-2025\tGiỏi" for _ in range(10_000)),
            0,
            "“Bảng kết quả”: phần dán có 10000 dòng, bảng đang có 0 dòng và chỉ nhận nhiều nhất 3 dòng nên chưa "
            "dòng nào được thêm. Hãy dán ít dòng hơn; nội dung đã dán vẫn còn trong ô.",
        ),
        (
            "2024-2025\tGiỏi\n2025-2026\tKhá",
            2,
            "“Bảng kết quả”: phần dán có 2 dòng, bảng đang có 2 dòng và chỉ nhận nhiều nhất 3 dòng nên chưa dòng "
            "nào được thêm. Hãy dán ít dòng hơn; nội dung đã dán vẫn còn trong ô.",
        ),
        (
            "2024-2025\tGiỏi\n" + "\t".join("x" * 9),
            0,
            "“Bảng kết quả”: dòng 2 của phần dán có 9 ô, bảng chỉ có 7 cột nên chưa dòng nào được thêm. "
            "Hãy chép đúng các cột của bảng.",
        ),
    ],
    ids=["ten thousand", "too many with those there", "too wide"],
)
def test_too_much_is_refused_with_a_sentence(text: str, before: int, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        pasted(SPEC, text, before=before)
    assert str(refused.value) == sentence


def test_nothing_and_a_cell_beyond_all_measure_are_read_as_they_are() -> None:
    assert pasted(SPEC, " \t \n\n") == []
    long = "a" * 200_000
    assert pasted(SPEC, f"2024-2025\t{long}") == [row(nam="2024-2025", chi_tieu=long)]
