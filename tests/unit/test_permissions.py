"""The policy against the table written by hand, and its two renderings against each other."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from thidua.errors import NotAllowed, NotFound, Refused
from thidua.models import (
    Action,
    Assignment,
    Call,
    Conflict,
    ConflictKind,
    Database,
    Definition,
    Dossier,
    DossierParty,
    Grant,
    PartyRole,
    Person,
    RelationKind,
    Role,
    State,
    Succession,
    Unit,
    UnitEvent,
    UnitEventKind,
    UnitRelation,
    User,
    transition,
)
from thidua.models.states import TRANSITIONS
from thidua.permissions import (
    RIGHTS,
    Actor,
    Scope,
    inbox,
    may,
    require,
    scope_of,
    sheets,
    terms_of,
    tokens_of,
    visible_to,
)
from thidua.times import Period

TABLE = Path(__file__).parents[1] / "permissions.csv"
OWNER, OTHER_SCHOOL, OFFICE, OTHER_OFFICE = 1, 2, 3, 4
OUTCOMES = {"allowed": None, "state": Refused, "forbidden": NotAllowed, "hidden": NotFound}


@dataclass(frozen=True)
class Facts:
    state: State
    filed: int
    id: int = 7
    owner_unit_id: int = OWNER
    receiving_unit_id: int | None = OFFICE


DAY = date(2025, 7, 2)


def scope_for(role: Role, relation: str) -> Scope:
    """A scope as :func:`scope_of` builds it for one grant."""
    school = role in (Role.CLERK, Role.HEAD)
    units = {("own", True): [OWNER], ("foreign", True): [OTHER_SCHOOL]}.get((relation, school))
    units = units or ([OFFICE, OWNER] if relation == "own" else [OTHER_OFFICE, OTHER_SCHOOL])
    return Scope(
        user_id=1,
        on=DAY,
        roles=frozenset((role, unit) for unit in units),
        own=frozenset(units) if school else frozenset(),
        offices=frozenset(units) if role in (Role.APPRAISER, Role.MANAGER) else frozenset(),
        public=role == Role.READER,
        assigned=frozenset({7}) if role == Role.JUDGE and relation == "own" else frozenset(),
    )


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_table_names_every_combination_once() -> None:
    listed = [(row["role"], row["relation"], row["action"]) for row in rows()]
    wanted = {(role, relation, action) for role in Role for relation in ("own", "foreign") for action in RIGHTS}
    assert sorted(listed) == sorted(wanted)
    assert set(rows()[0]) == {"role", "relation", "action", *State}


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['role']}-{row['relation']}-{row['action']}")
def test_policy_answers_as_the_table_says(row: dict[str, str]) -> None:
    scope = scope_for(Role(row["role"]), row["relation"])
    found = {}
    for state in State:
        dossier = Facts(state, filed=0 if state in (State.DRAFT, State.AWAITING) else 1)
        assert may(scope, row["action"], dossier) == (row[state] == "allowed")
        try:
            require(scope, row["action"], dossier)
            found[state] = "allowed"
        except Refused as refused:
            found[state] = next(name for name, kind in OUTCOMES.items() if type(refused) is kind)
    assert found == {state: row[state] for state in State}


def test_office_keeps_seeing_a_filed_version_while_the_school_corrects_it() -> None:
    scope = scope_for(Role.APPRAISER, "own")
    reworked = Facts(State.AWAITING, filed=1)
    assert [may(scope, action, reworked) for action in ("see", "see:working", "review")] == [True, False, False]


def test_conflict_hides_whatever_else_allows() -> None:
    scope = scope_for(Role.APPRAISER, "own")
    scope = Scope(**{**scope.__dict__, "conflicts": frozenset({7})})
    with pytest.raises(NotFound):
        require(scope, "see", Facts(State.SUBMITTED, filed=1))


@given(st.lists(st.sampled_from(list(Action)), max_size=12))
@settings(max_examples=200)
def test_no_path_leads_outside_the_state_table(actions: list[Action]) -> None:
    written = {(t.state, t.action): t.to for t in TRANSITIONS}
    state = State.DRAFT
    for action in actions:
        row = transition(state, action)
        assert (row.to if row else None) == written.get((state, action))
        state = row.to if row else state
    assert state in {State.DRAFT, *(t.to for t in TRANSITIONS)}


# --- scope_of and its two renderings, on a real database -------------------------------------------------

NOW = datetime(2025, 7, 2, tzinfo=UTC)


@pytest.fixture
def world(database: Database) -> Database:
    """Units 1–6: schools 1, 2, 3; district 4 (ended 1/7/2025); communes 5 and 6; province 7.

    School 2 merges into school 3 on 1/12/2025.
    """
    with database.writing() as session:
        for n in range(1, 8):
            session.add(Unit(id=n, code=f"U{n}", kind="đơn vị"))
        session.add(User(id=1, login="a", name="A", password_hash="x", created_at=NOW))
        session.flush()
        before, after = (date(2020, 1, 1), date(2025, 7, 1)), (date(2025, 7, 1), None)
        links = [(1, 4, before), (2, 4, before), (3, 7, (date(2020, 1, 1), None)), (1, 5, after)]
        links.append((2, 6, (date(2025, 7, 1), date(2025, 12, 1))))
        links += [(4, 7, before), (5, 7, after), (6, 7, after)]
        for child, parent, (start, end) in links:
            session.add(
                UnitRelation(
                    child_id=child, parent_id=parent, kind=RelationKind.MANAGED_BY, valid_from=start, valid_to=end
                )
            )
        event = UnitEvent(kind=UnitEventKind.DISSOLVED, day=date(2025, 7, 1), document="NQ 1")
        session.add(event)
        session.flush()
        for school, successor in ((1, 5), (2, 6)):
            session.add(
                Succession(event_id=event.id, office_id=4, school_id=school, successor_id=successor, day=event.day)
            )
        merger = UnitEvent(kind=UnitEventKind.MERGED, day=date(2025, 12, 1), document="QĐ 2")
        session.add(merger)
        session.flush()
        session.add(Succession(event_id=merger.id, office_id=2, school_id=2, successor_id=3, day=merger.day))
        session.add(Definition(sha256="0" * 64, slug="s", edition="1", track="t", json="{}", seen_at=NOW))
        session.flush()
        session.add(
            Call(
                id=1,
                slug="s",
                edition="1",
                title="T",
                unit_id=7,
                period=Period("school_year", 2024),
                opens=NOW,
                closes=NOW,
            )
        )
        session.flush()
        n = 0
        for owner in (1, 2, 3):
            for receiving in (4, 5, 6, 7):
                for state, filed in ((State.DRAFT, 0), (State.DRAFT, 1), (State.SUBMITTED, 1), (State.PUBLISHED, 1)):
                    n += 1
                    session.add(
                        Dossier(
                            code=f"HS-{n}",
                            call_id=1,
                            track="t",
                            title="x",
                            title_key="x",
                            title_folded="x",
                            owner_unit_id=owner,
                            receiving_unit_id=receiving if filed else None,
                            state=state,
                            filed=filed,
                            definition_sha256="0" * 64,
                            created_by=1,
                            created_at=NOW,
                            changed_at=NOW,
                        )
                    )
    return database


def grant(
    database: Database, *grants: tuple[Role, int], start: date = date(2020, 1, 1), end: date | None = None
) -> None:
    with database.writing() as session:
        for row in session.scalars(select(Grant)):
            session.delete(row)
        for role, unit in grants:
            session.add(Grant(user_id=1, role=role, unit_id=unit, valid_from=start, valid_to=end))


def seen(database: Database, on: date = DAY) -> tuple[set[int], set[int], Scope]:
    """Ids that the SQL and the search terms allow."""
    with database.reading() as session:
        scope = scope_of(session, Actor(1), on)
        by_sql = set(session.scalars(select(Dossier.id).where(visible_to(scope))))
        terms = terms_of(scope)
        by_terms = {
            d.id for d in session.scalars(select(Dossier)) if tokens_of(d) & terms and d.id not in scope.conflicts
        }
        allowed = {d.id for d in session.scalars(select(Dossier)) if may(scope, "see", d)}
    assert by_sql == by_terms == allowed
    with database.reading() as session:
        assert set(session.scalars(inbox(scope, Dossier.id))) <= by_sql
    return by_sql, by_terms, scope


def test_sql_terms_and_rights_agree_for_any_grants(world: Database) -> None:
    pairs = st.tuples(st.sampled_from(list(Role)), st.integers(1, 7))
    days = st.sampled_from([date(2025, 6, 29), DAY, date(2026, 1, 1)])

    @given(st.lists(pairs, max_size=4), days)
    @settings(max_examples=100, deadline=None)
    def agree(grants: list[tuple[Role, int]], on: date) -> None:
        grant(world, *grants)
        seen(world, on)

    agree()


def dossiers_of(database: Database, condition: str) -> set[int]:
    with database.reading() as session:
        return {d.id for d in session.scalars(select(Dossier)) if eval(condition, {}, {"d": d, "State": State})}


def test_clerk_sees_own_unit_whole_and_nothing_else(world: Database) -> None:
    grant(world, (Role.CLERK, 1))
    assert seen(world)[0] == dossiers_of(world, "d.owner_unit_id == 1")


def test_heir_of_a_school_is_its_clerk_from_the_day_on(world: Database) -> None:
    merged, before = date(2025, 12, 1), date(2025, 11, 30)
    grant(world, (Role.CLERK, 3))
    assert seen(world, before)[0] == dossiers_of(world, "d.owner_unit_id == 3")
    ids, _, scope = seen(world, merged)
    assert ids == dossiers_of(world, "d.owner_unit_id in (2, 3)")
    assert (scope.own, scope.roles) == ({2, 3}, {(Role.CLERK, 2), (Role.CLERK, 3)})
    grant(world, (Role.APPRAISER, 7))
    filed = "d.filed and (d.owner_unit_id == 2 or d.receiving_unit_id == 7)"
    assert dossiers_of(world, filed) <= seen(world, merged)[0]


def test_successor_reads_what_the_ended_office_received_from_its_schools(world: Database) -> None:
    grant(world, (Role.APPRAISER, 5))
    ids, _, scope = seen(world)
    assert ids == dossiers_of(world, "d.filed and (d.owner_unit_id == 1 or d.receiving_unit_id == 5)")
    assert scope.custodian(4, 1) == 5
    assert scope.custodian(4, 2) == 4


def test_district_appraiser_sees_its_schools_before_the_change(world: Database) -> None:
    grant(world, (Role.APPRAISER, 4))
    ids, _, _ = seen(world, date(2025, 6, 29))
    assert ids == dossiers_of(world, "d.filed and (d.owner_unit_id in (1, 2) or d.receiving_unit_id == 4)")


def test_grant_counts_only_between_its_dates(world: Database) -> None:
    grant(world, (Role.CLERK, 1), start=date(2025, 7, 3))
    assert seen(world)[0] == set()
    grant(world, (Role.CLERK, 1), end=DAY)
    assert seen(world)[0] == set()


def test_disabled_account_sees_nothing(world: Database) -> None:
    grant(world, (Role.APPRAISER, 7), (Role.CLERK, 1))
    with world.writing() as session:
        session.get_one(User, 1).disabled_at = NOW
    assert seen(world)[0] == set()


def test_circle_of_relations_ends(world: Database) -> None:
    with world.writing() as session:
        session.add(UnitRelation(child_id=7, parent_id=5, kind=RelationKind.MANAGED_BY, valid_from=date(2025, 7, 1)))
    grant(world, (Role.MANAGER, 5))
    assert seen(world)[2].offices == frozenset({1, 2, 3, 5, 6, 7})


def test_scope_costs_two_statements_however_many_units(world: Database, count_queries) -> None:
    grant(world, (Role.APPRAISER, 7), (Role.CLERK, 1), (Role.READER, 2), (Role.JUDGE, 7))
    with world.reading() as session, count_queries() as statements:
        scope_of(session, Actor(1), DAY)
    assert len([s for s in statements if s != "BEGIN"]) == 2


def judged(database: Database, dossier_id: int, *, blind: bool = False) -> None:
    with database.writing() as session:
        session.add(
            Assignment(
                dossier_id=dossier_id, judge_id=1, place=1, blind=blind, assigned_by=1, assigned_at=NOW, ended_at=None
            )
        )


def test_judge_sees_only_what_is_assigned_and_finds_nothing_blind(world: Database) -> None:
    grant(world, (Role.JUDGE, 7))
    judged(world, 3)
    assert seen(world)[0] == {3}
    judged(world, 4, blind=True)
    with world.reading() as session:
        scope = scope_of(session, Actor(1), DAY)
        by_sql = set(session.scalars(select(Dossier.id).where(visible_to(scope))))
        found = {d.id for d in session.scalars(select(Dossier)) if tokens_of(d) & terms_of(scope)}
        given_to = set(session.scalars(sheets.given(scope, Dossier.id)))
        named = {n for n in (3, 4) if may(scope, "see:identifying", session.get_one(Dossier, n))}
    assert (by_sql, found, named, given_to) == ({3}, {3}, {3}, {3, 4})


def test_ended_assignment_shows_nothing(world: Database) -> None:
    grant(world, (Role.JUDGE, 7))
    judged(world, 3)
    with world.writing() as session:
        session.scalars(select(Assignment)).one().ended_at = NOW
    assert seen(world)[0] == set()


def test_noted_conflict_hides_from_judge_and_office_but_not_from_the_own_unit(world: Database) -> None:
    grant(world, (Role.JUDGE, 7), (Role.APPRAISER, 7), (Role.CLERK, 1))
    judged(world, 7)
    everything = seen(world)[0]
    own = dossiers_of(world, "d.owner_unit_id == 1")
    foreign = min(everything - own)
    with world.writing() as session:
        for dossier in (7, foreign, max(own)):
            session.add(Conflict(dossier_id=dossier, user_id=1, kind=ConflictKind.DECLARED, noted_by=1, noted_at=NOW))
    assert seen(world)[0] == everything - {foreign} - ({7} - own)


def test_nominee_does_not_see_the_own_case_as_an_office(world: Database) -> None:
    grant(world, (Role.APPRAISER, 7))
    everything = seen(world)[0]
    case = min(everything)
    with world.writing() as session:
        session.add(Person(id=1))
        session.flush()
        session.get_one(User, 1).person_id = 1
        session.add(DossierParty(dossier_id=case, role=PartyRole.NOMINEE, person_id=1, name_as_printed="A"))
    assert seen(world)[0] == everything - {case}
