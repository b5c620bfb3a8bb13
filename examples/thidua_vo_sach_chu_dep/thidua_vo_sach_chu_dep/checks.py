"""What one field alone cannot see. A check reads a dossier and yields what is wrong with it."""

from collections.abc import Iterator

from thidua.plugin import DossierSnapshot, Past, Problem


def year_of_the_call(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """The year in the form is the call's."""
    year = dossier.answers.get("ky_xet")
    if year is not None and year != dossier.call_period:
        yield Problem("ky_xet", f"Năm học {year} không phải năm của đợt ({dossier.call_period}). Hãy sửa năm học xét.")


def enough_notebooks(dossier: DossierSnapshot, _past: Past) -> Iterator[Problem]:
    """As many notebooks as the call asks for; a warning does not stop a school."""
    count, least = dossier.number("so_vo"), dossier.parameters["so_vo_it_nhat"]
    if count is not None and count < least:
        yield Problem("so_vo", f"Đợt này cần ít nhất {least} quyển. Hãy bổ sung vở.", "warning")
