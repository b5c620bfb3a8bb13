"""The campaigns of this repository bear what every campaign must; their editions are stored in ``editions``."""

from __future__ import annotations

import pytest

from thidua.testing import CampaignContract

pytestmark = pytest.mark.slow


class TestDayTotHocTot(CampaignContract):
    """Dạy tốt – Học tốt."""

    package = "thidua_day_tot_hoc_tot"
