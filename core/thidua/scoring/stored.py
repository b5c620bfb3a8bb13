"""A frozen result as text: what it came to, from what, by which rubric; checked again at any time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import gcd

from thidua.errors import Invalid, Refused, say
from thidua.plugin import Class, ContractError, Group, Judging
from thidua.plugin.codec import canonical, decode, encode
from thidua.scoring.classes import Classified, classify
from thidua.scoring.judging import Combined, combine
from thidua.scoring.points import Sheet
from thidua.scoring.valued import evaluate

FORMAT = 1


def rubric_sha256(rubric: Group) -> str:
    """The SHA-256 of the rubric's canonical JSON, 64 hexadecimal digits. Compute it once per call."""
    return hashlib.sha256(canonical(encode(rubric)).encode()).hexdigest()


@dataclass(frozen=True)
class Result:
    """A stored result, read back. ``values`` by node key; ``given`` is the class key, ``""`` without classes.

    ``judging`` and ``classes`` are those in force then, a call's own gap and bars included;
    ``sheets`` are the points of each counted or dropped sheet, by leaf key. ``calculation``
    says in Vietnamese how the total came about, ``reason`` why this class.
    """

    text: str
    rubric_sha256: str
    values: Mapping[str, Fraction]
    total: Fraction
    given: str
    calculation: str
    reason: str
    judging: Judging
    classes: tuple[Class, ...]
    sheets: tuple[Mapping[str, int], ...]

    def check(self, rubric: Group) -> str:
        """Why computing it again from its sheets does not give this text; ``""``: it does.

        >>> from thidua.plugin import Item
        >>> rubric = Group("tong", "Tổng", (Item("a", "A", max=8, step="0.5"),))
        >>> combined = combine(Judging(judges=1), [evaluate(rubric, Sheet({"a": 13}))])
        >>> result = from_text(to_text(combined, (), sha256=rubric_sha256(rubric)))
        >>> str(result.total), result.check(rubric)
        ('13/2', '')
        """
        sha256 = rubric_sha256(rubric)
        if sha256 != self.rubric_sha256:
            return say("result-other-rubric", sha256=self.rubric_sha256[:12])
        try:
            combined = combine(self.judging, [evaluate(rubric, Sheet(points)) for points in self.sheets])
            again = to_text(combined, self.classes, sha256=sha256)
        except (Refused, KeyError):
            again = ""
        return "" if again == self.text else say("result-altered")


def to_text(combined: Combined, classes: Sequence[Class], *, sha256: str, classified: Classified | None = None) -> str:
    """The canonical JSON of a result; ``sha256`` is :func:`rubric_sha256` of its rubric.

    ``classified`` is what :func:`classify` said of it, for who has asked already.

    Two results are equal exactly when their texts are, whatever order the judges came in.
    """
    if classes and classified is None:
        classified = classify(classes, combined)
    return Scribe(combined.rubric, combined.judging, tuple(classes), sha256=sha256).text(combined, classified)


class Scribe:
    """Writes :func:`to_text` of many results of one track: what is the same in all of them is worked out once."""

    def __init__(self, rubric: Group, judging: Judging, classes: tuple[Class, ...], *, sha256: str) -> None:
        self.sha256 = sha256
        self._leaves, self._nodes = sorted(rubric.leaves), sorted(rubric.nodes)
        # Keys are letters, digits and _: they need no escape, neither in JSON nor for %.
        self._sheet = "{" + ",".join(f'"{key}":%d' for key in self._leaves) + "}"
        self._values = "{" + ",".join(f'"{key}":"%s"' for key in self._nodes) + "}"
        self._rules = f'"classes":{canonical(encode(classes))},"format":{FORMAT},"judging":{canonical(encode(judging))}'

    def text(self, combined: Combined, classified: Classified | None) -> str:
        """The canonical JSON of a result; its keys stand in the order of the alphabet."""
        given, reason = (classified.given.key, classified.reason) if classified else ("", "")
        sheets = sorted(tuple(map(sheet.points.__getitem__, self._leaves)) for sheet in combined.sheets)
        units, scale = combined.units, combined.scale
        values = tuple([_exact(units[key], scale) for key in self._nodes])
        judged = ",".join([self._sheet % sheet for sheet in sheets])
        return (
            f'{{"calculation":{canonical(combined.explanation)},"class":"{given}",{self._rules},'
            f'"reason":{canonical(reason)},"rubric":"{self.sha256}","sheets":[{judged}],'
            f'"total":"{_exact(units[combined.rubric.key], scale)}","values":{self._values % values}}}'
        )


@lru_cache(maxsize=4096)
def _exact(units: int, scale: int) -> str:
    common = gcd(units, scale)
    return str(units // common) if scale == common else f"{units // common}/{scale // common}"


def from_text(text: str) -> Result:
    """The inverse of :func:`to_text`; :class:`~thidua.errors.Invalid` for anything else."""
    try:
        return _read(text)
    except (ValueError, TypeError, KeyError, AttributeError, ZeroDivisionError, ContractError) as error:
        raise Invalid("result-unreadable") from error


def _read(text: str) -> Result:
    stored = json.loads(text)
    if stored["format"] != FORMAT:
        raise ValueError("another format")
    judging, classes = decode(stored["judging"]), decode(stored["classes"])
    if not isinstance(judging, Judging) or not isinstance(classes, tuple):
        raise TypeError("not a judging with its classes")
    return Result(
        text=text,
        rubric_sha256=str(stored["rubric"]),
        values={str(key): Fraction(value) for key, value in stored["values"].items()},
        total=Fraction(stored["total"]),
        given=str(stored["class"]),
        calculation=str(stored["calculation"]),
        reason=str(stored["reason"]),
        judging=judging,
        classes=tuple(one for one in classes if isinstance(one, Class)),
        sheets=tuple({str(key): int(steps) for key, steps in sheet.items()} for sheet in stored["sheets"]),
    )
