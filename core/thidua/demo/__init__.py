"""A site worth looking at, made by code through the services that people use.

:func:`build` makes it beside its final place and moves it there when it is whole, so
that a demo that was interrupted is never mistaken for one. Campaigns are those of the
registry; their answers and files come from ``Track.sample``.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import func, select, update

from thidua import config
from thidua.app import open_site
from thidua.demo import plan, units
from thidua.demo.judging import Jury
from thidua.demo.plan import FIRST_YEAR, SCHOOL_YEARS, Destiny, Window
from thidua.demo.rehearsal import Rehearsed, rehearse
from thidua.demo.story import CallOfDemo, Story
from thidua.demo.units import ANNOUNCED, FOUNDING, School, World
from thidua.errors import Refused
from thidua.models import Attachment, Dossier, Outbox, User
from thidua.outbox import Worker
from thidua.permissions import Actor
from thidua.plugin import Campaign, Track
from thidua.services import calls, indexing
from thidua.services.attachments import TEXT
from thidua.services.calls import CallForm
from thidua.services.moves import CLEAN, INDEX
from thidua.services.passwords import Passwords
from thidua.services.site import Site
from thidua.times import utc_now

PASSWORD = "hoa-sen-2026"  # noqa: S105 -- printed on purpose; the demo listens on this machine only
Trials: TypeAlias = dict[tuple[str, str, str], Rehearsed]
MAKING = "dang-tao-du-lieu-mau"


@dataclass(frozen=True)
class Summary:
    """What was made; reads as a sentence part. ``faults``: what is wrong with the samples of plugins.

    A campaign whose samples failed at the trial is not in the demo at all.
    """

    dossiers: int
    files: int
    calls: int
    faults: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.dossiers} hồ sơ, {self.files} tệp đính kèm, {self.calls} đợt"


def exists(instance: Path) -> bool:
    """Whether ``instance`` holds a demo; raises :class:`Refused` when it holds a real site."""
    if not (instance / config.FILE_NAME).exists():
        return False
    if not config.load(instance).demo:
        raise Refused("demo-over-real", folder=instance)
    return True


def build(instance: Path, *, now: datetime, thin: int = 1) -> Summary:
    """Make the demo in ``instance`` as if it had been used since 2024; ``now`` is the present, aware.

    ``thin`` keeps one dossier of so many; the whole demo has about sixty.
    """
    making, new = instance / MAKING, not instance.exists()
    shutil.rmtree(making, ignore_errors=True)
    try:
        return _build(instance, making, now=now, thin=thin)
    except BaseException:
        shutil.rmtree(instance if new else making, ignore_errors=True)
        raise


def _build(instance: Path, making: Path, *, now: datetime, thin: int) -> Summary:
    config.write_new(making, values={"demo": True, "site_name": "Thi đua – Khen thưởng"})
    site = open_site(config.load(making))
    try:
        summary = fill(site, now=now, thin=thin)
        settle(site)
    finally:
        site.engine.close()
        site.database.close()
    for path in sorted(making.iterdir(), key=lambda path: path.name == config.FILE_NAME):
        path.replace(instance / path.name)  # the settings come last: they say that all is there
    making.rmdir()
    return summary


def fill(site: Site, *, now: datetime, thin: int = 1) -> Summary:
    """Write people, calls and dossiers into an empty site; texts and index are left to the worker."""
    password = Passwords(site.settings).hash(PASSWORD)
    with site.database.writing() as session:
        world = units.found(session, password, FOUNDING)
    story = Story(site, world, now)
    trials = _trials(site)
    campaigns = _campaigns(site, trials)
    story.faults += [fault for trial in trials.values() for fault in trial.faults]
    opened = [_open_calls(site, world, editions, now) for editions in campaigns]
    for index, group in enumerate(opened):
        for call in group:
            _tell(story, call, trials, index, len(campaigns) * thin)
            jury = Jury(site, world, call.public_id, now)
            story.add(jury.past(call.window.closes) if call.window.closes <= now else jury.under_way())
    story.add(_change(story))
    story.run()
    with site.database.reading() as session:
        count = [session.scalar(select(func.count()).select_from(table)) or 0 for table in (Dossier, Attachment)]
    return Summary(
        dossiers=count[0], files=count[1], calls=sum(map(len, opened)), faults=tuple(dict.fromkeys(story.faults))
    )


def settle(site: Site) -> None:
    """Read the texts, build the index once; copies of files for blind judges are made when the site serves."""
    handlers = indexing.handlers(site)
    ours = partial(indexing.read_texts, site, now=utc_now(), apart=False)  # every file was made a moment ago
    Worker(site.database, {TEXT: ours}).drain()
    Worker(site.database, {INDEX: lambda _jobs: None}).drain()
    indexing.rebuild(site)
    Worker(site.database, {kind: does for kind, does in handlers.items() if kind != CLEAN}).drain()
    with site.database.writing() as session:  # what is left has waited since now, not since the story's days
        session.execute(update(Outbox).values(due=utc_now()))


def accounts(site: Site) -> Iterator[str]:
    """One line per account: login, what they may do, where."""
    labels = {login: ", ".join(dict.fromkeys(r.label for r, _, _ in roles)) for login, _, roles in units.OFFICERS}
    places = {login: units.OFFICES[roles[-1][1]][0] for login, _, roles in units.OFFICERS}
    for school in units.SCHOOLS:
        for role, label in (("vanthu", "Văn thư"), ("hieutruong", "Hiệu trưởng")):
            login = units.login_of(school, role)
            labels[login], places[login] = label, school.name
    with site.database.reading() as session:
        known = set(session.scalars(select(User.login).where(User.disabled_at.is_(None))))
    for login in sorted(known & labels.keys(), key=lambda login: ("." in login, list(labels).index(login))):
        yield f"{login:<24}{labels[login]:<18}{places[login]}"


def _trials(site: Site) -> Trials:
    """What comes of each track's samples, by slug, edition and track."""
    return {
        (campaign.slug, campaign.edition, track.key): rehearse(campaign, track)
        for campaign in site.registry.campaigns
        for track in campaign.tracks
    }


