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
    """The short forms that teachers write in these dossiers."""
    return {
        "BDTX": "bồi dưỡng thường xuyên",
        "CNTT": "công nghệ thông tin",
        "CĐS": "chuyển đổi số",
        "CSTĐCS": "chiến sĩ thi đua cơ sở",
        "GVCN": "giáo viên chủ nhiệm",
        "GVDG": "giáo viên dạy giỏi",
        "GVG": "giáo viên giỏi",
        "HSG": "học sinh giỏi",
        "KHKT": "khoa học kỹ thuật",
        "LĐTT": "lao động tiên tiến",
        "PPDH": "phương pháp dạy học",
        "SKKN": "sáng kiến kinh nghiệm",
        "TTLĐTT": "tập thể lao động tiên tiến",
        "TTLĐXS": "tập thể lao động xuất sắc",
    }
