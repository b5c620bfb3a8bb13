"""Rubrics that really use what the engine must express, and rubrics of any kind by chance."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from thidua.plugin import (
    Above,
    AtLeast,
    Band,
    Best,
    Class,
    Combine,
    Deduction,
    Gate,
    Group,
    Item,
    Lowest,
    Mean,
    Node,
    Rounded,
    Sum,
    Trimmed,
    Weighted,
)
from thidua.scoring import Sheet, Valued, evaluate

MONTHS = tuple(f"t{month}" for month in (9, 10, 11, 12))

# 25 points a month; the term is the mean of its months, the year (HK1 + 2·HK2)/3, both at quarters.
YEAR = Group(
    "nam",
    "Cả năm",
    tuple(
        Group(
            term,
            label,
            tuple(Item(f"{term}_{month}", f"Tháng {month[1:]}", max=25, step="0.25") for month in MONTHS),
            combine=Mean(),
            max=25,
        )
        for term, label in (("hk1", "Học kỳ 1"), ("hk2", "Học kỳ 2"))
    ),
    combine=Weighted((("hk1", 1), ("hk2", 2))),
    max=25,
)
YEAR_CLASSES = (
    Class("a", "A", (AtLeast("nam", points=23),)),
    Class("b", "B", (AtLeast("nam", points=20),)),
    Class("c", "C", (AtLeast("nam", points=17),)),
    Class("d", "D"),
)
QUARTERS = Group("nam", "Cả năm", YEAR.children, combine=Rounded(Weighted((("hk1", 1), ("hk2", 2))), to="0.25"), max=25)

# 750 points to begin with, faults and merits; the area never falls under its limit.
STOCK = Group(
    "tong",
    "Tổng điểm",
    (
        Group(
            "ky_luat",
            "Kỷ luật lao động",
            (
                Deduction("muon", "Đi muộn", max=100, step=5),
                Deduction("ho_so", "Thiếu hồ sơ", max=40, step="0.5"),
                Item("khen", "Việc làm tốt", max=50, step=10),
            ),
            start=750,
            floor=700,
        ),
        Group("thuong", "Điểm thưởng", (Item("giai", "Giải", max=30), Item("sk", "Sáng kiến", max=20)), cap=40),
    ),
)

# A school's digital maturity: two groups of 100, conditions without points, bands, overall the weaker one.
DIGITAL = Group(
    "muc",
    "Mức chuyển đổi số",
    (
        Group(
            "day_hoc",
            "Dạy, học",
            (
                Gate("ke_hoach", "Có kế hoạch, quy chế dạy trực tuyến"),
                Item(
                    "phan_mem",
                    "Phần mềm dạy trực tuyến",
                    max=60,
                    bands=(Band("Mức 1", 0), Band("Mức 2", 10), Band("Mức 3", 21)),
                ),
                Item("hoc_lieu", "Học liệu", max=40),
            ),
            max=100,
        ),
        Group(
            "quan_tri", "Quản trị", (Item("pm", "Phần mềm", max=70), Item("dv", "Dịch vụ trực tuyến", max=30)), max=100
        ),
    ),
    combine=Lowest(),
    max=100,
)
DIGITAL_CLASSES = (
    Class("muc_3", "Mức 3", (Above("day_hoc", points=75), Above("quan_tri", points=75))),
    Class("muc_2", "Mức 2", (AtLeast("day_hoc", points=50), AtLeast("quan_tri", percent=50))),
    Class("muc_1", "Mức 1"),
)

# An essay: two blind judges, one area that cannot be missing.
ESSAY = Group(
    "tong",
    "Tổng",
    (
        Item("chan_thuc", "Tính chân thực", max=20, step="0.25", gate=10),
        Item("phat_hien", "Tính phát hiện", max=20, step="0.25"),
        Item("lan_toa", "Ý nghĩa, sức lan tỏa", max=25, step="0.25"),
        Item("bo_cuc", "Bố cục, ngôn ngữ", max=20, step="0.25"),
        Item("trinh_bay", "Trình bày", max=15, step="0.25"),
    ),
    max=100,
)


def essay(*points: str, rubric: Group = ESSAY) -> Valued:
    """A full sheet of the essay's five items, points as text."""
    steps = [int(Fraction(one) * 4) for one in points]
    return evaluate(rubric, Sheet(dict(zip(rubric.leaves, steps, strict=True))))


_PLAIN_NUMBER = re.compile(r"\d+(?:\.\d{3})*(?:,\d+)?")


def worked_out(expression: str) -> Fraction:
    """What a written expression comes to: + − × / and brackets over Vietnamese numbers, exactly."""
    tokens = re.findall(r"\d[\d.,]*|[()+−×/]", expression)
    assert "".join(tokens) == expression.replace(" ", ""), expression
    place = 0

    def primary() -> Fraction:
        nonlocal place
        token, place = tokens[place], place + 1
        if token == "−":
            return -primary()
        if token == "(":
            value = total()
            assert tokens[place] == ")"
            place += 1
            return value
        assert _PLAIN_NUMBER.fullmatch(token), token
        return Fraction(token.replace(".", "").replace(",", "."))

    def product() -> Fraction:
        nonlocal place
        value = primary()
        while place < len(tokens) and tokens[place] in "×/":
            sign, place = tokens[place], place + 1
            value = value * primary() if sign == "×" else value / primary()
        return value

    def total() -> Fraction:
        nonlocal place
        value = product()
        while place < len(tokens) and tokens[place] in "+−":
            sign, place = tokens[place], place + 1
            value = value + product() if sign == "+" else value - product()
        return value

    value = total()
    assert place == len(tokens), expression
    return value