def _campaigns(site: Site, trials: Trials) -> list[list[Campaign]]:
    """The editions of each campaign whose samples are good, the oldest first."""
    bad = {identity[:2] for identity, trial in trials.items() if trial.faults}
    good = [campaign for campaign in site.registry.campaigns if (campaign.slug, campaign.edition) not in bad]
    slugs = sorted({campaign.slug for campaign in good})
    return [[one for one in good if one.slug == slug] for slug in slugs]


def _open_calls(site: Site, world: World, editions: Sequence[Campaign], now: datetime) -> list[CallOfDemo]:
    """Three school years: the newest edition for the open one, the one before it for those that have passed."""
    made = []
    for year, window in enumerate(plan.windows(now)):
        campaign = editions[-1] if year == SCHOOL_YEARS - 1 else editions[max(0, len(editions) - 2)]
        form = CallForm(
            title=f"{campaign.title} {window.period.label}",
            period=window.period,
            opens=window.opens,
            closes=window.closes,
            grace_until=None,
            parameters={},
        )
        made.append(_create(site, world, campaign, form, window))
    return made


def _create(site: Site, world: World, campaign: Campaign, form: CallForm, window: Window) -> CallOfDemo:
    manager = Actor(world.users["phutrach"], world.units["SO"])
    with site.database.writing() as session:
        call = calls.create(
            session,
            site.registry,
            slug=campaign.slug,
            edition=campaign.edition,
            unit_id=world.units["SO"],
            form=form,
            by=manager,
            now=window.opens,
        )
        return CallOfDemo(call.public_id, campaign, window)


def _tell(story: Story, call: CallOfDemo, trials: Trials, index: int, campaigns: int) -> None:
    tracks = {str(track.subject): track for track in reversed(call.campaign.tracks)}
    year, served = call.window.period.start - FIRST_YEAR, Counter[School]()
    planned: list[tuple[Track, Destiny]] = []
    for destiny in plan.destinies(year, index, campaigns):
        wanted = "collective" if destiny.collective else "person"
        track = tracks.get(wanted, call.campaign.tracks[0])
        levels = trials[call.campaign.slug, call.campaign.edition, track.key].levels
        school = _school(destiny, levels, served)
        served[school] += track.subject == "collective"  # of which campaigns may take one from a school
        planned.append((track, replace(destiny, school=school)))
    for track, destiny in planned:
        several = track.subject == "collective" and served[destiny.school] > 1
        story.tell(call, track, destiny, several=several)


def _school(destiny: Destiny, levels: frozenset[str], served: Counter[School]) -> School:
    """The school that was planned, or one of a level that the samples suit; one not yet served where there is one."""
    suited = [school for school in units.SCHOOLS if school.slug in levels]
    fresh = [school for school in suited if not served[school]] or suited
    return destiny.school if destiny.school in fresh else fresh[destiny.number % len(fresh)]


def _change(story: Story) -> Iterator[datetime]:
    yield ANNOUNCED
    with story.site.database.writing() as session:
        units.change(session, story.world, ANNOUNCED)
