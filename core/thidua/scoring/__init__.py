"""What sheets of scores come to: exact, and explained in Vietnamese.

A rubric is data (``thidua.plugin``); here it is computed: typed points → :class:`Sheet` →
:class:`Valued` → :class:`Combined` → class, rank, stored text. No database and no Flask.
"""

from thidua.scoring.classes import Classified, Ranked, classify, rank
from thidua.scoring.judging import Beside, Combined, beside, combine, far_apart
from thidua.scoring.points import Sheet, missing_evidence, read_points, read_sheet, show_points
from thidua.scoring.prizes import Awarded, award
from thidua.scoring.stored import Result, Scribe, from_text, rubric_sha256, to_text
from thidua.scoring.valued import NodeValue, Scored, Valued, evaluate
from thidua.scoring.wording import number

__all__ = [
    "Awarded",
    "Beside",
    "Classified",
    "Combined",
    "NodeValue",
    "Ranked",
    "Result",
    "Scored",
    "Scribe",
    "Sheet",
    "Valued",
    "award",
    "beside",
    "classify",
    "combine",
    "evaluate",
    "far_apart",
    "from_text",
    "missing_evidence",
    "number",
    "rank",
    "read_points",
    "read_sheet",
    "rubric_sha256",
    "show_points",
    "to_text",
]
