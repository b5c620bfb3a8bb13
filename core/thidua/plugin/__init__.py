"""The public module for campaign authors: everything a plugin may lean on, and nothing else.

A campaign is data: frozen, typed, checked when built. A package offers it
through one hook and an entry point in the group ``thidua``::

    from thidua.plugin import Campaign, hookimpl

    @hookimpl
    def thidua_campaigns() -> list[Campaign]:
        return [CAMPAIGN]

What is not exported here is not promised.
"""

from thidua.plugin.campaign import Basis, Campaign, Check, Parameter, Subject, Track
from thidua.plugin.classes import Above, AtLeast, Class
from thidua.plugin.combine import Best, Combine, Lowest, Mean, Rounded, Sum, Trimmed, Weighted
from thidua.plugin.documents import Document
from thidua.plugin.field import Equals, Field, Option
from thidua.plugin.fields import (
    Choice,
    Date,
    Link,
    LongText,
    MultiChoice,
    Number,
    Percent,
    Period,
    PersonRef,
    Rows,
    Section,
    Text,
    UnitRef,
    YesNo,
)
from thidua.plugin.hooks import DossierChange, SearchEngine, TextExtractor, hookimpl, hookspec
from thidua.plugin.judging import Judging, Originality
from thidua.plugin.params import Param, params_in, settled
from thidua.plugin.prizes import Prize
from thidua.plugin.problems import ContractError, Exact, JsonValue, Level, Problem
from thidua.plugin.report import (
    Average,
    Column,
    Count,
    EachClass,
    EachPrize,
    Is,
    Measure,
    Report,
    ReportData,
    ReportTable,
    Share,
    Summary,
)
from thidua.plugin.rubric import Band, Deduction, Gate, Group, Item, Leaf, Node, walk
from thidua.plugin.samples import Sample, SampleFile
from thidua.plugin.shape import Shape, shape_of
from thidua.plugin.snapshots import (
    DossierSnapshot,
    Past,
    PastAward,
    PastDossier,
    PeriodValue,
    Ref,
    RowValue,
    Similar,
    Value,
)
from thidua.plugin.values import python_value, python_values
from thidua.text import count_words

__all__ = [
    "Above",
    "AtLeast",
    "Average",
    "Band",
    "Basis",
    "Best",
    "Campaign",
    "Check",
    "Choice",
    "Class",
    "Column",
    "Combine",
    "ContractError",
    "Count",
    "Date",
    "Deduction",
    "Document",
    "DossierChange",
    "DossierSnapshot",
    "EachClass",
    "EachPrize",
    "Equals",
    "Exact",
    "Field",
    "Gate",
    "Group",
    "Is",
    "Item",
    "JsonValue",
    "Judging",
    "Leaf",
    "Level",
    "Link",
    "LongText",
    "Lowest",
    "Mean",
    "Measure",
    "MultiChoice",
    "Node",
    "Number",
    "Option",
    "Originality",
    "Param",
    "Parameter",
    "Past",
    "PastAward",
    "PastDossier",
    "Percent",
    "Period",
    "PeriodValue",
    "PersonRef",
    "Prize",
    "Problem",
    "Ref",
    "Report",
    "ReportData",
    "ReportTable",
    "Rounded",
    "RowValue",
    "Rows",
    "Sample",
    "SampleFile",
    "SearchEngine",
    "Section",
    "Shape",
    "Share",
    "Similar",
    "Subject",
    "Sum",
    "Summary",
    "Text",
    "TextExtractor",
    "Track",
    "Trimmed",
    "UnitRef",
    "Value",
    "Weighted",
    "YesNo",
    "count_words",
    "hookimpl",
    "hookspec",
    "params_in",
    "python_value",
    "python_values",
    "settled",
    "shape_of",
    "walk",
]
