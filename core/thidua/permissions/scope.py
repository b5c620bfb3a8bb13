"""Who may see what on a given day: a user's grants turned into a :class:`Scope`.

The scope is rendered twice, as SQL (:func:`visible_to`) and as search terms
(:func:`terms_of` against :func:`tokens_of`); a property test holds the two equal.
Both speak of stable facts of a dossier only, so that moving a unit reindexes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, Protocol

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    exists,
    false,
    literal,
    not_,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from thidua.models import (
    Assignment,
    Conflict,
    Dossier,
    DossierParty,
    Grant,
    Membership,
    Role,
    State,
    Succession,
    UnitRelation,
    User,
    pair_among,
    rows,
)

SCHOOL_ROLES = frozenset({Role.CLERK, Role.HEAD})
OFFICE_ROLES = frozenset({Role.APPRAISER, Role.MANAGER})
REMEMBERED = 128
"""So many conditions are kept as SQL, each by the whole scope that it says: who has other rights has another scope."""
SUBTREE_ROLES = frozenset({Role.APPRAISER, Role.MANAGER, Role.JUDGE})


@dataclass(frozen=True)
class Actor:
    """Who acts, and in the name of which unit (None where it does not matter).

    Services take it as ``by``; they look the rights up themselves, in their own transaction.
    """

    user_id: int
    unit_id: int | None = None


@dataclass(frozen=True)
class Scope:
    """What a user may see on the day ``on``.

    ``roles`` holds (role, unit id) pairs, office roles already spread over their
    subtree, and all of them over the schools that those units took over. ``own`` are the
    units whose dossiers are read whole, drafts included; ``offices`` are the units at or
    below an office of the user's today: what they received and what they filed is read,
    with all its past; ``inherited`` maps (office, school) to the unit that has custody of
    it now. ``public`` opens published dossiers. ``assigned`` are the dossiers the user
    judges, ``blind`` those among them whose names are hidden. ``conflicts`` are dossier ids
    that do not exist for this user, whatever else allows them (dossiers of their own unit
    are not among them).
    """

    user_id: int
    on: date
    roles: frozenset[tuple[Role, int]] = frozenset()
    own: frozenset[int] = frozenset()
    offices: frozenset[int] = frozenset()
    inherited: Mapping[tuple[int, int], int] = field(default_factory=dict, hash=False)
    public: bool = False
    assigned: frozenset[int] = frozenset()
    blind: frozenset[int] = frozenset()
    conflicts: frozenset[int] = frozenset()

    def has(self, role: Role, unit_id: int | None = None) -> bool:
        """Whether the user holds ``role`` at ``unit_id`` (anywhere when None)."""
        if unit_id is not None:
            return (role, unit_id) in self.roles
        return role in self.kinds

    @cached_property
    def kinds(self) -> frozenset[Role]:
        """The roles that the user holds anywhere."""
        return frozenset(role for role, _ in self.roles)

    def units_with(self, role: Role) -> frozenset[int]:
        """The units at which the user holds ``role``."""
        return frozenset(unit for held, unit in self.roles if held == role)

    @cached_property
    def running(self) -> frozenset[int]:
        """The units whose calls the user runs: as a manager there, or at one that took over from it when it ended."""
        mine = self.units_with(Role.MANAGER)
        return mine | {office for (office, _), successor in self.inherited.items() if successor in mine}

    def custodian(self, receiving: int | None, owner: int) -> int | None:
        """The unit that has custody now of what ``receiving`` was given by ``owner``."""
        if receiving is None:
            return None
        return self.inherited.get((receiving, owner), receiving)


class DossierFacts(Protocol):
    """The stable facts of a dossier that rights depend on."""

    @property
    def id(self) -> int:
        """The number of its row."""

    @property
    def owner_unit_id(self) -> int:
        """The school that made it."""

    @property
    def receiving_unit_id(self) -> int | None:
        """The office it was last submitted to, whoever has inherited it since."""

    @property
    def state(self) -> State:
        """Where it stands."""

    @property
    def filed(self) -> int:
        """The number of the version that stands with the office, 0 without one."""


def standing() -> ColumnElement[bool]:
    """Whether an ``Assignment`` holds: not ended, and the judge without a part in the dossier."""
    noted = exists().where(Conflict.dossier_id == Assignment.dossier_id, Conflict.user_id == Assignment.judge_id)
    party = exists().where(
        User.id == Assignment.judge_id,
        DossierParty.dossier_id == Assignment.dossier_id,
        DossierParty.person_id == User.person_id,
    )
    return and_(Assignment.ended_at.is_(None), ~noted, ~party)


def at_home(user_id: int | BindParameter[int], on: date | BindParameter[date]) -> ColumnElement[bool]:
    """Whether a ``Dossier`` is of a school in which this user works on that day or holds a role, or that theirs took
    over: nobody judges such a one, whenever it was given to them.
    """
    joined = Membership.person_id == User.person_id
    works = select(Membership.unit_id).join(User, joined).where(User.id == user_id, _valid(Membership, on))
    serves = select(Grant.unit_id).where(Grant.user_id == user_id, _valid(Grant, on))
    home = works.union(serves).subquery()
    own = and_(Succession.office_id == Succession.school_id, Succession.day <= on)
    taken = select(Succession.school_id).join(home, home.c.unit_id == Succession.successor_id).where(own)
    return Dossier.owner_unit_id.in_(select(home.c.unit_id).union(taken))


def _valid(
    table: type[Grant] | type[UnitRelation] | type[Membership], on: date | BindParameter[date] | None = None
) -> ColumnElement[bool]:
    on = bindparam("on") if on is None else on
    return and_(table.valid_from <= on, or_(table.valid_to.is_(None), table.valid_to > on))


def in_few(column: Any, values: Collection[Any]) -> ColumnElement[bool]:  # noqa: ANN401 -- of units, roles or states
    """``column IN values`` for a statement that is kept: SQLAlchemy writes its own IN anew each time that it is sent.

    For units, roles and states; of what may be thousands its own is better.
    """
    found: ColumnElement[bool] = column.in_([literal(value, column.type) for value in sorted(values)])
    return found


def _granted() -> CTE:
    """The roles of a user, those at a school spread over the schools that it took over."""
    held = (
        select(Grant.role.label("role"), Grant.unit_id.label("unit_id"))
        .join(User, User.id == Grant.user_id)
        .where(Grant.user_id == bindparam("user_id"), User.disabled_at.is_(None), _valid(Grant))
    )
    taken = held.with_only_columns(Grant.role, Succession.school_id)
    return held.union_all(taken.join(Succession, _heir(Grant.unit_id)).where(in_few(Grant.role, SCHOOL_ROLES))).cte(
        "granted"
    )


def _heir(unit_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """A ``Succession`` by which ``unit_id`` is the heir of a school in what that had made itself."""
    own = Succession.office_id == Succession.school_id
    return and_(own, Succession.successor_id == unit_id, Succession.day <= bindparam("on"))


def _subtree(granted: CTE) -> CTE:
    """The office roles among ``granted``, spread over the units below and the schools that those took over."""
    roots = select(granted.c.role, granted.c.unit_id).where(in_few(granted.c.role, SUBTREE_ROLES))
    below = roots.cte("below", recursive=True)
    return below.union(
        select(below.c.role, UnitRelation.child_id)
        .join(below, UnitRelation.parent_id == below.c.unit_id)
        .where(_valid(UnitRelation)),
        select(below.c.role, Succession.school_id).join(below, _heir(below.c.unit_id)),
    )


def _passed_on(below: CTE) -> Select[None, int, int, int, date, int]:
    """What offices of the user have passed on or taken over, other than what schools had made themselves."""
    offices = select(below.c.unit_id).where(in_few(below.c.role, OFFICE_ROLES))
    theirs = or_(Succession.successor_id.in_(offices), Succession.office_id.in_(offices))
    known = and_(Succession.day <= bindparam("on"), Succession.office_id != Succession.school_id, theirs)
    return select(
        null(), Succession.office_id, Succession.school_id, Succession.successor_id, Succession.day, Succession.id
    ).where(known)


def _hidden(granted: CTE) -> Select[None, int, None, None, None, None]:
    """Noted conflicts, and every dossier in which the user has a part as a person; not those of own units."""
    user_id: BindParameter[int] = bindparam("user_id")
    noted = select(Conflict.dossier_id).where(Conflict.user_id == user_id)
    person = select(User.person_id).where(User.id == user_id, User.person_id.is_not(None)).scalar_subquery()
    party = select(DossierParty.dossier_id).where(DossierParty.person_id == person)
    own = select(granted.c.unit_id).where(in_few(granted.c.role, SCHOOL_ROLES))
    found = select(null(), Dossier.id, null(), null(), null(), null())
    return found.where(Dossier.id.in_(noted.union(party)), Dossier.owner_unit_id.not_in(own))


def _rights() -> CompoundSelect[*Right]:
    """All that a scope is made of but the assignments of judges: one statement sees one state of the rights."""
    granted = _granted()
    below = _subtree(granted)
    nothing = (null().label("school"), null().label("successor"), null().label("day"), null().label("number"))
    parts = [select(each.c.role, each.c.unit_id, *nothing) for each in (granted, below)]
    return union_all(*parts, _passed_on(below), _hidden(granted)).order_by("day", "number")


Right = tuple[Role | None, int, int | None, int | None, object, object]
"""A role at a unit; or, without a role, office, school and successor of a ``Succession``; or a dossier alone.

