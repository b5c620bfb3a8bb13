"""Dạy tốt – Học tốt: dossiers of teachers and of collectives, scored on 100 points.

Written against ``thidua.plugin`` alone, as any outside package would be.
"""

from thidua.plugin import Campaign, hookimpl
from thidua_day_tot_hoc_tot.campaign import EDITION_2023, EDITION_2025


@hookimpl
def thidua_campaigns() -> list[Campaign]:
    """Both editions: schools file in the later one, the earlier one's dossiers stay checkable."""
    return [EDITION_2023, EDITION_2025]


@hookimpl
def thidua_abbreviations() -> dict[str, str]:
    """The short forms that teachers write in these dossiers, beside those that everybody writes."""
    return {"BDTX": "bồi dưỡng thường xuyên", "GVG": "giáo viên giỏi"}