def reference(node: Node, points: Mapping[str, int]) -> Fraction:
    """What a node comes to, by the book and in fractions: the slow way, to compare with."""
    if not isinstance(node, Group):
        sign = {Item: 1, Deduction: -1, Gate: 0}[type(node)]
        return Fraction(0) if isinstance(node, Gate) else sign * points.get(node.key, 0) * Fraction(node.step)
    values = {child.key: reference(child, points) for child in node.children}
    value = Fraction(node.start) + combined(node.combine, values)
    if node.floor is not None:
        value = max(value, Fraction(node.floor))
    return value if node.cap is None else min(value, Fraction(node.cap))


def combined(combine: Combine, values: Mapping[str, Fraction]) -> Fraction:  # noqa: PLR0911 -- one per kind
    """The children's values by the book."""
    ranked = sorted(values.values())
    match combine:
        case Sum():
            return sum(ranked, Fraction(0))
        case Mean():
            return sum(ranked, Fraction(0)) / len(ranked)
        case Weighted(weights):
            whole = sum(Fraction(weight) for _, weight in weights)
            return sum((Fraction(weight) / whole * values[key] for key, weight in weights), Fraction(0))
        case Best(count):
            return sum(ranked[-count:], Fraction(0))
        case Lowest():
            return ranked[0]
        case Trimmed(drop):
            kept = ranked[drop:-drop]
            return sum(kept, Fraction(0)) / len(kept)
        case Rounded(of, to):
            return half_up(combined(of, values), Fraction(to))


def half_up(value: Fraction, to: Fraction) -> Fraction:
    """The nearest multiple; of two equally near the higher."""
    below = value // to * to
    return below if value - below < to / 2 else below + to


STEPS = ("1", "0.25", "0.5", "2", "0.3", "0.125")
SMALL = ("0.5", "1", "2", "3", "7", "0.3", "2.75")
STARTS: tuple[int | str, ...] = (0, 0, 0, "2.5", "-1", 10)


def decimal(value: Fraction) -> str:
    """A fraction of at most three places as text."""
    return f"{float(value):g}"


def any_leaf(rng: random.Random, key: str) -> Node:
    """An item or a deduction of 1 to 12 steps."""
    step, count, gate = rng.choice(STEPS), rng.randint(1, 12), rng.choice((0, 0, 0, 1, 3))
    most = decimal(Fraction(step) * count)
    if rng.random() < 0.4:
        return Deduction(key, f"Trừ {key}", max=most, step=step)
    return Item(
        key, f"Mục {key}", max=most, step=step, gate=decimal(Fraction(step) * gate) if 0 < gate <= count else None
    )


def any_group(rng: random.Random, key: str = "g", depth: int = 3) -> Group:
    """A group of any kind, its children groups down to ``depth``."""
    keys = [f"{key}{n}" for n in range(rng.randint(1, 4))]
    children = [
        any_group(rng, one, depth - 1) if depth > 1 and rng.random() < 0.4 else any_leaf(rng, one) for one in keys
    ]
    weights = Weighted(tuple((one, rng.choice(SMALL)) for one in keys))
    plain: list[Sum | Mean | Weighted | Best | Lowest | Trimmed]
    plain = [Sum(), Sum(), Mean(), Lowest(), Best(rng.randint(1, len(keys))), weights]
    chosen = rng.choice(plain if len(keys) < 3 else [*plain, Trimmed(1)])
    if isinstance(chosen, Sum) and rng.random() < 0.3:
        children.append(Gate(f"{key}_dk", f"Điều kiện {key}"))
    return Group(
        key,
        f"Nhóm {key}",
        tuple(children),
        combine=Rounded(chosen, to=rng.choice(SMALL)) if rng.random() < 0.25 else chosen,
        start=rng.choice(STARTS),
        floor=rng.choice((None, None, "-3.5", "1")),
        cap=rng.choice((None, None, "4.5", "11")),
    )


@dataclass(frozen=True)
class Case:
    """A rubric with full sheets of points and classes over it, and chance for more."""

    rubric: Group
    sheets: list[dict[str, int]]
    classes: tuple[Class, ...]
    rng: random.Random

    def better(self, points: Mapping[str, int]) -> dict[str, int]:
        """The same sheet with something more here and there: points up, deductions down."""
        more = {}
        for key, leaf in self.rubric.leaves.items():
            low, high = (0, points[key]) if isinstance(leaf, Deduction) else (points[key], leaf.steps)
            more[key] = points[key] if self.rng.random() < 0.5 else self.rng.randint(low, high)
        return more


def any_classes(rng: random.Random, nodes: list[str]) -> tuple[Class, ...]:
    """Classes over these nodes with random bars, reachable or not, in any order."""
    made = []
    for n in range(rng.randint(1, 4)):
        needs = [rng.choice((AtLeast, Above))(key, points=rng.randint(-4, 12)) for key in rng.choices(nodes, k=2)]
        made.append(Class(f"c{n}", f"Loại {n}", tuple(needs)))
    return (*made, Class("cuoi", "Còn lại"))


def case(seed: int, sheets: int = 1, *, only_total: bool = False) -> Case:
    """The case of that seed; with ``only_total`` its classes look at the root alone."""
    rng = random.Random(seed)
    rubric = any_group(rng)
    points = [{key: rng.randint(0, leaf.steps) for key, leaf in rubric.leaves.items()} for _ in range(sheets)]
    return Case(rubric, points, any_classes(rng, [rubric.key] if only_total else list(rubric.nodes)), rng)