The last two are for the order: of what one office was given twice from one school, the later holds.
"""

# Built once: every request asks them, and building a statement costs more than sending it.
_RIGHTS = _rights()
_ASSIGNED = (
    select(Assignment.dossier_id, Assignment.blind)
    .join(Dossier, Dossier.id == Assignment.dossier_id)
    .where(Assignment.judge_id == bindparam("user_id"), standing())
    .where(not_(at_home(bindparam("user_id"), bindparam("on"))))
)


def scope_of(session: Session, actor: Actor, on: date) -> Scope:
    """The scope of ``actor`` on the day ``on``; an unknown or disabled account sees nothing.

    Costs at most two statements, however many units there are.
    """
    who = {"user_id": actor.user_id, "on": on}
    found = rows(session, _RIGHTS, who)
    roles = frozenset((role, unit) for role, unit, *_ in found if role is not None)
    offices = frozenset(unit for role, unit in roles if role in OFFICE_ROLES)
    own = frozenset(unit for role, unit in roles if role in SCHOOL_ROLES)
    judge = any(role == Role.JUDGE for role, _ in roles)
    assigned = dict(rows(session, _ASSIGNED, who)) if judge else {}
    hidden = [one for role, one, school, *_ in found if role is None and school is None] if offices or judge else []
    return Scope(
        user_id=actor.user_id,
        on=on,
        roles=roles,
        own=own,
        offices=offices,
        inherited={(office, school): heir for _, office, school, heir, *_ in found if school is not None and heir},
        public=any(role == Role.READER for role, _ in roles),
        assigned=frozenset(assigned),
        blind=frozenset(dossier for dossier, blind in assigned.items() if blind),
        conflicts=frozenset(hidden),
    )


@lru_cache(maxsize=REMEMBERED)
def visible_to(scope: Scope) -> ColumnElement[bool]:
    """The condition on ``Dossier`` rows that ``scope`` may know of by their names, as SQL.

    What somebody judges blind is not among them: it is known in the judge's own room alone, without any name (see
    ``thidua.permissions.sheets``).
    """
    filed = Dossier.filed > 0
    ways: list[ColumnElement[bool]] = []
    if scope.offices:
        received = in_few(Dossier.receiving_unit_id, scope.offices)
        ways.append(and_(filed, or_(received, in_few(Dossier.owner_unit_id, scope.offices))))
    if pairs := _pairs(scope):
        ways.append(and_(filed, pair_among(Dossier.receiving_unit_id, Dossier.owner_unit_id, pairs)))
    if scope.public:
        ways.append(Dossier.state == State.PUBLISHED)
    if scope.own:
        ways.append(in_few(Dossier.owner_unit_id, scope.own))
    if named := scope.assigned - scope.blind:
        ways.append(and_(filed, Dossier.id.in_(named)))
    seen = or_(false(), *ways)
    return and_(seen, Dossier.id.not_in(scope.conflicts)) if scope.conflicts else seen


def _pairs(scope: Scope) -> list[tuple[int, int]]:
    return sorted(pair for pair, successor in scope.inherited.items() if successor in scope.offices)


def terms_of(scope: Scope) -> frozenset[str]:
    """The same condition as search terms: a dossier is visible when it carries any of them.

    Conflicts are not among them; the engine is given their ids to leave out.
    """
    terms = {f"own{unit}" for unit in scope.own}
    terms |= {f"to{unit}" for unit in scope.offices}
    terms |= {f"from{unit}" for unit in scope.offices}
    terms |= {f"via{office}x{school}" for office, school in _pairs(scope)}
    if scope.public:
        terms.add("public")
    terms |= {f"case{dossier}" for dossier in scope.assigned - scope.blind}
    return frozenset(terms)


def tokens_of(dossier: DossierFacts) -> frozenset[str]:
    """The permission terms that the index keeps with ``dossier``."""
    tokens = {f"own{dossier.owner_unit_id}"}
    if dossier.filed > 0:
        tokens |= {f"from{dossier.owner_unit_id}", f"to{dossier.receiving_unit_id}", f"case{dossier.id}"}
        tokens.add(f"via{dossier.receiving_unit_id}x{dossier.owner_unit_id}")
    if dossier.state == State.PUBLISHED:
        tokens.add("public")
    return frozenset(tokens)
