"""Vở sạch – Chữ đẹp: what this package offers to thidua."""

from thidua.plugin import Campaign, hookimpl
from thidua_vo_sach_chu_dep.campaign import EDITION_2026


@hookimpl
def thidua_campaigns() -> list[Campaign]:
    """Every edition there is."""
    return [EDITION_2026]


@hookimpl
def thidua_abbreviations() -> dict[str, str]:
    """Short forms that primary schools write."""
    return {"VSCĐ": "vở sạch chữ đẹp"}
