"""The conformance kit: what every campaign must bear, as tests of its author and as a command.

In the author's own pytest, beside a folder ``editions`` with the stored forms::

    from thidua.testing import CampaignContract

    class TestContract(CampaignContract):
        package = "thidua_vo_sach_chu_dep"

``thidua plugin check DIST`` runs the very same checks, a line each.
"""

from thidua.testing.behaviour import dossier_of
from thidua.testing.checks import CHECKS, Check, Outcome, try_all
from thidua.testing.contract import CampaignContract
from thidua.testing.subject import Subject, subjects_of
from thidua.testing.watched import Full, Nothing

__all__ = [
    "CHECKS",
    "CampaignContract",
    "Check",
    "Full",
    "Nothing",
    "Outcome",
    "Subject",
    "dossier_of",
    "subjects_of",
    "try_all",
]
