"""A section's fields as one WTForms form: the only validator, for page, Excel form and shell.

What comes in is *raw*: what somebody typed, as JSON, by field key.

* one-line kinds, ``LongText``, ``Choice``: ``str``; ``YesNo``: ``"yes"``, ``"no"`` or ``""``
* ``MultiChoice``: a list of option values
* ``PersonRef``, ``UnitRef``: ``{"id": "…", "name": "…"}``
* ``Rows``: a list of ``{column: str}``

What comes out is *typed*: canonical and JSON-able, read back by ``thidua.plugin.python_value``.
Unanswered, hidden and malformed fields are not in it; what was typed stays in ``raw``.
"""

from thidua.forms.bound import SPARE_ROWS, BoundSection, asked, form_class, problems, section_form, whole_form
from thidua.forms.raw import MultiDict, Posted, admit, fingerprint, read_posted
from thidua.forms.values import Malformed, parse

__all__ = [
    "SPARE_ROWS",
    "BoundSection",
    "Malformed",
    "MultiDict",
    "Posted",
    "admit",
    "asked",
    "fingerprint",
    "form_class",
    "parse",
    "problems",
    "read_posted",
    "section_form",
    "whole_form",
]
