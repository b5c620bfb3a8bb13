"""The people of most stories: a school's clerk and head, the office that receives, another school, and a panel."""

from __future__ import annotations

import pytest

from desk import Desk
from judging_round import Round
from small_world import Clock, World
from thidua.services.site import Site


@pytest.fixture
def clerk(site: Site, world: World, clock: Clock) -> Desk:
    return Desk(site, world, clock, "vanthu1", "truong1")


@pytest.fixture
def head(site: Site, world: World, clock: Clock) -> Desk:
    return Desk(site, world, clock, "hieutruong1", "truong1")


@pytest.fixture
def office(site: Site, world: World, clock: Clock) -> Desk:
    return Desk(site, world, clock, "thamdinh1", "xa1")


@pytest.fixture
def stranger(site: Site, world: World, clock: Clock) -> Desk:
    return Desk(site, world, clock, "vanthu3", "truong3")


@pytest.fixture
def table(site: Site, world: World, clock: Clock) -> Round:
    return Round(site, world, clock)
