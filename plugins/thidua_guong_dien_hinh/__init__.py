"""Cuộc thi viết về gương điển hình tiên tiến, người tốt, việc tốt: entries judged blind, prizes per round.

Written against ``thidua.plugin`` alone, as any outside package would be.
"""

from thidua.plugin import Campaign, hookimpl
from thidua_guong_dien_hinh.campaign import EDITION_2024, EDITION_2025


@hookimpl
def thidua_campaigns() -> list[Campaign]:
    """Both editions: schools file in the later one, the earlier one's entries stay comparable."""
    return [EDITION_2024, EDITION_2025]


@hookimpl
def thidua_abbreviations() -> dict[str, str]:
    """The short forms that organisers of the contest write."""
    return {"ĐHTT": "điển hình tiên tiến", "NTVT": "người tốt, việc tốt"}
