"""Đổi mới số: initiatives of teachers, and schools' self-assessment of their digital transformation.

Written against ``thidua.plugin`` alone, as any outside package would be.
"""

from thidua.plugin import Campaign, hookimpl
from thidua_doi_moi_so.campaign import EDITION_2023, EDITION_2025


@hookimpl
def thidua_campaigns() -> list[Campaign]:
    """Both editions: schools file in the later one, the earlier one's dossiers stay checkable."""
    return [EDITION_2023, EDITION_2025]


@hookimpl
def thidua_abbreviations() -> dict[str, str]:
    """The short forms of this field, beside those that everybody writes."""
    return {"CĐS": "chuyển đổi số", "LMS": "hệ thống quản lý học tập", "DVCTT": "dịch vụ công trực tuyến"}
